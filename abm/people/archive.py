"""Households that have left are taken out of the tables of a long run, because every month loops over whole columns.

Nothing that a run reports changes: these households are no longer used, random draws are addressed by identity and not
by row, and the remaining rows keep their order. Row numbers do change, so it is done between two months, when no events
refer to rows. A `Model` of Mesa, whose agents are rows, keeps every household.
"""

import numpy as np

from abm.engine.table import NO_ROW
from abm.state import State
from abm.tables.people import GONE

WORTH = 0.2  # share of households that must have left before rewriting the tables pays off


def put_away(state: State, worth: float = WORTH) -> int:
    """Remove households that left, and their members; returns how many (0 where at most share `worth` of all left)."""
    people, households = state.newcomers, state.households
    left = np.isin(households.stage, GONE)
    if np.count_nonzero(left) <= worth * len(households):
        return 0
    here = ~left | still_used(state)
    number = np.cumsum(here, dtype=np.int32) - 1
    people.keep(here[people.household])
    people.household[:] = number[people.household]
    households.keep(here)
    family = np.flatnonzero(households.sponsor != NO_ROW)
    households.sponsor[family] = number[households.sponsor[family]]
    return len(here) - len(households)


def still_used(state: State) -> np.ndarray:
    """Flags of households that must stay, (households,): just changed, with savings or family abroad, or sponsors."""
    households = state.households
    found = households.since >= state.clock.month - 1
    found |= (households.savings != 0) | (households.family_abroad != 0)
    found[households.sponsor[households.sponsor != NO_ROW]] = True
    return found
