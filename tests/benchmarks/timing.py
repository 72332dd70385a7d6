"""Time and memory of implementations of the slice, side by side."""

import gc
import tracemalloc
from dataclasses import dataclass
from statistics import median
from time import perf_counter

from abm.tables.people import Households, Newcomers
from tests.benchmarks.jobs_mesa import JobsMesa
from tests.benchmarks.jobs_rules import JobsRules
from tests.benchmarks.rules import Rules
from tests.benchmarks.slice_columns import People
from tests.benchmarks.slice_mesa import MesaTwin
from tests.benchmarks.slices import DO, SHUFFLE, Slice

ROWS_A_REPEAT, ROWS_OF_OBJECTS = 2_000_000, 100_000


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


def measure(compared: Slice, people: int, repeats: int) -> dict[str, Timing]:
    """Run all implementations in turn, `repeats` times after a month to warm up.

    The fast ones simulate more months in a repeat, so that each is timed over milliseconds and with its own data in
    the cache, not those of a slower implementation.
    """
    every = compared.implementations(people, seed=1, addressed=False)
    timings = {name: Timing(people, []) for name in every}
    for implementation in every.values():
        implementation.step()
    gc.collect()
    for _ in range(repeats):
        for name, implementation in every.items():
            rows = ROWS_OF_OBJECTS if name in (SHUFFLE, DO) else ROWS_A_REPEAT
            months = min(max(rows // people, 1), compared.most_months)
            began = perf_counter()
            for _ in range(months):
                implementation.step()
            timings[name].seconds.append((perf_counter() - began) / months)
    return timings


def bytes_per_person(people: int = 20_000) -> dict[str, float]:
    """Bytes per person of the slices, as columns and as Mesa agents with their queues, and of the model."""

    def width(table) -> int:
        return sum(declared.dtype.itemsize for declared in table.columns().values())

    return {
        "reception, columns": width(People),
        "reception, Mesa agents": held(MesaTwin, Rules(people)),
        "model, a row of newcomers": width(Newcomers),
        "model, a row of households": width(Households),
        "learning and work, Mesa agents": held(JobsMesa, JobsRules(people)),
    }


def held(make: type, rules) -> float:
    """Bytes per person allocated by a model after a month."""
    rules.begin()  # so that what is made once does not count
    tracemalloc.start()
    model = make(rules)
    model.step()
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return size / rules.people
