"""A permit must be entered in the population register (BRP) before a home, work and classes can start.

Source: the norm of 14 weeks from permit to home counts from there (coa_14w_rule).
"""

import numpy as np

from abm.engine.clock import whole_months
from abm.engine.draws import Draws
from abm.engine.params import ProcessParams, param
from abm.engine.queues import waiting
from abm.state import State
from abm.tables.people import Stage

WRITES = ("households.stage", "households.since")
EVENTS = {"registered": "households"}


class Params(ProcessParams):
    """Time that registration takes."""

    brp_weeks: float = param(
        6, "weeks", 0, 40, "assumption", "weeks from permit to the population register (a step takes a month at least)",
        lever=True,
    )  # fmt: skip


def step(state: State, params: Params, draws: Draws) -> dict[str, np.ndarray]:
    """Register the permit holders whose weeks have passed."""
    households, month = state.households, state.clock.month
    queue = waiting(households.stage, households.since, Stage.AWAITING_REGISTRATION, month)
    needed = whole_months(params.brp_weeks, draws.once("weeks", households.identity[queue]))
    rows = queue[month - households.since[queue] >= needed]
    households.enter(rows, Stage.AWAITING_COUPLING, month)
    return {"registered": rows}
