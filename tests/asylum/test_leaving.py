"""Households that must go leave at a monthly rate, demonstrably or to an unknown destination."""

import numpy as np
import pytest

from abm.asylum import leaving
from abm.engine.table import NO_ROW
from abm.tables.people import IN_RECEPTION, Stage
from tests.helpers.village import lifelong_draws, people, run, village_state

ALL = {"alone_rate": 1, "family_rate": 1, "closed_rate": 1}


def departing(count=1, size=1, **columns):
    state = village_state()
    return state, people(state, Stage.DEPARTING, count, size, **columns)


def test_probability_by_household_and_closing():
    params = leaving.Params(alone_rate=0.5, family_rate=0.1, closed_rate=0.8)
    size, closing = np.array([1, 2, 5, 1, 4]), np.array([False, False, False, True, True])
    assert leaving.probability(size, closing, params).tolist() == [0.5, 0.1, 0.1, 0.8, 0.8]


def test_some_whose_application_will_be_closed_vanish_before_it_is():
    state = village_state()
    rows = people(state, Stage.IN_DECISION, 100, closing=True)
    others = people(state, Stage.IN_DECISION, 20)
    fresh = people(state, Stage.IN_DECISION, 20, closing=True, since=0)
    gone = run(leaving, state, vanishing_rate=0.3)["left_unknown"]
    assert set(gone) < set(rows)
    assert len(gone) == pytest.approx(30, abs=14)  # three standard deviations
    assert set(state.households.stage[gone]) == {Stage.UNKNOWN}
    assert set(state.households.stage[np.concatenate([others, fresh])]) == {Stage.IN_DECISION}
    assert len(run(leaving, state, vanishing_rate=0)["left_unknown"]) == 0


def test_only_households_that_must_go_leave():
    state = village_state()
    for stage in Stage:
        people(state, stage)
    events = run(leaving, state, **ALL)
    left = np.concatenate([events["returned"], events["left_unknown"]])
    assert left.tolist() == [int(Stage.DEPARTING)]  # one household per stage, in order
    assert state.households.location[left].tolist() == [NO_ROW]
    assert (state.households.location[[s for s in IN_RECEPTION if s != Stage.DEPARTING]] != NO_ROW).all()


def test_nobody_leaves_in_the_month_of_the_refusal():
    state, _ = departing(5, since=0)
    assert all(len(rows) == 0 for rows in run(leaving, state, **ALL).values())


def test_nobody_must_go():
    assert all(len(rows) == 0 for rows in run(leaving, village_state()).values())


@pytest.mark.parametrize(("share", "stage"), [(0.0, Stage.UNKNOWN), (1.0, Stage.RETURNED)])
def test_where_to_at_the_bounds(share, stage):
    state, rows = departing(20)
    run(leaving, state, returned_share=share, **ALL)
    assert set(state.households.stage[rows]) == {stage}


def test_returned_exactly_when_the_draw_is_below_the_share():
    state, rows = departing(100)
    events = run(leaving, state, returned_share=0.465, **ALL)
    expected = lifelong_draws("leaving", "returned", state, rows) < 0.465
    assert events["returned"].tolist() == rows[expected].tolist()
    assert events["left_unknown"].tolist() == rows[~expected].tolist()


def test_each_month_the_same_share_leaves():
    state, rows = departing(150)
    left = []
    for _ in range(3):
        events = run(leaving, state, alone_rate=0.5)
        left.append(sum(len(gone) for gone in events.values()))
        state.clock.month += 1
    assert left == pytest.approx([75, 37.5, 18.75], abs=18)  # three standard deviations of the first
    assert sum(left) + (state.households.stage[rows] == Stage.DEPARTING).sum() == 150


def test_a_higher_rate_leaves_fewer_people_behind():
    left = []
    for rate in (0.01, 0.1, 0.5, 1):
        state, _ = departing(50, size=2)
        run(leaving, state, months=4, family_rate=rate)
        left.append(int((state.households.stage == Stage.DEPARTING).sum()))
    assert left[0] > left[1] > left[2] > left[3] == 0
