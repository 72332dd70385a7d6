"""Learning and work in the model's own code: its tables, its learning, and its functions of work."""

import numpy as np

from abm.civic import learning
from abm.engine.clock import MONTHS, NEVER, Clock
from abm.engine.draws import Draws
from abm.engine.kernels import parted
from abm.engine.table import NO_ROW
from abm.jobs.work import odds_of_person, probability_of_match
from abm.people.working_age import adults, regions_of
from abm.state import State
from tests.benchmarks.jobs_rules import BEGIN, EXACT, NEAR, TOWNS, JobsRules


class JobsColumns:
    """The slice in the tables of the model; `step` simulates a month and returns the counts of jobs_rules.COUNTS."""

    def __init__(self, rules: JobsRules):
        self.rules, self.state, self.regional = rules, State(inputs=None, clock=Clock(BEGIN)), rules.regional
        persons, households = rules.begin()
        self.state.newcomers.add(rules.people, **persons)
        self.state.households.add(rules.people, **households)
        self.state.locations.add(TOWNS, region=rules.regions(TOWNS))
        self.state.municipalities.add(TOWNS, region=rules.regions(TOWNS), population=1)
        self.state.origins.add(1, language=NO_ROW)  # nobody has neighbours of their own language

    def step(self) -> tuple[int, ...]:
        """Simulate learning, then work."""
        state, month = self.state, self.state.clock.month
        learning.step(state, self.rules.learning, Draws(self.rules.seed, "learning", month))
        counts = self.work(Draws(self.rules.seed, "work", month))
        state.clock.month += 1
        return counts

    def work(self, draws: Draws) -> tuple[int, ...]:
        """End jobs and find them, and update experience, as `work.step`."""
        people, params = self.state.newcomers, self.rules.work
        rows = adults(self.state)
        working, seeking = parted(rows, people.employed)
        ends = params.separation * np.exp(-params.settled * people.experience[working])
        lost = working[draws.uniform("ends", people.identity[working]) < ends]
        hired = self.find_jobs(draws, seeking)
        people.experience[working] += 1 / MONTHS
        people.experience[seeking] *= 1 - self.rules.work.experience_fading
        people.employed[lost], people.work_hours[lost] = False, 0
        people.employed[hired], people.work_hours[hired] = True, params.hours
        people.hired[hired] = self.state.clock.month
        with_permit = params.work_permit & (self.state.households.granted[people.household[hired]] == NEVER)
        return np.count_nonzero(people.employed), len(hired), len(lost), np.count_nonzero(with_permit)

    def find_jobs(self, draws: Draws, seeking: np.ndarray) -> np.ndarray:
        """Rows of the seekers who find a job, as `work.find_jobs`, but with given regional log odds."""
        state, p, who = self.state, self.rules.work, self.state.newcomers.identity[seeking]
        z = odds_of_person(state, p, seeking) + self.regional[regions_of(state, seeking)]
        if p.subsidised_share:
            z += p.subsidy * (draws.once("subsidised", who) < p.subsidised_share)
        return seeking[draws.uniform("finds", who) < probability_of_match(state, p, seeking, z)]

    def columns(self) -> dict[str, np.ndarray]:
        """The columns that are compared."""
        return {column: getattr(self.state.newcomers, column) for column in (*EXACT, *NEAR)}
