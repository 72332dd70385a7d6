"""Vacancies, the part that status holders can get, and its letting."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from abm.engine.table import NO_ROW, UNSET
from abm.homes import housing
from abm.start import pools
from abm.tables.country import Kind
from abm.tables.homes import HomeSize, Rule, Tenure
from abm.tables.people import Reunion, Stage
from tests.helpers.village import A, B, C, D, constant, locations, people, run, village, village_state

SMALL, MIDDLE, LARGE = HomeSize
SOON = {"preparation_weeks": 0}  # whoever is tied to a municipality can move in the month after
NOW = SOON | {"private_share": 0, "found_share": 0}  # and only homes of corporations are let
NONE = {"freed_homes_rate": 0}  # no vacancies


# --- the kernel and its slow twin


def slow_let(municipality, needed, on_offer, homes):
    """Round one within the own class, round two one class up, each in the order of the queue."""
    got = [UNSET] * len(needed)
    for up in (0, 1):
        for turn, (town, need) in enumerate(zip(municipality, needed, strict=True)):
            fits = need + up <= LARGE and homes[town][need + up] >= 1 and on_offer[town] >= 1
            if got[turn] == NO_ROW and fits:
                got[turn] = need + up
                homes[town][need + up] -= 1
                on_offer[town] -= 1
    return got


@given(
    st.lists(st.tuples(st.integers(0, 2), st.sampled_from(list(HomeSize))), max_size=25),
    st.lists(st.lists(st.integers(0, 14), min_size=3, max_size=3), min_size=3, max_size=3),
    st.lists(st.integers(0, 30), min_size=3, max_size=3),
)
def test_let_equals_the_slow_twin(queue, quarters, offered):
    town, needed = (np.array([pair[i] for pair in queue], np.int16) for i in (0, 1))
    homes, on_offer = np.array(quarters) / 4, np.array(offered) / 4
    before, slow_homes, slow_offer = homes.sum(axis=1), homes.tolist(), on_offer.tolist()
    got = housing.let(town, needed, on_offer, homes)
    assert got.tolist() == slow_let(town.tolist(), needed.tolist(), slow_offer, slow_homes)
    assert homes.tolist() == slow_homes
    assert on_offer.tolist() == slow_offer
    assert (homes >= 0).all()
    assert (on_offer >= 0).all()
    assert (before - homes.sum(axis=1) == np.bincount(town[got != NO_ROW], minlength=3)).all()


@pytest.mark.parametrize(
    ("needed", "homes", "got"),
    [
        ([SMALL, SMALL, MIDDLE], [1, 1, 0], [SMALL, UNSET, MIDDLE]),  # the own class goes before one class up
        ([SMALL, SMALL, MIDDLE], [1, 2, 0], [SMALL, MIDDLE, MIDDLE]),
        ([SMALL, MIDDLE], [0, 0, 1], [UNSET, LARGE]),  # not two classes up
        ([LARGE, MIDDLE], [5, 5, 0], [UNSET, MIDDLE]),  # never a class down
        ([MIDDLE, LARGE], [0, 0, 1], [UNSET, LARGE]),
        ([SMALL], [0.99, 0.99, 0], [UNSET]),  # a part of a home is no home
        ([], [1, 1, 1], []),
    ],
)
def test_own_class_first_then_one_class_up(needed, homes, got):
    town = np.zeros(len(needed), np.int16)
    found = housing.let(town, np.array(needed, np.int16), np.array([9.0]), np.array([homes], float))
    assert found.tolist() == got


def test_no_more_than_are_on_offer_though_more_are_vacant():
    town, needed = np.array([0, 0, 0, 1], np.int16), np.zeros(4, np.int16)
    found = housing.let(town, needed, np.array([2.5, 0.5]), np.full((2, 3), 9.0))
    assert found.tolist() == [SMALL, SMALL, UNSET, UNSET]


# --- the arithmetic


def test_size_classes():
    found = housing.home_size(np.arange(1, 8)).tolist()
    assert found == [SMALL, SMALL, MIDDLE, MIDDLE, LARGE, LARGE, LARGE]


def test_homes_that_nobody_can_use_are_not_kept():
    homes, a_month = np.array([0.4, 1.4, 7.0, 2.0]), np.array([0.1, 0.3, 3.0, 2.5])
    assert housing.kept(homes, a_month).tolist() == [0.4, 1.0, 3.0, 2.0]


# --- offering


def waiting(state, count=1, size=1, **columns):
    """Households that are tied to a municipality (A) and wait for a home, in municipal places."""
    place = {"location": locations(state, Kind.MUNICIPAL)[0]}
    return people(state, Stage.AWAITING_HOME, count, size, **(place | columns))


def stock(state, town, homes, on_offer=99):
    """Put homes of each size in a municipality, all of which status holders can get."""
    of = state.municipalities
    of.vacated[town] += sum(homes) - of.small[town] - of.middle[town] - of.large[town]
    of.small[town], of.middle[town], of.large[town] = homes
    of.on_offer[town] = on_offer
    of.offered[town] += on_offer


def test_vacancies_are_offered_by_inhabitants():
    state = village_state(village(flex_homes=240))
    run(housing, state, priority_share=0.1, flex_share=0.5, **NOW)
    assert state.municipalities.vacancies.tolist() == pytest.approx([10, 20, 30, 20, 20])
    # a tenth of 100 homes and half of the 20 movable ones of this month, by inhabitants
    assert state.municipalities.offered.tolist() == pytest.approx([2, 4, 6, 4, 4])


def test_turnover_is_lower_where_lists_are_longer_and_the_same_in_the_country():
    """Registered for 8, 4, 4, 2 and 1 years; a slope of ln 2 / 4 halves the turnover every four years."""
    state = village_state(turnover_slope=np.log(2) / 4)
    run(housing, state, **NOW)
    turnover = np.array([1 / 4, 1 / 2, 1 / 2, 2**-0.5, 2**-0.25])
    own = turnover * [1_000, 2_000, 3_000, 2_000, 2_000]
    assert state.municipalities.vacancies.tolist() == pytest.approx((100 * own / own.sum()).tolist())


def test_nothing_piles_up_while_nobody_waits():
    state = village_state()
    run(housing, state, months=24, priority_share=0.1, small_share=0.5, middle_share=0.4, **NOW)
    of = state.municipalities
    assert of.on_offer.tolist() == pytest.approx([1, 2, 3, 2, 2])  # what a month brings
    assert of.small.tolist() == pytest.approx([5, 10, 15, 10, 10])
    assert of.large.tolist() == pytest.approx([1, 2, 3, 2, 2])
    assert of.offered.tolist() == pytest.approx([24, 48, 72, 48, 48])
    assert of.let.sum() == 0


def test_parts_of_homes_add_up_to_a_home():
    state = village_state()
    rows = waiting(state, 5)
    run(housing, state, months=3, priority_share=0.04, **NOW)  # 0.4 a month in A
    assert (state.households.stage[rows] == Stage.HOUSED).sum() == 1
    state.clock.month = 3
    run(housing, state, months=2, priority_share=0.04, **NOW)
    assert (state.households.stage[rows] == Stage.HOUSED).sum() == 2


def test_movable_homes_are_small():
    state = village_state(village(flex_homes=12_000, **NONE))  # a hundred in A, of a thousand a month
    single, family = waiting(state, 30), waiting(state, 30, size=4)
    run(housing, state, flex_share=1, **NOW)
    assert set(state.households.stage[single]) == {Stage.HOUSED}
    assert set(state.households.stage[family]) == {Stage.AWAITING_HOME}


# --- letting


def test_longest_waiting_first_and_the_lottery_among_equals():
    state = village_state(village(**NONE))
    stock(state, A, (4, 0, 0))
    equal = waiting(state, 6)
    early = waiting(state, coupled=-7, size=2)
    run(housing, state, **NOW)
    first = equal[np.argsort(state.households.lottery[equal])][:3]
    assert set(np.flatnonzero(state.households.stage == Stage.HOUSED)) == {*first, *early}


def test_a_household_moves_in_where_it_is_tied_and_leaves_reception():
    state = village_state(village(**NONE))
    stock(state, B, (9, 9, 9))
    here, elsewhere = waiting(state, 2, size=3, municipality=B), waiting(state, municipality=C)
    state.clock.month = 5
    assert set(run(housing, state, **NOW)["housed"]) == set(here)
    of = state.households
    assert set(of.location[here]) == {NO_ROW}
    assert set(of.municipality[here]) == {B}
    assert set(of.housed[here]) == set(of.since[here]) == {5}
    assert state.municipalities.balance.tolist() == [0, 6, 0, 0, 0]
    assert state.municipalities.let.tolist() == [0, 2, 0, 0, 0]
    assert of.stage[elsewhere].tolist() == [Stage.AWAITING_HOME]


def test_nobody_moves_in_the_month_of_coupling():
    state = village_state(village(**NONE))
    stock(state, A, (9, 9, 9))
    waiting(state, since=0, coupled=0)
    assert len(run(housing, state, **NOW)["housed"]) == 0


def test_weeks_of_preparation_come_before_moving_in():
    state = village_state(village(**NONE))
    rows = waiting(state, 400, coupled=0, since=0)
    for month in range(1, 6):
        state.clock.month = month
        stock(state, A, (999, 0, 0), on_offer=999)
        run(housing, state, preparation_weeks=12, private_share=0, found_share=0)
    waited = state.households.housed[rows]
    assert set(waited) == {2, 3}
    assert waited.mean() == pytest.approx(12 / (365.25 / 12 / 7), abs=0.09)  # four standard errors


def test_a_family_on_its_way_and_one_in_reception_count_for_the_size():
    state = village_state(village(**NONE))
    stock(state, A, (9, 0, 1))
    abroad = waiting(state, coupled=-9, reunion=Reunion.TRAVELLING, family_abroad=4)
    queueing = waiting(state, reunion=Reunion.APPLIED, family_abroad=4)  # not granted: does not count
    here = waiting(state)
    place = locations(state, Kind.MUNICIPAL)[0]
    people(state, Stage.AWAITING_REGISTRATION, size=5, sponsor=here[0], location=place)
    run(housing, state, **NOW)
    housed = state.households.stage[np.concatenate([abroad, queueing, here])] == Stage.HOUSED
    assert housed.tolist() == [True, True, False]  # the only large home went to the first
    assert state.municipalities.small[A] <= 9 - 1


def test_nobody_is_housed_twice_and_lettings_stay_within_the_offer():
    state = village_state()
    for town in range(5):
        for size in (1, 2, 4, 6):
            waiting(state, 15, size=size, municipality=town)
    events = run(housing, state, months=12, priority_share=0.1, **NOW)
    of = state.municipalities
    assert len(np.unique(events["housed"])) == len(events["housed"])
    assert set(events["housed"]) == set(np.flatnonzero(state.households.stage == Stage.HOUSED))
    assert (of.let <= of.offered + 1e-9).all()
    by_town = np.bincount(state.households.municipality[events["housed"]], minlength=5)
    assert of.let.tolist() == by_town.tolist()
    assert by_town.tolist() == pytest.approx([12, 24, 36, 24, 24], abs=1)  # all that a queue of 60 in each can get


@pytest.mark.parametrize("homes", [0, 1, 1_000_000])
def test_without_homes_nobody_is_housed_and_with_enough_everybody(homes):
    state = village_state(village(corporation_homes=constant(11, [homes] * 5)))
    waiting(state, 40)
    housed = len(run(housing, state, **NOW)["housed"])
    assert housed == (40 if homes > 1 else 0)


def still_waiting(priority_share=0.1, **series):
    """People who still wait in A after a year, of two hundred."""
    state = village_state(village(**series))
    waiting(state, 200)
    run(housing, state, months=12, priority_share=priority_share, **NOW)
    return int((state.households.stage == Stage.AWAITING_HOME).sum())


def test_more_homes_leave_fewer_people_waiting():
    assert [still_waiting(freed_homes_rate=rate) for rate in (0, 0.12, 0.36, 1)] == [200, 188, 164, 100]


def test_a_higher_priority_share_lets_more():
    assert [still_waiting(share) for share in (0, 0.1, 0.2, 0.5)] == [200, 188, 176, 140]


def test_movable_homes_for_status_holders_let_more():
    found = []
    for share in (0, 0.5, 1):
        state = village_state(village(flex_homes=240, **NONE))
        waiting(state, 200)
        run(housing, state, months=12, flex_share=share, **NOW)
        found.append(int(state.municipalities.let.sum()))
    assert found == [0, 12, 24]  # a tenth of the inhabitants live in A


def test_nobody_waits():
    assert all(len(rows) == 0 for rows in run(housing, village_state(), **NOW).values())


# --- homes found outside corporations


def test_homes_are_found_elsewhere_for_part_of_them_and_none_of_a_corporation_is_used():
    state = village_state(village(corporation_homes=constant(11, [10_000_000] * 5)))
    rows = waiting(state, 4_000, size=3)
    events = run(housing, state, private_share=0.3, found_share=0.3, priority_share=0.5, **SOON)
    private = state.households.tenure[rows] == Tenure.PRIVATE
    assert len(events["housed"]) == 4_000
    assert private.sum() == pytest.approx(0.3 * 4_000, abs=120)  # four standard errors
    assert sorted(events["found"].tolist()) == rows[private].tolist()
    assert set(state.households.rule[rows[private]]) == {Rule.PRIVATE}
    assert set(state.households.home[rows[private]]) == {MIDDLE}  # a home that fits
    assert state.municipalities.let.sum() == len(events["housed"]) - private.sum()
    assert state.municipalities.balance[A] == 3 * len(events["housed"])  # they count for the task


def found(months=1, **params):
    """Homes that can be found in each municipality of the village, where nobody waits."""
    state = village_state()
    run(housing, state, months=months, **(SOON | {"found_share": 0.1} | params))
    return state.municipalities.found.tolist()


def test_homes_are_found_by_inhabitants_and_none_is_kept_for_long():
    assert found() == pytest.approx([1, 2, 3, 2, 2])  # a tenth of the 100 vacancies
    assert found(found_share=0.025) == pytest.approx([0.25, 0.5, 0.75, 0.5, 0.5])
    assert found(found_share=0) == [0] * 5
    assert found(months=24) == found()
    assert found(priority_ban=True) == found(priority_share=0) == found()  # it is no priority


def test_under_a_ban_on_priority_homes_are_still_found_elsewhere():
    state = village_state()
    rows = waiting(state, 300, municipality=B)
    run(housing, state, months=6, priority_ban=True, found_share=0.1, **SOON)
    assert np.count_nonzero(state.households.tenure[rows] == Tenure.PRIVATE) == 6 * 2
    assert state.municipalities.let.sum() == 0


@pytest.mark.parametrize(("asked", "homes", "elsewhere"), [(0.9, 99, 1), (0, 1, 2)])
def test_each_group_can_get_homes_that_the_other_left(asked, homes, elsewhere):
    state = village_state(village(**NONE))
    stock(state, A, (homes, 0, 0))
    state.municipalities.found[A] = elsewhere
    rows = waiting(state, 30)
    run(housing, state, private_share=asked, **SOON)
    private = state.households.tenure[rows] == Tenure.PRIVATE
    assert private.sum() == elsewhere
    assert (state.households.stage[rows] == Stage.HOUSED).sum() == min(30, homes + elsewhere)


# --- shared queues below full scale


def test_at_full_scale_every_municipality_has_its_own_queue():
    assert village_state().municipalities.pool.tolist() == [0, 1, 2, 3, 4]


def test_below_full_scale_some_share_a_queue_within_their_region():
    state = village_state(village(**NONE), scale=0.5)
    # Alpha has two queues: the middles of A, B and C lie at 1/12, 1/3 and 3/4 of its inhabitants; Beta has one
    assert state.municipalities.pool.tolist() == [A, A, C, D, D]
    stock(state, A, (1, 0, 0))
    row = waiting(state, municipality=B)
    assert run(housing, state, **NOW)["housed"].tolist() == row.tolist()
    assert state.households.municipality[row].tolist() == [B]  # at home where it is tied
    assert state.municipalities.let.tolist() == [1, 0, 0, 0, 0]
    assert state.municipalities.balance.tolist() == [0, 2, 0, 0, 0]  # one of two people


def test_a_shared_queue_keeps_no_more_than_a_month_brings_either():
    state = village_state(scale=0.5)
    run(housing, state, months=24, priority_share=0.1, small_share=0.5, middle_share=0.4, **NOW)
    of = state.municipalities
    # A and B share 3 of 10 homes on offer a month, C has 3, D and E share 4; half of that at half the scale
    assert of.on_offer.tolist() == pytest.approx([1.5, 0, 1.5, 2, 0])
    assert of.small[[A, C, D]].tolist() == pytest.approx([7.5, 7.5, 10])


@pytest.mark.parametrize("scale", [0.5, 0.1, 0.02])
def test_queues_are_as_many_as_the_scale_says_and_each_of_a_kind_and_a_region(scale):
    count, rng = 342, np.random.default_rng(1)
    state = village_state()
    state.municipalities.add(count - 5)
    of = state.municipalities
    of.effort[:] = rng.lognormal(0, 0.4, count)
    of.population_share[:] = rng.dirichlet(np.ones(count))
    of.region[:] = rng.integers(0, 35, count)
    pool = pools(of, scale)
    assert (pool[pool] == pool).all()
    assert (of.region[pool] == of.region).all()  # no home crosses a region
    for region in range(35):
        mine = np.flatnonzero(of.region == region)
        most = max(round(scale * len(mine)), 1)
        number = len(np.unique(pool[mine]))
        assert most / 2 <= number <= most
        in_order = pool[mine[np.argsort(of.effort[mine])]]
        assert 1 + (in_order[1:] != in_order[:-1]).sum() == number  # no two groups overlap
        share = of.population_share[mine] / of.population_share[mine].sum()
        together = np.bincount(pool[mine], share)
        assert together.max() <= 1 / most + share.max() + 1e-9
