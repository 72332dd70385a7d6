"""The indicators of civic integration: Dutch, classes, routes, plans and their waiting list, activities, wellbeing."""

from collections import namedtuple
from collections.abc import Callable

import numpy as np

from abm.engine.clock import MONTHS, NEVER
from abm.engine.kernels import kernel, members_of
from abm.engine.table import UNSET
from abm.observe.adult_crosstab import asylum_adults, mean_of_working_age, of_working_age
from abm.observe.breakdowns import PERMIT_YEARS
from abm.observe.measure import Month, Values, declaration, event, level, measure, once_a_month
from abm.observe.statistics import statistics
from abm.people.working_age import YOUNGEST
from abm.tables.people import Activity, Route, Stage

PLACE, STATUS = ("total", "region"), ("total", "status", "since_permit", "sex")

PLANNED, CERTIFIED, RETURNED = event("planned"), event("certified"), event("returned")

_ROUTES, _ACTIVITIES, _OLD, _HOUSED = len(Route), len(Activity), int(Route.OLD), int(Stage.HOUSED)

Persons = namedtuple("Persons", "route activity passed planned household")
Households = namedtuple("Households", "granted stage municipality")


@kernel
def tallied(rows, month, people: Persons, households: Households, of_municipality, regions, years):
    """Persons by route (routes,), by activity (activities,), those who passed by years since the permit (years,), and
    those housed under the present law who wait for a plan by region (regions,).

    of_municipality: region of each.
    """
    route, activity, passed, planned, household = people
    granted, stage, municipality = households
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


@once_a_month
def integration_counts(month: Month) -> dict[str, np.ndarray]:
    """Counts of adults of the asylum chain in one pass, by breakdown, at full size."""
    state, people, households = month.state, month.state.newcomers, month.households
    region, regions = state.municipalities.region, len(state.regions)
    found = tallied(asylum_adults(month), month.number, people, households, region, regions, PERMIT_YEARS)
    names = ("route", "activity", "since_permit", "region")
    return {name: each / state.scale for name, each in zip(names, found, strict=True)}


Part = Callable[[Month], np.ndarray]


def with_sum(*, en: str, nl: str, by: tuple[str, ...], name: str = "") -> Callable[[Part], Part]:
    """Declare a function that gives persons per group of the last breakdown; the total is their sum."""

    def values_of(part: Part) -> Values:
        def values(month: Month, wanted: tuple[str, ...]) -> dict[str, np.ndarray]:
            each = part(month)
            return {group: np.array([each.sum()]) if group == "total" else each for group in wanted}

        return values

    return declaration(values_of, "persons", en, nl, by, name)


@mean_of_working_age(
    "CEFR level", of="language", en="Mean level of Dutch of permit holders", nl="Gemiddeld taalniveau van statushouders"
)
def language() -> tuple[str, ...]:
    """Mean level of Dutch of permit holders of working age."""
    return ("permit",)


@of_working_age(en="Adults in language class", nl="Volwassenen op taalles", by=PLACE)
def in_class() -> tuple[str, ...]:
    """Adults of working age in a language class."""
    return ("in_class",)


@of_working_age(en="Adults waiting for language class", nl="Volwassenen wachtend op taalles", by=PLACE)
def awaiting_class() -> tuple[str, ...]:
    """Adults of working age who want a language class and have none."""
    return ("awaiting_class",)


@mean_of_working_age(
    "hours",
    of="hours_followed",
    en="Mean hours of language class that permit holders have followed",
    nl="Gemiddeld aantal gevolgde uren taalles van statushouders",
    by=("total", "since_permit"),
)
def hours_followed() -> tuple[str, ...]:
    """Mean hours of class that permit holders of working age have followed so far."""
    return ("permit",)


@with_sum(en="Adults by route of civic integration", nl="Volwassenen naar leerroute van de inburgering", by=("route",))
def routes(month: Month) -> np.ndarray:
    """Adults with a route of civic integration, (routes,)."""
    return integration_counts(month)["route"]


@with_sum(
    en="Adults by activity beside work and class", nl="Volwassenen naar activiteit naast werk en les", by=("activity",)
)
def activities(month: Month) -> np.ndarray:
    """Adults by what they do beside work and class, (activities,)."""
    return integration_counts(month)["activity"]


@with_sum(
    en="Status holders with a home waiting for a plan of the work centre",
    nl="Gehuisveste statushouders, wachtend op een plan van het werkcentrum",
    by=("total", "region"),
)
def awaiting_plan(month: Month) -> np.ndarray:
    """Adults with a home whose route under the present law has no plan yet, (regions,)."""
    return integration_counts(month)["region"]


@measure(
    "months",
    en="Wait from home to plan of the work centre",
    nl="Wachttijd van woning tot plan van het werkcentrum",
    by="statistic",
)
def wait_plan(month: Month, wanted: tuple[str, ...]) -> dict[str, np.ndarray]:
    """Months from the home, or from the age of 18, to the plan, of adults with a home who got one this month."""
    people, rows = month.state.newcomers, PLANNED(month)
    rows = rows[month.households.housed[people.household[rows]] != NEVER]
    since = np.maximum(month.households.housed[people.household[rows]], people.born[rows] + YOUNGEST)
    return {"statistic": statistics(people.planned[rows].astype(np.int64) - since)}


@with_sum(
    en="Permit holders of 18 to 65 who passed civic integration",
    nl="Statushouders van 18 tot 66 jaar die zijn ingeburgerd",
    by=("total", "since_permit"),
)
def passed(month: Month) -> np.ndarray:
    """Permit holders of working age who passed civic integration, (years since the permit,)."""
    return integration_counts(month)["since_permit"]


@level(
    "persons/month", en="Certificates of training on the fast track", nl="Certificaten van scholing in het snelle spoor"
)
def certified(month: Month) -> float:
    """Adults who completed a training on the fast track, at full size."""
    return len(CERTIFIED(month)) / month.state.scale


@level(
    "persons/month",
    en="People who returned with a certificate of training",
    nl="Mensen teruggekeerd met een certificaat van scholing",
)
def returned_certified(month: Month) -> float:
    """People with a certificate of training whose household demonstrably returned this month, at full size."""
    people = month.state.newcomers
    gone = members_of(RETURNED(month), people.household)
    return np.count_nonzero(people.certified[gone] != NEVER) / month.state.scale


@mean_of_working_age(
    "SD",
    of="wellbeing",
    en="Mean wellbeing of adult newcomers, relative to the population",
    nl="Gemiddeld welbevinden van volwassen nieuwkomers, ten opzichte van de bevolking",
    by=STATUS,
)
def wellbeing() -> tuple[str, ...]:
    """Mean wellbeing of adults of working age."""
    return ()


@of_working_age(
    en="Adult newcomers below the cut-off of wellbeing",
    nl="Volwassen nieuwkomers onder de grens van welbevinden",
    by=STATUS,
)
def unwell() -> tuple[str, ...]:
    """Adults of working age whose wellbeing is below the cut-off."""
    return ("unwell",)
