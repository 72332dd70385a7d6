"""Products against sums in plain Python."""

from math import fsum

import numpy as np
import pytest

from abm.engine import products
from abm.engine.products import product


@pytest.mark.parametrize("shapes", [((3, 4), (4, 5)), ((4,), (4, 5)), ((3, 4), (4,)), ((4,), (4,)), ((0, 4), (4, 2))])
def test_a_product_is_the_sum_of_products(shapes):
    rng = np.random.default_rng(1)
    left, right = (rng.normal(size=shape) for shape in shapes)
    found = product(left, right)
    columns = right.reshape(len(right), -1).T
    slow = [
        [fsum(a * b for a, b in zip(row, column, strict=True)) for column in columns] for row in np.atleast_2d(left)
    ]
    assert found.shape == np.matmul(left, right).shape
    assert found.ravel() == pytest.approx(np.ravel(slow), abs=1e-14)


def test_rows_are_added_in_their_order():
    left, right = np.array([[1e16, 1.0, -1e16]]), np.ones((3, 1))
    assert product(left, right)[0, 0] == (1e16 + 1.0) - 1e16


def test_a_large_product_is_summed_row_by_row(monkeypatch):
    rng = np.random.default_rng(2)
    left, right = rng.normal(size=(7, 5)), rng.normal(size=(5, 3))
    before = product(left, right)
    monkeypatch.setattr(products, "AT_ONCE", 10)
    assert product(left, right).tobytes() == before.tobytes()
