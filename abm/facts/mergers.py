"""Which municipalities there are on 1 January of a year, where they lie, and what became of those of another year.

The tables of data/ hold the municipalities of BASE. municipal_mergers.csv leads from older ones to these, so that a
source table on an older classification can be brought to BASE, and from these to later ones. It has a row for every
municipality that ends and every municipality that a share of its inhabitants goes to. municipal_memberships.csv says
which belonged, or will belong, to another province or labour market region than municipalities.csv says.

Source: cbs_municipal_changes; cbs_municipal_counts; uwv_regions_2015.
"""

import re
from typing import NamedTuple

import numpy as np
import pandas as pd

from abm.engine.products import product
from abm.facts.csv_tables import DataError, Tables, positions, refuse

BASE = 2026  # the classification of data/: that of CBS from 1 January 2023 to 2026
MERGERS, MEMBERSHIPS, TOWNS = "municipal_mergers", "municipal_memberships", "municipalities"
CODE = re.compile(r"GM\d{4}")
PLACES = ["province", "region_code"]
ROUNDING = 1e-9  # of shares that add up to one


class Move(NamedTuple):
    """A row of municipal_mergers.csv."""

    line: int
    year: int
    gm_from: str
    gm_to: str
    name: str  # of gm_to
    share: float
    new: bool


def moves(tables: Tables, first: int = 0, last: int = 9999) -> dict[int, list[Move]]:
    """Mergers by year, those of some years only, in order."""
    found: dict[int, list[Move]] = {}
    rows = tables[MERGERS][["year", "gm_from", "gm_to", "name_to", "share", "new"]]
    for row in sorted(Move(line, *row) for line, row in enumerate(rows.itertuples(index=False), 2)):
        if first <= row.year <= last:
            found.setdefault(row.year, []).append(row)
    return dict(sorted(found.items()))


def codes(tables: Tables, year: int) -> list[str]:
    """Codes of the municipalities on 1 January of a year, in order."""
    found = set(tables[TOWNS]["gm_code"])
    for step in reversed(moves(tables, year + 1, BASE).values()):
        found = found - _begin(step) | _end(step)
    for step in moves(tables, BASE + 1, year).values():
        found = found - _end(step) | _begin(step)
    return sorted(found)


def shares(tables: Tables, since: int, until: int) -> pd.DataFrame:
    """Share of each municipality of one year (rows) that is part of each municipality of a later year (columns).

    Rows add up to one: a column of counts on the older classification, times this, is on the later one.
    """
    here = codes(tables, since)
    found = pd.DataFrame(np.eye(len(here)), here, here)
    for step in moves(tables, since + 1, until).values():
        before = list(found.columns)
        after = sorted(set(before) - _end(step) | _begin(step))
        part = pd.DataFrame(np.equal.outer(before, after).astype(float), before, after)
        for move in step:
            part.loc[move.gm_from, move.gm_to] = move.share
        found = pd.DataFrame(product(found.to_numpy(), part.to_numpy()), here, after)
    return found


def to_base(tables: Tables, values: pd.Series, year: int) -> pd.Series:
    """Counts by municipality of an earlier year, as counts by municipality of BASE; a missing one counts as nothing.

    Raises DataError for a code that is no municipality of that year.
    """
    parts = shares(tables, year, BASE)
    for code in sorted(set(values.index) - set(parts.index)):
        raise DataError(MERGERS, code, f"is no municipality on 1 January {year}, correct the code or the year")
    return pd.Series(product(values.reindex(parts.index, fill_value=0).to_numpy(), parts.to_numpy()), parts.columns)


def memberships(tables: Tables, year: int) -> pd.DataFrame:
    """Province and region_code of each municipality on 1 January of a year, by gm_code.

    One that has no row in municipal_memberships.csv belongs where municipalities.csv says: by its own row there, by
    that of the municipality that most of it went to, or by that of its part with the most inhabitants.
    """
    towns, rows = tables[TOWNS].set_index("gm_code"), tables[MEMBERSHIPS]
    if year < BASE:
        kin = shares(tables, year, BASE).idxmax(axis=1)
    else:
        kin = shares(tables, BASE, year).mul(towns["population"], axis=0).idxmax()
        kin = kin.where(~kin.index.isin(towns.index), kin.index.to_series())
    found = towns.loc[kin, PLACES].set_axis(kin.index)
    now = rows[(rows["from"] <= year) & (_until(rows) >= year) & rows["gm_code"].isin(found.index)]
    found.loc[now["gm_code"], PLACES] = now[PLACES].to_numpy()
    return found


def check(tables: Tables, counts: dict[int, int]) -> None:
    """Refuse mergers that cannot be, and those that do not lead to the known number of municipalities by year."""
    by_year, ended = moves(tables), set[str]()
    there = set(codes(tables, min(by_year, default=BASE) - 1))
    known = {min(by_year, default=BASE) - 1: there}  # municipalities of the years in which they changed
    for year, step in by_year.items():
        for move in step:
            if fault := _fault(move, step, there, ended):
                raise DataError(MERGERS, f"{year} {move.gm_from} {move.gm_to} (line {move.line})", fault)
        there, ended = there - _end(step) | _begin(step), ended | _end(step)
        known[year] = there
    base = known[max(year for year in known if year <= BASE)]
    for code in sorted(base ^ set(tables[TOWNS]["gm_code"])):
        words = (
            "municipalities.csv has it and the mergers do not lead to it, or the other way round, correct one of them"
        )
        raise DataError(MERGERS, code, words)
    for year, count in counts.items():
        if (found := len(known[max(each for each in known if each <= year)])) != count:
            remedy = f"has {found} municipalities and must have {count}, restore the mergers of later years"
            raise DataError(MERGERS, year, remedy)


def _fault(move: Move, step: list[Move], there: set[str], ended: set[str]) -> str:
    """What is wrong with a merger and the way out, or nothing; `there`: municipalities just before that day."""
    day = f"on 1 January {move.year}"
    faults = {
        "a code is GM with four digits, correct it": not all(map(CODE.fullmatch, (move.gm_from, move.gm_to))),
        f"{move.gm_from} is no municipality just before 1 January {move.year}, correct the code or the year": (
            move.gm_from not in there
        ),
        f"{move.gm_to} both ends and receives {day}, let it do one of them": move.gm_to in _end(step),
        f"{move.gm_to} is there already, write new 0": move.new and move.gm_to in there,
        f"{move.gm_to} ended before and no code is used twice, give another": move.new and move.gm_to in ended,
        f"{move.gm_to} is no municipality {day}, correct it, or write new 1 if it begins then": (
            not move.new and move.gm_to not in there
        ),
        f"{move.gm_to} has two names, write one": len({each.name for each in step if each.gm_to == move.gm_to}) > 1,
        f"shares of {move.gm_from} must add up to 1, correct them": (
            abs(sum(each.share for each in step if each.gm_from == move.gm_from) - 1) > ROUNDING
        ),
    }
    return next((words for words, wrong in faults.items() if wrong), "")


def check_memberships(tables: Tables) -> None:
    """Refuse memberships of what does not exist, twice at a time, or against municipalities.csv."""
    rows, until = tables[MEMBERSHIPS], _until(tables[MEMBERSHIPS])
    first = rows["from"]
    refuse(MEMBERSHIPS, rows, until.isna() | (until < first), "until is empty or a year not before from, correct it")
    now = (first <= BASE) & (until >= BASE)
    refuse(MEMBERSHIPS, rows, now, f"municipalities.csv says where it belongs in {BASE}, end the row before")
    for column, table in (("province", "provinces"), ("region_code", "regions")):
        positions(tables, MEMBERSHIPS, column, tables[table][column].tolist())
    for year in sorted(set(first)):
        odd = (first == year) & ~rows["gm_code"].isin(codes(tables, year))
        refuse(MEMBERSHIPS, rows, odd, f"gm_code is no municipality on 1 January {year}, correct it")
    before = until.groupby(rows["gm_code"]).shift()
    refuse(MEMBERSHIPS, rows, first <= before, "overlaps the row before, end that one earlier")


def _end(step: list[Move]) -> set[str]:
    """Municipalities that end with mergers."""
    return {move.gm_from for move in step}


def _begin(step: list[Move]) -> set[str]:
    """Municipalities that begin with mergers."""
    return {move.gm_to for move in step if move.new}


def _until(rows: pd.DataFrame) -> pd.Series:
    """Last year of memberships: infinity where open, NaN where it is no year."""
    return pd.to_numeric(rows["until"].replace("", "inf"), errors="coerce")
