"""Output of a run on the terminal: progress, a summary by year, and single measures."""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from rich import box
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn
from rich.table import Table

from abm.engine.errors import InputError, brief
from abm.engine.yaml_input import nearest
from abm.measures import MEASURES, SUBJECT, Asked, breakdown_of, refusal
from abm.plugins import assembly
from abm.scenario import Scenario
from experiments import terminal
from experiments.analysis.yearly import by_year
from experiments.store.store import Run
from experiments.sweeps import replicates, runner
from experiments.sweeps.execution import Execution
from experiments.text import number

MILLION, LABEL_WIDTH, COLUMN_WIDTH = 1e6, 30, 9


@contextmanager
def progress(console: Console, scenario: Scenario) -> Generator[runner.Progress]:
    """A progress bar of months; without a terminal, a line after the first month."""
    if not console.is_terminal:

        def line(done: int, months: int) -> None:
            if done == 1:
                words = f"Running {scenario.name} to {scenario.until}: {months} months at scale {scenario.scale:g}"
                console.print(terminal.line(words))

        yield line
        return
    columns = (
        terminal.column("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        terminal.column("months"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(terminal.printable(scenario.name), total=scenario.months)
        yield lambda done, months: bar.update(task, completed=done)


def show(run: Run, console: Console, wanted: Scenario) -> None:
    """Print the summary by year, with as many years as fit, under the name of the scenario that was asked for."""
    facts, years = run.about(), by_year(run)
    most = max((console.width - LABEL_WIDTH - 4) // COLUMN_WIDTH, 2)
    chosen = years.columns[np.unique(np.linspace(0, len(years.columns) - 1, most).round().astype(int))]
    console.print(terminal.line(f"{wanted.title or wanted.name} (seed {wanted.seed}, scale {wanted.scale:g})"))
    if wanted.name != facts["name"]:
        same = f"Up to {wanted.until} {wanted.name} is the same as {facts['name']}, under which this run is kept."
        console.print(terminal.line(same), soft_wrap=True)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("", width=LABEL_WIDTH)
    refused = {each.name: refusal(each.measure, each.by, wanted.scale) for each in SUBJECT}
    for year in chosen:
        table.add_column(str(year), justify="right", no_wrap=True)
    for each in SUBJECT:
        if refused[each.name]:
            continue
        about = next(m for m in MEASURES if m.name == each.measure)
        money, group = about.unit.startswith("EUR"), f", {each.en}" if each.en else ""
        of_year = {"end": "", "mean": f" [{about.unit}]", "sum": ", million euros per year" if money else ", per year"}
        values: Any = years[list(chosen)].loc[each.name] / (MILLION if money else 1)
        table.add_row(about.label + group + of_year[each.take], *(number(value) for value in values))
    console.print(table)
    if left_out := [measure for measure, line in refused.items() if line]:
        line = f"Not said at scale {wanted.scale:g} (docs/scale.md): {', '.join(left_out)}"
        console.print(terminal.line(line), soft_wrap=True)


def asked(run: Run, measure: str, by: str | None) -> Asked:
    """A measure of a run and its breakdown, or its total. Raises InputError."""
    record = run.about()
    return frozenset({(measure, breakdown_of(measure, by, assembly.of_record(record), record["scenario"]["scale"]))})


def complete(run: Run, wanted: Asked, plugins: Path) -> None:
    """Take what a run lacks of some measures, where this model simulated it; plugins: the folder of its plug-ins.

    Raises InputError.
    """
    replicates.completed([run], wanted, Execution(workers=1, store=run.store), plugins)


def of_measure(
    run: Run, measure: str, by: str | None, group: str | None = None, first: str | None = None, last: str | None = None
) -> pd.DataFrame:
    """Month, group and value of a measure, of one group and from month to month if given.

    Raises InputError for an unknown measure, breakdown or group, and where no month is left.
    """
    record = run.about()
    by = breakdown_of(measure, by, assembly.of_record(record), record["scenario"]["scale"])
    frame = run.outcomes(measure, by)[["month", "group", "value"]].astype({"month": str, "group": str})
    groups, months = list(frame["group"].unique()), frame["month"]
    if group is not None and group not in groups:
        raise InputError(f"--group: {measure} has no {by} '{brief(group)}'{nearest(group, groups)}")
    wanted = frame[
        ((group is None) | (frame["group"] == group)) & (months >= (first or "")) & (months <= (last or "9"))
    ]
    if wanted.empty:
        raise InputError(f"--from, --to: leave no month of the run: it has {months.min()} to {months.max()}")
    return wanted
