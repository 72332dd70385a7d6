"""Profiles, exemptions, and who gets a language class: shares, terms, teachers and moves worked out by hand."""

import numpy as np
import pytest

from abm.populations import NEVER, Schooling, Stage
from abm.processes import participation
from tests.test_work import grown, village_state
from tests.village import ALPHA, BETA, D, Kind, locations, people, run

OPEN = {"exempt_share": 0.1, "start_weeks": 0, "attended": 0.5, "hours_a_week": 10}


def housed(state, count=1, **columns):
    """Adults who moved into a home last month."""
    return grown(state, people(state, Stage.HOUSED, count=count), language=0.0, **columns)


def test_schooling_follows_the_shares():
    chance = np.linspace(0, 1, 1000, endpoint=False)
    found = participation.schooling(chance, participation.Params(unschooled=0.1, primary=0.3, higher=0.2))
    assert np.bincount(found).tolist() == [100, 300, 400, 200]
    everybody = participation.schooling(chance, participation.Params(unschooled=0.5, primary=0.7, higher=0.6))
    assert set(everybody.tolist()) <= set(Schooling)


def test_a_profile_is_drawn_once_and_talent_has_its_spread():
    state = village_state()
    people(state, Stage.HOUSED, count=3000)
    state.newcomers.born[:] = -300
    run(participation, state, talent_spread=1.0)
    first = state.newcomers.schooling.copy(), state.newcomers.talent.copy()
    assert first[1].mean() == pytest.approx(0, abs=0.07)
    assert first[1].std() == pytest.approx(1, abs=0.05)
    run(participation, state, months=2, talent_spread=1.0)
    assert (state.newcomers.schooling == first[0]).all()
    assert (state.newcomers.talent == first[1]).all()


def test_exemptions_are_looked_at_again_after_their_months():
    state = village_state()
    housed(state, 500)
    seen = []
    for month in (24, 30, 47, 48):
        state.clock.month = month
        run(participation, state, exempt_share=0.3, exempt_months=24)
        seen.append(state.newcomers.exempt.copy())
    assert (seen[0] == seen[1]).all()
    assert (seen[0] == seen[2]).all()
    assert (seen[0] != seen[3]).any()
    assert seen[0].mean() == pytest.approx(0.3, abs=0.07)


@pytest.mark.parametrize(
    ("offer", "expected"),
    [("home", {"home"}), ("permit", {"home", "permit"}), ("arrival", {"home", "permit", "arrival"})],
)
def test_classes_are_offered_from_a_home_the_permit_or_arrival(offer, expected):
    state = village_state()
    stages = {"home": Stage.HOUSED, "permit": Stage.AWAITING_HOME, "arrival": Stage.IN_DECISION}
    rows = {name: grown(state, people(state, stage, count=20), language=0.0) for name, stage in stages.items()}
    in_class = run(participation, state, classes_from=offer, **OPEN)["in_class"]
    assert {name for name, mine in rows.items() if np.isin(mine, in_class).any()} == expected


def test_hours_are_those_attended_less_what_work_takes():
    employed, dual = np.array([False, True, True]), np.array([False, False, True])
    params = participation.Params(hours_a_week=10, attended=0.5, lost_to_work=0.4, lost_on_dual_track=0.1)
    full = 5 * 365.25 / 84
    assert participation.hours(employed, dual, params) == pytest.approx([full, 0.6 * full, 0.9 * full])
    by_duty = participation.Params(hours_a_week=10, duty=True, attended_by_duty=0.8)
    assert participation.hours(employed[:1], dual[:1], by_duty) == pytest.approx([8 * 365.25 / 84])


def test_class_ends_at_the_level_or_after_the_term():
    state = village_state()
    rows = housed(state, 30)
    run(participation, state, term=6, **OPEN)
    began = rows[state.newcomers.classes_since[rows] != NEVER]
    assert len(began) > 20
    state.newcomers.language[began[0]] = 2.0
    run(participation, state, term=6, **OPEN)
    assert state.newcomers.class_hours[began[0]] == 0
    assert not state.newcomers.integrating[began[0]]
    state.clock.month += 6
    assert len(run(participation, state, term=6, **OPEN)["in_class"]) < 10  # only those who were exempt before


def test_teachers_are_capacity_per_region_and_who_waits_longest_goes_first():
    state = village_state()
    early = grown(state, people(state, Stage.HOUSED, count=10, housed=3), language=0.0)
    late = grown(state, people(state, Stage.HOUSED, count=10, housed=9), language=0.0)
    other = grown(state, people(state, Stage.HOUSED, count=5, municipality=D), language=0.0)
    state.regions.class_places[:] = [12, 0]
    state.newcomers.exempt[:] = False
    everybody = {"exempt_share": 0.1, "start_weeks": 0, "funding": "fixed"}
    in_class = run(participation, state, **everybody)["in_class"]
    free = ~state.newcomers.exempt
    assert np.isin(early[free[early]], in_class).all()
    assert np.isin(late, in_class).sum() == 12 - free[early].sum()
    assert not np.isin(other, in_class).any()
    assert state.regions.class_places[[ALPHA, BETA]].tolist() == [12, 0]


def test_capacity_follows_demand_at_its_pace_where_money_follows_numbers():
    state = village_state()
    housed(state, 100)
    state.regions.class_places[:] = 0
    run(participation, state, teachers_pace=0.25, **OPEN)
    demand = (~state.newcomers.exempt).sum()
    assert state.regions.class_places[ALPHA] == pytest.approx(0.25 * demand)
    state.clock.month += 1
    run(participation, state, teachers_pace=0.25, **OPEN)
    assert state.regions.class_places[ALPHA] == pytest.approx(0.4375 * demand)


def test_a_move_in_reception_stops_class_for_some_weeks():
    state = village_state()
    household = people(state, Stage.AWAITING_HOME)
    (who,) = grown(state, household, language=0.0)
    state.regions.class_places[:] = 10
    everyone = OPEN | {"classes_from": "permit", "move_stops": 2, "funding": "fixed"}
    months = []
    for month in range(5):
        if month == 1:
            state.households.location[household] = locations(state, Kind.REGULAR)[1]
        run(participation, state, **everyone)
        months.append(bool(state.newcomers.class_hours[who] > 0))
        state.clock.month += 1
    assert state.newcomers.exempt[who] or months[:3] == [True, False, False]
    assert state.newcomers.exempt[who] or months[4]


def test_activities_are_for_those_without_work():
    state = village_state()
    rows = grown(state, people(state, Stage.AWAITING_HOME, count=100), language=0.0)
    state.newcomers.employed[rows[:50]] = True
    run(participation, state, activity_share=1, exempt_share=0.1)
    assert not state.newcomers.active[rows[:50]].any()
    assert (state.newcomers.active[rows[50:]] == ~state.newcomers.exempt[rows[50:]]).all()
