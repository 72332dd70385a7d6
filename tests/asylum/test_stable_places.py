"""Stable places: contracts of regular locations are renewed as long as there are fewer places."""

import numpy as np
import pytest

from abm.asylum import reception
from abm.asylum.reception import renewals
from abm.tables.country import Kind
from tests.helpers.village import ALPHA, C, run, village_state

PLACES = np.array([300, 100, 200, 400])
LUCK = np.array([0.5, 0.1, 0.9, 0.7])
STILL = {"regular_rate": 0, "emergency_rate": 0, "closing_rate": 0}  # nothing opens or closes by itself


def test_a_share_of_the_contracts_that_end_is_renewed():
    assert renewals(PLACES, LUCK, 0.6, wanted=-5000).tolist() == [True, True, False, False]
    assert renewals(PLACES, LUCK, 0, wanted=0).tolist() == [False] * 4


def test_more_are_renewed_until_the_stable_places_go_on():
    # in the order of their draws: 100, 300, 400, 200
    assert renewals(PLACES, LUCK, 0, wanted=1).tolist() == [False, True, False, False]
    assert renewals(PLACES, LUCK, 0, wanted=100).tolist() == [False, True, False, False]
    assert renewals(PLACES, LUCK, 0, wanted=401).tolist() == [True, True, False, True]
    assert renewals(PLACES, LUCK, 0.2, wanted=9999).tolist() == [True] * 4
    assert renewals(PLACES[:0], LUCK[:0], 0.5, wanted=10).tolist() == []


@pytest.mark.parametrize(("more", "renewed"), [(-500, 0), (0, 0), (300, 30), (295, 30), (5000, 100)])
def test_contracts_of_locations_are_renewed_as_far_as_the_stable_places_ask(more, renewed):
    state = village_state()
    held = state.locations.places[state.locations.kind == Kind.REGULAR].sum()
    rows = state.locations.add(100, municipality=C, region=ALPHA, kind=Kind.REGULAR, places=10, ends=1)
    state.locations.ends[: rows[0]] = 99
    run(reception, state, months=1, stable_places=held + more, renewed_share=0, regular_term=60, **STILL)
    ends = state.locations.ends[rows]
    assert (ends == 61).sum() == renewed
    assert (ends == 1).sum() == 100 - renewed
