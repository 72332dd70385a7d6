"""Methods of designs: small ones worked out by hand, and what makes a sample a good one."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from SALib.analyze import morris as morris_analysis
from SALib.analyze import sobol as sobol_analysis

from experiments.designs import sampling

SEEDS = st.integers(0, 2**64 - 1)
DIMENSIONS = st.integers(2, 6)
PROBLEM = {"num_vars": 2, "names": ["a", "b"], "bounds": [[0, 1]] * 2}
SAMPLES = {  # name -> sample of a size, in three dimensions
    "latin_hypercube": lambda size, seed: sampling.latin_hypercube(3, [4] * (size // 4), seed),
    "sobol": lambda size, seed: sampling.sobol(3, size, seed),
    "morris": lambda size, seed: sampling.morris(3, size, 4, seed),
    "sobol_indices": lambda size, seed: sampling.sobol_indices(3, size, False, seed),
    "sobol_indices, second order": lambda size, seed: sampling.sobol_indices(3, size, True, seed),
}
each_sample = pytest.mark.parametrize("sample", SAMPLES.values(), ids=SAMPLES)


# --- levels


def test_grid_of_two_by_three():
    points = list(sampling.grid({"a": [1, 2], "b": ["x", "y", "z"]}))
    assert points == [
        {"a": 1, "b": "x"},
        {"a": 1, "b": "y"},
        {"a": 1, "b": "z"},
        {"a": 2, "b": "x"},
        {"a": 2, "b": "y"},
        {"a": 2, "b": "z"},
    ]


def test_one_at_a_time():
    points = list(sampling.one_at_a_time({"a": [1, 2], "b": [False]}))
    assert points == [{}, {"a": 1}, {"a": 2}, {"b": False}]


@pytest.mark.parametrize(
    ("rungs", "expected"),
    [
        ("a", [("base", ""), ("everything", "a")]),
        ("ab", [("base", ""), ("only a", "a"), ("only b", "b"), ("everything", "ab")]),
        (
            "abc",
            [
                ("base", ""),
                ("only a", "a"),
                ("only b", "b"),
                ("only c", "c"),
                ("all but a", "bc"),
                ("all but b", "ac"),
                ("all but c", "ab"),
                ("everything", "abc"),
            ],
        ),
    ],
)
def test_ladder(rungs, expected):
    assert sampling.ladder(list(rungs)) == [(label, tuple(taken)) for label, taken in expected]


def test_levels_are_evenly_spaced():
    assert sampling.spaced(0.5, 1.5, 2) == [0.5, 1.5]
    assert sampling.spaced(0.5, 1.5, 5) == [0.5, 0.75, 1.0, 1.25, 1.5]


# --- coordinates to values


@pytest.mark.parametrize("number", range(1, 12))
def test_shares_are_equal(number):
    pieces = 5
    unit = (np.arange(number * pieces) + 0.5) / (number * pieces)
    assert sampling.shares(unit, number).tolist() == [share for share in range(number) for _ in range(pieces)]
    assert sampling.shares(np.array([0.0, 1.0]), number).tolist() == [0, number - 1]


@pytest.mark.parametrize("number", range(1, 50))
def test_a_border_belongs_to_the_upper_share(number):
    borders = np.arange(number) / number
    around = np.array([np.nextafter(borders, 0), borders, np.nextafter(borders, 1)])
    assert np.array_equal(sampling.shares(around, number), [range(number)] * 3)


@given(low=st.floats(-1e6, 1e6), width=st.floats(1e-6, 1e6), unit=st.floats(0, 1))
def test_values_stay_between_their_bounds(low, width, unit):
    high = low + width
    assert low <= sampling.between(np.array([unit]), low, high)[0] <= high


def test_bounds_are_reached():
    assert sampling.between(np.array([0, 0.25, 1]), 0.1, 0.3).tolist() == pytest.approx([0.1, 0.15, 0.3])
    assert sampling.between(np.array([1.0]), 0.1, 0.3)[0] == 0.3  # 0.1 + (0.3 - 0.1) is a bit more


# --- what belongs together


def test_two_shares_of_a_whole_by_hand():
    """The first is below x with probability 1 - (1 - x)^2, the second anywhere in what is left."""
    unit = np.array([[0, 0], [0.75, 0.5], [0.75, 1], [1, 1], [0.36, 0.25]])
    found = sampling.within_whole(unit, np.zeros(2), np.ones(2), 1)
    assert found == pytest.approx(np.array([[0, 0], [0.5, 0.25], [0.5, 0.5], [1, 0], [0.2, 0.2]]))


def test_shares_with_bounds_by_hand():
    """Of the square from (0.1, 0.2) to (0.5, 0.6) the corner beyond a sum of 0.9 is cut off: 0.02 of 0.16."""
    low, high = np.array([0.1, 0.2]), np.array([0.5, 0.6])
    unit = np.array([[0, 1], [0.2 * 0.4 / 0.14, 1], [1, 1], [1, 0]])  # up to 0.3 nothing is cut off
    found = sampling.within_whole(unit, low, high, 0.9)
    assert found == pytest.approx(np.array([[0.1, 0.6], [0.3, 0.6], [0.5, 0.4], [0.5, 0.2]]))


def test_a_pair_by_hand():
    """From 0 to 2 and from 1 to 2: beyond 1 a triangle, a third of the area; below it a square."""
    unit = np.array([[0, 0], [1 / 3, 0.5], [2 / 3, 0], [1, 1], [1 - 1 / 12, 1]])
    found = sampling.in_order(unit, np.array([0.0, 1]), np.array([2.0, 2]))
    assert found == pytest.approx(np.array([[0, 1], [0.5, 1.5], [1, 1], [2, 2], [1.5, 2]]))


@given(
    bounds=st.lists(st.tuples(st.floats(0, 0.25), st.floats(1e-6, 1)), min_size=2, max_size=4),
    room=st.floats(0, 1),
    unit=st.lists(st.lists(st.floats(0, 1), min_size=4, max_size=4), min_size=1, max_size=8),
)
def test_shares_stay_within_bounds_and_room(bounds, room, unit):
    low, width = np.array(bounds).T
    room += low.sum()
    found = sampling.within_whole(np.array(unit)[:, : len(low)], low, low + width, room)
    assert ((found >= low) & (found <= low + width)).all()
    assert (found.sum(axis=1) <= room + 1e-12).all()


@given(bounds=st.lists(st.floats(0.01, 1), min_size=2, max_size=4), steps=st.lists(st.floats(0, 1), min_size=2))
def test_a_higher_coordinate_is_a_higher_share(bounds, steps):
    width, unit = np.array(bounds), np.full((len(steps), len(bounds)), 0.5)
    unit[:, 0] = sorted(steps)
    found = sampling.within_whole(unit, np.zeros(len(width)), width, 0.8)[:, 0]
    assert (np.diff(found) >= -1e-12).all()


# --- samples


@given(dimensions=DIMENSIONS, samples=st.integers(1, 40), seed=SEEDS)
def test_latin_hypercube_has_one_point_in_each_stratum(dimensions, samples, seed):
    points = sampling.latin_hypercube(dimensions, [samples], seed)
    assert points.shape == (samples, dimensions)
    for column in points.T:
        assert sorted(np.floor(column * samples)) == list(range(samples))


def test_each_block_is_a_latin_hypercube_with_the_next_seed():
    points = sampling.latin_hypercube(3, [4, 8, 4], 7)
    assert np.array_equal(points[:4], sampling.latin_hypercube(3, [4], 7))
    assert np.array_equal(points[4:12], sampling.latin_hypercube(3, [8], 8))
    assert np.array_equal(points[12:], sampling.latin_hypercube(3, [4], 9))


@given(dimensions=DIMENSIONS, power=st.integers(2, 7), seed=SEEDS)
def test_sobol_is_balanced(dimensions, power, seed):
    points, samples = sampling.sobol(dimensions, 2**power, seed), 2**power
    assert points.shape == (samples, dimensions)
    for column in points.T:
        assert sorted(np.floor(column * samples)) == list(range(samples))
    quarters = 2 * np.floor(2 * points[:, 0]) + np.floor(2 * points[:, 1])
    assert np.bincount(quarters.astype(int)).tolist() == [samples // 4] * 4


@given(dimensions=DIMENSIONS, trajectories=st.integers(1, 8), num_levels=st.sampled_from([2, 4, 6, 8]), seed=SEEDS)
def test_morris_moves_one_coordinate_a_step(dimensions, trajectories, num_levels, seed):
    points = sampling.morris(dimensions, trajectories, num_levels, seed)
    assert points.shape == (trajectories * (dimensions + 1), dimensions)
    assert set(points.ravel()) <= {level / (num_levels - 1) for level in range(num_levels)}
    jump = num_levels / (2 * (num_levels - 1))
    for trajectory in points.reshape(trajectories, dimensions + 1, dimensions):
        steps = np.abs(np.diff(trajectory, axis=0))
        assert np.all((steps > 0).sum(axis=1) == 1)  # one coordinate a step
        assert np.allclose(steps.sum(axis=0), jump)  # and each of them once


@given(number=st.integers(2, 30), num_levels=st.sampled_from([2, 4, 6, 8]), seed=SEEDS)
def test_a_step_of_morris_moves_whole_numbers_and_choices_too(number, num_levels, seed):
    unit = sampling.morris(3, 4, num_levels, seed)
    taken = sampling.shares(unit, number).reshape(4, 4, 3)
    assert np.all((np.diff(taken, axis=1) != 0).sum(axis=1) == 1)


@given(dimensions=DIMENSIONS, power=st.integers(0, 5), second_order=st.booleans(), seed=SEEDS)
def test_the_scheme_of_saltelli(dimensions, power, second_order, seed):
    rows, samples = (2 * dimensions if second_order else dimensions) + 2, 2**power
    points = sampling.sobol_indices(dimensions, samples, second_order, seed)
    assert sampling.rows_of_indices(dimensions, second_order) == rows
    assert points.shape == (samples * rows, dimensions)
    for block in points.reshape(samples, rows, dimensions):
        first, last = block[0], block[-1]
        assert np.all(first != last)
        for number in range(dimensions):  # the first point with one coordinate of the last
            assert np.flatnonzero(block[1 + number] != first).tolist() == [number]
            assert block[1 + number, number] == last[number]
            if second_order:  # and the reverse
                assert np.flatnonzero(block[1 + dimensions + number] != last).tolist() == [number]


@each_sample
def test_a_larger_sample_begins_with_the_smaller_one(sample):
    small, large = sample(8, 5), sample(32, 5)
    assert len(large) == 4 * len(small)
    assert np.array_equal(large[: len(small)], small)


@each_sample
def test_a_seed_decides_and_nothing_else_moves(sample):
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    assert np.array_equal(sample(8, 1), sample(8, 1))
    assert not np.array_equal(sample(8, 1), sample(8, 2))
    assert np.array_equal(np.random.get_state()[1], before)  # noqa: NPY002


# --- their order is that of the analyses: y = 3 a + b, variances 9/12 and 1/12


def test_the_analysis_of_morris_takes_the_points():
    points = sampling.morris(2, 6, 4, 3)
    found = morris_analysis.analyze(PROBLEM, points, points @ [3, 1], num_levels=4, seed=1)
    assert np.allclose(found["mu_star"], [3, 1])
    assert np.allclose(found["sigma"], 0)


def test_the_analysis_of_sobol_takes_the_points():
    points = sampling.sobol_indices(2, 512, False, 3)
    found = sobol_analysis.analyze(PROBLEM, points @ [3, 1], calc_second_order=False, num_resamples=10, seed=1)
    assert found["S1"] == pytest.approx([0.9, 0.1], abs=0.01)
    assert found["ST"] == pytest.approx([0.9, 0.1], abs=0.01)
