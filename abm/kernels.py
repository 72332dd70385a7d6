"""What several processes share: waiting lists and their arithmetic. Twins in tests/test_kernels.py are the oracle."""

import numpy as np
from numba import njit

from abm.draws import ORDER_BITS

WEEKS_PER_MONTH = 365.25 / 12 / 7
_BEFORE = 1024  # makes months before 2015 positive: 12 bits hold the month, 52 the lottery number


def waiting_key(since: np.ndarray, lottery: np.ndarray) -> np.ndarray:
    """One sortable number per household, (n,) uint64: longest waiting first, lottery among equals."""
    return (since.astype(np.int64) + _BEFORE).astype(np.uint64) << np.uint64(ORDER_BITS) | lottery


@njit(cache=True)
def served(sizes, budget):
    """How many of a queue fit within `budget` persons, from the front without skipping, and what is left."""
    for i in range(len(sizes)):
        if sizes[i] > budget:
            return i, budget
        budget -= sizes[i]
    return len(sizes), budget


def oldest_first(rows: np.ndarray, key: np.ndarray, sizes: np.ndarray, budget: float) -> tuple[np.ndarray, float]:
    """The rows that a capacity of `budget` persons serves, oldest first, and the capacity to carry over.

    rows, key, sizes: (n,) of one queue. Capacity that meets an empty queue is lost; the part that is too small for
    the next household is kept, so a scarce capacity is used in full over the months.
    """
    fits = int(budget) + 1  # a household is at least one person: more than this can not be served
    if fits < len(rows):
        front = np.argpartition(key, fits)[:fits]
        rows, key, sizes = rows[front], key[front], sizes[front]
    order = np.argsort(key)
    count, left = served(sizes[order].astype(np.int64), float(budget))
    return rows[order[:count]], (left if count < len(order) else 0.0)


@njit(cache=True)
def census(stage, size, location, municipality, has_place, housed, locations):
    """Count households (n,) in one pass: persons, misplaced, housed without a municipality, people per location.

    has_place (stages,): whether a stage lives in reception; location and municipality are negative where none.
    """
    persons, misplaced, homeless = 0, 0, 0
    occupants = np.zeros(locations)
    for i in range(len(stage)):
        persons += size[i]
        placed = location[i] >= 0
        misplaced += placed != has_place[stage[i]]
        homeless += stage[i] == housed and municipality[i] < 0
        if placed:
            occupants[location[i]] += size[i]
    return persons, misplaced, homeless, occupants


def whole_months(weeks: float, chance: np.ndarray) -> np.ndarray:
    """Weeks as whole months, (n,) int64: rounded up or down by `chance` in [0, 1) so that the mean is right."""
    return np.floor(weeks / WEEKS_PER_MONTH + chance).astype(np.int64)
