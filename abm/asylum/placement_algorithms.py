"""Assignment of households to regions, one by one or jointly, and a comparison with assignment in hindsight.

A household is never split: it goes to a region where all its members fit. The value of a region to a household
(`worth`, in standard deviations of the match or any other unit) is an input.

Source: greedy, dynamic and batch assignment and their comparison with hindsight E021, E022, E023.
"""

from typing import NamedTuple

import numpy as np

from abm.engine.compiled import njit
from abm.engine.kernels import kernel
from abm.engine.table import NO_ROW
from abm.tables.country import Kind

REGULAR, EMERGENCY = int(Kind.REGULAR), int(Kind.EMERGENCY)
_LEAST = 1e-9  # gains below this are rounding
_PLACED = 1e6  # worth of having a place at all
_ROUNDS = 8  # rounds of local search over moves and exchanges of whole households


class Queue(NamedTuple):
    """Households in turn, (n,) each."""

    size: np.ndarray  # [persons]
    lowest: np.ndarray  # best kind of place that it accepts
    highest: np.ndarray  # worst kind that it accepts
    chooses: np.ndarray  # whether its choice raises the price of a region


class Places(NamedTuple):
    """Locations, (m,) each."""

    room: np.ndarray  # [persons]
    kind: np.ndarray
    region: np.ndarray


@kernel(writes=("places.room", "price"))
def settle(queue: Queue, worth, places: Places, price, rate):
    """Choose a location for each household in turn, (n,) int32: the best kind, then the region of highest net worth.

    Net worth is worth less the region's shadow price; within a region, the location with most room. NO_ROW where
    nothing fits. A household that `chooses` raises the price of its region, and lowers every price by the room per
    person still to come: over all households a price moves by `rate` [worth] times (demand over room, minus 1), and is
    never negative. worth: (n, regions); price: (regions,). `places.room` and `price` change in place.
    """
    size, room, kind, region = queue.size, places.room, places.kind, places.region
    chosen = np.full(len(size), NO_ROW, np.int32)
    left = np.zeros(len(price))
    for j in range(len(room)):
        if kind[j] == REGULAR or kind[j] == EMERGENCY:
            left[region[j]] += room[j]
    start, coming = np.maximum(left, 1.0), float(size.sum())
    roomiest = np.empty(len(price), np.int64)
    for i in range(len(size)):
        best = NO_ROW
        for k in range(queue.lowest[i], queue.highest[i] + 1):
            roomiest[:] = NO_ROW
            for j in range(len(room)):
                if kind[j] == k and room[j] >= size[i]:
                    r = region[j]
                    if roomiest[r] == NO_ROW or room[j] > room[roomiest[r]]:
                        roomiest[r] = j
            most = -np.inf
            for r in range(len(price)):
                if roomiest[r] != NO_ROW and worth[i, r] - price[r] > most:
                    most, best = worth[i, r] - price[r], roomiest[r]
            if best != NO_ROW:
                break
        if best != NO_ROW:
            if rate > 0 and queue.chooses[i]:
                price -= rate * size[i] * left / coming / start
                price[region[best]] += rate * size[i] / start[region[best]]
                price[:] = np.maximum(price, 0.0)
            chosen[i] = best
            room[best] -= size[i]
            left[region[best]] -= size[i]
        coming = max(coming - size[i], 1.0)
    return chosen


class Network(NamedTuple):
    """A flow of persons from n households to regions, and what one more person on it would cost."""

    flow: np.ndarray  # (n, regions) persons
    member: np.ndarray  # (regions, n) households with somebody in a region, as many as `members` says
    at: np.ndarray  # (n, regions) where a household stands among them; NO_ROW: nowhere
    members: np.ndarray  # (regions,)
    loss: np.ndarray  # (regions, regions) least worth that one person loses who goes from one to another
    mover: np.ndarray  # (regions, regions) whose household that is


@kernel
def together(worth, size, capacity):
    """Region for each household so that they are worth most together, (n,) int64; NO_ROW where no region has room.

    A flow of persons from households to regions at least cost, by shortest augmenting paths: exact for single persons.
    The few families that the flow would divide (fewer than there are regions) then go whole to the best region with
    room, and what gains by moving, exchanging or pushing on whole households is done. worth: (n, regions); size (n,),
    capacity (regions,) [persons].
    """
    count, regions = worth.shape
    free = np.floor(capacity).astype(np.int64)
    net = Network(
        np.zeros((count, regions), np.int64), np.empty((regions, count), np.int64), np.full((count, regions), NO_ROW),
        np.zeros(regions, np.int64), np.full((regions, regions), np.inf), np.full((regions, regions), NO_ROW),
    )  # fmt: skip
    flow, member, at, members, loss, mover = net
    distance, before = np.empty(regions), np.empty(regions, np.int64)
    for h in range(count):
        left = size[h]
        while left > 0 and free.max() > 0:
            for r in range(regions):
                distance[r], before[r] = -worth[h, r] / size[h], NO_ROW
            changed, rounds = True, 0
            while changed and rounds < regions:
                changed, rounds = False, rounds + 1
                for a in range(regions):
                    for b in range(regions):
                        if distance[a] + loss[a, b] < distance[b] - _LEAST:
                            distance[b], before[b], changed = distance[a] + loss[a, b], a, True
            end = NO_ROW
            for r in range(regions):
                if free[r] > 0 and (end == NO_ROW or distance[r] < distance[end]):
                    end = r
            moved, r = min(left, free[end]), end
            while before[r] != NO_ROW:
                moved = min(moved, flow[mover[before[r], r], before[r]])
                r = before[r]
            free[end] -= moved
            left -= moved
            r = end
            while True:
                who = h if before[r] == NO_ROW else mover[before[r], r]
                flow[who, r] += moved
                if at[who, r] == NO_ROW:
                    at[who, r] = members[r]
                    member[r, members[r]] = who
                    members[r] += 1
                if before[r] == NO_ROW:
                    break
                flow[who, before[r]] -= moved
                r = before[r]
            r = end
            while r != NO_ROW:
                _look_again(r, worth, size, net)
                r = before[r]
    return _whole(worth, size, flow, free)


@njit
def _look_again(r, worth, size, net):
    """Drop who left region r from its members, and find who would leave it for each other region at least loss."""
    flow, member, at, members, loss, mover = net
    kept = 0
    for k in range(members[r]):
        who = member[r, k]
        at[who, r] = NO_ROW
        if flow[who, r] > 0:
            member[r, kept] = who
            at[who, r] = kept
            kept += 1
    members[r] = kept
    loss[r, :] = np.inf
    for k in range(kept):
        who = member[r, k]
        for b in range(len(loss)):
            lost = (worth[who, r] - worth[who, b]) / size[who]
            if b != r and lost < loss[r, b]:
                loss[r, b], mover[r, b] = lost, who


@njit
def _whole(worth, size, flow, free):
    """Region of each household from a flow that may divide some, (n,); `free` changes in place."""
    count, regions = worth.shape
    chosen = np.full(count, NO_ROW)
    for h in range(count):
        for r in range(regions):
            if flow[h, r] == size[h]:
                chosen[h] = r
            elif flow[h, r] > 0:
                free[r] += flow[h, r]
    divided = np.flatnonzero(chosen == NO_ROW)
    for h in divided[np.argsort(-size[divided], kind="mergesort")]:
        for r in range(regions):
            if free[r] >= size[h] and (chosen[h] == NO_ROW or worth[h, r] > worth[h, chosen[h]]):
                chosen[h] = r
        if chosen[h] != NO_ROW:
            free[chosen[h]] -= size[h]
    for _ in range(_ROUNDS if len(divided) else 0):
        gained = _moves(worth, size, chosen, free) | _exchanges(worth, size, chosen, free)
        for h in divided:
            gained |= _pushes(h, worth, size, chosen, free)
        if not gained:
            break
    return chosen


@njit
def _moves(worth, size, chosen, free):
    """Let single households go to a region with room that is worth more; whether any did."""
    any_gain = False
    for h in range(len(size)):
        for r in range(len(free)):
            better = chosen[h] == NO_ROW or worth[h, r] > worth[h, chosen[h]] + _LEAST
            if better and free[r] >= size[h]:
                if chosen[h] != NO_ROW:
                    free[chosen[h]] += size[h]
                chosen[h] = r
                free[r] -= size[h]
                any_gain = True
    return any_gain


@njit
def _exchanges(worth, size, chosen, free):
    """Let two households exchange their regions where that is worth more together; whether any did."""
    any_gain = False
    for g in range(len(size)):
        for h in range(g):
            a, b = chosen[g], chosen[h]
            if min(a, b) == NO_ROW or a == b:
                continue
            gain = worth[g, b] + worth[h, a] - worth[g, a] - worth[h, b]
            if gain > _LEAST and free[b] + size[h] >= size[g] and free[a] + size[g] >= size[h]:
                chosen[g], chosen[h] = b, a
                free[a] += size[g] - size[h]
                free[b] += size[h] - size[g]
                any_gain = True
    return any_gain


@njit
def _pushes(h, worth, size, chosen, free):
    """Let household h go to a region from which another one goes on to a third, where that gains most; whether it did.

    To have a place at all is worth more than anything else.
    """
    now = chosen[h]
    here = -_PLACED if now == NO_ROW else worth[h, now]
    most, other, target = _LEAST, NO_ROW, NO_ROW
    for g in range(len(size)):
        r = chosen[g]
        if g == h or r in (NO_ROW, now) or free[r] + size[g] < size[h]:
            continue
        for q in range(len(free)):
            room = free[q] + (size[h] if q == now else 0)
            gain = worth[h, r] - here + worth[g, q] - worth[g, r]
            if q != r and room >= size[g] and gain > most:
                most, other, target = gain, g, q
    if other == NO_ROW:
        return False
    if now != NO_ROW:
        free[now] += size[h]
    chosen[h], chosen[other] = chosen[other], target
    free[chosen[h]] += size[other] - size[h]
    free[target] -= size[other]
    return True


def in_turn(worth: np.ndarray, size: np.ndarray, capacity: np.ndarray, price: np.ndarray, rate: float) -> np.ndarray:
    """Region for each household in order of arrival, (n,) int32: the one with room whose worth less price is highest.

    With `rate` 0 (see settle) this is greedy. `price` (regions,) changes in place; NO_ROW where no region has room.
    """
    regions, kind = np.arange(len(price)), np.full(len(size), REGULAR)
    room, chooses = np.floor(np.asarray(capacity, np.float64)), np.full(len(size), True)
    places = Places(room, np.full(len(price), REGULAR), regions)
    return settle(Queue(size, kind, kind, chooses), worth, places, price, rate)


def total_worth(worth: np.ndarray, chosen: np.ndarray) -> float:
    """Total worth of the chosen regions to all households; a household without a region counts as 0."""
    placed = np.flatnonzero(chosen != NO_ROW)
    return float(worth[placed, chosen[placed]].sum())


def share_of_hindsight(worth: np.ndarray, size: np.ndarray, capacity: np.ndarray, chosen: np.ndarray) -> float:
    """Total worth that a rule reached, as a share of the optimum had all arrivals of the period been known.

    worth: (n, regions), true; size, chosen (region or NO_ROW): (n,); capacity [persons]: (regions,). Regret is one
    minus this share.
    """
    return total_worth(worth, chosen) / total_worth(worth, together(worth, size, capacity))
