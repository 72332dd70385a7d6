"""Civic integration: the route of each permit holder, the plan of a work centre, and when integration starts and ends.

Permits granted before 2022 fall under the old law: A2 within three years. Those granted later lead to one of three
routes: B1 (A2 after enough hours of class), education for part of the young with secondary school, and self-reliance
for those to whom learning comes hardest, which ends after its hours. From 2022 on a work centre in each of the 35
regions makes a plan first; the number of plans a month is limited, with a waiting list, longest waiting first. The term
of three years runs from the start of the duty: the home under the old law, the plan under the present one.

People who have reached the level learn no more for it, and pass some months later: exams in several parts are taken,
repeated and marked one after another. The self-reliance route has no exam.

Under the old law part of the young go to school, often beside or after their course, with a student grant: that takes
their time from the home on for some years, whatever level of Dutch they have reached. Under the present law they are on
the education route.

    capacity = capacity + rate x (funded x people waiting / term - capacity)      where funding follows numbers

Without a permit there is no route and no duty: people who are offered class from arrival on learn up to the level of
the law, as volunteers. The duty begins with the home in a municipality (where the notice of the old law is taken to
come), or before that with a plan. Only a duty takes the time of integration (lock-in); a voluntary class takes its
hours. People on the fast track have other activities until they are granted a permit; those who have had training by
then can start class at once.

Source: Wet inburgering 2021 (wi2021_routes, inb_zroute, inb_pip_delay, inb_onderwijs_exp), the law before it
(inb_exam_old); for the lock-in that it causes, see abm/jobs/work.py.
"""

from collections import namedtuple
from typing import Literal, NamedTuple

import numpy as np

from abm.civic.eligibility import Offer, not_later, offered_since
from abm.engine.clock import MONTHS, NEVER, WEEKS_PER_MONTH, whole_months
from abm.engine.compiled import njit
from abm.engine.draws import Draws
from abm.engine.kernels import kernel
from abm.engine.needs import Need
from abm.engine.params import ProcessParams, once_for_params, param
from abm.engine.queues import oldest_first_by
from abm.engine.table import UNSET
from abm.engine.together import Ordered
from abm.people.working_age import YOUNGEST, adults, regions_of
from abm.state import State
from abm.tables.people import Route, Schooling, Stage, Track

WRITES = (
    "newcomers.route",
    "newcomers.student",
    "newcomers.planned",
    "newcomers.class_due",
    "newcomers.learner",
    "newcomers.integrating",
    "newcomers.reached",
    "newcomers.passed",
    "regions.plans",
    "regions.plans_left",
)
EVENTS = {"planned": "newcomers", "passed": "newcomers"}
YOUNG = 30 * MONTHS  # age below which the education route is offered [months]
_OLD, _B1, _HARDEST, _FAST = int(Route.OLD), int(Route.B1), int(Route.SELF_RELIANCE), int(Track.FAST)
_PROTECTED = int(Stage.PROTECTED)
NO_ROUTE = len(Route)  # index of the level and term that hold before the permit

PLANNED = (Need("policy.integration.plan", one_of=(True,)),)
ROUTED = (Need("policy.integration.routes", one_of=(True,), lasts=True),)  # who was on a route stays on it


class Params(ProcessParams):
    """What the law requires, who follows which route, and how fast plans and classes start."""

    TOGETHER = (Ordered("exam_least", "exam_most"),)

    classes_from: Offer = param(
        "home", "choice", None, None, "assumption: Wi2021 counts from the home; voluntary lessons see participation",
        "milestone from which language classes are offered", lever=True,
    )  # fmt: skip
    protected_too: bool = param(
        False, "switch", None, None, "assumption: temporary protection requires no civic integration",
        "whether classes are also offered under temporary protection, from arrival", lever=True,
    )  # fmt: skip
    start_weeks: float = param(
        20, "weeks", 0, 52, "assumption: before 2022 people found a course themselves", "weeks from `classes_from`, "
        "or from the plan, until a first class can start", lever=True, dated={"2022-01": 4},
    )  # fmt: skip
    routes: bool = param(
        False, "switch", None, None, "wi2021_routes", "whether new permit holders follow one of the three routes",
        lever=True, dated={"2022-01": True},
    )  # fmt: skip
    plan: bool = param(
        False, "switch", None, None, "wi2021_routes", "whether a work centre makes a plan before class", lever=True,
        dated={"2022-01": True},
    )  # fmt: skip
    plan_from: Offer = param(
        "home", "choice", None, None, "assumption: inb_intake, municipalities wait for the home",
        "milestone from which a plan is offered", lever=True, needs=PLANNED,
    )  # fmt: skip
    plan_weeks: float = param(
        10, "weeks", 1, 52, "inb_pip_delay: the norm", "term within which a plan is due, by which capacity is set",
        lever=True, needs=PLANNED,
    )  # fmt: skip
    funding: Literal["following", "fixed"] = param(
        "following",
        "choice",
        None,
        None,
        "assumption",
        "whether funding of work centres follows numbers",
        lever=True,
        needs=PLANNED,
    )
    funded: float = param(
        0.5, "share", 0.1, 2, "inb_pip_delay: a plan took almost twice the norm",
        "funded capacity, relative to what would serve everybody waiting within the term", lever=True,
        needs=PLANNED,
    )  # fmt: skip
    rate: float = param(
        0.2, "share/month", 0.01, 1, "assumption: near inb_pip_delay and inb_pip_2022",
        "part of the gap to the funded capacity of work centres that is closed each month",
    )  # fmt: skip
    target: float = param(
        2, "CEFR level", 1, 5, "wi2013: A2 was asked before 2022", "level required by the old law", lever=True
    )
    target_b1: float = param(
        3,
        "CEFR level",
        1,
        5,
        "wi2021_routes",
        "level required on the B1 and education routes",
        lever=True,
        needs=ROUTED,
    )
    lowered_after: float = param(
        600, "hours", 0, 3000, "wi2021_routes: article 17, considerable effort; the number is an assumption",
        "hours of class after which A2 is enough on the B1 route", lever=True, needs=ROUTED,
    )  # fmt: skip
    term: int = param(
        36, "months", 6, 120, "wi2013|wi2021_routes: three years; that voluntary class ends as well is an assumption",
        "months from the start of the duty until it ends; of class, where it is voluntary", lever=True,
    )  # fmt: skip
    school_share: float = param(
        0.4, "share", 0, 1, "cbs_school_5y|inb_onderwijs_exp: 60% of 18 to 22 and 12% of older ones are at school five "
        "years after a permit of 2014; within these, an assumption",
        "people under `school_age` at their permit under the old law who go to school",
    )  # fmt: skip
    school_age: int = param(
        28, "years", 18, 35, "assumption: municipalities send people under 27 to school first",
        "age at the permit from which nobody goes to school",
    )  # fmt: skip
    school_months: int = param(
        36, "months", 0, 96, "assumption: a course of secondary vocational school", "time at school"
    )
    exam_least: float = param(
        6, "months", 0, 24, "assumption", "least months from reaching the level to passing the exams"
    )
    exam_most: float = param(
        12, "months", 0, 36, "assumption", "most months from reaching the level to passing the exams"
    )
    self_reliance_months: int = param(
        18, "months", 1, 60, "wi2021_routes: 800 hours of class at 10 a week",
        "months of class as a duty on the self-reliance route",
    )  # fmt: skip
    ends: Literal["level", "term"] = param(
        "level", "choice", None, None, "assumption",
        "whether integration lasts until the level is reached or the whole term",
    )  # fmt: skip
    hardest_none: float = param(
        0.9, "share", 0, 1, "assumption: with the next three a third, inb_zroute",
        "people who cannot read and write on the self-reliance route",
    )  # fmt: skip
    hardest_primary: float = param(
        0.5, "share", 0, 1, "assumption: see hardest_none", "people with primary school on the self-reliance route"
    )
    hardest_secondary: float = param(
        0.18, "share", 0, 1, "assumption: see hardest_none", "people with secondary school on the self-reliance route"
    )
    hardest_higher: float = param(
        0.05, "share", 0, 1, "assumption: see hardest_none", "people with higher education on the self-reliance route"
    )
    education_share: float = param(
        0.25, "share", 0, 1, "inb_onderwijs_exp: expected of all; here of those under 30 with secondary school",
        "young people with secondary school or more on the education route", lever=True, needs=ROUTED,
    )  # fmt: skip


def route(u: np.ndarray, schooling: np.ndarray, age: np.ndarray, params: Params) -> np.ndarray:
    """Route under Wi2021, (n,) of Route, by uniform draws u; schooling: of Schooling, age [months]: (n,)."""
    hardest = np.array([params.hardest_none, params.hardest_primary, params.hardest_secondary, params.hardest_higher])[
        schooling
    ]
    studies = params.education_share * ((age < YOUNG) & (schooling >= Schooling.SECONDARY))
    learns = np.where(u < hardest + (1 - hardest) * studies, Route.EDUCATION, Route.B1)
    return np.where(u < hardest, Route.SELF_RELIANCE, learns).astype(np.int8)


@kernel
def without_route(rows, route, household, granted):
    """Those of rows whose permit has no route yet, (n,); route, household: of persons, granted: of households."""
    lacking, count = np.empty(len(rows) + 1, np.int64), 0
    for k in range(len(rows)):  # without branches, as in abm/engine/kernels.py
        lacking[count] = rows[k]
        count += route[np.uint64(rows[k])] == UNSET
    found, many = np.empty(count + 1, np.int64), 0
    for row in lacking[:count]:
        found[many] = row
        many += granted[household[row]] != NEVER
    return found[:many].copy()


@kernel
def without_plan(rows, planned, route, household, since, track):
    """Those of rows who wait for a plan, (n,): it is offered, not made, and asked by their route or before a permit."""
    unplanned, count = np.empty(len(rows) + 1, np.int64), 0
    for k in range(len(rows)):  # without branches, as in abm/engine/kernels.py
        i = np.uint64(rows[k])
        unplanned[count] = rows[k]
        count += (planned[i] == NEVER) & (route[i] != _OLD)
    found, many = np.empty(count + 1, np.int64), 0
    for row in unplanned[:count]:
        of = np.uint64(household[row])
        found[many] = row
        many += (since[of] != NEVER) & ((route[row] != UNSET) | (track[of] != _FAST))
    return found[:many].copy()


Persons = namedtuple(
    "Persons",
    "household born language route exempt classes_since hours_followed reached passed class_due planned learner "
    "integrating student",
)
Households = namedtuple("Households", "granted track stage housed")


class Goals(NamedTuple):
    """What each route requires; the last level and term are those without a route."""

    levels: np.ndarray  # infinite where a route ends by its hours
    terms: np.ndarray  # [months]
    lowered_after: float  # [hours of class] after which the level is lowered
    lowered: float  # [level]
    until_level: bool  # whether integration takes time until the level is reached, or the whole term
    waits: bool  # whether a first class waits for a plan
    planned: bool  # whether the term of the present law begins with a plan
    at_school: int  # [months] from the home


@njit(inline="always")
def begun(route, plan, granted, housed, of_age, first_class, planned):
    """Month in which the term begins, or NEVER: that of the duty, or of the first class where that is voluntary.

    The duty begins with the plan, or else with the home, and not before the age of 18 (`of_age`). The self-reliance
    route is over after so many months of class, so its term begins with the first class as a duty.
    """
    if granted == NEVER:
        return first_class
    by_plan = (route != _OLD) & (planned | (plan != NEVER))
    asked = plan if by_plan else housed
    if asked == NEVER or (route == _HARDEST and first_class == NEVER):
        return NEVER
    duty = max(asked, granted, of_age)
    return max(duty, first_class) if route == _HARDEST else duty


@kernel(writes=("people.learner", "people.integrating"))
def asked(rows, people: Persons, households: Households, since, month, goals: Goals):
    """Mark persons who are to learn (`learner`) and whose time integration takes (`integrating`), whole columns.

    Returns rows, (n,) each: persons with a route who have reached its level and not passed; those who complete a route
    without exam; those who are to learn and have no month for a first class yet, with a plan where the class waits for
    one. since (month from which classes are offered): of households.
    Persons who are exempt, or have passed and go to no school, are skipped.
    """
    people.learner[:] = people.integrating[:] = False
    open_, count = np.empty(len(rows) + 1, np.int64), 0
    for k in range(len(rows)):  # without branches, as in abm/engine/kernels.py: most are exempt or have passed
        i = np.uint64(rows[k])  # unsigned: no check for a negative index
        open_[count] = rows[k]
        over = goals.until_level & (people.passed[i] != NEVER) & (not people.student[i])
        count += not (people.exempt[i] | over)
    ready, done, undated = np.empty(count + 1, np.int64), np.empty(count + 1, np.int64), np.empty(count + 1, np.int64)
    able, many, more = 0, 0, 0
    for row in open_[:count]:
        i = np.uint64(row)
        of, route = np.uint64(people.household[i]), people.route[i]
        protected = households.stage[of] == _PROTECTED
        by = route if route >= 0 else NO_ROUTE
        lower = (by == _B1) & (people.hours_followed[i] >= goals.lowered_after)
        there = people.language[i] >= (goals.lowered if lower else goals.levels[by])
        began = begun(
            route, people.planned[i], households.granted[of], households.housed[of], people.born[i] + YOUNGEST,
            people.classes_since[i], goals.planned,
        )  # fmt: skip
        over = (began != NEVER) & (month - began >= goals.terms[by])
        ready[able] = done[many] = undated[more] = row
        open_case = (route != UNSET) & (people.passed[i] == NEVER)
        able += (there | (people.reached[i] != NEVER)) & open_case & (by != _HARDEST)
        many += over & open_case & (by == _HARDEST)
        asks = (since[of] != NEVER) & ((households.granted[of] != NEVER) | (households.track[of] != _FAST)) & (not over)
        asks &= (people.passed[i] == NEVER) | (not goals.until_level)
        people.learner[i] = asks & (not there)
        duty = (households.granted[of] != NEVER) & ((households.housed[of] != NEVER) | (people.planned[i] != NEVER))
        home = max(households.housed[of], people.born[i] + YOUNGEST)
        at_school = people.student[i] & (households.housed[of] != NEVER) & (month - home < goals.at_school)
        people.integrating[i] = (asks & duty & ((not there) | (not goals.until_level))) | at_school
        starts = (not goals.waits) | (route == _OLD) | (people.planned[i] != NEVER) | protected
        more += people.learner[i] & (people.class_due[i] == NEVER) & starts
    return ready[:able].copy(), done[:many].copy(), undated[:more].copy()


@once_for_params
def goals(params: Params) -> Goals:
    """What each route requires by the law of the month."""
    before = params.target_b1 if params.routes else params.target
    levels = np.array([params.target, params.target_b1, params.target_b1, np.inf, before])
    terms = np.array([params.term, params.term, params.term, params.self_reliance_months, params.term])
    levels.flags.writeable = terms.flags.writeable = False
    waits = params.plan and not_later(params.plan_from, params.classes_from)
    lowered = min(params.target, params.target_b1)
    return Goals(
        levels, terms, params.lowered_after, lowered, params.ends == "level", waits, params.plan, params.school_months
    )


def make_plans(state: State, params: Params, rows: np.ndarray) -> np.ndarray:
    """Rows of the persons for whom a plan is made this month; adjusts each region's capacity to its waiting list."""
    people, regions = state.newcomers, state.regions
    since = offered_since(state, params.plan_from)
    queue = without_plan(rows, people.planned, people.route, people.household, since, state.households.track)
    where, of = regions_of(state, queue), people.household[queue]
    waits = np.maximum(since[of], people.born[queue] + YOUNGEST).astype(np.int16)  # those who came as a child: since 18
    people_waiting = np.bincount(where, minlength=len(regions)) / state.scale
    wanted = params.funded * people_waiting / (params.plan_weeks / WEEKS_PER_MONTH)
    if params.funding == "following":
        regions.plans[:] += params.rate * (wanted - regions.plans)
    budget = regions.plans * state.scale + regions.plans_left
    number, one = np.arange(len(queue)), np.ones(len(queue), np.int8)
    served = oldest_first_by(where, number, waits, state.households.lottery[of], one, budget)
    regions.plans_left[:] = budget
    return queue[served]


def step(state: State, params: Params, draws: Draws) -> dict[str, np.ndarray]:
    """Assign routes, make plans, and mark persons who are to learn and whose time integration takes."""
    people, households, month = state.newcomers, state.households, state.clock.month
    rows = adults(state)
    new = without_route(rows, people.route, people.household, households.granted)
    if params.routes:
        u, age = draws.once("route", people.identity[new]), month - people.born[new].astype(np.int64)
        people.route[new] = route(u, people.schooling[new], age, params)
    else:
        people.route[new] = Route.OLD
        young = month - people.born[new].astype(np.int64) < params.school_age * MONTHS
        people.student[new] = young & (draws.once("school", people.identity[new]) < params.school_share)
    planned = make_plans(state, params, rows) if params.plan else rows[:0]
    people.planned[planned] = month

    since = offered_since(state, params.classes_from, params.protected_too)
    ready, done, undated = asked(rows, people, households, since, month, goals(params))
    passes = np.concatenate([examined(state, params, draws, ready), done])
    people.passed[passes] = month
    date_first_class(state, params, draws, undated, since)
    return {"planned": planned, "passed": passes}


def examined(state: State, params: Params, draws: Draws, rows: np.ndarray) -> np.ndarray:
    """Those of rows, who have reached the level, that have passed their exams by now; notes when they reached it."""
    people, month = state.newcomers, state.clock.month
    new = rows[people.reached[rows] == NEVER]
    people.reached[new] = month
    wait = params.exam_most - params.exam_least
    months = params.exam_least + wait * draws.once("exams", people.identity[rows])
    return rows[month - people.reached[rows].astype(np.int64) >= months]


def date_first_class(state: State, params: Params, draws: Draws, rows: np.ndarray, since: np.ndarray) -> None:
    """Set the month of the first class: some weeks after the plan, or after class was offered where no plan is made."""
    people = state.newcomers
    weeks = whole_months(params.start_weeks, draws.once("weeks", people.identity[rows]))
    begin = np.maximum(since[people.household[rows]], people.planned[rows])  # NEVER is before every month
    people.class_due[rows] = np.maximum(begin + np.where(people.trained[rows] > 0, 0, weeks), 0)
