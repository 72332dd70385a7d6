"""The implementations compared by the benchmarks have the same outcomes (columns, kernels, Mesa, C if compiled), and a
month of the model takes no more time than it did.
"""

from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from tests.benchmarks import lettings, short, slices
from tests.benchmarks.equality import FAR, differences, distances
from tests.benchmarks.jobs_rules import JobsRules
from tests.benchmarks.slices import JOBS, RECEPTION, SLICES

SUBSIDISED = replace(JOBS, rules=partial(JobsRules, subsidised=0.3))
each_slice = pytest.mark.parametrize("compared", SLICES, ids=lambda compared: compared.name)


@pytest.mark.parametrize("compared", [*SLICES, SUBSIDISED], ids=["reception", "jobs", "support", "subsidised"])
@pytest.mark.parametrize("seed", [1, 2**40 + 7])
def test_the_same_draws_give_the_same_people(compared, seed):
    assert differences(compared, people=400, months=8, seed=seed) == []


@each_slice
def test_columns_and_mesa_are_compared_without_a_compiler(monkeypatch, compared):
    monkeypatch.setattr(slices, "compiler", lambda: None)
    every = compared.implementations(100, seed=1, addressed=True)
    assert set(every) == {*compared.columns, slices.SHUFFLE, slices.DO}
    assert differences(compared, people=100, months=4) == []


@each_slice
def test_a_difference_is_found(monkeypatch, compared):
    monkeypatch.setattr(compared.mesa, "step", lambda self: (0,) * len(compared.counts))
    assert any("month 0" in line for line in differences(compared, people=100, months=1))


def test_a_person_who_differs_is_found(monkeypatch):
    columns = JOBS.mesa.columns
    monkeypatch.setattr(
        JOBS.mesa, "columns", lambda self: columns(self) | {"language": columns(self)["language"] + 1e-4}
    )
    assert any("language: 100 of 100 rows differ" in line for line in differences(JOBS, people=100, months=1))


@each_slice
def test_mesa_with_draws_of_its_own_is_alike(compared):
    assert max(distances(compared, people=300, months=8, seeds=12).values()) < FAR


def test_everything_that_can_happen_at_work_happens():
    adults = JOBS.columns[JOBS.ours](JobsRules(3_000))
    assert np.all(np.sum([adults.step() for _ in range(12)], axis=0) > 0)


def test_a_population_smaller_than_the_capacity_is_served():
    assert differences(RECEPTION, people=1, months=3) == differences(RECEPTION, people=20, months=30) == []


def test_all_ways_to_let_homes_let_to_the_same_seekers():
    market = lettings.Market(seekers=6_000, homes=900)
    let = [way(market).tolist() for way in lettings.WAYS.values()]
    assert let[0] == let[1] == let[2]
    assert 0 < len(let[0]) <= market.homes.sum()
    assert market.takes[let[0]].all()


def test_a_month_takes_no_twice_as_long_as_it_did(capsys):
    """Medians of processor time over a piece of work that is timed beside each month: a factor of two is no noise."""
    found = short.measured()
    with capsys.disabled():
        print("", *short.lines(found), sep="\n")
    assert all(found[name] < 2 * ratio for name, ratio in short.RECORDED.items())
