"""How the pass over residents fares on its own: against the memory of this machine, and for the whole country."""

import os
import resource
from time import perf_counter

import numpy as np

from abm import inputs, settling, start
from abm import support_kernels as kernels
from abm.draws import Draws
from abm.state import State
from tests.benchmarks.support_rules import SupportColumns, SupportRules, bytes_moved
from tests.benchmarks.told import told

COUNTRY_SECONDS, COUNTRY_BYTES, MONTHS = 120, 4e9, 120
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


def tell(quick: bool) -> None:
    """Print the memory-bandwidth floor beside the time of a month, and the time of the whole country."""
    rate = copied()
    print(f"\nSupport against memory: {rate / 1e9:.0f} GB/s are copied here on one thread")
    for people in (20_000,) if quick else (180_000, 2_000_000):
        rules = SupportRules(people)
        columns = SupportColumns(rules)
        columns.step()
        months = max(4_000_000 // people, 2)
        began = perf_counter()
        for _ in range(months):
            columns.step()
        month, floor = (perf_counter() - began) / months, bytes_moved(rules) * people / rate
        told(f"{people:,} residents, ms a month", "-", f"{month * 1e3:.1f}, {month / floor:.0f} times the floor")
        if people == 180_000:
            told("a run of 252 months [s]", f"<= {ADDED_SECONDS:g}", f"{month * RUN_MONTHS:.1f} (the pass alone)")
    if not quick:
        tell_country()


def tell_country(months: int = 6) -> None:
    """Print what one resident per inhabitant takes: `months` are timed, and the first is left out."""
    facts, params = inputs.load(), start.Params(residents_share=1.0)
    state, began = State(facts), perf_counter()
    start.settle_country(state, params, Draws(1, "start", 0))
    settling.settle_residents(state, params)
    built = perf_counter() - began
    people, where = state.residents, state.neighbourhoods
    rules = SupportRules(1)
    shared = np.zeros((len(where), kernels.SHARED))
    shared[:, kernels.NEAR], shared[:, kernels.BAD] = 0.05, 0.25
    order = np.argsort(state.municipalities.region[where.municipality], kind="stable")
    bounds = np.append(where.first, len(people)).astype(np.int64)
    columns = (people.age, people.seeking, people.anchor, people.support, people.positive, people.negative)
    new, sums = np.empty(len(people), np.float32), np.empty((len(where), kernels.SUMMED))
    for month in range(months + 1):
        if month == 1:
            began = perf_counter()
        net = (state.ties.starts, state.ties.targets)
        kernels.renew(order, bounds, columns, net, shared, rules.terms, rules.address(month), new, sums)
        people.support[:] = new
    each = (perf_counter() - began) / months
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    threads = os.environ.get("NUMBA_NUM_THREADS", "all")
    told(f"{len(people):,} residents: made or read [s]", "-", f"{built:.0f}")
    told(f"120 months of it [s], threads: {threads}", f"<= {COUNTRY_SECONDS}", f"{each * MONTHS:.0f}")
    told("most memory [GB]", f"< {COUNTRY_BYTES / 1e9:g}", f"{most / 1e9:.1f}")


if __name__ == "__main__":
    tell(quick=False)
