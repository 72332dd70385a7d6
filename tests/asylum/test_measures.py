"""Permits and waits that published figures count: worked out by hand from a month's events."""

import numpy as np
import pytest

from abm.asylum import measures
from abm.observe.measure import Month
from abm.tables.people import Stage
from tests.helpers.village import MIXED, WAR, people, village_state


def month_of(state, **events):
    """The month that ended, with some events."""
    state.clock.month = 13
    return Month(state, {name: np.asarray(rows) for name, rows in events.items()})


def test_permits_count_grants_relatives_resettled_people_and_births_at_full_size():
    state = village_state(scale=0.5)
    granted = people(state, Stage.AWAITING_REGISTRATION, 1, 2, origin=WAR)
    family = people(state, Stage.AWAITING_REGISTRATION, 1, 3, origin=WAR)
    invited = people(state, Stage.AWAITING_REGISTRATION, 1, 4, origin=MIXED)
    mother = people(state, Stage.HOUSED, 1, 5, origin=MIXED)
    events = {"granted": granted, "family_arrived": family, "resettled": invited, "born_with_permit": mother}
    found = measures.permits(month_of(state, **events), ("total", "origin"))
    assert found["total"].tolist() == [(2 + 3 + 4 + 1) / 0.5]  # one child, not the household it was born in
    assert found["origin"][[WAR, MIXED]].tolist() == [10, 10]


def test_the_wait_for_an_answer_counts_closings_beside_decisions():
    state = village_state()
    decided = people(state, Stage.IN_APPEAL, applied=0, decided=12)
    closed = people(state, Stage.DEPARTING, applied=8, decided=12, closing=True)
    month = month_of(state, decided=decided, closed=closed)
    assert sorted(measures.wait_answer(month)) == sorted([*decided, *closed])
    assert measures.wait_decision(month).tolist() == decided.tolist()
    spans = (state.households.decided - state.households.applied)[measures.wait_answer(month)]
    assert spans.mean() == pytest.approx(8)


def test_children_in_reception_are_under_18_and_of_households_that_are_there():
    state = village_state(scale=0.5)
    families = people(state, Stage.IN_DECISION, 1, 3), people(state, Stage.AWAITING_HOME, 1, 2)
    housed = people(state, Stage.HOUSED, 1, 2)
    folk = state.newcomers
    of = [np.flatnonzero(folk.household == rows[0]) for rows in (*families, housed)]
    month = month_of(state)  # month 12 has ended; 18 years before it is month -204
    folk.born[:] = -600
    folk.born[of[0][:2]] = [-204, -203]  # 18 this month, and a month younger
    folk.born[of[1][1]] = 5
    folk.born[of[2]] = 0  # at home
    assert measures.children_in_reception(month) == (1 + 1) / 0.5
