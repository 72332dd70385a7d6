"""Which form corporations choose for starter homes, by hand."""

import numpy as np
import pytest

from abm.homes import building
from abm.homes.form_choice import choose, weights
from abm.tables.homes import Form, Halt
from tests.helpers.building import planned, town

SHARES, SAME = [0.25, 0.1, 0.15, 0.1], np.ones(5)
FLEXIBLE, CONVERTED, SPLIT, TEMPORARY, SPREAD = Form


@pytest.mark.parametrize(
    ("cost", "months", "expected"),
    [
        ([1, 1, 1, 1, 1], [1, 1, 1, 1, 1], [0.4, 0.25, 0.1, 0.15, 0.1]),
        ([2, 1, 1, 1, 1], [1, 1, 1, 1, 1], [0.2, 0.25, 0.1, 0.15, 0.1]),  # twice as dear, half as often
        ([1, 1, 1, 1, 1], [1, 1, 1, 0.5, 1], [0.4, 0.25, 0.1, 0.6, 0.1]),  # twice as fast, squared
    ],
)
def test_weights_by_hand(cost, months, expected):
    found = weights(SHARES, np.array(cost), SAME, np.array(months), SAME, 1, 2)
    assert found == pytest.approx(expected)


def test_shares_over_one_leave_nothing_for_the_rest():
    assert weights([0.8, 0.5, 0.1, 0], SAME, SAME, SAME, SAME, 1, 1) == pytest.approx([0, 0.8, 0.2, 0, 0])


def test_choice_follows_weights_among_what_can_be_paid():
    weight = np.array([4.0, 2, 0, 1, 1])
    u = (np.arange(8) + 0.5) / 8
    every = np.ones((8, 5), bool)
    assert choose(u, weight, every).tolist() == [0, 0, 0, 0, 1, 1, 3, 4]
    cheap = every.copy()
    cheap[:, :2] = False
    assert choose(u, weight, cheap).tolist() == [3, 3, 3, 3, 4, 4, 4, 4]
    assert choose(u, weight, ~every).tolist() == [0, 0, 0, 0, 1, 1, 3, 4]  # the plan will lack room
    assert choose(u, weight, np.arange(5) == np.full((8, 1), 2)).tolist() == [0, 0, 0, 0, 1, 1, 3, 4]


def tendency(**params):
    found = building.tendencies(building.Params(**params))
    return found / found.sum()


def test_at_the_defaults_forms_have_their_shares():
    assert tendency() == pytest.approx([0.4, 0.25, 0.1, 0.15, 0.1])
    assert tendency(converted_share=0.4) == pytest.approx([0.25, 0.4, 0.1, 0.15, 0.1])
    assert tendency(cost_weight=0, speed_weight=0, financed=2, one_instance=True) == pytest.approx(tendency())


def test_cost_a_year_by_hand():
    cost, months = building.cost_and_time(building.Params())
    # 90,000 less 7,800 over 15 years; 70,000 over 10; 11,000; 45,000 over 5; 5,500, all paid by the grant; 310 a month
    assert cost == pytest.approx([5_480 + 3_720, 6_220 + 3_720, 320 + 3_720, 7_440 + 3_720, 3_720])
    # building 10, 10, 4, 4, 1; permit 6; half of them 18 of appeal; three in ten 12 for the grid; not in a street
    assert months.tolist() == [29, 29, 19, 23, 1]


def test_policy_moves_the_choice():
    today = tendency()
    assert tendency(financed=5)[FLEXIBLE] < today[FLEXIBLE]  # short finance makes long terms dear
    assert tendency(financed=5)[TEMPORARY] > today[TEMPORARY]
    assert tendency(one_instance=True)[FLEXIBLE] > today[FLEXIBLE]  # one appeal for twelve units and more
    assert tendency(one_instance=True)[SPLIT] < today[SPLIT]
    assert tendency(grant=30_000)[TEMPORARY] > today[TEMPORARY]  # pays most of it


def test_corporations_choose_what_they_can_pay():
    state = town()
    shares = {"converted_share": 0, "split_share": 0.5, "temporary_share": 0, "spread_share": 0}
    rows = planned(state, room_share=0.02, **shares)
    assert set(state.complexes.form[rows]) == {FLEXIBLE, SPLIT}
    state = town()
    # room of 0.0005 x 90,000 a home: of 1,000 to 3,000 homes 45,000 to 135,000 euros, a split complex costs 32,000
    rows = planned(state, room_share=0.0005, **shares)
    assert set(state.complexes.form[rows]) == {SPLIT}
    assert (state.complexes.halt[rows] != Halt.ROOM).any()
