"""Learning and work as the model writes them: its own tables, its learning, and its functions of work."""

import numpy as np

from abm.adults import adults, regions_of
from abm.clock import MONTHS, Clock
from abm.draws import Draws
from abm.populations import NEVER
from abm.processes import learning
from abm.processes.work import FADING, access, chances, summed, unpromising
from abm.state import State
from tests.benchmarks.jobs_rules import BEGIN, EXACT, NEAR, TOWNS, JobsRules


class JobsColumns:
    """The slice in the tables of the model; `step` simulates a month and returns the counts of jobs_rules.COUNTS."""

    def __init__(self, rules: JobsRules):
        self.rules, self.state, self.regional = rules, State(inputs=None, clock=Clock(BEGIN)), rules.regional
        persons, households = rules.begin()
        self.state.newcomers.add(rules.people, **persons)
        self.state.households.add(rules.people, **households)
        for places in (self.state.locations, self.state.municipalities):
            places.add(TOWNS, region=rules.regions(TOWNS))

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
        working, seeking = rows[people.employed[rows]], rows[~people.employed[rows]]
        ends = params.separation * np.exp(-params.settled * people.experience[working])
        lost = working[draws.uniform("ends", people.identity[working]) < ends]
        chance = self.chance(draws, seeking)
        can = np.flatnonzero(chance)
        hired = seeking[can[draws.uniform("finds", people.identity[seeking[can]]) < chance[can]]]
        people.experience[working] += 1 / MONTHS
        people.experience[seeking] *= 1 - FADING
        people.employed[lost], people.work_hours[lost] = False, 0
        people.employed[hired], people.work_hours[hired] = True, params.hours
        people.hired[hired] = self.state.clock.month
        asked = params.work_permit & (self.state.households.granted[people.household[hired]] == NEVER)
        return np.count_nonzero(people.employed), len(hired), len(lost), np.count_nonzero(asked)

    def chance(self, draws: Draws, seeking: np.ndarray) -> np.ndarray:
        """Chance of a job of those who seek one, (n,)."""
        people, households, params = self.state.newcomers, self.state.households, self.rules.work
        of, month = people.household[seeking], self.state.clock.month
        permit = households.granted[of] != NEVER
        free = access(month - households.applied[of], permit, unpromising(households, of), params)
        return chances(
            self.odds(draws, seeking), free, people.exempt[seeking], people.integrating[seeking],
            people.dual[seeking], params.lock_in, params.lock_in_dual,
        )  # fmt: skip

    def odds(self, draws: Draws, rows: np.ndarray) -> np.ndarray:
        """Log odds of a job, (n,): as `work.odds`, with what a region adds as it is given."""
        people, households, p = self.state.newcomers, self.state.households, self.rules.work
        z = summed(
            people.talent[rows], people.language[rows], people.idleness[rows], people.experience[rows],
            self.state.clock.month - people.born[rows].astype(np.int64), people.female[rows], people.coaching[rows],
            (p.level, p.idleness, p.experience, p.ageing, p.woman, p.at_scale * p.coaching),
        )  # fmt: skip
        z += self.regional[regions_of(self.state, rows)]
        z += p.in_reception * (households.location[people.household[rows]] != NEVER)
        diploma = np.flatnonzero(people.recognised[rows] != NEVER)
        z[diploma] += np.where(people.regulated[rows[diploma]], p.regulated, p.recognised)
        if p.subsidised_share:
            z += p.subsidy * (draws.once("subsidised", people.identity[rows]) < p.subsidised_share)
        return z

    def columns(self) -> dict[str, np.ndarray]:
        """What is compared."""
        return {column: getattr(self.state.newcomers, column) for column in (*EXACT, *NEAR)}
