"""Who is of working age and here, and in which region: what the processes of language and work share."""

from weakref import WeakKeyDictionary

import numpy as np

from abm.kernels import chosen, looked_up, of_working_age, read_only
from abm.populations import Stage
from abm.state import State

YOUNGEST, OLDEST = 18 * 12, 66 * 12  # working age [months]
_LAST: WeakKeyDictionary = WeakKeyDictionary()  # the marks of a table of newcomers and their rows, last time
_NOBODY = (np.zeros(0, bool), np.zeros(0, np.int64))
_LEFT = (Stage.RETURNED, Stage.UNKNOWN)
_HERE = ~np.isin(np.arange(len(Stage)), _LEFT)
_SCREENED = ~np.isin(np.arange(len(Stage)), (Stage.REGISTERING, *_LEFT))


def look(state: State, registering: bool = False) -> np.ndarray:
    """Rows of persons of 18 to 65 who were screened (or register, if asked) and are here this month, (n,)."""
    columns = (state.newcomers.born, state.newcomers.household, state.households.stage)
    counted = _HERE if registering else _SCREENED
    return of_working_age(*(read_only(column) for column in columns), counted, state.clock.month, YOUNGEST, OLDEST)


def adults(state: State) -> np.ndarray:
    """The same rows, as profile marked them this month, (n,) read-only: looked up once for all processes that ask."""
    marked, (seen, rows) = state.newcomers.adult, _LAST.get(state.newcomers, _NOBODY)
    if not np.array_equal(marked, seen):  # a comparison costs a fraction of a look-up
        rows = read_only(np.flatnonzero(marked))
        _LAST[state.newcomers] = marked.copy(), rows
    return rows


def free_since(state: State) -> np.ndarray:
    """Month from which work asks no work permit, (households,): of permit, or arrival under protection; or NEVER."""
    columns = (state.households.free_to_work, state.households.applied, state.households.granted)
    return chosen(*(read_only(column) for column in columns))


def regions_of(state: State, rows: np.ndarray) -> np.ndarray:
    """Labour market region where persons live, (n,): of their home, or of their place in reception."""
    households, places = state.households, (state.locations.region, state.municipalities.region)
    columns = (state.newcomers.household, households.location, households.municipality, *places)
    return looked_up(rows, *(read_only(column) for column in columns))
