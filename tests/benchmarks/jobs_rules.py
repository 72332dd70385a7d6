"""The slice of learning and work: a month of adults, each independent of the others.

Each household is one adult with schooling, age, sex, talent and a place in reception or a home; nobody comes, moves or
leaves, and class, coaching and diplomas stay as they are. In a month

1. Dutch grows with hours of class, of work and of daily life; disengagement fills or fades;
2. jobs end at random, adults without one find one at random, experience grows or fades.

The first is the whole of `learning.step`. Of `work.step` it is the personal part: the log odds, the probability and the
draws, by the functions of abm/jobs/work.py, without employers, moves and social assistance. The regional part of the
log odds is given.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from abm.civic import learning
from abm.engine.clock import NEVER
from abm.engine.draws import Draws
from abm.engine.table import NO_ROW
from abm.jobs import work
from abm.tables.people import Stage, Track

BEGIN = 60  # month
REGIONS, TOWNS = 35, 342
YOUNGEST, SPAN = 18 * 12, 40 * 12  # ages [months] at the beginning: nobody reaches the pension in eight years
IN_STAGE = {Stage.IN_DECISION: 0.25, Stage.DEPARTING: 0.05, Stage.AWAITING_HOME: 0.1, Stage.HOUSED: 0.6}
APPLIED = 30  # months over which applications are spread
UNEMPLOYMENT = (3.0, 6.0)  # of regions, from and to [%]
COUNTS = ("employed", "hired", "lost", "with work permit")
EXACT = ("employed", "hired", "work_hours")  # columns that must be equal, person by person
NEAR = ("language", "idleness", "experience")  # columns equal to 1e-5: float32 in columns and C, float64 in Mesa


@dataclass(frozen=True)
class JobsRules:
    """A slice of a size and a seed; `subsidised`: share of job seekers with a wage subsidy."""

    people: int
    seed: int = 1
    subsidised: float = 0.0

    @cached_property
    def learning(self) -> learning.Params:
        """Parameters of learning."""
        return learning.Params(mixed=0)  # daily life is worth the same everywhere

    @cached_property
    def work(self) -> work.Params:
        """Parameters of work."""
        return work.Params(subsidised_share=self.subsidised)

    @cached_property
    def regional(self) -> np.ndarray:
        """Regional part of the log odds of a job, (REGIONS,)."""
        return self.work.base + self.work.unemployment * (
            np.linspace(*UNEMPLOYMENT, REGIONS) - self.work.reference_unemployment
        )

    def regions(self, places: int) -> np.ndarray:
        """Labour market region of each location or municipality, (places,)."""
        return (np.arange(places) % REGIONS).astype(np.int8)

    def begin(self) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
        """Columns of persons and of their households at the beginning, (people,) each."""
        who, draws = np.arange(self.people, dtype=np.uint64), Draws(self.seed, "benchmark", 0)

        def u(label):
            return draws.once(label, who)

        stage = np.array(list(IN_STAGE), np.int8)[np.searchsorted(np.cumsum(list(IN_STAGE.values()))[:-1], u("stage"))]
        in_reception, permit = stage != Stage.HOUSED, np.isin(stage, (Stage.AWAITING_HOME, Stage.HOUSED))
        place = np.floor(u("place") * TOWNS).astype(np.int32)
        employed, schooling = u("employed") < 0.2, np.floor(u("schooling") * 4).astype(np.int8)
        integrating = permit & (u("integrating") < 0.5)
        persons = {
            "identity": who,
            "household": who.astype(np.int32),
            "female": u("female") < 0.35,
            "adult": np.ones(self.people, bool),
            "born": (BEGIN - YOUNGEST - np.floor(SPAN * u("age"))).astype(np.int16),
            "schooling": schooling,
            "talent": (2 * u("talent") - 1).astype(np.float32),
            "exempt": u("exempt") < 0.05,
            "language": (2 * u("language")).astype(np.float32),
            "class_hours": np.where(integrating & (u("class") < 0.7), 40, 0).astype(np.float32),
            "integrating": integrating,
            "active": u("active") < 0.15,
            "dual": integrating & (u("dual") < 0.1),
            "coaching": np.where(u("coached") < 0.1, u("coaching"), 0).astype(np.float32),
            "recognised": np.where((schooling == 3) & (u("recognised") < 0.5), 0, NEVER).astype(np.int16),
            "regulated": u("regulated") < 0.4,
            "idleness": (u("idleness") / 2).astype(np.float32),
            "employed": employed,
            "experience": np.where(employed, 3 * u("experience"), 0).astype(np.float32),
            "work_hours": np.where(employed, self.work.hours, 0).astype(np.int8),
        }
        households = {
            "stage": stage,
            "track": np.where(u("fast") < 0.1, Track.FAST, Track.REGULAR).astype(np.int8),
            "location": np.where(in_reception, place, NO_ROW).astype(np.int32),
            "municipality": np.where(in_reception, NO_ROW, place).astype(np.int16),
            "applied": (BEGIN - 1 - np.floor(u("applied") * APPLIED)).astype(np.int16),
            "granted": np.where(permit, BEGIN - 1, NEVER).astype(np.int16),
        }
        return persons, households
