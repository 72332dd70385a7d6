"""Which rule lets a home: shares that add up, differ by municipality, and belong to the home."""

import numpy as np
import pytest

from abm.engine.draws import Draws
from abm.homes.dwellings import SIZES
from abm.homes.letting_rules import IN_LINE, by_rule, shares
from abm.tables.homes import Rule


def test_shares_add_up_and_a_municipality_can_differ():
    national = {Rule.URGENCY: 0.2, Rule.INSTITUTIONS: 0.1, Rule.LOTTERY: 0.1}
    bounds = shares(national, np.array([1.0, 0, 4]), np.array([1.0, 2, 4]))
    assert bounds[:, 0].tolist() == pytest.approx([0.2, 0.3, 0.3, 0.4, 1])
    assert bounds[:, 1].tolist() == pytest.approx([0, 0.1, 0.1, 0.3, 1])  # no urgency, twice the lottery
    assert bounds[:, 2].tolist() == pytest.approx([0.8, 0.9, 0.9, 1, 1])  # nothing is left for registration
    assert IN_LINE[-1] == Rule.REGISTRATION


def test_every_home_has_one_rule_and_rules_have_their_shares():
    homes = np.array([0, 4000, 0, 1, 2000, 0])
    bounds = shares({Rule.URGENCY: 0.25, Rule.LOTTERY: 0.1}, np.array([1.0, 2.0]), np.ones(2))
    found = by_rule(homes, bounds, Draws(1, "lettings", 12))
    assert found.sum(axis=0).tolist() == homes.tolist()
    part = found / np.maximum(homes, 1)
    assert part[:, 1].tolist() == pytest.approx([0.25, 0, 0, 0.1, 0.65], abs=0.03)  # four standard errors
    assert part[:, 4].tolist() == pytest.approx([0.5, 0, 0, 0.1, 0.4], abs=0.05)


def by_rule_in_numpy(homes, bounds, draws):
    """Number of homes that each rule lets, by addressing all homes at once."""
    cell = np.repeat(np.arange(len(homes)), homes)
    number = np.arange(len(cell)) - np.repeat(np.cumsum(homes) - homes, homes)
    u = draws.uniform("rule", cell << 32 | number)
    rule = (u >= bounds[:, cell // SIZES]).sum(axis=0)
    return np.bincount(rule * len(homes) + cell, minlength=len(bounds) * len(homes)).reshape(-1, len(homes))


def test_rules_of_homes_as_numpy_draws_them():
    homes = np.array([0, 40, 3, 1, 200, 0])
    bounds = shares({Rule.URGENCY: 0.25, Rule.LOTTERY: 0.1}, np.array([1.0, 4.0]), np.array([3.0, 0]))
    draws = Draws(7, "lettings", 12)
    assert by_rule(homes, bounds, draws).tolist() == by_rule_in_numpy(homes, bounds, draws).tolist()


def test_more_homes_elsewhere_change_no_rule_here():
    bounds = shares({Rule.URGENCY: 0.5}, np.ones(2), np.ones(2))
    one = by_rule(np.array([3, 7, 0, 0, 2, 5]), bounds, Draws(1, "lettings", 12))
    more = by_rule(np.array([90, 7, 4, 0, 2, 5]), bounds, Draws(1, "lettings", 12))
    assert one[:, [1, 4, 5]].tolist() == more[:, [1, 4, 5]].tolist()
