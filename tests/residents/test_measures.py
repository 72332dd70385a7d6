"""Indicators of support, worked out by hand on a few neighbourhoods."""

import numpy as np
import pytest

from abm.engine.clock import NEVER
from abm.measures import MEASURES, gathered
from abm.observe.breakdowns import BREAKDOWNS, labels
from abm.observe.measure import Month, sizes
from abm.observe.neighbourhood_breakdown import phases
from abm.residents import measures
from abm.tables.people import Stage
from abm.tables.residents import NEARNESS, PHASES, SITE_SIZES
from tests.helpers.runs import recorded, small
from tests.helpers.village import B, people, village_state

OF_SUPPORT = gathered((measures,))
BY_NAME = {measure.name: measure for measure in OF_SUPPORT}


@pytest.fixture
def month():
    """The village in month 30: a new location of 100 places in B, one of 500 that closed in D, an old one in E."""
    state = village_state(neighbourhood_size=10_000)  # one, two, three, two and two neighbourhoods
    state.clock.month = 31
    where = state.neighbourhoods
    where.places[:] = [0, 100, 0, 0, 0, 0, 0, 0, 400, 0]
    where.announced[[1, 6, 9]] = [29, 5, 30]
    where.opened[[1, 6, 8]] = [30, 6, 0]
    where.places[9] = 200  # announced last month
    where.near[:] = 0.5
    where.near[[1, 8]] = [0.2, 0.9]
    return Month(state, {})


def values(month, name, *by):
    return BY_NAME[name].values(month, by)


def test_near_and_far(month):
    found = values(month, "accepting_near", "total", "nearness", "site_size", "municipality")
    assert found["nearness"] == pytest.approx([0.5, (0.2 + 0.9 + 0.5) / 3])
    assert found["total"] == pytest.approx([(7 * 0.5 + 0.2 + 0.9 + 0.5) / 10])
    assert found["site_size"] == pytest.approx([0.5, 0.2, 0.5, 0.9])
    assert found["municipality"][B] == pytest.approx((0.2 + 0.5) / 2)


def test_phases(month):
    where, now = month.state.neighbourhoods, month.number
    found = phases(where, now)
    expected = {1: "first year", 6: "closed", 9: "announced"}  # in 8 a location was there before all
    assert {n: PHASES[phase] for n, phase in enumerate(found) if phase} == expected
    where.opened[1] = 17
    assert PHASES[phases(where, now)[1]] == "announced"  # heard of in month 29, after one of month 17
    where.announced[1] = 16
    assert PHASES[phases(where, now)[1]] == "second year"
    where.opened[1] = 5
    where.announced[1] = 4
    assert PHASES[phases(where, now)[1]] == "later"
    where.announced[1] = NEVER
    assert PHASES[phases(where, now)[1]] == "no new location"


def test_objections_count_neighbours_who_do_not_accept(month):
    found = values(month, "objections", "municipality", "total")
    assert found["municipality"] == pytest.approx([0, 8_000, 0, 0, 1_000 + 5_000])
    assert found["total"] == pytest.approx([14_000])


@pytest.mark.parametrize(
    ("support", "spread", "bimodality"),
    [
        (np.tile([-1.0, 1.0], 500), 1.0, 1.0),
        (np.linspace(-1, 1, 1_000), 3**-0.5, 5 / 9),
        (np.sqrt(2) * np.array([-1.2247, 0, 0, 0, 0, 1.2247] * 100), 1.0, 1 / 3),  # kurtosis 3, as the normal
    ],
)
def test_spread_and_bimodality(month, support, spread, bimodality):
    where = month.state.neighbourhoods
    shifted = support + 0.3  # the mean does not matter
    for power, name in enumerate(("support", "square", "cube", "fourth"), start=1):
        getattr(where, name)[:] = (shifted**power).mean()
    assert measures.support_spread(month) == pytest.approx(spread, rel=2e-3)
    assert measures.support_bimodality(month) == pytest.approx(bimodality, rel=2e-3)


def test_willingness_is_weighted_by_inhabitants(month):
    towns = month.state.municipalities
    towns.willingness[:] = [2, 1, 1, 1, 0.5]
    found = values(month, "willingness", "total", "region", "municipality")
    assert found["total"] == pytest.approx([0.1 * 2 + 0.2 + 0.3 + 0.2 + 0.2 * 0.5])
    assert found["region"] == pytest.approx([(2 + 2 + 3) / 6, 0.75])


def test_support_that_households_met(month):
    rows = people(month.state, Stage.HOUSED, 2)
    month.state.households.support_at_placement[rows] = [0.5, -1.5]
    assert measures.support_met(Month(month.state, {"housed": rows})) == pytest.approx(-0.5)
    assert np.isnan(measures.support_met(month))


def test_groups_have_their_words(month):
    words, counts = labels(month.state.inputs), sizes(month)
    assert (words["nearness"], words["site_size"], words["phase"]) == (list(NEARNESS), list(SITE_SIZES), list(PHASES))
    assert all(counts[by] == len(words[by]) for by in ("nearness", "site_size", "phase"))
    assert {by for measure in MEASURES for by in measure.by} <= set(words) == set(BREAKDOWNS)


def test_a_run_records_them():
    recorder = recorded(small("2015-03"))
    for measure in OF_SUPPORT:
        for by in measure.by:
            assert recorder.frame(measure.name, by).shape[0] == 3
    near = recorder.frame("accepting_near_anchor")["all"]
    assert near.between(0.5, 0.6).all()
