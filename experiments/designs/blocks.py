"""A block of a design: the points of its levers, or of its uncertainties, and how many there are.

`read` checks everything and makes nothing: a block of a thousand million points is refused before it fills memory.
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
from abm.scenario import Scenario
from experiments.designs import design_file, factors, sampling

Values = dict[str, Any]  # parameter -> value, or {month: value}
BASE = "base"  # label of the point that changes nothing


@dataclass(frozen=True)
class Block:
    """Points of one block, made on demand."""

    given: dict[str, Any]  # as it may be written in a file, defaults and bounds filled in
    factors: tuple[str, ...]  # parameters that vary
    count: int  # points
    make: Callable[[], Iterable[tuple[Values, str]]]  # values and label of each point
    sample: design_file.Sample | None = None  # the method, where it draws its points


NOTHING = Block({}, (), 1, lambda: [({}, "")])  # a block that is absent


def read(
    source: str, block: str, form: design_file.Method | None, scenarios: Sequence[Scenario], folder: Path
) -> Block:
    """A checked block ('levers' or 'uncertainties') of a design over some scenarios. Raises InputError."""
    if form is None:
        return NOTHING
    place = f"{source}: {block}"
    if isinstance(form, design_file.Ladder):
        return _ladder(place, block, form, scenarios, folder)
    until = min((found.until for found in scenarios), key=clock.index)
    since = None if form.since is None else factors.month(f"{place}: from", form.since, until)
    given = form.model_dump(mode="json", exclude={"since", "parameters", "points"}) | ({"from": since} if since else {})
    if isinstance(form, design_file.Listed):
        return _listed(place, block, form, given, since, until)
    if isinstance(form, design_file.OneAtATime):
        return _one_at_a_time(place, block, form, given, since, scenarios)
    return _varied(place, block, form, given, since)


def _one_at_a_time(
    place: str, block: str, form: design_file.OneAtATime, given: dict, since: str | None, scenarios: Sequence[Scenario]
) -> Block:
    """The base, and every level that moves one parameter of a scenario; where it moves none, it is the base again."""
    found = _factors(place, block, form, given)
    levels = {
        factor.path: [
            level for level in factor.levels() if any(_moves(base, factor.path, level, since) for base in scenarios)
        ]
        for factor in found
    }
    still = [path for path, moving in levels.items() if not moving]
    if still:
        raise InputError(
            f"{place}: {still[0]}: has the value of the scenario as its only level: add another, or leave it out"
        )
    points = [(_from(point, since), "" if point else BASE) for point in sampling.one_at_a_time(levels)]
    return Block(given, tuple(levels), len(points), lambda: points)


def _moves(base: Scenario, path: str, level: Any, since: str | None) -> bool:
    """Whether a parameter of a scenario ever has another value than the level, from a month on."""
    first = clock.index(since) if since else 0
    return _steps(base.values[tuple(path.split(".")[1:])], base.months, first) != {first: level}


def _factors(place: str, block: str, form: design_file.Varied, given: dict) -> list[factors.Factor]:
    """Parameters that vary, also written down in what was given."""
    found = [factors.read(place, path, levels) for path, levels in _named(place, block, form.parameters).items()]
    given["parameters"] = {factor.path: factor.given() for factor in found}
    return found


def _varied(
    place: str, block: str, form: design_file.Grid | design_file.Sample, given: dict, since: str | None
) -> Block:
    """Points from levels or ranges."""
    found = _factors(place, block, form, given)
    if len(found) < form.fewest:
        raise InputError(f"{place}: parameters: holds {len(found)}, {form.method} needs {form.fewest}: add another")
    sample = form if isinstance(form, design_file.Sample) else None
    alone = next((factor.path for factor in found if sample and len(factor.listed) == 1), None)
    if alone:
        raise InputError(f"{place}: {alone}: has one level, a sample needs two: set it in the scenario, or add a level")

    def make() -> Iterable[tuple[Values, str]]:
        if sample:
            columns = [factor.drawn(unit) for factor, unit in zip(found, sample.unit(len(found)).T, strict=True)]
            points = (dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True))
        else:
            points = sampling.grid({factor.path: factor.levels() for factor in found})
        return ((_from(point, since), "") for point in points)

    names = tuple(factor.path for factor in found)
    return Block(given, names, form.count([factor.count for factor in found]), make, sample)


def _named(place: str, block: str, given: Mapping[Any, Any]) -> dict[str, Any]:
    """Parameters by their own name; a pattern (policy.decision.*) stands for those that are not named themselves."""
    found: dict[str, Any] = {}
    for path, levels in given.items():
        if "*" not in str(path):
            found[factors.checked(place, block, path)] = levels
            continue
        hits = fnmatch.filter(factors.known(factors.BLOCKS[block]), path)
        if not hits:
            raise InputError(
                f"{place}: {brief(path)}: matches no parameter: write it like {factors.BLOCKS[block]}.decision.*"
            )
        found |= {hit: levels for hit in hits if hit not in given and hit not in found}
    return found


def _listed(place: str, block: str, form: design_file.Listed, given: dict, since: str | None, until: str) -> Block:
    """Points as they are written; what is dated keeps its dates, whatever `from` says."""
    dated = [
        {factors.checked(place, block, path): factors.dated(place, path, value, until) for path, value in point.items()}
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
    """The point, its plain values from a month on."""
    return point if since is None else {path: {since: value} for path, value in point.items()}


def _ladder(place: str, block: str, form: design_file.Ladder, scenarios: Sequence[Scenario], folder: Path) -> Block:
    """Points between the scenario and another one."""
    if len(scenarios) != 1:
        raise InputError(
            f"{place}: a ladder starts from one scenario, here are {len(scenarios)}: give one 'scenarios:'"
        )
    (base,), section = scenarios, factors.BLOCKS[block]
    differing = _difference(base, scenario.load(beside(f"{place}: to", folder, form.to)))
    moved = {path: value for path, value in differing.items() if path.startswith(f"{section}.")}
    others = [path for path in differing if path not in moved]
    differs = f"{place}: to: {brief(form.to)} differs from '{brief(base.name)}'"
    if others:
        raise InputError(
            f"{differs} also in {others[0]}: a ladder under '{block}:' moves "
            f"{section}. only: make the rest alike in both files"
        )
    if not moved:
        raise InputError(f"{differs} in no {section}. parameter until {base.until}: give another scenario")
    rungs = _rungs(place, form.groups, moved)

    def make() -> Iterable[tuple[Values, str]]:
        for label, taken in sampling.ladder(list(rungs)):
            yield {path: moved[path] for rung in taken for path in rungs[rung]}, label

    return Block(form.model_dump(mode="json"), tuple(moved), len(sampling.ladder(list(rungs))), make)


def _difference(base: Scenario, other: Scenario) -> Values:
    """Parameters in which another scenario differs in the months of the base, as the other has them."""
    found = {}
    for section in factors.BLOCKS.values():
        for path in factors.known(section):
            key = tuple(path.split(".")[1:])
            steps = _steps(other.values[key], base.months)
            if steps != _steps(base.values[key], base.months):
                # from the first month on, so that no step of the base stays
                found[path] = {clock.label(m): value for m, value in steps.items()} if len(steps) > 1 else steps[0]
    return found


def _steps(steps: Mapping[int, Any], months: int, first: int = 0) -> dict[int, Any]:
    """Steps within a run that change the value, with what holds in the first month there."""
    found: dict[int, Any] = {}
    for month in sorted(month for month in steps if month < months):
        if not found or steps[month] != found[max(found)]:
            found[max(month, first)] = steps[month]
    return found


def _rungs(place: str, groups: Mapping[str, Sequence[str]], moved: Values) -> dict[str, list[str]]:
    """Parameters by rung: those of each group, and each other parameter on its own."""
    rungs: dict[str, list[str]] = {}
    owner: dict[str, str] = {}
    for group, patterns in groups.items():
        where = f"{place}: groups: {brief(group)}"
        if group in moved:
            raise InputError(f"{where}: is the name of a parameter: give the group another name")
        for pattern in patterns:
            hits = fnmatch.filter(moved, pattern)
            if not hits:
                raise InputError(
                    f"{where}: '{brief(pattern)}' matches nothing that differs{nearest(pattern, list(moved))}"
                )
            for path in hits:
                if owner.setdefault(path, group) != group:
                    raise InputError(f"{where}: {path} is in '{owner[path]}' too: keep it in one group")
        rungs[group] = [path for path in moved if owner.get(path) == group]
    return rungs | {path: [path] for path in moved if path not in owner}
