"""The indicators of the housing market: lettings by rule and by kind of seeker, queues, registration and search.

Crowding out is the difference between two runs with the same luck: `abm compare` of scenarios with other rules, or with
and without newcomers.
"""

from collections.abc import Callable

import numpy as np
from numba import njit

from abm.engine.kernels import read_only
from abm.homes.tenancies import looking
from abm.observe.measure import Measure, Month, by_municipality, level, persons, statistics
from abm.tables.homes import Group, Rule, Search, Tenure
from abm.tables.people import Stage

NEWCOMER = len(Group)  # the kind of seeker that comes after the groups of regular seekers
_KINDS = NEWCOMER + 1
_SEARCHING, _HOUSED, _TENURES = int(Search.SEARCHING), int(Stage.HOUSED), len(Tenure)


def corporation_homes(month: Month) -> np.ndarray:
    """Rows of newcomers to whom a home of a corporation was let this month, from reception or from another home."""
    rows = month.event("housed", "moved_on")
    return rows[month.households.rule[rows] != Rule.PRIVATE]


class Lettings:
    """The lettings of a month, newcomers after regular seekers, (n,) each."""

    def __init__(self, month: Month):
        seekers, people = month.state.seekers, month.households
        let, housed = month.event("let"), corporation_homes(month)
        self.month = month
        self.rule = np.append(seekers.rule[let], people.rule[housed]).astype(np.int64)
        self.kind = np.append(seekers.group[let], np.full(len(housed), NEWCOMER)).astype(np.int64)
        self.municipality = np.append(seekers.municipality[let], people.municipality[housed]).astype(np.int64)
        self.registered = month.number - np.append(seekers.registered[let], people.registered[housed])
        self.searched = month.number - seekers.began[let].astype(np.int64)  # regular seekers only
        self.in_order = self.rule == Rule.REGISTRATION

    def codes(self, by: str) -> np.ndarray:
        """Group of each letting."""
        if by == "total":
            return np.zeros(len(self.rule), np.int64)
        if by == "region":
            return self.month.state.municipalities.region[self.municipality].astype(np.int64)
        return {"rule": self.rule, "seeker": self.kind, "municipality": self.municipality}[by]


def lettings(month: Month) -> Lettings:
    """The lettings of a month, looked up once."""
    if "lettings" not in vars(month):
        vars(month)["lettings"] = Lettings(month)
    return vars(month)["lettings"]


def homes_by(month: Month, wanted: tuple[str, ...]) -> dict[str, np.ndarray]:
    """Homes let this month, per group, at full size."""
    found = lettings(month)
    return {by: np.bincount(found.codes(by), minlength=month.group_sizes[by]) / month.state.scale for by in wanted}


def registration(month: Month, wanted: tuple[str, ...]) -> dict[str, np.ndarray]:
    """Months of registration of those housed in order of registration: statistics of all, means per group."""
    found = lettings(month)
    spans, many = found.registered[found.in_order], {}
    for by in wanted:
        if by == "statistic":
            many[by] = statistics(spans)
            continue
        group, size = found.codes(by)[found.in_order], month.group_sizes[by]
        count = np.bincount(group, minlength=size).astype(float)
        count[count == 0] = np.nan
        many[by] = np.bincount(group, spans, size) / count
    return many


def medians(month: Month, wanted: tuple[str, ...]) -> dict[str, np.ndarray]:
    """Median months of registration of those housed in order of registration, per group; NaN where nobody."""
    found, middle = lettings(month), {}
    for by in wanted:
        group, spans = found.codes(by)[found.in_order], found.registered[found.in_order]
        spans = np.append(spans[np.lexsort((spans, group))], 0)
        many = np.bincount(group, minlength=month.group_sizes[by])
        first = np.cumsum(many) - many
        low, high = spans[first + (many - 1) // 2 * (many > 0)], spans[first + many // 2]
        middle[by] = np.where(many > 0, (low + high) / 2, np.nan)
    return middle


@njit(cache=True)
def tally(search, municipality, group, towns, groups):
    """Seekers who search, (towns, groups); search, municipality, group: whole columns."""
    many = np.zeros(towns * groups, np.int32)  # unsigned: no check for a negative index
    for i in range(len(search)):
        many[np.uint64(municipality[i] * groups + group[i])] += search[i] == _SEARCHING
    return many.reshape((towns, groups)).astype(np.int64)


def queue(month: Month, wanted: tuple[str, ...]) -> dict[str, np.ndarray]:
    """Households who search, regular seekers and newcomers in line, per group, at full size."""
    seekers, towns, people = month.state.seekers, month.state.municipalities, month.households
    columns = (read_only(c) for c in (seekers.search, seekers.municipality, seekers.group))
    many = tally(*columns, len(towns), _KINDS)
    waits = np.flatnonzero((people.stage == Stage.AWAITING_HOME) & ~people.priority)
    waits = people.municipality[np.append(waits, looking(month.state))]
    many[:, NEWCOMER] = np.bincount(waits, minlength=len(towns))
    many = many / month.state.scale
    each = many.sum(axis=1)
    groups = {
        "total": np.array([each.sum()]),
        "seeker": many.sum(axis=0),
        "region": np.bincount(towns.region, each, len(month.state.regions)),
        "municipality": each,
    }
    return {by: groups[by] for by in wanted}


def searched(month: Month) -> np.ndarray:
    """Mean, median and 90th percentile of months of search of regular seekers who were housed by registration, (3,)."""
    found = lettings(month)
    return statistics(found.searched[found.in_order[: len(found.searched)]])


def flow(event: str) -> Callable[[Month], float]:
    """How many rows an event happened to this month, at full size."""
    return lambda month: len(month.event(event)) / month.state.scale


def crowded(month: Month, wanted: tuple[str, ...]) -> dict[str, np.ndarray]:
    """Households of newcomers in a home that is too small for the family that joined them, per group, at full size."""
    people, towns = month.households, month.state.municipalities
    place = people.municipality[people.crowded]
    each = np.bincount(place, minlength=len(towns)) / month.state.scale
    region = np.bincount(towns.region, each, len(month.state.regions))
    return {"total": np.array([each.sum()]), "region": region}


@njit(cache=True)
def tenures(stage, sponsor, tenure, size):
    """Persons with a home by what is paid for it, (Tenure,); stage to size: whole columns of households."""
    found = np.zeros(_TENURES + 1, np.int64)  # the last: without a home
    for i in range(len(stage)):
        head = sponsor[i] if sponsor[i] >= 0 else i
        found[np.uint64(tenure[head] if stage[i] == _HOUSED else _TENURES)] += size[i]
    return found[:_TENURES]


def by_tenure(month: Month, wanted: tuple[str, ...]) -> dict[str, np.ndarray]:
    """Persons with a home per tenure, at full size; a family who joined lives as its sponsor does."""
    people = month.households
    columns = (people.stage, people.sponsor, people.tenure, people.size)
    each = tenures(*(read_only(column) for column in columns)) / month.state.scale
    return {by: each if by == "tenure" else np.array([each.sum()]) for by in wanted}


def vacant(month: Month) -> float:
    """Homes that fell free and are not let yet, at full size."""
    of = month.state.municipalities
    parts = (of.small, of.middle, of.large, of.vacant_small, of.vacant_middle, of.vacant_large)
    return sum(part.sum() for part in parts) / month.state.scale


def homes_let(month: Month) -> np.ndarray:
    """Homes of corporations let to newcomers this month, from reception or another home, (municipalities,)."""
    rows = corporation_homes(month)
    count = len(month.state.municipalities)
    return np.bincount(month.households.municipality[rows], minlength=count) / month.state.scale


def left_behind(month: Month, wanted: tuple[str, ...]) -> dict[str, np.ndarray]:
    """People who moved to another municipality, per origin or by the region that they left, at full size."""
    people, rows = month.households, month.event("moved_out")
    groups = {
        "total": np.zeros(len(rows), dtype=np.int64),
        "origin": people.origin[rows],
        "region": month.state.municipalities.region[people.came_from[rows]],
    }
    size = people.size[rows] / month.state.scale
    return {by: np.bincount(groups[by], size, month.group_sizes[by]) for by in wanted}


PLACE = ("region", "municipality")
MEASURES: tuple[Measure, ...] = (
    by_municipality(
        "homes_freed",
        "homes/month",
        "Corporation homes that fell free",
        "Vrijgekomen corporatiewoningen",
        lambda m: m.state.municipalities.vacancies,
    ),
    by_municipality(
        "homes_let",
        "homes/month",
        "Corporation homes let to newcomers",
        "Corporatiewoningen naar nieuwkomers",
        homes_let,
    ),
    Measure(
        "lettings", "homes/month", "Homes let, by rule and kind of seeker",
        "Verhuurde woningen, naar regel en soort woningzoekende", ("total", "rule", "seeker", *PLACE), homes_by,
    ),
    Measure(
        "seekers", "households", "Households who look for a corporation home",
        "Huishoudens die een corporatiewoning zoeken", ("total", "seeker", *PLACE), queue,
    ),
    level(
        "seekers_begun", "households/month", "Began to look for a home", "Begonnen met zoeken", "total", flow("seeking")
    ),
    level(
        "seekers_stopped", "households/month", "Stopped looking, without a corporation home",
        "Gestopt met zoeken, zonder corporatiewoning", "total", flow("stopped"),
    ),
    Measure(
        "registration_time", "months", "Registration of those housed in its order",
        "Inschrijfduur van wie op inschrijfduur een woning kreeg", ("statistic", "seeker", *PLACE), registration,
    ),
    Measure(
        "registration_median", "months", "Median registration of those housed in its order",
        "Mediane inschrijfduur van wie op inschrijfduur een woning kreeg", ("seeker", "region"), medians,
    ),
    level(
        "search_time", "months", "Search of those housed by registration",
        "Zoekduur van wie op inschrijfduur een woning kreeg", "statistic", searched,
    ),
    Measure(
        "crowded", "households", "Newcomers in a home too small since family joined",
        "Nieuwkomers in een te kleine woning sinds de komst van familie", ("total", "region"), crowded,
    ),
    level(
        "moved_on", "households/month", "Newcomers who moved from another home to one of a corporation",
        "Nieuwkomers die van een andere woning naar een corporatiewoning verhuisden", "total", flow("moved_on"),
    ),
    level(
        "private_homes", "homes/month", "Homes found for status holders outside corporations",
        "Woningen voor statushouders buiten de corporaties gevonden", "total", flow("found"),
    ),
    Measure(
        "by_tenure", "persons", "Newcomers with a home, by what they pay for it",
        "Nieuwkomers met een woning, naar eigendomsvorm", ("total", "tenure"), by_tenure,
    ),
    persons(
        "to_middle_rent", "From a home of a corporation to middle rent", "Van corporatiewoning naar middenhuur",
        lambda month: month.event("to_middle_rent"), "origin", "region", at_home=True, flow=True,
    ),
    persons(
        "bought", "From a home of a corporation to one of their own", "Van corporatiewoning naar koopwoning",
        lambda month: month.event("bought"), "origin", "region", at_home=True, flow=True,
    ),
    level(
        "homes_vacant", "homes", "Homes that fell free, not yet let", "Vrijgekomen woningen, nog niet verhuurd",
        "total", vacant,
    ),
    Measure(
        "moved_out", "persons/month", "Moved to another municipality, by region left",
        "Verhuisd naar een andere gemeente, naar verlaten regio", ("total", "origin", "region"), left_behind,
    ),
)  # fmt: skip
