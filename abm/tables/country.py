"""The data dictionary of the country: groups of origins, and what is left of each national capacity."""

from enum import IntEnum

import numpy as np

from abm.engine.clock import ENDLESS, NEVER
from abm.engine.table import NO_ROW, UNSET, Table, column


class Origins(Table):
    """Groups of countries of origin, as in abm/facts/data/origins.csv."""

    safe = column(np.bool_, False, doc="whether applications are clearly unpromising")
    male_share = column(np.float64, unit="share", doc="men and boys among applicants")
    family_share = column(np.float64, unit="share", doc="applying households of two or more")
    language = column(np.int8, doc="main language, by first place in the list of origins; -1: none that most share")
    due = column(np.float64, unit="persons", doc="first applicants still due (negative: ahead, households are whole)")
    due_resettled = column(np.float64, unit="persons", doc="resettled people still due")
    due_repeated = column(np.float64, unit="persons", doc="repeat applicants still due")


class Nation(Table):
    """One row: what is left of each national capacity when a household does not fit into it any more."""

    screening = column(np.float64, unit="persons", doc="screening capacity carried over")
    decision_fast = column(np.float64, unit="persons", doc="decision capacity carried over, fast track")
    decision_repeated = column(np.float64, unit="persons", doc="decision capacity carried over, repeat applications")
    decision_regular = column(np.float64, unit="persons", doc="decision capacity carried over, regular track")
    closing = column(np.float64, unit="persons", doc="capacity to close applications carried over")
    appeal = column(np.float64, unit="persons", doc="court capacity carried over")
    reunion = column(np.float64, unit="persons", doc="reunification capacity carried over")
    reception = column(np.float64, unit="persons", doc="smoothed need for reception that the capacity plan follows")
    jobs_in_reception = column(np.float64, unit="jobs", doc="jobs of who lived in reception last month, at that scale")
    job_months = column(np.float64, unit="months", doc="the same over the months, fading")
    jobs_pulled = column(np.float64, unit="jobs", doc="jobs that a move in reception ended, over the months, fading")
    expected_moves = column(np.float64, unit="share/month", doc="of jobs in reception, expected to end by a move")
    task_arrivals = column(np.float64, unit="persons", doc="people with a permit since the last task was set")
    protected_due = column(np.float64, unit="persons", doc="people still due who come for temporary protection")


class Kind(IntEnum):
    """Kinds of reception location."""

    REGISTRATION = 0  # aanmeldcentrum
    REGULAR = 1  # azc
    EMERGENCY = 2  # noodopvang
    MUNICIPAL = 3  # crisisnoodopvang: opened by municipalities for whoever has no other place
    HOTEL = 4  # where families who followed wait for a home near the municipality of their sponsor


class Municipalities(Table):
    """The 342 municipalities; names and geography are in state.inputs."""

    region = column(np.int8, unit="row of regions", doc="labour market region")
    population = column(np.int32, unit="persons", doc="inhabitants, the key of the housing task")
    population_share = column(np.float64, unit="share", doc="of the inhabitants of the country")
    asked_places = column(np.float64, unit="places", doc="indicative reception places by the spread law (2026)")
    regular_places = column(np.float64, unit="places", doc="regular reception places in November 2025")
    emergency_places = column(np.float64, unit="places", doc="emergency reception places in November 2025")
    effort = column(np.float64, unit="ratio", doc="homes that it offers status holders, over its part by inhabitants")
    pool = column(np.int16, unit="row of municipalities", doc="holder of the homes that it shares (itself at scale 1)")
    homes = column(np.float64, unit="homes", doc="corporation homes on 1 January of this year")
    turnover = column(np.float64, 1.0, unit="ratio", doc="of these homes, over that of the mean home of the country")
    on_offer = column(np.float64, unit="homes", doc="homes that status holders can get under the ceiling, not yet let")
    found = column(np.float64, unit="homes", doc="homes found for them outside corporations, not yet let")
    small = column(np.float64, unit="homes", doc="small homes that became vacant and can still be let to them")
    middle = column(np.float64, unit="homes", doc="the same of middle size")
    large = column(np.float64, unit="homes", doc="the same of large size")
    offered = column(np.float64, unit="homes", doc="homes offered to status holders since the start")
    let = column(np.int64, unit="homes", doc="homes let to status holders since the start")
    vacancies = column(np.float64, unit="homes", doc="homes that became vacant this month")
    vacated = column(np.float64, unit="homes", doc="homes that became vacant since the start, at the scale of the run")
    vacant_small = column(np.float64, unit="homes", doc="small homes that any home seeker can get, not yet let")
    vacant_middle = column(np.float64, unit="homes", doc="the same of middle size")
    vacant_large = column(np.float64, unit="homes", doc="the same of large size")
    to_starter = column(np.int64, unit="homes", doc="homes that became vacant and are now starter homes")
    let_in_line = column(np.int64, unit="homes", doc="homes let by other rules than priority since the start")
    urgency_ratio = column(np.float64, 1.0, unit="ratio", doc="own share of lettings by urgency, over the national one")
    lottery_ratio = column(np.float64, 1.0, unit="ratio", doc="own share of lettings by lottery, over the national one")
    lead = column(np.float64, unit="months", doc="mean registration of home seekers when they begin to search")
    beginning = column(np.float64, unit="seekers/month", doc="home seekers who begin to search, at full scale")
    pressing = column(np.float64, unit="share", doc="of them urgent from the beginning")
    starter_due = column(np.float64, unit="units", doc="starter homes still to be planned here")
    starter_plans = column(np.int32, unit="complexes", doc="complexes of starter homes planned here so far")
    seekers_due = column(np.float64, unit="seekers", doc="part of a home seeker still due")
    interim_places = column(np.int32, unit="places", doc="interim places for status holders, at full scale")
    interim_planned = column(np.int32, unit="places", doc="the same, decided and not open")
    interim_opens = column(np.int16, NEVER, unit="month", doc="when these open")
    task = column(np.float64, unit="persons", doc="housing task of this half-year")
    balance = column(np.float64, unit="persons", doc="housed minus asked; negative: still to house")
    backlog = column(np.float64, unit="persons", doc="shortfall carried into this half-year")
    let_share = column(
        np.float64,
        UNSET,
        unit="share",
        doc="of vacancies, let to newcomers over about a year, each as its rule counts; -1: not set yet",
    )
    accustomed = column(
        np.float64, UNSET, unit="share", doc="newcomers over inhabitants that residents are used to; -1: not set yet"
    )
    support = column(np.float64, unit="SD", doc="mean support of residents")
    willingness = column(np.float64, 1.0, unit="ratio", doc="chance that a location is opened here, over what it was")
    delay = column(np.float64, unit="months", doc="that objections and preparation delay a new location")
    stopped = column(np.float64, unit="share", doc="new locations that objections stop")


class Regions(Table):
    """The 35 labour market regions."""

    population_share = column(np.float64, unit="share", doc="of the inhabitants of the country")
    jobs = column(np.float64, unit="jobs/inhabitant", doc="jobs per inhabitant")
    class_places = column(
        np.float64, UNSET, unit="persons", doc="language classes that teachers can give; -1: not set yet"
    )
    plans = column(np.float64, unit="plans/month", doc="plans for civic integration that the work centre can make")
    plans_left = column(np.float64, unit="plans", doc="what is left of that, at the scale of the run")
    shadow_price = column(np.float64, unit="SD", doc="match that a place here must be worth, above where nobody queues")


class Locations(Table):
    """Reception locations."""

    municipality = column(np.int16, unit="row of municipalities", doc="where the location stands")
    region = column(np.int8, unit="row of regions", doc="labour market region")
    kind = column(np.int8, Kind.REGULAR, doc="kind of location")
    places = column(np.int32, unit="places", doc="places at full scale; registration and municipal ones take all")
    opened = column(np.int16, unit="month", doc="first month")
    ends = column(np.int16, ENDLESS, unit="month", doc="first month in which it is closed")
    neighbourhood = column(np.int16, NO_ROW, unit="row of neighbourhoods", doc="where the location stands")
    announced = column(np.int16, NEVER, unit="month", doc="when residents heard of it; NEVER: before the start")
    voice = column(np.float64, unit="share", doc="of its neighbours who had a real say beforehand")
    incidents = column(np.float64, unit="incidents", doc="serious incidents here, fading")
