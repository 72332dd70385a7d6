"""More seeds of a kept run: its scenario with the seeds that follow, made where they are not kept yet."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from shlex import quote
from typing import Any

from rich.console import Console

from abm import scenario as scenarios
from abm.engine.errors import InputError
from abm.engine.text_files import ABSENT
from abm.scenario import Scenario
from experiments.store import versions
from experiments.store.store import Run
from experiments.sweeps import branches, ray_workers, sweep
from experiments.sweeps import progress as reports
from experiments.sweeps.execution import Execution
from experiments.sweeps.runner import Done, Job, Shared

MOST = 1000  # runs of one scenario


def replicates(
    run: Run, seeds: int, how: Execution, plugins: Path = Path(), console: Console | None = None
) -> list[Run]:
    """The runs of a run's scenario with its seed and those after it, `seeds` in all; missing ones are made and kept.

    plugins: the folder to which the paths of its plug-ins are relative. console: where to report progress; without one,
    on standard error if that is a terminal. Raises InputError, also where runs are missing and the run was made with
    another version of the model or the data: they would be of another model.
    """
    if isinstance(seeds, bool) or not 1 <= seeds <= MOST:
        raise InputError(f"--seeds: {seeds} is too few or too many: give 1 to {MOST}")
    record, store = run.about(), run.store
    wanted = range(record["seed"], record["seed"] + seeds)
    model, digest, first = record["model"], record["data_digest"], {record["seed"]: run.name}
    names = first | {seed: versions.name_by(model, record["scenario"] | {"seed": seed}, digest) for seed in wanted[1:]}
    there = store.whole(names.values())
    if missing := [seed for seed in wanted[1:] if names[seed] not in there]:
        shared = sweep.shared(store, how.history)
        if (model, digest) != (shared.record["model"], shared.record["data_digest"]):
            raise InputError(
                f"{run.name}: was made with another version of the model or the data, and {len(missing)} of its "
                f"{seeds} seeds are not kept: make it again with 'abm run', and name that run"
            )
        scenario = restored(record, f"record of run {run.name}", plugins)
        jobs = [Job(names[seed], scenario.changed(seed=seed)) for seed in missing]
        counts = reports.SweepProgress(total=seeds, before=seeds - len(missing))
        store.check()
        with (
            sweep.stopping(),
            how.pool(len(jobs)) as do,
            reports.showing(reports.console_of(console, progress=None), record["name"], counts) as report,
        ):
            make_all(do, shared, jobs, report)
    return [store.run(names[seed]) for seed in wanted]


def make_all(do: ray_workers.Do, shared: Shared, jobs: Sequence[Job], report: sweep.Report) -> None:
    """Make the runs of some jobs that are not kept whole. Raises InputError where one fails."""
    failed, there = [], shared.store.whole(job.name for job in jobs)
    for job in jobs:
        if job.name in there:
            report(Done(job.name, "there"))

    def note(done: Done) -> None:
        failed.extend([done] if done.status in ("failed", "lost") else [])
        report(done)

    sweep.make(do, shared, branches.planned([job for job in jobs if job.name not in there]), note)
    if failed:
        raise InputError(
            f"run {failed[0].name} failed ({failed[0].reason}): reproduce it with "
            f"'abm repeat {failed[0].name} --store {quote(shared.store.files.named)}'"
        )


def restored(record: Mapping[str, Any], source: str, plugins: Path) -> Scenario:
    """The scenario of a record. Raises InputError.

    plugins: the folder to which the paths of its plug-ins are relative.
    """
    files = [plugins / about["path"] for about in record.get("plugins", {}).values()]
    if missing := [file for file in files if not file.is_file()]:
        raise InputError(f"{source}: plugins: {ABSENT} {missing[0]}: give the folder of its scenario with --plugins")
    return scenarios.restored(record["scenario"], record["name"], record["title"], source, files)
