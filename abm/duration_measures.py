"""The indicators of work by whole months since arrival and since the permit: the curve that cohort studies show."""

import numpy as np
from numba import njit

from abm.grown import asylum_adults
from abm.kernels import read_only
from abm.measuring import DURATIONS, SINCE, Measure, Month
from abm.populations import NEVER

_LONGEST = DURATIONS - 1


@njit(cache=True)
def by_month(rows, month, household, employed, applied, granted):
    """Persons, without and with work, by months since arrival and since the permit: (2 starts, 2, DURATIONS + 1).

    household, employed: whole columns of persons; applied, granted [month]: of households. The longest durations are
    counted together; the last column holds who has no permit.
    """
    found = np.zeros((2, 2, DURATIONS + 1), np.int64)
    for row in rows:
        i = np.uint64(row)  # unsigned: no check for a negative index
        of, works = np.uint64(household[i]), np.uint64(employed[i])
        found[0, works, min(max(month - applied[of], 0), _LONGEST)] += 1
        since = min(max(month - granted[of], 0), _LONGEST)
        found[1, works, since if granted[of] != NEVER else DURATIONS] += 1
    return found


def durations(month: Month) -> dict[str, np.ndarray]:
    """Persons without and with work by duration, (2, DURATIONS) at full size, by start; looked up once a month."""
    if "durations" not in vars(month):
        people, households = month.state.newcomers, month.households
        columns = (people.household, people.employed, households.applied, households.granted)
        found = by_month(asylum_adults(month), month.number, *(read_only(each) for each in columns))
        vars(month)["durations"] = dict(zip(SINCE, found[:, :, :-1] / month.state.scale, strict=True))
    return vars(month)["durations"]


def everybody(month: Month, wanted: tuple[str, ...]) -> dict[str, np.ndarray]:
    """Adults of the asylum chain; since the permit: those who have one."""
    return {by: durations(month)[by].sum(axis=0) for by in wanted}


def at_work(month: Month, wanted: tuple[str, ...]) -> dict[str, np.ndarray]:
    """Of these, the ones with paid work."""
    return {by: durations(month)[by][1] for by in wanted}


DURATION_MEASURES: tuple[Measure, ...] = (
    Measure(
        "by_duration", "persons", "Newcomers of 18 to 65, by months since arrival or permit",
        "Nieuwkomers van 18 tot 66 jaar, naar maanden sinds aankomst of vergunning", SINCE, everybody,
    ),
    Measure(
        "by_duration_employed", "persons", "Of these, with paid work", "Daarvan met betaald werk", SINCE, at_work
    ),
)  # fmt: skip
