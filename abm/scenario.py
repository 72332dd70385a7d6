"""A scenario: what we assume about the world and what policy we choose, from YAML, validated and frozen.

A file holds only what differs from the defaults or from the file it `extends:`. `world:` takes parameters that are
not levers, `policy:` takes levers; a value is one number or a number per month ({2027-01: 5000}) that holds from then
on. Every error is one line with file, key and way out.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml
from pydantic import ValidationError

from abm import clock
from abm.chain import CHAIN, name
from abm.errors import InputError
from abm.params import ProcessParams, about
from abm.start import Params as StartParams

PARAMS: dict[str, type[ProcessParams]] = {"start": StartParams} | {name(process): process.Params for process in CHAIN}
SECTIONS = {"world": False, "policy": True}  # section -> whether it holds levers
KEYS = ("name", "title", "extends", "until", "seed", "scale", *SECTIONS)
LAST_MONTH, SMALLEST_SCALE, LARGEST_SEED = "2050-12", 0.001, 2**64 - 1


@dataclass(frozen=True)
class Scenario:
    """One question to the model: period, seed, scale and the parameters of every month."""

    name: str = "default"
    title: str = ""
    until: str = "2035-12"
    seed: int = 1
    scale: float = 1.0
    values: Mapping[tuple[str, str], Mapping[int, Any]] = MappingProxyType({})  # (process, parameter) -> from month
    source: str = "scenario"

    @property
    def months(self) -> int:
        """Number of months of the run, from January 2015."""
        return clock.index(self.until) + 1

    def params_at(self, month: int) -> dict[str, ProcessParams]:
        """Parameters per process in a month; the same object as long as nothing changes."""
        return _resolved(self, _change_before(self, month))

    def changes(self) -> list[int]:
        """Months in which a parameter takes another value, ascending, beginning with 0."""
        return sorted({0} | {month for steps in self.values.values() for month in steps if month >= 0})

    def canonical(self) -> dict[str, Any]:
        """All that decides the outcome, as plain JSON: period, seed, scale and every parameter by month."""
        params = {
            clock.label(month): {key: model.model_dump() for key, model in self.params_at(month).items()}
            for month in self.changes()
            if month < self.months
        }
        return {"until": self.until, "seed": self.seed, "scale": self.scale, "params": params}

    def digest(self) -> str:
        """SHA-256 of the canonical form."""
        return hashlib.sha256(json.dumps(self.canonical(), sort_keys=True).encode()).hexdigest()

    def changed(self, **fields: Any) -> "Scenario":
        """The same scenario with other period, seed or scale. Raises InputError for a bad value."""
        return _checked(replace(self, **{key: value for key, value in fields.items() if value is not None}))

    def with_values(self, assignments: Mapping[str, Any], source: str = "--set") -> "Scenario":
        """The same scenario with 'policy.decision.capacity_factor': value and the like."""
        steps = dict(self.values)
        for path, value in assignments.items():
            parts = path.split(".")
            if len(parts) != 3:
                raise InputError(f"{source}: '{path}' is not a parameter: write section.process.parameter=value")
            section, process, parameter = parts
            steps |= _section(source, section, {process: {parameter: value}}, steps)
        return _checked(replace(self, values=MappingProxyType(steps)))


def default() -> Scenario:
    """The scenario with every default: law and practice of today, going on."""
    return Scenario(values=MappingProxyType(_defaults()))


def load(path: str | Path) -> Scenario:
    """Read a scenario file with all that it extends. Raises InputError."""
    merged: dict[str, Any] = {}
    steps = _defaults()
    for file, content in reversed(list(_ancestry(Path(path)))):
        for section in SECTIONS:
            steps |= _section(str(file), section, content.pop(section, None) or {}, steps)
        merged |= content | {"name": content.get("name", file.stem)}
    merged.pop("extends", None)
    return _checked(Scenario(**merged, values=MappingProxyType(steps), source=str(path)))


def read_yaml(path: Path) -> Any:
    """Content of a YAML file: safe, duplicate keys and NaN refused. Raises InputError."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        near = get_close_matches(path.name, [p.name for p in path.parent.glob("*.y*ml")], 1)
        hint = f"did you mean {path.parent / near[0]}?" if near else "give the path of a YAML file"
        raise InputError(
            f"{path}: cannot be read ({getattr(error, 'strerror', None) or 'not UTF-8'}): {hint}"
        ) from None
    try:
        return yaml.load(text, _Strict)  # noqa: S506 (a SafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f" line {mark.line + 1}" if mark else ""
        raise InputError(f"{path}{place}: is not valid YAML: {getattr(error, 'problem', None) or error}") from None


class _Strict(yaml.SafeLoader):
    """YAML that refuses what people do not mean: double keys, and months read as dates."""


def _mapping(loader: _Strict, node: yaml.MappingNode) -> dict:
    found: dict = {}
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node, deep=True)
        if key in found:
            raise yaml.MarkedYAMLError(problem=f"key '{key}' appears twice: keep one", problem_mark=key_node.start_mark)
        found[key] = loader.construct_object(value_node, deep=True)
    return found


_Strict.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


def _ancestry(path: Path) -> Iterator[tuple[Path, dict]]:
    """A file and the files it extends, nearest first, each with its checked top-level keys."""
    seen: list[Path] = []
    while True:
        content = read_yaml(path)
        content = {} if content is None else content
        if not isinstance(content, dict):
            raise InputError(f"{path}: holds no keys: a scenario is a mapping with keys like {', '.join(KEYS[:4])}")
        for key in content:
            if key not in KEYS:
                raise InputError(f"{path}: unknown key '{key}'{_nearest(key, KEYS)}")
        yield path, dict(content)
        seen.append(path.resolve())
        if not content.get("extends"):
            return
        path = path.parent / str(content["extends"])
        if path.resolve() in seen:
            raise InputError(f"{path}: key 'extends': the files extend each other in a circle: remove one")


def _section(source: str, section: str, content: Any, base: Mapping) -> dict[tuple[str, str], dict[int, Any]]:
    """Checked steps of one section: (process, parameter) -> {month: value}."""
    if section not in SECTIONS:
        raise InputError(f"{source}: unknown section '{section}'{_nearest(section, list(SECTIONS))}")
    if not isinstance(content, Mapping):
        raise InputError(f"{source}: '{section}' must hold processes with their parameters")
    steps = {}
    for process, given in content.items():
        if process not in PARAMS:
            raise InputError(f"{source}: {section}.{process}: no such process{_nearest(process, list(PARAMS))}")
        if not isinstance(given, Mapping):
            raise InputError(f"{source}: {section}.{process}: must hold parameters, like 'parameter: value'")
        fields = PARAMS[process].model_fields
        for parameter, value in given.items():
            path = f"{section}.{process}.{parameter}"
            if parameter not in fields:
                raise InputError(f"{source}: {path}: no such parameter{_nearest(parameter, list(fields))}")
            lever = about(fields[parameter])["lever"]
            if lever != SECTIONS[section]:
                what, where = ("a lever", "policy") if lever else ("not a lever", "world")
                raise InputError(f"{source}: {path}: is {what}: put it under '{where}:'")
            steps[process, parameter] = _steps(source, path, process, parameter, value, base)
    return steps


def _steps(source: str, path: str, process: str, parameter: str, value: Any, base: Mapping) -> dict[int, Any]:
    """A value, or values by month after those of `base`, as {month: value}; each checked against the bounds."""
    if not isinstance(value, Mapping):
        return {0: _valid(source, path, process, parameter, value)}
    dated = {}
    for month, later in value.items():
        try:
            dated[clock.index(month)] = _valid(source, path, process, parameter, later)
        except InputError as error:
            raise InputError(str(error) if path in str(error) else f"{source}: {path}: {error}") from None
    if not dated:
        raise InputError(f"{source}: {path}: holds no months: write a value, or {{2027-01: value}}")
    first = min(dated)
    return {m: v for m, v in base[process, parameter].items() if m < first} | dated


def _valid(source: str, path: str, process: str, parameter: str, value: Any) -> Any:
    """The value as its parameter has it. Raises InputError with unit and bounds."""
    field = PARAMS[process].model_fields[parameter]
    facts = about(field)
    if isinstance(value, bool) and field.annotation is not bool:
        raise InputError(f"{source}: {path}: {value} is not a value: {allowed(field)} (quote 'yes' and 'no' for words)")
    try:
        return getattr(PARAMS[process](**{parameter: value}), parameter)
    except ValidationError:
        unit = f" [{facts['unit']}]" if facts["low"] is not None else ""
        raise InputError(f"{source}: {path}: {value!r} is not allowed: give {allowed(field)}{unit}") from None


def allowed(field) -> str:
    """What a parameter takes, in words: '0 to 1', 'one of free, quota', 'true or false'."""
    facts = about(field)
    if facts["low"] is not None:
        kind = "a whole number" if field.annotation is int else "a number"
        return f"{kind} from {facts['low']:g} to {facts['high']:g}"
    choices = getattr(field.annotation, "__args__", None)
    return f"one of {', '.join(choices)}" if choices else "true or false"


def _nearest(word: object, known: list[str] | tuple[str, ...]) -> str:
    near = get_close_matches(str(word), known, 1, 0.5)
    return f": did you mean '{near[0]}'?" if near else f": choose from {', '.join(known)}"


def _checked(scenario: Scenario) -> Scenario:
    """The scenario itself, if its period, seed, scale and dates are sound. Raises InputError."""
    source = scenario.source
    try:
        last = clock.index(scenario.until)
    except InputError as error:
        raise InputError(f"{source}: until: {error}") from None
    if not 0 <= last <= clock.index(LAST_MONTH):
        raise InputError(f"{source}: until: {scenario.until} is outside the run: give 2015-01 to {LAST_MONTH}")
    if isinstance(scenario.seed, bool) or not isinstance(scenario.seed, int) or not 0 <= scenario.seed <= LARGEST_SEED:
        raise InputError(f"{source}: seed: {scenario.seed!r} is not a seed: give a whole number from 0 to 2**64 - 1")
    number = isinstance(scenario.scale, int | float) and not isinstance(scenario.scale, bool)
    if not number or not SMALLEST_SCALE <= scenario.scale <= 1:
        raise InputError(f"{source}: scale: {scenario.scale!r} is not a share: give {SMALLEST_SCALE} to 1")
    for key in ("name", "title"):
        if not isinstance(getattr(scenario, key), str):
            raise InputError(f"{source}: {key}: must be text: put it in quotes")
    defaults = _defaults()
    for (process, parameter), steps in scenario.values.items():
        for month in steps:
            # the default's own dates may lie beyond a short run; dates that somebody wrote may not
            if month > last and month not in defaults[process, parameter] or month < 0:
                section = "policy" if about(PARAMS[process].model_fields[parameter])["lever"] else "world"
                raise InputError(
                    f"{source}: {section}.{process}.{parameter}: {clock.label(month)} is outside the run: "
                    f"give a month from 2015-01 to {scenario.until}"
                )
    return scenario


def _defaults() -> dict[tuple[str, str], dict[int, Any]]:
    """Every parameter with its default and the dates of law."""
    return {
        (process, parameter): {0: field.default}
        | {clock.index(month): value for month, value in about(field)["dated"].items()}
        for process, model in PARAMS.items()
        for parameter, field in model.model_fields.items()
    }


def _change_before(scenario: Scenario, month: int) -> int:
    return max(change for change in scenario.changes() if change <= month)


def _resolved(scenario: Scenario, month: int) -> dict[str, ProcessParams]:
    """Parameters of all processes from a month of change on."""
    found: dict[str, dict[str, Any]] = {process: {} for process in PARAMS}
    for (process, parameter), steps in scenario.values.items():
        found[process][parameter] = steps[max(m for m in steps if m <= month)]
    return {process: PARAMS[process](**values) for process, values in found.items()}
