"""Homes by size, the size that households need, and vacancies: functions shared by the housing processes."""

import numpy as np

from abm.engine.clock import MONTHS, whole_months
from abm.engine.compiled import njit
from abm.engine.draws import Draws
from abm.engine.kernels import flagged, kernel, whole_words
from abm.state import State
from abm.tables.homes import HomeSize
from abm.tables.people import Reunion

SIZES, _TRAVELLING = len(HomeSize), int(Reunion.TRAVELLING)
FIT_SMALL, FIT_MIDDLE = 2, 4  # most persons for whom a small home, or one of middle size, is meant


def vacancies_per_month(state: State) -> np.ndarray:
    """Corporation homes that come free a month, (municipalities,): by turnover of the stock, or because they are new.

    The published rate counts new homes, so those of its year are taken off: what is left is the national turnover.
    """
    of, month, inputs = state.municipalities, state.clock.month, state.inputs
    new = inputs.series_at("corporation_built", month) / (inputs.of_year("corporation_homes", month).sum() or 1)
    turnover = max(inputs.series_at("freed_homes_rate", month) - new, 0) / MONTHS
    own = of.homes * of.turnover
    return own * (turnover * of.homes.sum() / (own.sum() or 1)) + of.built


def home_size(persons: np.ndarray) -> np.ndarray:
    """Size class that a household needs, (n,): one or two, three or four, five and more persons."""
    return (persons > FIT_SMALL).astype(np.int64) + (persons > FIT_MIDDLE)


def cell_of(municipality: np.ndarray, persons: np.ndarray) -> np.ndarray:
    """Number of the municipality and size class of the waiting list that a household is on, (n,) int64."""
    return municipality.astype(np.int64) * SIZES + home_size(persons)


@njit(inline="always")
def cell_number(municipality, persons):
    """`cell_of` for one household, in kernels."""
    return np.int64(municipality) * SIZES + (persons > FIT_SMALL) + (persons > FIT_MIDDLE)


def needed_by(state: State, rows: np.ndarray) -> np.ndarray:
    """Persons to house per household, (n,) int64: its members and their family, here or on its way."""
    households, rows = state.households, np.asarray(rows, np.int64)
    if not len(rows):
        return rows
    return persons_needed(rows, households.size, households.sponsor, households.reunion, households.family_abroad)


@kernel
def persons_needed(rows, size, sponsor, reunion, family_abroad):
    """`needed_by` of households (rows); the others: whole columns."""
    flag = np.empty(whole_words(len(sponsor)), np.bool_)
    flag[len(sponsor) :] = False
    for i in range(len(sponsor)):
        flag[i] = sponsor[i] >= 0
    followers = np.zeros(len(sponsor), np.int16)
    for i in flagged(flag):
        followers[sponsor[i]] += size[i]
    found = np.empty(len(rows), np.int64)
    for k in range(len(rows)):
        i = rows[k]
        found[k] = size[i] + followers[i] + (family_abroad[i] if reunion[i] == _TRAVELLING else 0)
    return found


def prepared(state: State, queue: np.ndarray, weeks: float, draws: Draws) -> np.ndarray:
    """Those of a queue of households (rows) whose `weeks` of preparation since they were tied have passed."""
    households, month = state.households, state.clock.month
    needed = whole_months(weeks, draws.once("weeks", households.identity[queue]))
    return queue[month - households.coupled[queue] >= needed]
