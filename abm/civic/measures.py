"""The indicators of civic integration: Dutch, classes, routes, plans and their waiting list, activities, wellbeing."""

from collections.abc import Callable

import numpy as np
from numba import njit

from abm.engine.clock import MONTHS, NEVER
from abm.engine.kernels import members_of, read_only
from abm.engine.table import UNSET
from abm.observe.adult_crosstab import SPLITS, asylum_adults, grown, of_working_age
from abm.observe.breakdowns import PERMIT_YEARS
from abm.observe.measure import Measure, Month, level, statistics
from abm.people.working_age import YOUNGEST
from abm.tables.people import Activity, Route, Stage

_ROUTES, _ACTIVITIES, _OLD, _HOUSED = len(Route), len(Activity), int(Route.OLD), int(Stage.HOUSED)


@njit(cache=True)
def tallied(
    rows, month, route, activity, passed, planned, household, granted, stage, municipality, of_municipality, regions,
    years,
):  # fmt: skip
    """Persons by route (routes,), by activity (activities,), who passed by years since the permit (years,), and those
    housed under the present law who wait for a plan by region (regions,).

    route to household: whole columns of persons; granted to municipality: of households; of_municipality: region.
    """
    both = np.zeros((_ACTIVITIES, _ROUTES + 1), np.int64)  # the first route: none
    done, to_plan = np.empty(len(rows) + 1, np.int64), np.empty(len(rows) + 1, np.int64)
    many, more = 0, 0
    for k in range(len(rows)):  # rows first, without branches, as in abm/engine/kernels.py
        i = np.uint64(rows[k])
        both[np.uint64(activity[i]), np.uint64(route[i] + 1)] += 1
        done[many] = to_plan[more] = rows[k]
        many += (route[i] != UNSET) & (passed[i] != NEVER)
        more += (route[i] > _OLD) & (planned[i] == NEVER)
    through, waiting = np.zeros(years, np.int64), np.zeros(regions, np.int64)
    for i in done[:many]:
        through[min(max((month - granted[household[i]]) // MONTHS, 0), years - 1)] += 1
    for i in to_plan[:more]:
        of = household[i]
        if stage[of] == _HOUSED:
            waiting[of_municipality[municipality[of]]] += 1
    return both.sum(axis=0)[1:], both.sum(axis=1), through, waiting


def looked_at(month: Month) -> dict[str, np.ndarray]:
    """What one pass over the adults of the asylum chain counts, at full size, looked up once a month."""
    if "participating" not in vars(month):
        state, people, households = month.state, month.state.newcomers, month.households
        columns = (
            people.route, people.activity, people.passed, people.planned, people.household, households.granted,
            households.stage, households.municipality, state.municipalities.region,
        )  # fmt: skip
        found = tallied(
            asylum_adults(month), month.number, *(read_only(each) for each in columns), len(state.regions), PERMIT_YEARS
        )
        names = ("route", "activity", "since_permit", "region")
        vars(month)["participating"] = {name: each / state.scale for name, each in zip(names, found, strict=True)}
    return vars(month)["participating"]


def in_parts(by: str) -> Callable[[Month, tuple[str, ...]], dict[str, np.ndarray]]:
    """Counts in one way to split them, and their sum."""

    def values(month: Month, wanted: tuple[str, ...]) -> dict[str, np.ndarray]:
        each = looked_at(month)[by]
        return {name: each if name == by else np.array([each.sum()]) for name in wanted}

    return values


def wait_plan(month: Month, wanted: tuple[str, ...]) -> dict[str, np.ndarray]:
    """Months from the home, or from the age of 18, to the plan, of those who got one with a home this month."""
    people, rows = month.state.newcomers, month.event("planned")
    rows = rows[month.households.housed[people.household[rows]] != NEVER]
    since = np.maximum(month.households.housed[people.household[rows]], people.born[rows] + YOUNGEST)
    return {"statistic": statistics(people.planned[rows].astype(np.int64) - since)}


def returned_certified(month: Month) -> float:
    """People with a certificate of training whose household demonstrably returned this month, at full size."""
    people = month.state.newcomers
    gone = members_of(month.event("returned"), people.household)
    return np.count_nonzero(people.certified[gone] != NEVER) / month.state.scale


def mean_level(month: Month, wanted: tuple[str, ...]) -> dict[str, np.ndarray]:
    """Mean level of Dutch of permit holders of working age per group; NaN where there is nobody."""
    return {by: grown(month).mean("language", by, "permit") for by in wanted}


def mean_wellbeing(month: Month, wanted: tuple[str, ...]) -> dict[str, np.ndarray]:
    """Mean wellbeing of adults per group; NaN where there is nobody."""
    return {by: grown(month).mean("wellbeing", by) for by in wanted}


def below(month: Month, wanted: tuple[str, ...]) -> dict[str, np.ndarray]:
    """Adults whose wellbeing is below the cut-off, per group, at full size."""
    return {by: grown(month).counted(("unwell",), by) / month.state.scale for by in wanted}


EVERYONE, PLACE, WITH_REGION = ("total", "origin"), ("total", "region"), ("total", "origin", "region")
LEVEL = ("Mean level of Dutch of permit holders", "Gemiddeld taalniveau van statushouders")


STATUS = ("total", "status", "since_permit", "sex")
MEASURES: tuple[Measure, ...] = (
    Measure("language", "CEFR level", *LEVEL, SPLITS, mean_level),
    of_working_age("in_class", "In language class", "Op taalles", "in_class", by=PLACE),
    of_working_age("awaiting_class", "Waiting for language class", "Wachtend op taalles", "awaiting_class", by=PLACE),
    Measure("routes", "persons", "Adults by route", "Volwassenen naar leerroute", ("route",), in_parts("route")),
    Measure(
        "activities", "persons", "Adults by activity", "Volwassenen naar activiteit", ("activity",),
        in_parts("activity"),
    ),
    Measure(
        "awaiting_plan", "persons", "Housed, waiting for a plan of the work centre",
        "Gehuisvest, wachtend op een plan van het werkcentrum", ("total", "region"), in_parts("region"),
    ),
    Measure(
        "wait_plan", "months", "From home to plan", "Van woning tot plan", ("statistic",), wait_plan,
    ),
    Measure(
        "passed", "persons", "Permit holders of 18 to 65 who passed civic integration",
        "Statushouders van 18 tot 66 jaar die zijn ingeburgerd", ("total", "since_permit"),
        in_parts("since_permit"),
    ),
    level(
        "certified", "persons/month", "Certificates of training on the fast track", "Certificaten in het snelle spoor",
        "total", lambda month: len(month.event("certified")) / month.state.scale,
    ),
    level(
        "returned_certified", "persons/month", "Returned with a certificate", "Teruggekeerd met een certificaat",
        "total", returned_certified,
    ),
    Measure(
        "wellbeing", "SD", "Mean wellbeing of adults, over the population", "Gemiddeld welbevinden van volwassenen",
        STATUS, mean_wellbeing,
    ),
    Measure(
        "unwell", "persons", "Adults below the cut-off of wellbeing", "Volwassenen onder de grens van welbevinden",
        STATUS, below,
    ),
)  # fmt: skip
