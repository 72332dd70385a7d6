"""Designs: levels, ladders and the files that come with the model; points worked out by hand."""

import json
import re
from pathlib import Path

import pytest

from abm import scenario
from experiments.designs import design
from tests.helpers.designs import CAPACITY, FLEX, INFLOW, RULE, TERM, THEN, TIES, grid, plain, values

DESIGNS = sorted((Path(__file__).parents[2] / "configs" / "designs").glob("*.yaml"))


# --- levels


def test_grid(made):
    found = made(levers=grid({CAPACITY: [1, 1.5], RULE: None, FLEX: {"low": 0.2, "high": 0.4, "levels": 3}}))
    shares = pytest.approx(0.2), pytest.approx(0.3), pytest.approx(0.4)
    expected = [{CAPACITY: c, RULE: r, FLEX: f} for c in (1, 1.5) for r in ("task", "region") for f in shares]
    assert plain(found) == expected
    assert len(found) == 12
    assert found.factors == (CAPACITY, RULE, FLEX)


@pytest.mark.parametrize(
    ("path", "given", "levels"),
    [
        (CAPACITY, None, [0.25, 4]),
        (CAPACITY, {}, [0.25, 4]),
        (CAPACITY, {"high": 2}, [0.25, 2]),
        (CAPACITY, {"low": 1, "high": 2, "levels": 5}, [1, 1.25, 1.5, 1.75, 2]),
        (CAPACITY, {"levels": 4}, [0.25, 1.5, 2.75, 4]),
        (CAPACITY, [2], [2]),
        (TERM, None, [1, 36]),
        (TERM, {"levels": 3}, [1, 19, 36]),  # 18.5 is rounded up
        (TERM, {"low": 3, "high": 6, "levels": 4}, [3, 4, 5, 6]),
        (TERM, [6, 15.0], [6, 15]),
        (TIES, None, [False, True]),
        (TIES, [True], [True]),
        ("policy.placement.rule", None, ["free", "quota", "random", "greedy", "batch", "dynamic", "preference"]),
        ("policy.placement.rule", ["quota", "free"], ["quota", "free"]),
    ],
)
def test_levels(made, path, given, levels):
    found = [point[path] for point in plain(made(levers=grid({path: given})))]
    assert found == levels
    whole = scenario.PARAMS[path.split(".")[1]].model_fields[path.split(".")[2]].annotation is int
    assert all(isinstance(level, int) for level in found) if whole else True


def test_a_pattern_stands_for_all_that_match_and_are_not_named(made):
    found = made(levers=grid({"policy.decision.*_factor": [1, 2], "policy.decision.c*": [3], CAPACITY: [4]}))
    closing, appeal = "policy.decision.closing_factor", "policy.decision.appeal_factor"
    assert found.given["levers"]["parameters"] == {closing: [1, 2], appeal: [1, 2], CAPACITY: [4]}
    assert len(found) == 4


def test_one_at_a_time(made):
    block = {"method": "one_at_a_time", "parameters": {CAPACITY: [0.5, 2], TIES: [False]}}
    found = made(levers=block | {"from": "2027-01"})
    assert values(found) == [
        ({}, "base"),
        ({CAPACITY: {"2027-01": 0.5}}, ""),
        ({CAPACITY: {"2027-01": 2}}, ""),
        ({TIES: {"2027-01": False}}, ""),
    ]
    assert len(found) == 4


def test_a_level_that_moves_nothing_is_the_base_itself(made, write):
    block = {"method": "one_at_a_time", "parameters": {CAPACITY: [0.5, 1, 2], TERM: [6, 15]}}
    later = made(levers=block | {"from": "2027-01"})  # the term is 6 from 2025 on, and was 15 before
    assert [list(point.values) for point in later.points] == [[], [CAPACITY], [CAPACITY], [TERM]]
    whole = made(levers=block)
    assert [list(point.values) for point in whole.points] == [[], [CAPACITY], [CAPACITY], [TERM], [TERM]]
    write("fast.yaml", "policy: {decision: {capacity_factor: {2028-01: 2}}}")
    both = made(scenarios=["now.yaml", "fast.yaml"], until="2030-12", levers=block | {"from": "2027-01"})
    assert len({point.policy for point in both.points}) == 5  # 1 moves the second scenario
    runs = [later.scenario_of(number, 0).digest() for number in range(4)]
    assert len(set(runs)) == 4


def test_list(made):
    points = [{}, {CAPACITY: 2}, {RULE: {"2028-01": "region", "2026-01": "task"}, CAPACITY: 1}]
    block = {"method": "list", "points": points}
    assert values(made(levers=block)) == [({}, "base"), (points[1], ""), (points[2], "")]
    later = made(levers=block | {"from": "2027-01"})
    assert values(later)[1:] == [
        ({CAPACITY: {"2027-01": 2}}, ""),
        ({RULE: points[2][RULE], CAPACITY: {"2027-01": 1}}, ""),  # what has dates keeps them
    ]
    assert later.factors == (CAPACITY, RULE)


def test_values_hold_from_a_month_on_and_the_law_before_stays(made):
    found = made(levers=grid({TERM: [9]}, **{"from": "2027-01"})).scenario_of(0, 0)
    terms = [found.params_at(month)["money"].decision_term for month in (0, 13, 25, 93, 120, 143, 144)]
    assert terms == [6, 15, 6, 15, 6, 6, 9]
    whole = made(levers=grid({TERM: [9]})).scenario_of(0, 0)
    assert {whole.params_at(month)["money"].decision_term for month in range(whole.months)} == {9}


# --- ladder: from now.yaml to then.yaml

MOVED = {
    CAPACITY: {"2015-01": 1, "2027-01": 1.5, "2028-01": 2},
    RULE: {"2015-01": "task", "2020-01": "region"},
    TERM: 9,
}


def taken(*paths):
    return {path: value for path, value in MOVED.items() if path in paths}


def test_ladder_of_three_rungs(made, write, tmp_path):
    write("then.yaml", THEN)
    found = made(levers={"method": "ladder", "to": "then.yaml"})
    assert {label: point for point, label in values(found)} == {
        "base": {},
        f"only {CAPACITY}": taken(CAPACITY),
        f"only {RULE}": taken(RULE),
        f"only {TERM}": taken(TERM),
        f"all but {CAPACITY}": taken(RULE, TERM),
        f"all but {RULE}": taken(CAPACITY, TERM),
        f"all but {TERM}": taken(CAPACITY, RULE),
        "everything": MOVED,
    }
    assert [point.label for point in found.points] == [
        "base",
        *(f"{which} {path}" for which in ("only", "all but") for path in found.factors),
        "everything",
    ]
    top = found.scenario_of(7, 0)
    other = scenario.load(tmp_path / "then.yaml").changed(until="2030-12", scale=0.5)
    assert top.digest() == other.digest()  # everything is the other scenario


def test_ladder_of_groups(made, write):
    write("then.yaml", THEN)
    groups = {"faster decisions": ["policy.decision.*", TERM]}
    found = made(levers={"method": "ladder", "to": "then.yaml", "groups": groups})
    assert values(found) == [
        ({}, "base"),
        (taken(CAPACITY, TERM), "only faster decisions"),
        (taken(RULE), f"only {RULE}"),
        (MOVED, "everything"),
    ]
    one = made(levers={"method": "ladder", "to": "then.yaml", "groups": {"all": "policy.*"}})
    assert values(one) == [({}, "base"), (MOVED, "everything")]


def test_ladder_of_one_rung(made, write):
    write("then.yaml", "world: {arrival: {first_applications: {2026-01: 30000}}}")
    found = made(uncertainties={"method": "ladder", "to": "then.yaml"})
    assert values(found) == [({}, "base"), ({INFLOW: {"2015-01": 24140, "2026-01": 30000}}, "everything")]


def test_a_rung_replaces_all_steps_of_the_base(made, write):
    write("low.yaml", "policy: {decision: {capacity_factor: {2018-01: 0.5}}}")
    write("then.yaml", "policy: {decision: {capacity_factor: {2027-01: 2}}}")
    found = made(scenarios="low.yaml", levers={"method": "ladder", "to": "then.yaml"}).scenario_of(1, 0)
    assert [found.params_at(month)["decision"].capacity_factor for month in (0, 36, 143, 144)] == [1, 1, 1, 2]


# --- the designs that come with the model


@pytest.mark.parametrize("path", DESIGNS, ids=lambda path: path.stem)
def test_the_designs_that_come_with_the_model_load(path):
    found = design.load(path)
    assert (found.name, bool(found.title)) == (path.stem, True)
    comment = " ".join(line for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("#"))
    told = re.search(r"([0-9,]+) runs", comment)
    assert told
    assert int(told[1].replace(",", "")) == pytest.approx(len(found), rel=0.1)  # patterns take up new parameters
    for number in [*range(min(3, len(found.points))), len(found.points) - 1]:
        assert json.dumps(found.scenario_of(number, found.replicates - 1).canonical())


def test_smoke_is_small():
    found = design.load(DESIGNS[0].with_name("smoke.yaml"))
    assert len(found) == 12
    assert all(base.scale <= 0.1 for base in found.scenarios)
