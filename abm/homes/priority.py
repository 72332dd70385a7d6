"""Homes for status holders: what the task makes municipalities offer, allocation to households, and homes kept."""

from collections import namedtuple
from functools import cache
from typing import NamedTuple

import numpy as np

from abm.engine.clock import MONTHS
from abm.engine.compiled import njit
from abm.engine.kernels import kernel
from abm.engine.table import UNSET
from abm.tables.homes import HomeSize

HALF_YEAR = MONTHS // 2  # months of a housing task
_SMALL = int(HomeSize.SMALL)
Towns = namedtuple("Towns", "pool population_share vacancies asked placed effort offered vacated")


class Rules(NamedTuple):
    """Of process housing."""

    aim: float
    priority_share: float
    private_share: float
    priority_ban: bool
    small_share: float
    middle_share: float


# --- what municipalities want to offer


def left_to_house(asked: np.ndarray, placed: np.ndarray, effort: np.ndarray, aim: float) -> np.ndarray:
    """People whom municipalities still mean to house in this half-year, (municipalities,) persons.

    asked, placed [persons]: asked of each with what was behind, and housed so far; effort [ratio]; aim [ratio]: what
    the country means to house, over what is asked.
    """
    return np.maximum(effort * aim * np.maximum(asked, 0) - placed, 0)


def share_of_month(month: int, rush: float) -> float:
    """Share of what is left of a half-year that is meant for this month; month: 0 is January 2015.

    The weights of its months rise evenly from 1 to `rush`, so that all that is left is meant for the last one.
    """
    return _share_of_month(month % HALF_YEAR, rush)


@cache
def _share_of_month(month: int, rush: float) -> float:
    weight = np.linspace(1.0, rush, HALF_YEAR)[month:]
    return float(weight[0] / weight.sum())


def offers(
    wanted: np.ndarray, elsewhere: float, corporations: np.ndarray, found: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Homes of corporations, and homes found elsewhere, that municipalities offer this month, (municipalities,) each.

    wanted [homes] in all, of which the share `elsewhere` is looked for outside corporations first; corporations, found
    [homes]: the most of each. What one of them lacks is taken from the other.
    """
    outside = np.minimum(elsewhere * wanted, found)
    inside = np.minimum(wanted - outside, corporations)
    return inside, np.minimum(wanted - inside, found)


_left_to_house, _offers = njit(left_to_house), njit(offers)  # of one municipality, in loops


@kernel(writes=("towns.offered", "towns.vacated"))
def offer(towns: Towns, rules: Rules, flex, month_share, persons, found_most, scale):
    """What municipalities offer this month, for those of a pool at its holder and at the scale of the run.

    flex: movable homes for them in the country; month_share: of the people left to house, those meant for this month;
    persons to a home; found_most: homes outside corporations that can be found in the country.

    Returns homes of corporations and homes elsewhere that status holders can get besides those of last month,
    (municipalities,) each; vacancies by size, for those of a pool together; and of each, (municipalities, sizes) each.
    """
    small, middle = rules.small_share, rules.middle_share
    sizes = np.array([small, middle, max(1 - small - middle, 0.0)])  # below 0 by rounding only
    inside, outside = np.zeros(len(towns.pool)), np.zeros(len(towns.pool))
    vacant, by_size = np.zeros((len(towns.pool), len(sizes))), np.empty((len(towns.pool), len(sizes)))
    for town in range(len(towns.pool)):
        holder, inhabitants, vacancies = towns.pool[town], towns.population_share[town], towns.vacancies[town]
        movable = flex * inhabitants
        left = _left_to_house(towns.asked[town], towns.placed[town], towns.effort[town], rules.aim)
        wanted = max(left * month_share / persons - movable, 0.0)
        ceiling = (0.0 if rules.priority_ban else rules.priority_share) * vacancies
        of_corporations, elsewhere = _offers(wanted, rules.private_share, ceiling, found_most * inhabitants)
        inside[holder] += of_corporations + movable
        outside[holder] += elsewhere
        for size in range(len(sizes)):
            by_size[town, size] = vacancies * sizes[size] + (movable if size == _SMALL else 0.0)
            vacant[holder, size] += by_size[town, size]
        towns.vacated[town] += (vacancies + movable) * scale  # whatever their sizes add up to
    towns.offered[:] += inside * scale
    return inside * scale, outside * scale, vacant * scale, by_size


# --- priority


@kernel(writes=("on_offer", "homes"))
def let(municipality, needed, on_offer, homes):
    """Which home each household gets, (n,) int8 of HomeSize (UNSET: none), in the order given.

    municipality, needed (HomeSize): (n,); on_offer (municipalities,): homes that status holders can still get; homes
    (municipalities, sizes): vacancies. Both are used up. First everyone within the own class, then one class up.
    """
    got = np.full(len(needed), UNSET, dtype=np.int8)
    for up in range(2):
        for i in range(len(needed)):
            town, size = municipality[i], needed[i] + up
            if got[i] == UNSET and size < homes.shape[1] and on_offer[town] >= 1 and homes[town, size] >= 1:
                homes[town, size] -= 1
                on_offer[town] -= 1
                got[i] = size
    return got


@kernel
def passed_on(rest, pool, vacancies):
    """Homes that go on to other home seekers, (municipalities, sizes), from `rest`, the same at holders of pools.

    A pool divides them by its `vacancies` (the same shape); in a pool without any, the holder has them.
    """
    together, found = np.zeros_like(vacancies), np.empty_like(vacancies)
    for town in range(len(pool)):
        for size in range(vacancies.shape[1]):
            together[pool[town], size] += vacancies[town, size]
    for town in range(len(pool)):
        holder = pool[town]
        for size in range(vacancies.shape[1]):
            part = 1.0 if holder == town else 0.0
            if together[holder, size] > 0:
                part = vacancies[town, size] / together[holder, size]
            found[town, size] = rest[holder, size] * part
    return found


def kept(homes: np.ndarray, a_month: np.ndarray) -> np.ndarray:
    """Homes kept for status holders next month: at most as many as a month brings, or one if that is less."""
    return np.minimum(homes, np.maximum(a_month, 1.0))
