"""Children are born to women of the right age, and their household, place and permit follow."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from abm.engine.draws import Draws
from abm.people import births
from abm.tables.country import Kind
from abm.tables.people import Role, Stage
from tests.helpers.village import locations, people, run, village_state


def mother(state, stage=Stage.HOUSED, count=1, size=2, age=30, **columns):
    """Households with a woman of an age as lead; the others are men of 40."""
    rows = people(state, stage, count, size, **columns)
    members = np.flatnonzero(np.isin(state.newcomers.household, rows))
    lead = state.newcomers.role[members] == Role.LEAD
    state.newcomers.female[members] = lead
    state.newcomers.born[members] = np.where(lead, -12 * age, -12 * 40)
    state.newcomers.adult[members] = True
    return rows


@given(st.lists(st.tuples(st.booleans(), st.booleans(), st.integers(-3, 3)), max_size=30), st.integers(-3, 3))
def test_women_of_age_as_numpy_finds_them(persons, first):
    adult, female, months = np.array(persons, np.int16).reshape(-1, 3).T.copy()
    adult, female = adult > 0, female > 0
    found = births.of_age(adult, female, months, first)
    assert found.tolist() == np.flatnonzero(adult & female & (months > first)).tolist()


def test_women_give_birth_as_numpy_finds_them():
    state, draws = village_state(), Draws(1, "births", 4)
    mother(state, count=900)
    folk = state.newcomers
    folk.born[:] = np.random.default_rng(5).integers(-700, 0, len(folk))
    of_age = np.flatnonzero(folk.adult & folk.female & (folk.born > -500))
    expected = of_age[draws.uniform("birth", folk.identity[of_age]) < 0.2]
    assert births.giving_birth(folk, -500, 0.2, draws.address("birth")).tolist() == expected.tolist()


def born(state):
    """The events of a month in which every woman who can have a child has one."""
    return births.step(
        state, births.Params.model_construct(rate=12.0, oldest=45, girls=0.488, language=4), Draws(1, "births", 0)
    )


def test_a_child_joins_the_household_of_its_mother():
    state = village_state()
    rows = mother(state, count=3)
    before = len(state.newcomers)
    assert born(state)["born"].tolist() == rows.tolist()
    child = np.arange(before, len(state.newcomers))
    assert state.newcomers.household[child].tolist() == rows.tolist()
    assert set(state.newcomers.role[child]) == {Role.CHILD}
    assert set(state.newcomers.born[child]) == {state.clock.month}
    assert set(state.newcomers.language[child]) == {4}  # they grow up in Dutch
    assert len(np.unique(state.newcomers.identity)) == len(state.newcomers)
    assert np.bincount(state.newcomers.household)[rows].tolist() == state.households.size[rows].tolist()
    state.check()


@pytest.mark.parametrize(("age", "expected"), [(17, 0), (18, 1), (44, 1), (45, 0), (60, 0)])
def test_ages_of_mothers(age, expected):
    state = village_state()
    mother(state, age=age)
    state.newcomers.adult[:] = state.newcomers.born <= -12 * 18
    assert len(born(state)["born"]) == expected


@pytest.mark.parametrize("stage", [Stage.RETURNED, Stage.UNKNOWN, Stage.PROTECTED])
def test_who_left_or_is_counted_in_another_series_has_no_child_here(stage):
    state = village_state()
    mother(state, stage)
    assert len(born(state)["born"]) == 0


def test_a_child_shares_the_permit_of_its_household():
    state = village_state()
    mother(state, Stage.IN_DECISION)
    allowed = [mother(state, stage)[0] for stage in (Stage.AWAITING_REGISTRATION, Stage.AWAITING_HOME, Stage.HOUSED)]
    events = born(state)
    assert len(events["born"]) == 4
    assert sorted(events["born_with_permit"]) == sorted(allowed)


def test_one_child_a_month_in_a_household_and_none_beyond_the_largest_size():
    state = village_state()
    two, full = mother(state, size=2)[0], mother(state, size=15)[0]
    state.newcomers.female[state.newcomers.household == two] = True
    assert born(state)["born"].tolist() == [two]
    assert state.households.size[full] == 15


def test_births_a_year_are_the_rate():
    state = village_state()
    mother(state, count=4_000)
    assert len(run(births, state, rate=0.12)["born"]) == pytest.approx(4_000 * 0.01, abs=3 * np.sqrt(40))


def test_a_family_that_no_longer_fits_goes_through_the_registration_centre():
    state = village_state()
    regular = locations(state, Kind.REGULAR)[0]
    state.locations.places[regular] = 5
    tight = mother(state, Stage.IN_DECISION, size=5, location=regular)
    roomy = mother(state, Stage.IN_DECISION, size=2, location=locations(state, Kind.REGULAR)[1])
    born(state)
    assert state.locations.kind[state.households.location[tight[0]]] == Kind.REGISTRATION
    assert state.households.location[roomy[0]] == locations(state, Kind.REGULAR)[1]
    state.check()
