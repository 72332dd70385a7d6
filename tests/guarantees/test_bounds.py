"""Every parameter runs at each of its bounds: a bound that fails is no bound."""

from typing import get_args

import numpy as np
import pytest

from abm import scenario, start
from abm.engine.params import about
from abm.engine.together import Whole
from abm.facts import facts
from abm.scenario import PARAMS, section_of
from experiments.sweeps import runner


def ends(field):
    """The bounds of a number, or every choice."""
    known = about(field)
    if known["low"] is not None:
        return known["low"], known["high"]
    return get_args(field.annotation) or (False, True)


def along(process, parameter, value):
    """What a bound leaves to other parameters: nothing to the parts of its whole, itself to a pair in order."""
    found = {}
    for rule in getattr(PARAMS[process], "TOGETHER", ()):
        if parameter not in rule.parameters:
            continue
        defaults = {each: PARAMS[process].model_fields[each].default for each in rule.parameters}
        if isinstance(rule, Whole):
            found |= dict.fromkeys(defaults.keys() - {parameter}, 0)
        elif rule.fault(defaults | {parameter: value}):
            found |= dict.fromkeys(defaults.keys() - {parameter}, value)
    return found


@pytest.fixture(scope="module")
def inputs():
    return facts.load()


@pytest.mark.slow
@pytest.mark.parametrize("process", PARAMS)
def test_every_parameter_runs_at_each_of_its_bounds(process, inputs):
    small = scenario.default().changed(scale=0.002, until="2015-03")
    failed = []
    for parameter, field in PARAMS[process].model_fields.items():
        for value in ends(field):
            values = along(process, parameter, value) | {parameter: value}
            given = {f"{section_of(process, each)}.{process}.{each}": set_to for each, set_to in values.items()}
            try:
                runner.simulate(small.with_values(given), inputs)
            except Exception as error:  # all that fail are wanted, not the first
                failed.append((given, repr(error)))
    assert failed == []


def test_the_smallest_neighbourhoods_are_too_many_for_16_bits(inputs):
    small = scenario.default().with_values({"world.start.neighbourhood_size": 500})
    state = start.begin(inputs, small.params_at(0), small.seed, 0.002)
    lived_in = state.residents.neighbourhood
    assert (lived_in.min(), lived_in.max()) == (0, len(state.neighbourhoods) - 1)
    assert len(state.neighbourhoods) > np.iinfo(np.int16).max
