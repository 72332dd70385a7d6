"""Leases of private landlords end, and who has to leave needs another home at once.

Part of the leases is for two years. Their tenants are urgent home seekers from then on (lettings), and stay, or find a
place for the time being, until a home of a corporation is let to them or they move to another municipality. Since
January 2016 municipalities can house who comes from reception for a time, until there is a lasting home; other leases
for a time were possible from July 2016 to June 2024.

    urgent = in a home of others than corporations for exactly the term, with chance ending

Source: gva_2016 (from reception), lease_2016 (two years at most), lease_sample (47% of homes advertised in 2020),
lease_2024 (for whom since).
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
    """Which leases end, and when."""

    ending: float = param(
        0.0, "share", 0, 1, "lease_sample: 47% in October 2020, taken for all years; gva_2016: begun from January 2016",
        "leases that end after the term", lever=True, dated={"2018-01": 0.47},
    )  # fmt: skip
    term: int = param(24, "months", 6, 60, "lease_2016", "term of these leases", lever=True)
    from_reception_only: bool = param(
        True, "switch", None, None, "lease_2016|lease_2024: others begun from July 2016 to June 2024",
        "only of homes that were found for who came from reception", lever=True,
        dated={"2018-07": False, "2026-07": True},
    )  # fmt: skip


def step(state: State, params: Params, draws: Draws) -> dict[str, np.ndarray]:
    """Tell those whose lease ends that they have to leave."""
    households, month = state.households, state.clock.month
    private = (households.tenure == Tenure.PRIVATE) & (households.moved_in == month - params.term)
    if params.from_reception_only:
        private &= households.housed == households.moved_in
    rows = np.flatnonzero(private & (households.stage == Stage.HOUSED) & (households.sponsor == NO_ROW))
    rows = rows[draws.uniform("ends", households.identity[rows]) < params.ending]
    moves.becomes_urgent(state, rows)
    return {"lease_ended": rows}
