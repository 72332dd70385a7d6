"""Small real runs for tests."""

from functools import cache
from pathlib import Path

import numpy as np

from abm import start
from abm.chain import turn
from abm.facts import facts
from abm.facts.facts import Inputs
from abm.recorder import Recorder
from abm.scenario import Scenario, default
from abm.state import State
from experiments.sweeps.runner import simulate

CURRENT = str(Path(__file__).parents[2] / "configs" / "scenarios" / "current.yaml")


@cache
def real() -> Inputs:
    """The real facts, read once."""
    return facts.load()


def small(until: str, scale: float = 0.02, seed: int = 1, layout: int | None = None, **values) -> Scenario:
    """The default scenario, small and short; values like policy__decision__capacity_factor=2."""
    paths = {key.replace("__", "."): value for key, value in values.items()}
    return default().changed(scale=scale, until=until, seed=seed, layout=layout).with_values(paths)


def recorded(scenario: Scenario, inputs: Inputs | None = None) -> Recorder:
    """A finished run."""
    return simulate(scenario, inputs or real())[0]


def state_after(scenario: Scenario, months: int, inputs: Inputs | None = None) -> State:
    """The state after some months of a scenario."""
    state = start.begin(
        (inputs or real()).on_layout(scenario.layout), scenario.params_at(0), scenario.seed, scenario.scale
    )
    advance(state, scenario, months)
    return state


def advance(state: State, scenario: Scenario, months: int) -> None:
    """Simulate further months."""
    for _ in range(months):
        turn(state, scenario.params_at(state.clock.month), scenario.seed)


def difference(one: Recorder, other: Recorder, months: int | None = None) -> list[str]:
    """Names of the measures that differ in the first months (all of them if not given)."""
    return [
        f"{name} by {by}"
        for (name, by), values in one.values.items()
        if not np.array_equal(values[:months], other.values[name, by][:months], equal_nan=True)
    ]
