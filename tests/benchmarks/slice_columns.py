"""The slice in the style of the model: columns, and the model's own draws and waiting lists."""

import numpy as np

from abm.engine.draws import Draws
from abm.engine.queues import oldest_first, oldest_first_by, waiting
from abm.engine.table import NO_ROW, Table, column
from abm.tables.people import Stage
from tests.benchmarks.rules import COMPARED, GRANTED, LEAVES, MOVES, MUNICIPALITIES, Rules


class People(Table):
    """One row per person in the chain."""

    identity = column(np.uint64, doc="lasting address of this person's draws")
    lottery = column(np.uint64, doc="order among people who wait equally long; no two alike")
    size = column(np.int8, 1, unit="persons", doc="a household of one")
    stage = column(np.int8, Stage.IN_DECISION, doc="where in the chain")
    since = column(np.int16, unit="month", doc="month in which the stage began")
    place = column(np.int16, unit="row of municipalities", doc="where in reception")
    town = column(np.int16, NO_ROW, unit="row of municipalities", doc="where a permit holder waits for a home")
    moves = column(np.int16, unit="moves", doc="moves so far")

    def enter(self, rows: np.ndarray, stage: Stage, month: int) -> None:
        """Move people to a stage that begins this month."""
        self.stage[rows] = stage
        self.since[rows] = month


class Columns:
    """The slice in columns; `step` simulates a month and returns the counts of rules.COUNTS."""

    def __init__(self, rules: Rules):
        self.rules, self.month = rules, 0
        self.people = People()
        self.people.add(rules.people, **rules.begin())
        self.homes = np.zeros(MUNICIPALITIES)
        self.occupancy = np.zeros(MUNICIPALITIES, np.int64)

    def step(self) -> tuple[int, ...]:
        """Decide, move and count people, and let homes."""
        draws = self.rules.draws(self.month)
        decided, granted = self.decide(draws)
        moved, left = self.receive(draws)
        housed = self.house()
        self.month += 1
        return decided, granted, moved, left, housed

    def columns(self) -> dict[str, np.ndarray]:
        """The columns that are compared, of people and municipalities."""
        columns = {name: getattr(self.people, name) for name in COMPARED}
        return columns | {"homes": self.homes, "occupancy": self.occupancy}

    def town_of(self, u: np.ndarray) -> np.ndarray:
        """Municipality that each uniform draw chooses, (n,)."""
        return np.searchsorted(self.rules.cumulative, u, side="right").astype(np.int16)

    def queue(self, stage: Stage) -> np.ndarray:
        """Rows of those in a stage since an earlier month."""
        return waiting(self.people.stage, self.people.since, stage, self.month)

    def decide(self, draws: Draws) -> tuple[int, int]:
        """Decide on the applications of those who have waited longest."""
        people = self.people
        queue = self.queue(Stage.IN_DECISION)
        rows, _ = oldest_first(queue, people.since, people.lottery, people.size, self.rules.capacity)
        u = draws.uniform("grant", people.identity[rows])
        granted = u < GRANTED
        people.enter(rows[~granted], Stage.DEPARTING, self.month)
        people.enter(rows[granted], Stage.AWAITING_HOME, self.month)
        people.town[rows[granted]] = self.town_of(u[granted] / GRANTED)
        return len(rows), int(granted.sum())

    def receive(self, draws: Draws) -> tuple[int, int]:
        """Move part of the people, count people per municipality, and remove part of those who must depart."""
        people = self.people
        u = draws.uniform("move", people.identity)
        movers = np.flatnonzero(u < MOVES)
        people.place[movers] = self.town_of(u[movers] / MOVES)
        people.moves[movers] += 1
        self.occupancy[:] = np.bincount(people.place, people.size, MUNICIPALITIES)
        due = self.queue(Stage.DEPARTING)
        leaving = due[draws.uniform("leave", people.identity[due]) < LEAVES]
        people.enter(leaving, Stage.IN_DECISION, self.month)
        return len(movers), len(leaving)

    def house(self) -> int:
        """Let the vacant homes."""
        people = self.people
        self.homes += self.rules.offered
        queue = self.queue(Stage.AWAITING_HOME)
        whole = np.floor(self.homes)
        rows = oldest_first_by(people.town[queue], queue, people.since, people.lottery, people.size, whole)
        self.homes -= np.bincount(people.town[rows], minlength=MUNICIPALITIES)
        people.enter(rows, Stage.IN_DECISION, self.month)
        people.town[rows] = NO_ROW
        return len(rows)
