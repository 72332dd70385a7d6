"""Effort of municipalities: figures where there are, and else the rank of the balance of 2015 with a fixed residual."""

import numpy as np
import pytest

from abm.engine.draws import Draws
from abm.facts import facts
from abm.homes.effort import efforts, normal_scores, residual
from abm.start import Params

NONE = np.full(3, np.nan)
AMSTERDAM, UTRECHT, DELFT = "GM0363", "GM0344", "GM0503"


@pytest.fixture(scope="module")
def country():
    return facts.load()


def test_normal_scores_by_hand():
    # middles of the ranks at 1/6, 1/2 and 5/6, where the normal distribution is -0.9674, 0 and 0.9674
    assert normal_scores([5.0, -2.0, 1.0]).tolist() == pytest.approx([0.9674, -0.9674, 0], abs=1e-4)
    assert normal_scores([1.0, 1.0, 1.0, 1.0]).tolist() == [0, 0, 0, 0]
    # two that are equal share the ranks up to a half, the third has the rest
    assert normal_scores([3.0, 3.0, 9.0]).tolist() == pytest.approx([-0.4307, -0.4307, 0.9674], abs=1e-4)


def test_efforts_by_hand():
    balance, left, people = np.array([0.3, -0.1, 0.0]), np.array([1.0, 0.0, -1.0]), np.ones(3)
    only_rank = np.exp(0.4 * np.array([0.9674, -0.9674, 0]))
    assert efforts(NONE, balance, left, people, 0.4, 1.0) == pytest.approx(only_rank / only_rank.mean(), rel=1e-4)
    only_left = np.exp(0.4 * left)
    assert efforts(NONE, balance, left, people, 0.4, 0.0) == pytest.approx(only_left / only_left.mean())
    both = np.exp(0.4 * (0.6 * np.array([0.9674, -0.9674, 0]) + 0.8 * left))
    assert efforts(NONE, balance, left, people, 0.4, 0.6) == pytest.approx(both / both.mean(), rel=1e-4)
    assert efforts(NONE, balance, left, people, 0.0, 0.6).tolist() == [1, 1, 1]


def test_a_figure_goes_before_what_is_estimated_and_the_country_offers_its_share():
    found = efforts(np.array([0.5, np.nan, np.nan]), np.zeros(3), np.zeros(3), np.array([2.0, 1, 1]), 0.4, 0.5)
    assert found.tolist() == pytest.approx([0.5 / 0.75, 1 / 0.75, 1 / 0.75])  # mean by inhabitants (1 + 1 + 1) / 4


def test_the_residual_is_the_same_for_every_seed_and_moves_with_its_municipality():
    one, other = residual([AMSTERDAM, DELFT], Draws(1, "start", 0)), residual([DELFT], Draws(99, "start", 0))
    assert one[1] == other[0]
    assert one[0] != one[1]


def test_known_efforts_as_published(country):
    known = dict(zip(country.municipalities["gm_code"], country.known_effort, strict=True))
    # 849 of 1,735 and 581 of 2,100, where the country housed 28,886 of 27,207 and 13,000 of 23,000
    assert known[AMSTERDAM] == pytest.approx((849 + 581) / (1735 * 28886 / 27207 + 2100 * 13 / 23))
    assert known[DELFT] == pytest.approx((119 + 85) / (143 * 22201 / 28283 + 76 * 11886 / 13707))
    assert np.isnan(known["GM0014"])


def test_the_two_numbers_are_those_of_the_municipalities_with_figures(country):
    towns = country.municipalities
    known = ~np.isnan(country.known_effort)
    rank = normal_scores(towns["task_balance_2015"] / towns["population"])[known]
    log = np.log(country.known_effort[known])
    assert known.sum() == 10
    assert Params().effort_spread == pytest.approx(log.std(ddof=1), abs=0.005)
    assert Params().effort_carried == pytest.approx(np.corrcoef(rank, log)[0, 1], abs=0.005)


def test_amsterdam_is_far_behind(country):
    own, codes = Params(), country.municipalities["gm_code"].tolist()
    people = country.municipalities["population"].to_numpy(float)
    balance = country.municipalities["task_balance_2015"] / people
    left = residual(codes, Draws(1, "start", 0))
    found = efforts(country.known_effort, balance, left, people, own.effort_spread, own.effort_carried)
    assert found[codes.index(AMSTERDAM)] < 0.6 < found[codes.index(UTRECHT)]
    assert np.average(found, weights=people) == pytest.approx(1)
