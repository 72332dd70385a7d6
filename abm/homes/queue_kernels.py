"""Compiled loops over waiting lists: seekers at the front in each cell. Oracle: tests/homes/test_queue_kernels.py.

A cell is a municipality and size class (homes.cell_of).
"""

import numpy as np

from abm.engine.compiled import njit
from abm.engine.draws import ORDER_BITS
from abm.engine.kernels import kernel
from abm.engine.table import NO_ROW
from abm.homes.dwellings import cell_number
from abm.tables.homes import Search

_SEARCHING = int(Search.SEARCHING)
_SPAN = 2  # months of registration that are counted together: a table that fits the processor's cache
_MASK = np.uint64((1 << ORDER_BITS) - 1)
_HIGHEST = np.uint64(2**64 - 1)


@kernel(writes=("homes",))
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
def cells(municipality, size, rows):
    """Cells of some seekers, (n,) int64; municipality, size [persons]: whole columns."""
    found = np.empty(len(rows), np.int64)
    for k in range(len(rows)):
        found[k] = cell_number(municipality[rows[k]], size[rows[k]])
    return found


@kernel
def longest_registered(search, municipality, size, registered, wanted):
    """Rows, (n,) ascending, of seekers per cell from the longest registered on, until `wanted` (cells,) are found.

    search, municipality, size, registered: whole columns. The last _SPAN months count as a whole.
    """
    if len(search) == 0:
        return np.empty(0, np.int64)
    earliest = np.int64(registered.min())
    spans = (np.int64(registered.max()) - earliest) // _SPAN + 1
    cell = np.empty(len(search), np.int32)
    for i in range(len(search)):
        cell[i] = cell_number(municipality[i], size[i])
    many = np.zeros(len(wanted) * spans, np.int32)  # unsigned: no check for a negative index
    for i in range(len(search)):
        many[np.uint64(cell[i] * spans + (registered[i] - earliest) // _SPAN)] += search[i] == _SEARCHING
    last, total = np.empty(len(wanted), np.int64), 0
    for c in range(len(wanted)):
        found, span = 0, 0
        while found < wanted[c] and span < spans:
            found += many[c * spans + span]
            span += 1
        last[c] = earliest + span * _SPAN - 1
        total += found
    rows, count = np.empty(total + 1, np.int64), 0
    for i in range(len(search)):
        rows[count] = i
        count += (search[i] == _SEARCHING) & (registered[i] <= last[np.uint64(cell[i])])
    return rows[:count]


@kernel
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


@kernel
def lowest_lots(search, municipality, size, number, salt, homes):
    """Rows and lots of those with the lowest lots in each cell, as many as there are homes (cells,); both (n,)."""
    start, row, lot, bound = _tops(homes)
    for i in range(len(search)):
        c, mine = cell_number(municipality[i], size[i]), _lot(number[i], salt)
        if mine < bound[c] and search[i] == _SEARCHING:
            bound[c] = _insert(start[c], start[c + 1], row, lot, i, mine)
    return row[row >= 0], lot[row >= 0]
