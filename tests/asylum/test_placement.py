"""Which household gets which place in reception."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from abm.asylum import placement
from abm.asylum.placement import FREE, GREEDY, QUOTA, RANDOM, RULES
from abm.asylum.placement_algorithms import Places
from abm.engine.queues import waiting_key
from abm.engine.table import NO_ROW
from abm.tables.country import Kind
from abm.tables.people import Stage
from tests.helpers.reception import EMERGENCY, MUNICIPAL, REGULAR, country, emergency, kinds, screened
from tests.helpers.village import ALPHA, BETA, A, B, D, locations, people, run, village_state

each_rule = pytest.mark.parametrize("rule", RULES)


# --- the kernel and its slow twin


def slow_place(size, only, u, wanted, places, held, merit, share, rule):
    """The place of a kind that suits best, in plain words; None where there is none."""
    fits = [p for p in places if p["kind"] == wanted and p["room"] >= size and only in (None, p["region"])]
    if not fits:
        return None
    if rule == RANDOM:
        single = [p for p in fits for _ in range(int(p["room"]))]  # one ticket per free place
        return single[int(u * len(single))]
    worth = {
        FREE: lambda p: p["room"],
        QUOTA: lambda p: -held[p["region"]] / share[p["region"]],
        GREEDY: lambda p: merit[p["region"]],
    }[rule]
    return max(fits, key=worth)  # the first of equals


def slow_assign(households, places, held, merit, share, rule):
    """Number of the chosen place per household (NO_ROW: stays); places and held change."""
    chosen = []
    for size, tie, worst, u, fallback, leaves in households:
        found = None
        for wanted in [kind for kind in (REGULAR, EMERGENCY) if kind <= worst]:
            for only in ([] if tie == NO_ROW else [tie]) + [None]:
                found = found or slow_place(size, only, u, wanted, places, held, merit, share, rule)
        if found is None and worst == MUNICIPAL:
            found = places[fallback]
        chosen.append(NO_ROW if found is None else places.index(found))
        if found is not None:
            found["room"] -= size
            held[leaves] -= size
            held[found["region"]] += size
    return chosen


@st.composite
def countries(draw):
    """Some places in three regions (one municipal place first), and households in the order of their turn."""
    kinds = [MUNICIPAL] + draw(st.lists(st.sampled_from([int(kind) for kind in Kind]), max_size=7))
    places = [
        {"number": number, "kind": kind, "region": draw(st.integers(0, 2)), "room": float(draw(st.integers(0, 9)))}
        for number, kind in enumerate(kinds)
    ]
    household = st.tuples(
        st.integers(1, 6), st.sampled_from([NO_ROW, 0, 1, 2]), st.sampled_from([REGULAR, EMERGENCY, MUNICIPAL]),
        st.integers(0, 1023).map(lambda number: number / 1024), st.just(0), st.integers(0, 2),
    )  # fmt: skip
    return draw(st.lists(household, max_size=15)), places, draw(st.sampled_from(range(len(RULES))))


HELD, MERIT, SHARE = [20.0, 30.0, 25.0], [0.5, 0.7, 0.5], [0.25, 0.5, 0.25]


def assign(households, places, rule):
    """Places chosen by the kernel, with what is left of the room and what each region holds."""
    moving = placement.Moving(
        *(np.array([h[i] for h in households], kind) for i, kind in enumerate((int, int, int, float, int, int)))
    )
    regions = placement.Held(np.array(MERIT), np.array(HELD), np.array(SHARE))
    there = columns(places)
    chosen = placement.assign(moving, there, regions, rule)
    return chosen.tolist(), there.room.tolist(), regions.held.tolist()


def columns(places):
    """The columns of locations that the kernels take."""
    return Places(*(np.array([p[name] for p in places]) for name in Places._fields))


@given(countries())
def test_assign_equals_the_slow_twin(country):
    households, places, rule = country
    chosen, room, held = assign(households, places, rule)
    before, slow_held = [dict(place) for place in places], list(HELD)
    assert chosen == slow_assign(households, places, slow_held, MERIT, SHARE, rule)
    assert room == [place["room"] for place in places]
    assert held == slow_held
    assert sum(held) == sum(HELD)  # every arrival in a region is a departure from another
    assert all(left >= 0 or place["kind"] == MUNICIPAL for left, place in zip(room, before, strict=True))


THREE = [  # free places, by region: 5, 9 and 7
    {"kind": REGULAR, "region": 0, "room": 5.0},
    {"kind": REGULAR, "region": 1, "room": 9.0},
    {"kind": REGULAR, "region": 2, "room": 7.0},
]


def best(rule, size=1, only=NO_ROW, u=0.0, held=(50, 60, 40), share=(0.2, 0.3, 0.5), merit=(0.4, 0.5, 0.6)):
    regions = placement.Held(np.array(merit), np.array(held, float), np.array(share))
    places = columns(THREE)
    return placement.best_location(size, only, u, placement.with_room(places, REGULAR), places, regions, rule)


def test_free_takes_most_free_places():
    assert best(FREE) == 1
    assert best(FREE, only=2) == 2
    assert best(FREE, size=10) == NO_ROW


def test_quota_takes_the_region_furthest_below_its_share():
    assert best(QUOTA) == 2  # 250, 200 and 80 people per share
    assert best(QUOTA, held=(10, 60, 40)) == 0  # 50, 200 and 80
    assert best(QUOTA, size=8) == 1  # only there


def test_greedy_takes_the_region_with_most_jobs():
    assert best(GREEDY) == 2
    assert best(GREEDY, size=8) == 1
    assert best(GREEDY, merit=(0.9, 0.5, 0.6)) == 0


@pytest.mark.parametrize(("u", "place"), [(0.0, 0), (0.23, 0), (0.24, 1), (0.66, 1), (0.67, 2), (0.999, 2)])
def test_random_gives_every_free_place_the_same_probability(u, place):
    assert best(RANDOM, u=u) == place  # 5, 9 and 7 of 21: bounds at 0.238 and 0.667


def test_random_among_the_places_that_are_large_enough():
    assert [best(RANDOM, size=6, u=u) for u in (0.0, 0.56, 0.57)] == [1, 1, 2]  # 9 and 7 of 16


def test_a_household_that_moves_no_longer_counts_in_the_region_that_it_leaves():
    places = [{"kind": REGULAR, "region": region, "room": 100.0} for region in (0, 1)]
    families = [(15, NO_ROW, REGULAR, 0.0, 0, 0), (1, NO_ROW, REGULAR, 0.0, 0, 2)]
    chosen, _, held = assign(families, places, QUOTA)
    assert chosen == [1, 0]  # region 0 has 80 per share, region 1 has 60; then 5 / 0.25 = 20 and 45 / 0.5 = 90
    assert held == [6.0, 45.0, 24.0]


def test_medical_needs_and_ties_go_before_those_who_wait_longer():
    state = country(b=3)
    plain = screened(state, applied=-20)
    later, medical, tied = screened(state, applied=-19), screened(state, medical=True), screened(state, tie=ALPHA)
    run(placement, state, crisis=True)
    rows = np.concatenate([plain, later, medical, tied])
    assert kinds(state, rows) == [REGULAR, MUNICIPAL, REGULAR, REGULAR]


def test_longest_waiting_first_and_the_lottery_among_equals():
    state = country(b=4)
    rows = screened(state, 6)
    early = screened(state, applied=-7)
    run(placement, state, crisis=True)
    lucky = rows[np.argsort(state.households.lottery[rows])][:3]
    regular = np.flatnonzero(state.locations.kind[state.households.location] == Kind.REGULAR)
    assert set(regular) == {*lucky, *early}


def test_the_region_of_relatives_goes_before_the_rule():
    for ties_first, where in ((True, B), (False, D)):
        state = country(b=5, d=50)
        row = screened(state, tie=ALPHA)
        run(placement, state, crisis=True, ties_first=ties_first)
        assert state.locations.municipality[state.households.location[row]].tolist() == [where]


def test_a_regular_place_elsewhere_goes_before_an_emergency_place_near_relatives():
    state = country(d=10)
    emergency(state, 100, A)
    row = screened(state, tie=ALPHA)
    run(placement, state, crisis=True)
    assert kinds(state, row) == [REGULAR]


@each_rule
def test_rules_fill_a_country_with_just_enough_room(rule):
    state = country(b=40, d=30)
    rows = screened(state, 70)
    run(placement, state, crisis=True, rule=rule)
    assert np.bincount(state.households.location[rows], minlength=3)[1:3].tolist() == [40, 30]


def test_free_levels_the_room_quota_the_shares_and_greedy_goes_for_jobs():
    found = {}
    for rule in RULES:
        state = country(b=100, d=100)
        rows = screened(state, 50)
        run(placement, state, crisis=True, rule=rule)
        found[rule] = int((state.locations.region[state.households.location[rows]] == BETA).sum())
    assert found["free"] == 25  # by turns
    assert found["quota"] == 20  # 40% of the inhabitants
    assert found["greedy"] == 50  # 600 jobs per 1,000 inhabitants against 400
    assert 15 <= found["random"] <= 35  # half of the places; three standard deviations


def test_households_are_moved_when_their_location_ends():
    state = country(b=10, d=10)
    b, d = locations(state, Kind.REGULAR)
    leaving, staying = people(state, Stage.IN_DECISION, 3, location=b), people(state, Stage.IN_DECISION, 2, location=d)
    state.locations.ends[b] = 0
    assert set(run(placement, state, crisis=True)["moved"]) == set(leaving)
    assert set(state.households.location) == {d}
    assert state.households.moves[leaving].tolist() == [1, 1, 1]
    assert state.households.moves[staying].tolist() == [0, 0]


def test_a_location_is_used_until_the_month_in_which_it_ends():
    state = country(b=10)
    state.locations.ends[locations(state, Kind.REGULAR)[0]] = 1
    row = screened(state)
    run(placement, state, crisis=True)
    assert kinds(state, row) == [REGULAR]
    run(placement, state, crisis=True)
    assert state.households.moves[row].tolist() == [1]
    state.clock.month = 1
    run(placement, state, crisis=True)
    assert kinds(state, row) == [MUNICIPAL]
    assert state.households.moves[row].tolist() == [2]


def test_a_location_that_opens_next_month_takes_nobody_yet():
    state = country()
    state.locations.add(1, municipality=B, region=ALPHA, kind=Kind.REGULAR, places=50, opened=1)
    row = screened(state)
    run(placement, state, crisis=True)
    assert kinds(state, row) == [MUNICIPAL]
    state.clock.month = 1
    run(placement, state, crisis=True)
    assert kinds(state, row) == [REGULAR]


def test_from_emergency_to_regular_as_far_as_there_is_room():
    state = country(b=3)
    where = emergency(state, 20)
    rows = np.concatenate([people(state, Stage.IN_DECISION, location=where, applied=-n) for n in (2, 5, 3, 4)])
    assert set(run(placement, state, crisis=True)["moved"]) == set(rows[1:])  # all but the last to come
    assert kinds(state, rows) == [EMERGENCY, REGULAR, REGULAR, REGULAR]


def test_from_municipal_to_emergency_but_never_from_regular_or_emergency_to_the_same():
    state = country(b=2)
    where = emergency(state, 2)
    crisis = locations(state, Kind.MUNICIPAL)[0]
    rows = people(state, Stage.IN_DECISION, 6, location=crisis)
    assert len(run(placement, state, crisis=True)["moved"]) == 4
    assert sorted(kinds(state, rows)) == [REGULAR] * 2 + [EMERGENCY] * 2 + [MUNICIPAL] * 2
    assert len(run(placement, state, crisis=True)["moved"]) == 0  # everything is full: nobody moves for nothing
    assert (state.households.location == where).sum() == 2


def test_screened_people_go_before_those_who_could_have_something_better():
    state = country(b=5)
    inside = people(state, Stage.IN_DECISION, 5, location=emergency(state, 5), applied=-30)
    new = screened(state, 5)
    run(placement, state, crisis=True)
    assert kinds(state, new) == [REGULAR] * 5
    assert kinds(state, inside) == [EMERGENCY] * 5


@each_rule
def test_nobody_exceeds_the_room_and_nobody_is_lost(rule):
    state = country(b=23, d=31)
    emergency(state, 17)
    rows = np.concatenate([screened(state, 12, size=size) for size in (1, 2, 3, 7)])
    run(placement, state, crisis=True, months=3, rule=rule)
    people_at = np.bincount(state.households.location[rows], state.households.size[rows], len(state.locations))
    limited = np.isin(state.locations.kind, (Kind.REGULAR, Kind.EMERGENCY))
    assert (people_at[limited] <= state.locations.places[limited]).all()
    assert people_at.sum() == 12 * 13
    assert people_at[limited].sum() > 60  # of 71


def test_places_count_at_the_scale_of_the_run():
    state = country(b=45, scale=0.1)
    rows = screened(state, 10)
    run(placement, state, crisis=True)
    assert sorted(kinds(state, rows)) == [REGULAR] * 4 + [MUNICIPAL] * 6  # four and a half places


def test_overflow_goes_to_the_municipal_location_of_the_region_of_relatives():
    state = country()
    alpha, beta = locations(state, Kind.MUNICIPAL)
    rows = {tie: screened(state, 10, tie=tie) for tie in (ALPHA, BETA, NO_ROW)}
    run(placement, state, crisis=True)
    where = state.households.location
    assert set(where[rows[ALPHA]]) == {alpha}
    assert set(where[rows[BETA]]) == {beta}
    assert set(where[rows[NO_ROW]]) <= {alpha, beta}


def test_overflow_without_relatives_is_spread_by_inhabitants():
    found = placement.crisis_place(
        village_state(), np.array([NO_ROW, NO_ROW, NO_ROW, ALPHA]), np.array([0.0, 0.59, 0.61, 0.99])
    )
    alpha, beta = locations(village_state(), Kind.MUNICIPAL)
    assert found.tolist() == [alpha, alpha, beta, alpha]


def test_leaving_the_registration_centre_and_later_moves_are_separate_events():
    state = country(b=10)
    new, inside = screened(state), people(state, Stage.IN_DECISION, location=emergency(state, 5))
    events = run(placement, state, crisis=True)
    assert events["placed"].tolist() == new.tolist()
    assert events["moved"].tolist() == inside.tolist()
    assert state.households.moves.tolist() == [1, 1]


def test_households_that_still_register_stay_at_the_centre():
    state = country(b=10)
    people(state, Stage.REGISTERING, 3)
    events = run(placement, state, crisis=True)
    assert {name: len(rows) for name, rows in events.items()} == {"placed": 0, "moved": 0}
    assert set(state.households.location) == set(locations(state, Kind.REGISTRATION))


def test_families_that_arrive_with_a_permit_get_a_place_too():
    state = country(b=10)
    sponsor = people(state, Stage.HOUSED)
    gate = locations(state, Kind.REGISTRATION)[0]
    family = people(state, Stage.AWAITING_REGISTRATION, size=4, sponsor=sponsor[0], location=gate)
    run(placement, state, crisis=True)
    assert kinds(state, family) == [REGULAR]
    assert state.households.location[sponsor].tolist() == [NO_ROW]


def test_nobody_in_reception():
    events = run(placement, village_state(), crisis=True)
    assert {name: len(rows) for name, rows in events.items()} == {"placed": 0, "moved": 0}


def test_more_regular_places_leave_fewer_people_without():
    without = []
    for places in (0, 20, 60, 200):
        state = country(b=places)
        screened(state, 50, size=2)
        run(placement, state, crisis=True)
        without.append(int((state.locations.kind[state.households.location] == Kind.MUNICIPAL).sum()))
    assert without == [50, 40, 20, 0]


def test_who_waits_longest_leaves_a_full_registration_centre():
    state = village_state()
    centre = locations(state, Kind.REGISTRATION)[0]
    rows = [people(state, Stage.REGISTERING, 1, 2, since=-k, location=centre)[0] for k in range(5)]
    run(placement, state, crisis=True, registration_most=5)
    stays = state.households.location[rows] == centre
    assert stays.tolist() == [True, True, False, False, False]  # the newest, as long as whole households fit in
    assert set(state.households.stage[rows]) == {Stage.REGISTERING}


def test_the_ceiling_of_the_registration_centre_is_that_of_the_whole_country():
    state = village_state(scale=0.5)
    centre = locations(state, Kind.REGISTRATION)[0]
    people(state, Stage.REGISTERING, 10, location=centre)
    run(placement, state, crisis=True, registration_most=12)
    assert (state.households.location == centre).sum() == 6


def test_turns_and_municipal_places_as_numpy_finds_them():
    state, rng = village_state(), np.random.default_rng(8)
    people(state, Stage.IN_DECISION, 300)
    of, rows = state.households, rng.permutation(300)[:200]
    of.medical[:], of.tie[:] = rng.random(300) < 0.1, rng.choice([NO_ROW, NO_ROW, ALPHA, BETA], 300)
    of.applied[:] = rng.integers(-60, 1, 300)
    first = of.medical[rows] | (of.tie[rows] != NO_ROW)
    key, _ = placement.turns(rows, of)
    assert key.tolist() == waiting_key(of.applied[rows] - np.where(first, 512, 0), of.lottery[rows]).tolist()
    u, edges = rng.random(200), np.cumsum(state.regions.population_share)
    region = np.where(of.tie[rows] != NO_ROW, of.tie[rows], np.searchsorted(edges, u, side="right"))
    found = placement.crisis_place(state, of.tie[rows], u)
    assert set(state.locations.kind[found]) == {MUNICIPAL}
    assert state.locations.region[found].tolist() == region.tolist()
