"""A town with home seekers and vacancies."""

import numpy as np

from abm.engine.draws import Draws
from abm.tables.homes import HomeSize
from tests.helpers.village import A, village, village_state

NOW = 12  # January 2016
ALL = {"urgency_share": 0, "lottery_share": 0, "taking": 1}  # everything in order of registration, and taken
SMALL, MIDDLE, LARGE = HomeSize


def town(**facts):
    """The village in January 2016, without vacancies except those that a test adds."""
    state = village_state(village(freed_homes_rate=0, **facts))
    state.clock.month = NOW
    return state


def vacancies(state, where, small=0.0, middle=0.0, large=0.0):
    """Add vacant homes in a municipality that any home seeker can get."""
    of = state.municipalities
    of.vacant_small[where] += small
    of.vacant_middle[where] += middle
    of.vacant_large[where] += large
    of.vacated[where] += small + middle + large


def seekers(state, registered, **given_columns):
    """A regular home seeker for each month of registration, who lives alone in A; returns their rows."""
    count = len(registered)
    identity = np.arange(len(state.seekers), len(state.seekers) + count, dtype=np.uint64)
    lottery = Draws(1, "seeking", 0).order("lottery", identity)
    fixed = {"identity": identity, "lottery": lottery, "registered": registered, "began": NOW - 1, "municipality": A}
    return state.seekers.add(count, **(fixed | given_columns))
