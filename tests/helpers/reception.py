"""A country of reception locations, and people screened for a place."""

from abm.tables.country import Kind
from abm.tables.people import Stage
from tests.helpers.village import A, locations, people, village_state

REGULAR, EMERGENCY, MUNICIPAL = int(Kind.REGULAR), int(Kind.EMERGENCY), int(Kind.MUNICIPAL)


# --- the process


def country(b=0, d=0, scale=1.0):
    """The village with some regular places in B (Alpha) and D (Beta)."""
    state = village_state(scale=scale)
    state.locations.places[locations(state, Kind.REGULAR)] = [b, d]
    return state


def screened(state, count=1, **columns):
    """Households at the registration centre that screening is done with."""
    return people(state, Stage.IN_DECISION, count, **({"location": locations(state, Kind.REGISTRATION)[0]} | columns))


def emergency(state, places, municipality=A, **columns):
    """An open emergency location."""
    region = state.municipalities.region[municipality]
    return state.locations.add(
        1, municipality=municipality, region=region, kind=Kind.EMERGENCY, places=places, **columns
    )[0]


def kinds(state, rows):
    return state.locations.kind[state.households.location[rows]].tolist()
