"""Loops over columns against NumPy and plain Python."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from abm.engine.clock import MONTHS, NEVER
from abm.engine.kernels import chosen, flagged, kernel, members_of, numbered, parted, placed, whole_words, whole_years


@given(st.lists(st.booleans(), max_size=40), st.integers(1, 3))
def test_rows_are_parted_by_a_flag(flags, step):
    flag = np.array(flags, np.bool_)
    rows = np.arange(0, len(flag), step)
    set_, unset = parted(rows, flag)
    assert set_.tolist() == rows[flag[rows]].tolist()
    assert unset.tolist() == rows[~flag[rows]].tolist()


@given(st.lists(st.integers(-1, 3), max_size=40))
def test_who_is_placed_has_a_location(locations):
    location = np.array(locations, np.int32)
    assert placed(location).tolist() == np.flatnonzero(location != -1).tolist()


@given(st.lists(st.integers(0, 9), max_size=40), st.lists(st.integers(0, 9), unique=True))
def test_members_of_the_households_asked_and_which_of_them_is_theirs(household, rows):
    household, rows = np.array(household, np.int32), np.array(rows, np.int64)
    assert [rows.tolist().index(row) if row in rows else -1 for row in range(10)] == numbered(rows, 10).tolist()
    assert members_of(rows, household).tolist() == np.flatnonzero(np.isin(household, rows)).tolist()


def test_a_month_is_chosen_from_one_of_two_columns():
    flag = np.array([True, False, True, False])
    one, other = np.array([1, 2, 3, 4], np.int16), np.array([5, 6, 7, NEVER], np.int16)
    found = chosen(flag, one, other)
    assert (found.tolist(), found.dtype) == (np.where(flag, one, other).tolist(), np.int16)


@given(st.lists(st.booleans(), max_size=90))
def test_rows_where_a_flag_is_set(flags):
    flag = np.zeros(whole_words(len(flags)), np.bool_)
    flag[: len(flags)] = flags
    assert flagged(flag).tolist() == np.flatnonzero(flags).tolist()


@kernel
def _whole(months, start):
    found = np.empty(len(start), np.bool_)
    for i in range(len(start)):
        found[i] = whole_years(months - start[i])
    return found


def test_multiples_of_a_year_are_found_without_a_division():
    start = np.arange(-(2**15), 2**15).astype(np.int16)  # all that a column of months holds
    for month in (0, 7, 204, 1200):
        assert np.array_equal(_whole(month, start), (month - start.astype(np.int64)) % MONTHS == 0)
