"""The page of levers: what moves most, what should move, and that it has every lever."""

import numpy as np
import pytest

from experiments.analysis.levers import LEVERS
from scripts.levers import PAGE, Change, change, moved_most, names, row, should_move

STILL = Change(100.0, 0.0, 0.0)


def test_a_change_has_the_interval_of_its_pairs():
    found = change([100, 200, 300], [110, 220, 330])
    assert (found.before, found.by) == (200, 20)
    assert found.noise == pytest.approx(4.302653 * 10 / np.sqrt(3))  # Student's t of two degrees of freedom
    assert not found.sure
    assert change([100, 200], [150, 250]).sure  # the same in every pair
    assert not change([100], [150]).sure  # one pair has no interval


def test_a_change_is_relative_where_it_can_be():
    assert Change(200, 20, 5).words("persons") == "+10.0% (2.5%)"
    assert Change(-200, 20, 5).words("persons") == "+10.0% (2.5%)"
    assert Change(0, 20, 5).words("units") == "from none to 20"
    assert Change(0, 0, 0).words("units") == "none"
    assert Change(-0.03, 0.02, 0.01).words("SD").startswith("+0.02")


def test_what_moves_most_is_sure_relative_and_of_the_country():
    found = dict.fromkeys(names(), STILL)
    assert moved_most(found) == "nothing by more than its interval"
    found["employed"] = Change(100, 10, 1)
    found["permits"] = Change(100, 50, 60)  # within its interval
    found["wellbeing"] = Change(0.01, 1, 0)  # in standard deviations
    found["lettings/rule/lottery"] = Change(1, 100, 0)  # a group
    assert moved_most(found) == "employed +10.0% (1.0%)"


def test_a_row_says_what_a_lever_needs_and_whether_it_does_what_it_should():
    found = dict.fromkeys(names(), STILL) | {"coached": Change(100, 10, 1)}
    assert should_move("policy.guidance.caseload", found) == "coached up: +10.0% (1.0%), yes"
    assert should_move("policy.guidance.coached_within", found) == "coached down: +10.0% (1.0%), **no**"
    assert should_move("policy.placement.price_rate", found) == "no measure in one direction"
    assert "| guidance.coaches above 0; here guidance.coaches 2 |" in row("policy.guidance.caseload", found)


def test_the_page_has_every_lever():
    rows = [line.split("`")[1] for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    assert [f"policy.{each}" for each in rows] == list(LEVERS), "run: python -m scripts.levers"
