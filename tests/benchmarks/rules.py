"""The slice: one month for everybody in the chain, cut down to what three languages can say in the same words.

Each row is one person in reception, and there are as many at the end of a month as at its beginning: who leaves makes
room for a new applicant. In a month

1. the immigration service decides, longest waiting first (lottery among equals), within its capacity; a permit is
   granted by chance and ties its holder to a municipality, the refused must depart;
2. everybody is looked at: with a small chance a person moves to reception in another municipality, each municipality
   counts its people, and of those who must depart a part leaves;
3. homes become vacant in every municipality, whole ones go to the permit holders tied to it, longest waiting first.

It is a slice of its own and not a few modules of the rooms: those read national series, tables of the whole
country and each other, so a twin would have to repeat most of the model before one number could be compared. What the
slice shares with the model is how it is built: columns of abm.table, luck of abm.draws, waiting lists of abm.kernels.
The model itself is timed next to it (see full_run.py).
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
COMPARED = ("stage", "since", "place", "town", "moves")  # what must be equal, person by person


@dataclass(frozen=True)
class Rules:
    """A slice of a size and a seed: everything that the implementations are given."""

    people: int
    seed: int = 1

    @property
    def capacity(self) -> int:
        """Decisions a month [persons]."""
        return round(DECIDED * self.people)

    @cached_property
    def cumulative(self) -> np.ndarray:
        """Cumulative shares of municipalities, (municipalities,): where chance sends people; the last one is 1."""
        shares = np.cumsum(self._weights)
        return shares / shares[-1]

    @cached_property
    def offered(self) -> np.ndarray:
        """Homes that become vacant a month, (municipalities,): together as many as permits."""
        return self._weights / self._weights.sum() * self.capacity * GRANTED

    @cached_property
    def _weights(self) -> np.ndarray:
        return 0.1 + self.draws(0).once("weight", np.arange(MUNICIPALITIES)) ** 3

    def draws(self, month: int) -> Draws:
        """The luck of a month."""
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
