"""Family reunification (nareis): relatives abroad apply, wait for a decision, travel, and arrive.

Some households with a permit apply for relatives, within the term that the law sets: a share of the country, times how
much more or less often people of that origin do. Where official papers are missing, family ties are first shown by
tests, interviews and objections; an application counts from when they are. The immigration service decides oldest first
within a capacity [persons], which after 2025 follows the queue (abm/asylum/staffing.py). Families whose application is
granted travel and arrive at the registration centre with a permit. For some months in 2022-2023 families could only
travel to a sponsor with a home, or after a long wait.

Source: asy_family_followers (1.2 relatives per permit, 3.0 per sponsor who applies); by origin, columns sponsors and
papers of origins.csv; capacity, national_series.csv.
"""

from collections import namedtuple

import numpy as np

from abm.asylum.staffing import followed
from abm.engine.compiled import njit
from abm.engine.draws import Draws, drawn
from abm.engine.kernels import kernel
from abm.engine.needs import Need
from abm.engine.params import ProcessParams, param
from abm.engine.queues import oldest_first, waiting
from abm.engine.table import NO_ROW
from abm.people.household_formation import MOST_PERSONS, Makeup, admit, geometric_of, relatives
from abm.state import State
from abm.tables.country import Kind
from abm.tables.people import Reunion, Stage

_APPLIED = int(Reunion.APPLIED)  # compiled code wants ints
_APPLIES, _RELATIVES, _DELAY, _PAPERS = range(4)  # draws of an application
WRITES = ("households", "newcomers", "nation.reunion", "nation.reunion_staff")
EVENTS = {"family_applied": "households", "family_arrived": "households", "family_granted": "households"}


class Params(ProcessParams):
    """Applications for relatives, their terms, and the composition of the families."""

    applying_share: float = param(
        0.5, "share", 0, 1, "asy_family_followers: 1.2 come per permit / (3.0 per sponsor who applies x 0.8 granted)",
        "households with a permit that apply for relatives, at the mean of all origins; from 2021 so that 0.8 of "
        "those of 2023 do, by their stocks (ind_backlog_2023): 9,000 more pending and 13,900 decided, over 9,700",
        dated={"2021-01": 0.9},
    )  # fmt: skip
    followers: float = param(3.0, "persons", 1, 8, "asy_family_followers", "mean number of relatives in an application")
    apply_within: float = param(
        3, "months", 1, 12, "nareis_lag", "term to apply after the permit; applications are spread evenly over it",
        lever=True,
    )  # fmt: skip
    capacity_factor: float = param(
        1.0, "ratio", 0.25, 4, "reunion_capacity", "reunification decisions a month, over the series", lever=True
    )
    wait_wanted: float = param(
        12, "months", 1, 60, "assumption: twice the statutory term", "wait that capacity is planned for after 2025"
    )
    staff_lag: float = param(
        18, "months", 1, 60, "ind_capacity_2022|assumption: as decision.staff_lag",
        "time constant with which capacity follows its queue after 2025",
    )  # fmt: skip
    staff_growth: float = param(
        0.085, "share/year", 0, 1, "assumption: as decision.staff_growth",
        "most by which capacity grows in a year after 2025",
    )  # fmt: skip
    staff_most: float = param(
        2.0, "ratio", 0.25, 3, "assumption: as decision.staff_most",
        "most decisions after 2025 over those of the series",
    )  # fmt: skip
    travel: float = param(3, "months", 1, 24, "assumption", "mean time from decision to arrival")
    home_first: bool = param(
        False, "switch", None, None, "nareis_2022", "whether families may only travel to a sponsor with a home",
        lever=True, dated={"2022-10": True, "2023-02": False},
        # decisions take longer than that now: every family may travel as soon as it has one
        needs=(Need("policy.reunion.home_first_until", above=15, raised=True, since="2024-01"),),
    )  # fmt: skip
    home_first_until: int = param(
        15, "months", 1, 36, "nareis_2022", "time since the application after which they may travel without that",
        lever=True, needs=(Need("policy.reunion.home_first", one_of=(True,)),),
    )  # fmt: skip
    female_lead: float = param(
        0.9, "share", 0, 1, "asy_ages_2015: 31% women, 65% minors", "women among leads of families that follow"
    )
    partner_share: float = param(0.05, "share", 0, 1, "asy_ages_2015", "families with a second adult")
    adult_age: float = param(33, "years", 20, 50, "assumption", "mean age of adults who follow")


def applying_share(state: State, params: Params) -> np.ndarray:
    """Households with a permit that apply for relatives, (origins,) share."""
    return np.minimum(params.applying_share * state.origins.sponsors, 1.0)


@njit
def relatives_abroad(u, mean):
    """Relatives in an application, from a uniform draw: at least one, with the given mean."""
    return min(1 + geometric_of(u, mean - 1), MOST_PERSONS)


@kernel
def family_size(u, mean):
    """`relatives_abroad` for each uniform draw, (n,) int64."""
    found = np.empty(len(u), np.int64)
    for k in range(len(u)):
        found[k] = relatives_abroad(u[k], mean)
    return found


def months_for_papers(u, mean):
    """Whole months until a household has shown family ties, from a uniform draw: evenly from none to twice the mean."""
    return np.floor(u * 2 * mean)


_months = njit(months_for_papers)  # of one household, for compiled code
Sponsors = namedtuple("Sponsors", "identity origin sponsor granted family_abroad reunion reunion_since reunion_applied")
_WRITTEN = ("family_abroad", "reunion", "reunion_since", "reunion_applied")


@kernel(writes=tuple(f"households.{field}" for field in _WRITTEN))
def ask(households: Sponsors, share, papers, month, mean, within, address):
    """Let some of this month's new permit holders apply for relatives; returns their rows, (n,) int64.

    share of households that apply, papers: mean months until family ties are shown, (origins,) each; mean number of
    relatives; within: term [months] to apply; address: of the draws of who applies, relatives, delay and papers.
    """
    rows, count = np.empty(len(households.granted), np.int64), 0
    for h in range(len(rows)):
        if households.granted[h] != month or households.sponsor[h] != NO_ROW:
            continue
        who, origin = households.identity[h], households.origin[h]
        if drawn(who, address[_APPLIES]) >= share[origin]:
            continue
        delay = np.floor(drawn(who, address[_DELAY]) * within)
        start = month + delay + _months(drawn(who, address[_PAPERS]), papers[origin])
        households.family_abroad[h] = relatives_abroad(drawn(who, address[_RELATIVES]), mean)
        households.reunion[h] = _APPLIED
        households.reunion_since[h] = households.reunion_applied[h] = np.int16(start)
        rows[count] = h
        count += 1
    return rows[:count].copy()


def apply(state: State, params: Params, draws: Draws) -> np.ndarray:
    """Let some of this month's new permit holders apply for relatives; returns their rows."""
    share, month = applying_share(state, params), state.clock.month
    address = draws.addresses("applies", "relatives", "delay", "papers")
    within, papers = float(params.apply_within), state.origins.papers
    return ask(state.households, share, papers, month, params.followers, within, address)


def decide(state: State, params: Params, draws: Draws) -> np.ndarray:
    """Decide on applications, oldest first; returns the rows of sponsors whose application was granted."""
    households, nation, month = state.households, state.nation, state.clock.month
    queue = waiting(households.reunion, households.reunion_since, Reunion.APPLIED, month)
    base = state.inputs.series_at("reunion_capacity", month) * state.scale
    capacity = base * params.capacity_factor * nation.reunion_staff[0]
    nation.reunion_staff[0] = followed(
        nation.reunion_staff[0], month, float(households.family_abroad[queue].sum()), base,
        params.wait_wanted, params.staff_lag, params.staff_growth, params.staff_most,
    )  # fmt: skip
    rows, nation.reunion[0] = oldest_first(
        queue, households.reunion_applied, households.lottery, households.family_abroad, nation.reunion[0] + capacity
    )
    rate = state.inputs.series_at("reunion_grant_rate", month)
    granted = draws.once("granted", households.identity[rows]) < rate
    households.reunion[rows] = np.where(granted, Reunion.TRAVELLING, Reunion.REFUSED)
    households.reunion_since[rows] = month
    return rows[granted]


def arriving(state: State, params: Params, draws: Draws) -> np.ndarray:
    """Rows of sponsors whose family arrives this month."""
    households, month = state.households, state.clock.month
    rows = waiting(households.reunion, households.reunion_since, Reunion.TRAVELLING, month)
    if params.home_first:
        waited = month - households.reunion_applied[rows] >= params.home_first_until
        rows = rows[(households.stage[rows] == Stage.HOUSED) | waited]
    return rows[draws.uniform("travel", households.identity[rows]) < 1 / params.travel]


def step(state: State, params: Params, draws: Draws) -> dict[str, np.ndarray]:
    """Let families arrive, decide on applications, then take in new ones."""
    households, month = state.households, state.clock.month
    sponsors = arriving(state, params, draws)
    makeup = Makeup(params.female_lead, params.partner_share, 1 - params.female_lead, False, params.adult_age)
    size = households.family_abroad[sponsors].astype(np.int64)
    registration = state.locations.first(Kind.REGISTRATION)
    families = admit(
        state, draws, relatives(households.identity[sponsors]), size, makeup,
        origin=households.origin[sponsors], sponsor=sponsors, stage=Stage.AWAITING_REGISTRATION, since=month,
        applied=month, granted=month, location=registration,
    )  # fmt: skip
    households.reunion[sponsors] = Reunion.ARRIVED
    households.reunion_since[sponsors] = month
    households.family_abroad[sponsors] = 0
    granted = decide(state, params, draws)
    return {"family_arrived": families, "family_granted": granted, "family_applied": apply(state, params, draws)}
