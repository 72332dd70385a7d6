"""What a run says in a terminal: progress, a summary by year, and single measures."""

from collections.abc import Iterator
from contextlib import contextmanager
from difflib import get_close_matches

import numpy as np
import pandas as pd
from rich import box
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from abm.errors import InputError
from abm.measures import MEASURES
from abm.scenario import Scenario
from experiments import runner
from experiments.store import Run

ROWS = (  # measure, how a year is made of its months
    ("in_reception", "end"),
    ("status_holders", "end"),
    ("awaiting_decision", "end"),
    ("awaiting_home", "end"),
    ("relatives_queueing", "end"),
    ("applications", "sum"),
    ("permits", "sum"),
    ("housed", "sum"),
    ("homes_let", "sum"),
    ("municipalities_met", "end"),
    ("reception_cost", "sum"),
    ("penalty_payments", "sum"),
)
MILLION, LABEL_WIDTH, COLUMN_WIDTH = 1e6, 30, 9


@contextmanager
def progress(console: Console, scenario: Scenario) -> Iterator[runner.Progress]:
    """A progress bar of months; without a terminal, a line when the first month is done."""
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
    """The summary: measures as rows, years as columns; stocks at the end of the year, flows over it."""
    outcomes = run.outcomes(by="total")
    wide = outcomes.pivot_table("value", "month", "measure", aggfunc="sum", observed=True)
    year = wide.index.astype(str).str[:4]
    found = {
        measure: getattr(wide[measure].groupby(year), "sum" if how == "sum" else "last")() for measure, how in ROWS
    }
    return pd.DataFrame(found).T


def show(run: Run, console: Console) -> None:
    """Print the summary by year, as many years as fit."""
    facts, years = run.about(), by_year(run)
    most = max((console.width - LABEL_WIDTH - 4) // COLUMN_WIDTH, 2)
    chosen = years.columns[np.unique(np.linspace(0, len(years.columns) - 1, most).round().astype(int))]
    console.print(f"{facts['title'] or facts['name']} (seed {facts['seed']}, scale {facts['scenario']['scale']:g})")
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("", width=LABEL_WIDTH)
    for year in chosen:
        table.add_column(str(year), justify="right", no_wrap=True)
    for measure, how in ROWS:
        about = next(m for m in MEASURES if m.name == measure)
        money = about.unit.startswith("EUR")
        of_year = "" if how == "end" else ", million euros a year" if money else " a year"
        values = years.loc[measure, chosen] / (MILLION if money else 1)
        table.add_row(about.label + of_year, *(number(value) for value in values))
    console.print(table)


def of_measure(run: Run, measure: str, by: str | None) -> pd.DataFrame:
    """Month, group and value of a measure. Raises InputError for a wrong name or way to split it."""
    return run.outcomes(measure, way(measure, by))[["month", "group", "value"]]


def way(measure: str, by: str | None) -> str:
    """How a measure is split: as asked, or the first way that it has. Raises InputError for a wrong name or way."""
    known = {m.name: m for m in MEASURES}
    if measure not in known:
        near = get_close_matches(measure, known, 1)
        hint = f"did you mean '{near[0]}'?" if near else f"choose from {', '.join(known)}"
        raise InputError(f"'{measure}' is not a measure: {hint}")
    by = by or known[measure].by[0]
    if by not in known[measure].by:
        raise InputError(f"{measure} can not be split by '{by}': choose from {', '.join(known[measure].by)}")
    return by


def caption(measure: str) -> str:
    """Label and unit of a measure."""
    found = next(m for m in MEASURES if m.name == measure)
    return f"{found.label} [{found.unit}]"


def number(value: float) -> str:
    """A number for people: 12,345 or 3.4; nothing where there is none."""
    if np.isnan(value):
        return ""
    return f"{value:,.0f}" if abs(value) >= 100 or value == int(value) else f"{value:.1f}"
