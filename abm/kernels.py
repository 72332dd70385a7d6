"""What several processes share: waiting lists and their arithmetic. Twins in tests/test_kernels.py are the oracle."""

import numpy as np
from numba import njit

from abm.draws import ORDER_BITS

WEEKS_PER_MONTH = 365.25 / 12 / 7
_BEFORE = 1024  # makes months before 2015 positive: 12 bits hold the month, 52 the lottery number
_WORD = 8  # flags of one byte that are looked at as one number
_FEW = 16  # as many are sorted by insertion


def waiting_key(since: np.ndarray, lottery: np.ndarray) -> np.ndarray:
    """One sortable number per household, (n,) uint64: longest waiting first, lottery among equals."""
    return (since.astype(np.int64) + _BEFORE).astype(np.uint64) << np.uint64(ORDER_BITS) | lottery


@njit(cache=True)
def served(sizes, budget):
    """How many of a queue fit within `budget` persons, from the front without skipping, and what is left."""
    for i in range(len(sizes)):
        if sizes[i] > budget:
            return i, budget
        budget -= sizes[i]
    return len(sizes), budget


def waiting(stage: np.ndarray, since: np.ndarray, wanted: int, month: int) -> np.ndarray:
    """Rows, (n,) int64 ascending, of those at stage `wanted` since before `month`; stage, since: whole columns."""
    return _waiting(read_only(stage), read_only(since), int(wanted), month)


@njit(cache=True)
def _waiting(stage, since, wanted, month):
    """First flags side by side, then row numbers: each is written, and kept where its flag moves the end on.

    A processor does this faster than a branch that it can not guess. Eight rows that do not count are skipped at once.
    """
    stage_wanted, this_month = stage.dtype.type(wanted), since.dtype.type(month)  # as narrow as the columns
    flag = np.empty(whole_words(len(stage)), np.bool_)
    flag[len(stage) :] = False
    for i in range(len(stage)):
        flag[i] = (stage[i] == stage_wanted) & (since[i] < this_month)
    return flagged(flag)


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
    columns = (read_only(column) for column in (since, lottery, size))
    return _serve(group.astype(np.int16, copy=False), rows, *columns, budget)


def read_only(column: np.ndarray) -> np.ndarray:
    """A column as compiled code sees it in every process: one kernel, whatever WRITES allows."""
    view = column.view()
    view.flags.writeable = False
    return view


@njit(cache=True)
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
    for k in range(len(rows)):  # written always, kept where the end moves on: no branches, as in _waiting
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


@njit(cache=True)
def _by_lottery(line, lottery, size, budget):
    """Bring those whom `budget` [persons] serves to the front of `line`, (n,) rows; how many, and what is left.

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


@njit(cache=True)
def census(stage, size, location, municipality, has_place, has_town, locations):
    """Count households (n,) in one pass: persons, misplaced, lacking a municipality, people per location.

    has_place, has_town (stages,): whether a stage lives in reception, or in a municipality outside it; location and
    municipality are negative where none.
    """
    persons, misplaced, homeless = 0, 0, 0
    occupants = np.zeros(locations)
    for i in range(len(stage)):
        persons += size[i]
        placed = location[i] >= 0
        misplaced += placed != has_place[stage[i]]
        homeless += has_town[stage[i]] and municipality[i] < 0
        if placed:
            occupants[location[i]] += size[i]
    return persons, misplaced, homeless, occupants


def numbered(rows: np.ndarray, households: int) -> np.ndarray:
    """Place in `rows` of each household, (households,) int32; -1 for who is not among them."""
    number = np.full(households, -1, np.int32)
    number[rows] = np.arange(len(rows))
    return number


def whole_months(weeks: float, chance: np.ndarray) -> np.ndarray:
    """Weeks as whole months, (n,) int64: rounded up or down by `chance` in [0, 1) so that the mean is right."""
    return np.floor(weeks / WEEKS_PER_MONTH + chance).astype(np.int64)


@njit(cache=True)
def of_working_age(born, household, stage, counted, month, youngest, oldest):
    """Rows, (n,) int64, of persons from `youngest` up to `oldest` [months] whose household is at a counted stage.

    born [month], household: whole columns of persons; stage: whole column of households; counted (stages,) bool.
    """
    found, count = np.empty(len(born), np.int64), 0
    first, last = month - oldest, month - youngest  # months of birth, the first of them too early
    for i in range(len(born)):
        of = np.uint64(household[i])  # unsigned: no check for a negative index
        found[count] = i
        count += (born[i] > first) & (born[i] <= last) & counted[np.uint64(stage[of])]
    return found[:count].copy()


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


@njit(cache=True)
def looked_up(rows, household, location, municipality, of_location, of_municipality):
    """What holds where persons live, (n,): of the location of their household, or without one of the municipality.

    household: whole column of persons; location, municipality: of households; of_location, of_municipality: a value
    for each of those, of one type.
    """
    found = np.empty(len(rows), of_location.dtype)
    for k in range(len(rows)):
        of = np.uint64(household[np.uint64(rows[k])])  # unsigned: no check for a negative index
        place = location[of]
        found[k] = of_location[np.uint64(place)] if place >= 0 else of_municipality[municipality[of]]
    return found


@njit(cache=True)
def in_table(rows, schooling, sector, where, table):
    """What a table (schoolings, sectors, regions) holds for each of rows, (n,); 0 for who has no sector yet.

    schooling, sector (negative: not known): whole columns of persons; where (n,): region of each of rows.
    """
    found = np.empty(len(rows), table.dtype)
    for k in range(len(rows)):
        i = np.uint64(rows[k])
        found[k] = table[schooling[i], sector[i], where[k]] if sector[i] >= 0 else 0.0
    return found
