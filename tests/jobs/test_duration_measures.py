"""Work by whole months since arrival and since the permit, by hand."""

import pytest

from abm.engine.clock import MONTHS, NEVER
from abm.measures import MEASURES
from abm.observe.breakdowns import DURATIONS, labels
from abm.observe.measure import Month
from abm.tables.people import Stage
from tests.helpers.adults import make_adults
from tests.helpers.village import people, village_state

NOW = 200


def measured(state, name, by):
    """A measure in month NOW, by label, where it is not zero."""
    state.clock.month = NOW + 1  # the turn has ended
    (measure,) = (each for each in MEASURES if each.name == name)
    values = measure.values(Month(state, {}), measure.by)[by]
    assert len(values) == DURATIONS
    return {group: value for group, value in zip(labels(state.inputs)[by], values.tolist(), strict=True) if value}


@pytest.fixture
def town():
    """Two who came 5 months ago, one of whom works; one of 7 months with a permit of 3; one of long ago, at work."""
    state = village_state(scale=0.5)
    state.clock.month = NOW
    for came, granted, stage, employed in (
        (5, None, Stage.IN_DECISION, [True]),
        (5, None, Stage.IN_DECISION, [False]),
        (7, 3, Stage.HOUSED, [False]),
        (15 * MONTHS, 14 * MONTHS, Stage.HOUSED, [True]),
    ):
        permit = NEVER if granted is None else NOW - granted
        rows = people(state, stage, applied=NOW - came, granted=permit)
        make_adults(state, rows, employed=employed, born=NOW - 30 * MONTHS)
    return state


def test_months_since_arrival(town):
    assert measured(town, "by_duration", "months_since_arrival") == {"5": 4, "7": 2, "120 and more": 2}
    assert measured(town, "by_duration_employed", "months_since_arrival") == {"5": 2, "120 and more": 2}


def test_months_since_the_permit_of_those_who_have_one(town):
    assert measured(town, "by_duration", "months_since_permit") == {"3": 2, "120 and more": 2}
    assert measured(town, "by_duration_employed", "months_since_permit") == {"120 and more": 2}


def test_people_under_temporary_protection_are_not_counted(town):
    rows = people(town, Stage.PROTECTED, applied=NOW - 5)
    make_adults(town, rows, born=NOW - 30 * MONTHS)
    assert measured(town, "by_duration", "months_since_arrival")["5"] == 4
