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
from abm.engine.draws import drawn_in
from abm.engine.kernels import kernel
from abm.engine.sums import summed
from abm.state import State

AGENCY_SECTORS = ("business", "trade")  # in jobs.csv: the first has the agencies themselves, the second transport
_NOTHING = 1e-9
_FINDS, _AGENCY, _EMPLOYER, _EMPLOYER_BY_AGENCY = range(4)  # places of the draws of `hires`


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


class Finding(NamedTuple):
    """Seekers, (n,) each; see job_search.JobSeekers."""

    identity: np.ndarray
    probability: np.ndarray
    by_agency: np.ndarray
    where: np.ndarray
    sector: np.ndarray


@cache
def use_agencies(sectors: tuple[str, ...]) -> np.ndarray:
    """Whether agencies bring people to the employers of each sector, (sectors,) bool."""
    found = np.isin(sectors, AGENCY_SECTORS)
    found.flags.writeable = False
    return found


@njit
def _added(found, each, sector, row):
    """Add the values of employers, (n,), up by sector, in their order, into a row of `found`."""
    for k in range(len(sector)):
        found[row, np.uint64(sector[k])] += each[k]


@njit(inline="always")
def mixed(own, anywhere, share):
    """Mean over a seeker's meetings, of which a share is within the own sector.

    own: value in the own sector; anywhere: among all employers, which alone counts for seekers without a sector.
    """
    return share * own + (1 - share) * anywhere


@kernel(error_model="numpy")
def trust_met(commuting, of: Employers, sectors, share):
    """Mean trust of the employers that seekers meet, weighted by jobs within reach, (regions, sectors + 1).

    The last column is for seekers without a sector; share: of meetings that are in the own sector only.
    """
    regions, many = len(commuting), len(of.jobs)
    jobs, trust, found = np.empty(many), np.empty(many), np.empty((regions, sectors + 1))
    number, trusted = np.zeros((regions, sectors)), np.zeros((regions, sectors))
    for row in range(regions):
        for k in range(many):
            jobs[k] = commuting[row, np.uint64(of.region[k])] * of.jobs[k]
            trust[k] = jobs[k] * of.trust[k]
        _added(number, jobs, of.sector, row)
        _added(trusted, trust, of.sector, row)
        anywhere = summed(trust) / max(summed(jobs), 1)
        for s in range(sectors):
            found[row, s] = mixed(trusted[row, s] / max(number[row, s], 1), anywhere, share)
        found[row, sectors] = anywhere
    return found


@njit
def within_reach(commuting, of, agencies):
    """Vacancies weighted by commuting from each region, (regions, employers), and those of sectors with agencies."""
    reach, placed = np.empty((len(commuting), len(of.region))), np.empty((len(commuting), len(of.region)))
    for row in range(len(commuting)):
        for k in range(len(of.region)):
            reach[row, k] = commuting[row, np.uint64(of.region[k])] * of.vacancies[k]
            placed[row, k] = reach[row, k] * agencies[np.uint64(of.sector[k])]
    return reach, placed


class Seeking(NamedTuple):
    """Seekers at full scale, by region."""

    bound: np.ndarray  # (regions, sectors) to the own sector, by their share of meetings there
    free: np.ndarray  # (regions,) to any sector
    by_agency: np.ndarray  # (regions,) through agencies
    share: float  # of meetings that are in the own sector only


@njit(error_model="numpy")
def fill(reach, placed, of, seeking):
    """Seekers who come to each employer, and the part that finds a vacancy.

    Returns the share of comers to each employer that finds one, (employers,); the weights of reach and of placed, of
    which each row adds up to one, times that share; and those of the own sector, summed by sector, (regions, sectors).
    """
    (regions, many), sectors = reach.shape, seeking.bound.shape[1]
    anywhere, through, inside = np.empty((regions, many)), np.empty((regions, many)), np.empty((regions, many))
    elsewhere, bound, brought = np.zeros(many), np.zeros(many), np.zeros(many)
    there, own, filled = np.zeros((regions, sectors)), np.zeros((regions, sectors)), np.empty(many)
    for row in range(regions):
        _added(there, reach[row], of.sector, row)
        total, by_agency = max(summed(reach[row]), _NOTHING), max(summed(placed[row]), _NOTHING)
        for k in range(many):
            s = np.uint64(of.sector[k])
            anywhere[row, k] = reach[row, k] / total
            through[row, k] = placed[row, k] / by_agency if placed[row, k] > 0 else 0.0
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


@njit
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


@kernel(error_model="numpy")
def meetings(commuting, of: Employers, agencies, met, met_by_agency, share, scale):
    """The fields of Meetings, in their order; see `meet`. agencies: (sectors,) bool of use_agencies."""
    regions, sectors = len(commuting), len(agencies)
    comers, bound, free = met / scale, met[:, :sectors] / scale, np.empty(regions)
    for row in range(regions):
        free[row] = summed(comers[row]) - share * summed(bound[row])
    reach, placed = within_reach(commuting, of, agencies)
    seeking = Seeking(bound, free, met_by_agency / scale, share)
    filled, anywhere, through, own = fill(reach, placed, of, seeking)
    open_, part, by_agency = np.empty((regions, sectors + 1)), np.zeros((regions, sectors + 1)), np.empty(regions)
    for row in range(regions):
        among_all, by_agency[row] = summed(anywhere[row]), summed(through[row])
        for s in range(sectors):
            open_[row, s] = mixed(own[row, s], among_all, share)
            part[row, s] = share * own[row, s] / max(open_[row, s], _NOTHING)
        open_[row, sectors] = among_all
    order, first, edges, agency_edges = lines(reach, placed, filled, of.sector, sectors)
    return open_, part, edges, order, first, by_agency, agency_edges


def meet(state: State, share: float, met: np.ndarray, met_by_agency: np.ndarray) -> Meetings:
    """Meetings of seekers with the employers within reach, by vacancies; a share of them is in the own sector only.

    met, met_by_agency: summed probabilities of seekers, (regions, sectors + 1) and (regions,), at the scale of the run.
    Where more seekers come to an employer than it has vacancies, part of the meetings finds none.
    """
    agencies = use_agencies(tuple(state.inputs.sectors))
    return Meetings(
        *meetings(state.inputs.commuting, state.employers, agencies, met, met_by_agency, share, float(state.scale))
    )


@njit
def hire(probability, where, sector, u, open_):
    """Numbers of the seekers who find a job, (h,): u below their probability times the share that finds a vacancy.

    probability to u: (n,) of seekers; open_: as in Meetings.
    """
    found, count = np.empty(len(probability) + 1, np.int64), 0
    for k in range(len(probability)):
        found[count] = k
        count += u[k] < probability[k] * open_[where[k], sector[k]]
    return found[:count]


@njit
def hire_by_agency(probability, where, u, open_):
    """Numbers of the seekers who find a job through an agency, (h,); open_: share that finds a vacancy, (regions,)."""
    found, count = np.empty(len(probability) + 1, np.int64), 0
    for k in range(len(probability)):
        found[count] = k
        count += u[k] < probability[k] * open_[where[k]]
    return found[:count]


@njit
def agency_employer(region, u, edges, order):
    """Row of the employer to which an agency brings somebody, by a uniform draw u; edges: agency_edges."""
    line = edges[region]
    return order[min(np.searchsorted(line, u * line[-1], side="right") - 1, len(order) - 1)]


@njit
def employer_of(region, sector, u, own, edges, order, first):
    """Row of the employer that hires somebody, by a uniform draw u; own to first: as in Meetings."""
    rest, low, high = u, 0, len(order)  # rest: uniform again, given the sector
    if rest < own[region, sector]:
        rest, low, high = rest / own[region, sector], first[sector], first[sector + 1]
    else:
        rest = (rest - own[region, sector]) / (1 - own[region, sector])
    line = edges[region]
    target = line[low] + rest * (line[high] - line[low])
    return order[min(max(np.searchsorted(line, target, side="right") - 1, low), high - 1)]


@njit
def _draw(found, identity, month, address):
    """One draw of a month for each identity, into `found`; (n,) both."""
    for k in range(len(found)):
        found[k] = drawn_in(identity[k], month, address)


@kernel
def hires(seekers: Finding, there: Meetings, month, draws):
    """Numbers of the seekers who find a job, (h,), their employers, (h,), and how many of them need no agency.

    Those through an agency come last; seekers who find two jobs take the other one. draws: addresses, as
    `work.find_jobs` gives them.
    """
    u = np.empty(len(seekers.identity))
    _draw(u, seekers.identity, month, draws[_FINDS])
    by_themselves = hire(seekers.probability, seekers.where, seekers.sector, u, there.open)
    _draw(u, seekers.identity, month, draws[_AGENCY])
    brought = hire_by_agency(seekers.by_agency, seekers.where, u, there.by_agency)
    many = len(by_themselves)
    found, employer = np.empty(many + len(brought), np.int64), np.empty(many + len(brought), np.int64)
    has = np.zeros(len(u), np.bool_)
    for h in range(many):
        k = found[h] = by_themselves[h]
        has[k], choice = True, drawn_in(seekers.identity[k], month, draws[_EMPLOYER])
        employer[h] = employer_of(
            seekers.where[k], seekers.sector[k], choice, there.own, there.edges, there.order, there.first
        )
    h = many
    for k in brought:
        if not has[k]:
            choice = drawn_in(seekers.identity[k], month, draws[_EMPLOYER_BY_AGENCY])
            found[h], employer[h] = k, agency_employer(seekers.where[k], choice, there.agency_edges, there.order)
            h += 1
    return found[:h], employer[:h], many
