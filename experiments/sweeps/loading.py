"""Loads outcomes: of the runs of a sweep, joined to its index, or of some runs."""

import pandas as pd

from abm import measures
from abm.engine.errors import InputError
from abm.plugins import assembly
from experiments.store import outcomes as tables
from experiments.store import store as stores
from experiments.store.store import Store
from experiments.sweeps import gathering
from experiments.sweeps import sweep as sweeps
from experiments.sweeps.sweep import SWEEPS, Sweep


def load(
    sweep: str,
    measure: str | None = None,
    by: str | None = None,
    *,
    incomplete: bool = False,
    store: stores.Place | Store = stores.DEFAULT,
) -> pd.DataFrame:
    """Tidy outcomes of the runs of a sweep: the columns of its index (run, point, replicate, seed, scenario, ..., a
    column per factor) and measure, unit, by, group, month, value; text columns are categories.

    measure: one measure (None: all of them); by: one breakdown (None: 'total', or the first of the measure).
    incomplete: load what is kept of a sweep of which runs are missing, which is an error otherwise.
    `frame.attrs['units']` holds the unit of each factor and measure, 'runs' and 'missing' the numbers of runs.
    Raises InputError.
    """
    return frame(sweeps.find(sweep, Store(store)), measure, by, incomplete)


def frame(sweep: Sweep, measure: str | None = None, by: str | None = None, incomplete: bool = False) -> pd.DataFrame:
    """Outcomes of a sweep, as `load` returns them."""
    by = measures.breakdown_of(measure, by, assembly.of_record(sweep.about)) if measure else by or "total"
    done, every = sweep.store.done(), len(sweep.runs)
    kept = sweep.index[sweep.index["run"].isin(done)]
    runs = kept["run"].unique().tolist()
    if not runs:
        raise InputError(f"sweep '{sweep.name}': none of its {every:,} runs is kept: make them with 'abm sweep'")
    if len(runs) < every and not incomplete:
        raise InputError(
            f"sweep '{sweep.name}': {every - len(runs):,} of its {every:,} runs are missing: make them with "
            "'abm sweep', or load the others with incomplete=True"
        )
    if measure:
        gathering.check_scale(sweep.store.run(runs[0]), measure, by)
    found = gathering.outcomes(sweep.store, f"{SWEEPS}/{sweep.name}/gathered", runs, measure, by)
    if measure and not incomplete and len(found.runs) < len(runs):
        what = measure if by == "total" else f"{measure} by {by}"
        lacking = f"{len(runs) - len(found.runs):,} of its {every:,} runs do not hold {what}"
        raise InputError(f"sweep '{sweep.name}': {lacking}: name it under 'measures:' in the design, and sweep again")
    if not found.runs:
        raise InputError(
            f"sweep '{sweep.name}': no measure is broken down by '{by}': name a measure to see its breakdowns"
        )
    if measure is None:
        merged = gathering.joined(kept, found, {})
        units = dict(merged[["measure", "unit"]].drop_duplicates().astype(str).itertuples(index=False))
    else:
        first = tables.read(sweep.store, runs[:1], [measure], by)  # an older model may have had another unit
        units = {measure: first["unit"][0].as_py()} if first.num_rows else {measure: ""}
        merged = gathering.joined(kept, found, {"measure": measure, "unit": units[measure], "by": by})
    merged.attrs["units"] = sweeps.units(kept.columns, sweep.about) | units
    merged.attrs |= {"runs": len(runs), "missing": every - len(runs)}
    return merged


def outcomes(store: Store, runs: list[str], measures: list[str] | None, by: str) -> pd.DataFrame:
    """Tidy outcomes of some runs: run, measure, unit, by, group, month, value; of some measures, or all (None)."""
    return tables.frame(tables.read(store, runs, measures, by))
