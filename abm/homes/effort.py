"""Effort of municipalities on the housing task, a property of the country: the same in every run, whatever its seed.

Effort is the number of people whom a municipality houses, over those whom it would house as the country does. Where
figures were found (the largest cities first) it is what they say. For the others it follows the rank of the balance on
the task per inhabitant of November 2015, and a residual that no figure tells:

    log effort = spread x (carried x normal score of the rank + sqrt(1 - carried^2) x normal draw of the country)

The mean by inhabitants is one, so that the country offers its share.

Source: abm/facts/data/municipal_tasks.csv, municipalities.csv (task_balance_2015).
"""

from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike

from abm.engine.draws import Draws, normal


def normal_scores(values: ArrayLike) -> np.ndarray:
    """Standard normal deviates at the ranks of values, (n,); equal values have the mean of their ranks."""
    _, place, count = np.unique(values, return_inverse=True, return_counts=True)
    middle = np.cumsum(count) - count / 2
    each = np.array([NormalDist().inv_cdf(rank / count.sum()) for rank in middle])
    return each[place]


def residual(codes: list[str], draws: Draws) -> np.ndarray:
    """Standard normal draw of each municipality, (n,); codes: 'GM0014', so that others may merge."""
    who, of = np.array([int(code[2:]) for code in codes]), draws.of_country()
    return normal(of.once("effort", who), of.once("effort angle", who))


def efforts(
    known: np.ndarray, balance: np.ndarray, left: np.ndarray, inhabitants: np.ndarray, spread: float, carried: float
) -> np.ndarray:
    """Effort of each municipality, (n,) ratio with mean one by inhabitants.

    known [ratio, NaN: no figure], balance [persons per inhabitant], left [normal deviates], inhabitants: (n,);
    spread: standard deviation of log effort; carried: correlation of early balances with later effort.
    """
    estimate = np.exp(spread * (carried * normal_scores(balance) + np.sqrt(1 - carried**2) * left))
    found = np.where(np.isnan(known), estimate, known)
    return found / np.average(found, weights=inhabitants)
