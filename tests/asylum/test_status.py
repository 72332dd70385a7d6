"""From permit to population register."""

import numpy as np
import pytest

from abm.asylum import status
from abm.engine.table import NO_ROW
from abm.tables.people import Stage
from tests.helpers.village import Kind, locations, people, run, village_state


def permits(count):
    """A village where permits were granted last month, its people in the municipal location of Alpha."""
    state = village_state()
    people(state, Stage.AWAITING_REGISTRATION, count=count, location=locations(state, Kind.MUNICIPAL)[0])
    return state


def months_waited(state, weeks):
    """Months from permit to registration of all, after enough months for everybody."""
    run(status, state, months=12, brp_weeks=weeks)
    assert set(state.households.stage) == {Stage.AWAITING_COUPLING}
    return state.households.since - state.households.granted


@pytest.mark.parametrize(("weeks", "mean", "values"), [(6, 1.38, {1, 2}), (14, 3.22, {3, 4}), (40, 9.2, {9, 10})])
def test_weeks_become_whole_months_with_the_right_mean(weeks, mean, values):
    waited = months_waited(permits(1500), weeks)
    assert set(waited.tolist()) == values
    assert waited.mean() == pytest.approx(mean, abs=0.05)  # four standard errors of 1,500 households


def test_a_step_takes_a_month_at_least():
    assert set(months_waited(permits(20), 0).tolist()) == {1}


def test_nobody_is_registered_in_the_month_of_the_permit():
    state = permits(5)
    state.households.since[:] = 0
    assert len(run(status, state, brp_weeks=0)["registered"]) == 0


def test_longer_registration_means_more_people_waiting():
    waiting = []
    for weeks in (2, 6, 12, 20, 40):
        state = permits(300)
        run(status, state, months=3, brp_weeks=weeks)
        waiting.append(int((state.households.stage == Stage.AWAITING_REGISTRATION).sum()))
    assert waiting[0] == 0
    assert waiting == sorted(waiting)
    assert waiting[-1] == 300


def test_only_permit_holders_are_registered_and_families_go_through_too():
    state = village_state()
    applicant, holder = people(state, Stage.IN_DECISION)[0], people(state, Stage.AWAITING_REGISTRATION)[0]
    family = people(state, Stage.AWAITING_REGISTRATION, size=3, sponsor=holder)[0]
    events = run(status, state, brp_weeks=0)
    assert events["registered"].tolist() == [holder, family]
    assert state.households.stage[applicant] == Stage.IN_DECISION
    assert set(state.households.municipality) == {NO_ROW}


def test_nobody_holds_a_permit():
    assert run(status, village_state())["registered"].tolist() == []


def test_the_month_of_registration_does_not_depend_on_who_else_waits():
    few, many = permits(10), permits(200)
    run(status, few, months=6)
    run(status, many, months=6)
    assert np.array_equal(few.households.since, many.households.since[:10])
