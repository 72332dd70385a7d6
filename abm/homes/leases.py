"""Fixed-term tenancies with private landlords end, and tenants who have to leave need another home at once.

Part of these tenancies is for two years. Their tenants are then urgent home seekers (lettings), and stay, or find a
temporary place, until a home of a corporation is let to them or they move to another municipality. Since January 2016
municipalities can house people from reception temporarily, until there is a lasting home; other fixed-term tenancies
were possible from July 2016 to June 2024.

    becomes urgent = has rented from others than corporations for exactly the term, with probability `ending`

Source: gva_2016 (from reception), lease_2016 (two years at most), lease_sample (47% of homes advertised in 2020),
lease_2024 (for whom since then).
"""

import numpy as np

from abm.engine.draws import Draws
from abm.engine.params import ProcessParams, param
from abm.engine.table import NO_ROW, written
from abm.homes import moves
from abm.state import State
from abm.tables.homes import Tenure
from abm.tables.people import Stage

WRITES = written(
    moves.BECOMES_URGENT,
)
EVENTS = {"lease_ended": "households"}


class Params(ProcessParams):
    """Which private tenancies end, and when."""

    ending: float = param(
        0.0, "share", 0, 1, "lease_sample: 47% in October 2020, taken for all years; gva_2016: begun from January 2016",
        "private tenancies that end after the term", lever=True, dated={"2018-01": 0.47},
    )  # fmt: skip
    term: int = param(24, "months", 6, 60, "lease_2016", "term of these tenancies", lever=True)
    from_reception_only: bool = param(
        True, "switch", None, None, "lease_2016|lease_2024: others begun from July 2016 to June 2024",
        "only tenancies of homes found for households from reception end", lever=True,
        dated={"2018-07": False, "2026-07": True},
    )  # fmt: skip


def step(state: State, params: Params, draws: Draws) -> dict[str, np.ndarray]:
    """Mark households whose tenancy ends as urgent home seekers."""
    households, month = state.households, state.clock.month
    private = (households.tenure == Tenure.PRIVATE) & (households.moved_in == month - params.term)
    if params.from_reception_only:
        private &= households.housed == households.moved_in
    rows = np.flatnonzero(private & (households.stage == Stage.HOUSED) & (households.sponsor == NO_ROW))
    rows = rows[draws.uniform("ends", households.identity[rows]) < params.ending]
    moves.becomes_urgent(state, rows)
    return {"lease_ended": rows}
