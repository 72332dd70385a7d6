"""The slice in columns and small compiled kernels, in the style of the model.

Draws, queues and waiting lists are those of the model. Moves pass over all rows, in blocks that fit in the cache: the
draws of a block are made at once, so that the compiler can use vectors, and there are no unpredictable branches.
"""

import numpy as np
from numba import njit

from abm.engine.draws import Draws, fill_uniform
from abm.engine.queues import oldest_first, oldest_first_by
from abm.engine.table import NO_ROW
from abm.tables.people import Stage
from tests.benchmarks.rules import GRANTED, LEAVES, MOVES, MUNICIPALITIES, Rules
from tests.benchmarks.slice_columns import Columns

BLOCK = 4096
IN_DECISION, AWAITING_HOME, DEPARTING = int(Stage.IN_DECISION), int(Stage.AWAITING_HOME), int(Stage.DEPARTING)


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
        town[i] = town_of(cumulative, chance[k] / GRANTED) if positive else NO_ROW
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
        stage[i], since[i], town[i] = IN_DECISION, month, NO_ROW


class Kernels(Columns):
    """The slice in columns and kernels; all else is that of Columns."""

    def __init__(self, rules: Rules):
        super().__init__(rules)
        self.cumulative = np.full(512, np.inf)
        self.cumulative[:MUNICIPALITIES] = rules.cumulative

    def decide(self, draws: Draws) -> tuple[int, int]:
        p, queue = self.people, self.queue(Stage.IN_DECISION)
        rows, _ = oldest_first(queue, p.since, p.lottery, p.size, self.rules.capacity)
        luck = draws.address("grant")
        return len(rows), grant(rows, p.identity, p.stage, p.since, p.town, self.cumulative, *luck)

    def receive(self, draws: Draws) -> tuple[int, int]:
        p = self.people
        moved = move(p.identity, p.place, p.moves, self.cumulative, self.occupancy, *draws.address("move"))
        return moved, leave(self.queue(Stage.DEPARTING), p.identity, p.stage, p.since, *draws.address("leave"))

    def house(self) -> int:
        p, queue = self.people, self.queue(Stage.AWAITING_HOME)
        self.homes += self.rules.offered
        rows = oldest_first_by(p.town[queue], queue, p.since, p.lottery, p.size, np.floor(self.homes))
        let(rows, p.stage, p.since, p.town, self.homes, self.month)
        return len(rows)
