"""Populations as columns: rows are only appended, views stay live, and only declared columns may be written."""

import pickle
from copy import deepcopy

import numpy as np
import pytest

from abm.engine.table import FIRST_CAPACITY, NO_ROW, UNSET, Table, column
from abm.tables.people import Stage
from tests.helpers.village import people, village_state


class Boats(Table):
    """A table for these tests."""

    length = column(np.float64, 4.5, unit="m", doc="from bow to stern")
    crew = column(np.int16, doc="people on board")


class Ferries(Boats):
    """A table with the columns of another and its own."""

    route = column(np.int8, UNSET, doc="line")


def test_rows_are_only_added_and_keep_their_number():
    boats = Boats()
    assert len(boats) == 0
    assert boats.crew.tolist() == []
    assert boats.add(2, crew=[3, 4]).tolist() == [0, 1]
    assert boats.add(0).tolist() == []
    assert boats.add(1, crew=5, length=9).tolist() == [2]
    assert len(boats) == 3
    assert boats.crew.tolist() == [3, 4, 5]
    assert boats.length.tolist() == [4.5, 4.5, 9.0]


def test_columns_hold_their_type_and_default_over_many_growths():
    boats, several = Boats(), 5 * FIRST_CAPACITY + 1
    for number in range(several):
        boats.add(1, crew=number)
    assert boats.crew.tolist() == list(range(several))
    assert boats.length.tolist() == [4.5] * several
    assert (boats.crew.dtype, boats.length.dtype) == (np.int16, np.float64)
    boats.add(10 * several)  # more than a doubling at once
    assert boats.crew[several:].tolist() == [0] * 10 * several
    assert boats.length[-1] == 4.5


def test_rows_that_are_kept_move_up_and_the_room_behind_them_is_as_new():
    boats = Boats()
    boats.add(5, crew=[1, 2, 3, 4, 5], length=[1, 2, 3, 4, 5])
    boats.keep(np.array([False, True, False, True, True]))
    assert boats.crew.tolist() == [2, 4, 5]
    assert boats.length.tolist() == [2, 4, 5]
    assert boats.add(2).tolist() == [3, 4]
    assert boats.crew.tolist() == [2, 4, 5, 0, 0]
    assert boats.length[-2:].tolist() == [4.5, 4.5]
    boats.writable(("crew",))
    with pytest.raises(ValueError, match="between months"):
        boats.keep(np.ones(5, bool))
    assert len(boats) == 5


def test_reading_a_column_gives_the_live_array():
    boats = Boats()
    boats.add(2)
    boats.crew[1] = 7
    assert boats.crew.tolist() == [0, 7]
    boats.add(FIRST_CAPACITY)  # moves the storage
    boats.crew[0] = 6
    assert boats.crew[:3].tolist() == [6, 7, 0]
    assert np.shares_memory(boats.crew, boats.crew)


def test_a_column_cannot_be_replaced():
    boats = Boats()
    boats.add(2)
    with pytest.raises(AttributeError, match=r"table\.crew\[rows\] = \.\.\."):
        boats.crew = np.array([1, 2])
    assert boats.crew.tolist() == [0, 0]


def test_an_unknown_column_is_refused_and_nothing_is_added():
    boats = Boats()
    with pytest.raises(KeyError, match=r"Boats has no column .*crow"):
        boats.add(1, crow=1)
    assert len(boats) == 0


def test_a_wrong_length_is_refused_and_leaves_no_trace():
    boats = Boats()
    with pytest.raises(ValueError, match="broadcast"):
        boats.add(2, crew=[8, 9], length=[1, 2, 3])
    assert len(boats) == 0
    boats.add(2)
    assert boats.crew.tolist() == [0, 0]


def test_columns_are_described_and_inherited_in_order():
    assert list(Ferries.columns()) == ["length", "crew", "route"]
    assert (Boats.length.unit, Boats.length.doc, Boats.length.default) == ("m", "from bow to stern", 4.5)
    ferries = Ferries()
    ferries.add(1, crew=2)
    assert (ferries.crew[0], ferries.route[0]) == (2, NO_ROW)


@pytest.mark.parametrize("copied", [lambda table: pickle.loads(pickle.dumps(table)), deepcopy], ids=["pickle", "copy"])
def test_a_copy_is_equal_and_lives_its_own_life(copied):
    ferries = Ferries()
    ferries.add(FIRST_CAPACITY + 3, crew=np.arange(FIRST_CAPACITY + 3))
    other = copied(ferries)
    for name in Ferries.columns():
        assert np.array_equal(getattr(ferries, name), getattr(other, name))
        assert getattr(ferries, name).dtype == getattr(other, name).dtype
    other.crew[0] = 99
    assert other.add(1).tolist() == [FIRST_CAPACITY + 3]
    assert (other.route[-1], other.crew[-1]) == (NO_ROW, 0)
    assert (len(ferries), ferries.crew[0]) == (FIRST_CAPACITY + 3, 0)


def test_a_copy_made_under_guard_may_be_written():
    boats = Boats()
    boats.add(1)
    boats.writable([])
    other = pickle.loads(pickle.dumps(boats))
    other.crew[0] = 1
    assert boats.crew[0] == 0


# --- what a process may write


def test_a_process_writes_only_the_columns_it_declares():
    state = village_state()
    rows = people(state, Stage.IN_DECISION, count=3)
    with state.writing(("households.stage", "nation.appeal")):
        state.households.stage[rows] = Stage.DEPARTING
        state.nation.appeal[0] = 4.0
        with pytest.raises(ValueError, match="read-only"):
            state.households.since[rows] = 3
        with pytest.raises(ValueError, match="read-only"):
            state.nation.closing[0] += 1
        with pytest.raises(ValueError, match="read-only"):
            state.municipalities.homes[:] = 0
        with pytest.raises(ValueError, match="Households is read-only here"):
            state.households.add(1)
        with pytest.raises(ValueError, match="Newcomers is read-only here"):
            state.newcomers.add(1)
    assert state.households.stage.tolist() == [Stage.DEPARTING] * 3
    assert state.households.since.tolist() == [-1] * 3
    assert (len(state.households), len(state.newcomers)) == (3, 3)


def test_a_process_that_declares_a_table_may_add_rows_and_write_them():
    state = village_state()
    with state.writing(("households", "newcomers")):
        rows = people(state, Stage.HOUSED, count=2 * FIRST_CAPACITY)
        state.households.size[rows] = 1
        with pytest.raises(ValueError, match="read-only"):
            state.regions.jobs[0] = 1
    assert len(state.households) == 2 * FIRST_CAPACITY


def test_the_guard_ends_with_the_process_even_when_it_fails():
    state = village_state()
    with pytest.raises(ZeroDivisionError), state.writing(()):
        raise ZeroDivisionError
    state.nation.appeal[0] = 1.0
    state.households.add(1)
    assert state.nation.appeal[0] == 1.0
