"""The indicators of starter homes and of families who join: units planned and built, tenants, length of stay, way on,
overcrowding, homelessness, hotels.
"""

import numpy as np

from abm.engine.clock import NEVER
from abm.engine.table import NO_ROW, UNSET
from abm.homes.tenancies import overcrowded
from abm.observe.measure import Measure, Month, level, persons, statistics
from abm.tables.country import Kind
from abm.tables.homes import Form, Halt
from abm.tables.money import Purpose
from abm.tables.people import Stage


def standing(month: Month) -> np.ndarray:
    """Rows of the complexes that stand."""
    return np.flatnonzero(month.state.complexes.built > 0)


def units_planned(month: Month, wanted: tuple[str, ...]) -> dict[str, np.ndarray]:
    """Units of the plans announced this month, by form, by what becomes of them, and by region, at full size."""
    of, rows = month.state.complexes, month.event("starter_planned")
    return by_place(month, rows, of.units[rows], wanted)


def units_built(month: Month, wanted: tuple[str, ...]) -> dict[str, np.ndarray]:
    """Units that stand, per group, at full size."""
    of, rows = month.state.complexes, standing(month)
    return by_place(month, rows, of.built[rows], wanted)


def by_place(month: Month, rows: np.ndarray, units: np.ndarray, wanted: tuple[str, ...]) -> dict[str, np.ndarray]:
    """Units (n,) of complexes (n,) per group, at full size."""
    of, towns = month.state.complexes, month.state.municipalities
    groups = {
        "total": (np.zeros(len(rows), np.int64), 1),
        "form": (of.form[rows], len(Form)),
        "halt": (of.halt[rows], len(Halt)),
        "region": (towns.region[of.municipality[rows]], len(month.state.regions)),
        "municipality": (of.municipality[rows], len(towns)),
    }
    return {by: np.bincount(groups[by][0], units, groups[by][1]) / month.state.scale for by in wanted}


def units_let(month: Month, wanted: tuple[str, ...]) -> dict[str, np.ndarray]:
    """Units let, to newcomers and to other home seekers, at full size."""
    of = month.state.complexes
    each = np.array([of.newcomers.sum(), of.residents.sum()]) / month.state.scale
    groups = {"total": np.array([each.sum()]), "tenant": each}
    return {by: groups[by] for by in wanted}


def mix(month: Month) -> float:
    """Part of the units let that newcomers have; NaN where none is let."""
    of = month.state.complexes
    let = of.newcomers.sum() + of.residents.sum()
    return of.newcomers.sum() / let if let else np.nan


def left(month: Month) -> np.ndarray:
    """Households of newcomers and of other home seekers who left a starter home this month, by way, (5,)."""
    seekers, gone = month.state.seekers, month.event("residents_left")
    stopped = int((seekers.rule[gone] == UNSET).sum())
    ways = [
        len(month.event("left_by_queue")) + len(gone) - stopped,
        len(month.event("left_to_middle_rent")),
        len(month.event("left_by_moving")),
        stopped,
        len(month.event("put_out", "residents_put_out")),
    ]
    return np.array(ways) / month.state.scale


def stays(month: Month) -> np.ndarray:
    """Mean, median and 90th percentile of the months in a starter home of those who left it this month, (3,)."""
    people, seekers = month.households, month.state.seekers
    rows = month.event("left_by_queue", "left_to_middle_rent", "left_by_moving", "put_out")
    others = month.event("residents_left", "residents_put_out")
    since = np.append(people.housed[rows], seekers.entered[others])
    return statistics(month.number - since.astype(np.int64))


def overstaying(month: Month) -> float:
    """Households who live in a starter home for longer than their contract, at full size."""
    return len(month.event("overstaying", "residents_overstaying")) / month.state.scale


def homeless(month: Month) -> np.ndarray:
    """Rows of the households who lost a home without a next one."""
    return np.flatnonzero(month.households.homeless != NEVER)


def in_hotels(month: Month) -> np.ndarray:
    """Rows of the families in hotels."""
    people, rows = month.households, month.in_reception
    return rows[month.state.locations.kind[people.location[rows]] == Kind.HOTEL]


def families_waiting(month: Month) -> np.ndarray:
    """Rows of the families here whose sponsor has a home that is too small."""
    people, rows = month.households, month.in_reception
    rows = rows[people.sponsor[rows] != NO_ROW]
    return rows[people.stage[people.sponsor[rows]] == Stage.HOUSED]


def time_apart(month: Month) -> np.ndarray:
    """Mean, median and 90th percentile of months from a sponsor's application to living together, over relatives, (3,).

    Of the families who moved in with their sponsor this month.
    """
    people, rows = month.households, month.event("joined")
    applied = people.applied[people.sponsor[rows]].astype(np.int64)
    return statistics(np.repeat(month.number - applied, people.size[rows]))


def euros(name: str, label: str, label_nl: str, purpose: Purpose) -> Measure:
    """A measure of what was paid this month for one purpose."""
    return level(name, "EUR/month", label, label_nl, "total", lambda month: month.state.ledger.month[purpose])


def expected(month: Month) -> float:
    """Serious incidents to be expected in complexes this month, at full size."""
    return month.state.complexes.incidents.sum() / month.state.scale


MEASURES: tuple[Measure, ...] = (
    Measure(
        "starter_planned", "units/month", "Starter homes planned, by form and by why plans end",
        "Opstartwoningen gepland, naar vorm en naar waarom plannen stranden", ("total", "form", "halt"), units_planned,
    ),
    Measure(
        "starter_built", "units", "Starter homes that stand", "Opstartwoningen die er staan",
        ("total", "form", "region", "municipality"), units_built,
    ),
    Measure(
        "starter_let", "units", "Starter homes let", "Opstartwoningen bewoond", ("total", "tenant"), units_let
    ),
    level(
        "starter_mix", "share", "Part of the starter homes that newcomers have",
        "Deel van de opstartwoningen bij nieuwkomers", "total", mix,
    ),
    level(
        "starter_left", "households/month", "Left a starter home, by way on", "Opstartwoning verlaten, naar vervolg",
        "way", left,
    ),
    level(
        "starter_stay", "months", "Stay in a starter home of those who left", "Verblijf in een opstartwoning van wie "
        "vertrok", "statistic", stays,
    ),
    level(
        "starter_overstaying", "households", "In a starter home beyond the contract",
        "In een opstartwoning na afloop van het contract", "total", overstaying,
    ),
    level(
        "starter_incidents", "incidents/month", "Serious incidents expected in complexes",
        "Ernstige incidenten, verwacht in complexen", "total", expected,
    ),
    euros("starter_rents", "Rents of starter homes", "Huur van opstartwoningen", Purpose.STARTER_RENTS),
    euros(
        "starter_running", "Running costs of starter homes", "Exploitatie van opstartwoningen", Purpose.STARTER_RUNNING
    ),
    euros("starter_building", "Building starter homes", "Bouw van opstartwoningen", Purpose.STARTER_BUILDING),
    euros("starter_grants", "Grants for starter homes", "Subsidie voor opstartwoningen", Purpose.STARTER_GRANTS),
    persons(
        "overcrowded", "In a home with too many persons", "In een te volle woning",
        lambda month: overcrowded(month.state),
        "origin", "region", "municipality", at_home=True,
    ),
    persons(
        "homeless", "Lost a home without a next one", "Woning kwijt zonder vervolg", homeless, "region", at_home=True
    ),
    persons("in_hotels", "Families in hotels", "Gezinnen in hotels", in_hotels, "region"),
    persons(
        "families_waiting", "Families whose sponsor's home is too small",
        "Gezinnen voor wie de woning van de referent te klein is", families_waiting, "origin",
    ),
    level(
        "time_apart", "months", "From the sponsor's application to living together",
        "Van de aanvraag van de referent tot samen wonen", "statistic", time_apart,
    ),
    persons(
        "in_interim", "In interim places, waiting for a home", "In een tussenvoorziening, wachtend op een woning",
        lambda month: np.flatnonzero((month.households.interim != NEVER) & (month.households.stage == Stage.HOUSED)),
        "region", "municipality", at_home=True,
    ),
    level(
        "interim_places", "places", "Interim places for status holders", "Tussenvoorzieningen voor statushouders",
        "total", lambda month: month.state.municipalities.interim_places.sum(),
    ),
    level(
        "interim_locations", "locations", "Interim locations for status holders",
        "Locaties van tussenvoorzieningen voor statushouders", "total",
        lambda month: np.count_nonzero(month.state.municipalities.interim_places),
    ),
    euros(
        "interim_grants", "Grants for interim places", "Bijdragen voor tussenvoorzieningen", Purpose.INTERIM_GRANTS
    ),
    euros("hotels_coa", "Hotels, paid by the reception agency", "Hotels, betaald door het COA", Purpose.HOTELS_COA),
    euros(
        "hotels_municipality", "Hotels, paid by municipalities", "Hotels, betaald door gemeenten",
        Purpose.HOTELS_MUNICIPALITY,
    ),
)  # fmt: skip
