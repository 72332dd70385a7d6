"""The runs of a report: pairs of two scenarios with the same seeds, of which the missing ones are made."""

from collections.abc import Callable, Sequence

import pandas as pd
from rich.console import Console

from abm.engine.errors import InputError
from abm.measures import Asked
from abm.scenario import Scenario
from experiments import text
from experiments.analysis import comparison
from experiments.sweeps import cost, machine, replicates, sweep
from experiments.sweeps.execution import HOUR, Execution
from experiments.sweeps.runner import Job

FEWEST, MOST = 2, comparison.MOST_PAIRS
TIMED_FROM = 5  # missing runs: to time one of fewer takes as long as a good part of them


def made(
    one: Scenario,
    other: Scenario,
    pairs: int,
    asked: Asked,
    how: Execution,
    tell: Callable[[str], None] = lambda line: None,
    console: Console | None = None,
) -> pd.DataFrame:
    """The runs of both scenarios for their seed and those after it, with the measures asked for: run, side, seed.

    Missing ones are made and kept, after a line on how many and roughly how long to `tell`. Raises InputError, also
    where they take longer than the budget.
    """
    if isinstance(pairs, bool) or not FEWEST <= pairs <= MOST:
        raise InputError(f"--pairs: {pairs} is too few or too many: give {FEWEST} to {MOST}, better 8 or more")
    how.store.check()
    digest = sweep.shared(how.store, how.history).inputs.digest
    seeds = range(one.seed, one.seed + pairs)
    jobs, runs = comparison.paired(digest, (one, other), seeds, asked)
    if todo := replicates.still(how.store, jobs):
        tell(told(todo, len(jobs), comparison.first_difference(one, other), how))
        replicates.make(todo, len(jobs), f"{one.name} and {other.name}", how, console)
    return runs


def told(todo: Sequence[Job], total: int, since: int, how: Execution) -> str:
    """How many runs are missing, and roughly how long they take: some are timed, as many at once as there will be
    workers, since they slow one another down; none where there are few.

    Raises InputError where they take longer than the budget, or than the disk has room for.
    """
    words = f"{len(todo):,} of {total:,} runs are missing and are made now"
    if len(todo) < TIMED_FROM and how.budget is None:
        return words
    workers, branching = min(how.count(), len(todo)), _branching(todo)
    branches = {since: branching} if since and branching else {}
    plan = cost.plan(total, len(todo), list(todo[: min(workers, machine.cores())]), workers, how.store, branches)
    plan.check(how.store.files.named, how.budget)
    return f"{words}: about {text.duration(plan.hours * HOUR)} with {plan.workers} workers, by the time of some"


def _branching(todo: Sequence[Job]) -> int:
    """The number of jobs that branch from another one of their seed."""
    return len(todo) - len({job.scenario.seed for job in todo})
