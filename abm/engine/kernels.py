"""Compiled loops over columns: how Python calls them, and those that several rooms share.

Twins in tests/engine/test_kernels.py are the oracle.
"""

from collections.abc import Callable
from functools import cached_property, partial, update_wrapper
from inspect import signature
from itertools import count
from operator import itemgetter

import numpy as np
from numba import njit, typeof

from abm.engine.params import ProcessParams
from abm.engine.table import Table

_WORD = 8  # flags of one byte that are looked at as one number


class Kernel:
    """A compiled loop that Python calls: it can write the arrays that it names, and reads the others.

    It is compiled as if the others could only be read, which serves for arrays that can be written too: so one variant
    does, whatever WRITES allows in the process that calls it. A parameter that is annotated with a named tuple takes a
    table, of which the loop gets the columns of these names, or params, of which it gets the numbers (as the tuple
    declares them), or such a tuple. Compiled code can call a kernel as it calls any compiled function.
    """

    def __init__(self, function: Callable, writes: tuple[str, ...], options: dict):
        update_wrapper(self, function)
        self.compiled = njit(cache=True, **options)(function)
        self.writes, self._options = frozenset(writes), options
        self._known: set[tuple[type, ...]] = set()  # kinds of arguments that it is compiled for
        self._names, self._columns, paths = [], {}, set()
        for place, (name, parameter) in enumerate(signature(function).parameters.items()):
            self._names.append(name)
            paths.add(name)
            if fields := getattr(parameter.annotation, "_fields", ()):
                self._columns[place] = _Columns(parameter.annotation, name, self.writes)
                paths |= {f"{name}.{field}" for field in fields}
        if not self.writes <= paths:
            raise ValueError(f"{self.__name__} has no {sorted(self.writes - paths)}: it has {sorted(paths)}")

    @cached_property
    def _numba_type_(self):
        """What compiled code takes it for: the same loop, compiled for what that code gives it."""
        self._inside = njit(cache=True, **self._options)(self.__wrapped__)  # a type alone would not keep it
        return self._inside._numba_type_

    def __call__(self, *arguments):
        """Run the loop. Raises ValueError where an array that it writes can only be read."""
        if len(arguments) != len(self._names):
            raise TypeError(f"{self.__name__} takes {len(self._names)} arguments, not {len(arguments)}")
        if self._columns:
            arguments = list(arguments)
            for place, columns in self._columns.items():
                arguments[place] = columns(arguments[place])
        kinds = tuple(map(type, arguments))
        if kinds not in self._known:  # or a number of another kind would be converted without a word
            self._compile(arguments)
            self._known.add(kinds)
        try:
            return self.compiled(*arguments)
        except TypeError:  # no variant for these arrays, or two that would do
            return self.compiled(*self._compile(arguments))

    def _compile(self, arguments) -> list:
        """Compile the loop for these arguments, or find it on disk; returns them as it takes them."""
        found = [self._checked(*each) for each in zip(count(), self._names, arguments, strict=False)]
        self.compiled.disable_compile(False)
        self.compiled.compile(tuple(map(typeof, found)))
        self.compiled.disable_compile()  # so that arrays that can be written are taken for ones that can be read
        return found

    def _checked(self, place: int, name: str, value):
        """An argument as the loop takes it: read-only unless it is written."""
        if isinstance(value, tuple) != (place in self._columns):
            raise TypeError(f"{self.__name__}: a tuple needs a named tuple as annotation, here of '{name}'")
        pairs = [(name, value)]
        if isinstance(value, tuple):
            pairs = [(f"{name}.{field}", each) for field, each in zip(value._fields, value, strict=True)]
        for path, each in pairs:
            if path in self.writes and not each.flags.writeable:
                raise ValueError(f"{self.__name__} writes {path}, which is read-only here: WRITES has to name it")
        return value if name in self.writes else _shut(value)  # those of a tuple are so already


class _Columns:
    """What makes an argument into the named tuple that a kernel declares."""

    def __init__(self, kind: type, name: str, writes: frozenset[str]):
        self.kind, self.pick = kind, itemgetter(*kind._fields)
        self.written = [(k, field) for k, field in enumerate(kind._fields) if f"{name}.{field}" in writes]
        numbers = {field: each for field, each in kind.__annotations__.items() if each in (int, float, bool)}
        ways = dict.fromkeys(kind._fields, _shut) | numbers | {field: _same for _, field in self.written}
        self.ways = [ways[field] for field in kind._fields]
        self.params, self.numbers = None, ()  # those of last time

    def __call__(self, given) -> tuple:
        if isinstance(given, Table):
            return self.kind._make(given.views(self.pick, self.written))
        if isinstance(given, ProcessParams):  # the same ones for months, and nobody changes them
            if given is not self.params:
                self.params = given
                self.numbers = self.made([getattr(given, field) for field in self.kind._fields])
            return self.numbers
        return self.made(given)

    def made(self, values) -> tuple:
        """The named tuple of values in the order of its fields."""
        return self.kind._make([way(each) for way, each in zip(self.ways, values, strict=True)])


def _same(value):
    return value


def _shut(value):
    """An array as a view that can only be read; anything else as it is."""
    if isinstance(value, np.ndarray) and value.flags.writeable:
        value = value.view()
        value.flags.writeable = False
    return value


def kernel(function: Callable | None = None, *, writes: tuple[str, ...] = (), **options) -> Kernel | Callable:
    """Compile a loop that Python calls; what is compiled is kept on disk.

    writes: the arrays, and the columns ("people.adult"), that it changes in place; options: those of numba.njit. What
    only compiled code calls needs no more than `njit(cache=True)`.
    """
    if function is None:
        return partial(kernel, writes=writes, **options)
    return Kernel(function, writes, options)


@njit(cache=True)
def whole_words(count):
    """How many flags to make for `count` rows, so that they can be looked at as whole numbers."""
    return (count + _WORD - 1) // _WORD * _WORD


@njit(cache=True)
def flagged(flag):
    """Rows, (n,) int64 ascending, where a flag is set; flag: (whole words,) bool."""
    words = flag.view(np.uint64)
    rows, found = np.empty(_ones(flag) + 1, np.int64), 0
    for word in range(len(words)):
        if words[word]:
            for i in range(word * _WORD, (word + 1) * _WORD):
                rows[found] = i
                found += flag[i]
    return rows[:found]


@njit(cache=True)
def _ones(flag):
    """How many flags are set."""
    count = 0
    for i in range(len(flag)):
        count += flag[i]
    return count


@kernel
def placed(location):
    """Rows, (n,) int64 ascending, of the households in reception; location: whole column, negative where none."""
    flag = np.empty(whole_words(len(location)), np.bool_)
    flag[len(location) :] = False
    for i in range(len(location)):
        flag[i] = location[i] >= 0
    return flagged(flag)


def numbered(rows: np.ndarray, households: int) -> np.ndarray:
    """Place in `rows` of each household, (households,) int32; -1 for the others."""
    number = np.full(households, -1, np.int32)
    number[rows] = np.arange(len(rows))
    return number


def members_of(rows: np.ndarray, household: np.ndarray) -> np.ndarray:
    """Rows of the persons, (n,) int64 ascending, of a few households (rows, (n,) in any order).

    household: whole column of persons, ascending: a household enters with its members, and both tables only grow.
    """
    rows = np.sort(rows).astype(household.dtype)
    first, end = (np.searchsorted(household, rows, side) for side in ("left", "right"))
    sizes = end - first
    return np.repeat(end - np.cumsum(sizes), sizes) + np.arange(sizes.sum())


@kernel
def chosen(flag, one, other):
    """Of two columns, (n,) each, the one where `flag` is set and the other elsewhere: several rows at once."""
    found = np.empty_like(other)
    for i in range(len(flag)):
        found[i] = one[i] if flag[i] else other[i]
    return found


@kernel
def parted(rows, flag):
    """Rows where `flag` (whole column) is set, and the others: without branches, as in _waiting."""
    set_, unset, count = np.empty(len(rows) + 1, np.int64), np.empty(len(rows) + 1, np.int64), 0
    for k in range(len(rows)):
        set_[count] = unset[k - count] = rows[k]
        count += flag[rows[k]]
    return set_[:count].copy(), unset[: len(rows) - count].copy()
