"""The slice of support: a month of residents and their ties, with given conditions of neighbourhoods.

Residents are those of neighbourhoods of 400 in towns of ten, tied as the model ties them; newcomers live in one of five
neighbourhoods. In a month contacts and support of all residents are updated, from the support of others a month before.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from abm.engine.draws import Draws
from abm.residents import social_network, support
from abm.residents import support_kernels as kernels
from abm.residents.social_network import Widths
from abm.residents.support_kernels import Terms
from abm.tables.residents import Ties

EACH, TOWN, REGION, HOSTS = 400, 10, 50, 5  # residents a neighbourhood; neighbourhoods a town, region and location
FAR_OUT = 2.0  # support that a few have: rounding hardly ever moves anybody across it
COUNTS = ("far out",)
NEAR = ("support", "positive", "negative")  # columns equal to 1e-5: a series against a library's exponential


@dataclass(frozen=True)
class SupportRules:
    """A slice of a size and a seed."""

    people: int
    seed: int = 1

    @cached_property
    def terms(self) -> Terms:
        """Numbers that are the same for all residents."""
        return support.terms(support.Params())

    @cached_property
    def bounds(self) -> np.ndarray:
        """Rows of the residents of each neighbourhood, (neighbourhoods + 1,)."""
        return np.minimum(np.arange(0, self.people + EACH, EACH), self.people).astype(np.int64)

    @cached_property
    def shared(self) -> np.ndarray:
        """Conditions that residents of a neighbourhood share, (neighbourhoods, SHARED)."""
        found = np.zeros((len(self.bounds) - 1, kernels.SHARED))
        found[:, kernels.BAD], found[:, kernels.UNFAIR], found[:, kernels.COLLEAGUES] = 0.25, 0.05, 0.02
        found[::HOSTS, kernels.NEAR], found[::HOSTS, kernels.PUSH] = 0.1, -0.2
        return found

    @cached_property
    def begin(self) -> dict[str, np.ndarray]:
        """Columns of the residents at the beginning, (people,) each."""
        who, draws = np.arange(self.people, dtype=np.uint64), Draws(self.seed, "benchmark", 0)
        anchor = np.sqrt(-2 * np.log1p(-draws.once("anchor", who))) * np.cos(2 * np.pi * draws.once("angle", who))
        return {
            "age": np.floor(3 * draws.once("age", who)).astype(np.int8),
            "seeking": draws.once("seeking", who) < 0.15,
            "anchor": anchor.astype(np.float32),
            "support": anchor.astype(np.float32),
            "positive": np.zeros(self.people, np.float32),
            "negative": np.zeros(self.people, np.float32),
            "nuisance": draws.once("nuisance", who) < 0.48,
        }

    @cached_property
    def ties(self) -> Ties:
        """Ties between residents who talk with each other."""
        number = np.arange(len(self.bounds) - 1)
        of = np.repeat(number, np.diff(self.bounds))
        schooling = np.floor(3 * Draws(self.seed, "benchmark", 0).once("schooling", np.arange(self.people)))
        widths = Widths(2, 1, 1, 0.3)
        draws = Draws(self.seed, "residents", 0)
        return social_network.build(of, number // TOWN, number // REGION, schooling.astype(np.int8), widths, draws)

    def address(self, month: int) -> tuple:
        """Address of the draws of a month."""
        return Draws(self.seed, "support", month).address("month")


class SupportColumns:
    """The slice in the kernel of the model; `step` simulates a month and returns COUNTS."""

    def __init__(self, rules: SupportRules):
        self.rules, self.month = rules, 0
        self.people = {name: column.copy() for name, column in rules.begin.items()}
        self.new = np.empty(rules.people, np.float32)
        self.into = kernels.Renewed(self.new, np.empty((kernels.SUMMED, len(rules.shared))))
        self.blocks = kernels.Blocks(np.arange(len(rules.shared)), rules.bounds, rules.shared)

    def step(self) -> tuple[int, ...]:
        """Simulate a month and return the counts of COUNTS."""
        rules, people = self.rules, kernels.Persons(**self.people)
        ties, address = kernels.Links(rules.ties.starts, rules.ties.targets), rules.address(self.month)
        kernels.renewed(self.blocks, people, ties, rules.terms, address, self.into)
        self.people["support"][:] = self.new
        self.month += 1
        return (int(np.count_nonzero(self.new > FAR_OUT)),)

    def columns(self) -> dict[str, np.ndarray]:
        """The columns that are compared."""
        return {name: self.people[name] for name in NEAR}


def bytes_moved(rules: SupportRules) -> float:
    """Bytes that a month must at least read and write per resident: each column and each tie once."""
    read = sum(column.itemsize for column in rules.begin.values())
    written = 3 * np.dtype(np.float32).itemsize  # support and both kinds of contact
    return read + written + (rules.ties.starts.nbytes + rules.ties.targets.nbytes) / rules.people
