"""Overcrowded households, units that tenants of starter homes need, and households that look for another home.

Units of a complex are let by the size class of the home that they make together (HomeSize + 1 units). A family that
joined its sponsor lives, and moves, with the sponsor. Newcomers who look for another home are on the waiting lists of
letting_rules.py with everybody else.
"""

import numpy as np

from abm.engine.clock import NEVER
from abm.engine.kernels import flagged, kernel, whole_words
from abm.engine.table import NO_ROW
from abm.homes.dwellings import FIT_MIDDLE, FIT_SMALL, home_size, needed_by
from abm.state import State
from abm.tables.homes import HomeSize, Tenure
from abm.tables.people import Stage

MEANT_FOR = np.array([FIT_SMALL, FIT_MIDDLE, np.iinfo(np.int8).max])  # most persons by HomeSize
_HOUSED, _SMALL, _MIDDLE = int(Stage.HOUSED), int(HomeSize.SMALL), int(HomeSize.MIDDLE)


def overcrowded(state: State) -> np.ndarray:
    """Rows of the housed households with more persons than their home is meant for, (n,), joined families included.

    A home of unknown size is assumed to fit.
    """
    people = state.households
    return _overcrowded(people.size, people.sponsor, people.stage, people.home)


@kernel
def _overcrowded(size, sponsor, stage, home):
    persons = size.astype(np.int16)
    joined, many = np.empty(len(size) + 1, np.int64), 0
    for i in range(len(size)):
        joined[many] = i
        many += (sponsor[i] >= 0) & (stage[i] == _HOUSED)
    for i in joined[:many]:
        persons[sponsor[i]] += size[i]
    full = np.empty(whole_words(len(size)), np.bool_)
    full[len(size) :] = False
    for i in range(len(size)):
        small, middle = (home[i] == _SMALL) & (persons[i] > FIT_SMALL), (home[i] == _MIDDLE) & (persons[i] > FIT_MIDDLE)
        full[i] = (stage[i] == _HOUSED) & (sponsor[i] < 0) & (small | middle)
    for i in joined[:many]:
        full[i] = full[sponsor[i]]
    return flagged(full)


def with_families(state: State, rows: np.ndarray) -> np.ndarray:
    """Rows of households and of the families that joined them."""
    people = state.households
    if not len(rows):
        return rows
    head = np.zeros(len(people), np.bool_)
    head[rows] = True
    return np.append(rows, _joined(head, people.sponsor, people.stage))


@kernel
def _joined(head, sponsor, stage):
    """Rows of the families that joined a household of which the flag `head` is set."""
    rows, count = np.empty(len(head), np.int64), 0
    for i in range(len(head)):
        if sponsor[i] >= 0 and head[sponsor[i]] and stage[i] == _HOUSED:
            rows[count] = i
            count += 1
    return rows[:count].copy()


def to_link(state: State) -> np.ndarray:
    """Units that tenants of linkable complexes lack for a family that waits or travels, (complexes,)."""
    people, of = state.households, state.complexes
    rows = np.flatnonzero((people.complex != NO_ROW) & (people.sponsor == NO_ROW))
    rows = rows[of.linkable[people.complex[rows]]]
    lacking = home_size(needed_by(state, rows)) - people.home[rows]
    return np.bincount(people.complex[rows], np.maximum(lacking, 0), len(of)).astype(np.int64)


def looking(state: State) -> np.ndarray:
    """Rows of the households with a home that look for another one.

    They are crowded, urgent, registered in a starter home, or rent from others than corporations.
    """
    people = state.households
    registered = (people.complex != NO_ROW) & (people.registered != NEVER)
    private = (people.tenure == Tenure.PRIVATE) & (people.stage == Stage.HOUSED)
    return np.flatnonzero(
        people.crowded | (people.urgent != NEVER) | (registered | private) & (people.sponsor == NO_ROW)
    )


def finds_middle_rent(wages: np.ndarray, least: float, u: np.ndarray, rate: np.ndarray | float) -> np.ndarray:
    """Whether households move to middle rent this month, (n,) bool: part of those whose wages reach what it asks.

    wages, least [EUR/month]: both gross (starter homes) or both net (elsewhere); u: a uniform draw each; rate
    [share/month]. The one rule for middle rent; each process has the numbers of its own tenants.
    """
    return (wages >= least) & (u < rate)
