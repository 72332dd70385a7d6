"""A village with one reception location, new or old, and the response of its residents."""

import numpy as np

from abm.state import State
from abm.tables.country import Kind
from experiments.validation.support_sandbox import START, STILL, emptied, followed, host, house
from tests.helpers.village import village, village_state

TERMS = ("contact", "convergence", "threat", "stock", "unfairness", "work", "voice_effect", "incident")
NOTHING = STILL | dict.fromkeys(TERMS, 0)  # every term at 0
__all__ = ["NOTHING", "START", "STILL", "followed", "hosts"]


def hosts(
    town: int, places: int = 0, *, new: bool = True, kind: Kind = Kind.REGULAR, housed: int = 0, inputs=None, **start
) -> tuple[State, int]:  # fmt: skip
    """A village in month START with newcomers in one municipality, and the neighbourhood of its location.

    `housed` persons live in homes. Other locations of the village have been taken away.
    """
    state = emptied(village_state(inputs or village(), **({"residents_share": 0.02} | start)))
    middle = int(np.flatnonzero(state.neighbourhoods.municipality == town)[0])
    if places:
        host(state, middle, places, new=new, kind=kind)
    if housed:
        house(state, town, housed)
    return state, middle
