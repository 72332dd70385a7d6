"""Neighbourhoods and residents follow the figures of their municipality, whatever the size of the sample."""

import numpy as np
import pytest

from abm.engine.draws import Draws
from abm.residents import synthetic_residents
from abm.start import Params, initialise_country
from abm.state import State
from abm.tables.residents import Age, Attained, Income
from tests.helpers.runs import real
from tests.helpers.village import A, B, C, village, village_state


@pytest.fixture(scope="module")
def country():
    """The Netherlands with its residents; tests only read it."""
    state, own = State(real()), Params(residents_share=0.004)
    initialise_country(state, own, Draws(1, "start", 0))
    synthetic_residents.initialise_residents(state, own)
    return state


def of_country(state, values):
    """Mean over inhabitants."""
    return np.average(values, weights=state.neighbourhoods.population)


def test_the_village_is_divided_into_neighbourhoods_of_equal_size():
    where = village_state(neighbourhood_size=5_000).neighbourhoods
    assert np.bincount(where.municipality).tolist() == [2, 4, 6, 4, 4]
    assert set(where.population.tolist()) == {5_000}
    assert where.number[where.municipality == B].tolist() == [0, 1, 2, 3]
    assert where.urban[where.municipality == A] == pytest.approx(1)
    assert where.urban[where.municipality == C] == pytest.approx(0.5)


def test_the_country_has_some_4500_of_them(country):
    where = country.neighbourhoods
    assert 4_300 < len(where) < 4_700
    assert where.population.sum() == pytest.approx(18_044_027)
    assert len(np.unique(where.municipality)) == 342


@pytest.mark.parametrize(
    ("column", "known"),
    [
        ("social_rent", "social_rent_share"),
        ("low_income", "income_low_share"),
        ("high_income", "income_high_share"),
        ("higher_schooling", "higher_edu_share"),
    ],
)
def test_the_mean_over_a_municipality_is_the_published_one(country, column, known):
    where = country.neighbourhoods
    found = synthetic_residents.by_municipality(where, getattr(where, column), 342)
    assert found == pytest.approx(real().municipalities[known].to_numpy(float), abs=1e-3)
    assert getattr(where, column).min() >= 0
    assert getattr(where, column).max() <= 1


def test_where_corporations_have_homes_incomes_are_low():
    where = village_state().neighbourhoods
    inside = where.municipality == C
    assert np.corrcoef(where.social_rent[inside], where.low_income[inside])[0, 1] > 0.9
    assert np.corrcoef(where.social_rent[inside], where.higher_schooling[inside])[0, 1] < -0.9
    even = village_state(neighbourhood_spread=0).neighbourhoods
    assert even.social_rent == pytest.approx(0.3)


def test_neighbourhoods_lie_on_the_disc_of_their_municipality(country):
    where, towns = country.neighbourhoods, real().municipalities
    radius = np.sqrt(towns["area_km2"].to_numpy(float) / np.pi)[where.municipality]
    centre = np.bincount(where.municipality, where.x) / np.bincount(where.municipality)
    assert (np.abs(where.x - centre[where.municipality]) <= 2 * radius).all()
    first = where.number == 0
    middle = where.x[first]
    out = np.hypot(where.x - middle[where.municipality], where.y - where.y[first][where.municipality])
    assert (out <= 2 * radius).all()


def test_links_cross_a_border_at_the_nearest_places():
    state = village_state(neighbourhood_size=5_000)
    where, links = state.neighbourhoods, state.links
    towns = where.municipality[links]
    assert {tuple(pair) for pair in towns.tolist()} == {(0, 1), (1, 2), (2, 3), (3, 4)}
    assert len(links) == 8  # 5 km of border: one pair, and one more
    ours, theirs = np.flatnonzero(where.municipality == A), np.flatnonzero(where.municipality == B)
    apart = np.hypot(where.x[ours, None] - where.x[theirs], where.y[ours, None] - where.y[theirs])
    i, j = links[0]
    assert np.hypot(where.x[i] - where.x[j], where.y[i] - where.y[j]) == pytest.approx(apart.min())


@pytest.mark.parametrize("share", [0.001, 0.01, 0.1])
def test_a_sample_is_its_share_and_at_least_one(share):
    population = np.full(300, 4_000.0)
    found = synthetic_residents.sample(population, share)
    assert found.sum() == pytest.approx(population.sum() * share, abs=1)
    assert np.ptp(found) <= 1
    assert synthetic_residents.sample(population, 1e-6).tolist() == [1] * 300


def test_residents_follow_the_shares_of_the_country(country):
    people, where, own = country.residents, country.neighbourhoods, Params()
    shares = [
        (people.schooling == Attained.HIGHER, where.higher_schooling),
        (people.income == Income.LOW, where.low_income),
    ]
    shares += [(people.income == Income.HIGH, where.high_income)]
    for holds, share in shares:
        assert holds.mean() == pytest.approx(of_country(country, share), abs=0.004)
    assert (people.age == Age.OLD).mean() == pytest.approx(own.old_share, abs=0.004)
    assert people.seeking.mean() == pytest.approx(own.seeking_share, abs=0.004)
    assert not (people.seeking & (people.income == Income.HIGH)).any()


def test_the_anchor_is_standard_normal_in_the_country(country):
    people, where = country.residents, country.neighbourhoods
    assert of_country(country, where.leaning) == pytest.approx(0, abs=1e-9)
    assert people.anchor.mean() == pytest.approx(0, abs=0.01)
    assert people.anchor.std() == pytest.approx(1, abs=0.01)
    higher, lower = (people.anchor[people.schooling == each].mean() for each in (Attained.HIGHER, Attained.LOWER))
    assert higher - lower == pytest.approx(0.6, abs=0.08)  # a little more: the higher schooled live in cities
    gap = where.anchor - where.leaning
    assert of_country(country, gap) == pytest.approx(0, abs=0.01)


def test_the_leaning_by_hand():
    votes = np.array([0.3, 0.3, 0.5, 0.3, 0.3])
    state = village_state(village(restrictive_votes=votes), neighbourhood_spread=0)
    where = state.neighbourhoods
    assert np.ptp(where.leaning[where.municipality == A]) == pytest.approx(0)
    leaning = [where.leaning[where.municipality == town][0] for town in range(5)]
    assert leaning[A] - leaning[B] == pytest.approx(0.2 / 4)  # a class of urbanity
    # Phi(-0.5244) = 0.3: votes of 50 instead of 30 percent are 0.5244 standard deviations
    assert leaning[B] - leaning[C] == pytest.approx(0.2 / 4 + 0.3 * 0.5244, abs=1e-4)


def test_a_larger_sample_holds_the_smaller_one():
    few, many = (village_state(residents_share=share) for share in (0.01, 0.02))
    for n in range(len(few.neighbourhoods)):
        a, b = few.neighbourhoods.first[n], many.neighbourhoods.first[n]
        count = few.neighbourhoods.residents[n]
        for name in ("age", "schooling", "income", "seeking", "anchor"):
            one, other = getattr(few.residents, name), getattr(many.residents, name)
            assert np.array_equal(one[a : a + count], other[b : b + count]), name


def test_residents_belong_to_the_country_and_not_to_a_run():
    one, other = village_state(), village_state(residents_draw=1)
    assert np.array_equal(one.residents.anchor, village_state().residents.anchor)
    assert not np.array_equal(one.residents.anchor, other.residents.anchor)
