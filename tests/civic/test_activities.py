"""Activities beside class: participants, unpaid hours and certificates, by hand."""

import numpy as np
import pytest

from abm.civic import activities
from abm.engine.clock import NEVER
from abm.tables.people import Activity, Route, Stage, Track
from tests.helpers.adults import make_adults, village_state
from tests.helpers.village import people, run

SUITS = {"suits": Activity.INTERNSHIP, "keen": 0.1, "exempt": False}


def of(state, stage, count=1, **columns):
    """Make adults at a stage, suited to an internship; columns of persons, or track; returns their rows."""
    track = columns.pop("track", Track.REGULAR)
    return make_adults(state, people(state, stage, count=count, track=track), **(SUITS | columns))


def test_which_adults_take_part_in_which_activity():
    state = village_state()
    rows = {
        "arranged by the municipality": of(state, Stage.HOUSED, route=Route.OLD),
        "with a plan": of(state, Stage.AWAITING_HOME, route=Route.B1, planned=11),
        "without": of(state, Stage.HOUSED, route=Route.B1),
        "not keen": of(state, Stage.HOUSED, route=Route.OLD, keen=0.3),
        "at work": of(state, Stage.HOUSED, route=Route.OLD, employed=True),
        "exempt": of(state, Stage.HOUSED, route=Route.OLD, exempt=True),
        "exempt, keen": of(state, Stage.HOUSED, route=Route.OLD, exempt=True, keen=0.01),
        "part of the route": of(state, Stage.HOUSED, route=Route.SELF_RELIANCE, keen=0.9, planned=11, integrating=True),
        "before the permit": of(state, Stage.IN_DECISION),
    }
    run(activities, state, share=0.2, other_share=0.05)
    found = {who: Activity(state.newcomers.activity[mine[0]]).name for who, mine in rows.items()}
    assert found == {
        "arranged by the municipality": "INTERNSHIP",
        "with a plan": "INTERNSHIP",
        "without": "VOLUNTEERING",
        "not keen": "NONE",
        "at work": "NONE",
        "exempt": "NONE",
        "exempt, keen": "OTHER",
        "part of the route": "INTERNSHIP",
        "before the permit": "NONE",
    }
    assert (state.newcomers.active == (state.newcomers.activity != Activity.NONE)).all()
    waits = rows["before the permit"][0]
    run(activities, state, share=0.2, offered_from="arrival")
    assert state.newcomers.activity[waits] == Activity.VOLUNTEERING


def test_unpaid_hours_are_those_of_the_activity():
    state = village_state()
    rows = of(state, Stage.HOUSED, count=4, route=Route.OLD)
    kinds = [Activity.VOLUNTEERING, Activity.INTERNSHIP, Activity.PARTICIPATION_JOB, Activity.SOCIAL_FIRM]
    state.newcomers.suits[rows] = kinds
    run(activities, state, internship_hours=10, participation_job_hours=16, social_firm_hours=30)
    assert state.newcomers.practice_hours[rows].tolist() == [0, 10, 16, 30]
    state.newcomers.employed[rows] = True
    run(activities, state)
    assert not state.newcomers.practice_hours[rows].any()


def test_training_gives_a_certificate_that_stays_after_a_permit():
    state = village_state()
    household = people(state, Stage.IN_DECISION, track=Track.FAST)
    (who,) = make_adults(state, household, **SUITS)
    folk = state.newcomers
    for month in (12, 13, 14, 15):
        state.clock.month = month
        certified = run(activities, state, training_share=0.5, training_months=3)["certified"]
        assert certified.tolist() == ([who] if month == 14 else [])
    assert folk.certified[who] == 14
    assert folk.trained[who] == 4
    state.households.granted[household] = 15
    run(activities, state, training_share=0.5, share=0)
    assert folk.activity[who] == Activity.NONE
    assert folk.certified[who] == 14
    others = make_adults(state, people(state, Stage.IN_DECISION), **SUITS)
    run(activities, state, training_share=1)
    assert folk.certified[others[0]] == NEVER
    assert folk.activity[others[0]] == Activity.NONE


def test_shares_take_part():
    state = village_state()
    rows = of(state, Stage.HOUSED, count=1000, route=Route.OLD)
    state.newcomers.keen[rows] = np.linspace(0, 1, 1000, endpoint=False)
    run(activities, state, share=0.25)
    assert state.newcomers.active[rows].mean() == pytest.approx(0.25)
