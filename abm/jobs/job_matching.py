"""Where seekers and employers meet: by commuting, vacancies and sector, and who hires whom.

A seeker meets the employers within reach by their vacancies, for a share of the meetings only those of the own sector.
Where more come to an employer than it has vacancies, part of the meetings leads to nothing, so no employer hires more
than it asks. The rule is used by `abm.jobs.work`.
"""

from typing import NamedTuple

import numpy as np
from numba import njit

from abm.state import State

_NOTHING = 1e-9


class Meetings(NamedTuple):
    """Where seekers of a region and sector meet employers, and for what share of the meetings there is a vacancy."""

    open: np.ndarray  # (regions, sectors + 1) share of matches for which there is a vacancy
    own: np.ndarray  # (regions, sectors + 1) of those, the share in the own sector
    edges: np.ndarray  # (regions, employers + 1) cumulated chance of each employer, in the order of `order`
    order: np.ndarray  # (employers,) rows of employers, sector by sector
    first: np.ndarray  # (sectors + 1,) where each sector begins in that order


def reached(state: State, of_employers: np.ndarray) -> np.ndarray:
    """What residents of each region reach of a quantity of employers, by commuting, (regions, employers)."""
    return state.inputs.commuting[:, state.employers.region] * of_employers


def by_sector(state: State, each: np.ndarray) -> np.ndarray:
    """Sums over the employers of each sector, (regions, sectors), of (regions, employers)."""
    return each @ (state.employers.sector[:, None] == np.arange(len(state.inputs.sectors)))


def mixed(own: np.ndarray, anywhere: np.ndarray, share: float) -> np.ndarray:
    """What holds for who meets employers of the own sector for a share, (regions, sectors + 1).

    own (regions, sectors): what holds there; anywhere (regions,): among all, which is all that counts without a sector.
    """
    return np.column_stack([share * own + (1 - share) * anywhere[:, None], anywhere])


def meet(state: State, share: float, met: np.ndarray) -> Meetings:
    """Let seekers meet the employers within reach, by their vacancies: a share of them in the own sector only.

    met: chances of seekers together, (regions, sectors + 1), at the scale of the run. Where more come to an employer
    than it has vacancies, part of the matches finds none.
    """
    vacancies, sector = state.employers.vacancies, state.employers.sector
    reach = reached(state, vacancies)
    anywhere = reach / np.maximum(reach.sum(axis=1, keepdims=True), _NOTHING)
    inside = reach / np.maximum(by_sector(state, reach)[:, sector], _NOTHING)
    comers, bound = met / state.scale, met[:, :-1] / state.scale
    seekers = (comers.sum(axis=1) - share * bound.sum(axis=1)) @ anywhere + share * (bound[:, sector] * inside).sum(0)
    filled = np.minimum(vacancies / np.maximum(seekers, _NOTHING), 1.0)
    own, among_all = by_sector(state, inside * filled), anywhere @ filled
    open_ = mixed(own, among_all, share)
    part = np.column_stack([share * own, np.zeros(len(own))]) / np.maximum(open_, _NOTHING)
    order = np.argsort(sector, kind="stable")
    edges = np.zeros((len(reach), len(order) + 1))
    np.cumsum((reach * filled)[:, order], axis=1, out=edges[:, 1:])
    first = np.searchsorted(sector[order], np.arange(len(state.inputs.sectors) + 1))
    return Meetings(open_, part, edges, order, first)


@njit(cache=True)
def hire(chance, where, sector, luck, open_):
    """Which seekers find a job, (h,) numbers among them: luck below the chance times the share that finds a vacancy."""
    found, count = np.empty(len(chance) + 1, np.int64), 0
    for k in range(len(chance)):
        found[count] = k
        count += luck[k] < chance[k] * open_[where[k], sector[k]]
    return found[:count].copy()


@njit(cache=True)
def employer_each(where, sector, luck, own, edges, order, first):
    """Row of the employer that hires each, (n,) int64; where, sector, luck: (n,), the rest as in Meetings."""
    found = np.empty(len(where), np.int64)
    for k in range(len(where)):
        region, of = where[k], sector[k]
        chance, low, high = luck[k], 0, len(order)
        if chance < own[region, of]:
            chance, low, high = chance / own[region, of], first[of], first[of + 1]
        else:
            chance = (chance - own[region, of]) / (1 - own[region, of])
        line = edges[region]
        target = line[low] + chance * (line[high] - line[low])
        found[k] = order[min(max(np.searchsorted(line, target, side="right") - 1, low), high - 1)]
    return found
