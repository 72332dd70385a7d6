"""Plans of starter homes by hand: announcement, reasons to stop, opening, and the end of the term."""

import numpy as np
import pytest

from abm.engine.clock import ENDLESS
from abm.engine.draws import Draws
from abm.engine.table import NO_ROW
from abm.homes import building
from abm.tables.homes import Form, Halt, HomeSize, NextUse
from abm.tables.money import Purpose
from tests.helpers.building import JANUARY, SURE, planned, standing, town
from tests.helpers.village import A, B, C, D, E, run


def test_no_starter_homes_unless_asked():
    state = town()
    run(building, state, months=24)
    assert len(state.complexes) == 0
    assert state.ledger.total.sum() == 0


def test_units_are_shared_by_inhabitants_in_whole_complexes():
    state = town()
    rows = planned(state)
    of = state.complexes
    # 10, 20, 30, 20 and 20 thousand inhabitants: 10, 20, 30, 20 and 20 units, in complexes of ten
    assert np.bincount(of.municipality[rows], minlength=5).tolist() == [1, 2, 3, 2, 2]
    assert (of.units[rows] == 10).all()
    assert len(np.unique(of.identity)) == 10


def test_units_too_few_for_a_complex_wait_for_next_year():
    state = town()
    planned(state, complex_size=40)
    assert len(state.complexes) == 0
    assert state.municipalities.starter_due.tolist() == pytest.approx([10, 20, 30, 20, 20])
    state.clock.month += 12
    rows = planned(state, complex_size=40)
    assert state.complexes.municipality[rows].tolist() == [B, C, D, E]


@pytest.mark.parametrize("form", Form)
def test_a_form_can_be_the_only_one(form):
    state = town()
    rows = planned(state, form)
    of = state.complexes
    assert (of.form[rows] == form).all()
    assert (of.shared[rows] == (form in (Form.CONVERTED, Form.SPLIT))).all()
    assert not of.linkable[rows].any()


@pytest.mark.parametrize(
    ("form", "months"),
    [(Form.FLEXIBLE, 10), (Form.CONVERTED, 10), (Form.TEMPORARY, 4), (Form.SPLIT, 4), (Form.SPREAD, 1)],
)
def test_months_to_open_by_form(form, months):
    of = np.array([form]), np.array([20])
    none, one = np.array([False]), np.array([True])
    p = building.Params(permit_months=6, grid_months=12)
    permit = 0 if form == Form.SPREAD else 6
    assert building.months_to_open(*of, none, none, p).tolist() == [months + permit]
    assert building.months_to_open(*of, one, none, p).tolist() == [months + permit + 18]
    assert building.months_to_open(*of, none, one, p).tolist() == [months + permit + 12]


def test_one_instance_takes_six_months_from_twelve_units_on():
    units, yes, no = np.array([11, 12]), np.array([True, True]), np.array([False, False])
    form, p = np.array([Form.FLEXIBLE] * 2), building.Params(one_instance=True, permit_months=0)
    assert building.months_to_open(form, units, yes, no, p).tolist() == [10 + 18, 10 + 6]


@pytest.mark.parametrize(
    ("params", "halt"),
    [
        ({"nitrogen_share": 0.5}, Halt.NITROGEN),
        ({"appeal_share": 1, "lost_share": 1}, Halt.APPEAL),
        ({"abandoned": 0.8}, Halt.ABANDONED),
    ],
)
def test_what_stops_plans(params, halt):
    number = np.arange(4_000, dtype=np.uint64)
    form, units = np.full(4_000, Form.FLEXIBLE), np.full(4_000, 20)
    found, _ = building.fate(Draws(1, "building", 0), number, form, units, building.Params(**(SURE | params)))
    expected = {Halt.NITROGEN: 0.5, Halt.APPEAL: 1.0, Halt.ABANDONED: 0.8}[halt]
    assert (found == halt).mean() == pytest.approx(expected, abs=0.03)


def test_two_in_five_plans_are_built_by_default():
    number = np.arange(20_000, dtype=np.uint64)
    form, units = np.full(20_000, Form.FLEXIBLE), np.full(20_000, 20)
    halt, months = building.fate(Draws(1, "building", 0), number, form, units, building.Params())
    assert (halt == Halt.NONE).mean() == pytest.approx(0.9 * (1 - 0.5 * 0.2) * 0.5, abs=0.015)
    assert 12 <= months.mean() <= 48  # E078


def test_homes_in_a_street_and_split_homes_meet_no_nitrogen_and_no_grid():
    number = np.arange(1_000, dtype=np.uint64)
    p = building.Params(nitrogen_share=0.5, appeal_share=1, lost_share=1, abandoned=0.05, grid_share=0.9)
    halt, months = building.fate(Draws(1, "building", 0), number, np.full(1_000, Form.SPREAD), np.full(1_000, 20), p)
    assert set(halt) <= {Halt.NONE, Halt.ABANDONED}
    assert set(months) == {1}


def test_too_little_room_ends_a_plan():
    state = town()
    rows = planned(state, room_share=0.0005)
    # the corporation of A and B has room for 0.0005 x 3,000 homes of 90,000 euros: 1.5 units, where ten are planned
    of = state.complexes
    assert (of.halt[rows][of.municipality[rows] <= B] != Halt.NONE).all()
    assert Halt.ROOM in of.halt[rows]
    assert (state.corporations.room >= 0).all()


def test_the_corporations_of_a_municipality_pay_in_proportion_to_their_room():
    state = town()
    state.corporations.room[:] = [6e6, 2e6, 0]
    state.holdings.municipality[:] = [A, A, A, B, C]
    state.holdings.corporation[:] = [0, 0, 1, 2, 2]
    row = state.complexes.add(1, municipality=A, units=10, cost=40_000)
    building.pay(state, row)
    assert state.corporations.room.tolist() == pytest.approx([6e6 - 3e5, 2e6 - 1e5, 0])
    assert state.complexes.corporation[row].tolist() == [0]


def test_a_corporation_by_hand():
    state = town()
    state.municipalities.built[:] = [20, 0, 10, 6, 4]  # a month; the first corporation has all homes of A and B
    state.municipalities.sold[:] = [5, 5, 0, 1, -1]
    run(building, state, room_share=0.002)
    of = state.corporations
    assert of.homes.tolist() == [3_000, 3_000, 4_000]
    assert of.vacated.tolist() == pytest.approx([360 + 240, 360 + 120, 480 + 120])  # 12%, and the new ones
    assert of.built.tolist() == pytest.approx([240, 120, 120])
    assert of.sold.tolist() == pytest.approx([120, 0, 0])
    assert of.room.tolist() == pytest.approx([540_000, 540_000, 720_000])  # 0.2% of 90,000 each
    state.clock.month += 12
    run(building, state, room_share=0.002, room_years=1.5)
    assert of.room.tolist() == pytest.approx([810_000, 810_000, 1_080_000])  # a year and a half at most


def test_a_complex_opens_when_it_is_ready_and_is_paid_for():
    state = town()
    planned(state, Form.TEMPORARY, abandoned=0.05, grant=10_000, cost_temporary=50_000)
    of = state.complexes
    built = of.halt == Halt.NONE
    assert built.sum() >= 5
    state.clock.month += 3
    assert run(building, state)["starter_opened"].tolist() == []
    state.clock.month += 1
    assert run(building, state)["starter_opened"].tolist() == np.flatnonzero(built).tolist()
    assert of.built.tolist() == np.where(built, 10, 0).tolist()
    assert set(of.ends[built]) == {state.clock.month + 60}  # five years
    assert state.ledger.month[Purpose.STARTER_GRANTS] == pytest.approx(built.sum() * 10 * 10_000)
    assert state.ledger.month[Purpose.STARTER_BUILDING] == pytest.approx(built.sum() * 10 * 50_000)


def test_rent_covers_running_and_building_up_to_a_ceiling():
    assert building.rent(300, np.array([12_000.0, 90_000.0]), np.array([120, 120]), 713).tolist() == [400, 713]


@pytest.mark.parametrize(
    ("form", "size", "per_home"), [(Form.SPREAD, HomeSize.SMALL, 1), (Form.SPLIT, HomeSize.MIDDLE, 2)]
)
def test_vacant_homes_are_taken_and_given_back(form, size, per_home):
    state = town()
    towns = state.municipalities
    vacant = (towns.vacant_small, towns.vacant_middle, towns.vacant_large)[size]
    vacant[A] = towns.vacated[A] = 3.5
    row = standing(state, form, units=4, built=0, ends=JANUARY + 3, next_use=NextUse.OTHER)
    run(building, state)
    taken = min(3, 4 // per_home)
    assert (state.complexes.built[row], state.complexes.taken[row]) == (taken * per_home, taken)
    assert (vacant[A], towns.to_starter[A]) == (3.5 - taken, taken)
    state.clock.month = JANUARY + 3
    run(building, state)
    assert (state.complexes.built[row], vacant[A], towns.to_starter[A]) == (0, 3.5, 0)


def test_after_the_term_a_building_stays_moves_or_gets_another_use():
    state = town()
    state.clock.month += 1  # no plans but in January
    now = state.clock.month
    state.municipalities.starter_due[:] = [0, 1, 7, 2, 3]
    stays, moves, other = (
        standing(state, Form.FLEXIBLE, ends=now, next_use=use)[0]
        for use in (NextUse.STAYS, NextUse.MOVES, NextUse.OTHER)
    )
    of = state.complexes
    assert run(building, state)["starter_closed"].tolist() == [moves, other]
    assert of.built[[stays, moves, other]].tolist() == [10, 0, 0]
    assert of.ends[stays] == now + 60
    new = len(of) - 1
    assert (of.moved_from[new], of.municipality[new], of.units[new]) == (moves, C, 10)  # furthest behind with units
    assert (of.opens[new], of.built[new], of.ends[new]) == (now + 6, 0, ENDLESS)
    state.clock.month = now + 6
    assert run(building, state)["starter_opened"].tolist() == [new]
    assert of.built[new] == 10


def test_short_finance_shortens_the_term():
    state = town()
    rows = planned(state, financed=3)
    assert set(state.complexes.term[rows]) == {36}
    assert (state.complexes.moved_from[rows] == NO_ROW).all()


def test_the_target_mix_and_management_are_those_of_the_plan():
    found = {}
    for share, managed in ((0.3, True), (0.6, False)):
        state = town()
        rows = planned(state, status_share=share, managed=managed, running=250, management=60, rent_most=933)
        of = state.complexes
        found[managed] = (of.share[rows].mean(), of.managed[rows].mean(), of.running[rows].mean(), of.rent[rows].mean())
    assert found[True][:3] == (pytest.approx(0.3), 1, 310)
    assert found[False][:3] == (pytest.approx(0.6), 0, 250)
    assert found[True][3] - found[False][3] == pytest.approx(60)  # tenants pay for it
