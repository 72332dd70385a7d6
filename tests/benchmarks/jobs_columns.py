"""Learning and work as the model writes them: its own tables, its learning, and its functions of work."""

import numpy as np

from abm.civic import learning
from abm.engine.clock import MONTHS, NEVER, Clock
from abm.engine.draws import Draws
from abm.engine.kernels import parted
from abm.engine.table import NO_ROW
from abm.jobs.work import chance_of_match, odds_of_person
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
        self.state.origins.add(1, language=NO_ROW)  # nobody has neighbours of the own language

    def step(self) -> tuple[int, ...]:
        """Let everybody learn, then work."""
        state, month = self.state, self.state.clock.month
        learning.step(state, self.rules.learning, Draws(self.rules.seed, "learning", month))
        counts = self.work(Draws(self.rules.seed, "work", month))
        state.clock.month += 1
        return counts

    def work(self, draws: Draws) -> tuple[int, ...]:
        """End jobs, then find them; experience grows and fades: as `work.step`."""
        people, params = self.state.newcomers, self.rules.work
        rows = adults(self.state)
        working, seeking = parted(rows, people.employed)
        ends = params.separation * np.exp(-params.settled * people.experience[working])
        lost = working[draws.uniform("ends", people.identity[working]) < ends]
        hired = self.found(draws, seeking)
        people.experience[working] += 1 / MONTHS
        people.experience[seeking] *= 1 - self.rules.work.experience_fading
        people.employed[lost], people.work_hours[lost] = False, 0
        people.employed[hired], people.work_hours[hired] = True, params.hours
        people.hired[hired] = self.state.clock.month
        asked = params.work_permit & (self.state.households.granted[people.household[hired]] == NEVER)
        return np.count_nonzero(people.employed), len(hired), len(lost), np.count_nonzero(asked)

    def found(self, draws: Draws, seeking: np.ndarray) -> np.ndarray:
        """Rows of the seekers who find a job: as `work.found`, with what a region adds to the odds as it is given."""
        state, p, who = self.state, self.rules.work, self.state.newcomers.identity[seeking]
        z = odds_of_person(state, p, seeking) + self.regional[regions_of(state, seeking)]
        if p.subsidised_share:
            z += p.subsidy * (draws.once("subsidised", who) < p.subsidised_share)
        return seeking[draws.uniform("finds", who) < chance_of_match(state, p, seeking, z)]

    def columns(self) -> dict[str, np.ndarray]:
        """What is compared."""
        return {column: getattr(self.state.newcomers, column) for column in (*EXACT, *NEAR)}
