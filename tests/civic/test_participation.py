"""Language classes: hours, teachers, moves and lessons in reception, worked out by hand."""

import numpy as np
import pytest

from abm.civic import participation
from abm.engine.clock import NEVER
from abm.engine.table import UNSET
from abm.tables.people import Route, Stage
from tests.helpers.adults import make_adults, village_state
from tests.helpers.village import ALPHA, BETA, D, Kind, locations, people, run

MONTH = 365.25 / 84  # weeks


def due(state, rows, **columns):
    """Make adults who are to learn and could be in class since month 10; returns their rows."""
    defaults = {"language": 0.0, "learner": True, "class_due": 10, "route": Route.OLD}
    return make_adults(state, rows, **(defaults | columns))


def test_hours_are_those_attended_less_what_work_takes():
    employed, dual = np.array([False, True, True]), np.array([False, False, True])
    params = participation.Params(hours_a_week=10, attended=0.5, lost_to_work=0.4, lost_on_dual_track=0.1)
    route = np.full(3, Route.B1)
    assert participation.hours(employed, dual, route, params) == pytest.approx(
        [5 * MONTH, 0.6 * 5 * MONTH, 0.9 * 5 * MONTH]
    )
    by_duty = participation.Params(hours_a_week=10, hours_self_reliance=6, duty=True, attended_by_duty=0.8)
    routes = np.array([UNSET, Route.OLD, Route.SELF_RELIANCE])
    idle = np.zeros(3, bool)
    assert participation.hours(idle, idle, routes, by_duty) == pytest.approx([8 * MONTH, 8 * MONTH, 4.8 * MONTH])


def test_only_learners_for_whom_a_class_is_due_are_in_class():
    state = village_state()
    wants = due(state, people(state, Stage.HOUSED))
    others = [
        due(state, people(state, Stage.HOUSED), **column)
        for column in ({"learner": False}, {"class_due": 13}, {"class_due": NEVER})
    ]
    found = run(participation, state)
    assert found["in_class"].tolist() == found["class_wanted"].tolist() == found["class_begun"].tolist() == [*wants]
    assert (state.newcomers.class_hours[np.concatenate(others)] == 0).all()
    assert state.newcomers.classes_since[wants[0]] == 12
    assert len(run(participation, state)["class_begun"]) == 0


def test_teachers_are_capacity_per_region_for_those_who_have_waited_longest():
    state = village_state()
    late = due(state, people(state, Stage.HOUSED, count=10))
    early = due(state, people(state, Stage.HOUSED, count=10), class_due=3)
    other = due(state, people(state, Stage.HOUSED, count=5, municipality=D))
    state.regions.class_places[:] = [12, 0]
    in_class = run(participation, state, funding="fixed")["in_class"]
    assert np.isin(early, in_class).all()
    assert np.isin(late, in_class).sum() == 2
    assert not np.isin(other, in_class).any()
    assert state.regions.class_places[[ALPHA, BETA]].tolist() == [12, 0]
    first = late[np.isin(late, in_class)]
    state.newcomers.class_due[late] = 2  # people in class stay, however long others wait
    state.regions.class_places[:] = [12, 0]
    assert np.isin(first, run(participation, state, funding="fixed")["in_class"]).all()


def test_capacity_follows_demand_at_its_rate_where_funding_follows_numbers():
    state = village_state()
    rows = due(state, people(state, Stage.HOUSED, count=100))
    state.regions.class_places[:] = 0
    run(participation, state, teachers_rate=0.25)
    assert state.regions.class_places[ALPHA] == pytest.approx(0.25 * len(rows))
    run(participation, state, teachers_rate=0.25)
    assert state.regions.class_places[ALPHA] == pytest.approx(0.4375 * len(rows))


def test_a_move_in_reception_stops_class_for_some_weeks():
    state = village_state()
    household = people(state, Stage.AWAITING_HOME)
    (who,) = due(state, household)
    state.regions.class_places[:] = 10
    months = []
    for month in range(5):
        if month == 1:
            state.households.location[household] = locations(state, Kind.REGULAR)[1]
        run(participation, state, move_stops=2, funding="fixed", preparation_share=0)
        months.append(bool(state.newcomers.class_hours[who] > 0))
        state.clock.month += 1
    assert months == [True, False, False, True, True]


def test_a_dual_track_ends_with_class():
    state = village_state()
    rows = due(state, people(state, Stage.HOUSED, count=3))
    run(participation, state, dual_share=1)
    assert state.newcomers.dual[rows].all()
    state.newcomers.learner[rows[:2]] = False
    run(participation, state, dual_share=1)
    assert state.newcomers.dual[rows].tolist() == [False, False, True]


def test_dual_tracks_are_for_their_share():
    state = village_state()
    rows = due(state, people(state, Stage.HOUSED, count=300))
    for share, low, high in ((0, 0, 0), (0.3, 0.2, 0.4), (1, 1, 1)):
        run(participation, state, dual_share=share)
        assert low <= state.newcomers.dual[rows].mean() <= high


def test_lessons_in_reception_are_given_in_the_first_months_after_the_permit():
    state = village_state()
    rows = make_adults(state, people(state, Stage.AWAITING_HOME, count=100, granted=10), language=0.0)
    nobody = np.concatenate(
        [
            make_adults(state, people(state, Stage.HOUSED)),
            make_adults(state, people(state, Stage.IN_DECISION)),
            make_adults(state, people(state, Stage.AWAITING_HOME), exempt=True),
        ]
    )
    state.newcomers.adult[:] = True
    months = []
    for month in (10, 11, 13, 14):
        state.clock.month = month
        found = run(participation, state, preparation_share=0.7, preparation_hours=120, preparation_months=3)
        months.append(len(found["prepared"]))
        follows = state.newcomers.class_hours[rows]
        assert set(follows.tolist()) <= {0.0, 40.0}
        assert not state.newcomers.class_hours[nobody].any()
    assert months[0] == months[3] == 0
    assert months[1] == months[2] == pytest.approx(70, abs=14)  # the same people for three months
