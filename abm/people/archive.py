"""Households whose chain has ended leave the tables of a long run, because every month looks at whole columns.

Nothing that a run reports changes: nobody looks at them any more, luck is addressed by identity and not by row, and who
stays keeps the order of rows. Row numbers do change, so it happens between the months, where no events are at hand. A
`Model` of Mesa, whose agents are rows, keeps everybody.
"""

import numpy as np

from abm.engine.table import NO_ROW
from abm.state import State
from abm.tables.people import Stage

WORTH = 0.2  # share of the households that must have left before the tables are rewritten


def put_away(state: State, worth: float = WORTH) -> int:
    """Take households that left, and their members, out of the tables; how many (0 where it is not `worth` it)."""
    people, households = state.newcomers, state.households
    left = (households.stage == Stage.RETURNED) | (households.stage == Stage.UNKNOWN)
    if np.count_nonzero(left) <= worth * len(households):
        return 0
    here = ~left | looked_at(state)
    number = np.cumsum(here, dtype=np.int32) - 1
    people.keep(here[people.household])
    people.household[:] = number[people.household]
    households.keep(here)
    family = np.flatnonzero(households.sponsor != NO_ROW)
    households.sponsor[family] = number[households.sponsor[family]]
    return len(here) - len(households)


def looked_at(state: State) -> np.ndarray:
    """Which households matter though they left, (households,): just now, with savings, or the sponsor of somebody."""
    households = state.households
    found = households.since >= state.clock.month - 1
    found |= (households.savings != 0) | (households.family_abroad != 0)
    found[households.sponsor[households.sponsor != NO_ROW]] = True
    return found
