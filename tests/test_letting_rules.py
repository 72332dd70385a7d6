"""The rules of letting and their kernels, each beside a slow twin in plain words."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from abm.draws import Draws
from abm.home_market import Rule, Search
from abm.homes import cell_number, cell_of
from abm.letting_rules import (
    IN_LINE,
    by_rule,
    cells,
    first_in_line,
    longest_registered,
    lots,
    lowest_lots,
    shares,
)

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


# --- which rule lets a home


def test_shares_add_up_and_a_municipality_can_differ():
    national = {Rule.URGENCY: 0.2, Rule.INSTITUTIONS: 0.1, Rule.LOTTERY: 0.1}
    bounds = shares(national, np.array([1.0, 0, 4]), np.array([1.0, 2, 4]))
    assert bounds[0].tolist() == pytest.approx([0.2, 0.3, 0.3, 0.4, 1])
    assert bounds[1].tolist() == pytest.approx([0, 0.1, 0.1, 0.3, 1])  # no urgency, twice the lottery
    assert bounds[2].tolist() == pytest.approx([0.8, 0.9, 0.9, 1, 1])  # nothing is left for registration
    assert IN_LINE[-1] == Rule.REGISTRATION


def test_every_home_has_one_rule_and_rules_have_their_shares():
    homes = np.array([0, 4000, 0, 1, 2000, 0])
    bounds = shares({Rule.URGENCY: 0.25, Rule.LOTTERY: 0.1}, np.array([1.0, 2.0]), np.ones(2))
    found = by_rule(homes, bounds, Draws(1, "lettings", 12))
    assert found.sum(axis=0).tolist() == homes.tolist()
    part = found / np.maximum(homes, 1)
    assert part[:, 1].tolist() == pytest.approx([0.25, 0, 0, 0.1, 0.65], abs=0.03)  # four standard errors
    assert part[:, 4].tolist() == pytest.approx([0.5, 0, 0, 0.1, 0.4], abs=0.05)


def test_more_homes_elsewhere_change_no_rule_here():
    bounds = shares({Rule.URGENCY: 0.5}, np.ones(2), np.ones(2))
    one = by_rule(np.array([3, 7, 0, 0, 2, 5]), bounds, Draws(1, "lettings", 12))
    more = by_rule(np.array([90, 7, 4, 0, 2, 5]), bounds, Draws(1, "lettings", 12))
    assert one[:, [1, 4, 5]].tolist() == more[:, [1, 4, 5]].tolist()


# --- kernels and their twins


@given(st.lists(st.tuples(st.integers(0, CELLS - 1), st.booleans()), max_size=40), a_home_each, st.randoms())
def test_first_in_line_equals_the_slow_twin(people, homes, order):
    key = list(range(len(people)))
    order.shuffle(key)
    cell, takes = (np.array([each[i] for each in people], d) for i, d in ((0, np.int64), (1, bool)))
    left, expected = list(homes), set()
    for i in sorted(range(len(people)), key=lambda i: key[i]):
        if takes[i] and left[cell[i]]:
            left[cell[i]] -= 1
            expected.add(i)
    counted = np.array(homes)
    got = first_in_line(cell, np.array(key, np.uint64), takes, counted)
    assert set(np.flatnonzero(got)) == expected
    assert counted.tolist() == left


@given(st.lists(seeker, max_size=40), a_home_each)
def test_the_longest_registered_are_all_in_front(people, wanted):
    search, town, size, registered = columns(people)
    found = set(longest_registered(search, town, size, registered, np.array(wanted)))
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
    rows, drawn = lowest_lots(search, town, size, number, np.uint64(salt), np.array(homes))
    lot = [int(n) * (salt | 1) % 2**52 for n in number]
    assert drawn.tolist() == [lot[i] for i in rows]
    for cell, count in enumerate(homes):
        here = [i for i in range(len(people)) if cell_of(town, size)[i] == cell and search[i] == SEARCHING]
        assert [i for i in rows if i in here] == sorted(here, key=lambda i: lot[i])[:count]


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
    for each in (town, size):
        each.flags.writeable = False
    expected = cell_of(town, size)
    assert cells(town, size, np.arange(len(town))).tolist() == expected.tolist()
    assert [cell_number.py_func(t, s) for t, s in zip(town, size, strict=True)] == expected.tolist()
