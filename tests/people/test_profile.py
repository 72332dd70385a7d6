"""Profiles and exemptions: shares, spread and the months between assessments."""

import numpy as np
import pytest

from abm.engine.table import NO_ROW
from abm.people import profile
from abm.tables.people import Activity, Stage
from tests.helpers.adults import make_adults, village_state
from tests.helpers.village import people, run


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
    found = profile.schooling(u, profile.Params(unschooled=0.1, primary=0.3, higher=0.2))
    assert np.bincount(found).tolist() == [100, 300, 400, 200]
    no_rest = profile.schooling(u, profile.Params(unschooled=0.25, primary=0.25, higher=0.5))
    assert np.bincount(no_rest).tolist() == [250, 250, 0, 500]
    suits = profile.suitable(u, profile.Params(internship=0.2, participation_job=0.3, social_firm=0.1))
    of = [Activity.VOLUNTEERING, Activity.INTERNSHIP, Activity.PARTICIPATION_JOB, Activity.SOCIAL_FIRM]
    assert [(suits == kind).sum() for kind in of] == [400, 200, 300, 100]


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


def test_exemptions_are_assessed_again_after_their_months():
    state = village_state()
    make_adults(state, people(state, Stage.HOUSED, count=500))
    seen = []
    for month in (24, 30, 47, 48):
        state.clock.month = month
        run(profile, state, exempt_share=0.3, exempt_months=24)
        seen.append(state.newcomers.exempt.copy())
    assert (seen[0] == seen[1]).all()
    assert (seen[0] == seen[2]).all()
    assert (seen[0] != seen[3]).any()
    assert seen[0].mean() == pytest.approx(0.3, abs=0.07)


def test_another_term_of_exemption_redraws_nobody():
    """In a month in which both terms lead to an assessment of everybody, the same people are exempt."""
    state = village_state()
    make_adults(state, people(state, Stage.HOUSED, count=500))
    state.clock.month = 24
    seen = []
    for months in (12, 24, 8):
        run(profile, state, exempt_share=0.3, exempt_months=months)
        seen.append(state.newcomers.exempt.copy())
    assert 100 < seen[0].sum() < 200
    assert (seen[0] == seen[1]).all()
    assert (seen[0] == seen[2]).all()
