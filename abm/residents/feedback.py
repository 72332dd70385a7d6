"""Effects of support on municipalities: willingness to open locations, delay, and locations stopped."""

import numpy as np


def willingness(change: np.ndarray, slope: float) -> np.ndarray:
    """Probability that a municipality opens a location, over that at the start, (municipalities,) from 0 to 2.

    change: support less what it was at the start [SD]; slope [log odds per SD]. The pattern of places at the start,
    which openings follow, already reflects willingness at that time: only the change counts.
    """
    return 2 / (1 + np.exp(-slope * change))


def delay(lead: float, objecting: np.ndarray, before: np.ndarray, per_share: float) -> np.ndarray:
    """Months between the decision to open a location and its opening, less one, (municipalities,).

    objecting, before [share of residents]: now and at the anchor; per_share [months]: delay if all object.
    """
    return lead - 1 + per_share * np.maximum(objecting - before, 0)


def stopped(objecting: np.ndarray, before: np.ndarray, part: float) -> np.ndarray:
    """Share of new locations that objections stop, (municipalities,): `part` of the rise in residents who object."""
    return part * np.maximum(objecting - before, 0)


def standardised(values: np.ndarray, weight: np.ndarray, spread: float) -> np.ndarray:
    """Values less their weighted mean, over a fixed spread: differences between municipalities, not over time."""
    return (values - (values * weight).sum() / weight.sum()) / spread
