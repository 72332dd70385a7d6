"""Deaths: who dies and how often, who is left, and what happens to the home."""

import numpy as np
import pytest

from abm.engine.clock import NEVER
from abm.engine.draws import Draws
from abm.engine.table import NO_ROW, UNSET
from abm.facts.csv_tables import fixed
from abm.homes import deaths
from abm.homes.dwellings import needed_by
from abm.people import archive, births
from abm.tables.homes import HomeSize
from abm.tables.people import Role, Stage
from tests.helpers.runs import real
from tests.helpers.village import people, run, village, village_state

MORTAL = np.array([[0.5**10] * 9, [0.25**10] * 9])  # half of the men and three in four women die in a year


def mortal(survival=MORTAL, **changes):
    return village_state(village(survival=fixed(np.array(survival, float)), **changes))


def born(state, rows, age, female=False):
    """Give members of households an age [years] in this month, and a sex; returns their rows."""
    members = np.flatnonzero(np.isin(state.newcomers.household, rows))
    state.newcomers.born[members] = state.clock.month - 12 * np.broadcast_to(age, len(members))
    state.newcomers.female[members] = female
    return members


def test_a_person_dies_at_the_rate_of_age_and_sex_in_the_month_of_birth():
    survival = np.full((2, 9), 1.0)
    survival[0, 4], survival[1, 8] = 0.9**10, 0.8**10  # men of 40 to 49: 10% a year; women of 80 and more: 20%
    state = mortal(survival)
    of = people(state, Stage.HOUSED, 6_000)
    members = born(state, of, 45)
    state.newcomers.born[members[4_000:]] -= 1  # another month
    assert len(run(deaths, state)["died"]) == pytest.approx(400, abs=60)
    state = mortal(survival)
    born(state, people(state, Stage.HOUSED, 4_000), [85] * 2_000 + [79] * 2_000, female=True)
    died = run(deaths, state)["died"]
    assert len(died) == pytest.approx(400, abs=60)
    assert died.max() < 2_000
    assert not len(run(deaths, mortal(survival), ratio=0)["died"])


@pytest.mark.parametrize("stage", [Stage.AWAITING_HOME, Stage.PROTECTED, Stage.UNKNOWN])
def test_only_people_with_a_home_are_counted(stage):
    state = mortal(np.full((2, 9), 1e-9))
    born(state, people(state, stage, 50), 30)
    assert not len(run(deaths, state)["died"])


def test_the_last_member_frees_the_home():
    state = mortal(np.full((2, 9), 0.0))
    row = people(state, Stage.HOUSED, home=HomeSize.SMALL, registered=0)
    born(state, row, 30)
    assert run(deaths, state)["died"].tolist() == row.tolist()
    of = state.households
    assert (of.stage[row], of.since[row], of.home[row], of.registered[row]) == (Stage.DIED, 0, UNSET, NEVER)
    assert of.size[row] == 1


def test_others_of_the_household_stay_and_another_leads():
    state = mortal()
    row = people(state, Stage.HOUSED, size=4)[0]
    members = born(state, row, [40, 38, 12, 9])
    state.newcomers.role[members] = [Role.LEAD, Role.PARTNER, Role.CHILD, Role.CHILD]
    for left in (members[1:], members[2:], members[3:]):
        dead = np.setdiff1d(np.flatnonzero(state.newcomers.household == row), left)
        with state.writing(deaths.WRITES):
            gone = deaths.leave_others(state, Draws(1, "deaths", 0), dead)
        assert state.households.size[row] == len(left)
        assert state.newcomers.role[left[0]] == Role.LEAD  # the partner, then the oldest
        assert state.households.stage[gone].tolist() == [Stage.DIED]
        assert state.newcomers.household[dead].tolist() == gone.tolist()
        state.check()
    assert len(np.unique(state.households.identity)) == len(np.unique(state.households.lottery)) == 4


def test_a_joined_family_keeps_the_home_of_its_sponsor():
    state = mortal(np.full((2, 9), 0.0))
    sponsor = people(state, Stage.HOUSED, home=HomeSize.MIDDLE)[0]
    family = people(state, Stage.HOUSED, size=3, sponsor=sponsor)[0]
    head = born(state, [sponsor], 50)[0]
    members = born(state, [family], 30)
    state.newcomers.born[members] -= 1  # only the sponsor has a birthday
    assert run(deaths, state)["died"].tolist() == [family]
    of = state.households
    assert (of.stage[sponsor], of.size[sponsor], of.home[sponsor]) == (Stage.HOUSED, 3, HomeSize.MIDDLE)
    assert (of.stage[family], of.size[family], of.sponsor[family]) == (Stage.DIED, 1, NO_ROW)
    assert state.newcomers.household[head] == family
    assert set(state.newcomers.household[members]) == {sponsor}


def test_the_last_of_a_joined_family_needs_no_room_any_more():
    state = mortal(np.full((2, 9), 0.0))
    sponsor = people(state, Stage.HOUSED)[0]
    family = people(state, Stage.HOUSED, sponsor=sponsor)[0]
    born(state, [family], 30)
    state.newcomers.born[born(state, [sponsor], 50)] -= 1
    assert needed_by(state, np.array([sponsor])).tolist() == [2]
    assert run(deaths, state)["died"].tolist() == [family]
    assert needed_by(state, np.array([sponsor])).tolist() == [1]


def test_nobody_dies_alone_who_waits_for_a_family():
    state = mortal(np.full((2, 9), 0.0))
    born(state, people(state, Stage.HOUSED, family_abroad=2), 30)
    assert not len(run(deaths, state)["died"])


def test_a_child_born_after_a_death_has_an_identity_of_its_own():
    state = mortal()
    row = people(state, Stage.HOUSED, size=3)[0]
    members = born(state, row, [40, 30, 5], female=True)
    state.newcomers.adult[members[:2]] = True
    with state.writing(deaths.WRITES):
        deaths.leave_others(state, Draws(1, "deaths", 0), members[:1])
    with state.writing(births.WRITES):
        births.step(
            state, births.Params.model_construct(rate=12.0, oldest=45, girls=0.5, language=4), Draws(1, "births", 0)
        )
    assert state.households.size[row] == 3
    assert len(np.unique(state.newcomers.identity)) == len(state.newcomers) == 4
    state.check()


def test_who_died_is_put_away():
    state = mortal(np.full((2, 9), 0.0))
    born(state, people(state, Stage.HOUSED, 3), 30)
    run(deaths, state)
    state.clock.month = 5
    assert archive.put_away(state, worth=0) == 3


def test_the_survival_of_the_country():
    """From StatLine: of men of 40, 98.66% live ten years more and 95.10% twenty; of women of 60, 92.96%."""
    men, women = real().survival
    assert men[4] == 0.9866
    assert men[4] * men[5] == pytest.approx(0.9510, abs=2e-4)
    assert women[6] == 0.9296
    assert (women >= men).all()
