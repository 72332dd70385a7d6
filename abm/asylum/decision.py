"""The immigration service (IND) decides on applications, oldest first within each track; courts hear appeals.

There are four capacities: decisions on the merits of first applications (a share is kept for the fast track; capacity
that one track does not use serves the other) and of repeat applications, closings without such a decision, and
appeals. In the regular track a part of the decisions is kept for promising applications, of origins that are mostly
granted: they are simple. What is left goes by age. An application is granted with the probability observed for its
origin, or for repeat applications, in that year; after 2025 it goes part of the way back to that of the years before
its low. Capacity after 2025 follows the queue (abm/asylum/staffing.py). Waiting time follows from the queue; the cost
of delay is in abm/finance/money.py.

Source: decisions and appeals by year, abm/facts/data/decisions.csv and national_series.csv (UNHCR, IND).
"""

import numpy as np

from abm.asylum.staffing import OBSERVED, followed
from abm.engine.draws import Draws
from abm.engine.params import ProcessParams, param
from abm.engine.queues import oldest_first, oldest_first_by, waiting
from abm.facts.facts import Inputs
from abm.state import State
from abm.tables.people import Stage, Track

WRITES = (
    "households.stage",
    "households.since",
    "households.decided",
    "households.granted",
    "nation.decision_fast",
    "nation.decision_regular",
    "nation.decision_repeated",
    "nation.decision_staff",
    "nation.closing",
    "nation.appeal",
)
_TRACKS = len(Track)
EVENTS = {
    "decided": "households",
    "closed": "households",
    "granted": "households",
    "refused": "households",
    "heard": "households",
}


class Params(ProcessParams):
    """Capacities relative to those observed, and the share that appeals."""

    capacity_factor: float = param(
        1.0, "ratio", 0.25, 4, "decision_capacity: observed decisions on the merits",
        "decisions on the merits a month, over the observed ones (after 2025: over the last)", lever=True,
    )  # fmt: skip
    closing_factor: float = param(
        1.0, "ratio", 0.25, 4, "closing_capacity: closings that stocks and flows imply",
        "closings a month, over the series", lever=True,
    )  # fmt: skip
    appeal_factor: float = param(
        1.0, "ratio", 0.25, 4, "appeal_cases: half of the court cases a year", "appeals heard a month, over the series",
        lever=True,
    )  # fmt: skip
    fast_share: float = param(
        0.21, "share", 0, 1, "grant_2017: 21% of first applicants in 2017 came from safe countries",
        "decisions that are kept for the fast track as long as it has a queue", lever=True,
    )  # fmt: skip
    promising_share: float = param(
        0.0, "share", 0, 1,
        "assumption: since April 2020 a task force takes simple cases apart; in 2023 those of Syrians and Yemenis",
        "regular decisions that are kept for promising applications as long as they have a queue", lever=True,
        dated={"2020-04": 0.5},
    )  # fmt: skip
    promising_rate: float = param(
        0.75,
        "share",
        0,
        1,
        "assumption",
        "grant rate of an origin in the year from which its applications are promising",
    )
    wait_wanted: float = param(
        12, "months", 1, 60, "assumption: twice the statutory term",
        "wait that the service plans its capacity for after 2025",
    )  # fmt: skip
    staff_lag: float = param(
        18, "months", 1, 60, "ind_capacity_2022|assumption: 9 months of training, and as many to hire",
        "time constant with which decision capacity follows its queue after 2025",
    )  # fmt: skip
    staff_growth: float = param(
        0.085, "share/year", 0, 1, "unhcr_decisions: 15,497 in 2021 and 19,816 in 2024, while a queue stood",
        "most by which decision capacity grows in a year after 2025",
    )  # fmt: skip
    staff_most: float = param(
        2.0, "ratio", 0.25, 3, "ind_staff_2023: staff doubled from 2015 to 2023",
        "most decisions after 2025 over those of the series",
    )  # fmt: skip
    grant_return: float = param(
        0.5, "share", 0, 1, "assumption: 0 stays at the low of 2025, when decisions on Syrians paused",
        "part of the way that grant rates go back to the usual ones",
    )  # fmt: skip
    usual_years: int = param(
        4, "years", 1, 10, "assumption: 2021 to 2024", "observed years before 2025 whose mean grant rates are usual"
    )
    grant_return_months: float = param(
        24, "months", 1, 120, "assumption", "months from January 2026 over which they do so"
    )
    appeal_share: float = param(
        0.7, "share", 0, 1, "assumption",
        "refused households that appeal",
    )  # fmt: skip


def capacity(state: State, name: str) -> float:
    """A capacity of the national series this month, at the scale of the run [persons]."""
    return state.inputs.series_at(name, state.clock.month) * state.scale


def grant_rates(state: State, params: Params) -> np.ndarray:
    """Probability that an application on its merits is granted this month, (origins,)."""
    inputs, month = state.inputs, state.clock.month
    found = inputs.of_year("grant_rate", month)
    if month < OBSERVED:
        return found
    part = params.grant_return * min((month - OBSERVED + 1) / params.grant_return_months, 1.0)
    return found + part * (inputs.kept(usual_rates, params.usual_years) - found)


def usual_rates(inputs: Inputs, years: int) -> np.ndarray:
    """Mean grant rates of the observed years before the last, (origins,)."""
    return inputs.grant_rate[-1 - years : -1].mean(axis=0)


def longest_waiting(state: State, rows: np.ndarray, budget: float) -> tuple[np.ndarray, float]:
    """The rows of a queue that a budget [persons] serves, oldest application first, and the budget that is left."""
    households = state.households
    return oldest_first(rows, households.applied, households.lottery, households.size, budget)


def on_merits(state: State, params: Params, queue: np.ndarray, rate: np.ndarray) -> np.ndarray:
    """Rows of the queue that are decided on their merits, each track within its own capacity; carries over the rest.

    rate: grant rate this month, (origins,).
    """
    households, nation = state.households, state.nation
    base = capacity(state, "decision_capacity")
    total = base * params.capacity_factor * nation.decision_staff[0]
    track = households.track[queue]
    persons = np.bincount(track, households.size[queue], _TRACKS)
    reserved = min(total * params.fast_share, persons[Track.FAST])
    unused = max(total - reserved - persons[Track.REGULAR], 0.0)
    left = np.empty(_TRACKS)
    left[Track.FAST] = nation.decision_fast[0] + reserved + unused
    left[Track.REGULAR] = nation.decision_regular[0] + total - reserved
    repeated = capacity(state, "repeat_capacity") * params.capacity_factor
    left[Track.REPEATED] = nation.decision_repeated[0] + repeated
    first, left[Track.REGULAR] = promising(state, params, queue[track == Track.REGULAR], rate, left[Track.REGULAR])
    if len(first):
        remains = np.ones(len(households), bool)
        remains[first] = False
        queue = queue[remains[queue]]
        track = households.track[queue]
    decided = oldest_first_by(track, queue, households.applied, households.lottery, households.size, left)
    nation.decision_fast[0], nation.decision_regular[0] = left[Track.FAST], left[Track.REGULAR]
    nation.decision_repeated[0] = left[Track.REPEATED]
    nation.decision_staff[0] = followed(
        nation.decision_staff[0], state.clock.month, persons[: Track.REPEATED].sum(), base,
        params.wait_wanted, params.staff_lag, params.staff_growth, params.staff_most,
    )  # fmt: skip
    return np.concatenate([first, decided])


def promising(
    state: State, params: Params, regular: np.ndarray, rate: np.ndarray, budget: float
) -> tuple[np.ndarray, float]:
    """Promising applications of the regular track that are decided first, and the budget [persons] that is left."""
    if not params.promising_share:
        return regular[:0], budget
    promise = (rate >= params.promising_rate)[state.households.origin[regular]]
    first, _ = longest_waiting(state, regular[promise], params.promising_share * budget)
    return first, budget - state.households.size[first].sum()


def step(state: State, params: Params, draws: Draws) -> dict[str, np.ndarray]:
    """Decide on and close applications, and hear appeals, of households that were in the queue before this month."""
    households, nation, month = state.households, state.nation, state.clock.month
    queue = waiting(households.stage, households.since, Stage.IN_DECISION, month)
    appeals = waiting(households.stage, households.since, Stage.IN_APPEAL, month)

    closing = households.closing[queue]
    of_origin = grant_rates(state, params)
    decided = on_merits(state, params, queue[~closing], of_origin)
    budget = nation.closing[0] + capacity(state, "closing_capacity") * params.closing_factor
    closed, nation.closing[0] = longest_waiting(state, queue[closing], budget)
    budget = nation.appeal[0] + capacity(state, "appeal_capacity") * params.appeal_factor
    heard, nation.appeal[0] = longest_waiting(state, appeals, budget)

    rate = of_origin[households.origin[decided]]
    rate = np.where(households.repeated[decided], state.inputs.series_at("repeat_grant_rate", month), rate)
    positive = draws.once("grant", households.identity[decided]) < rate
    refused = decided[~positive]
    appealing = draws.once("appeal", households.identity[refused]) < params.appeal_share
    success = state.inputs.series_at("appeal_success", month)
    won = draws.once("appeal won", households.identity[heard]) < success

    granted = np.concatenate([decided[positive], heard[won]])
    households.enter(granted, Stage.AWAITING_REGISTRATION, month)
    households.granted[granted] = month
    households.enter(refused[appealing], Stage.IN_APPEAL, month)
    gone = np.concatenate([refused[~appealing], heard[~won], closed])
    households.enter(gone, Stage.DEPARTING, month)
    households.decided[np.concatenate([decided, closed])] = month
    return {"decided": decided, "closed": closed, "granted": granted, "refused": refused, "heard": heard}
