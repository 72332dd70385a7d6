"""The slice of reception: a month of the asylum chain, reduced to rules that three languages can share.

Each row is one person in reception. Their number is constant: a new applicant takes the row of a person who leaves. In
a month

1. the immigration service decides, longest waiting first (lottery among equals), within its capacity; a permit is
   granted at random and ties its holder to a municipality, refused applicants must depart;
2. each person moves to reception in another municipality with a small probability, each municipality counts its people,
   and part of those who must depart leave;
3. homes become vacant in every municipality and go to the permit holders tied to it, longest waiting first.

It is written for the benchmark, since processes of the model read national series, tables of the whole country and
each other's columns: another implementation would have to repeat most of the model before one number could be compared.
It is built as the model is: columns of abm.engine.table, draws of abm.engine.draws, waiting lists of
abm.engine.queues. The model itself is timed next to it (see full_run.py).
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from abm.engine.draws import Draws
from abm.engine.table import NO_ROW
from abm.tables.people import Stage

MUNICIPALITIES = 342
GRANTED = 0.6  # of those decided
MOVES = 1 / 24  # of everybody, a month
LEAVES = 0.1  # of those who must depart, a month
DECIDED = 0.04  # of all people, a month
IN_STAGE = {Stage.IN_DECISION: 0.54, Stage.AWAITING_HOME: 0.3, Stage.DEPARTING: 0.16}  # at the beginning
WAITED = 12  # months over which waiting times at the beginning are spread
COUNTS = ("decided", "granted", "moved", "left", "housed")
COMPARED = ("stage", "since", "place", "town", "moves")  # columns that must be equal, person by person


@dataclass(frozen=True)
class Rules:
    """A slice of a size and a seed: the input of every implementation."""

    people: int
    seed: int = 1

    @property
    def capacity(self) -> int:
        """Decisions a month [persons]."""
        return round(DECIDED * self.people)

    @cached_property
    def cumulative(self) -> np.ndarray:
        """Cumulative shares by which draws choose a municipality, (municipalities,); the last one is 1."""
        shares = np.cumsum(self._weights)
        return shares / shares[-1]

    @cached_property
    def offered(self) -> np.ndarray:
        """Homes that become vacant each month, (municipalities,): in all as many as permits."""
        return self._weights / self._weights.sum() * self.capacity * GRANTED

    @cached_property
    def _weights(self) -> np.ndarray:
        return 0.1 + self.draws(0).once("weight", np.arange(MUNICIPALITIES)) ** 3

    def draws(self, month: int) -> Draws:
        """The draws of a month."""
        return Draws(self.seed, "benchmark", month)

    def begin(self) -> dict[str, np.ndarray]:
        """Columns of the people at the beginning, (people,) each."""
        who, draws = np.arange(self.people, dtype=np.uint64), self.draws(0)
        bounds = np.cumsum(list(IN_STAGE.values()))
        stage = np.array(list(IN_STAGE), np.int8)[np.searchsorted(bounds[:-1], draws.once("stage", who))]
        tied = np.searchsorted(self.cumulative, draws.once("town", who), side="right")
        return {
            "identity": who,
            "lottery": draws.order("lottery", who),
            "stage": stage,
            "since": -1 - np.floor(draws.once("since", who) * WAITED).astype(np.int16),
            "place": np.searchsorted(self.cumulative, draws.once("place", who), side="right").astype(np.int16),
            "town": np.where(stage == Stage.AWAITING_HOME, tied, NO_ROW).astype(np.int16),
            "moves": np.zeros(self.people, np.int16),
        }
