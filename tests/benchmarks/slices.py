"""The slices that are compared, and their implementations by name."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.benchmarks import jobs_rules, rules, support_rules
from tests.benchmarks.jobs_c import JobsC
from tests.benchmarks.jobs_columns import JobsColumns
from tests.benchmarks.jobs_mesa import JobsMesa
from tests.benchmarks.jobs_rules import JobsRules
from tests.benchmarks.rules import Rules
from tests.benchmarks.slice_c import CLoop, compiler
from tests.benchmarks.slice_columns import Columns
from tests.benchmarks.slice_kernels import Kernels
from tests.benchmarks.slice_mesa import MesaTwin
from tests.benchmarks.support_mesa import SupportMesa
from tests.benchmarks.support_rules import SupportColumns, SupportRules

KERNELS, FUNCTIONS = "columns, kernels", "columns, functions of abm"
C, SHUFFLE, DO = "C, one plain loop", "Mesa, shuffle_do", "Mesa, do"
MOST_OBJECTS = 200_000  # beyond this a Mesa model takes minutes


@dataclass(frozen=True)
class Slice:
    """A benchmark slice: `rules` takes a number of people and a seed, the implementations take rules."""

    name: str
    counts: tuple[str, ...]
    rules: Callable
    columns: dict[str, type]  # ours; the other implementations are compared with the first
    c: type | None
    mesa: type
    most_months: int  # in a repeat of a measurement
    near: tuple[str, ...] = ()  # columns that are equal only to 1e-5
    times_mesa: int = 1  # goal for the first of ours, 100,000 people

    @property
    def ours(self) -> str:
        """Name of the first of ours."""
        return next(iter(self.columns))

    def implementations(self, people: int, seed: int, addressed: bool) -> dict[str, object]:
        """Implementations by name; `addressed`: Mesa has the same draws as the others. C only with a compiler."""
        given = self.rules(people, seed)
        found = {name: make(given) for name, make in self.columns.items()}
        if self.c and compiler():
            found[C] = self.c(given)
        if people <= MOST_OBJECTS:
            found[SHUFFLE] = self.mesa(given, "shuffle_do", addressed)
            found[DO] = self.mesa(given, "do", addressed)
        return found


RECEPTION = Slice(
    "reception", rules.COUNTS, Rules, {KERNELS: Kernels, FUNCTIONS: Columns}, CLoop, MesaTwin,
    most_months=100,  # a waiting key has room for 3,072 months in all
    times_mesa=150,
)  # fmt: skip
JOBS = Slice(
    "learning and work", jobs_rules.COUNTS, JobsRules, {FUNCTIONS: JobsColumns}, JobsC, JobsMesa,
    most_months=12,  # longer, and all would be near the pension when they are timed
    near=jobs_rules.NEAR,
    times_mesa=75,
)  # fmt: skip
SUPPORT = Slice(
    "support", support_rules.COUNTS, SupportRules, {KERNELS: SupportColumns}, None, SupportMesa,
    most_months=100,
    near=support_rules.NEAR,
    times_mesa=75,
)  # fmt: skip
SLICES = (RECEPTION, JOBS, SUPPORT)
