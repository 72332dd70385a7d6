"""Compiled loops over waiting lists: seekers at the front in each cell. Oracle: tests/homes/test_queue_kernels.py.

A cell is a municipality and size class (homes.cell_of); seekers who do not search are in none, which is written as the
number of cells.
"""

from collections import namedtuple

import numpy as np

from abm.engine.clock import EARLIEST
from abm.engine.compiled import njit
from abm.engine.draws import ORDER_BITS
from abm.engine.kernels import flagged, kernel, whole_words
from abm.engine.table import NO_ROW
from abm.homes.dwellings import FIT_MIDDLE, FIT_SMALL, SIZES
from abm.tables.homes import Search

_SEARCHING = int(Search.SEARCHING)
_SPAN = 2  # months of registration that are counted together
_SIZES = np.uint16(SIZES)
_LOTTERY, _MASK = np.uint64(ORDER_BITS), np.uint64((1 << ORDER_BITS) - 1)
_HIGHEST = np.uint64(2**64 - 1)
Turn = namedtuple("Turn", "cell since lottery")  # of newcomers, (n,) each; since [month]


@kernel(writes=("homes",))
def first_by_month(rows, cell, since, lottery, newcomers: Turn, whom, homes):
    """Which of a line get a home: rows of seekers, places of newcomers; and the earliest month, or EARLIEST.

    The longest waiting of each cell come first, by lot among equals. rows: seekers in the line, of whom cell, since
    [month] and lottery are whole columns; whom: which newcomers are in it, bool; homes (cells,) are used up.
    """
    where, key, count = np.empty(len(rows) + len(whom), np.int64), np.empty(len(rows) + len(whom), np.uint64), len(rows)
    who, earliest = np.empty(len(whom), np.int64), np.int64(EARLIEST)
    for k in range(count):
        i = np.uint64(rows[k])  # unsigned: no check for a negative index
        where[k] = cell[i]
        key[k] = np.uint64(since[i] - EARLIEST) << _LOTTERY | lottery[i]
        earliest = min(earliest, since[i])
    for i in range(len(whom)):
        if whom[i]:
            who[count - len(rows)] = i
            where[count] = newcomers.cell[i]
            key[count] = np.uint64(newcomers.since[i] - EARLIEST) << _LOTTERY | newcomers.lottery[i]
            earliest = min(earliest, newcomers.since[i])
            count += 1
    got = first_in_line(where[:count], key[:count], homes)
    return rows[got[: len(rows)]], who[: count - len(rows)][got[len(rows) :]], earliest


@kernel(writes=("homes",))
def first_by_lot(cell, lottery, salt, newcomers: Turn, whom, homes):
    """Which of everybody in the lines get a home by lot: rows of seekers, and places of newcomers (see above).

    salt: of the month, from which another order of lottery numbers follows.
    """
    rows, lot = lowest_lots(cell, lottery, salt, homes)
    who = np.flatnonzero(whom)
    where = np.empty(len(rows) + len(who), np.int64)
    for k in range(len(rows)):
        where[k] = cell[rows[k]]
    for k in range(len(who)):
        where[len(rows) + k] = newcomers.cell[who[k]]
    got = first_in_line(where, np.append(lot, lots(newcomers.lottery[who], salt)), homes)
    return rows[got[: len(rows)]], who[got[len(rows) :]]


@njit
def first_in_line(cell, key, homes):
    """Which of a line get a home, (n,) bool: those with the lowest key per cell; homes (cells,) are used up."""
    many = np.zeros(len(homes), np.int64)
    for i in range(len(cell)):
        many[cell[i]] += 1
    short = np.where(many > homes, homes, 0)  # where there are homes for all, nobody is compared
    start, row, best, bound = _tops(short)
    got = np.zeros(len(cell), np.bool_)
    for i in range(len(cell)):
        c = cell[i]
        got[i] = many[c] <= homes[c]
        if key[i] < bound[c]:
            bound[c] = _insert(start[c], start[c + 1], row, best, i, key[i])
    for i in row[row >= 0]:
        got[i] = True
    homes -= np.minimum(many, homes)
    return got


@njit
def _tops(count):
    """A heap for the `count` (cells,) lowest keys of each cell: where it starts, rows, keys and its highest key."""
    start = np.zeros(len(count) + 1, np.int64)
    start[1:] = np.cumsum(count)
    row, best = np.full(start[-1], NO_ROW), np.full(start[-1], _HIGHEST)
    return start, row, best, np.where(count > 0, _HIGHEST, np.uint64(0))


@njit
def _insert(begin, end, row, best, i, key):
    """Put row i with its lower key into the heap from begin to end in place of the highest; the new highest key."""
    at, child = begin, begin + 1
    while child < end:
        child += child + 1 < end and best[child + 1] > best[child]
        if best[child] <= key:
            break
        best[at], row[at] = best[child], row[child]
        at, child = child, begin + 2 * (child - begin) + 1
    best[at], row[at] = key, i
    return best[begin]


@kernel
def cells_searched(search, municipality, size, nowhere):
    """Cell of each seeker, (n,) uint16, and `nowhere` for those who no longer search; size [persons].

    Counted in narrow numbers, many at once, so that the lines of a month only look at this.
    """
    found, none = np.empty(len(search), np.uint16), np.uint16(nowhere)
    for i in range(len(search)):
        class_ = np.uint16(size[i] > FIT_SMALL) + np.uint16(size[i] > FIT_MIDDLE)
        cell = np.uint16(municipality[i]) * _SIZES + class_
        found[i] = np.uint16(cell) if search[i] == _SEARCHING else none
    return found


@kernel
def longest_registered(cell, registered, wanted):
    """Rows, (n,) ascending, of seekers per cell from the longest registered on, until `wanted` (cells,) are found.

    cell: of each seeker; registered [month]: whole column. The last _SPAN months count as a whole.
    """
    if len(cell) == 0:
        return np.empty(0, np.int64)
    earliest, latest = registered[0], registered[0]
    for i in range(len(registered)):
        earliest, latest = min(earliest, registered[i]), max(latest, registered[i])
    spans = (np.int64(latest) - np.int64(earliest)) // _SPAN + 1
    asked = np.flatnonzero(wanted)  # a count of these only is small, and stays near the processor
    place = np.zeros(len(wanted) + 1, np.uint16)
    place[asked] = np.arange(1, len(asked) + 1)
    many = np.zeros((len(asked) + 1) * spans, np.int32)  # unsigned: no check for a negative index
    for i in range(len(cell)):
        span = np.uint64(registered[i] - earliest) // np.uint64(_SPAN)
        many[np.uint64(place[np.uint64(cell[i])]) * np.uint64(spans) + span] += 1
    last = np.full(len(wanted) + 1, np.iinfo(registered.dtype).min, registered.dtype)  # for who is not asked
    for k in range(len(asked)):
        found, span = 0, 0
        while found < wanted[asked[k]] and span < spans:
            found += many[(k + 1) * spans + span]
            span += 1
        last[asked[k]] = earliest + span * _SPAN - 1
    flag = np.empty(whole_words(len(cell)), np.bool_)
    flag[len(cell) :] = False
    for i in range(len(cell)):
        flag[i] = registered[i] <= last[np.uint64(cell[i])]
    return flagged(flag)


@njit
def lots(number, salt):
    """Another order of lottery numbers, (n,) uint64 below 2**52: multiplied by an odd number of the month.

    Source: multiplicative hashing, Dietzfelbinger et al. 1997, doi 10.1006/jagm.1997.0873.
    """
    found = np.empty(len(number), np.uint64)
    for k in range(len(number)):
        found[k] = _lot(number[k], salt)
    return found


@njit
def _lot(number, salt):
    return (number * (salt | np.uint64(1))) & _MASK


@njit
def lowest_lots(cell, number, salt, homes):
    """Rows and lots of those with the lowest lots in each cell, as many as there are homes (cells,); both (n,)."""
    start, row, lot, highest = _tops(homes)
    bound = np.zeros(len(homes) + 1, np.uint64)  # nobody who does not search has a lower lot than 0
    bound[:-1] = highest
    for i in range(len(cell)):
        c, mine = np.uint64(cell[i]), _lot(number[i], salt)
        if mine < bound[c]:
            bound[c] = _insert(start[np.int64(c)], start[np.int64(c) + 1], row, lot, i, mine)
    return row[row >= 0], lot[row >= 0]
