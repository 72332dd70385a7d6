"""Figures of pages and letters, looked up: series, housing tasks and the totals of sources.yaml."""

import pandas as pd

from abm.facts.csv_tables import YEARS
from scripts.facts import asylum, transcribed
from scripts.facts.asylum import UNHCR, decided
from scripts.facts.table import Given, Table

MONTHS = 12
VANISHED = 0.4  # of those whose application is closed, who left before: dep_mob_coa, 3,800 of 9,600 a year
PERSONS, SHARE = 1, 4  # digits


def series(given: Given) -> pd.DataFrame:
    """national_series.csv with the values that decisions of UNHCR give; the others stay as they stand.

    Capacities are decisions of a year over 12; the last year that is known holds on. Of the closings that stocks and
    flows imply, the service closes those whose applicants have not left before.
    """
    stands = given.text("national_series")
    found = decided(given)
    found = found.assign(judged=found["granted"] + found["rejected"])
    sums = found.groupby(["level", "year"])[["granted", "judged"]].sum()
    first, repeat = sums.loc["FI"].reindex(YEARS), sums.loc["RA"].reindex(YEARS)
    computed = {
        "decision_capacity": (first["judged"] / MONTHS).round(PERSONS),
        "repeat_capacity": (repeat["judged"] / MONTHS).round(PERSONS),
        "repeat_grant_rate": (repeat["granted"] / repeat["judged"]).round(SHARE),
    }
    closed = asylum.closings(given)
    from_stocks = {
        "closing_capacity": (closed["flow"] * (1 - VANISHED)).round(PERSONS),
        "closing_ratio": closed["ratio"].round(SHARE),
    }
    made = stands.copy()
    for row, (name, since) in enumerate(zip(stands["name"], stands["from"], strict=True)):
        if name in computed and since.endswith("-01") and int(since[:4]) in YEARS:
            made.loc[row, "value"] = _like(str(stands.at[row, "value"]), computed[name][int(since[:4])])
        elif name in from_stocks and since in closed.index:
            made.loc[row, "value"] = _like(str(stands.at[row, "value"]), from_stocks[name][since])
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
        "Six series are computed from UNHCR and published stocks; the others are of pages, looked up in documents.",
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
