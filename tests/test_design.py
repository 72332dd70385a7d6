"""Designs: points worked out by hand, valid for the scenario that they move, and errors of one line."""

import json
import math
import pickle
import re
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from abm import scenario
from abm.catalogue import rows
from abm.errors import InputError
from experiments import design, factors

DESIGNS = sorted((Path(__file__).parent.parent / "configs" / "designs").glob("*.yaml"))
CAPACITY, RULE, TIES = "policy.decision.capacity_factor", "policy.coupling.rule", "policy.placement.ties_first"
TERM, FLEX = "policy.money.decision_term", "policy.housing.flex_share"
INFLOW, MIX, SIZE = "world.arrival.first_applications", "world.arrival.mix_years", "world.arrival.family_size"


@pytest.fixture
def write(tmp_path):
    """Write a file beside the others of this test and return its path."""

    def to(name, content):
        path = tmp_path / name
        path.write_text(content, encoding="utf-8")
        return path

    return to


@pytest.fixture
def made(write, tmp_path):
    """A design from keys, over a scenario 'now' that ends in 2030 unless others are named."""
    write("now.yaml", "until: 2030-12\nscale: 0.5\ntitle: As it is\n")

    def make(**keys):
        return design.from_dict({"scenarios": "now.yaml"} | keys, str(tmp_path / "test.yaml"), tmp_path)

    return make


def values(found):
    """Values and label of every point."""
    return [(dict(point.values), point.label) for point in found.points]


def plain(found):
    """Values of points that have no label."""
    assert not any(point.label for point in found.points)
    return [dict(point.values) for point in found.points]


def grid(parameters, **more):
    return {"method": "grid", "parameters": parameters} | more


def sampled(method, parameters=(INFLOW, MIX), **more):
    size = {"trajectories": 4} if method == "morris" else {"samples": 8}
    return {"method": method, "parameters": dict.fromkeys(parameters)} | size | more


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

THEN = """
    policy:
      decision: {capacity_factor: {2027-01: 1.5, 2028-01: 2}}
      money: {decision_term: 9}
      coupling: {rule: {2020-01: region}}
      housing: {flex_share: {2031-01: 1}, preparation_weeks: {2025-01: 12}}
"""  # the last line moves nothing before 2031
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


# --- samples


@pytest.mark.parametrize("method", ["latin_hypercube", "sobol"])
def test_whole_numbers_switches_and_choices_get_equal_shares(made, method):
    levers = sampled(method, (TIES, "policy.placement.rule", TERM), samples=64)
    levers["parameters"] |= {
        TERM: {"low": 3, "high": 10},
        "policy.placement.rule": ["free", "quota", "batch", "random"],
    }
    found = plain(made(levers=levers))
    for path, number in ((TIES, 2), ("policy.placement.rule", 4), (TERM, 8)):
        seen = [point[path] for point in found]
        assert {level: seen.count(level) for level in set(seen)} == dict.fromkeys(set(seen), 64 // number)
        assert len(set(seen)) == number


def test_levels_in_a_sample_are_equally_likely(made):
    uncertainties = sampled("sobol", samples=32)
    uncertainties["parameters"] = {INFLOW: [10_000, 40_000], SIZE: {"low": 2, "high": 5, "levels": 4}}
    found = plain(made(uncertainties=uncertainties))
    assert sorted(point[INFLOW] for point in found) == [10_000] * 16 + [40_000] * 16
    assert sorted(point[SIZE] for point in found) == [2] * 8 + [3] * 8 + [4] * 8 + [5] * 8


def test_a_sample_spreads_over_its_range(made):
    uncertainties = sampled("latin_hypercube", samples=10)
    uncertainties["parameters"] = {SIZE: {"low": 3}, INFLOW: {"low": 10_000, "high": 20_000}}
    found = plain(made(uncertainties=uncertainties))
    assert sorted(math.floor(point[INFLOW] / 1_000) for point in found) == list(range(10, 20))
    assert all(3 <= point[SIZE] <= 6 for point in found)  # 6 is its own bound


@pytest.mark.parametrize(
    ("block", "points"),
    [
        (sampled("latin_hypercube", samples=[8, 4]), 12),
        (sampled("morris", trajectories=5), 5 * 3),
        (sampled("sobol_indices"), 8 * (2 + 2)),
        (sampled("sobol_indices", second_order=True), 8 * (2 * 2 + 2)),
    ],
)
def test_number_of_points(made, block, points):
    found = made(uncertainties=block, replicates=3)
    assert len(found.points) == points
    assert len(found) == 3 * points


def test_coordinates_of_a_sample_lie_behind_its_values(made):
    found = made(uncertainties=sampled("morris"), levers=grid({CAPACITY: [1, 2]}))
    unit = found.unit("uncertainties")
    assert unit.shape == (12, 2)
    inflow = [point.values[INFLOW] for point in found.points if point.policy == 0]
    assert inflow == pytest.approx(5_000 + 75_000 * unit[:, 0])
    with pytest.raises(InputError, match="levers: method: grid draws no sample"):
        found.unit("levers")


def test_a_repeat_gives_the_same_points(made):
    for method in ("latin_hypercube", "sobol", "morris", "sobol_indices"):
        assert made(uncertainties=sampled(method)) == made(uncertainties=sampled(method))
        assert made(uncertainties=sampled(method)).points != made(uncertainties=sampled(method, seed=2)).points


# --- levers and uncertainties apart, runs and seeds


def test_every_policy_meets_the_same_worlds(made, write):
    write("b.yaml", "until: 2030-12")
    found = made(
        scenarios=["now.yaml", "b.yaml"], levers=grid({CAPACITY: [1, 2]}), uncertainties=grid({MIX: [1, 2, 3]})
    )
    rows = [(p.world, p.scenario, p.policy, p.values[MIX], p.values[CAPACITY]) for p in found.points]
    assert rows == [
        (world, base, policy, 1 + world, 1 + policy)
        for world in (0, 1, 2)
        for base in ("now", "b")
        for policy in (0, 1)
    ]
    assert len(found) == 12
    assert found.factors == (CAPACITY, MIX)


def test_labels_of_two_blocks(made, write):
    write("then.yaml", THEN)
    once = {"method": "one_at_a_time", "parameters": {MIX: [1]}}
    found = made(levers={"method": "ladder", "to": "then.yaml", "groups": {"all": "policy.*"}}, uncertainties=once)
    assert [point.label for point in found.points] == [
        "base policy, base world",
        "everything, base world",
        "base policy",
        "everything",
    ]


def test_a_design_without_blocks_compares_scenarios(made, write):
    write("b.yaml", "seed: 99\nname: other")
    found = made(scenarios=["now.yaml", "b.yaml"], replicates=2, seed=5, until="2020-12", scale=0.1)
    assert [(point.scenario, point.values) for point in found.points] == [("now", {}), ("other", {})]
    runs = [found.scenario_of(point, replicate) for point in (0, 1) for replicate in (0, 1)]
    assert [run.seed for run in runs] == [5, 6, 5, 6]
    assert {(run.until, run.scale) for run in runs} == {("2020-12", 0.1)}
    assert [(run.name, run.title) for run in runs[1:3]] == [("now", "As it is"), ("other", "")]
    assert runs[0].source.endswith("now.yaml")


def test_a_short_run_of_a_scenario_with_later_dates(made, write):
    write("late.yaml", "policy: {decision: {capacity_factor: {2027-01: 2}}}")
    found = made(scenarios="late.yaml", until="2016-12", levers=grid({TIES: None}))
    assert found.scenario_of(0, 0).months == 24


def test_common_luck_is_shared_and_independent_luck_is_not(made):
    levers = grid({CAPACITY: [1, 2, 3]})
    common = made(levers=levers, replicates=3, seed=10)
    seeds = [[common.seed_of(point, replicate) for replicate in range(3)] for point in range(3)]
    assert seeds == [[10, 11, 12]] * 3
    apart = made(levers=levers, replicates=3, seed=10, luck="independent")
    alone = {apart.seed_of(point, replicate) for point in range(3) for replicate in range(3)}
    assert len(alone) == 9
    more = design.changed(apart, replicates=5)
    assert [more.seed_of(2, 1), more.seed_of(0, 2)] == [apart.seed_of(2, 1), apart.seed_of(0, 2)]
    assert apart.scenario_of(2, 1).seed == apart.seed_of(2, 1)


def test_the_largest_seed_is_within_reach(made):
    assert made(seed=2**64 - 4, replicates=4).scenario_of(0, 3).seed == 2**64 - 1


# --- every value is valid for its scenario

EVERY = {"policy": factors.known("policy"), "world": factors.known("world")}


@pytest.mark.parametrize(
    ("block", "section"), [(block, section) for block, section in factors.BLOCKS.items()], ids=factors.BLOCKS
)
@pytest.mark.parametrize("method", ["one_at_a_time", "latin_hypercube", "sobol", "morris", "sobol_indices"])
def test_all_parameters_over_their_own_bounds(made, method, block, section):
    content = sampled(method, EVERY[section], **{"from": "2027-01"})
    if method == "one_at_a_time":
        content.pop("samples")
    found = made(**{block: content})
    assert found.factors == tuple(row["parameter"] for row in rows() if row["lever"] == (section == "policy"))
    for number in range(0, len(found.points), 7):
        run = found.scenario_of(number, 0)
        assert json.dumps(run.canonical(), allow_nan=False)


@given(ends=st.tuples(st.floats(0.25, 4), st.floats(0.25, 4)).filter(lambda ends: ends[0] < ends[1]))
def test_narrow_ranges_give_values_within_them(tmp_path_factory, ends):
    low, high = ends
    folder = tmp_path_factory.getbasetemp()
    (folder / "s.yaml").write_text("", encoding="utf-8")
    for method in ("grid", "latin_hypercube", "sobol"):
        block = {"method": method, "parameters": {CAPACITY: {"low": low, "high": high}}}
        block |= {} if method == "grid" else {"samples": 4}
        found = design.from_dict({"scenarios": "s.yaml", "levers": block}, "test", folder)
        for number, point in enumerate(found.points):
            assert low <= point.values[CAPACITY] <= high
            assert found.scenario_of(number, 0).params_at(0)["decision"].capacity_factor == point.values[CAPACITY]


# --- what was given, and its digest


def test_given_has_every_default_and_makes_the_same_design(made, tmp_path):
    levers = {"method": "list", "points": [{}, {CAPACITY: 2}], "from": "2027-01"}
    found = made(levers=levers, uncertainties=sampled("latin_hypercube"))
    assert found.given == {
        "name": "test",
        "title": "",
        "scenarios": ["now.yaml"],
        "seed": 1,
        "replicates": 1,
        "luck": "common",
        "most_runs": 10_000,
        "levers": levers,
        "uncertainties": {
            "method": "latin_hypercube",
            "seed": 1,
            "samples": [8],
            "parameters": {INFLOW: {"low": 5_000, "high": 80_000}, MIX: {"low": 1, "high": 11}},
        },
    }
    assert json.loads(json.dumps(found.given)) == found.given
    again = design.from_dict(found.given, found.source, tmp_path)
    assert again == found
    assert again.digest() == found.digest()


@pytest.mark.parametrize("method", ["grid", "one_at_a_time", "sobol", "morris", "sobol_indices"])
def test_given_makes_the_same_design_for_every_method(made, method):
    block = sampled(method)
    if method in ("grid", "one_at_a_time"):
        block = {"method": method, "parameters": {INFLOW: {"levels": 3}, MIX: [1, 2]}}
    found = made(uncertainties=block, until="2029-12", scale=0.2, replicates=2)
    again = made(**found.given)
    assert again == found
    assert json.loads(json.dumps(found.canonical(), allow_nan=False)) == found.canonical()


def test_digest_changes_with_what_decides_the_runs(made, write):
    levers = grid({CAPACITY: [1, 2]})
    plainly = made(levers=levers)
    others = [
        made(levers=levers, seed=2),
        made(levers=levers, replicates=2),
        made(levers=levers, luck="independent"),
        made(levers=levers, scale=0.1),
        made(levers=levers, until="2020-12"),
        made(levers=grid({CAPACITY: [1, 3]})),
        made(levers=grid({CAPACITY: [1, 2]}, **{"from": "2027-01"})),
        made(),
    ]
    assert len({plainly.digest(), *(other.digest() for other in others)}) == 9
    assert made(levers=levers, title="words", name="x", most_runs=20).digest() == plainly.digest()
    write("now.yaml", "until: 2030-12\nscale: 0.5\npolicy: {placement: {ties_first: false}}")
    assert made(levers=levers).digest() != plainly.digest()


def test_digest_follows_the_file_at_the_top_of_a_ladder(made, write):
    write("then.yaml", THEN)
    before = made(levers={"method": "ladder", "to": "then.yaml"}).digest()
    write("then.yaml", THEN.replace("1.5", "1.6"))
    assert made(levers={"method": "ladder", "to": "then.yaml"}).digest() != before


def test_a_design_can_be_sent_to_another_process(made):
    found = made(uncertainties=sampled("sobol"))
    sent = pickle.loads(pickle.dumps(found))
    assert sent == found
    assert sent.scenario_of(3, 0).digest() == found.scenario_of(3, 0).digest()
    assert design.changed(sent, samples=16).points[:8] == found.points


def test_ten_thousand_points_take_no_time(made):
    began = time.perf_counter()
    found = made(levers=grid({CAPACITY: [1, 2]}), uncertainties=sampled("latin_hypercube", samples=5_000))
    assert len(found) == 10_000
    assert found.digest()
    assert time.perf_counter() - began < 2  # a fifth of a second; the rest is for slow machines


# --- more of the same


@pytest.mark.parametrize(
    ("method", "samples", "written"),
    [
        ("latin_hypercube", 20, [8, 12]),
        ("sobol", 32, 32),
        ("morris", 9, 9),
        ("sobol_indices", 16, 16),
    ],
)
@pytest.mark.parametrize("block", factors.BLOCKS)
def test_more_samples_begin_with_those_that_were_there(made, method, samples, written, block):
    parameters = (INFLOW, MIX) if block == "uncertainties" else (CAPACITY, RULE)
    beside = {"levers": grid({TIES: None})} if block == "uncertainties" else {"uncertainties": grid({SIZE: [2, 3]})}
    found = made(**{block: sampled(method, parameters)}, **beside)
    more = design.changed(found, samples=samples)
    size = "trajectories" if method == "morris" else "samples"
    assert more.given[block][size] == written
    assert more.points[: len(found.points)] == found.points
    assert len(more.points) > len(found.points)
    assert design.changed(found, samples=4 if method == "morris" else 8) == found


def test_more_replicates(made):
    found = made(levers=grid({CAPACITY: [1, 2]}), replicates=2)
    more = design.changed(found, replicates=4)
    assert (more.points, len(more), more.replicates) == (found.points, 8, 4)
    assert found.given["replicates"] == 2


def refused_change(found, **more):
    with pytest.raises(InputError) as error:
        design.changed(found, **more)
    assert "\n" not in str(error.value)
    return str(error.value)


def test_what_cannot_be_more_is_refused(made, write):
    found = made(uncertainties=sampled("sobol"), replicates=2)
    assert "replicates: 1 is not more than 2: give a larger" in refused_change(found, replicates=1)
    assert "samples: 4 is not more than 8: give a larger" in refused_change(found, samples=4)
    assert "samples: 'many' is not more than 8" in refused_change(found, samples="many")
    assert "samples: 12 is not a power of two: give 8 or 16" in refused_change(found, samples=12)
    assert "write 'most_runs: 32768'" in refused_change(found, samples=2**14)
    assert "samples: no block draws a sample" in refused_change(made(), samples=8)
    both = made(levers=sampled("sobol", (CAPACITY,)), uncertainties=sampled("sobol"))
    assert "samples: both blocks draw a sample" in refused_change(both, samples=16)
    write("now.yaml", "until: 2031-12")
    assert "the scenario files changed since" in refused_change(found, samples=16)


# --- what is refused

GRID = "levers: {method: grid, parameters: {policy.decision.capacity_factor: %s}}"
ADD = "uncertainties: {method: %s, parameters: {world.arrival.mix_years: , world.arrival.family_size: }, %s}"
TO = "levers: {method: ladder, to: then.yaml, groups: %s}"
BAD = [  # content of bad.yaml beside now.yaml, and what its one line must hold
    ("polcy: 1", "unknown key 'polcy': choose from name, title"),
    ("replicate: 1", "unknown key 'replicate': did you mean 'replicates'?"),
    ("1: 2", "unknown key '1': choose from"),
    ("scenarios: nwo.yaml", "scenarios: there is no file", "did you mean 'now.yaml'?"),
    ("scenarios: 3", "scenarios: 3 is not allowed: give text"),
    ("scenarios: []", "scenarios: [] is not allowed: give at least one"),
    ("scenarios: [now.yaml, now.yaml]", "scenarios: two are named 'now': give each another 'name:' in its file"),
    ("scenarios: broken.yaml", "broken.yaml: unknown key 'polcy': did you mean 'policy'?"),
    ("name: My Design", "name: 'My Design' is not allowed: give a folder name of lower-case letters, digits,"),
    ("name: ../x", "name: '../x' is not allowed: give a folder name"),
    ("name: ..", "name: '..' is not allowed: give a folder name"),
    ("name: 3", "name: 3 is not allowed: give text"),
    ("title: [a]", "title: ['a'] is not allowed: give text"),
    ("until: 2035", "bad.yaml: until: '2035' is not a month: write it as YYYY-MM"),
    ("until: 2051-01", "bad.yaml: until: 2051-01 is outside the run: give 2015-01 to 2050-12"),
    ("scale: 2", "bad.yaml: scale: 2 is not a share: give 0.001 to 1"),
    ("scale: a", "bad.yaml: scale: 'a' is not a share: give 0.001 to 1"),
    ("seed: -1", "seed: -1 is not allowed: give a whole number of at least 0"),
    ("seed: 18446744073709551616", "seed: 18446744073709551616 is not allowed: give a whole number of at most"),
    ("seed: one", "seed: 'one' is not allowed: give a whole number"),
    ("seed: true", "seed: True is not allowed: give a whole number"),
    ("seed: 18446744073709551615\nreplicates: 2", "seed: 18446744073709551615 leaves no seeds for 2 runs: give 184"),
    (f"{GRID % '[1, 2]'}\nseed: 18446744073709550000\nluck: independent", "leaves no seeds for 2 runs: give 184467"),
    ("replicates: 1000001\nluck: independent\nmost_runs: 2000000", "replicates: independent luck has room for 1,000"),
    ("replicates: 0", "replicates: 0 is not allowed: give a whole number of at least 1"),
    ("replicates: 1.5", "replicates: 1.5 is not allowed: give a whole number"),
    ("luck: shared", "luck: 'shared' is not allowed: give 'common' or 'independent'"),
    ("most_runs: 0", "most_runs: 0 is not allowed: give a whole number of at least 1"),
    ("replicates: 10001", "most_runs: 10,001 runs", "write 'most_runs: 10001' to allow them"),
    ("levers: {method: grid, parameters: {policy.*_factor: {levels: 10000}}}", "10,000,000,000,000,000 runs", "write"),
    (GRID % "{levels: 10001}", "capacity_factor: levels: 10001 is not allowed: give a whole number of at most 10000"),
    (f"replicates: {'9' * 4000}", "replicates: 9999", "is not allowed: give a whole number of at most"),
    (ADD % ("sobol_indices", "samples: 1073741824"), "4,294,967,296 runs", "write 'most_runs: 4294967296'"),
    (ADD % ("latin_hypercube", "samples: 10001"), "10,001 runs", "1 x 1 x 10,001 x 1", "write 'most_runs: 10001'"),
    # blocks
    ("levers: 3", "levers: has no 'method:': choose from list, grid"),
    ("levers: {}", "levers: has no 'method:': choose from list, grid"),
    ("levers: {method: gird}", "levers: method: 'gird' is not a method: did you mean 'grid'?"),
    ("levers: {method: [grid]}", "levers: method: ['grid'] is not a method: did you mean 'grid'?"),
    ("levers: {method: grid}", "levers: has no 'parameters:': write it"),
    ("levers: {method: grid, parameters: {}}", "levers: parameters: {} is not allowed: give at least one"),
    ("levers: {method: grid, parameters: 3}", "levers: parameters: 3 is not allowed: give a mapping"),
    ("levers: {method: grid, parameters: {}, samples: 3}", "unknown key 'samples': it belongs to latin_hypercube, sob"),
    ("levers: {method: grid, parameters: {}, parm: 3}", "levers: unknown key 'parm': did you mean 'parameters'?"),
    (ADD % ("sobol", "trajectories: 8"), "unknown key 'trajectories': it belongs to morris: remove it"),
    (ADD % ("sobol", ""), "uncertainties: has no 'samples:': write it"),
    (ADD % ("sobol", "samples: 100"), "uncertainties: samples: 100 is not a power of two: give 64 or 128"),
    (ADD % ("sobol", "samples: 0"), "samples: 0 is not allowed: give a whole number of at least 1"),
    (ADD % ("sobol_indices", "samples: 3"), "samples: 3 is not a power of two: give 2 or 4"),
    (ADD % ("sobol_indices", "samples: 4, second_order: 1"), "second_order: 1 is not allowed: give true or false"),
    (ADD % ("latin_hypercube", "samples: -4"), "samples: -4 is not allowed: give a whole number of at least 1"),
    (ADD % ("latin_hypercube", "samples: many"), "samples: 'many' is not allowed: give a whole number"),
    (ADD % ("latin_hypercube", "samples: []"), "samples: [] is not allowed: give at least one"),
    (ADD % ("latin_hypercube", "samples: [4, 0]"), "samples: 0 is not allowed: give a whole number of at least 1"),
    (ADD % ("latin_hypercube", "samples: 4, seed: -1"), "uncertainties: seed: -1 is not allowed: give a whole number"),
    (ADD % ("morris", "trajectories: 4, num_levels: 5"), "num_levels: 5 is odd: give an even number of levels, like 6"),
    (ADD % ("morris", "trajectories: 4, num_levels: 0"), "num_levels: 0 is not allowed: give a whole number of at le"),
    ("levers: {method: morris, trajectories: 4, parameters: {policy.coupling.rule: }}", "morris needs 2: add another"),
    # parameters
    ("levers: {method: grid, parameters: {policy.decision.capacity_facter: }}", "did you mean 'policy.decision.capac"),
    ("levers: {method: grid, parameters: {zzz: }}", "levers: zzz: no such parameter: 'abm levers' lists them"),
    ("uncertainties: {method: grid, parameters: {3: }}", "3: no such parameter: 'abm parameters' lists them"),
    ("levers: {method: grid, parameters: {world.arrival.mix_years: }}", "is not a lever", "under 'uncertainties:'"),
    ("levers: {method: grid, parameters: {policy.arrival.mix_years: }}", "write world.arrival.mix_years under 'unce"),
    ("uncertainties: {method: grid, parameters: {policy.coupling.rule: }}", "is a lever: write", "under 'levers:'"),
    ("uncertainties: {method: list, points: [{world.coupling.rule: task}]}", "write policy.coupling.rule under 'lev"),
    ("levers: {method: grid, parameters: {policy.decison.*: }}", "levers: policy.decison.*: matches no parameter: wri"),
    (GRID % "[]", "capacity_factor: holds no levels: list them"),
    (GRID % "[1, 2, 1.0]", "capacity_factor: 1.0 appears twice: give each level once"),
    (GRID % "[1, 5]", "levers: policy.decision.capacity_factor: 5 is not allowed: give a number from 0.25 to 4"),
    (GRID % "[fast]", "'fast' is not allowed: give a number from 0.25 to 4 [ratio]"),
    (GRID % "[.nan]", "nan is not allowed: give a number from 0.25 to 4"),
    (GRID % "[{2027-01: 1}]", "is not one value: give the month with 'from:'"),
    (GRID % "2", "capacity_factor: 2 is neither levels nor a range: give a list like [1, 1.5]"),
    (GRID % "{low: 2, high: 1}", "capacity_factor: low 2 is above high 1: exchange them"),
    (GRID % "{low: 1, high: 1}", "capacity_factor: low and high are both 1: give two bounds"),
    (GRID % "{low: 0.1}", "capacity_factor: 0.1 is not allowed: give a number from 0.25 to 4 [ratio]"),
    (GRID % "{high: lots}", "capacity_factor: 'lots' is not allowed: give a number from 0.25 to 4 [ratio]"),
    (GRID % "{hgih: 2}", "capacity_factor: unknown key 'hgih': did you mean 'high'?"),
    (GRID % "{levels: 1}", "capacity_factor: levels: 1 is not allowed: give a whole number of at least 2"),
    (GRID % "{levels: x}", "capacity_factor: levels: 'x' is not allowed: give a whole number"),
    ("levers: {method: grid, parameters: {policy.coupling.rule: {low: 1}}}", "rule: {'low': 1} is not allowed: give a"),
    ("levers: {method: grid, parameters: {policy.coupling.rule: [best]}}", "'best' is not allowed: give one of task,"),
    ("levers: {method: grid, parameters: {policy.placement.ties_first: [1]}}", "1 is not allowed: give true or false"),
    ("levers: {method: grid, parameters: {policy.money.decision_term: {low: 1.5}}}", "give a whole number from 1 to"),
    (
        "levers: {method: grid, parameters: {policy.money.decision_term: {low: 2, high: 4, levels: 9}}}",
        "there are 3 whole numbers from 2 to 4: give at most 3",
    ),
    ("levers: {method: one_at_a_time, parameters: {policy.coupling.rule: [task]}}", "rule: has the value of the scena"),
    ("levers: {method: sobol, samples: 4, parameters: {policy.coupling.rule: [task]}}", "rule: has one level, a samp"),
    ("levers: {method: list, points: []}", "levers: points: [] is not allowed: give at least one"),
    ("levers: {method: list, points: [3]}", "levers: points: 3 is not allowed: give a mapping"),
    ("levers: {method: list, points: [{}, {}]}", "levers: points: {} appears twice: give each point once"),
    ("levers: {method: list, points: [{policy.coupling.rule: {}}]}", "rule: holds no months: write a value"),
    ("levers: {method: list, points: [{policy.coupling.rule: {2031-01: task}}]}", "2031-01 is outside the run: give a"),
    ("levers: {method: list, points: [{policy.coupling.rule: {soon: task}}]}", "rule: 'soon' is not a month: write"),
    ("levers: {method: list, points: [{policy.coupling.rule: 3}]}", "rule: 3 is not allowed: give one of task, region"),
    # from
    (f"levers: {{from: 2031-01, {GRID[9:] % '[1]'}", "levers: from: 2031-01 is outside the run: give a month from 201"),
    (f"levers: {{from: 2014-12, {GRID[9:] % '[1]'}", "levers: from: 2014-12 is outside the run: give a month from 201"),
    (f"until: 2020-12\nlevers: {{from: 2027-01, {GRID[9:] % '[1]'}", "give a month from 2015-01 to 2020-12"),
    (f"levers: {{from: 2027, {GRID[9:] % '[1]'}", "levers: from: '2027' is not a month: write it as YYYY-MM"),
    # ladder
    ("levers: {method: ladder}", "levers: has no 'to:': write it"),
    ("levers: {method: ladder, to: tehn.yaml}", "levers: to: there is no file", "did you mean 'then.yaml'?"),
    ("levers: {method: ladder, to: 3}", "levers: to: 3 is not allowed: give text"),
    ("levers: {method: ladder, to: then.yaml, from: 2027-01}", "unknown key 'from': it belongs to list, grid"),
    ("levers: {method: ladder, to: now.yaml}", "now.yaml differs from 'now' in no policy. parameter until 2030-12"),
    ("until: 2015-12\nlevers: {method: ladder, to: late.yaml}", "in no policy. parameter until 2015-12: give another"),
    ("levers: {method: ladder, to: both.yaml}", "differs from 'now' also in world.arrival.mix_years", "make the rest"),
    ("uncertainties: {method: ladder, to: then.yaml}", "also in policy.decision.capacity_factor: a ladder under 'un"),
    ("scenarios: [now.yaml, late.yaml]\nlevers: {method: ladder, to: then.yaml}", "starts from one scenario, here ar"),
    (TO % "{a: [policy.reception.*]}", "levers: groups: a: 'policy.reception.*' matches nothing that differs"),
    (TO % "{a: [policy.decisoin.capacity_factor]}", "did you mean 'policy.decision.capacity_factor'?"),
    (TO % "{a: [policy.*], b: [policy.money.*]}", "groups: b: policy.money.decision_term is in 'a' too: keep it in"),
    (TO % "{policy.coupling.rule: [policy.decision.*]}", "is the name of a parameter: give the group another name"),
    (TO % "[a]", "levers: groups: ['a'] is not allowed: give a mapping"),
    (TO % "{a: []}", "levers: groups.a: [] is not allowed: give at least one"),
    # not a design at all
    ("- a", "holds no keys: write a mapping with name, title, scenarios"),
    ("just text", "holds no keys: write a mapping"),
    ("seed: 1\nseed: 2", "line 3: is not valid YAML: key 'seed' appears twice"),
]  # fmt: skip


@pytest.mark.parametrize("case", BAD, ids=[f"{number} {case[1][:50]}" for number, case in enumerate(BAD)])
def test_bad_input_is_refused_in_one_line(write, case):
    content, *words = case
    write("now.yaml", "until: 2030-12\nscale: 0.5")
    write("then.yaml", THEN)
    write("late.yaml", "policy: {decision: {capacity_factor: {2027-01: 2}}}")
    write("both.yaml", "policy: {placement: {ties_first: false}}\nworld: {arrival: {mix_years: 3}}")
    write("broken.yaml", "polcy: 1")
    design_like = content[:1] != "-" and ":" in content
    text = content if "scenarios:" in content or not design_like else f"scenarios: now.yaml\n{content}"
    path = write("bad.yaml", text)
    began = time.perf_counter()
    with pytest.raises(InputError) as error:
        design.load(path)
    message = str(error.value)
    assert message.startswith(str(path)) or "broken.yaml" in content
    assert [word for word in words if word not in message] == []
    assert "\n" not in message
    assert len(message.replace(str(path.parent), "")) < 400
    assert time.perf_counter() - began < 1  # before anything large is made


def test_a_design_needs_scenarios(write):
    with pytest.raises(InputError, match="empty.yaml: has no 'scenarios:': write it"):
        design.load(write("empty.yaml", ""))


def test_a_missing_file_is_named_with_the_nearest_one(write):
    path = write("smoke.yaml", "")
    with pytest.raises(InputError, match=r"smok.yaml: cannot be read .*did you mean .*smoke.yaml"):
        design.load(path.with_name("smok.yaml"))


def test_the_name_of_a_file_must_be_a_folder_name_too(write):
    write("now.yaml", "")
    with pytest.raises(InputError, match="name: 'My Design' is not allowed: give a folder name"):
        design.load(write("My Design.yaml", "scenarios: now.yaml"))
    assert design.load(write("My Design.yaml", "scenarios: now.yaml\nname: mine")).name == "mine"


def test_numbers_from_python_are_checked_too(made):
    with pytest.raises(InputError, match="replicates: np.int64"):
        made(replicates=np.int64(3))


# --- the designs that come with the model


@pytest.mark.parametrize("path", DESIGNS, ids=lambda path: path.stem)
def test_the_designs_that_come_with_the_model_load(path):
    found = design.load(path)
    assert (found.name, bool(found.title)) == (path.stem, True)
    told = re.search(r"([0-9,]+) runs", path.read_text(encoding="utf-8").splitlines()[0])
    assert int(told[1].replace(",", "")) == pytest.approx(len(found), rel=0.1)  # patterns take up new parameters
    for number in [*range(min(3, len(found.points))), len(found.points) - 1]:
        assert json.dumps(found.scenario_of(number, found.replicates - 1).canonical())


def test_smoke_is_small():
    found = design.load(DESIGNS[0].with_name("smoke.yaml"))
    assert len(found) == 12
    assert all(base.scale <= 0.1 for base in found.scenarios)
