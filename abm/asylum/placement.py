"""Every household in reception gets a place: a regular one if there is room, an emergency or municipal one if not.

Municipalities gave crisis reception from September 2015 to January 2016 and give it since June 2022; at other times who
finds no place stays at the registration centre, above what was agreed for it, until one is free.

Households that must move are placed first (those just screened, or whose location closed or stay with hosts ended),
then those in municipal and those in emergency places for which something better is free. Within each group, households
with medical needs or family ties come first, then those that have waited longest. The region of relatives is tried
first; after that the rule decides among the locations with room: free (most free places), quota (the region furthest
below its share of inhabitants), random, greedy (the region with most jobs per inhabitant). Three rules use how well the
jobs of a region match the household, observed with error:

    seen = match + noise x error            mean over its adults [SD over the regions]
    batch        all households of the month at once, maximising the sum of `seen`
    dynamic      one by one, the region with the highest seen - shadow price; each placement raises that price
    preference   one by one, the most preferred region among those where seen >= floor

Within the region, the location with most free places is chosen. Families are never split.

Source: placement practice as in the sources of abm/facts/data/reception_locations.csv; jobs by region,
abm/facts/data/regions.csv; batch E021, dynamic E022, preference E025, error of the match E022, E027.
"""

from collections import namedtuple
from typing import Literal, NamedTuple

import numpy as np

from abm.asylum.placement_algorithms import Places, Queue, settle, together
from abm.engine.clock import EARLIEST
from abm.engine.compiled import njit
from abm.engine.draws import Draws
from abm.engine.errors import BooksError
from abm.engine.kernels import kernel
from abm.engine.needs import Need
from abm.engine.params import ProcessParams, param
from abm.engine.queues import key_of, served, waiting_key
from abm.engine.table import NO_ROW
from abm.people.occupancy import free_places, in_place, people_at
from abm.people.region_match import household_match, observation_errors, per_region, wishes
from abm.state import State
from abm.tables.country import Kind

WRITES = ("households.location", "households.moves", "households.relocated", "regions.shadow_price")
EVENTS = {"placed": "households", "moved": "households"}
RULES = ("free", "quota", "random", "greedy")  # the other rules use the match
FREE, QUOTA, RANDOM, GREEDY = range(len(RULES))
REGULAR, EMERGENCY, MUNICIPAL = int(Kind.REGULAR), int(Kind.EMERGENCY), int(Kind.MUNICIPAL)  # compiled code wants ints
_FIRST = 512  # months of waiting that a medical need or a tie counts for: more than any household waits
_BELOW, _TIED, _AIMED = -1000.0, 2000.0, 4000.0  # added to a match or wish: rank a region below, or above, all others


class Params(ProcessParams):
    """The rule by which places are chosen, and its parameters."""

    rule: Literal["free", "quota", "random", "greedy", "batch", "dynamic", "preference"] = param(
        "free", "choice", None, None, "assumption: a place where one is free is current practice",
        "how a location is chosen among those with room", lever=True,
    )  # fmt: skip
    ties_first: bool = param(
        True, "switch", None, None, "assumption", "whether the region of relatives is tried before the rule", lever=True
    )
    judged: Literal["mean", "best", "lead"] = param(
        "mean", "choice", None, None, "assumption: E027 criticises that partners hardly count",
        "match of a household: mean of its adults, the best of them, or its lead", lever=True,
        needs=(Need("policy.placement.rule", one_of=("batch", "dynamic", "preference")),),
    )  # fmt: skip
    noise: float = param(
        1, "SD", 0, 2, "E022|E027: prior of sigma_obs, its middle",
        "standard deviation of the error with which the match is observed",
    )  # fmt: skip
    price_rate: float = param(
        1, "SD", 0, 5, "assumption: one deviation where twice as many come as there is room",
        "monthly rise of a region's price per unit of (demand over room, minus 1); 0 is greedy", lever=True,
        needs=(Need("policy.placement.rule", one_of=("dynamic",)),),
    )  # fmt: skip
    floor: float = param(
        0, "SD", -3, 3, "E025: a floor; its height is policy",
        "lowest observed match at which a preference is followed", lever=True,
        needs=(Need("policy.placement.rule", one_of=("preference",)),),
    )  # fmt: skip
    registration_most: float = param(
        2000, "persons", 0, 20000, "ter_apel_agreed: most people who stay there by agreement with the municipality",
        "people that the registration centre can hold; who waits longest there goes on to another place", lever=True,
    )  # fmt: skip
    crisis: bool = param(
        False, "switch", None, None, "crisis_2015|crisis_2016|crisis_2022: from September 2015 to January 2016, and "
        "since June 2022; that it lasts after 2025 is an assumption",
        "whether municipalities give crisis reception to people without any other place",
        dated={"2015-09": True, "2016-02": False, "2022-06": True},
    )  # fmt: skip
    relatives: float = param(2, "log odds", 0, 5, "assumption", "added preference for a region with relatives")


class Moving(NamedTuple):
    """Households that must or can move, in turn, (n,) each."""

    size: np.ndarray  # [persons]
    tie: np.ndarray  # region or NO_ROW
    last_kind: np.ndarray  # worst kind of place that it accepts
    u: np.ndarray  # uniform draw of rule `random`
    fallback: np.ndarray  # location without a limit
    leaves: np.ndarray  # region where it is now


class Held(NamedTuple):
    """Regions as the rules see them, (regions,) each."""

    merit: np.ndarray  # [jobs per inhabitant]
    held: np.ndarray  # [persons]
    share: np.ndarray  # of the inhabitants


@kernel(writes=("places.room", "regions.held"))
def assign(moving: Moving, places: Places, regions: Held, rule):
    """Choose a location for each household in turn, (n,) int32 (NO_ROW: stays); places.room and regions.held change."""
    size, tie, last_kind, u, fallback, leaves = moving
    chosen = np.full(len(size), NO_ROW, dtype=np.int32)
    regular, emergency = with_room(places, REGULAR), with_room(places, EMERGENCY)
    for i in range(len(size)):
        best = NO_ROW
        for k in range(REGULAR, min(last_kind[i], EMERGENCY) + 1):
            rows = regular if k == REGULAR else emergency
            if tie[i] != NO_ROW:
                best = best_location(size[i], tie[i], u[i], rows, places, regions, rule)
            if best == NO_ROW:
                best = best_location(size[i], NO_ROW, u[i], rows, places, regions, rule)
            if best != NO_ROW:
                break
        if best == NO_ROW and last_kind[i] == MUNICIPAL:
            best = fallback[i]
        if best != NO_ROW:
            chosen[i] = best
            places.room[best] -= size[i]
            regions.held[leaves[i]] -= size[i]
            regions.held[places.region[best]] += size[i]
    return chosen


@njit
def with_room(places, wanted):
    """Rows of the locations of kind `wanted` that have any room: of some hundreds, most are full or closed."""
    rows, count = np.empty(len(places.room) + 1, np.int64), 0
    for j in range(len(places.room)):
        rows[count] = j
        count += (places.kind[j] == wanted) & (places.room[j] > 0)
    return rows[:count]


@njit
def best_location(size, only, u, rows, places, regions, rule):
    """Of some locations (rows; in region `only`, unless NO_ROW), the one with room that the rule ranks highest."""
    room, region = places.room, places.region
    merit, held, share = regions
    best, highest, total = NO_ROW, -np.inf, 0.0
    for j in rows:
        if room[j] < size or (only != NO_ROW and region[j] != only):
            continue
        total += room[j]
        if rule == FREE:
            value = room[j]
        elif rule == QUOTA:
            value = -held[region[j]] / share[region[j]]
        elif rule == GREEDY:
            value = merit[region[j]]
        else:  # RANDOM: counts the free places; the one that `u` points at is found below
            value = 0.0
        if value > highest:
            highest, best = value, j
    if rule != RANDOM or best == NO_ROW:
        return best
    target = u * total
    for j in rows:
        if room[j] >= size and (only == NO_ROW or region[j] == only):
            best = j
            target -= room[j]
            if target < 0:
                break
    return best


def groups(
    state: State, most: float, crisis: bool
) -> tuple[np.ndarray, np.ndarray, np.ndarray, float]:  # fmt: skip
    """Rows in reception that must move, of the others those in municipal and in emergency places, (n,) each, and the
    persons who must move.

    most: people at full scale whom the registration centre can hold; crisis: whether municipal places stay open.
    """
    month = state.clock.month
    must, registering, municipal, emergency, persons = in_place(state.households, state.locations, month, crisis)
    leave = persons[0]
    if persons[1] > most * state.scale:
        further = beyond(state, registering, most * state.scale)
        must, leave = np.append(must, further), leave + state.households.size[further].sum()
    return must, municipal, emergency, float(leave)


def beyond(state: State, rows: np.ndarray, most: float) -> np.ndarray:
    """Those of the households (rows) at the registration centre who came first, beyond the `most` persons that stay."""
    households = state.households
    key = waiting_key(households.since[rows], households.lottery[rows])
    newest = rows[np.argsort(key)[::-1]]
    return newest[served(households.size[newest].astype(np.int64), most)[0] :]


def crisis_place(state: State, tie: np.ndarray, u: np.ndarray) -> np.ndarray:
    """Municipal location for households that find no other, (n,): in the region of relatives, else by inhabitants."""
    locations = state.locations
    return municipal_place(tie, u, state.regions.population_share, locations.kind, locations.region)


@kernel
def municipal_place(tie, u, share, kind, region):
    """`crisis_place` of each household, (n,) int32; tie and u (n,), share of inhabitants (regions,), of locations."""
    of_region, edges = np.empty(len(share), np.int32), np.cumsum(share)
    for j in range(len(kind)):
        if kind[j] == MUNICIPAL:
            of_region[region[j]] = j
    found = np.empty(len(tie), np.int32)
    for i in range(len(tie)):
        by_inhabitants = min(np.searchsorted(edges, u[i], side="right"), len(share) - 1)
        found[i] = of_region[tie[i] if tie[i] != NO_ROW else by_inhabitants]
    return found


def in_order(state: State, rows: np.ndarray, room: float) -> np.ndarray:
    """Rows in order of placement (medical needs and ties first, then longest waiting), cut off at `room` [persons]."""
    if room < 1 or not len(rows):
        return rows[:0]
    households, most = state.households, int(room) + 1  # a household is at least one person: no more can be placed
    key, earliest = turns(rows, households)
    if earliest < EARLIEST:
        raise BooksError(f"a household waits since month {earliest}, which a waiting list cannot order")
    if most < len(rows):
        front = np.argpartition(key, most)[:most]
        rows, key = rows[front], key[front]
    rows = rows[np.argsort(key)]
    return rows[: served(households.size[rows].astype(np.int64), float(room))[0]]


Waiting = namedtuple("Waiting", "medical tie applied lottery")


@kernel
def turns(rows, households: Waiting):
    """One sortable number for each of rows, (n,) uint64: first by medical needs and ties, then as in a waiting list.

    And the earliest month that it stands for.
    """
    medical, tie, applied, lottery = households
    key, earliest = np.empty(len(rows), np.uint64), EARLIEST
    for k in range(len(rows)):
        i = rows[k]
        since = applied[i] - (_FIRST if medical[i] or tie[i] != NO_ROW else 0)
        earliest = min(earliest, since)
        key[k] = key_of(since, lottery[i])
    return key, earliest


def worth(state: State, params: Params, draws: Draws, rows: np.ndarray) -> np.ndarray:
    """Value of each region to each household, (n, regions): the observed match, or the preference above the floor."""
    who, regions = state.households.identity[rows], len(state.regions)
    seen = household_match(state, rows, params.judged) + params.noise * observation_errors(draws, who, regions)
    if params.rule != "preference":
        return seen
    u, share = per_region(draws, "wish", who, regions), state.regions.population_share
    return above_floor(wishes(u, share, state.households.tie[rows], params.relatives), seen, params.floor)


def above_floor(wish: np.ndarray, seen: np.ndarray, floor: float) -> np.ndarray:
    """The wish where the observed match reaches the floor; elsewhere that match, below any wish, (n, regions)."""
    return np.where(seen >= floor, wish, seen + _BELOW)


def batch(size: np.ndarray, last_kind: np.ndarray, value: np.ndarray, places: Places, regions: int) -> np.ndarray:
    """Choose a location for all households at once, (n,) int32: regular places first, then emergency ones.

    The households that fit into a kind of place are assigned to regions jointly (placement_algorithms.together); a
    family that no location in its region takes whole goes to the best other region. `places.room` changes in place.
    """
    room, kind, region = places
    chosen, price = np.full(len(size), NO_ROW, np.int32), np.zeros(regions)
    for wanted in (REGULAR, EMERGENCY):
        left = np.flatnonzero((chosen == NO_ROW) & (last_kind >= wanted))
        free = np.bincount(region, np.where(kind == wanted, room, 0.0), regions)
        front = left[: served(size[left], free.sum())[0]]
        found = together(value[front], size[front], free)
        aimed = value.copy()
        aimed[front[found != NO_ROW], found[found != NO_ROW]] += _AIMED
        order = np.concatenate([front[np.argsort(-size[front], kind="stable")], left[len(front) :]])
        only = np.full(len(order), wanted)
        queue = Queue(size[order], only, only, only > 0)
        chosen[order] = settle(queue, aimed[order], places, price, 0.0)
    return chosen


def by_match(
    state: State,
    params: Params,
    value: np.ndarray,
    tied: np.ndarray,
    size: np.ndarray,
    last_kind: np.ndarray,
    room: np.ndarray,
) -> np.ndarray:
    """Location for each household by a rule that uses the match, (n,) int32; NO_ROW where none has room."""
    places, regions = Places(room, state.locations.kind, state.locations.region), state.regions
    if params.rule == "batch":
        queues = [np.flatnonzero(last_kind == worst) for worst in (MUNICIPAL, EMERGENCY, REGULAR)]
        found = [batch(size[q], last_kind[q], value[q], places, len(regions)) for q in queues]
        return np.concatenate(found)
    queue = Queue(size, np.full(len(size), REGULAR), np.minimum(last_kind, EMERGENCY), ~tied)
    price = np.zeros(len(regions))
    if params.rule == "preference":
        return settle(queue, value, places, price, 0.0)
    price += regions.shadow_price
    chosen = settle(queue, value, places, price, params.price_rate)
    regions.shadow_price[:] = price
    return chosen


def step(state: State, params: Params, draws: Draws) -> dict[str, np.ndarray]:
    """Place the households that must move, then move others to better places as far as there is room."""
    households, locations, month = state.households, state.locations, state.clock.month
    occupants = people_at(households.location, households.size, len(locations))
    room = free_places(locations, occupants, month, state.scale)
    must, municipal, emergency, leave = groups(state, params.registration_most, params.crisis)
    regular_room = room[locations.kind == Kind.REGULAR].sum()
    spare = regular_room + room[locations.kind == Kind.EMERGENCY].sum() - leave
    queues = (
        (in_order(state, must, leave), Kind.MUNICIPAL),
        (in_order(state, municipal, max(spare, 0.0)), Kind.EMERGENCY),
        (in_order(state, emergency, max(min(regular_room, spare), 0.0)), Kind.REGULAR),
    )
    rows = np.concatenate([queue for queue, _ in queues])
    last_kind = np.repeat([worst for _, worst in queues], [len(queue) for queue, _ in queues])
    size, who = households.size[rows], households.identity[rows]
    tie = households.tie[rows] if params.ties_first else np.full(len(rows), NO_ROW, np.int8)
    if params.crisis:
        fallback = crisis_place(state, tie, draws.uniform("crisis", who))
    else:
        fallback = np.full(len(rows), locations.first(Kind.REGISTRATION), np.int32)
    if params.rule in RULES:
        held = np.bincount(locations.region, occupants, len(state.regions))
        leaves = locations.region[households.location[rows]]
        moving = Moving(size, tie, last_kind, draws.uniform("choice", who), fallback, leaves)
        regions = Held(state.regions.jobs, held, state.regions.population_share)
        chosen = assign(moving, Places(room, locations.kind, locations.region), regions, RULES.index(params.rule))
    else:
        value = worth(state, params, draws, rows)
        value[tie != NO_ROW, tie[tie != NO_ROW]] += _TIED
        chosen = by_match(state, params, value, tie != NO_ROW, size.astype(np.int64), last_kind, room)
        chosen = np.where((chosen == NO_ROW) & (last_kind == MUNICIPAL), fallback, chosen)
    moves = (chosen != NO_ROW) & (chosen != households.location[rows])
    rows, chosen = rows[moves], chosen[moves]
    from_registration = locations.kind[households.location[rows]] == Kind.REGISTRATION
    households.location[rows] = chosen
    households.moves[rows] += 1
    households.relocated[rows] += 1
    return {"placed": rows[from_registration], "moved": rows[~from_registration]}
