"""Support and what residents accept, as means of neighbourhoods and of municipalities.

Compiled loops for the process `support`; tests/residents/test_support_means.py has them in a slower way.
"""

from typing import NamedTuple

import numpy as np

from abm.engine.compiled import njit
from abm.engine.kernels import kernel
from abm.residents.support_kernels import (
    CUBE,
    FOURTH,
    NEAR_ACCEPTED,
    NUISANCE,
    OWN_ACCEPTED,
    SEEKERS,
    SEEKING,
    SQUARE,
    SUM,
)

_LEANING, _CHANGE, _OWN, _BEFORE = range(4)  # means of a municipality
_MEANS = 4


class OfNeighbourhoods(NamedTuple):
    """Columns of neighbourhoods that hold means over their residents."""

    residents: np.ndarray
    support: np.ndarray
    square: np.ndarray
    cube: np.ndarray
    fourth: np.ndarray
    near: np.ndarray
    own: np.ndarray
    nuisance: np.ndarray
    seekers: np.ndarray


@kernel(
    writes=tuple(f"where.{name}" for name in OfNeighbourhoods._fields if name != "residents"),
    error_model="numpy",
)
def keep(where: OfNeighbourhoods, sums):
    """Write the means of neighbourhoods; without home seekers in the sample, theirs is the mean of all residents.

    sums: (SUMMED, neighbourhoods), as `renew` gives them.
    """
    _divided(where.support, sums[SUM], where.residents)
    _divided(where.square, sums[SQUARE], where.residents)
    _divided(where.cube, sums[CUBE], where.residents)
    _divided(where.fourth, sums[FOURTH], where.residents)
    _divided(where.near, sums[NEAR_ACCEPTED], where.residents)
    _divided(where.own, sums[OWN_ACCEPTED], where.residents)
    _divided(where.nuisance, sums[NUISANCE], where.residents)
    seeking, of_seekers = sums[SEEKING], sums[SEEKERS]
    for n in range(len(seeking)):
        where.seekers[n] = of_seekers[n] / seeking[n] if seeking[n] > 0 else where.support[n]


@njit(error_model="numpy")
def _divided(means, sums, many):
    """Write the means of a column; a loop of its own, in which a processor divides several numbers at once."""
    for n in range(len(means)):
        means[n] = sums[n] / many[n]


class InTowns(NamedTuple):
    """Means over the residents of neighbourhoods."""

    municipality: np.ndarray
    population: np.ndarray
    leaning: np.ndarray
    support: np.ndarray
    anchor: np.ndarray
    own: np.ndarray
    own_before: np.ndarray


@kernel(error_model="numpy")
def in_towns(where: InTowns, towns):
    """Means over the inhabitants of each municipality, (4, towns): leaning, change of support since the start, and
    residents who accept a location in the municipality, now and at the start.
    """
    found, n = np.full((_MEANS, towns), np.nan), 0
    while n < len(where.population):  # neighbourhoods stand by municipality
        m, people, leaning, change, own, before = where.municipality[n], 0.0, 0.0, 0.0, 0.0, 0.0
        while n < len(where.population) and where.municipality[n] == m:
            i = np.uint64(n)  # unsigned: no check for a negative index
            many = where.population[i]
            people += many
            leaning += many * where.leaning[i]
            change += many * (where.support[i] - where.anchor[i])
            own += many * where.own[i]
            before += many * where.own_before[i]
            n += 1
        found[_LEANING, m], found[_CHANGE, m] = leaning / people, change / people
        found[_OWN, m], found[_BEFORE, m] = own / people, before / people
    return found
