"""The summary of a run: the whole subject by year."""

from collections.abc import Iterable

import pandas as pd

from abm.engine import clock
from abm.measures import SUBJECT, Said
from experiments.store.store import Run


def by_year(run: Run) -> pd.DataFrame:
    """The summary: its rows by name, years as columns."""
    parts = {by: run.outcomes(by=by) for by in dict.fromkeys(each.by for each in SUBJECT)}
    return pd.DataFrame({each.name: years(parts[each.by], each) for each in SUBJECT}).T


def years(outcomes: pd.DataFrame, said: Said) -> pd.Series:
    """A row of the summary by year: of its end, the sum or the mean of its months; NaN where there is no value."""
    mine = outcomes[(outcomes["measure"] == said.measure) & (outcomes["by"] == said.by)]
    mine = mine[mine["group"] == said.group]
    months = mine.set_index(mine["month"].astype(str))["value"]
    groups = months.groupby(months.index.str[:4])
    return {"end": groups.last, "sum": groups.sum, "mean": groups.mean}[said.take]()


def whole(outcomes: pd.DataFrame, rows: Iterable[Said]) -> pd.DataFrame:
    """Rows of the summary by the years that a run completes, from its tidy outcomes."""
    months = pd.Series(sorted(outcomes["month"].astype(str).unique()))
    complete = months.groupby(months.str[:4]).size()
    wanted = complete.index[complete == clock.MONTHS]
    return pd.DataFrame({each.name: years(outcomes, each).reindex(wanted) for each in rows}).T
