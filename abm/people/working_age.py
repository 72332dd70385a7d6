"""People of working age who are in the Netherlands, and their region: shared by the rooms of language and work."""

from weakref import WeakKeyDictionary

import numpy as np

from abm.engine.kernels import chosen, flagged, kernel, whole_words
from abm.state import State
from abm.tables.people import GONE, Stage

YOUNGEST, OLDEST = 18 * 12, 66 * 12  # working age [months]
_LAST: WeakKeyDictionary = WeakKeyDictionary()  # per table of newcomers: the last marks and their rows
_NOBODY = (None, np.zeros(0, np.int64))
_HERE = ~np.isin(np.arange(len(Stage)), GONE)
_SCREENED = ~np.isin(np.arange(len(Stage)), (Stage.REGISTERING, *GONE))


def look(state: State, registering: bool = False) -> np.ndarray:
    """Rows of persons aged 18 to 65 in the Netherlands this month, screened (or also registering, if asked), (n,)."""
    people, counted = state.newcomers, _HERE if registering else _SCREENED
    month = state.clock.month
    return of_working_age(people.born, people.household, state.households.stage, counted, month, YOUNGEST, OLDEST)


def adults(state: State) -> np.ndarray:
    """The same rows, as process profile marked them this month, (n,) read-only; found once for all processes."""
    marked, (seen, rows) = state.newcomers.adult, _LAST.get(state.newcomers, _NOBODY)
    now = marked.tobytes()
    if now != seen:  # comparing is much cheaper than finding
        rows = np.flatnonzero(marked)
        rows.flags.writeable = False  # every process gets the same array
        _LAST[state.newcomers] = now, rows
    return rows


def free_since(state: State) -> np.ndarray:
    """Month from which no work permit is needed, (households,): of permit or arrival under protection, or NEVER."""
    return chosen(state.households.free_to_work, state.households.applied, state.households.granted)


def regions_of(state: State, rows: np.ndarray) -> np.ndarray:
    """Labour market region where persons (rows) live, (n,): that of their place in reception, or of their home."""
    households, places = state.households, (state.locations.region, state.municipalities.region)
    return looked_up(rows, state.newcomers.household, households.location, households.municipality, *places)


@kernel
def of_working_age(born, household, stage, counted, month, youngest, oldest):
    """Rows, (n,) int64, of persons from `youngest` up to `oldest` [months] whose household is at a counted stage.

    born [month], household: whole columns of persons; stage: whole column of households; counted (stages,) bool.
    """
    flag, inside = np.empty(whole_words(len(born)), np.bool_), np.empty(len(stage), np.bool_)
    flag[len(born) :] = False
    first, last = month - oldest, month - youngest  # months of birth, the first of them too early
    for h in range(len(stage)):
        inside[h] = counted[np.uint64(stage[h])]  # unsigned: no check for a negative index
    for i in range(len(born)):
        flag[i] = (born[i] > first) & (born[i] <= last) & inside[np.uint64(household[i])]
    return flagged(flag)


@kernel
def looked_up(rows, household, location, municipality, of_location, of_municipality):
    """Value of the place where each person lives, (n,): of the household's location, or else of its municipality.

    household: whole column of persons; location, municipality: of households; of_location, of_municipality: a value
    for each of those, of one type.
    """
    found = np.empty(len(rows), of_location.dtype)
    for k in range(len(rows)):
        of = np.uint64(household[np.uint64(rows[k])])  # unsigned: no check for a negative index
        place = location[of]
        found[k] = of_location[np.uint64(place)] if place >= 0 else of_municipality[municipality[of]]
    return found
