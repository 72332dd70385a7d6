"""Neighbours who share a household's language, and informal Dutch around it, by hand."""

import numpy as np
import pytest

from abm.civic.language_exposure import openness
from abm.engine.table import NO_ROW
from abm.tables.country import Kind
from abm.tables.people import Stage
from tests.helpers.village import MIXED, SAFE, WAR, A, D, locations, people, village_state


def test_in_reception_it_is_the_share_of_other_languages_in_the_location():
    state = village_state()
    first, second = locations(state, Kind.REGULAR)[:2]
    war = people(state, Stage.IN_DECISION, count=2, size=3, location=first)
    safe = people(state, Stage.IN_DECISION, size=2, origin=SAFE, location=first)  # speaks the same
    mixed = people(state, Stage.AWAITING_HOME, size=2, origin=MIXED, location=first)
    alone = people(state, Stage.IN_DECISION, origin=MIXED, location=second)
    found = openness(state, mixed=0.2, clustering=5)
    assert found[war] == pytest.approx([0.2, 0.2])  # eight of ten
    assert found[safe] == pytest.approx([0.2])
    assert found[mixed] == pytest.approx([0.8])
    assert found[alone] == pytest.approx([0.0])


def test_around_a_home_compatriots_count_more_than_evenly():
    state = village_state()
    here = people(state, Stage.HOUSED, count=20, size=5)  # 100 of the 10,000 of A
    there = people(state, Stage.HOUSED, municipality=D, origin=MIXED)
    gone = people(state, Stage.RETURNED)
    found = openness(state, mixed=0.5, clustering=5)
    assert found[here] == pytest.approx(np.full(20, 0.95 * 1.5))
    assert found[there] == pytest.approx([(1 - 5 / 20_000) * 1.5])
    assert found[gone] == pytest.approx([1])
    assert openness(state, mixed=0, clustering=1000)[here] == pytest.approx(np.zeros(20))  # not below none


def test_households_without_a_common_language_have_no_neighbours_of_it():
    state = village_state()
    state.origins.language[WAR] = NO_ROW
    rows = people(state, Stage.IN_DECISION, count=3)
    home = people(state, Stage.HOUSED, municipality=A)
    found = openness(state, mixed=0.2, clustering=5)
    assert found[rows] == pytest.approx([1, 1, 1])
    assert found[home] == pytest.approx([1.2])


def test_the_loop_over_households_equals_a_slower_way():
    state, rng = village_state(scale=0.5), np.random.default_rng(3)
    state.origins.language[:] = [0, 1, NO_ROW]
    rows = people(state, Stage.HOUSED, count=300)
    households, towns = state.households, state.municipalities
    households.origin[rows], households.size[rows] = rng.integers(0, 3, 300), rng.integers(1, 6, 300)
    households.municipality[rows] = rng.integers(0, len(towns), 300)
    inside = rows[rng.random(300) < 0.4]
    households.stage[inside], households.location[inside] = Stage.IN_DECISION, rng.integers(0, 3, len(inside))
    households.stage[rows[:20]], households.location[rows[:20]] = Stage.RETURNED, NO_ROW
    found, language = openness(state, 0.3, 2000), state.origins.language[households.origin]
    for h in rows:
        here = (households.location == households.location[h]) & (households.stage == households.stage[h])
        if households.location[h] == NO_ROW:
            here &= households.municipality == households.municipality[h]
        own = households.size[here & (language == language[h])].sum() * (language[h] != NO_ROW)
        share, more = own / households.size[here].sum(), 1.0
        if households.stage[h] == Stage.HOUSED:
            share, more = min(2000 * own / 0.5 / towns.population[households.municipality[h]], 1), 1.3
        expected = 1 if households.stage[h] == Stage.RETURNED else (1 - share) * more
        assert found[h] == pytest.approx(expected, rel=1e-6, abs=1e-6)
    assert 0.1 < np.mean((found > 0) & (found < 1)) < 0.9


def test_the_scale_of_a_run_changes_nothing():
    full, tenth = village_state(), village_state(scale=0.1)
    rows = [people(state, Stage.HOUSED, count=count) for state, count in ((full, 100), (tenth, 10))]
    found = [openness(state, 0.2, 5)[mine[0]] for state, mine in zip((full, tenth), rows, strict=True)]
    assert found[0] == pytest.approx(found[1])


def test_in_a_starter_home_the_neighbours_are_its_tenants():
    state = village_state()
    state.complexes.add(1, units=9, built=9, residents=4, newcomers=6, contact=0.5)
    state.origins.language[:] = [0, 1, NO_ROW]
    rows = [people(state, Stage.HOUSED, size=size, origin=of, complex=0)[0] for size, of in ((3, 0), (2, 1), (1, 2))]
    # ten persons, three of whom speak the first language; four residents, with whom half of the contact is left
    found = openness(state, 0.3, 5)[rows]
    assert found.tolist() == pytest.approx([0.7 * 1.06, 0.8 * 1.06, 1.06])
