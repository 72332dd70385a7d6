"""Profiles and exemptions: shares, spread, and spells of exemption that begin and end."""

import math

import numpy as np
import pytest

from abm.engine.draws import Draws
from abm.engine.table import NO_ROW
from abm.people import profile
from abm.people.region_match import sector_shares, sectors_of
from abm.tables.people import Activity, Stage
from tests.helpers.adults import make_adults, village_state
from tests.helpers.village import MIXED, SAFE, WAR, people, run


def slow_present(state, month, here, screened):
    """Persons who are marked and persons without a profile, one by one."""
    folk, stage = state.newcomers, state.households.stage
    adult, fresh = [], []
    for i in range(len(folk)):
        age, at = month - int(folk.born[i]), stage[folk.household[i]]
        grown_up = 216 <= age < 792
        adult.append(bool(grown_up and screened[at]))
        if grown_up and here[at] and folk.sector[i] == NO_ROW:
            fresh.append(i)
    return adult, fresh


def test_schooling_and_suits_follow_the_shares():
    u = np.linspace(0, 1, 1000, endpoint=False)
    found = [profile.schooling_of(each, 0.1, 0.3, 0.2) for each in u]
    assert np.bincount(found).tolist() == [100, 300, 400, 200]
    no_rest = [profile.schooling_of(each, 0.25, 0.25, 0.5) for each in u]
    assert np.bincount(no_rest).tolist() == [250, 250, 0, 500]
    numbers = profile.Numbers(internship=0.2, participation_job=0.3, social_firm=0.1, exempt_share=0, exempt_ageing=0)
    suits = np.array([profile.suitable(each, numbers) for each in u])
    of = [Activity.VOLUNTEERING, Activity.INTERNSHIP, Activity.PARTICIPATION_JOB, Activity.SOCIAL_FIRM]
    assert [(suits == kind).sum() for kind in of] == [400, 200, 300, 100]


def test_profiles_are_drawn_as_numpy_does():
    state, draws = village_state(), Draws(1, "profile", 0)
    for stage in (Stage.HOUSED, Stage.PROTECTED):
        for origin in (WAR, MIXED, SAFE):
            people(state, stage, count=100, origin=origin)
    folk, groups = state.newcomers, state.origins
    folk.born[:] = state.clock.month - np.random.default_rng(1).integers(216, 792, len(folk))
    folk.schooling[::7] = 2
    groups.unschooled[:], groups.primary[:], groups.higher[:] = [0.1, 0, 0.3], [0.2, 0.5, 0], [0.4, 0.1, 0.2]
    who, origin, p = folk.identity, state.households.origin[folk.household], profile.Params()
    low, middle = groups.unschooled[origin], groups.unschooled[origin] + groups.primary[origin]
    edges = np.stack([low, middle, np.maximum(1 - groups.higher[origin], middle)])
    level = np.where(folk.schooling == 2, 2, (draws.once("schooling", who) >= edges).sum(axis=0))
    shares = sector_shares(state.inputs.jobs, state.inputs.jobs_schooling)
    run(profile, state)
    assert folk.schooling.tolist() == level.tolist()
    assert folk.sector.tolist() == sectors_of(draws.once("sector", who), level, shares).tolist()
    kind = np.searchsorted(np.cumsum([p.internship, p.participation_job, p.social_firm]), draws.once("suits", who))
    assert folk.suits.tolist() == np.array(profile.SUITABLE)[kind].tolist()
    assert folk.keen.tolist() == draws.once("keen", who).astype(np.float32).tolist()
    age, ratio = state.clock.month - folk.born.astype(int), groups.exempt[origin]
    odds = profile.odds_of_exemption(age, ratio, p.exempt_share, p.exempt_ageing)
    asked = state.households.stage[folk.household] != Stage.PROTECTED
    assert folk.exempt.tolist() == (asked & (draws.once("exempt", who) < odds / (1 + odds))).tolist()


def test_schooling_is_that_of_the_origin():
    state = village_state()
    state.origins.unschooled[:], state.origins.primary[:] = [0.0, 0.5, 0.0], [0.5, 0.5, 0.0]
    state.origins.higher[:] = [0.0, 0.0, 1.0]
    rows = [people(state, Stage.HOUSED, count=200, origin=origin) for origin in (WAR, MIXED, SAFE)]
    state.newcomers.born[:] = -300
    run(profile, state)
    each = [np.bincount(state.newcomers.schooling[of], minlength=4) / 200 for of in rows]
    assert each[0] == pytest.approx([0, 0.5, 0.5, 0], abs=0.12)
    assert each[1] == pytest.approx([0.5, 0.5, 0, 0], abs=0.12)
    assert each[2].tolist() == [0, 0, 0, 1]


def test_a_profile_is_drawn_once_and_talent_has_its_spread():
    state = village_state()
    people(state, Stage.HOUSED, count=3000)
    state.newcomers.born[:] = -300
    assert len(run(profile, state, talent_spread=1.0)["profiled"]) == 3000
    first = state.newcomers.schooling.copy(), state.newcomers.talent.copy()
    assert first[1].mean() == pytest.approx(0, abs=0.07)
    assert first[1].std() == pytest.approx(1, abs=0.05)
    assert len(run(profile, state, months=2, talent_spread=1.0)["profiled"]) == 0
    assert (state.newcomers.schooling == first[0]).all()
    assert (state.newcomers.talent == first[1]).all()


def test_adults_who_are_here_are_marked_and_those_who_register_get_a_profile():
    state = village_state()
    stages = [*Stage] * 12
    for stage in stages:
        people(state, stage)
    rng = np.random.default_rng(2)
    state.newcomers.born[:] = state.clock.month - rng.integers(150, 900, len(state.newcomers))
    state.newcomers.sector[::5] = 1
    here, screened = profile._HERE, profile._SCREENED
    adult, fresh = slow_present(state, state.clock.month, here, screened)
    assert run(profile, state)["profiled"].tolist() == fresh
    assert state.newcomers.adult.tolist() == adult
    assert not here[[Stage.RETURNED, Stage.UNKNOWN]].any()
    assert here[Stage.REGISTERING]
    assert not screened[Stage.REGISTERING]


LASTING = {"exempt_share": 0.3, "exempt_months": 120}


def test_the_first_assessment_follows_age():
    # 35 years: 0.2 to 0.8; 55: two decades, so e times as much; 25: a decade less
    assert profile.odds_of_exemption(np.array([420, 660, 300]), 1.0, 0.2, 0.5) == pytest.approx(
        [0.25, 0.25 * math.e, 0.25 * math.exp(-0.5)]
    )
    state = village_state()
    people(state, Stage.HOUSED, count=4000)
    state.newcomers.born[:] = state.clock.month - np.repeat([420, 660], 2000)
    run(profile, state, exempt_share=0.2, exempt_ageing=0.5)
    young, old = state.newcomers.exempt.reshape(2, 2000).mean(axis=1)
    assert young == pytest.approx(0.2, abs=0.03)
    assert old == pytest.approx(0.25 * math.e / (1 + 0.25 * math.e), abs=0.035)


def test_exemption_differs_by_origin():
    """Twice the share of all is 0.4, half of it 0.1: at the first assessment, and of spells that begin."""
    assert profile.odds_of_exemption(420, np.array([1, 2, 0.5]), 0.2, 0.3) == pytest.approx([1 / 4, 2 / 3, 1 / 9])
    state = village_state()
    state.origins.exempt[:] = [2.0, 0.5, 0.0]
    rows = [people(state, Stage.HOUSED, count=3000, origin=origin) for origin in (WAR, MIXED, SAFE)]
    state.newcomers.born[:] = state.clock.month - 420
    run(profile, state, exempt_share=0.2, exempt_months=24)
    assert [state.newcomers.exempt[of].mean() for of in rows] == pytest.approx([0.4, 0.1, 0], abs=0.03)
    state.newcomers.exempt[:], state.newcomers.wellbeing[:] = False, -0.9
    state.clock.month += 1
    state.newcomers.born[:] += 1
    run(profile, state, exempt_share=0.2, exempt_months=24)
    begun = [state.newcomers.exempt[of].mean() for of in rows]
    assert begun == pytest.approx([2 / 3 / 24, 1 / 9 / 24, 0], abs=0.008)


def slow_spells(u, exempt, employed, age, wellbeing, p):
    """Whether each is exempt after this month, one by one, as the rule is written."""
    found = []
    for draw, now, works, months, mood in zip(u, exempt, employed, age, wellbeing, strict=True):
        rate = 1 / p.exempt_months
        begins = rate * p.exempt_share / (1 - p.exempt_share)
        begins *= math.exp(p.exempt_ageing * (months / 12 - 35) / 10 + p.exempt_health * (p.exempt_wellbeing - mood))
        found.append(bool(draw >= rate if now else not works and draw < begins))
    return found


def test_spells_begin_and_end_as_the_rule_says():
    state, rng = village_state(), np.random.default_rng(3)
    rows = make_adults(state, people(state, Stage.HOUSED, count=3000), sector=0)
    folk, month = state.newcomers, state.clock.month
    folk.exempt[:], folk.employed[:] = rng.random(len(folk)) < 0.4, rng.random(len(folk)) < 0.3
    folk.born[:], folk.wellbeing[:] = month - rng.integers(216, 792, len(folk)), rng.normal(-1, 1, len(folk))
    before, p = folk.exempt.copy(), profile.Params(exempt_months=24)
    u = Draws(1, "profile", month).uniform("spell", folk.identity[rows])
    mood = folk.wellbeing[rows].astype(float)
    expected = slow_spells(u, before[rows], folk.employed[rows], month - folk.born[rows].astype(int), mood, p)
    run(profile, state, exempt_months=24)
    assert folk.exempt[rows].tolist() == expected
    assert (folk.exempt & ~before).any()
    assert (before & ~folk.exempt).any()


def test_exemption_lasts_and_jumps_in_no_month():
    """Over ten years nobody at work becomes exempt, 1 in 120 spells ends each month, and the share stays."""
    state = village_state()
    people(state, Stage.HOUSED, count=6000)
    state.newcomers.born[:] = state.clock.month - 420
    run(profile, state, **LASTING)
    state.newcomers.wellbeing[:], first = -0.9, state.newcomers.exempt.copy()
    ended, begun, seen = [], [], first
    for _ in range(120):
        state.clock.month += 1
        state.newcomers.born[:] += 1  # of the same age
        run(profile, state, **LASTING)
        now = state.newcomers.exempt.copy()
        ended.append((seen & ~now).sum())
        begun.append((now & ~seen).sum())
        seen = now
    expected = 0.3 * 6000 / 120  # 15 a month
    for flow in (ended, begun):
        assert np.mean(flow) == pytest.approx(expected, abs=1.5)
        assert max(flow) < expected + 5 * math.sqrt(expected)
    assert first.mean() == pytest.approx(0.3, abs=0.03)
    assert seen.mean() == pytest.approx(0.3, abs=0.03)
    # still, or once more, exempt after ten years: share + (1 - share) exp(-(1 / 120) / 0.7 x 120)
    assert seen[first].mean() == pytest.approx(0.3 + 0.7 * math.exp(-1 / 0.7), abs=0.05)


def test_nobody_at_work_becomes_exempt():
    state = village_state()
    rows = make_adults(state, people(state, Stage.HOUSED, count=500), sector=0, employed=True, wellbeing=-4.0)
    run(profile, state, months=24, exempt_months=24)
    assert not state.newcomers.exempt[rows].any()


def test_nobody_under_temporary_protection_is_exempt():
    state = village_state()
    rows = make_adults(state, people(state, Stage.PROTECTED, count=500), wellbeing=-4.0)
    run(profile, state, months=12, exempt_share=0.4, exempt_months=24)
    assert not state.newcomers.exempt[rows].any()


def test_another_length_of_spells_redraws_nobody_at_registration():
    seen = []
    for months in (24, 120, 600):
        state = village_state()
        people(state, Stage.HOUSED, count=500)
        state.newcomers.born[:] = state.clock.month - 420
        run(profile, state, exempt_share=0.3, exempt_months=months)
        seen.append(state.newcomers.exempt.tolist())
    assert 100 < sum(seen[0]) < 200
    assert seen[0] == seen[1] == seen[2]
