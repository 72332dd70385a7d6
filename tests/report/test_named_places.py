"""Names of municipalities and regions as people write them, and what is said of one that is not known."""

import pytest

from abm.engine.errors import InputError
from abm.facts import facts
from experiments.report import factsheets, named_places
from tests.helpers.runs import real


def test_every_municipality_and_region_is_found_by_its_name():
    for at, name in enumerate(real().municipalities["name"]):
        assert named_places.town(name, real()) == at
    for at, name in enumerate(real().regions["name"]):
        assert named_places.region(name, real()) == at


@pytest.mark.parametrize(
    ("given", "name"),
    [("apeldoorn", "Apeldoorn"), (" Den  Haag ", "'s-Gravenhage"), ("’s-hertogenbosch", "'s-Hertogenbosch")],
)
def test_names_are_read_as_people_write_them(given, name):
    assert real().municipalities["name"].iloc[named_places.town(given, real())] == name


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("Apeldorn", "is not a municipality: did you mean 'Apeldoorn' or 'Hellendoorn'?"),
        ("Urkk", "is not a municipality: did you mean 'Urk'?"),
        ("xyz", "is not a municipality: give one of the 342 names, like 'Groningen'"),
        ("Brielle", "is part of 'Voorne aan Zee' since 2023: give that name"),
        ("Haren", "is part of 'Groningen' since 2019: give that name"),
        ("Schermer", "is part of 'Alkmaar' since 2015: give that name"),
    ],
)
def test_an_unknown_municipality_is_one_line_with_the_way_out(given, said):
    with pytest.raises(InputError) as refused:
        named_places.town(given, real())
    assert str(refused.value) == f"--town: '{given}' {said}"


def test_an_unknown_region_is_one_line_with_the_way_out():
    with pytest.raises(InputError, match=r"^--region: 'Zeland' is not a labour market region: did you mean 'Zeeland'"):
        named_places.region("Zeland", real())


def test_a_merger_of_later_is_known_in_the_municipalities_of_that_year():
    assert named_places.became("Wijdemeren", real()) is None
    later = facts.load(layout=2027)
    assert named_places.became("Wijdemeren", later) == (2027, ["Hilversum"])


def test_a_municipality_that_was_divided_names_all_that_it_went_to():
    rows = real().tables["municipal_mergers"]
    parts = rows[rows["share"] < 1].groupby(["name_from", "year"])["name_to"].agg(list)
    assert len(parts)
    (name, year), into = next(iter(parts.items()))
    found = named_places.became(name, real())
    assert found
    assert found[0] == year
    assert len(found[1]) <= len(into)
    assert set(found[1]) <= set(real().municipalities["name"])


def test_no_two_sheets_have_the_same_file():
    names = [factsheets.file_of(name) for name in real().municipalities["name"]]
    assert len(set(names)) == len(names)
    assert factsheets.INDEX not in names
    assert {"s-gravenhage.html", "sudwest-fryslan.html"} <= set(names)
