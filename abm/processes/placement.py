"""Every household in reception gets a place: a regular one if there is room, an emergency or municipal one if not.

Households that must move come first (screened, or their location closed), then those in municipal, then those in
emergency places for whom something better is free. Inside each group medical needs and family ties go first, then
who waits longest. Relatives' region is tried first; after that the rule decides among the locations with room:
free (most free places), quota (the region furthest below its share of inhabitants), random, greedy (the region with
most jobs per inhabitant).

Source: placement practice as in the sources of abm/data/reception_locations.csv; jobs by region, abm/data/regions.csv.
"""

from typing import Literal

import numpy as np
from numba import njit

from abm.draws import Draws
from abm.kernels import served, waiting_key
from abm.params import ProcessParams, param
from abm.populations import NEVER, Kind, Stage

WRITES = ("households.location", "households.moves", "households.relocated")
RULES = ("free", "quota", "random", "greedy")
FREE, QUOTA, RANDOM, GREEDY = range(len(RULES))
REGULAR, EMERGENCY, MUNICIPAL = int(Kind.REGULAR), int(Kind.EMERGENCY), int(Kind.MUNICIPAL)  # compiled code wants ints
_FIRST = 512  # months by which a medical need or a tie goes ahead of any waiting time


class Params(ProcessParams):
    """How places are chosen."""

    rule: Literal["free", "quota", "random", "greedy"] = param(
        "free", "choice", None, None, "assumption: a place where one is free is current practice",
        "which location among those with room", lever=True,
    )  # fmt: skip
    ties_first: bool = param(
        True, "switch", None, None, "assumption", "whether relatives' region is tried before the rule", lever=True
    )


@njit(cache=True)
def assign(size, tie, last_kind, chance, fallback, leaves, room, kind, region, merit, held, share, rule):
    """Choose a location for each household in turn, (n,) int32 (NEVER: stays); `room` and `held` change in place.

    size, tie (region or NEVER), last_kind (worst kind it accepts), chance, fallback (municipal location), leaves
    (region where it is now): (n,); room [persons], kind, region: (m,); merit [jobs per inhabitant], held [persons],
    share: (regions,).
    """
    chosen = np.full(len(size), NEVER, dtype=np.int32)
    for i in range(len(size)):
        best = NEVER
        for k in range(REGULAR, min(last_kind[i], EMERGENCY) + 1):
            if tie[i] != NEVER:
                best = best_location(size[i], tie[i], chance[i], k, room, kind, region, merit, held, share, rule)
            if best == NEVER:
                best = best_location(size[i], NEVER, chance[i], k, room, kind, region, merit, held, share, rule)
            if best != NEVER:
                break
        if best == NEVER and last_kind[i] == MUNICIPAL:
            best = fallback[i]
        if best != NEVER:
            chosen[i] = best
            room[best] -= size[i]
            held[leaves[i]] -= size[i]
            held[region[best]] += size[i]
    return chosen


@njit(cache=True)
def best_location(size, only, chance, wanted, room, kind, region, merit, held, share, rule):
    """The location of kind `wanted` (in region `only`, unless NEVER) that has room and suits the rule best."""
    best, highest, total = NEVER, -np.inf, 0.0
    for j in range(len(room)):
        if kind[j] != wanted or room[j] < size or (only != NEVER and region[j] != only):
            continue
        total += room[j]
        if rule == FREE:
            value = room[j]
        elif rule == QUOTA:
            value = -held[region[j]] / share[region[j]]
        elif rule == GREEDY:
            value = merit[region[j]]
        else:  # RANDOM: counts the free places; the one that `chance` points at is found below
            value = 0.0
        if value > highest:
            highest, best = value, j
    if rule != RANDOM or best == NEVER:
        return best
    target = chance * total
    for j in range(len(room)):
        if kind[j] == wanted and room[j] >= size and (only == NEVER or region[j] == only):
            best = j
            target -= room[j]
            if target < 0:
                break
    return best


def groups(state, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Of the rows in reception: those who must move, and those in municipal and in emergency places, each (n,)."""
    households, locations = state.households, state.locations
    where = households.location[rows]
    kind = locations.kind[where]
    screened = (kind == Kind.REGISTRATION) & (households.stage[rows] != Stage.REGISTERING)
    must = screened | (locations.ends[where] <= state.clock.month)
    return rows[must], rows[~must & (kind == Kind.MUNICIPAL)], rows[~must & (kind == Kind.EMERGENCY)]


def free_places(locations, occupants: np.ndarray, month: int, scale: float) -> np.ndarray:
    """Free places per location at the scale of the run, (m,) whole persons; none where not open now."""
    now = (locations.opened <= month) & (locations.ends > month)
    return np.maximum(np.floor(np.where(now, locations.places * scale, 0.0)) - occupants, 0.0)


def crisis_place(state, tie: np.ndarray, chance: np.ndarray) -> np.ndarray:
    """The municipal location for whoever finds nothing else, (n,): in the region of relatives, else by inhabitants."""
    by_inhabitants = np.searchsorted(np.cumsum(state.regions.population_share), chance, side="right")
    region = np.where(tie != NEVER, tie, np.minimum(by_inhabitants, len(state.regions) - 1))
    municipal = np.flatnonzero(state.locations.kind == Kind.MUNICIPAL)
    of_region = np.empty(len(state.regions), dtype=np.int32)
    of_region[state.locations.region[municipal]] = municipal
    return of_region[region]


def in_order(state, rows: np.ndarray, room: float) -> np.ndarray:
    """Rows sorted: medical needs and ties first, then who waits longest; not more persons than `room`."""
    households = state.households
    first = households.medical[rows] | (households.tie[rows] != NEVER)
    key = waiting_key(households.applied[rows] - np.where(first, _FIRST, 0), households.lottery[rows])
    most = int(room) + 1  # a household is at least one person: more than this can not get a place
    if most < len(rows):
        front = np.argpartition(key, most)[:most]
        rows, key = rows[front], key[front]
    rows = rows[np.argsort(key)]
    return rows[: served(households.size[rows].astype(np.int64), float(room))[0]]


def step(state, params: Params, draws: Draws) -> dict[str, np.ndarray]:
    """Give places to all who must move, then better ones to those who can."""
    households, locations, month = state.households, state.locations, state.clock.month
    here = np.flatnonzero(households.location != NEVER)
    occupants = np.bincount(households.location[here], households.size[here], len(locations))
    room = free_places(locations, occupants, month, state.scale)
    must, municipal, emergency = groups(state, here)
    regular_room = room[locations.kind == Kind.REGULAR].sum()
    spare = regular_room + room[locations.kind == Kind.EMERGENCY].sum() - households.size[must].sum()
    queues = (
        (in_order(state, must, float(households.size[must].sum())), Kind.MUNICIPAL),
        (in_order(state, municipal, max(spare, 0.0)), Kind.EMERGENCY),
        (in_order(state, emergency, max(min(regular_room, spare), 0.0)), Kind.REGULAR),
    )
    rows = np.concatenate([queue for queue, _ in queues])
    last_kind = np.repeat([worst for _, worst in queues], [len(queue) for queue, _ in queues])
    size, who = households.size[rows], households.identity[rows]
    tie = households.tie[rows] if params.ties_first else np.full(len(rows), NEVER, np.int8)
    held = np.bincount(locations.region, occupants, len(state.regions))
    chosen = assign(
        size, tie, last_kind, draws.uniform("choice", who), crisis_place(state, tie, draws.uniform("crisis", who)),
        locations.region[households.location[rows]], room, locations.kind.copy(), locations.region.copy(),
        state.regions.jobs.copy(), held, state.regions.population_share.copy(), RULES.index(params.rule),
    )  # fmt: skip
    rows, chosen = rows[chosen != NEVER], chosen[chosen != NEVER]
    from_registration = locations.kind[households.location[rows]] == Kind.REGISTRATION
    households.location[rows] = chosen
    households.moves[rows] += 1
    households.relocated[rows] += 1
    return {"placed": rows[from_registration], "moved": rows[~from_registration]}
