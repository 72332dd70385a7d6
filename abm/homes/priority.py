"""Priority for status holders: ceiling of homes, allocation to households, and homes kept for next month."""

import numpy as np

from abm.engine.kernels import kernel
from abm.engine.table import UNSET

# --- priority


def ceiling(vacancies: np.ndarray, share: float, inhabitants: np.ndarray, effort: np.ndarray) -> np.ndarray:
    """Most homes that status holders can get this month, (municipalities,): a share of the country's, as for the task.

    vacancies [homes], inhabitants [share of the country], effort [ratio]: (municipalities,). Never above vacancies.
    """
    return np.minimum(share * vacancies.sum() * inhabitants * effort, vacancies)


@kernel(writes=("on_offer", "homes"))
def let(municipality, needed, on_offer, homes):
    """Which home each household gets, (n,) int8 of HomeSize (UNSET: none), in the order given.

    municipality, needed (HomeSize): (n,); on_offer (municipalities,): homes that status holders can still get; homes
    (municipalities, sizes): vacancies. Both are used up. First everyone within the own class, then one class up.
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
    """Homes kept for status holders next month: at most as many as a month brings, or one if that is less."""
    return np.minimum(homes, np.maximum(a_month, 1.0))
