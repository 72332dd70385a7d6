"""Compiled sums against NumPy's, byte for byte."""

import numpy as np
import pytest

from abm.engine.sums import summed


@pytest.mark.parametrize(
    "count", [0, 1, 7, 8, 9, 15, 16, 100, 127, 128, 129, 136, 255, 256, 257, 350, 1000, 4510, 70_001]
)
def test_a_sum_has_the_bytes_of_numpy(count):
    rng = np.random.default_rng(count)
    rows = rng.lognormal(0, 5, (3, count))
    assert np.array([summed(row) for row in rows]).tobytes() == rows.sum(axis=1).tobytes()
