"""Homes of corporations fall free; part of them goes to status holders who wait in that municipality.

Per municipality: homes that fall free this month = stock x turnover / 12. The municipality offers status holders at
most its own ceiling, a share of those freed, and part of the movable homes (flexwoningen); what nobody who waits
there can use goes to other home seekers.

    offered = min(ceiling, 1) x freed + flex

A household gets a home of its own class, longest waiting
first; what is left may go to a household one class smaller. A family that followed moves in with its housed sponsor.
The market with all other home seekers comes with its own process.

Source: stock and turnover, abm/data/corporation_homes.csv, national_series.csv (CBS); shares, corp_share_status.
"""

import numpy as np
from numba import njit

from abm.clock import MONTHS
from abm.draws import Draws
from abm.kernels import waiting_key
from abm.params import ProcessParams, param
from abm.populations import NEVER, HomeSize, Reunion, Stage

WRITES = (
    "households.stage",
    "households.since",
    "households.location",
    "households.municipality",
    "households.housed",
    "municipalities.homes",
    "municipalities.freed",
    "municipalities.small",
    "municipalities.middle",
    "municipalities.large",
    "municipalities.offered",
    "municipalities.let",
    "municipalities.balance",
)


class Params(ProcessParams):
    """How many homes status holders can get, and of which size."""

    priority_share: float = param(
        0.1, "share", 0, 0.5, "E080: about 10% in 2023-2024, years with a queue everywhere",
        "part of the homes that fall free that municipalities offer to status holders at most", lever=True,
    )  # fmt: skip
    flex_share: float = param(
        0.3, "share", 0, 1, "rule_sft: 30% of granted homes in 2024", "movable homes for status holders", lever=True
    )
    small_share: float = param(0.45, "share", 0, 1, "assumption", "homes that fall free for one or two persons")
    middle_share: float = param(0.4, "share", 0, 1, "assumption", "homes that fall free for three or four persons")


def home_size(persons: np.ndarray) -> np.ndarray:
    """Size class that a household needs, (n,): one or two, three or four, five and more persons."""
    return np.where(persons <= 2, HomeSize.SMALL, np.where(persons <= 4, HomeSize.MIDDLE, HomeSize.LARGE))


def ceiling(freed: np.ndarray, share: np.ndarray, flex: np.ndarray) -> np.ndarray:
    """Most homes that a municipality offers this month, (municipalities,): own share of those freed, and movable ones."""
    return np.minimum(share, 1) * freed + flex


@njit(cache=True)
def let(municipality, needed, homes):
    """Which home each household gets, (n,) int8 of HomeSize (NEVER: none), in the order given; `homes` is used up.

    municipality, needed (HomeSize): (n,); homes: (municipalities, sizes). First everyone within the own class, then
    what is left one class up.
    """
    got = np.full(len(needed), NEVER, dtype=np.int8)
    for up in range(2):
        for i in range(len(needed)):
            size = needed[i] + up
            if got[i] == NEVER and size < homes.shape[1] and homes[municipality[i], size] >= 1:
                homes[municipality[i], size] -= 1
                got[i] = size
    return got


def needed_by(state, rows: np.ndarray) -> np.ndarray:
    """Persons to house per household, (n,): its members and the family that is here or on its way."""
    households = state.households
    coming = np.where(households.reunion[rows] == Reunion.TRAVELLING, households.family_abroad[rows], 0)
    here = np.flatnonzero((households.sponsor != NEVER) & (households.location != NEVER))
    followers = np.bincount(households.sponsor[here], households.size[here], len(households))
    return households.size[rows] + coming + followers[rows]


def move_in(state, rows: np.ndarray, municipality: np.ndarray) -> None:
    """Let households leave reception for a home in a municipality, which counts for its task."""
    households, month = state.households, state.clock.month
    households.enter(rows, Stage.HOUSED, month)
    households.housed[rows] = month
    households.location[rows] = NEVER
    households.municipality[rows] = municipality
    count = np.bincount(municipality, households.size[rows], len(state.municipalities))
    state.municipalities.balance[:] += count / state.scale


def step(state, params: Params, draws: Draws) -> dict[str, np.ndarray]:
    """Free homes, offer part of them, let them, and let families join."""
    households, municipalities, month = state.households, state.municipalities, state.clock.month
    municipalities.homes[:] = state.inputs.of_year("corporation_homes", month)
    turnover = state.inputs.series_at("freed_homes_rate", month)
    municipalities.freed[:] = municipalities.homes * turnover / MONTHS
    flex = state.inputs.series_at("flex_homes", month) * params.flex_share / MONTHS
    share = params.priority_share * municipalities.priority_share
    offered = ceiling(municipalities.freed, share, flex * municipalities.population_share)
    sizes = np.array([params.small_share, params.middle_share, max(1 - params.small_share - params.middle_share, 0)])
    pool = municipalities.pool
    new = np.bincount(pool, offered, len(pool))[:, None] * sizes * state.scale
    homes = np.column_stack([municipalities.small, municipalities.middle, municipalities.large]) + new
    municipalities.offered[:] += new.sum(axis=1)

    queue = np.flatnonzero((households.stage == Stage.AWAITING_HOME) & (households.since < month))
    queue = queue[np.argsort(waiting_key(households.coupled[queue], households.lottery[queue]))]
    got = let(pool[households.municipality[queue]], home_size(needed_by(state, queue)), homes)
    rows = queue[got != NEVER]
    municipalities.let[:] += np.bincount(pool[households.municipality[rows]], minlength=len(pool))
    move_in(state, rows, households.municipality[rows])
    kept = np.minimum(homes, np.maximum(new / state.scale, 1.0))  # what nobody could use went to others
    municipalities.small[:], municipalities.middle[:], municipalities.large[:] = kept.T

    followers = np.flatnonzero((households.sponsor != NEVER) & (households.stage == Stage.AWAITING_COUPLING))
    sponsors = households.sponsor[followers]
    joining = followers[households.stage[sponsors] == Stage.HOUSED]
    move_in(state, joining, households.municipality[households.sponsor[joining]])
    return {"housed": rows, "joined": joining}
