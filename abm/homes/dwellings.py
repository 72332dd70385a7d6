"""Homes and who moves into them: what the processes of the housing market share."""

import numpy as np
from numba import njit

from abm.engine.clock import MONTHS, whole_months
from abm.engine.kernels import read_only
from abm.engine.queues import waiting
from abm.engine.table import NO_ROW, UNSET
from abm.tables.homes import HomeSize, Rule, Tenure
from abm.tables.people import Reunion, Stage

SIZES, _TRAVELLING = len(HomeSize), int(Reunion.TRAVELLING)
FIT_SMALL, FIT_MIDDLE = 2, 4  # most persons for whom a small home, or one of middle size, is meant


def falling_free(state) -> np.ndarray:
    """Corporation homes that fall free a month, (municipalities,): the country's turnover is the observed one."""
    month, inputs = state.clock.month, state.inputs
    homes = inputs.of_year("corporation_homes", month)
    own = homes * state.municipalities.turnover
    total = inputs.series_at("freed_homes_rate", month) / MONTHS * homes.sum()
    return own * (total / (own.sum() or 1))


def home_size(persons: np.ndarray) -> np.ndarray:
    """Size class that a household needs, (n,): one or two, three or four, five and more persons."""
    middle = np.where(persons <= FIT_MIDDLE, HomeSize.MIDDLE, HomeSize.LARGE)
    return np.where(persons <= FIT_SMALL, HomeSize.SMALL, middle)


def cell_of(municipality: np.ndarray, persons: np.ndarray) -> np.ndarray:
    """Number of the municipality and size class in which a household stands in line, (n,) int64."""
    return municipality.astype(np.int64) * SIZES + home_size(persons)


@njit(cache=True, inline="always")
def cell_number(municipality, persons):
    """`cell_of` for one household, in kernels."""
    return np.int64(municipality) * SIZES + (persons > FIT_SMALL) + (persons > FIT_MIDDLE)


def needed_by(state, rows: np.ndarray) -> np.ndarray:
    """Persons to house per household, (n,) int64: its members and the family that is here or on its way."""
    households = state.households
    columns = (households.size, households.sponsor, households.reunion, households.family_abroad)
    return _needed(rows, *(read_only(column) for column in columns))


@njit(cache=True)
def _needed(rows, size, sponsor, reunion, family_abroad):
    families, count = np.empty(len(sponsor) + 1, np.int32), 0
    for i in range(len(sponsor)):  # without branches, as in abm/engine/kernels.py
        families[count] = i
        count += sponsor[i] >= 0
    followers = np.zeros(len(sponsor), np.int16)
    for i in families[:count]:
        followers[sponsor[i]] += size[i]
    found = np.empty(len(rows), np.int64)
    for k in range(len(rows)):
        i = rows[k]
        found[k] = size[i] + followers[i] + (family_abroad[i] if reunion[i] == _TRAVELLING else 0)
    return found


def crowding(state, joined: np.ndarray) -> None:
    """Note the households in whose home a family moved in (rows `joined` of it) that does not fit with them.

    They register for a larger home that month, if they were not in line for one. Where the size of the home is not
    known, it is taken to fit.
    """
    households = state.households
    rows = np.unique(households.sponsor[joined])
    known = rows[households.home[rows] != UNSET]
    crowded = known[home_size(needed_by(state, known)) > households.home[known]]
    fresh = crowded[~households.crowded[crowded]]
    households.crowded[fresh] = True
    households.registered[fresh[households.tenure[fresh] != Tenure.PRIVATE]] = state.clock.month


def prepared(state, weeks: float, draws) -> np.ndarray:
    """Rows of the households for whom `weeks` of preparation have passed since they were tied to a municipality."""
    households, month = state.households, state.clock.month
    queue = waiting(households.stage, households.since, Stage.AWAITING_HOME, month)
    needed = whole_months(weeks, draws.once("weeks", households.identity[queue]))
    return queue[month - households.coupled[queue] >= needed]


def move_in(state, rows: np.ndarray, municipality: np.ndarray, rule=UNSET, home=UNSET) -> None:
    """Let households leave reception for a home in a municipality, which counts for its task.

    rule: by which each home was let; home: its HomeSize; (n,) or one for all, UNSET for who moves in with a sponsor.
    A home that was found outside corporations has their tenure.
    """
    households, month = state.households, state.clock.month
    households.enter(rows, Stage.HOUSED, month)
    households.housed[rows] = households.moved_in[rows] = month
    households.location[rows] = NO_ROW
    households.municipality[rows] = municipality
    households.rule[rows] = rule
    households.home[rows] = home
    households.tenure[rows] = Tenure.PRIVATE if np.isscalar(rule) and rule == Rule.PRIVATE else Tenure.CORPORATION
    count = np.bincount(municipality, households.size[rows], len(state.municipalities))
    state.municipalities.balance[:] += count / state.scale
