"""From when something is offered: from a home, from the permit or from arrival on, the lever of several processes."""

from typing import Literal

import numpy as np

from abm.engine.clock import NEVER
from abm.state import State
from abm.tables.people import Stage

Offer = Literal["home", "permit", "arrival"]
_COLUMN = {"home": "housed", "permit": "granted", "arrival": "applied"}
_ORDER = ("arrival", "permit", "home")


def offered_since(state: State, offer: Offer, protected_too: bool = False) -> np.ndarray:
    """Month of the home, permit or arrival, (households,); NEVER where it did not come.

    Temporary protection asks no civic integration: only `protected_too` offers anything there, from arrival on.
    """
    households = state.households
    found = getattr(households, _COLUMN[offer])
    if offer != "arrival" and not protected_too:
        return found  # there is neither permit nor home
    found, protected = found.copy(), np.flatnonzero(households.stage == Stage.PROTECTED)
    found[protected] = households.applied[protected] if protected_too else NEVER
    return found


def not_later(first: Offer, second: Offer) -> bool:
    """Whether the first offer comes no later than the second."""
    return _ORDER.index(first) <= _ORDER.index(second)
