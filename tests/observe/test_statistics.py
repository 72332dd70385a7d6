"""Statistics of months, against NumPy over all persons."""

import numpy as np
import pytest

from abm.engine.clock import NEVER
from abm.observe.statistics import statistics, waited


def of(values):
    """Mean, median and 90th percentile as NumPy has them."""
    return [np.mean(values), *np.quantile(values, [0.5, 0.9])] if len(values) else [np.nan] * 3


@pytest.mark.parametrize("count", [0, 1, 2, 3, 10, 11, 500])
def test_statistics_of_whole_numbers(count):
    values = np.random.default_rng(count).integers(-40, 90, count)
    assert statistics(values) == pytest.approx(of(values), nan_ok=True)


def test_waits_are_over_persons_of_households_with_a_beginning():
    luck = np.random.default_rng(7)
    start, end = luck.integers(-30, 20, 60).astype(np.int16), luck.integers(20, 60, 60).astype(np.int16)
    size = luck.integers(1, 6, 60).astype(np.int8)
    start[luck.random(60) < 0.3] = NEVER
    rows = luck.permutation(60)[:40]
    known = rows[start[rows] != NEVER]
    spans = np.repeat(end[known].astype(int) - start[known], size[known])
    assert waited(rows, start, end, size) == pytest.approx(of(spans))
    assert np.isnan(waited(rows[:0], start, end, size)).all()
