"""Indicators of support, worked out by hand on a few neighbourhoods."""

import numpy as np
import pytest

from abm.engine.clock import NEVER
from abm.measures import MEASURES, gathered
from abm.observe.breakdowns import BREAKDOWNS, labels
from abm.observe.measure import Month, sizes
from abm.observe.neighbourhood_breakdown import SITE_EDGES, cells_of
from abm.residents import measures
from abm.tables.people import Stage
from abm.tables.residents import NEARNESS, PHASES, SITE_SIZES
from tests.helpers.runs import recorded, small
from tests.helpers.village import B, people, village_state

OF_SUPPORT = gathered((measures,))
BREAKDOWNS_OF_SUPPORT = ("total", "nearness", "site_size", "phase", "region", "municipality")
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


def phases(where, month):
    return cells_of(where, month) // len(SITE_SIZES)


def test_cells_equal_a_look_at_whole_columns(month):
    where, luck, now = month.state.neighbourhoods, np.random.default_rng(3), month.number
    for _ in range(20):
        where.places[:] = luck.choice([0, 1, 149, 150, 399, 400, 900], len(where))
        where.announced[:] = luck.choice([NEVER, -5, 3, 17, 29, 30], len(where))
        where.opened[:] = luck.choice([NEVER, -5, 3, 17, 18, 29, 30, 40], len(where))
        years = np.clip((now - where.opened.astype(int)) // 12, 0, 2)
        phase = np.where(where.opened >= where.announced, 2 + years, 1)
        phase[(where.places == 0) & (where.opened > NEVER)] = len(PHASES) - 1
        phase[(where.announced == NEVER) | ((where.places == 0) & (where.opened == NEVER))] = 0
        size = np.searchsorted(SITE_EDGES, where.places, side="right") - (where.places == 0)
        assert cells_of(where, now).tolist() == (phase * len(SITE_SIZES) + size).tolist()


def test_sums_equal_those_of_whole_columns(month):
    state, luck = month.state, np.random.default_rng(5)
    where, town = state.neighbourhoods, state.neighbourhoods.municipality.astype(int)
    where.support[:], where.population[:] = luck.normal(0, 1, len(where)), luck.uniform(500, 9000, len(where))
    found, groups = values(month, "support", *BREAKDOWNS_OF_SUPPORT), month.neighbourhood_groups
    of = {
        "municipality": town, "region": state.municipalities.region[town].astype(int),
        "phase": groups.cell // len(SITE_SIZES), "site_size": groups.cell % len(SITE_SIZES),
        "nearness": (groups.cell % len(SITE_SIZES) > 0).astype(int), "total": np.zeros(len(where), int),
    }  # fmt: skip
    for by, group in of.items():
        size = month.group_sizes[by]
        many = np.bincount(group, where.population, size)
        expected = np.bincount(group, where.population * where.support, size) / np.where(many > 0, many, np.nan)
        assert found[by] == pytest.approx(expected, nan_ok=True)


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
