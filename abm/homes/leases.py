"""Fixed-term tenancies with private landlords end, and tenants who have to leave need another home at once.

Part of these tenancies is for two years. Their tenants are then urgent home seekers (lettings), and stay, or find a
temporary place, until a home of a corporation is let to them or they move to another municipality. Since January 2016
municipalities can house people from reception temporarily, until there is a lasting home; other fixed-term tenancies
were possible from July 2016 to June 2024.

    becomes urgent = has rented from others than corporations for exactly the term, with probability `ending`

Source: gva_2016 (from reception), lease_2016 (two years at most), lease_sample (47% of homes advertised in 2020),
lease_2024 (for whom since then).
"""

from collections import namedtuple

import numpy as np

from abm.engine.draws import Draws
from abm.engine.kernels import flagged, kernel, whole_words
from abm.engine.params import ProcessParams, param
from abm.engine.table import written
from abm.homes import moves
from abm.state import State
from abm.tables.homes import Tenure
from abm.tables.people import Stage

WRITES = written(
    moves.BECOMES_URGENT,
)
EVENTS = {"lease_ended": "households"}
_HOUSED, _PRIVATE = int(Stage.HOUSED), int(Tenure.PRIVATE)
Homes = namedtuple("Homes", "stage tenure sponsor moved_in housed")


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


@kernel
def reaching_term(households: Homes, began, from_reception_only):
    """Rows, (n,) int64, of tenants of others than corporations since month `began`; households: whole columns."""
    stage, tenure, sponsor, moved_in, housed = households
    flag, month = np.empty(whole_words(len(stage)), np.bool_), moved_in.dtype.type(began)  # as narrow as the column
    flag[len(stage) :] = False
    for i in range(len(stage)):
        private = (tenure[i] == _PRIVATE) & (stage[i] == _HOUSED) & (sponsor[i] < 0) & (moved_in[i] == month)
        flag[i] = private & ((not from_reception_only) | (housed[i] == moved_in[i]))
    return flagged(flag)


def step(state: State, params: Params, draws: Draws) -> dict[str, np.ndarray]:
    """Mark households whose tenancy ends as urgent home seekers."""
    households = state.households
    rows = reaching_term(households, state.clock.month - params.term, params.from_reception_only)
    rows = rows[draws.uniform("ends", households.identity[rows]) < params.ending]
    moves.becomes_urgent(state, rows)
    return {"lease_ended": rows}
