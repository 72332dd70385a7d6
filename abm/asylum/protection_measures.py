"""The indicators of people under temporary protection: how many, where, and at work. No asylum measure counts them."""

import numpy as np

from abm.engine.clock import MONTHS
from abm.observe import adult_crosstab
from abm.observe.measure import Month, event, level, measure, once_a_month, persons
from abm.people.working_age import of_working_age, regions_of
from abm.tables.people import Stage

YOUNGEST, OLDEST = 15 * MONTHS, 65 * MONTHS  # ages that statistics on their work count [months]
_COUNTED = np.arange(len(Stage)) == Stage.PROTECTED
BY = ("total", "region")

PROTECTED, PROTECTION_LEFT = event("protected"), event("protection_left")
HIRED, JOB_LOST = event("hired"), event("job_lost")


@persons(
    en="People under temporary protection",
    nl="Mensen met tijdelijke bescherming",
    by=("total", "region", "municipality"),
    at_home=True,
)
def protected(month: Month) -> np.ndarray:
    """Persons of the households under temporary protection."""
    return np.flatnonzero(month.households.stage == Stage.PROTECTED)


@persons(en="People who came for temporary protection", nl="Mensen gekomen voor tijdelijke bescherming", flow=True)
def protected_arrivals(month: Month) -> np.ndarray:
    """Persons who came under temporary protection."""
    return PROTECTED(month)


@persons(en="People who left temporary protection", nl="Mensen vertrokken uit tijdelijke bescherming", flow=True)
def protected_departures(month: Month) -> np.ndarray:
    """Persons who were under temporary protection and left."""
    return PROTECTION_LEFT(month)


@once_a_month
def of_age(month: Month) -> np.ndarray:
    """Rows of the persons of 15 to 65 under temporary protection."""
    people, stage = month.state.newcomers, month.households.stage
    return of_working_age(people.born, people.household, stage, _COUNTED, month.number, YOUNGEST, OLDEST)


def counted(month: Month, rows: np.ndarray, wanted: tuple[str, ...]) -> dict[str, np.ndarray]:
    """Persons per group, at full size; rows: (n,) of persons."""
    number = {"total": lambda: np.zeros(len(rows), np.int64), "region": lambda: regions_of(month.state, rows)}
    return {by: np.bincount(number[by](), minlength=month.group_sizes[by]) / month.state.scale for by in wanted}


@measure(
    "persons",
    en="People under temporary protection of 15 to 65",
    nl="Mensen met tijdelijke bescherming van 15 tot 65 jaar",
    by=BY,
)
def protected_of_age(month: Month, wanted: tuple[str, ...]) -> dict[str, np.ndarray]:
    """Persons of 15 to 65 under temporary protection."""
    return counted(month, of_age(month), wanted)


@measure(
    "persons",
    en="People under temporary protection of 15 to 65 with paid work",
    nl="Mensen met tijdelijke bescherming van 15 tot 65 jaar met betaald werk",
    by=BY,
)
def protected_employed(month: Month, wanted: tuple[str, ...]) -> dict[str, np.ndarray]:
    """Persons of 15 to 65 under temporary protection with a paid job."""
    rows = of_age(month)
    return counted(month, rows[month.state.newcomers.employed[rows]], wanted)


def count_protected(month: Month, rows: np.ndarray) -> float:
    """Number of persons (rows, (n,)) under temporary protection, at full size."""
    return np.count_nonzero(adult_crosstab.protected(month, rows)) / month.state.scale


@level("persons/month", en="Jobs found under temporary protection", nl="Banen gevonden met tijdelijke bescherming")
def protected_hires(month: Month) -> float:
    """Persons under temporary protection who found a job."""
    return count_protected(month, HIRED(month))


@level("persons/month", en="Jobs lost under temporary protection", nl="Banen verloren met tijdelijke bescherming")
def protected_jobs_lost(month: Month) -> float:
    """Persons under temporary protection who lost their job."""
    return count_protected(month, JOB_LOST(month))
