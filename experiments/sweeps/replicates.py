"""More of kept runs: their scenario with the seeds that follow, and further measures, taken where they are lacking."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from shlex import quote
from typing import Any

from rich.console import Console

from abm import scenario as scenarios
from abm.engine.errors import InputError
from abm.engine.text_files import ABSENT
from abm.facts import facts
from abm.measures import Asked
from abm.scenario import Scenario
from experiments.store import versions
from experiments.store.store import Run, Store
from experiments.sweeps import branches, ray_workers, sweep
from experiments.sweeps import progress as reports
from experiments.sweeps.execution import Execution
from experiments.sweeps.runner import Done, Job, Shared

MOST = 1000  # runs of one scenario


def replicates(
    run: Run,
    seeds: int,
    how: Execution,
    plugins: Path = Path(),
    console: Console | None = None,
    asked: Asked | None = None,
) -> list[Run]:
    """The runs of a run's scenario with its seed and those after it, `seeds` in all; missing ones are made and kept.

    asked: the measures to take of them, where they are not kept (None: all). plugins: the folder to which the paths of
    its plug-ins are relative. console: where to report progress; without one, on standard error if that is a terminal.
    Raises InputError, also where runs are missing and the run was made with another version of the model or the data:
    they would be of another model.
    """
    if isinstance(seeds, bool) or not 1 <= seeds <= MOST:
        raise InputError(f"--seeds: {seeds} is too few or too many: give 1 to {MOST}")
    record, store = run.about(), run.store
    wanted = range(record["seed"], record["seed"] + seeds)
    model, digest, first = record["model"], record["data_digest"], {record["seed"]: run.name}
    names = first | {seed: versions.name_by(model, record["scenario"] | {"seed": seed}, digest) for seed in wanted[1:]}
    same = is_of_today(record, facts.load().digest)
    lacking = store.lacking(names.values(), asked if same else None)
    if missing := [seed for seed in wanted if names[seed] in lacking]:
        if not same:
            raise InputError(
                f"{run.name}: was made with another version of the model or the data, and {len(missing)} of its "
                f"{seeds} seeds are not kept: make it again with 'abm run', and name that run"
            )
        scenario = restored(record, f"record of run {run.name}", plugins)
        jobs = [Job(names[seed], scenario.changed(seed=seed), asked=lacking[names[seed]]) for seed in missing]
        make(jobs, seeds, record["name"], how, console)
    return [store.run(names[seed]) for seed in wanted]


def completed(
    runs: Sequence[Run], asked: Asked, how: Execution, plugins: Path = Path(), console: Console | None = None
) -> None:
    """Take what some runs of a store lack of the measures asked for, where this model simulated them: by branching from
    their history, as far as it is kept. Runs of other versions stay as they are.

    plugins, console: as for `replicates`. Raises InputError.
    """
    records = {run.name: run.about() for run in runs}
    digest = facts.load().digest
    here = [run.name for run in runs if is_of_today(records[run.name], digest) and lacks(run, asked)]
    lacking = how.store.lacking(here, asked)
    again = {name: restored(records[name], f"record of run {name}", plugins) for name in lacking}
    if jobs := [Job(name, again[name], asked=wanted) for name, wanted in lacking.items()]:
        make(jobs, len(jobs), jobs[0].scenario.name, how, console)


def lacks(run: Run, asked: Asked) -> bool:
    """Whether a run lacks some measures by its records; what they say it holds is not read. Raises Damaged."""
    holds = run.holds()
    return holds is not None and bool(asked - holds)


def is_of_today(record: Mapping[str, Any], data_digest: str) -> bool:
    """Whether this model, on this data, simulated the run of a record."""
    return (record["model"], record["data_digest"]) == (versions.model_version(), data_digest)


def make(jobs: Sequence[Job], total: int, name: str, how: Execution, console: Console | None) -> None:
    """Make some jobs of a total, with a pool of their own, and show progress under a name. Raises InputError."""
    counts = reports.SweepProgress(total=total, before=total - len(jobs))
    how.store.check()
    with (
        sweep.stopping(),
        how.pool(len(jobs)) as do,
        reports.showing(reports.console_of(console, progress=None), name, counts) as report,
    ):
        make_all(do, sweep.shared(how.store, how.history), jobs, report)


def make_all(do: ray_workers.Do, shared: Shared, jobs: Sequence[Job], report: sweep.Report) -> None:
    """Make what is not kept whole of some jobs. Raises InputError where one fails."""
    failed, todo = [], still(shared.store, jobs)
    left = {job.name for job in todo}
    for job in jobs:
        if job.name not in left:
            report(Done(job.name, "there"))

    def note(done: Done) -> None:
        failed.extend([done] if done.status in ("failed", "lost") else [])
        report(done)

    sweep.make(do, shared, branches.planned(todo), note)
    if failed:
        raise InputError(
            f"run {failed[0].name} failed ({failed[0].reason}): reproduce it with "
            f"'abm repeat {failed[0].name} --store {quote(shared.store.files.named)}'"
        )


def still(store: Store, jobs: Iterable[Job]) -> list[Job]:
    """The jobs that are still to do, each with the measures that its run lacks."""
    wanted: dict[Asked, list[Job]] = {}
    for job in jobs:
        wanted.setdefault(job.wanted(), []).append(job)
    lacking = {asked: store.lacking([job.name for job in several], asked) for asked, several in wanted.items()}
    return [
        replace(job, asked=lacking[asked][job.name])
        for asked, several in wanted.items()
        for job in several
        if job.name in lacking[asked]
    ]


def restored(record: Mapping[str, Any], source: str, plugins: Path) -> Scenario:
    """The scenario of a record. Raises InputError.

    plugins: the folder to which the paths of its plug-ins are relative.
    """
    files = [plugins / about["path"] for about in record.get("plugins", {}).values()]
    if missing := [file for file in files if not file.is_file()]:
        raise InputError(f"{source}: plugins: {ABSENT} {missing[0]}: give the folder of its scenario with --plugins")
    return scenarios.restored(record["scenario"], record["name"], record["title"], source, files)
