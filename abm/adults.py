"""Who is of working age and here, and in which region: what the processes of language and work share."""

import numpy as np

from abm.kernels import looked_up, of_working_age, read_only
from abm.populations import Stage
from abm.state import State

YOUNGEST, OLDEST = 18 * 12, 66 * 12  # working age [months]
_ELSEWHERE = (Stage.REGISTERING, Stage.RETURNED, Stage.UNKNOWN)
_HERE = ~np.isin(np.arange(len(Stage)), _ELSEWHERE)


def look(state: State) -> np.ndarray:
    """Rows of persons of 18 to 65 who were screened and are in the Netherlands this month, (n,)."""
    columns = (state.newcomers.born, state.newcomers.household, state.households.stage)
    return of_working_age(*(read_only(column) for column in columns), _HERE, state.clock.month, YOUNGEST, OLDEST)


def adults(state: State) -> np.ndarray:
    """The same rows, as participation found them this month: looked up once for all processes that ask."""
    return np.flatnonzero(state.newcomers.adult)


def regions_of(state: State, rows: np.ndarray) -> np.ndarray:
    """Labour market region where persons live, (n,): of their home, or of their place in reception."""
    households, places = state.households, (state.locations.region, state.municipalities.region)
    columns = (state.newcomers.household, households.location, households.municipality, *places)
    return looked_up(rows, *(read_only(column) for column in columns))
