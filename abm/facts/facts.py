"""The facts the model runs on, read-only; data/sources.yaml describes each column and holds the expected totals."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from abm.facts import layout as layouts
from abm.facts import mergers
from abm.facts.csv_tables import (
    FOLDER,
    HALVES,
    KEYS,
    MONTHS,
    YEARS,
    DataError,
    FloatArray,
    IntArray,
    Tables,
    by_municipality,
    check_connected,
    check_rows,
    check_sources,
    check_totals,
    check_wholes,
    digest,
    fixed,
    grid,
    positions,
    read_series,
    read_sources,
    read_table,
    refuse,
)

RESTRICTIVE = ("pvv", "fvd", "ja21")  # lists whose programmes of 2023 wanted asylum migration to stop or nearly so


@dataclass(frozen=True, eq=False)
class Inputs:
    """Everything the model reads; row order of a table is the index used in the model.

    What hangs on places is on the municipalities and regions of 1 January of the year `layout`.
    """

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
    known_effort: FloatArray  # (municipalities,) [ratio] housed over asked, relative to the country; NaN: not known
    jobs: FloatArray  # (regions, sectors) [jobs]
    sectors: list[str]
    jobs_schooling: (
        FloatArray  # (sectors, 3) [share of jobs] that ask primary school at most, secondary, higher education
    )
    survival: FloatArray  # (2, ages) [share] of men and of women who live ten years more, from 0, 10, 20... years on
    commuting: FloatArray  # (regions, regions) [share of the working residents of a row who work in a column]
    regional_unemployment: FloatArray  # (regions,) [share of the labour force]
    labour_force: float  # [persons]
    restrictive_votes: FloatArray  # (municipalities,) [share of the votes of 2023 for the lists in RESTRICTIVE]
    series: dict[str, FloatArray]  # (months,) each, units in national_series.csv
    known_series: dict[str, FloatArray]  # the same, up to the last known step if that is later
    digest: str
    layout: int = mergers.BASE  # [year]
    tables: Tables = field(default_factory=dict, repr=False)  # as read, on the municipalities of mergers.BASE
    sums: dict[str, Any] = field(default_factory=dict, repr=False)  # the checks of sources.yaml

    @cached_property
    def urbanity(self) -> FloatArray:
        """Urbanity of each municipality, (municipalities,) [class]: from 1 (dense) to 5."""
        return fixed(self.municipalities["urbanity"].to_numpy(float))

    def series_at(self, name: str, month_index: int) -> float:
        """Value of a series in a month counted from January 2015; the last step holds for ever."""
        if name not in self.known_series or month_index < 0:
            raise DataError("national_series", f"{name} in month {month_index}", "give a listed name and a month >= 0")
        return float(self.known_series[name][min(month_index, len(self.known_series[name]) - 1)])

    def series_until(self, name: str, month_index: int) -> FloatArray:
        """Values of a series from January 2015 to a month, (months,); the last step holds for ever."""
        known, months = self.known_series[name], month_index + 1
        return known[:months] if months <= len(known) else np.append(known, np.full(months - len(known), known[-1]))

    def of_year(self, name: str, month_index: int) -> FloatArray:
        """Row of a yearly array for the year of a month counted from January 2015; the last year holds for ever."""
        return getattr(self, name)[min(month_index // 12, len(YEARS) - 1)]

    def kept(self, find: Callable[..., Any], *asked: Any) -> Any:
        """What `find(inputs, *asked)` finds, kept with the facts: it may depend on nothing else."""
        if (find, asked) not in self._kept:
            self._kept[find, asked] = find(self, *asked)
        return self._kept[find, asked]

    @cached_property
    def _kept(self) -> dict[Any, Any]:
        return {}

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if name != "_kept"}

    def on_layout(self, year: int) -> "Inputs":
        """The same facts on the municipalities of another year; this object where they are those.

        Raises DataError for a year whose municipalities cannot be made of the ones at hand.
        """
        if year == self.layout:
            return self
        tables = layouts.on(self.tables, year)
        check_totals(tables, self.first_applications, self.sums)
        return replace(self, **of_places(tables, self.sums), layout=year)


def load(folder: Path | None = None, layout: int = mergers.BASE) -> Inputs:
    """All facts of a folder as Inputs, on the municipalities of 1 January of the year `layout`.

    Raises DataError when a table is missing, malformed or does not add up.
    """
    folder = Path(folder or FOLDER)
    described = read_sources(folder)
    expected = {name: check["value"] for name, check in described["checks"].items()}
    tables = {table: read_table(folder, table, described["tables"].get(f"{table}.csv", {})) for table in KEYS}
    check_rows(tables, expected)
    origins = tables["origins"]["origin"].tolist()
    first = grid(tables, "applications", "first", MONTHS, origins)
    check_sources(described, tables)
    check_wholes(tables)
    check_totals(tables, first, expected)
    if tables["housing_tasks"]["half_year"].tolist() != HALVES:
        raise DataError("housing_tasks", "half_year", f"list {HALVES[0]} to {HALVES[-1]} once each, in order")
    series = read_series(tables["national_series"], expected["series"])
    places = of_places(tables, expected)
    mergers.check(tables, expected["municipalities_by_year"])
    mergers.check_memberships(tables)
    inputs = Inputs(
        **places,
        origins=tables["origins"],
        first_applications=first,
        repeat_applications=grid(tables, "applications", "repeat", MONTHS, origins),
        grant_rate=grid(tables, "decisions", "grant_rate", YEARS, origins),
        closed_share=grid(tables, "decisions", "closed_share", YEARS, origins),
        tasks=fixed(tables["housing_tasks"].task.to_numpy(float, copy=True)),
        task_halves=HALVES.copy(),
        sectors=list(expected["sectors"]),
        jobs_schooling=schooling_asked(tables, expected["sectors"]),
        survival=fixed(tables["mortality"][["men", "women"]].to_numpy(float).T.copy()),
        labour_force=float(tables["unemployment"]["labour_force"].sum()),
        series={name: values[: len(MONTHS)] for name, values in series.items()},
        known_series=series,
        digest=digest(folder),
        tables=tables,
        sums=expected,
    )
    return inputs.on_layout(layout)


def of_places(tables: Tables, expected: dict[str, Any]) -> dict[str, Any]:
    """The fields of Inputs that hang on municipalities, regions and provinces."""
    codes, regions, provinces = (
        tables[table][key].tolist()
        for table, key in (("municipalities", "gm_code"), ("regions", "region_code"), ("provinces", "province"))
    )
    pairs = np.stack([positions(tables, "borders", end, codes) for end in ("gm_a", "gm_b")], axis=1)
    check_connected(pairs, codes)
    positions(tables, "reception_locations", "gm_code", codes)
    positions(tables, "municipalities", "province", provinces)
    home_region = positions(tables, "municipalities", "region_code", regions)
    return {
        "municipalities": tables["municipalities"],
        "regions": tables["regions"],
        "provinces": tables["provinces"],
        "borders": tables["borders"],
        "locations": tables["reception_locations"],
        "municipality_region": fixed(home_region),
        "border_pairs": fixed(pairs),
        "corporation_homes": grid(tables, "corporation_homes", "homes", YEARS, codes),
        "registration_years": by_municipality(tables, "registration_times", "years", codes),
        "known_effort": efforts(tables, codes),
        "jobs": grid(tables, "jobs", "jobs", regions, expected["sectors"]),
        "commuting": commuting_shares(tables, regions),
        "regional_unemployment": regional_rates(tables, home_region, provinces),
        "restrictive_votes": restrictive(tables, codes),
    }


def schooling_asked(tables: Tables, sectors: list[str]) -> FloatArray:
    """Shares of the jobs of each sector that ask a schooling, (sectors, 3), which add up to one."""
    table, found = tables["schooling_of_jobs"], np.full((len(sectors), 3), np.nan)
    found[positions(tables, "schooling_of_jobs", "sector", sectors)] = table[["primary", "secondary", "higher"]]
    for sector in np.flatnonzero(np.isnan(found).any(axis=1)):
        raise DataError("schooling_of_jobs", sectors[sector], "row is missing, add its shares")
    for sector in np.flatnonzero(abs(found.sum(axis=1) - 1) > 1e-9):
        raise DataError("schooling_of_jobs", sectors[sector], f"shares add up to {found[sector].sum():.6g}, not to 1")
    return fixed(found)


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


def efforts(tables: Tables, codes: list[str]) -> FloatArray:
    """People housed over those whom the municipality would have housed as the country did, (municipalities,).

    All periods of a municipality together; NaN where there is none.
    """
    table = tables["municipal_tasks"]
    numbers = table[["asked", "housed", "country_asked", "country_housed"]]
    refuse("municipal_tasks", table, (numbers <= 0).any(axis=1), "people asked and housed must be above 0, correct it")
    at = positions(tables, "municipal_tasks", "gm_code", codes)
    as_country = np.bincount(at, table.asked * table.country_housed / table.country_asked, len(codes))
    return fixed(np.bincount(at, table.housed, len(codes)) / np.where(as_country > 0, as_country, np.nan))


def restrictive(tables: Tables, codes: list[str]) -> FloatArray:
    """Share of the votes for lists that want hardly any asylum migration, in the order of the municipalities."""
    table, found = tables["votes"], np.full(len(codes), np.nan)
    found[positions(tables, "votes", "gm_code", codes)] = table[[f"{name}_2023" for name in RESTRICTIVE]].sum(axis=1)
    for town in np.flatnonzero(np.isnan(found)):
        raise DataError("votes", codes[town], "row is missing, add its votes")
    return fixed(found)
