"""`make bench`: prints what was measured next to its goal; the exit status is 1 only when outcomes differ."""

import os

os.environ.setdefault("NUMBA_NUM_THREADS", "1")  # before numba is imported, and for every process started from here

import argparse
import sys

from tests.benchmarks import full_run, tell_lettings, tell_support, tell_sweeps
from tests.benchmarks.equality import FAR, NEAR, differences, distances
from tests.benchmarks.slices import DO, SHUFFLE, SLICES, C, Slice
from tests.benchmarks.timing import Timing, bytes_per_person, measure
from tests.benchmarks.told import told

CAVEAT = (
    "Times belong to this machine and to what else runs on it; ratios of repeats made next to each other travel\n"
    "better, but not exactly: they depend on processor, compiler and Python. One thread everywhere."
)
MOST_TIMES_C, GOAL_PEOPLE = 1.0, 100_000
RUN_BYTES, START_SECONDS = 1.2e9, 3.0
HOMES = (
    "interim",
    "building",
    "seeking",
    "leases",
    "lettings",
    "starter_homes",
    "joining",
    "onward",
)  # the market of homes for everybody
PARTS = {"homes and support": 12.0, "support": 20.0, "": 23.0}  # left out of a run -> seconds that are allowed


def main(arguments: list[str] | None = None) -> int:
    """Compare, time, and tell; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small sizes: a look, not a measurement")
    parser.add_argument("--only", choices=["model", "sweeps"], help="one half of it")
    asked = parser.parse_args(arguments)
    quick, equal = asked.quick, True
    if asked.only != "sweeps":
        for compared in SLICES:
            equal &= tell_equality(compared, quick)
        for compared in SLICES:
            timings = tell_slice(compared, *(((2_000, 10_000), 3) if quick else ((10_000, 100_000, 1_000_000), 7)))
            tell_goals_of_slice(compared, timings)
        tell_memory()
        equal &= tell_lettings.tell(quick)
        tell_support.tell(quick)
        tell_run(0.05 if quick else 1.0)
    if asked.only != "model":
        tell_sweeps.tell(quick)
    print(f"\n{CAVEAT}")
    return 0 if equal else 1


def tell_equality(compared: Slice, quick: bool) -> bool:
    """Print whether the implementations do the same; returns it."""
    print(f"Equality, {compared.name}: the same people with the same luck in every implementation")
    equal = True
    for people, months in ((1_000, 12),) if quick else ((3_000, 24), (100_000, 6)):
        wrong = differences(compared, people, months)
        equal &= not wrong
        print(
            f"  {people:>9,} people, {months} months: {'all equal' if not wrong else 'DIFFERENT'}",
            *wrong[:5],
            sep="\n    ",
        )
    if compared.near:
        print(f"  ({', '.join(compared.near)}: equal to {NEAR:g}, all else exactly)")
    far = distances(compared, *((500, 12, 12) if quick else (2_000, 24, 8)))
    worst = max(far, key=far.get)
    alike = far[worst] <= FAR
    print(f"  Mesa with luck of its own: {'alike' if alike else 'DIFFERENT'}, at most {far[worst]:.1f} standard errors")
    return equal and alike


def tell_slice(compared: Slice, sizes: tuple[int, ...], repeats: int) -> dict[int, dict[str, Timing]]:
    """Print the time of a month per implementation and size; returns them by size."""
    print(f"\nOne month of {compared.name}, median of {repeats} alternating repeats [fastest-slowest]")
    print(f"  {'people':>9}  {'implementation':26} {'ms/month':>9} {'':17} {'ns/person':>9} {'ratio':>7}")
    found = {}
    for people in sizes:
        found[people] = timings = measure(compared, people, repeats)
        for name, timing in timings.items():
            span = f"[{min(timing.seconds) * 1e3:.2f}-{max(timing.seconds) * 1e3:.2f}]"
            each, ratio = timing.month / people * 1e9, timing.ratio(timings[compared.ours])
            print(f"  {people:>9,}  {name:26} {timing.month * 1e3:9.2f} {span:17} {each:9.1f} {ratio:7.2f}")
    return found


def tell_memory() -> None:
    """Print bytes per person."""
    print("\nMemory per person [bytes]")
    for name, size in bytes_per_person().items():
        print(f"  {name:30} {size:7.0f}")


def tell_goals_of_slice(compared: Slice, timings: dict[int, dict[str, Timing]]) -> None:
    """Print goal and measured for the ratios."""
    print(f"\nGoals of {compared.name}")
    for people, found in timings.items():
        for ours in compared.columns:
            mine = found[ours]
            print(f"  {people:,} people, {ours}")
            if SHUFFLE in found:
                goal = f">= {compared.times_mesa}" if people == GOAL_PEOPLE else "-"
                measured = f"{found[SHUFFLE].ratio(mine):.0f} ({DO}: {found[DO].ratio(mine):.0f})"
                told(f"times faster than {SHUFFLE}", goal, measured)
            if C in found:
                told("time over that of C", f"<= {MOST_TIMES_C}", f"{mine.ratio(found[C]):.2f}")


def tell_run(scale: float) -> None:
    """Print the time and memory of the whole model."""
    full_run.fresh("first", scale)  # fills the cache of kernels
    start, run = full_run.fresh("first", scale), full_run.fresh("full", scale)
    each = run["seconds"] / run["rows"] * 1e9
    print(f"\nFull run: {run['months']} months at scale {scale:g}, {run['people']:,} people at its end")
    print(f"  {each:.0f} ns per household and month")
    homes, support = sum(run["spent"].get(name, 0.0) for name in HOMES), run["spent"].get("support", 0.0)
    for (left_out, most), less in zip(PARTS.items(), (homes + support, support, 0.0), strict=True):
        name = f"seconds without {left_out}" if left_out else "seconds"
        told(name, f"<= {most:g}", f"{run['seconds'] - less:.2f}")
    told("most memory [GB]", f"< {RUN_BYTES / 1e9:g}", f"{run['bytes'] / 1e9:.2f}")
    told("seconds from start to first month", f"<= {START_SECONDS:g}", f"{start['start']:.2f}")
    told("seconds with all measures recorded", "-", f"{full_run.fresh('recorded', scale)['seconds']:.2f}")
    if full_run.has_mesa_model():
        mesa = full_run.fresh("mesa", scale)
        told("seconds as a Mesa model", "-", f"{mesa['seconds']:.2f}")
    checks = run["seconds"] - sum(run["spent"].values())
    print("  seconds per process")
    for process, seconds in sorted((run["spent"] | {"checks": checks}).items(), key=lambda item: -item[1]):
        print(f"    {process:12} {seconds:6.2f}")


if __name__ == "__main__":
    sys.exit(main())
