"""Which form of starter homes a corporation chooses for a plan, by cost, speed and term.

    weight = share x (cost a year / that of today) ^ -cost weight x (months to open / those of today) ^ -speed weight

of the forms that the corporations of the place can pay; of all, if they can pay none. The cost of a unit a year is that
of building it, less the grant, over the years of its term, and its running cost. Today is what the defaults of process
building say, so its shares are those of plans as long as nothing changes.
"""

import numpy as np


def weights(shares, cost, cost_today, months, months_today, cost_weight: float, speed_weight: float) -> np.ndarray:
    """How often each form is chosen where all can be paid, (forms,).

    shares: of all forms but the first, which takes the rest; cost [EUR/year], months to open, and those of today:
    (forms,) each.
    """
    asked = np.diff(np.minimum(np.cumsum([0.0, *shares]), 1))
    tendency = np.concatenate([[1 - asked.sum()], asked])
    return tendency * (cost / cost_today) ** -cost_weight * (months / months_today) ** -speed_weight


def choose(chance: np.ndarray, weight: np.ndarray, payable: np.ndarray) -> np.ndarray:
    """Form of each plan, (n,); chance (n,) in [0, 1), weight (forms,), payable (n, forms) bool."""
    each = weight * payable
    each = np.where(each.sum(axis=1, keepdims=True) > 0, each, weight)
    reach = np.cumsum(each, axis=1)
    return (chance[:, None] * reach[:, -1:] >= reach[:, :-1]).sum(axis=1)
