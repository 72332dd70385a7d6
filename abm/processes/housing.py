"""Homes of corporations fall free; part of them goes to status holders who wait in that municipality.

Homes that fall free this month = stock x turnover / 12. Status holders can get at most a ceiling of these, which
municipalities share as they share the task, by inhabitants, each with its own effort; part of the movable homes
(flexwoningen) comes on top. What nobody who waits there can use goes to other home seekers.

    on offer = ceiling x homes freed in the country x share of inhabitants x own effort + flex

Within that, each household gets a home that falls free in its own size class, longest waiting first; then one a class
larger. Movable homes are small. A family that followed moves in with its housed sponsor. The market with all other
home seekers comes with its own process.

Source: stock and turnover, abm/data/corporation_homes.csv, national_series.csv (CBS); shares, corp_share_status.
"""

import numpy as np
from numba import njit

from abm.clock import MONTHS
from abm.draws import Draws
from abm.kernels import waiting, waiting_key, whole_months
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
    "municipalities.on_offer",
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
        0.1, "share", 0, 0.5, "E080|corp_share_status: highest national share found; from 2021 years with a queue",
        "part of the homes that fall free that status holders can get at most", lever=True,
        dated={"2021-01": 0.06, "2022-01": 0.068, "2023-01": 0.079},
    )  # fmt: skip
    preparation_weeks: float = param(
        12, "weeks", 0, 52, "coa_14w_rule: ten weeks to find a home and two to move in",
        "weeks from coupling until somebody can move in, however many homes there are", lever=True,
    )  # fmt: skip
    flex_share: float = param(
        0.3, "share", 0, 1, "rule_sft: 30% of granted homes in 2024", "movable homes for status holders", lever=True
    )
    small_share: float = param(0.45, "share", 0, 1, "assumption", "homes that fall free for one or two persons")
    middle_share: float = param(0.4, "share", 0, 1, "assumption", "homes that fall free for three or four persons")


def home_size(persons: np.ndarray) -> np.ndarray:
    """Size class that a household needs, (n,): one or two, three or four, five and more persons."""
    return np.where(persons <= 2, HomeSize.SMALL, np.where(persons <= 4, HomeSize.MIDDLE, HomeSize.LARGE))


def ceiling(freed: np.ndarray, share: float, inhabitants: np.ndarray, effort: np.ndarray) -> np.ndarray:
    """Most homes that status holders can get this month, (municipalities,): their share of the country's, as the task.

    freed [homes], inhabitants [share of the country], effort [ratio]: (municipalities,). Not more than fall free there.
    """
    return np.minimum(share * freed.sum() * inhabitants * effort, freed)


@njit(cache=True)
def let(municipality, needed, on_offer, homes):
    """Which home each household gets, (n,) int8 of HomeSize (NEVER: none), in the order given.

    municipality, needed (HomeSize): (n,); on_offer (municipalities,): homes that status holders can still get; homes
    (municipalities, sizes): what falls free. Both are used up. First everyone within the own class, then one class up.
    """
    got = np.full(len(needed), NEVER, dtype=np.int8)
    for up in range(2):
        for i in range(len(needed)):
            town, size = municipality[i], needed[i] + up
            if got[i] == NEVER and size < homes.shape[1] and on_offer[town] >= 1 and homes[town, size] >= 1:
                homes[town, size] -= 1
                on_offer[town] -= 1
                got[i] = size
    return got


def pooled(pool: np.ndarray, homes: np.ndarray) -> np.ndarray:
    """Homes added up at the municipality that holds them, (municipalities,)."""
    return np.bincount(pool, homes, len(pool))


def kept(homes: np.ndarray, a_month: np.ndarray) -> np.ndarray:
    """What stays for next month: less than what a month brings, or a part of one home; others got the rest."""
    return np.minimum(homes, np.maximum(a_month, 1.0))


def needed_by(state, rows: np.ndarray) -> np.ndarray:
    """Persons to house per household, (n,): its members and the family that is here or on its way."""
    households = state.households
    coming = np.where(households.reunion[rows] == Reunion.TRAVELLING, households.family_abroad[rows], 0)
    here = np.flatnonzero((households.sponsor != NEVER) & (households.location != NEVER))
    followers = np.bincount(households.sponsor[here], households.size[here], len(households))
    return households.size[rows] + coming + followers[rows]


def ready(state, params: Params, draws: Draws) -> np.ndarray:
    """Rows of the households whose weeks of preparation have passed since they were tied to a municipality."""
    households, month = state.households, state.clock.month
    queue = waiting(households.stage, households.since, Stage.AWAITING_HOME, month)
    needed = whole_months(params.preparation_weeks, draws.once("weeks", households.identity[queue]))
    return queue[month - households.coupled[queue] >= needed]


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
    inhabitants = municipalities.population_share
    flex = flex * inhabitants
    sizes = np.array([params.small_share, params.middle_share, max(1 - params.small_share - params.middle_share, 0)])
    by_size = municipalities.freed[:, None] * sizes
    by_size[:, HomeSize.SMALL] += flex

    pool, scale = municipalities.pool, state.scale
    most = ceiling(municipalities.freed, params.priority_share, inhabitants, municipalities.effort)
    offered = pooled(pool, most + flex) * scale
    fallen = np.column_stack([pooled(pool, each) for each in by_size.T]) * scale
    on_offer = municipalities.on_offer + offered
    homes = np.column_stack([municipalities.small, municipalities.middle, municipalities.large]) + fallen
    municipalities.offered[:] += offered

    queue = ready(state, params, draws)
    queue = queue[np.argsort(waiting_key(households.coupled[queue], households.lottery[queue]))]
    got = let(pool[households.municipality[queue]], home_size(needed_by(state, queue)), on_offer, homes)
    rows = queue[got != NEVER]
    municipalities.let[:] += np.bincount(pool[households.municipality[rows]], minlength=len(pool))
    move_in(state, rows, households.municipality[rows])
    municipalities.on_offer[:] = kept(on_offer, offered)
    municipalities.small[:], municipalities.middle[:], municipalities.large[:] = kept(homes, fallen).T

    followers = np.flatnonzero((households.sponsor != NEVER) & (households.stage == Stage.AWAITING_COUPLING))
    sponsors = households.sponsor[followers]
    joining = followers[households.stage[sponsors] == Stage.HOUSED]
    move_in(state, joining, households.municipality[households.sponsor[joining]])
    return {"housed": rows, "joined": joining}
