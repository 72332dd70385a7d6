"""Priority for status holders: the ceiling of homes, which home each household gets, and what stays for next month."""

import numpy as np
from numba import njit

from abm.engine.table import UNSET

# --- priority


def ceiling(freed: np.ndarray, share: float, inhabitants: np.ndarray, effort: np.ndarray) -> np.ndarray:
    """Most homes that status holders can get this month, (municipalities,): their share of the country's, as the task.

    freed [homes], inhabitants [share of the country], effort [ratio]: (municipalities,). Not more than fall free there.
    """
    return np.minimum(share * freed.sum() * inhabitants * effort, freed)


@njit(cache=True)
def let(municipality, needed, on_offer, homes):
    """Which home each household gets, (n,) int8 of HomeSize (UNSET: none), in the order given.

    municipality, needed (HomeSize): (n,); on_offer (municipalities,): homes that status holders can still get; homes
    (municipalities, sizes): what falls free. Both are used up. First everyone within the own class, then one class up.
    """
    got = np.full(len(needed), UNSET, dtype=np.int8)
    for up in range(2):
        for i in range(len(needed)):
            town, size = municipality[i], needed[i] + up
            if got[i] == UNSET and size < homes.shape[1] and on_offer[town] >= 1 and homes[town, size] >= 1:
                homes[town, size] -= 1
                on_offer[town] -= 1
                got[i] = size
    return got


def kept(homes: np.ndarray, a_month: np.ndarray) -> np.ndarray:
    """What stays for status holders next month: at most what a month brings, or a part of one home; others get more."""
    return np.minimum(homes, np.maximum(a_month, 1.0))
