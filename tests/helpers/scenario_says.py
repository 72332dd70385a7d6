"""What each scenario file moves, as its title says: a measure, a direction, and up to when it is looked at."""

from typing import NamedTuple

UP, DOWN = 1, -1


class Says(NamedTuple):
    """What a title says: a measure or one of its groups, its direction, and up to when it is looked at."""

    measure: str
    direction: int
    until: str = "2027-12"
    beside: str = "current"  # the scenario that it is compared with


SHARED_PLACES = "places away from what the law asks"  # not a measure of the model: see `away`
SAYS = {
    "building-high": Says("shortage", DOWN),
    "building-low": Says("shortage", UP),
    "coaches-and-subsidies": Says("employed", UP),
    "day-one-language": Says("in_class", UP),
    "diploma-fast-track": Says("diplomas_recognised", UP),
    "dual-tracks": Says("employed", UP),
    "duty": Says("hours_followed", UP, "2028-12"),
    "fast-registration": Says("status_holders", DOWN),
    "faster-decisions": Says("awaiting_decision", DOWN),
    "forecasts-too-high": Says("reception_cost", UP, "2035-12"),
    "free-access": Says("applicants_employed", UP),
    "good-neighbours": Says("support/nearness/near", UP),
    "grants-stay-low": Says("grants", DOWN, "2027-06"),
    "half-way": Says("starter_mix", UP, "2030-12", "starter-homes"),
    "households-high": Says("seekers", UP),
    "inflow-high": Says("applications", UP, "2026-12"),
    "inflow-low": Says("applications", DOWN, "2026-12"),
    "inflow-middle": Says("applications", UP, "2026-12"),
    "inflow-wave": Says("applications", UP, "2029-06"),
    "job-coaches": Says("employed", UP),
    "linkable-modules": Says("starter_built", UP, "2030-12"),
    "lottery": Says("lettings/rule/lottery", UP),
    "plan": Says("employed", UP),
    "placement-batch": Says("placement_match", UP, "2027-12", "placement-random"),
    "placement-dynamic": Says("placement_match", UP, "2027-12", "placement-random"),
    "placement-greedy": Says("placement_match", UP, "2027-12", "placement-random"),
    "placement-preference": Says("placement_match", UP, "2027-12", "placement-random"),
    "placement-random": Says("placement_match", 0),
    "priority-ban": Says("status_holders", UP),
    "protection-ends": Says("protected", DOWN),
    "regional-coupling": Says("status_holders", UP, "2028-12"),
    "registration-time-from-arrival": Says("lettings/rule/priority", DOWN),
    "savings": Says("saved", UP),
    "share-model": Says("lettings/rule/institutions", UP),
    "spread-law-repealed": Says(SHARED_PLACES, UP, "2030-12"),
    "stable-places": Says("places/kind/regular", UP, "2032-12"),
    "starter-homes": Says("starter_built", UP, "2030-12"),
    "starter-homes-status-holders-only": Says("starter_mix", UP, "2030-12", "starter-homes"),
    "unpromising-fast": Says("certified", UP),
    "work-centres": Says("awaiting_plan", DOWN),
    "support-cut": Says("locations_stopped", DOWN, "2016-12"),
    "without-newcomers": Says("in_reception", DOWN, "2015-12"),
}
MORE = {  # of files that extend another one, beside that one
    "linkable-modules": Says("families_waiting", DOWN, "2032-12", "starter-homes"),
}
EVERY = [*SAYS.items(), *MORE.items()]
