"""The table that answers a published question: a row per outcome, as small CSV that every reader of tables opens."""

import io

import pandas as pd

from abm.engine.errors import InputError
from experiments.published.contrasts import Contrast, Contrasts
from experiments.report import quantities
from experiments.report.quantities import FEWEST, Quantity, Window
from experiments.report.words import Words
from experiments.store.store import Store

OUTCOMES = "outcomes.csv"
KEYS, NUMBERS = ["compared", "outcome"], ["a", "b", "difference", "low", "high"]
COLUMNS = ["compared", "outcome", "measure", "group", "unit", "years", *NUMBERS, "runs"]
DIGITS = 10  # significant ones that are written: what is left out is of the order of a sum's rounding
ENGLISH = Words("en")


def made(store: Store, contrasts: Contrasts, years: int) -> pd.DataFrame:
    """A row per outcome of each contrast, from kept runs: means a and b of both sides over whole years, the difference
    and its 95% interval, in the unit named; what rests on too few simulated people is left out.
    """
    over = quantities.window(contrasts.since, contrasts.months, years)
    parts = [_of_one(store, each, contrasts, over) for each in contrasts.of]
    return pd.concat(parts, ignore_index=True)[COLUMNS]


def _of_one(store: Store, contrast: Contrast, contrasts: Contrasts, over: Window) -> pd.DataFrame:
    outcomes = quantities.read(store, contrast.runs, quantities.asked(contrasts.quantities))
    said = [
        each
        for each in contrasts.quantities
        if outcomes.simulated(each, over.first, over.last, contrast.a.scale) >= FEWEST
    ]
    table = outcomes.table(said, over)
    if table.empty:
        return pd.DataFrame(columns=COLUMNS)
    factors = [each.unit.factor for each in said]
    numbers = table[NUMBERS].astype(float).mul(factors, axis=0).reset_index(drop=True)
    return numbers.assign(
        compared=contrast.name,
        outcome=[each.name for each in said],
        measure=[each.parts[0][0] if _is_measure(each) else "" for each in said],
        group=[_group(each) for each in said],
        unit=[each.unit.words for each in said],
        years=over.said(ENGLISH),
        runs=len(contrast.runs),
    )


def _is_measure(quantity: Quantity) -> bool:
    """Whether it is a mean or a yearly sum of one measure, and not worked out of several."""
    return quantity.value in (quantities.mean, quantities.a_year)


def _group(quantity: Quantity) -> str:
    """The group of a measure as 'breakdown group'; nothing for a total."""
    _, by, group = quantity.parts[0]
    return f"{by} {group}" if _is_measure(quantity) and by != "total" else ""


def as_csv(table: pd.DataFrame) -> str:
    """A table as the text of a file."""
    return table.to_csv(index=False, float_format=f"%.{DIGITS}g", lineterminator="\n")


def from_csv(text: str, source: str) -> pd.DataFrame:
    """A table from the text of its file. Raises InputError."""
    numbers = [*NUMBERS, "runs"]
    try:
        found = pd.read_csv(io.StringIO(text), dtype=str, keep_default_na=False)
        found = found.assign(**{each: pd.to_numeric(found[each]) for each in numbers}).astype(
            dict.fromkeys(NUMBERS, float)
        )
    except (ValueError, KeyError):
        found = pd.DataFrame()
    if list(found.columns) != COLUMNS or found.duplicated(KEYS).any():
        raise InputError(f"{source}: is not a table of outcomes, a row each: restore it, or publish again")
    return found
