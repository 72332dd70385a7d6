"""Figures of pages and letters, looked up: series, housing tasks and the totals of sources.yaml."""

import pandas as pd

from abm.facts.csv_tables import YEARS
from scripts.facts import transcribed
from scripts.facts.asylum import UNHCR, decided
from scripts.facts.table import Given, Table

MONTHS = 12
PERSONS, SHARE = 1, 4  # digits


def series(given: Given) -> pd.DataFrame:
    """national_series.csv with the values that decisions of UNHCR give; the others stay as they stand.

    Capacities are decisions of a year over 12; the last year that is known holds on.
    """
    stands = given.text("national_series")
    found = decided(given)
    found = found.assign(judged=found["granted"] + found["rejected"])
    sums = found.groupby(["level", "year"])[["granted", "judged", "closed"]].sum()
    first, repeat = sums.loc["FI"].reindex(YEARS), sums.loc["RA"].reindex(YEARS)
    computed = {
        "decision_capacity": (first["judged"] / MONTHS).round(PERSONS),
        "repeat_capacity": (repeat["judged"] / MONTHS).round(PERSONS),
        "repeat_grant_rate": (repeat["granted"] / repeat["judged"]).round(SHARE),
    }
    made = stands.copy()
    for row, (name, since) in enumerate(zip(stands["name"], stands["from"], strict=True)):
        if name in computed and since.endswith("-01") and int(since[:4]) in YEARS:
            made.loc[row, "value"] = _like(str(stands.at[row, "value"]), computed[name][int(since[:4])])
        elif name == "closing_capacity":
            made.loc[row, "value"] = _like(str(stands.at[row, "value"]), round(first["closed"].max() / MONTHS, PERSONS))
    return made


def _like(text: str, value: float) -> str:
    """A value as text; as it stands where that is the same number."""
    return text if float(text) == value else f"{value:g}"


TABLES = [
    Table(
        "national_series",
        {"decisions": f"UNHCR, asylum decisions in the Netherlands: {UNHCR}"},
        series,
        transcribed.rows_of("national_series", "value", "note"),
        "Four series are computed from UNHCR; the others are figures of pages and letters, looked up in documents.",
    ),
    Table(
        "sources",
        {},
        None,
        transcribed.totals,
        "Not a table but sources.yaml: the totals that tables must add up to, looked up in documents.",
    ),
    Table(
        "housing_tasks",
        {},
        None,
        transcribed.rows_of("housing_tasks", "task", "rule"),
        "Figures of the ministry and press, looked up in documents; four half-years are filled, as their rule says.",
    ),
    Table(
        "municipal_tasks",
        {},
        None,
        transcribed.rows_of("municipal_tasks", "housed", "rule"),
        "Figures of municipalities and press, looked up in documents.",
    ),
]
