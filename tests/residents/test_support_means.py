"""Means of neighbourhoods and municipalities: by hand, and in a slower way."""

import numpy as np
import pytest

from abm.residents.support_means import InTowns, OfNeighbourhoods, in_towns, keep
from abm.residents.synthetic_residents import by_municipality


def test_means_of_neighbourhoods_and_of_their_home_seekers():
    sums = np.array([[2.0, 4, 8, 16, 1, 3, -1, 2, 1], [4.0, 4, 8, 16, 1, 3, 0, 0, 2]])  # the second has no home seekers
    columns = OfNeighbourhoods(np.array([4, 2]), *(np.zeros(2) for _ in OfNeighbourhoods._fields[1:]))
    keep(columns, np.ascontiguousarray(sums.T))
    assert columns.support.tolist() == [0.5, 2]
    assert columns.fourth.tolist() == [4, 8]
    assert columns.own.tolist() == [0.75, 1.5]
    assert columns.nuisance.tolist() == [0.25, 1]
    assert columns.seekers.tolist() == [-0.5, 2]


def test_means_of_municipalities_equal_a_slower_way():
    rng, town = np.random.default_rng(4), np.repeat(np.arange(5), [1, 4, 2, 9, 3]).astype(np.int16)
    where = InTowns(town, *rng.random((len(InTowns._fields) - 1, len(town))))
    found = in_towns(where, 5)
    each = (where.leaning, where.support - where.anchor, where.own, where.own_before)
    assert found == pytest.approx(np.array([by_municipality(where, values, 5) for values in each]), rel=1e-12)
