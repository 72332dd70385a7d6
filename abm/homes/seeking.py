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

from collections import namedtuple
from typing import NamedTuple

import numpy as np

from abm.engine.clock import EARLIEST, ENDLESS, MONTHS
from abm.engine.compiled import njit
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
_STUDENT, _YOUNG, _REGULAR, _URGENT = (int(Group[name]) for name in ("STUDENT", "YOUNG", "REGULAR", "URGENT"))
_LOW_INCOME, _MIDDLE_INCOME, _SEARCHING = int(Income.LOW), int(Income.MIDDLE), int(Search.SEARCHING)
Columns = namedtuple(
    "Columns",
    "identity lottery size income group municipality began registered urgent stops search ended rule",
)
Searches = namedtuple("Searches", "identity lottery town began registered pressing urgent size income stops")


class Rules(NamedTuple):
    """Of Params below."""

    stopping: float
    becoming_urgent: float
    middle_share: float
    middle_ratio: float
    small_share: float
    large_share: float
    alone_share: float
    young_share: float
    student_share: float


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
    return begin(state, params, draws, town, identity, began, began - lead.astype(np.int64), np.zeros(len(town)))


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
    return _identities(count, (month + 1) << _MONTH)


@kernel
def _identities(count, of_month):
    town, identity, n = np.empty(count.sum(), np.int64), np.empty(count.sum(), np.uint64), 0
    for where in range(len(count)):
        for rank in range(count[where]):
            town[n], identity[n] = where, where << _MUNICIPALITY | of_month | rank
            n += 1
    return town, identity


def begin(
    state: State,
    params: Params,
    draws: Draws,
    town: np.ndarray,
    identity: np.ndarray,
    began: np.ndarray,
    registered: np.ndarray,
    pressing: np.ndarray,
) -> np.ndarray:
    """Write new searches into rows of ended ones, then into added rows; returns the rows.

    town, identity, began [month], registered [month], pressing (probability to be urgent at once): (n,) each.
    """
    seekers, month = state.seekers, state.clock.month
    rows = ended_before(seekers.ended, month, len(town))
    if len(rows) < len(town):
        rows = np.append(rows, seekers.add(len(town) - len(rows)))
    drawn = (draws.once(label, identity) for label in ("urgent", "size", "income", "stops"))
    searches = (identity, draws.order("lottery", identity), town, began, registered, pressing, *drawn)
    write_down(rows, seekers, searches, month, params)
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


@kernel(writes=tuple(f"seekers.{name}" for name in Columns._fields), error_model="numpy")
def write_down(rows, seekers: Columns, searches: Searches, month, rules: Rules):
    """Write searches (n,) that begin into rows of seekers, (n,), with all that their draws decide."""
    for k in range(len(rows)):
        i, pressing, u = rows[k], searches.pressing[k], searches.urgent[k]
        size, group = makeup(searches.size[k], rules)
        income = _MIDDLE_INCOME if searches.income[k] < rules.middle_share else _LOW_INCOME
        becomes = months_until((u - pressing) / (1 - pressing), rules.becoming_urgent)
        stops = months_until(searches.stops[k], stopping_of(income, rules))
        seekers.identity[i], seekers.lottery[i] = searches.identity[k], searches.lottery[k]
        seekers.size[i], seekers.income[i], seekers.group[i] = size, income, _URGENT if u < pressing else group
        seekers.municipality[i], seekers.began[i] = searches.town[k], searches.began[k]
        seekers.registered[i] = max(searches.registered[k], EARLIEST)
        seekers.urgent[i] = month if u < pressing else min(month + becomes, ENDLESS)
        seekers.stops[i] = min(month + stops, ENDLESS)
        seekers.search[i], seekers.ended[i], seekers.rule[i] = _SEARCHING, ENDLESS, UNSET


@njit
def makeup(u, rules):
    """Persons and Group of a seeker who is not urgent, from a uniform draw."""
    alone, large = rules.small_share * rules.alone_share, 1 - rules.large_share
    students, young = alone * rules.student_share, alone * (rules.student_share + rules.young_share)
    size = 1 if u < alone else 2 if u < rules.small_share else MIDDLE if u < max(large, rules.small_share) else LARGE
    return size, _STUDENT if u < students else _YOUNG if u < young else _REGULAR


@njit
def stopping_of(income, rules):
    """Yearly hazard to stop: that of middle incomes is larger, and the mean is `stopping`."""
    mean = 1 + rules.middle_share * (rules.middle_ratio - 1)
    return rules.stopping / mean * (rules.middle_ratio if income == _MIDDLE_INCOME else 1.0)


@njit(error_model="numpy")
def months_until(u, yearly):
    """Months until an event with a constant yearly hazard, from 1 to LONGEST, from a uniform draw."""
    if yearly <= 0:  # never, also for the u below 0 of who is urgent already
        return LONGEST
    return int(min(max(1 - np.log1p(-u) * MONTHS / yearly, 1.0), float(LONGEST)))


def step(state: State, params: Params, draws: Draws) -> dict[str, np.ndarray]:
    """Add the seekers who begin this month, then end the searches of those who stop."""
    of, seekers, month = state.municipalities, state.seekers, state.clock.month
    of.seekers_due[:] += of.beginning * state.nation.household_ratio[0] * state.scale
    count = np.floor(of.seekers_due).astype(np.int64)
    of.seekers_due[:] -= count
    town, identity = identities(count, month)
    lead = -np.log1p(-draws.once("lead", identity)) * of.lead[town]
    registered = month - lead.astype(np.int64)
    rows = begin(state, params, draws, town, identity, np.full(len(town), month), registered, of.pressing[town])
    stopping = waiting(seekers.search, seekers.stops, Search.SEARCHING, month + 1)
    seekers.search[stopping] = Search.STOPPED
    seekers.ended[stopping] = month
    return {"seeking": rows, "stopped": stopping}
