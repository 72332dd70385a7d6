"""What a lever does from its month on, in its own scenario.

The current situation is simulated once up to the month before. From there each lever goes on twice, with and without
it, with the same addressed draws: before that month both are the same by construction, and whatever differs afterwards
is due to the lever. What a lever needs (`needs=` where it is declared) is set in both: from that month on, or from some
years before where what it does takes time to be there.
"""

from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from functools import cached_property
from typing import Any, get_args

import numpy as np

from abm import parameters
from abm.chain import turn
from abm.engine import clock
from abm.engine.params import about
from abm.facts.facts import Inputs
from abm.measures import MEASURES
from abm.observe.breakdowns import labels
from abm.observe.measure import Measure
from abm.recorder import Recorder
from abm.scenario import PARAMS, Scenario, default, in_month
from abm.scenario_file import TOGETHER
from abm.start import begin
from abm.state import State
from experiments.analysis.lever_directions import EXPECTED

SINCE, NEEDED_SINCE = "2027-01", "2024-01"
LEVERS = tuple(row["parameter"] for row in parameters.rows(only_levers=True))
Values = Mapping[tuple[str, str], np.ndarray]  # (measure, breakdown) -> values per group


def key_of(parameter: str) -> tuple[str, str]:
    """Process and name of a parameter."""
    _, process, name = parameter.split(".")
    return process, name


def at_default(parameter: str, month: str = SINCE) -> Any:
    """The value of a parameter by default in a month."""
    return in_month(default().values[key_of(parameter)], clock.index(month))


def others(lever: str) -> list[Any]:
    """Values of a lever other than its default from SINCE on: one to try, the ends of its range, or its choices.

    A part of a whole reaches as far as the defaults of the other parts leave.
    """
    process, name = key_of(lever)
    field, now = PARAMS[process].model_fields[name], at_default(lever)
    facts = about(field)
    tried: list[Any] = [EXPECTED[lever].value] if lever in EXPECTED else []
    if facts["low"] is None:
        tried += get_args(field.annotation) or (False, True)
    else:
        tried += [facts["low"], min(facts["high"], _left(process, name))]
        tried = [type(now)(value) for value in tried]
    return [value for value in dict.fromkeys(tried) if value != now]


def _left(process: str, name: str) -> float:
    """What the defaults of the other parts of its whole leave a parameter; infinite where it is part of none."""
    wholes = [rule for owner, rule in TOGETHER if owner == process and name in rule.parameters]
    fields = PARAMS[process].model_fields
    taken = [fields[part].default for rule in wholes for part in rule.parameters if part != name]
    return round(1 - sum(taken), 9) if wholes else np.inf


def needs_of(lever: str, value: Any) -> dict[str, dict[str, Any]]:
    """What a value of a lever needs and is not so by default, or shows it: {parameter: {month: value}}."""
    process, name = key_of(lever)
    found = {}
    for need in about(PARAMS[process].model_fields[name])["needs"]:
        if need.asked(value, at_default(lever)) and not need.met(at_default(need.parameter)):
            other, field = key_of(need.parameter)
            high = about(PARAMS[other].model_fields[field])["high"]
            found[need.parameter] = {
                NEEDED_SINCE if need.lasts else SINCE: need.one_of[0] if need.above is None else high
            }
    beside = EXPECTED[lever].beside if lever in EXPECTED else {}
    return found | {parameter: {NEEDED_SINCE: chosen} for parameter, chosen in beside.items()}


class Branches:
    """The current situation up to SINCE, and what becomes of it: histories are made once per set of needs."""

    def __init__(
        self,
        inputs: Inputs,
        scale: float,
        until: str,
        seed: int = 1,
        measures: Sequence[Measure] = MEASURES,
        measured_from: str = SINCE,
    ) -> None:
        self.measured_from = clock.index(measured_from)
        self.inputs, self.measures = inputs, tuple(measures)
        self.base = default().changed(scale=scale, until=until, seed=seed)
        self.labels = labels(inputs)
        self._states: dict[str, State] = {}
        self._known: dict[str, tuple[list[Values], Iterator[Values]]] = {}

    @cached_property
    def _early(self) -> State:
        """The state at the start of NEEDED_SINCE."""
        state = begin(self.inputs, self.base.params_at(0), self.base.seed, self.base.scale)
        return _advanced(state, self.base, clock.index(NEEDED_SINCE))

    def scenario(self, *changes: Mapping[str, Any]) -> Scenario:
        """The current situation with values."""
        return self.base.with_values({parameter: value for each in changes for parameter, value in each.items()})

    def _before(self, needs: Mapping[str, Mapping[str, Any]]) -> State:
        """The state at the start of SINCE with what is needed earlier."""
        early = {parameter: dated for parameter, dated in needs.items() if NEEDED_SINCE in dated}
        if (key := repr(early)) not in self._states:
            self._states[key] = _advanced(deepcopy(self._early), self.scenario(early), clock.index(SINCE))
        return self._states[key]

    def months(self, scenario: Scenario, needs: Mapping[str, Mapping[str, Any]]) -> Iterator[Values]:
        """What is measured in each month from SINCE on; NaN before the months that are measured."""
        state, recorder = deepcopy(self._before(needs)), Recorder(self.inputs, scenario.months, self.measures)
        for month in range(state.clock.month, scenario.months):
            events = turn(state, scenario.params_at(month), scenario.seed)
            if month >= self.measured_from:
                recorder.keep(state, events)
            yield {key: values[month] for key, values in recorder.values.items()}

    def without(self, needs: Mapping[str, Mapping[str, Any]], number: int) -> Values:
        """A month without a lever, counted from SINCE, made once per set of needs."""
        key = repr(needs)
        if key not in self._known:
            self._known[key] = [], self.months(self.scenario(needs), needs)
        known, coming = self._known[key]
        while len(known) <= number:
            known.append(next(coming))
        return known[number]

    def with_(self, lever: str, value: Any) -> Iterator[Values]:
        """The months from SINCE on with a lever, and what it needs."""
        needs = needs_of(lever, value)
        return self.months(self.scenario(needs, {lever: {SINCE: value}}), needs)

    def trace(self, lever: str) -> tuple[Any, int, list[str]] | None:
        """The value, the number of the month and the measures of the first difference that a lever makes, if any.

        All values are followed month by month, so that the search ends with the first of them that leaves a trace.
        """
        tried = [(value, needs_of(lever, value), self.with_(lever, value)) for value in others(lever)]
        for number in range(self.base.months - clock.index(SINCE)):
            for value, needs, coming in tried:
                before, after = self.without(needs, number), next(coming)
                if found := differing(before, after):
                    return value, number, found
        return None

    def total(self, measure: str, months: Sequence[Values]) -> float:
        """Mean over months of a measure, or of one of its groups ('places/kind/regular'); NaN where there is none."""
        name, by, group = measure.split("/") if "/" in measure else (measure, "total", "all")
        place = self.labels[by].index(group)
        each = np.array([month[name, by][place] for month in months])
        return float(each[~np.isnan(each)].mean()) if not np.isnan(each).all() else np.nan


def differing(one: Values, other: Values) -> list[str]:
    """Names of the measures that differ."""
    return [
        f"{name} by {by}"
        for (name, by), values in one.items()
        if not np.array_equal(values, other[name, by], equal_nan=True)
    ]


def _advanced(state: State, scenario: Scenario, until: int) -> State:
    """The state at the start of a month."""
    while state.clock.month < until:
        turn(state, scenario.params_at(state.clock.month), scenario.seed)
    return state
