"""The indicators of civic integration and activities: routes, plans and their waiting list, certificates."""

import numpy as np

from abm.adults import YOUNGEST, adults, regions_of
from abm.measuring import Measure, Month, level, statistics
from abm.populations import NEVER, Activity, Route, Stage
from abm.work_measures import grown


def by_code(name: str, label: str, label_nl: str, by: str, column: str, many: int) -> Measure:
    """A measure of persons of working age by a column of theirs; NEVER counts for nobody."""

    def values(month: Month, wanted: tuple[str, ...]) -> dict[str, np.ndarray]:
        people = month.state.newcomers
        code = getattr(people, column)[adults(month.state)]
        return {by: np.bincount(code[code != NEVER], minlength=many) / month.state.scale}

    return Measure(name, "persons", label, label_nl, (by,), values)


def awaiting_plan(month: Month, wanted: tuple[str, ...]) -> dict[str, np.ndarray]:
    """Permit holders with a home and a route of the present law, without a plan; per group, at full size."""
    state, people = month.state, month.state.newcomers
    rows = adults(state)
    rows = rows[(people.route[rows] > Route.OLD) & (people.planned[rows] == NEVER)]
    rows = rows[state.households.stage[people.household[rows]] == Stage.HOUSED]
    groups = {"total": np.zeros(len(rows), np.int64), "region": regions_of(state, rows)}
    return {by: np.bincount(groups[by], minlength=month.group_sizes[by]) / state.scale for by in wanted}


def wait_plan(month: Month, wanted: tuple[str, ...]) -> dict[str, np.ndarray]:
    """Months from the home, or from the age of 18, to the plan, of those who got one with a home this month."""
    people, rows = month.state.newcomers, month.event("planned")
    rows = rows[month.households.housed[people.household[rows]] != NEVER]
    since = np.maximum(month.households.housed[people.household[rows]], people.born[rows] + YOUNGEST)
    return {"statistic": statistics(people.planned[rows].astype(np.int64) - since)}


def passed(month: Month, wanted: tuple[str, ...]) -> dict[str, np.ndarray]:
    """Adults with a permit who have passed civic integration, per group, at full size."""
    people, who = month.state.newcomers, grown(month)
    counted = (who.granted != NEVER) & (people.passed[who.rows] != NEVER)
    return {
        by: np.bincount(who.codes(by)[counted], minlength=month.group_sizes[by]) / month.state.scale for by in wanted
    }


def returned_certified(month: Month) -> float:
    """People with a certificate of training whose household demonstrably returned this month, at full size."""
    people = month.state.newcomers
    returned = month.event("returned")
    if not len(returned):
        return 0.0
    gone = np.zeros(len(month.households), np.bool_)
    gone[returned] = True
    return (gone[people.household] & (people.certified != NEVER)).sum() / month.state.scale


PARTICIPATION_MEASURES: tuple[Measure, ...] = (
    by_code("routes", "Adults by route", "Volwassenen naar leerroute", "route", "route", len(Route)),
    by_code("activities", "Adults by activity", "Volwassenen naar activiteit", "activity", "activity", len(Activity)),
    Measure(
        "awaiting_plan", "persons", "Housed, waiting for a plan of the work centre",
        "Gehuisvest, wachtend op een plan van het werkcentrum", ("total", "region"), awaiting_plan,
    ),
    Measure(
        "wait_plan", "months", "From home to plan", "Van woning tot plan", ("statistic",), wait_plan,
    ),
    Measure(
        "passed", "persons", "Permit holders of 18 to 65 who passed civic integration",
        "Statushouders van 18 tot 66 jaar die zijn ingeburgerd", ("total", "since_permit"), passed,
    ),
    level(
        "certified", "persons/month", "Certificates of training on the fast track", "Certificaten in het snelle spoor",
        "total", lambda month: len(month.event("certified")) / month.state.scale,
    ),
    level(
        "returned_certified", "persons/month", "Returned with a certificate", "Teruggekeerd met een certificaat",
        "total", returned_certified,
    ),
)  # fmt: skip
