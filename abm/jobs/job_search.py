"""Compiled loops over job seekers, for `abm.jobs.work`: the log odds of a job, legal access, and search effort.

Columns and numbers are passed by name (`Columns`, `Odds`, `Rules`), so that each rule is written and compiled once.
Independent NumPy versions in tests/jobs/test_job_search.py and tests/helpers/adults.py check them.
"""

from collections.abc import Callable
from math import exp, log
from typing import NamedTuple

import numpy as np

from abm.engine.clock import MONTHS, NEVER
from abm.engine.compiled import njit
from abm.engine.draws import Address
from abm.engine.kernels import kernel
from abm.engine.table import NO_ROW
from abm.jobs.job_spells import used_up, worked
from abm.people.region_match import by_profile
from abm.state import State
from abm.tables.people import Stage, Track

PRIME, DECADE = (
    30 * MONTHS,
    10 * MONTHS,
)  # age from which finding work gets harder, and the unit of that effect [months]
_FAST, _DEPARTING, _PROTECTED = int(Track.FAST), int(Stage.DEPARTING), int(Stage.PROTECTED)
_PLACED, _CAPPED, _BOUND = 1, 2, 4  # flags of seekers


class Persons(NamedTuple):
    """Whole columns of persons."""

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
    class_hours: np.ndarray
    wellbeing: np.ndarray
    permit_months: np.ndarray
    identity: np.ndarray


class Households(NamedTuple):
    """Whole columns of their households."""

    location: np.ndarray
    municipality: np.ndarray
    applied: np.ndarray
    track: np.ndarray
    stage: np.ndarray
    tax_on_work: np.ndarray
    support_at_placement: np.ndarray


class Odds(NamedTuple):
    """Coefficients of the log odds of a job; see Params of `work`."""

    level: float
    idleness: float
    experience: float
    ageing: float
    woman: float  # among asylum seekers, where the effect was found
    selection: float  # of people under temporary protection
    in_reception: float
    coaching: float  # where everybody is coached
    regulated: float
    recognised: float
    support: float  # per standard deviation of support at placement
    agency: float  # through an agency, compared with a job found otherwise, at A2


class Rules(NamedTuple):
    """Numbers of access to work, of search and of expected job duration."""

    barred_months: int
    before: float  # job finding before the permit, relative to that with one
    work_permit: bool  # whether work before the permit needs a work permit
    months: float  # of work that the cap allows in twelve; more than twelve without a cap
    lock_in: float
    lock_in_dual: float
    full_month: float  # hours of a full-time week, a month
    separation: float
    settled: float
    moves: float  # monthly probability that a move in reception ends a job, as employers expect
    expected_duration: float  # coefficient of the log of expected job duration
    tax_elasticity: float
    tax_reference: float
    mood: float


class Place(NamedTuple):
    """Where people live, and terms of the log odds that depend on the region and on how well the seeker matches it."""

    free_since: np.ndarray  # month from which no work permit is needed, of households
    of_location: np.ndarray  # region of each location
    of_municipality: np.ndarray
    local: np.ndarray  # (regions, sectors + 1) log odds, the last column for seekers without a sector
    match: np.ndarray  # (schoolings, sectors, regions) [SD]
    weight: float  # of the match [log odds/SD]


@njit(inline="always")
def odds_of(i, placed, c, households, month, w):
    """Log odds of the person in row i of columns c, without terms of the region; placed: lives in reception."""
    age, of = month - c.born[i], np.uint64(c.household[i])
    z = (
        c.talent[i]
        + w.support * households.support_at_placement[of]
        + w.level * (c.language[i] - 2)
        - w.idleness * c.idleness[i]
        + w.experience * min(c.experience[i], 2)
    )
    z += (
        w.ageing * (max(age - PRIME, 0) * (1 / DECADE))
        + (w.selection if households.stage[of] == _PROTECTED else w.woman * c.female[i])
        + w.coaching * c.coaching[i]
        + w.in_reception * placed
    )
    return z + (w.regulated if c.regulated[i] else w.recognised) * (c.recognised[i] != NEVER)


@njit(inline="always")
def access_of(free_since, applied, track, stage, month, r):
    """Access to work by law, in [0, 1]: 0 while barred, on the fast track or refused for good."""
    none = (track == _FAST) | (stage == _DEPARTING) | (month - applied < r.barred_months)
    return 1.0 if free_since != NEVER else 0.0 if none else r.before


@kernel
def may_work(c: Households, free_since, month, r: Rules):
    """Whether the adults of each household may work by law, with or without a work permit, (households,) bool."""
    found = np.empty(len(c.applied), np.bool_)
    for h in range(len(found)):
        found[h] = access_of(free_since[h], c.applied[h], c.track[h], c.stage[h], month, r) > 0
    return found


@njit(inline="always")
def search_of(exempt, integrating, dual, class_hours, r):
    """Search intensity, in [0, 1]: 0 when exempt, lower during civic integration.

    A class that is no duty takes no more than its hours [hours/month].
    """
    busy = r.lock_in_dual if dual else r.lock_in
    free = max(1.0 - class_hours / r.full_month, 0.0)
    return 0.0 if exempt else busy if integrating else free


@njit
def duration_of(experience, placed, left, r):
    """Log of the expected job duration, relative to that at home with a permit; at most 0.

    A job ends with probability q, by a move in reception, and by the cap after the months left (infinite: no cap):
    q / (q + moves) x (1 - exp(-(q + moves) x left)).
    """
    ends = r.separation * exp(-r.settled * experience)
    both = ends + r.moves if placed else ends
    return log(ends / both * (1 - exp(-both * left)))


@njit
def reward(tax, reference, elasticity):
    """Search at a tax on work, relative to that at tax `reference`; both shares below 1."""
    return ((1 - tax) / (1 - reference)) ** elasticity


@kernel
def odds_each(rows, people: Persons, households: Households, month, w: Odds):
    """Log odds of each person, without terms of the region, (n,)."""
    found = np.empty(len(rows))
    for k in range(len(rows)):
        i = rows[k]
        found[k] = odds_of(i, households.location[people.household[i]] != NO_ROW, people, households, month, w)
    return found


@kernel
def probability_each(rows, z, people: Persons, households: Households, free_since, month, r: Rules):
    """Probability of a job where there is a vacancy, (n,), from access, search and the log odds z (n,)."""
    found, c = np.empty(len(rows)), people
    for k in range(len(rows)):
        i = rows[k]
        of = c.household[i]
        may = access_of(free_since[of], households.applied[of], households.track[of], households.stage[of], month, r)
        found[k] = may * search_of(c.exempt[i], c.integrating[i], c.dual[i], c.class_hours[i], r) / (1 + exp(-z[k]))
    return found


class JobSeekers(NamedTuple):
    """The adults who can find a job this month, (m,) each, and the sums of their probabilities."""

    row: np.ndarray
    identity: np.ndarray
    probability: np.ndarray  # of a job where there is a vacancy
    by_agency: np.ndarray  # of a job through an agency, where it has a vacancy
    where: np.ndarray  # region of residence
    sector: np.ndarray  # last: none
    met: np.ndarray  # sums of `probability`, (regions, sectors + 1)
    met_by_agency: np.ndarray  # sums of `by_agency`, (regions,)


@njit
def may_seek(rows, people, c, place, month, r):
    """Adults allowed to work by law and not exempt, (m,) each: row, access, region, flags, tax on work.

    Flags: _PLACED lives in reception, _CAPPED the cap holds, _BOUND needs a work permit. Tax [share]: negative where no
    contribution is due.
    """
    n, m = len(rows), 0
    row, free, where = np.empty(n, np.int64), np.empty(n), np.empty(n, np.int8)
    for k in range(n):  # first the column of persons alone: fewer are looked up
        row[m] = rows[k]
        m += not people.exempt[np.uint64(rows[k])]
    able, m = row[:m].copy(), 0
    flags, tax = np.empty(len(able), np.int8), np.empty(len(able), np.float32)
    for k in range(len(able)):
        of = np.uint64(people.household[np.uint64(able[k])])  # unsigned: no check for a negative index
        access = access_of(place.free_since[of], c.applied[of], c.track[of], c.stage[of], month, r)
        if access == 0:
            continue
        bound = place.free_since[of] == NEVER
        placed, limited = c.location[of] >= 0, bound and r.months <= MONTHS
        where[m] = place.of_location[c.location[of]] if placed else place.of_municipality[c.municipality[of]]
        row[m], free[m], flags[m], tax[m] = (
            able[k],
            access,
            _PLACED * placed + _CAPPED * limited + _BOUND * (bound and r.work_permit),
            c.tax_on_work[of],
        )
        m += 1
    return row[:m], free[:m], where[:m], flags[:m], tax[:m]


@kernel
def look_for_work(
    rows, people: Persons, households: Households, place: Place, month, w: Odds, r: Rules, rounding: Address
):
    """The adults of rows, (n,), who can find a job this month, and the factors of its probability.

    Returns, (m,) each: row, identity, access x search, log of the factor of low wellbeing, log odds against a job, what
    is added to these at an agency (infinite for those who need a work permit), region and sector (last: none).
    rounding: address of the draw that rounds the cap.
    """
    row, free, where, flags, tax = may_seek(rows, people, households, place, month, r)
    c = people
    n, m, last = len(row), 0, place.local.shape[1] - 1
    who, sector, mood, against = np.empty(n, np.uint64), np.empty(n, np.int8), np.empty(n), np.empty(n)
    apart = np.empty(n)
    new, new_capped = duration_of(0.0, True, np.inf, r), duration_of(0.0, True, r.months, r)
    untaxed = reward(0.0, r.tax_reference, r.tax_elasticity)
    for k in range(n):
        i, region, placed, limited = np.uint64(row[k]), where[k], flags[k] & _PLACED, flags[k] & _CAPPED > 0
        bits = c.permit_months[i]
        if limited and bits != 0 and used_up(bits, r.months, c.identity[i], rounding):
            continue
        own = c.sector[i] if c.sector[i] != NO_ROW else last
        z = place.local[region, own] + odds_of(i, placed, c, households, month, w)
        if own != last:
            z += place.weight * place.match[c.schooling[i], own, region]
        if placed and c.experience[i] == 0 and bits == 0:  # most of those who can lose a job by a move or the cap
            z += r.expected_duration * (new_capped if limited else new)
        elif placed or limited:
            left = max(r.months - worked(bits), 1.0) if limited else np.inf
            z += r.expected_duration * duration_of(c.experience[i], placed, left, r)
        may = free[k] * search_of(False, c.integrating[i], c.dual[i], c.class_hours[i], r)
        if tax[k] >= 0:
            may *= untaxed if tax[k] == 0 else reward(min(tax[k], 1.0), r.tax_reference, r.tax_elasticity)
        row[m], who[m], where[m], sector[m] = row[k], c.identity[i], region, own
        free[m], mood[m], against[m] = may, r.mood * min(c.wellbeing[i], 0.0), -z
        apart[m] = w.level * (c.language[i] - 2) - w.agency if flags[k] < _BOUND else np.inf
        m += 1
    return row[:m], who[:m], free[:m], mood[:m], against[:m], apart[:m], where[:m], sector[:m]


@kernel(writes=("free", "against"))
def weigh(free, mood, against, apart, where, sector, local):
    """Probabilities of a job, (n,), into `free`, and of one through an agency into `against`; and their sums.

    The sums are by region and sector, of the shape of `local`, and by region. free: access x search; the rest as
    look_for_work returns it.
    """
    met, by_agency = np.zeros(local.shape), np.zeros(len(local))
    for k in range(len(free)):
        p = free[k] * (exp(mood[k]) if mood[k] != 0 else 1.0)
        agency = p / (exp(apart[k] + against[k]) + 1) if apart[k] < np.inf else 0.0
        p /= exp(against[k]) + 1
        free[k], against[k] = p, agency
        met[where[k], sector[k]] += p
        by_agency[where[k]] += agency
    return met, by_agency


def seek(
    rows: np.ndarray, state: State, free, w: Odds, r: Rules, local, weight: float, cap, lift: Callable
) -> JobSeekers:
    """The adults who can find a job this month; see look_for_work.

    free: see working_age.free_since; cap: address of the draw that rounds the cap; lift: function from identities (m,)
    to extra log odds, (m,) or a number.
    """
    regions = state.locations.region, state.municipalities.region
    place = Place(free, *regions, local, by_profile(state), weight)
    row, identity, p, mood, against, apart, where, sector = look_for_work(
        rows, state.newcomers, state.households, place, state.clock.month, w, r, cap
    )
    against -= lift(identity)
    met, by_agency = weigh(p, mood, against, apart, where, sector, local)
    return JobSeekers(row, identity, p, against, where, sector, met, by_agency)
