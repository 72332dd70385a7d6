"""The kernels of the lines for homes, each beside a slow twin in plain words."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from abm.engine.clock import EARLIEST, NEVER
from abm.engine.draws import Draws
from abm.engine.queues import waiting_key
from abm.homes.dwellings import cell_number, cell_of
from abm.homes.queue_kernels import (
    cells_searched,
    first_by_lot,
    first_by_month,
    first_in_line,
    longest_registered,
    lots,
    lowest_lots,
)
from abm.tables.homes import Search

CELLS = 6  # two municipalities of three size classes
SEARCHING, STOPPED = int(Search.SEARCHING), int(Search.STOPPED)
seeker = st.tuples(st.integers(0, 1), st.integers(1, 6), st.integers(-60, 12), st.sampled_from([SEARCHING, STOPPED]))
a_home_each = st.lists(st.integers(0, 4), min_size=CELLS, max_size=CELLS)


def columns(people):
    """Municipality, size, registered and search as the table has them."""
    town, size, registered, search = zip(*people, strict=True) if people else ((), (), (), ())
    made = (search, np.int8), (town, np.int16), (size, np.int8), (registered, np.int16)
    found = [np.array(values, dtype) for values, dtype in made]
    for each in found:
        each.flags.writeable = False
    return found


@given(st.lists(st.integers(0, CELLS - 1), max_size=40), a_home_each, st.randoms())
def test_first_in_line_equals_the_slow_twin(people, homes, order):
    key = list(range(len(people)))
    order.shuffle(key)
    left, expected = list(homes), set()
    for i in sorted(range(len(people)), key=lambda i: key[i]):
        if left[people[i]]:
            left[people[i]] -= 1
            expected.add(i)
    counted = np.array(homes)
    got = first_in_line(np.array(people, np.int64), np.array(key, np.uint64), counted)
    assert set(np.flatnonzero(got)) == expected
    assert counted.tolist() == left


@given(st.lists(seeker, max_size=40), a_home_each)
def test_the_longest_registered_are_all_in_front(people, wanted):
    search, town, size, registered = columns(people)
    found = set(longest_registered(cells_searched(search, town, size, CELLS), registered, np.array(wanted)))
    for cell, count in enumerate(wanted):
        here = [i for i in range(len(people)) if cell_of(town, size)[i] == cell and search[i] == SEARCHING]
        front = sorted(here, key=lambda i: registered[i])[:count]
        assert set(front) <= found
        most = max((registered[i] for i in front), default=-999)
        assert all(registered[i] <= most + 1 for i in here if i in found)  # the last two months as a whole
    assert all(search[i] == SEARCHING for i in found)


@given(st.lists(seeker, max_size=40), a_home_each, st.integers(0, 2**48 - 1))
def test_the_lowest_lots_win(people, homes, salt):
    search, town, size, _ = columns(people)
    number = np.arange(len(people), dtype=np.uint64) * np.uint64(104_729)
    number.flags.writeable = False
    rows, drawn = lowest_lots(cells_searched(search, town, size, CELLS), number, np.uint64(salt), np.array(homes))
    lot = [int(n) * (salt | 1) % 2**52 for n in number]
    assert drawn.tolist() == [lot[i] for i in rows]
    for cell, count in enumerate(homes):
        here = [i for i in range(len(people)) if cell_of(town, size)[i] == cell and search[i] == SEARCHING]
        assert {i for i in rows if i in here} == set(sorted(here, key=lambda i: lot[i])[:count])
    assert len(set(rows)) == len(rows)


def test_everybody_wins_the_lottery_equally_often():
    months, people = 4000, 8
    number = Draws(1, "seeking", 0).order("lottery", np.arange(people))
    won = np.zeros(people)
    for month in range(months):
        salt = np.uint64(Draws(1, "lettings", month).salt(f"lots {month}"))
        won[np.argmin(lots(number, salt))] += 1
    error = np.sqrt(months * (1 / people) * (1 - 1 / people))
    assert abs(won - months / people).max() < 4 * error


def test_lots_are_another_order_without_ties():
    number = Draws(1, "seeking", 0).order("lottery", np.arange(5000))
    one, other = lots(number, np.uint64(12345)), lots(number, np.uint64(67891))
    assert len(np.unique(one)) == len(np.unique(other)) == 5000
    assert abs(np.corrcoef(one.astype(float), other.astype(float))[0, 1]) < 0.06


def test_cells_are_the_same_in_kernels_and_arrays():
    town, size = (a.ravel() for a in np.meshgrid(np.arange(4, dtype=np.int16), np.arange(1, 9, dtype=np.int8)))
    town, size = np.ascontiguousarray(town), np.ascontiguousarray(size)
    search = np.where(np.arange(len(town)) % 3, SEARCHING, STOPPED).astype(np.int8)
    for each in (town, size, search):
        each.flags.writeable = False
    expected = cell_of(town, size)
    assert cells_searched(search, town, size, 12).tolist() == np.where(search == SEARCHING, expected, 12).tolist()
    assert [cell_number.py_func(t, s) for t, s in zip(town, size, strict=True)] == expected.tolist()


newcomer = st.tuples(st.integers(0, CELLS - 1), st.integers(-60, 12), st.booleans())


def first_of_cells(who, homes):
    """Those of (cell, key, name) with the lowest keys in each cell, as many as there are homes."""
    found = [sorted(each for each in who if each[0] == cell)[:count] for cell, count in enumerate(homes)]
    return {name for each in found for _, _, name in each}


@given(st.lists(seeker, max_size=40), st.lists(newcomer, max_size=20), a_home_each, st.integers(0, 2**48 - 1))
def test_seekers_and_newcomers_in_one_line_equal_the_slow_twin(people, others, homes, salt):
    search, town, size, since = columns(people)
    lottery = np.arange(len(people) + len(others), dtype=np.uint64) * np.uint64(104_729)
    place, month, whom = (np.array([each[k] for each in others]) for k in range(3))
    theirs = (place.astype(np.int64), month.astype(np.int16), lottery[len(people) :])
    whom, lottery = whom.astype(bool), lottery[: len(people)]
    cell = cells_searched(search, town, size, CELLS)
    rows, there = np.flatnonzero(search == SEARCHING), np.flatnonzero(whom)

    def line(keys, their_keys):
        seekers = [(cell[i], int(key), ("seeker", i)) for i, key in zip(rows, keys, strict=True)]
        return seekers + [(place[i], int(key), ("newcomer", i)) for i, key in zip(there, their_keys, strict=True)]

    def got(seekers, newcomers):
        return {("seeker", i) for i in seekers} | {("newcomer", i) for i in newcomers}

    left = np.array(homes)
    *found, earliest = first_by_month(rows, cell, since, lottery, theirs, whom, left)
    keys = waiting_key(since[rows], lottery[rows]), waiting_key(theirs[1][there], theirs[2][there])
    assert got(*found) == first_of_cells(line(*keys), homes)
    assert left.sum() == sum(homes) - sum(map(len, found))
    assert earliest == EARLIEST
    salt = np.uint64(salt)
    found = first_by_lot(cell, lottery, salt, theirs, whom, np.array(homes))
    assert got(*found) == first_of_cells(line(lots(lottery[rows], salt), lots(theirs[2][there], salt)), homes)


def test_a_month_that_cannot_be_ordered_is_told():
    cell, since, lottery = np.zeros(2, np.uint16), np.array([3, NEVER], np.int16), np.arange(2, dtype=np.uint64)
    nobody = (np.zeros(0, np.int64), np.zeros(0, np.int16), np.zeros(0, np.uint64))
    *_, earliest = first_by_month(np.arange(2), cell, since, lottery, nobody, np.zeros(0, bool), np.ones(3, np.int64))
    assert earliest == NEVER
