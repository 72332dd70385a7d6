"""Capacity after the observed years follows its queue: worked out by hand."""

import numpy as np
import pytest

from abm.asylum import decision, reunion
from abm.asylum.staffing import OBSERVED, followed
from abm.facts.csv_tables import YEARS
from abm.tables.country import Kind
from abm.tables.people import Reunion, Stage
from tests.helpers.village import SAFE, WAR, locations, people, run, village, village_state

HOW = {"wait": 12, "lag": 4, "growth": 1e6, "most": 1.5}


def test_in_the_observed_years_capacity_is_what_was_observed():
    assert followed(1.0, OBSERVED - 1, 1e6, 100, **HOW) == 1
    assert followed(1.0, OBSERVED, 1e6, 0, **HOW) == 1  # nothing to be relative to


def test_capacity_goes_a_part_of_the_way_to_what_the_queue_asks():
    assert followed(1.0, OBSERVED, 12 * 140, 100, **HOW) == pytest.approx(1.1)  # 1.4 wanted, a quarter of the way
    assert followed(1.0, OBSERVED, 12 * 60, 100, **HOW) == pytest.approx(0.9)
    assert followed(1.0, OBSERVED, 1e6, 100, **HOW) == pytest.approx(1.125)  # 1.5 at most
    assert followed(1.2, OBSERVED, 12 * 120, 100, **HOW) == pytest.approx(1.2)


def test_capacity_grows_no_faster_than_staff_is_trained():
    how = HOW | {"growth": 0.1, "lag": 1, "most": 1.5}
    ratio, years = 1.0, []
    for month in range(60):
        ratio = followed(ratio, OBSERVED + month, 1e6, 100, **how)
        years += [ratio] * (month % 12 == 11)
    assert years == pytest.approx([1.1, 1.21, 1.331, 1.4641, 1.5])
    assert followed(1.5, OBSERVED, 12 * 60, 100, **how) == pytest.approx(0.6)  # it shrinks as the lag lets it


def test_a_queue_of_the_wanted_wait_stands_still():
    ratio, queue = 1.0, 6_000.0
    for _ in range(2_000):
        ratio = followed(ratio, OBSERVED, queue, 100, **HOW)
        queue += 80 - min(ratio * 100, queue)
    assert ratio == pytest.approx(0.8, abs=1e-6)
    assert queue == pytest.approx(12 * 80, rel=1e-6)


def test_decisions_rise_with_the_queue_after_2025():
    decided = []
    for month in (OBSERVED - 24, OBSERVED):
        state = village_state(village(decision_capacity=10))
        state.clock.month = month
        crisis = locations(state, Kind.MUNICIPAL)[0]
        people(state, Stage.IN_DECISION, 1_000, applied=month - 3, since=month - 3, location=crisis)
        follows = {"wait_wanted": 12, "staff_lag": 1, "staff_growth": 1, "staff_most": 2, "promising_share": 0}
        decided.append(len(run(decision, state, months=13, **follows)["decided"]))
    assert decided == [130, 188]  # 10 x (2^(13/12) - 1) / (2^(1/12) - 1): twice as many a month after a year


def test_reunification_follows_its_queue_too():
    state = village_state(village(reunion_capacity=12))
    state.clock.month = OBSERVED
    columns = {"family_abroad": 1, "reunion": Reunion.APPLIED, "reunion_since": 0, "reunion_applied": 0}
    people(state, Stage.HOUSED, 600, **columns)
    follows = {"wait_wanted": 12, "staff_lag": 1, "staff_growth": 1, "staff_most": 2}
    run(reunion, state, months=13, travel=24, applying_share=0, **follows)
    assert (state.households.reunion == Reunion.APPLIED).sum() == 600 - 225  # 12 x 18.82, as above


def test_grant_rates_go_part_of_the_way_back():
    rates = np.full((len(YEARS), SAFE + 1), 0.8)
    rates[-1] = 0.4
    state = village_state(village(grant_rate=rates))
    how = decision.Params(grant_return=0.5, grant_return_months=4, usual_years=4)
    found = []
    for month in (OBSERVED - 1, OBSERVED, OBSERVED + 1, OBSERVED + 3, OBSERVED + 99):
        state.clock.month = month
        found.append(decision.grant_rates(state, how)[WAR])
    assert found == pytest.approx([0.4, 0.45, 0.5, 0.6, 0.6])
    stays = decision.grant_rates(state, decision.Params(grant_return=0))
    assert stays.tolist() == np.full(SAFE + 1, 0.4).tolist()
