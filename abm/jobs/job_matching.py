"""How job seekers and employers meet, by commuting, vacancies and sector, and which employer hires which seeker.

A seeker meets the employers within reach in proportion to their vacancies; a share of the meetings is within the
seeker's own sector only. Agencies bring seekers to the employers within reach in a few sectors. Where more seekers come
to an employer than it has vacancies, part of the meetings comes to nothing, so no employer hires more people than it
has vacancies. The rule is used by `abm.jobs.work`.
"""

from typing import NamedTuple

import numpy as np

from abm.engine.kernels import kernel
from abm.engine.products import product
from abm.state import State

AGENCY_SECTORS = ("business", "trade")  # in jobs.csv: the first has the agencies themselves, the second transport
_NOTHING = 1e-9


class Meetings(NamedTuple):
    """Meetings of seekers by region and sector: the share that finds a vacancy, and the employers behind these."""

    open: np.ndarray  # (regions, sectors + 1) share of meetings for which there is a vacancy
    own: np.ndarray  # (regions, sectors + 1) share of the former within the seeker's own sector
    edges: np.ndarray  # (regions, employers + 1) cumulative weight of each employer, in the order of `order`
    order: np.ndarray  # (employers,) rows of employers, sector by sector
    first: np.ndarray  # (sectors + 1,) position in that order at which each sector begins
    by_agency: np.ndarray  # (regions,) share of meetings through an agency for which there is a vacancy
    agency_edges: np.ndarray  # as `edges`, of meetings through an agency


def reached(state: State, of_employers: np.ndarray) -> np.ndarray:
    """A quantity of employers, weighted by commuting from each region, (regions, employers)."""
    return state.inputs.commuting[:, state.employers.region] * of_employers


def by_sector(state: State, each: np.ndarray) -> np.ndarray:
    """Sums over the employers of each sector, (regions, sectors), of (regions, employers)."""
    return summed_by(each, state.employers.sector, len(state.inputs.sectors))


@kernel
def summed_by(each, sector, sectors):
    """Sums of the columns of each sector, in their order, (rows, sectors); each: (rows, n), sector: (n,)."""
    found = np.zeros((len(each), sectors))
    for row in range(len(each)):
        for k in range(len(sector)):
            found[row, sector[k]] += each[row, k]
    return found


def mixed(own: np.ndarray, anywhere: np.ndarray, share: float) -> np.ndarray:
    """Mean over a seeker's meetings, of which a share is within the own sector, (regions, sectors + 1).

    own (regions, sectors): the value in the own sector; anywhere (regions,): the value among all employers, which alone
    counts for seekers without a sector (last column).
    """
    return np.column_stack([share * own + (1 - share) * anywhere[:, None], anywhere])


def meet(state: State, share: float, met: np.ndarray, met_by_agency: np.ndarray) -> Meetings:
    """Meetings of seekers with the employers within reach, by vacancies; a share of them is in the own sector only.

    met, met_by_agency: summed probabilities of seekers, (regions, sectors + 1) and (regions,), at the scale of the run.
    Where more seekers come to an employer than it has vacancies, part of the meetings finds none.
    """
    vacancies, sector = state.employers.vacancies, state.employers.sector
    reach = reached(state, vacancies)
    anywhere = reach / np.maximum(reach.sum(axis=1, keepdims=True), _NOTHING)
    inside = reach / np.maximum(by_sector(state, reach)[:, sector], _NOTHING)
    comers, bound = met / state.scale, met[:, :-1] / state.scale
    elsewhere = product(comers.sum(axis=1) - share * bound.sum(axis=1), anywhere)
    placed = reach * np.isin(state.inputs.sectors, AGENCY_SECTORS)[sector]
    through = placed / np.maximum(placed.sum(axis=1, keepdims=True), _NOTHING)
    seekers = elsewhere + share * (bound[:, sector] * inside).sum(0) + product(met_by_agency / state.scale, through)
    filled = np.minimum(vacancies / np.maximum(seekers, _NOTHING), 1.0)
    own, among_all = by_sector(state, inside * filled), product(anywhere, filled)
    open_ = mixed(own, among_all, share)
    part = np.column_stack([share * own, np.zeros(len(own))]) / np.maximum(open_, _NOTHING)
    order = np.argsort(sector, kind="stable")
    edges, agency_edges = np.zeros((2, len(reach), len(order) + 1))
    np.cumsum((reach * filled)[:, order], axis=1, out=edges[:, 1:])
    np.cumsum((placed * filled)[:, order], axis=1, out=agency_edges[:, 1:])
    first = np.searchsorted(sector[order], np.arange(len(state.inputs.sectors) + 1))
    return Meetings(open_, part, edges, order, first, product(through, filled), agency_edges)


@kernel
def hire(probability, where, sector, u, open_):
    """Numbers of the seekers who find a job, (h,): u below their probability times the share that finds a vacancy.

    probability to u: (n,) of seekers; open_: as in Meetings.
    """
    found, count = np.empty(len(probability) + 1, np.int64), 0
    for k in range(len(probability)):
        found[count] = k
        count += u[k] < probability[k] * open_[where[k], sector[k]]
    return found[:count].copy()


@kernel
def hire_by_agency(probability, where, u, open_):
    """Numbers of the seekers who find a job through an agency, (h,); open_: share that finds a vacancy, (regions,)."""
    found, count = np.empty(len(probability) + 1, np.int64), 0
    for k in range(len(probability)):
        found[count] = k
        count += u[k] < probability[k] * open_[where[k]]
    return found[:count].copy()


@kernel
def agency_employer_each(where, u, edges, order):
    """Row of the employer to which an agency brings each, (n,) int64; where, u: (n,), edges: agency_edges."""
    found = np.empty(len(where), np.int64)
    for k in range(len(where)):
        line = edges[where[k]]
        target = u[k] * line[-1]
        found[k] = order[min(np.searchsorted(line, target, side="right") - 1, len(order) - 1)]
    return found


@kernel
def employer_each(where, sector, u, own, edges, order, first):
    """Row of the employer that hires each, (n,) int64; where, sector, u: (n,), the rest as in Meetings."""
    found = np.empty(len(where), np.int64)
    for k in range(len(where)):
        region, of = where[k], sector[k]
        rest, low, high = u[k], 0, len(order)  # rest: uniform again, given the sector
        if rest < own[region, of]:
            rest, low, high = rest / own[region, of], first[of], first[of + 1]
        else:
            rest = (rest - own[region, of]) / (1 - own[region, of])
        line = edges[region]
        target = line[low] + rest * (line[high] - line[low])
        found[k] = order[min(max(np.searchsorted(line, target, side="right") - 1, low), high - 1)]
    return found
