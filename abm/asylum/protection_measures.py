"""The indicators of people under temporary protection: how many, where, and at work. No asylum measure counts them."""

from collections.abc import Callable

import numpy as np

from abm.engine.clock import MONTHS
from abm.engine.kernels import read_only
from abm.observe.adult_crosstab import protected
from abm.observe.measure import Measure, Month, level, persons
from abm.people.working_age import of_working_age, regions_of
from abm.tables.people import Stage

YOUNGEST, OLDEST = 15 * MONTHS, 65 * MONTHS  # ages that statistics on their work count [months]
_COUNTED = np.arange(len(Stage)) == Stage.PROTECTED
SPLITS = ("total", "region")


def households_here(month: Month) -> np.ndarray:
    """Rows of the households under temporary protection."""
    return np.flatnonzero(month.households.stage == Stage.PROTECTED)


def of_age(month: Month) -> np.ndarray:
    """Rows of their members of 15 to 65, looked up once a month."""
    if "protected_of_age" not in vars(month):
        people = month.state.newcomers
        columns = (people.born, people.household, month.households.stage)
        found = of_working_age(*(read_only(each) for each in columns), _COUNTED, month.number, YOUNGEST, OLDEST)
        vars(month)["protected_of_age"] = found
    return vars(month)["protected_of_age"]


def counted(month: Month, rows: np.ndarray, wanted: tuple[str, ...]) -> dict[str, np.ndarray]:
    """Persons per group, at full size; rows: (n,) of persons."""
    number = {"total": lambda: np.zeros(len(rows), np.int64), "region": lambda: regions_of(month.state, rows)}
    return {by: np.bincount(number[by](), minlength=month.group_sizes[by]) / month.state.scale for by in wanted}


def all_of_age(month: Month, wanted: tuple[str, ...]) -> dict[str, np.ndarray]:
    """Protected persons of 15 to 65."""
    return counted(month, of_age(month), wanted)


def at_work(month: Month, wanted: tuple[str, ...]) -> dict[str, np.ndarray]:
    """Of these, the ones with a paid job."""
    rows = of_age(month)
    return counted(month, rows[month.state.newcomers.employed[rows]], wanted)


def happened(name: str) -> Callable[[Month], float]:
    """Protected persons to whom an event happened this month."""
    return lambda month: np.count_nonzero(protected(month, month.event(name))) / month.state.scale


MEASURES: tuple[Measure, ...] = (
    persons(
        "protected", "People under temporary protection", "Mensen met tijdelijke bescherming", households_here,
        "region", "municipality", at_home=True,
    ),
    persons(
        "protected_arrivals", "Came for temporary protection", "Gekomen voor tijdelijke bescherming",
        lambda m: m.event("protected"), flow=True,
    ),
    persons(
        "protected_departures", "Left temporary protection", "Vertrokken uit tijdelijke bescherming",
        lambda m: m.event("protection_left"), flow=True,
    ),
    Measure(
        "protected_of_age", "persons", "People under temporary protection of 15 to 65",
        "Mensen met tijdelijke bescherming van 15 tot 65 jaar", SPLITS, all_of_age,
    ),
    Measure(
        "protected_employed", "persons", "Of these, with paid work", "Daarvan met betaald werk", SPLITS, at_work
    ),
    level(
        "protected_hires", "persons/month", "Jobs found under temporary protection",
        "Banen gevonden met tijdelijke bescherming", "total", happened("hired"),
    ),
    level(
        "protected_jobs_lost", "persons/month", "Jobs lost under temporary protection",
        "Banen verloren met tijdelijke bescherming", "total", happened("job_lost"),
    ),
)  # fmt: skip
