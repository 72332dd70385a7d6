"""A village with one reception location, new or old, and how its residents take it."""

import numpy as np

from abm.populations import NEVER, Kind, Stage
from abm.processes import support
from abm.state import State
from tests.village import people, run, village, village_state

START = 12  # month from which a case is followed: month -1 must not be one of it
STILL = {"noise": 0.0, "talk": 0.0}  # without chance and talk: what is left is exposure
TERMS = ("contact", "convergence", "threat", "stock", "unfairness", "work", "voice_effect", "incident")
NOTHING = STILL | dict.fromkeys(TERMS, 0)  # every term at 0


def hosts(
    town: int, places: int = 0, *, new: bool = True, kind: Kind = Kind.REGULAR, housed: int = 0, inputs=None, **start
) -> tuple[State, int]:  # fmt: skip
    """A village in month START with newcomers in one municipality, and the neighbourhood of its location.

    The location is full from the month that it opens in, the next one, or was there before all (not `new`); `housed`
    persons live in homes. Other locations of the village have been taken away.
    """
    state = village_state(inputs or village(), **({"residents_share": 0.02} | start))
    state.clock.month = START
    locations, where = state.locations, state.neighbourhoods
    locations.ends[:] = 0
    locations.neighbourhood[:] = where.first.argmax()
    middle = int(np.flatnonzero(where.municipality == town)[0])
    if places:
        opened = START + 1 if new else 0
        row = locations.add(
            1, municipality=town, region=state.municipalities.region[town], kind=kind, places=places, opened=opened,
            neighbourhood=middle, announced=START if new else NEVER,
        )  # fmt: skip
        people(state, Stage.IN_DECISION, places, location=row[0], applied=0)
    if housed:
        people(state, Stage.HOUSED, housed, municipality=town, housed=0, granted=0, coupled=0)
    return state, middle


def followed(state: State, months: int, **params) -> np.ndarray:
    """Change of mean support since the start, (months, neighbourhoods) [SD]."""
    before, found = state.neighbourhoods.support.copy(), []
    for _ in range(months):
        run(support, state, **params)
        found.append(state.neighbourhoods.support - before)
        state.clock.month += 1
    return np.array(found)
