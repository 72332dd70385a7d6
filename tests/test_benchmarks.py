"""The implementations that the benchmark compares do the same: columns, kernels, Mesa, and C where it compiles."""

import numpy as np
import pytest

from abm.draws import fill_uniform, stream
from tests.benchmarks import slice_kernels, timing
from tests.benchmarks.equality import FAR, differences, distances
from tests.benchmarks.rules import Rules
from tests.benchmarks.slice_kernels import longest_waiting, longest_waiting_by_town


@pytest.mark.parametrize("seed", [1, 2**40 + 7])
def test_the_same_luck_gives_the_same_people(seed):
    assert differences(people=400, months=8, seed=seed) == []


def test_columns_and_mesa_are_compared_without_a_compiler(monkeypatch):
    monkeypatch.setattr(timing, "compiler", lambda: None)
    compared = timing.implementations(Rules(100), addressed=True)
    assert set(compared) == {timing.OURS, timing.AS_WRITTEN, timing.SHUFFLE, timing.DO}
    assert differences(people=100, months=4) == []


def test_a_difference_is_found(monkeypatch):
    monkeypatch.setattr(timing.CLoop if timing.compiler() else timing.Columns, "step", lambda self: (0,) * 5)
    assert any("month 0" in line for line in differences(people=100, months=1))


def test_mesa_with_luck_of_its_own_is_alike():
    assert max(distances(people=300, months=8, seeds=4).values()) < FAR


def test_a_population_smaller_than_the_capacity_is_served():
    assert differences(people=1, months=3) == differences(people=20, months=30) == []


def test_kernel_draws_are_those_of_the_model():
    who = np.array([0, 1, 2**32, 2**51 + 3], np.uint64)
    address = (np.uint64(5), np.uint64(stream("benchmark", "move")), np.uint64(7), np.uint64(2**32 - 1))
    ours, theirs = np.empty(len(who)), np.empty(len(who))
    slice_kernels.fill_uniform(ours, who, *address)
    fill_uniform(theirs, who, *address)
    np.testing.assert_array_equal(ours, theirs)


@pytest.fixture
def waiting():
    """Rows with months that many share, and lottery numbers that nobody does."""
    draw = np.random.default_rng(3)
    size = 200
    return np.arange(size, dtype=np.int32), draw.integers(-9, 3, size).astype(np.int16), draw.permutation(size)


@pytest.mark.parametrize("capacity", [0, 1, 37, 199, 200, 300])
def test_longest_waiting_is_a_sorted_front(waiting, capacity):
    rows, since, lottery = waiting
    expected = np.lexsort((lottery, since))[:capacity]
    given = rows.copy()
    served = given[: longest_waiting(given, since, lottery.astype(np.uint64), capacity)]
    assert sorted(served) == sorted(expected)


def test_longest_waiting_by_town_is_a_sorted_front_per_town(waiting):
    rows, since, lottery = waiting
    town = (lottery % 5).astype(np.int16)
    places = np.array([0, 1, 7, 40, 1000])
    order = np.lexsort((lottery, since))
    expected = np.concatenate([order[town[order] == t][:free] for t, free in enumerate(places)])
    served = longest_waiting_by_town(rows, town, since, lottery.astype(np.uint64), places)
    assert sorted(served) == sorted(expected)
