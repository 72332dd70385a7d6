"""Permit holders become Dutch: who can, when, and with whom."""

import numpy as np
import pytest

from abm.engine.clock import NEVER
from abm.engine.draws import Draws
from abm.homes.measures import naturalised
from abm.observe.measure import Month
from abm.people import births, naturalisation
from abm.tables.people import Stage
from tests.helpers.village import people, run, village_state


def holders(state, count=1, size=1, years=6, passed=True, **columns):
    """Households with a home who applied some years ago, all members adults; returns the rows of persons."""
    applied = state.clock.month - 12 * years
    rows = people(state, Stage.HOUSED, count, size, applied=applied, granted=applied + 3, **columns)
    members = np.flatnonzero(np.isin(state.newcomers.household, rows))
    state.newcomers.born[members] = state.clock.month - 12 * 30
    state.newcomers.passed[members] = state.clock.month - 1 if passed else NEVER
    return members


def begun():
    state = village_state()
    state.clock.month = 100
    return state


def test_a_share_becomes_dutch_each_year_in_the_month_of_application():
    state = begun()
    members = holders(state, 5_000)
    other = holders(state, 1_000)
    state.households.applied[state.newcomers.household[other]] += 1
    found = run(naturalisation, state, rate=0.6)["naturalised"]
    assert len(found) == pytest.approx(3_000, abs=150)
    assert np.isin(found, members).all()
    assert set(state.newcomers.naturalised[found]) == {100}
    state.clock.month = 112
    again = run(naturalisation, state, rate=0.6)["naturalised"]
    assert len(again) == pytest.approx(0.6 * (5_000 - len(found)), abs=120)
    assert not np.isin(again, found).any()


def test_who_cannot_become_dutch_yet():
    state = begun()
    holders(state, years=5)
    holders(state, passed=False)
    minor = holders(state)
    state.newcomers.born[minor] = 100 - 12 * 17
    leaver = holders(state)
    state.households.stage[state.newcomers.household[leaver]] = Stage.UNKNOWN
    assert not len(run(naturalisation, state, rate=1)["naturalised"])
    exempt = holders(state, passed=False)
    state.newcomers.exempt[exempt] = True
    assert run(naturalisation, state, rate=1)["naturalised"].tolist() == exempt.tolist()


def test_children_become_dutch_with_a_parent_and_other_adults_by_themselves():
    state = begun()
    parent, child, grown = holders(state, size=3)
    state.newcomers.passed[[child, grown]] = NEVER
    state.newcomers.born[child] = 100 - 12 * 9
    found = run(naturalisation, state, rate=1)
    assert found["naturalised"].tolist() == [parent, child]
    state.clock.month += 1
    assert naturalised(Month(state, found), ("total",))["total"].tolist() == [2]


def test_a_child_of_a_dutch_mother_is_dutch():
    state = begun()
    mothers = holders(state, count=2, size=2)
    state.newcomers.female[mothers], state.newcomers.adult[mothers] = True, True
    state.newcomers.naturalised[mothers[:2]] = 90
    with state.writing(births.WRITES):
        births.step(
            state, births.Params.model_construct(rate=12.0, oldest=45, girls=0.5, language=4), Draws(1, "births", 0)
        )
    assert state.newcomers.naturalised[-2:].tolist() == [100, NEVER]
