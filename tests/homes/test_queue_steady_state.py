"""Waiting lists in steady state: formulas against integrals, and against a list simulated person by person."""

import numpy as np
import pytest
from scipy.integrate import quad

from abm.homes.queue_steady_state import lead_below, reaching, registered, searched, steady_state, time_searched

CASES = [(96.0, 30.0, 0.012), (12.0, 4.0, 0.03), (150.0, 40.0, 0.011), (48.0, 1 / 0.02, 0.02)]  # the last: equal rates


def beginning(x, lead):
    return np.exp(-x / lead) / lead


@pytest.mark.parametrize(("reach", "lead", "hazard"), CASES)
def test_formulas_are_the_integrals(reach, lead, hazard):
    def over_leads(value):
        return quad(lambda x: beginning(x, lead) * np.exp(-hazard * (reach - x)) * value(x), 0, reach)[0]

    beyond = np.exp(-reach / lead)
    share = beyond + over_leads(lambda x: 1)
    assert reaching(reach, lead, hazard) == pytest.approx(share)
    assert searched(reach, lead, hazard) == pytest.approx(over_leads(lambda x: reach - x) / share, rel=1e-5)
    late = quad(lambda x: x * beginning(x, lead), reach, 60 * lead)[0]
    assert registered(reach, lead, hazard) == pytest.approx((over_leads(lambda x: reach) + late) / share, rel=1e-5)


@pytest.mark.parametrize("years", [0.67, 2, 6.5, 13.8])
def test_a_list_in_steady_state_has_the_registration_and_search_asked_for(years):
    found = steady_state(np.array([12 * years]), 0.5, 0.14 / 12, 0.2, 0.1)
    reach, lead, hazard = found.reach[0], found.lead[0], found.hazard[0]
    assert registered(reach, lead, hazard) == pytest.approx(12 * years)
    assert searched(reach, lead, hazard) == pytest.approx(6 * years)
    assert hazard == pytest.approx(0.14 / 12 + 0.1 / found.waiting[0])
    # who begins is housed in order, or leaves before
    assert found.beginning[0] == pytest.approx(0.7 + hazard * found.waiting[0])
    assert found.beginning[0] * reaching(reach, lead, hazard) == pytest.approx(0.7)


def test_longer_registration_means_longer_lists_and_more_inflow():
    found = steady_state(12 * np.array([1.0, 4, 8, 14]), 0.5, 0.14 / 12, 0.2, 0.1)
    assert (np.diff(found.waiting) > 0).all()
    assert (np.diff(found.beginning) > 0).all()
    assert (found.reach < 12 * np.array([1, 4, 8, 14])).all()


def test_a_simulated_list_ends_where_the_formulas_say():
    rng, homes, months = np.random.default_rng(1), 40, 700
    found = steady_state(np.array([60.0]), 0.5, 0.012, 0.0, 0.0)
    registration, begun, times, spans, lengths = np.empty(0), np.empty(0), [], [], []
    for month in range(months):
        stay = rng.random(len(registration)) > 0.012
        registration, begun = registration[stay], begun[stay]
        new = rng.poisson(homes * found.beginning[0])
        registration = np.append(registration, month - rng.exponential(found.lead[0], new))
        begun = np.append(begun, np.full(new, month))
        order = np.argsort(registration)
        first, rest = order[:homes], order[homes:]
        if month > 300:
            times.append((month - registration[first]).mean())
            spans.append((month - begun[first]).mean())
            lengths.append(len(rest))
        registration, begun = registration[rest], begun[rest]
    assert np.mean(times) == pytest.approx(60, rel=0.05)
    assert np.mean(spans) == pytest.approx(30, rel=0.05)
    assert np.mean(lengths) == pytest.approx(homes * found.waiting[0], rel=0.08)


def test_those_on_the_list_have_searched_as_the_density_says():
    u = (np.arange(4000) + 0.5) / 4000
    reach, lead, hazard = 96.0, 30.0, 0.012

    def density(u):
        return np.exp(-hazard * u) * (1 - np.exp(-(reach - u) / lead))

    mean = quad(lambda u: u * density(u), 0, reach)[0] / quad(density, 0, reach)[0]
    spent = time_searched(u, reach, lead, hazard)
    assert spent.mean() == pytest.approx(mean, rel=0.002)
    assert 0 <= spent.min() <= spent.max() < reach


def test_leads_are_exponential_and_leave_nobody_beyond_the_reach():
    u = (np.arange(4000) + 0.5) / 4000
    found = lead_below(u, np.full(4000, 40.0), np.full(4000, 30.0))
    assert found.max() < 40
    inside = quad(lambda x: x * beginning(x, 30), 0, 40)[0] / quad(lambda x: beginning(x, 30), 0, 40)[0]
    assert found.mean() == pytest.approx(inside, rel=0.002)
