"""The plan of the municipalities: its scenario is its parts, each moves what is said of it, and the rest is named."""

from pathlib import Path

import pytest

from abm import parameters, scenario
from abm.engine import clock
from abm.engine.errors import InputError
from abm.engine.yaml_input import read_yaml
from experiments.analysis.comparison import first_difference
from experiments.designs import design
from experiments.report import plan
from experiments.report.plan import PLAN
from tests.helpers.runs import CURRENT
from tests.helpers.scenario_says import DOWN, SAYS, UP

FOLDER = Path(CURRENT).parent
FOUND = plan.load()
KNOWN = {row["parameter"] for row in parameters.rows()}


def changes(name: str) -> dict[str, dict]:
    """What a scenario file changes: parameter -> month -> value."""
    base, asked = (scenario.load(FOLDER / f"{each}.yaml").canonical()["params"] for each in ("current", name))
    return {key: value for key, value in asked.items() if value != base[key]}


def test_the_plan_is_all_of_its_parts_and_nothing_else():
    together = {key: value for part in FOUND.parts for key, value in changes(part.scenario).items()}
    assert changes(FOUND.scenario) == together
    both = (scenario.load(FOLDER / f"{name}.yaml") for name in ("current", FOUND.scenario))
    assert clock.label(first_difference(*both)) == FOUND.since
    assert scenario.load(FOLDER / f"{FOUND.scenario}.yaml").set_alone() == []  # nothing is set without what it needs


def test_no_two_parts_change_the_same():
    every = [key for part in FOUND.parts for key in changes(part.scenario)]
    assert sorted(every) == sorted(set(every))


def test_the_ladder_has_the_parts_as_its_rungs():
    found = design.load(PLAN.parent / "designs" / f"{FOUND.ladder}.yaml")
    alone = {point.label: point.values for point in found.points if point.label.startswith("only ")}
    assert list(alone) == [f"only {part.rung}" for part in FOUND.parts]
    for part in FOUND.parts:
        mine = {key.partition(".")[2] for key in alone[f"only {part.rung}"]}
        assert mine == set(changes(part.scenario)), part.rung


@pytest.mark.parametrize("part", FOUND.parts, ids=lambda part: part.rung)
def test_a_part_moves_what_is_said_of_it(part):
    """tests/guarantees/test_scenarios_move.py runs each scenario and looks at this measure."""
    says = SAYS[part.scenario]
    assert (says.measure, says.direction) == (part.moves, UP if part.direction == "up" else DOWN)


@pytest.mark.parametrize("missing", FOUND.not_in_model, ids=lambda missing: missing.takes)
def test_what_is_not_in_the_model_has_not_become_possible(missing):
    assert missing.takes not in KNOWN, f"{missing.takes} exists now: make '{missing.what.en}' a part of the plan"
    assert missing.takes.split(".")[0] in ("policy", "world")


def test_every_lever_is_one_of_the_plan_or_is_said_to_be_none():
    """So whoever adds a lever reads the list of what is not in the model."""
    sets = read_yaml(FOLDER / f"{FOUND.scenario}.yaml")["policy"]
    of_plan = [f"policy.{process}.{name}" for process, names in sets.items() for name in names]
    others = [f"policy.{process}.{name}" for process, names in FOUND.other_levers.items() for name in names]
    levers = {row["parameter"] for row in parameters.rows(only_levers=True)}
    assert levers - {*of_plan, *others} == set(), "put each into the plan or other_levers, and see what is not_in_model"
    assert sorted(of_plan + others) == sorted(levers)


def test_each_line_of_the_plan_says_its_paragraph():
    for line in (FOLDER / "plan.yaml").read_text(encoding="utf-8").splitlines():
        assert "{2027-01" not in line or "  # " in line, line


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"scenario": None}, "scenario: "),
        ({"since": "soon"}, "since: "),
        ({"parts": []}, "parts: "),
        ({"part": []}, "unknown key 'part': did you mean 'parts'?"),
    ],
)
def test_a_plan_that_is_none_is_refused_in_one_line(tmp_path, change, said):
    import yaml

    path = tmp_path / "mine.yaml"
    path.write_text(yaml.safe_dump(read_yaml(PLAN) | change), encoding="utf-8")
    with pytest.raises(InputError) as refused:
        plan.load(path)
    assert str(refused.value).startswith(f"{path}: {said}")
    assert "\n" not in str(refused.value)
