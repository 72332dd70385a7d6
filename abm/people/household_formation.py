"""Composition of new households, their identities, and their entry into the tables.

An identity is packed, not hashed, so no two people can share one; it depends on origin, month and rank among those
who arrived that month, never on how many others there are. A family that joins a sponsor has the sponsor's identity
with the next generation number, and who leaves a couple that of the couple two generation numbers on.
"""

from dataclasses import dataclass

import numpy as np

from abm.engine.clock import MONTHS
from abm.engine.draws import Draws
from abm.state import State
from abm.tables.people import Role

_GENERATION, _WAY, _RANK, _MONTH, _ORIGIN = 4, 6, 8, 28, 40  # first bit of each field; the person is in bits 0-3
BEFORE_START = -1  # month in the identity of households that are present when the run begins
MOST_PERSONS = (1 << _GENERATION) - 1
ADULT, MINOR_ALONE, OLDEST = 18.0, 13.0, 80.0  # years: majority; youngest who arrive alone; maximum age


@dataclass(frozen=True)
class Makeup:
    """Distribution of the members of households: shares and flags per household, (n,), or one number for all."""

    female_lead: np.ndarray | float  # probability that the lead is a woman
    partner: float  # probability that the second person is an adult partner
    female_partner: float  # probability that the partner is a woman
    unaccompanied: np.ndarray | bool  # whether a household of one is a minor
    adult_age: float  # mean age of adults [years]


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


def geometric(u: np.ndarray, mean: float) -> np.ndarray:
    """Geometric counts 0, 1, 2... with the given mean, (n,) int64, by inversion of uniform draws u."""
    if mean <= 0:
        return np.zeros(len(u), dtype=np.int64)
    return np.floor(np.log1p(-u) / np.log(mean / (1 + mean))).astype(np.int64)


def household_sizes(u: np.ndarray, more: np.ndarray, family_share: np.ndarray | float, mean: float) -> np.ndarray:
    """Persons per applying household, (n,) int64: one, or for families two or more with the given mean [persons].

    u, more: (n,) uniform draws; family_share: (n,), or one for all. Persons beyond two are geometric, cut at
    MOST_PERSONS.
    """
    return np.where(u < family_share, np.minimum(2 + geometric(more, mean - 2), MOST_PERSONS), 1)


def ages(role: np.ndarray, alone: np.ndarray, u: np.ndarray, mean: float) -> np.ndarray:
    """Ages [years], (n,): uniform on 0-17 for children and 13-17 for minors alone, exponential from 18 for adults."""
    adult = np.minimum(ADULT - (mean - ADULT) * np.log1p(-u), OLDEST)
    child = np.where(alone, MINOR_ALONE + u * (ADULT - MINOR_ALONE), u * ADULT)
    return np.where(alone | (role == Role.CHILD), child, adult)


def admit(
    state: State, draws: Draws, identity: np.ndarray, size: np.ndarray, makeup: Makeup, **columns: object
) -> np.ndarray:
    """Add households and their members to the tables; returns the new rows of households, (n,).

    identity (n,) uint64; size (n,) persons; further columns of households by name.
    """
    households, number_of = state.households, len(identity)
    alone = np.broadcast_to(makeup.unaccompanied, number_of) & (size == 1)
    lottery = lottery_of(identity, draws)
    columns |= {"identity": identity, "size": size, "counted": size, "lottery": lottery, "unaccompanied": alone}
    rows = households.add(number_of, **columns)

    of = np.repeat(np.arange(number_of), size)
    number = np.arange(len(of)) - np.repeat(np.cumsum(size) - size, size)
    person = identity[of] + number.astype(np.uint64)
    partner = (number == 1) & (draws.once("partner", person) < makeup.partner)
    role = np.where(number == 0, Role.LEAD, np.where(partner, Role.PARTNER, Role.CHILD))
    lead = np.broadcast_to(makeup.female_lead, number_of)[of]
    female_share = np.where(role == Role.LEAD, lead, np.where(partner, makeup.female_partner, 0.5))
    age = ages(role, alone[of], draws.once("age", person), makeup.adult_age)
    state.newcomers.add(
        len(of),
        identity=person,
        household=rows[of],
        role=role,
        female=draws.once("female", person) < female_share,
        born=np.floor(state.clock.month - age * MONTHS).astype(np.int16),
    )
    return rows
