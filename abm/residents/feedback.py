"""What municipalities and employers make of the support of residents."""

import numpy as np


def willingness(change: np.ndarray, slope: float) -> np.ndarray:
    """Chance that a municipality has a location opened over what it was, (municipalities,) from 0 to 2.

    change: support less what it was at the start [SD]; slope [log odds per SD]. Where places were to be found at the
    start, or in the pattern that openings follow, already shows who was willing then: only what changed counts.
    """
    return 2 / (1 + np.exp(-slope * change))


def delay(lead: float, objecting: np.ndarray, before: np.ndarray, per_share: float) -> np.ndarray:
    """Months between the decision to open a location and its opening, less one, (municipalities,).

    objecting, before [share of residents]: now and at the anchor; per_share [months]: for all residents.
    """
    return lead - 1 + per_share * np.maximum(objecting - before, 0)


def stopped(objecting: np.ndarray, before: np.ndarray, part: float) -> np.ndarray:
    """Share of new locations that objections stop, (municipalities,): a part of those who object since the start."""
    return part * np.maximum(objecting - before, 0)


def standardised(values: np.ndarray, weight: np.ndarray, spread: float) -> np.ndarray:
    """Values less their weighted mean, over a fixed spread: what differs between municipalities, not over time."""
    return (values - np.average(values, weights=weight)) / spread
