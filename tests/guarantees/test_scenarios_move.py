"""Each scenario file moves what its title says, from its own month on and in that direction, beside `current`.

Both share the state of that month, made once, and their draws.
"""

from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from abm import scenario, start
from abm.chain import turn
from abm.engine import clock
from abm.measures import MEASURES
from abm.observe.breakdowns import labels
from abm.recorder import Recorder
from abm.scenario import Scenario
from abm.state import State
from experiments.analysis.comparison import first_difference
from tests.helpers.runs import CURRENT, advance, real

SCALE = 0.05
UP, DOWN = 1, -1
FOLDER = Path(CURRENT).parent


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
BEGINNINGS = (clock.index("2026-01"), 0)  # of the files: a later one goes on from an earlier one
NAMES = {says.measure.partition("/")[0] for _, says in EVERY} | {"places_by_municipality"}
LOOKED_AT = tuple(each for each in MEASURES if each.name in NAMES)


def read(name: str, until: str) -> Scenario:
    """A scenario file, small and short."""
    return scenario.load(FOLDER / f"{name}.yaml").changed(scale=SCALE, until=until)


@cache
def before(month: int) -> State:
    """The situation of `current` at the start of a month."""
    base = read("current", "2035-12")
    known = next((each for each in BEGINNINGS if each < month), None)
    state = start.begin(real(), base.params_at(0), base.seed, SCALE) if known is None else deepcopy(before(known))
    advance(state, base, month - state.clock.month)
    return state


@cache
def measured(name: str, since: int, until: str) -> dict:
    """What is measured from a month on, (months, groups) by measure and breakdown."""
    asked, state = read(name, until), deepcopy(before(since))
    recorder = Recorder(real(), asked.months, LOOKED_AT)
    for month in range(since, asked.months):
        recorder.keep(state, turn(state, asked.params_at(month), asked.seed))
    return {key: values[since:] for key, values in recorder.values.items()}


def away(found: dict) -> float:
    """Share of the places that are not where the law asks them."""
    places = found["places_by_municipality", "municipality"]
    asked = real().municipalities["indicative_places_2026"].to_numpy(float)
    return float(np.abs(places / places.sum(axis=1)[:, None] - asked / asked.sum()).sum(axis=1).mean() / 2)


def value(found: dict, measure: str) -> float:
    """Mean over the months of a measure, or of one of its groups."""
    if measure == SHARED_PLACES:
        return away(found)
    name, by, group = measure.split("/") if "/" in measure else (measure, "total", "all")
    return float(np.nanmean(found[name, by][:, labels(real())[by].index(group)]))


def test_every_scenario_file_says_what_it_moves():
    base = read("current", "2035-12").canonical()["params"]
    files = {path.stem for path in FOLDER.glob("*.yaml")}
    assert {name for name in files if read(name, "2035-12").canonical()["params"] != base} == set(SAYS)


def long(name: str, says: Says) -> bool:
    """Whether it takes long to see."""
    return says.until > "2028-12" and name != "inflow-wave"


@pytest.mark.parametrize(
    ("name", "says"),
    [pytest.param(*each, marks=pytest.mark.slow if long(*each) else (), id=each[0]) for each in EVERY],
)
def test_a_scenario_moves_what_its_title_says(name, says):
    asked, base = read(name, says.until), read("current", says.until)
    since = first_difference(base, asked)
    one, other = (measured(each, since, says.until) for each in (says.beside, name))
    gap = value(other, says.measure) - value(one, says.measure)
    assert gap * says.direction > 0 or (gap and not says.direction), gap
