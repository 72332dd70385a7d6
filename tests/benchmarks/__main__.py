"""`make bench`: prints measured figures beside their goals; the exit status is 1 only when outcomes differ."""

import os

os.environ.setdefault("NUMBA_NUM_THREADS", "1")  # before numba is imported, and for every process started from here

import argparse
import sys

from tests.benchmarks import full_run, lettings, support_speed, sweeps, whole_runs
from tests.benchmarks.equality import FAR, NEAR, differences, distances
from tests.benchmarks.reporting import report
from tests.benchmarks.slices import DO, SHUFFLE, SLICES, C, Slice
from tests.benchmarks.timing import Timing, bytes_per_person, measure

CAVEAT = (
    "Times depend on this machine and its load; ratios of alternating repeats are more comparable between machines,\n"
    "but they too depend on processor, compiler and Python. One thread everywhere."
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
)  # processes of the housing market
PARTS = {"homes and support": 12.0, "support": 20.0, "": 23.0}  # left out of a run -> most seconds


def main(arguments: list[str] | None = None) -> int:
    """Compare, time and report; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small sizes: a quick look, not a measurement")
    parser.add_argument("--only", choices=["model", "runs", "sweeps"], help="run one part of the benchmarks")
    parser.add_argument("--against", default="HEAD~1", metavar="COMMIT", help="compare runs with this commit")
    options = parser.parse_args(arguments)
    quick, equal = options.quick, True
    if options.only in (None, "model"):
        for compared in SLICES:
            equal &= report_equality(compared, quick)
        for compared in SLICES:
            timings = report_slice(compared, *(((2_000, 10_000), 3) if quick else ((10_000, 100_000, 1_000_000), 7)))
            report_goals_of_slice(compared, timings)
        report_memory()
        equal &= lettings.report_all(quick)
        support_speed.report_all(quick)
        report_run(0.05 if quick else 1.0)
    if options.only in (None, "runs"):
        whole_runs.report_all(quick, options.against)
    if options.only in (None, "sweeps"):
        sweeps.report_all(quick)
    print(f"\n{CAVEAT}")
    return 0 if equal else 1


def report_equality(compared: Slice, quick: bool) -> bool:
    """Print and return whether all implementations have the same outcomes."""
    print(f"Equality, {compared.name}: the same people with the same draws in every implementation")
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
    print(
        f"  Mesa with draws of its own: {'alike' if alike else 'DIFFERENT'}, at most {far[worst]:.1f} standard errors"
    )
    return equal and alike


def report_slice(compared: Slice, sizes: tuple[int, ...], repeats: int) -> dict[int, dict[str, Timing]]:
    """Print the time of a month per implementation and size; returns timings by size."""
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


def report_memory() -> None:
    """Print bytes per person."""
    print("\nMemory per person [bytes]")
    for name, size in bytes_per_person().items():
        print(f"  {name:30} {size:7.0f}")


def report_goals_of_slice(compared: Slice, timings: dict[int, dict[str, Timing]]) -> None:
    """Print measured ratios beside their goals."""
    print(f"\nGoals of {compared.name}")
    for people, found in timings.items():
        for ours in compared.columns:
            mine = found[ours]
            print(f"  {people:,} people, {ours}")
            if SHUFFLE in found:
                goal = f">= {compared.times_mesa}" if people == GOAL_PEOPLE else "-"
                measured = f"{found[SHUFFLE].ratio(mine):.0f} ({DO}: {found[DO].ratio(mine):.0f})"
                report(f"times faster than {SHUFFLE}", goal, measured)
            if C in found:
                report("time over that of C", f"<= {MOST_TIMES_C}", f"{mine.ratio(found[C]):.2f}")


def report_run(scale: float) -> None:
    """Print the time and memory of the whole model."""
    full_run.fresh("first", scale)  # compiles the kernels
    start, run = full_run.fresh("first", scale), full_run.fresh("full", scale)
    each = run["seconds"] / run["rows"] * 1e9
    print(f"\nFull run: {run['months']} months at scale {scale:g}, {run['people']:,} people at its end")
    print(f"  {each:.0f} ns per household and month")
    homes, support = sum(run["spent"].get(name, 0.0) for name in HOMES), run["spent"].get("support", 0.0)
    for (left_out, most), less in zip(PARTS.items(), (homes + support, support, 0.0), strict=True):
        name = f"seconds without {left_out}" if left_out else "seconds"
        report(name, f"<= {most:g}", f"{run['seconds'] - less:.2f}")
    report("most memory [GB]", f"< {RUN_BYTES / 1e9:g}", f"{run['bytes'] / 1e9:.2f}")
    report("seconds from start to first month", f"<= {START_SECONDS:g}", f"{start['start']:.2f}")
    report("seconds with all measures recorded", "-", f"{full_run.fresh('recorded', scale)['seconds']:.2f}")
    if full_run.has_mesa_model():
        mesa = full_run.fresh("mesa", scale)
        report("seconds as a Mesa model", "-", f"{mesa['seconds']:.2f}")
    checks = run["seconds"] - sum(run["spent"].values())
    print("  seconds per process")
    for process, seconds in sorted((run["spent"] | {"checks": checks}).items(), key=lambda item: -item[1]):
        print(f"    {process:12} {seconds:6.2f}")


if __name__ == "__main__":
    sys.exit(main())
