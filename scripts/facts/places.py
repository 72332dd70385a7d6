"""municipalities.csv, regions.csv, provinces.csv and votes.csv: what is known of places."""

from pathlib import Path

import numpy as np
import pandas as pd

from abm.engine.errors import InputError
from abm.facts import mergers
from abm.facts.csv_tables import FloatArray
from abm.facts.layout import Parts
from scripts.facts import maps, published, transcribed
from scripts.facts.homes import OCCUPIED, VACANT
from scripts.facts.table import Given, Table

PROVINCES = {
    "PV20": "Groningen", "PV21": "Friesland", "PV22": "Drenthe", "PV23": "Overijssel", "PV24": "Flevoland",
    "PV25": "Gelderland", "PV26": "Utrecht", "PV27": "Noord-Holland", "PV28": "Zuid-Holland", "PV29": "Zeeland",
    "PV30": "Noord-Brabant", "PV31": "Limburg",
}  # fmt: skip
PARTIES = {"pvv": "PVV|Partij voor de Vrijheid", "fvd": "Forum voor Democratie|FVD", "ja21": "JA21"}
ELECTIONS = (2023, 2025)
NOW, TRAITS_YEAR, BALANCE_YEAR = 2025, 2022, 2015
BUILT = (2015, 2024)  # the first and last year of new dwellings
SHARE, TRAIT, HUNDRED, THOUSAND = 4, 3, 100, 1000
COMPILED = {  # column of municipalities.csv -> its name in a table where the figures are already together
    "name": "name",
    "province": "province",
    "region_code": "(labour_market_)?region_code",
    "population": "population(_2025)?",
    "households": "households(_2025)?",
    "urbanity": "urbanity(_class_2022)?",
    "social_rent_share": "social_rent_share(_2025)?",
    "income_low_share": "income_low_share(_2022)?",
    "income_high_share": "income_high_share(_2022)?",
    "higher_edu_share": "higher_edu_share(_2022)?",
    "employment_rate": "employment_rate(_2022)?",
    "share_origin_outside_europe": "share_origin_outside_europe(_2024)?",
    "pvv_share_tk2023": "pvv_share_tk2023",
    "longitude": "longitude|centroid_lon",
    "latitude": "latitude|centroid_lat",
    "indicative_places_2026": "indicative_places_2026",
    "spread_law_places_2024": "spread_law_places_2024|spreidingswet_places_2024_est",
    "regular_places_2025": "regular_places_2025|cap_regular_nov2025",
    "emergency_places_2025": "emergency_places_2025|cap_emergency_nov2025",
    "area_km2": "area_km2",
    "new_dwellings": "new_dwellings",
}
WORDS = ("name", "province", "region_code")


def municipalities(given: Given) -> pd.DataFrame:
    """municipalities.csv, as far as the given files reach: every file brings its own columns."""
    stands = given.standing("municipalities")
    codes, made = stands["gm_code"].tolist(), {"gm_code": stands["gm_code"]}
    makers = {
        "compiled": compiled,
        "classification": classification,
        "key_figures": key_figures,
        "tenure": social_rent,
        "new_building": new_dwellings,
        "traits": traits,
        "origin": outside_europe,
        "votes_2023": pvv,
        "map": maps.centres,
        "places": places,
        "balances": balances,
    }
    for name, maker in makers.items():
        if name in given:
            found = maker(given).reindex(codes)
            made |= {column: found[column].to_numpy() for column in found}
    return pd.DataFrame({column: made[column] for column in stands.columns if column in made})


def compiled(given: Given) -> pd.DataFrame:
    """Columns of a table by municipality in which the figures are already together."""
    path = given["compiled"]
    found = published.chosen(published.table(path), path, gm_code="gm_code", **COMPILED).set_index("gm_code")
    for column in found.columns.difference(list(WORDS)):
        values = published.numbers(found[column])
        whole = given.standing("municipalities")[column].dtype.kind == "i"
        found[column] = values.astype(int) if whole else values
    if found["employment_rate"].max() > 1:
        found["employment_rate"] = (found["employment_rate"] / HUNDRED).round(SHARE)
    return found


def areas(path: Path) -> pd.DataFrame:
    """Province and labour market region of each municipality, by code, from StatLine 'Gebieden in Nederland'."""
    found = published.codes(path, province=r"PV\d\d", region_code=r"AM\d\d")
    return found.assign(province=found["province"].map(PROVINCES))


def classification(given: Given) -> pd.DataFrame:
    """Province and labour market region."""
    return areas(given["classification"])


def key_figures(given: Given) -> pd.DataFrame:
    """Inhabitants and households on 1 January, from StatLine 70072ned."""
    found = published.statline(
        given["key_figures"],
        population="TotaleBevolking",
        households="TotaalParticuliereHuishoudens|ParticuliereHuishoudensTotaal|TotaalHuishoudens",
    )
    found = published.municipal(found[found["year"] == NOW]).set_index("region").dropna()
    return found[["population", "households"]].astype(int)


def social_rent(given: Given) -> pd.DataFrame:
    """Homes of corporations over all homes, occupied and vacant, from StatLine 82900NED."""
    found = published.statline(given["tenure"], corporation="EigendomWoningcorporatie", all="TotaleWoningvoorraad")
    found = published.municipal(found[(found["year"] == NOW) & found["StatusVanBewoning"].isin(OCCUPIED + VACANT)])
    sums = found.groupby("region")[["corporation", "all"]].sum()
    return pd.DataFrame({"social_rent_share": (sums["corporation"] / sums["all"]).round(SHARE)})


def new_dwellings(given: Given) -> pd.DataFrame:
    """Mean new dwellings a year in the years in which a municipality existed, from StatLine 81955NED [homes/year]."""
    found = published.municipal(published.statline(given["new_building"], new="Nieuwbouw"))
    found = found[(found["year"] >= BUILT[0]) & (found["year"] <= BUILT[1])]
    return pd.DataFrame({"new_dwellings": found.groupby("region")["new"].mean().dropna().round().astype(int)})


def traits(given: Given) -> pd.DataFrame:
    """Urbanity, incomes, schooling, work and area of 2022, from StatLine 85318NED, for present municipalities."""
    found = published.municipal(
        published.statline(
            given["traits"],
            people="AantalInwoners",
            urbanity="MateVanStedelijkheid",
            low="k_40PersonenMetLaagsteInkomen",
            high="k_20PersonenMetHoogsteInkomen",
            edu_low="OpleidingsniveauLaag",
            edu_middle="OpleidingsniveauMiddelbaar",
            edu_high="OpleidingsniveauHoog",
            work="Nettoarbeidsparticipatie",
            hectares="OppervlakteTotaal",
        )
    ).set_index("region")
    share = mergers.shares(given.tables(), TRAITS_YEAR, mergers.BASE)
    parts = Parts(list(share.index), list(share.columns), share.to_numpy())
    old = found.reindex(parts.old)
    people = old["people"].to_numpy(float)
    schooled = old["edu_high"] / old[["edu_low", "edu_middle", "edu_high"]].sum(axis=1)

    def mean(values: pd.Series) -> FloatArray:
        return parts.means(values.to_numpy(float), people)

    made = {
        "urbanity": np.rint(mean(old["urbanity"])).astype(int),
        "income_low_share": (mean(old["low"]) / HUNDRED).round(TRAIT),
        "income_high_share": (mean(old["high"]) / HUNDRED).round(TRAIT),
        "higher_edu_share": mean(schooled.round(2)).round(TRAIT),
        "employment_rate": (mean(old["work"]) / HUNDRED).round(TRAIT),
        "area_km2": (parts.sums(old["hectares"].to_numpy(float)) / HUNDRED).round(2),
    }
    return pd.DataFrame(made, parts.new)


def outside_europe(given: Given) -> pd.DataFrame:
    """Inhabitants with an origin outside Europe over all, 2024, from StatLine 85984NED."""
    found = published.statline(given["origin"], people="AantalInwoners", outside="BuitenEuropa|HerkomstBuitenEuropa")
    found = published.municipal(found).set_index("region")
    return pd.DataFrame({"share_origin_outside_europe": (found["outside"] / found["people"]).round(SHARE)})


def places(given: Given) -> pd.DataFrame:
    """Reception places by municipality, from the JSON of a public copy of the figures of NOS, or a CSV by gm_code."""
    path, wanted = given["places"], ("indicative_places_2026", "regular_places_2025", "emergency_places_2025")
    if path.suffix.lower() == ".json":
        rows = [{"gm_code": town["code"], **town["sw"]} for town in published.content(path, "gemeenten").values()]
        names = dict(zip(("verdeling", "regulier", "nood"), wanted, strict=True))
        return pd.DataFrame(rows).set_index("gm_code").rename(columns=names)[list(wanted)].astype(int)
    patterns = {name: COMPILED[name] for name in wanted}
    found = published.chosen(published.table(path), path, gm_code="gm_code", **patterns).set_index("gm_code")
    return found.apply(published.numbers).astype(int)


def balances(given: Given) -> pd.DataFrame:
    """Balance of the housing task in 2015: summed over what became a municipality, or the mean by inhabitant."""
    path = given["balances"]
    if path.suffix.lower() in (".json", ".geojson"):
        found = pd.DataFrame([feature["properties"] for feature in published.content(path, "features")])
        found = found.astype("string").fillna("")
    else:
        found = published.table(path)
    code = "gm_code_2015" if "gm_code_2015" in found else "GM_CODE"
    balance = "housing_task_balance|Stand Taakstelling verguninghouders"
    found = published.chosen(found, path, gm_code=code, balance=balance)
    old = found.assign(balance=published.numbers(found["balance"])).set_index("gm_code")["balance"]
    goes = mergers.shares(given.tables(), BALANCE_YEAR, mergers.BASE).idxmax(axis=1)
    for code in sorted(set(old.index) - set(goes.index)):
        raise InputError(f"{path}: {code} was no municipality in {BALANCE_YEAR}: give the balances of that year")
    towns = given.standing("municipalities").set_index("gm_code")
    sums = old.groupby(goes[old.index].to_numpy()).sum(min_count=1).reindex(towns.index)
    known = sums.notna()
    rate = sums[known].sum() / towns["population"][known].sum()
    filled = sums.fillna(rate * towns["population"]).round().astype(int)
    return pd.DataFrame({"task_balance_2015": filled, "task_balance_2015_imputed": (~known).astype(int)})


def shares_of_votes(given: Given, year: int) -> pd.DataFrame:
    """Votes for parties, and the shares of some lists, by gm_code."""
    found = published.votes(given[f"votes_{year}"])
    all_votes = found.groupby("gm_code")["votes"].sum()
    made = {f"votes_{year}": all_votes.astype(int)}
    for name, words in PARTIES.items():
        own = found[found["party"].str.contains(words)].groupby("gm_code")["votes"].sum()
        made[f"{name}_{year}"] = (own.reindex(all_votes.index, fill_value=0) / all_votes).round(SHARE)
    return pd.DataFrame(made)


def pvv(given: Given) -> pd.DataFrame:
    """The share of one list in 2023, which municipalities.csv holds too."""
    return shares_of_votes(given, ELECTIONS[0])[["pvv_2023"]].set_axis(["pvv_share_tk2023"], axis=1)


def votes(given: Given) -> pd.DataFrame:
    """votes.csv from results by municipality, or from a table in which they are shares already."""
    stands = given.standing("votes")
    codes, made = stands["gm_code"].tolist(), {"gm_code": stands["gm_code"]}
    if "compiled" in given:
        path = given["compiled"]
        names = {f"votes_{y}": f"valid_votes_tk{y}" for y in ELECTIONS} | {
            f"{p}_{y}": f"{p}_tk{y}" for y in ELECTIONS for p in PARTIES
        }
        found = (
            published.chosen(published.table(path), path, gm_code="gm_code", **names)
            .set_index("gm_code")
            .apply(published.numbers)
        )
        found = found.astype({f"votes_{year}": int for year in ELECTIONS}).reindex(codes)
        made |= {column: found[column].to_numpy() for column in found}
    for year in (year for year in ELECTIONS if f"votes_{year}" in given):
        found = shares_of_votes(given, year).reindex(codes)
        made |= {column: found[column].to_numpy() for column in found}
    return pd.DataFrame({column: made[column] for column in stands.columns if column in made})


def regions(given: Given) -> pd.DataFrame:
    """regions.csv: centres are means of those of municipalities by inhabitants; jobs over inhabitants."""
    towns, stands = given.standing("municipalities"), given.standing("regions")
    people = towns.groupby("region_code")["population"].sum()
    made = stands[["region_code", "name"]].copy()
    if "jobs" in given:
        path = given["jobs"]
        found = published.chosen(published.table(path), path, region_code="region_code", total="total").set_index(
            "region_code"
        )
        rate = published.numbers(found["total"]) / people * THOUSAND
        made["jobs_per_1000_inhabitants"] = rate.reindex(stands["region_code"]).round().astype(int).to_numpy()
    for column in ("longitude", "latitude"):
        mean = (towns[column] * towns["population"]).groupby(towns["region_code"]).sum() / people
        made[column] = mean.reindex(stands["region_code"]).round(TRAIT).to_numpy()
    return made


RESULT = (
    "Electoral Council, result of {} by municipality: https://www.verkiezingsuitslagen.nl/verkiezingen/detail/{} "
    "(or data.overheid.nl)"
)
STATLINE = "https://opendata.cbs.nl/#/CBS/nl/dataset/"
TABLES = [
    Table(
        "municipalities",
        {
            "classification": f"StatLine 86247NED, areas of 2026, with codes: {STATLINE}86247NED",
            "key_figures": f"StatLine 70072ned, 2025: {STATLINE}70072ned",
            "tenure": f"StatLine 82900NED, 2025: {STATLINE}82900NED",
            "new_building": f"StatLine 81955NED, dwellings by municipality and year, 2015-2024: {STATLINE}81955NED",
            "traits": f"StatLine 85318NED, neighbourhoods 2022: {STATLINE}85318NED",
            "origin": f"StatLine 85984NED, neighbourhoods 2024: {STATLINE}85984NED",
            "votes_2023": RESULT.format("22 November 2023", "TK20231122"),
            "map": maps.MAP,
            "places": "places by municipality of November 2025 (NOS): JSON of "
            "https://github.com/InfoMakersHub/grenzendicht (data/gemeenten.json), or CSV",
            "balances": "balances of the housing task of October 2015: GeoJSON of https://github.com/TNOCS/csWeb "
            "(Vluchtelingen/vluchtelingen.json), or CSV",
            "compiled": "or one CSV by gm_code in which the figures are already together",
        },
        municipalities,
        remark="spread_law_places_2024 is an estimate for 302 municipalities (the key of the law was not published), "
        "and names keep their spelling: both only by --compiled.",
    ),
    Table("regions", {"jobs": "jobs by region with a column total"}, regions, remark="Names are those of CBS."),
    Table(
        "provinces",
        {},
        None,
        transcribed.column_of(
            "provinces", {"spread_law_task_2024": "spread_law_2024", "coa_task_2024": "coa_task_2024"}
        ),
        "Press figures and a page of the reception agency: looked up in documents.",
    ),
    Table(
        "votes",
        {
            "votes_2023": RESULT.format("22 November 2023", "TK20231122"),
            "votes_2025": RESULT.format("29 October 2025", "TK20251029"),
            "compiled": "or one CSV by gm_code with votes and shares of lists",
        },
        votes,
    ),
]
