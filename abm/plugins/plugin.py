"""A plug-in: what its file declares, each part checked in one line.

WRITES, EVENTS, Params, step       a process, as those of the model, AFTER one of them or INSTEAD_OF one
classes with `decide`              institutions that decide by their own rules: a process that asks each of them
functions under @measure           measures
COLUMNS                            columns that the tables have besides their own: {"newcomers.pupil": column(...)}
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from types import ModuleType
from typing import Any, Literal, get_origin

import numpy as np

from abm.engine.dated import month
from abm.engine.errors import InputError, brief, shown
from abm.engine.forms import read
from abm.engine.params import ProcessParams, about
from abm.engine.table import column
from abm.engine.together import Ordered, Whole
from abm.engine.yaml_input import nearest
from abm.observe.breakdowns import labels
from abm.observe.measure import APART, READ, Measure, Month, Values
from abm.plugins.source import Source
from abm.state import State

TABLES = {name: State.__dataclass_fields__[name].type for name in State.names()}


@dataclass(frozen=True)
class Plugin:
    """A plug-in. Its code runs when a part of it is first asked for."""

    source: Source

    @property
    def name(self) -> str:
        """Name of its file, process and parameters."""
        return self.source.name

    @property
    def digest(self) -> str:
        """SHA-256 of its source."""
        return self.source.digest

    @property
    def module(self) -> ModuleType:
        """Its module. Raises InputError."""
        return self.source.module()

    def given(self, what: str, otherwise: Any) -> Any:
        """What its file declares under a name."""
        return getattr(self.module, what, otherwise)

    @property
    def acts(self) -> bool:
        """Whether it is a process."""
        return bool(self.agents) or hasattr(self.module, "step")

    @property
    def params(self) -> type[ProcessParams] | None:
        """Its numbers."""
        return self.given("Params", None)

    @property
    def columns(self) -> dict[str, dict[str, column]]:
        """Its columns by table and name."""
        found: dict[str, dict[str, column]] = {}
        for path, declared in self.given("COLUMNS", {}).items():
            table, _, name = path.partition(".")
            found.setdefault(table, {})[name] = declared
        return found

    @property
    def writes(self) -> tuple[str, ...]:
        """Columns that it may write."""
        return self.given("WRITES", ())

    @property
    def events(self) -> dict[str, str]:
        """Its events, with the tables of their rows."""
        return self.given("EVENTS", {})

    @property
    def after(self) -> str:
        """The process that it follows; empty where it has the place of another one."""
        return self.given("AFTER", "")

    @property
    def instead_of(self) -> str:
        """The process whose place it has; empty where it follows one."""
        return self.given("INSTEAD_OF", "")

    @cached_property
    def agents(self) -> tuple[type, ...]:
        """Its kinds of agents that decide."""
        found = (each for each in vars(self.module).values() if isinstance(each, type) and hasattr(each, "decide"))
        return tuple(each for each in found if each.__module__.startswith(f"{self.source.package}."))

    @cached_property
    def measures(self) -> tuple[Measure, ...]:
        """Its measures, whose mistakes are told in one line."""
        declared = (each for _, each in APART.get(self._ran, {}).values())
        return tuple(replace(each, values=self._guarded(each)) for each in declared)

    @property
    def read(self) -> set[str]:
        """Events that its measures read."""
        return {event for module, names in READ.items() if module.startswith(f"{self._ran}.") for event in names}

    @property
    def _ran(self) -> str:
        """Its package, once its code has run."""
        return self.module.__name__.rpartition(".")[0]

    def _guarded(self, measure: Measure) -> Values:
        """The values of a measure, which may write nothing."""

        def values(month: Month, wanted: tuple[str, ...]) -> dict[str, np.ndarray]:
            try:
                with month.state.shut():
                    found = {by: np.asarray(each, float) for by, each in measure.values(month, wanted).items()}
            except Exception as error:
                raise self.mistake(f"{self.source.blamed(error)} (measure {measure.name})") from error
            groups = labels(month.state.inputs)
            for by in wanted:
                if by not in found or found[by].shape != (len(groups[by]),):
                    given = f"{found[by].shape}" if by in found else "nothing"
                    wrong = f"gives {given} by {by}, which has {len(groups[by])} groups"
                    raise self.mistake(f"measure {measure.name}: {wrong}: give a value for each")
            return found

        return values

    def mistake(self, words: str) -> InputError:
        """An error that names its file."""
        file = self.source.file
        return InputError(words if words.startswith(file) else f"{file}: {words}")

    def __reduce__(self):  # neither what it made of its code, nor the code, but the source
        return Plugin, (self.source,)

    def __deepcopy__(self, memo) -> "Plugin":
        return self

    def check(self) -> "Plugin":
        """The plug-in itself, if each of its parts is what it should be. Raises InputError."""
        if not self.acts and not self.measures:
            raise self.mistake("holds no process (a function 'step'), no agents and no measures: write one of them")
        if self.agents and hasattr(self.module, "step"):
            raise self.mistake("step: agents that decide are a process by themselves: give the step another file")
        if not callable(self.given("step", callable)):
            raise self.mistake(
                f"step: {shown(self.module.step)} is no function: write 'def step(state, params, draws):'"
            )
        for kind in self.agents:
            if not hasattr(kind, "every"):
                raise self.mistake(f"{kind.__name__}: decides and is no institution: {_INSTITUTIONS}")
        stands = [each for each in ("AFTER", "INSTEAD_OF") if self.given(each, None)]
        if self.acts and len(stands) != 1:
            wrong = "says twice" if stands else "does not say"
            raise self.mistake(f"{wrong} where it stands: write AFTER = 'reception', or INSTEAD_OF = 'housing'")
        for each in stands:
            if not isinstance(self.given(each, None), str):
                raise self.mistake(
                    f"{each}: {shown(self.given(each, None))} is no name of a process: write one in quotes"
                )
        if not self.acts and (stands or self.params or self.columns):
            raise self.mistake("has no 'step': without one it has no place, parameters and columns: write it")
        for name, kind in (("WRITES", tuple), ("EVENTS", Mapping), ("COLUMNS", Mapping)):
            if not isinstance(self.given(name, kind() if kind is tuple else {}), kind):
                raise self.mistake(f"{name}: {shown(self.given(name, None))} is not allowed: {_FORMS[name]}")
            for each in self.given(name, ()):
                if not isinstance(each, str):
                    raise self.mistake(f"{name}: {shown(each)} is not allowed: {_FORMS[name]}")
        for event, table in self.events.items():
            if table not in TABLES:
                hint = nearest(table, list(TABLES))
                raise self.mistake(f"EVENTS: '{brief(event)}' happens to rows of no such table '{brief(table)}'{hint}")
        self._check_columns()
        self._check_params()
        return self

    def _check_columns(self) -> None:
        for path, declared in self.given("COLUMNS", {}).items():
            table, _, name = str(path).partition(".")
            if table not in TABLES or not name.isidentifier() or name.startswith("_"):
                known = ", ".join(TABLES)
                raise self.mistake(f"COLUMNS: '{brief(path)}': write 'table.column', with one of the tables {known}")
            if hasattr(TABLES[table], name):
                raise self.mistake(f"COLUMNS: '{path}': {table} has a '{name}' already: give it another name")
            if not isinstance(declared, column):
                raise self.mistake(f"COLUMNS: '{path}': {shown(declared)} is no column: write column(np.bool_, False)")

    def _check_params(self) -> None:
        model = self.params
        if model is None:
            return
        if not isinstance(model, type) or not issubclass(model, ProcessParams):
            raise self.mistake("Params: is no ProcessParams: write 'class Params(ProcessParams):'")
        for rule in model.TOGETHER:
            if not isinstance(rule, Whole | Ordered):
                raise self.mistake(f"Params.TOGETHER: {shown(rule)} is not allowed: write Whole(...) or Ordered(...)")
            if lacking := set(rule.parameters) - model.model_fields.keys():
                raise self.mistake(f"Params.TOGETHER: '{min(lacking)}': there is no such parameter: correct it")
        for name, declared in model.model_fields.items():
            where = f"Params.{name}"
            if not isinstance(declared.json_schema_extra, dict) or declared.json_schema_extra.keys() < _FACTS:
                raise self.mistake(f"{where}: has no unit, bounds and source: declare it with param(...)")
            kind, facts = declared.annotation, about(declared)
            if kind not in ((bool,) if facts["low"] is None else (int, float)) and get_origin(kind) is not Literal:
                raise self.mistake(f"{where}: make it an int or float with bounds, or a bool or Literal without")
            for value in (declared.default, *facts["dated"].values()):
                read(model, {name: value}, f"{self.source.file}: Params", ".")
            for each in facts["dated"]:
                try:
                    month(each)
                except ValueError as error:
                    raise self.mistake(f"{where}: dated: {error}") from None


_FACTS = {"unit", "source", "lever", "dated", "low", "high", "needs"}
_INSTITUTIONS = "subclass Municipality, Region, Location, Corporation, Complex or Employer, and for people write a step"
_FORMS = {
    "WRITES": "write a tuple of columns, like ('newcomers.pupil',)",
    "EVENTS": "write each event with the table of its rows, like {'started_school': 'newcomers'}",
    "COLUMNS": "write each with its place, like {'newcomers.pupil': column(np.bool_, False)}",
}
