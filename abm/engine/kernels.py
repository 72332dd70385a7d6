"""Compiled loops over columns that several rooms share. Twins in tests/engine/test_kernels.py are the oracle."""

import numpy as np
from numba import njit

_WORD = 8  # flags of one byte that are looked at as one number


@njit(cache=True)
def whole_words(count):
    """How many flags to make for `count` rows, so that they can be looked at as whole numbers."""
    return (count + _WORD - 1) // _WORD * _WORD


@njit(cache=True)
def flagged(flag):
    """Rows, (n,) int64 ascending, where a flag is set; flag: (whole words,) bool."""
    words = flag.view(np.uint64)
    rows, found = np.empty(_ones(flag) + 1, np.int64), 0
    for word in range(len(words)):
        if words[word]:
            for i in range(word * _WORD, (word + 1) * _WORD):
                rows[found] = i
                found += flag[i]
    return rows[:found]


def placed(location: np.ndarray) -> np.ndarray:
    """Rows, (n,) int64 ascending, of the households in reception; location: whole column, negative where none."""
    return _placed(read_only(location))


@njit(cache=True)
def _placed(location):
    flag = np.empty(whole_words(len(location)), np.bool_)
    flag[len(location) :] = False
    for i in range(len(location)):
        flag[i] = location[i] >= 0
    return flagged(flag)


@njit(cache=True)
def _ones(flag):
    """How many flags are set."""
    count = 0
    for i in range(len(flag)):
        count += flag[i]
    return count


def read_only(column: np.ndarray) -> np.ndarray:
    """A column as compiled code sees it in every process: one kernel, whatever WRITES allows."""
    view = column.view()
    view.flags.writeable = False
    return view


def numbered(rows: np.ndarray, households: int) -> np.ndarray:
    """Place in `rows` of each household, (households,) int32; -1 for who is not among them."""
    number = np.full(households, -1, np.int32)
    number[rows] = np.arange(len(rows))
    return number


@njit(cache=True)
def members(household, number):
    """Rows of the persons, (n,) int64, whose household has a number that is not negative; number: (households,)."""
    found, count = np.empty(len(household) + 1, np.int64), 0
    for i in range(len(household)):
        found[count] = i
        count += number[household[i]] >= 0
    return found[:count].copy()


def members_of(rows: np.ndarray, household: np.ndarray) -> np.ndarray:
    """The same for a few households (rows, (n,) in any order), without a look at all persons.

    household: whole column of persons, ascending: a household enters with its members, and both tables only grow.
    """
    rows = np.sort(rows).astype(household.dtype)
    first, end = (np.searchsorted(household, rows, side) for side in ("left", "right"))
    sizes = end - first
    return np.repeat(end - np.cumsum(sizes), sizes) + np.arange(sizes.sum())


@njit(cache=True)
def chosen(flag, one, other):
    """Of two columns, (n,) each, the one where `flag` is set and the other elsewhere: several rows at once."""
    found = np.empty_like(other)
    for i in range(len(flag)):
        found[i] = one[i] if flag[i] else other[i]
    return found


@njit(cache=True)
def parted(rows, flag):
    """Rows where `flag` (whole column) is set, and the others: without branches, as in _waiting."""
    set_, unset, count = np.empty(len(rows) + 1, np.int64), np.empty(len(rows) + 1, np.int64), 0
    for k in range(len(rows)):
        set_[count] = unset[k - count] = rows[k]
        count += flag[rows[k]]
    return set_[:count].copy(), unset[: len(rows) - count].copy()
