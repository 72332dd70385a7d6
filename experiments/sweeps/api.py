"""Sweeps from the command line and from Python: plan them, make missing runs, report progress."""

import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Unpack

import pandas as pd
from rich.console import Console

from abm.engine.errors import InputError, shown
from abm.engine.plain_values import plain
from experiments.designs import design as designs
from experiments.designs.design import Design
from experiments.store.checkpoints import Checkpoints
from experiments.sweeps import cost, machine
from experiments.sweeps import progress as reports
from experiments.sweeps import sweep as sweeps
from experiments.sweeps.cost import Plan
from experiments.sweeps.execution import Execution, Options, execution_of
from experiments.sweeps.jobs import Jobs
from experiments.sweeps.runner import Shared
from experiments.sweeps.sweep import Sweep

_SHARD = re.compile(r"([0-9]{1,9})/([0-9]{1,9})")
AsDesign = Design | str | Path | Mapping[str, Any]


def sweep(
    design: AsDesign,
    execution: Execution | None = None,
    *,
    shard: tuple[int, int] | None = None,
    console: Console | None = None,
    progress: bool | None = None,
    **options: Unpack[Options],
) -> Sweep:
    """Make the runs of a design that are not kept yet, and return the sweep.

    design: a Design, the path of a design file, or its content as a mapping (files relative to the working folder).
    execution: an `Execution`, or its fields as keywords: workers, address, store, budget. shard: (i, n), only every
    n-th run from the i-th, so that n processes can share the runs. console: where to report progress; without one, on
    standard error if that is a terminal or a notebook, or if `progress` is True (False: nowhere).
    Raises InputError. After a KeyboardInterrupt the kept runs stay, and the same call continues from there.
    """
    how, found = execution_of(execution, options), read(design)
    shared = sweeps.shared(how.store, how.history)
    begun = sweeps.begin(found, how.store, shared.inputs.digest, keep=False)
    return make_missing(begun, shared, how, shard, reports.console_of(console, progress))


def extend(
    design: AsDesign,
    execution: Execution | None = None,
    *,
    replicates: int | None = None,
    samples: int | None = None,
    shard: tuple[int, int] | None = None,
    console: Console | None = None,
    progress: bool | None = None,
    **options: Unpack[Options],
) -> Sweep:
    """Add runs to the sweep of a design and make them: those that the design now has, or more replicates or samples
    (totals). The larger design must contain all runs of the sweep. Other arguments and errors as for `sweep`.
    """
    how, found = execution_of(execution, options), read(design)
    shared = sweeps.shared(how.store, how.history)
    totals = {"replicates": replicates, "samples": samples}
    larger = found if replicates is samples is None else designs.changed(found, **totals)
    begun = sweeps.extend(larger, how.store, shared.inputs.digest)
    return make_missing(begun, shared, how, shard, reports.console_of(console, progress))


def make_missing(
    begun: Sweep,
    shared: Shared,
    how: Execution,
    shard: tuple[int, int] | None = None,
    console: Console | None = None,
) -> Sweep:
    """Make the missing runs of a sweep. Over budget it is not stored, so that a smaller design may take its name."""
    console = console or Console(quiet=True)
    wanted = sweeps.sharded(begun, shard)
    if how.budget is not None:
        planned(begun, wanted, how).check(begun.store.files.named, how.budget)
    sweeps.save(begun)
    begun.store.files.clear()
    reports.clear(begun.store, begun.name)
    if wanted.empty:
        begun.gather()
        return begun
    begun.store.check()
    before = len(begun.runs) - len(begun.missing()) if shard is None else 0
    counts = reports.SweepProgress(total=before + len(wanted), before=before)
    with (
        sweeps.stopping(),
        how.pool(len(wanted)) as do,
        reports.reporting(console, begun.name, counts, begun.store) as report,
    ):
        assert begun.design  # as it was begun or extended, not found
        jobs = Jobs(begun.design, wanted)
        if not sweeps.make(do, shared, jobs, report, how.seconds):
            console.print(f"The budget of {how.budget:g} hours is spent: the same command continues from here")
    begun.gather()
    return begun


def read(design: AsDesign) -> Design:
    """A design, from itself, the path of its file, or the content of one. Raises InputError."""
    if isinstance(design, Design):
        return design
    if isinstance(design, Mapping):
        return designs.from_dict(plain(design), str(design.get("name", "design")), Path())
    return designs.load(design)


def dry_run(
    design: AsDesign,
    execution: Execution | None = None,
    *,
    shard: tuple[int, int] | None = None,
    **options: Unpack[Options],
) -> Plan:
    """The runs that a sweep would make, and their cost; nothing is written. Arguments and errors as for `sweep`."""
    how, found = execution_of(execution, options), read(design)
    begun = sweeps.begin(found, how.store, sweeps.shared(how.store).inputs.digest, keep=False)
    return planned(begun, sweeps.sharded(begun, shard), how)


def planned(begun: Sweep, wanted: pd.DataFrame, how: Execution) -> Plan:
    """The plan for some rows of a sweep; the first and the last one are timed at once, or the middle one too where a
    single worker takes one after the other.
    """
    alone = min(how.count(), machine.cores()) == 1
    places = sorted({0, *([len(wanted) // 2] if alone else []), len(wanted) - 1}) if len(wanted) else []
    assert begun.design  # as it was begun, not found
    timed = list(Jobs(begun.design, wanted.iloc[places]))
    branching = branching_of(Jobs(begun.design, wanted), sweeps.shared(how.store, how.history).checkpoints)
    return cost.plan(len(begun.runs), len(wanted), timed, how.count(), begun.store, branching)


def branching_of(jobs: Jobs, kept: Checkpoints) -> dict[int, int]:
    """How many of some jobs branch in which month: from a state that is kept, or that another of them will keep."""
    found: Counter[int] = Counter()
    for turn in jobs.order if kept.most else ():
        months = [month for month, _ in reversed(turn.branches)]
        if not turn.led and months:
            scenario = jobs.design.scenario_of(turn.point, turn.replicate)
            months = [month for month in months if kept.has(scenario, month)]
        found.update(months[:1])
    return dict(found)


def shard_of(text: str | None) -> tuple[int, int] | None:
    """A shard as (i, n) from 'i/n'. Raises InputError."""
    if text is None:
        return None
    found = _SHARD.fullmatch(text)
    i, n = map(int, found.groups()) if found else (0, 0)
    if not 1 <= i <= n:
        raise InputError(f"--shard: {shown(text)} is not a shard: write I/N, like 3/16, with I from 1 to N")
    return i, n
