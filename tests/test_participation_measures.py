"""The indicators of civic integration and activities, on a village that can be counted."""

import numpy as np
import pytest

from abm.measuring import Month
from abm.participation_measures import PARTICIPATION_MEASURES
from abm.populations import NEVER, Activity, Route, Stage
from tests.test_work import grown, village_state
from tests.village import D, people


def found(state, name, by, **events):
    """Values of a measure, as if the month had just been simulated."""
    state.clock.month += 1
    (measure,) = (each for each in PARTICIPATION_MEASURES if each.name == name)
    values = measure.values(Month(state, events), measure.by)[by]
    state.clock.month -= 1
    return values


def test_routes_and_activities_count_adults():
    state = village_state()
    rows = grown(state, people(state, Stage.HOUSED, count=4))
    state.newcomers.route[rows] = [Route.OLD, Route.B1, Route.B1, NEVER]
    state.newcomers.activity[rows] = [Activity.NONE, Activity.OTHER, Activity.OTHER, Activity.TRAINING]
    assert found(state, "routes", "route").tolist() == [1, 2, 0, 0]
    assert found(state, "activities", "activity").tolist() == [1, 0, 0, 0, 0, 1, 2]


def test_who_waits_for_a_plan_and_how_long_it_took():
    state = village_state()
    grown(state, people(state, Stage.HOUSED, count=2), route=Route.B1)
    grown(state, people(state, Stage.HOUSED, municipality=D), route=Route.SELF_RELIANCE)
    grown(state, people(state, Stage.HOUSED), route=Route.OLD)
    grown(state, people(state, Stage.AWAITING_HOME), route=Route.B1)
    made = grown(state, people(state, Stage.HOUSED, count=2, housed=6), route=Route.B1, planned=12)
    assert found(state, "awaiting_plan", "total").tolist() == [3]
    assert found(state, "awaiting_plan", "region").tolist() == [2, 1]
    state.households.housed[state.newcomers.household[made[1]]] = 2
    assert found(state, "wait_plan", "statistic", planned=made)[0] == pytest.approx(8)


def test_the_share_that_passed_is_of_permits_of_three_to_ten_years_ago():
    state = village_state()
    state.clock.month = 150
    for granted, passed in ((113, 140), (113, NEVER), (100, 120), (31, NEVER), (115, 140), (30, NEVER)):
        grown(state, people(state, Stage.HOUSED, granted=granted), passed=passed)
    assert found(state, "passed_share", "total")[0] == pytest.approx(2 / 4)


def test_certificates_that_leave():
    state = village_state()
    gone = people(state, Stage.RETURNED, count=2)
    rows = np.flatnonzero(np.isin(state.newcomers.household, gone))
    state.newcomers.certified[rows[0]] = 5
    stays = grown(state, people(state, Stage.DEPARTING), certified=5)
    assert found(state, "returned_certified", "total", returned=gone)[0] == 1
    assert found(state, "returned_certified", "total")[0] == 0
    assert found(state, "certified", "total", certified=stays)[0] == 1
