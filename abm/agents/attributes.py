"""Columns as attributes of agents, which convert between stored numbers and values (enum, view, key, month)."""

from collections.abc import Callable
from typing import Any

import numpy as np

from abm.engine.clock import NEVER
from abm.engine.named import Named, NamedNumbers
from abm.engine.table import NO_ROW, UNSET
from abm.tables import homes, residents
from abm.tables.country import Kind
from abm.tables.people import Activity, Reunion, Role, Route, Schooling, Stage, Track

CHOICES: dict[tuple[str, str], type[Named]] = {  # columns that hold an enum, by table
    ("locations", "kind"): Kind,
    ("households", "stage"): Stage,
    ("households", "track"): Track,
    ("households", "reunion"): Reunion,
    ("households", "rule"): homes.Rule,
    ("households", "home"): homes.HomeSize,
    ("households", "tenure"): homes.Tenure,
    ("newcomers", "role"): Role,
    ("newcomers", "schooling"): Schooling,
    ("newcomers", "suits"): Activity,
    ("newcomers", "activity"): Activity,
    ("newcomers", "route"): Route,
    ("complexes", "form"): homes.Form,
    ("complexes", "halt"): homes.Halt,
    ("complexes", "next_use"): homes.NextUse,
    ("residents", "age"): residents.Age,
    ("residents", "schooling"): residents.Attained,
    ("residents", "income"): residents.Income,
}
VIEWS: dict[str, type] = {}  # table -> class of its views, which agents.py fills
_ROW_OF = "row of "  # prefix of the unit of a column that refers to another table


class Attribute:
    """A number per row: a column, or the result of `derived(state, rows)`."""

    def __init__(self, table: str, name: str, doc: str, derived: Callable | None = None):
        self.table, self.name, self.__doc__, self.derived = table, name, doc, derived

    def __get__(self, view, owner=None):
        return self if view is None else self.decode(view.model, self.numbers(view.model.state, view.row))

    def __set__(self, view, value) -> None:
        self.write(view.model, view.row, value)

    def numbers(self, state, rows) -> Any:
        """The numbers stored for a row or rows; looked up each time, because tables grow."""
        return self.derived(state, rows) if self.derived else getattr(getattr(state, self.table), self.name)[rows]

    def write(self, model, rows, value) -> None:
        """Store a value in a row or rows; AttributeError if the attribute is derived."""
        if self.derived:
            raise AttributeError(f"{self.name} follows from other columns and cannot be written")
        getattr(getattr(model.state, self.table), self.name)[rows] = self.encode(model, value)

    def decode(self, model, number) -> Any:
        """The value that a stored number stands for."""
        return number.item()

    def decode_many(self, model, numbers: np.ndarray) -> Any:
        """Values of numbers (n,), in a type wide enough to add them up."""
        return numbers.astype(np.int64) if numbers.dtype.kind == "i" else numbers

    def encode(self, model, value) -> Any:
        """The number to store for a value."""
        return value


class Choice(Attribute):
    """A member of an enum, equal to its name; UNSET where there is none. For many rows numbers that equal the members
    and their names.
    """

    @property
    def choices(self) -> type[Named]:
        """The enum."""
        return CHOICES[self.table, self.name]

    def decode(self, model, number) -> Any:
        return UNSET if number == UNSET else self.choices(number)

    def decode_many(self, model, numbers: np.ndarray) -> NamedNumbers:
        return NamedNumbers.of(super().decode_many(model, numbers), self.choices)

    def encode(self, model, value) -> Any:
        return UNSET if not isinstance(value, str) and value == UNSET else self.choices.of(value)


class Moment(Attribute):
    """A month since January 2015, or None for NEVER; for many rows their numbers, NEVER included."""

    def decode(self, model, number) -> Any:
        return None if number == NEVER else super().decode(model, number)

    def encode(self, model, value) -> Any:
        return NEVER if value is None else value


class Reference(Attribute):
    """The view of a row in another table, or None where there is none."""

    def __init__(self, table: str, name: str, doc: str, to: str):
        super().__init__(table, name, doc)
        self.to = to

    def decode(self, model, number) -> Any:
        return None if number == NO_ROW else VIEWS[self.to].at(model, int(number))

    def decode_many(self, model, numbers: np.ndarray) -> list:
        return [self.decode(model, number) for number in numbers.tolist()]

    def encode(self, model, value) -> int:
        if value is None:
            return NO_ROW
        if not isinstance(value, VIEWS[self.to]) or value.model is not model:
            raise TypeError(f"{self.name} takes one of the {self.to} of the same model, or None; not {value!r}")
        return value.row


class Key(Attribute):
    """The key of an origin, from its row in the facts on origins."""

    def decode(self, model, number) -> str:
        return model.state.inputs.origins["origin"].iat[number]

    def decode_many(self, model, numbers: np.ndarray) -> np.ndarray:
        return model.state.inputs.origins["origin"].to_numpy(object)[numbers]

    def encode(self, model, value: str) -> int:
        return model.state.inputs.origins["origin"].tolist().index(value)


class Fact:
    """A read-only fact about a row, from the table of the same name in state.inputs."""

    def __init__(self, column: str, doc: str):
        self.column, self.__doc__ = column, doc

    def __get__(self, view, owner=None):
        return self if view is None else getattr(view.model.state.inputs, view.table)[self.column].iat[view.row]

    def __set__(self, view, value) -> None:
        raise AttributeError(f"{self.column} is a fact and cannot be written")


def attribute(table: str, name: str, declared) -> Attribute:
    """The attribute for a declared column; its kind follows from the name and unit of the column."""
    doc = f"{declared.doc} [{declared.unit}]" if declared.unit else declared.doc
    to = declared.unit.removeprefix(_ROW_OF)
    if to == "origins":
        return Key(table, name, doc)
    if declared.unit.startswith(_ROW_OF):
        return Reference(table, name, doc, to)
    if declared.unit == "month":
        return Moment(table, name, doc)
    return (Choice if (table, name) in CHOICES else Attribute)(table, name, doc)
