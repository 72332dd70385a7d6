"""How job seekers and employers meet, by commuting, vacancies and sector, and which employer hires which seeker.

A seeker meets the employers within reach in proportion to their vacancies; a share of the meetings is within the
seeker's own sector only. Agencies bring seekers to the employers within reach in a few sectors. Where more seekers come
to an employer than it has vacancies, part of the meetings comes to nothing, so no employer hires more people than it
has vacancies. The rule is used by `abm.jobs.work`.
"""

from functools import cache
from typing import NamedTuple

import numpy as np

from abm.engine.compiled import njit
from abm.engine.kernels import kernel
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


class Employers(NamedTuple):
    """Columns of employers."""

    region: np.ndarray
    sector: np.ndarray
    jobs: np.ndarray
    trust: np.ndarray
    vacancies: np.ndarray


@cache
def use_agencies(sectors: tuple[str, ...]) -> np.ndarray:
    """Whether agencies bring people to the employers of each sector, (sectors,) bool."""
    return np.isin(sectors, AGENCY_SECTORS)


@njit
def _added(found, each, sector, row):
    """Add the values of employers, (n,), up by sector, in their order, into a row of `found`."""
    for k in range(len(sector)):
        found[row, np.uint64(sector[k])] += each[k]


@kernel(error_model="numpy")
def trusting(commuting, of: Employers, sectors):
    """Jobs within reach of each region and their number weighted by trust, (regions, employers) each.

    Also the mean trust of the employers of each sector, weighted by those jobs, (regions, sectors).
    """
    jobs, trust = np.empty((len(commuting), len(of.jobs))), np.empty((len(commuting), len(of.jobs)))
    number, trusted = np.zeros((len(commuting), sectors)), np.zeros((len(commuting), sectors))
    for row in range(len(commuting)):
        for k in range(len(of.jobs)):
            jobs[row, k] = commuting[row, of.region[k]] * of.jobs[k]
            trust[row, k] = jobs[row, k] * of.trust[k]
        _added(number, jobs[row], of.sector, row)
        _added(trusted, trust[row], of.sector, row)
        for s in range(sectors):
            trusted[row, s] /= max(number[row, s], 1)
    return jobs, trust, trusted


@kernel
def within_reach(commuting, of: Employers, agencies):
    """Vacancies weighted by commuting from each region, (regions, employers), and those of sectors with agencies."""
    reach, placed = np.empty((len(commuting), len(of.region))), np.empty((len(commuting), len(of.region)))
    for row in range(len(commuting)):
        for k in range(len(of.region)):
            reach[row, k] = commuting[row, of.region[k]] * of.vacancies[k]
            placed[row, k] = reach[row, k] * agencies[of.sector[k]]
    return reach, placed


class Seeking(NamedTuple):
    """Seekers at full scale, by region."""

    bound: np.ndarray  # (regions, sectors) to the own sector, by their share of meetings there
    free: np.ndarray  # (regions,) to any sector
    by_agency: np.ndarray  # (regions,) through agencies
    share: float  # of meetings that are in the own sector only


@kernel(error_model="numpy")
def fill(reach, placed, sums, agency_sums, of: Employers, seeking: Seeking):
    """Seekers who come to each employer, and the part that finds a vacancy.

    sums, agency_sums: of rows of reach and placed.
    Returns the share of comers to each employer that finds one, (employers,); the weights of reach and of placed, of
    which each row adds up to one, times that share; and those of the own sector, summed by sector, (regions, sectors).
    """
    (regions, many), sectors = reach.shape, seeking.bound.shape[1]
    anywhere, through, inside = np.empty((regions, many)), np.empty((regions, many)), np.empty((regions, many))
    elsewhere, bound, brought = np.zeros(many), np.zeros(many), np.zeros(many)
    there, own, filled = np.zeros((regions, sectors)), np.zeros((regions, sectors)), np.empty(many)
    for row in range(regions):
        _added(there, reach[row], of.sector, row)
        for k in range(many):
            s = np.uint64(of.sector[k])
            anywhere[row, k] = reach[row, k] / max(sums[row], _NOTHING)
            through[row, k] = placed[row, k] / max(agency_sums[row], _NOTHING) if placed[row, k] > 0 else 0.0
            inside[row, k] = reach[row, k] / max(there[row, s], _NOTHING)
            elsewhere[k] += seeking.free[row] * anywhere[row, k]
            bound[k] += seeking.bound[row, s] * inside[row, k]
            brought[k] += seeking.by_agency[row] * through[row, k]
    for k in range(many):
        comers = elsewhere[k] + seeking.share * bound[k] + brought[k]
        filled[k] = min(of.vacancies[k] / max(comers, _NOTHING), 1.0)
    for row in range(regions):
        for k in range(many):
            anywhere[row, k] *= filled[k]
            through[row, k] *= filled[k]
            inside[row, k] *= filled[k]
        _added(own, inside[row], of.sector, row)
    return filled, anywhere, through, own


@kernel
def lines(reach, placed, filled, sector, sectors):
    """Employers sector by sector, (employers,), where each sector begins there, and cumulative vacancies that are met.

    The latter in that order, (regions, employers + 1): all, and those by agency.
    """
    regions, many = reach.shape
    first, order = np.zeros(sectors + 1, np.int64), np.empty(many, np.int64)
    for k in range(many):
        first[sector[k] + 1] += 1
    first = np.cumsum(first)
    next_ = first.copy()
    for k in range(many):
        order[next_[sector[k]]] = k
        next_[sector[k]] += 1
    edges, agency_edges = np.zeros((regions, many + 1)), np.zeros((regions, many + 1))
    for row in range(regions):
        line, agency_line = 0.0, 0.0
        for k in range(many):
            at = np.uint64(order[k])  # unsigned: no check for a negative index
            line += reach[row, at] * filled[at]
            agency_line += placed[row, at] * filled[at]
            edges[row, k + 1], agency_edges[row, k + 1] = line, agency_line
    return order, first, edges, agency_edges


def mixed(own: np.ndarray, anywhere: np.ndarray, share: float) -> np.ndarray:
    """Mean over a seeker's meetings, of which a share is within the own sector, (regions, sectors + 1).

    own (regions, sectors): the value in the own sector; anywhere (regions,): the value among all employers, which alone
    counts for seekers without a sector (last column).
    """
    found = np.empty((len(own), own.shape[1] + 1))
    found[:, :-1], found[:, -1] = share * own + (1 - share) * anywhere[:, None], anywhere
    return found


def meet(state: State, share: float, met: np.ndarray, met_by_agency: np.ndarray) -> Meetings:
    """Meetings of seekers with the employers within reach, by vacancies; a share of them is in the own sector only.

    met, met_by_agency: summed probabilities of seekers, (regions, sectors + 1) and (regions,), at the scale of the run.
    Where more seekers come to an employer than it has vacancies, part of the meetings finds none.
    """
    sectors = state.inputs.sectors
    reach, placed = within_reach(state.inputs.commuting, state.employers, use_agencies(tuple(sectors)))
    comers, bound = met / state.scale, met[:, :-1] / state.scale
    free = comers.sum(axis=1) - share * bound.sum(axis=1)
    seeking = Seeking(bound, free, met_by_agency / state.scale, share)
    filled, anywhere, through, own = fill(
        reach, placed, reach.sum(axis=1), placed.sum(axis=1), state.employers, seeking
    )
    open_ = mixed(own, anywhere.sum(axis=1), share)
    part = np.zeros_like(open_)
    part[:, :-1] = share * own / np.maximum(open_[:, :-1], _NOTHING)
    order, first, edges, agency_edges = lines(reach, placed, filled, state.employers.sector, len(sectors))
    return Meetings(open_, part, edges, order, first, through.sum(axis=1), agency_edges)


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
