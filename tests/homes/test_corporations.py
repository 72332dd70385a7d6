"""Corporations built from the stock of municipalities: areas, parts, and the country."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from abm.homes.corporations import areas, holdings
from abm.start import Params
from tests.helpers.runs import real
from tests.helpers.village import village_state

LEAST, MOST = Params().corporation_least, Params().corporation_most
CHAIN = np.array([[0, 1], [1, 2], [2, 3], [3, 4]])  # the borders of the village


def test_small_municipalities_join_the_smallest_neighbour():
    homes = np.array([1_000, 2_000, 3_000, 2_000, 2_000])
    # A (1,000) goes with B; then D and E, of 2,000 each, with each other; C stands alone
    assert areas(homes, CHAIN, LEAST).tolist() == [0, 0, 2, 3, 3]


def test_a_small_municipality_without_neighbours_stays_alone():
    assert areas(np.array([10, 20, 30]), CHAIN[1:2], LEAST).tolist() == [0, 1, 1]


def test_a_large_stock_is_divided_evenly():
    corporation, municipality, share = holdings(np.array([10_000, 25_000, 1_000]), np.array([0, 1, 0]), most=12_000)
    assert corporation.tolist() == [0, 0, 1, 2, 3]  # 11,000 homes of one; 25,000 need three
    assert municipality.tolist() == [0, 2, 1, 1, 1]
    assert share.tolist() == pytest.approx([1, 1, 1 / 3, 1 / 3, 1 / 3])


@given(st.lists(st.integers(0, 40_000), min_size=5, max_size=5))
def test_every_home_is_held_once_and_nobody_holds_too_many(homes):
    homes = np.array(homes, float)
    area = areas(homes, CHAIN, LEAST)
    corporation, municipality, share = holdings(homes, area, MOST)
    assert np.bincount(municipality, share, 5) == pytest.approx(np.ones(5))
    held = np.bincount(corporation, homes[municipality] * share)
    assert held.sum() == pytest.approx(homes.sum())
    assert (held <= 16_000 + 1e-6).all()
    assert len(np.unique(area)) == 1 or np.bincount(area, homes)[np.unique(area)].min() >= 3_000


def test_the_country_has_about_as_many_as_were_counted():
    homes = real().corporation_homes[8]
    corporation, _, _ = holdings(homes, areas(homes, real().border_pairs, LEAST), MOST)
    assert len(np.unique(corporation)) == pytest.approx(279, rel=0.05)  # 279 on 1 January 2023
    assert (np.bincount(corporation) > 1).mean() > 0.2  # several work in more than one municipality


def test_the_village_has_three():
    state = village_state()
    assert len(state.corporations) == 3
    assert state.holdings.corporation.tolist() == [0, 0, 1, 2, 2]
