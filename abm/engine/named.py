"""Numbers with a name: members of an enum, alone or in a column, that are equal to their number and to their name."""

from contextlib import suppress
from enum import IntEnum
from typing import Any

import numpy as np

from abm.engine.errors import InputError, shown
from abm.engine.yaml_input import nearest


class Named(IntEnum):
    """A member that is equal to its number and to its name; comparing it with any other text raises InputError.

    Its hash is that of the number: look names up in a list or a tuple, not in a set.
    """

    def __eq__(self, other: object) -> bool:
        return int(self) == (int(type(self).of(other)) if isinstance(other, str) else other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = int.__hash__

    @classmethod
    def of(cls, value: Any) -> "Named":
        """The member with this name or number. Raises InputError."""
        known = cls.__members__
        with suppress(TypeError, ValueError, KeyError):
            return known[value] if isinstance(value, str) else cls(value)
        hint = nearest(value, list(known)) if isinstance(value, str) else f": choose from {', '.join(known)}"
        raise InputError(f"{shown(value)} is no {cls.__name__}{hint}")


class NamedNumbers(np.ndarray):
    """A column of members as their numbers, (n,), which can be compared with members, numbers and names.

    A name is understood by ==, != and numpy.isin. Whatever else is made of it is a plain array.
    """

    choices: type[Named] | None = None

    @classmethod
    def of(cls, numbers: np.ndarray, choices: type[Named]) -> "NamedNumbers":
        """Numbers (n,) as members of an enum."""
        found = np.asarray(numbers).view(cls)
        found.choices = choices
        return found

    def __array_finalize__(self, source: Any) -> None:
        self.choices: Any = getattr(source, "choices", None)

    def __reduce__(self):
        return NamedNumbers.of, (np.asarray(self), self.choices)

    def __array_ufunc__(self, ufunc, method, *inputs, out=None, **options):
        plain = {} if out is None else {"out": tuple(map(_plain, out))}
        return getattr(ufunc, method)(*map(self._number, inputs), **plain, **options)

    def __array_function__(self, func, types, args, kwargs):
        if func is np.isin:
            return func(*map(self._number, args), **{name: self._number(value) for name, value in kwargs.items()})
        return super().__array_function__(func, types, args, kwargs)

    def _number(self, value: Any) -> Any:
        """What a value, or each value of a collection, stands for, without names. Raises InputError."""
        if isinstance(value, str):
            assert self.choices is not None
            return int(self.choices.of(value))
        if isinstance(value, (list, tuple, set, frozenset)):
            return [self._number(each) for each in value]
        if isinstance(value, np.ndarray) and value.dtype.kind in "UO":
            return np.array([self._number(each) for each in value.tolist()])
        return _plain(value)


def _plain(value: Any) -> Any:
    return np.asarray(value) if isinstance(value, NamedNumbers) else value
