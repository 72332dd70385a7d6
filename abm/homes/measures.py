"""The indicators of the housing market: lettings by rule and by kind of seeker, queues, registration and search.

Crowding out is the difference between two runs with common random numbers: `abm compare` of scenarios with other
rules, or with and without newcomers.
"""

import numpy as np

from abm.engine.kernels import kernel
from abm.homes.tenancies import looking
from abm.observe.measure import Month, by_municipality, event, level, measure, once_a_month, persons
from abm.observe.statistics import statistics
from abm.tables.homes import Group, Rule, Search, Tenure
from abm.tables.people import Stage

NEWCOMER = len(Group)  # the kind of seeker that comes after the groups of regular seekers
WITH_REGION = ("total", "origin", "region")

LET, CORPORATION, MOVED_ON = event("let"), event("housed", "moved_on"), event("moved_on")
SEEKING, STOPPED, FOUND = event("seeking"), event("stopped"), event("found")
TO_MIDDLE_RENT, BOUGHT, MOVED_OUT = event("to_middle_rent"), event("bought"), event("moved_out")
EMIGRATED, PARTED, DIED = event("emigrated"), event("parted"), event("died")
NATURALISED = event("naturalised")

_KINDS = NEWCOMER + 1
_SEARCHING, _HOUSED, _TENURES = int(Search.SEARCHING), int(Stage.HOUSED), len(Tenure)


@by_municipality("homes/month", en="Corporation homes that became vacant", nl="Vrijgekomen corporatiewoningen")
def homes_freed(month: Month) -> np.ndarray:
    """Homes of corporations that became vacant this month, (municipalities,)."""
    return month.state.municipalities.vacancies


def corporation_homes(month: Month) -> np.ndarray:
    """Rows of newcomers to whom a home of a corporation was let this month, from reception or from another home."""
    rows = CORPORATION(month)
    return rows[month.households.rule[rows] != Rule.PRIVATE]


@by_municipality(
    "homes/month",
    en="Corporation homes let to newcomers",
    nl="Corporatiewoningen naar nieuwkomers",
    scale=0.2,  # homes are pooled below it: a rule of coupling moves fewer
)
def homes_let(month: Month) -> np.ndarray:
    """Homes of corporations let to newcomers this month, from reception or another home, (municipalities,)."""
    rows = corporation_homes(month)
    count = len(month.state.municipalities)
    return np.bincount(month.households.municipality[rows], minlength=count) / month.state.scale


class Lettings:
    """The lettings of a month, newcomers after regular seekers, (n,) each."""

    def __init__(self, month: Month):
        seekers, people = month.state.seekers, month.households
        let, housed = LET(month), corporation_homes(month)
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


@once_a_month
def lettings_of(month: Month) -> Lettings:
    """The lettings of a month."""
    return Lettings(month)


@measure(
    "homes/month",
    en="Corporation homes let, by rule and kind of home seeker",
    nl="Verhuurde corporatiewoningen, naar regel en soort woningzoekende",
    by=("total", "rule", "seeker", "region", "municipality"),
)
def lettings(month: Month, wanted: tuple[str, ...]) -> dict[str, np.ndarray]:
    """Homes let this month, per group, at full size."""
    found = lettings_of(month)
    return {by: np.bincount(found.codes(by), minlength=month.group_sizes[by]) / month.state.scale for by in wanted}


@kernel
def tally(search, municipality, group, towns, groups):
    """Seekers on the waiting list, (towns, groups); search, municipality, group: whole columns."""
    many = np.zeros(towns * groups, np.int32)  # unsigned: no check for a negative index
    for i in range(len(search)):
        many[np.uint64(municipality[i] * groups + group[i])] += search[i] == _SEARCHING
    return many.reshape((towns, groups)).astype(np.int64)


@measure(
    "households",
    en="Households looking for a corporation home",
    nl="Huishoudens die een corporatiewoning zoeken",
    by=("total", "seeker", "region", "municipality"),
)
def seekers(month: Month, wanted: tuple[str, ...]) -> dict[str, np.ndarray]:
    """Households that look for a home of a corporation, regular seekers and newcomers, per group, at full size."""
    seekers, towns, people = month.state.seekers, month.state.municipalities, month.households
    many = tally(seekers.search, seekers.municipality, seekers.group, len(towns), _KINDS)
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


@level(
    "households/month",
    en="Households that began to look for a corporation home",
    nl="Huishoudens begonnen met zoeken naar een corporatiewoning",
)
def seekers_begun(month: Month) -> float:
    """Regular seekers that began to look for a home, at full size."""
    return len(SEEKING(month)) / month.state.scale


@level(
    "households/month",
    en="Households that stopped looking, without a corporation home",
    nl="Huishoudens gestopt met zoeken, zonder corporatiewoning",
)
def seekers_stopped(month: Month) -> float:
    """Regular seekers that stopped looking without a home of a corporation, at full size."""
    return len(STOPPED(month)) / month.state.scale


@measure(
    "months",
    en="Registration time at letting by registration",
    nl="Inschrijfduur van wie op inschrijfduur een woning kreeg",
    by=("statistic", "seeker", "region", "municipality"),
)
def registration_time(month: Month, wanted: tuple[str, ...]) -> dict[str, np.ndarray]:
    """Months of registration of regular seekers housed by registration: statistics of all, means per group."""
    found = lettings_of(month)
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


@measure(
    "months",
    en="Median registration time at letting by registration",
    nl="Mediane inschrijfduur van wie op inschrijfduur een woning kreeg",
    by=("seeker", "region"),
)
def registration_median(month: Month, wanted: tuple[str, ...]) -> dict[str, np.ndarray]:
    """Median months of registration of regular seekers housed by registration, per group; NaN where there are none."""
    found, middle = lettings_of(month), {}
    for by in wanted:
        group, spans = found.codes(by)[found.in_order], found.registered[found.in_order]
        spans = np.append(spans[np.lexsort((spans, group))], 0)
        many = np.bincount(group, minlength=month.group_sizes[by])
        first = np.cumsum(many) - many
        low, high = spans[first + (many - 1) // 2 * (many > 0)], spans[first + many // 2]
        middle[by] = np.where(many > 0, (low + high) / 2, np.nan)
    return middle


@level(
    "months",
    en="Search time at letting by registration",
    nl="Zoekduur van wie op inschrijfduur een woning kreeg",
    by="statistic",
)
def search_time(month: Month) -> np.ndarray:
    """Mean, median and 90th percentile of months of search of regular seekers who were housed by registration, (3,)."""
    found = lettings_of(month)
    return statistics(found.searched[found.in_order[: len(found.searched)]])


@measure(
    "households",
    en="Newcomers in a home too small since family or a child came",
    nl="Nieuwkomers in een te kleine woning sinds de komst van familie of een kind",
    by=("total", "region"),
)
def crowded(month: Month, wanted: tuple[str, ...]) -> dict[str, np.ndarray]:
    """Households of newcomers in a home that became too small by a family or a child, per group, at full size."""
    people, towns = month.households, month.state.municipalities
    place = people.municipality[people.crowded]
    each = np.bincount(place, minlength=len(towns)) / month.state.scale
    region = np.bincount(towns.region, each, len(month.state.regions))
    return {"total": np.array([each.sum()]), "region": region}


@level(
    "households/month",
    en="Newcomers who moved from another home to one of a corporation",
    nl="Nieuwkomers die van een andere woning naar een corporatiewoning verhuisden",
)
def moved_on(month: Month) -> float:
    """Households of newcomers that moved from another home to one of a corporation, at full size."""
    return len(MOVED_ON(month)) / month.state.scale


@level(
    "homes/month",
    en="Homes found for status holders outside corporations",
    nl="Woningen voor statushouders buiten de corporaties gevonden",
)
def private_homes(month: Month) -> float:
    """Homes that were found for status holders outside corporations, at full size."""
    return len(FOUND(month)) / month.state.scale


@kernel
def tenures(stage, sponsor, tenure, size):
    """Persons with a home by tenure, (Tenure,); stage to size: whole columns of households."""
    found = np.zeros(_TENURES + 1, np.int64)  # the last: without a home
    for i in range(len(stage)):
        head = sponsor[i] if sponsor[i] >= 0 else i
        found[np.uint64(tenure[head] if stage[i] == _HOUSED else _TENURES)] += size[i]
    return found[:_TENURES]


@measure(
    "persons",
    en="Newcomers with a home, by tenure",
    nl="Nieuwkomers met een woning, naar eigendomsvorm",
    by=("total", "tenure"),
)
def by_tenure(month: Month, wanted: tuple[str, ...]) -> dict[str, np.ndarray]:
    """Persons with a home per tenure, at full size; families who joined have the tenure of their sponsor."""
    people = month.households
    each = tenures(people.stage, people.sponsor, people.tenure, people.size) / month.state.scale
    return {by: each if by == "tenure" else np.array([each.sum()]) for by in wanted}


@persons(
    en="Newcomers with a home who left the country",
    nl="Nieuwkomers met een woning die het land verlieten",
    by=("total", "origin"),
    flow=True,
)
def emigrated(month: Month) -> np.ndarray:
    """Persons who had a home and are no longer registered: returned, in another country or elsewhere unknown."""
    return EMIGRATED(month)


@persons(
    en="Newcomers who left their home when a couple parted",
    nl="Nieuwkomers die hun woning verlieten toen een paar uit elkaar ging",
    by=WITH_REGION,
    flow=True,
)
def parted(month: Month) -> np.ndarray:
    """Persons who look for another home since they parted: one of a couple, and the children who are of one only."""
    return PARTED(month)


@persons(
    en="Newcomers with a home who died",
    nl="Nieuwkomers met een woning die overleden",
    by=("total", "origin"),
    flow=True,
)
def died(month: Month) -> np.ndarray:
    """Persons who had a home and died."""
    return DIED(month)


@measure(
    "persons/month",
    en="Newcomers who became Dutch",
    nl="Nieuwkomers die Nederlander werden",
    by=("total", "origin"),
)
def naturalised(month: Month, wanted: tuple[str, ...]) -> dict[str, np.ndarray]:
    """Permit holders who became Dutch, with their children, at full size."""
    people = month.state.newcomers
    origin = month.households.origin[people.household[NATURALISED(month)]]
    each = np.bincount(origin, minlength=month.group_sizes["origin"]) / month.state.scale
    return {by: each if by == "origin" else np.array([each.sum()]) for by in wanted}


@persons(
    en="Newcomers who moved from a corporation home to middle rent",
    nl="Nieuwkomers verhuisd van corporatiewoning naar middenhuur",
    by=WITH_REGION,
    at_home=True,
    flow=True,
)
def to_middle_rent(month: Month) -> np.ndarray:
    """Newcomers who moved from a home of a corporation to middle rent."""
    return TO_MIDDLE_RENT(month)


@persons(
    en="Newcomers who moved from a corporation home to one of their own",
    nl="Nieuwkomers verhuisd van corporatiewoning naar koopwoning",
    by=WITH_REGION,
    at_home=True,
    flow=True,
)
def bought(month: Month) -> np.ndarray:
    """Newcomers who moved from a home of a corporation to one that they bought."""
    return BOUGHT(month)


@level("homes", en="Vacant corporation homes, not yet let", nl="Vrijgekomen corporatiewoningen, nog niet verhuurd")
def homes_vacant(month: Month) -> float:
    """Homes of corporations that became vacant and are not let yet, at full size."""
    of = month.state.municipalities
    parts = (of.small, of.middle, of.large, of.vacant_small, of.vacant_middle, of.vacant_large)
    return sum(part.sum() for part in parts) / month.state.scale


@measure(
    "persons/month",
    en="Newcomers who moved to another municipality, by region left",
    nl="Nieuwkomers verhuisd naar een andere gemeente, naar verlaten regio",
    by=WITH_REGION,
)
def moved_out(month: Month, wanted: tuple[str, ...]) -> dict[str, np.ndarray]:
    """People who moved to another municipality, per origin or by the region that they left, at full size."""
    people, rows = month.households, MOVED_OUT(month)
    groups = {
        "total": np.zeros(len(rows), dtype=np.int64),
        "origin": people.origin[rows],
        "region": month.state.municipalities.region[people.came_from[rows]],
    }
    size = people.size[rows] / month.state.scale
    return {by: np.bincount(groups[by], size, month.group_sizes[by]) for by in wanted}
