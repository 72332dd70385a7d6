"""What the housing task makes municipalities offer to status holders, by effort, month and ceiling."""

import numpy as np
import pytest

from abm.asylum import coupling
from abm.homes import housing
from abm.homes.priority import left_to_house, offers, share_of_month
from abm.tables.country import Kind
from abm.tables.people import Stage
from tests.helpers.village import A, E, constant, locations, people, run, village, village_state

NOW = {"preparation_weeks": 0, "private_share": 0, "found_share": 0}  # only homes of corporations, at once

# --- the arithmetic


def test_what_is_left_of_the_task_by_hand():
    asked, placed = np.array([100.0, 100, 100, -20]), np.array([0.0, 90, 130, 0])
    effort = np.array([1.2, 0.8, 1.0, 1.0])
    assert left_to_house(asked, placed, effort, 1.0).tolist() == pytest.approx([120, 0, 0, 0])
    assert left_to_house(asked, placed, effort, 1.5).tolist() == pytest.approx([180, 30, 20, 0])


def test_the_share_of_a_month_rises_to_the_end_of_a_half_year():
    assert [share_of_month(month, 1.0) for month in range(6)] == pytest.approx([1 / 6, 1 / 5, 1 / 4, 1 / 3, 1 / 2, 1])
    # weights 1, 1.2, 1.4, 1.6, 1.8 and 2: nine in all
    assert [share_of_month(month, 2.0) for month in (0, 1, 5)] == pytest.approx([1 / 9, 1.2 / 8, 1])
    assert share_of_month(13, 2.0) == share_of_month(7, 2.0) == share_of_month(1, 2.0)


def test_offers_by_hand():
    wanted = np.array([10.0, 10, 10, 10])
    most, found = np.array([99.0, 4, 99, 3]), np.array([99.0, 99, 1, 1])
    inside, outside = offers(wanted, 0.3, most, found)
    assert inside.tolist() == pytest.approx([7, 4, 9, 3])
    assert outside.tolist() == pytest.approx([3, 6, 1, 1])


# --- in the village


def waiting(state, count=1, size=1, **columns):
    """Households that are tied to a municipality (A) and wait for a home, in municipal places."""
    place = {"location": locations(state, Kind.MUNICIPAL)[0]}
    return people(state, Stage.AWAITING_HOME, count, size, **(place | columns))


def test_a_municipality_offers_what_its_task_and_effort_want_up_to_its_ceiling():
    state = village_state()
    of = state.municipalities
    of.asked[:], of.placed[:], of.effort[:] = [9, 9, 90, 900, 0], [0, 9, 0, 0, 0], [2, 1, 0.5, 1, 1]
    run(housing, state, priority_share=0.1, rush=2, aim=1, **NOW)
    # a ninth of 18, 0, 45 and 900 people, one to a home; at most a tenth of 20 vacancies in D
    assert of.offered.tolist() == pytest.approx([1, 0, 3, 2, 0])  # C: 5 wanted, a tenth of its 30 vacancies
    of.offered[:] = 0
    run(housing, state, priority_share=0.5, rush=2, aim=1, **NOW)
    assert of.offered.tolist() == pytest.approx([2, 0, 5, 10, 0])


def test_homes_are_as_many_as_the_households_that_wait_need():
    state = village_state()
    waiting(state, 10, size=3, municipality=E)
    state.municipalities.asked[:] = [27, 27, 0, 0, 0]
    run(housing, state, priority_share=0.5, rush=2, aim=1, preparation_weeks=52, private_share=0, found_share=0)
    assert state.municipalities.offered.tolist() == pytest.approx([1, 1, 0, 0, 0])  # a ninth of nine homes


def housed_by_month(asked, homes=1_000_000, **params):
    """People housed in A in each of six months, where 500 wait; `asked` of it, and homes of corporations there."""
    state = village_state(village(corporation_homes=constant(11, [homes] * 5)))
    state.municipalities.asked[:] = 0
    state.municipalities.asked[A] = asked
    waiting(state, 500)
    found = []
    for month in range(6):
        state.clock.month = month
        found.append(len(run(housing, state, **(NOW | {"aim": 1, "rush": 2} | params))["housed"]))
    return found


def test_a_task_is_met_in_its_half_year_and_faster_to_its_end():
    assert housed_by_month(90) == [10, 12, 14, 16, 18, 20]
    assert housed_by_month(90, rush=1) == [15] * 6
    assert sum(housed_by_month(90, aim=1.5)) == 135
    assert housed_by_month(90, homes=12_000, priority_share=0.1) == [10, 12, 12, 12, 12, 12]  # the ceiling


def test_more_effort_gives_a_lead_and_less_leaves_people_waiting():
    found = []
    for effort in (0.5, 1.0, 1.5):
        state = village_state(village(corporation_homes=constant(11, [1_000_000] * 5)))
        run(coupling, state)  # a task of 300, 30 of them for A
        state.municipalities.effort[:] = effort
        waiting(state, 100)
        for month in range(6):
            state.clock.month = month
            run(housing, state, aim=1, rush=2, **NOW)
        found.append(state.municipalities.balance[A])
    assert found == [-15, 0, 15]
