"""Civic integration: routes, plans of work centres, when it starts and ends, worked out by hand."""

import numpy as np
import pytest

from abm.civic import integration
from abm.engine.clock import NEVER
from abm.engine.table import UNSET
from abm.tables.people import Route, Schooling, Stage, Track
from tests.helpers.adults import make_adults, village_state
from tests.helpers.village import ALPHA, BETA, D, people, run

NOW = {"start_weeks": 0}
NEW = NOW | {"routes": True}
AT_ONCE = {"exam_least": 0, "exam_most": 0}


def able(state, rows, **columns):
    """Make adults of households who are not exempt and know no Dutch; returns their rows."""
    return make_adults(state, rows, **({"language": 0.0, "exempt": False} | columns))


def test_routes_follow_schooling_and_age_by_hand():
    params = integration.Params(hardest_none=0.9, hardest_secondary=0.2, hardest_higher=0, education_share=0.25)
    u = np.linspace(0, 1, 1000, endpoint=False)
    old, young = np.full(1000, 400), np.full(1000, 300)

    def count(schooling, age):
        found = integration.route(u, np.full(1000, schooling), age, params)
        return [int((found == route).sum()) for route in (Route.SELF_RELIANCE, Route.EDUCATION, Route.B1)]

    assert count(Schooling.NONE, old) == [900, 0, 100]
    assert count(Schooling.SECONDARY, old) == [200, 0, 800]
    assert count(Schooling.SECONDARY, young) == [200, 200, 600]  # a quarter of the other 800
    assert count(Schooling.HIGHER, young) == [0, 250, 750]


def test_about_a_third_is_on_the_self_reliance_route():
    params, u = integration.Params(), np.linspace(0, 1, 1000, endpoint=False)
    shares = []
    for schooling in Schooling:
        found = integration.route(u, np.full(1000, schooling), np.full(1000, 400), params)
        shares.append((found == Route.SELF_RELIANCE).mean())
    assert np.dot(shares, [0.1, 0.3, 0.4, 0.2]) == pytest.approx(0.33, abs=0.02)  # schooling as in profile


def test_a_permit_brings_the_law_of_its_day_for_good():
    state = village_state()
    before = able(state, people(state, Stage.HOUSED, count=20))
    run(integration, state)
    after = able(state, people(state, Stage.HOUSED, count=20), schooling=Schooling.HIGHER, born=-500)
    waits = able(state, people(state, Stage.IN_DECISION))
    run(integration, state, **NEW, hardest_higher=0)
    assert (state.newcomers.route[before] == Route.OLD).all()
    assert (state.newcomers.route[after] == Route.B1).all()
    assert (state.newcomers.route[waits] == UNSET).all()


@pytest.mark.parametrize(
    ("offer", "expected"),
    [("home", {"home"}), ("permit", {"home", "permit"}), ("arrival", {"home", "permit", "arrival"})],
)
def test_classes_are_offered_from_a_home_the_permit_or_arrival_and_take_time_where_they_are_a_duty(offer, expected):
    state = village_state()
    stages = {"home": Stage.HOUSED, "permit": Stage.AWAITING_HOME, "arrival": Stage.IN_DECISION}
    rows = {name: able(state, people(state, stage, count=5)) for name, stage in stages.items()}
    exempt = able(state, people(state, Stage.HOUSED), exempt=True)
    fast = able(state, people(state, Stage.IN_DECISION, track=Track.FAST))
    run(integration, state, classes_from=offer, **NOW)
    folk = state.newcomers
    assert {name for name, mine in rows.items() if folk.learner[mine].all()} == expected
    assert {name for name, mine in rows.items() if folk.learner[mine].any()} == expected
    assert not folk.learner[np.concatenate([exempt, fast])].any()
    assert ((folk.class_due != NEVER) == folk.learner).all()
    assert np.flatnonzero(folk.integrating).tolist() == rows["home"].tolist()  # elsewhere it is voluntary


def test_a_plan_makes_class_a_duty_before_the_home_but_not_before_the_permit():
    state = village_state()
    holds = able(state, people(state, Stage.AWAITING_HOME, count=3))
    asks = able(state, people(state, Stage.IN_DECISION, count=3))
    guest = able(state, people(state, Stage.PROTECTED))
    planned = np.concatenate([holds[:2], asks[:2]])
    state.newcomers.planned[planned] = 5
    run(integration, state, plan=True, plan_from="arrival", classes_from="arrival", protected_too=True, **NEW)
    assert state.newcomers.learner[np.concatenate([holds, asks, guest])].all()
    assert np.flatnonzero(state.newcomers.integrating).tolist() == holds[:2].tolist()


def test_integration_ends_at_the_level_of_the_route_or_after_its_term():
    state = village_state()
    rows = able(state, people(state, Stage.HOUSED, count=6, granted=0, housed=0), classes_since=0)
    folk = state.newcomers
    folk.route[rows] = [Route.OLD, Route.B1, Route.B1, Route.SELF_RELIANCE, Route.OLD, Route.EDUCATION]
    folk.language[rows] = [2.0, 2.5, 2.5, 2.5, 1.0, 2.5]
    folk.hours_followed[rows] = [0, 0, 700, 0, 0, 700]
    state.clock.month = 18
    run(integration, state, **NEW, **AT_ONCE, lowered_after=600, self_reliance_months=18, term=36)
    assert folk.integrating[rows].tolist() == [False, True, False, False, True, True]
    assert folk.passed[rows].tolist() == [18, NEVER, 18, 18, NEVER, NEVER]
    state.clock.month = 36
    run(integration, state, **NEW, lowered_after=600)
    assert not folk.integrating[rows].any()
    assert folk.passed[rows[4]] == NEVER
    assert folk.passed[rows[0]] == 18


def test_exams_are_passed_some_months_after_the_level_is_reached():
    state = village_state()
    home = {"granted": 0, "housed": 0}
    rows = able(state, people(state, Stage.HOUSED, count=700, **home), language=2.0, classes_since=0, route=Route.OLD)
    hours = able(state, people(state, Stage.HOUSED, **home), classes_since=0, planned=0, route=Route.SELF_RELIANCE)
    months = []
    for month in range(12, 25):
        state.clock.month = month
        months.append(
            len(run(integration, state, exam_least=6, exam_most=12, self_reliance_months=13, **NEW)["passed"])
        )
        assert not state.newcomers.learner[rows].any()  # and integration takes no time any more
        assert not state.newcomers.integrating[rows].any()
    assert months[:6] == [0, 1, 0, 0, 0, 0]  # the route without an exam, after its 13 months
    assert state.newcomers.passed[hours].tolist() == [13]
    assert months[6] == 0
    assert min(months[7:]) > 85  # 700 over the six months between the sixth and the twelfth
    assert sum(months[7:]) == 700
    assert (state.newcomers.reached[rows] == 12).all()


def test_who_forgets_nothing_passes_after_the_term_as_well():
    state = village_state()
    rows = able(state, people(state, Stage.HOUSED, granted=0, housed=0), route=Route.OLD, language=2.0)
    state.clock.month = 34
    run(integration, state, months=4, exam_least=3, exam_most=3, term=36, **NOW)
    assert state.newcomers.passed[rows].tolist() == [37]


def test_part_of_the_young_go_to_school_under_the_old_law_only():
    state = village_state()
    month = state.clock.month
    young = able(state, people(state, Stage.HOUSED, count=1000), born=month - 28 * 12 + 1)
    old = able(state, people(state, Stage.HOUSED, count=100), born=month - 28 * 12)
    run(integration, state, school_share=0.4, school_age=28)
    assert state.newcomers.student[young].mean() == pytest.approx(0.4, abs=0.06)
    assert not state.newcomers.student[old].any()
    later = able(state, people(state, Stage.HOUSED, count=100), born=month - 240)
    run(integration, state, school_share=1, **NEW)
    assert not state.newcomers.student[later].any()


def test_school_takes_time_from_the_home_or_the_age_of_eighteen_whatever_the_level():
    state = village_state()
    rows = able(state, people(state, Stage.HOUSED, count=2, granted=0, housed=2), route=Route.OLD, language=4.0)
    state.newcomers.student[rows], state.newcomers.passed[rows] = [True, False], 5
    child = able(state, people(state, Stage.HOUSED, granted=0, housed=2), route=Route.OLD, language=4.0, born=10 - 216)
    state.newcomers.student[child] = True
    waits = able(state, people(state, Stage.AWAITING_HOME, granted=0), route=Route.OLD, language=4.0, student=True)
    locked = []
    for month in range(12, 50):
        state.clock.month = month
        run(integration, state, school_months=36, **NOW)
        locked.append(state.newcomers.integrating[[*rows, *child, *waits]].tolist())
    assert np.sum(locked, axis=0).tolist() == [38 - 12, 0, 46 - 12, 0]  # months 12 to 37, and 12 to 45
    assert not state.newcomers.learner[rows].any()


def test_a_variant_requires_the_whole_term():
    state = village_state()
    rows = able(state, people(state, Stage.HOUSED, count=2, granted=0, housed=0), classes_since=0, language=2.5)
    folk, months = state.newcomers, []
    for month in (12, 35, 36):
        state.clock.month = month
        run(integration, state, ends="term", **AT_ONCE, **NOW)
        months.append(folk.integrating[rows].all())
        assert (folk.passed[rows] == 12).all()
    assert months == [True, True, False]


def ends(state, rows, first, last, **params):
    """Month in which integration stops taking time from each of rows, (n,); 0 where it does not, up to `last`."""
    found = np.zeros(len(rows), int)
    for month in range(first, last):
        state.clock.month = month
        run(integration, state, **params)
        over = ~(state.newcomers.learner | state.newcomers.integrating)[rows] & (found == 0)
        found[over] = month
    return found


def test_the_term_runs_from_the_home_under_the_old_law_and_from_the_plan_under_the_present_one():
    state = village_state()
    old = able(state, people(state, Stage.HOUSED, count=3, applied=-22, granted=10, housed=12), route=Route.OLD)
    state.newcomers.classes_since[old[:2]] = [-20, 30]  # as a volunteer during 33 months of waiting; after a queue
    new = able(state, people(state, Stage.HOUSED, count=3, applied=-22, granted=10, housed=12), route=Route.B1)
    state.newcomers.classes_since[new], state.newcomers.planned[new] = -20, [5, 20, NEVER]  # 5: before the permit
    found = ends(state, np.concatenate([old, new]), 13, 70, plan=True, funding="fixed", term=36, **NEW)
    assert found.tolist() == [48, 48, 48, 46, 56, 0]


def test_the_term_of_who_came_as_a_child_begins_at_eighteen():
    state = village_state()
    state.clock.month = 20
    rows = able(state, people(state, Stage.HOUSED, granted=0, housed=0), route=Route.OLD, born=20 - 216)
    assert ends(state, rows, 20, 60, term=36, **NOW).tolist() == [56]


def test_the_self_reliance_route_lasts_its_months_of_class_as_a_duty():
    state = village_state()
    home = {"granted": 10, "housed": 12}
    rows = able(state, people(state, Stage.HOUSED, count=3, applied=-22, **home), route=Route.SELF_RELIANCE)
    state.newcomers.planned[rows], state.newcomers.classes_since[rows] = 14, [-20, 20, NEVER]
    found = ends(state, rows, 14, 60, plan=True, self_reliance_months=18, **NEW)
    assert found.tolist() == [14 + 18, 20 + 18, 0]
    assert state.newcomers.passed[rows].tolist() == [32, 38, NEVER]


def test_voluntary_class_lasts_its_term_from_the_first_one():
    state = village_state()
    asks = able(state, people(state, Stage.IN_DECISION, applied=-5), classes_since=0)
    assert ends(state, asks, 20, 60, classes_from="arrival", term=36, **NOW).tolist() == [36]


def test_work_centres_make_plans_within_their_capacity_longest_waiting_first():
    state = village_state()
    late = able(state, people(state, Stage.HOUSED, count=5, housed=11))
    early = able(state, people(state, Stage.HOUSED, count=5, housed=6))
    other = able(state, people(state, Stage.HOUSED, count=3, municipality=D))
    old = able(state, people(state, Stage.HOUSED), route=Route.OLD)
    state.regions.plans[:] = [7, 0]
    made = run(integration, state, plan=True, funding="fixed", **NEW)["planned"]
    assert set(early) <= set(made)
    assert np.isin(late, made).sum() == 2
    assert not np.isin(np.concatenate([other, old]), made).any()
    assert state.regions.plans[[ALPHA, BETA]].tolist() == [7, 0]
    assert (state.newcomers.planned[made] == 12).all()
    assert ((state.newcomers.class_due[early] == 12) & (state.newcomers.class_due[other[0]] == NEVER)).all()
    assert state.newcomers.class_due[old[0]] != NEVER  # the old law knows no plan


def test_capacity_of_work_centres_follows_numbers_at_its_rate():
    state = village_state()
    able(state, people(state, Stage.HOUSED, count=60))
    term = 10 / (365.25 / 84)
    made = run(integration, state, plan=True, plan_weeks=10, rate=0.2, funded=0.8, **NEW)["planned"]
    first = 0.2 * 0.8 * 60 / term
    assert state.regions.plans[ALPHA] == pytest.approx(first)
    assert len(made) == int(first)
    assert state.regions.plans_left[ALPHA] == pytest.approx(first - len(made))
    state.clock.month += 1
    run(integration, state, plan=True, plan_weeks=10, rate=0.2, funded=0.8, **NEW)
    assert state.regions.plans[ALPHA] == pytest.approx(0.8 * first + 0.2 * 0.8 * (60 - len(made)) / term)


def test_class_starts_some_weeks_after_the_plan_or_the_offer():
    state = village_state()
    rows = able(state, people(state, Stage.HOUSED, count=400, housed=9))
    run(integration, state, start_weeks=10)
    due = state.newcomers.class_due[rows]
    assert set(due.tolist()) == {11, 12}  # 2.3 months, so for three in ten a third month
    assert (due == 12).mean() == pytest.approx(0.3, abs=0.08)
    trained = able(state, people(state, Stage.AWAITING_HOME), trained=3)
    run(integration, state, start_weeks=10, classes_from="permit")
    assert state.newcomers.class_due[trained[0]] == state.clock.month - 1  # the month of the permit, at once


def test_a_plan_before_the_permit_needs_no_route():
    state = village_state()
    waits = able(state, people(state, Stage.IN_DECISION, count=2))
    fast = able(state, people(state, Stage.IN_DECISION, track=Track.FAST))
    state.regions.plans[:] = 10
    made = run(integration, state, plan=True, plan_from="arrival", classes_from="arrival", **NEW)["planned"]
    assert made.tolist() == waits.tolist()
    assert (state.newcomers.class_due[waits] == 12).all()
    assert state.newcomers.class_due[fast[0]] == NEVER
