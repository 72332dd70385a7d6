"""What there is can be listed, searched, and read by other programs."""

import csv
import io
import json
from pathlib import Path

import pytest
import yaml

from abm.facts import facts
from abm.measures import MEASURES
from abm.parameters import rows
from experiments.cli import catalogue
from experiments.sweeps import runner
from tests.helpers.refusals import refused
from tests.helpers.runs import small

SCENARIOS = Path(__file__).parents[2] / "configs" / "scenarios"
LISTS = {
    "measures": ("name", {"unit", "label", "label_nl", "by", "meaning"}),
    "parameters": ("parameter", {"unit", "default", "low", "high", "meaning", "source"}),
    "levers": ("parameter", {"unit", "default", "low", "high", "meaning", "source"}),
    "sources": ("source", {"title", "publisher", "year", "licence", "url", "columns"}),
    "scenarios": ("scenario", {"file", "title", "extends", "until", "changes"}),
    "runs": ("run", {"scenario", "title", "seed", "scale", "until", "commit"}),
}


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """A store with two runs of one scenario."""
    place = tmp_path_factory.mktemp("store")
    for seed in (2, 1):
        runner.run(small("2015-02", scale=0.002, seed=seed), place)
    return place


def words(name: str, store: Path) -> list[str]:
    """What comes behind the command, where it needs to be told where things are."""
    return {"runs": ["--store", str(store)], "scenarios": ["--folder", str(SCENARIOS)]}.get(name, [])


def expected(name: str) -> int:
    """How many there are, counted in another way."""
    described = yaml.safe_load((facts.FOLDER / "sources.yaml").read_text(encoding="utf-8"))
    return {
        "measures": len(MEASURES),
        "parameters": len(rows()),
        "levers": len(rows(only_levers=True)),
        "sources": len(described["sources"]),
        "scenarios": len(list(SCENARIOS.glob("*.yaml"))),
        "runs": 2,
    }[name]


@pytest.mark.parametrize("name", LISTS)
def test_every_list_can_be_read_by_programs(abm, store, name):
    first, columns = LISTS[name]
    code, out, err = abm(name, "--json", *words(name, store))
    found = json.loads(out)
    assert (code, err) == (0, "")
    assert len(found) == expected(name)
    assert list(found[0])[0] == first
    assert columns <= set(found[0])
    code, out, _ = abm(name, "--csv", *words(name, store))
    read = list(csv.DictReader(io.StringIO(out)))
    assert [row[first] for row in read] == [row[first] for row in found]
    assert columns <= set(read[0])


@pytest.mark.parametrize("name", LISTS)
def test_every_list_can_be_read_by_people(abm, store, name):
    code, out, _ = abm(name, *words(name, store))
    found = json.loads(abm(name, "--json", *words(name, store))[1])
    assert code == 0
    assert [row[LISTS[name][0]] for row in found if row[LISTS[name][0]] not in out] == []
    assert "…" not in out


@pytest.mark.parametrize(
    ("name", "word", "some"),
    [
        ("measures", "WAIT", "wait_home"),
        ("measures", "draagvlak", "support"),
        ("measures", "court has yet to decide", "awaiting_appeal"),
        ("parameters", "appeal", "world.decision.appeal_share"),
        ("levers", "decisions on the merits", "policy.decision.capacity_factor"),
        ("sources", "vacancies", "vacancies_quarters"),
        ("scenarios", "placement", "placement-greedy"),
        ("runs", "default", ""),
    ],
)
def test_a_word_is_looked_for_in_names_labels_and_meanings(abm, store, name, word, some):
    found = json.loads(abm(name, word, "--json", *words(name, store))[1])
    names = [row[LISTS[name][0]] for row in found]
    assert 0 < len(names) < expected(name) or name == "runs"
    assert not some or some in names
    for row in found:
        assert any(word.lower() in str(row.get(key, "")).lower() for key in catalogue.WORDS)


@pytest.mark.parametrize("name", LISTS)
def test_a_word_that_stands_nowhere_is_one_line(abm, store, name):
    refused(abm(name, "zebra crossing", *words(name, store)), "'zebra crossing' stands in none of the", name, "omit it")


def test_every_measure_has_a_meaning_without_shapes():
    for row in catalogue.measures():
        assert len(row["meaning"]) > 20, row
        assert ",)" not in row["meaning"], row


def test_runs_are_ordered_and_none_is_said(abm, store, tmp_path):
    found = json.loads(abm("runs", "--json", "--store", str(store))[1])
    assert [(row["seed"], row["until"], row["scale"]) for row in found] == [
        (1, "2015-02", 0.002),
        (2, "2015-02", 0.002),
    ]
    code, out, _ = abm("runs", "--store", str(tmp_path))
    assert (code, out) == (0, "No runs are kept here: make one with 'abm run SCENARIO'.\n")
    assert abm("runs", "--csv", "--store", str(tmp_path))[:2] == (0, "")


def test_scenarios_say_what_they_change(tmp_path, abm):
    (tmp_path / "one.yaml").write_text(
        "title: One\nextends: two.yaml\npolicy: {decision: {capacity_factor: {2027-01: 1.5}}}\nworld: {start: {}}\n"
    )
    (tmp_path / "two.yaml").write_text("name: second\nworld: {decision: {appeal_share: 0.5}}\n")
    one, two = catalogue.scenarios(tmp_path)
    assert (one["scenario"], one["extends"]) == ("one", "two.yaml")
    assert one["changes"] == ["policy.decision.capacity_factor = 1.5 from 2027-01"]
    assert (two["scenario"], two["changes"]) == ("second", ["world.decision.appeal_share = 0.5"])
    (tmp_path / "three.yaml").write_text("- a list\n")
    refused(abm("scenarios", "--folder", str(tmp_path)), "three.yaml: is no scenario")
    refused(abm("scenarios", "--folder", str(tmp_path / "none")), "no such folder", "--folder")


def test_an_address_is_never_broken(abm):
    out = abm("sources", "vacancies")[1]
    for row in json.loads(abm("sources", "vacancies", "--json")[1]):
        assert row["url"] in out
