"""Beliefs about nuisance, worked out by hand: far a thought, near what is met, and what was learnt stays."""

import numpy as np
import pytest

from abm.engine.draws import Draws
from abm.residents import nuisance, support
from abm.residents import support_kernels as kernels
from tests.helpers.hosting import NOTHING, START, followed, hosts
from tests.helpers.village import A, E

FULL = {"residents_share": 0.5}  # many residents, so that shares are close to what is expected


def near_of(state, near: int) -> slice:
    """The rows of the residents of a neighbourhood."""
    where = state.neighbourhoods
    return slice(where.first[near], where.first[near] + where.residents[near])


def test_both_polls_follow_from_the_two_shares_who_accept():
    params = support.Params()
    many = np.random.default_rng(4).normal(size=400_000)
    of_all = support.terms(params)
    calm, worried = (kernels.acceptance(many, np.full(len(many), each), of_all)[0].mean() for each in (False, True))
    assert (calm, worried) == (pytest.approx(0.80, abs=0.002), pytest.approx(0.28, abs=0.002))
    assert 0.52 * calm + 0.48 * worried == pytest.approx(0.55, abs=0.003)  # far: a thought
    assert 0.86 * calm + 0.14 * worried == pytest.approx(0.73, abs=0.004)  # near: a place that stands


def test_at_the_start_those_beside_a_location_know_it_and_the_others_expect():
    state, near = hosts(E, 300, new=False, **FULL)
    followed(state, 1, **NOTHING)
    here = near_of(state, near)
    assert state.residents.nuisance[here].mean() == pytest.approx(0.14, abs=0.02)
    others = np.delete(state.residents.nuisance, here)
    assert others.mean() == pytest.approx(0.48, abs=0.01)
    where = state.neighbourhoods
    assert where.nuisance[near] == pytest.approx(state.residents.nuisance[here].mean())
    assert where.near[near] > where.near_before[near] + 0.1  # support did not move: what they believe did


def test_beside_a_new_location_residents_come_to_know_it_one_by_one():
    state, near = hosts(E, 300, **FULL)  # it opens in the next month
    here, held = near_of(state, near), []
    for _ in range(25):
        followed(state, 1, **(NOTHING | {"known_after": 12}))
        held.append(state.residents.nuisance[here].mean())
    assert held[0] == pytest.approx(0.48, abs=0.03)  # announced only: a thought
    for months in (1, 12, 24):
        assert held[months] == pytest.approx(0.14 + (0.48 - 0.14) * (11 / 12) ** months, abs=0.03)
    assert state.residents.nuisance[near_of(state, 0)].mean() == pytest.approx(0.48, abs=0.03)  # in A nothing changed


def test_what_was_learnt_stays_when_the_location_closes():
    state, near = hosts(E, 300, new=False, **FULL)
    followed(state, 1, **NOTHING)
    known = state.residents.nuisance.copy()
    state.locations.ends[:] = state.clock.month
    followed(state, 24, **(NOTHING | {"known_after": 1}))
    assert (state.residents.nuisance == known).all()
    where = state.neighbourhoods
    assert not len(nuisance.beside(state.locations, where.first, where.residents, state.clock.month)[0])


def test_beliefs_do_not_hang_on_the_seed_of_the_run():
    state, _ = hosts(A, 0, **FULL)
    one, other = (nuisance.expected(state, 0.48, Draws(seed, "support", START)) for seed in (1, 2))
    assert (one == other).all()


def test_locations_without_places_of_their_own_are_no_neighbours():
    state, near = hosts(E, 300, new=False)
    state.locations.places[:] = 0  # crisis reception and hotels of a region have no site
    followed(state, 1, **NOTHING)
    where = state.neighbourhoods
    assert not len(nuisance.beside(state.locations, where.first, where.residents, state.clock.month)[0])
