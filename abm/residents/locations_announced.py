"""New locations get a neighbourhood, and residents hear of them."""

import numpy as np

from abm.engine.draws import Draws
from abm.engine.table import NO_ROW
from abm.residents import exposure
from abm.residents.social_network import RANKS
from abm.state import State


def announce(state: State, siting: float, voice: float, draws: Draws) -> None:
    """Give new locations a neighbourhood, and let residents hear of them.

    siting: preference for sites where support is higher [log odds per SD]; voice: neighbours with a say [share].
    """
    locations, where, month = state.locations, state.neighbourhoods, state.clock.month
    rows = np.flatnonzero(locations.neighbourhood == NO_ROW)
    if not len(rows):
        return
    town = locations.municipality[rows]
    before = np.bincount(locations.municipality[: rows[0]], minlength=len(state.municipalities))
    order = np.argsort(town, kind="stable")
    number = np.empty(len(rows), np.int64)
    number[order] = np.arange(len(rows)) - np.searchsorted(town[order], town[order])
    address = (town.astype(np.int64) << RANKS) + before[town] + number
    there = locations.opened[rows] == 0  # those of the start stand where they stand, whatever the seed
    u = [each.once("site", address) for each in ((draws.of_country(), draws) if there.any() else (draws,))]
    locations.neighbourhood[rows] = exposure.sites(
        town, where.municipality, where.leaning, siting, np.where(there, u[0], u[-1])
    )
    heard = rows[locations.opened[rows] > month]
    locations.announced[heard] = month
    locations.voice[heard] = voice
    where.announced[locations.neighbourhood[heard]] = month
