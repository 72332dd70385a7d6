"""The facts the model runs on, read-only; data/sources.yaml describes each column and holds the expected totals."""

import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml
from numpy.typing import NDArray

from abm.errors import InputError

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
Tables = dict[str, pd.DataFrame]
FOLDER = Path(__file__).parent / "data"
YEARS = list(range(2015, 2026))
MONTHS = [f"{year}-{month:02d}" for year in YEARS for month in range(1, 13)]
HALVES = [f"{year}-{half}" for year in YEARS for half in ("I", "II")] + ["2026-I"]
TEXT_UNITS = {"code", "codes", "text", "month", "month or empty", "half-year"}
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
    "jobs": ["region_code", "sector"],
    "commuting": ["region_from", "region_to"],
    "unemployment": ["province"],
    "votes": ["gm_code"],
}
RESTRICTIVE = ("pvv", "fvd", "ja21")  # lists whose programmes of 2023 wanted asylum migration to stop or nearly so
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


@dataclass(frozen=True, eq=False)
class Inputs:
    """Everything the model reads; row order of a table is the index used in the model."""

    municipalities: pd.DataFrame
    regions: pd.DataFrame
    provinces: pd.DataFrame
    borders: pd.DataFrame
    origins: pd.DataFrame
    locations: pd.DataFrame
    municipality_region: IntArray  # (municipalities,) row in regions
    border_pairs: IntArray  # (borders, 2) rows in municipalities
    first_applications: FloatArray  # (months, origins) [persons/month]
    repeat_applications: FloatArray  # (months, origins) [persons/month]
    grant_rate: FloatArray  # (years, origins) [share of granted plus rejected]
    closed_share: FloatArray  # (years, origins) [share of first applications]
    corporation_homes: FloatArray  # (years, municipalities) [homes on 1 January]
    registration_years: FloatArray  # (municipalities,) [years] mean registration at letting, about 2020
    tasks: FloatArray  # (half-years,) [persons]
    task_halves: list[str]
    jobs: FloatArray  # (regions, sectors) [jobs]
    sectors: list[str]
    commuting: FloatArray  # (regions, regions) [share of the working residents of a row who work in a column]
    regional_unemployment: FloatArray  # (regions,) [share of the labour force]
    labour_force: float  # [persons]
    restrictive_votes: FloatArray  # (municipalities,) [share of the votes of 2023 for the lists in RESTRICTIVE]
    series: dict[str, FloatArray]  # (months,) each, units in national_series.csv
    known_series: dict[str, FloatArray]  # the same, up to the last known step if that is later
    digest: str

    @cached_property
    def urbanity(self) -> FloatArray:
        """Urbanity of each municipality, (municipalities,) [class]: from 1 (dense) to 5."""
        return fixed(self.municipalities["urbanity"].to_numpy(float))

    def series_at(self, name: str, month_index: int) -> float:
        """Value of a series in a month counted from January 2015; the last step holds for ever."""
        if name not in self.known_series or month_index < 0:
            raise DataError("national_series", f"{name} in month {month_index}", "ask a listed name and month >= 0")
        return float(self.known_series[name][min(month_index, len(self.known_series[name]) - 1)])

    def of_year(self, name: str, month_index: int) -> FloatArray:
        """Row of a yearly array for the year of a month counted from January 2015; the last year holds for ever."""
        return getattr(self, name)[min(month_index // 12, len(YEARS) - 1)]


def load(folder: Path | None = None) -> Inputs:
    """All facts of a folder as Inputs; DataError when one is missing, malformed or does not add up."""
    folder = Path(folder or FOLDER)
    described = read_sources(folder)
    expected = {name: check["value"] for name, check in described["checks"].items()}
    tables = {table: read_table(folder, table, described["tables"].get(f"{table}.csv", {})) for table in KEYS}
    known = {table: tables[table][keys[0]].tolist() for table, keys in KEYS.items()}
    codes, origins, regions = known["municipalities"], known["origins"], known["regions"]
    check_rows(tables, expected)
    pairs = np.stack([positions(tables, "borders", end, codes) for end in ("gm_a", "gm_b")], axis=1)
    first = grid(tables, "applications", "first", MONTHS, origins)
    check_sources(described, tables)
    check_totals(tables, first, expected)
    check_connected(pairs, codes)
    positions(tables, "reception_locations", "gm_code", codes)
    positions(tables, "municipalities", "province", known["provinces"])
    if known["housing_tasks"] != HALVES:
        raise DataError("housing_tasks", "half_year", f"list {HALVES[0]} to {HALVES[-1]} once each, in order")
    home_region = positions(tables, "municipalities", "region_code", regions)
    series = read_series(tables["national_series"], expected["series"])
    return Inputs(
        *list(tables.values())[:6],
        municipality_region=fixed(home_region),
        border_pairs=fixed(pairs),
        first_applications=first,
        repeat_applications=grid(tables, "applications", "repeat", MONTHS, origins),
        grant_rate=grid(tables, "decisions", "grant_rate", YEARS, origins),
        closed_share=grid(tables, "decisions", "closed_share", YEARS, origins),
        corporation_homes=grid(tables, "corporation_homes", "homes", YEARS, codes),
        registration_years=by_municipality(tables, "registration_times", "years", codes),
        tasks=fixed(tables["housing_tasks"].task.to_numpy(float, copy=True)),
        task_halves=HALVES.copy(),
        jobs=grid(tables, "jobs", "jobs", regions, expected["sectors"]),
        sectors=list(expected["sectors"]),
        commuting=commuting_shares(tables, regions),
        regional_unemployment=regional_rates(tables, home_region, known["provinces"]),
        labour_force=float(tables["unemployment"]["labour_force"].sum()),
        restrictive_votes=restrictive(tables, codes),
        series={name: values[: len(MONTHS)] for name, values in series.items()},
        known_series=series,
        digest=digest(folder),
    )


def fixed(array: np.ndarray) -> Any:
    """Make an array read-only and return it."""
    array.flags.writeable = False
    return array


def digest(folder: Path) -> str:
    """SHA-256 over the names, lengths and bytes of all files in a folder, in name order."""
    files = {p.name: p.read_bytes() for p in folder.iterdir() if p.is_file()}
    return hashlib.sha256(b"".join(f"{n}\0{len(files[n])}\0".encode() + files[n] for n in sorted(files))).hexdigest()


def read_sources(folder: Path) -> dict[str, Any]:
    """Read the three parts of sources.yaml."""
    try:  # the C loader is ten times faster but not in every build of PyYAML
        content = yaml.load((folder / "sources.yaml").read_bytes(), getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        return {part: dict(content[part]) for part in ("sources", "tables", "checks")}
    except (OSError, yaml.YAMLError, KeyError, TypeError, ValueError) as error:
        raise DataError("sources.yaml", "whole file", f"restore sources, tables and checks ({error})") from error


def check_sources(described: dict[str, Any], tables: Tables) -> None:
    """Refuse a column, check, series row or task that names a source which is not described."""
    parts = described["tables"] | {"checks": described["checks"]}
    named = [("sources.yaml", f"{p} {row}", entry["source"]) for p in parts for row, entry in parts[p].items()]
    for table in ("national_series", "housing_tasks"):
        named += [(table, " ".join(row[:-1]), row[-1]) for row in tables[table][[*KEYS[table], "source"]].values]
    for file, row, keys in named:
        if unknown := set(keys.split("|")) - set(described["sources"]):
            raise DataError(file, row, f"source '{min(unknown)}' is unknown, describe it in sources.yaml")


def refuse(name: str, table: pd.DataFrame, bad: Any, remedy: str) -> None:
    """DataError naming the key and line of the first bad row, if there is one."""
    for at in np.flatnonzero(bad):
        raise DataError(name, f"{' '.join(map(str, table[KEYS[name]].iloc[at]))} (line {at + 2})", remedy)


def read_table(folder: Path, name: str, columns: dict[str, Any]) -> pd.DataFrame:
    """Read one table: exactly the described columns, no gaps, no double keys, numbers where a number is due."""
    try:
        table = pd.read_csv(folder / f"{name}.csv", keep_default_na=False, na_values=[""], encoding="utf-8")
    except (OSError, ValueError) as error:
        raise DataError(name, "whole file", f"restore a readable UTF-8 CSV ({error})") from error
    if odd := set(table.columns) ^ set(columns):
        raise DataError(name, f"column {min(odd)}", "is in the table or in sources.yaml but not in both")

    for column, unit in ((column, entry["unit"]) for column, entry in columns.items()):
        empty = table[column].isna() & (unit != "month or empty")
        refuse(name, table, empty, f"column {column} is empty, fill in a value")
        if unit in TEXT_UNITS:
            table[column] = table[column].fillna("").astype(str)
            continue
        number = pd.to_numeric(table[column], errors="coerce")
        wrong = ~np.isfinite(number) | ((number < 0) & ("negative" not in unit))
        refuse(name, table, wrong, f"column {column} must be a number, not below 0 [{unit}]")
        share = table["unit"] == "share" if unit == "see column unit" else unit == "share"
        refuse(name, table, share & ~number.between(0, 1), f"column {column} is a share, give a value from 0 to 1")
    refuse(name, table, table.duplicated(KEYS[name]), "appears twice, keep one row")
    return table


def positions(tables: Tables, table: str, column: str, known: list) -> IntArray:
    """Row number in `known` of every value of a column; DataError names the first unknown value."""
    found = pd.Index(known).get_indexer(tables[table][column])
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


def check_totals(tables: Tables, first: FloatArray, expected: dict[str, Any]) -> None:
    """Refuse national sums that differ from the expected ones in sources.yaml."""
    towns, years = tables["municipalities"], first.reshape(len(YEARS), -1).sum(axis=1)
    totals = [("municipalities", f"sum of {c}", towns[c].sum(), expected[c], 0) for c in towns if c in expected]
    due = expected["first_applications"]
    totals += [("applications", f"sum of first in {y}", n, due[y], 1) for y, n in zip(YEARS, years, strict=True)]
    totals += [(t, f"sum of {c}", tables[t][c].sum(), expected[check], 0) for check, (t, c) in SUMS.items()]
    for table, what, found, right, tolerance in totals:
        if abs(found - right) > tolerance:
            raise DataError(table, what, f"is {found:.10g} and must be {right}, restore rows or correct sources.yaml")


def check_connected(pairs: IntArray, codes: list[str]) -> None:
    """Refuse a border graph in which a municipality cannot be reached from the first one."""
    both = np.concatenate([pairs, pairs[:, ::-1]]).tolist()
    reached = frontier = {0}
    while frontier:
        frontier = {b for a, b in both if a in frontier} - reached
        reached = reached | frontier
    for town in sorted(set(range(len(codes))) - reached):
        raise DataError("borders", codes[town], "no way leads there, add a border, tunnel or ferry row")


def commuting_shares(tables: Tables, regions: list[str]) -> FloatArray:
    """Where the working residents of each region work, as shares; pairs without a row have no commuters."""
    flows = np.zeros((len(regions), len(regions)))
    home, work = (positions(tables, "commuting", end, regions) for end in ("region_from", "region_to"))
    flows[home, work] = tables["commuting"]["workers"]
    residents = flows.sum(axis=1, keepdims=True)
    for region in np.flatnonzero(residents == 0):
        raise DataError("commuting", regions[region], "no worker lives there, restore its rows")
    return fixed(flows / residents)


def regional_rates(tables: Tables, home_region: IntArray, provinces: list[str]) -> FloatArray:
    """Unemployment of each region: the mean of its municipalities by inhabitants, each at the rate of its province."""
    table, towns = tables["unemployment"], tables["municipalities"]
    refuse("unemployment", table, table.unemployed >= table.labour_force, "labour_force must be above unemployed")
    rate = np.empty(len(provinces))
    rate[positions(tables, "unemployment", "province", provinces)] = table.unemployed / table.labour_force
    town_rate = rate[positions(tables, "municipalities", "province", provinces)]
    people = towns.population.to_numpy(float)
    return fixed(np.bincount(home_region, people * town_rate) / np.bincount(home_region, people))


def restrictive(tables: Tables, codes: list[str]) -> FloatArray:
    """Share of the votes for lists that want hardly any asylum migration, in the order of the municipalities."""
    table, found = tables["votes"], np.full(len(codes), np.nan)
    found[positions(tables, "votes", "gm_code", codes)] = table[[f"{name}_2023" for name in RESTRICTIVE]].sum(axis=1)
    for town in np.flatnonzero(np.isnan(found)):
        raise DataError("votes", codes[town], "row is missing, add its votes")
    return fixed(found)


def read_series(table: pd.DataFrame, expected: list[str]) -> dict[str, FloatArray]:
    """Monthly values of each series from January 2015 to its last step, at least to December 2025."""
    if odd := set(table["name"]) ^ set(expected):
        raise DataError("national_series", min(odd), "is missing or unexpected, see checks in sources.yaml")
    month = table["from"].str.extract(r"^(\d{4})-(0[1-9]|1[0-2])$").astype(float)
    index = (month[0] - YEARS[0]) * 12 + month[1] - 1
    refuse("national_series", table, ~(index >= 0), f"write the month as YYYY-MM, from {MONTHS[0]}")
    series = {}
    for name, rows in table.assign(start=index.astype(int)).sort_values("start").groupby("name"):
        if rows.start.iloc[0] != 0:
            raise DataError("national_series", name, f"add a row from {MONTHS[0]}, so that every month has a value")
        ends = np.append(rows.start.iloc[1:], max(len(MONTHS), rows.start.iloc[-1] + 1))
        series[name] = fixed(np.repeat(rows.value.to_numpy(float), np.diff(ends, prepend=0)))
    return series
