"""The figures of press pages and letters that tables are made of, and whether documents confirm them.

Tables that hold the figures themselves (national_series.csv, housing_tasks.csv, municipal_tasks.csv, provinces.csv,
municipal_mergers.csv) are looked up as they stand; figures that something is computed from stand in transcribed.yaml.
"""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from abm.engine.yaml_input import read_yaml
from abm.facts.csv_tables import YEARS, read_sources
from scripts.facts.table import Finding, Given, Table
from scripts.facts.transcription import missing, quoted, stands, text_of

FILE = Path(__file__).with_name("transcribed.yaml")
QUARTERS = ("I", "II", "III", "IV")
COMPUTED = {"assumption", "unhcr_decisions", "derived_name"}  # sources that are no document


@cache
def figures() -> dict[str, Any]:
    """transcribed.yaml as it is."""
    return read_yaml(FILE)


def first_applications(given: Given) -> list[Finding]:
    """Findings on the first applications of years and quarters that applications.csv is computed from."""
    found = []
    for origin, entry in figures()["first_applications"].items():
        rows = [(f"{origin} {year}", "years", value) for year, value in zip(YEARS, entry["years"], strict=True)]
        for year, values in entry.get("quarters", {}).items():
            rows += [
                (f"{origin} {year}-{name}", "quarters", value) for name, value in zip(QUARTERS, values, strict=True)
            ]
        found += [said(row, entry["sources"][kind], [value], given) for row, kind, value in rows if value is not None]
    return found


def said(row: str, source: str, numbers: list[float], given: Given) -> Finding:
    """What the document of a source says about the figures of a row."""
    if source not in given.documents:
        return Finding(row, source, "no document")
    lacking = missing(numbers, text_of(given.documents[source]))
    return Finding(row, source, "not found" if lacking else "confirmed", ", ".join(lacking))


def rows_of(table: str, value: str, note: str) -> Callable[[Given], list[Finding]]:
    """Findings on the rows of a table with a column `source`.

    A row is confirmed where the documents of its sources hold its value, or else every figure that its note quotes: a
    value that is computed stands in no document, its parts do.
    """

    def findings(given: Given) -> list[Finding]:
        stands_now = given.text(table)
        keys = Table(table, {}).keys
        return [
            _on_row(" ".join(row[key] for key in keys), row["source"], float(row[value]), row[note], given)
            for row in stands_now.to_dict("records")
        ]

    return findings


def _on_row(row: str, sources: str, value: float, note: str, given: Given) -> Finding:
    wanted = [source for source in sources.split("|") if source not in COMPUTED]
    if not wanted:
        return Finding(row, sources, "computed or assumed")
    documents = [given.documents[source] for source in wanted if source in given.documents]
    if not documents:
        return Finding(row, sources, "no document")
    text = " \n ".join(text_of(document) for document in documents)
    if stands(value, text):
        return Finding(row, sources, "confirmed")
    parts = quoted(note)
    lacking = missing(parts, text)
    if parts and not lacking:
        return Finding(row, sources, "confirmed")
    if len(documents) < len(wanted):
        return Finding(row, sources, "no document")  # it may stand in another one
    return Finding(row, sources, "not found", ", ".join([f"{value:.10g}", *lacking]))


def totals(given: Given) -> list[Finding]:
    """Findings on the totals in sources.yaml that tables must add up to."""
    found = []
    for name, check in read_sources(given.folder)["checks"].items():
        values = check["value"].items() if isinstance(check["value"], dict) else [("", check["value"])]
        found += [
            said(f"{name} {part}".strip(), check["source"], [float(value)], given)
            for part, value in values
            if isinstance(value, int | float) and check["source"] not in COMPUTED
        ]
    return found


def column_of(table: str, columns: dict[str, str]) -> Callable[[Given], list[Finding]]:
    """Findings on columns of a table, each of one source: {column: source}."""

    def findings(given: Given) -> list[Finding]:
        stands_now: pd.DataFrame = given.text(table)
        keys = Table(table, {}).keys
        return [
            said(f"{' '.join(row[key] for key in keys)} {column}", source, [float(row[column])], given)
            for column, source in columns.items()
            for row in stands_now.to_dict("records")
        ]

    return findings
