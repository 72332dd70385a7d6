"""Starter homes as neighbours see them: sites, tenants, and the effect of a plan on support."""

import numpy as np
import pytest

from abm.engine.clock import NEVER
from abm.engine.draws import Draws
from abm.residents import complexes_nearby
from abm.tables.homes import Halt, HomeSize, Search
from abm.tables.people import Stage
from tests.helpers.hosting import NOTHING, START, followed, hosts
from tests.helpers.village import D, people


def complexes(state, count=1, **columns):
    """Complexes of 40 units in D that opened last month; their rows."""
    standing = {"municipality": D, "units": 40, "built": 40, "announced": START - 6, "opens": START - 1}
    identity = np.arange(1, count + 1, dtype=np.uint64) + np.uint64(100 * len(state.complexes))
    return state.complexes.add(count, identity=identity, **(standing | {"opened": START - 1} | columns))


def test_a_complex_stands_in_a_neighbourhood_of_its_municipality_for_good():
    state, _ = hosts(D)
    rows = complexes(state, 30)
    complexes_nearby.site(state, 0.5, Draws(1, "support", START))
    at = state.complexes.neighbourhood[rows].copy()
    assert (state.neighbourhoods.municipality[at] == D).all()
    assert len(set(at.tolist())) > 1
    complexes_nearby.site(state, 0.5, Draws(1, "support", START + 1))
    assert (state.complexes.neighbourhood[rows] == at).all()


def test_mixed_living_by_hand():
    state, middle = hosts(D)
    complexes(state, neighbourhood=middle, newcomers=10, residents=30, managed=True)
    complexes(state, neighbourhood=middle, newcomers=20, residents=20, managed=False)
    complexes(state, neighbourhood=middle, newcomers=5, residents=5, opened=NEVER)  # not there yet
    reception = np.zeros(len(state.neighbourhoods))
    reception[middle] = 20
    complexes_nearby.mixed_living(state, reception)
    where = state.neighbourhoods
    assert where.tenants[middle] == 50
    assert where.regulars[middle] == pytest.approx(50 / (80 + 20))
    assert where.management[middle] == pytest.approx(40 / 80)
    assert where.tenants.sum() == 50


def test_an_announced_complex_is_a_threat_and_a_plan_that_ended_only_until_it_would_have_opened():
    seen = []
    for halt, opens in ((Halt.NONE, START + 6), (Halt.APPEAL, START + 6), (Halt.APPEAL, START + 1)):
        state, middle = hosts(D)
        complexes(
            state, neighbourhood=middle, announced=START, opens=opens, opened=NEVER, built=0, halt=halt, units=400
        )
        seen.append(followed(state, 6, **(NOTHING | {"threat": 0.3}))[:, middle])
    assert (seen[0] < 0).all()
    assert seen[0][2] == pytest.approx(seen[1][2])
    assert seen[2][5] > seen[1][5]  # given up at once: forgotten


def test_mixed_and_managed_does_better_than_newcomers_only():
    found = []
    for newcomers, residents, managed in ((10, 30, True), (40, 0, False)):
        state, middle = hosts(D, housed=40 - newcomers)
        row = complexes(state, neighbourhood=middle, newcomers=newcomers, residents=residents, managed=managed)
        past = {"housed": 0, "granted": 0, "coupled": 0, "home": HomeSize.SMALL}
        state.seekers.add(residents, complex=row[0], municipality=D, search=Search.SEARCHING)
        people(state, Stage.HOUSED, newcomers, municipality=D, complex=row[0], **past)
        asked = NOTHING | {"contact": 0.4, "contacts": 20, "threat": 0.25}
        found.append(followed(state, 24, **asked)[-1][middle])
    assert found[0] > found[1]
