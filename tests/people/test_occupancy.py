"""Where people in reception are: compiled loops, and NumPy as their slow twin."""

import numpy as np
import pytest

from abm.engine.table import NO_ROW
from abm.people import occupancy
from abm.tables.country import Kind
from abm.tables.people import IN_RECEPTION, Stage
from tests.helpers.village import people, village_state


@pytest.fixture
def state():
    """Locations of every kind, some not open yet or closing, and three hundred households in them or elsewhere."""
    found, draws = village_state(scale=0.1), np.random.default_rng(3)
    found.locations.add(
        40, kind=draws.integers(0, len(Kind), 40), places=draws.integers(0, 400, 40),
        opened=draws.integers(-3, 4, 40), ends=draws.integers(-1, 5, 40),
    )  # fmt: skip
    people(found, Stage.IN_DECISION, 300, size=2)
    households = found.households
    households.stage[:] = draws.choice([int(each) for each in IN_RECEPTION], 300)
    households.location[:] = draws.integers(NO_ROW, len(found.locations), 300)
    households.size[:] = draws.integers(1, 5, 300)
    households.host_until[:] = draws.integers(0, 3, 300)
    return found


def test_people_and_places_by_location_and_kind(state):
    households, locations = state.households, state.locations
    here = np.flatnonzero(households.location != NO_ROW)
    where, size = households.location[here], households.size[here]
    at = occupancy.people_at(households.location, households.size, len(locations))
    assert at.tolist() == np.bincount(where, size, len(locations)).tolist()
    by_kind = occupancy.people_by_kind(households.location, households.size, locations.kind)
    assert by_kind.tolist() == np.bincount(locations.kind[where], size, len(Kind)).tolist()
    now = (locations.opened <= 1) & (locations.ends > 1)
    places = np.bincount(locations.kind[now], locations.places[now], len(Kind))
    assert occupancy.places_by_kind(locations, 1).tolist() == places.tolist()
    free = np.maximum(np.floor(np.where(now, locations.places * 0.1, 0)) - at, 0)
    assert occupancy.free_places(locations, at, 1, 0.1).tolist() == free.tolist()


@pytest.mark.parametrize("crisis", [True, False])
def test_who_must_move_and_who_could(state, crisis):
    households, locations = state.households, state.locations
    here = np.flatnonzero(households.location != NO_ROW)
    where = households.location[here]
    kind, centre = locations.kind[where], locations.kind[where] == Kind.REGISTRATION
    screened = centre & (households.stage[here] != Stage.REGISTERING)
    must = screened | (locations.ends[where] <= 1) | ((kind == Kind.HOSTS) & (households.host_until[here] <= 1))
    must |= (kind == Kind.MUNICIPAL) & (not crisis)
    groups = [must, centre & ~must, ~must & (kind == Kind.MUNICIPAL), ~must & (kind == Kind.EMERGENCY)]
    *found, persons = occupancy.in_place(households, locations, 1, crisis)
    assert [rows.tolist() for rows in found] == [here[group].tolist() for group in groups]
    assert persons.tolist() == [households.size[here[group]].sum() for group in groups]
