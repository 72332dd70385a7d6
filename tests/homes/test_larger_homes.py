"""Newcomers with a home on the waiting list for another: theirs is too small, or not of a corporation."""

import pytest

from abm.engine.clock import NEVER
from abm.engine.table import UNSET
from abm.homes import joining, lettings, moving
from abm.tables.homes import HomeSize, Rule, Tenure
from abm.tables.people import Stage
from tests.helpers.lettings import ALL, NOW, seekers, town, vacancies
from tests.helpers.village import A, people, run

SMALL, MIDDLE, LARGE = HomeSize


def joined(state, home, size=4):
    """A household of one in a home in A, whom a family joins this month; returns its row."""
    sponsor = people(state, Stage.HOUSED, home=home)
    people(state, Stage.AWAITING_COUPLING, size=size, sponsor=sponsor[0])
    run(joining, state, tolerated=10)
    return sponsor


@pytest.mark.parametrize(
    ("home", "size", "crowded"),
    [(SMALL, 1, False), (SMALL, 2, True), (MIDDLE, 3, False), (MIDDLE, 4, True), (LARGE, 9, False), (UNSET, 9, False)],
)
def test_a_home_is_too_small_when_the_family_does_not_fit(home, size, crowded):
    state = town()
    sponsor = joined(state, home, size)
    assert state.households.crowded[sponsor].tolist() == [crowded]
    assert state.households.registered[sponsor].tolist() == [NOW if crowded else NEVER]


def test_crowded_households_move_on_in_order_of_registration():
    state = town()
    sponsor = joined(state, SMALL)
    first = seekers(state, [NOW - 1], size=5)
    vacancies(state, A, large=1)
    events = run(lettings, state, **ALL)
    assert (events["let"].tolist(), events["moved_on"].tolist()) == (first.tolist(), [])
    vacancies(state, A, large=1)
    before = state.municipalities.balance.copy()
    events = run(lettings, state, **ALL)
    assert (events["moved_on"].tolist(), events["housed"].tolist()) == (sponsor.tolist(), [])
    of = state.households
    assert (of.home[sponsor].tolist(), of.crowded[sponsor].tolist()) == ([LARGE], [False])
    assert of.rule[sponsor].tolist() == [Rule.REGISTRATION]
    assert of.housed[sponsor].tolist() == [NOW - 1]  # not housed again
    assert (state.municipalities.balance == before).all()
    assert state.municipalities.let_in_line[A] == 2


def test_tenants_of_others_are_on_the_list_for_a_home_of_a_corporation():
    state = town()
    rows = people(state, Stage.HOUSED, 2, tenure=Tenure.PRIVATE, home=SMALL, coupled=[3, 4])
    vacancies(state, A, small=1)
    assert run(lettings, state, **ALL)["moved_on"].tolist() == [rows[0]]
    of = state.households
    assert of.registered[rows].tolist() == [3, 4]  # as anybody without priority, from when they were tied to it
    assert of.tenure[rows].tolist() == [Tenure.CORPORATION, Tenure.PRIVATE]
    assert (of.moved_in[rows[0]], of.housed[rows[0]]) == (NOW, NOW - 1)


def test_earlier_registration_is_kept_when_the_home_becomes_too_small():
    state = town()
    sponsor = people(state, Stage.HOUSED, tenure=Tenure.PRIVATE, home=SMALL, registered=4)
    people(state, Stage.AWAITING_COUPLING, size=4, sponsor=sponsor[0])
    run(joining, state, tolerated=10)
    assert state.households.crowded[sponsor].all()
    assert state.households.registered[sponsor].tolist() == [4]


def test_a_home_too_small_is_no_institution():
    state = town()
    sponsor = joined(state, SMALL)
    vacancies(state, A, large=1)
    run(lettings, state, **(ALL | {"institutions_share": 1}))
    assert state.households.rule[sponsor].tolist() == [Rule.REGISTRATION]


def test_a_household_that_moves_to_another_municipality_leaves_the_list():
    state = town()
    sponsor = joined(state, SMALL)
    run(moving, state, base=0.007, months=400)
    assert state.households.moved_out[sponsor] != NEVER
    assert state.households.home[sponsor].tolist() == [UNSET]
    assert not state.households.crowded[sponsor].any()
