"""municipal_mergers.csv and municipal_memberships.csv beside lists, tables and pages of a year."""

import dataclasses

import pytest

from abm.engine.errors import InputError
from scripts.facts import merged
from tests.helpers.sources import given, kept

BEFORE = "Gemeentecode;Gemeentenaam\n1;Aldorp\n2;Bedorp\n4;Dedorp\n5;Edorp\n6;Fedorp\n7;Gedorp\n"
AFTER = "Gemeentecode;GemeentecodeGM;Gemeentenaam\n1;GM0001;Aldorp\n2;GM0002;B\n3;GM0003;C\n7;GM0007;G\n"


def looked(files, *, year="", **documents):
    """Statuses of findings by row, with a year and documents."""
    files = dataclasses.replace(files, options={"year": year} if year else {}, documents=documents)
    return {one.row: (one.status, one.missing) for one in merged.on_mergers(files)}


def test_two_lists_confirm_what_ended_and_began(tmp_path):
    found = looked(given(tmp_path, before=BEFORE, after=AFTER), year="2019")
    told = {row: status for row, (status, _) in found.items() if "ended" in row or "began" in row}
    assert told == dict.fromkeys(
        ["2019 GM0004 ended", "2019 GM0005 ended", "2019 GM0006 ended", "2019 GM0003 began"], "confirmed"
    )


def test_lists_that_differ_in_another_way_say_what_is_missing(tmp_path):
    """Dedorp stays in the list though the table ends it, and Hadorp ends in the list only."""
    found = looked(given(tmp_path, before=BEFORE + "8;Hadorp\n", after=AFTER + "4;GM0004;D\n"), year="2019")
    assert found["2019 GM0008 ended"][0] == "not found"
    assert found["2019 GM0004 ends in the table only"][0] == "not found"
    assert found["2019 GM0005 ended"][0] == "confirmed"


@pytest.mark.parametrize("year", ["", "next"])
def test_lists_need_their_year(tmp_path, year):
    with pytest.raises(InputError, match="--year: is needed"):
        looked(given(tmp_path, before=BEFORE, after=AFTER), year=year)


def test_one_list_needs_the_other(tmp_path):
    with pytest.raises(InputError, match="--after: is needed"):
        looked(given(tmp_path, before=BEFORE), year="2019")


def test_a_page_confirms_a_merger_by_its_names_and_a_part_by_its_figures(tmp_path):
    page = "In 2019 gaat Dedorp naar Bedorp. " + 500 * "x" + " Edorp. " + 500 * "x" + " Cedorp. 25 van de 100 inwoners"
    found = looked(given(tmp_path), cbs_municipal_changes=kept(tmp_path / "page.txt", page))
    assert found["2019 GM0004 GM0002"] == ("confirmed", "")
    assert found["2019 GM0005 GM0003"] == ("not found", "Edorp with Cedorp")
    assert found["2023 GM0007 GM0001"] == ("confirmed", "")
    assert found["2023 GM0007 GM0002"] == ("not found", "75")


def test_without_documents_nothing_is_confirmed(tmp_path):
    assert {status for status, _ in looked(given(tmp_path)).values()} == {"no document"}


AREAS = '"Code_1";"Code_4";"Code_34"\n' + "".join(
    f'"{code}    ";"{region}    ";"{province}    "\n'
    for code, region, province in (
        ("GM0001", "AM01", "PV22"), ("GM0002", "AM02", "PV22"), ("GM0004", "AM01", "PV22"), ("GM0005", "AM02", "PV29"),
        ("GM0006", "AM01", "PV29"), ("GM0008", "AM01", "PV29"),
    )
)  # fmt: skip


def test_areas_of_a_year_say_where_municipalities_belonged(tmp_path):
    """6 has a row of its own in 2018; 2 belongs elsewhere in the file; 7 is not in it and 8 is in it only."""
    files = dataclasses.replace(given(tmp_path, areas=AREAS), options={"year": "2018"})
    found = {one.row.split()[1]: (one.status, one.missing) for one in merged.on_memberships(files)}
    assert found == {
        "GM0001": ("confirmed", ""),
        "GM0002": ("not found", "region_code is AM02 there and AM01 here"),
        "GM0004": ("confirmed", ""),
        "GM0005": ("confirmed", ""),
        "GM0006": ("confirmed", ""),
        "GM0007": ("not found", "is not in the file"),
        "GM0008": ("not found", "is in the file only"),
    }


def test_no_areas_say_nothing(tmp_path):
    assert merged.on_memberships(given(tmp_path)) == []
