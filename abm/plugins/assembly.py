"""The plug-ins of a scenario together: the chain, the tables, the parameters and the measures of its runs.

They are in the order of their names, so that it does not matter which file names them first.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any

from abm.chain import CHAIN, EVENTS, name
from abm.engine import clock
from abm.engine.errors import InputError, brief, shown
from abm.engine.needs import Need
from abm.engine.params import ProcessParams, about, section
from abm.engine.table import Table
from abm.engine.yaml_input import nearest
from abm.measures import MEASURES
from abm.observe.measure import Measure, Month
from abm.plugins import source as sources
from abm.plugins.plugin import TABLES, Plugin
from abm.plugins.process import Process
from abm.plugins.source import Source

Plugins = tuple[Plugin, ...]


def combined(plugins: Plugins, more: Iterable[Source], where: str) -> Plugins:
    """Some plug-ins and others, once each, if they go together. Raises InputError; where: who asks for the others."""
    found = {each.name: each for each in plugins}
    for source in more:
        before = found.setdefault(source.name, Plugin(source))
        if before.source != source:
            raise InputError(
                f"{where}: {before.source.file} and {source.file} are two plug-ins of one name: rename one of them"
            )
    made = tuple(found[each] for each in sorted(found))
    check(made)
    return made


@cache
def check(plugins: Plugins) -> None:
    """Raise InputError where a plug-in is not what it should be, or does not go together with the others."""
    for plugin in plugins:
        plugin.check()
    _check_names(plugins)
    _check_places(plugins)
    _check_needs(plugins)
    events = EVENTS | {event: table for plugin in plugins for event, table in plugin.events.items()}
    columns = {table: set(of.columns()) for table, of in TABLES.items()}
    for plugin in plugins:
        for table, more in plugin.columns.items():
            columns[table] |= more.keys()
    for plugin in plugins:
        for path in plugin.writes:
            table, dot, column = str(path).partition(".")
            if table not in columns or dot and column not in columns[table]:
                known = [f"{table}.{each}" for each in sorted(columns[table])] if table in columns else list(columns)
                raise plugin.mistake(f"WRITES: '{brief(path)}': there is no such column{nearest(str(path), known)}")
        if unknown := plugin.read - events.keys():
            hint = nearest(min(unknown), list(events))
            raise plugin.mistake(f"event '{brief(min(unknown))}': no process has it among its EVENTS{hint}")


def _check_names(plugins: Plugins) -> None:
    """Raise InputError where two things have one name, or one place."""
    owners: dict[tuple[str, str], str] = {("process", name(process)): "the model" for process in CHAIN}
    owners |= {("process", "start"): "the model"} | {("measure", each.name): "the model" for each in MEASURES}
    for plugin in plugins:
        named = [("process", plugin.name)] + [("measure", each.name) for each in plugin.measures]
        named += [("column", f"{table}.{each}") for table, more in plugin.columns.items() for each in more]
        named += [("plug-in instead of", plugin.instead_of)] if plugin.instead_of else []
        named += [("kind of agent for", kind.table) for kind in plugin.agents]
        for what in named:
            if what in owners:
                raise plugin.mistake(f"{owners[what]} has a {what[0]} {what[1]} already: give one of them another name")
            owners[what] = plugin.source.file
        for event, table in plugin.events.items():
            if EVENTS.get(event, table) != table:
                raise plugin.mistake(
                    f"EVENTS: '{event}' happens to rows of {EVENTS[event]}: write that, or another name"
                )


def _check_places(plugins: Plugins) -> None:
    """Raise InputError where a plug-in has no place in the chain."""
    processes = {name(process): process for process in CHAIN}
    for plugin in plugins:
        if plugin.instead_of and plugin.instead_of not in processes:
            hint = nearest(plugin.instead_of, list(processes))
            raise plugin.mistake(f"INSTEAD_OF: there is no process '{brief(plugin.instead_of)}'{hint}")
        if plugin.instead_of and (lost := processes[plugin.instead_of].EVENTS.keys() - plugin.events.keys()):
            raise plugin.mistake(
                f"EVENTS: lacks '{min(lost)}', which {plugin.instead_of} has and others read: "
                "add it, also where it never happens"
            )
    chain(plugins)


def _check_needs(plugins: Plugins) -> None:
    """Raise InputError where a parameter of a plug-in needs something that is no parameter."""
    models = {name(process): process.Params for process in CHAIN} | params(plugins)
    known = [
        f"{section(declared)}.{process}.{each}"
        for process, model in models.items()
        for each, declared in model.model_fields.items()
    ]
    for plugin in plugins:
        for each, declared in plugin.params.model_fields.items() if plugin.params else ():
            for need in about(declared)["needs"]:
                if not isinstance(need, Need):
                    raise plugin.mistake(f"Params.{each}: needs: {shown(need)} is not allowed: write Need(...)")
                if need.parameter not in known:
                    hint = nearest(str(need.parameter), known)
                    raise plugin.mistake(
                        f"Params.{each}: needs: '{brief(need.parameter)}': there is no such parameter{hint}"
                    )


def chain(plugins: Plugins, base: tuple = CHAIN, host: object = None) -> tuple:
    """The processes of a month of one run; host: the model that has its agents. Raises InputError."""
    if not plugins:
        return base
    kinds = tuple(kind for plugin in plugins for kind in plugin.agents)
    shared = [] if host is None else [host]
    made = {plugin.name: Process(plugin, kinds, shared) for plugin in plugins if plugin.acts}
    replaced = {each.plugin.instead_of: each for each in made.values() if each.plugin.instead_of}

    def and_followers(process, place: str) -> Iterator:
        yield process
        for each in made.values():  # in the order of their names
            if each.plugin.after and each.plugin.after in (name(process), place):
                yield from and_followers(each, each.plugin.name)

    found = tuple(each for one in base for each in and_followers(replaced.get(name(one), one), name(one)))
    for each in made.values():
        if each not in found:
            known = [name(process) for process in base] + [other for other in made if other != each.plugin.name]
            wanted = each.plugin.after or each.plugin.instead_of
            key = "AFTER" if each.plugin.after else "INSTEAD_OF"
            hint = ", which comes nowhere itself" if wanted in made else nearest(wanted, known)
            raise each.plugin.mistake(f"{key}: there is no process '{brief(wanted)}' in the chain{hint}")
    return found


def tables(plugins: Plugins) -> dict[str, Table]:
    """Empty tables, of those that have more columns."""
    more: dict[str, dict] = {}
    for plugin in plugins:
        for table, columns in plugin.columns.items():
            more[table] = more.get(table, {}) | columns
    return {table: TABLES[table].widened(columns) for table, columns in more.items()}


def measures(plugins: Plugins) -> tuple[Measure, ...]:
    """All measures of a run."""
    return MEASURES + tuple(each for plugin in plugins for each in plugin.measures)


def params(plugins: Plugins) -> dict[str, type[ProcessParams]]:
    """Numbers of the plug-ins by name."""
    return {plugin.name: plugin.params for plugin in plugins if plugin.params}


def digests(plugins: Plugins) -> dict[str, str]:
    """Digests of the sources by name, as they stand in the canonical form of a scenario."""
    return {plugin.name: plugin.digest for plugin in plugins}


def described(plugins: Plugins) -> dict[str, dict]:
    """The plug-ins as they stand in records: path, digest, and what shows their numbers without their source."""
    return {
        plugin.name: {
            "path": plugin.source.path,
            "digest": plugin.digest,
            "parameters": {
                f"{section(declared)}.{plugin.name}.{each}": {
                    "unit": about(declared)["unit"],
                    "meaning": declared.description,
                    "default": {clock.label(0): declared.default} | about(declared)["dated"],
                }
                for each, declared in (plugin.params.model_fields if plugin.params else {}).items()
            },
            "measures": {
                each.name: {"unit": each.unit, "en": each.label, "nl": each.label_nl, "by": list(each.by)}
                | ({"floors": dict(each.floors)} if each.floors else {})
                for each in plugin.measures
            },
        }
        for plugin in plugins
    }


def of_record(record: Mapping[str, Any]) -> tuple[Measure, ...]:
    """The measures of the plug-ins that a record names, to be shown and not to be taken again."""
    return tuple(
        Measure(
            each, about["unit"], about["en"], about["nl"], tuple(about["by"]), _refuse, floors=about.get("floors", {})
        )
        for plugin in record.get("plugins", {}).values()
        for each, about in plugin["measures"].items()
    )


def parameters_of_record(record: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The parameters of the plug-ins that a record names: unit, meaning and default by path."""
    return {
        path: about for plugin in record.get("plugins", {}).values() for path, about in plugin["parameters"].items()
    }


def _refuse(month: Month, wanted: tuple[str, ...]) -> dict:
    raise NotImplementedError("a measure of a record has no function")


def sources_of(given: object, where: str) -> list[Source]:
    """Sources of a path or module, or of several. Raises InputError."""
    several = given if isinstance(given, list | tuple) else [given]
    return [each.source if isinstance(each, Plugin) else sources.of(each, where) for each in several]
