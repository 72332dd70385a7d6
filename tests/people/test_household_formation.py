"""Identities, sizes of households, ages and roles."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from abm.engine.draws import ORDER_BITS, Draws
from abm.engine.table import NO_ROW
from abm.people.household_formation import (
    MOST_PERSONS,
    Makeup,
    admit,
    age_of,
    geometric,
    identities,
    relatives,
    size_of,
)
from abm.tables.people import Role
from tests.helpers.village import village_state

EVEN = (np.arange(20_000) + 0.5) / 20_000  # evenly spaced instead of drawn
LEAD, PARTNER, CHILD = Role.LEAD, Role.PARTNER, Role.CHILD

households = st.tuples(st.integers(0, 40), st.integers(-1, 431), st.integers(0, 700_000), st.integers(0, 2))


def identity(origin, month, rank, way):
    return int(identities(np.array([origin]), month, np.array([rank]), way)[0])


# --- identities


@given(households, households)
def test_no_two_households_share_an_identity(one, other):
    assert (identity(*one) == identity(*other)) == (one == other)


@given(households, households, st.integers(0, MOST_PERSONS - 1), st.integers(0, MOST_PERSONS - 1))
def test_no_two_persons_share_an_identity_though_families_follow(one, other, number, another):
    of_one = [identity(*one), int(relatives(np.array([identity(*one)], np.uint64))[0])]
    of_other = [identity(*other), int(relatives(np.array([identity(*other)], np.uint64))[0])]
    found = {of_one[0] + number, of_one[1] + number, of_other[0] + another, of_other[1] + another}
    assert len(found) == (2 if (one, number) == (other, another) else 4)


@given(households)
def test_identities_fit_into_the_lottery(one):
    assert 0 <= identity(*one) < 2**ORDER_BITS


# --- sizes


def test_counts_by_inverting_the_distribution():
    # with mean 2 a further one comes with probability 2/3: none below 1/3, at most one below 5/9, two below 19/27
    u = np.array([0.0, 0.33, 0.34, 0.55, 0.56, 0.70, 0.71])
    assert geometric(u, 2).tolist() == [0, 0, 1, 1, 2, 2, 3]
    assert geometric(u, 0).tolist() == [0] * 7


@pytest.mark.parametrize("mean", [0.3, 1.2, 2, 5])
def test_counts_have_the_mean_asked_for(mean):
    assert geometric(EVEN, mean).mean() == pytest.approx(mean, rel=0.01)


def sizes_of(u, more, share, mean):
    return np.array([size_of(*each, mean) for each in np.broadcast(u, more, share)])


def ages(role, alone, u, mean):
    return np.array([age_of(*each, mean) for each in np.broadcast(role, alone, u)])


def test_one_person_or_a_family_of_two_and_more():
    share = np.array([0.3, 0.3, 0.3, 0.0, 1.0])
    u, more = np.array([0.29, 0.3, 0.99, 0.0, 0.99]), np.array([0.0, 0.99, 0.0, 0.99, 0.5])
    # families of 3.2 on average: what goes beyond two has mean 1.2, so half of them have at most one more
    assert sizes_of(u, more, share, 3.2).tolist() == [2, 1, 1, 1, 3]


def test_families_have_the_mean_size_and_nobody_has_more_than_fit():
    sizes = sizes_of(0.0, EVEN, 1.0, 3.2)
    assert sizes.mean() == pytest.approx(3.2, abs=0.01)
    assert sizes.min() == 2
    assert size_of(0.0, 1 - 1e-15, 1.0, 6.0) == MOST_PERSONS
    assert sizes_of(0.0, np.array([0.0, 0.5, 0.99]), 1.0, 2.0).tolist() == [2, 2, 2]


# --- ages


def test_ages_by_role():
    role, alone = np.array([CHILD, CHILD, LEAD, LEAD]), np.array([False, False, True, True])
    assert ages(role, alone, np.array([0.0, 0.5, 0.0, 0.5]), 31.0).tolist() == [0, 9, 13, 15.5]
    found = ages(np.array([LEAD, PARTNER, LEAD]), False, np.array([0.0, 1 - np.exp(-1), 1 - 1e-12]), 31.0)
    assert found.tolist() == pytest.approx([18, 31, 80])  # the mean of an exponential is exceeded with probability 1/e


def test_adults_have_the_mean_age():
    found = ages(int(LEAD), False, EVEN, 31.0)
    assert found.mean() == pytest.approx(31, abs=0.2)  # cut at 80
    assert found.min() >= 18


# --- how they enter the tables


def admitted(sizes, month=24, **makeup):
    """The village with households of the given sizes, admitted in a month."""
    state = village_state()
    state.clock.month = month
    usual = {"female_lead": 0.5, "partner": 0.5, "female_partner": 0.5, "unaccompanied": False, "adult_age": 31}
    who = identities(np.zeros(len(sizes), int), month, np.arange(len(sizes)), 0)
    rows = admit(state, Draws(1, "test", 0), who, np.array(sizes, int), Makeup(**usual | makeup), applied=month)
    return state, rows


def test_every_person_belongs_to_a_household_of_that_size():
    state, rows = admitted([1, 4, 2, 15])
    assert np.bincount(state.newcomers.household).tolist() == [1, 4, 2, 15]
    assert state.households.size[rows].tolist() == [1, 4, 2, 15]
    assert set(state.households.applied) == {24}
    assert len(np.unique(state.newcomers.identity)) == len(state.newcomers) == 22
    assert len(np.unique(state.households.lottery)) == 4


@pytest.mark.parametrize(("partner", "second"), [(0.0, CHILD), (1.0, PARTNER)])
def test_a_lead_first_perhaps_a_partner_and_children(partner, second):
    state, _ = admitted([1, 2, 4], partner=partner)
    assert state.newcomers.role.tolist() == [LEAD, LEAD, second, LEAD, second, CHILD, CHILD]


def test_minors_alone_are_single():
    state, rows = admitted([1, 1, 3], unaccompanied=True)
    assert state.households.unaccompanied[rows].tolist() == [True, True, False]
    ages_ = (24 - state.newcomers.born) / 12
    assert ((ages_[:2] >= 13) & (ages_[:2] < 18.1)).all()
    assert ages_[2] >= 18


def test_members_are_born_as_long_ago_as_their_role_says():
    state, _ = admitted([6] * 300, month=100)
    years = (100 - state.newcomers.born) / 12
    child = state.newcomers.role == CHILD
    assert years[child].max() <= 18.1  # a part of a month
    assert years[child].min() >= 0
    assert years[~child].min() >= 18
    assert years[child].mean() == pytest.approx(9, abs=0.6)


def test_women_by_role():
    state, _ = admitted([3] * 200, female_lead=0, partner=1, female_partner=1)
    role, female = state.newcomers.role, state.newcomers.female
    assert not female[role == LEAD].any()
    assert female[role == PARTNER].all()
    assert female[role == CHILD].mean() == pytest.approx(0.5, abs=0.11)  # three standard deviations of 200


def test_other_arrivals_change_nobody():
    few, _ = admitted([1, 4, 2])
    many, _ = admitted([1, 4, 2, 3, 3, 3])
    for table, names in (
        ("newcomers", ("role", "female", "born", "identity")),
        ("households", ("lottery", "identity")),
    ):
        for name in names:
            shorter, longer = (getattr(getattr(state, table), name) for state in (few, many))
            assert np.array_equal(shorter, longer[: len(shorter)])


def test_members_are_drawn_as_numpy_does():
    state, rows = admitted([1, 4, 2, 15] * 50, partner=0.4, female_lead=0.2, female_partner=0.9)
    people, draws = state.newcomers, Draws(1, "test", 0)
    who, of, number = people.identity, people.household, people.identity & np.uint64(15)
    assert np.array_equal(who - number, state.households.identity[of])
    partner = (number == 1) & (draws.once("partner", who) < 0.4)
    assert people.role.tolist() == np.where(number == 0, LEAD, np.where(partner, PARTNER, CHILD)).tolist()
    share = np.where(number == 0, 0.2, np.where(partner, 0.9, 0.5))
    assert people.female.tolist() == (draws.once("female", who) < share).tolist()
    u = draws.once("age", who)
    age = np.where(people.role == CHILD, u * 18, np.minimum(18 - 13 * np.log1p(-u), 80))
    assert people.born.tolist() == np.floor(24 - age * 12).tolist()


def test_nobody_arrives():
    state, rows = admitted([])
    assert len(rows) == len(state.households) == len(state.newcomers) == 0
    state.check()
    assert NO_ROW not in state.households.size
