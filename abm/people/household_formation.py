"""Composition of new households, their identities, and their entry into the tables.

An identity is packed, not hashed, so no two people can share one; it depends on origin, month and rank among those
who arrived that month, never on how many others there are. A family that joins a sponsor has the sponsor's identity
with the next generation number, and who leaves a couple that of the couple two generation numbers on.
"""

from collections import namedtuple
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from abm.engine.clock import MONTHS
from abm.engine.compiled import njit
from abm.engine.draws import Draws, drawn
from abm.engine.kernels import kernel
from abm.state import State
from abm.tables.people import Role

_GENERATION, _WAY, _RANK, _MONTH, _ORIGIN = 4, 6, 8, 28, 40  # first bit of each field; the person is in bits 0-3
BEFORE_START = -1  # month in the identity of households that are present when the run begins
MOST_PERSONS = (1 << _GENERATION) - 1
_LEAD, _PARTNER, _CHILD = int(Role.LEAD), int(Role.PARTNER), int(Role.CHILD)  # compiled code wants ints
_GIRLS = 0.5  # share of children
ADULT, MINOR_ALONE, OLDEST = 18.0, 13.0, 80.0  # years: majority; youngest who arrive alone; maximum age


@dataclass(frozen=True)
class Makeup:
    """Distribution of the members of households: shares and flags per household, (n,), or one number for all."""

    female_lead: np.ndarray | float  # probability that the lead is a woman
    partner: float  # probability that the second person is an adult partner
    female_partner: float  # probability that the partner is a woman
    unaccompanied: np.ndarray | bool  # whether a household of one is a minor
    adult_age: float  # mean age of adults [years]


class Shares(NamedTuple):
    """Those of a Makeup that are one number for all."""

    partner: float
    female_partner: float
    adult_age: float


def identities(origin: np.ndarray, month: int, rank: np.ndarray, way: int) -> np.ndarray:
    """Household identities, (n,) uint64, from origin row, month (or BEFORE_START), rank and way of arrival."""
    packed = origin.astype(np.uint64) << np.uint64(_ORIGIN) | rank.astype(np.uint64) << np.uint64(_RANK)
    return packed | np.uint64((month + 1) << _MONTH | way << _WAY)


def relatives(sponsor_identity: np.ndarray) -> np.ndarray:
    """Identity of the household that joins a sponsor, (n,) uint64."""
    return sponsor_identity + np.uint64(1 << _GENERATION)


def lottery_of(identity: np.ndarray, draws: Draws) -> np.ndarray:
    """Lottery number of each household, (n,), all different: one permutation of the identities of all."""
    return Draws(draws.seed, "composition", 0).order("lottery", identity)


def alone_again(identity: np.ndarray, draws: Draws) -> dict[str, np.ndarray]:
    """Identity and lottery number of the households of those who leave a couple, from that of the couple, (n,)."""
    own = identity + np.uint64(2 << _GENERATION)  # beside the household itself and the family that joins it
    return {"identity": own, "lottery": lottery_of(own, draws)}


@njit
def geometric_of(u, mean):
    """Geometric count 0, 1, 2... with the given mean, by inversion of a uniform draw u."""
    return np.int64(np.floor(np.log1p(-u) / np.log(mean / (1 + mean)))) if mean > 0 else 0


@njit
def size_of(u, more, family_share, mean):
    """Persons of an applying household: one, or for families two or more with the given mean [persons].

    u, more: uniform draws. Persons beyond two are geometric, cut at MOST_PERSONS.
    """
    return min(2 + geometric_of(more, mean - 2), MOST_PERSONS) if u < family_share else 1


@njit
def age_of(role, alone, u, mean):
    """Age [years]: uniform on 0-17 for children and 13-17 for minors alone, exponential from 18 for adults."""
    if alone:
        return MINOR_ALONE + u * (ADULT - MINOR_ALONE)
    return u * ADULT if role == _CHILD else min(ADULT - (mean - ADULT) * np.log1p(-u), OLDEST)


@kernel
def geometric(u, mean):
    """`geometric_of` each uniform draw, (n,) int64."""
    found = np.empty(len(u), np.int64)
    for k in range(len(u)):
        found[k] = geometric_of(u[k], mean)
    return found


@kernel(writes=("due",))
def until_due(due, way, origin, family_share, mean, month, first, address):
    """Households that arrive in a month, one after the other until the persons due are reached; `due` falls by them.

    due (ways, origins) [persons]; way (ways,) and origin (origins,): numbers in identities; family_share (origins,) and
    mean: of sizes; first: rank of the first one; address: of the draws for sizes. Returns place of the way, place of
    the origin, identity and size [persons] of each, (n,).
    """
    most = np.int64(np.ceil(np.maximum(due, 0.0)).sum())  # a household is at least one person
    of_way, of_origin = np.empty(most, np.int64), np.empty(most, np.int64)
    identity, size, count = np.empty(most, np.uint64), np.empty(most, np.int64), 0
    for w in range(len(way)):
        for o in range(len(origin)):
            rank, persons = first, 0
            while persons < due[w, o]:
                who = np.uint64(origin[o] << _ORIGIN | rank << _RANK | (month + 1) << _MONTH | way[w] << _WAY)
                of_way[count], of_origin[count], identity[count] = w, o, who
                size[count] = size_of(drawn(who, address[0]), drawn(who, address[1]), family_share[o], mean)
                persons += size[count]
                rank += 1
                count += 1
            due[w, o] -= persons
    return of_way[:count], of_origin[:count], identity[:count], size[:count]


Persons = namedtuple("Persons", "identity household role female born")
First = namedtuple("First", "person household month")  # rows of the first of those who arrive, and the month


@kernel(writes=tuple(f"people.{field}" for field in Persons._fields))
def form(people: Persons, first: First, identity, size, alone, female_lead, shares: Shares, address):
    """Write the members of households that arrive in a month to the columns of people.

    identity to female_lead: (n,) of each household, see Makeup; address: of the draws whether there is a partner, of
    age and of sex.
    """
    i = first.person
    for h in range(len(identity)):
        for number in range(size[h]):
            who = identity[h] + np.uint64(number)
            role, share = _LEAD, female_lead[h]
            if number == 1 and drawn(who, address[0]) < shares.partner:
                role, share = _PARTNER, shares.female_partner
            elif number > 0:
                role, share = _CHILD, _GIRLS
            age = age_of(role, alone[h], drawn(who, address[1]), shares.adult_age)
            people.identity[i], people.household[i], people.role[i] = who, first.household + h, role
            people.female[i] = drawn(who, address[2]) < share
            people.born[i] = np.int16(np.floor(first.month - age * MONTHS))
            i += 1


def admit(
    state: State, draws: Draws, identity: np.ndarray, size: np.ndarray, makeup: Makeup, **columns: object
) -> np.ndarray:
    """Add households and their members to the tables; returns the new rows of households, (n,).

    identity (n,) uint64; size (n,) persons; further columns of households by name.
    """
    number_of = len(identity)
    if not number_of:
        return state.households.add(0)
    alone = (size == 1) & makeup.unaccompanied
    lottery = lottery_of(identity, draws)
    columns |= {"identity": identity, "size": size, "counted": size, "lottery": lottery, "unaccompanied": alone}
    rows = state.households.add(number_of, **columns)
    lead, people = makeup.female_lead, state.newcomers
    lead = lead if isinstance(lead, np.ndarray) else np.full(number_of, float(lead))
    shares = Shares(float(makeup.partner), float(makeup.female_partner), float(makeup.adult_age))
    sizes, address = size.astype(np.int64, copy=False), draws.addresses("partner", "age", "female")
    persons = people.add(int(sizes.sum()))
    first = First(int(persons[0]), int(rows[0]), state.clock.month)
    form(people, first, identity, sizes, alone, lead, shares, address)
    return rows
