"""Net wages and social assistance of households, worked out by hand in euros."""

import numpy as np
import pytest

from abm.engine.table import NO_ROW
from abm.jobs import income
from abm.tables.people import Stage
from tests.helpers.adults import village_state
from tests.helpers.village import C, people, run


def adults_of(state, household, *wages):
    """Make the first members of a household adults with these gross wages; returns their rows."""
    rows = np.flatnonzero(state.newcomers.household == household)[: len(wages)]
    state.newcomers.adult[rows], state.newcomers.wage[rows] = True, wages
    return rows


def test_social_assistance_tops_up_what_the_adults_earn_together():
    state = village_state()
    single, couple = people(state, Stage.HOUSED, municipality=C)[0], people(state, Stage.HOUSED, size=2)[0]
    alone, together = adults_of(state, single, 1_500), adults_of(state, couple, 1_500, 0)
    run(income, state, net=0.9, couple=1.43)  # 1,350 net: over 1,200 for one, under 1,716 for two
    assert state.households.assisted[[single, couple]].tolist() == [False, True]
    assert state.households.assistance[[single, couple]] == pytest.approx([0, 366])
    assert state.households.earned[[single, couple]] == pytest.approx([1_350, 1_350])
    assert state.households.adults[[single, couple]].tolist() == [1, 2]
    assert state.newcomers.net_wage[alone] == pytest.approx([1_350])
    assert state.newcomers.income[alone] == pytest.approx([1_350])
    assert state.newcomers.income[together] == pytest.approx([1_350 + 183, 183])


def test_nobody_is_assisted_in_reception_and_without_adults():
    state = village_state()
    waits, gone = people(state, Stage.AWAITING_HOME)[0], people(state, Stage.UNKNOWN, location=NO_ROW)[0]
    old = people(state, Stage.HOUSED)[0]
    here = adults_of(state, waits, 500)
    run(income, state, net=0.8)
    assert not state.households.assisted[[waits, gone, old]].any()
    assert state.newcomers.income[here] == pytest.approx([400])


def test_incomes_end_with_their_source():
    state = village_state()
    household = people(state, Stage.HOUSED)[0]
    row = adults_of(state, household, 1_000)
    run(income, state, net=0.9)
    assert state.newcomers.income[row] == pytest.approx([1_200])
    state.newcomers.wage[row] = 0
    run(income, state, net=0.9)
    assert (state.newcomers.net_wage[row], state.newcomers.income[row]) == ([0], [1_200])
    state.newcomers.adult[row] = False  # a pension is not in the model
    run(income, state, net=0.9)
    assert state.newcomers.income[row] == [0]
    assert not state.households.assisted[household]
