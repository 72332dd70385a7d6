"""Parameters of a design that belong together (shares of a whole, pairs in order): their ranges, samples and points.

What does not vary stays as in the scenario; what varies shares the room that is left. A range that was given no bound
of its own reaches as far as that allows. Where the corners of the ranges are not allowed, samples are uniform over all
that is: a coordinate of the unit cube places its parameter between the bounds that those declared before it leave, so
no point is refused. Points of other methods are taken as they are, and one that is not allowed refuses the design.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from abm.engine import clock
from abm.engine.dated import Dated
from abm.engine.errors import InputError
from abm.engine.together import ROUNDING, Ordered, Whole
from abm.scenario import Scenario, check_together, in_month
from abm.scenario_file import PARAMS, Models, params_of, section_of, together_of
from experiments.designs import sampling
from experiments.designs.design_file import Range
from experiments.designs.factors import Factor, plugins_of

DIGITS = 12  # of a bound that follows from other parameters

Bounds = dict[str, tuple[float, float]]  # low and high of parameters that vary, by path


@dataclass(frozen=True)
class Limit:
    """What belongs together, with the values of those of its parameters that do not vary."""

    process: str
    rule: Whole | Ordered
    fixed: tuple[dict[str, float], ...]  # by path, one for every scenario and month
    models: Models  # the numbers of each process

    @property
    def paths(self) -> list[str]:
        """The parameters that belong together."""
        return [path_of(self.process, parameter, self.models) for parameter in self.rule.parameters]

    @property
    def room(self) -> float:
        """What those that do not vary leave of the whole, where they leave least."""
        return 1 - max(sum(values.values()) for values in self.fixed)

    def reach(self, path: str, varying: Bounds) -> tuple[float, float]:
        """Lowest and highest value of a parameter, where the others that vary leave it as much as they can."""
        if isinstance(self.rule, Whole):
            others = sum(low for other, (low, _) in varying.items() if other != path)
            return -np.inf, round(self.room - others, DIGITS)
        low, high = self.paths
        if path == low:
            return -np.inf, varying[high][1] if high in varying else min(values[high] for values in self.fixed)
        return varying[low][0] if low in varying else max(values[low] for values in self.fixed), np.inf

    def holds(self, varying: Bounds) -> bool:
        """Whether every point between the bounds is allowed."""
        if isinstance(self.rule, Whole):
            return sum(high for _, high in varying.values()) <= self.room + ROUNDING
        low, high = (varying[path] for path in self.paths)
        return low[1] <= high[0]

    def values(self, unit: np.ndarray, varying: Bounds) -> np.ndarray:
        """Values of the parameters that vary, from coordinates in the unit cube, [points, parameters] both."""
        low, high = np.array(list(varying.values())).T
        if isinstance(self.rule, Whole):
            return sampling.within_whole(unit, low, high, self.room)
        return sampling.in_order(unit, low, high)


def path_of(process: str, parameter: str, models: Models = PARAMS) -> str:
    """The path of a parameter, like 'world.housing.small_share'."""
    return f"{section_of(process, parameter, models)}.{process}.{parameter}"


def limits(varying: Collection[str], scenarios: Sequence[Scenario], since: str | None) -> list[Limit]:
    """What belongs together with parameters that vary (paths) from a month on."""
    found, first = [], clock.index(since) if since else 0
    plugins = plugins_of(scenarios)
    models = params_of(plugins)
    for process, rule in together_of(plugins):
        keys = {path_of(process, parameter, models): (process, parameter) for parameter in rule.parameters}
        if not any(path in varying for path in keys):
            continue
        fixed = []
        for base in scenarios:
            steps = {path: base.values[key] for path, key in keys.items() if path not in varying}
            months = {first} | {month for dated in steps.values() for month in dated if month > first}
            fixed += [{path: in_month(dated, month) for path, dated in steps.items()} for month in sorted(months)]
        found.append(Limit(process, rule, tuple(fixed), models))
    return found


def bounds(found: Iterable[Factor], paths: Collection[str]) -> Bounds:
    """Lowest and highest value of those of the factors that are among the paths, in the order of the paths."""
    ends = {
        factor.path: (min(factor.listed), max(factor.listed)) if factor.listed else factor.bounds
        for factor in found
        if factor.path in paths
    }
    return {path: ends[path] for path in paths if path in ends}


def within_reach(
    place: str,
    found: Sequence[Factor],
    written: Mapping[str, Any],
    scenarios: Sequence[Scenario],
    since: str | None,
    alone: bool,
) -> list[Factor]:
    """The factors, ranges without a bound of their own cut to what can be reached; alone: the others stay meanwhile.

    written: levels or range by path. Raises InputError where a bound that was written can never be reached.
    """
    every = limits([factor.path for factor in found], scenarios, since)
    cut = []
    for factor in found:
        for limit in limits([factor.path], scenarios, since) if alone else every:
            if factor.path in limit.paths and not factor.listed:
                varying = {} if alone else bounds(found, limit.paths)
                factor = _cut(place, factor, limit, limit.reach(factor.path, varying), written[factor.path] or Range())
        cut.append(factor)
    return cut


def _cut(place: str, factor: Factor, limit: Limit, reach: tuple[float, float], written: Range) -> Factor:
    """The factor within its reach. Raises InputError where it was written beyond."""
    (least, most), (low, high), where = reach, factor.bounds, f"{place}: {factor.path}"
    words = limit.rule.described(factor.path.split(".")[-1])
    if high > most + ROUNDING and written.high is not None:
        raise InputError(f"{where}: high {high:g} is never allowed, {words}: give {most:g} at most")
    if low < least - ROUNDING and written.low is not None:
        raise InputError(f"{where}: low {low:g} is never allowed, {words}: give {least:g} at least")
    low, high = max(low, least), min(high, most)
    if low >= high:
        raise InputError(f"{where}: cannot vary, {words}, and the scenario leaves it no room: leave it out")
    return replace(factor, low=low, high=high)


def drawn(
    found: Sequence[Factor], unit: np.ndarray, scenarios: Sequence[Scenario], since: str | None
) -> list[list[Any]]:
    """Values of each factor at coordinates in the unit cube, [points, factors]."""
    columns = [factor.drawn(each) for factor, each in zip(found, unit.T, strict=True)]
    number = {factor.path: column for column, factor in enumerate(found)}
    for limit in limits(number, scenarios, since):
        varying = bounds(found, limit.paths)
        at = [number[path] for path in varying]
        stepped = any(found[column].listed or found[column].spaced or found[column].distribution for column in at)
        if len(at) > 1 and not stepped and not limit.holds(varying):
            for column, values in zip(at, limit.values(unit[:, at], varying).T, strict=True):
                columns[column] = values.tolist()
    return columns


def check_points(
    place: str, points: Iterable[tuple[Mapping[str, Any], str]], factors: Collection[str], scenarios: Sequence[Scenario]
) -> None:
    """Raise InputError for the first point (values and label) that its scenario does not allow; factors: what moves."""
    rules = [(limit.process, limit.rule) for limit in limits(factors, scenarios, None)]
    if not rules:
        return
    models = params_of(plugins_of(scenarios))
    keys = {
        path_of(process, parameter, models): (process, parameter)
        for process, rule in rules
        for parameter in rule.parameters
    }
    for number, (values, label) in enumerate(points, 1):
        for base in scenarios:
            steps = {
                key: Dated(values[path]).after(base.values[key]) if path in values else base.values[key]
                for path, key in keys.items()
            }
            named = f"point {number}" + f" ({label})" * bool(label)
            check_together(steps, f"{place}: {named} in scenario '{base.name}'", rules, models)
