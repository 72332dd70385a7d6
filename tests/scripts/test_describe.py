"""The pages that describe the model for a referee are current, and leave nothing out."""

import re

import pytest

from abm import parameters
from abm.chain import CHAIN, name
from abm.facts import facts
from abm.state import State
from abm.tables.people import MOVES, Stage
from experiments.report import council, evidence
from experiments.validation import targets
from scripts import describe


def page(kind: str) -> str:
    return (describe.DOCS / f"{kind}.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("kind", describe.PAGES)
def test_it_is_current(kind):
    assert page(kind) == describe.page(kind), "run make docs"


def test_the_description_has_every_process_in_order_with_its_rule_and_source():
    text = page("odd")
    assert re.findall(r"^#### \d+ (\w+)$", text, re.MULTILINE) == [name(each) for each in CHAIN]
    submodels = text.split("### III.iv Submodels")[1].split("### State variables")[0]
    rules = re.split(r"^#### \d+ \w+$", submodels, flags=re.MULTILINE)[1:]
    for process, rule in zip(CHAIN, rules, strict=True):
        for paragraph in process.__doc__.split("\n\n"):  # whole, however its lines are broken
            assert " ".join(paragraph.split()) in " ".join(rule.split()), name(process)


def test_the_description_has_every_legal_move():
    moves = re.findall(r"^    (\w+) --> (\w+)$", page("odd"), re.MULTILINE)
    assert moves == [(start.name, end.name) for start in Stage for end in MOVES[start]]


def test_the_description_has_every_state_variable():
    text = page("odd").split("### State variables")[1]
    parts = dict(zip(*[iter(re.split(r"^#### (\w+)$", text, flags=re.MULTILINE)[1:])] * 2, strict=True))
    assert list(parts) == list(State.names())
    for key, table in State(facts.load()).tables.items():
        if key in parts:
            assert re.findall(r"^\| `(\w+)` \|", parts[key], re.MULTILINE) == list(table.columns())


def test_parameters_targets_and_data_are_all_there():
    listed = re.findall(r"^\| `([\w.]+)` \|", page("parameters"), re.MULTILINE)
    assert listed == [row["parameter"] for row in parameters.rows()]
    text = page("rat_rs")
    judged = re.findall(r"^\| ([CVX]\d+[a-z]?) \| .* \| (calibration|validation) \|", text, re.MULTILINE)
    roles = {targets.FIT: "calibration", targets.UNSEEN: "validation"}
    assert judged == [(each.id, roles[each.role]) for each in targets.load()]
    files = sorted(each.name for each in facts.FOLDER.glob("*.csv"))
    assert sorted(re.findall(r"^\| `(\w+\.csv)` \|", text, re.MULTILINE)) == files


def test_levels_add_up():
    counts = [count for _, count, _ in describe.material()["levels"]]
    assert sum(counts) == len(parameters.rows())
    assert {each["level"] for each in describe.numbers()} <= set(evidence.LEVELS)


def test_the_report_counts_assumptions_as_the_page_does():
    listed = re.findall(r"^\| `[\w.]+` (?:\|[^|]*){3}\| ([^|]+) \|", page("parameters"), re.MULTILINE)
    assert council.assumed() == (listed.count("assumption"), len(listed))


KNOWN = {"a": {"confidence": "high"}, "b": {"confidence": "low"}, "c": {"confidence": "medium"}, "d": {}}


@pytest.mark.parametrize(
    ("source", "level"),
    [
        ("a", "high"),
        ("a: of 2023", "high"),
        ("a|c", "medium"),  # the weakest counts
        ("b|a", "low"),
        ("d", "not graded"),
        ("a|d", "not graded"),
        ("unemployment", "series"),
        ("assumption", "assumption"),
        ("assumption: as a", "assumption"),
        ("a|assumption: the second part", "in part"),
        ("a: sign; size a guess", "in part"),
        ("a: designed for the purpose", "high"),
    ],
)
def test_the_level_of_a_source(source, level):
    assert evidence.level(source, KNOWN) == level
