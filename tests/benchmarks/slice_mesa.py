"""The slice as a Mesa model: each person is an agent with a `step`; the model holds the queues and activates agents.

Written as Mesa teaches it, and kept fast where that costs no clarity: queues are heaps, there are no
searches, and an agent that leaves becomes the next applicant instead of being removed and made anew.
"""

import random
from bisect import bisect_right
from collections.abc import Iterator
from heapq import heapify, heappop, heappush

import mesa
import numpy as np

from abm.engine.draws import fill_uniform, stream
from abm.engine.table import NO_ROW
from abm.tables.people import Stage
from tests.benchmarks.rules import COMPARED, GRANTED, LEAVES, MOVES, MUNICIPALITIES, Rules


class Person(mesa.Agent):
    """A person in reception."""

    def __init__(self, model, lottery, stage, since, place, town):
        super().__init__(model)
        self.lottery = lottery
        self.stage = stage
        self.since = since
        self.place = place
        self.town = town
        self.moves = 0

    def step(self):
        """Move at random, be counted, and leave at random if departing."""
        self.move()
        self.model.occupancy[self.place] += 1
        if self.stage == Stage.DEPARTING and self.since < self.model.month:
            self.depart()

    def move(self):
        """Move to reception in another municipality, at random."""
        u = self.random.random()
        if u < MOVES:
            self.place = bisect_right(self.model.cumulative, u / MOVES)
            self.moves += 1
            self.model.moved += 1

    def depart(self):
        """Leave at random."""
        if self.random.random() < LEAVES:
            self.model.left += 1
            self.apply()

    def decide(self):
        """Receive a permit or the duty to depart."""
        u = self.random.random()
        self.since = self.model.month
        if u < GRANTED:
            self.stage = Stage.AWAITING_HOME
            self.town = bisect_right(self.model.cumulative, u / GRANTED)
            heappush(self.model.waiting[self.town], (self.since, self.lottery, self))
            self.model.granted += 1
        else:
            self.stage = Stage.DEPARTING

    def apply(self):
        """Become the next applicant."""
        self.stage, self.since, self.town = Stage.IN_DECISION, self.model.month, NO_ROW
        heappush(self.model.undecided, (self.since, self.lottery, self))


class Reception(mesa.Model):
    """The chain; `activation` is 'shuffle_do' or 'do', `addressed` gives the draws of the other implementations."""

    def __init__(self, rules: Rules, activation: str = "shuffle_do", addressed: bool = False):
        super().__init__(rng=rules.seed)
        self.capacity, self.activation, self.month = rules.capacity, activation, 0
        self.cumulative, self.offered = rules.cumulative.tolist(), rules.offered.tolist()
        self.homes, self.occupancy = [0.0] * MUNICIPALITIES, [0] * MUNICIPALITIES
        self.undecided, self.waiting = [], [[] for _ in range(MUNICIPALITIES)]
        begin = rules.begin()
        if addressed:
            self.random = Addressed(rules.seed)
        kind = AddressedPerson if addressed else Person
        columns = (begin[name].tolist() for name in ("lottery", "stage", "since", "place", "town"))
        for row in zip(*columns, strict=True):
            person = kind(self, *row)
            entry = (person.since, person.lottery, person)
            if person.stage == Stage.IN_DECISION:
                self.undecided.append(entry)
            elif person.stage == Stage.AWAITING_HOME:
                self.waiting[person.town].append(entry)
        for queue in (self.undecided, *self.waiting):
            heapify(queue)

    def step(self):
        """A month: decide, activate everybody, let homes; the counts are in `counts`."""
        self.granted = self.moved = self.left = 0
        decided = self.decide()
        self.occupancy = [0] * MUNICIPALITIES
        getattr(self.agents, self.activation)("step")
        housed = self.house()
        self.counts = decided, self.granted, self.moved, self.left, housed
        self.month += 1

    def decide(self) -> int:
        """Decide on those who wait longest."""
        for decided in range(self.capacity):
            if not self.undecided or self.undecided[0][0] >= self.month:
                return decided
            heappop(self.undecided)[2].decide()
        return self.capacity

    def house(self) -> int:
        """Let the vacant homes."""
        housed = 0
        for town, queue in enumerate(self.waiting):
            self.homes[town] += self.offered[town]
            while self.homes[town] >= 1 and queue and queue[0][0] < self.month:
                heappop(queue)[2].apply()
                self.homes[town] -= 1
                housed += 1
        return housed


class MesaTwin:
    """The Mesa model with the face of the other implementations."""

    def __init__(self, rules: Rules, activation: str = "shuffle_do", addressed: bool = False):
        self.model = Reception(rules, activation, addressed)

    def step(self) -> tuple[int, ...]:
        """Simulate a month and return the counts of rules.COUNTS."""
        self.model.step()
        return self.model.counts

    def columns(self) -> dict[str, np.ndarray]:
        """The columns that are compared, of people in the order of their making and of municipalities."""
        people = sorted(self.model.agents, key=lambda person: person.unique_id)
        columns = {name: np.array([getattr(person, name) for person in people]) for name in COMPARED}
        return columns | {"homes": np.array(self.model.homes), "occupancy": np.array(self.model.occupancy)}


class Addressed(random.Random):
    """Draws by address, to compare runs person by person: `aim` selects a person and the labels of its next draws."""

    def __init__(self, seed: int, process: str = "benchmark"):
        super().__init__(seed)
        self.process = process
        self.seed_words = np.uint64(seed & 0xFFFFFFFF), np.uint64(seed >> 32)
        self.who, self.one = np.zeros(1, np.uint64), np.zeros(1)
        self.labels: Iterator[str] = iter(())

    def aim(self, person: mesa.Agent, *labels: str) -> None:
        """Make the next draws those of a person, one per label."""
        self.person, self.labels = person, iter(labels)

    def random(self) -> float:
        """The draw of the next label."""
        address = np.uint64(stream(self.process, next(self.labels)))
        self.who[0] = self.person.unique_id - 1  # Mesa counts from one
        fill_uniform(self.one, self.who, np.uint64(self.person.model.month), address, *self.seed_words)
        return float(self.one[0])


class AddressedPerson(Person):
    """A person with addressed draws; the rules are those of Person."""

    def step(self):
        self.model.random.aim(self, "move", "leave")
        super().step()

    def decide(self):
        self.model.random.aim(self, "grant")
        super().decide()
