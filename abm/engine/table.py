"""Populations as structs of arrays: rows are only appended, so a row number is a lasting reference.

Only abm/people/archive.py removes rows, between two months of a run, when nothing else refers to row numbers.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Self, overload

import numpy as np

FIRST_CAPACITY = 64
NO_ROW = -1  # in a column of row numbers: no row
UNSET = -1  # in a column of codes, counts or shares, which are never negative: not set or not known


def written(*parts: str | tuple[str, ...]) -> tuple[str, ...]:
    """Columns that a process may write, without duplicates: its own ('households.stage', or 'households' for a whole
    table) and the WRITES of the modules that it calls.
    """
    named = dict.fromkeys(each for part in parts for each in ((part,) if isinstance(part, str) else part))
    return tuple(each for each in named if "." not in each or each.partition(".")[0] not in named)


class column:
    """A declared column: dtype, default, unit and meaning. Reading it from a table gives the live array."""

    def __init__(self, dtype, default=0, unit: str = "", doc: str = ""):
        self.dtype, self.default, self.unit, self.doc = np.dtype(dtype), default, unit, doc

    def __set_name__(self, owner, name):
        self.name = name

    @overload
    def __get__(self, table: None, owner: type) -> Self: ...
    @overload
    def __get__(self, table: "Table", owner: type) -> np.ndarray: ...
    def __get__(self, table: "Table | None", owner: type | None = None) -> "Self | np.ndarray":
        return self if table is None else table._live[self.name]

    def __set__(self, table, value):
        raise AttributeError(f"write into the column in place: table.{self.name}[rows] = ...")


class _Open(dict):
    """Writable views of the first `size` rows of stored columns, by name, each made when it is first asked for."""

    def __init__(self, store: Mapping[str, np.ndarray], size: int):
        super().__init__()
        self.store, self.size = store, size

    def __missing__(self, name: str) -> np.ndarray:
        view = self[name] = self.store[name][: self.size]
        return view


class _Shut(_Open):
    """The same views, but read-only."""

    def __missing__(self, name: str) -> np.ndarray:
        view = self[name] = self.store[name][: self.size]
        view.flags.writeable = False
        return view


class _Chosen(dict):
    """Views of which only the named ones are writable."""

    def __init__(self, writable: _Open, others: _Shut, names: frozenset[str]):
        super().__init__()
        self.writable, self.others, self.names = writable, others, names

    def __missing__(self, name: str) -> np.ndarray:
        view = self[name] = (self.writable if name in self.names else self.others)[name]
        return view


_NUMBER = (int, float)
_NONE: frozenset[str] = frozenset()


class Table:
    """A struct of arrays: subclasses declare columns, `add` appends rows, and columns are read as live views."""

    def __init__(self):
        self._size = 0
        self._writable: frozenset[str] | None = None  # None: every column may be written
        self._store = {name: np.full(FIRST_CAPACITY, c.default, c.dtype) for name, c in self.columns().items()}
        self._refresh()

    @classmethod
    def columns(cls) -> dict[str, column]:
        """The declared columns by name, in the order of declaration."""
        return {n: c for base in reversed(cls.__mro__) for n, c in vars(base).items() if isinstance(c, column)}

    @classmethod
    def widened(cls, more: Mapping[str, column]) -> "Table":
        """An empty table of this kind with more columns."""

        def reduced(table: Table) -> tuple:  # no module has a class of this name to be found again
            return cls.widened, (more,), table.__getstate__()

        return type(cls.__name__, (cls,), {**more, "__reduce__": reduced})()

    def __len__(self) -> int:
        return self._size

    def add(self, count: int, **values) -> np.ndarray:
        """Append `count` rows and return their numbers; columns that are not given get their default.

        Raises KeyError for an unknown column and ValueError for a wrong length or where the table may not grow.
        """
        store, first, last = self._store, self._size, self._size + count
        if not values.keys() <= store.keys():
            raise KeyError(f"{type(self).__name__} has no column {sorted(values.keys() - store.keys())}")
        if self._writable is not None:
            raise ValueError(f"{type(self).__name__} is read-only here: rows can be added where WRITES names the table")
        for name, value in values.items():  # all checked before any is written
            shape = value.shape if type(value) is np.ndarray else () if isinstance(value, _NUMBER) else np.shape(value)
            if shape != (count,) and shape not in ((), (1,)):
                raise ValueError(f"{type(self).__name__}.{name}: {shape} cannot be broadcast to {count} rows")
        rows = np.arange(first, last)
        if count:
            self._reserve(last)
            for name, value in values.items():
                store[name][first:last] = value
            self._size = last
            self._refresh()
        return rows

    def keep(self, wanted: np.ndarray) -> None:
        """Keep the rows flagged in `wanted`, (rows,) bool, in order, and remove the others; row numbers change.

        Raises ValueError where the table may not change.
        """
        if self._writable is not None:
            raise ValueError(f"{type(self).__name__} is read-only here: rows can be removed between months only")
        rows = np.flatnonzero(wanted)
        for name, declared in self.columns().items():
            stored = self._store[name]
            stored[: len(rows)] = stored[rows]
            stored[len(rows) : self._size] = declared.default
        self._size = len(rows)
        self._refresh()

    def writable(self, names: Iterable[str] | None) -> None:
        """Make only the named columns writable (None: all)."""
        wanted = self._writable = None if names is None else frozenset(names)
        live = self._views.get(wanted)
        if live is None:
            live = self._views[wanted] = _Chosen(self._open, self._shut, wanted or _NONE)
        self._live = live

    def shut(self) -> None:
        """Make no column writable."""
        self._writable, self._live = _NONE, self._shut

    def views(self, pick: Callable[[dict], tuple], written: Iterable[tuple[int, str]]) -> Sequence[np.ndarray]:
        """The columns that `pick` takes, read-only but for those in `written` (position, name) that may be written."""
        if not written:
            return pick(self._shut)
        found = list(pick(self._shut))
        for place, name in written:
            found[place] = self._live[name]
        return found

    def _reserve(self, size: int) -> None:
        """Enlarge every column to hold at least `size` rows; new rows hold the defaults."""
        capacity = len(next(iter(self._store.values())))
        if size <= capacity:
            return
        while capacity < size:
            capacity *= 2
        for name, declared in self.columns().items():
            larger = np.full(capacity, declared.default, declared.dtype)
            larger[: self._size] = self._store[name][: self._size]
            self._store[name] = larger

    def _refresh(self) -> None:
        """Renew the live views, writable and read-only ones, after the length or the storage changed."""
        self._open, self._shut = _Open(self._store, self._size), _Shut(self._store, self._size)
        self._views: dict[frozenset[str] | None, dict[str, np.ndarray]] = {None: self._open, _NONE: self._shut}
        self.writable(self._writable)

    def __getstate__(self):
        return {"size": self._size, "store": {n: a[: self._size].copy() for n, a in self._store.items()}}

    def __setstate__(self, saved):
        Table.__init__(self)
        self.add(saved["size"], **saved["store"])
