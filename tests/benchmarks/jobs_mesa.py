"""Learning and work as a Mesa model: each adult is an agent whose `step` is a month of learning, then work."""

from math import exp

import mesa
import numpy as np

from abm.civic.learning import OLD, TOP, YOUNG
from abm.engine.clock import MONTHS, NEVER, WEEKS_PER_MONTH
from abm.engine.draws import Draws
from abm.jobs.job_search import DECADE, PRIME
from abm.tables.people import Stage, Track
from tests.benchmarks.jobs_rules import BEGIN, EXACT, NEAR, TOWNS, JobsRules
from tests.benchmarks.slice_mesa import Addressed


class Adult(mesa.Agent):
    """An adult who learns and works; attributes are columns of the model's persons and households."""

    def __init__(self, model, columns):
        super().__init__(model)
        self.hired = NEVER
        for name, value in columns:
            setattr(self, name, value)  # one by one, and fewer than 30: Python then keeps them compactly

    def step(self):
        """Learn, update disengagement, and find, keep or lose a job."""
        age = self.model.month - self.born
        self.learn(age)
        self.disengage()
        if self.employed:
            self.stay()
        else:
            self.seek(age)
        self.model.employed += self.employed

    def learn(self, age: int):
        """Raise the language level."""
        p = self.model.learning
        ease = p.young if age < YOUNG else p.old if age >= OLD else 1.0
        needed = self.model.per_level[self.schooling] * ease * (1 + p.slope * self.language)
        worth = p.at_work_dual if self.dual else p.at_work
        hours = self.class_hours + worth * self.work_hours * WEEKS_PER_MONTH + p.informal
        self.language = min(self.language + hours / needed, TOP)

    def disengage(self):
        """Let disengagement build up or fade."""
        p = self.model.learning
        if self.stage != Stage.HOUSED and not self.employed:
            fill = 1.0 if self.granted == NEVER else p.idle_allowed
            if self.class_hours > 0 or self.active:
                fill *= 1 - p.activity
            self.idleness += (1 - self.idleness) * self.model.rate * fill
        else:
            self.idleness *= self.model.kept

    def stay(self):
        """Lose the job at random; gain experience."""
        p = self.model.work
        ends = self.random.random() < p.separation * exp(-p.settled * self.experience)
        self.experience += 1 / MONTHS
        if ends:
            self.employed, self.work_hours = False, 0
            self.model.lost += 1

    def seek(self, age: int):
        """Find a job at random."""
        p = self.model.work
        probability = self.access() * self.search() / (1 + exp(-self.odds(age)))
        self.experience *= 1 - p.experience_fading
        if self.random.random() < probability:
            self.employed, self.work_hours, self.hired = True, p.hours, self.model.month
            self.model.hired += 1
            self.model.asked += self.granted == NEVER and p.work_permit

    def access(self) -> float:
        """Legal access to work, in [0, 1]."""
        p = self.model.work
        if self.granted != NEVER:
            return 1.0
        if self.track == Track.FAST or self.stage == Stage.DEPARTING:
            return 0.0
        if self.model.month - self.applied < p.barred_months:
            return 0.0
        return p.with_permit if p.work_permit else 1.0

    def search(self) -> float:
        """Search for work, in [0, 1]."""
        if self.exempt:
            return 0.0
        if self.integrating:
            return self.model.work.lock_in_dual if self.dual else self.model.work.lock_in
        return 1.0

    def odds(self, age: int) -> float:
        """Log odds of a job."""
        p = self.model.work
        z = self.model.regional[self.region] + p.level * (self.language - 2) - p.idleness * self.idleness
        z += p.experience * min(self.experience, 2) + p.ageing * max(age - PRIME, 0) / DECADE
        z += p.at_scale * p.coaching * self.coaching + self.talent
        if self.female:
            z += p.woman
        if self.stage != Stage.HOUSED:
            z += p.in_reception
        if self.recognised != NEVER:
            z += p.regulated if self.regulated else p.recognised
        if self.subsidised < p.subsidised_share:
            z += p.subsidy
        return z


class AddressedAdult(Adult):
    """An adult with addressed draws; the rules are those of Adult."""

    def step(self):
        self.model.random.aim(self, "ends" if self.employed else "finds")
        super().step()


class Labour(mesa.Model):
    """All adults; `activation` is 'shuffle_do' or 'do', `addressed` gives the draws of the other implementations."""

    def __init__(self, rules: JobsRules, activation: str = "shuffle_do", addressed: bool = False):
        super().__init__(rng=rules.seed)
        self.activation, self.month, self.regional = activation, BEGIN, rules.regional.tolist()
        self.learning, self.work = p, _ = rules.learning, rules.work
        self.per_level = [p.hours_none, p.hours_primary, p.hours_secondary, p.hours_higher]
        self.rate, self.kept = 1 - exp(-1 / p.idle_months), 2 ** (-1 / p.half_life)
        if addressed:
            self.random = Addressed(rules.seed, "work")
        kind = AddressedAdult if addressed else Adult
        persons, households = rules.begin()
        subsidised = Draws(rules.seed, "work", 0).once("subsidised", persons["identity"])
        region = rules.regions(TOWNS)[np.maximum(households["location"], households["municipality"])]
        columns = persons | households | {"subsidised": subsidised, "region": region}
        for name in ("identity", "household", "adult", "location", "municipality"):
            del columns[name]
        for row in zip(*(column.tolist() for column in columns.values()), strict=True):
            kind(self, zip(columns, row, strict=True))

    def step(self):
        """Simulate a month by activating everybody; writes `counts`."""
        self.employed = self.hired = self.lost = self.asked = 0
        getattr(self.agents, self.activation)("step")
        self.counts = self.employed, self.hired, self.lost, self.asked
        self.month += 1


class JobsMesa:
    """The Mesa model, with the interface of the other implementations."""

    def __init__(self, rules: JobsRules, activation: str = "shuffle_do", addressed: bool = False):
        self.model = Labour(rules, activation, addressed)

    def step(self) -> tuple[int, ...]:
        """Simulate a month and return the counts of jobs_rules.COUNTS."""
        self.model.step()
        return self.model.counts

    def columns(self) -> dict[str, np.ndarray]:
        """The columns that are compared, in the order in which people were made."""
        people = sorted(self.model.agents, key=lambda person: person.unique_id)
        return {name: np.array([getattr(person, name) for person in people]) for name in (*EXACT, *NEAR)}
