"""Speed of the pass over residents alone: against memory bandwidth, and for the whole country."""

import os
from time import perf_counter

import numpy as np

from tests.benchmarks import full_run
from tests.benchmarks.reporting import report
from tests.benchmarks.support_rules import SupportColumns, SupportRules, bytes_moved

COUNTRY_SECONDS, COUNTRY_BYTES = 120, 4e9
ADDED_SECONDS, RUN_MONTHS = 3.0, 252


def copied(size: int = 1 << 28) -> float:
    """Bytes a second that this machine copies, read and written together."""
    one, other = np.ones(size // 8), np.zeros(size // 8)
    seconds = []
    for _ in range(5):
        began = perf_counter()
        np.copyto(other, one)
        seconds.append(perf_counter() - began)
    return 2 * one.nbytes / min(seconds)


def report_all(quick: bool) -> None:
    """Print the time of a month beside the floor of memory bandwidth, and the time of the whole country."""
    rate = copied()
    print(f"\nSupport against memory: {rate / 1e9:.0f} GB/s copied on one thread")
    for people in (20_000,) if quick else (180_000, 2_000_000):
        rules = SupportRules(people)
        columns = SupportColumns(rules)
        columns.step()
        months = max(4_000_000 // people, 2)
        began = perf_counter()
        for _ in range(months):
            columns.step()
        month, floor = (perf_counter() - began) / months, bytes_moved(rules) * people / rate
        report(f"{people:,} residents, ms a month", "-", f"{month * 1e3:.1f}, {month / floor:.0f} times the floor")
        if people == 180_000:
            report("a run of 252 months [s]", f"<= {ADDED_SECONDS:g}", f"{month * RUN_MONTHS:.1f} (the pass alone)")
    if not quick:
        report_country()


def report_country() -> None:
    """Print the time of ten years of the whole model with one resident per inhabitant, on all processors."""
    run = full_run.fresh("country", 1.0, threads=os.cpu_count() or 1)
    report(f"{run['residents']:,} residents: initialised or read [s]", "-", f"{run['initialised']:.0f}")
    report(f"{run['months']} months of them [s]", f"<= {COUNTRY_SECONDS}", f"{run['spent']['support']:.0f}")
    report("the same with everything else [s]", "-", f"{run['seconds']:.0f}")
    report("most memory [GB]", f"< {COUNTRY_BYTES / 1e9:g}", f"{run['bytes'] / 1e9:.1f}")


if __name__ == "__main__":
    report_all(quick=False)
