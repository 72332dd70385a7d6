"""Language classes for adults who must or may learn, within the capacity of teachers.

Capacity is set per region: people already in class continue, then those who have waited longest enter. It follows
demand at a rate, or stays fixed. A move within reception interrupts class for some weeks.

    hours = hours a week x share attended x (1 - share lost to work, if employed)

Part of the status holders in reception follow the voluntary lessons of the reception agency (voorinburgering) in the
first months after the permit. These have teachers of their own. Like any class that is no duty, they take their hours,
and no more, from the search for work.

Source: E011, E012; hours inb_hours, wi2021_routes; lessons in reception coa_preparation.
"""

from typing import Literal

import numpy as np

from abm.engine.clock import NEVER, WEEKS_PER_MONTH, whole_months
from abm.engine.draws import Draws
from abm.engine.kernels import kernel
from abm.engine.needs import Need
from abm.engine.params import ProcessParams, param
from abm.engine.queues import oldest_first_by
from abm.engine.table import NO_ROW
from abm.people.working_age import adults, regions_of
from abm.state import State
from abm.tables.people import Route

_AHEAD = np.int16(-1)  # earlier than any month in which a class is due: people in class go first
WRITES = (
    "newcomers.class_hours",
    "newcomers.classes_since",
    "newcomers.dual",
    "newcomers.class_location",
    "newcomers.class_again",
    "regions.class_places",
)
EVENTS = {"class_wanted": "newcomers", "in_class": "newcomers", "class_begun": "newcomers", "prepared": "newcomers"}


class Params(ProcessParams):
    """Hours of class, and for how many people."""

    hours_a_week: float = param(
        14, "hours/week", 0, 40, "assumption: inb_hours, 20 with all other parts", "hours of class that are offered",
        lever=True,
    )  # fmt: skip
    hours_self_reliance: float = param(
        10, "hours/week", 0, 40, "wi2021_routes: 800 of 1,600 hours; inb_hours, 20 a week",
        "hours of class on the self-reliance route, of which the other half is an activity", lever=True,
        needs=(Need("policy.integration.routes", one_of=(True,), lasts=True),),
    )  # fmt: skip
    attended: float = param(0.63, "share", 0.4, 0.9, "assumption: prior of att, no source", "hours of class attended")
    duty: bool = param(
        False, "switch", None, None, "assumption", "whether attending is a duty with consequences", lever=True
    )
    attended_by_duty: float = param(0.8, "share", 0.4, 1, "assumption", "hours of class attended where it is a duty")
    lost_to_work: float = param(0.36, "share", 0.2, 0.6, "E012|E013", "hours of class lost to a job")
    lost_on_dual_track: float = param(
        0.15, "share", 0, 0.3, "E012|E013", "hours of class lost to a job on a dual track"
    )
    dual_share: float = param(
        0, "share", 0, 1, "assumption: few municipalities offer them", "people in class on a dual track", lever=True
    )
    move_stops: float = param(1.75, "months", 0.5, 3, "E020: prior of r_loss", "months without class after a move")
    funding: Literal["following", "fixed"] = param(
        "following", "choice", None, None, "assumption", "whether funding of teachers follows numbers", lever=True
    )
    teachers_rate: float = param(
        0.1, "share/month", 0.01, 1, "assumption", "part of the gap between capacity and demand closed each month"
    )
    preparation_share: float = param(
        0.72, "share", 0, 1, "coa_preparation: 2019", "status holders in reception who follow lessons there", lever=True
    )
    preparation_hours: float = param(
        121, "hours", 0, 500, "coa_preparation", "hours of lessons in reception per person", lever=True
    )
    preparation_months: int = param(
        3, "months", 1, 12, "assumption", "months after the permit over which lessons in reception are given"
    )


def hours(employed: np.ndarray, dual: np.ndarray, route: np.ndarray, params: Params) -> np.ndarray:
    """Hours of class a month attended by each person in class, (n,)."""
    a_week = np.where(route == Route.SELF_RELIANCE, params.hours_self_reliance, params.hours_a_week)
    full = a_week * WEEKS_PER_MONTH * (params.attended_by_duty if params.duty else params.attended)
    lost = np.where(dual, params.lost_on_dual_track, params.lost_to_work)
    return full * np.where(employed, 1 - lost, 1.0)


@kernel
def wanting(rows, learner, class_due, month):
    """Those of rows who want a class this month, (n,): to learn, and due."""
    found, count = np.empty(len(rows) + 1, np.int64), 0
    for k in range(len(rows)):
        i = rows[k]
        found[count] = i
        count += learner[i] & (class_due[i] != NEVER) & (class_due[i] <= month)
    return found[:count].copy()


@kernel
def preparing(rows, class_hours, exempt, household, granted, location, month, months):
    """Those of rows who live in reception within `months` after the permit and are not in class, (n,)."""
    idle, many = np.empty(len(rows) + 1, np.int64), 0
    for k in range(len(rows)):  # without branches, as in abm/engine/kernels.py
        i = np.uint64(rows[k])
        idle[many] = rows[k]
        many += (location[np.uint64(household[i])] >= 0) & (not exempt[i])
    found, count = np.empty(many + 1, np.int64), 0
    for i in idle[:many]:  # most live in a home
        of = household[i]
        since = month - granted[of]
        found[count] = i
        count += (granted[of] != NEVER) & (since > 0) & (since <= months) & (class_hours[i] == 0)
    return found[:count].copy()


def interrupted(state: State, params: Params, draws: Draws, rows: np.ndarray) -> np.ndarray:
    """Whether a move within reception keeps each person from class this month, (n,) bool; records where they live."""
    people, month = state.newcomers, state.clock.month
    here = state.households.location[people.household[rows]]
    away = (people.class_location[rows] != NO_ROW) & (here != NO_ROW) & (people.class_location[rows] != here)
    stop = whole_months(params.move_stops * WEEKS_PER_MONTH, draws.uniform("stops", people.identity[rows[away]]))
    people.class_again[rows[away]] = month + stop
    people.class_location[rows[away]] = here[away]
    return people.class_again[rows] > month


def served(state: State, params: Params, rows: np.ndarray) -> np.ndarray:
    """Rows of the persons who want a class and get a place; adjusts each region's capacity to demand."""
    people, regions = state.newcomers, state.regions
    where = regions_of(state, rows)
    demand = np.bincount(where, minlength=len(regions)) / state.scale
    unset = regions.class_places < 0
    regions.class_places[unset] = demand[unset]
    if params.funding == "following":
        regions.class_places[:] += params.teachers_rate * np.maximum(
            demand - regions.class_places, -regions.class_places
        )
    in_class = people.classes_since[rows] != NEVER
    since = np.where(in_class, _AHEAD, people.class_due[rows])
    lottery = state.households.lottery[people.household[rows]]
    number, one, left = np.arange(len(rows)), np.ones(len(rows), np.int8), regions.class_places * state.scale
    placed = np.zeros(len(rows), bool)
    placed[oldest_first_by(where, number, since, lottery, one, left)] = True
    return rows[placed]


def prepare(state: State, params: Params, draws: Draws, rows: np.ndarray) -> np.ndarray:
    """Give the lessons of the reception agency; returns the rows of the persons who follow them."""
    people, households = state.newcomers, state.households
    early = preparing(
        rows, people.class_hours, people.exempt, people.household, households.granted, households.location,
        state.clock.month, params.preparation_months,
    )  # fmt: skip
    follows = early[draws.once("prepares", people.identity[early]) < params.preparation_share]
    people.class_hours[follows] = params.preparation_hours / params.preparation_months
    return follows


def step(state: State, params: Params, draws: Draws) -> dict[str, np.ndarray]:
    """Give classes to adults who want one, and lessons to status holders in reception."""
    people, month = state.newcomers, state.clock.month
    rows = adults(state)
    wants = wanting(rows, people.learner, people.class_due, month)
    can = wants[~interrupted(state, params, draws, wants)]
    in_class = served(state, params, can)
    people.dual[:] = False  # nobody stays on a dual track after class
    if 0 < params.dual_share < 1:
        people.dual[wants] = draws.once("dual", people.identity[wants]) < params.dual_share
    else:
        people.dual[wants] = params.dual_share == 1
    people.class_hours[:] = 0
    people.class_hours[in_class] = hours(
        people.employed[in_class], people.dual[in_class], people.route[in_class], params
    )
    people.class_location[in_class] = state.households.location[people.household[in_class]]
    new = in_class[people.classes_since[in_class] == NEVER]
    people.classes_since[new] = month
    return {
        "class_wanted": wants,
        "in_class": in_class,
        "class_begun": new,
        "prepared": prepare(state, params, draws, rows),
    }
