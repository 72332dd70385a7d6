"""Where newcomers live, whom homes were let to and who was placed: by hand, and in a slower way."""

import numpy as np

from abm.engine.clock import NEVER
from abm.engine.table import NO_ROW
from abm.residents import newcomers_nearby as nearby
from abm.tables.homes import Tenure


def test_newcomers_by_where_they_live():
    stage, size = np.array([7, 7, 1, 8]), np.array([3, 1, 2, 1])  # two at home, one in reception, one who left
    location, municipality = np.array([-1, -1, 0, -1]), np.array([2, 0, -1, -1])
    rows, household = np.array([0, 1, 3, 4]), np.array([0, 0, 0, 1, 2])  # the third person is a child
    employed = np.array([True, False, True, True, True])
    households = nearby.Households(stage, size, location, municipality)
    inside, home = nearby.present(households, rows, household, employed, 2, 3)
    assert inside.tolist() == [2, 0]
    assert home.T.tolist() == [[1, 1, 1], [0, 0, 0], [3, 2, 1]]


def test_homes_let_and_households_placed_equal_a_slower_way():
    rng, n, month = np.random.default_rng(2), 5_000, 30
    moved_in, coupled, housed = (rng.integers(month - 4, month + 1, n).astype(np.int16) for _ in range(3))
    coupled[rng.random(n) < 0.5] = NEVER
    sponsor = np.where(rng.random(n) < 0.2, 3, NO_ROW).astype(np.int32)
    tenure, rule = rng.integers(0, len(Tenure), n).astype(np.int8), rng.integers(-1, 9, n).astype(np.int8)
    town, pool = rng.integers(0, 8, n).astype(np.int16), np.array([0, 0, 2, 3, 3, 3, 6, 7], np.int16)
    weight = rng.random(10)
    found = nearby.let_to(nearby.Tenants(moved_in, sponsor, tenure, rule, town), weight, pool, month)
    counts = (moved_in == month) & (sponsor == NO_ROW) & (tenure == Tenure.CORPORATION)
    assert found.tolist() == np.bincount(pool[town[counts]], weight[rule[counts]], len(pool)).tolist()

    town[rng.random(n) < 0.3] = NO_ROW
    rows = nearby.placed(nearby.Placed(coupled, housed, town), month)
    placed = (coupled == month) | ((housed == month) & (coupled == NEVER))
    assert rows.tolist() == np.flatnonzero(placed & (town != NO_ROW)).tolist()
