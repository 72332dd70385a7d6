"""Couples part: who leaves, what stays, and who does not part."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from abm.engine.clock import NEVER
from abm.engine.draws import Draws
from abm.engine.table import NO_ROW
from abm.homes import lettings, parting
from abm.homes.tenancies import awaited
from abm.people import births
from abm.tables.homes import HomeSize, Tenure
from abm.tables.people import Reunion, Role, Stage
from tests.helpers.village import A, B, people, run, village_state

SURE = parting.Params.model_construct(rate=12.0)


MEMBER = st.tuples(st.integers(0, 5), st.sampled_from([Role.LEAD, Role.PARTNER, Role.CHILD]))
HOUSEHOLD = st.tuples(
    st.sampled_from([Stage.HOUSED, Stage.AWAITING_HOME]), st.integers(-1, 5), st.booleans(), st.integers(-1, 1)
)


def slow_pairs(role, household, stage, sponsor, unaccompanied):
    """Partners with a home, and families that make a couple with their sponsor, in NumPy."""
    partners = np.flatnonzero(role == Role.PARTNER)
    partners = partners[stage[household[partners]] == Stage.HOUSED]
    two = np.zeros(len(stage), bool)
    two[household[partners]] = True
    families = np.flatnonzero((sponsor != NO_ROW) & (stage == Stage.HOUSED) & ~two)
    return partners, families[~two[sponsor[families]] & ~unaccompanied[sponsor[families]]]


@given(st.lists(MEMBER, max_size=20), st.lists(HOUSEHOLD, min_size=6, max_size=6))
def test_pairs_and_sponsors_who_wait_as_numpy_finds_them(members, households):
    household, role = np.array(members, np.int32).reshape(-1, 2).T.copy()
    stage, sponsor, unaccompanied, location = np.array(households, np.int32).T.copy()
    columns = stage.astype(np.int8), sponsor, unaccompanied > 0
    found = parting.pairs(role.astype(np.int8), household, parting.Homes(*columns))
    expected = slow_pairs(role, household, *columns)
    assert [each.tolist() for each in found] == [each.tolist() for each in expected]
    here = sponsor[(sponsor != NO_ROW) & (location != NO_ROW)]
    assert np.flatnonzero(awaited(sponsor, location)).tolist() == np.unique(here).tolist()


def couple(state, count=1, size=4, woman_leads=False, **columns):
    """Households with a lead, a partner of the other sex and children, in a home."""
    rows = people(state, columns.pop("stage", Stage.HOUSED), count, size, **columns)
    for row in rows:
        members = np.flatnonzero(state.newcomers.household == row)
        state.newcomers.role[members] = [Role.LEAD, Role.PARTNER, *[Role.CHILD] * (size - 2)]
        state.newcomers.female[members[:2]] = [woman_leads, not woman_leads]
    return rows


def alone(state, female, size=1, **columns):
    """A household of one adult and children, in a home."""
    row = people(state, Stage.HOUSED, 1, size, **columns)[0]
    members = np.flatnonzero(state.newcomers.household == row)
    state.newcomers.role[members] = [Role.LEAD, *[Role.CHILD] * (size - 1)]
    state.newcomers.female[members[0]] = female
    return row


def part(state):
    """The events of a month in which every couple that can part does so; the books are checked."""
    with state.writing(parting.WRITES):
        rows = parting.step(state, SURE, Draws(1, "parting", state.clock.month))["parted"]
    state.check()
    return rows


def test_three_of_four_couples_are_together_after_twelve_years():
    assert (1 - parting.Params().rate / 12) ** 144 == pytest.approx(0.74, abs=0.005)
    state = village_state()
    couple(state, 400, size=2)
    assert len(run(parting, state, rate=0.2, months=12)["parted"]) == pytest.approx(
        400 * (1 - (1 - 0.2 / 12) ** 12), abs=25
    )
    assert len(run(parting, village_state(), rate=0.2)["parted"]) == 0


@pytest.mark.parametrize("woman_leads", [False, True])
def test_the_man_leaves_and_children_and_home_stay_with_the_woman(woman_leads):
    state = village_state()
    couple(state, stage=Stage.AWAITING_HOME)  # another row first
    home = couple(
        state, woman_leads=woman_leads, home=HomeSize.MIDDLE, tenure=Tenure.PRIVATE, municipality=B, granted=-9
    )[0]
    members = np.flatnonzero(state.newcomers.household == home)
    woman, man = members[:2] if woman_leads else members[1::-1]
    state.clock.month = 3
    left = part(state)
    of, folk = state.households, state.newcomers
    assert left.tolist() == [len(of) - 1]
    assert folk.household[man] == left[0]
    assert set(folk.household[np.setdiff1d(members, man)]) == {home}
    assert folk.role[[woman, man]].tolist() == [Role.LEAD, Role.LEAD]
    assert of.size[[home, left[0]]].tolist() == [3, 1]
    assert of.home[home] == HomeSize.MIDDLE
    assert (of.homeless[home], of.urgent[home]) == (NEVER, NEVER)
    for column in (of.homeless, of.urgent, of.registered, of.since):
        assert column[left[0]] == 3
    assert (of.home[left[0]], of.sponsor[left[0]]) == (-1, NO_ROW)
    for name in ("origin", "municipality", "granted", "applied", "housed"):
        assert getattr(of, name)[left[0]] == getattr(of, name)[home]
    assert len(np.unique(of.identity)) == len(of)
    assert len(part(state)) == 0  # nobody is left to part


def test_of_two_of_one_sex_either_leaves():
    state = village_state()
    rows = couple(state, 300, size=2)
    state.newcomers.female[:] = True
    leads = np.flatnonzero(state.newcomers.role == Role.LEAD)
    part(state)
    assert 110 < (state.newcomers.household[leads] != rows).sum() < 190


def test_a_sponsor_leaves_the_home_to_the_family_that_joined():
    state = village_state()
    sponsor = alone(state, female=False, home=HomeSize.MIDDLE, moved_in=-5, crowded=True, registered=-4, municipality=A)
    family = alone(state, female=True, size=4, sponsor=sponsor, municipality=A)
    assert part(state).tolist() == [sponsor]
    of = state.households
    assert (of.sponsor[family], of.home[family], of.moved_in[family]) == (NO_ROW, HomeSize.MIDDLE, -5)
    assert not of.crowded[family]  # five were too many for a home of middle size, four are not
    assert (of.homeless[family], of.homeless[sponsor]) == (NEVER, 0)
    assert (of.urgent[sponsor], of.registered[sponsor]) == (0, 0)
    assert of.home[sponsor] == -1
    assert len(part(state)) == 0


def test_a_family_that_keeps_a_home_of_others_is_registered_from_the_tie_of_its_sponsor():
    state = village_state()
    sponsor = alone(state, female=False, municipality=A, tenure=Tenure.PRIVATE, coupled=-7, moved_in=-5)
    # a family is never tied: it goes where its sponsor goes
    family = alone(state, female=True, size=2, sponsor=sponsor, municipality=A, coupled=NEVER)
    assert part(state).tolist() == [sponsor]
    with state.writing(lettings.WRITES):
        line = lettings.newcomers_in_line(state, lettings.Params())
    assert line.registered[line.rows == family].tolist() == [-7]


def test_a_home_stays_crowded_where_those_who_stay_are_too_many():
    state = village_state()
    home = couple(state, size=8, home=HomeSize.MIDDLE, crowded=True, registered=-4)
    part(state)
    assert state.households.crowded[home].all()


@pytest.mark.parametrize(
    "columns",
    [
        {"stage": Stage.AWAITING_HOME},
        {"stage": Stage.PROTECTED},
        {"homeless": -1, "urgent": -1, "registered": -1},
        {"interim": -1},
        {"family_abroad": 2, "reunion": Reunion.TRAVELLING},
        {"granted": NEVER},
    ],
)
def test_who_does_not_part(columns):
    state = village_state()
    couple(state, 3, **columns)
    assert len(part(state)) == 0


def test_a_sponsor_whose_family_is_in_reception_and_a_minor_with_parents_stay():
    state = village_state()
    sponsor = couple(state)[0]
    people(state, Stage.AWAITING_COUPLING, sponsor=sponsor)
    minor = alone(state, female=False)
    state.households.unaccompanied[minor] = True
    alone(state, female=True, sponsor=minor, municipality=A)
    assert len(part(state)) == 0


def test_children_born_after_a_couple_parted_are_new_people():
    state = village_state()
    home = couple(state, size=4)
    part(state)
    for _ in range(3):
        state.newcomers.adult[:] = state.newcomers.role != Role.CHILD
        births.step(
            state, births.Params.model_construct(rate=12.0, oldest=90, girls=0.5, language=4), Draws(1, "births", 0)
        )
    assert state.households.size[home].tolist() == [6]
    assert len(np.unique(state.newcomers.identity)) == len(state.newcomers)
    state.check()
