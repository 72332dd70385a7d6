"""corporation_homes.csv and registration_times.csv: homes of housing corporations, and the wait for one."""

from typing import Any

import numpy as np
import pandas as pd

from abm.engine.errors import InputError
from abm.facts import mergers
from abm.facts.csv_tables import YEARS, long
from scripts.facts import published, transcribed
from scripts.facts.table import Finding, Given, Table
from scripts.facts.transcription import missing, near, text_of

OCCUPIED, VACANT = ("A028725", "Bewoonde woningen"), ("A028726", "Niet bewoonde woningen")  # StatusVanBewoning
STOCK_YEAR = 2020  # of the homes that weigh neighbours
FADE, UNKNOWN, UNKNOWN_YEARS = 15, 5_000, 6.5  # [km]; homes without a figure beside the known ones, and their years
KM_PER_DEGREE, LATITUDE = 111.2, 52.2  # on a flat map of the country
DIGITS = 1  # of years that are means
PARTS = ("registration_years", "registration_years_2024", "registration_years_by_region")


def stock(given: Given) -> pd.DataFrame:
    """Homes of corporations, occupied and vacant, (municipalities of any year, years); NaN where not known."""
    found = published.municipal(published.statline(given["tenure"], homes="EigendomWoningcorporatie|corp_homes"))
    if "StatusVanBewoning" not in found:
        raise InputError(
            f"{given['tenure']}: has no column StatusVanBewoning: give 82900NED with occupied and vacant homes"
        )
    wide = [
        found[found["StatusVanBewoning"].isin(state)]
        .pivot(index="region", columns="year", values="homes")
        .reindex(columns=YEARS)
        for state in (OCCUPIED, VACANT)
    ]
    return wide[0] + wide[1]


def corporation_homes(given: Given) -> pd.DataFrame:
    """corporation_homes.csv from StatLine 82900NED.

    Where a municipality did not exist yet, its first known year moves as the sum of those that always were. With
    --former sum, it is the sum of the municipalities that became it (these must be in the file): a better figure, and
    another one than stands.
    """
    wide, codes = stock(given), given.standing("municipalities")["gm_code"].tolist()
    homes = wide.reindex(codes)
    filled = homes.isna()
    if given.options.get("former") == "sum":
        for year in YEARS:
            known = wide[year].dropna()
            whole = mergers.to_base(given.tables(), of_year(known, year, given), year)
            homes[year] = homes[year].fillna(whole)
            filled[year] = False
    always = homes.dropna().sum()
    for code in homes.index[homes.isna().any(axis=1)]:
        own: Any = homes.loc[code]
        first = own.first_valid_index()
        homes.loc[code] = own.fillna(own[first] * always / always[first])
    made = long(homes.round().astype(int).rename_axis(index="gm_code", columns="year"), "homes")
    return made.assign(filled=filled.astype(int).stack().to_numpy())


def of_year(known: pd.Series, year: int, given: Given) -> pd.Series:
    """Homes by municipality of a year. Raises InputError where one of that year is not in the file."""
    codes = mergers.codes(given.tables(), year)
    for code in sorted(set(codes) - set(known.index)):
        raise InputError(
            f"{given['tenure']}: {code} has no homes in {year}: give a file with all municipalities of its years, "
            "or leave --former sum out"
        )
    return known[codes]


def registration_times(given: Given) -> pd.DataFrame:
    """registration_times.csv: what surveys tell, by region where they do, and elsewhere what neighbours have."""
    towns, homes = given.standing("municipalities"), given.standing("corporation_homes")
    weight = homes[homes["year"] == STOCK_YEAR].set_index("gm_code")["homes"].reindex(towns["gm_code"]).to_numpy(float)
    told, later, regions = (transcribed.figures()[part] for part in PARTS)
    known = {code: entry["years"] for code, entry in (later | told).items()}
    here = towns["gm_code"].isin(known).to_numpy()
    years = towns["gm_code"].map(known).to_numpy(float)
    x = towns["longitude"].to_numpy() * KM_PER_DEGREE * np.cos(np.radians(LATITUDE))
    y = towns["latitude"].to_numpy() * KM_PER_DEGREE
    nearness = weight[here] * np.exp(-np.hypot(x[:, None] - x[here], y[:, None] - y[here]) / FADE)
    mean = (nearness @ years[here] + UNKNOWN * UNKNOWN_YEARS) / (nearness.sum(axis=1) + UNKNOWN)
    rows = []
    for code, region, around in zip(towns["gm_code"], towns["region_code"], mean.round(DIGITS), strict=True):
        if code in told:
            rows.append((code, float(told[code]["years"]), "municipality"))
        elif region in regions:
            rows.append((code, float(regions[region]["years"]), "region"))
        else:
            rows.append((code, around, "neighbours"))
    return pd.DataFrame(rows, columns=["gm_code", "years", "basis"])


def on_registration(given: Given) -> list[Finding]:
    """Whether the pages of a survey have the figures, each near the name of its municipality."""
    found = []
    for part in PARTS:
        for code, entry in transcribed.figures()[part].items():
            row, source = f"{code} {entry['name']}", entry["source"]
            if source not in given.documents:
                found.append(Finding(row, source, "no document"))
                continue
            lacking = min(
                (missing(entry["said"], window) for window in near(entry["name"], text_of(given.documents[source]))),
                key=len,
                default=[entry["name"]],
            )
            found.append(Finding(row, source, "not found" if lacking else "confirmed", ", ".join(lacking)))
    return found


TABLES = [
    Table(
        "corporation_homes",
        {
            "tenure": "StatLine 82900NED, homes by ownership and occupancy, 2015-2025: "
            "https://opendata.cbs.nl/#/CBS/nl/dataset/82900NED"
        },
        corporation_homes,
        options={"former": ("ratio", "sum")},
        remark="85 values of municipalities that did not exist yet are filled by a ratio; --former sum adds up the "
        "former ones instead, which gives other figures.",
    ),
    Table(
        "registration_times",
        {},
        registration_times,
        on_registration,
        "Figures of surveys stand in scripts/facts/transcribed.yaml; the list of all 212 municipalities of the survey "
        "of 2020 was not found.",
    ),
]
