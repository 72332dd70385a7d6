"""Methods of designs: pure functions from levels, or from a seed, to points.

A sample is an array of coordinates in the unit cube, [points, dimensions], which `between` and `shares` make values.
All draws follow from the given seed, and a larger sample begins with the smaller one of the same seed.

Source: Sobol sequence with Owen's scrambling and Latin hypercube: scipy.stats.qmc; trajectories of Morris and the
scheme of Saltelli: SALib, in the order of points that its analyses expect.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Any

import numpy as np

BASE, EVERYTHING, ONLY, ALL_BUT = (
    "base",
    "everything",
    "only ",
    "all but ",
)  # points of a ladder, the last two of a rung
MOST_SAMPLES = 2**30  # the length of scipy's Sobol sequence
_HALVINGS = 60  # of the range of a share: to its last bit
ROUNDING = 1e-9  # a coordinate this close below the border of two shares lies on it, but for rounding

# scipy and SALib take a second to import, and a design without a sample should not wait for them


def grid(levels: Mapping[str, Sequence]) -> Iterator[dict[str, Any]]:
    """All combinations of levels, the first factor slowest."""
    for values in product(*levels.values()):
        yield dict(zip(levels, values, strict=True))


def one_at_a_time(levels: Mapping[str, Sequence]) -> Iterator[dict[str, Any]]:
    """The base (an empty point), then each factor at each of its levels."""
    yield {}
    for factor, values in levels.items():
        for value in values:
            yield {factor: value}


def ladder(rungs: Sequence[str]) -> list[tuple[str, tuple[str, ...]]]:
    """Label and rungs of each point: none, each alone, all but one, all; no set of rungs twice."""
    alone = [(f"{ONLY}{rung}", (rung,)) for rung in rungs]
    without = [(f"{ALL_BUT}{rung}", tuple(other for other in rungs if other != rung)) for rung in rungs]
    # of one rung, each alone is all; of two, all but one is the other alone
    middle = alone * (len(rungs) > 1) + without * (len(rungs) > 2)
    return [(BASE, ()), *middle, (EVERYTHING, tuple(rungs))]


def latin_hypercube(dimensions: int, blocks: Sequence[int], seed: int) -> np.ndarray:
    """Latin hypercubes one after the other, drawn with seed, seed + 1, ...; each has a point in each of n strata."""
    from scipy.stats import qmc

    drawn = [
        qmc.LatinHypercube(dimensions, rng=np.random.default_rng(seed + number)).random(samples)
        for number, samples in enumerate(blocks)
    ]
    return np.concatenate(drawn)


def sobol(dimensions: int, samples: int, seed: int) -> np.ndarray:
    """The first points of a scrambled Sobol sequence; `samples` is a power of two."""
    from scipy.stats import qmc

    return qmc.Sobol(dimensions, rng=np.random.default_rng(seed)).random(samples)


def morris(dimensions: int, trajectories: int, num_levels: int, seed: int) -> np.ndarray:
    """Trajectories of dimensions + 1 points on a grid, each step moving one coordinate by over half of its range."""
    from SALib.sample import morris as method

    points = method.sample(_cube(dimensions), trajectories, num_levels, seed=np.random.default_rng(seed))
    return np.rint(points * (num_levels - 1)) / (num_levels - 1)  # exactly on the grid


def sobol_indices(dimensions: int, samples: int, second_order: bool, seed: int) -> np.ndarray:
    """Saltelli's scheme: `rows_of_indices` points for each of `samples` (a power of two) of a Sobol sequence."""
    from SALib.sample import sobol as method

    rng = np.random.default_rng(seed)
    return method.sample(_cube(dimensions), samples, calc_second_order=second_order, seed=rng)


def rows_of_indices(dimensions: int, second_order: bool) -> int:
    """Number of points per sample in the scheme of Saltelli."""
    return 2 * dimensions + 2 if second_order else dimensions + 2


def between(unit: np.ndarray, low: float | np.ndarray, high: float) -> np.ndarray:
    """Numbers from low to high, both included, evenly over the unit interval."""
    return np.clip(low + unit * (high - low), low, high)


def shares(unit: np.ndarray, number: int) -> np.ndarray:
    """Index of the share, of `number` equal shares of the unit interval, that holds each coordinate."""
    return np.clip(np.floor(unit * number + ROUNDING), 0, number - 1).astype(np.int64)


def within_whole(unit: np.ndarray, low: np.ndarray, high: np.ndarray, room: float) -> np.ndarray:
    """Shares from low to high, (parts,), at most `room` together: uniform over all such, [points, parts] like unit.

    The first coordinate places the first share by its own distribution, the next the second given the first, and so
    on: at 0 a share is low, at 1 as high as the ones before allow. The density of a share is the volume that the later
    ones have then. low: at most `room` together.
    """
    width, left = np.asarray(high - low, float), np.full(len(unit), room - np.sum(low))
    found = np.empty(unit.shape)
    for part, coordinate in enumerate(unit.T):
        later, top = width[part + 1 :], np.clip(left, 0, width[part])
        beyond = _volume(left - top, later)
        wanted = (1 - coordinate) * (_volume(left, later) - beyond) + beyond
        near, far = np.zeros(len(unit)), top  # between them is the share, above its low
        for _ in range(_HALVINGS):
            middle = (near + far) / 2
            below = _volume(left - middle, later) > wanted
            near, far = np.where(below, middle, near), np.where(below, far, middle)
        share = np.select([coordinate <= 0, coordinate >= 1], [0, top], (near + far) / 2)
        found[:, part], left = low[part] + share, left - share
    return np.clip(found, low, high)


def _volume(left: np.ndarray, widths: np.ndarray) -> np.ndarray:
    """Volume in which one number of at least 0, and others from 0 to their widths, are at most `left` together, (n,).

    By inclusion and exclusion of the others that are beyond their width.
    """
    dimensions, found = len(widths) + 1, np.zeros(len(left))
    for beyond in product((False, True), repeat=len(widths)):
        sign = -1 if sum(beyond) % 2 else 1
        found += sign * np.maximum(left - widths[list(beyond)].sum(), 0) ** dimensions
    return found / math.factorial(dimensions)


def in_order(unit: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Pairs from low to high, (2,), the first not above the second: uniform over all such, [points, 2] like unit.

    The first coordinate places the first number by its own distribution, the other the second from there to its high.
    low: of the first at most high of the second.
    """
    start, end = low[0], min(high)
    knee = np.clip(low[1], start, end)
    # what lies beyond the first number: a rectangle up to the knee, from there on what is left of a triangle
    triangle = ((high[1] - knee) ** 2 - (high[1] - end) ** 2) / 2
    area = (1 - unit[:, 0]) * (triangle + (knee - start) * (high[1] - low[1]))
    falling = high[1] - np.sqrt(2 * np.minimum(area, triangle) + (high[1] - end) ** 2)
    level = knee - np.maximum(area - triangle, 0) / (high[1] - low[1])
    first = np.clip(np.where(area <= triangle, falling, level), start, end)
    least = np.maximum(first, low[1])
    return np.column_stack([first, between(unit[:, 1], least, high[1])])


def spaced(low: float, high: float, levels: int) -> list[float]:
    """Levels evenly spaced from low to high, both included."""
    return [float(level) for level in np.linspace(low, high, levels)]


def _cube(dimensions: int) -> dict[str, Any]:
    """The unit cube in SALib's form."""
    names = [str(number) for number in range(dimensions)]
    return {"num_vars": dimensions, "names": names, "bounds": [[0, 1]] * dimensions}
