"""A scenario: what we assume about the world and what policy we choose, from YAML, validated and frozen.

A file holds only what differs from the defaults or from the file it `extends:`. `world:` takes parameters that are
not levers, `policy:` takes levers; a value is one number or a number per month ({2027-01: 5000}) that holds from then
on. Every error is one line with file, key and way out.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from pathlib import Path
from reprlib import repr as shortened
from types import MappingProxyType
from typing import Any, get_args

from pydantic import ValidationError

from abm.chain import CHAIN, name
from abm.engine import clock
from abm.engine.errors import InputError
from abm.engine.params import ProcessParams, about
from abm.engine.yaml_input import nearest, read_yaml
from abm.facts.mergers import BASE
from abm.start import Params as StartParams

PARAMS: dict[str, type[ProcessParams]] = {"start": StartParams} | {name(process): process.Params for process in CHAIN}
SECTIONS = {"world": False, "policy": True}  # section -> whether it holds levers
KEYS = ("name", "title", "extends", "until", "seed", "scale", "layout", *SECTIONS)
LAST_MONTH, SMALLEST_SCALE, LARGEST_SEED = "2050-12", 0.001, 2**64 - 1
LAYOUTS = range(2023, 2051)  # years; municipalities have been those of the facts since 2023
Steps = Mapping[tuple[str, str], Mapping[int, Any]]  # (process, parameter) -> value from a month on


@cache
def defaults() -> Steps:
    """Every parameter with its default and the dates of law."""
    steps = {}
    for process, model in PARAMS.items():
        for parameter, declared in model.model_fields.items():
            dated = {0: declared.default} | {clock.index(m): value for m, value in about(declared)["dated"].items()}
            # as the parameter has it, so that 1 and 1.0 are one value
            steps[process, parameter] = {
                month: getattr(model(**{parameter: value}), parameter) for month, value in dated.items()
            }
    return MappingProxyType(steps)


@dataclass(frozen=True)
class Scenario:
    """One question to the model: period, seed, scale, municipalities and the parameters of every month."""

    name: str = "default"
    title: str = ""
    until: str = "2035-12"
    seed: int = 1
    scale: float = 1.0
    layout: int = BASE  # year of whose 1 January the municipalities of the whole run are
    values: Steps = field(default_factory=defaults, repr=False)
    source: str = "scenario"

    @property
    def months(self) -> int:
        """Number of months of the run, from January 2015."""
        return clock.index(self.until) + 1

    def params_at(self, month: int) -> dict[str, ProcessParams]:
        """Parameters per process in a month; the same object as long as nothing changes."""
        change = max(change for change in self.changes() if change <= month)
        if change not in self._resolved:
            found: dict[str, dict[str, Any]] = {process: {} for process in PARAMS}
            for (process, parameter), steps in self.values.items():
                found[process][parameter] = steps[max(m for m in steps if m <= change)]
            self._resolved[change] = {process: PARAMS[process](**values) for process, values in found.items()}
        return self._resolved[change]

    def changes(self) -> list[int]:
        """Months in which a parameter takes another value, ascending, beginning with 0."""
        return sorted({0} | {month for steps in self.values.values() for month in steps if month >= 0})

    @cached_property
    def _resolved(self) -> dict[int, dict[str, ProcessParams]]:
        """Parameters by month of change, as far as asked."""
        return {}

    def __getstate__(self) -> dict[str, Any]:
        """What another process needs to go on with it (a read-only view cannot be sent)."""
        return {key: value for key, value in vars(self).items() if key != "_resolved"} | {"values": dict(self.values)}

    def canonical(self) -> dict[str, Any]:
        """All that decides the outcome, as plain JSON: period, seed, scale, and of every parameter the months in
        which it changes within the period, with the value from then on; the layout where it is not that of the facts.
        `restored` is the way back.
        """
        params = {}
        for (process, parameter), steps in self.values.items():
            kept: dict[str, Any] = {}
            last = None
            for month in sorted(steps):
                if 0 <= month < self.months and (not kept or steps[month] != last):
                    kept[clock.label(month)] = last = steps[month]
            params[f"{process}.{parameter}"] = kept
        layout = {} if self.layout == BASE else {"layout": self.layout}
        return {"until": self.until, "seed": self.seed, "scale": self.scale, "params": params} | layout

    def digest(self) -> str:
        """SHA-256 of the canonical form."""
        return hashlib.sha256(json.dumps(self.canonical(), sort_keys=True).encode()).hexdigest()

    def changed(self, **fields: Any) -> "Scenario":
        """The same scenario with other period, seed, scale or layout; what is dated after the period does not come.

        Raises InputError for a bad value.
        """
        return _checked(
            replace(self, **{key: value for key, value in fields.items() if value is not None}), dates=False
        )

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
    return Scenario()


def restored(canonical: Mapping[str, Any], name: str = "restored", title: str = "", source: str = "record") -> Scenario:
    """The scenario of a canonical form. Raises InputError where this model has other parameters or bounds."""
    steps: dict[tuple[str, str], dict[int, Any]] = {}
    for key, dated in canonical["params"].items():
        process, _, parameter = key.partition(".")
        if (process, parameter) not in defaults():
            raise InputError(f"{source}: {key}: this model has no such parameter: use the version that made the record")
        steps[process, parameter] = _steps(source, key, process, parameter, dated, {(process, parameter): {}})
    if lacking := set(defaults()) - set(steps):
        key = ".".join(min(lacking))
        raise InputError(f"{source}: {key}: is missing: use the version of the model that made the record")
    period = {key: canonical[key] for key in ("until", "seed", "scale")} | {"layout": canonical.get("layout", BASE)}
    return _checked(Scenario(name, title, **period, values=MappingProxyType(steps), source=source))


def load(path: str | Path) -> Scenario:
    """Read a scenario file with all that it extends. Raises InputError."""
    merged: dict[str, Any] = {}
    steps = dict(defaults())
    for file, content in reversed(list(_ancestry(Path(path)))):
        for section in SECTIONS:
            steps |= _section(str(file), section, content.pop(section, None), steps)
        merged |= content | {"name": content.get("name", file.stem)}
    merged.pop("extends", None)
    return _checked(Scenario(**merged, values=MappingProxyType(steps), source=str(path)))


def _ancestry(path: Path) -> Iterator[tuple[Path, dict]]:
    """A file and the files it extends, nearest first, each with its checked top-level keys."""
    seen = [path.resolve()]
    while True:
        content = read_yaml(path)
        content = {} if content is None else content
        if not isinstance(content, dict):
            raise InputError(f"{path}: holds no keys: a scenario is a mapping with keys like {', '.join(KEYS[:4])}")
        for key in content:
            if key not in KEYS:
                raise InputError(f"{path}: unknown key '{key}'{nearest(key, KEYS)}")
        yield path, dict(content)
        if content.get("extends") is None:
            return
        extended = _extended(path, content["extends"])
        if extended.resolve() in seen:
            raise InputError(f"{path}: extends: {extended.name} leads back here: remove one 'extends:' of the circle")
        path = extended
        seen.append(path.resolve())


def _extended(path: Path, value: Any) -> Path:
    """The file that a file extends, relative to it."""
    if not isinstance(value, str) or not value:
        raise InputError(f"{path}: extends: {shortened(value)} is not a file: give one path, relative to this file")
    if not (path.parent / value).is_file():
        known = sorted(file.name for file in (path.parent / value).parent.glob("*.y*ml"))
        way_out = nearest(Path(value).name, known) if known else ": give a path relative to this file"
        raise InputError(f"{path}: extends: there is no file {path.parent / value}{way_out}")
    return path.parent / value


def _section(source: str, section: str, content: Any, base: Mapping) -> dict[tuple[str, str], dict[int, Any]]:
    """Checked steps of one section: (process, parameter) -> {month: value}."""
    if section not in SECTIONS:
        raise InputError(f"{source}: unknown section '{section}'{nearest(section, list(SECTIONS))}")
    if content is None:
        return {}
    if not isinstance(content, Mapping):
        raise InputError(f"{source}: {section}: must hold processes, like 'housing:', with their parameters")
    steps = {}
    for process, given in content.items():
        if process not in PARAMS:
            raise InputError(f"{source}: {section}.{process}: no such process{nearest(process, list(PARAMS))}")
        if not isinstance(given, Mapping):
            raise InputError(f"{source}: {section}.{process}: must hold parameters, like 'parameter: value'")
        fields = PARAMS[process].model_fields
        for parameter, value in given.items():
            path = f"{section}.{process}.{parameter}"
            if parameter not in fields:
                raise InputError(f"{source}: {path}: no such parameter{nearest(parameter, list(fields))}")
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
            index = clock.index(month)
        except InputError as error:
            raise InputError(f"{source}: {path}: {error}") from None
        if not 0 <= index <= clock.index(LAST_MONTH):
            raise InputError(f"{source}: {path}: {month} is outside the run: give a month from 2015-01 to {LAST_MONTH}")
        dated[index] = _valid(source, path, process, parameter, later)
    if not dated:
        raise InputError(f"{source}: {path}: holds no months: write a value, or {{2027-01: value}}")
    first = min(dated)
    return {m: v for m, v in base[process, parameter].items() if m < first} | dated


def _valid(source: str, path: str, process: str, parameter: str, value: Any) -> Any:
    """The value as its parameter has it. Raises InputError with unit and bounds."""
    declared = PARAMS[process].model_fields[parameter]
    try:
        if not _of_type(value, declared.annotation):
            raise TypeError
        return getattr(PARAMS[process](**{parameter: value}), parameter)
    except (TypeError, ValidationError):
        facts = about(declared)
        unit = f" [{facts['unit']}]" if facts["low"] is not None else ""
        quote = " in quotes (yes, no, on and off without them mean true and false)"
        words = quote if isinstance(value, bool) and get_args(declared.annotation) else ""
        message = f"{shortened(value)} is not allowed: give {allowed(declared)}{unit}{words}"
        raise InputError(f"{source}: {path}: {message}") from None


def _of_type(value: Any, wanted: Any) -> bool:
    """Whether a value was written as what it should be: 'true', 1 and "1" are three things."""
    if wanted is bool or isinstance(value, bool):
        return wanted is bool and isinstance(value, bool)
    return isinstance(value, str if get_args(wanted) else int | float)


def allowed(declared) -> str:
    """What a parameter takes, in words: 'a number from 0 to 1', 'one of free, quota', 'true or false'."""
    facts = about(declared)
    if facts["low"] is not None:
        kind = "a whole number" if declared.annotation is int else "a number"
        return f"{kind} from {facts['low']:.12g} to {facts['high']:.12g}"
    choices = get_args(declared.annotation)
    return f"one of {', '.join(choices)}" if choices else "true or false"


def _checked(scenario: Scenario, dates: bool = True) -> Scenario:
    """The scenario itself, if its period, seed, scale and dates are sound. Raises InputError."""
    source = scenario.source
    try:
        last = clock.index(scenario.until)
    except InputError as error:
        raise InputError(f"{source}: until: {error}") from None
    if not 0 <= last <= clock.index(LAST_MONTH):
        raise InputError(f"{source}: until: {scenario.until} is outside the run: give 2015-01 to {LAST_MONTH}")
    if isinstance(scenario.seed, bool) or not isinstance(scenario.seed, int) or not 0 <= scenario.seed <= LARGEST_SEED:
        wrong = shortened(scenario.seed)
        raise InputError(f"{source}: seed: {wrong} is not a seed: give a whole number from 0 to 2**64 - 1")
    number = isinstance(scenario.scale, int | float) and not isinstance(scenario.scale, bool)
    if not number or not SMALLEST_SCALE <= scenario.scale <= 1:
        raise InputError(f"{source}: scale: {shortened(scenario.scale)} is not a share: give {SMALLEST_SCALE} to 1")
    layout = scenario.layout
    if isinstance(layout, bool) or not isinstance(layout, int) or layout not in LAYOUTS:
        years = f"a year from {LAYOUTS[0]} to {LAYOUTS[-1]}, which holds for the whole run"
        raise InputError(f"{source}: layout: {shortened(layout)} is no year of municipalities: give {years}")
    for key in ("name", "title"):
        if not isinstance(getattr(scenario, key), str):
            raise InputError(f"{source}: {key}: must be text: put it in quotes")
    law = defaults()
    for (process, parameter), steps in scenario.values.items() if dates else ():
        for month in steps:
            # the default's own dates may lie beyond a short run; dates that somebody wrote may not
            if month > last and month not in law[process, parameter]:
                section = "policy" if about(PARAMS[process].model_fields[parameter])["lever"] else "world"
                raise InputError(
                    f"{source}: {section}.{process}.{parameter}: {clock.label(month)} is outside the run: "
                    f"give a month from 2015-01 to {scenario.until}"
                )
    return replace(scenario, scale=float(scenario.scale))
