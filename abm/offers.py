"""From when something is offered: from a home, from the permit or from arrival on, the lever of several processes."""

from typing import Literal

import numpy as np

from abm.state import State

Offer = Literal["home", "permit", "arrival"]
_COLUMN = {"home": "housed", "permit": "granted", "arrival": "applied"}
_ORDER = ("arrival", "permit", "home")


def offered_since(state: State, offer: Offer) -> np.ndarray:
    """Month of the home, permit or arrival, (households,); NEVER where it did not come."""
    return getattr(state.households, _COLUMN[offer])


def not_later(first: Offer, second: Offer) -> bool:
    """Whether the first offer comes no later than the second."""
    return _ORDER.index(first) <= _ORDER.index(second)
