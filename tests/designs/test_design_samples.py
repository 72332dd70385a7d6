"""Designs: samples, worlds and policies apart, digests, and more of the same."""

import json
import math
import pickle
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from abm.engine.errors import InputError
from abm.parameters import rows
from experiments.designs import design, factors
from tests.helpers.designs import CAPACITY, INFLOW, MIX, RULE, SIZE, TERM, THEN, TIES, grid, plain, sampled

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


def test_common_random_numbers_are_shared_and_independent_ones_are_not(made):
    levers = grid({CAPACITY: [1, 2, 3]})
    common = made(levers=levers, replicates=3, seed=10)
    seeds = [[common.seed_of(point, replicate) for replicate in range(3)] for point in range(3)]
    assert seeds == [[10, 11, 12]] * 3
    apart = made(levers=levers, replicates=3, seed=10, random_numbers="independent")
    alone = {apart.seed_of(point, replicate) for point in range(3) for replicate in range(3)}
    assert len(alone) == 9
    more = design.changed(apart, replicates=5)
    assert [more.seed_of(2, 1), more.seed_of(0, 2)] == [apart.seed_of(2, 1), apart.seed_of(0, 2)]
    assert apart.scenario_of(2, 1).seed == apart.seed_of(2, 1)


def test_the_largest_seed_is_within_reach(made):
    assert made(seed=2**64 - 4, replicates=4).scenario_of(0, 3).seed == 2**64 - 1


# --- every value is valid for its scenario

EVERY = {"policy": factors.known("policy"), "world": factors.known("world")}


@pytest.mark.slow  # hundreds of parameters
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
        "random_numbers": "common",
        "most_runs": 10_000,
        "measures": ["all"],
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
        made(levers=levers, random_numbers="independent"),
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
    assert "its scenario files have changed" in refused_change(found, samples=16)
