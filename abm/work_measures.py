"""The indicators of language and work: persons of working age, by origin, sex, schooling, region, time since permit."""

from collections.abc import Callable

import numpy as np

from abm.adults import adults, regions_of
from abm.clock import MONTHS
from abm.measuring import PERMIT_YEARS, Measure, Month, level
from abm.populations import NEVER, Stage

SPLITS = ("total", "origin", "sex", "schooling", "since_permit", "region")
COHORT = range(-MONTHS, 0)  # permits of 2014, whom statistics followed
Who = Callable[[Month, np.ndarray], np.ndarray]  # of persons of working age (rows), which count: (n,) bool


def person_codes(month: Month, rows: np.ndarray, by: str) -> np.ndarray:
    """Group of each person, (n,)."""
    people, households = month.state.newcomers, month.households
    of = people.household[rows]
    if by == "total":
        return np.zeros(len(rows), dtype=np.int64)
    if by == "origin":
        return households.origin[of]
    if by == "sex":
        return people.female[rows].astype(np.int64)
    if by == "schooling":
        return people.schooling[rows]
    if by == "region":
        return regions_of(month.state, rows)
    return np.minimum((month.number - households.granted[of]) // MONTHS, PERMIT_YEARS - 1)  # since_permit


def of_working_age(name: str, label: str, label_nl: str, who: Who, *by: str) -> Measure:
    """A measure of persons of working age for whom `who` holds, at full size."""

    def values(month: Month, wanted: tuple[str, ...]) -> dict[str, np.ndarray]:
        rows = adults(month.state, month.number)
        rows = rows[who(month, rows)]
        return {group: counted(month, rows, group) / month.state.scale for group in wanted}

    return Measure(name, "persons", label, label_nl, by or SPLITS, values)


def counted(month: Month, rows: np.ndarray, by: str, weights: np.ndarray | None = None) -> np.ndarray:
    """Persons (or what they weigh) per group."""
    return np.bincount(person_codes(month, rows, by), weights, month.group_sizes[by])


def mean_level(month: Month, wanted: tuple[str, ...]) -> dict[str, np.ndarray]:
    """Mean level of Dutch of permit holders of working age per group; NaN where there is nobody."""
    rows = adults(month.state, month.number)
    rows = rows[permit(month, rows)]
    found = {}
    for by in wanted:
        many = counted(month, rows, by).astype(float)
        many[many == 0] = np.nan
        found[by] = counted(month, rows, by, month.state.newcomers.language[rows]) / many
    return found


def permit(month: Month, rows: np.ndarray) -> np.ndarray:
    """Permit holders."""
    return month.households.granted[month.state.newcomers.household[rows]] != NEVER


def cohort(month: Month, rows: np.ndarray) -> np.ndarray:
    """Permit holders of 2014."""
    granted = month.households.granted[month.state.newcomers.household[rows]]
    return (granted >= COHORT.start) & (granted < COHORT.stop) & (granted != NEVER)


def employed(month: Month, rows: np.ndarray) -> np.ndarray:
    """Persons with a job."""
    return month.state.newcomers.employed[rows]


def assisted(month: Month, rows: np.ndarray) -> np.ndarray:
    """Members of households on social assistance."""
    return month.households.assisted[month.state.newcomers.household[rows]]


def applicant(month: Month, rows: np.ndarray) -> np.ndarray:
    """Asylum seekers: no permit, and not refused for good."""
    of = month.state.newcomers.household[rows]
    return (month.households.granted[of] == NEVER) & (month.households.stage[of] != Stage.DEPARTING)


def both(*tests: Who) -> Who:
    """All of some tests."""
    return lambda month, rows: np.logical_and.reduce([test(month, rows) for test in tests])


def happened(*names: str) -> Callable[[Month], float]:
    """Persons to whom an event happened this month."""
    return lambda month: len(month.event(*names)) / month.state.scale


def in_class(month: Month, rows: np.ndarray) -> np.ndarray:
    """Persons who had class this month."""
    return month.state.newcomers.class_hours[rows] > 0


def awaiting_class(month: Month, rows: np.ndarray) -> np.ndarray:
    """Persons whom civic integration asks for, without class this month."""
    return month.state.newcomers.integrating[rows] & ~in_class(month, rows)


def coached(month: Month, rows: np.ndarray) -> np.ndarray:
    """Persons for whom coaching still works."""
    return month.state.newcomers.coaching[rows] > 0


EVERYONE, PLACE = ("total", "origin"), ("total", "region")
WITH_WORK, ON_ASSISTANCE = (
    ("Of these, with paid work", "Daarvan met betaald werk"),
    (
        "Of these, on social assistance",
        "Daarvan met bijstand",
    ),
)
WORK_MEASURES: tuple[Measure, ...] = (
    of_working_age("working_age", "Permit holders of 18 to 65", "Statushouders van 18 tot 66 jaar", permit),
    of_working_age("employed", *WITH_WORK, both(permit, employed)),
    of_working_age("assisted", *ON_ASSISTANCE, both(permit, assisted)),
    Measure(
        "language",
        "CEFR level",
        "Mean level of Dutch of permit holders",
        "Gemiddeld taalniveau van statushouders",
        SPLITS,
        mean_level,
    ),
    of_working_age(
        "applicants",
        "Asylum seekers of 18 to 65",
        "Asielzoekers van 18 tot 66 jaar",
        applicant,
        *EVERYONE,
        "region",
    ),
    of_working_age("applicants_employed", *WITH_WORK, both(applicant, employed), *EVERYONE, "region"),
    of_working_age("in_class", "In language class", "Op taalles", in_class, *PLACE),
    of_working_age("awaiting_class", "Waiting for language class", "Wachtend op taalles", awaiting_class, *PLACE),
    of_working_age("coached", "With a job coach", "Met een jobcoach", coached, *PLACE),
    of_working_age(
        "cohort_2014",
        "Permit holders of 2014, of 18 to 65",
        "Statushouders van 2014, van 18 tot 66 jaar",
        cohort,
        *EVERYONE,
    ),
    of_working_age("cohort_2014_employed", *WITH_WORK, both(cohort, employed), *EVERYONE),
    of_working_age("cohort_2014_assisted", *ON_ASSISTANCE, both(cohort, assisted), *EVERYONE),
    level("hires", "persons/month", "Jobs found", "Banen gevonden", "total", happened("hired")),
    level("jobs_lost", "persons/month", "Jobs lost", "Banen verloren", "total", happened("job_lost")),
    level(
        "work_permits",
        "permits/month",
        "Work permits for asylum seekers",
        "Tewerkstellingsvergunningen voor asielzoekers",
        "total",
        happened("hired_with_work_permit"),
    ),
    level(
        "diplomas_recognised",
        "persons/month",
        "Diplomas recognised",
        "Erkende diploma's",
        "total",
        happened("recognised"),
    ),
)
