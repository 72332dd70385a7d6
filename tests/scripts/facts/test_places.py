"""municipalities.csv, regions.csv and votes.csv from small files, worked by hand."""

import json

import pandas as pd
import pytest

from abm.engine.errors import InputError
from abm.facts.csv_tables import FOLDER
from scripts.facts import places
from scripts.facts.table import Given
from tests.helpers.sources import TOWNS, given

WIDE = (FOLDER / "municipalities.csv").read_text("utf-8").partition("\n")[0]


def towns(*columns):
    """TOWNS with more columns, of zeros."""
    head, *rows = TOWNS.strip().split("\n")
    return "\n".join([",".join([head, *columns]), *(",".join([row, *["0"] * len(columns)]) for row in rows)]) + "\n"


def test_only_the_columns_of_the_given_files_are_made(tmp_path):
    files = given(tmp_path, tables={"municipalities": towns("households")}, key_figures=KEY_FIGURES)
    made = places.municipalities(files)
    assert made.columns.tolist() == ["gm_code", "population", "households"]
    assert made.values.tolist() == [["GM0001", 10, 5], ["GM0002", 20, 8], ["GM0003", 30, 9]]


KEY_FIGURES = (
    '"ID";"RegioS";"Perioden";"TotaleBevolking_1";"TotaalParticuliereHuishoudens_11"\n'
    '"0";"GM0003";"2025JJ00";30;9\n"1";"GM0001";"2025JJ00";10;5\n"2";"GM0002";"2025JJ00";20;8\n'
    '"3";"GM0001";"2024JJ00";9;4\n"4";"GM0004";"2025JJ00";.;.\n"5";"NL01";"2025JJ00";99;9\n'
)


def test_province_and_region_from_the_areas_of_a_year(tmp_path):
    text = '"RegioS";"Code_1";"Code_4";"Code_34"\n' + "".join(
        f'"{code}";"{code}    ";"{region}      ";"{province}      "\n'
        for code, region, province in (
            ("GM0001", "AM01", "PV22"),
            ("GM0002", "AM01", "PV21"),
            ("GM0003", "AM24", "PV29"),
        )
    )
    made = places.municipalities(given(tmp_path, classification=text))
    assert made.values.tolist() == [
        ["GM0001", "Drenthe", "AM01"], ["GM0002", "Friesland", "AM01"], ["GM0003", "Zeeland", "AM24"],
    ]  # fmt: skip


def test_social_rent_is_of_all_homes_occupied_or_vacant(tmp_path):
    """(3 + 1) of (10 + 6) homes."""
    text = "StatusVanBewoning;RegioS;Perioden;TotaleWoningvoorraad_1;EigendomWoningcorporatie_4\n"
    text += "A028725;GM0001;2025JJ00;10;3\nA028726;GM0001;2025JJ00;6;1\nT001235;GM0001;2025JJ00;16;4\n"
    text += "A028725;GM0001;2024JJ00;9;9\n"
    assert places.social_rent(given(tmp_path, tenure=text)).loc["GM0001", "social_rent_share"] == 0.25


def test_traits_of_2022_are_brought_to_present_municipalities(tmp_path):
    """7 is parted in 2023: a quarter of its 400 inhabitants to 1 (100 have 5), three quarters to 2."""
    head = (
        "WijkenEnBuurten;AantalInwoners_5;MateVanStedelijkheid_100;k_40PersonenMetLaagsteInkomen_70;"
        "k_20PersonenMetHoogsteInkomen_71;OpleidingsniveauLaag_60;OpleidingsniveauMiddelbaar_61;"
        "OpleidingsniveauHoog_62;Nettoarbeidsparticipatie_64;OppervlakteTotaal_110"
    )
    rows = [
        "GM0001;100;5;40,0;20,0;10;20;70;60;1000", "GM0002;300;3;50,0;10,0;50;25;25;70;2000",
        "GM0003;10;1;10,0;50,0;1;1;2;80;500", "GM0007;400;1;20,0;40,0;40;30;30;50;400", "WK000100;9;9;9;9;9;9;9;9;9",
    ]  # fmt: skip
    made = places.traits(given(tmp_path, traits="\n".join([head, *rows]) + "\n"))
    aldorp, cedorp = made.loc["GM0001"], made.loc["GM0003"]
    assert aldorp["urbanity"] == 3  # (100 x 5 + 100 x 1) / 200
    assert aldorp["income_low_share"] == 0.3
    assert aldorp["income_high_share"] == 0.3
    assert aldorp["higher_edu_share"] == 0.5  # 0.70 and 0.30
    assert aldorp["employment_rate"] == 0.55
    assert aldorp["area_km2"] == 11  # 1000 ha and a quarter of 400
    assert cedorp.tolist() == [1, 0.1, 0.5, 0.5, 0.8, 5]
    assert made["area_km2"].sum() == 39


def test_origin_outside_europe(tmp_path):
    text = "WijkenEnBuurten;AantalInwoners_5;BuitenEuropa_19\nGM0001;300;100\nBU00010000;9;9\n"
    assert places.outside_europe(given(tmp_path, origin=text)).to_dict("index") == {
        "GM0001": {"share_origin_outside_europe": 0.3333}
    }


def test_reception_places_as_the_public_copy_has_them():
    """Rows of the JSON that sources.yaml names, beside the table that stands."""
    rows = {
        "'s-Gravenhage": ("GM0518", 2306, 252, 1274), "Aa en Hunze": ("GM1680", 142, 87, 0),
        "Arnhem": ("GM0202", 679, 846, 863), "Cranendonck": ("GM1706", 117, 1592, 69),
    }  # fmt: skip
    stands = pd.read_csv(FOLDER / "municipalities.csv").set_index("gm_code")
    columns = ["indicative_places_2026", "regular_places_2025", "emergency_places_2025"]
    assert {name: (code, *stands.loc[code, columns]) for name, (code, *_) in rows.items()} == rows


def test_reception_places_from_json_or_csv(tmp_path):
    sw = {"verdeling": 142, "regulier": 87, "nood": 0, "totaal": 87, "status": "tekort"}
    copy = {"meta": {}, "gemeenten": {"Aldorp": {"code": "GM0001", "bevolking": 9, "sw": sw}}}
    table = "gm_code,indicative_places_2026,regular_places_2025,emergency_places_2025\nGM0001,142,87,0\n"
    for files in (given(tmp_path, places__json=json.dumps(copy)), given(tmp_path, places=table)):
        assert places.places(files).loc["GM0001"].to_dict() == {
            "indicative_places_2026": 142, "regular_places_2025": 87, "emergency_places_2025": 0,
        }  # fmt: skip


def balance(**of):
    """GeoJSON of the balances of the housing task, as its map has them."""
    key = " Stand Taakstelling verguninghouders"
    return json.dumps({"features": [{"properties": {"GM_CODE": code, key: value}} for code, value in of.items()]})


def test_balances_are_summed_over_what_became_a_municipality(tmp_path):
    """5 and 6 make 3: -7 and 2. Nothing is known of 2 and 4: the mean of 1 and 3, -8 by 3000, for 3000 inhabitants."""
    made = places.balances(given(tmp_path, balances__json=balance(GM0001=-3, GM0005=-7, GM0006=2)))
    assert made["task_balance_2015"].to_dict() == {"GM0001": -3, "GM0002": -8, "GM0003": -5}
    assert made["task_balance_2015_imputed"].to_dict() == {"GM0001": 0, "GM0002": 1, "GM0003": 0}


def test_balances_of_another_year_are_refused(tmp_path):
    with pytest.raises(InputError, match="GM0003 was no municipality in 2015"):
        places.balances(given(tmp_path, balances__json=balance(GM0003=-3)))


RESULT = "Regio;RegioCode;OuderRegioCode;Partij;AantalStemmen\n" + "".join(
    f"x;{code};K3;{party};{count}\n"
    for code, party, count in (
        ("G0001", "PVV (Partij voor de Vrijheid)", 30), ("G0001", "JA21", 9), ("G0001", "D66", 61),
        ("G0002", "Forum voor Democratie", 1), ("G0002", "D66", 2), ("G0003", "D66", 5),
    )
)  # fmt: skip
VOTES = "gm_code,votes_2023,pvv_2023,fvd_2023,ja21_2023,votes_2025,pvv_2025,fvd_2025,ja21_2025\n" + "".join(
    f"{code},0,0,0,0,0,0,0,0\n" for code in ("GM0001", "GM0002", "GM0003")
)


def test_votes_and_shares_of_lists(tmp_path):
    made = places.votes(given(tmp_path, tables={"votes": VOTES}, votes_2025=RESULT))
    assert made.columns.tolist() == ["gm_code", "votes_2025", "pvv_2025", "fvd_2025", "ja21_2025"]
    assert made.values.tolist() == [
        ["GM0001", 100, 0.3, 0, 0.09], ["GM0002", 3, 0, 0.3333, 0], ["GM0003", 5, 0, 0, 0],
    ]  # fmt: skip


def test_the_share_of_one_list_is_in_municipalities_too(tmp_path):
    files = given(tmp_path, tables={"municipalities": towns("pvv_share_tk2023")}, votes_2023=RESULT)
    assert places.municipalities(files)["pvv_share_tk2023"].tolist() == [0.3, 0, 0]


def test_regions_have_the_centre_of_their_inhabitants_and_jobs_by_inhabitant(tmp_path):
    """AM01: 1000 at (6.0, 53.0) and 3000 at (6.2, 53.2); 2000 jobs over 4000 inhabitants."""
    stands = "region_code,name,jobs_per_1000_inhabitants,longitude,latitude\nAM01,North,0,0,0\nAM02,South,0,0,0\n"
    jobs = "region_code,agriculture,total\nAM02,1,500\nAM01,1,2000\n"
    made = places.regions(given(tmp_path, tables={"regions": stands}, jobs=jobs))
    assert made.values.tolist() == [["AM01", "North", 500, 6.15, 53.15], ["AM02", "South", 250, 4.0, 51.5]]


def test_centres_of_regions_stand_as_municipalities_make_them():
    made, stands = places.regions(Given()), pd.read_csv(FOLDER / "regions.csv")
    pd.testing.assert_frame_equal(made, stands[made.columns])


def test_a_table_in_which_figures_are_together(tmp_path):
    """Percentages of work over 100, and names of columns with a year."""
    head = WIDE.replace("population", "population_2025").replace("longitude", "centroid_lon")
    values = dict.fromkeys(WIDE.split(","), "0") | {
        "gm_code": "GM0001", "name": "Aldorp", "province": "Drenthe", "region_code": "AM01", "population": "1000",
        "employment_rate": "63", "longitude": "6.5",
    }  # fmt: skip
    rows = [",".join(values.values())] + [
        ",".join((values | {"gm_code": code}).values()) for code in ("GM0002", "GM0003")
    ]
    stands = "\n".join([WIDE, *rows]) + "\n"
    files = given(tmp_path, tables={"municipalities": stands}, compiled="\n".join([head, *rows]) + "\n")
    made = places.municipalities(files).set_index("gm_code")
    assert made.loc["GM0001", ["name", "population", "employment_rate", "longitude"]].tolist() == [
        "Aldorp", 1000, 0.63, 6.5,
    ]  # fmt: skip
