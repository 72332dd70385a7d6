"""The registration centre: identity, medical screening, and a first estimate of how promising an application is.

Households are screened oldest first, within a capacity. Applicants from an origin that is almost never granted, and
those whose application will be closed without a decision on its merits (Dublin, withdrawn), go to the fast track;
repeat applications have a track of their own; all others go to the regular track.

Source: shares closed by origin, abm/facts/data/decisions.csv (UNHCR, IND), times the ratio of the closings that stocks
and flows imply, national_series.csv.
"""

import numpy as np

from abm.engine.draws import Draws
from abm.engine.params import ProcessParams, param
from abm.engine.queues import oldest_first, waiting
from abm.state import State
from abm.tables.people import Stage, Track

WRITES = (
    "households.stage",
    "households.since",
    "households.track",
    "households.closing",
    "households.medical",
    "households.tie",
    "nation.screening",
)
EVENTS = {"screened": "households"}


class Params(ProcessParams):
    """Capacity of screening, and the shares of what it finds."""

    capacity: float = param(
        8620, "persons/month", 500, 20000, "registered_2015_sep: most people registered in a month",
        "people that registration centres can register and screen", lever=True,
    )  # fmt: skip
    medical_share: float = param(
        0.05, "share", 0, 0.3, "assumption", "households whose medical need gives them precedence in placement"
    )
    tie_share: float = param(0.08, "share", 0, 0.5, "assumption", "households with relatives in one region")


def track(safe: np.ndarray, closing: np.ndarray, repeated: np.ndarray) -> np.ndarray:
    """Track of each application, (n,): fast if it will be closed or its origin is safe; repeats have their own."""
    return np.where(closing, Track.FAST, np.where(repeated, Track.REPEATED, np.where(safe, Track.FAST, Track.REGULAR)))


def step(state: State, params: Params, draws: Draws) -> dict[str, np.ndarray]:
    """Screen the households that arrived in earlier months, oldest first."""
    households, nation, month = state.households, state.nation, state.clock.month
    queue = waiting(households.stage, households.since, Stage.REGISTERING, month)
    budget = nation.screening[0] + params.capacity * state.scale
    rows, left = oldest_first(queue, households.since, households.lottery, households.size, budget)
    nation.screening[0] = left

    origin, who = households.origin[rows], households.identity[rows]
    ratio = state.inputs.series_at("closing_ratio", month)
    closed_share = state.inputs.of_year("closed_share", month)[origin] * ratio
    closing = draws.once("closing", who) < closed_share
    households.closing[rows] = closing
    households.track[rows] = track(state.origins.safe[origin], closing, households.repeated[rows])
    households.medical[rows] = draws.once("medical", who) < params.medical_share
    tied = rows[draws.once("tie", who) < params.tie_share]
    households.tie[tied] = region_by_population(state, draws.once("region", households.identity[tied]))
    households.enter(rows, Stage.IN_DECISION, month)
    return {"screened": rows}


def region_by_population(state: State, u: np.ndarray) -> np.ndarray:
    """Region of relatives for each uniform draw, (n,) int8, with probability in proportion to its inhabitants."""
    region = np.searchsorted(np.cumsum(state.regions.population_share), u, side="right")
    return np.minimum(region, len(state.regions) - 1).astype(np.int8)
