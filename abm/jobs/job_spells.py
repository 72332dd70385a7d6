"""Compiled loops over adults and their jobs, for `abm.jobs.work`: the cap on work, moves, and monthly bookkeeping.

Months of work that needed a work permit are stored as one bit each, the latest month lowest, for twelve months.
"""

from collections import namedtuple
from math import floor

import numpy as np

from abm.engine.clock import MONTHS, NEVER, WEEKS_PER_MONTH
from abm.engine.compiled import njit
from abm.engine.draws import Address, philox, unit
from abm.engine.kernels import kernel
from abm.engine.table import NO_ROW, UNSET
from abm.tables.people import Stage

YEAR = (1 << MONTHS) - 1  # mask: one bit for each of the last twelve months
NO_CAP = 52  # weeks a year from which a cap does not bind
_S32, _PROTECTED = np.uint64(32), int(Stage.PROTECTED)


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


@kernel
def capped(rows, household, permit_months, identity, free_since, months, rounding: Address):
    """Whether the cap on work without a residence permit is used up, (n,) bool; household to identity: of persons."""
    found = np.zeros(len(rows), np.bool_)
    for k in range(len(rows)):
        i = rows[k]
        if free_since[household[i]] == NEVER:
            found[k] = used_up(permit_months[i], months, identity[i], rounding)
    return found


Workers = namedtuple("Workers", "household work_region")
Households = namedtuple("Households", "moved_out location municipality")
Persons = namedtuple("Persons", "employed experience permit_months months_idle class_hours active household born")


@kernel
def moved_away(rows, people: Workers, households: Households, of_location, of_municipality, month):
    """Whether reception or an own move took each person out of the region where the job began, (n,) bool.

    of_location, of_municipality: region of each.
    """
    found = np.zeros(len(rows), np.bool_)
    for k in range(len(rows)):
        of, began = people.household[rows[k]], people.work_region[rows[k]]
        if households.location[of] != NO_ROW:
            found[k] = of_location[households.location[of]] != began
        elif households.moved_out[of] == month:
            found[k] = of_municipality[households.municipality[of]] != began
    return found


@kernel(writes=("lasted",))
def note_jobs(rows, hired, employer, household, location, stage, began, lasted):
    """Count the jobs that began in month `began` per employer, into `lasted`; returns the number of jobs in reception.

    Jobs under temporary protection do not count: E044 is about trust in status holders.
    """
    in_reception, lasted[:] = 0, 0
    for i in rows:
        in_reception += location[household[i]] != NO_ROW
        if hired[i] == began and employer[i] != NO_ROW and stage[household[i]] != _PROTECTED:
            lasted[employer[i]] += 1
    return in_reception


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
