"""Assignment to regions: one by one, jointly, and compared with hindsight."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment, linprog
from scipy.sparse import eye, kron, vstack

from abm.asylum.placement_algorithms import Places, Queue, in_turn, settle, share_of_hindsight, together, total_worth
from abm.engine.table import NO_ROW
from abm.tables.country import Kind

REGULAR, EMERGENCY = int(Kind.REGULAR), int(Kind.EMERGENCY)
DYNAMIC = 1.0  # the price_rate that is the default of placement


def persons_in(chosen, size, regions):
    placed = chosen != NO_ROW
    return np.bincount(chosen[placed], size[placed], regions)


# --- in turn: the kernel and its slow twin


def slow_settle(households, places, price, rate):
    """Each household in turn, in plain words; places and price change."""
    chosen, coming = [], sum(size for size, *_ in households)
    limited = [place for place in places if place["kind"] in (REGULAR, EMERGENCY)]

    def left(region):
        return sum(place["room"] for place in limited if place["region"] == region)

    start = [max(left(region), 1) for region in range(len(price))]
    for size, worst, chooses, worth in households:
        found = None
        for kind in range(REGULAR, worst + 1):
            fits = [place for place in places if place["kind"] == kind and place["room"] >= size]
            if fits and found is None:
                region = max(sorted({p["region"] for p in fits}), key=lambda r: worth[r] - price[r])
                found = max((p for p in fits if p["region"] == region), key=lambda p: p["room"])
        chosen.append(NO_ROW if found is None else places.index(found))
        if found is not None:
            if chooses and rate:
                for region in range(len(price)):
                    price[region] -= rate * size * left(region) / coming / start[region]
                price[found["region"]] += rate * size / start[found["region"]]
                price[:] = [max(each, 0) for each in price]
            found["room"] -= size
        coming = max(coming - size, 1)
    return chosen


@st.composite
def countries(draw):
    """Places in three regions, and households in the order of their turn."""
    place = st.tuples(st.sampled_from([int(kind) for kind in Kind]), st.integers(0, 2), st.integers(0, 9))
    places = [
        {"number": n, "kind": kind, "region": region, "room": float(room)}
        for n, (kind, region, room) in enumerate(draw(st.lists(place, min_size=1, max_size=7)))
    ]
    worth = st.lists(st.integers(-64, 64).map(lambda n: n / 32), min_size=3, max_size=3)
    household = st.tuples(st.integers(1, 6), st.sampled_from([REGULAR, EMERGENCY]), st.booleans(), worth)
    return draw(st.lists(household, min_size=1, max_size=15)), places, draw(st.sampled_from([0.0, 0.5, 2.0]))


@given(countries())
def test_settle_equals_the_slow_twin(country):
    households, places, rate = country
    size, worst, chooses = (np.array([h[i] for h in households]) for i in range(3))
    worth = np.array([h[3] for h in households])
    there = Places(*(np.array([p[name] for p in places]) for name in Places._fields))
    price, slow_price = np.array([0.0, 0.25, 1.0]), [0.0, 0.25, 1.0]
    first = np.full(len(size), REGULAR)
    chosen = settle(Queue(size, first, worst, chooses), worth, there, price, rate)
    assert chosen.tolist() == slow_settle(households, places, slow_price, rate)
    assert price.tolist() == pytest.approx(slow_price)
    assert there.room.tolist() == [place["room"] for place in places]
    assert (there.room >= 0).all()


def test_in_turn_takes_the_best_region_with_room():
    worth = np.array([[2.0, 1.0], [2.0, 1.0], [2.0, 1.0]])
    chosen = in_turn(worth, np.array([1, 3, 1]), np.array([2.0, 9.0]), np.zeros(2), 0.0)
    assert chosen.tolist() == [0, 1, 0]  # the family of three does not fit where one place is left


def test_a_price_leaves_room_for_who_gains_more():
    worth = np.array([[1.0, 0.9], [1.0, 0.9], [1.0, -2.0], [1.0, -2.0]])
    size, capacity = np.ones(4, int), np.array([2.0, 2.0])
    assert in_turn(worth, size, capacity, np.zeros(2), 0.0).tolist() == [0, 0, 1, 1]
    price = np.array([0.5, 0.0])
    assert in_turn(worth, size, capacity, price, 0.0).tolist() == [1, 1, 0, 0]


def test_a_price_rises_where_more_come_than_there_is_room_and_falls_where_fewer_do():
    worth = np.tile([1.0, 0.0], (40, 1))
    price = np.array([0.0, 0.5])
    in_turn(worth, np.ones(40, int), np.array([10.0, 30.0]), price, 0.1)
    assert price[0] > 0
    assert price[1] < 0.5


# --- together


def exhaustive(worth, size, capacity):
    """The most that all households can be worth together, a place for each going first."""
    count, regions = worth.shape
    best = -np.inf
    for chosen in product(range(NO_ROW, regions), repeat=count):
        chosen = np.array(chosen)
        if (persons_in(chosen, size, regions) <= capacity).all():
            best = max(best, total_worth(worth, chosen) - 1e3 * (chosen == NO_ROW).sum())
    return best


@st.composite
def instances(draw, most=6, persons=4):
    """A few households and three regions."""
    size = np.array(draw(st.lists(st.integers(1, persons), min_size=1, max_size=most)))
    numbers = st.lists(st.integers(-300, 300), min_size=3, max_size=3)
    worth = np.array([draw(numbers) for _ in size]) / 100
    return worth, size, np.array(draw(st.lists(st.integers(0, 9), min_size=3, max_size=3)), float)


@given(instances(persons=1))
def test_together_equals_brute_force_for_single_persons(instance):
    worth, size, capacity = instance
    if capacity.sum() >= len(size):
        chosen = together(worth, size, capacity)
        assert (chosen != NO_ROW).all()
        assert total_worth(worth, chosen) == pytest.approx(exhaustive(worth, size, capacity))


@given(instances())
def test_families_stay_whole_within_capacity_and_no_more_than_brute_force(instance):
    worth, size, capacity = instance
    chosen = together(worth, size, capacity)
    assert chosen.shape == size.shape  # one region for the whole household
    assert (persons_in(chosen, size, 3) <= capacity).all()
    found = total_worth(worth, chosen) - 1e3 * (chosen == NO_ROW).sum()
    assert found <= exhaustive(worth, size, capacity) + 1e-9


def drawn(seed, count, regions, single=False):
    """Households of which three in ten are families, and regions of unequal size with a little spare room."""
    rng = np.random.default_rng(seed)
    size = np.where(rng.random(count) < (0 if single else 0.3), rng.integers(2, 7, count), 1)
    share = rng.dirichlet(np.full(regions, 3.0))
    return rng.normal(size=(count, regions)), size, np.floor(share * size.sum() * 1.05) + 6


def test_together_with_families_is_mostly_what_brute_force_finds():
    same = []
    for seed in range(100):
        rng = np.random.default_rng(seed)
        size = np.where(rng.random(5) < 0.5, 1, rng.integers(2, 5, 5))
        worth, capacity = rng.normal(size=(5, 3)), rng.multinomial(size.sum() + 6, [1 / 3] * 3).astype(float)
        found = together(worth, size, capacity)
        gap = exhaustive(worth, size, capacity) - (total_worth(worth, found) - 1e3 * (found == NO_ROW).sum())
        same.append(gap < 1e-9)
        assert gap < 1.5  # never a place less, never more than what one household can gain
    assert np.mean(same) >= 0.95


@pytest.mark.parametrize("count", [50, 400])
def test_together_equals_linear_sum_assignment_for_single_persons(count):
    worth, size, capacity = drawn(count, count, 35, single=True)
    slots = np.repeat(np.arange(35), capacity.astype(int))
    rows, columns = linear_sum_assignment(worth[:, slots], maximize=True)
    best = worth[rows, slots[columns]].sum()
    assert total_worth(worth, together(worth, size, capacity)) == pytest.approx(best)


@pytest.mark.parametrize("count", [60, 300])
def test_together_comes_within_half_a_percent_of_what_divided_families_could_reach(count):
    worth, size, capacity = drawn(count, count, 35)
    once, within = kron(eye(count), np.ones((1, 35))), kron(size[None, :], eye(35))
    bound = linprog(-worth.ravel(), vstack([once, within]), np.r_[np.ones(count), capacity], bounds=(0, 1))
    chosen = together(worth, size, capacity)
    assert (chosen != NO_ROW).all()
    assert -bound.fun * 0.995 <= total_worth(worth, chosen) <= -bound.fun + 1e-6


def test_nobody_is_placed_where_there_is_no_room():
    worth, size = np.ones((3, 2)), np.array([2, 1, 4])
    assert together(worth, size, np.zeros(2)).tolist() == [NO_ROW] * 3
    assert together(worth, size, np.array([3.0, 0.9])).tolist() == [0, 0, NO_ROW]
    assert together(worth[:0], size[:0], np.ones(2)).tolist() == []


# --- regret


def years(seed, noise=0.0, count=800, regions=20, slack=1.1):
    """True match and its observed value in six years to learn from and one to judge; sizes and capacities.

    Half of what differs between regions differs for all alike, so some regions are scarce.
    """
    rng = np.random.default_rng(seed)
    liked, share = rng.normal(size=regions), rng.dirichlet(np.full(regions, 5.0))
    for _ in range(7):
        match = liked + rng.normal(size=(count, regions))
        match = (match - match.mean(axis=1, keepdims=True)) / match.std(axis=1, keepdims=True)
        size = np.where(rng.random(count) < 0.3, rng.integers(2, 7, count), 1)
        seen = match + noise * rng.normal(size=match.shape)
        yield match, seen, size, np.floor(share * size.sum() * slack) + 6, rng.random(match.shape)


def shares(seed, noise=0.0):
    """What random, greedy, dynamic (new, and with prices learned) and batch reach of hindsight, in the last year."""
    *before, last = years(seed, noise)
    learned = np.zeros(20)
    for _, seen, size, capacity, _ in before:
        in_turn(seen, size, capacity, learned, DYNAMIC)
    match, seen, size, capacity, u = last
    rules = {
        "random": in_turn(u, size, capacity, np.zeros(20), 0.0),
        "greedy": in_turn(seen, size, capacity, np.zeros(20), 0.0),
        "new": in_turn(seen, size, capacity, np.zeros(20), DYNAMIC),
        "dynamic": in_turn(seen, size, capacity, learned, DYNAMIC),
        "batch": together(seen, size, capacity),
    }
    return {rule: share_of_hindsight(match, size, capacity, chosen) for rule, chosen in rules.items()}


def test_greedy_below_dynamic_below_hindsight():
    found = [shares(seed) for seed in range(4)]
    for each in found:
        assert each["greedy"] < each["new"] < each["dynamic"] < each["batch"] == 1
        assert abs(each["random"]) < 0.1
    mean = {rule: np.mean([each[rule] for each in found]) for rule in found[0]}
    assert mean["greedy"] < 0.9  # as published
    # published: above 0.98, of employment; this is of the match, which is 0 at random, and regions are scarce
    assert 1 - mean["dynamic"] < (1 - mean["greedy"]) / 2


def test_when_nothing_is_seen_every_rule_is_like_random():
    found = [shares(seed, noise=1000.0) for seed in range(4)]
    for rule in found[0]:
        assert np.mean([each[rule] for each in found]) == pytest.approx(0, abs=0.05)


def test_an_error_as_large_as_the_match_costs_part_of_what_is_gained():
    blurred = shares(1, noise=1.0)["batch"]
    assert 0.4 < blurred < 0.95
