"""The summary of a run: the headline measures by year."""

import pandas as pd

from abm.measures import HEADLINES
from experiments.store.store import Run


def by_year(run: Run) -> pd.DataFrame:
    """The summary: measures as rows, years as columns; stocks at the end of a year, flows summed over it."""
    outcomes = run.outcomes(by="total")
    wide = outcomes.pivot_table("value", "month", "measure", aggfunc="sum", observed=True)
    year = wide.index.astype(str).str[:4]
    found = {
        measure: getattr(wide[measure].groupby(year), "sum" if how == "sum" else "last")() for measure, how in HEADLINES
    }
    return pd.DataFrame(found).T
