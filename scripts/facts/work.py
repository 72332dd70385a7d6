"""jobs.csv, commuting.csv and unemployment.csv: work by labour market region and province."""

import numpy as np
import pandas as pd

from abm.engine.errors import InputError
from abm.facts import mergers
from abm.facts.csv_tables import long
from scripts.facts import published
from scripts.facts.places import PROVINCES
from scripts.facts.table import Given, Table

FLOWS_YEAR, JOBS_YEAR, FORCE_YEAR = 2017, "2017", 2023
THOUSAND, TEN = 1000, 10
SECTORS = {  # sector -> sections of NACE rev. 2 in Eurostat, and the name in a table by region
    "agriculture": ("A", "agriculture"),
    "business": ("M_N", "business(_services.*)?"),
    "construction": ("F", "construction"),
    "culture": ("R-U", "culture(_other)?"),
    "finance": ("K", "finance"),
    "industry": ("B-E", "industry(_energy_total)?"),
    "information": ("J", "information|ICT"),
    "property": ("L", "property|real_estate"),
    "public": ("O-Q", "public(_education_health)?"),
    "trade": ("G-I", "trade(_transport_hospitality)?"),
}


def flows(given: Given) -> pd.DataFrame:
    """Workers between municipalities of the tables, (from, to), made of those between municipalities of 2017."""
    path = given["flows"]
    found = published.chosen(
        published.table(path),
        path,
        one="muni_from|from|gm_from|municipality_from",
        other="muni_to|to|gm_to|municipality_to",
        workers="workers|value|count",
    )
    wide = found.assign(workers=published.numbers(found["workers"])).pivot_table(
        index="one", columns="other", values="workers", aggfunc="sum", fill_value=0
    )
    parts = mergers.shares(given.tables(), FLOWS_YEAR, mergers.BASE)
    for code in sorted((set(wide.index) | set(wide.columns)) - set(parts.index)):
        raise InputError(f"{path}: {code} was no municipality in {FLOWS_YEAR}: give flows by municipality of that year")
    wide = wide.reindex(index=parts.index, columns=parts.index, fill_value=0)
    return parts.T @ wide @ parts


def commuting(given: Given) -> pd.DataFrame:
    """commuting.csv: flows between municipalities, summed by the regions that these belong to now."""
    if "by_region" in given:
        path = given["by_region"]
        made = published.chosen(
            published.table(path), path, region_from="region_from", region_to="region_to", workers="workers"
        )
        made["workers"] = published.numbers(made["workers"]).round().astype(int)
    else:
        region = given.standing("municipalities").set_index("gm_code")["region_code"]
        wide = flows(given)
        sums = (
            wide.groupby(region.reindex(wide.index).to_numpy())
            .sum()
            .T.groupby(region.reindex(wide.columns).to_numpy())
            .sum()
            .T
        )
        made = long(sums.rename_axis(index="region_from", columns="region_to").round().astype(int), "workers")
        made = made[made["workers"] > 0]
    return made.sort_values(["region_from", "region_to"], ignore_index=True)


def jobs(given: Given) -> pd.DataFrame:
    """jobs.csv: jobs of a COROP area spread over its municipalities by incoming commuters, summed by region."""
    if "by_region" in given:
        path = given["by_region"]
        patterns = {sector: pattern for sector, (_, pattern) in SECTORS.items()}
        wide = published.chosen(published.table(path), path, region_code="region_code", **patterns).set_index(
            "region_code"
        )
        wide = wide.apply(published.numbers)
    else:
        wide = spread(given)
    made = long(wide.round().astype(int).rename_axis(columns="sector"), "jobs")
    return made.sort_values(["region_code", "sector"], ignore_index=True)


def spread(given: Given) -> pd.DataFrame:
    """Jobs by region and sector, to tens [jobs], from jobs by COROP area and workers that come to municipalities."""
    found = published.eurostat(given["areas"])
    code = {section: sector for sector, (section, _) in SECTORS.items()}
    found = found[(found["time"] == JOBS_YEAR) & found["nace_r2"].isin(code) & found["geo"].str.fullmatch(r"NL\w{3}")]
    found = found[found["wstatus"] == "EMP"] if "wstatus" in found else found
    areas = found.pivot(index="geo", columns="nace_r2", values="value").rename(columns=code)[sorted(SECTORS)] * THOUSAND
    path = given["corop"]
    belongs = published.codes(path, area=r"NL\w{3}")["area"]
    come = flows(given).sum()
    towns = pd.DataFrame({"area": belongs.reindex(come.index), "come": come})
    for code in towns.index[towns["area"].isna()]:
        raise InputError(f"{path}: {code} has no COROP area: add its row")
    share = towns["come"] / towns.groupby("area")["come"].transform("sum")
    region = given.standing("municipalities").set_index("gm_code")["region_code"].reindex(towns.index)
    made = areas.reindex(towns["area"]).set_axis(towns.index).mul(share, axis=0).groupby(region.to_numpy()).sum()
    return (made / TEN).round().mul(TEN).rename_axis(index="region_code")


def unemployment(given: Given) -> pd.DataFrame:
    """unemployment.csv from StatLine, in thousands there."""
    path = given["provinces"]
    found = published.table(path) if path.suffix.lower() != ".json" else None
    if found is not None and "province" in found:
        wide = published.chosen(
            found, path, province="province", year="period|year", force="labour_force_x1000", idle="unemployed_x1000"
        )
        wide = wide[wide["year"] == str(FORCE_YEAR)].assign(
            force=lambda t: published.numbers(t["force"]), idle=lambda t: published.numbers(t["idle"])
        )
    else:
        wide = published.statline(
            path,
            force="Beroepsbevolking|TotaalBeroepsbevolking|BeroepsbevolkingTotaal",
            idle="WerklozeBeroepsbevolking",
        )
        wide = wide[wide["year"] == FORCE_YEAR].assign(province=wide["region"].map(PROVINCES))
    wide = wide[wide["province"].isin(PROVINCES.values())].sort_values("province", ignore_index=True)
    made = {"labour_force": wide["force"], "unemployed": wide["idle"]}
    whole = {name: np.rint(values * THOUSAND).astype(int) for name, values in made.items()}
    return pd.DataFrame({"province": wide["province"]} | whole)


FLOWS = (
    "CBS, commuters between municipalities 2016-2017, CSV with from, to, workers: "
    "https://github.com/mtennekes/odf (NL_commuting)"
)
TABLES = [
    Table(
        "commuting",
        {"flows": FLOWS, "by_region": "or the same already summed: region_from, region_to, workers"},
        commuting,
    ),
    Table(
        "jobs",
        {
            "areas": "Eurostat nama_10r_3empers, NL, 2017: "
            "https://ec.europa.eu/eurostat/databrowser/view/nama_10r_3empers",
            "corop": "StatLine 'Gebieden in Nederland', with codes, or a CSV of gm_code and NUTS 3 (COROP area)",
            "flows": FLOWS,
            "by_region": "or the same already summed: region_code and a column per sector",
        },
        jobs,
    ),
    Table("schooling_of_jobs", {}, remark="An assumption: there is no file or page to compare it with."),
    Table("mortality", {}, remark="Computed by hand from the figures of StatLine 70701ned in sources.yaml."),
    Table(
        "unemployment",
        {
            "provinces": "StatLine 85969NED, labour force by province, 2023: "
            "https://opendata.cbs.nl/#/CBS/nl/dataset/85969NED"
        },
        unemployment,
    ),
]
