"""Compiled loops over adults and their jobs, for `abm.jobs.work`: the cap on work, moves, and monthly bookkeeping.

Months of work that needed a work permit are stored as one bit each, the latest month lowest, for twelve months.
"""

from collections import namedtuple
from math import floor
from typing import NamedTuple

import numpy as np

from abm.engine.clock import MONTHS, NEVER, WEEKS_PER_MONTH
from abm.engine.compiled import njit
from abm.engine.draws import Address, fill_uniform, philox, unit
from abm.engine.kernels import kernel
from abm.engine.table import NO_ROW, UNSET
from abm.tables.people import Stage

CAPPED, MOVED, PLACED, ENDED = 1, 2, 4, 8  # flags of jobs
YEAR = (1 << MONTHS) - 1  # mask: one bit for each of the last twelve months
NO_CAP = 52  # weeks a year from which a cap does not bind
_S32, _PROTECTED = np.uint64(32), int(Stage.PROTECTED)
_BATCH = 512  # persons whose draws are made at once


def months_allowed(weeks: float) -> float:
    """Months of work that a cap of so many weeks allows in twelve; more than twelve where it does not bind."""
    return weeks / WEEKS_PER_MONTH if weeks < NO_CAP else MONTHS + 1.0


@njit
def worked(bits):
    """How many of the last twelve months were months of work that needed a work permit."""
    count = 0
    for shift in range(MONTHS):
        count += (bits >> shift) & 1
    return count


@njit
def used_up(bits, months, identity, rounding):
    """Whether a cap of `months` [months in twelve] is used up; a fraction of a month is rounded at random.

    rounding: address of a lifelong draw (Draws.address).
    """
    done = worked(bits)
    if done < floor(months):
        return False
    month, stream, k0, k1 = rounding
    a, b, _, _ = philox(identity, identity >> _S32, month, stream, k0, k1)
    return done >= floor(months + unit(a, b))


Workers = namedtuple("Workers", "household work_region hired employer permit_months identity")
Households = namedtuple("Households", "moved_out location municipality stage")
Persons = namedtuple("Persons", "employed experience permit_months months_idle class_hours active household born")


class Terms(NamedTuple):
    """When a job ends by the cap, and when it has lasted."""

    month: int
    months: float  # of work that the cap allows in twelve
    began: int  # month in which jobs began that have just lasted long enough


class Places(NamedTuple):
    """Right to work, and region of each place."""

    free_since: np.ndarray  # month from which no work permit is needed, of households
    of_location: np.ndarray
    of_municipality: np.ndarray


@kernel(writes=("lasted",))
def follow(rows, people: Workers, households: Households, places: Places, terms: Terms, rounding: Address, lasted):
    """What happens to the jobs of rows this month: flags CAPPED, MOVED and PLACED, (n,) int8.

    CAPPED: the cap is used up; MOVED: reception or an own move took the person to another region; PLACED: lives in
    reception. Counts the jobs that have just lasted long enough per employer, into `lasted`; jobs under temporary
    protection do not count: E044 is about trust in status holders. rounding: address of the draw that rounds the cap.
    """
    found, lasted[:] = np.empty(len(rows), np.int8), 0
    for k in range(len(rows)):
        i = np.uint64(rows[k])  # unsigned: no check for a negative index
        of = np.uint64(people.household[i])
        bound = places.free_since[of] == NEVER
        over = bound and used_up(people.permit_months[i], terms.months, people.identity[i], rounding)
        location, region = households.location[of], people.work_region[i]
        if location >= 0:
            region = places.of_location[np.uint64(location)]
        elif households.moved_out[of] == terms.month:
            region = places.of_municipality[households.municipality[of]]
        found[k] = CAPPED * over + MOVED * (region != people.work_region[i]) + PLACED * (location >= 0)
        if people.hired[i] == terms.began and people.employer[i] != NO_ROW and households.stage[of] != _PROTECTED:
            lasted[people.employer[i]] += 1
    return found


@kernel
def at_risk(rows, identity, most, address: Address):
    """Numbers among rows, (f,) int64, of the few whose draw is below `most`, and their draws, (f,).

    identity: whole column; address: of this month's draws, which are made for some hundreds at a time, as in wellbeing.
    """
    month, stream, k0, k1 = address
    u, who = np.empty(_BATCH), np.empty(_BATCH, np.uint64)
    found, draws, count = np.empty(len(rows) + 1, np.int64), np.empty(len(rows) + 1), 0
    for first in range(0, len(rows), _BATCH):
        batch = rows[first : first + _BATCH]
        for k in range(len(batch)):
            who[k] = identity[np.uint64(batch[k])]  # unsigned: no check for a negative index
        fill_uniform(u[: len(batch)], who[: len(batch)], month, stream, k0, k1)
        for k in range(len(batch)):
            found[count], draws[count] = first + k, u[k]
            count += u[k] < most
    return found[:count].copy(), draws[:count].copy()


@kernel(writes=("pulled_out",))
def ended(rows, jobs, employer, pulled_out):
    """Rows of jobs that end by the cap, (n,), and for another reason, (n,), and how many are in reception.

    jobs: flags of rows; employer: whole column of persons. Counts the jobs that a move in reception ended, and nothing
    else, per employer, into `pulled_out`.
    """
    capped, lost = np.empty(len(rows) + 1, np.int64), np.empty(len(rows) + 1, np.int64)
    over, gone, inside = 0, 0, 0
    pulled_out[:] = 0
    for k in range(len(rows)):
        flags = jobs[k]
        capped[over] = lost[gone] = rows[k]
        over += flags & CAPPED
        gone += ((flags & CAPPED) == 0) & ((flags & (MOVED | ENDED)) > 0)
        inside += (flags & PLACED) > 0
        if flags & (CAPPED | MOVED | PLACED) == MOVED | PLACED and employer[rows[k]] != NO_ROW:
            pulled_out[employer[rows[k]]] += 1
    return capped[:over].copy(), lost[:gone].copy(), inside


@kernel(writes=("people.experience", "people.permit_months", "people.months_idle"))
def live_a_month(rows, people: Persons, applied, free_since, month, kept, gain, adult):
    """Update experience, months of work without a residence permit and idle months of rows, in place.

    applied, free_since: of households; kept [ratio] and gain [years]: experience becomes kept x experience + gain;
    adult [months]: age. Persons counted for the first time were idle since arrival, or since that age.
    """
    for row in rows:
        i = np.uint64(row)  # unsigned: no check for a negative index
        of = np.uint64(people.household[i])
        people.experience[i] = kept * people.experience[i] + gain
        if free_since[of] == NEVER:
            people.permit_months[i] = ((people.permit_months[i] << 1) | people.employed[i]) & YEAR
        if people.months_idle[i] == UNSET:
            people.months_idle[i] = max(min(month - applied[of], month - people.born[i] - adult), 0)
        people.months_idle[i] += not (people.employed[i] | people.active[i] | (people.class_hours[i] > 0))
