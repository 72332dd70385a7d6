"""Crisis reception of municipalities has dates; at other times the registration centre holds more than was agreed."""

import pytest

from abm.asylum import placement
from abm.scenario import default
from abm.tables.country import Kind
from abm.tables.people import Stage
from tests.helpers.reception import country, emergency, kinds, screened
from tests.helpers.village import locations, people, run, village_state

REGISTRATION, REGULAR, EMERGENCY, MUNICIPAL = (
    int(kind) for kind in (Kind.REGISTRATION, Kind.REGULAR, Kind.EMERGENCY, Kind.MUNICIPAL)
)


def test_its_dates():
    def given(month):
        return default().params_at(month)["placement"].crisis

    months = [month for month in range(252) if given(month) != given(max(month - 1, 0))]
    assert not given(0)
    assert months == [8, 13, 89]  # September 2015, February 2016, June 2022


@pytest.mark.parametrize("rule", ["free", "batch", "dynamic", "preference"])
def test_without_it_who_finds_no_place_stays_at_the_registration_centre(rule):
    state = country(b=10)
    rows = screened(state, 30)
    events = run(placement, state, crisis=False, rule=rule)
    assert sorted(kinds(state, rows)) == [REGISTRATION] * 20 + [REGULAR] * 10
    assert len(events["placed"]) == 10
    assert state.households.moves[rows].sum() == 10  # to stay is no move


def test_above_the_ceiling_they_stay_as_long_as_there_is_no_room():
    state = country()
    rows = people(state, Stage.REGISTERING, 20, location=locations(state, Kind.REGISTRATION)[0])
    assert len(run(placement, state, crisis=False, registration_most=5)["placed"]) == 0
    assert kinds(state, rows) == [REGISTRATION] * 20
    emergency(state, 12)
    run(placement, state, crisis=False, registration_most=5)
    assert sorted(kinds(state, rows)) == [REGISTRATION] * 8 + [EMERGENCY] * 12


def test_when_it_ends_people_leave_its_places():
    state = country(b=6)
    rows = people(state, Stage.IN_DECISION, 10, location=locations(state, Kind.MUNICIPAL)[0])
    run(placement, state, crisis=True)
    assert sorted(kinds(state, rows)) == [REGULAR] * 6 + [MUNICIPAL] * 4
    run(placement, state, crisis=False)
    assert sorted(kinds(state, rows)) == [REGISTRATION] * 4 + [REGULAR] * 6


def test_who_must_leave_a_location_that_closed_goes_to_the_centre_too():
    state = village_state()
    shut = emergency(state, 10, ends=state.clock.month)
    state.locations.places[locations(state, Kind.REGULAR)] = 0
    rows = people(state, Stage.IN_DECISION, 10, location=shut)
    assert len(run(placement, state, crisis=False)["moved"]) == 10
    assert kinds(state, rows) == [REGISTRATION] * 10
