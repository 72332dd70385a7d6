"""How reception is spread over municipalities: the curve of Lorenz, the number of Gini, and a map of equal tiles."""

import math

import numpy as np
from scipy.optimize import linear_sum_assignment

COLUMNS, ROWS = 22, 26  # of the map: about as much wider than high as the country is, with room for its bays
DEGREE = 0.613  # width of a degree of longitude over one of latitude, at 52.2 degrees north


def lorenz(places: np.ndarray, people: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Shares of all people and of all places, (municipalities + 1,) each from 0 to 1, of the municipalities in the
    order of places per person; NaN where there are no places.
    """
    order = np.argsort(places / people, kind="stable")
    total = places.sum()
    held = np.cumsum(places[order]) / total if total > 0 else np.full(len(places), math.nan)
    return np.append(0.0, np.cumsum(people[order]) / people.sum()), np.append(0.0, held)


def gini(places: np.ndarray, people: np.ndarray) -> float:
    """Number of Gini of places per person: 0 where each person has as many, 1 where one place has all; NaN of none."""
    x, y = lorenz(places, people)
    return float(1 - (np.diff(x) * (y[1:] + y[:-1])).sum())


def held_by(places: np.ndarray, people: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """Share of all places held by the first `shares` of the people, in the order of `lorenz`."""
    return np.interp(shares, *lorenz(places, people))


def tiles(longitude: np.ndarray, latitude: np.ndarray, columns: int = COLUMNS, rows: int = ROWS) -> np.ndarray:
    """A tile for each point, (points, 2): column from the west, row from the north; no two have the same.

    The sum of squared distances between points and tiles is the least that there is (Hungarian assignment).
    """
    x, y = longitude * DEGREE, -latitude
    width, height = np.ptp(x) / (columns - 1), np.ptp(y) / (rows - 1)
    at = np.stack([(x - x.min()) / width, (y - y.min()) / height], axis=1)
    grid = np.array([(column, row) for row in range(rows) for column in range(columns)])
    apart = ((at[:, None, :] - grid[None, :, :]) ** 2).sum(axis=2)
    points, chosen = linear_sum_assignment(apart)
    return grid[chosen[np.argsort(points)]]
