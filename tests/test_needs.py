"""A lever that acts on what another one sets says so, and gives a line where it is set alone."""

from pathlib import Path
from typing import get_args

import pytest

from abm import Model, parameters, scenario
from abm.engine.needs import Need, needed
from abm.engine.params import about
from abm.scenario import PARAMS
from experiments.designs import alone, design

CONFIGS = Path(__file__).parents[1] / "configs"
ROWS = {row["parameter"]: row for row in parameters.rows()}
NEEDS = [
    (f"{process}.{name}", need)
    for process, model in PARAMS.items()
    for name, field in model.model_fields.items()
    for need in about(field)["needs"]
]
LINE = "policy.building.linkable: acts only with policy.building.starter_homes above 0: set that too"
HOTELS = "policy.joining.hotel_paid: acts only with policy.joining.hotel true: set that too"


@pytest.mark.parametrize(("parameter", "need"), NEEDS, ids=[parameter for parameter, _ in NEEDS])
def test_a_need_is_a_condition_that_another_lever_can_meet_and_can_miss(parameter, need):
    assert need.parameter in ROWS
    assert need.parameter != f"policy.{parameter}"
    process, name = need.key
    field = PARAMS[process].model_fields[name]
    facts = about(field)
    if need.above is not None:
        assert not need.one_of
        assert facts["low"] <= need.above < facts["high"]
    else:
        choices = get_args(field.annotation) or (False, True)
        assert set(need.one_of) < set(choices)
        assert need.one_of


def test_lists_and_schema_say_what_a_lever_needs():
    assert ROWS["policy.building.linkable"]["needs"] == "policy.building.starter_homes above 0"
    assert ROWS["policy.placement.judged"]["needs"] == "policy.placement.rule batch or dynamic or preference"
    assert ROWS["policy.building.starter_homes"]["needs"] == ""
    shown = parameters.json_schema()["properties"]["policy"]["properties"]
    assert "Acts only with policy.joining.hotel true." in (shown["joining"]["properties"]["hotel_paid"]["description"])
    both = Need("policy.a.b", above=0.5), Need("policy.c.d", one_of=("x",))
    assert needed(both) == "policy.a.b above 0.5 and policy.c.d x"


@pytest.mark.parametrize(
    ("values", "lines"),
    [
        ({}, []),
        ({"policy.building.linkable": True}, [LINE]),
        ({"policy.building.linkable": False}, []),  # as it is
        ({"policy.building.linkable": {"2027-01": True}}, [LINE]),
        ({"policy.building.linkable": True, "policy.building.starter_homes": 5000}, []),
        ({"policy.building.linkable": {"2027-01": True}, "policy.building.starter_homes": {"2030-01": 5000}}, []),
        ({"policy.building.linkable": {"2030-01": True}, "policy.building.starter_homes": {"2020-01": 9, "2025-01": 0}},
         []),  # homes that were built stand
        ({"policy.joining.hotel_paid": {"2027-01": 3}}, [HOTELS]),  # hotels are used in 2026
        ({"policy.joining.hotel_paid": {"2026-12": 3}}, []),
        ({"policy.joining.hotel_paid": {"2026-12": 6}}, []),
        ({"policy.placement.floor": 1, "policy.placement.rule": "dynamic"},
         ["policy.placement.floor: acts only with policy.placement.rule preference: set that too"]),
        ({"policy.contribution.kept_share": 0}, []),
        ({"policy.contribution.kept_share": {"2027-01": 0.5}},
         ["policy.contribution.kept_share: acts only with policy.contribution.kept_most above 185 if it is raised: "
          "set that too"]),
        ({"policy.placement.price_rate": 0, "policy.placement.rule": {"2027-01": "dynamic"}}, []),
    ],
)  # fmt: skip
def test_a_lever_that_is_set_alone_gives_a_line(values, lines):
    assert scenario.default().with_values(values).set_alone() == lines


def test_what_is_dated_after_the_run_sets_nothing():
    short = scenario.default().with_values({"policy.building.linkable": {"2027-01": True}}).changed(until="2027-02")
    assert short.set_alone() == [LINE]
    base = scenario.default().changed(until="2026-12")
    assert base.set_alone() == []


@pytest.mark.parametrize("path", sorted((CONFIGS / "scenarios").glob("*.yaml")), ids=lambda path: path.stem)
def test_no_scenario_file_sets_a_lever_alone(path):
    assert scenario.load(path).set_alone() == []


@pytest.mark.parametrize("path", sorted((CONFIGS / "designs").glob("*.yaml")), ids=lambda path: path.stem)
def test_no_design_file_varies_a_lever_alone(path):
    lines = alone.lines(design.load(path))
    if path.stem == "levers-one-at-a-time":  # it sets each lever alone, and says what that cannot show
        assert {HOTELS, LINE} < set(lines)
        assert all(ROWS[line.partition(":")[0]]["needs"] for line in lines)
    else:
        assert lines == []


def designed(levers: dict) -> list[str]:
    """The lines of a design of the default scenario with levers."""
    content = {"name": "d", "scenarios": ["scenarios/current.yaml"], "levers": levers}
    return alone.lines(design.from_dict(content, "d.yaml", CONFIGS))


def test_a_design_gives_a_line_where_no_run_has_what_a_lever_needs():
    path, homes = "policy.building.linkable", "policy.building.starter_homes"
    from_2027 = {"2027-01": True}
    assert designed({"method": "list", "points": [{}, {path: from_2027}]}) == [LINE]
    assert designed({"method": "list", "points": [{homes: 5000}, {path: from_2027}]}) == [LINE]  # never together
    assert designed({"method": "list", "points": [{path: from_2027}, {path: from_2027, homes: 5000}]}) == []


def test_a_model_warns_of_a_lever_that_is_set_alone():
    base = scenario.default().changed(scale=0.001, until="2015-01")
    with pytest.warns(UserWarning, match="linkable: acts only with"):
        Model(base.with_values({"policy.building.linkable": True}))


def test_commands_say_on_standard_error_which_lever_is_set_alone(abm, tmp_path):
    current = str(CONFIGS / "scenarios" / "current.yaml")
    short = ("--set", "policy.building.linkable=true", "--scale", "0.001", "--until", "2015-01")
    code, _, said = abm("run", current, *short, "--store", str(tmp_path))
    assert code == 0
    assert f"abm: {LINE}" in said.splitlines()
    code, out, _ = abm("levers", "linked")
    assert code == 0
    assert "Acts only with policy.building.starter_homes above 0." in " ".join(out.split())
