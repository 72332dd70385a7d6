"""Homes for status holders: what the task makes municipalities offer, allocation to households, and homes kept."""

from functools import cache

import numpy as np

from abm.engine.clock import MONTHS
from abm.engine.kernels import kernel
from abm.engine.table import UNSET

HALF_YEAR = MONTHS // 2  # months of a housing task

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
