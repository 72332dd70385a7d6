"""Levers that a design sets without what they need, in every run: they do nothing there."""

from collections.abc import Iterator, Mapping
from typing import Any

from abm.engine import clock
from abm.engine.needs import Need, alone
from abm.engine.params import about
from abm.scenario import Scenario, in_month
from abm.scenario_file import params_of
from experiments.designs.design import Design, Point


def lines(design: Design) -> list[str]:
    """A line per lever that varies, or that a scenario sets, and finds what it acts on in none of the runs."""
    found = {}
    for base in design.scenarios:
        points = [point for point in design.points if point.scenario == base.name]
        for path, needs in _varied(design, base):
            lacking = []
            for need in needs:
                asking = [point for point in points if _asks(need, point, path, base)]
                if asking and not any(_met(need, point, base, _since(need, point, path)) for point in asking):
                    lacking.append(need)
            if lacking:
                found[alone(path, lacking)] = None
        for line in base.set_alone():
            _, needs = _declared(line.partition(":")[0], base)
            if not all(any(_met(need, point, base, 0) for point in points) for need in needs):
                found[line] = None
    return list(found)


def _declared(path: str, base: Scenario) -> tuple[str, tuple[Need, ...]]:
    """A parameter, and what it needs."""
    _, process, name = path.split(".")
    return path, about(params_of(base.plugins)[process].model_fields[name])["needs"]


def _varied(design: Design, base: Scenario) -> Iterator[tuple[str, tuple[Need, ...]]]:
    """The parameters that vary and need something."""
    return ((path, needs) for path, needs in (_declared(each, base) for each in design.factors) if needs)


def _asks(need: Need, point: Point, path: str, base: Scenario) -> bool:
    """Whether a point gives a parameter (path) a value that needs something."""
    _, process, name = path.split(".")
    steps = base.values[process, name]
    given = _steps(point.values[path]) if path in point.values else {}
    return any(
        need.asked(value, in_month(steps, month)) and month >= clock.index(need.since) for month, value in given.items()
    )


def _since(need: Need, point: Point, path: str) -> int:
    """Month from which a point must have what the parameter (path) needs."""
    return 0 if need.lasts else min(_steps(point.values[path]))


def _met(need: Need, point: Point, base: Scenario, since: int) -> bool:
    """Whether a point, or else its scenario, has what is needed in a month from `since` on."""
    steps = dict(base.values[need.key])
    if need.parameter in point.values:
        given = _steps(point.values[need.parameter])
        steps = {month: value for month, value in steps.items() if month < min(given)} | given
    return need.met(in_month(steps, since)) or any(need.met(value) for month, value in steps.items() if month > since)


def _steps(given: Any) -> dict[int, Any]:
    """A value, or values by month, as a design gives them: by the month from which they hold."""
    return {clock.index(month): value for month, value in given.items()} if isinstance(given, Mapping) else {0: given}
