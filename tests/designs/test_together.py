"""Parameters that belong together in designs: ranges, samples of which no point is refused, and points that are."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from abm.engine.errors import InputError
from abm.engine.together import Whole
from abm.scenario_file import TOGETHER
from experiments.designs import design, together
from tests.helpers.designs import grid, plain, sampled

SMALL, MIDDLE = "world.housing.small_share", "world.housing.middle_share"
SUITS = tuple(f"world.profile.{name}" for name in ("internship", "participation_job", "social_firm"))
USUAL, MOST = "world.moving.usual_hours", "world.moving.most_hours"
URGENCY, LOTTERY = "policy.lettings.urgency_share", "policy.lettings.lottery_share"
METHODS = ("latin_hypercube", "sobol", "morris", "sobol_indices")


def refused(made, **keys):
    with pytest.raises(InputError) as error:
        made(**keys)
    assert "\n" not in str(error.value)
    return str(error.value)


def values(found, *paths):
    """Values of parameters, [points, parameters]."""
    return np.array([[point[path] for path in paths] for point in plain(found)])


# --- points that are written


def test_an_impossible_corner_of_a_grid_is_named(made):
    line = refused(made, uncertainties=grid({SMALL: [0.2, 0.7], MIDDLE: [0.1, 0.4]}))
    assert line.endswith(
        "test.yaml: uncertainties: point 4 in scenario 'now': world.housing: small_share 0.7 + middle_share 0.4 = 1.1 "
        "in 2015-01 is more than the whole (vacancies by size; the rest: homes for five or more persons): lower one, "
        "to at most 1 together"
    )
    assert len(made(uncertainties=grid({SMALL: [0.2, 0.6], MIDDLE: [0.1, 0.4]})).points) == 4


def test_a_list_is_held_against_every_scenario_in_every_month(made, write):
    write("later.yaml", "world: {housing: {small_share: 0.3, middle_share: {2028-01: 0.6}}}")
    points = {"method": "list", "points": [{SMALL: 0.4}, {SMALL: 0.5}]}
    assert len(made(uncertainties=points).points) == 2
    line = refused(made, scenarios=["now.yaml", "later.yaml"], uncertainties=points)
    assert "uncertainties: point 2 in scenario 'later': world.housing: small_share 0.5 + middle_share 0.6" in line
    assert " in 2028-01 " in line
    early = points | {"points": [{SMALL: {"2015-01": 0.6, "2020-01": 0.4}}]}
    assert len(made(scenarios=["now.yaml", "later.yaml"], uncertainties=early).points) == 2


def test_a_ladder_names_the_rung(made, write):
    write("then.yaml", "policy: {lettings: {urgency_share: 0.5, institutions_share: 0.5, lottery_share: 0}}")
    line = refused(made, levers={"method": "ladder", "to": "then.yaml"})
    point = "point 7 (all but policy.lettings.lottery_share) in scenario 'now'"
    assert f"levers: {point}: policy.lettings: urgency_share 0.5 + institutions_share 0.5 + target_share 0 +" in line
    groups = {"letting": "policy.lettings.*"}
    assert len(made(levers={"method": "ladder", "to": "then.yaml", "groups": groups}).points) == 2


def test_values_from_a_month_on_leave_earlier_ones_alone(made, write):
    write("later.yaml", "world: {housing: {middle_share: {2015-01: 0.55, 2020-01: 0.2}}}")
    late = grid({SMALL: [0.45, 0.8]}, **{"from": "2020-01"})
    assert len(made(scenarios="later.yaml", uncertainties=late).points) == 2
    assert "small_share 0.8 + middle_share 0.55 = 1.35 in 2015-01" in refused(
        made, scenarios="later.yaml", uncertainties=grid({SMALL: [0.45, 0.8]})
    )


# --- ranges


def test_a_range_without_bounds_reaches_as_far_as_the_scenario_leaves(made, write):
    write("later.yaml", "world: {housing: {middle_share: {2028-01: 0.5}}}")
    assert plain(made(uncertainties=grid({SMALL: None}))) == [{SMALL: 0}, {SMALL: 0.6}]
    both = made(scenarios=["now.yaml", "later.yaml"], uncertainties=grid({SMALL: None}))
    assert {point.values[SMALL] for point in both.points} == {0, 0.5}
    assert both.given["uncertainties"]["parameters"] == {SMALL: {"low": 0.0, "high": 0.5}}
    assert design.from_dict(both.given, both.source, both.folder) == both


def test_one_at_a_time_keeps_the_others(made):
    found = made(levers={"method": "one_at_a_time", "parameters": {URGENCY: None, LOTTERY: None}})
    assert [dict(point.values) for point in found.points] == [
        {}, {URGENCY: 0}, {URGENCY: 0.9}, {LOTTERY: 0}, {LOTTERY: 0.8},
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        (
            {SMALL: {"high": 0.9}},
            "small_share: high 0.9 is never allowed, with middle_share at most 1 (vacancies by ",
        ),
        (
            {SMALL: {"low": 0.5}, MIDDLE: {"low": 0.1, "high": 0.6}},
            "middle_share: high 0.6 is never allowed, with ",
        ),
        ({USUAL: {"high": 1_500}}, "usual_hours: high 1500 is never allowed, at most most_hours: give 1000 at most"),
        ({MOST: {"low": 100}}, "most_hours: low 100 is never allowed, at least usual_hours: give 350 at least"),
        ({SMALL: {"low": 0.6}}, "small_share: cannot vary, with middle_share at most 1 (vacancies by size; the rest: "),
    ],
)
def test_bounds_beyond_reach_are_refused(made, parameters, words):
    for block in (grid(parameters), sampled("latin_hypercube") | {"parameters": parameters}):
        assert words in refused(made, uncertainties=block)


# --- samples


@pytest.mark.parametrize("method", METHODS)
def test_no_point_of_a_sample_is_refused(made, method):
    """Every whole and pair at once, over their own bounds."""
    for block, section in (("levers", "policy"), ("uncertainties", "world")):
        paths = [
            path
            for process, rule in TOGETHER
            for path in (together.path_of(process, parameter) for parameter in rule.parameters)
            if path.startswith(section)
        ]
        found = made(**{block: sampled(method, paths)})
        for number in range(len(found.points)):
            found.scenario_of(number, 0)  # raises
        for process, rule in TOGETHER:
            if isinstance(rule, Whole) and together.path_of(process, rule.parts[0]) in paths:
                seen = values(found, *(together.path_of(process, part) for part in rule.parts))
                assert seen.min() >= 0
                assert (np.ptp(seen, axis=0) > 0).all()


def test_a_sample_of_a_whole_is_uniform_over_all_that_is_allowed(made):
    """Of four parts that are alike each is a quarter on average, and below x with probability 1 - (1 - x)^3."""
    seen = values(made(uncertainties=sampled("sobol", SUITS, samples=4096), most_runs=5000), *SUITS)
    rest = 1 - seen.sum(axis=1)
    for part in (*seen.T, rest):
        assert part.mean() == pytest.approx(1 / 4, abs=2e-3)
        assert (part**2).mean() == pytest.approx(2 / (4 * 5), abs=2e-3)
        for x in (0.1, 0.3, 0.6):
            assert (part < x).mean() == pytest.approx(1 - (1 - x) ** 3, abs=0.01)


def test_what_does_not_vary_keeps_its_part(made):
    seen = values(made(uncertainties=sampled("sobol", SUITS[:2], samples=1024)), *SUITS[:2])
    assert seen.sum(axis=1).max() <= 0.9 + 1e-9  # a tenth needs a social firm
    assert seen.mean(axis=0) == pytest.approx([0.3, 0.3], abs=2e-3)


def test_a_pair_is_uniform_over_all_that_is_allowed(made):
    """Of 2,000 by 3,000 hours half a square is cut off: half of the rest lies beyond 2,000 hours."""
    seen = values(made(uncertainties=sampled("sobol", (USUAL, MOST), samples=4096), most_runs=5000), USUAL, MOST)
    assert (seen[:, 0] <= seen[:, 1]).all()
    assert (seen[:, 1] > 2_000).mean() == pytest.approx(1 / 2, abs=5e-3)
    triangle = seen[seen[:, 1] <= 2_000]  # below the diagonal of a square
    assert triangle.mean(axis=0) == pytest.approx([2_000 / 3, 4_000 / 3], rel=0.01)


def test_ranges_that_fit_are_sampled_as_any_other(made):
    block = sampled("latin_hypercube", samples=16)
    block["parameters"] = {SMALL: {"low": 0.2, "high": 0.6}, MIDDLE: {"low": 0.1, "high": 0.4}}
    found = made(uncertainties=block)
    unit = found.unit("uncertainties")
    assert np.array_equal(values(found, SMALL, MIDDLE), [0.2, 0.1] + unit * ([0.6 - 0.2, 0.4 - 0.1]))


def test_levels_of_a_sample_must_fit(made):
    block = sampled("sobol") | {"parameters": {SMALL: [0.2, 0.8], MIDDLE: None}}
    assert "small_share 0.8 + middle_share" in refused(made, uncertainties=block)
    block["parameters"] = {SMALL: [0.2, 0.3], MIDDLE: {"low": 0, "high": 0.7}}
    assert len(made(uncertainties=block).points) == 8


@settings(max_examples=50)
@given(
    shares=st.lists(st.tuples(st.floats(0, 0.3), st.floats(0.01, 1)), min_size=2, max_size=3),
    seed=st.integers(0, 1000),
    size=st.sampled_from([4, 16]),
)
def test_any_ranges_of_a_whole_give_points_within_them(tmp_path_factory, shares, seed, size):
    """And a larger sample begins with the smaller one."""
    folder = tmp_path_factory.getbasetemp()
    (folder / "whole.yaml").write_text("world: {profile: {social_firm: 0}}", encoding="utf-8")
    lows = [low for low, _ in shares]
    ends = [(low, min(low + width, 1 - sum(lows) + low)) for low, width in shares]
    ranges = {path: {"low": low, "high": high} for path, (low, high) in zip(SUITS, ends, strict=False) if low < high}
    block = {"method": "sobol", "samples": size, "seed": seed, "parameters": ranges}
    content = {"scenarios": "whole.yaml", "uncertainties": block}
    found = design.from_dict(content, "test", folder)
    seen = np.array([list(point.values.values()) for point in found.points])
    low, high = np.array([[each["low"], each["high"]] for each in ranges.values()]).T
    assert ((seen >= low) & (seen <= high)).all()
    assert (seen.sum(axis=1) <= 1 + 1e-9).all()
    assert design.changed(found, samples=2 * size).points[:size] == found.points
