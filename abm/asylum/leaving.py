"""Households that are refused for good, or whose application was closed, leave reception.

Each month a share of them leaves: people alone after the term of 28 days, families with children more slowly (they may
stay until they depart), transfers to other member states at a rate of their own. Some households whose application
will be closed leave before it is. A share of the departures is demonstrable; the others have an unknown destination.

Source: asyl_2014_2016_first (46.5% demonstrably departed); the rates are assumptions.
"""

import numpy as np

from abm.engine.draws import Draws
from abm.engine.params import ProcessParams, param
from abm.engine.queues import waiting
from abm.engine.table import NO_ROW
from abm.state import State
from abm.tables.people import Stage

WRITES = ("households.stage", "households.since", "households.location")
EVENTS = {"returned": "households", "left_unknown": "households"}


class Params(ProcessParams):
    """Monthly rates of departure, and the share of it that is demonstrable."""

    alone_rate: float = param(0.5, "share/month", 0.02, 1, "assumption", "refused people alone who leave each month")
    family_rate: float = param(0.1, "share/month", 0.01, 1, "assumption", "refused families that leave each month")
    vanishing_rate: float = param(
        0.063, "share/month", 0, 1,
        "dep_mob_coa|ind_stock_2023_tracks: about 3,800 a year left while entitled to it, of 5,000 who wait",
        "households whose application will be closed that leave each month before it is",
    )  # fmt: skip
    closed_rate: float = param(0.5, "share/month", 0.02, 1, "assumption", "closed applicants who leave each month")
    returned_share: float = param(
        0.465, "share", 0, 1, "asyl_2014_2016_first", "departures after a refusal or closing that are demonstrable"
    )


def probability(size: np.ndarray, closing: np.ndarray, params: Params) -> np.ndarray:
    """Probability that a household leaves this month, (n,); size [persons], closing (closed, not refused): (n,)."""
    return np.where(closing, params.closed_rate, np.where(size > 1, params.family_rate, params.alone_rate))


def step(state: State, params: Params, draws: Draws) -> dict[str, np.ndarray]:
    """Let a share of the households that must go leave, and a share of those that will be closed leave early."""
    households, month = state.households, state.clock.month
    due = waiting(households.stage, households.since, Stage.DEPARTING, month)
    leaves = probability(households.size[due], households.closing[due], params)
    rows = due[draws.uniform("leaves", households.identity[due]) < leaves]
    returned = draws.once("returned", households.identity[rows]) < params.returned_share
    households.enter(rows[returned], Stage.RETURNED, month)
    households.enter(rows[~returned], Stage.UNKNOWN, month)
    queue = waiting(households.stage, households.since, Stage.IN_DECISION, month)
    queue = queue[households.closing[queue]]
    vanished = queue[draws.uniform("vanishes", households.identity[queue]) < params.vanishing_rate]
    households.enter(vanished, Stage.UNKNOWN, month)
    households.location[rows] = households.location[vanished] = NO_ROW
    return {"returned": rows[returned], "left_unknown": np.concatenate([rows[~returned], vanished])}
