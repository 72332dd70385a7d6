"""The indicators of starter homes and of families who join: units planned and built, tenants, length of stay, way on,
overcrowding, homelessness, hotels.
"""

import numpy as np

from abm.engine.clock import NEVER
from abm.engine.table import NO_ROW, UNSET
from abm.homes import tenancies
from abm.observe.measure import Month, event, level, measure, payments, persons
from abm.observe.statistics import statistics
from abm.tables.country import Kind
from abm.tables.homes import Form, Halt
from abm.tables.money import Purpose
from abm.tables.people import Stage

PLANNED, JOINED = event("starter_planned"), event("joined")
LEFT_BY_QUEUE, LEFT_BY_MOVING = event("left_by_queue"), event("left_by_moving")
LEFT_TO_MIDDLE_RENT, RESIDENTS_LEFT = event("left_to_middle_rent"), event("residents_left")
PUT_OUT = event("put_out", "residents_put_out")
NEWCOMERS_GONE = event("left_by_queue", "left_to_middle_rent", "left_by_moving", "put_out")
RESIDENTS_GONE = event("residents_left", "residents_put_out")
OVERSTAYING = event("overstaying", "residents_overstaying")
Purposes = tuple[Purpose, ...]


def standing(month: Month) -> np.ndarray:
    """Rows of the complexes that stand."""
    return np.flatnonzero(month.state.complexes.built > 0)


def by_place(month: Month, rows: np.ndarray, units: np.ndarray, wanted: tuple[str, ...]) -> dict[str, np.ndarray]:
    """Units (n,) of complexes (n,) per group, at full size."""
    of, towns = month.state.complexes, month.state.municipalities
    groups = {
        "total": lambda: (np.zeros(len(rows), np.int64), 1),
        "form": lambda: (of.form[rows], len(Form)),
        "halt": lambda: (of.halt[rows], len(Halt)),
        "region": lambda: (towns.region[of.municipality[rows]], len(month.state.regions)),
        "municipality": lambda: (of.municipality[rows], len(towns)),
    }
    found = {}
    for by in wanted:
        group, many = groups[by]()
        found[by] = np.bincount(group, units, many) / month.state.scale
    return found


@measure(
    "units/month",
    en="Starter homes planned, by form and outcome",
    nl="Opstartwoningen gepland, naar vorm en naar waarom plannen stranden",
    by=("total", "form", "halt"),
)
def starter_planned(month: Month, wanted: tuple[str, ...]) -> dict[str, np.ndarray]:
    """Units of the plans announced this month, by form, by what becomes of them, and by region, at full size."""
    of, rows = month.state.complexes, PLANNED(month)
    return by_place(month, rows, of.units[rows], wanted)


@measure(
    "units",
    en="Starter homes that stand",
    nl="Opstartwoningen die er staan",
    by=("total", "form", "region", "municipality"),
)
def starter_built(month: Month, wanted: tuple[str, ...]) -> dict[str, np.ndarray]:
    """Units that stand, per group, at full size."""
    of, rows = month.state.complexes, standing(month)
    return by_place(month, rows, of.built[rows], wanted)


@measure("units", en="Starter homes let", nl="Opstartwoningen bewoond", by=("total", "tenant"))
def starter_let(month: Month, wanted: tuple[str, ...]) -> dict[str, np.ndarray]:
    """Units let, to newcomers and to other home seekers, at full size."""
    of = month.state.complexes
    each = np.array([of.newcomers.sum(), of.residents.sum()]) / month.state.scale
    groups = {"total": np.array([each.sum()]), "tenant": each}
    return {by: groups[by] for by in wanted}


@level("share", en="Share of let starter homes with newcomers", nl="Deel van de opstartwoningen bij nieuwkomers")
def starter_mix(month: Month) -> float:
    """Share of the units let that newcomers have; NaN where none is let."""
    of = month.state.complexes
    let = of.newcomers.sum() + of.residents.sum()
    return of.newcomers.sum() / let if let else np.nan


@level(
    "households/month",
    en="Households that left a starter home, by way on",
    nl="Huishoudens die een opstartwoning verlieten, naar vervolg",
    by="way",
)
def starter_left(month: Month) -> np.ndarray:
    """Households of newcomers and of other home seekers that left a starter home this month, by way, (5,)."""
    seekers, gone = month.state.seekers, RESIDENTS_LEFT(month)
    stopped = int((seekers.rule[gone] == UNSET).sum())
    ways = [
        len(LEFT_BY_QUEUE(month)) + len(gone) - stopped,
        len(LEFT_TO_MIDDLE_RENT(month)),
        len(LEFT_BY_MOVING(month)),
        stopped,
        len(PUT_OUT(month)),
    ]
    return np.array(ways) / month.state.scale


@level(
    "months",
    en="Length of stay of tenants who left a starter home",
    nl="Verblijf in een opstartwoning van wie vertrok",
    by="statistic",
)
def starter_stay(month: Month) -> np.ndarray:
    """Mean, median and 90th percentile of the months in a starter home of those who left it this month, (3,)."""
    people, seekers = month.households, month.state.seekers
    rows = NEWCOMERS_GONE(month)
    others = RESIDENTS_GONE(month)
    since = np.append(people.housed[rows], seekers.entered[others])
    return statistics(month.number - since.astype(np.int64))


@level(
    "households",
    en="Households in a starter home beyond the contract",
    nl="Huishoudens in een opstartwoning na afloop van het contract",
)
def starter_overstaying(month: Month) -> float:
    """Households that live in a starter home for longer than their contract, at full size."""
    return len(OVERSTAYING(month)) / month.state.scale


@level(
    "incidents/month",
    en="Serious incidents expected in complexes of starter homes",
    nl="Ernstige incidenten, verwacht in complexen met opstartwoningen",
)
def starter_incidents(month: Month) -> float:
    """Serious incidents to be expected in complexes this month, at full size."""
    return month.state.complexes.incidents.sum() / month.state.scale


@payments(en="Rents of starter homes", nl="Huur van opstartwoningen")
def starter_rents() -> Purposes:
    """Rents that tenants pay for starter homes."""
    return (Purpose.STARTER_RENTS,)


@payments(en="Running costs of starter homes", nl="Exploitatie van opstartwoningen")
def starter_running() -> Purposes:
    """Costs of running starter homes."""
    return (Purpose.STARTER_RUNNING,)


@payments(en="Building starter homes", nl="Bouw van opstartwoningen")
def starter_building() -> Purposes:
    """Costs of building starter homes."""
    return (Purpose.STARTER_BUILDING,)


@payments(en="Grants for starter homes", nl="Subsidie voor opstartwoningen")
def starter_grants() -> Purposes:
    """Grants paid for starter homes."""
    return (Purpose.STARTER_GRANTS,)


@persons(
    en="Newcomers in an overcrowded home",
    nl="Nieuwkomers in een te volle woning",
    by=("total", "origin", "region", "municipality"),
    at_home=True,
)
def overcrowded(month: Month) -> np.ndarray:
    """Newcomers in a home with more persons than it is for."""
    return tenancies.overcrowded(month.state)


@persons(
    en="Newcomers who lost a home without a next one",
    nl="Nieuwkomers die hun woning kwijt zijn, zonder vervolg",
    by=("total", "region"),
    at_home=True,
)
def homeless(month: Month) -> np.ndarray:
    """Persons of the households that lost a home without a next one."""
    return np.flatnonzero(month.households.homeless != NEVER)


@persons(en="Reunited families in hotels", nl="Herenigde gezinnen in hotels", by=("total", "region"))
def in_hotels(month: Month) -> np.ndarray:
    """Persons of the families in hotels."""
    people, rows = month.households, month.in_reception
    return rows[month.state.locations.kind[people.location[rows]] == Kind.HOTEL]


@persons(
    en="Families here whose sponsor's home is too small",
    nl="Gezinnen hier voor wie de woning van de referent te klein is",
    by=("total", "origin"),
)
def families_waiting(month: Month) -> np.ndarray:
    """Persons of the families here whose sponsor has a home that is too small."""
    people, rows = month.households, month.in_reception
    rows = rows[people.sponsor[rows] != NO_ROW]
    return rows[people.stage[people.sponsor[rows]] == Stage.HOUSED]


@level(
    "months",
    en="Time from the sponsor's application to living together",
    nl="Tijd van de aanvraag van de referent tot samen wonen",
    by="statistic",
)
def time_apart(month: Month) -> np.ndarray:
    """Mean, median and 90th percentile of months from a sponsor's application to living together, over relatives, (3,).

    Of the families who moved in with their sponsor this month.
    """
    people, rows = month.households, JOINED(month)
    applied = people.applied[people.sponsor[rows]].astype(np.int64)
    return statistics(np.repeat(month.number - applied, people.size[rows]))


@persons(
    en="Status holders in interim places, waiting for a home",
    nl="Statushouders in een tussenvoorziening, wachtend op een woning",
    by=("total", "region", "municipality"),
    at_home=True,
)
def in_interim(month: Month) -> np.ndarray:
    """Status holders in interim places of municipalities."""
    return np.flatnonzero((month.households.interim != NEVER) & (month.households.stage == Stage.HOUSED))


@level("places", en="Interim places for status holders", nl="Tussenvoorzieningen voor statushouders")
def interim_places(month: Month) -> float:
    """Interim places that municipalities offer."""
    return month.state.municipalities.interim_places.sum()


@level(
    "locations",
    en="Interim locations for status holders",
    nl="Locaties van tussenvoorzieningen voor statushouders",
)
def interim_locations(month: Month) -> int:
    """Municipalities with interim places: one location each."""
    return int(np.count_nonzero(month.state.municipalities.interim_places))


@payments(en="Grants for interim places", nl="Bijdragen voor tussenvoorzieningen")
def interim_grants() -> Purposes:
    """Grants paid to municipalities for interim places."""
    return (Purpose.INTERIM_GRANTS,)


@payments(
    en="Hotels for reunited families, paid by the reception agency",
    nl="Hotels voor herenigde gezinnen, betaald door het COA",
)
def hotels_coa() -> Purposes:
    """Hotels for families that the reception agency pays."""
    return (Purpose.HOTELS_COA,)


@payments(
    en="Hotels for reunited families, paid by municipalities",
    nl="Hotels voor herenigde gezinnen, betaald door gemeenten",
)
def hotels_municipality() -> Purposes:
    """Hotels for families that municipalities pay."""
    return (Purpose.HOTELS_MUNICIPALITY,)
