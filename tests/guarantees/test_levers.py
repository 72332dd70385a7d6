"""Each lever leaves a trace from its own month on, and moves what it should in the direction that its meaning says.

All levers begin in 2027, in the situation of that month: see experiments/analysis/levers.py. Before it, both runs are
one.
"""

from functools import cache
from itertools import islice

import pytest

from experiments.analysis.lever_directions import EXPECTED
from experiments.analysis.levers import LEVERS, Branches, needs_of, others
from tests.helpers.runs import real

SCALE, UNTIL = 0.03, "2030-12"
FAST_MONTHS = 12
FAST = {  # one or two of each domain; that the others change something at all is a fast test as well
    "policy.decision.capacity_factor",
    "policy.reception.stable_places",
    "policy.housing.priority_ban",
    "policy.integration.classes_from",
    "policy.participation.duty",
    "policy.activities.share",
    "policy.guidance.coaches",
    "policy.work.subsidised_share",
    "policy.contribution.emergency_pays",
    "policy.support.management",
}
DIRECTED = [lever for lever, expected in EXPECTED.items() if expected.measure]


@cache
def branches() -> Branches:
    """The current situation, made once for all tests of this file."""
    return Branches(real(), SCALE, UNTIL)


def test_every_lever_has_a_value_to_try_and_most_have_a_direction():
    assert set(LEVERS) == set(EXPECTED)
    assert all(others(lever) for lever in LEVERS)
    assert len(DIRECTED) > 0.9 * len(LEVERS)


def test_what_a_lever_needs_is_set_in_time():
    assert needs_of("policy.building.managed", False) == {"policy.building.starter_homes": {"2024-01": 30000}}
    assert needs_of("policy.placement.floor", 3) == {"policy.placement.rule": {"2027-01": "preference"}}
    assert needs_of("policy.contribution.kept_share", 0) == {}
    assert needs_of("policy.work.weeks_cap", 4) == {}  # it is so by default
    assert needs_of("policy.guidance.caseload", 200) == {"policy.guidance.coaches": {"2024-01": 2}}


@pytest.mark.parametrize("lever", LEVERS)
def test_a_lever_bites_away_from_its_default(lever):
    assert branches().trace(lever), f"{lever} changes nothing from 2027 to {UNTIL}"


@pytest.mark.parametrize(
    "lever", [pytest.param(lever, marks=() if lever in FAST else pytest.mark.slow) for lever in DIRECTED]
)
def test_a_lever_moves_its_outcome_the_right_way(lever):
    value, measure, direction, _ = EXPECTED[lever]
    needs, all_branches = needs_of(lever, value), branches()
    months = FAST_MONTHS if lever in FAST else None  # else to the end of 2030
    with_it = list(islice(all_branches.with_(lever, value), months))
    without = [all_branches.without(needs, month) for month in range(len(with_it))]
    before, after = (all_branches.total(measure, each) for each in (without, with_it))
    assert direction * (after - before) > 0, (before, after)
