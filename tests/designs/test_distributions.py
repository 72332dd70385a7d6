"""Samples from distributions: truncated to their bounds, in the order of the coordinates, and refused in one line."""

import numpy as np
import pytest
from scipy import stats

from abm.engine.errors import InputError
from experiments.designs import design
from experiments.designs.distributions import Truncated
from tests.helpers.designs import CAPACITY, INFLOW, SIZE, TERM, grid, plain

NORMAL = {"distribution": "norm", "loc": 1.2, "scale": 0.5}


def drawn(given, method="latin_hypercube", samples=400, path=CAPACITY):
    return {"method": method, "samples": samples, "parameters": {path: given}}


def test_a_distribution_is_truncated_to_the_bounds_of_the_parameter(made):
    found = np.array([point[CAPACITY] for point in plain(made(levers=drawn(NORMAL)))])
    low, high = 0.25, 4  # of the capacity factor
    expected = stats.truncnorm((low - 1.2) / 0.5, (high - 1.2) / 0.5, loc=1.2, scale=0.5)  # scipy's own
    assert low <= found.min() < found.max() <= high
    shares = np.sort(expected.cdf(found))  # a hypercube has one point in each of 400 strata
    assert (np.floor(shares * 400) == np.arange(400)).all()


def test_bounds_of_the_file_are_narrower(made):
    found = np.array([point[CAPACITY] for point in plain(made(levers=drawn(NORMAL | {"low": 1, "high": 1.5})))])
    assert 1 <= found.min() < 1.01
    assert 1.49 < found.max() <= 1.5


def test_shapes_are_named_as_in_scipy(made):
    given = {"distribution": "beta", "a": 2, "b": 5, "loc": 10_000, "scale": 20_000}
    found = np.array([p[INFLOW] for p in plain(made(uncertainties=drawn(given, path=INFLOW)))])
    assert np.median(found) == pytest.approx(stats.beta(2, 5, 10_000, 20_000).median(), rel=0.01)


def test_whole_numbers_get_the_probability_of_their_part():
    unit = (np.arange(10_000) + 0.5) / 10_000
    found = Truncated("norm", {"loc": 3, "scale": 1}, 1, 6, whole=True).values(unit)
    shares = np.bincount(found, minlength=7)[1:] / len(found)
    normal = stats.norm(3, 1)
    parts = np.diff(normal.cdf(np.arange(0.5, 7)))
    assert shares == pytest.approx(parts / parts.sum(), abs=2e-4)
    assert {type(each) for each in found} == {int}


def test_the_ends_of_the_cube_are_the_bounds():
    assert Truncated("norm", {"loc": 0, "scale": 1}, -1, 2).values(np.array([0.0, 1.0])) == pytest.approx([-1, 2])
    assert Truncated("expon", {"loc": 0, "scale": 1}, 0, 50).values(np.array([0.0, 1.0])) == pytest.approx([0, 50])


@pytest.mark.parametrize("method", ["sobol", "latin_hypercube", "sobol_indices"])
def test_a_larger_sample_begins_with_the_smaller_one(made, method):
    both = {CAPACITY: NORMAL, TERM: None}
    few, many = (
        plain(made(levers={"method": method, "samples": n, "parameters": both}))
        for n in ((8, 16) if method != "latin_hypercube" else ([8], [8, 8]))
    )
    assert many[: len(few)] == few


def test_a_design_is_read_again_from_what_it_keeps(made):
    found = made(levers=drawn(NORMAL, samples=4))
    kept = found.given["levers"]["parameters"][CAPACITY]
    assert kept == {"distribution": "norm", "loc": 1.2, "scale": 0.5, "low": 0.25, "high": 4}
    again = design.from_dict(found.given, found.source, found.folder)
    assert again.points == found.points
    assert again.digest() == found.digest()
    assert found.unit("levers").shape == (4, 1)
    assert made(levers=drawn(NORMAL | {"scale": 0.4}, samples=4)).digest() != found.digest()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"distribution": "nrom"}, "'nrom' is not a continuous distribution of scipy.stats: did you mean 'norm'?"),
        ({"distribution": "poisson", "mu": 3}, "'poisson' is not a continuous distribution of scipy.stats"),
        ({"distribution": 3}, "distribution: 3 is not allowed: give text"),
        ({"distribution": "norm", "sigma": 1}, "unknown key 'sigma': norm takes loc, scale, and low and high"),
        ({"distribution": "beta", "a": 1}, "has no 'b:': beta takes a, b, loc, scale"),
        ({"distribution": "beta", "a": 1, "b": "x"}, "b: 'x' is not allowed: give a number"),
        ({"distribution": "beta", "a": -1, "b": 1}, "beta is not defined for a -1, b 1: see scipy.stats.beta"),
        ({"distribution": "norm", "scale": 0}, "scale: 0 is not allowed: give a number above 0"),
        ({"distribution": "norm", "loc": True}, "loc: True is not allowed: give a number"),
        ({"distribution": "norm", "loc": 1e6}, "norm has no probability from 0.25 to 4: change loc and scale, or low"),
        ({"distribution": "norm", "low": 0.1}, "0.1 is not allowed: give a number from 0.25 to 4 [ratio]"),
        ({"distribution": "norm", "low": 2, "high": 1}, "low 2 is above high 1: exchange them"),
    ],
)
def test_what_cannot_be_drawn_is_one_line(made, given, said):
    with pytest.raises(InputError) as refused:
        made(levers=drawn(given, samples=4))
    assert said in str(refused.value)
    assert f"levers: parameters: {CAPACITY}: " in str(refused.value) or f"levers: {CAPACITY}: " in str(refused.value)


def test_only_samples_draw(made):
    for block in (grid({CAPACITY: NORMAL}), {"method": "one_at_a_time", "parameters": {CAPACITY: NORMAL}}):
        with pytest.raises(InputError, match="is drawn by samples only: give levels, or take latin_hypercube, sobol"):
            made(levers=block)


def test_choices_and_switches_have_no_distribution(made):
    with pytest.raises(InputError, match="is not allowed: give a list, or nothing for all of them"):
        made(levers=drawn(NORMAL, samples=4, path="policy.coupling.rule"))


def test_screening_takes_distributions(made):
    block = {
        "method": "morris",
        "trajectories": 2,
        "parameters": {INFLOW: None, SIZE: {"distribution": "uniform", "loc": 2, "scale": 3}},
    }
    found = [point[SIZE] for point in plain(made(uncertainties=block))]
    assert len(found) == 2 * 3
    assert all(2 <= each <= 5 for each in found)
