"""Placement by match: batch, dynamic prices and preference; farm work is better in Beta, care work in Alpha."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from abm.asylum import placement
from abm.asylum.measures import placement_match
from abm.engine.draws import Draws
from abm.engine.table import NO_ROW
from abm.observe.measure import Month
from abm.tables.country import Kind
from abm.tables.people import Role, Schooling
from tests.helpers.reception import MUNICIPAL, REGULAR, country, emergency, kinds, screened
from tests.helpers.village import BETA, D, locations, run, village_state

by_match = pytest.mark.parametrize("rule", ["batch", "dynamic", "preference"])
FARM, SHOP, CARE = range(3)


def working(state, count, sector, schooling=Schooling.SECONDARY, **columns):
    """Screened households whose lead works in a sector."""
    rows = screened(state, count, **columns)
    persons = np.isin(state.newcomers.household, rows) & (state.newcomers.role == Role.LEAD)
    state.newcomers.sector[persons], state.newcomers.schooling[persons] = sector, schooling
    return rows


def in_beta(state, rows):
    return int((state.locations.region[state.households.location[rows]] == BETA).sum())


def test_by_match_everyone_goes_where_the_own_work_is():
    for rule in ("batch", "dynamic"):
        state = country(b=50, d=50)
        farm, care = working(state, 20, FARM), working(state, 20, CARE)
        run(placement, state, crisis=True, rule=rule, noise=0, price_rate=0)
        assert (in_beta(state, farm), in_beta(state, care)) == (20, 0)


def test_a_batch_gives_scarce_places_to_those_who_gain_more():
    state = village_state(own_sector=1.0)
    state.locations.places[locations(state, Kind.REGULAR)] = [20, 20]
    unknown, farm = screened(state, 20, applied=-30), working(state, 20, FARM)  # those without profile come first
    run(placement, state, crisis=True, rule="batch", noise=0)
    assert (in_beta(state, unknown), in_beta(state, farm)) == (0, 20)


def test_a_price_rises_where_everyone_wants_to_be_and_stays():
    state = country(b=500, d=40)
    rows = working(state, 60, FARM)
    run(placement, state, crisis=True, rule="dynamic", noise=0)
    alpha, beta = state.regions.shadow_price
    assert beta > alpha == 0
    assert in_beta(state, rows) <= 40
    state.clock.month += 1
    run(placement, state, crisis=True, rule="free")
    assert state.regions.shadow_price.tolist() == [alpha, beta]


def test_greedy_keeps_no_prices():
    state = country(b=500, d=40)
    rows = working(state, 60, FARM)
    run(placement, state, crisis=True, rule="dynamic", noise=0, price_rate=0)
    assert state.regions.shadow_price.tolist() == [0, 0]
    assert in_beta(state, rows) == 40


def test_a_wish_is_followed_above_the_floor_only():
    for floor, most in ((-3, 60), (0.5, 0)):
        state = country(b=500, d=500)
        rows = working(state, 60, CARE)  # match 1 in Alpha and -1 in Beta
        run(placement, state, crisis=True, rule="preference", noise=0, floor=floor)
        assert in_beta(state, rows) <= most
        assert floor > 0 or 10 < in_beta(state, rows) < 40  # two in five of the inhabitants


def test_below_the_floor_only_where_nothing_else_has_room():
    state = country(b=25, d=500)
    rows = working(state, 60, CARE)
    run(placement, state, crisis=True, rule="preference", noise=0, floor=0)
    assert in_beta(state, rows) == 35


@given(st.lists(st.lists(st.integers(-200, 200), min_size=3, max_size=3), min_size=1, max_size=9), st.integers(-2, 2))
def test_whatever_is_wished_no_region_below_the_floor_goes_before_one_above(seen, floor):
    seen = np.array(seen) / 100
    wish = np.random.default_rng(1).normal(scale=9, size=seen.shape)
    value = placement.above_floor(wish, seen, floor)
    above = seen >= floor
    for row in range(len(seen)):
        best = value[row].argmax()
        assert above[row, best] == above[row].any()
        assert not above[row].any() or wish[row, best] == wish[row][above[row]].max()


@by_match
def test_the_region_of_relatives_goes_before_the_match(rule):
    for ties_first, where in ((True, 30), (False, 0)):
        state = country(b=50, d=50)
        rows = working(state, 30, CARE, tie=BETA)
        run(placement, state, crisis=True, rule=rule, noise=0, ties_first=ties_first, floor=0.5)
        assert in_beta(state, rows) == where


@by_match
def test_a_regular_place_goes_before_a_better_match(rule):
    state = country(b=10)
    emergency(state, 100, D)
    rows = working(state, 10, FARM)
    run(placement, state, crisis=True, rule=rule, noise=0)
    assert kinds(state, rows) == [REGULAR] * 10


@by_match
def test_by_match_families_are_whole_and_nobody_exceeds_the_room(rule):
    state = country(b=23, d=31)
    emergency(state, 17)
    rows = np.concatenate([working(state, 12, FARM, size=size) for size in (1, 2, 3, 7)])
    run(placement, state, crisis=True, months=3, rule=rule)
    people_at = np.bincount(state.households.location[rows], state.households.size[rows], len(state.locations))
    limited = np.isin(state.locations.kind, (Kind.REGULAR, Kind.EMERGENCY))
    assert (people_at[limited] <= state.locations.places[limited]).all()
    assert people_at.sum() == 12 * 13
    assert people_at[limited].sum() > 60  # of 71


@by_match
def test_by_match_the_longest_waiting_have_the_regular_places(rule):
    state = country(b=3, d=3)
    late, early = working(state, 9, FARM), working(state, 6, CARE, applied=-9)
    run(placement, state, crisis=True, rule=rule)
    assert kinds(state, early) == [REGULAR] * 6
    assert kinds(state, late) == [MUNICIPAL] * 9


@by_match
def test_by_match_nobody_in_reception(rule):
    events = run(placement, village_state(), crisis=True, rule=rule)
    assert {name: len(rows) for name, rows in events.items()} == {"placed": 0, "moved": 0}


@by_match
def test_seen_with_a_large_error_the_match_is_as_at_random(rule):
    state = village_state(own_sector=1.0)
    state.locations.places[locations(state, Kind.REGULAR)] = [500, 500]
    farm, care = working(state, 300, FARM), working(state, 300, CARE)
    state.newcomers.sector[:] = np.where(state.newcomers.sector == NO_ROW, SHOP, state.newcomers.sector)
    with pytest.raises(ValidationError):
        placement.Params(noise=1000)
    blind = placement.Params.model_construct(**(placement.Params(rule=rule, floor=-3).model_dump() | {"noise": 1000.0}))
    with state.writing(placement.WRITES):
        placement.step(state, blind, Draws(1, "placement", 0))
    assert in_beta(state, farm) - in_beta(state, care) == pytest.approx(0, abs=40)  # three standard deviations


def test_the_match_of_placed_people_by_schooling_sex_and_region():
    state = village_state(own_sector=1.0)
    rows = [
        working(state, 2, FARM, Schooling.HIGHER, location=locations(state, Kind.REGISTRATION)[0]),
        working(state, 2, CARE, Schooling.PRIMARY),
        screened(state),  # no profile: not counted
    ]
    state.newcomers.female[np.isin(state.newcomers.household, rows[1])] = True
    state.newcomers.female[np.isin(state.newcomers.household, rows[0])] = False
    b, d = locations(state, Kind.REGULAR)
    state.households.location[np.concatenate(rows)] = [d, d, d, b, b]  # of care work, one in Beta
    state.clock.month += 1
    month = Month(state, {"placed": np.concatenate(rows)})
    found = placement_match(month, ("total", "schooling", "sex", "region"))
    assert found["total"].tolist() == pytest.approx([(1 + 1 - 1 + 1) / 4])
    assert found["schooling"].tolist() == pytest.approx([np.nan, 0, np.nan, 1], nan_ok=True)
    assert found["sex"].tolist() == pytest.approx([1, 0])
    assert found["region"].tolist() == pytest.approx([1, 1 / 3])
    nobody = placement_match(Month(state, {}), ("total", "region"))
    assert np.isnan([*nobody["total"], *nobody["region"]]).all()
