"""Who is refused for good, or whose application was closed, leaves reception.

Each month a share leaves: alone after the term of 28 days, families with children more slowly (they may stay until
they depart), transfers to other member states at their own pace. Part of those whose application will be closed
leaves before it is. Part of the departures is demonstrable, the rest
has an unknown destination.

Source: asyl_2014_2016_first (46.5% demonstrably departed); paces are assumptions.
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
    """How fast and where to people leave."""

    alone_pace: float = param(0.5, "share/month", 0.02, 1, "assumption", "people alone who leave each month")
    family_pace: float = param(0.1, "share/month", 0.01, 1, "assumption", "families who leave each month")
    vanishing_pace: float = param(
        0.1, "share/month", 0, 1, "assumption: dep_mob_coa, about 3,800 a year left while entitled to reception",
        "of those whose application will be closed, who leave each month before it is",
    )  # fmt: skip
    closed_pace: float = param(0.5, "share/month", 0.02, 1, "assumption", "closed applicants who leave each month")
    returned_share: float = param(
        0.465, "share", 0, 1, "asyl_2014_2016_first", "of those who leave, the part that demonstrably departed"
    )


def pace(size: np.ndarray, closing: np.ndarray, params: Params) -> np.ndarray:
    """Chance to leave this month, (n,)."""
    return np.where(closing, params.closed_pace, np.where(size > 1, params.family_pace, params.alone_pace))


def step(state: State, params: Params, draws: Draws) -> dict[str, np.ndarray]:
    """Let part of those who must go leave."""
    households, month = state.households, state.clock.month
    due = waiting(households.stage, households.since, Stage.DEPARTING, month)
    chance = pace(households.size[due], households.closing[due], params)
    rows = due[draws.uniform("leaves", households.identity[due]) < chance]
    returned = draws.once("returned", households.identity[rows]) < params.returned_share
    households.enter(rows[returned], Stage.RETURNED, month)
    households.enter(rows[~returned], Stage.UNKNOWN, month)
    queue = waiting(households.stage, households.since, Stage.IN_DECISION, month)
    queue = queue[households.closing[queue]]
    vanished = queue[draws.uniform("vanishes", households.identity[queue]) < params.vanishing_pace]
    households.enter(vanished, Stage.UNKNOWN, month)
    households.location[rows] = households.location[vanished] = NO_ROW
    return {"returned": rows[returned], "left_unknown": np.concatenate([rows[~returned], vanished])}
