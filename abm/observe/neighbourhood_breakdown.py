"""Breakdowns of neighbourhoods, and sums and means over their inhabitants."""

from collections import namedtuple
from functools import cached_property

import numpy as np

from abm.engine.clock import MONTHS, NEVER
from abm.engine.kernels import kernel
from abm.state import State
from abm.tables.residents import COUNTED_COMPLEX, NEARNESS, PHASES, SITE_SIZES

SITE_EDGES = (0, COUNTED_COMPLEX, 400)  # places; incidents concentrate in complexes of more than 150 (E075)
_MEDIUM, _LARGE = SITE_EDGES[1:]
_PHASES, _SIZES = len(PHASES), len(SITE_SIZES)
_NONE, _ANNOUNCED, _FIRST_YEAR, _CLOSED = 0, 1, 2, _PHASES - 1

Sites = namedtuple("Sites", "places announced opened")


@kernel
def cells_of(sites: Sites, month):
    """Phase by the last location announced there, and size of its locations, of each neighbourhood, (n,).

    A cell is a row of PHASES and one of SITE_SIZES, which runs fastest.
    """
    places, announced, opened = sites
    found = np.empty(len(places), np.int64)
    for i in range(len(places)):
        years = min(max((month - opened[i]) // MONTHS, 0), 2)
        phase = _FIRST_YEAR + years if opened[i] >= announced[i] else _ANNOUNCED
        if places[i] == 0:
            phase = _CLOSED if opened[i] > NEVER else _NONE
        if announced[i] == NEVER:
            phase = _NONE
        size = np.int64(places[i] > 0) + np.int64(places[i] >= _MEDIUM) + np.int64(places[i] >= _LARGE)
        found[i] = phase * _SIZES + size
    return found


@kernel
def sums_by_group(values, weight, town, cell, region, regions):
    """Sums of values times weight, (n,) of neighbourhoods, by municipality, and the same by region, phase, site size
    and nearness, one after another; town, cell: of each; region: of municipalities.
    """
    towns, cells = np.zeros(len(region)), np.zeros((_PHASES, _SIZES))
    every = cells.reshape(_PHASES * _SIZES)
    for i in range(len(values)):
        each = values[i] * weight[i]
        towns[np.uint64(town[i])] += each  # unsigned: no check for a negative index
        every[np.uint64(cell[i])] += each
    of_regions = np.zeros(regions)
    for k in range(len(region)):
        of_regions[region[k]] += towns[k]
    phases, sizes = np.zeros(_PHASES), np.zeros(_SIZES)
    for phase in range(_PHASES):
        for size in range(_SIZES):
            phases[phase] += cells[phase, size]
            sizes[size] += cells[phase, size]
    nearby = np.array([sizes[0], sizes[1:].sum()])  # as NEARNESS: far, near
    return towns, np.concatenate((of_regions, phases, sizes, nearby))


class NeighbourhoodGroups:
    """The neighbourhoods of a month by group, computed once for all measures."""

    def __init__(self, state: State, month: int):
        self.where, self.region, self.regions = state.neighbourhoods, state.municipalities.region, len(state.regions)
        self.cell = cells_of(self.where, month)
        edges = np.cumsum([0, self.regions, _PHASES, _SIZES, len(NEARNESS)]).tolist()
        names = ("region", "phase", "site_size", "nearness")
        self._slices = {by: slice(*edges[k : k + 2]) for k, by in enumerate(names)}

    def sums(self, values: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Sums of values times weight, (neighbourhoods,): in all, by municipality, and by the other groups."""
        towns, others = sums_by_group(values, weight, self.where.municipality, self.cell, self.region, self.regions)
        return towns.sum(keepdims=True), towns, others

    @cached_property
    def inhabitants(self) -> tuple[np.ndarray, ...]:
        """Inhabitants in all, by municipality, and by the other groups; NaN where nobody lives."""
        sums = self.sums(self.where.population, np.ones(len(self.where)))
        return tuple(np.where(many > 0, many, np.nan) for many in sums)

    def means(self, values: np.ndarray, wanted: tuple[str, ...]) -> dict[str, np.ndarray]:
        """Means over inhabitants of values of neighbourhoods, per group; NaN where nobody lives."""
        sums = self.sums(values, self.where.population)
        total, towns, others = (each / many for each, many in zip(sums, self.inhabitants, strict=True))
        found = {"total": total, "municipality": towns}
        return {by: found[by] if by in found else others[self._slices[by]] for by in wanted}
