"""Overcrowded households, units that tenants of starter homes need, who looks for another home, and middle rent.

Units of a complex are let by the size class of the home that they make together (HomeSize + 1 units). A family that
joined its sponsor lives, and moves, with the sponsor. Newcomers who look for another home are on the waiting lists of
letting_rules.py with everybody else.

Source of middle rent: middle_rent_from and middle_rent_to in abm/facts/data/national_series.csv.
"""

from collections import namedtuple

import numpy as np

from abm.engine.clock import NEVER
from abm.engine.compiled import njit
from abm.engine.kernels import flagged, kernel, whole_words
from abm.engine.table import NO_ROW
from abm.homes.dwellings import FIT_MIDDLE, FIT_SMALL, home_size, needed_by
from abm.state import State
from abm.tables.homes import HomeSize, Tenure
from abm.tables.people import Stage

MEANT_FOR = np.array([FIT_SMALL, FIT_MIDDLE, np.iinfo(np.int8).max])  # most persons by HomeSize
_HOUSED, _SMALL, _MIDDLE = int(Stage.HOUSED), int(HomeSize.SMALL), int(HomeSize.MIDDLE)
_PRIVATE = int(Tenure.PRIVATE)
Looking = namedtuple("Looking", "stage tenure crowded urgent registered complex sponsor")


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


@kernel
def awaited(sponsor, location):
    """Whether each household is the sponsor of a family that is in reception, (households,) bool; whole columns."""
    flag = np.empty(whole_words(len(sponsor)), np.bool_)
    flag[len(sponsor) :] = False
    for i in range(len(sponsor)):
        flag[i] = (sponsor[i] >= 0) & (location[i] >= 0)
    found = np.zeros(len(sponsor), np.bool_)
    for i in flagged(flag):
        found[sponsor[i]] = True
    return found


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
    return _looking(state.households)


@kernel
def _looking(households: Looking):
    flag = np.empty(whole_words(len(households.stage)), np.bool_)
    flag[len(households.stage) :] = False
    for i in range(len(households.stage)):
        flag[i] = looks(households, i)
    return flagged(flag)


@njit(inline="always")
def looks(households, i):
    """Whether household i looks for another home, in loops."""
    private = (households.tenure[i] == _PRIVATE) & (households.stage[i] == _HOUSED)
    own = private | (households.complex[i] >= 0) & (households.registered[i] != NEVER)
    return households.crowded[i] | (households.urgent[i] != NEVER) | own & (households.sponsor[i] < 0)


@kernel
def counted_incomes(wage, household, sponsor, stage, second):
    """Gross incomes that landlords count, (households,) EUR/month: the highest in a home, and part of the others.

    wage [EUR/month], household: whole columns of newcomers; sponsor, stage: of households; second [share]. A family
    that joined its sponsor has its wages with the sponsor.
    """
    highest, others = np.zeros(len(sponsor)), np.zeros(len(sponsor))
    flag = np.empty(whole_words(len(wage)), np.bool_)
    flag[len(wage) :] = False
    for i in range(len(wage)):
        flag[i] = wage[i] > 0
    for i in flagged(flag):
        home, earned = np.uint64(household[i]), np.float64(wage[i])  # unsigned: no check for a negative index
        if (sponsor[home] >= 0) & (stage[home] == _HOUSED):
            home = np.uint64(sponsor[home])
        others[home] += min(earned, highest[home])
        highest[home] = max(earned, highest[home])
    return highest + second * others


@kernel
def parts_payable(income, norm, low, high):
    """Part of the rents from low to high [EUR/month], spread evenly, that each income can pay, (n,); see payable."""
    found = np.empty_like(income)
    for i in range(len(income)):
        found[i] = min(max((income[i] / norm - low) / (high - low), 0.0), 1.0)
    return found


def payable(state: State, norm: float, second: float) -> np.ndarray:
    """Part of the homes at middle rent that households can pay by what landlords ask, (households,) share.

    norm [ratio]: gross income asked, over the rent; second [share]: part of incomes that counts beside the highest in a
    home. Rents are spread evenly over the range of middle rent. Times its own rate, it is the probability that a
    household moves to one this month. The one rule for middle rent; each process has the numbers of its own tenants.
    """
    people, households, month = state.newcomers, state.households, state.clock.month
    low, high = (state.inputs.series_at(f"middle_rent_{end}", month) for end in ("from", "to"))
    income = counted_incomes(people.wage, people.household, households.sponsor, households.stage, second)
    return parts_payable(income, norm, low, high)
