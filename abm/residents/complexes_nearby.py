"""Starter-home complexes as neighbours see them: where they stand, their tenants and their management."""

import numpy as np

from abm.engine.clock import NEVER
from abm.engine.draws import Draws
from abm.engine.table import NO_ROW
from abm.residents import exposure
from abm.state import State


def site(state: State, preference: float, draws: Draws) -> None:
    """Give new complexes a neighbourhood of their municipality; preference [log odds per SD], as for locations."""
    of, where = state.complexes, state.neighbourhoods
    if not len(of) or not len(rows := np.flatnonzero(of.neighbourhood == NO_ROW)):
        return
    u = draws.once("starter site", of.identity[rows])
    of.neighbourhood[rows] = exposure.sites(of.municipality[rows], where.municipality, where.leaning, preference, u)


def mixed_living(state: State, reception: np.ndarray) -> None:
    """Update mixed living in each neighbourhood: regular tenants, their share, management and month of opening.

    reception: persons in reception locations, (neighbourhoods,). A unit counts as a person.
    """
    of, where, month = state.complexes, state.neighbourhoods, state.clock.month
    if not len(of):
        return
    rows = np.flatnonzero((of.opened != NEVER) & (of.ends > month))
    at, regular, many = of.neighbourhood[rows], of.residents[rows].astype(float), len(where)
    together = regular + of.newcomers[rows]
    where.tenants[:] = np.bincount(at, regular * (of.newcomers[rows] > 0), many)
    everybody = np.bincount(at, together, many)
    where.regulars[:] = where.tenants / np.maximum(everybody + reception, 1)
    where.management[:] = np.bincount(at, together * of.managed[rows], many) / np.maximum(everybody, 1)
    opening = rows[of.opened[rows] == month]
    where.opened[of.neighbourhood[opening]] = month


def as_locations(state: State, habituation: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Neighbourhood, places and novelty of new locations and complexes together, (n,) each, for `exposure.threat`.

    A plan that ended before it was built is a threat until the month in which it would have opened.
    """
    locations, of, month = state.locations, state.complexes, state.clock.month
    rows, new = exposure.novel(locations.announced, locations.opened, locations.ends, month, habituation)
    at, places = locations.neighbourhood[rows], locations.places[rows]
    if not len(of):
        return at, places, new
    ends = np.where(of.halt == 0, of.ends, of.opens)
    more, coming = exposure.novel(of.announced, of.opens, ends, month, habituation)
    return (
        np.concatenate([at, of.neighbourhood[more]]),
        np.concatenate([places, of.units[more]]),
        np.concatenate([new, coming]),
    )
