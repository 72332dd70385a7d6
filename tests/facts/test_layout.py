"""What hangs on a municipality goes where it goes: a country of five, worked out by hand.

Municipality   A       B       C       D       E
Region         Alpha   Alpha   Alpha   Beta    Beta
Inhabitants    10,000  20,000  30,000  20,000  20,000
Homes          1,000   2,000   3,000   2,000   2,000
Borders        A-B 5 km, B-C 5 km, C-D 5 km, D-E 5 km
Jobs           Alpha 24,000, Beta 24,000; 90 of 120 workers of Alpha stay there, half of the 80 of Beta
"""

import numpy as np
import pandas as pd
import pytest

from abm.facts import layout, mergers
from abm.facts.csv_tables import DataError
from abm.facts.facts import of_places
from tests.helpers.village import village

A, B, C, D, E = "GM0001", "GM0002", "GM0003", "GM0004", "GM0005"
YEARS = range(2015, 2026)
MOVE = ["year", "gm_from", "gm_to", "name_from", "name_to", "share", "new", "source", "note"]
STAY = ["gm_code", "from", "until", "province", "region_code", "source", "note"]


def country(*moves, memberships=()):
    """The village as tables, with mergers (year, from, to, share, new) and memberships (code, from, region)."""
    inputs = village()
    towns = inputs.municipalities.assign(
        social_rent_share=[0.1, 0.4, 0.3, 0.3, 0.3], regular_places_2025=[0, 201, 101, 300, 0]
    )
    homes = [
        (code, year, stock, 0)
        for code, stock in zip([A, B, C, D, E], [1000, 2000, 3000, 2000, 2000], strict=True)
        for year in YEARS
    ]
    votes = pd.DataFrame({"gm_code": [A, B, C, D, E], "votes_2023": [1000, 3000, 4000, 1000, 1000]})
    for name, shares in (("pvv", [0.2, 0.4, 0.1, 0.1, 0.1]), ("fvd", 0.0), ("ja21", 0.0)):
        votes[f"{name}_2023"] = shares
    votes = votes.assign(votes_2025=votes["votes_2023"] * 2, pvv_2025=0.2, fvd_2025=0.0, ja21_2025=0.0)
    flows = [("AM01", "AM01", 90), ("AM01", "AM02", 30), ("AM02", "AM01", 40), ("AM02", "AM02", 40)]
    jobs = [
        (region, sector, n)
        for region in ("AM01", "AM02")
        for sector, n in (("care", 4000), ("farm", 8000), ("shop", 12000))
    ]
    moves = [
        [year, old, new, "old", f"New {new}", share, begins, "assumption", ""]
        for year, old, new, share, begins in moves
    ]
    stays = [[code, since, "", "Middle", region, "assumption", ""] for code, since, region in memberships]
    return {
        "municipalities": towns,
        "regions": inputs.regions,
        "provinces": inputs.provinces,
        "borders": inputs.borders,
        "reception_locations": inputs.locations,
        "corporation_homes": pd.DataFrame(homes, columns=["gm_code", "year", "homes", "filled"]),
        "registration_times": pd.DataFrame(
            {"gm_code": [A, B, C, D, E], "years": [8.0, 4.0, 4.0, 2.0, 1.0], "basis": "municipality"}
        ),
        "municipal_tasks": pd.DataFrame(
            [(A, "2022", 40, 20, 300, 240), (B, "2022", 60, 60, 300, 240), (B, "2023", 10, 5, 100, 50)],
            columns=["gm_code", "period", "asked", "housed", "country_asked", "country_housed"],
        ).assign(source="assumption", rule=""),
        "jobs": pd.DataFrame(jobs, columns=["region_code", "sector", "jobs"]),
        "commuting": pd.DataFrame(flows, columns=["region_from", "region_to", "workers"]),
        "unemployment": pd.DataFrame({"province": ["Middle"], "labour_force": [50_000], "unemployed": [2_500]}),
        "votes": votes,
        "municipal_mergers": pd.DataFrame(moves, columns=MOVE),
        "municipal_memberships": pd.DataFrame(stays, columns=STAY),
    }  # fmt: skip


def towns(tables):
    return tables["municipalities"].set_index("gm_code")


def links(tables):
    return {(a, b): (km, link) for a, b, km, link in tables["borders"].itertuples(index=False)}


def per_region(tables):
    return tables["jobs"].groupby("region_code")["jobs"].sum().to_dict()


B_INTO_A = (2027, B, A, 1, 0)


def test_without_a_merger_until_that_year_the_tables_are_the_same_object():
    tables = country(B_INTO_A)
    assert layout.on(tables, 2026) is tables
    assert layout.on(country(), 2040)["municipalities"].equals(country()["municipalities"])
    plain = country()
    assert layout.on(plain, 2040) is plain


def test_counts_are_added_and_means_are_weighted():
    new = towns(layout.on(country(B_INTO_A), 2027))
    assert new.index.tolist() == [A, C, D, E]
    merged = new.loc[A]
    assert (merged["name"], merged.population, merged.households) == ("A", 30_000, 15_000)
    assert (merged.regular_places_2025, merged.indicative_places_2026, merged.area_km2) == (201, 30_000, 30.0)
    assert merged.urbanity == 2  # (10 x 1 + 20 x 2) / 30 = 1.67, rounded
    assert merged.social_rent_share == pytest.approx((5 * 0.1 + 10 * 0.4) / 15)
    assert merged.pvv_share_tk2023 == pytest.approx(0.2)  # both have it
    assert merged.longitude == pytest.approx((10 * 5.0 + 20 * 5.1) / 30)


def test_what_no_merger_touches_keeps_its_value_to_the_last_bit():
    before, after = country(B_INTO_A), layout.on(country(B_INTO_A), 2027)
    kept = [C, D, E]
    pd.testing.assert_frame_equal(towns(after).loc[kept], towns(before).loc[kept], check_dtype=False, check_exact=True)
    for table in ("jobs", "commuting", "unemployment", "regions", "provinces"):
        key = before[table].columns.tolist()[:2] if table in ("jobs", "commuting") else before[table].columns[0]
        one, other = (each[table].set_index(key).sort_index() for each in (before, after))
        pd.testing.assert_frame_equal(other, one, check_dtype=False, check_exact=True)


def test_homes_registration_and_votes_follow():
    after = layout.on(country(B_INTO_A), 2027)
    homes = after["corporation_homes"].set_index(["gm_code", "year"])["homes"]
    assert homes[A, 2015] == homes[A, 2025] == 3_000
    times = after["registration_times"].set_index("gm_code")
    assert times.loc[A, "years"] == pytest.approx((1 * 8 + 2 * 4) / 3)  # by homes
    assert times["basis"].to_dict() == {A: "merged", C: "municipality", D: "municipality", E: "municipality"}
    votes = after["votes"].set_index("gm_code").loc[A]
    assert (votes.votes_2023, votes.votes_2025) == (4_000, 8_000)
    assert votes.pvv_2023 == pytest.approx((1_000 * 0.2 + 3_000 * 0.4) / 4_000)


def test_people_asked_and_housed_are_added_and_those_of_the_country_are_not():
    after = layout.on(country(B_INTO_A), 2027)["municipal_tasks"]
    rows = after[["gm_code", "period", "asked", "housed", "country_asked", "country_housed"]].values.tolist()
    assert rows == [[A, "2022", 100, 80, 300, 240], [A, "2023", 10, 5, 100, 50]]


def test_the_border_between_them_is_gone_and_others_are_joined():
    tables = country((2027, C, A, 1, 0))  # A and C both border on B
    assert links(layout.on(tables, 2027)) == {
        (A, B): (10.0, "border"), (A, D): (5.0, "border"), (D, E): (5.0, "border"),
    }  # fmt: skip


def test_a_ferry_beside_a_land_border_is_a_land_border():
    tables = country((2027, C, A, 1, 0))
    tables["borders"] = tables["borders"].assign(link=["ferry", "border", "ferry", "border"], border_km=[0.0, 5, 0, 5])
    assert links(layout.on(tables, 2027)) == {
        (A, B): (5.0, "border"), (A, D): (0.0, "ferry"), (D, E): (5.0, "border"),
    }  # fmt: skip


def test_reception_locations_move_along():
    after = layout.on(country(B_INTO_A), 2027)["reception_locations"]
    assert after[["gm_code", "name", "places"]].values.tolist() == [
        [A, "Gate", 100], [A, "Bridge", 200], [C, "Hall", 100], [D, "Field", 300],
    ]  # fmt: skip


def test_a_new_municipality_has_its_name_and_lies_where_most_of_it_lay():
    tables = country((2028, C, "GM0009", 1, 1), (2028, D, "GM0009", 1, 1))
    new = towns(layout.on(tables, 2028))
    assert new.index.tolist() == [A, B, E, "GM0009"]
    assert new.loc["GM0009", ["name", "population", "region_code"]].tolist() == ["New GM0009", 50_000, "AM01"]


def test_over_a_regional_border_jobs_and_workers_go_with_the_inhabitants():
    """C takes half of the inhabitants of Alpha to Beta: half of its jobs, and of its workers, wherever they work."""
    after = layout.on(country((2027, C, D, 1, 0)), 2027)
    assert per_region(after) == {"AM01": 12_000, "AM02": 36_000}
    flows = after["commuting"].set_index(["region_from", "region_to"])["workers"]
    # of 90 within Alpha a quarter has both ends moved, half has one; of 30 and 40 half
    assert flows.to_dict() == {
        ("AM01", "AM01"): 22.5,
        ("AM01", "AM02"): 22.5 + 15,
        ("AM02", "AM01"): 22.5 + 20,
        ("AM02", "AM02"): 22.5 + 15 + 20 + 40,
    }
    assert flows.sum() == 200
    regions = after["regions"].set_index("region_code")
    assert regions.loc["AM01", "jobs_per_1000_inhabitants"] == 400
    assert regions.loc["AM02", "jobs_per_1000_inhabitants"] == pytest.approx((30 * 400 + 40 * 600) / 70)
    assert regions.loc["AM01", "longitude"] == pytest.approx((10 * 5.0 + 20 * 5.1) / 30)


def test_a_region_without_municipalities_is_gone_and_its_jobs_are_not():
    after = layout.on(country(memberships=[(D, 2027, "AM01"), (E, 2027, "AM01")]), 2027)
    assert after["regions"]["region_code"].tolist() == ["AM01"]
    assert per_region(after) == {"AM01": 48_000}
    assert after["commuting"].values.tolist() == [["AM01", "AM01", 200.0]]


def test_a_province_gains_the_labour_force_of_who_comes():
    tables = country(memberships=[])
    tables["provinces"] = pd.DataFrame(
        {"province": ["Middle", "Upper"], "spread_law_task_2024": [400, 101], "coa_task_2024": [300, 200]}
    )
    tables["municipalities"] = tables["municipalities"].assign(province=["Middle"] * 3 + ["Upper"] * 2)
    tables["unemployment"] = pd.DataFrame(
        {"province": ["Middle", "Upper"], "labour_force": [30_000, 20_001], "unemployed": [1_000, 1_500]}
    )
    tables["municipal_memberships"] = pd.DataFrame([[D, 2027, "", "Middle", "AM02", "assumption", ""]], columns=STAY)
    after = layout.on(tables, 2027)  # half of the inhabitants of Upper go to Middle
    assert after["unemployment"].values.tolist() == [["Middle", 40_001, 1_750], ["Upper", 10_000, 750]]
    assert after["provinces"]["spread_law_task_2024"].tolist() == [451, 50]


def test_a_parted_municipality_loses_nothing():
    """Three quarters of C go to B and one to D: 101 places as 76 and 25, and its borders by share."""
    after = layout.on(country((2027, C, B, 0.75, 0), (2027, C, D, 0.25, 0)), 2027)
    new = towns(after)
    assert new.loc[[B, D], "population"].tolist() == [42_500, 27_500]
    assert new.loc[[B, D], "regular_places_2025"].tolist() == [201 + 76, 300 + 25]
    homes = after["corporation_homes"].query("year == 2020").set_index("gm_code")["homes"]
    assert homes.to_dict() == {A: 1_000, B: 4_250, D: 2_750, E: 2_000}
    assert links(after) == {(A, B): (5.0, "border"), (B, D): (1.25 + 3.75, "border"), (D, E): (5.0, "border")}
    hall = after["reception_locations"].set_index("name").loc["Hall"]
    assert hall.gm_code == B  # it goes with the larger part


def test_mergers_of_several_years_follow_each_other():
    tables = country(B_INTO_A, (2029, A, C, 1, 0), (2031, D, E, 1, 0))
    assert [len(towns(layout.on(tables, year))) for year in (2027, 2028, 2029, 2030, 2031)] == [4, 4, 3, 3, 2]
    assert towns(layout.on(tables, 2031)).loc[[C, E], "population"].tolist() == [60_000, 40_000]


def test_a_merged_municipality_can_be_moved_to_another_region():
    tables = country(B_INTO_A, memberships=[(A, 2027, "AM02")])
    after = layout.on(tables, 2027)
    assert towns(after)["region_code"].to_dict() == {A: "AM02", C: "AM01", D: "AM02", E: "AM02"}
    assert per_region(after) == {"AM01": 12_000, "AM02": 36_000}


@pytest.mark.parametrize(
    "tables",
    [
        country(B_INTO_A), country((2027, C, D, 1, 0)), country((2027, C, "GM0009", 0.3, 1), (2027, C, B, 0.7, 0)),
        country((2027, E, A, 0.123, 0), (2027, E, C, 0.877, 0), (2030, A, B, 1, 0)),
    ],
)  # fmt: skip
def test_national_totals_stay(tables):
    after = layout.on(tables, 2035)
    for column in layout.SUMS:
        assert after["municipalities"][column].sum() == pytest.approx(tables["municipalities"][column].sum())
        if column != "area_km2":
            assert after["municipalities"][column].sum() == tables["municipalities"][column].sum()
    years = [each["corporation_homes"].groupby("year")["homes"].sum() for each in (tables, after)]
    pd.testing.assert_series_equal(*years)
    for table, column in (
        ("votes", "votes_2023"),
        ("jobs", "jobs"),
        ("commuting", "workers"),
        ("unemployment", "labour_force"),
    ):
        assert after[table][column].sum() == pytest.approx(tables[table][column].sum())
    fields = of_places(after, {"sectors": ["care", "farm", "shop"]})
    np.testing.assert_allclose(fields["commuting"].sum(axis=1), 1)
    people = np.bincount(fields["municipality_region"], after["municipalities"]["population"])
    assert np.average(fields["regional_unemployment"], weights=people) == pytest.approx(0.05)


def test_every_column_of_a_municipality_has_a_rule():
    kept = {"gm_code", "name", *mergers.PLACES}
    assert {*layout.SUMS, *layout.MEANS, *layout.LARGEST} | kept == set(country()["municipalities"])


def test_a_year_before_the_last_merger_of_the_past_is_refused():
    with pytest.raises(DataError, match=r"layout 2020: .*give a year from 2021 on"):
        layout.on(country((2021, "GM0010", A, 1, 0)), 2020)
