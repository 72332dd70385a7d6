"""Each scenario file moves what its title says, from its own month on and in that direction, beside `current`.

Both share the state of that month, made once, and their draws.
"""

from copy import deepcopy
from functools import cache
from pathlib import Path

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
from tests.helpers.scenario_says import EVERY, SAYS, SHARED_PLACES, Says

SCALE = 0.05
FOLDER = Path(CURRENT).parent


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
