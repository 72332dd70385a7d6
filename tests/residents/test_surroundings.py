"""What residents of a neighbourhood have in common equals a slower way to it: NumPy, term by term."""

import numpy as np
import pytest

from abm.engine.clock import NEVER
from abm.engine.draws import Draws
from abm.engine.table import NO_ROW, UNSET
from abm.residents import complexes_nearby, exposure, support
from abm.residents import support_kernels as kernels
from abm.state import State
from abm.tables.country import MAKESHIFT
from abm.tables.homes import Tenure
from abm.tables.people import Stage
from tests.helpers.runs import small, state_after


@pytest.fixture(scope="module")
def country() -> State:
    """A small country after a year, in which some neighbourhoods have mixed buildings."""
    state = state_after(small("2016-03"), 13)
    where = state.neighbourhoods
    where.regulars[::7], where.tenants[::7], where.management[::7], where.opened[::7] = 0.4, 90, 0.2, 5
    state.locations.voice[::3] = 0.6
    return state


PARAMS = support.Params(voice=0.3, incident_rate=0.0006, crowding=0.7)


def inside_and_home(state: State) -> tuple[np.ndarray, np.ndarray]:
    """Persons per location; persons, adults and employed adults at home, (3, municipalities); full size."""
    households, people, towns = state.households, state.newcomers, len(state.municipalities)
    placed = households.location >= 0
    inside = np.bincount(households.location[placed], households.size[placed], len(state.locations))
    home = (households.stage == Stage.HOUSED) & ~placed
    adults = people.adult & home[people.household]
    rows = (np.flatnonzero(home), *(people.household[each] for each in (adults, adults & people.employed)))
    weights = (households.size, *(np.ones(len(households)),) * 2)
    each = [
        np.bincount(households.municipality[at], weight[at], towns) for at, weight in zip(rows, weights, strict=True)
    ]
    return inside / state.scale, np.array(each) / state.scale


def fairness(state: State, params: support.Params) -> np.ndarray:
    """Support that home seekers lose by lettings of about a year, (municipalities,)."""
    households, towns = state.households, state.municipalities
    fresh = (households.moved_in == state.clock.month) & (households.sponsor == NO_ROW)
    rows = np.flatnonzero(fresh & (households.tenure == Tenure.CORPORATION))
    assert len(rows) > 5
    weight, town = support.felt_weights(params)[households.rule[rows]], households.municipality[rows]
    let = np.bincount(towns.pool[town], weight, len(towns))
    vacancies = np.bincount(towns.pool, towns.vacancies, len(towns)) * state.scale
    share = (let / np.where(vacancies > 0, vacancies, np.inf))[towns.pool]
    known = np.where(towns.let_share == UNSET, params.fair_share, towns.let_share)
    return (
        params.unfairness * params.perceived * (known + (share - known) / params.judged_over - params.fair_share) / 0.1
    )


def threats(state: State, params: support.Params, stock: np.ndarray) -> np.ndarray:
    """Support lost to locations and to a growing number of newcomers, (neighbourhoods,)."""
    locations, where, towns, month = state.locations, state.neighbourhoods, state.municipalities, state.clock.month
    new = np.exp(-np.maximum(month - locations.opened, 0) / params.habituation)
    new[(locations.announced == NEVER) | (locations.announced > month) | (locations.ends <= month) | (new <= 1e-3)] = 0
    assert (new > 0).sum() > 5
    at, many = locations.neighbourhood, len(where)
    inhabitants = np.bincount(where.municipality, where.population)
    near, far = (
        new * (locations.places / (params.threat_size * residents)) ** params.exponent
        for residents in (where.population[at], inhabitants[where.municipality[at]])
    )
    elsewhere = np.bincount(where.municipality[at], far, len(towns))[where.municipality]
    own, across = np.bincount(at, far, many), np.zeros(many)
    for one, other in ((0, 1), (1, 0)):
        across += np.bincount(state.links[:, other], own[state.links[:, one]], many)
    felt = np.bincount(at, near, many) + params.halo * (elsewhere - own + across)
    felt *= (1 - params.urbanity * where.urban) * (1 - params.regulars * where.regulars)
    known = np.where(towns.accustomed == UNSET, stock, towns.accustomed)
    return params.threat * felt + params.stock * 100 * (stock - known)[where.municipality] * (1 - where.urban)


def experiences(state: State, params: support.Params, inside: np.ndarray, u: np.ndarray) -> np.ndarray:
    """Support gained by a say beforehand, less that lost to incidents, (neighbourhoods,)."""
    locations, where, now = state.locations, state.neighbourhoods, state.locations.ends > state.clock.month
    serious = exposure.incidents(
        inside, params.incident_rate, params.incident_size, params.incident_mix, 1.0, params.management,
        params.incident_complex, u,
    )  # fmt: skip
    remembered = 0.5 ** (1 / params.incident_half_life) * locations.incidents + serious
    heard = np.zeros(len(where))
    np.maximum.at(heard, locations.neighbourhood[now], locations.voice[now])
    trouble = np.bincount(locations.neighbourhood, remembered, len(where))
    return params.voice_effect * heard - params.incident * trouble


def plain(state: State, params: support.Params, u: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Newcomers by neighbourhood, and the conditions that `support.conditions` gives."""
    locations, where, towns, month = state.locations, state.neighbourhoods, state.municipalities, state.clock.month
    inside, (housed, adults, employed) = inside_and_home(state)
    site, of = locations.neighbourhood, where.municipality
    reception = np.bincount(site, inside, len(where))
    crowded = np.bincount(site, inside * np.isin(locations.kind, MAKESHIFT), len(where))
    homes = where.population * where.social_rent
    newcomers = reception + housed[of] * homes / np.maximum(np.bincount(of, homes), 1e-9)[of]
    managed = np.maximum(where.management, params.management * (reception > 0))
    share = newcomers / (newcomers + where.population)
    stock = (housed + np.bincount(locations.municipality, inside, len(towns))) / towns.population
    working = (employed + params.work_known * employed.sum() / adults.sum()) / (adults + params.work_known)
    found = np.zeros((len(where), kernels.SHARED))
    found[:, kernels.NEAR] = params.contacts * share * np.exp(-share / params.crowded_share)
    found[:, kernels.NEAR] *= 1 + params.mixing * where.regulars
    at_work = employed / (params.workers_share * towns.population)
    found[:, kernels.COLLEAGUES] = (params.colleagues * params.team * at_work)[of]
    opened = where.opened.astype(np.int64)
    opened[site[(locations.ends > month) & (locations.opened == month)]] = month
    open_for = np.maximum(month - opened, 0)
    lasting = managed + (1 - managed) * np.exp(-open_for / params.building_fading)
    found[:, kernels.INSIDE] = params.building * 4 * where.regulars * (1 - where.regulars) * lasting
    found[:, kernels.TENANTS] = np.minimum(where.tenants / where.population, 1) * where.residents
    worse = params.crowding * crowded / np.maximum(newcomers, 1) + params.grouping * reception / 1000
    found[:, kernels.BAD] = np.clip(params.negative * (1 + worse - managed), 0, params.most_negative)
    found[:, kernels.PUSH] = params.work * (working - params.work_reference)[of]
    found[:, kernels.PUSH] += experiences(state, params, inside, u) - threats(state, params, stock)
    found[:, kernels.UNFAIR] = fairness(state, params)[of]
    return newcomers, found


def test_conditions_equal_a_slower_way(country):
    draws, where, locations, month = Draws(3, "support", 13), country.neighbourhoods, country.locations, 13
    assert country.clock.month == month
    country.households.moved_in[country.households.moved_in == month - 1] = month  # lettings of last month, once more
    locations.opened[::9] = month
    u = draws.uniform("incidents", np.arange(len(locations)))
    newcomers, expected = plain(country, PARAMS, u)
    found = support.conditions(country, PARAMS, draws)
    assert (expected.std(axis=0) > 0).all()
    assert found == pytest.approx(expected, rel=1e-12, abs=1e-15)
    assert where.newcomers == pytest.approx(newcomers, rel=1e-12)
    now = locations.ends > month
    assert (
        where.places.tolist() == np.bincount(locations.neighbourhood[now], locations.places[now], len(where)).tolist()
    )
    opened = np.unique(locations.neighbourhood[now & (locations.opened == month)])
    assert np.flatnonzero(where.opened == month).tolist() == opened.tolist()


def test_new_locations_and_complexes_are_the_same_threat(country):
    at, places, new = complexes_nearby.as_locations(country, PARAMS.habituation)
    assert len(at) == len(places) == len(new)
    assert (new > 0).all()
    assert (new <= 1).all()
