"""Choice of the form of starter homes for a plan, by cost, speed and term.

    weight = share x (cost a year / that of today) ^ -cost weight x (months to open / those of today) ^ -speed weight

among the forms that the corporations of the municipality can pay for, or among all if they can pay for none. The yearly
cost of a unit is that of building it, less the grant, over the years of its term, plus its running cost. "Today" means
the defaults of process building: as long as nothing changes, forms are chosen by their shares.
"""

import numpy as np


def by_form(form: np.ndarray, flexible, converted, split, temporary, spread) -> np.ndarray:
    """The value for the form of each plan, (n,), out of one value per form."""
    return np.array([flexible, converted, split, temporary, spread])[form]


def chosen(u: np.ndarray, shares: list[float]) -> np.ndarray:
    """Index of the option that each uniform draw u (n,) selects; shares: of all options but 0, which has the rest."""
    bounds = np.minimum(np.cumsum(shares), 1)
    index = (u[:, None] >= bounds).sum(axis=1)
    return np.where(index == len(shares), 0, index + 1)


def weights(shares, cost, cost_today, months, months_today, cost_weight: float, speed_weight: float) -> np.ndarray:
    """Relative frequency with which each form is chosen where corporations can pay for all, (forms,).

    shares: of all forms but the first, which takes the rest; cost [EUR/year], months to open, and those of today:
    (forms,) each.
    """
    asked = np.diff(np.minimum(np.cumsum([0.0, *shares]), 1))
    tendency = np.concatenate([[1 - asked.sum()], asked])
    return tendency * (cost / cost_today) ** -cost_weight * (months / months_today) ** -speed_weight


def choose(u: np.ndarray, weight: np.ndarray, payable: np.ndarray) -> np.ndarray:
    """Form of each plan, (n,); u (n,) uniform draws, weight (forms,), payable (n, forms) bool."""
    each = weight * payable
    each = np.where(each.sum(axis=1, keepdims=True) > 0, each, weight)
    reach = np.cumsum(each, axis=1)
    return (u[:, None] * reach[:, -1:] >= reach[:, :-1]).sum(axis=1)
