"""Outcomes of sweeps as tidy frames: one row per run, measure, group and month, with the values of the factors."""

import pandas as pd
import pyarrow as pa

from abm.errors import InputError
from experiments import store as stores
from experiments import summary, sweeps
from experiments.store import Store
from experiments.sweeps import Sweep


def load(
    sweep: str, measure: str | None = None, by: str | None = None, *, store: stores.Place | Store = stores.DEFAULT
) -> pd.DataFrame:
    """Outcomes of the kept runs of a sweep, tidy: the columns of its index (run, point, replicate, seed, scenario,
    ..., a column per factor) and measure, unit, by, group, month, value.

    measure: one measure (none given: all of them); by: one way to split it (none given: 'total', or the first that
    the measure has). `frame.attrs['units']` holds the unit of each factor and measure. Raises InputError.
    """
    return frame(sweeps.find(sweep, Store(store)), measure, by)


def frame(sweep: Sweep, measure: str | None = None, by: str | None = None) -> pd.DataFrame:
    """The same for a sweep that was found."""
    by = summary.way(measure, by) if measure else by or "total"
    done = sweep.store.done()
    kept = sweep.index[sweep.index["run"].isin(done)]
    if kept.empty:
        raise InputError(f"sweep '{sweep.name}': none of its {len(sweep.runs):,} runs is kept: make them first")
    found = outcomes(sweep.store, kept["run"].unique().tolist(), [measure] if measure else None, by)
    if found.empty:
        raise InputError(f"sweep '{sweep.name}': no measure is split by '{by}': name a measure to see its ways")
    merged = kept.merge(found, on="run", how="left")
    units = dict(found[["measure", "unit"]].drop_duplicates().astype(str).itertuples(index=False))
    merged.attrs["units"] = sweeps.units(kept.columns) | units
    return merged


def outcomes(store: Store, runs: list[str], measures: list[str] | None, by: str) -> pd.DataFrame:
    """Outcomes of some runs: run, measure, unit, by, group, month, value; of some measures, or all (None)."""
    try:
        return stores.outcomes(store.files, runs, measures, by)
    except (OSError, pa.ArrowException) as error:
        reason = " ".join(str(error).split())[:200]
        raise InputError(f"{store.files.shown(stores.OUTCOMES)}: cannot be read ({reason}): {stores.DAMAGED}") from None
