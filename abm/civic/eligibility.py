"""The milestone from which a service is offered: home, permit or arrival; a policy lever of several processes."""

from typing import Literal

import numpy as np

from abm.engine.clock import NEVER
from abm.state import State
from abm.tables.people import Stage

Offer = Literal["home", "permit", "arrival"]
_COLUMN = {"home": "housed", "permit": "granted", "arrival": "applied"}
_ORDER = ("arrival", "permit", "home")


def offered_since(state: State, offer: Offer, protected_too: bool = False) -> np.ndarray:
    """Month of the home, permit or arrival from which the service is offered, (households,); NEVER if not reached.

    Temporary protection requires no civic integration: households under it are offered the service only with
    `protected_too`, from arrival on.
    """
    households = state.households
    since = getattr(households, _COLUMN[offer])
    if offer != "arrival" and not protected_too:
        return since  # protected households have neither permit nor home
    since, protected = since.copy(), np.flatnonzero(households.stage == Stage.PROTECTED)
    since[protected] = households.applied[protected] if protected_too else NEVER
    return since


def not_later(first: Offer, second: Offer) -> bool:
    """Whether the first milestone is reached no later than the second."""
    return _ORDER.index(first) <= _ORDER.index(second)
