"""Whoever registers gets a profile; language classes are for those to whom they are offered, as far as teachers go.

Classes are offered from a home, from the permit or from arrival on (the lever), some weeks later, until the target
level is reached or the term has passed. Teachers are capacity per region: those already in class go on, then whoever
waits longest comes in; capacity follows demand at a pace, or stays as it is.

    hours = hours a week x share attended x (1 - share lost to work, if employed)

Source: E011, E012, E017; civic integration: inb_pip_delay (waits), Wet inburgering 2021; schooling of Syrians: SCP 2018
(a fifth has a diploma of higher education, a third primary school at most).
"""

from typing import Literal

import numpy as np

from abm.adults import look, regions_of
from abm.draws import Draws
from abm.kernels import WEEKS_PER_MONTH, oldest_first_by, whole_months
from abm.matching import sector_shares, sectors_of
from abm.params import ProcessParams, param
from abm.populations import NEVER, Stage

WRITES = (
    "newcomers.adult",
    "newcomers.schooling",
    "newcomers.sector",
    "newcomers.talent",
    "newcomers.exempt",
    "newcomers.class_hours",
    "newcomers.classes_since",
    "newcomers.integrating",
    "newcomers.active",
    "newcomers.dual",
    "newcomers.class_location",
    "newcomers.class_again",
    "regions.class_places",
)


class Params(ProcessParams):
    """Who is offered what."""

    classes_from: Literal["home", "permit", "arrival"] = param(
        "home", "choice", None, None, "assumption: Wi2021 counts from the home; voluntary lessons before are few",
        "when language classes begin to be offered", lever=True,
    )  # fmt: skip
    start_weeks: float = param(
        20, "weeks", 0, 52, "inb_pip_delay: almost twice the norm of ten weeks for the plan",
        "weeks from then until a first class can start", lever=True,
    )  # fmt: skip
    hours_a_week: float = param(
        14,
        "hours/week",
        0,
        40,
        "assumption: inb_hours, 20 with all other parts",
        "hours of class that are offered",
        lever=True,
    )
    term: int = param(36, "months", 6, 120, "assumption: three years of civic integration", "months in class at most")
    target: float = param(
        2, "CEFR level", 1, 5, "inb_zroute: A2 was asked before 2022, then B1, of a third of people A1",
        "level at which civic integration ends", lever=True, dated={"2022-01": 2.4},
    )  # fmt: skip
    attended: float = param(0.63, "share", 0.4, 0.9, "assumption: prior of att, no source", "hours that are attended")
    duty: bool = param(
        False, "switch", None, None, "assumption", "whether taking part is a duty with consequences", lever=True
    )
    attended_by_duty: float = param(0.8, "share", 0.4, 1, "assumption", "hours that are attended where it is")
    lost_to_work: float = param(0.36, "share", 0.2, 0.6, "E012|E013", "of the hours of class, lost by who works")
    lost_on_dual_track: float = param(0.15, "share", 0, 0.3, "E012|E013", "the same on a dual track")
    dual_share: float = param(
        0, "share", 0, 1, "assumption: few municipalities offer them", "of those in class, on a dual track", lever=True
    )
    activity_from: Literal["home", "permit", "arrival"] = param(
        "permit", "choice", None, None, "assumption", "when volunteering and internships are offered", lever=True
    )
    activity_share: float = param(
        0.2, "share", 0, 1, "assumption", "of those to whom they are, who take part", lever=True
    )
    protected_too: bool = param(
        False, "switch", None, None, "assumption: no civic integration for who is under temporary protection",
        "whether both are offered under temporary protection too, from arrival", lever=True,
    )  # fmt: skip
    move_stops: float = param(1.75, "months", 0.5, 3, "E020: prior of r_loss", "months without class after a move")
    funding: Literal["following", "fixed"] = param(
        "following", "choice", None, None, "assumption", "whether money for teachers follows numbers", lever=True
    )
    teachers_pace: float = param(
        0.1, "share/month", 0.01, 1, "assumption", "part of the gap to demand by which capacity grows a month"
    )
    exempt_share: float = param(
        0.3, "share", 0.1, 0.4, "E045|E101", "adults whom health or care keeps from class and work"
    )
    exempt_months: int = param(24, "months", 6, 60, "assumption", "months after which that is looked at again")
    talent_spread: float = param(
        0.94, "log odds/month", 0.5, 1.2, "assumption: prior of sigma_nu, set by the spread over duration in E045",
        "spread of what helps to find work and is not in the model",
    )  # fmt: skip
    unschooled: float = param(0.1, "share", 0, 0.5, "assumption", "adults who cannot read and write")
    primary: float = param(
        0.3, "share", 0, 0.7, "assumption: scp_syr_schooling, a third at most", "adults with primary school"
    )
    higher: float = param(
        0.2, "share", 0, 0.6, "assumption: scp_syr_schooling, a fifth", "adults with higher education"
    )


def schooling(chance: np.ndarray, params: Params) -> np.ndarray:
    """Schooling, (n,) of Schooling, from a uniform each."""
    edges = np.cumsum(
        [params.unschooled, params.primary, max(1 - params.unschooled - params.primary - params.higher, 0)]
    )
    return np.searchsorted(edges, chance, side="right").astype(np.int8)


def normal(chance: np.ndarray, angle: np.ndarray) -> np.ndarray:
    """Standard normal numbers, (n,), from two uniforms each (Box and Muller 1958)."""
    return np.sqrt(-2 * np.log1p(-chance)) * np.cos(2 * np.pi * angle)


def describe(state, params: Params, draws: Draws, rows: np.ndarray) -> None:
    """Give persons whom nobody asked before their profile."""
    people, who = state.newcomers, state.newcomers.identity[rows]
    known = people.schooling[rows]  # at arrival, of whom temporary protection admits
    people.schooling[rows] = np.where(known == NEVER, schooling(draws.once("schooling", who), params), known)
    shares = sector_shares(state.inputs.jobs, state.inputs.sectors)
    people.sector[rows] = sectors_of(draws.once("sector", who), people.schooling[rows], shares)
    people.talent[rows] = params.talent_spread * normal(draws.once("talent", who), draws.once("angle", who))


def assess(state, params: Params, draws: Draws, rows: np.ndarray) -> None:
    """Look at what keeps people from class and work."""
    people = state.newcomers
    again = Draws(draws.seed, draws.process, state.clock.month // params.exempt_months)  # the same until the next look
    people.exempt[rows] = again.uniform("exempt", people.identity[rows]) < params.exempt_share


def first_month(since: np.ndarray, params: Params, chance: np.ndarray) -> np.ndarray:
    """First month in which a class can start, (n,), from the month in which it is offered and a uniform."""
    return since + whole_months(params.start_weeks, chance)


def offered_since(state, offer: str, rows: np.ndarray, protected_too: bool) -> np.ndarray:
    """Month of the home, permit or arrival of persons, (n,) int64; NEVER where it did not come.

    Temporary protection asks no civic integration: only `protected_too` offers anything there, from arrival on.
    """
    households, of = state.households, state.newcomers.household[rows]
    column = {"home": "housed", "permit": "granted", "arrival": "applied"}[offer]
    protected = np.flatnonzero(households.stage[of] == Stage.PROTECTED)
    found = getattr(households, column)[of].astype(np.int64)
    found[protected] = households.applied[of[protected]] if protected_too else NEVER
    return found


def hours(employed: np.ndarray, dual: np.ndarray, params: Params) -> np.ndarray:
    """Hours of class a month that somebody in class attends, (n,)."""
    full = params.hours_a_week * WEEKS_PER_MONTH * (params.attended_by_duty if params.duty else params.attended)
    lost = np.where(dual, params.lost_on_dual_track, params.lost_to_work)
    return full * np.where(employed, 1 - lost, 1.0)


def moved(state, params: Params, draws: Draws, rows: np.ndarray) -> np.ndarray:
    """Whom a move in reception keeps from class this month, (n,) bool; notes where they are."""
    people, month = state.newcomers, state.clock.month
    here = state.households.location[people.household[rows]]
    away = (people.class_location[rows] != NEVER) & (here != NEVER) & (people.class_location[rows] != here)
    stop = whole_months(params.move_stops * WEEKS_PER_MONTH, draws.uniform("stops", people.identity[rows[away]]))
    people.class_again[rows[away]] = month + stop
    people.class_location[rows[away]] = here[away]
    return people.class_again[rows] > month


def served(state, params: Params, rows: np.ndarray, first: np.ndarray) -> np.ndarray:
    """Which of the persons who want a class get one, (n,) bool; capacity per region moves towards demand."""
    people, regions = state.newcomers, state.regions
    where = regions_of(state, rows)
    demand = np.bincount(where, minlength=len(regions)) / state.scale
    unset = regions.class_places < 0
    regions.class_places[unset] = demand[unset]
    if params.funding == "following":
        regions.class_places[:] += params.teachers_pace * np.maximum(
            demand - regions.class_places, -regions.class_places
        )
    in_class = people.classes_since[rows] != NEVER
    since, size = np.full(len(people), NEVER, np.int16), np.ones(len(people), np.int8)
    since[rows] = np.where(in_class, NEVER, np.maximum(first, 0))  # those in class are ahead of all who wait
    lottery = state.households.lottery[people.household]
    left = regions.class_places * state.scale
    found = oldest_first_by(where, rows, since, lottery, size, left)
    return np.isin(rows, found, assume_unique=True)


def step(state, params: Params, draws: Draws) -> dict[str, np.ndarray]:
    """Profile who is new, look at exemptions, and give classes and other activities."""
    people, month = state.newcomers, state.clock.month
    here = look(state, registering=True)
    fresh = here[people.sector[here] == NEVER]  # who registers too: the profile is known when a place is chosen
    describe(state, params, draws, fresh)
    assess(state, params, draws, fresh if month % params.exempt_months else here)
    rows = here[state.households.stage[people.household[here]] != Stage.REGISTERING]
    people.adult[:] = False
    people.adult[rows] = True
    since = offered_since(state, params.classes_from, rows, params.protected_too)
    began = people.classes_since[rows]
    ended = (began != NEVER) & (month - began >= params.term)
    below = people.language[rows] < params.target
    integrating = (since != NEVER) & ~ended & below & ~people.exempt[rows]
    people.integrating[:] = False
    due, since = rows[integrating], since[integrating]
    people.integrating[due] = state.households.stage[people.household[due]] != Stage.PROTECTED  # theirs is no duty
    first = first_month(since, params, draws.once("weeks", people.identity[due]))
    wants = first <= month
    can = wants & ~moved(state, params, draws, due)
    people.dual[due] = draws.once("dual", people.identity[due]) < params.dual_share
    in_class = due[can][served(state, params, due[can], first[can])]
    people.class_hours[:] = 0
    people.class_hours[in_class] = hours(people.employed[in_class], people.dual[in_class], params)
    people.class_location[in_class] = state.households.location[people.household[in_class]]
    new = in_class[people.classes_since[in_class] == NEVER]
    people.classes_since[new] = month
    offered = offered_since(state, params.activity_from, rows, params.protected_too) != NEVER
    free = rows[offered & ~people.employed[rows] & ~people.exempt[rows]]
    people.active[:] = False
    people.active[free] = draws.once("activity", people.identity[free]) < params.activity_share
    return {"class_wanted": due[wants], "in_class": in_class, "class_begun": new}
