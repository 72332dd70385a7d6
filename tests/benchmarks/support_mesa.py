"""Support as a Mesa model: each resident is an agent influenced by its ties; all change at the same moment."""

from math import exp

import mesa
import numpy as np

from abm.residents import support_kernels as kernels
from tests.benchmarks.support_rules import FAR_OUT, NEAR, SupportRules

UNIFORM = 12**0.5  # a uniform draw times this has a standard deviation of one
WORKING = 2  # age classes below this one work


class Resident(mesa.Agent):
    """A resident with a level of support for newcomers."""

    def __init__(self, model, neighbourhood, columns):
        super().__init__(model)
        self.neighbourhood, self.tied, self.after = neighbourhood, (), 0.0
        for name, value in columns:
            setattr(self, name, value)

    def step(self):
        """Compute next month's support from contacts, events and ties."""
        p, shared = self.model.terms, self.model.shared[self.neighbourhood]
        self.meet(p, shared)
        full = 1 - exp(-self.positive)
        gain = (
            p.contact * (full - p.ratio * (1 - exp(-self.negative))) - p.convergence * (self.support - p.middle) * full
        )
        gain += shared[kernels.PUSH] - shared[kernels.UNFAIR] * self.seeking
        drawn = min(max(gain, -p.limit), p.limit)
        gap = self.anchor + drawn - self.support
        self.after = self.support + p.rate * gap + p.talk * self.hear(p.confidence) + p.noise * self.shock()

    def meet(self, p, shared):
        """Add this month's good and bad contacts."""
        joins = 1 / (1 + exp(-p.joining - p.selection * (self.support if p.follows else self.anchor)))
        contacts = shared[kernels.NEAR] * (1 + p.programme * (p.multiplier - 1) * joins)
        if self.age < WORKING:
            contacts += shared[kernels.COLLEAGUES]
        self.positive = p.fading * self.positive + contacts * (1 - shared[kernels.BAD])
        self.negative = p.fading * self.negative + contacts * shared[kernels.BAD]

    def hear(self, confidence: float) -> float:
        """Mean difference from the ties whose support is close enough."""
        total, listened = 0.0, 0
        for other in self.tied:
            apart = other.support - self.support
            if abs(apart) < confidence:
                total += apart
                listened += 1
        return total / max(listened, 1)

    def shock(self) -> float:
        """Random shock of the month."""
        return (self.random.random() - 0.5) * UNIFORM

    def change(self):
        """Adopt the new support."""
        self.support = self.after
        self.model.far_out += self.after > FAR_OUT


class AddressedResident(Resident):
    """A resident with addressed draws; the rules are those of Resident."""

    def shock(self) -> float:
        return self.model.shocks[self.unique_id - 1]  # Mesa counts from one


class Country(mesa.Model):
    """All residents; `activation` is 'shuffle_do' or 'do', `addressed` gives the draws of other implementations."""

    def __init__(self, rules: SupportRules, activation: str = "shuffle_do", addressed: bool = False):
        super().__init__(rng=rules.seed)
        self.rules, self.activation, self.addressed, self.month = rules, activation, addressed, 0
        self.terms, self.shared, self.far_out = rules.terms, rules.shared.tolist(), 0
        kind = AddressedResident if addressed else Resident
        columns = {name: column.tolist() for name, column in rules.begin.items()}
        of = np.repeat(np.arange(len(rules.shared)), np.diff(rules.bounds)).tolist()
        rows = zip(of, zip(*columns.values(), strict=True), strict=True)
        people = [kind(self, home, zip(columns, row, strict=True)) for home, row in rows]
        starts, targets = rules.ties.starts.tolist(), rules.ties.targets.tolist()
        for row, resident in enumerate(people):
            resident.tied = tuple(people[other] for other in targets[starts[row] : starts[row + 1]])

    def step(self):
        """Simulate a month."""
        self.far_out = 0
        if self.addressed:
            self.shocks = addressed_shocks(self.rules, self.month)
        getattr(self.agents, self.activation)("step")
        self.agents.do("change")
        self.month += 1


def addressed_shocks(rules: SupportRules, month: int) -> list[float]:
    """Addressed random shocks of all residents in a month."""
    bounds, count = rules.bounds, int(rules.bounds[-1])
    words, calls = np.empty(count + 4), np.empty((5, count), np.uint64)
    kernels._words(words, np.arange(len(bounds) - 1), bounds, rules.address(month), calls)  # as the kernel has them
    return ((words[:count] * kernels._WORD - 0.5) * kernels._UNIFORM).tolist()


class SupportMesa:
    """The Mesa model, with the interface of the other implementations."""

    def __init__(self, rules: SupportRules, activation: str = "shuffle_do", addressed: bool = False):
        self.model = Country(rules, activation, addressed)

    def step(self) -> tuple[int, ...]:
        """Simulate a month and return the counts of support_rules.COUNTS."""
        self.model.step()
        return (int(self.model.far_out),)

    def columns(self) -> dict[str, np.ndarray]:
        """The columns that are compared, in the order in which people were made."""
        people = sorted(self.model.agents, key=lambda person: person.unique_id)
        return {name: np.array([getattr(person, name) for person in people]) for name in NEAR}
