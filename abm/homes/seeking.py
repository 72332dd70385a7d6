"""People who are not newcomers look for a corporation home: they begin to search, some become urgent, and some stop.

Each month, in each municipality, seekers begin in proportion to the vacancies there. They have been registered already
for a lead time, exponential with a mean of the municipality. Inflow and lead are those of a waiting list in steady
state (queue_steady_state.py): the homes let to others than status holders, the registration at letting observed about
2020, the part of it that is search, and the hazard to stop imply how many begin, and how many wait in January 2015.
From then on the inflow grows as the households of the rest of the country do (country.py): the same part of them begins
each month. So the effect of homes and households on registration times and waiting lists is an outcome.

    hazard to stop = stopping x (ratio for middle incomes, who find something else sooner), the mean being stopping

Urgent seekers are urgent from the first month; others become so at a small hazard. All random numbers of a search are
drawn when it begins, so that no letting to one seeker changes when another stops.

Source: registration_times.csv; E079; stopping gives the active seekers per letting of wait_ams_region_2024 and
wait_ut_region (13 and 8); urgency, wait_hr.
"""

import numpy as np

from abm.engine.clock import EARLIEST, ENDLESS, MONTHS
from abm.engine.draws import Draws
from abm.engine.kernels import kernel
from abm.engine.params import ProcessParams, param
from abm.engine.queues import waiting
from abm.engine.table import UNSET
from abm.engine.together import Whole
from abm.homes.dwellings import vacancies_per_month
from abm.homes.queue_steady_state import SteadyState, lead_below, steady_state, time_searched
from abm.people.household_formation import BEFORE_START
from abm.state import State
from abm.tables.homes import Group, Income, Search

WRITES = ("seekers", "municipalities.seekers_due")
EVENTS = {"seeking": "seekers", "stopped": "seekers"}
_MUNICIPALITY, _MONTH = 32, 20  # bits of an identity: municipality, month (0: before 2015), rank
LONGEST = ENDLESS - 1  # months that a column holds
MIDDLE, LARGE = 3, 5  # persons of households that need a home of these sizes


class Params(ProcessParams):
    """Home seekers: how many begin, of which kind, and how long they search."""

    TOGETHER = (
        Whole("homes let in the steady state", ("urgent_homes", "usual_lottery"), "homes let by registration"),
        Whole("seekers by the home they need", ("small_share", "large_share"), "seekers who need a middle one"),
        Whole("seekers who live alone", ("student_share", "young_share"), "other seekers who live alone"),
    )

    search_part: float = param(
        0.5, "share", 0.1, 0.9, "E079|wait_ut_city: 6.4 of 11.3 years, Groningen 2.5 of 5", "part of registration at "
        "letting that is spent searching",
    )  # fmt: skip
    stopping: float = param(
        0.13, "share/year", 0.02, 0.4, "wait_ams_region_2024|wait_ut_region: 13 and 8 active seekers per letting",
        "seekers who stop in a year: they find something else, move away or give up",
    )  # fmt: skip
    middle_ratio: float = param(1.5, "ratio", 1, 4, "assumption", "stopping of middle incomes, over that of low ones")
    middle_share: float = param(0.25, "share", 0, 0.6, "assumption", "seekers with a middle income")
    urgent_homes: float = param(
        0.18, "share", 0, 0.5, "wait_hr: 28% for groups with priority, status holders among them",
        "homes that urgent seekers need, over vacancies not let to status holders",
    )  # fmt: skip
    becoming_urgent: float = param(0.01, "share/year", 0, 0.2, "assumption", "seekers who become urgent in a year")
    usual_lottery: float = param(
        0.1, "share", 0, 0.3, "E079: within 5 to 30%", "homes let by lottery in the steady state"
    )
    usual_status: float = param(
        0.05,
        "share",
        0,
        0.2,
        "corp_share_status: 4 to 6% in 2018 to 2020",
        "homes let to status holders in the steady state",
    )
    small_share: float = param(0.45, "share", 0, 1, "assumption: as vacancies", "seekers who need a small home")
    large_share: float = param(0.15, "share", 0, 1, "assumption: as vacancies", "seekers who need a large home")
    alone_share: float = param(
        0.75, "share", 0, 1, "assumption", "seekers living alone, of those who need a small home"
    )
    young_share: float = param(0.35, "share", 0, 1, "assumption", "seekers under 28, of those who live alone")
    student_share: float = param(0.1, "share", 0, 1, "assumption", "students, of seekers who live alone")


def initialise(state: State, params: Params, draws: Draws) -> np.ndarray:
    """Set the inflow of seekers of each municipality, and add those who search in January 2015; returns their rows."""
    of, inputs = state.municipalities, state.inputs
    homes = vacancies_per_month(state)
    status = np.minimum(params.usual_status * homes.sum() * of.population_share, homes)
    lists = lists_of(inputs.registration_years * MONTHS, params)
    others, urgent = homes - status, urgent_beginning(lists, params)
    of.lead[:] = lists.lead
    of.beginning[:] = others * (lists.beginning + urgent)
    of.pressing[:] = urgent / (lists.beginning + urgent)
    there = others * lists.waiting * state.scale
    number = np.arange(len(of))
    count = np.floor(there + draws.once("rounding", number)).astype(np.int64)
    town, identity = identities(count, BEFORE_START)
    u = draws.once("searched", identity)
    ends = np.cumsum(count)
    spent = np.concatenate(
        [
            time_searched(u[end - n : end], *each)
            for end, n, each in zip(ends, count, zip(lists.reach, lists.lead, lists.hazard, strict=True), strict=True)
        ]
    )
    lead = lead_below(draws.once("lead so far", identity), lists.reach[town] - spent, lists.lead[town])
    began = -1 - np.floor(spent).astype(np.int64)
    return begin(state, params, draws, town, identity, began, began - lead.astype(np.int64), 0.0)


def lists_of(months: np.ndarray, params: Params) -> SteadyState:
    """Steady state of the waiting lists with these months of registration at letting, (municipalities,)."""
    stopping = (params.stopping + params.becoming_urgent) / MONTHS
    return steady_state(months, params.search_part, stopping, params.urgent_homes, params.usual_lottery)


def urgent_beginning(lists: SteadyState, params: Params) -> np.ndarray:
    """Seekers urgent from the start, per home, (municipalities,): urgent homes less seekers who become urgent later."""
    return np.maximum(params.urgent_homes - lists.waiting * params.becoming_urgent / MONTHS, 0)


def identities(count: np.ndarray, month: int) -> tuple[np.ndarray, np.ndarray]:
    """Municipality and identity (uint64) of the seekers who begin, both (n,); count (municipalities,) whole.

    month: in which they begin, or BEFORE_START.
    """
    town = np.repeat(np.arange(len(count)), count)
    rank = np.arange(len(town)) - np.repeat(np.cumsum(count) - count, count)
    packed = town.astype(np.uint64) << np.uint64(_MUNICIPALITY) | rank.astype(np.uint64)
    return town, packed | np.uint64((month + 1) << _MONTH)


def begin(
    state: State,
    params: Params,
    draws: Draws,
    town: np.ndarray,
    identity: np.ndarray,
    began: np.ndarray | int,
    registered: np.ndarray,
    pressing: np.ndarray | float,
) -> np.ndarray:
    """Write new searches into rows of ended ones, then into added rows; returns the rows.

    town, identity, began [month], registered [month], pressing (probability to be urgent at once): (n,) each,
    or one for all.
    """
    seekers, month = state.seekers, state.clock.month
    u = draws.once("urgent", identity)
    urgent = u < pressing
    becomes = months_until((u - pressing) / (1 - pressing), np.full(len(town), params.becoming_urgent))
    size, group = makeup(draws.once("size", identity), params)
    income = np.where(draws.once("income", identity) < params.middle_share, Income.MIDDLE, Income.LOW)
    stops = month + months_until(draws.once("stops", identity), stopping_of(income, params))
    free = ended_before(seekers.ended, month, len(town))
    rows = np.append(free, seekers.add(len(town) - len(free)))
    columns = {
        "identity": identity, "lottery": draws.order("lottery", identity), "size": size, "income": income,
        "group": np.where(urgent, Group.URGENT, group), "municipality": town, "began": began,
        "registered": np.maximum(registered, EARLIEST), "stops": np.minimum(stops, ENDLESS),
        "urgent": np.where(urgent, month, np.minimum(month + becomes, ENDLESS)),
        "search": Search.SEARCHING, "ended": ENDLESS, "rule": UNSET,
    }  # fmt: skip
    for name, values in columns.items():
        getattr(seekers, name)[rows] = values
    return rows


@kernel
def ended_before(ended, month, most):
    """The first rows, at most `most`, of searches that ended before this month; ended: whole column (n,)."""
    rows, count = np.empty(most, np.int64), 0
    for i in range(len(ended)):
        if count == most:
            break
        if ended[i] < month:
            rows[count] = i
            count += 1
    return rows[:count]


def makeup(u: np.ndarray, params: Params) -> tuple[np.ndarray, np.ndarray]:
    """Persons and Group of seekers who are not urgent, (n,) each, from one uniform draw u (n,)."""
    alone = params.small_share * params.alone_share
    students, young = alone * params.student_share, alone * (params.student_share + params.young_share)
    large = 1 - params.large_share
    bounds = np.array([alone, params.small_share, max(large, params.small_share)])
    size = np.array([1, 2, MIDDLE, LARGE])[np.searchsorted(bounds, u, side="right")]
    group = np.where(u < students, Group.STUDENT, np.where(u < young, Group.YOUNG, Group.REGULAR))
    return size, group


def stopping_of(income: np.ndarray, params: Params) -> np.ndarray:
    """Yearly hazard to stop, (n,): that of middle incomes is larger, and the mean is `stopping`."""
    mean = 1 + params.middle_share * (params.middle_ratio - 1)
    return params.stopping / mean * np.where(income == Income.MIDDLE, params.middle_ratio, 1.0)


def months_until(u: np.ndarray, yearly: np.ndarray) -> np.ndarray:
    """Months until an event with a constant yearly hazard, (n,) int64 from 1 to LONGEST; u (n,): uniform draws."""
    with np.errstate(divide="ignore", invalid="ignore"):
        months = 1 - np.log1p(-u) * MONTHS / yearly
    # what has no hazard never comes, also for the u below 0 of who is urgent already
    return np.where(yearly > 0, np.clip(months, 1, LONGEST), LONGEST).astype(np.int64)


def step(state: State, params: Params, draws: Draws) -> dict[str, np.ndarray]:
    """Add the seekers who begin this month, then end the searches of those who stop."""
    of, seekers, month = state.municipalities, state.seekers, state.clock.month
    of.seekers_due[:] += of.beginning * state.nation.household_ratio[0] * state.scale
    count = np.floor(of.seekers_due).astype(np.int64)
    of.seekers_due[:] -= count
    town, identity = identities(count, month)
    lead = -np.log1p(-draws.once("lead", identity)) * of.lead[town]
    registered = month - lead.astype(np.int64)
    rows = begin(state, params, draws, town, identity, month, registered, of.pressing[town])
    stopping = waiting(seekers.search, seekers.stops, Search.SEARCHING, month + 1)
    seekers.search[stopping] = Search.STOPPED
    seekers.ended[stopping] = month
    return {"seeking": rows, "stopped": stopping}
