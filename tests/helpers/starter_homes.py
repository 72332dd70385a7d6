"""A town with complexes of starter homes, and their tenants."""

import numpy as np

from abm.engine.draws import Draws
from abm.tables.homes import Group, HomeSize
from abm.tables.people import Stage
from tests.helpers.village import A, people, village, village_state

NOW = 24  # January 2017
SMALL, MIDDLE, LARGE = HomeSize
ALONE = {"registering": 1, "middle_rent_rate": 0}  # everybody registers, nobody goes on to middle rent


def town():
    """The village in January 2017, without vacancies except those that a test adds."""
    state = village_state(village(freed_homes_rate=0))
    state.clock.month = NOW
    return state


def complex_of(state, units=4, share=1.0, where=A, **columns):
    """A complex that opened a year ago; returns its row."""
    made = {"units": units, "built": units, "share": share, "municipality": where, "opened": NOW - 12, "opens": 12,
            "ends": NOW + 100, "term": 112, "corporation": 0, "managed": True, "rent": 500, "running": 300}  # fmt: skip
    return state.complexes.add(1, **(made | columns))[0]


def seekers(state, count, **columns):
    """Home seekers of 18 to 27 who live alone and look for a home in A; returns their rows."""
    identity = np.arange(len(state.seekers), len(state.seekers) + count, dtype=np.uint64)
    made = {"identity": identity, "lottery": Draws(1, "seeking", 0).order("lottery", identity), "group": Group.YOUNG,
            "municipality": A, "registered": NOW - 20, "began": NOW - 10}  # fmt: skip
    return state.seekers.add(count, **(made | columns))


def tenants(state, count=1, size=1, where=0, home=SMALL, **columns):
    """Households of newcomers who moved into a complex six months ago; returns their rows."""
    rows = people(state, Stage.HOUSED, count, size=size, housed=NOW - 6, **columns)
    state.households.complex[rows], state.households.home[rows] = where, home
    state.complexes.newcomers[where] += count * (home + 1)
    return rows


def residents(state, count=1, where=0, **columns):
    """Other home seekers who moved into a complex six months ago; returns their rows."""
    rows = seekers(state, count, **({"complex": where, "entered": NOW - 6} | columns))
    state.complexes.residents[where] += count
    return rows


# --- vacancies


def vacancy(state, size="small"):
    """Add a vacant home in A that any home seeker can get."""
    getattr(state.municipalities, f"vacant_{size}")[A] += 1
    state.municipalities.vacated[A] += 1
