"""Consequences of free access to work from the start: jobs, idleness, classes, and measures of their own."""

import math

import numpy as np
import pytest

from abm.civic import activities, integration, learning, participation
from abm.jobs import work
from abm.measures import MEASURES
from abm.observe.measure import Month
from abm.people import profile
from abm.tables.people import Schooling, Stage
from tests.helpers.adults import PLAIN, make_adults, odds, village_state
from tests.helpers.village import BETA, D, people, run


def protected(state, count=1, free=True, **columns):
    """Adults under temporary protection since last month; their rows."""
    return make_adults(state, people(state, Stage.PROTECTED, count=count, free_to_work=free), **columns)


def asylum_seekers(state, count=1, **columns):
    """Adults who wait for a decision since last month."""
    return make_adults(state, people(state, Stage.IN_DECISION, count=count), **columns)


@pytest.mark.parametrize(("free", "months", "expected"), [(True, 1, 1.0), (False, 1, 0.0), (False, 7, 0.4)])
def test_work_is_allowed_from_the_start_or_as_for_asylum_seekers(free, months, expected):
    state = village_state()
    rows = protected(state, free=free)
    state.households.applied[:] = state.clock.month - months
    params = work.Params(base=-3, barred_months=6, with_permit=0.4, **PLAIN)
    z = np.array([-3 + 0.06 * 0.9])  # no reception; Alpha has 4% unemployment where the base holds at 4.9
    if free:
        assert odds(state, rows, base=-3, **PLAIN) == pytest.approx(z)
    assert work.probability_of_match(state, params, rows, z) == pytest.approx(expected / (1 + math.exp(-z[0])))


def test_people_with_free_access_need_no_work_permit():
    state = village_state()
    protected(state, count=500)
    events = run(work, state, base=-2, barred_months=0)
    assert len(events["hired"]) > 10
    assert len(events["hired_with_work_permit"]) == 0


def test_employers_learn_nothing_about_status_holders_from_them():
    state = village_state()
    began = state.clock.month - 6
    rows = np.concatenate([protected(state, 20), make_adults(state, people(state, Stage.HOUSED, count=3))])
    folk = state.newcomers
    folk.adult[rows], folk.employed[rows], folk.hired[rows], folk.employer[rows] = True, True, began, 4
    run(work, state, lasting=6, separation=0.015)
    assert state.employers.lasted.tolist() == [0, 0, 0, 0, 3, 0]


def test_a_job_under_protection_ends_with_departure():
    state = village_state()
    rows = protected(state, count=2, employed=True, hired=0, work_hours=28, experience=50.0)
    state.households.stage[state.newcomers.household[rows[0]]] = Stage.RETURNED
    run(profile, state)
    run(work, state)
    assert state.newcomers.employed[rows].tolist() == [False, True]


def test_disengagement_builds_up_where_work_is_barred_and_not_under_free_protection():
    state = village_state()
    rows = np.concatenate([protected(state), protected(state, free=False), asylum_seekers(state)])
    state.newcomers.adult[rows] = True
    run(learning, state, idle_months=10, idle_allowed=0.4)
    full = 1 - math.exp(-0.1)
    assert state.newcomers.idleness[rows] == pytest.approx([0, full, full], rel=1e-5)


def test_dutch_is_learned_informally():
    state = village_state()
    rows = protected(state, language=0.0)
    run(learning, state, informal=4, hours_secondary=200)
    assert state.newcomers.language[rows] == pytest.approx([4 / 200])


def offered(state, **offers):
    """A month of plans, classes and activities as they are offered."""
    run(integration, state, start_weeks=0, classes_from=offers["since"], protected_too=offers["too"])
    run(participation, state)
    run(activities, state, share=1, offered_from=offers["since"], protected_too=offers["too"])


@pytest.mark.parametrize("offer", ["home", "permit", "arrival"])
def test_no_class_or_activity_is_offered(offer):
    state = village_state()
    rows = protected(state, count=5, language=0.0)
    offered(state, since=offer, too=False)
    folk = state.newcomers
    assert folk.class_hours[rows].sum() == folk.active[rows].sum() == folk.integrating[rows].sum() == 0


def test_a_class_that_is_offered_is_no_duty():
    state = village_state()
    rows = protected(state, count=5, language=0.0)
    others = make_adults(state, people(state, Stage.HOUSED, count=5), language=0.0)
    offered(state, since="home", too=True)
    folk = state.newcomers
    assert (folk.class_hours[rows] > 0).all()
    assert (folk.class_hours[others] > 0).all()
    assert not folk.integrating[rows].any()  # no lock-in
    assert folk.integrating[others].all()
    assert folk.active[rows].all()


def test_the_profile_keeps_the_schooling_with_which_they_came():
    state = village_state()
    rows = protected(state, count=50, schooling=Schooling.HIGHER)
    state.origins.higher[:], state.origins.unschooled[:] = 0, 0.5
    run(profile, state)
    assert (state.newcomers.schooling[rows] == Schooling.HIGHER).all()
    assert (state.newcomers.sector[rows] >= 0).all()


# --- measures


def values(state, events, name, by="total"):
    """A measure of the month that has passed, by group."""
    (measure,) = (each for each in MEASURES if each.name == name)
    state.clock.month += 1
    found = measure.values(Month(state, events), (by,))[by]
    state.clock.month -= 1
    return found.tolist()


def test_their_measures_by_hand():
    state = village_state()
    state.scale = 0.5
    there = people(state, Stage.PROTECTED, count=3, size=2, municipality=D)
    young, worker, old = make_adults(state, there, employed=True)
    month, folk = state.clock.month, state.newcomers
    folk.born[folk.role != 0] = month - 10 * 12  # all others are children
    folk.born[[young, worker, old]] = month - np.array([15 * 12 - 1, 40 * 12, 65 * 12 - 1])
    people(state, Stage.HOUSED, count=5)
    events = {"protected": there[:1], "hired": np.array([worker]), "job_lost": np.array([old])}
    assert values(state, events, "protected") == [12]
    assert values(state, events, "protected", "region") == [0, 12]
    assert values(state, events, "protected", "municipality") == [0, 0, 0, 12, 0]
    assert values(state, events, "protected_arrivals") == [4]
    assert values(state, events, "protected_of_age") == [4]  # not fifteen yet, forty, and still sixty-four
    assert values(state, events, "protected_employed", "region") == [0, 4]
    assert BETA == 1
    assert values(state, events, "protected_hires") == values(state, events, "protected_jobs_lost") == [2]


def test_no_asylum_measure_counts_them():
    names = [each.name for each in MEASURES if not each.name.startswith("protected")]
    found = []
    for also in (False, True):
        state = village_state()
        rows = asylum_seekers(state, 4, employed=True)
        events = {"hired": rows, "job_lost": rows[:1]}
        if also:
            more = protected(state, 3, employed=True, idleness=0.5, wellbeing=-2.0, class_hours=9.0)
            state.newcomers.adult[rows] = True
            events = {name: np.concatenate([each, more[:2]]) for name, each in events.items()}
        by = {each.name: each.by for each in MEASURES}
        found.append({(name, group): values(state, events, name, group) for name in names for group in by[name]})
    for key, value in found[0].items():
        assert np.array_equal(value, found[1][key], equal_nan=True), key
