"""Mean, median and 90th percentile of numbers of months, as measures give them."""

import numpy as np

from abm.engine.clock import NEVER
from abm.engine.compiled import njit
from abm.engine.kernels import kernel
from abm.observe.breakdowns import STATISTICS

_QUANTILES = (0.5, 0.9)
_MANY = len(STATISTICS)


@kernel
def waited(rows, start, end, size):
    """Statistics, (3,), over the persons of households (rows) that have a `start`, of months from there to `end`.

    start, end [month], size: whole columns of households.
    """
    spans, many, known = np.empty(len(rows), np.int64), np.empty(len(rows), np.int64), 0
    for row in rows:
        spans[known], many[known] = np.int64(end[row]) - np.int64(start[row]), size[row]
        known += start[row] != NEVER
    return _statistics(spans[:known], many[:known])


def statistics(values: np.ndarray) -> np.ndarray:
    """Mean, median and 90th percentile of whole numbers, (3,); NaN where there is none."""
    return of_whole_numbers(np.asarray(values, np.int64))


@kernel
def of_whole_numbers(values):
    """The same, compiled; values: (n,) int64."""
    return _statistics(values, np.ones(len(values), np.int64))


@njit
def _statistics(values, many):
    """Statistics, (3,), of whole numbers that count `many` times each: their number is small, so they are tallied."""
    found, count = np.full(_MANY, np.nan), many.sum()
    if not count:
        return found
    least, most = values.min(), values.max()
    tally, total = np.zeros(most - least + 1, np.int64), 0
    for value, times in zip(values, many):  # noqa: B905  Numba knows no strict
        tally[value - least] += times
        total += value * times
    found[0] = total / count
    for which, share in enumerate(_QUANTILES):  # as np.quantile
        place = share * (count - 1)
        low = np.int64(place)
        below = _in_order(tally, low) + least
        above = _in_order(tally, low + 1) + least if low + 1 < count else below
        part = place - low
        found[1 + which] = below + part * (above - below) if part > 0 else np.float64(below)
    return found


@njit
def _in_order(tally, place):
    """The value at a place in order, counted from the least."""
    value, passed = 0, tally[0]
    while passed <= place:
        value += 1
        passed += tally[value]
    return value
