"""Reports the overhead of sweeps beside its goals."""

import tempfile
from pathlib import Path
from statistics import median

from tests.benchmarks import killed, sweep_speed, toy
from tests.benchmarks.reporting import report

RUNS, REPEATS, PAIRS, LISTED, TOYS = 64, 3, 16, 10_000, (200, 2_000)
MOST_FOR_A_WORKER, MOST_FOR_A_NODE = 2.0, 10.0  # seconds
LEAST_EFFICIENCY, MOST_OVERHEAD, MOST_LISTING = 0.95, 0.030, 1.0  # ratio, seconds, seconds


def report_all(quick: bool) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        report_efficiency(place, 8 if quick else RUNS, 1 if quick else REPEATS)
        report_small(place, 20 if quick else 200, LISTED)
        report_kills(12 if quick else 40, 1 if quick else 3)
        report_toys(place, TOYS[:1] if quick else TOYS)
        report_common_random_numbers(place, 4 if quick else PAIRS)


def report_efficiency(place: Path, runs: int, repeats: int) -> None:
    """Print two workers against two plain processes."""
    found = sweep_speed.efficiency(place / "efficiency", runs, repeats)
    print(f"\nSweep: {runs} runs to {sweep_speed.UNTIL} at scale {sweep_speed.SCALE:g}, {repeats} alternating repeats")
    plain, ours = (median(getattr(each, key) for each in found) for key in ("plain", "workers"))
    report("seconds, two plain processes", "-", f"{plain:.1f} ({2 * plain / runs:.2f} a run)")
    report("seconds, two workers", "-", f"{ours:.1f} ({2 * ours / runs:.2f} a run)")
    ratio = median(each.plain / each.workers for each in found)
    report("efficiency, without the start", f">= {LEAST_EFFICIENCY}", f"{ratio:.3f}")
    ratio = median(each.plain_all / each.workers_all for each in found)
    report("efficiency, start and end included", "-", f"{ratio:.3f}")
    overhead = median(each.overhead for each in found)
    report("overhead of a run [ms]", f"<= {1e3 * MOST_OVERHEAD:.0f}", f"{1e3 * overhead:.1f}")


def report_small(place: Path, runs: int, listed: int) -> None:
    """Print the overhead of short runs, the cost of keeping outcomes, and the time to list an index."""
    _, _, overhead = sweep_speed.two_workers(place / "short", runs, sweep_speed.SHORT, 0.01)
    report("overhead of a run of hundredths [ms]", f"<= {1e3 * MOST_OVERHEAD:.0f}", f"{1e3 * overhead:.1f}")
    report("keeping the outcomes of a run [ms]", "-", f"{1e3 * sweep_speed.keeping(5, place / 'keeping'):.0f}")
    inside, command = sweep_speed.listing(place / "listing", listed)
    report(
        f"seconds to list an index of {listed:,}", f"< {MOST_LISTING:g}", f"{inside:.3f} (as a command: {command:.2f})"
    )


def report_kills(runs: int, repeats: int) -> None:
    """Print the cost of a killed worker and a killed node."""
    found = killed.costs(runs, repeats)
    plain = median(found["undisturbed"])
    print(f"\nTwo local nodes of one worker, {runs} runs of about half a second: {plain:.1f} s undisturbed")
    for kind, most in (("worker", MOST_FOR_A_WORKER), ("node", MOST_FOR_A_NODE)):
        span = f"[{min(found[kind]) - plain:.1f} to {max(found[kind]) - plain:.1f}]"
        report(f"seconds that a killed {kind} costs", f"<= {most:g}", f"{killed.extra(found, kind):.1f} {span}")


def report_toys(place: Path, sizes: tuple[int, ...]) -> None:
    """Print runs per minute of a toy model by several ways of running it."""
    for runs in sizes:
        print(f"\nA toy model of Mesa, {toy.PEOPLE} agents, {toy.STEPS} steps, {runs:,} runs: runs per minute")
        for name, rate in toy.measured(runs, 2, place / f"toys-{runs}").items():
            report(name, "-", f"{rate:,.0f}")


def report_common_random_numbers(place: Path, pairs: int) -> None:
    """Print the reduction of variance by common random numbers."""
    print(f"\nVariance of a policy difference, independent seeds over common random numbers, {pairs} pairs")
    for outcome, (factor, spread) in sweep_speed.common_random_numbers(place / "pairs", pairs).items():
        report(outcome, "-", f"{factor:.1f} (spread with common random numbers {spread:,.3g})")
