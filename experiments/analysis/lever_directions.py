"""What each lever should move, as its meaning says: the value that is tried, a headline measure, and its direction.

Written from the meaning of the levers, never from what the model does: tests/guarantees/test_levers.py holds the two
together. A lever without a measure moves something that no measure of the country counts in one direction (whose home,
which place).
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

UP, DOWN = 1, -1
FEW_COACHES = {"policy.guidance.coaches": 2}  # so few that not everybody has one
FAMILY_HOMES = {  # units that can be linked, and let to whom they are meant for
    "policy.building.converted_share": 0,
    "policy.building.split_share": 0,
    "policy.building.temporary_share": 0,
    "policy.building.spread_share": 0,
    "policy.building.status_share": 1,
}


class Expected(NamedTuple):
    """A value of a lever, and what it should do."""

    value: Any
    measure: str = ""  # 'employed', or a group of a breakdown: 'places/kind/regular'
    direction: int = 0
    beside: Mapping[str, Any] = MappingProxyType({})  # values of other levers, with which it shows


EXPECTED = {
    "policy.protection.in_force": Expected(False, "protected", DOWN),
    "policy.protection.free_work": Expected(False, "protected_employed", DOWN),
    "policy.screening.capacity": Expected(500, "awaiting_screening", UP),
    "policy.placement.rule": Expected("batch", "placement_match", UP),
    "policy.placement.ties_first": Expected(False),
    "policy.placement.judged": Expected("best"),
    "policy.placement.price_rate": Expected(5),
    "policy.placement.floor": Expected(3, "placement_match", UP),
    "policy.placement.registration_most": Expected(20000, "in_reception/kind/registration", UP),
    "policy.decision.capacity_factor": Expected(4, "awaiting_decision", DOWN),
    "policy.decision.closing_factor": Expected(4, "awaiting_decision", DOWN),
    "policy.decision.appeal_factor": Expected(0.25, "awaiting_appeal", UP),
    "policy.decision.fast_share": Expected(0, "awaiting_decision/track/fast", UP),
    "policy.decision.promising_share": Expected(0, "grants", DOWN),
    "policy.reception.stable_places": Expected(120000, "places/kind/regular", UP),
    "policy.reception.plan_lag": Expected(36),
    "policy.reception.spread_law": Expected(False),
    "policy.reception.contract": Expected(60, "places/kind/emergency", UP),
    "policy.reception.regular_term": Expected(12, "places/kind/regular", DOWN),
    "policy.reception.renewed_share": Expected(1, "places/kind/regular", UP),
    "policy.status.brp_weeks": Expected(40, "status_holders", UP),
    "policy.coupling.rule": Expected("region", "status_holders", UP),
    "policy.housing.aim": Expected(3, "status_holders", DOWN),
    "policy.housing.priority_share": Expected(0.5, "status_holders", DOWN),
    "policy.housing.found_share": Expected(0.3, "private_homes", UP),
    "policy.housing.priority_ban": Expected(True, "status_holders", UP),
    "policy.housing.preparation_weeks": Expected(52, "status_holders", UP),
    "policy.housing.flex_share": Expected(1, "status_holders", DOWN),
    "policy.interim.most": Expected(0, "in_interim", DOWN),
    "policy.interim.grant": Expected(150000, "in_interim", UP),
    "policy.building.starter_homes": Expected(30000, "starter_built", UP),
    "policy.building.converted_share": Expected(0.65, "starter_built/form/converted", UP),
    "policy.building.split_share": Expected(0.5, "starter_built/form/split", UP),
    "policy.building.temporary_share": Expected(0.55, "starter_built/form/temporary", UP),
    "policy.building.spread_share": Expected(0.5, "starter_built/form/spread", UP),
    "policy.building.complex_size": Expected(500),
    "policy.building.street_size": Expected(40),
    "policy.building.linkable": Expected(True, "families_waiting", DOWN, FAMILY_HOMES),
    "policy.building.status_share": Expected(1, "starter_mix", UP),
    "policy.building.managed": Expected(False, "starter_incidents", UP),
    "policy.building.financed": Expected(1, "starter_built", DOWN),
    "policy.building.grant": Expected(40000, "starter_grants", UP),
    "policy.building.one_instance": Expected(True, "starter_built", UP),
    "policy.leases.ending": Expected(1, "moved_on", UP),
    "policy.leases.term": Expected(60, "moved_on", DOWN),
    "policy.leases.from_reception_only": Expected(False, "moved_on", UP),
    "policy.lettings.urgency_share": Expected(0.9, "lettings/rule/urgency", UP),
    "policy.lettings.institutions_share": Expected(0.7, "lettings/rule/institutions", UP),
    "policy.lettings.target_share": Expected(0.7, "lettings/rule/target group", UP),
    "policy.lettings.lottery_share": Expected(0.8, "lettings/rule/lottery", UP),
    "policy.lettings.registration_from": Expected("arrival", "status_holders", DOWN),
    "policy.starter_homes.entrance": Expected("waiting"),
    "policy.starter_homes.registration": Expected("none", "starter_overstaying", UP),
    "policy.starter_homes.guidance": Expected(0, "starter_overstaying", UP),
    "policy.starter_homes.contract": Expected(120, "starter_overstaying", DOWN),
    "policy.joining.tolerated": Expected(10, "families_waiting", DOWN),
    "policy.joining.patience": Expected(60, "families_waiting", UP),
    "policy.joining.hotel": Expected(True, "in_hotels", UP),
    "policy.joining.hotel_paid": Expected(24, "hotels_municipality", DOWN),
    "policy.reunion.apply_within": Expected(12),
    "policy.reunion.capacity_factor": Expected(4, "relatives_queueing", DOWN),
    "policy.reunion.home_first": Expected(True, "relatives_travelling", UP),
    "policy.reunion.home_first_until": Expected(36, "relatives_travelling", UP),
    "policy.integration.classes_from": Expected("arrival", "language", UP),
    "policy.integration.protected_too": Expected(True, "in_class", UP),
    "policy.integration.start_weeks": Expected(52, "language", DOWN),
    "policy.integration.routes": Expected(False, "routes/route/b1", DOWN),
    "policy.integration.plan": Expected(False, "in_class", UP),
    "policy.integration.plan_from": Expected("arrival", "awaiting_plan", DOWN),
    "policy.integration.plan_weeks": Expected(52, "awaiting_plan", UP),
    "policy.integration.funding": Expected("fixed", "awaiting_plan", UP),
    "policy.integration.funded": Expected(2, "awaiting_plan", DOWN),
    "policy.integration.target": Expected(4, "in_class", UP),
    "policy.integration.target_b1": Expected(4, "in_class", UP),
    "policy.integration.lowered_after": Expected(50, "in_class", DOWN),
    "policy.integration.term": Expected(12, "in_class", DOWN),
    "policy.integration.education_share": Expected(1, "routes/route/education", UP),
    "policy.participation.hours_a_week": Expected(20, "language", UP),
    "policy.participation.hours_self_reliance": Expected(20, "language", UP),
    "policy.participation.duty": Expected(True, "language", UP),
    "policy.participation.dual_share": Expected(1, "employed", UP),
    "policy.participation.funding": Expected("fixed", "awaiting_class", UP),
    "policy.participation.preparation_share": Expected(0, "language", DOWN),
    "policy.participation.preparation_hours": Expected(0, "language", DOWN),
    "policy.activities.offered_from": Expected("arrival", "months_idle", DOWN),
    "policy.activities.protected_too": Expected(True, "protected_employed", UP),
    "policy.activities.share": Expected(1, "employed", UP),
    "policy.activities.other_share": Expected(1, "wellbeing", UP),
    "policy.activities.training_share": Expected(1, "certified", UP),
    "policy.activities.training_months": Expected(12, "certified", DOWN),
    "policy.guidance.coaches": Expected(20, "employed", UP),
    "policy.guidance.caseload": Expected(200, "coached", UP, FEW_COACHES),
    "policy.guidance.coached_within": Expected(6, "coached", DOWN),
    "policy.guidance.coached_months": Expected(3, "employed", DOWN, FEW_COACHES),
    "policy.guidance.recognition_months": Expected(1, "diplomas_recognised", UP),
    "policy.guidance.asking_share": Expected(1, "diplomas_recognised", UP),
    "policy.work.barred_months": Expected(0, "work_permits", UP),
    "policy.work.work_permit": Expected(False, "applicants_employed", UP),
    "policy.work.weeks_cap": Expected(4, "applicants_employed", DOWN),
    "policy.work.subsidised_share": Expected(1, "employed", UP),
    "policy.contribution.saved_share": Expected(1, "saved", UP),
    "policy.contribution.kept_share": Expected(1, "contributions", DOWN),
    "policy.contribution.kept_most": Expected(3000, "contributions", DOWN, {"policy.contribution.kept_share": 1}),
    "policy.contribution.emergency_pays": Expected(True, "contributions", UP),
    "policy.support.programme": Expected(1, "support_spread", DOWN),  # good contact draws support to the middle
    "policy.support.management": Expected(1, "support/nearness/near", UP),
    "policy.support.voice": Expected(1, "support/nearness/near", UP),
    "policy.support.lead": Expected(24, "objections", UP),
    "policy.money.decision_term": Expected(36, "penalty_payments", DOWN),
    "policy.money.reunion_term": Expected(36, "penalty_payments", DOWN),
}
