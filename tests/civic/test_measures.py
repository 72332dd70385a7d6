"""The indicators of civic integration and activities, on a village that can be counted."""

import numpy as np
import pytest

from abm.engine.clock import NEVER
from abm.engine.table import UNSET
from abm.measures import MEASURES
from abm.observe.measure import Month
from abm.tables.people import Activity, Route, Stage
from tests.helpers.adults import make_adults, village_state
from tests.helpers.village import D, people


def found(state, name, by, **events):
    """Values of a measure, as if the month had just been simulated."""
    state.clock.month += 1
    (measure,) = (each for each in MEASURES if each.name == name)
    values = measure.values(Month(state, events), measure.by)[by]
    state.clock.month -= 1
    return values


def test_routes_and_activities_count_adults():
    state = village_state()
    rows = make_adults(state, people(state, Stage.HOUSED, count=4))
    state.newcomers.route[rows] = [Route.OLD, Route.B1, Route.B1, UNSET]
    state.newcomers.activity[rows] = [Activity.NONE, Activity.OTHER, Activity.OTHER, Activity.TRAINING]
    assert found(state, "routes", "route").tolist() == [1, 2, 0, 0]
    assert found(state, "activities", "activity").tolist() == [1, 0, 0, 0, 0, 1, 2]


def test_adults_waiting_for_a_plan_and_how_long_it_took():
    state = village_state()
    make_adults(state, people(state, Stage.HOUSED, count=2), route=Route.B1)
    make_adults(state, people(state, Stage.HOUSED, municipality=D), route=Route.SELF_RELIANCE)
    make_adults(state, people(state, Stage.HOUSED), route=Route.OLD)
    make_adults(state, people(state, Stage.AWAITING_HOME), route=Route.B1)
    made = make_adults(state, people(state, Stage.HOUSED, count=2, housed=6), route=Route.B1, planned=12)
    assert found(state, "awaiting_plan", "total").tolist() == [3]
    assert found(state, "awaiting_plan", "region").tolist() == [2, 1]
    state.households.housed[state.newcomers.household[made[1]]] = 2
    assert found(state, "wait_plan", "statistic", planned=made)[0] == pytest.approx(8)


def test_adults_who_passed_are_counted_by_years_since_the_permit():
    state = village_state()
    state.clock.month = 30
    for granted, month in ((24, 28), (24, NEVER), (5, 20), (5, 21)):
        make_adults(state, people(state, Stage.HOUSED, granted=granted), passed=month, route=Route.B1)
    make_adults(state, people(state, Stage.IN_DECISION))
    assert found(state, "passed", "total").tolist() == [3]
    assert found(state, "passed", "since_permit")[:4].tolist() == [1, 0, 2, 0]


def test_certificates_that_leave():
    state = village_state()
    gone = people(state, Stage.RETURNED, count=2)
    rows = np.flatnonzero(np.isin(state.newcomers.household, gone))
    state.newcomers.certified[rows[0]] = 5
    stays = make_adults(state, people(state, Stage.DEPARTING), certified=5)
    assert found(state, "returned_certified", "total", returned=gone)[0] == 1
    assert found(state, "returned_certified", "total")[0] == 0
    assert found(state, "certified", "total", certified=stays)[0] == 1
