"""Files are read as their publishers give them: StatLine, Eurostat, UNHCR, the Electoral Council."""

import pytest

from abm.engine.errors import InputError
from scripts.facts import published
from tests.helpers.sources import kept


def test_a_table_may_have_commas_or_semicolons_and_old_letters(tmp_path):
    path = tmp_path / "list.csv"
    path.write_bytes("﻿gemeente;aantal\nSúdwest-Fryslân;3\n".encode())
    assert published.table(path).to_dict("records") == [{"gemeente": "Súdwest-Fryslân", "aantal": "3"}]
    path.write_bytes('gemeente,aantal\n"Nuenen, Gerwen",3\n\n'.encode("latin-1"))
    assert published.table(path).to_dict("records") == [{"gemeente": "Nuenen, Gerwen", "aantal": "3"}]
    path.write_bytes("gemeente\taantal\nSúdwest\t3\n".encode("latin-1"))
    assert published.table(path)["gemeente"].tolist() == ["Súdwest"]


def test_statline_as_csv(tmp_path):
    """Codes with spaces behind them, a point where a value is not known, columns with a number behind their name."""
    path = kept(
        tmp_path / "82900NED.csv",
        '"ID";"StatusVanBewoning";"RegioS";"Perioden";"TotaleWoningvoorraad_1";"EigendomWoningcorporatie_4"\n'
        '"0";"A028725";"NL01      ";"2024JJ00";100;30\n'
        '"1";"A028725";"GM0014    ";"2024JJ00";10;3\n'
        '"2";"A028726";"GM0014    ";"2025JJ00";.;2,5\n',
    )
    found = published.statline(path, homes="EigendomWoningcorporatie", every="TotaleWoningvoorraad")
    assert found["region"].tolist() == ["NL01", "GM0014", "GM0014"]
    assert found["year"].tolist() == [2024, 2024, 2025]
    assert found["StatusVanBewoning"].tolist() == ["A028725", "A028725", "A028726"]
    assert found["homes"].tolist() == [30, 3, 2.5]
    assert found["every"].isna().tolist() == [False, False, True]
    assert len(published.municipal(found)) == 2


def test_statline_as_json_of_the_service(tmp_path):
    path = kept(
        tmp_path / "answer.json",
        '{"odata.metadata": "x", "value": [{"ID": 0, "WijkenEnBuurten": "GM0014    ", "AantalInwoners_5": 7, '
        '"OppervlakteTotaal_115": null}]}',
    )
    found = published.statline(path, people="AantalInwoners", area="OppervlakteTotaal")
    assert found.loc[0, ["region", "year", "people"]].tolist() == ["GM0014", 0, 7]
    assert found["area"].isna().all()


def test_areas_are_known_by_their_codes(tmp_path):
    """As in 'Gebieden in Nederland': unnumbered from year to year, with names beside codes."""
    path = kept(
        tmp_path / "areas.csv",
        '"RegioS";"Code_1";"Naam_2";"Code_4";"Naam_5";"Code_30";"Code_34"\n'
        '"GM1680    ";"GM1680    ";"Aa en Hunze";"AM01      ";"Groningen";"NL131     ";"PV22      "\n'
        '"GM0689    ";"GM0689    ";"Giessenlanden";"AM35      ";"Gorinchem";"NL33A     ";"PV28      "\n',
    )
    found = published.codes(path, region=r"AM\d\d", area=r"NL\w{3}")
    assert found.loc["GM1680"].to_dict() == {"region": "AM01", "area": "NL131"}
    assert found.loc["GM0689"].to_dict() == {"region": "AM35", "area": "NL33A"}
    with pytest.raises(InputError, match=r"areas.csv: no column has codes like XX\\d\\d"):
        published.codes(path, other=r"XX\d\d")


def test_eurostat_as_tsv(tmp_path):
    """Dimensions in the first column, a column per period, flags behind values, a colon where there is none."""
    path = kept(
        tmp_path / "asy.tsv",
        "unit,citizen,sex,age,asyl_app,geo\\time\t2015M02 \t2015M01 \n"
        "PER,SY,M,TOTAL,ASY_APP,NL\t15 p\t10 \n"
        "PER,SY,F,TOTAL,ASY_APP,NL\t: \t5 bd\n",
    )
    found = published.eurostat(path).sort_values(["sex", "time"])
    assert found[["sex", "time", "value"]].values.tolist() == [
        ["F", "2015M01", 5], ["M", "2015M01", 10], ["M", "2015M02", 15],
    ]  # fmt: skip
    assert set(found["geo"]) == {"NL"}


def test_eurostat_as_csv(tmp_path):
    path = kept(
        tmp_path / "asy.csv",
        "DATAFLOW,LAST UPDATE,freq,unit,citizen,sex,age,applicant,geo,TIME_PERIOD,OBS_VALUE,OBS_FLAG\n"
        "ESTAT:MIGR(1.0),01/02/24,A,PER,SY,M,TOTAL,FRST,NL,2015,10,\n",
    )
    row = published.eurostat(path).iloc[0]
    assert (row["citizen"], row["time"], row["value"]) == ("SY", "2015", 10)


def test_a_tsv_that_is_none_is_refused(tmp_path):
    path = kept(tmp_path / "asy.tsv", "a,b\\time\t2015\nx\t1\n")
    with pytest.raises(InputError, match="is no Eurostat table"):
        published.eurostat(path)


def test_unhcr_as_downloaded_and_as_in_the_package(tmp_path):
    """Only asylum in the Netherlands; the two have other names for the same columns."""
    site = kept(
        tmp_path / "site.csv",
        "Year,Country of origin,Country of origin (ISO),Country of asylum,Country of asylum (ISO),Authority,"
        "Application type,Stage of procedure,Cases / Persons,applied\n"
        "2015,Syria,SYR,Netherlands,NLD,Government,New,N,Persons,10\n"
        "2015,Syria,SYR,Belgium,BEL,Government,New,N,Persons,99\n",
    )
    package = kept(
        tmp_path / "package.csv",
        "year,coo_name,coo,coo_iso,coa_name,coa,coa_iso,procedure_type,app_type,dec_level,app_pc,applied\n"
        "2015,Syrian Arab Rep.,SYR,SYR,Netherlands,NET,NLD,G,N,NA,P,10\n"
        "2015,Syrian Arab Rep.,SYR,SYR,Belgium,BEL,BEL,G,N,NA,P,99\n",
    )
    for path, stage in ((site, "New"), (package, "N")):
        found = published.unhcr(path, "app_type|Application type", applied="applied")
        assert found[["year", "origin", "stage", "applied"]].values.tolist() == [[2015, "SYR", stage, 10]]


COLUMNS = "Regio;RegioCode;OuderRegioCode;GrootOuderRegioCode;Partij;LijstNummer;LijstNaam;VeldType;Waarde\n"
RESULTS = {
    "kinds of value": COLUMNS + "Aa en Hunze;G1680;K3;P22;;1;PVV (Partij voor de Vrijheid);LijstAantalStemmen;30\n"
    "Aa en Hunze;G1680;K3;P22;;2;D66;LijstAantalStemmen;70\n"
    "Aa en Hunze;G1680;K3;P22;;2;D66;KandidaatAantalStemmen;65\n"
    "Aa en Hunze;G1680;K3;P22;;;;Opkomst;101\n"
    "Drenthe;P22;L528;;;1;PVV (Partij voor de Vrijheid);LijstAantalStemmen;300\n"
    "Bonaire;O9001;K20;;;2;D66;LijstAantalStemmen;9\n",
    "a row per party": "Regio;RegioCode;OuderRegioCode;Partij;AantalStemmen;;\n"
    "Aa en Hunze;G1680;K3;PVV (Partij voor de Vrijheid);30;;\n"
    "Aa en Hunze;G1680;K3;D66;70;;\n"
    "Assen;K3;L528;D66;700;;\n",
    "a column per party": "RegioNaam;RegioCode;Opkomst;GeldigeStemmen;PVV (Partij voor de Vrijheid);D66\n"
    "Aa en Hunze;G1680;101;100;30;70\n"
    "Drenthe;P22;1010;1000;300;700\n",
}


@pytest.mark.parametrize("form", RESULTS)
def test_results_of_the_electoral_council(tmp_path, form):
    found = published.votes(kept(tmp_path / "result.csv", RESULTS[form]))
    assert found.sort_values("party").values.tolist() == [
        ["GM1680", "D66", 70], ["GM1680", "PVV (Partij voor de Vrijheid)", 30],
    ]  # fmt: skip


def test_another_file_than_a_result_is_refused(tmp_path):
    with pytest.raises(InputError, match="has neither a column 'Partij' nor 'GeldigeStemmen'"):
        published.votes(kept(tmp_path / "result.csv", "RegioCode;Stemmen\nG1680;3\n"))


@pytest.mark.parametrize(
    ("read", "text", "words"),
    [
        (published.table, "", "holds no rows"),
        (lambda path: published.statline(path, homes="Woningen"), "RegioS;Anders_1\nGM0014;3\n", "no column like"),
        (lambda path: published.content(path, "features"), "{}", "is no JSON with 'features'"),
        (lambda path: published.content(path, "features"), "no json", "is no JSON with 'features'"),
    ],
)
def test_a_file_of_another_kind_is_refused_in_one_line(tmp_path, read, text, words):
    with pytest.raises(InputError, match=words) as refusal:
        read(kept(tmp_path / "file.csv", text))
    assert "file.csv" in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(InputError, match="nowhere.csv: cannot be read"):
        published.table(tmp_path / "nowhere.csv")
