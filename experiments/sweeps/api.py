"""Sweeps from the command line and from Python: plan, make what is missing, tell how far it is."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Unpack

import pandas as pd
from rich.console import Console

from abm.engine.errors import InputError, shown
from experiments.designs import design as designs
from experiments.designs.design import Design
from experiments.sweeps import cost, progress
from experiments.sweeps import sweep as sweeps
from experiments.sweeps.cost import Plan
from experiments.sweeps.execution import Execution, Options, given
from experiments.sweeps.runner import Shared
from experiments.sweeps.sweep import Jobs, Sweep

_SHARD = re.compile(r"([0-9]{1,9})/([0-9]{1,9})")
AsDesign = Design | str | Path | Mapping[str, Any]


def sweep(
    design: AsDesign,
    execution: Execution | None = None,
    *,
    shard: tuple[int, int] | None = None,
    console: Console | None = None,
    **options: Unpack[Options],
) -> Sweep:
    """Make the runs of a design that are not kept yet, and give the sweep back.

    design: a Design, the path of a design file, or its content as a mapping (files relative to the working folder).
    How: an `Execution`, or its fields as keywords: workers, address, store, budget. shard: (i, n), only every n-th of
    the runs from the i-th, so that n of these can work side by side. console: where to tell (none given: nowhere).
    Raises InputError; KeyboardInterrupt leaves what is kept, and the same call goes on from there.
    """
    how, found = given(execution, options), read(design)
    shared = sweeps.shared(how.store)
    begun = sweeps.begin(found, how.store, shared.inputs.digest, keep=False)
    return made(begun, shared, how, shard, console)


def extend(
    design: AsDesign,
    execution: Execution | None = None,
    *,
    replicates: int | None = None,
    samples: int | None = None,
    shard: tuple[int, int] | None = None,
    console: Console | None = None,
    **options: Unpack[Options],
) -> Sweep:
    """Add runs to the sweep of a design and make them: those of the design as it is now, or with more replicates or
    samples in all. What the sweep has must be in it. Other arguments and errors as of `sweep`.
    """
    how, found = given(execution, options), read(design)
    shared = sweeps.shared(how.store)
    asked = {"replicates": replicates, "samples": samples}
    larger = found if replicates is samples is None else designs.changed(found, **asked)
    return made(sweeps.extend(larger, how.store, shared.inputs.digest), shared, how, shard, console)


def made(
    begun: Sweep,
    shared: Shared,
    how: Execution,
    shard: tuple[int, int] | None = None,
    console: Console | None = None,
) -> Sweep:
    """A sweep whose missing runs are made; over budget it is not begun, so that a smaller one may take its name."""
    console = console or Console(quiet=True)
    wanted = sweeps.sharded(begun, shard)
    if how.budget is not None:
        planned(begun, wanted, how).check(begun.store.files.named, how.budget)
    sweeps.kept(begun)
    begun.store.files.clear()
    progress.clear(begun.store, begun.name)
    if wanted.empty:
        return begun
    begun.store.check()
    before = len(begun.runs) - len(begun.missing()) if shard is None else 0
    pace = progress.Pace(total=before + len(wanted), before=before)
    with (
        sweeps.stopping(),
        how.pool(len(wanted)) as do,
        progress.shown(console, begun.name, pace, begun.store) as seen,
    ):
        jobs = Jobs(begun.design, wanted)
        if not sweeps.make(do, shared, jobs, seen, how.seconds):
            console.print(f"The budget of {how.budget:g} hours is spent: the same command goes on from here")
    return begun


def read(design: AsDesign) -> Design:
    """A design from whatever stands for it. Raises InputError."""
    if isinstance(design, Design):
        return design
    if isinstance(design, Mapping):
        return designs.from_dict(design, str(design.get("name", "design")), Path())
    return designs.load(design)


def dry_run(
    design: AsDesign,
    execution: Execution | None = None,
    *,
    shard: tuple[int, int] | None = None,
    **options: Unpack[Options],
) -> Plan:
    """What a sweep would make and what that takes; nothing is written. Arguments and errors as of `sweep`."""
    how, found = given(execution, options), read(design)
    begun = sweeps.begin(found, how.store, sweeps.shared(how.store).inputs.digest, keep=False)
    return planned(begun, sweeps.sharded(begun, shard), how)


def planned(begun: Sweep, wanted: pd.DataFrame, how: Execution) -> Plan:
    """The plan for some rows of a sweep: the first, the last and the middle one are timed."""
    places = sorted({0, len(wanted) // 2, len(wanted) - 1}) if len(wanted) else []
    timed = list(Jobs(begun.design, wanted.iloc[places]))
    return cost.plan(len(begun.runs), len(wanted), timed, how.count(), begun.store)


def shard_of(text: str | None) -> tuple[int, int] | None:
    """A shard as (i, n) from 'i/n'. Raises InputError."""
    if text is None:
        return None
    found = _SHARD.fullmatch(text)
    i, n = map(int, found.groups()) if found else (0, 0)
    if not 1 <= i <= n:
        raise InputError(f"--shard: {shown(text)} is not a part: write I/N, like 3/16, with I from 1 to N")
    return i, n
