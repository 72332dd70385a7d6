"""The data dictionary of the country: origins, national capacities, municipalities, regions, reception locations."""

import numpy as np

from abm.engine.clock import ENDLESS, NEVER
from abm.engine.named import Named
from abm.engine.table import NO_ROW, UNSET, Table, column


class Origins(Table):
    """Groups of countries of origin, as in abm/facts/data/origins.csv."""

    safe = column(np.bool_, False, doc="whether applications are clearly unpromising")
    male_share = column(np.float64, unit="share", doc="men and boys among applicants")
    family_share = column(np.float64, unit="share", doc="families (two or more persons) among applying households")
    unschooled = column(np.float64, unit="share", doc="adults who cannot read and write")
    primary = column(np.float64, unit="share", doc="adults with primary school")
    higher = column(np.float64, unit="share", doc="adults with higher education; the others have secondary school")
    sponsors = column(np.float64, 1.0, unit="ratio", doc="permit holders who apply for relatives, over all origins")
    papers = column(np.float64, unit="months", doc="mean extra time until family ties are shown and relatives may come")
    exempt = column(np.float64, 1.0, unit="ratio", doc="adults exempt from class and work, over those of all origins")
    here_before = column(np.float64, unit="share", doc="people here in January 2015 who had applied before")
    language = column(np.int8, doc="main language, in the order of the list of origins; -1: none is common")
    due = column(
        np.float64, unit="persons", doc="first applicants still due (negative: ahead, as households are whole)"
    )
    due_resettled = column(np.float64, unit="persons", doc="resettled people still due")
    due_repeated = column(np.float64, unit="persons", doc="repeat applicants still due")


class Nation(Table):
    """One row: national capacity carried over where the next household did not fit, and other national quantities."""

    screening = column(np.float64, unit="persons", doc="screening capacity carried over")
    decision_fast = column(np.float64, unit="persons", doc="decision capacity carried over, fast track")
    decision_repeated = column(np.float64, unit="persons", doc="decision capacity carried over, repeat applications")
    decision_regular = column(np.float64, unit="persons", doc="decision capacity carried over, regular track")
    decision_staff = column(np.float64, 1.0, unit="ratio", doc="decision capacity over that of the series")
    reunion_staff = column(np.float64, 1.0, unit="ratio", doc="reunification capacity over that of the series")
    household_ratio = column(
        np.float64, 1.0, unit="ratio", doc="households of the rest of the country, over those of January 2015"
    )
    dwellings = column(np.float64, unit="homes", doc="homes of all owners in the country")
    shortage = column(np.float64, unit="homes", doc="households of the country over its homes, sharers included")
    prices = column(np.float64, 1.0, unit="ratio", doc="price level over that of the last published unit costs")
    closing = column(np.float64, unit="persons", doc="capacity to close applications carried over")
    appeal = column(np.float64, unit="persons", doc="court capacity carried over")
    reunion = column(np.float64, unit="persons", doc="reunification capacity carried over")
    reception = column(np.float64, unit="persons", doc="smoothed need for reception, which the capacity plan follows")
    jobs_in_reception = column(np.float64, unit="jobs", doc="jobs of people in reception last month, scale of the run")
    job_months = column(np.float64, unit="months", doc="job-months of people in reception, decaying over time")
    jobs_pulled = column(np.float64, unit="jobs", doc="jobs that a move in reception ended, decaying over time")
    expected_moves = column(np.float64, unit="share/month", doc="jobs in reception that are expected to end by a move")
    task_arrivals = column(np.float64, unit="persons", doc="people who got a permit since the last task was set")
    protected_due = column(np.float64, unit="persons", doc="arrivals under temporary protection still due")


class Kind(Named):
    """Kinds of reception location."""

    REGISTRATION = 0  # aanmeldcentrum
    REGULAR = 1  # azc
    EMERGENCY = 2  # noodopvang
    MUNICIPAL = 3  # crisisnoodopvang: opened by municipalities for people without any other place
    HOTEL = 4  # where reunited families wait for a home near the municipality of their sponsor
    HOSTS = 5  # logeerregeling: with relatives, friends or a host family, for some months


LIMITED = (Kind.REGULAR, Kind.EMERGENCY)  # kinds that never hold more people than they have places
ELSEWHERE = (Kind.HOTEL, Kind.HOSTS)  # kinds whose people need no place of the reception agency
MAKESHIFT = (Kind.EMERGENCY, Kind.MUNICIPAL)  # bare and crowded: no contribution is due, and residents mind them more


class Municipalities(Table):
    """The municipalities; names and geography are in state.inputs."""

    region = column(np.int8, unit="row of regions", doc="labour market region")
    population = column(np.int32, unit="persons", doc="inhabitants, the key of the housing task")
    population_share = column(np.float64, unit="share", doc="inhabitants, of those of the country")
    asked_places = column(np.float64, unit="places", doc="indicative reception places by the spread law (2026)")
    regular_places = column(np.float64, unit="places", doc="regular reception places in November 2025")
    emergency_places = column(np.float64, unit="places", doc="emergency reception places in November 2025")
    effort = column(np.float64, unit="ratio", doc="people housed over those asked of it, relative to the country")
    pool = column(np.int16, unit="row of municipalities", doc="holder of the homes of its pool (itself at scale 1)")
    homes = column(np.float64, unit="homes", doc="corporation homes on 1 January; after 2025, of this month")
    building_share = column(np.float64, unit="share", doc="new dwellings of 2015 to 2024, of those of the country")
    built = column(np.float64, unit="homes/month", doc="new homes of corporations this month")
    sold = column(np.float64, unit="homes/month", doc="homes of corporations demolished or sold; below 0: bought")
    turnover = column(np.float64, 1.0, unit="ratio", doc="turnover of these homes, over the national mean")
    on_offer = column(np.float64, unit="homes", doc="homes for status holders under the ceiling, not let yet")
    found = column(np.float64, unit="homes", doc="homes found for them outside corporations, not yet let")
    small = column(np.float64, unit="homes", doc="vacant small homes that can still be let to status holders")
    middle = column(np.float64, unit="homes", doc="vacant homes of middle size, likewise")
    large = column(np.float64, unit="homes", doc="vacant large homes, likewise")
    offered = column(np.float64, unit="homes", doc="homes offered to status holders since the start")
    let = column(np.int64, unit="homes", doc="homes let to status holders since the start")
    vacancies = column(np.float64, unit="homes", doc="homes that became vacant this month")
    vacated = column(np.float64, unit="homes", doc="homes that became vacant since the start, at the scale of the run")
    vacant_small = column(np.float64, unit="homes", doc="vacant small homes that can be let to any home seeker")
    vacant_middle = column(np.float64, unit="homes", doc="vacant homes of middle size, likewise")
    vacant_large = column(np.float64, unit="homes", doc="vacant large homes, likewise")
    to_starter = column(np.int64, unit="homes", doc="vacated homes that became starter homes")
    let_in_line = column(np.int64, unit="homes", doc="homes let by rules other than priority since the start")
    urgency_ratio = column(
        np.float64, 1.0, unit="ratio", doc="local share of lettings by urgency, over the national one"
    )
    lottery_ratio = column(
        np.float64, 1.0, unit="ratio", doc="local share of lettings by lottery, over the national one"
    )
    lead = column(np.float64, unit="months", doc="mean time registered when home seekers begin to search")
    beginning = column(np.float64, unit="seekers/month", doc="home seekers who begin to search in 2015, full scale")
    pressing = column(np.float64, unit="share", doc="home seekers who are urgent when they begin to search")
    starter_due = column(np.float64, unit="units", doc="starter homes still to be planned here")
    starter_plans = column(np.int32, unit="complexes", doc="complexes of starter homes planned here so far")
    seekers_due = column(np.float64, unit="seekers", doc="fraction of a home seeker still due")
    interim_places = column(np.int32, unit="places", doc="interim places for status holders, at full scale")
    interim_planned = column(np.int32, unit="places", doc="interim places decided on and not open yet")
    interim_opens = column(np.int16, NEVER, unit="month", doc="when these planned places open")
    task = column(np.float64, unit="persons", doc="housing task of this half-year")
    balance = column(np.float64, unit="persons", doc="people housed minus people asked; negative: still to house")
    backlog = column(np.float64, unit="persons", doc="shortfall carried into this half-year")
    asked = column(np.float64, unit="persons", doc="asked in this half-year with what was behind; below 0: far ahead")
    placed = column(np.float64, unit="persons", doc="people housed in this half-year, who count for the task")
    let_share = column(
        np.float64,
        UNSET,
        unit="share",
        doc="vacancies let to newcomers over about a year, weighted by letting rule; -1: not set yet",
    )
    accustomed = column(
        np.float64,
        UNSET,
        unit="share",
        doc="newcomers over inhabitants to which residents are accustomed; -1: not set yet",
    )
    support = column(np.float64, unit="SD", doc="mean support of residents")
    willingness = column(np.float64, 1.0, unit="ratio", doc="probability that a location opens here, over the start")
    delay = column(np.float64, unit="months", doc="delay of a new location by objections and preparation")
    stopped = column(np.float64, unit="share", doc="new locations that objections stop")


class Regions(Table):
    """The labour market regions."""

    population_share = column(np.float64, unit="share", doc="inhabitants, of those of the country")
    jobs = column(np.float64, unit="jobs/inhabitant", doc="jobs per inhabitant")
    class_places = column(
        np.float64, UNSET, unit="persons", doc="capacity of language classes, limited by teachers; -1: not set yet"
    )
    plans = column(np.float64, unit="plans/month", doc="capacity of the work centre for plans of civic integration")
    plans_left = column(np.float64, unit="plans", doc="capacity for plans that is left, at the scale of the run")
    shadow_price = column(
        np.float64, unit="SD", doc="match that a place here must be worth; 0 where places are not scarce"
    )


class Locations(Table):
    """Reception locations."""

    municipality = column(np.int16, unit="row of municipalities", doc="where the location stands")
    region = column(np.int8, unit="row of regions", doc="labour market region")
    kind = column(np.int8, Kind.REGULAR, doc="kind of location")
    places = column(
        np.int32, unit="places", doc="places at full scale; 0 where there is no limit (municipal, hotel, hosts)"
    )
    opened = column(np.int16, unit="month", doc="first month")
    ends = column(np.int16, ENDLESS, unit="month", doc="first month in which it is closed")
    neighbourhood = column(np.int32, NO_ROW, unit="row of neighbourhoods", doc="where the location stands")
    announced = column(np.int16, NEVER, unit="month", doc="when residents heard of it; NEVER: before the start")
    voice = column(np.float64, unit="share", doc="neighbours who had a real say beforehand")
    incidents = column(np.float64, unit="incidents", doc="serious incidents here, decaying over time")

    def first(self, kind: Kind) -> int:
        """Row of the first location of a kind. Raises ValueError where there is none."""
        row = int((self.kind == kind).argmax())
        if row or (len(self) and self.kind[0] == kind):
            return row
        raise ValueError(f"there is no location of kind {kind.name}")
