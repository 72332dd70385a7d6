"""Reads the tables of data/ as sources.yaml describes them; refuses what is missing, malformed or does not add up."""

import hashlib
from collections.abc import Hashable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from abm.engine.errors import InputError
from abm.engine.yaml_input import read_yaml

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
Tables = dict[str, pd.DataFrame]
FOLDER = Path(__file__).parent / "data"
YEARS = list(range(2015, 2026))
MONTHS = [f"{year}-{month:02d}" for year in YEARS for month in range(1, 13)]
HALVES = [f"{year}-{half}" for year in YEARS for half in ("I", "II")] + ["2026-I"]
ROUNDING = 1e-6  # of sums over regions that changed
OR_EMPTY = " or empty"  # ends a unit whose column may have gaps
TEXT_UNITS = {"code", "codes", "text", "text or empty", "month", "month or empty", "half-year", "year or empty"}
KEYS = {  # the columns that identify a row of each table; a grid names its row first
    "municipalities": ["gm_code"],
    "regions": ["region_code"],
    "provinces": ["province"],
    "borders": ["gm_a", "gm_b"],
    "origins": ["origin"],
    "reception_locations": ["gm_code", "name"],
    "corporation_homes": ["year", "gm_code"],
    "registration_times": ["gm_code"],
    "applications": ["month", "origin"],
    "decisions": ["year", "origin"],
    "national_series": ["name", "from"],
    "housing_tasks": ["half_year"],
    "municipal_tasks": ["gm_code", "period"],
    "jobs": ["region_code", "sector"],
    "schooling_of_jobs": ["sector"],
    "mortality": ["age_from"],
    "commuting": ["region_from", "region_to"],
    "unemployment": ["province"],
    "votes": ["gm_code"],
    "municipal_mergers": ["year", "gm_from", "gm_to"],
    "municipal_memberships": ["gm_code", "from"],
}
WHOLES = {  # columns whose shares are parts of one whole
    "municipalities": [("income_low_share", "income_high_share")],
    "origins": [("unschooled", "primary", "higher")],
    "votes": [(f"pvv_{year}", f"fvd_{year}", f"ja21_{year}") for year in (2023, 2025)],
}
SOURCED = (
    "national_series",
    "housing_tasks",
    "municipal_tasks",
    "municipal_mergers",
    "municipal_memberships",
)  # rows name their source
SUMS = {  # check in sources.yaml -> the table and column that must add up to it
    "all_jobs": ("jobs", "jobs"),
    "all_commuters": ("commuting", "workers"),
    "all_labour_force": ("unemployment", "labour_force"),
    "all_unemployed": ("unemployment", "unemployed"),
}


class DataError(InputError):
    """A fact that cannot be used; the message is one line with file, row and the way out."""

    def __init__(self, table: str, row: object, remedy: str) -> None:
        super().__init__(" ".join(f"{table}{'.csv' if table in KEYS else ''}: {row}: {remedy}".split()))

    def __reduce__(self):
        return InputError, (str(self),)  # from another process it comes as the line that it is


def fixed(array: np.ndarray) -> Any:
    """Make an array read-only and return it."""
    array.flags.writeable = False
    return array


def digest(folder: Path) -> str:
    """SHA-256 over the names, lengths and bytes of the files that facts are read from, in name order: what else lies in
    the folder, like the lock of an editor, makes no other facts.
    """
    names = ("sources.yaml", *(f"{table}.csv" for table in KEYS))
    files = {name: (folder / name).read_bytes() for name in names if (folder / name).is_file()}
    return hashlib.sha256(b"".join(f"{n}\0{len(files[n])}\0".encode() + files[n] for n in sorted(files))).hexdigest()


def read_sources(folder: Path) -> dict[str, Any]:
    """Read the three parts of sources.yaml."""
    try:
        content = read_yaml(folder / "sources.yaml")
        return {part: dict(content[part]) for part in ("sources", "tables", "checks")}
    except (InputError, KeyError, TypeError, ValueError) as error:
        raise DataError("sources.yaml", "whole file", f"restore sources, tables and checks ({error})") from error


def check_sources(described: dict[str, Any], tables: Tables) -> None:
    """Refuse a column, check or row that names a source which is not described."""
    parts = described["tables"] | {"checks": described["checks"]}
    named = [("sources.yaml", f"{p} {row}", entry["source"]) for p in parts for row, entry in parts[p].items()]
    for table in SOURCED:
        rows = tables[table][[*KEYS[table], "source"]].values
        named += [(table, " ".join(map(str, row[:-1])), row[-1]) for row in rows]
    for file, row, keys in named:
        if unknown := set(keys.split("|")) - set(described["sources"]):
            raise DataError(file, row, f"source '{min(unknown)}' is unknown, describe it in sources.yaml")


def refuse(name: str, table: pd.DataFrame, bad: Any, remedy: str) -> None:
    """DataError naming the key and line of the first bad row, if there is one."""
    for at in np.flatnonzero(bad):
        raise DataError(name, f"{' '.join(map(str, table[KEYS[name]].iloc[at]))} (line {at + 2})", remedy)


def read_table(folder: Path, name: str, columns: dict[str, Any]) -> pd.DataFrame:
    """Read one table: exactly the described columns, no gaps, no double keys, numbers where a number is due."""
    words: dict[Hashable, type[str]] = {column: str for column, entry in columns.items() if entry["unit"] in TEXT_UNITS}
    try:
        table = pd.read_csv(
            folder / f"{name}.csv", keep_default_na=False, na_values=[""], encoding="utf-8", dtype=words
        )
    except (OSError, ValueError) as error:
        raise DataError(name, "whole file", f"restore a readable UTF-8 CSV ({error})") from error
    if odd := set(table.columns) ^ set(columns):
        raise DataError(name, f"column {min(odd)}", "is in the table or in sources.yaml but not in both")

    for column, unit in ((column, entry["unit"]) for column, entry in columns.items()):
        empty = table[column].isna().to_numpy() & (not unit.endswith(OR_EMPTY))
        refuse(name, table, empty, f"column {column} is empty, fill in a value")
        if unit in TEXT_UNITS:
            table[column] = table[column].fillna("")
            continue
        number = pd.to_numeric(table[column], errors="coerce").to_numpy(float)
        wrong = ~np.isfinite(number) | ((number < 0) & ("negative" not in unit))
        refuse(name, table, wrong, f"column {column} must be a number, not below 0 [{unit}]")
        share = table["unit"].to_numpy() == "share" if unit == "see column unit" else unit == "share"
        refuse(name, table, share & (number > 1), f"column {column} is a share, give a value from 0 to 1")
    refuse(name, table, table.duplicated(KEYS[name]), "appears twice, keep one row")
    return table


def long(wide: pd.DataFrame, name: str) -> pd.DataFrame:
    """A row for each cell of a wide table, in the column `name`, with the names of its row and its column."""
    cells = wide.stack()
    assert isinstance(cells, pd.Series)  # one level of columns
    return cells.rename(name).reset_index()


def positions(tables: Tables, table: str, column: str, known: list) -> IntArray:
    """Row number in `known` of every value of a column; DataError names the first unknown value."""
    found = pd.Index(known).get_indexer(pd.Index(tables[table][column]))
    unknown = tables[table][column][found < 0].astype(str).tolist()
    refuse(
        table,
        tables[table],
        found < 0,
        f"{column} {' '.join(unknown[:1])} is unknown, correct it or add it where it is defined",
    )
    return found.astype(np.int64)


def grid(tables: Tables, table: str, value: str, rows: list, columns: list[str]) -> FloatArray:
    """Read-only array of a value per (row key, column key); DataError when a pair is missing or unknown."""
    at = tuple(positions(tables, table, k, known) for k, known in zip(KEYS[table], (rows, columns), strict=True))
    array = np.full((len(rows), len(columns)), np.nan)
    array[at] = tables[table][value]
    for r, c in np.argwhere(np.isnan(array)):
        raise DataError(table, f"{rows[r]} {columns[c]}", f"row is missing, add it with {value}")
    return fixed(array)


def by_municipality(tables: Tables, table: str, value: str, codes: list[str]) -> FloatArray:
    """Read-only (municipalities,) array of a column; every municipality has a row, because check_rows counted them."""
    array = np.empty(len(codes))
    array[positions(tables, table, "gm_code", codes)] = tables[table][value]
    return fixed(array)


def check_rows(tables: Tables, expected: dict[str, Any]) -> None:
    """Refuse a table that lost or won rows, before other tables refer to what it lacks."""
    lost = set(tables["corporation_homes"]["gm_code"]) - set(tables["municipalities"]["gm_code"])
    if lost:
        raise DataError("municipalities", min(lost), f"is missing ({len(lost)} in all), restore its row")
    for table in (table for table in KEYS if table in expected):
        if len(tables[table]) != expected[table]:
            rows = f"has {len(tables[table])} rows and must have {expected[table]}, restore the missing ones"
            raise DataError(table, "number of rows", rows)


def check_wholes(tables: Tables) -> None:
    """Refuse shares of one whole that are more than that together."""
    for name, wholes in WHOLES.items():
        for parts in wholes:
            over = tables[name][[*parts]].sum(axis=1) > 1 + ROUNDING
            refuse(name, tables[name], over, f"columns {', '.join(parts)} are more than 1 together, correct a share")


def check_totals(tables: Tables, first: FloatArray, expected: dict[str, Any]) -> None:
    """Refuse national sums that differ from the expected ones in sources.yaml."""
    towns, years = tables["municipalities"], first.reshape(len(YEARS), -1).sum(axis=1)
    totals = [("municipalities", f"sum of {c}", towns[c].sum(), expected[c], 0) for c in towns if c in expected]
    due = expected["first_applications"]
    totals += [("applications", f"sum of first in {y}", n, due[y], 1) for y, n in zip(YEARS, years, strict=True)]
    totals += [(t, f"sum of {c}", tables[t][c].sum(), expected[check], 0) for check, (t, c) in SUMS.items()]
    for table, what, found, right, tolerance in totals:
        if abs(found - right) > tolerance + ROUNDING:
            raise DataError(table, what, f"is {found:.10g} and must be {right}, restore rows or correct sources.yaml")


def check_connected(pairs: IntArray, codes: list[str]) -> None:
    """Refuse a border graph in which a municipality cannot be reached from the first one."""
    both = np.concatenate([pairs, pairs[:, ::-1]]).tolist()
    reached = frontier = {0}
    while frontier:
        frontier = {b for a, b in both if a in frontier} - reached
        reached = reached | frontier
    for town in sorted(set(range(len(codes))) - reached):
        raise DataError("borders", codes[town], "is connected with no other, add a border, tunnel or ferry row")


def read_series(table: pd.DataFrame, expected: list[str]) -> dict[str, FloatArray]:
    """Monthly values of each series from January 2015 to its last step, at least to December 2025."""
    if odd := set(table["name"]) ^ set(expected):
        raise DataError("national_series", min(odd), "is missing or unexpected, see checks in sources.yaml")
    month = table["from"].str.extract(r"^(\d{4})-(0[1-9]|1[0-2])$").astype(float)
    index = (month[0] - YEARS[0]) * 12 + month[1] - 1
    refuse("national_series", table, ~(index >= 0), f"write the month as YYYY-MM, from {MONTHS[0]}")
    series: dict[Any, FloatArray] = {}
    for name, rows in table.assign(start=index.astype(int)).sort_values("start").groupby("name"):
        if rows.start.iloc[0] != 0:
            raise DataError("national_series", name, f"add a row from {MONTHS[0]}, so that every month has a value")
        ends = np.append(rows.start.iloc[1:], max(len(MONTHS), rows.start.iloc[-1] + 1))
        series[name] = fixed(np.repeat(rows.value.to_numpy(float), np.diff(ends, prepend=0)))
    return series
