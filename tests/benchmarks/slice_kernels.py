"""The slice in columns with every loop over all people as a small compiled kernel.

Blocks of rows that fit in the cache; luck for a whole block at once, so that the compiler can use vectors; and no
branches on what cannot be guessed: rows are chosen by writing each row number and moving on only where it counts.
Who waits longest is found by counting months, not by sorting: only the month in which the capacity runs out is
ordered by lottery.
"""

import numpy as np
from numba import njit

from abm.draws import Draws, philox, stream, unit
from abm.populations import NEVER, Stage
from tests.benchmarks.rules import GRANTED, LEAVES, MOVES, MUNICIPALITIES, Rules
from tests.benchmarks.slice_columns import Columns

BLOCK = 4096
IN_DECISION, AWAITING_HOME, DEPARTING = int(Stage.IN_DECISION), int(Stage.AWAITING_HOME), int(Stage.DEPARTING)
_MONTHS, _BEFORE = 4096, 1024  # as in abm.kernels: a month is 12 bits of a waiting key, from 1024 months before 2015
_LOW, _S32 = np.uint64(0xFFFFFFFF), np.uint64(32)
_philox = njit(inline="always")(philox.py_func)  # written into the loop, its words are known to be short: vectors
_unit = njit(inline="always")(unit.py_func)


@njit(cache=True)
def fill_uniform(out, who, month, label, k0, k1):
    """abm.draws.fill_uniform with the generator inside the loop: out[i] is the draw of who[i]."""
    for i in range(len(who)):
        a, b, _, _ = _philox(who[i] & _LOW, who[i] >> _S32, month, label, k0, k1)
        out[i] = _unit(a, b)


@njit(cache=True)
def waiting_rows(rows, stage, since, wanted, month):
    """Write rows in stage `wanted` since before `month` to `rows` (room for one more than all); returns how many."""
    found = 0
    for i in range(len(stage)):
        rows[found] = i
        found += (stage[i] == wanted) & (since[i] < month)
    return found


@njit(cache=True)
def longest_waiting(rows, since, lottery, capacity):
    """Bring the rows that a capacity [persons] serves to the front of `rows`, longest waiting first; returns how many.

    Within the front only the set is meant, not the order.
    """
    if len(rows) <= capacity:
        return len(rows)
    count = np.zeros(_MONTHS, np.int64)
    for i in rows:
        count[since[i] + _BEFORE] += 1
    cut, fits = 0, 0
    while fits + count[cut] <= capacity:
        fits += count[cut]
        cut += 1
    equals = np.empty(count[cut] + 1, rows.dtype)
    front, last = 0, 0
    for i in rows:
        month = since[i] + _BEFORE
        rows[front] = i  # never past the row being read
        equals[last] = i
        front += month < cut
        last += month == cut
    order = lottery[equals[:last]]
    if fits < capacity:
        bound = np.partition(order, capacity - fits - 1)[capacity - fits - 1]
        for k in range(last):
            rows[front] = equals[k]
            front += order[k] <= bound
    return front


@njit(cache=True)
def longest_waiting_by_town(rows, town, since, lottery, places):
    """Rows that get one of `places` (towns,) in their town, longest waiting first; (n,) in any order.

    Per town months are counted to see in which one the places run out; only that month is ordered, by lottery.
    """
    if len(rows) == 0:
        return rows[:0].copy()
    earliest = since[rows].min()
    count = np.zeros((len(places), since[rows].max() - earliest + 1), np.int32)
    for i in rows:
        count[town[i], since[i] - earliest] += 1
    cut = np.empty(len(places), np.int16)  # the month in which the places of a town run out
    start = np.zeros(len(places) + 1, np.int64)  # where its lottery among equals begins
    for t in range(len(places)):
        left, month = places[t], 0
        while month < count.shape[1] and count[t, month] <= left:
            left -= count[t, month]
            month += 1
        cut[t] = earliest + month
        start[t + 1] = start[t] + (left if month < count.shape[1] else 0)
    chosen = np.empty(len(rows) + 1, rows.dtype)
    equals = np.empty(len(rows) + 1, rows.dtype)
    kept, last = 0, 0
    for i in rows:
        chosen[kept] = i
        equals[last] = i
        kept += since[i] < cut[town[i]]
        last += since[i] == cut[town[i]]
    best = np.full(start[-1] + 1, ~np.uint64(0))
    winner = np.empty(start[-1] + 1, rows.dtype)
    for i in equals[:last]:
        first, k = start[town[i]], start[town[i] + 1]
        if first == k or lottery[i] > best[k - 1]:
            continue
        k -= 1
        while k > first and best[k - 1] > lottery[i]:
            best[k], winner[k] = best[k - 1], winner[k - 1]
            k -= 1
        best[k], winner[k] = lottery[i], i
    chosen[kept : kept + start[-1]] = winner[: start[-1]]
    return chosen[: kept + start[-1]]


@njit(inline="always")
def town_of(cumulative, chance):
    """Municipality that a uniform points at: a search by halves without branches; len(cumulative) is 2**9."""
    town = 0
    for half in (256, 128, 64, 32, 16, 8, 4, 2, 1):
        town += half * (cumulative[town + half - 1] <= chance)
    return town


@njit(cache=True)
def grant(rows, identity, stage, since, town, cumulative, month, label, k0, k1):
    """Decide on rows: a permit that ties to a municipality, or the duty to depart; returns how many permits."""
    chance, granted = np.empty(len(rows)), 0
    fill_uniform(chance, identity[rows], month, label, k0, k1)
    for k in range(len(rows)):
        i, positive = rows[k], chance[k] < GRANTED
        stage[i] = AWAITING_HOME if positive else DEPARTING
        since[i] = month
        town[i] = town_of(cumulative, chance[k] / GRANTED) if positive else NEVER
        granted += positive
    return granted


@njit(cache=True)
def move(identity, place, moves, cumulative, occupancy, month, label, k0, k1):
    """Move everybody with a chance of MOVES and count people per municipality; returns how many moved."""
    chance, rows, moved = np.empty(BLOCK), np.empty(BLOCK + 1, np.int64), 0
    occupancy[:] = 0
    for start in range(0, len(identity), BLOCK):
        who = identity[start : start + BLOCK]
        fill_uniform(chance, who, month, label, k0, k1)
        found = 0
        for i in range(len(who)):
            rows[found] = i
            found += chance[i] < MOVES
        for i in rows[:found]:
            place[start + i] = town_of(cumulative, chance[i] / MOVES)
            moves[start + i] += 1
        moved += found
        for i in range(start, start + len(who)):
            occupancy[place[i]] += 1
    return moved


@njit(cache=True)
def leave(rows, identity, stage, since, month, label, k0, k1):
    """Let rows leave with a chance of LEAVES and give their row to a new applicant; returns how many left."""
    chance, left = np.empty(len(rows)), 0
    fill_uniform(chance, identity[rows], month, label, k0, k1)
    for k in range(len(rows)):
        leaves = chance[k] < LEAVES
        stage[rows[k]] = IN_DECISION if leaves else DEPARTING
        since[rows[k]] = month if leaves else since[rows[k]]
        left += leaves
    return left


@njit(cache=True)
def let(rows, stage, since, town, homes, month):
    """Use up one home per row and give the row to a new applicant."""
    for i in rows:
        homes[town[i]] -= 1
        stage[i], since[i], town[i] = IN_DECISION, month, NEVER


class Kernels(Columns):
    """The slice in columns and kernels; the rules and the shell are those of Columns."""

    def __init__(self, rules: Rules):
        super().__init__(rules)
        self.rows = np.empty(rules.people + 1, np.int32)
        self.cumulative = np.full(512, np.inf)
        self.cumulative[:MUNICIPALITIES] = rules.cumulative

    def queue(self, stage: Stage) -> np.ndarray:
        """Rows of those in a stage since an earlier month; valid until the next call."""
        return self.rows[: waiting_rows(self.rows, self.people.stage, self.people.since, int(stage), self.month)]

    def decide(self, draws: Draws) -> tuple[int, int]:
        p, rows = self.people, self.queue(Stage.IN_DECISION)
        rows = rows[: longest_waiting(rows, p.since, p.lottery, self.rules.capacity)]
        luck = address(draws, "grant")
        return len(rows), grant(rows, p.identity, p.stage, p.since, p.town, self.cumulative, *luck)

    def receive(self, draws: Draws) -> tuple[int, int]:
        p = self.people
        moved = move(p.identity, p.place, p.moves, self.cumulative, self.occupancy, *address(draws, "move"))
        return moved, leave(self.queue(Stage.DEPARTING), p.identity, p.stage, p.since, *address(draws, "leave"))

    def house(self) -> int:
        p = self.people
        self.homes += self.rules.offered
        places = np.floor(self.homes).astype(np.int64)
        rows = longest_waiting_by_town(self.queue(Stage.AWAITING_HOME), p.town, p.since, p.lottery, places)
        let(rows, p.stage, p.since, p.town, self.homes, self.month)
        return len(rows)


def address(draws: Draws, label: str) -> tuple[np.uint64, ...]:
    """Month, label and seed of a draw, as kernels take them."""
    seed = np.uint64(draws.seed)
    return np.uint64(draws.month), np.uint64(stream(draws.process, label)), seed & _LOW, seed >> _S32
