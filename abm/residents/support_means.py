"""Support and what residents accept, as means of neighbourhoods and of municipalities.

Compiled loops for the process `support`; tests/residents/test_support_means.py has them in a slower way.
"""

from typing import NamedTuple

import numpy as np

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

    sums: (neighbourhoods, SUMMED), as `renew` gives them.
    """
    for n in range(len(sums)):
        many, seeking = where.residents[n], sums[n, SEEKING]
        where.support[n], where.square[n] = sums[n, SUM] / many, sums[n, SQUARE] / many
        where.cube[n], where.fourth[n] = sums[n, CUBE] / many, sums[n, FOURTH] / many
        where.near[n], where.own[n] = sums[n, NEAR_ACCEPTED] / many, sums[n, OWN_ACCEPTED] / many
        where.nuisance[n] = sums[n, NUISANCE] / many
        where.seekers[n] = sums[n, SEEKERS] / seeking if seeking > 0 else where.support[n]


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
    people, found = np.zeros(towns), np.zeros((_MEANS, towns))
    for n in range(len(where.population)):
        m, many = where.municipality[n], where.population[n]
        people[m] += many
        found[_LEANING, m] += many * where.leaning[n]
        found[_CHANGE, m] += many * (where.support[n] - where.anchor[n])
        found[_OWN, m] += many * where.own[n]
        found[_BEFORE, m] += many * where.own_before[n]
    return found / people
