"""The implementations that the benchmark compares do the same: columns, kernels, Mesa, and C where it compiles."""

import pytest

from tests.benchmarks import timing
from tests.benchmarks.equality import FAR, differences, distances
from tests.benchmarks.rules import Rules


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
