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

import numpy as np

from abm.asylum.staffing import followed
from abm.engine.draws import Draws
from abm.engine.needs import Need
from abm.engine.params import ProcessParams, param
from abm.engine.queues import oldest_first, waiting
from abm.engine.table import NO_ROW
from abm.people.household_formation import MOST_PERSONS, Makeup, admit, geometric, relatives
from abm.state import State
from abm.tables.country import Kind
from abm.tables.people import Reunion, Stage

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


def months_for_papers(state: State, draws: Draws, rows: np.ndarray) -> np.ndarray:
    """Whole months until households (rows) have shown family ties, (n,): evenly from none to twice their mean."""
    households = state.households
    mean = state.origins.papers[households.origin[rows]]
    return np.floor(draws.once("papers", households.identity[rows]) * 2 * mean)


def apply(state: State, params: Params, draws: Draws) -> np.ndarray:
    """Let some of this month's new permit holders apply for relatives; returns their rows."""
    households, month = state.households, state.clock.month
    fresh = np.flatnonzero((households.granted == month) & (households.sponsor == NO_ROW))
    share = applying_share(state, params)[households.origin[fresh]]
    rows = fresh[draws.once("applies", households.identity[fresh]) < share]
    who = households.identity[rows]
    households.family_abroad[rows] = family_size(draws.once("relatives", who), params.followers)
    start = month + np.floor(draws.once("delay", who) * params.apply_within) + months_for_papers(state, draws, rows)
    households.reunion[rows] = Reunion.APPLIED
    households.reunion_since[rows] = start
    households.reunion_applied[rows] = start
    return rows


def family_size(u: np.ndarray, mean: float) -> np.ndarray:
    """Relatives in each application, (n,), from a uniform draw each: at least one, with the given mean."""
    return np.minimum(1 + geometric(u, mean - 1), MOST_PERSONS)


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
    registration = np.flatnonzero(state.locations.kind == Kind.REGISTRATION)[0]
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
