"""Compiled loops over adults and their jobs, for `abm.jobs.work`: the cap on work, moves, and monthly bookkeeping.

Months of work that needed a work permit are stored as one bit each, the latest month lowest, for twelve months.
"""

from math import floor

import numpy as np
from numba import njit

from abm.engine.clock import MONTHS, NEVER, WEEKS_PER_MONTH
from abm.engine.draws import philox, unit
from abm.engine.table import NO_ROW, UNSET
from abm.tables.people import Stage

YEAR = (1 << MONTHS) - 1  # mask: one bit for each of the last twelve months
NO_CAP = 52  # weeks a year from which a cap does not bind
_S32, _PROTECTED = np.uint64(32), int(Stage.PROTECTED)


def months_allowed(weeks: float) -> float:
    """Months of work that a cap of so many weeks allows in twelve; more than twelve where it does not bind."""
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


@njit(cache=True)
def capped(rows, household, permit_months, identity, free_since, months, luck):
    """Whose cap on work without a residence permit is used up, (n,) bool; household to identity: columns of persons."""
    found = np.zeros(len(rows), np.bool_)
    for k in range(len(rows)):
        i = rows[k]
        if free_since[household[i]] == NEVER:
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
        if location[of] != NO_ROW:
            found[k] = of_location[location[of]] != work_region[rows[k]]
        elif moved_out[of] == month:
            found[k] = of_municipality[municipality[of]] != work_region[rows[k]]
    return found


@njit(cache=True)
def note_jobs(rows, hired, employer, household, location, stage, began, lasted):
    """Count jobs that began in the month `began` to `lasted` (employers,); returns how many there are in reception.

    Not jobs under temporary protection: trust in status holders is what E044 is about.
    """
    in_reception, lasted[:] = 0, 0
    for i in rows:
        in_reception += location[household[i]] != NO_ROW
        if hired[i] == began and employer[i] != NO_ROW and stage[household[i]] != _PROTECTED:
            lasted[employer[i]] += 1
    return in_reception


@njit(cache=True)
def live_a_month(
    rows, worked_before, employed, experience, permit_months, months_idle, class_hours, active, household, born,
    applied, free_since, month, gain, kept, grown_up,
):  # fmt: skip
    """Let experience, months of work without a residence permit and idle months of rows count.

    worked_before: whether all of them had a job when the month began; employed to born: columns of persons; applied,
    free_since: of households; gain [years], kept [ratio], grown_up [months]: numbers. Whoever is counted for the first
    time was idle since the arrival, or since coming of age.
    """
    factor, more = (1.0, gain) if worked_before else (kept, 0.0)
    for row in rows:
        i = np.uint64(row)  # unsigned: no check for a negative index
        of = np.uint64(household[i])
        experience[i] = factor * experience[i] + more
        if free_since[of] == NEVER:
            permit_months[i] = ((permit_months[i] << 1) | employed[i]) & YEAR
        if months_idle[i] == UNSET:
            months_idle[i] = max(min(month - applied[of], month - born[i] - grown_up), 0)
        months_idle[i] += not (employed[i] | active[i] | (class_hours[i] > 0))
