"""A block of a design: the points of its levers, or of its uncertainties, and their number.

`read` checks everything and makes no points, so that a block of a thousand million is refused before it fills memory.
"""

import fnmatch
import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from abm import scenario
from abm.engine import clock
from abm.engine.errors import InputError, brief
from abm.engine.text_files import beside
from abm.engine.yaml_input import nearest
from abm.plugins.assembly import Plugins
from abm.scenario import Scenario
from experiments.designs import design_file, factors, sampling, together

Values = dict[str, Any]  # parameter -> value, or {month: value}
BASE = "base"  # label of the point that changes nothing


@dataclass(frozen=True)
class Block:
    """Points of one block, generated on demand."""

    given: dict[str, Any]  # as written in a file, defaults and bounds filled in
    factors: tuple[str, ...]  # parameters that vary
    count: int  # points
    make: Callable[[], Iterable[tuple[Values, str]]]  # values and label of each point
    sample: design_file.Sample | None = None  # the method, where it is a sample


NOTHING = Block({}, (), 1, lambda: [({}, "")])  # in place of an absent block


def read(
    source: str, block: str, form: design_file.AnyMethod | None, scenarios: Sequence[Scenario], folder: Path
) -> Block:
    """A block ('levers' or 'uncertainties') of a design of these scenarios, checked. Raises InputError."""
    if form is None:
        return NOTHING
    place = f"{source}: {block}"
    if isinstance(form, design_file.Ladder):
        return _ladder(place, block, form, scenarios, folder)
    until = min((found.until for found in scenarios), key=clock.index)
    since = None if form.since is None else factors.month(f"{place}: from", form.since, until)
    given = form.model_dump(mode="json", exclude={"since", "parameters", "points"}) | ({"from": since} if since else {})
    if isinstance(form, design_file.Listed):
        return _listed(place, block, form, given, since, until, factors.plugins_of(scenarios))
    if isinstance(form, design_file.OneAtATime):
        return _one_at_a_time(place, block, form, given, since, scenarios)
    return _varied(place, block, form, given, since, scenarios)


def _one_at_a_time(
    place: str, block: str, form: design_file.OneAtATime, given: dict, since: str | None, scenarios: Sequence[Scenario]
) -> Block:
    """The base, and every level that changes one parameter of a scenario; where it changes none, the base again."""
    found = _factors(place, block, form, given, scenarios)
    levels = {
        factor.path: [
            level for level in factor.levels() if any(_moves(base, factor.path, level, since) for base in scenarios)
        ]
        for factor in found
    }
    still = [path for path, moving in levels.items() if not moving]
    if still:
        raise InputError(
            f"{place}: {still[0]}: its only level is the value in the scenario: add another, or leave it out"
        )
    points = [(_from(point, since), "" if point else BASE) for point in sampling.one_at_a_time(levels)]
    return Block(given, tuple(levels), len(points), lambda: points)


def _key(path: str) -> tuple[str, str]:
    """The process and the name of a parameter."""
    _, process, parameter = path.split(".")
    return process, parameter


def _moves(base: Scenario, path: str, level: Any, since: str | None) -> bool:
    """Whether a level, from a month on, changes a parameter of a scenario."""
    first = clock.index(since) if since else 0
    return _steps(base.values[_key(path)], base.months, first) != {first: level}


def _factors(
    place: str, block: str, form: design_file.Varied, given: dict, scenarios: Sequence[Scenario]
) -> list[factors.Factor]:
    """The factors of a block; `given` receives their levels or bounds."""
    plugins = factors.plugins_of(scenarios)
    written = _named(place, block, form.parameters, plugins)
    found = [factors.read(place, path, levels, plugins) for path, levels in written.items()]
    alone = isinstance(form, design_file.OneAtATime)
    found = together.within_reach(place, found, written, scenarios, given.get("from"), alone)
    for factor in found:
        factor.check(f"{place}: {factor.path}", isinstance(form, design_file.Sample))
    given["parameters"] = {factor.path: factor.given() for factor in found}
    return found


def _varied(
    place: str,
    block: str,
    form: design_file.Grid | design_file.Sample,
    given: dict,
    since: str | None,
    scenarios: Sequence[Scenario],
) -> Block:
    """Points from levels or ranges."""
    found = _factors(place, block, form, given, scenarios)
    if len(found) < form.fewest:
        raise InputError(f"{place}: parameters: holds {len(found)}, {form.method} needs {form.fewest}: add another")
    sample = form if isinstance(form, design_file.Sample) else None
    alone = next((factor.path for factor in found if sample and len(factor.listed) == 1), None)
    if alone:
        raise InputError(f"{place}: {alone}: has one level, a sample needs two: add a level, or set it in the scenario")

    def make() -> Iterable[tuple[Values, str]]:
        if sample:
            columns = together.drawn(found, sample.unit(len(found)), scenarios, since)
            points = (dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True))
        else:
            points = sampling.grid({factor.path: factor.levels() for factor in found})
        return ((_from(point, since), "") for point in points)

    names = tuple(factor.path for factor in found)
    return Block(given, names, form.count([factor.count for factor in found]), make, sample)


def _named(place: str, block: str, given: Mapping[Any, Any], plugins: Plugins) -> dict[str, Any]:
    """Levels by parameter; a pattern (policy.decision.*) stands for the parameters that match and are not named."""
    found: dict[str, Any] = {}
    for path, levels in given.items():
        if "*" not in str(path):
            found[factors.checked(place, block, path, plugins)] = levels
            continue
        hits = fnmatch.filter(factors.known(factors.BLOCKS[block], plugins), path)
        if not hits:
            example = f"{factors.BLOCKS[block]}.decision.*"
            raise InputError(f"{place}: {brief(path)}: matches no parameter: write a pattern like {example}")
        found |= {hit: levels for hit in hits if hit not in given and hit not in found}
    return found


def _listed(
    place: str,
    block: str,
    form: design_file.Listed,
    given: dict,
    since: str | None,
    until: str,
    plugins: Plugins,
) -> Block:
    """Points as they are listed; dated values keep their months, whatever `from` is."""
    dated = [
        {
            factors.checked(place, block, path, plugins): factors.dated(place, path, value, until, plugins)
            for path, value in point.items()
        }
        for point in form.points
    ]
    points = [{path: value.written for path, value in point.items()} for point in dated]
    texts = Counter(json.dumps(point, sort_keys=True) for point in points)
    twice = [text for text, times in texts.items() if times > 1]
    if twice:
        raise InputError(f"{place}: points: {brief(twice[0])} appears twice: give each point once, and more replicates")
    names = tuple(dict.fromkeys(path for point in points for path in point))
    made = [({path: value.since(since) for path, value in point.items()}, "" if point else BASE) for point in dated]
    return Block(given | {"points": points}, names, len(points), lambda: made)


def _from(point: Values, since: str | None) -> Values:
    """The point, with its values from a month on."""
    return point if since is None else {path: {since: value} for path, value in point.items()}


def _ladder(place: str, block: str, form: design_file.Ladder, scenarios: Sequence[Scenario], folder: Path) -> Block:
    """Points between the scenario and a target scenario."""
    if len(scenarios) != 1:
        raise InputError(
            f"{place}: a ladder starts from one scenario, and there are {len(scenarios)}: give one under 'scenarios:'"
        )
    (base,), section = scenarios, factors.BLOCKS[block]
    other = scenario.load(beside(f"{place}: to", folder, form.to))
    if other.plugins != base.plugins:
        raise InputError(
            f"{place}: to: {brief(form.to)} has other plug-ins than '{brief(base.name)}': give both the same"
        )
    differing = _difference(base, other)
    moved = {path: value for path, value in differing.items() if path.startswith(f"{section}.")}
    others = [path for path in differing if path not in moved]
    differs = f"{place}: to: {brief(form.to)} differs from '{brief(base.name)}'"
    if others:
        raise InputError(
            f"{differs} also in {others[0]}: a ladder under '{block}:' changes only {section}. parameters: "
            "give the others the same value in both files"
        )
    if not moved:
        raise InputError(
            f"{place}: to: {brief(form.to)} has the same {section}. parameters as '{brief(base.name)}' until "
            f"{base.until}: give another scenario"
        )
    rungs = _rungs(place, form.groups, moved)

    def make() -> Iterable[tuple[Values, str]]:
        for label, taken in sampling.ladder(list(rungs)):
            yield {path: moved[path] for rung in taken for path in rungs[rung]}, label

    return Block(form.model_dump(mode="json"), tuple(moved), len(sampling.ladder(list(rungs))), make)


def _difference(base: Scenario, other: Scenario) -> Values:
    """Parameters that differ between two scenarios in the months of the base, with the values of the other."""
    found = {}
    for section in factors.BLOCKS.values():
        for path in factors.known(section, base.plugins):
            key = _key(path)
            steps = _steps(other.values[key], base.months)
            if steps != _steps(base.values[key], base.months):
                # from the first month on, so that no step of the base remains
                found[path] = {clock.label(m): value for m, value in steps.items()} if len(steps) > 1 else steps[0]
    return found


def _steps(steps: Mapping[int, Any], months: int, first: int = 0) -> dict[int, Any]:
    """Changes of a value within a run, from month `first` on; earlier ones are moved to it."""
    found: dict[int, Any] = {}
    for month in sorted(month for month in steps if month < months):
        if not found or steps[month] != found[max(found)]:
            found[max(month, first)] = steps[month]
    return found


def _rungs(place: str, groups: Mapping[str, Sequence[str]], moved: Values) -> dict[str, list[str]]:
    """Parameters by rung: a rung per group, and one for each parameter without a group."""
    rungs: dict[str, list[str]] = {}
    owner: dict[str, str] = {}
    for group, patterns in groups.items():
        where = f"{place}: groups: {brief(group)}"
        if group in moved:
            raise InputError(f"{where}: has the name of a parameter: give the group another name")
        for pattern in patterns:
            hits = fnmatch.filter(moved, pattern)
            if not hits:
                hint = nearest(pattern, list(moved))
                raise InputError(f"{where}: '{brief(pattern)}' matches no parameter that differs{hint}")
            for path in hits:
                if owner.setdefault(path, group) != group:
                    raise InputError(f"{where}: {path} is also in '{owner[path]}': keep it in one group")
        rungs[group] = [path for path in moved if owner.get(path) == group]
    return rungs | {path: [path] for path in moved if path not in owner}
