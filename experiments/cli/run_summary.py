"""Output of a run on the terminal: progress, a summary by year, and single measures."""

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pandas as pd
from rich import box
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from abm.measures import HEADLINES, MEASURES, breakdown_of
from abm.plugins import together
from abm.scenario import Scenario
from experiments.store.store import Run
from experiments.sweeps import runner
from experiments.text import number

MILLION, LABEL_WIDTH, COLUMN_WIDTH = 1e6, 30, 9


@contextmanager
def progress(console: Console, scenario: Scenario) -> Iterator[runner.Progress]:
    """A progress bar of months; without a terminal, a line after the first month."""
    if not console.is_terminal:

        def line(done: int, months: int) -> None:
            if done == 1:
                console.print(
                    f"Running {scenario.name} to {scenario.until}: {months} months at scale {scenario.scale:g}"
                )

        yield line
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("months"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(scenario.name, total=scenario.months)
        yield lambda done, months: bar.update(task, completed=done)


def by_year(run: Run) -> pd.DataFrame:
    """The summary: measures as rows, years as columns; stocks at the end of a year, flows summed over it."""
    outcomes = run.outcomes(by="total")
    wide = outcomes.pivot_table("value", "month", "measure", aggfunc="sum", observed=True)
    year = wide.index.astype(str).str[:4]
    found = {
        measure: getattr(wide[measure].groupby(year), "sum" if how == "sum" else "last")() for measure, how in HEADLINES
    }
    return pd.DataFrame(found).T


def show(run: Run, console: Console) -> None:
    """Print the summary by year, with as many years as fit."""
    facts, years = run.about(), by_year(run)
    most = max((console.width - LABEL_WIDTH - 4) // COLUMN_WIDTH, 2)
    chosen = years.columns[np.unique(np.linspace(0, len(years.columns) - 1, most).round().astype(int))]
    console.print(f"{facts['title'] or facts['name']} (seed {facts['seed']}, scale {facts['scenario']['scale']:g})")
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("", width=LABEL_WIDTH)
    for year in chosen:
        table.add_column(str(year), justify="right", no_wrap=True)
    for measure, how in HEADLINES:
        about = next(m for m in MEASURES if m.name == measure)
        money = about.unit.startswith("EUR")
        of_year = "" if how == "end" else ", million euros a year" if money else " a year"
        values = years.loc[measure, chosen] / (MILLION if money else 1)
        table.add_row(about.label + of_year, *(number(value) for value in values))
    console.print(table)


def of_measure(run: Run, measure: str, by: str | None) -> pd.DataFrame:
    """Month, group and value of a measure. Raises InputError for an unknown measure or breakdown."""
    more = together.of_record(run.about())
    return run.outcomes(measure, breakdown_of(measure, by, more))[["month", "group", "value"]]
