"""applications.csv, decisions.csv and origins.csv: asylum applications and decisions by group of origins."""

from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from abm.engine.errors import InputError
from abm.facts.csv_tables import MONTHS, YEARS, long
from scripts.facts import published, transcribed
from scripts.facts.countries import ISO3
from scripts.facts.table import Given, Table

UNHCR = "https://www.unhcr.org/refugee-statistics/download (or the R package refugees)"
EUROSTAT = "https://ec.europa.eu/eurostat/databrowser/view/"
FEW, PRIOR = 50, 50  # decisions below which a rate is mixed with that of all years, and how many those weigh
COUNTED = (2015, 2016)  # years of which the closed cases of UNHCR are taken as they are
POOLED = (2016, 2024, 2025)  # years in which the closed cases of UNHCR agree with the immigration service
FAMILY = 0.82  # share of families over the share of women, an assumption
SEX_YEARS = range(2015, 2025)
YEAR = 12  # months
SHARE, MONEY = 4, 2  # digits kept of shares and of persons a month


def groups(given: Given) -> dict[str, str]:
    """Group of each nationality that origins.csv lists, by ISO 3 code; every other one belongs to `other`."""
    origins = given.standing("origins").set_index("origin")["members"]
    return {code: str(name) for name, codes in origins.items() for code in codes.split("|")}


def by_group(table: pd.DataFrame, given: Given, columns: list[str]) -> pd.DataFrame:
    """Sums by year and group, all years of the model and all groups."""
    origin = table["origin"].map(groups(given)).fillna("other")
    sums = table.groupby(["year", origin])[columns].sum()
    names = sorted(given.standing("origins")["origin"])
    return sums.reindex(pd.MultiIndex.from_product([YEARS, names], names=["year", "origin"]), fill_value=0)


def decided(given: Given) -> pd.DataFrame:
    """Decisions by year, origin and level: granted, rejected, closed; FI is the first instance, RA repeat or appeal."""
    found = published.unhcr(
        given["decisions"],
        "dec_level|level|Stage of procedure",
        recognized=r"dec_recognized|Recognized decisions",
        other=r"dec_other|Complementary protection",
        rejected=r"dec_rejected|Rejected decisions",
        closed=r"dec_closed|Otherwise closed",
    )
    level = found["stage"].replace({"First instance": "FI", "Repeat/Administrative Review": "RA"})
    return found.assign(level=level, granted=found["recognized"] + found["other"])


def decisions(given: Given) -> pd.DataFrame:
    """decisions.csv from first-instance decisions."""
    found = decided(given)
    made = by_group(found[found["level"] == "FI"], given, ["granted", "rejected", "closed"])
    judged = made["granted"] + made["rejected"]
    pool = made.groupby("origin").sum()
    usual = (pool["granted"] / (pool["granted"] + pool["rejected"])).reindex(made.index, level="origin")
    rate = (made["granted"] / judged).fillna(0)
    mixed = (judged * rate + PRIOR * usual) / (judged + PRIOR)
    made["grant_rate"] = rate.where(judged >= FEW, mixed).round(SHARE)
    some = made.loc[list(POOLED), ["granted", "rejected", "closed"]].groupby("origin").sum()
    share = (some["closed"] / some.sum(axis=1)).reindex(made.index, level="origin")
    made["closed_share"] = share.round(SHARE)
    counts = ["granted", "rejected", "closed"]
    return made.astype(dict.fromkeys(counts, int)).reset_index()


def closings(given: Given) -> pd.DataFrame:
    """Applications that left the queue without a decision on the merits, by the month from which a rate holds.

    flow: persons a month, those who vanish included; ratio: of those who apply, over what the pooled shares give.
    Between two published stocks they are what applications, decisions on the merits and the change of the stock leave
    over. Before, they are as the pooled shares say; but what was closed in a year is what UNHCR counts (2015, 2016) or
    what the published share of Dublin rejections gives, at their share of the closed cases of 2016.
    """
    shares = decisions(given).set_index(["year", "origin"])["closed_share"]
    asked = given.standing("applications")
    asked["year"] = asked["month"].str[:4].astype(int)
    asked["persons"] = asked["first"] + asked["repeat"]
    asked["usual"] = asked["persons"] * shares.reindex(pd.MultiIndex.from_frame(asked[["year", "origin"]])).array
    months = asked.groupby("month")[["persons", "usual"]].sum()
    found = decided(given)
    by_year = found.assign(judged=found["granted"] + found["rejected"]).groupby(["year", "level"])[["judged", "closed"]]
    sums = by_year.sum().unstack(fill_value=0).reindex(YEARS, fill_value=0)
    judged = pd.Series([sums["judged"].loc[int(month[:4])].sum() / YEAR for month in months.index], months.index)
    first_time = sums["judged"]["FI"] + sums["closed"]["FI"]
    dublin = {int(year): entry["share"] for year, entry in transcribed.figures()["dublin_shares"].items()}
    of_closed = dublin[COUNTED[-1]] * first_time[COUNTED[-1]] / sums["closed"].at[COUNTED[-1], "FI"]
    counted = {year: float(sums["closed"].at[year, "FI"]) for year in COUNTED}
    for year in sorted(dublin.keys() - counted.keys()):
        rejected = sums["judged"].at[year, "FI"] * dublin[year] / (1 - dublin[year])
        counted[year] = float(rejected / of_closed) if of_closed else 0.0
    rows = {f"{year}-01": {"flow": flow / YEAR, "ratio": 1.0} for year, flow in counted.items()}
    stocks = {str(month): entry["persons"] for month, entry in transcribed.figures()["pending_applications"].items()}
    known = min(stocks)
    for year in range(max(counted) + 1, int(known[:4]) + 1):
        usual = months["usual"][f"{year}-01" : min(f"{year}-12", known)]
        rows[f"{year}-01"] = {"flow": usual.mean(), "ratio": 1.0}
    listed = [str(month) for month in months.index]
    for before, until in pairwise(stocks):
        since = listed[listed.index(before) + 1]
        span = slice(since, until)
        flow = float(months["persons"][span].sum() - judged[span].sum() - stocks[until] + stocks[before])
        usual = months["usual"][span]
        ratio = flow / usual.sum() if usual.sum() else 1.0
        rows[since] = {"flow": flow / len(usual), "ratio": ratio}
    return pd.DataFrame.from_dict(rows, orient="index")


def origins(given: Given) -> pd.DataFrame:
    """origins.csv: groups, names, languages and `safe` are choices and stay; shares are of all applicants by sex."""
    stands, found = given.standing("origins"), published.eurostat(given["sexes"])
    for column, wanted in (("geo", ["NL"]), ("age", ["TOTAL"]), ("asyl_app", ["ASY_APP"]), ("applicant", ["ASY_APP"])):
        found = found[found[column].isin(wanted)] if column in found else found
    found = found[found["time"].str.fullmatch(r"\d{4}")].assign(year=lambda table: table["time"].astype(int))
    found = found[found["year"].isin(SEX_YEARS) & found["sex"].isin(["M", "F"])]
    origin = found["citizen"].map(ISO3).map(groups(given))
    if origin.isna().all():
        raise InputError(f"{given['sexes']}: has no row of a nationality by sex: give migr_asyappctza for NL")
    sums = found.groupby([origin, "sex"])["value"].sum().unstack().reindex(stands["origin"])
    men = (sums["M"] / (sums["M"] + sums["F"])).round(SHARE).to_numpy()
    return stands.assign(male_share=men, family_share=np.round(FAMILY * (1 - men), SHARE))


def applications(given: Given) -> pd.DataFrame:
    """applications.csv: year totals of CBS, months of Eurostat or quarters of CBS, groups in the shares of UNHCR."""
    found = published.unhcr(given["applications"], "app_type|level|Application type", applied="applied")
    first = found["stage"].str.fullmatch("N|New.*|first_instance_new", case=False)
    new = by_group(found[first], given, ["applied"])["applied"].unstack()
    repeat: Any = by_group(found[~first], given, ["applied"])["applied"].unstack()
    figures = transcribed.figures()
    totals = pd.Series(figures["first_applications"]["all"]["years"], YEARS, dtype=float)
    own = {name: entry["years"] for name, entry in figures["first_applications"].items() if name in new}
    years = pd.DataFrame(own, YEARS, dtype=float).reindex(columns=new.columns)
    rest = [name for name in years.columns if name not in own]
    left = totals - years[list(own)].sum(axis=1)
    years[rest] = new[rest].div(new[rest].sum(axis=1), axis=0).mul(left, axis=0)
    national = by_month(monthly(given), figures["first_applications"]["all"]["quarters"], totals)
    made = pd.concat([in_months(year, years.T[year], national, figures["first_applications"]) for year in YEARS])
    table = long(made.rename_axis(index="month", columns="origin"), "first")
    year = table["month"].str[:4].astype(int)
    table["repeat"] = [repeat.at[y, origin] / 12 for y, origin in zip(year, table["origin"], strict=True)]
    return table.assign(**{name: table[name].map(f"{{:.{MONEY}f}}".format) for name in ("first", "repeat")})


def monthly(given: Given) -> pd.Series:
    """All asylum applicants of a month, first and repeat, by YYYY-MM, as Eurostat has them."""
    found = published.eurostat(given["months"])
    whole = {"geo": "NL", "age": "TOTAL", "sex": "T", "citizen": "TOTAL"}
    for column, wanted in (whole | dict.fromkeys(("asyl_app", "applicant"), "ASY_APP")).items():
        found = found[found[column] == wanted] if column in found else found
    month = found["time"].str.replace("M", "-", regex=False)
    return found.set_index(month)["value"]


def by_month(months: pd.Series, quarters: dict[int, list], totals: pd.Series) -> pd.Series:
    """First applications of the country by month: Eurostat months where there are, within the quarters of CBS.

    A quarter that no page gives is None: what is left of its year. In a quarter of which Eurostat has one month, that
    month keeps the scale of the quarter before, and the others share the rest. Later quarters are even.
    """
    made: dict[str, float] = {}
    scale = 1.0
    for year in YEARS:
        of_year = list(quarters.get(year, []))
        if None in of_year:
            of_year[of_year.index(None)] = totals[year] - sum(each for each in of_year if each)
        for number in range(4):
            names = [f"{year}-{3 * number + k:02d}" for k in (1, 2, 3)]
            known = [name for name in names if name in months.index]
            if not of_year:
                made |= {name: months[name] for name in names}
                continue
            if len(known) == 3:
                scale = of_year[number] / months[known].sum()
            made |= {name: months[name] * scale for name in known}
            open_months = [name for name in names if name not in known]
            taken = sum(made[name] for name in known)
            made |= {name: (of_year[number] - taken) / len(open_months) for name in open_months}
    found = pd.Series(made).reindex(MONTHS)
    year = found.index.str[:4].astype(int)
    return found * (totals[year] / found.groupby(year).sum()[year]).to_numpy()


def in_months(year: int, of_groups: pd.Series, national: pd.Series, figures: dict) -> pd.DataFrame:
    """First applications of a year by month and group [persons], rounded so that they add up to the year.

    A group with quarters of its own follows these; the others take what is left of each month.
    """
    months = [month for month in MONTHS if month.startswith(str(year))]
    made = pd.DataFrame(index=months, columns=of_groups.index, dtype=float)
    own = {}
    for name in of_groups.index:
        quarters = list(figures.get(name, {}).get("quarters", {}).get(year, []))
        if quarters:
            if None in quarters:
                quarters[quarters.index(None)] = of_groups[name] - sum(each for each in quarters if each)
            own[name] = np.repeat(quarters, 3) / 3 * of_groups[name] / sum(quarters)
    rest = [name for name in of_groups.index if name not in own]
    left = national[months] - sum(own.values())
    for name in of_groups.index:
        made[name] = own[name] if name in own else left * of_groups[name] / of_groups[rest].sum()
    cents = made.to_numpy() * 10**MONEY
    whole = np.floor(cents)
    due = round(of_groups.sum() * 10**MONEY - whole.sum())
    whole.flat[np.argsort(-(cents - whole), axis=None, kind="stable")[:due]] += 1  # the largest remainders
    return pd.DataFrame(whole / 10**MONEY, made.index, made.columns)


TABLES = [
    Table(
        "applications",
        {
            "applications": f"UNHCR, asylum applications in the Netherlands: {UNHCR}",
            "months": f"Eurostat migr_asyappctzm, NL, by month to April 2019: {EUROSTAT}migr_asyappctzm",
        },
        applications,
        transcribed.first_applications,
        "Year totals, seven nationalities and quarters of CBS stand in scripts/facts/transcribed.yaml.",
    ),
    Table("decisions", {"decisions": f"UNHCR, asylum decisions in the Netherlands: {UNHCR}"}, decisions),
    Table(
        "origins",
        {"sexes": f"Eurostat migr_asyappctza, NL, by citizenship and sex: {EUROSTAT}migr_asyappctza"},
        origins,
        remark="Groups, names, languages and the column safe are choices.",
    ),
]
