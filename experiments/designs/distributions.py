"""Values from a continuous distribution of scipy.stats, truncated to the bounds of its parameter.

A coordinate u of the unit cube becomes ppf(cdf(low) + u (cdf(high) - cdf(low))): the distribution given that the value
lies between low and high, which keeps the order of the coordinates and their stratification.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from abm.engine.errors import listed, shown
from abm.engine.yaml_input import nearest

HALF = 0.5  # of a whole number: the part of the range that is rounded to it
LEAST = 1e-9  # probability between low and high, below which what is drawn would be rounding

# scipy takes a second to import, and a design without a distribution should not wait for it


def check(name: str, shapes: Mapping[str, float], scale: float) -> None:
    """Raise ValueError for an unknown distribution, and for shapes or a scale that it does not take."""
    known, found = _known(), _known().get(name)
    if found is None:
        raise ValueError(f"{shown(name)} is not a continuous distribution of scipy.stats{nearest(name, list(known))}")
    wanted = _shapes(found)
    takes = f"{name} takes {listed([*wanted, 'loc', 'scale'])}"
    if unknown := [key for key in shapes if key not in wanted]:
        raise ValueError(f"unknown key {shown(unknown[0])}: {takes}, and low and high")
    if lacking := [key for key in wanted if key not in shapes]:
        raise ValueError(f"has no '{lacking[0]}:': {takes}")
    if not scale > 0:
        raise ValueError(f"scale: {scale:g} is not allowed: give a number above 0")
    if not np.isfinite(found.ppf(HALF, **shapes)):
        given = ", ".join(f"{key} {value:g}" for key, value in shapes.items())
        raise ValueError(f"{name} is not defined for {given}: see scipy.stats.{name}")


class Truncated:
    """A distribution between two bounds. Raises ValueError where it has hardly any probability there."""

    def __init__(self, name: str, given: Mapping[str, float], low: float, high: float, whole: bool = False):
        self.frozen, self.low, self.high, self.whole = _known()[name](**given), low, high, whole
        margin = HALF if whole else 0
        self.below, beyond = (float(self.frozen.cdf(end)) for end in (low - margin, high + margin))
        self.share = beyond - self.below
        if not self.share > LEAST:
            raise ValueError(
                f"{name} has no probability from {low:g} to {high:g}: change loc and scale, or low and high"
            )

    def values(self, unit: np.ndarray) -> list[Any]:
        """Values at coordinates in [0, 1]; of whole numbers the nearest."""
        found = self.frozen.ppf(self.below + np.asarray(unit) * self.share)
        if self.whole:
            found = np.floor(np.nan_to_num(found) + HALF)
        found = np.clip(found, self.low, self.high)
        return found.astype(np.int64).tolist() if self.whole else found.tolist()


def _known() -> dict[str, Any]:
    """The continuous distributions of scipy by name."""
    from scipy import stats

    return {name: each for name, each in vars(stats).items() if isinstance(each, stats.rv_continuous)}


def _shapes(distribution: Any) -> list[str]:
    """Names of the shape parameters of a distribution."""
    return list((distribution.shapes or "").replace(",", " ").split())
