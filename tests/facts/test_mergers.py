"""Municipalities by year: as published, and a row that cannot be is refused in one clear line."""

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from abm.facts import facts, mergers
from abm.facts.csv_tables import DataError

LAST = {  # region and last year -> codes of municipalities that ended, in the yearly tables of CBS
    "AM01 2017": [7, 18, 40, 48, 1987], "AM01 2018": [5, 9, 15, 17, 22, 25, 53, 56, 1651, 1663],
    "AM01 2020": [3, 10, 24], "AM02 2015": [1921], "AM02 2017": [63, 70, 81, 140, 1908], "AM02 2018": [58, 79, 1722],
    "AM07 2017": [196], "AM08 2014": [265, 282], "AM08 2015": [241], "AM10 2018": [236, 304],
    "AM12 2015": [381, 424, 425], "AM13 2018": [620], "AM15 2014": [365, 458], "AM15 2021": [398, 416],
    "AM17 2015": [478], "AM17 2021": [370], "AM18 2022": [457], "AM19 2018": [576],
    "AM20 2014": [491, 608, 623, 643, 644], "AM22 2014": [568, 612], "AM22 2018": [584, 585, 588, 611, 617],
    "AM22 2022": [501, 530, 614], "AM25 2018": [738, 870, 874], "AM27 2014": [1671], "AM27 2016": [844, 846, 860],
    "AM27 2020": [788], "AM27 2021": [756, 786, 815, 856, 1684, 1685, 1702], "AM30 2018": [881, 951, 962],
    "AM35 2018": [545, 689, 707, 733, 1927], "AM37 2018": [393],
}  # fmt: skip


@pytest.fixture(scope="module")
def tables():
    return facts.load().tables


# --- known answers


@pytest.mark.parametrize(
    ("year", "count"),
    [
        (2014, 403), (2015, 393), (2016, 390), (2017, 388), (2018, 380), (2019, 355), (2020, 355), (2021, 352),
        (2022, 345), (2023, 342), (2026, 342),
    ],
)  # fmt: skip
def test_the_number_of_municipalities_is_the_published_one(tables, year, count):
    assert len(mergers.codes(tables, year)) == count


def test_a_municipality_is_there_until_it_merges(tables):
    groningen, haren, ten_boer = "GM0014", "GM0017", "GM0009"
    assert {groningen, haren, ten_boer} <= set(mergers.codes(tables, 2018))
    assert groningen in mergers.codes(tables, 2019)
    assert not {haren, ten_boer} & set(mergers.codes(tables, 2019))


def test_a_new_municipality_is_there_from_its_first_day(tables):
    maashorst = "GM1991"
    assert [maashorst in mergers.codes(tables, year) for year in (2021, 2022)] == [False, True]


def test_weesp_ended_within_2022_and_is_gone_on_the_next_first_of_january(tables):
    assert ["GM0457" in mergers.codes(tables, year) for year in (2022, 2023)] == [True, False]


def test_the_planned_merger_of_2027_counts_only_then(tables):
    wijdemeren = "GM1696"
    assert [wijdemeren in mergers.codes(tables, year) for year in (2026, 2027)] == [True, False]


def test_counts_of_2019_are_brought_to_the_municipalities_of_today(tables):
    """By hand: Haaren (2021) is parted, Uden and Landerd (2022) become Maashorst, Beemster (2022) joins Purmerend."""
    old = pd.Series({"GM0788": 10_000, "GM0824": 500, "GM0856": 70, "GM1685": 30, "GM0370": 4, "GM0439": 6})
    new = mergers.to_base(tables, old, 2019)
    assert len(new) == 342
    assert new[new > 0].round(6).to_dict() == {
        "GM0757": 1_502, "GM0824": 4_576, "GM0855": 1_005, "GM0865": 3_417, "GM1991": 100, "GM0439": 10,
    }  # fmt: skip
    assert new.sum() == pytest.approx(old.sum())


def test_mergers_follow_each_other(tables):
    """Groesbeek got Millingen and Ubbergen in 2015 and another name and code in 2016."""
    old = pd.Series({"GM0241": 1, "GM0265": 10, "GM0282": 100})
    assert mergers.to_base(tables, old, 2014)["GM1945"] == 111
    assert mergers.shares(tables, 2014, 2015).loc["GM0265", "GM0241"] == 1


def test_nothing_is_lost_or_doubled_over_all_mergers(tables):
    parts = mergers.shares(tables, 2014, mergers.BASE)
    assert parts.shape == (403, 342)
    np.testing.assert_allclose(parts.sum(axis=1), 1)
    assert (parts.sum() > 0).all()


def test_a_code_of_another_year_is_refused(tables):
    with pytest.raises(DataError, match="GM0457 is no municipality on 1 January 2024|GM0457: is no municipality"):
        mergers.to_base(tables, pd.Series({"GM0457": 1}), 2024)


def test_labour_market_regions_of_2015_are_those_of_the_decision(tables):
    """Sizes as in annex 3 of the decision of 2015, where Krimpenerwaard still stands as its five parts."""
    place, names = mergers.memberships(tables, 2015), tables["regions"].set_index("region_code")["name"]
    sizes = place["region_code"].map(names).value_counts()
    assert len(sizes) == 35
    expected = {
        "Groningen": 27, "Regio Zwolle": 14, "Veluwe Stedendriehoek": 14, "Gorinchem": 7, "Drechtsteden": 6,
        "Gooi en Vechtstreek": 10, "Groot Amsterdam": 8, "Zuid-Kennemerland en IJmond": 9, "Noord-Holland Noord": 17,
        "Midden-Utrecht": 15, "Noordoost-Brabant": 18, "Midden-Brabant": 11, "Zuidoost-Brabant": 14, "Rijnmond": 20,
        "Midden-Limburg": 7, "Rivierenland": 9, "Midden-Holland": 8 - 5 + 1,
    }  # fmt: skip
    assert {name: sizes[name] for name in expected} == expected


@pytest.mark.slow  # every year
def test_municipalities_that_ended_did_so_and_belonged_where_the_tables_of_cbs_say(tables):
    """Read from one table a year: 84 codes, none of which is in the table of the year after."""
    seen = {}
    for where, codes in LAST.items():
        region, year = where.split()
        place = mergers.memberships(tables, int(year))["region_code"]
        for code in (f"GM{number:04d}" for number in codes):
            seen[code] = place[code] == region and code not in mergers.codes(tables, int(year) + 1)
    assert len(seen) == 84
    assert all(seen.values())
    ever = set().union(*(mergers.codes(tables, year) for year in range(2014, mergers.BASE)))
    assert set(seen) == ever - set(mergers.codes(tables, mergers.BASE))


def test_leerdam_was_in_zuid_holland_until_it_merged_into_utrecht(tables):
    assert mergers.memberships(tables, 2018).loc["GM0545", "province"] == "Zuid-Holland"
    assert mergers.memberships(tables, 2019).loc["GM1961", "province"] == "Utrecht"


def test_hardinxveld_giessendam_changed_its_region_in_2018(tables):
    assert [mergers.memberships(tables, year).loc["GM0523", "region_code"] for year in (2017, 2018)] == ["AM35", "AM23"]


def test_memberships_of_the_base_are_those_of_municipalities_csv(tables):
    towns = tables["municipalities"].set_index("gm_code")[["province", "region_code"]]
    pd.testing.assert_frame_equal(mergers.memberships(tables, mergers.BASE), towns, check_names=False)


# --- rows that cannot be


@pytest.fixture
def folder(tmp_path):
    """A copy of the facts that a test may damage."""
    return Path(shutil.copytree(facts.FOLDER, tmp_path / "data"))


MERGE = "2028,{},{},{},{},{},{},cbs_municipal_changes,\n"
ASSEN, EMMEN, HILVERSUM, WIJDEMEREN = "GM0106", "GM0114", "GM0402", "GM1696"


def declared(old, new, share=1, begins=0, name="Emmen"):
    return MERGE.format(old, new, "old", name, share, begins)


@pytest.mark.parametrize(
    ("rows", "named"),
    [
        (declared("GM9999", EMMEN), "GM9999 is no municipality just before 1 January 2028"),
        (declared(WIJDEMEREN, EMMEN), "GM1696 is no municipality just before 1 January 2028"),  # merged in 2027
        (declared(ASSEN, "GM9999"), "GM9999 is no municipality on 1 January 2028.*write new 1"),
        (declared(ASSEN, WIJDEMEREN), "GM1696 is no municipality on 1 January 2028"),
        (declared(ASSEN, WIJDEMEREN, begins=1), "GM1696 ended before"),
        (declared(ASSEN, EMMEN, begins=1), "GM0114 is there already, write new 0"),
        (declared(ASSEN, EMMEN) + declared(EMMEN, ASSEN), "GM0114 both ends and receives on 1 January 2028"),
        (declared(ASSEN, ASSEN), "GM0106 both ends and receives"),
        (declared(ASSEN, EMMEN, 0.4), "shares of GM0106 must add up to 1"),
        (declared(ASSEN, EMMEN, 0.4) + declared(ASSEN, HILVERSUM, 0.7), "shares of GM0106 must add up to 1"),
        (declared(ASSEN, "Coevorden"), "a code is GM with four digits"),
        (
            declared(ASSEN, "GM2001", begins=1, name="Assen") + declared(EMMEN, "GM2001", begins=1, name="Emmen"),
            "GM2001 has two names",
        ),
        (declared(ASSEN, EMMEN, 1.5), "column share is a share"),
        (declared(ASSEN, EMMEN, ""), "column share is empty"),
        (declared(ASSEN, EMMEN).replace("cbs_municipal_changes", "hearsay"), "hearsay"),
        (declared(ASSEN, EMMEN).replace("2028", "2021"), "2021 has|GM0106.*municipalities.csv has it"),
        (declared(ASSEN, EMMEN) * 2, "appears twice"),
    ],
)
def test_a_merger_that_cannot_be_is_refused_in_one_line(folder, rows, named):
    path = folder / "municipal_mergers.csv"
    path.write_text(path.read_text(encoding="utf-8") + rows, encoding="utf-8")
    with pytest.raises(DataError, match=named) as refusal:
        facts.load(folder)
    assert str(refusal.value).startswith("municipal_mergers.csv: ")
    assert "\n" not in str(refusal.value)


def test_a_merger_that_was_lost_is_missed(folder):
    path = folder / "municipal_mergers.csv"
    rows = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(row for row in rows if not row.startswith("2019,GM0017,")), encoding="utf-8")
    with pytest.raises(DataError, match="2014: has 402 municipalities and must have 403"):
        facts.load(folder)


@pytest.mark.parametrize(
    ("row", "named"),
    [
        ("GM0106,2027,,Utopia,AM03,assumption,\n", "province Utopia is unknown"),
        ("GM0106,2027,,Drenthe,AM99,assumption,\n", "region_code AM99 is unknown"),
        ("GM1696,2027,,Noord-Holland,AM18,assumption,\n", "gm_code is no municipality on 1 January 2027"),
        ("GM0106,2027,2026,Drenthe,AM01,assumption,\n", "until is empty or a year not before from"),
        ("GM0106,2027,soon,Drenthe,AM01,assumption,\n", "until is empty or a year not before from"),
        ("GM0106,2020,,Drenthe,AM01,assumption,\n", "municipalities.csv says where it belongs in 2026"),
        (
            "GM0106,2027,2030,Drenthe,AM01,assumption,\nGM0106,2029,,Drenthe,AM02,assumption,\n",
            "GM0106 2029 .*overlaps the row before",
        ),
    ],
)
def test_a_membership_that_cannot_be_is_refused_in_one_line(folder, row, named):
    path = folder / "municipal_memberships.csv"
    head, *rows = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join([head, row, *rows]), encoding="utf-8")
    with pytest.raises(DataError, match=named) as refusal:
        facts.load(folder)
    assert str(refusal.value).startswith("municipal_memberships.csv: ")
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("layout", [2022, 2014])
def test_a_layout_before_mergers_that_the_facts_are_on_is_refused(layout):
    with pytest.raises(DataError, match=f"layout {layout}: what merged since cannot be parted again.*from 2023 on"):
        facts.load(layout=layout)
