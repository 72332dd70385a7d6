"""The loops over persons of `abm.processes.work`: the odds of a job, access and search, and whom employers meet.

Columns go in by name (`Columns`), numbers too (`Odds`, `Rules`), so that each rule stands once and is compiled once.
Twins in tests/test_hiring.py are the oracle.
"""

from math import exp, floor, log
from typing import NamedTuple

import numpy as np
from numba import njit

from abm.clock import MONTHS
from abm.draws import philox, unit
from abm.kernels import WEEKS_PER_MONTH, read_only
from abm.matching import by_profile
from abm.populations import NEVER, Stage, Track

PRIME, DECADE = 30 * MONTHS, 10 * MONTHS  # age from which finding work gets harder, and the step [months]
YEAR = (1 << MONTHS) - 1  # a bit for each of the last twelve months
NO_CAP = 52  # weeks: a cap of so many in a year is none
_FAST, _DEPARTING = int(Track.FAST), int(Stage.DEPARTING)
_NOTHING = 1e-9
_S32 = np.uint64(32)
_PERSONS = (
    "talent", "language", "idleness", "experience", "born", "female", "coaching", "recognised", "regulated",
    "household", "schooling", "sector", "exempt", "integrating", "dual", "wellbeing", "permit_months", "identity",
)  # fmt: skip
_HOUSEHOLDS = ("location", "municipality", "applied", "granted", "track", "stage", "tax_on_work")


class Columns(NamedTuple):
    """Whole columns: of persons up to `identity`, of households up to `tax_on_work`, then region of each place."""

    talent: np.ndarray
    language: np.ndarray
    idleness: np.ndarray
    experience: np.ndarray
    born: np.ndarray
    female: np.ndarray
    coaching: np.ndarray
    recognised: np.ndarray
    regulated: np.ndarray
    household: np.ndarray
    schooling: np.ndarray
    sector: np.ndarray
    exempt: np.ndarray
    integrating: np.ndarray
    dual: np.ndarray
    wellbeing: np.ndarray
    permit_months: np.ndarray
    identity: np.ndarray
    location: np.ndarray
    municipality: np.ndarray
    applied: np.ndarray
    granted: np.ndarray
    track: np.ndarray
    stage: np.ndarray
    tax_on_work: np.ndarray
    region_of_location: np.ndarray
    region_of_municipality: np.ndarray


class Odds(NamedTuple):
    """What each thing adds to the log odds of a job, see Params of `work`."""

    level: float
    idleness: float
    experience: float
    ageing: float
    woman: float
    in_reception: float
    coaching: float  # of a coach at the scale of the country
    regulated: float
    recognised: float


class Rules(NamedTuple):
    """Access to work, search and how long jobs last."""

    barred_months: int
    before: float  # job finding before the permit, over that with one
    months: float  # of work that the cap allows in twelve [months]; more than twelve without a cap
    lock_in: float
    lock_in_dual: float
    separation: float
    settled: float
    moves: float  # chance a month that a move in reception ends a job, as employers expect it
    tenure: float  # what the log of expected tenure adds
    tax_elasticity: float
    tax_reference: float
    mood: float


def columns(state) -> Columns:
    """The columns that the loops look at, read-only."""
    people, households = state.newcomers, state.households
    found = [getattr(people, name) for name in _PERSONS] + [getattr(households, name) for name in _HOUSEHOLDS]
    return Columns(*(read_only(each) for each in (*found, state.locations.region, state.municipalities.region)))


def months_allowed(weeks: float) -> float:
    """Months of work in twelve that a cap of so many weeks allows; more than there are where it is no cap."""
    return weeks / WEEKS_PER_MONTH if weeks < NO_CAP else MONTHS + 1.0


@njit(cache=True)
def worked(bits):
    """How many of the last twelve months were months of work that asked a work permit."""
    count = 0
    for shift in range(MONTHS):
        count += (bits >> shift) & 1
    return count


@njit(cache=True)
def used_up(bits, months, identity, luck):
    """Whether a cap of `months` [months in twelve] is used up; part of a month is rounded by a person's own luck.

    luck: address of a draw that holds for life (Draws.address).
    """
    done = worked(bits)
    if done < floor(months):
        return False
    month, stream, k0, k1 = luck
    a, b, _, _ = philox(identity, identity >> _S32, month, stream, k0, k1)
    return done >= floor(months + unit(a, b))


@njit(cache=True, inline="always")
def odds_of(talent, language, idleness, experience, age, female, coaching, recognised, regulated, placed, w):
    """Part of the log odds that is the person's; age [months], recognised [month], placed: lives in reception."""
    z = talent + w.level * (language - 2) - w.idleness * idleness + w.experience * min(experience, 2)
    z += (
        w.ageing * (max(age - PRIME, 0) * (1 / DECADE))
        + w.woman * female
        + w.coaching * coaching
        + w.in_reception * placed
    )
    return z + (w.regulated if regulated else w.recognised) * (recognised != NEVER)


@njit(cache=True, inline="always")
def access_of(granted, applied, track, stage, month, r):
    """Access to work by law, in [0, 1]: none for who is barred, unpromising or refused for good."""
    none = (track == _FAST) | (stage == _DEPARTING) | (month - applied < r.barred_months)
    return 1.0 if granted != NEVER else 0.0 if none else r.before


@njit(cache=True, inline="always")
def search_of(exempt, integrating, dual, r):
    """Search, in [0, 1]: none when exempt, lower during civic integration."""
    busy = r.lock_in_dual if dual else r.lock_in
    return 0.0 if exempt else busy if integrating else 1.0


@njit(cache=True)
def tenure_of(experience, placed, left, r):
    """Log of how long a job is expected to last, over how long it would at home and with a permit; 0 at most.

    A job ends by chance q, by a move in reception, and by the cap after the months that are left (infinite: no cap):
    q / (q + moves) x (1 - exp(-(q + moves) x left)).
    """
    ends = r.separation * exp(-r.settled * experience)
    both = ends + r.moves if placed else ends
    return log(ends / both * (1 - exp(-both * left)))


@njit(cache=True)
def reward(tax, reference, elasticity):
    """How search follows what is kept of a wage, (n,) ratio; tax [share] (n,), negative where nothing is asked."""
    found, untaxed = np.ones(len(tax)), (1 / (1 - reference)) ** elasticity
    for k in range(len(tax)):
        if tax[k] == 0:
            found[k] = untaxed
        elif tax[k] > 0 and elasticity > 0:
            found[k] = (max(1.0 - tax[k], 0.0) / (1 - reference)) ** elasticity
    return found


@njit(cache=True)
def odds_each(rows, c, month, w):
    """Part of the log odds that is the person's, (n,)."""
    found = np.empty(len(rows))
    for k in range(len(rows)):
        i = rows[k]
        found[k] = odds_of(
            c.talent[i], c.language[i], c.idleness[i], c.experience[i], month - c.born[i], c.female[i], c.coaching[i],
            c.recognised[i], c.regulated[i], c.location[c.household[i]] != NEVER, w,
        )  # fmt: skip
    return found


@njit(cache=True)
def chance_each(rows, z, c, month, r):
    """Chance of a job where there is a vacancy, (n,), from access, search and the log odds z (n,)."""
    found = np.empty(len(rows))
    for k in range(len(rows)):
        i = rows[k]
        of = c.household[i]
        may = access_of(c.granted[of], c.applied[of], c.track[of], c.stage[of], month, r)
        found[k] = may * search_of(c.exempt[i], c.integrating[i], c.dual[i], r) / (1 + exp(-z[k]))
    return found


@njit(cache=True)
def look_for_work(rows, subsidy, c, month, w, r, local, match, weight, luck):
    """Who can find a job this month, and what decides it.

    rows (n,); subsidy (n,) [log odds] or (0,) where nobody has one; local (regions, sectors + 1) [log odds], the last
    column for who has no sector; match (schoolings, sectors, regions) [SD] and its weight; luck: that rounds the cap.
    Returns of those who may, (m,) each: row, identity, access x search, log odds, tax on work, low wellbeing [SD],
    region and sector (last: none).
    """
    talent, language, idleness, experience, born, female = (
        c.talent, c.language, c.idleness, c.experience, c.born, c.female
    )  # fmt: skip
    n, last = len(rows), local.shape[1] - 1
    who, row, may, z = np.empty(n, np.uint64), np.empty(n, np.int64), np.empty(n), np.empty(n)
    tax, low = np.empty(n), np.empty(n)
    where, sector = np.empty(n, np.int8), np.empty(n, np.int8)
    m, new, new_capped = 0, tenure_of(0.0, True, np.inf, r), tenure_of(0.0, True, r.months, r)
    for k in range(n):
        i = rows[k]
        search = search_of(c.exempt[i], c.integrating[i], c.dual[i], r)
        if search == 0:
            continue
        of = c.household[i]
        free = search * access_of(c.granted[of], c.applied[of], c.track[of], c.stage[of], month, r)
        if free == 0:
            continue
        placed, limited = c.location[of] >= 0, c.granted[of] == NEVER and r.months <= MONTHS
        bits = c.permit_months[i]
        if limited and bits != 0 and used_up(bits, r.months, c.identity[i], luck):
            continue
        region = c.region_of_location[c.location[of]] if placed else c.region_of_municipality[c.municipality[of]]
        own = c.sector[i] if c.sector[i] != NEVER else last
        odds = local[region, own] + odds_of(
            talent[i], language[i], idleness[i], experience[i], month - born[i], female[i], c.coaching[i],
            c.recognised[i], c.regulated[i], placed, w,
        )  # fmt: skip
        if own != last:
            odds += weight * match[c.schooling[i], own, region]
        if len(subsidy):
            odds += subsidy[k]
        if placed or limited:
            if experience[i] == 0 and bits == 0 and placed:  # most, so looked up
                odds += r.tenure * (new_capped if limited else new)
            else:
                left = max(r.months - worked(bits), 1.0) if limited else np.inf
                odds += r.tenure * tenure_of(experience[i], placed, left, r)
        row[m], who[m], may[m], z[m] = i, c.identity[i], free, odds
        tax[m], low[m] = c.tax_on_work[of], min(c.wellbeing[i], 0.0)
        where[m], sector[m] = region, own
        m += 1
    return row[:m], who[:m], may[:m], z[:m], tax[:m], low[:m], where[:m], sector[:m]


@njit(cache=True)
def together(where, sector, chance, regions, sectors):
    """Chances of seekers summed per region and sector, (regions, sectors)."""
    found = np.zeros((regions, sectors))
    for k in range(len(chance)):
        found[where[k], sector[k]] += chance[k]
    return found


class Seekers(NamedTuple):
    """Who can find a job this month, (m,) each."""

    row: np.ndarray
    identity: np.ndarray
    chance: np.ndarray  # of a job where there is a vacancy
    where: np.ndarray  # region where they live
    sector: np.ndarray  # last: none


def seek(rows, subsidy, state, w: Odds, r: Rules, local, weight: float, luck) -> tuple[Seekers, np.ndarray]:
    """Seekers, and their chances summed per region and sector, (regions, sectors + 1); see look_for_work."""
    row, who, may, z, tax, low, where, sector = look_for_work(
        rows, subsidy, columns(state), state.clock.month, w, r, local, read_only(by_profile(state)), weight, luck
    )
    chance = may * reward(tax, r.tax_reference, r.tax_elasticity) * np.exp(r.mood * low)
    chance /= 1 + np.exp(-z)  # NumPy finds several at once
    return Seekers(row, who, chance, where, sector), together(where, sector, chance, *local.shape)


class Meetings(NamedTuple):
    """Where seekers of a region and sector meet employers, and for what share of the meetings there is a vacancy."""

    open: np.ndarray  # (regions, sectors + 1) share of matches for which there is a vacancy
    own: np.ndarray  # (regions, sectors + 1) of those, the share in the own sector
    edges: np.ndarray  # (regions, employers + 1) cumulated chance of each employer, in the order of `order`
    order: np.ndarray  # (employers,) rows of employers, sector by sector
    first: np.ndarray  # (sectors + 1,) where each sector begins in that order


def reached(state, of_employers: np.ndarray) -> np.ndarray:
    """What residents of each region reach of a quantity of employers, by commuting, (regions, employers)."""
    return state.inputs.commuting[:, state.employers.region] * of_employers


def by_sector(state, each: np.ndarray) -> np.ndarray:
    """Sums over the employers of each sector, (regions, sectors), of (regions, employers)."""
    return each @ (state.employers.sector[:, None] == np.arange(len(state.inputs.sectors)))


def mixed(own: np.ndarray, anywhere: np.ndarray, share: float) -> np.ndarray:
    """What holds for who meets employers of the own sector for a share, (regions, sectors + 1).

    own (regions, sectors): what holds there; anywhere (regions,): among all, which is all that counts without a sector.
    """
    return np.column_stack([share * own + (1 - share) * anywhere[:, None], anywhere])


def meet(state, share: float, met: np.ndarray) -> Meetings:
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


@njit(cache=True)
def capped(rows, household, permit_months, identity, granted, months, luck):
    """Whose cap on work without a residence permit is used up, (n,) bool; household to identity: columns of persons."""
    found = np.zeros(len(rows), np.bool_)
    for k in range(len(rows)):
        i = rows[k]
        if granted[household[i]] == NEVER:
            found[k] = used_up(permit_months[i], months, identity[i], luck)
    return found


@njit(cache=True)
def moved_away(rows, household, work_region, moved_out, location, municipality, of_location, of_municipality, month):
    """Whom reception or an own move took to another region than where the job began, (n,) bool: too far to keep it.

    household, work_region: columns of persons; moved_out to municipality: of households; the regions of places.
    """
    found = np.zeros(len(rows), np.bool_)
    for k in range(len(rows)):
        of = household[rows[k]]
        if location[of] != NEVER:
            found[k] = of_location[location[of]] != work_region[rows[k]]
        elif moved_out[of] == month:
            found[k] = of_municipality[municipality[of]] != work_region[rows[k]]
    return found


@njit(cache=True)
def note_jobs(rows, hired, employer, household, location, began, lasted):
    """Count jobs that began in the month `began` to `lasted` (employers,); returns how many there are in reception."""
    in_reception, lasted[:] = 0, 0
    for i in rows:
        in_reception += location[household[i]] != NEVER
        if hired[i] == began and employer[i] != NEVER:
            lasted[employer[i]] += 1
    return in_reception


@njit(cache=True)
def live_a_month(
    rows, worked_before, employed, experience, permit_months, months_idle, class_hours, active, household, born,
    applied, granted, month, gain, kept, grown_up,
):  # fmt: skip
    """Let experience, months of work without a residence permit and idle months of rows count.

    worked_before: whether all of them had a job when the month began; employed to born: columns of persons; applied,
    granted: of households; gain [years], kept [ratio], grown_up [months]: numbers. Whoever is counted for the first
    time was idle since the arrival, or since coming of age.
    """
    factor, more = (1.0, gain) if worked_before else (kept, 0.0)
    for i in rows:
        of = household[i]
        experience[i] = factor * experience[i] + more
        if granted[of] == NEVER:
            permit_months[i] = ((permit_months[i] << 1) | employed[i]) & YEAR
        if months_idle[i] == NEVER:
            months_idle[i] = max(min(month - applied[of], month - born[i] - grown_up), 0)
        months_idle[i] += not (employed[i] | active[i] | (class_hours[i] > 0))
