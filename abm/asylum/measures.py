"""The indicators of reception and the procedure: people, places, decisions, waits, moves, homes asked and found."""

from collections.abc import Callable

import numpy as np

from abm.engine.table import NO_ROW
from abm.observe.measure import Measure, Month, by_municipality, level, persons, wait
from abm.people.region_match import matched, profiled
from abm.tables.country import Kind
from abm.tables.people import STATUS_HOLDERS, Reunion, Role, Stage

BACKLOG_FREE = 0.5  # persons: less than one person short counts as having met the task


def open_places(month: Month, size: int, group: Callable) -> np.ndarray:
    """Places open this month per group; municipal crisis places and the registration centre are not counted."""
    locations = month.state.locations
    now = (locations.opened <= month.number) & (locations.ends > month.number)
    rows = np.flatnonzero(now & ((locations.kind == Kind.REGULAR) | (locations.kind == Kind.EMERGENCY)))
    return np.bincount(group(locations)[rows], locations.places[rows], size)


def moves_made(month: Month) -> float:
    """Mean number of moves between locations of the people who left reception this month."""
    rows = month.event("housed", "joined", "in_interim", "returned", "left_unknown")
    people = month.households
    return float(np.average(people.moves[rows], weights=people.size[rows])) if len(rows) else np.nan


def met(month: Month) -> int:
    """Municipalities that carried no shortfall into this half-year."""
    return int((month.state.municipalities.backlog < BACKLOG_FREE).sum())


def placement_match(month: Month, wanted: tuple[str, ...]) -> dict[str, np.ndarray]:
    """Mean true match of the households that left the registration centre this month, per group; NaN where none.

    Sex and schooling are those of the lead; households whose lead has no profile are not counted.
    """
    people, households, locations = month.state.newcomers, month.households, month.state.locations
    rows = month.event("placed")
    rows = rows[households.location[rows] != NO_ROW]  # not housed since
    persons, of = profiled(month.state, rows)
    leads = people.role[persons] == Role.LEAD
    lead = np.full(len(rows), NO_ROW)
    lead[of[leads]] = persons[leads]
    region = locations.region[households.location[rows]].astype(np.int64)
    many = np.bincount(of, minlength=len(rows))
    match = np.bincount(of, matched(month.state, persons, region[of]), len(rows)) / np.maximum(many, 1)
    known = lead != NO_ROW
    match, lead, region = match[known], lead[known], region[known]
    codes = {
        "total": np.zeros(len(lead), np.int64),
        "schooling": people.schooling[lead],
        "sex": people.female[lead].astype(np.int64),
        "region": region,
    }
    found = {}
    for by in wanted:
        many = np.bincount(codes[by], minlength=month.group_sizes[by]).astype(float)
        many[many == 0] = np.nan
        found[by] = np.bincount(codes[by], match, month.group_sizes[by]) / many
    return found


MATCH = (
    "Match with the region of households that were placed",
    "Aansluiting op de regio van geplaatste huishoudens",
)

PLACE = ("region", "municipality")
MEASURES: tuple[Measure, ...] = (
    persons(
        "in_reception",
        "People in reception",
        "Mensen in de opvang",
        lambda m: m.in_reception,
        "kind",
        "status",
        "stage",
        "origin",
        *PLACE,
    ),
    persons(
        "status_holders",
        "Status holders in reception",
        "Statushouders in de opvang",
        lambda m: m.at(*STATUS_HOLDERS),
        "origin",
        *PLACE,
    ),
    persons(
        "awaiting_screening",
        "Waiting for screening",
        "Wachtend op aanmelding",
        lambda m: m.at(Stage.REGISTERING),
        "origin",
    ),
    persons(
        "awaiting_decision",
        "Waiting for a first decision",
        "Wachtend op een eerste besluit",
        lambda m: m.at(Stage.IN_DECISION),
        "track",
        "origin",
    ),
    persons(
        "awaiting_appeal", "Waiting for the court", "Wachtend op de rechter", lambda m: m.at(Stage.IN_APPEAL), "origin"
    ),
    persons(
        "awaiting_home",
        "Tied to a municipality, waiting for a home",
        "Gekoppeld, wachtend op een woning",
        lambda m: m.at(Stage.AWAITING_HOME),
        "origin",
        *PLACE,
        at_home=True,
    ),
    persons(
        "leaving",
        "Refused, still in reception",
        "Afgewezen, nog in de opvang",
        lambda m: m.at(Stage.DEPARTING),
        "origin",
    ),
    level(
        "relatives_queueing",
        "persons",
        "Relatives waiting for a decision",
        "Nareizigers wachtend op een besluit",
        "total",
        lambda m: m.relatives[Reunion.APPLIED] / m.state.scale,
    ),
    level(
        "relatives_travelling",
        "persons",
        "Relatives allowed to come, not yet here",
        "Nareizigers met toestemming, nog niet hier",
        "total",
        lambda m: m.relatives[Reunion.TRAVELLING] / m.state.scale,
    ),
    level(
        "places",
        "places",
        "Places by kind",
        "Plaatsen per soort",
        "kind",
        lambda m: open_places(m, len(Kind), lambda locations: locations.kind),
    ),
    level(
        "places_by_municipality",
        "places",
        "Places by municipality",
        "Plaatsen per gemeente",
        "municipality",
        lambda m: open_places(m, len(m.state.municipalities), lambda locations: locations.municipality),
    ),
    persons(
        "applications", "First applications", "Eerste aanvragen", lambda m: m.event("applied"), "origin", flow=True
    ),
    persons(
        "repeat_applications",
        "Repeat applications",
        "Herhaalde aanvragen",
        lambda m: m.event("applied_again"),
        "origin",
        flow=True,
    ),
    persons(
        "decisions",
        "Decisions on the merits",
        "Inhoudelijke besluiten",
        lambda m: m.event("decided"),
        "origin",
        flow=True,
    ),
    persons(
        "closings", "Applications closed", "Afgesloten aanvragen", lambda m: m.event("closed"), "origin", flow=True
    ),
    persons("refusals", "Refusals", "Afwijzingen", lambda m: m.event("refused"), "origin", flow=True),
    persons(
        "grants",
        "Permits on application",
        "Vergunningen op aanvraag",
        lambda m: m.event("granted"),
        "origin",
        flow=True,
    ),
    persons(
        "family_arrivals",
        "Relatives who arrived",
        "Aangekomen nareizigers",
        lambda m: m.event("family_arrived"),
        "origin",
        flow=True,
    ),
    persons(
        "permits",
        "Permits, relatives included",
        "Vergunningen, met nareis",
        lambda m: m.event("granted", "family_arrived"),
        "origin",
        flow=True,
    ),
    persons(
        "coupled",
        "Tied to a municipality",
        "Gekoppeld aan een gemeente",
        lambda m: m.event("coupled"),
        *PLACE,
        at_home=True,
        flow=True,
    ),
    persons(
        "housed",
        "Moved into a home",
        "Gehuisvest",
        lambda m: m.event("housed", "joined", "in_interim"),
        "origin",
        *PLACE,
        at_home=True,
        flow=True,
    ),
    persons(
        "joined",
        "Of these, joined family",
        "Daarvan bij familie",
        lambda m: m.event("joined"),
        *PLACE,
        at_home=True,
        flow=True,
    ),
    persons(
        "moved", "Moved within reception", "Verhuisd binnen de opvang", lambda m: m.event("moved"), "origin", flow=True
    ),
    persons(
        "returned", "Left demonstrably", "Aantoonbaar vertrokken", lambda m: m.event("returned"), "origin", flow=True
    ),
    persons(
        "left_unknown",
        "Left, destination unknown",
        "Vertrokken, bestemming onbekend",
        lambda m: m.event("left_unknown"),
        "origin",
        flow=True,
    ),
    level(
        "moves_per_person",
        "moves",
        "Moves of those who left reception",
        "Verhuizingen van wie vertrok",
        "total",
        moves_made,
    ),
    wait(
        "wait_screening",
        "From application to screening",
        "Van aanvraag tot aanmelding",
        lambda m: m.event("screened"),
        "applied",
        "since",
    ),
    wait(
        "wait_decision",
        "From application to first decision",
        "Van aanvraag tot besluit",
        lambda m: m.event("decided"),
        "applied",
        "decided",
    ),
    wait(
        "wait_appeal",
        "From refusal to the court's decision",
        "Van afwijzing tot uitspraak",
        lambda m: m.event("heard"),
        "decided",
        "since",
    ),
    wait(
        "wait_registration",
        "From permit to the population register",
        "Van vergunning tot BRP-inschrijving",
        lambda m: m.event("registered"),
        "granted",
        "since",
    ),
    wait(
        "wait_coupling",
        "From permit to municipality",
        "Van vergunning tot koppeling",
        lambda m: m.event("coupled"),
        "granted",
        "coupled",
    ),
    wait(
        "wait_home",
        "From permit to home",
        "Van vergunning tot woning",
        lambda m: m.event("housed"),
        "granted",
        "housed",
    ),
    wait(
        "wait_chain",
        "From application to home",
        "Van aanvraag tot woning",
        lambda m: m.event("housed"),
        "applied",
        "housed",
    ),
    wait(
        "wait_family",
        "From application for relatives to decision",
        "Van nareisaanvraag tot besluit",
        lambda m: m.event("family_granted"),
        "reunion_applied",
        "reunion_since",
    ),
    by_municipality("task", "persons/half-year", "Housing task", "Taakstelling", lambda m: m.state.municipalities.task),
    by_municipality(
        "task_balance",
        "persons",
        "Housed minus asked",
        "Gehuisvest min gevraagd",
        lambda m: m.state.municipalities.balance,
    ),
    by_municipality(
        "task_backlog",
        "persons",
        "Shortfall carried over",
        "Achterstand uit vorig halfjaar",
        lambda m: m.state.municipalities.backlog,
    ),
    level(
        "municipalities_met",
        "municipalities",
        "Municipalities without backlog",
        "Gemeenten zonder achterstand",
        "total",
        met,
    ),
    Measure("placement_match", "SD", *MATCH, ("total", "schooling", "sex", "region"), placement_match),
)  # fmt: skip
