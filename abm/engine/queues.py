"""Waiting lists: order of service, and the part that a capacity can serve. Oracle: tests/engine/test_queues.py."""

import numpy as np

from abm.engine.clock import EARLIEST
from abm.engine.compiled import njit
from abm.engine.draws import ORDER_BITS
from abm.engine.errors import BooksError
from abm.engine.kernels import flagged, kernel, whole_words

_LOTTERY = np.uint64(ORDER_BITS)
_FEW = 16  # as many are sorted by insertion


def waiting_key(since: np.ndarray, lottery: np.ndarray) -> np.ndarray:
    """One sortable number per household, (n,) uint64: longest waiting first, lottery among equals.

    since: (n,) [month] from EARLIEST on, so that 12 bits hold the month and 52 the lottery number. Raises BooksError.
    """
    key, earliest = _keys(since.astype(np.int64, copy=False), lottery)
    if earliest < EARLIEST:
        raise BooksError(f"a household waits since month {earliest}, which a waiting list cannot order")
    return key


@kernel
def _keys(since, lottery):
    """`waiting_key` of each, (n,), and the earliest month, or EARLIEST."""
    key, earliest = np.empty(len(since), np.uint64), EARLIEST
    for i in range(len(since)):
        earliest = min(earliest, since[i])
        key[i] = key_of(since[i], lottery[i])
    return key, earliest


@njit
def key_of(since, lottery):
    """The sortable number of one household, for compiled code."""
    return np.uint64(since - EARLIEST) << _LOTTERY | lottery


@kernel
def served(sizes, budget):
    """How many of a queue fit within `budget` persons, from the front without skipping, and what is left."""
    for i in range(len(sizes)):
        if sizes[i] > budget:
            return i, budget
        budget -= sizes[i]
    return len(sizes), budget


def waiting(stage: np.ndarray, since: np.ndarray, wanted: int, month: int) -> np.ndarray:
    """Rows, (n,) int64 ascending, of those at stage `wanted` since before `month`; stage, since: whole columns."""
    return _waiting(stage, since, int(wanted), month)


@kernel
def _waiting(stage, since, wanted, month):
    """Branch-free compaction: flags first, then write every row number and advance the end if it is flagged.

    A processor does this faster than a branch that it cannot predict. Eight unflagged rows are skipped at once.
    """
    stage_wanted, this_month = stage.dtype.type(wanted), since.dtype.type(month)  # as narrow as the columns
    flag = np.empty(whole_words(len(stage)), np.bool_)
    flag[len(stage) :] = False
    for i in range(len(stage)):
        flag[i] = (stage[i] == stage_wanted) & (since[i] < this_month)
    return flagged(flag)


def oldest_first(
    rows: np.ndarray, since: np.ndarray, lottery: np.ndarray, size: np.ndarray, budget: float
) -> tuple[np.ndarray, float]:
    """The rows that a capacity of `budget` persons serves, in any order, and the capacity to carry over.

    rows: (n,) of one queue; since [month], lottery, size [persons]: whole columns. Longest waiting first, lottery among
    equals, nobody is skipped. Capacity that meets an empty queue is lost; the part that is too small for the next
    household is kept, so a scarce capacity is used in full over the months.
    """
    left = np.array([budget], np.float64)
    found = oldest_first_by(np.zeros(len(rows), np.int16), rows, since, lottery, size, left)
    return found, float(left[0])


def oldest_first_by(
    group: np.ndarray, rows: np.ndarray, since: np.ndarray, lottery: np.ndarray, size: np.ndarray, budget: np.ndarray
) -> np.ndarray:
    """The same for several queues at once: `group` (n,) is the queue of each row, `budget` (groups,) its capacity.

    `budget` becomes the capacity to carry over.
    """
    return _serve(group.astype(np.int16, copy=False), rows, since, lottery, size, budget)


@kernel(writes=("budget",))
def _serve(group, rows, since, lottery, size, budget):
    """Serve whole months by counting persons; only the month in which a capacity runs out is ordered, by lottery."""
    if len(rows) == 0:
        budget[:] = 0.0
        return rows.copy()
    when = since[rows]
    earliest, months = when.min(), when.max() - when.min() + 1
    persons = np.zeros((len(budget), months), np.int64)
    for k in range(len(rows)):
        persons[group[k], when[k] - earliest] += size[rows[k]]
    last = np.empty(len(budget), since.dtype)  # the month in which the capacity of a group runs out
    for g in range(len(budget)):
        month = 0
        while month < months and persons[g, month] <= budget[g]:
            budget[g] -= persons[g, month]
            month += 1
        last[g] = earliest + month
        if month == months:
            budget[g] = 0.0
    found, equal = np.empty(len(rows) + 1, rows.dtype), np.empty(len(rows) + 1, np.int64)
    n, equals = 0, 0
    for k in range(len(rows)):  # branch-free compaction, as in _waiting
        month, end = when[k], last[group[k]]
        found[n] = rows[k]
        equal[equals] = k
        n += month < end
        equals += month == end
    start = np.zeros(len(budget) + 1, np.int64)
    for k in equal[:equals]:
        start[group[k] + 1] += 1
    start = np.cumsum(start)
    line, filled = np.empty(equals, rows.dtype), start[:-1].copy()  # the equals, group by group
    for k in equal[:equals]:
        line[filled[group[k]]] = rows[k]
        filled[group[k]] += 1
    for g in range(len(budget)):
        front, budget[g] = _by_lottery(line[start[g] : start[g + 1]], lottery, size, budget[g])
        found[n : n + front] = line[start[g] : start[g] + front]
        n += front
    return found[:n]


@njit
def _by_lottery(line, lottery, size, budget):
    """Bring the rows that `budget` [persons] serves to the front of `line`, (n,) rows; how many, and what is left.

    Quickselect: parts that fit are served whole, parts beyond the end are left alone, only a few are sorted.
    """
    begin, end = 0, len(line)
    while end - begin > _FEW:
        one, two, three = lottery[line[begin]], lottery[line[(begin + end) // 2]], lottery[line[end - 1]]
        pivot = max(min(one, two), min(max(one, two), three))
        middle, persons = begin, 0
        for k in range(begin, end):
            row = line[k]
            line[k], line[middle] = line[middle], row
            before = lottery[row] < pivot
            middle += before
            persons += before * size[row]
        if persons > budget:
            end = middle
        elif middle > begin:
            budget -= persons
            begin = middle
        else:
            break  # equal numbers: cannot be parted
    for k in range(begin + 1, end):
        row = line[k]
        while k > begin and lottery[line[k - 1]] > lottery[row]:
            line[k] = line[k - 1]
            k -= 1
        line[k] = row
    count, budget = served(size[line[begin:end]], budget)
    return begin + count, budget
