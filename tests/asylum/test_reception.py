"""When and where reception locations open and close."""

import numpy as np
import pytest

from abm.asylum import reception
from abm.tables.country import Kind
from abm.tables.people import Stage
from tests.helpers.village import ALPHA, A, B, C, D, locations, people, run, village, village_state

STILL = {"regular_rate": 0, "emergency_rate": 0, "closing_rate": 0}  # nothing opens or closes by itself
TENTS = STILL | {"emergency_rate": 2_000, "emergency_size": 100, "emergency_lead": 0, "contract_spread": 0}


def crowd(count=0, size=3, **columns):
    """The village with 500 regular places (norm 0.8) and households in municipal places."""
    state = village_state(**columns)
    people(state, Stage.IN_DECISION, count, size, location=locations(state, Kind.MUNICIPAL)[0])
    return state


def open_places(state, kind, month):
    """Places of a kind that are open in a month."""
    of = state.locations
    return int(of.places[(of.kind == kind) & (of.opened <= month) & (of.ends > month)].sum())


# --- the arithmetic


@pytest.mark.parametrize(
    ("need", "stable", "norm", "places"),
    [(900, 0, 0.9, 1_000), (900, 1_200, 0.9, 1_200), (0, 0, 0.96, 0), (0, 50, 1, 50)],
)
def test_plan_is_the_need_over_the_norm_and_at_least_the_stable_places(need, stable, norm, places):
    assert reception.plan(need, stable, norm) == pytest.approx(places)


@pytest.mark.parametrize(
    ("gap", "rate", "size", "u", "locations_"),
    [
        (-9, 490, 390, 0.9, 0), (0, 490, 390, 0.9, 0), (390, 1_000, 390, 0.9, 1), (5_000, 900, 100, 0.0, 9),
        (240, 900, 100, 0.9, 2), (999, 490, 390, 0.7, 1), (999, 490, 390, 0.8, 2), (9, 0, 1, 0.9, 0),
    ],
)  # fmt: skip
def test_openings_follow_gap_and_rate_and_the_draw_rounds(gap, rate, size, u, locations_):
    assert reception.openings(gap, rate, size, u) == locations_


def test_probabilities_are_in_proportion_to_weight():
    weight, u = np.array([1.0, 0.0, 3.0]), np.array([0.0, 0.249, 0.25, 0.99])
    assert reception.municipality_of(weight, u).tolist() == [0, 0, 2, 2]
    assert reception.municipality_of(np.array([2.0, 0.0]), np.array([0.0, 0.999])).tolist() == [0, 0]
    assert reception.municipality_of(weight, np.zeros(0)).tolist() == []


@pytest.mark.parametrize(
    ("surplus", "rate", "closed"),
    [(130, 999, [1, 2]), (999, 60, [1]), (999, 999, [1, 2, 3, 0]), (-10, 999, []), (40, 999, [3]), (999, 0, [])],
)  # fmt: skip
def test_the_newest_locations_close_first_the_smallest_among_equals(surplus, rate, closed):
    places, opened = np.array([100, 50, 70, 30]), np.array([0, 5, 5, 2])
    assert reception.closing(places, opened, surplus, rate).tolist() == closed


@pytest.mark.parametrize(("share", "left"), [(0, 0), (0.25, 25), (1, 100)])
def test_a_share_of_the_contracts_that_end_is_renewed_for_another_term(share, left):
    state = crowd()
    rows = state.locations.add(100, municipality=C, region=ALPHA, kind=Kind.REGULAR, places=10, ends=1)
    later = state.locations.add(9, municipality=C, region=ALPHA, kind=Kind.REGULAR, places=10, ends=2)
    run(reception, state, months=1, renewed_share=share, regular_term=60, **STILL)
    ends = state.locations.ends[rows]
    assert set(ends) <= {1, 61}
    assert (ends == 61).sum() == pytest.approx(left, abs=0 if share in (0, 1) else 13)  # three standard deviations
    assert set(state.locations.ends[later]) == {2}


def test_contracts_of_the_first_day_end_evenly_over_a_term_whatever_the_seed():
    state = crowd()
    other = state.locations.ends[state.locations.kind == Kind.REGULAR]
    assert ((other >= 1) & (other <= 60)).all()


def test_emergency_locations_open_after_the_lead_and_contracts_differ():
    state = crowd(3_000)
    opened = run(reception, state, months=1, **TENTS | {"emergency_lead": 3, "contract_spread": 0.5}, contract=12)[
        "opened"
    ]
    of = state.locations
    assert len(opened) == 20
    assert set(of.opened[opened]) == {4}
    months = of.ends[opened] - of.opened[opened]
    assert months.min() >= 6
    assert months.max() <= 18
    assert len(set(months.tolist())) > 4


def test_with_the_law_those_close_first_that_a_municipality_has_beyond_its_share():
    places, opened = np.array([100, 50, 70, 30]), np.array([0, 5, 4, 2])
    where, spare = np.array([0, 1, 1, 0]), np.array([130, 40])  # of municipality 1, none can go
    assert reception.closing(places, opened, 130, 999, where, spare).tolist() == [3, 0]
    assert reception.closing(places, opened, 200, 999, where, spare).tolist() == [3, 0, 1]
    assert reception.closing(places, opened, 200, 999, where, np.array([-5, 120])).tolist() == [1, 2, 3]
    assert reception.closing(places, opened, 130, 999).tolist() == [1, 2]


def test_closings_under_the_law_keep_the_asked_pattern():
    found = []
    for law in (False, True):
        state = crowd()
        state.locations.add(10, municipality=C, region=ALPHA, kind=Kind.REGULAR, places=50, opened=-9)
        state.locations.add(1, municipality=A, region=ALPHA, kind=Kind.REGULAR, places=50, opened=0)
        run(reception, state, months=6, plan_lag=1, stable_places=800, spread_law=law, **STILL | {"closing_rate": 200})
        found.append(unlike(state, state.municipalities.asked_places))
    assert found[1] < found[0]


# --- regular places


def test_the_plan_follows_the_need_with_a_lag():
    state = crowd(300)
    for expected in (300, 500, 900 - 900 * 8 / 27):  # a third of what is left of 900, each month
        run(reception, state, plan_lag=3, **STILL)
        assert state.nation.reception[0] == pytest.approx(expected)


def test_need_is_that_of_the_whole_country_at_any_scale():
    state = village_state(scale=0.1)
    people(state, Stage.IN_DECISION, 10, size=2)
    run(reception, state, plan_lag=1, **STILL)
    assert state.nation.reception[0] == pytest.approx(200)


def test_regular_places_open_next_month_within_the_rate():
    state = crowd(300)  # 900 people want 1,125 places; there are 500
    events = run(reception, state, plan_lag=1, regular_term=60, **STILL | {"regular_rate": 400, "regular_size": 100})
    new = events["opened"]
    assert len(new) == 4
    assert set(state.locations.kind[new]) == {Kind.REGULAR}
    assert set(state.locations.opened[new]) == {1}
    assert set(state.locations.ends[new]) == {61}
    assert (state.locations.region[new] == state.municipalities.region[state.locations.municipality[new]]).all()
    assert open_places(state, Kind.REGULAR, 0) == 500
    assert open_places(state, Kind.REGULAR, 1) == 900


def test_regular_places_open_until_the_plan_is_met():
    state = crowd(300)
    run(reception, state, months=12, plan_lag=1, **STILL | {"regular_rate": 400, "regular_size": 100})
    assert open_places(state, Kind.REGULAR, 12) == 1_100  # 1,125 in whole locations


def test_the_newest_close_within_the_rate_when_nobody_needs_them():
    state = crowd()
    b, d = locations(state, Kind.REGULAR)
    state.locations.opened[d] = -5
    events = run(reception, state, plan_lag=1, **STILL | {"closing_rate": 250})
    assert events["closed_location"].tolist() == [b]  # 200 places, newer than the 300 of the other
    assert state.locations.ends[b] == 1
    state.clock.month = 1
    assert run(reception, state, plan_lag=1, **STILL | {"closing_rate": 300})["closed_location"].tolist() == [d]
    assert open_places(state, Kind.REGULAR, 2) == 0


def test_a_location_does_not_close_while_its_places_are_planned():
    state = crowd(120)  # 360 people want 450 of 500 places: the smallest location has 200
    assert len(run(reception, state, months=6, plan_lag=1, **STILL | {"closing_rate": 2_000})["closed_location"]) == 0


@pytest.mark.parametrize(("stable", "left"), [(0, 0), (200, 300), (300, 300), (400, 500), (500, 500)])
def test_stable_places_stay_though_nobody_needs_them(stable, left):
    state = crowd()
    run(reception, state, months=4, plan_lag=1, stable_places=stable, **STILL | {"closing_rate": 2_000})
    assert open_places(state, Kind.REGULAR, 4) == left


def test_more_stable_places_mean_more_regular_places():
    found = []
    for stable in (0, 500, 1_000, 3_000):
        state = crowd(50)
        run(reception, state, months=24, plan_lag=6, stable_places=stable, regular_size=100, emergency_rate=0)
        found.append(open_places(state, Kind.REGULAR, 24))
    assert found[0] < found[1] < found[2] < found[3]
    assert found[1:] == [500, 1_000, 3_000]


# --- emergency places


def test_emergency_places_open_for_the_shortfall():
    state = crowd(300)  # 900 people and 400 regular places within the norm
    new = run(reception, state, **TENTS)["opened"]
    assert len(new) == 5
    assert set(state.locations.kind[new]) == {Kind.EMERGENCY}
    assert set(state.locations.municipality[new]) == {C}  # the only one with emergency places in November 2025
    assert open_places(state, Kind.EMERGENCY, 0) == 0
    assert open_places(state, Kind.EMERGENCY, 1) == 500


def test_emergency_places_open_within_the_rate():
    state = crowd(300)
    run(reception, state, months=2, **TENTS | {"emergency_rate": 200})
    assert open_places(state, Kind.EMERGENCY, 1) == 200
    assert open_places(state, Kind.EMERGENCY, 2) == 400


def test_places_that_are_there_or_about_to_open_are_counted():
    state = crowd(300)
    run(reception, state, plan_lag=1, **TENTS | {"regular_rate": 300, "regular_size": 300})
    assert open_places(state, Kind.REGULAR, 1) == 800
    assert open_places(state, Kind.EMERGENCY, 1) == 300  # 900 - 640, in whole locations
    state.clock.month = 1
    assert len(run(reception, state, plan_lag=14, **TENTS)["opened"]) == 0


def test_an_emergency_location_is_open_as_long_as_its_contract():
    state = crowd(300)
    run(reception, state, **TENTS | {"contract": 3})
    by_month = [open_places(state, Kind.EMERGENCY, month) for month in range(6)]
    assert by_month == [0, 500, 500, 500, 0, 0]


def test_contracts_that_end_are_replaced_while_people_need_places():
    state = crowd(300)
    events = run(reception, state, months=8, **TENTS | {"contract": 3})
    assert [open_places(state, Kind.EMERGENCY, month) for month in range(1, 8)] == [500] * 7
    assert len(np.unique(events["closed_location"])) == len(events["closed_location"]) == 10


def test_a_longer_contract_closes_fewer_locations():
    closed = []
    for contract in (1, 2, 6, 60):
        state = crowd(300)
        closed.append(len(run(reception, state, months=12, **TENTS | {"contract": contract})["closed_location"]))
    assert closed[0] > closed[1] > closed[2] > closed[3] == 0


def test_nobody_needs_a_place():
    state = crowd()
    assert len(run(reception, state, **TENTS)["opened"]) == 0


def test_more_people_mean_more_emergency_places():
    found = []
    for count in (100, 200, 400, 800):
        state = crowd(count)
        run(reception, state, **TENTS)
        found.append(open_places(state, Kind.EMERGENCY, 1))
    assert found == [0, 200, 800, 2_000]  # shortfalls of -100, 200, 800 and 2,000


# --- where


def unlike(state, asked):
    """How far the places of municipalities are from an asked pattern: half the sum of differences between shares."""
    held = reception.places_by_municipality(state, Kind.REGULAR, state.clock.month)
    return np.abs(held / held.sum() - asked / asked.sum()).sum() / 2


def test_the_spread_law_brings_places_nearer_to_the_asked_pattern():
    found, many = [], {"regular_rate": 400, "regular_size": 40, "closing_rate": 0, "emergency_rate": 0}
    for law in (False, True):
        state = crowd()
        asked = state.municipalities.asked_places
        found.append(unlike(state, asked))
        run(reception, state, months=12, stable_places=5_000, spread_law=law, **many)
        found.append(unlike(state, asked))
    before, practice, again, law = found
    assert before == again == pytest.approx(0.6)  # 0, 0.4, 0, 0.6 and 0 against 0.1, 0.2, 0.3, 0.2 and 0.2
    assert practice > 0.5
    assert law < 0.15


def test_without_the_law_places_open_where_those_of_2025_leave_room():
    state = crowd()
    state.locations.places[locations(state, Kind.REGULAR)] = [20, 300]  # B had 200 in 2025, D has its 300
    new = run(reception, state, stable_places=5_000, **STILL | {"regular_rate": 4_000, "regular_size": 40})["opened"]
    where = np.bincount(state.locations.municipality[new], minlength=5)
    assert where[B] >= 95  # of 100: 180 places of room against a remainder of one
    assert where[B] + where[D] == 100


def test_the_norm_leaves_room_in_reserve():
    found = []
    for norm in (0.5, 0.8, 1.0):
        state = village_state(village(occupancy_norm=norm))
        people(state, Stage.IN_DECISION, 200, 3, location=locations(state, Kind.MUNICIPAL)[ALPHA])
        run(reception, state, plan_lag=1, **STILL | {"regular_rate": 4_000, "regular_size": 100})
        found.append(open_places(state, Kind.REGULAR, 1))
    assert found == [1_200, 700, 600]  # 600 people: 1,200, 750 (two and a half new ones: two) and 600


# --- what residents do to it


def test_locations_open_where_municipalities_are_willing():
    state = crowd(200)
    state.municipalities.emergency_places[:] = [0, 0, 100, 100, 0]
    state.municipalities.willingness[:] = [1, 1, 0, 1, 1]
    opened = run(reception, state, **TENTS)["opened"]
    assert set(state.locations.municipality[opened].tolist()) == {D}


def test_objections_stop_a_location_for_this_month():
    state = crowd(200)
    state.municipalities.stopped[C] = 1
    events = run(reception, state, **TENTS)
    assert len(events["opened"]) == 0
    assert set(events["stopped_location"].tolist()) == {C}
    state.municipalities.stopped[C] = 0
    again = run(reception, state, **TENTS)
    assert len(again["opened"]) == len(events["stopped_location"])
    assert len(again["stopped_location"]) == 0


def test_a_location_that_is_delayed_opens_later_and_stays_as_long():
    state = crowd(200)
    state.municipalities.delay[:] = 3
    opened = run(reception, state, **TENTS, contract=12)["opened"]
    of = state.locations
    assert set(of.opened[opened].tolist()) == {state.clock.month + 4}
    assert set(of.ends[opened].tolist()) == {state.clock.month + 4 + 12}
    state.clock.month += 1
    assert len(run(reception, state, **TENTS)["opened"]) == 0  # what is under way is not ordered again


def test_regular_places_that_are_not_open_yet_leave_a_gap_for_emergency_ones():
    found = []
    for delay in (0, 6):
        state = crowd(200, 3)
        state.nation.reception[0] = 900  # 625 places more than the 500 there are
        state.municipalities.delay[B] = state.municipalities.delay[D] = delay
        run(reception, state, regular_rate=2_000, regular_size=100, emergency_rate=2_000, emergency_size=20)
        found.append(int((state.locations.kind == Kind.EMERGENCY).sum()))
    assert found[1] > found[0]


def test_places_as_numpy_counts_them():
    state, rng = village_state(), np.random.default_rng(7)
    state.locations.add(
        200, kind=rng.integers(0, len(Kind), 200), places=rng.integers(0, 300, 200), opened=rng.integers(-2, 4, 200),
        ends=rng.integers(0, 5, 200), municipality=rng.integers(0, len(state.municipalities), 200),
    )  # fmt: skip
    of = state.locations
    regular = of.kind == Kind.REGULAR
    rows, lasting = reception.ending(of, 2)
    assert rows.tolist() == np.flatnonzero(regular & (of.ends == 2)).tolist()
    assert lasting == of.places[regular & (of.ends > 2)].sum()
    there = regular & (of.ends > 1)
    found = reception.places_by_municipality(state, Kind.REGULAR, 1)
    assert found.tolist() == np.bincount(of.municipality[there], of.places[there], len(found)).tolist()
    open_then = (of.ends > 2) & (of.opened <= 2)
    emergency = (of.kind == Kind.EMERGENCY) & (of.ends > 2)
    assert reception.standing(of, 2) == (of.places[regular & open_then].sum(), of.places[emergency].sum())
