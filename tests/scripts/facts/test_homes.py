"""corporation_homes.csv and registration_times.csv from small files, worked by hand."""

import pytest

from abm.engine.errors import InputError
from abm.facts.csv_tables import FOLDER, YEARS
from scripts.facts import homes
from scripts.facts.table import Given, as_csv
from tests.helpers.sources import given, kept


def tenure(towns, *, vacant=1):
    """Homes of corporations by town and year, `vacant` of them vacant, as StatLine gives them."""
    lines = ['"ID";"StatusVanBewoning";"RegioS";"Perioden";"EigendomWoningcorporatie_4"']
    for code, by_year in towns.items():
        for year, count in by_year.items():
            lines.append(f'"0";"A028725";"{code}    ";"{year}JJ00";{count - vacant}')
            lines.append(f'"0";"A028726";"{code}    ";"{year}JJ00";{vacant}')
            lines.append(f'"0";"T001235";"{code}    ";"{year}JJ00";{count}')
    return "\n".join(lines) + "\n"


BEFORE, SINCE = range(2015, 2019), range(2019, 2026)
ALWAYS = {"GM0001": dict.fromkeys(BEFORE, 50) | dict.fromkeys(SINCE, 100), "GM0002": dict.fromkeys(YEARS, 150)}
NEW = {"GM0003": dict.fromkeys(SINCE, 80)}
FORMER = {"GM0005": dict.fromkeys(BEFORE, 30), "GM0006": dict.fromkeys(BEFORE, 12), "GM0004": dict.fromkeys(BEFORE, 0)}
GONE = {"GM0007": dict.fromkeys(range(2015, 2023), 0)}


def test_years_before_a_municipality_follow_those_that_always_were(tmp_path):
    """Cedorp has 80 homes from 2019; the two others went from 200 to 250, so it had 80 x 200/250 = 64 before."""
    made = homes.corporation_homes(given(tmp_path, tenure=tenure(ALWAYS | NEW))).set_index(["gm_code", "year"])
    assert made.loc[("GM0003", 2018)].tolist() == [64, 1]
    assert made.loc[("GM0003", 2019)].tolist() == [80, 0]
    assert made.loc[("GM0001", 2016)].tolist() == [50, 0]
    assert made["homes"].groupby("year").sum()[2025] == 330


def test_or_they_are_the_sum_of_what_became_it(tmp_path):
    """Edorp and Fedorp had 30 and 12 homes."""
    files = given(tmp_path, tenure=tenure(ALWAYS | NEW | FORMER | GONE, vacant=0))
    made = homes.corporation_homes(Given(files.files, {}, {"former": "sum"}, files.folder))
    made = made.set_index(["gm_code", "year"])
    assert made.loc[("GM0003", 2018)].tolist() == [42, 0]
    assert made.loc[("GM0003", 2019)].tolist() == [80, 0]


def test_sums_need_every_municipality_of_a_year(tmp_path):
    files = given(tmp_path, tenure=tenure(ALWAYS | NEW | GONE))
    with pytest.raises(InputError, match="GM0004 has no homes in 2015: give a file with all municipalities"):
        homes.corporation_homes(Given(files.files, {}, {"former": "sum"}, files.folder))


def test_another_table_of_homes_is_refused(tmp_path):
    text = "RegioS;Perioden;EigendomWoningcorporatie_4\nGM0001;2015JJ00;3\n"
    with pytest.raises(InputError, match="has no column StatusVanBewoning: give 82900NED"):
        homes.corporation_homes(given(tmp_path, tenure=text))


def test_registration_times_of_a_village(tmp_path):
    """Groningen (5 years) is told, the region of Baarn has 10.2; beside: 15,000 homes at 5 and 5,000 at 6.5."""
    towns = """gm_code,name,province,region_code,population,longitude,latitude
GM0014,Groningen,Groningen,AM01,1,6.5,53.2
GM0308,Baarn,Utrecht,AM13,1,5.3,52.2
GM9001,Beside,Groningen,AM01,1,6.5,53.2
GM9002,Far,Zeeland,AM24,1,3.5,51.4
"""
    stock = "gm_code,year,homes\n" + "".join(
        f"{code},2020,15000\n" for code in ("GM0014", "GM0308", "GM9001", "GM9002")
    )
    made = homes.registration_times(given(tmp_path, tables={"municipalities": towns, "corporation_homes": stock}))
    assert made.values.tolist() == [
        ["GM0014", 5.0, "municipality"],
        ["GM0308", 10.2, "region"],
        ["GM9001", 5.4, "neighbours"],  # (15,000 x 5 + 5,000 x 6.5) / 20,000 = 5.375
        ["GM9002", 6.5, "neighbours"],
    ]


def test_registration_times_stand_as_their_figures_make_them():
    """Made from scripts/facts/transcribed.yaml and two tables that stand."""
    assert as_csv(homes.registration_times(Given())) == (FOLDER / "registration_times.csv").read_text("utf-8")


def test_figures_are_looked_up_beside_the_name(tmp_path):
    page = kept(
        tmp_path / "page.txt", "In Groningen is het bijna vijf jaar. " + 300 * "x" + " In Eindhoven ruim 17 jaar."
    )
    found = {one.row: one for one in homes.on_registration(Given(documents={"wait_nos_2020_more": page}))}
    assert found["GM0014 Groningen"].status == "confirmed"
    assert (found["GM0772 Eindhoven"].status, found["GM0772 Eindhoven"].missing) == ("not found", "7")
    assert (found["GM0150 Deventer"].status, found["GM0150 Deventer"].missing) == ("not found", "Deventer")
    assert found["GM0344 Utrecht"].status == "no document"
