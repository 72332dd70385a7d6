"""Sweeps from the command line and from Python: plan, make what is missing, tell how far it is."""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rich.console import Console

from abm.engine.errors import InputError
from experiments.designs import design as designs
from experiments.designs.design import Design
from experiments.store import store as stores
from experiments.store.store import Store
from experiments.sweeps import cost, progress, ray_workers
from experiments.sweeps import sweep as sweeps
from experiments.sweeps.cost import Plan
from experiments.sweeps.sweep import Jobs, Sweep

HOUR = 3600.0
AsDesign = Design | str | Path | Mapping[str, Any]


def sweep(
    design: AsDesign,
    *,
    workers: int | None = None,
    address: str | None = None,
    store: stores.Place | Store = stores.DEFAULT,
    budget: float | None = None,
    shard: tuple[int, int] | None = None,
    console: Console | None = None,
) -> Sweep:
    """Make the runs of a design that are not kept yet, and give the sweep back.

    design: a Design, the path of a design file, or its content as a mapping (files relative to the working folder).
    workers: processes on this machine (none given: one per core; 1: this process, without Ray), or the most at once
    on the Ray cluster at `address`. budget: hours; over it nothing is made. shard: (i, n), only every n-th of the
    runs from the i-th, so that n of these can work side by side. console: where to tell (none given: nowhere).
    Raises InputError; KeyboardInterrupt leaves what is kept, and the same call goes on from there.
    """
    check(workers, budget)
    found, where = read(design), Store(store)
    given = sweeps.shared(where)
    begun = sweeps.begin(found, where, given.inputs.digest, keep=False)
    return made(begun, given, workers, address, budget, shard, console or Console(quiet=True))


def extend(design: AsDesign, *, replicates=None, samples=None, store=stores.DEFAULT, **options) -> Sweep:
    """Add runs to the sweep of a design and make them: those of the design as it is now, or with more replicates or
    samples in all. What the sweep has must be in it. Other options and errors as of `sweep`.
    """
    check(options.get("workers"), options.get("budget"))
    found, where = read(design), Store(store)
    given = sweeps.shared(where)
    asked = {"replicates": replicates, "samples": samples}
    larger = found if replicates is samples is None else designs.changed(found, **asked)
    begun = sweeps.extend(larger, where, given.inputs.digest)
    return made(begun, given, **{"workers": None, "address": None, "budget": None, "shard": None} | options)


def check(workers: int | None, budget: float | None) -> None:
    """Raise InputError for numbers that cannot be."""
    if workers is not None and workers < 1:
        raise InputError(f"--workers: {workers} is not possible: give 1 or more, or leave it out for one per core")
    if budget is not None and not (budget >= 0 and math.isfinite(budget)):
        raise InputError(f"--budget: {budget:g} is not a number of hours: give 0 or more")


def made(begun: Sweep, given, workers, address, budget, shard, console: Console | None = None) -> Sweep:
    """A sweep whose missing runs are made; over budget it is not begun, so that a smaller one may take its name."""
    console = console or Console(quiet=True)
    wanted = sweeps.sharded(begun, shard)
    if budget is not None:
        planned(begun, wanted, workers, address).check(begun.store.files.named, budget)
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
        pooled(workers, address, len(wanted)) as do,
        progress.shown(console, begun.name, pace, begun.store) as seen,
    ):
        jobs = Jobs(begun.design, wanted)
        if not sweeps.make(do, given, jobs, seen, None if budget is None else budget * HOUR):
            console.print(f"The budget of {budget:g} hours is spent: the same command goes on from here")
    return begun


def pooled(count: int | None, address: str | None, jobs: int):
    """Workers, no more than jobs."""
    return ray_workers.pool(min(count or ray_workers.cores(), jobs) if not address else count, address)


def read(design: AsDesign) -> Design:
    """A design from whatever stands for it. Raises InputError."""
    if isinstance(design, Design):
        return design
    if isinstance(design, Mapping):
        return designs.from_dict(design, str(design.get("name", "design")), Path())
    return designs.load(design)


def dry_run(design: AsDesign, *, workers=None, address=None, store=stores.DEFAULT, shard=None) -> Plan:
    """What a sweep would make and what that takes; nothing is written. Raises InputError."""
    check(workers, None)
    found, where = read(design), Store(store)
    begun = sweeps.begin(found, where, sweeps.shared(where).inputs.digest, keep=False)
    return planned(begun, sweeps.sharded(begun, shard), workers, address)


def planned(begun: Sweep, wanted, count: int | None, address: str | None) -> Plan:
    """The plan for some rows of a sweep: the first, the last and the middle one are timed."""
    places = sorted({0, len(wanted) // 2, len(wanted) - 1}) if len(wanted) else []
    timed = list(Jobs(begun.design, wanted.iloc[places]))
    count = ray_workers.count(count, address)
    return cost.plan(len(begun.runs), len(wanted), timed, count, begun.store)


def shard_of(text: str | None) -> tuple[int, int] | None:
    """A shard as (i, n) from 'i/n'. Raises InputError."""
    if text is None:
        return None
    i, slash, n = text.partition("/")
    if not (slash and i.isdigit() and n.isdigit() and 1 <= int(i) <= int(n)):
        raise InputError(f"--shard: '{text}' is not a part: write I/N, like 3/16, with I from 1 to N")
    return int(i), int(n)
