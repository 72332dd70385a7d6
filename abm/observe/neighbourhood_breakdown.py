"""Breakdowns of neighbourhoods, and sums and means over their inhabitants."""

from functools import cached_property

import numpy as np

from abm.engine.clock import MONTHS, NEVER
from abm.state import State
from abm.tables.residents import COUNTED_COMPLEX, PHASES, SITE_SIZES

SITE_EDGES = (0, COUNTED_COMPLEX, 400)  # places; incidents concentrate in complexes of more than 150 (E075)


def phases(where, month: int) -> np.ndarray:
    """Phase of each of the neighbourhoods `where`, (n,) rows of PHASES, by the last location announced there."""
    years = np.clip((month - where.opened.astype(np.int64)) // MONTHS, 0, 2)
    found = np.where(where.opened >= where.announced, 2 + years, 1)
    found[(where.places == 0) & (where.opened > NEVER)] = len(PHASES) - 1
    found[(where.announced == NEVER) | ((where.places == 0) & (where.opened == NEVER))] = 0
    return found


def site_sizes(where) -> np.ndarray:
    """Size of the locations in each of the neighbourhoods `where`, (n,) rows of SITE_SIZES."""
    return np.searchsorted(SITE_EDGES, where.places, side="right") - (where.places == 0)


class NeighbourhoodGroups:
    """The neighbourhoods of a month by group, computed once for all measures."""

    def __init__(self, state: State, month: int):
        self.where, self.region, self.regions = state.neighbourhoods, state.municipalities.region, len(state.regions)
        self.town = self.where.municipality.astype(np.int64)  # as np.bincount takes it
        self.cell = phases(self.where, month) * len(SITE_SIZES) + site_sizes(self.where)  # gives nearness too

    def sums(self, values: np.ndarray, wanted: tuple[str, ...]) -> dict[str, np.ndarray]:
        """Sums of values, (neighbourhoods,), per group of each wanted breakdown."""
        towns = np.bincount(self.town, values, len(self.region))
        found = {"total": towns.sum(keepdims=True), "municipality": towns}
        if "region" in wanted:
            found["region"] = np.bincount(self.region, towns, self.regions)
        if not {"nearness", "site_size", "phase"}.isdisjoint(wanted):
            cells = np.bincount(self.cell, values, len(PHASES) * len(SITE_SIZES)).reshape(len(PHASES), -1)
            by_size = cells.sum(axis=0)
            nearby = np.array([by_size[0], by_size[1:].sum()])  # as NEARNESS: far, near
            found |= {"phase": cells.sum(axis=1), "site_size": by_size, "nearness": nearby}
        return {by: found[by] for by in wanted}

    @cached_property
    def inhabitants(self) -> dict[str, np.ndarray]:
        """Inhabitants per group, NaN where nobody lives."""
        every = ("total", "region", "municipality", "nearness", "site_size", "phase")
        found = self.sums(self.where.population, every)
        return {by: np.where(many > 0, many, np.nan) for by, many in found.items()}

    def means(self, values: np.ndarray, wanted: tuple[str, ...]) -> dict[str, np.ndarray]:
        """Means over inhabitants of values of neighbourhoods, per group; NaN where nobody lives."""
        found = self.sums(self.where.population * values, wanted)
        return {by: each / self.inhabitants[by] for by, each in found.items()}
