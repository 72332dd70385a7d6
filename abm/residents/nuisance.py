"""What residents believe about nuisance of a location nearby: far, it is expected; near, it is met or not.

Before a location stands in their neighbourhood, residents judge a thought: part of them expect nuisance. Where one is
open, they come to know it one by one, and from then on they hold what they meet, which most of them do not. What they
learnt stays after the location has closed: no study says that the expectation comes back.
"""

from typing import NamedTuple

import numpy as np

from abm.engine.draws import Draws
from abm.engine.kernels import kernel
from abm.residents.social_network import RANKS, identities
from abm.state import State


class Locations(NamedTuple):
    """Reception locations."""

    neighbourhood: np.ndarray
    places: np.ndarray
    opened: np.ndarray
    ends: np.ndarray


def expected(state: State, share: float, draws: Draws) -> np.ndarray:
    """Whether each resident expects nuisance of a location nearby, (residents,) bool: a `share`, whatever the seed."""
    return draws.of_country().once("expects nuisance", identities(np.asarray(state.neighbourhoods.residents))) < share


def come_to_know(state: State, part: float, meeting: float, draws: Draws) -> None:
    """Let a `part` of the residents beside an open location hold what they meet there; `meeting` of them, nuisance."""
    where = state.neighbourhoods
    rows, who = beside(state.locations, where.first, where.residents, state.clock.month)
    if part < 1:
        knows = draws.uniform("comes to know", who) < part
        rows, who = rows[knows], who[knows]
    state.residents.nuisance[rows] = draws.of_country().once("meets nuisance", who) < meeting


@kernel
def beside(locations: Locations, first, residents, month):
    """Rows and identities of the residents of the neighbourhoods in which a location is open, (n,) each.

    Locations without places of their own do not count; first, residents: columns of neighbourhoods.
    """
    stands, many = np.zeros(len(first), np.bool_), 0
    for k in range(len(locations.places)):
        if (locations.opened[k] <= month) & (locations.ends[k] > month) & (locations.places[k] > 0):
            stands[locations.neighbourhood[k]] = True
    for n in range(len(stands)):
        many += stands[n] * residents[n]
    rows, who, count = np.empty(many, np.int64), np.empty(many, np.uint64), 0
    for n in range(len(stands)):
        if stands[n]:
            for rank in range(residents[n]):
                rows[count], who[count] = first[n] + rank, n << RANKS | rank
                count += 1
    return rows, who
