"""The indicators of reception and the procedure: people, places, decisions, waits, moves, homes asked and found."""

import numpy as np

from abm.engine.kernels import kernel
from abm.engine.table import NO_ROW
from abm.observe.measure import Month, event, level, measure, persons, wait
from abm.people.region_match import matched, profiled
from abm.people.working_age import YOUNGEST
from abm.tables.country import LIMITED, Kind
from abm.tables.people import STATUS_HOLDERS, Reunion, Role, Stage

ORIGINS, PLACES = ("total", "origin"), ("total", "region", "municipality")
EVERYWHERE = ("total", "origin", "region", "municipality")

APPLIED, APPLIED_AGAIN, SCREENED = event("applied"), event("applied_again"), event("screened")
DECIDED, CLOSED, REFUSED, GRANTED = event("decided"), event("closed"), event("refused"), event("granted")
HEARD, REGISTERED, COUPLED = event("heard"), event("registered"), event("coupled")
FAMILY_GRANTED, FAMILY_ARRIVED = event("family_granted"), event("family_arrived")
PERMITTED = event("granted", "family_arrived", "resettled")
BORN, BORN_WITH_PERMIT = event("born"), event("born_with_permit")
ANSWERED = event("decided", "closed")
PLACED, MOVED = event("placed"), event("moved")
HOUSED, JOINED, IN_A_HOME = event("housed"), event("joined"), event("housed", "joined", "in_interim")
RETURNED, LEFT_UNKNOWN = event("returned"), event("left_unknown")
_IS_LIMITED = np.isin(np.arange(len(Kind)), LIMITED)
OUT_OF_RECEPTION = event("housed", "joined", "in_interim", "returned", "left_unknown")


@persons(
    en="People in reception",
    nl="Mensen in de opvang",
    by=("total", "kind", "status", "stage", "origin", "region", "municipality"),
)
def in_reception(month: Month) -> np.ndarray:
    """Persons of the households in reception."""
    return month.in_reception


@kernel
def children(household, born, location, first):
    """Persons in reception who were born after month `first`; whole columns of persons and households."""
    found = 0
    for i in range(len(household)):
        found += (born[i] > first) & (location[np.uint64(household[i])] >= 0)  # unsigned: no check for a negative index
    return found


@level("persons", en="Children in reception", nl="Kinderen in de opvang")
def children_in_reception(month: Month) -> float:
    """Persons under 18 in reception, those who came alone included, at full size."""
    people, first = month.state.newcomers, month.number - YOUNGEST
    return children(people.household, people.born, month.households.location, first) / month.state.scale


@persons(
    en="Status holders in reception",
    nl="Statushouders in de opvang",
    by=EVERYWHERE,
    scale=0.2,  # below it families wait longer for a home that is large enough, as homes come in tens
)
def status_holders(month: Month) -> np.ndarray:
    """Persons in reception whose household has a permit."""
    return month.at(*STATUS_HOLDERS)


@persons(en="Asylum seekers waiting for screening", nl="Asielzoekers wachtend op aanmelding", by=ORIGINS)
def awaiting_screening(month: Month) -> np.ndarray:
    """Persons in reception who have applied and are not screened yet."""
    return month.at(Stage.REGISTERING)


@persons(
    en="Asylum seekers waiting for a first decision",
    nl="Asielzoekers wachtend op een eerste besluit",
    by=("total", "track", "origin"),
)
def awaiting_decision(month: Month) -> np.ndarray:
    """Persons in reception whose application the immigration service has yet to decide on."""
    return month.at(Stage.IN_DECISION)


@persons(en="Asylum seekers waiting for the court", nl="Asielzoekers wachtend op de rechter", by=ORIGINS)
def awaiting_appeal(month: Month) -> np.ndarray:
    """Persons in reception whose appeal the court has yet to decide on."""
    return month.at(Stage.IN_APPEAL)


@persons(
    en="Status holders tied to a municipality, waiting for a home",
    nl="Gekoppelde statushouders, wachtend op een woning",
    by=EVERYWHERE,
    at_home=True,
    scale=1.0,  # homes are pooled below it: fewer wait where a municipality is behind
)
def awaiting_home(month: Month) -> np.ndarray:
    """Status holders in reception whose municipality is known and who wait for a home there."""
    return month.at(Stage.AWAITING_HOME)


@persons(en="Refused asylum seekers still in reception", nl="Afgewezen asielzoekers, nog in de opvang", by=ORIGINS)
def leaving(month: Month) -> np.ndarray:
    """Persons in reception who have to leave the country."""
    return month.at(Stage.DEPARTING)


@level("persons", en="Relatives abroad waiting for a decision", nl="Nareizigers wachtend op een besluit")
def relatives_queueing(month: Month) -> float:
    """Relatives abroad whose application for family reunion is not decided yet, at full size."""
    return month.relatives[Reunion.APPLIED] / month.state.scale


@level("persons", en="Relatives abroad allowed to come, not yet here", nl="Nareizigers met toestemming, nog niet hier")
def relatives_travelling(month: Month) -> float:
    """Relatives abroad who may come and have not arrived, at full size."""
    return month.relatives[Reunion.TRAVELLING] / month.state.scale


def open_places(month: Month, size: int, group: np.ndarray) -> np.ndarray:
    """Places open this month per group, (size,), in kinds whose places are limited; group: of each location."""
    locations = month.state.locations
    now = (locations.opened <= month.number) & (locations.ends > month.number)
    rows = np.flatnonzero(now & _IS_LIMITED[locations.kind])
    return np.bincount(group[rows], locations.places[rows], size)


@level("places", en="Reception places by kind", nl="Opvangplaatsen per soort", by="kind")
def places(month: Month) -> np.ndarray:
    """Regular and emergency places open, (kinds,)."""
    return open_places(month, len(Kind), month.state.locations.kind)


@level("places", en="Reception places by municipality", nl="Opvangplaatsen per gemeente", by="municipality")
def places_by_municipality(month: Month) -> np.ndarray:
    """Regular and emergency places open, (municipalities,)."""
    return open_places(month, len(month.state.municipalities), month.state.locations.municipality)


@persons(en="First asylum applications", nl="Eerste asielaanvragen", by=ORIGINS, flow=True)
def applications(month: Month) -> np.ndarray:
    """Persons who applied for asylum for the first time."""
    return APPLIED(month)


@persons(en="Repeat asylum applications", nl="Herhaalde asielaanvragen", by=ORIGINS, flow=True)
def repeat_applications(month: Month) -> np.ndarray:
    """Persons who applied for asylum again."""
    return APPLIED_AGAIN(month)


@persons(
    en="Decisions on the merits of asylum applications",
    nl="Inhoudelijke besluiten op asielaanvragen",
    by=ORIGINS,
    flow=True,
)
def decisions(month: Month) -> np.ndarray:
    """Persons whose application was granted or refused by the immigration service."""
    return DECIDED(month)


@persons(
    en="Asylum applications closed without a decision on the merits",
    nl="Asielaanvragen afgesloten zonder inhoudelijk besluit",
    by=ORIGINS,
    flow=True,
)
def closings(month: Month) -> np.ndarray:
    """Persons whose application was closed without a decision on the merits."""
    return CLOSED(month)


@persons(en="Refusals of asylum applications", nl="Afwijzingen van asielaanvragen", by=ORIGINS, flow=True)
def refusals(month: Month) -> np.ndarray:
    """Persons whose application was refused."""
    return REFUSED(month)


@persons(en="Permits granted on asylum applications", nl="Vergunningen op asielaanvraag", by=ORIGINS, flow=True)
def grants(month: Month) -> np.ndarray:
    """Persons who got a permit on their own application."""
    return GRANTED(month)


@persons(en="Relatives who arrived for reunification", nl="Aangekomen nareizigers", by=ORIGINS, flow=True)
def family_arrivals(month: Month) -> np.ndarray:
    """Relatives of status holders who arrived."""
    return FAMILY_ARRIVED(month)


def per_origin(month: Month, persons: np.ndarray) -> dict[str, np.ndarray]:
    """A number of persons per origin, (origins,), at full size, by origin and in all."""
    return {"origin": persons / month.state.scale, "total": np.array([persons.sum()]) / month.state.scale}


@measure("persons/month", en="Permits, relatives included", nl="Verblijfsvergunningen, met nareis", by=ORIGINS)
def permits(month: Month, wanted: tuple[str, ...]) -> dict[str, np.ndarray]:
    """Persons who got a permit: on application, as relatives, because resettled, or born to permit holders."""
    people, rows, born = month.households, PERMITTED(month), BORN_WITH_PERMIT(month)
    came = np.bincount(people.origin[rows], people.size[rows], month.group_sizes["origin"])
    return per_origin(month, came + np.bincount(people.origin[born], minlength=month.group_sizes["origin"]))


@measure("persons/month", en="Children born to newcomers", nl="Kinderen geboren bij nieuwkomers", by=ORIGINS)
def births(month: Month, wanted: tuple[str, ...]) -> dict[str, np.ndarray]:
    """Children who were born, those of people under temporary protection left out."""
    rows = BORN(month)
    return per_origin(month, np.bincount(month.households.origin[rows], minlength=month.group_sizes["origin"]))


@persons(
    en="Status holders tied to a municipality",
    nl="Statushouders gekoppeld aan een gemeente",
    by=PLACES,
    at_home=True,
    flow=True,
)
def coupled(month: Month) -> np.ndarray:
    """Status holders to whom a municipality was assigned."""
    return COUPLED(month)


@persons(en="Newcomers who moved into a home", nl="Gehuisveste nieuwkomers", by=EVERYWHERE, at_home=True, flow=True)
def housed(month: Month) -> np.ndarray:
    """Persons who moved from reception into a home, the home of their sponsor or an interim place."""
    return IN_A_HOME(month)


@persons(
    en="Newcomers who moved in with family",
    nl="Nieuwkomers die bij familie gingen wonen",
    by=PLACES,
    at_home=True,
    flow=True,
)
def joined(month: Month) -> np.ndarray:
    """Persons who moved from reception into the home of their sponsor."""
    return JOINED(month)


@persons(en="People moved within reception", nl="Mensen verhuisd binnen de opvang", by=ORIGINS, flow=True)
def moved(month: Month) -> np.ndarray:
    """Persons who were moved from one location of reception to another."""
    return MOVED(month)


@persons(en="People who left reception demonstrably", nl="Mensen die aantoonbaar vertrokken", by=ORIGINS, flow=True)
def returned(month: Month) -> np.ndarray:
    """Persons who demonstrably left the country."""
    return RETURNED(month)


@persons(
    en="People who left reception, destination unknown",
    nl="Mensen die vertrokken, bestemming onbekend",
    by=ORIGINS,
    flow=True,
)
def left_unknown(month: Month) -> np.ndarray:
    """Persons who left reception for an unknown destination."""
    return LEFT_UNKNOWN(month)


@level("moves", en="Moves within reception per person who left it", nl="Verhuizingen binnen de opvang van wie vertrok")
def moves_per_person(month: Month) -> float:
    """Mean number of moves between locations of the people who left reception this month."""
    rows, people = OUT_OF_RECEPTION(month), month.households
    return float(np.average(people.moves[rows], weights=people.size[rows])) if len(rows) else np.nan


@wait(en="Wait from application to screening", nl="Wachttijd van aanvraag tot aanmelding", start="applied", end="since")
def wait_screening(month: Month) -> np.ndarray:
    """Months from application to screening, of applicants who were screened this month."""
    return SCREENED(month)


@wait(
    en="Wait from application to first decision",
    nl="Wachttijd van aanvraag tot eerste besluit",
    start="applied",
    end="decided",
)
def wait_decision(month: Month) -> np.ndarray:
    """Months from application to the decision, of applicants who were decided on this month."""
    return DECIDED(month)


@wait(
    en="Wait from application to decision or closing",
    nl="Wachttijd van aanvraag tot besluit of afsluiting",
    start="applied",
    end="decided",
)
def wait_answer(month: Month) -> np.ndarray:
    """Months from application to the decision or closing, of applicants who were decided on or closed this month."""
    return ANSWERED(month)


@wait(
    en="Wait from refusal to the court's decision",
    nl="Wachttijd van afwijzing tot uitspraak",
    start="decided",
    end="since",
)
def wait_appeal(month: Month) -> np.ndarray:
    """Months from refusal to the court's decision, of appeals that were heard this month."""
    return HEARD(month)


@wait(
    en="Wait from permit to the population register",
    nl="Wachttijd van vergunning tot BRP-inschrijving",
    start="granted",
    end="since",
)
def wait_registration(month: Month) -> np.ndarray:
    """Months from the permit to the population register, of status holders who entered it this month."""
    return REGISTERED(month)


@wait(
    en="Wait from permit to tie to a municipality",
    nl="Wachttijd van vergunning tot koppeling",
    start="granted",
    end="coupled",
)
def wait_coupling(month: Month) -> np.ndarray:
    """Months from the permit to a municipality, of status holders to whom one was assigned this month."""
    return COUPLED(month)


@wait(en="Wait from permit to home", nl="Wachttijd van vergunning tot woning", start="granted", end="housed")
def wait_home(month: Month) -> np.ndarray:
    """Months from the permit to a home, of status holders who moved into one this month."""
    return HOUSED(month)


@wait(en="Wait from application to home", nl="Wachttijd van aanvraag tot woning", start="applied", end="housed")
def wait_chain(month: Month) -> np.ndarray:
    """Months from application to a home, of status holders who moved into one this month."""
    return HOUSED(month)


@wait(
    en="Wait from application for relatives to decision",
    nl="Wachttijd van nareisaanvraag tot besluit",
    start="reunion_applied",
    end="reunion_since",
)
def wait_family(month: Month) -> np.ndarray:
    """Months from an application for relatives to the decision, of sponsors to whom it was granted this month."""
    return FAMILY_GRANTED(month)


@measure(
    "SD",
    en="Match with the region of households that were placed",
    nl="Aansluiting op de regio van geplaatste huishoudens",
    by=("total", "schooling", "sex", "region"),
)
def placement_match(month: Month, wanted: tuple[str, ...]) -> dict[str, np.ndarray]:
    """Mean true match of the households that left the registration centre this month, per group; NaN where none.

    Sex and schooling are those of the lead; households whose lead has no profile are not counted.
    """
    people, households, locations = month.state.newcomers, month.households, month.state.locations
    rows = PLACED(month)
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
