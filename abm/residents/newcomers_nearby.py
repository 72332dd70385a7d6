"""Newcomers as residents count them: where they live and work, the homes let to them, and who was placed this month.

Compiled loops over the columns of newcomers and their households, for the process `support`. Plain versions in
tests/residents/test_newcomers_nearby.py check them.
"""

from typing import NamedTuple

import numpy as np

from abm.engine.clock import NEVER
from abm.engine.kernels import flagged, kernel, whole_words
from abm.engine.table import NO_ROW
from abm.people.working_age import adults
from abm.state import State
from abm.tables.homes import Tenure
from abm.tables.people import Stage

_CORPORATION, _HOUSED = int(Tenure.CORPORATION), int(Stage.HOUSED)  # compiled code wants ints
_HALF, _ODD = 32, np.uint64(1)  # bits of half a number; the last bit
_COUNTS = 3  # of a municipality: persons, adults, employed adults


class Households(NamedTuple):
    """Where households live."""

    stage: np.ndarray
    size: np.ndarray
    location: np.ndarray
    municipality: np.ndarray


class Tenants(NamedTuple):
    """When and how households got their home."""

    moved_in: np.ndarray
    sponsor: np.ndarray
    tenure: np.ndarray
    rule: np.ndarray
    municipality: np.ndarray


class Placed(NamedTuple):
    """When households were tied to a municipality."""

    coupled: np.ndarray
    housed: np.ndarray
    municipality: np.ndarray


def counted(state: State) -> tuple[np.ndarray, np.ndarray]:
    """Newcomers at full size: persons per location; persons, adults and employed adults at home, (3, towns)."""
    people, places, towns = state.newcomers, len(state.locations), len(state.municipalities)
    inside, home = present(state.households, adults(state), people.household, people.employed, places, towns)
    return inside / state.scale, home / state.scale


@kernel
def present(households: Households, rows, household, employed, locations, municipalities):
    """Newcomers by where they live: persons per location; persons, adults and employed adults at home per municipality.

    rows: of adults; household, employed: whole columns of persons. Counted without branches, which a processor could
    not predict: persons without a home count for an extra municipality. Two tables take rows in turn, because rows next
    to each other are often in one municipality and would wait for each other.
    """
    stage, size, location, municipality = households
    inside, town = np.zeros(locations), np.empty(len(stage), np.int16)
    persons, grown = np.zeros((2, municipalities + 1), np.int64), np.zeros((2, municipalities + 1), np.int64)
    for i in range(len(stage)):
        town[i] = municipality[i] if (stage[i] == _HOUSED) & (location[i] < 0) else municipalities
    for i in range(len(stage)):
        if location[i] >= 0:
            inside[location[i]] += size[i]
    for i in range(len(stage)):
        persons[np.uint64(i) & _ODD, np.uint64(town[i])] += size[i]
    for k in range(len(rows)):  # employed adults are counted in the upper half of the same number
        i = np.uint64(rows[k])  # unsigned: no check for a negative index
        at = np.uint64(town[np.uint64(household[i])])
        grown[np.uint64(k) & _ODD, at] += 1 + (np.int64(employed[i]) << _HALF)
    home = np.empty((_COUNTS, municipalities))
    for m in range(municipalities):
        both = grown[0, m] + grown[1, m]
        home[0, m] = persons[0, m] + persons[1, m]
        home[1, m], home[2, m] = both & (2**_HALF - 1), both >> _HALF
    return inside, home


@kernel
def let_to(tenants: Tenants, weight, pool, month):
    """Homes of corporations let to newcomers this month by pool of homes, weighted by rule of letting, (pools,).

    weight: by rule, the last one where it is not known; pool: of municipalities.
    """
    flag, found = np.empty(whole_words(len(tenants.moved_in)), np.bool_), np.zeros(len(pool))
    flag[len(tenants.moved_in) :] = False
    now = tenants.moved_in.dtype.type(month)  # as narrow as the column
    for h in range(len(tenants.moved_in)):
        flag[h] = tenants.moved_in[h] == now
    for h in flagged(flag):
        if tenants.sponsor[h] == NO_ROW and tenants.tenure[h] == _CORPORATION:
            found[pool[tenants.municipality[h]]] += weight[tenants.rule[h]]
    return found


@kernel
def placed(households: Placed, month):
    """Rows of the households that were tied to a municipality this month, or housed without that, (n,)."""
    flag = np.empty(whole_words(len(households.coupled)), np.bool_)
    flag[len(households.coupled) :] = False
    now, never = households.coupled.dtype.type(month), households.coupled.dtype.type(NEVER)
    for h in range(len(households.coupled)):
        fresh = (households.coupled[h] == now) | ((households.housed[h] == now) & (households.coupled[h] == never))
        flag[h] = fresh & (households.municipality[h] >= 0)
    return flagged(flag)
