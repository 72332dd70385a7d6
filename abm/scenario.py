"""A scenario: what we assume about the world and what policy we choose, from YAML, validated and frozen.

A file holds only what differs from the defaults or from the file it `extends:`, see scenario_file.py. A value is one
number or a number per month ({2027-01: 5000}) that holds from then on. Every error is one line with file, key and way
out.
"""

import hashlib
import json
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from functools import cache, cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any

from abm.engine import clock
from abm.engine.dated import FIRST_MONTH
from abm.engine.errors import InputError, brief, escaped
from abm.engine.forms import read
from abm.engine.needs import alone
from abm.engine.params import ProcessParams, about
from abm.engine.plain_values import plain
from abm.engine.text_files import beside
from abm.engine.together import Ordered, Whole
from abm.engine.yaml_input import UNFIT, nearest, read_yaml
from abm.facts.mergers import BASE
from abm.plugins import assembly
from abm.plugins import source as sources
from abm.plugins.assembly import Plugins
from abm.plugins.source import Source
from abm.scenario_file import PARAMS as PARAMS
from abm.scenario_file import SECTIONS, File, Heading, Models, file_of, params_of, section_of, together_of

_FOUND = ("_changes", "_resolved")  # by a scenario from its values

Steps = Mapping[tuple[str, str], Mapping[int, Any]]  # (process, parameter) -> value from a month on


@cache
def defaults(plugins: Plugins = ()) -> Steps:
    """Every parameter with its default and the dates of law."""
    steps = {}
    for process, model in params_of(plugins).items():
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
    plugins: Plugins = ()

    @property
    def months(self) -> int:
        """Number of months of the run, from January 2015."""
        return clock.index(self.until) + 1

    def params_at(self, month: int) -> dict[str, ProcessParams]:
        """Parameters per process in a month; the same object as long as nothing changes.

        Raises InputError for values that were given to the scenario itself and are not allowed.
        """
        change = self._changes[bisect_right(self._changes, month) - 1]
        if change not in self._resolved:
            models = params_of(self.plugins)
            found: dict[str, dict[str, Any]] = {process: {} for process in models}
            for (process, parameter), steps in self.values.items():
                found[process][parameter] = in_month(steps, change)
            self._resolved[change] = {
                process: read(models[process], values, f"{self.source}: {process}") for process, values in found.items()
            }
        return self._resolved[change]

    def changes(self) -> list[int]:
        """Months in which a parameter takes another value, ascending, beginning with 0."""
        return sorted({0} | {month for steps in self.values.values() for month in steps if month >= 0})

    @cached_property
    def _changes(self) -> list[int]:
        """The same months, found once."""
        return self.changes()

    @cached_property
    def _resolved(self) -> dict[int, dict[str, ProcessParams]]:
        """Parameters by month of change, as far as asked."""
        return {}

    def __getstate__(self) -> dict[str, Any]:
        """What another process needs to go on with it (a read-only view cannot be sent)."""
        return {key: value for key, value in vars(self).items() if key not in _FOUND} | {"values": dict(self.values)}

    def canonical(self) -> dict[str, Any]:
        """All that decides the outcome, as plain JSON: period, seed, scale, and of every parameter the months in
        which it changes within the period, with the value from then on; the layout where it is not that of the facts,
        and digests of the plug-ins where there are any. `restored` is the way back.
        """
        params = {}
        for (process, parameter), steps in self.values.items():
            kept = changes_of(steps, self.months)
            params[f"{process}.{parameter}"] = {clock.label(month): value for month, value in kept.items()}
        more = {} if self.layout == BASE else {"layout": self.layout}
        more |= {"plugins": assembly.digests(self.plugins)} if self.plugins else {}
        return {"until": self.until, "seed": self.seed, "scale": self.scale, "params": params} | more

    def digest(self) -> str:
        """SHA-256 of the canonical form."""
        return hashlib.sha256(json.dumps(self.canonical(), sort_keys=True).encode()).hexdigest()

    def changed(self, **fields: Any) -> "Scenario":
        """The same scenario with other period, seed, scale or layout; what is dated after the period does not come.

        Raises InputError for a bad value.
        """
        given = {key: plain(value) for key, value in fields.items() if value is not None}
        return replace(self, **_heading(read(Heading, given, self.source)))

    def with_values(self, assignments: Mapping[str, Any], source: str = "--set") -> "Scenario":
        """The same scenario with 'policy.decision.capacity_factor': value and the like. Raises InputError."""
        given = assigned(plain(assignments), self.values, source, self.plugins)
        steps = dict(self.values) | dict(given)
        check_together(steps, source, together_of(self.plugins), params_of(self.plugins))
        return replace(self, values=MappingProxyType(steps)).within_period(dict.fromkeys(given, source))

    def set_alone(self) -> list[str]:
        """Levers that are set and do nothing, because what they act on is not there: a line each, with the way out."""
        models, law, found = params_of(self.plugins), defaults(self.plugins), []
        for (process, parameter), steps in self.values.items():
            needs = about(models[process].model_fields[parameter])["needs"]
            if not needs or steps == law[process, parameter]:
                continue
            every = (steps, law[process, parameter], *(self.values[need.key] for need in needs))
            months = sorted({month for each in every for month in each if 0 <= month < self.months})
            lacking = []
            for need in needs:
                asked = [month for month in months if need.asked(*(in_month(each, month) for each in every[:2]))]
                since = [month for month in months if asked and (need.lasts or month >= asked[0])]
                if (
                    asked
                    and asked[0] >= clock.index(need.since)
                    and not any(need.met(in_month(self.values[need.key], month)) for month in since)
                ):
                    lacking.append(need)
            if lacking:
                found.append(alone(f"{section_of(process, parameter, models)}.{process}.{parameter}", lacking))
        return found

    def with_plugins(self, *given: Any) -> "Scenario":
        """The same scenario with plug-ins: paths of Python files, or modules that were imported. Raises InputError.

        Their code is run.
        """
        several = [each for one in given for each in assembly.sources_of(one, "plugins")]
        plugins = assembly.combined(self.plugins, several, "plugins")
        return replace(self, plugins=plugins, values=MappingProxyType({**defaults(plugins), **self.values}))

    def within_period(self, sources: Mapping[tuple[str, str], str] = MappingProxyType({})) -> "Scenario":
        """The scenario itself, if all that somebody dated lies in its period; `sources`: of what is not in its file.

        Raises InputError.
        """
        last, law = clock.index(self.until), defaults(self.plugins)
        for (process, parameter), steps in self.values.items():
            for month in steps:
                # the default's own dates may lie beyond a short run; dates that somebody wrote may not
                if month > last and month not in law[process, parameter]:
                    source = sources.get((process, parameter), self.source)
                    raise InputError(
                        f"{source}: {section_of(process, parameter, params_of(self.plugins))}.{process}.{parameter}: "
                        f"{clock.label(month)} is outside the run: give a month from {FIRST_MONTH} to {self.until}"
                    )
        return self


def changes_of(steps: Mapping[int, Any], months: int) -> dict[int, Any]:
    """The months of a run in which a parameter takes another value, ascending, with the value from then on."""
    kept: dict[int, Any] = {}
    last = None
    for month in sorted(steps):
        if 0 <= month < months and (not kept or steps[month] != last):
            kept[month] = last = steps[month]
    return kept


def default() -> Scenario:
    """The scenario with every default: law and practice of today, going on."""
    return Scenario()


def restored(
    canonical: Mapping[str, Any],
    name: str = "restored",
    title: str = "",
    source: str = "record",
    plugins: Sequence[Any] = (),
) -> Scenario:
    """The scenario of a canonical form, with the plug-ins that it names. Raises InputError where those have another
    source, or this model other parameters or bounds.
    """
    texts = [each for one in plugins for each in assembly.sources_of(one, source)]
    _refuse_other_plugins(canonical.get("plugins", {}), texts, source)  # before their code is run
    given = assembly.combined((), texts, source)
    models, every = params_of(given), defaults(given)
    content: dict[str, Any] = {"name": name, "title": title} | {
        key: canonical[key] for key in ("until", "seed", "scale", "layout") if key in canonical
    }
    for key, dated in canonical["params"].items():
        process, _, parameter = key.partition(".")
        if (process, parameter) not in every:
            raise InputError(f"{source}: {key}: this model has no such parameter: use the version that made the record")
        content.setdefault(section_of(process, parameter, models), {}).setdefault(process, {})[parameter] = dated
    file = read(file_of(given), content, source, ".")
    steps = _steps(file, {key: {} for key in every})
    if lacking := set(every) - set(steps):
        key = ".".join(min(lacking))
        raise InputError(f"{source}: {key}: is missing: use the version of the model that made the record")
    check_together(steps, source, together_of(given), models)
    made = Scenario(**_heading(file), values=MappingProxyType(steps), source=source, plugins=given)
    return made.within_period()


def _refuse_other_plugins(wanted: Mapping[str, str], given: Iterable[Source], source: str) -> None:
    """Raise InputError where the plug-ins are not those of the digests."""
    here = {each.name: each.digest for each in given}
    for name in sorted(wanted.keys() | here.keys()):
        if name not in here:
            raise InputError(f"{source}: plugins: {brief(name)}: is missing: give its file")
        if name not in wanted:
            raise InputError(f"{source}: plugins: {brief(name)}: has no part in it: leave it out")
        if here[name] != wanted[name]:
            file = next(each.file for each in given if each.name == name)
            short = f"{here[name][:12]}, not {brief(str(wanted[name])[:12])}"
            raise InputError(f"{source}: plugins: {file}: has changed since ({short}): give the file as it was")


def load(path: str | Path) -> Scenario:
    """Read a scenario file with all that it extends. Raises InputError."""
    merged: dict[str, Any] = {}
    plugins, found = _ancestry(Path(path))
    steps = dict(defaults(plugins))
    for place, file in reversed(found):
        steps |= _steps(file, steps)
        merged |= {"name": place.stem} | _heading(file)
    check_together(steps, str(path), together_of(plugins), params_of(plugins))
    if UNFIT.search(merged["name"]):
        raise InputError(f"{path}: name: no record can hold this name of a file: give 'name:' in it, or rename it")
    made = Scenario(**merged, values=MappingProxyType(steps), source=escaped(str(path)), plugins=plugins)
    return made.within_period()


def assigned(assignments: Mapping[str, Any], earlier: Steps, source: str, plugins: Plugins = ()) -> Steps:
    """Steps of parameters that are given as 'policy.decision.capacity_factor': value, behind their earlier ones.

    What belongs together is not checked. Raises InputError.
    """
    content: dict[str, dict[str, dict[str, Any]]] = {}
    for path, value in assignments.items():
        parts = path.split(".")
        if len(parts) != 3:
            raise InputError(f"{source}: '{brief(path)}' is not a parameter: write section.process.parameter=value")
        section, process, parameter = parts
        if section not in SECTIONS:
            raise InputError(f"{source}: unknown section '{brief(section)}'{nearest(section, list(SECTIONS))}")
        content.setdefault(section, {}).setdefault(process, {})[parameter] = value
    return _steps(read(file_of(plugins), content, source, "."), earlier)


def check_together(steps: Steps, source: str, rules: Iterable[tuple[str, Whole | Ordered]], models: Models) -> None:
    """Raise InputError in the first month in which parameters that belong together do not allow each other.

    rules: of which process, and what belongs together there; models: the numbers of each process.
    """
    for process, rule in rules:
        dated = {parameter: steps[process, parameter] for parameter in rule.parameters}
        known = max(min(values) for values in dated.values())
        for month in sorted({month for values in dated.values() for month in values if month >= known}):
            values = {parameter: in_month(each, month) for parameter, each in dated.items()}
            if fault := rule.fault(values, f" in {clock.label(month)}"):
                section = section_of(process, rule.parameters[0], models)
                raise InputError(f"{source}: {section}.{process}: {fault}")


def in_month(values: Mapping[int, Any], month: int) -> Any:
    """The one of some dated values that holds in a month."""
    return values[max(begin for begin in values if begin <= month)]


def _ancestry(path: Path) -> tuple[Plugins, list[tuple[Path, File]]]:
    """The plug-ins of a file and of those it extends, and these files, nearest first."""
    contents = list(_contents(path))
    plugins: Plugins = ()
    known = []
    for place, content in reversed(contents):  # what a file extends decides which parameters it may give
        plugins = assembly.combined(plugins, _sources(place, content), f"{place}: plugins")
        known.append(plugins)
    forms = map(file_of, reversed(known))
    files = [
        (place, read(form, content, str(place), ".")) for form, (place, content) in zip(forms, contents, strict=True)
    ]
    return plugins, files


def _contents(path: Path) -> Iterator[tuple[Path, Any]]:
    """A file and those it extends with what they hold, nearest first; up to one whose `extends:` cannot be read."""
    seen = []
    while True:
        content = _of_scenario(path, read_yaml(path))
        seen.append(path.resolve())
        yield path, content
        extended = content.get("extends") if isinstance(content, Mapping) else None
        if not isinstance(extended, str) or not extended:
            return
        read(File, {key: content[key] for key in content if key not in SECTIONS}, str(path), ".")
        extends = beside(f"{path}: extends", path.parent, extended)
        if extends.resolve() in seen:
            raise InputError(f"{path}: extends: {extends.name} leads back here: remove one 'extends:' of the circle")
        path = extends


def _sources(path: Path, content: Any) -> list[Source]:
    """Sources of the plug-ins that a file names."""
    named = content.get("plugins") if isinstance(content, Mapping) else None
    if not named:
        return []
    file = read(File, {"plugins": named}, str(path), ".")
    where = f"{path}: plugins"
    return [sources.of(beside(where, path.parent, each, sources.LIKE), where, as_written=each) for each in file.plugins]


def _of_scenario(path: Path, content: Any) -> Any:
    """Content of a file that may be a scenario; of any other file nothing is told. Raises InputError."""
    known = File.written()
    if (
        isinstance(content, Mapping)
        and content
        and not any(key in known or get_close_matches(brief(key), known, 1, 0.7) for key in content)
    ):
        raise InputError(f"{path}: is no scenario: it has none of the keys {', '.join(known)}: give another file")
    return {} if content is None else content


def _heading(file: Heading) -> dict[str, Any]:
    """What a file says of name, title, period, seed and scale."""
    return {key: getattr(file, key) for key in Heading.model_fields if key in file.model_fields_set}


def _steps(file: File, earlier: Steps) -> dict[tuple[str, str], dict[int, Any]]:
    """Steps of the parameters that a file gives: behind the earlier dates of each."""
    return {
        (process, parameter): getattr(given, parameter).after(earlier[process, parameter])
        for section in SECTIONS
        for process, given in getattr(file, section).items()
        for parameter in given.model_fields_set
    }
