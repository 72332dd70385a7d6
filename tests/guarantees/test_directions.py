"""Each lever of language and work moves what it should in the direction that it should, with common random numbers."""

from functools import cache

import pytest

from abm import parameters
from tests.helpers.runs import recorded, small

UNTIL, SCALE = "2018-06", 0.05
UNTIL_PROTECTED, SCALE_PROTECTED = "2023-06", 0.02  # people from Ukraine come in 2022
TESTED = ("integration", "participation", "activities", "guidance", "work", "protection")
NEW = {"policy.integration.routes": True, "policy.integration.plan": True}
FROM_ARRIVAL = {"policy.integration.classes_from": "arrival"}
UP, DOWN = 1, -1
DIRECTIONS = {  # lever: (value, what it needs, measure, direction)
    "policy.integration.classes_from": ("arrival", {}, "language", UP),
    # class takes hours from the search for work at once, and agencies, who find half of these jobs, ask no Dutch
    "policy.integration.protected_too": (True, {}, "protected_employed", DOWN),
    "policy.integration.start_weeks": (0, {}, "language", UP),
    "policy.integration.target": (4, {}, "in_class", UP),
    "policy.integration.target_b1": (4, NEW, "in_class", UP),
    "policy.integration.routes": (True, {}, "in_class", UP),
    "policy.integration.plan": (True, {"policy.integration.routes": True}, "in_class", DOWN),
    "policy.integration.plan_from": ("arrival", NEW | FROM_ARRIVAL, "in_class", DOWN),
    "policy.integration.plan_weeks": (2, NEW, "awaiting_plan", DOWN),
    "policy.integration.funded": (2, NEW, "awaiting_plan", DOWN),
    "policy.integration.funding": ("fixed", NEW, "awaiting_plan", UP),
    "policy.integration.lowered_after": (50, NEW, "in_class", DOWN),
    "policy.integration.term": (12, {}, "in_class", DOWN),
    "policy.integration.education_share": (1, NEW | {"policy.integration.lowered_after": 50}, "in_class", UP),
    "policy.participation.hours_a_week": (20, {}, "language", UP),
    "policy.participation.hours_self_reliance": (20, NEW, "language", UP),
    "policy.participation.duty": (True, {}, "language", UP),
    "policy.participation.dual_share": (1, {}, "employed", UP),
    "policy.participation.funding": ("fixed", {}, "awaiting_class", UP),
    "policy.participation.preparation_share": (0, {}, "language", DOWN),
    "policy.participation.preparation_hours": (0, {}, "language", DOWN),
    "policy.activities.offered_from": ("arrival", {"policy.activities.share": 1}, "employed", UP),
    "policy.activities.protected_too": (True, {"policy.activities.share": 1}, "protected_employed", UP),
    "policy.activities.share": (1, {}, "employed", UP),
    "policy.activities.other_share": (1, {}, "wellbeing", UP),
    "policy.activities.training_share": (1, {}, "certified", UP),
    "policy.activities.training_months": (12, {"policy.activities.training_share": 1}, "certified", DOWN),
    "policy.guidance.coaches": (20, {}, "employed", UP),
    "policy.guidance.caseload": (200, {"policy.guidance.coaches": 2}, "coached", UP),
    "policy.guidance.coached_within": (6, {"policy.guidance.coaches": 20}, "coached", DOWN),
    "policy.guidance.coached_months": (3, {"policy.guidance.coaches": 2}, "employed", DOWN),
    "policy.guidance.recognition_months": (1, {}, "diplomas_recognised", UP),
    "policy.guidance.asking_share": (1, {}, "diplomas_recognised", UP),
    "policy.work.barred_months": (0, {}, "work_permits", UP),
    "policy.work.work_permit": (False, {}, "applicants_employed", UP),
    "policy.work.weeks_cap": (52, {}, "applicants_employed", UP),
    "policy.work.subsidised_share": (1, {}, "employed", UP),
    "policy.protection.in_force": (False, {}, "protected", DOWN),
    "policy.protection.free_work": (False, {}, "protected_employed", DOWN),
}


FAST = {  # one or two of each process; that the others change something at all is a fast test as well
    "policy.integration.classes_from",
    "policy.integration.target",
    "policy.participation.hours_a_week",
    "policy.activities.share",
    "policy.guidance.coaches",
    "policy.guidance.recognition_months",
    "policy.work.weeks_cap",
    "policy.work.subsidised_share",
    "policy.protection.free_work",
}
EACH = [pytest.param(lever, marks=() if lever in FAST else pytest.mark.slow) for lever in DIRECTIONS]


@cache
def total(values: tuple, measure: str) -> float:
    """Sum of a measure over all months of a run with some values."""
    until, scale = (UNTIL_PROTECTED, SCALE_PROTECTED) if measure.startswith("protected") else (UNTIL, SCALE)
    frame = recorded(small(until, scale=scale).with_values(dict(values))).frame(measure)
    return float(frame["all"].sum())


def test_every_lever_of_language_and_work_has_a_direction():
    levers = {row["parameter"] for row in parameters.rows(only_levers=True)}
    assert {lever for lever in levers if lever.split(".")[1] in TESTED} == set(DIRECTIONS)


@pytest.mark.parametrize("lever", EACH)
def test_a_lever_moves_its_outcome_the_right_way(lever):
    value, needs, measure, direction = DIRECTIONS[lever]
    before = total(tuple(needs.items()), measure)
    after = total((*needs.items(), (lever, value)), measure)
    assert direction * (after - before) > 0
