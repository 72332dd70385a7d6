"""Time and memory of implementations of the slice, side by side."""

import gc
import tracemalloc
from dataclasses import dataclass
from statistics import median
from time import perf_counter

from abm.populations import Households, Newcomers
from tests.benchmarks.rules import Rules
from tests.benchmarks.slice_c import CLoop, compiler
from tests.benchmarks.slice_columns import Columns, People
from tests.benchmarks.slice_kernels import Kernels
from tests.benchmarks.slice_mesa import MesaTwin

OURS = "columns, kernels"
AS_WRITTEN = "columns, functions of abm"
C, SHUFFLE, DO = "C, one plain loop", "Mesa, shuffle_do", "Mesa, do"
MOST_OBJECTS = 200_000  # beyond this a Mesa model takes minutes
MOST_MONTHS = 100  # in a repeat: a waiting key has room for 3,072 months in all
ROWS_A_REPEAT = {OURS: 4_000_000, AS_WRITTEN: 1_000_000, C: 2_000_000, SHUFFLE: 100_000, DO: 100_000}


def implementations(rules: Rules, addressed: bool) -> dict[str, object]:
    """The implementations by name; `addressed`: Mesa with the same luck as the others. C only with a compiler."""
    found = {OURS: Kernels(rules), AS_WRITTEN: Columns(rules)}
    if compiler():
        found[C] = CLoop(rules)
    if rules.people <= MOST_OBJECTS:
        found[SHUFFLE] = MesaTwin(rules, "shuffle_do", addressed)
        found[DO] = MesaTwin(rules, "do", addressed)
    return found


@dataclass
class Timing:
    """Seconds per month, one for each repeat."""

    people: int
    seconds: list[float]

    @property
    def month(self) -> float:
        """Median seconds of a month."""
        return median(self.seconds)

    def ratio(self, other: "Timing") -> float:
        """How many times longer this takes than the other, as the median over repeats made next to each other."""
        return median(a / b for a, b in zip(self.seconds, other.seconds, strict=True))


def measure(people: int, repeats: int) -> dict[str, Timing]:
    """Run all implementations in turn, `repeats` times after a month to warm up.

    The fast ones simulate more months in a repeat, so that each is timed over milliseconds and with its own data in
    the cache, not with what a slower neighbour left there.
    """
    every = implementations(Rules(people), addressed=False)
    timings = {name: Timing(people, []) for name in every}
    for implementation in every.values():
        implementation.step()
    gc.collect()
    for _ in range(repeats):
        for name, implementation in every.items():
            months = min(max(ROWS_A_REPEAT[name] // people, 1), MOST_MONTHS)
            began = perf_counter()
            for _ in range(months):
                implementation.step()
            timings[name].seconds.append((perf_counter() - began) / months)
    return timings


def bytes_per_person(people: int = 20_000) -> dict[str, float]:
    """What the people of the slice take as columns and as Mesa agents with their queues, and those of the model."""

    def width(table) -> int:
        return sum(declared.dtype.itemsize for declared in table.columns().values())

    rules = Rules(people)
    rules.begin()  # what is made once should not count
    tracemalloc.start()
    model = MesaTwin(rules)
    model.step()
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return {
        "slice, columns": width(People),
        "slice, Mesa agents": held / people,
        "model, a row of newcomers": width(Newcomers),
        "model, a row of households": width(Households),
    }
