"""The facts on the municipalities of a later year: everything that hangs on a municipality goes where it goes.

Counts of merged municipalities are added, shares and times are weighted means, borders between them are gone. Where a
municipality is parted, its inhabitants, homes, places and votes go by share (whole ones, none lost or doubled), each
part keeps its share of every border, and a reception location goes with the largest part. A labour market region or
province that gains or loses municipalities gains or loses jobs, workers and unemployed in proportion to inhabitants.
What no merger touches keeps its value to the last bit.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from abm.engine.products import product
from abm.facts import mergers
from abm.facts.csv_tables import DataError, FloatArray, Tables, long

SUMS = (
    "population", "households", "indicative_places_2026", "spread_law_places_2024", "regular_places_2025",
    "emergency_places_2025", "task_balance_2015", "area_km2", "new_dwellings",
)  # fmt: skip
MEANS = {  # column of municipalities.csv -> what its mean is weighted by; the centre of a union is that by area
    "urbanity": "population",
    "social_rent_share": "households",  # dwellings are not in the table
    "income_low_share": "population",
    "income_high_share": "population",
    "higher_edu_share": "population",
    "employment_rate": "population",
    "share_origin_outside_europe": "population",
    "pvv_share_tk2023": "votes_2023",
    "longitude": "area_km2",
    "latitude": "area_km2",
}
LARGEST = ("task_balance_2015_imputed",)  # 1 where that of any part is
HOMES_YEAR = 2020  # the year of most registration times
KM_DIGITS = 3  # of lengths in borders.csv


@dataclass(frozen=True)
class Parts:
    """How old units make up new ones: `share` (old, new), rows add up to one."""

    old: list[str]
    new: list[str]
    share: FloatArray

    @property
    def untouched(self) -> dict[int, int]:
        """Column -> row of the new units that are one whole old unit of the same code."""
        there = np.count_nonzero(self.share, axis=0)
        same = {code: row for row, code in enumerate(self.old)}
        return {
            column: same[code] for column, code in enumerate(self.new)
            if there[column] == 1 and code in same and self.share[same[code], column] == 1
        }  # fmt: skip

    def sums(self, values: np.ndarray) -> np.ndarray:
        """Counts of old units as counts of new ones, (new,); whole numbers stay whole and their sum stays."""
        moved = values[:, None] * self.share
        if np.issubdtype(values.dtype, np.floating):
            return moved.sum(axis=0)
        whole = np.floor(moved).astype(np.int64)
        for row in np.flatnonzero(np.count_nonzero(self.share, axis=1) > 1):
            left = values[row] - whole[row].sum()  # goes to the largest remainders
            whole[row, np.argsort(whole[row] - moved[row], kind="stable")[:left]] += 1
        return whole.sum(axis=0)

    def means(self, values: np.ndarray, weights: np.ndarray) -> FloatArray:
        """Weighted means of old units in each new one, (new,); where nothing weighs, all parts weigh the same."""
        weight = weights[:, None] * self.share
        weight = np.where(weight.sum(axis=0) > 0, weight, self.share)
        found = (weight * values[:, None]).sum(axis=0) / weight.sum(axis=0)
        column, row = np.array([*self.untouched.items()], dtype=np.int64).reshape(-1, 2).T
        found[column] = values[row]
        return found

    def of(self, table: pd.DataFrame, key: str) -> pd.DataFrame:
        """Rows of a table in the order of the old units."""
        return table.set_index(key).loc[self.old].reset_index()


def on(tables: Tables, year: int) -> Tables:
    """The tables on the municipalities, provinces and labour market regions of 1 January of a year.

    The same object where nothing differs. Raises DataError for a year before mergers that the tables are already on.
    """
    earliest = max(mergers.moves(tables, last=mergers.BASE), default=year)
    if year < earliest:
        remedy = f"what merged since cannot be parted again, give a year from {earliest} on"
        raise DataError(mergers.MERGERS, f"layout {year}", remedy)
    towns = tables["municipalities"]
    place = mergers.memberships(tables, year)
    here = towns.set_index("gm_code")[mergers.PLACES]
    if year <= mergers.BASE or (list(place.index) == list(here.index) and (place == here).all(axis=None)):
        return tables
    share = mergers.shares(tables, mergers.BASE, year)
    parts = Parts(list(share.index), list(share.columns), share.to_numpy())
    regions, provinces = (grouped(tables, parts, place, column) for column in ("region_code", "province"))
    merged = municipalities(tables, parts, place, names(tables, year))
    return tables | {
        "municipalities": merged,
        "regions": labour_regions(tables, regions, merged),
        "provinces": counts(tables["provinces"], "province", provinces),
        "borders": borders(tables["borders"], parts),
        "reception_locations": locations(tables["reception_locations"], parts),
        "municipal_tasks": tasks(tables["municipal_tasks"], parts),
        "corporation_homes": homes(tables["corporation_homes"], parts),
        "registration_times": registration(tables, parts),
        "jobs": jobs(tables["jobs"], regions),
        "commuting": commuting(tables["commuting"], regions),
        "unemployment": counts(tables["unemployment"], "province", provinces),
        "votes": votes(tables["votes"], parts),
    }


def names(tables: Tables, year: int) -> dict[str, str]:
    """Names of the municipalities that began after BASE, by code."""
    steps = mergers.moves(tables, mergers.BASE + 1, year).values()
    return {move.gm_to: move.name for step in steps for move in step if move.new}


def grouped(tables: Tables, parts: Parts, place: pd.DataFrame, column: str) -> Parts:
    """How the old regions or provinces make up the new ones, by the inhabitants of their municipalities."""
    towns = parts.of(tables["municipalities"], "gm_code")
    listed = tables[{"region_code": "regions", "province": "provinces"}[column]][column].tolist()
    kept = [code for code in listed if code in set(place[column])]
    people = pd.DataFrame(towns["population"].to_numpy()[:, None] * parts.share)
    moved = people.groupby(towns[column].to_numpy()).sum().T.groupby(place[column].to_numpy()).sum().T
    moved = moved.reindex(index=listed, columns=kept, fill_value=0).to_numpy(float)
    return Parts(listed, kept, moved / moved.sum(axis=1, keepdims=True))


def municipalities(tables: Tables, parts: Parts, place: pd.DataFrame, named: dict[str, str]) -> pd.DataFrame:
    """municipalities.csv of the new municipalities."""
    old = parts.of(tables["municipalities"], "gm_code")
    weights = old.assign(votes_2023=parts.of(tables["votes"], "gm_code")["votes_2023"])
    known = named | old.set_index("gm_code")["name"].to_dict()
    columns = {"gm_code": parts.new, "name": [known[code] for code in parts.new]}
    columns |= {column: place[column].tolist() for column in mergers.PLACES}
    columns |= {column: parts.sums(old[column].to_numpy()) for column in SUMS}
    columns |= {
        column: parts.means(old[column].to_numpy(float), weights[weight].to_numpy(float))
        for column, weight in MEANS.items()
    }
    columns |= {
        column: (old[column].to_numpy()[:, None] * (parts.share > 0)).max(axis=0) for column in LARGEST
    }  # fmt: skip
    columns["urbanity"] = np.rint(columns["urbanity"]).astype(np.int64)
    return pd.DataFrame(columns)[list(old.columns)]


def labour_regions(tables: Tables, regions: Parts, towns: pd.DataFrame) -> pd.DataFrame:
    """regions.csv of the new regions: jobs follow inhabitants, and the centre is the mean of those of inhabitants."""
    old = regions.of(tables["regions"], "region_code")
    people = tables["municipalities"].groupby("region_code")["population"].sum()[regions.old].to_numpy(float)
    found = pd.DataFrame({"region_code": regions.new, "name": old.set_index("region_code").loc[regions.new, "name"]})
    found = found.reset_index(drop=True)
    found["jobs_per_1000_inhabitants"] = regions.means(old["jobs_per_1000_inhabitants"].to_numpy(float), people)
    for column in ("longitude", "latitude"):
        sums = (towns[column] * towns["population"]).groupby(towns["region_code"]).sum()
        mean = sums / towns.groupby("region_code")["population"].sum()
        found[column] = mean[regions.new].to_numpy()
        same, row = np.array([*regions.untouched.items()], dtype=np.int64).reshape(-1, 2).T
        found.loc[same.tolist(), column] = old[column].to_numpy(float)[row]
    return found


def counts(table: pd.DataFrame, key: str, parts: Parts) -> pd.DataFrame:
    """A table of whole counts by region or province, of the new ones."""
    old = parts.of(table, key)
    return pd.DataFrame({key: parts.new} | {each: parts.sums(old[each].to_numpy()) for each in old if each != key})


def borders(table: pd.DataFrame, parts: Parts) -> pd.DataFrame:
    """borders.csv between new municipalities; a tunnel or ferry counts only where no land border is left."""
    row = {code: number for number, code in enumerate(parts.old)}
    found: dict[tuple[str, str], tuple[float, str]] = {}
    for one, other, km, link in table[["gm_a", "gm_b", "border_km", "link"]].itertuples(index=False):
        for a in np.flatnonzero(parts.share[row[one]]):
            for b in np.flatnonzero(parts.share[row[other]]):
                if a != b:
                    pair = min(parts.new[a], parts.new[b]), max(parts.new[a], parts.new[b])
                    before, how = found.get(pair, (0.0, link))
                    length = before + km * parts.share[row[one], a] * parts.share[row[other], b]
                    found[pair] = length, min(how, link)  # 'border' comes first
    rows = [(a, b, round(km, KM_DIGITS), link) for (a, b), (km, link) in sorted(found.items())]
    return pd.DataFrame(rows, columns=["gm_a", "gm_b", "border_km", "link"])


def largest_parts(table: pd.DataFrame, parts: Parts) -> pd.DataFrame:
    """The rows of a table, each in the new municipality with the largest part of the old one."""
    goes = dict(zip(parts.old, np.array(parts.new)[parts.share.argmax(axis=1)].tolist(), strict=True))
    return table.assign(gm_code=table["gm_code"].map(goes))


def locations(table: pd.DataFrame, parts: Parts) -> pd.DataFrame:
    """reception_locations.csv in the new municipalities."""
    return largest_parts(table, parts)


def tasks(table: pd.DataFrame, parts: Parts) -> pd.DataFrame:
    """municipal_tasks.csv of the new municipalities: of merged ones with the same period, added up."""
    rows = largest_parts(table, parts).groupby(["gm_code", "period"], sort=False)
    how = {column: "sum" if column in ("asked", "housed") else "first" for column in table.columns[2:]}
    return rows.agg(how).reset_index()[list(table.columns)]


def homes(table: pd.DataFrame, parts: Parts) -> pd.DataFrame:
    """corporation_homes.csv of the new municipalities."""
    years = []
    for year, rows in table.groupby("year"):
        old = parts.of(rows, "gm_code")
        filled = (old["filled"].to_numpy()[:, None] * (parts.share > 0)).max(axis=0)
        sums = parts.sums(old["homes"].to_numpy())
        years.append(pd.DataFrame({"gm_code": parts.new, "year": year, "homes": sums, "filled": filled}))
    return pd.concat(years, ignore_index=True)


def registration(tables: Tables, parts: Parts) -> pd.DataFrame:
    """registration_times.csv of the new municipalities: mean by the homes of corporations of HOMES_YEAR."""
    old, stock = parts.of(tables["registration_times"], "gm_code"), tables["corporation_homes"]
    weights = parts.of(stock[stock["year"] == HOMES_YEAR], "gm_code")["homes"].to_numpy(float)
    basis = ["merged"] * len(parts.new)
    for column, row in parts.untouched.items():
        basis[column] = old["basis"].iat[row]
    return pd.DataFrame(
        {"gm_code": parts.new, "years": parts.means(old["years"].to_numpy(float), weights), "basis": basis}
    )


def votes(table: pd.DataFrame, parts: Parts) -> pd.DataFrame:
    """votes.csv of the new municipalities: shares of lists are weighted by the votes of their election."""
    old = parts.of(table, "gm_code")
    found: dict[str, Any] = {"gm_code": parts.new}
    for column in old.columns.drop("gm_code"):
        what, year = column.rsplit("_", 1)
        cast = old[f"votes_{year}"].to_numpy()
        found[column] = parts.sums(cast) if what == "votes" else parts.means(old[column].to_numpy(), cast.astype(float))
    return pd.DataFrame(found)


def jobs(table: pd.DataFrame, regions: Parts) -> pd.DataFrame:
    """jobs.csv of the new regions."""
    wide = table.pivot(index="region_code", columns="sector", values="jobs").loc[regions.old]
    moved = pd.DataFrame(product(regions.share.T, wide.to_numpy(float)), regions.new, wide.columns)
    return long(moved.rename_axis(index="region_code"), "jobs")


def commuting(table: pd.DataFrame, regions: Parts) -> pd.DataFrame:
    """commuting.csv between the new regions."""
    wide = table.pivot(index="region_from", columns="region_to", values="workers").fillna(0)
    wide = wide.reindex(index=regions.old, columns=regions.old, fill_value=0)
    of_new = product(product(regions.share.T, wide.to_numpy(float)), regions.share)
    moved = pd.DataFrame(of_new, regions.new, regions.new)
    cells = long(moved.rename_axis(index="region_from", columns="region_to"), "workers")
    return cells[cells["workers"] > 0].reset_index(drop=True)
