"""Compiled loops over columns: how Python calls them, and those that several rooms share.

Twins in tests/engine/test_kernels.py are the oracle.
"""

from collections.abc import Callable, Sequence
from functools import cached_property, partial, update_wrapper, wraps
from inspect import signature
from itertools import count
from operator import itemgetter
from typing import Any, overload

import numpy as np

from abm.engine.clock import MONTHS
from abm.engine.compiled import Loop, is_off, njit
from abm.engine.params import ProcessParams
from abm.engine.table import Table

_WORD = 8  # one-byte flags that are read as one number
_LATER = MONTHS << 12  # months that make a difference of two months positive
_PART, _FRACTION = np.uint64((1 << 32) // MONTHS + 1), np.uint64(0xFFFFFFFF)  # 1/12 and its bits, in units of 2**-32
_EACH, _HIGHEST = np.uint64(0x0101010101010101), np.uint64(56)  # one in each byte, and the place of the highest byte
_ONE = np.uint64(1)
_PLAIN = 0x103  # flags of an array that is aligned and contiguous, by rows and by columns


class Kernel:
    """A compiled loop that Python calls: it may write the arrays that it names, and only reads the others.

    It is compiled once, with the other arrays read-only, whatever WRITES allows in the process that calls it; writable
    arrays are accepted too. A parameter annotated with a named tuple takes such a tuple, a table (the loop gets the
    columns with the names of its fields) or params (the loop gets the numbers, of the types that the tuple declares).
    Compiled code can call a kernel like any compiled function.
    """

    __name__: str
    __wrapped__: Callable

    def __init__(self, function: Callable, writes: tuple[str, ...], options: dict):
        update_wrapper(self, function)
        self.writes, self._options = frozenset(writes), options
        self._variants: dict[tuple, Callable] = {}  # compiled loops by the types of arguments
        self._names, self._columns, paths = [], {}, set()
        for place, (name, parameter) in enumerate(signature(function).parameters.items()):
            self._names.append(name)
            paths.add(name)
            if fields := getattr(parameter.annotation, "_fields", ()):
                self._columns[place] = _Columns(parameter.annotation, name, self.writes)
                paths |= {f"{name}.{field}" for field in fields}
        if not self.writes <= paths:
            raise ValueError(f"{self.__name__} has no {sorted(self.writes - paths)}: it has {sorted(paths)}")
        split = [path.partition(".") for path in writes]
        places = [(self._names.index(name), field) for name, _, field in split]
        self._written = [(k, self._columns[k].kind._fields.index(each) if each else None) for k, each in places]

    @cached_property
    def compiled(self) -> Any:
        """The loop that Python calls; Numba is imported at the first call."""
        return Loop(self.__wrapped__, self._options, kept=True).dispatcher

    @cached_property
    def _inside(self) -> Loop:
        return Loop(self.__wrapped__, self._options)

    @property
    def _numba_type_(self):
        """Type of the kernel in compiled code: the same loop, compiled for the arguments that it gets there."""
        return self._inside._numba_type_

    def __call__(self, *arguments) -> Any:
        """Run the loop. Raises ValueError where an array that it writes is read-only."""
        taken, kinds = list(arguments), []
        for place, given in enumerate(arguments):
            if place in self._columns:
                taken[place], kind = self._columns[place].taken(given)
                kinds.append(kind)
            elif type(given) is np.ndarray and given.ndim == 1 and given.flags.num & _PLAIN == _PLAIN:
                kinds.append(given.dtype)
            else:
                kinds.append(_kind(given))
        variant = self._variants.get(tuple(kinds))
        if variant is None:
            variant = self._variants[tuple(kinds)] = self._compile(taken)
        elif self._written and not self._may_write(taken):
            self._compile(taken)  # which says what is wrong
        return variant(*taken)

    def _may_write(self, taken: Sequence) -> bool:
        """Whether the arrays that the loop writes can be written."""
        for place, field in self._written:
            each = taken[place] if field is None else taken[place][field]
            if not each.flags.writeable:
                return False
        return True

    def converted(self, arguments: Sequence) -> Sequence:
        """The arguments, with named tuples in place of tables and params."""
        self._counted(arguments)
        found = list(arguments)
        for place, columns in self._columns.items():
            found[place] = columns(found[place])
        return found

    def _counted(self, arguments: Sequence) -> None:
        """Raise TypeError for more or fewer arguments than the loop takes."""
        if len(arguments) != len(self._names):
            raise TypeError(f"{self.__name__} takes {len(self._names)} arguments, not {len(arguments)}")

    def _compile(self, arguments: Sequence) -> Callable:
        """Compile the loop for these arguments, or load it from disk: what runs it for arguments of these types.

        Called directly, not through the dispatcher, which would look at the type of every array at each call.
        """
        from numba import typeof

        self._counted(arguments)
        found = [self._checked(*each) for each in zip(count(), self._names, arguments, strict=False)]
        return self.compiled.compile(tuple(map(typeof, found)))

    def _checked(self, place: int, name: str, value):
        """An argument as the loop takes it: read-only unless it is written."""
        if isinstance(value, tuple) != (place in self._columns):
            raise TypeError(f"{self.__name__}: a tuple needs a named tuple as annotation, here of '{name}'")
        pairs = [(name, value)]
        if isinstance(value, tuple):
            fields = self._columns[place].kind._fields
            pairs = [(f"{name}.{field}", each) for field, each in zip(fields, value, strict=True)]
        for path, each in pairs:
            if path in self.writes and not each.flags.writeable:
                raise ValueError(f"{self.__name__} writes {path}, which is read-only here: WRITES has to name it")
        return value if name in self.writes else _read_only(value)  # arrays in a tuple already are


class _Columns:
    """Converter of an argument to the named tuple that a kernel declares."""

    def __init__(self, kind: type, name: str, writes: frozenset[str]):
        self.kind, self.pick = kind, itemgetter(*kind._fields)
        self.written = [(k, field) for k, field in enumerate(kind._fields) if f"{name}.{field}" in writes]
        numbers = {field: each for field, each in kind.__annotations__.items() if each in (int, float, bool)}
        ways = dict.fromkeys(kind._fields, _read_only) | numbers | {field: _same for _, field in self.written}
        self.ways = [ways[field] for field in kind._fields]
        self.only_numbers = len(numbers) == len(kind._fields)
        self.params: ProcessParams | None = None  # of the last call
        self.numbers: tuple = ()

    def taken(self, given) -> tuple[tuple, Any]:
        """The named tuple, and what tells the types of its values from others."""
        made = self(given)
        if isinstance(given, Table) or (self.only_numbers and isinstance(given, ProcessParams)):
            return made, type(given)  # of the types that they are declared with
        return made, tuple([_kind(each) for each in made])

    def __call__(self, given) -> tuple:
        if isinstance(given, Table):
            return tuple.__new__(self.kind, given.views(self.pick, self.written))
        if isinstance(given, ProcessParams):  # usually those of the last call, and frozen
            if given is not self.params:
                self.params = given
                self.numbers = self.made([getattr(given, field) for field in self.kind._fields])
            return self.numbers
        return self.made(given)

    def made(self, values) -> tuple:
        """The named tuple of values in the order of its fields."""
        return self.kind._make([way(each) for way, each in zip(self.ways, values, strict=True)])


def _kind(value) -> Any:
    """What tells the type of a value from others, as Numba sees it."""
    if not isinstance(value, np.ndarray):
        return type(value)
    flags = value.flags.num & _PLAIN
    return value.dtype if value.ndim == 1 and flags == _PLAIN else (value.dtype, value.ndim, flags)


def _same(value):
    return value


def _read_only(value):
    """A read-only view of an array; anything else unchanged."""
    if isinstance(value, np.ndarray) and value.flags.writeable:
        value = value.view()
        value.flags.writeable = False
    return value


@overload
def kernel(function: Callable, /) -> Kernel: ...
@overload
def kernel(*, writes: tuple[str, ...] = (), **options) -> Callable[[Callable], Kernel]: ...
def kernel(function: Callable | None = None, *, writes: tuple[str, ...] = (), **options) -> Any:
    """Decorator of a compiled loop that Python calls; its machine code is kept on disk.

    writes: arrays, and columns such as "people.adult", that it changes in place; options: those of numba.njit. For
    functions that only compiled code calls, `njit` is enough. With NUMBA_DISABLE_JIT it stays a plain function.
    """
    if function is None:
        return partial(kernel, writes=writes, **options)
    made = Kernel(function, writes, options)
    return wraps(function)(lambda *arguments: function(*made.converted(arguments))) if is_off() else made


@njit
def whole_words(count):
    """Number of flags for `count` rows, rounded up so that they can be read as 64-bit numbers."""
    return (count + _WORD - 1) // _WORD * _WORD


@njit
def flagged(flag):
    """Rows, (n,) int64 ascending, where a flag is set; flag: (whole words,) bool."""
    words = flag.view(np.uint64)
    rows, found = np.empty(_ones(words) + 1, np.int64), 0
    for k in range(len(words)):
        word = words[k]
        if word:
            for place in range(_WORD):
                rows[found] = k * _WORD + place
                found += np.int64(word >> np.uint64(8 * place) & _ONE)
    return rows[:found]


@njit
def _ones(words):
    """Number of flags that are set; words: eight of them each, which one multiplication adds up in the highest byte."""
    count = np.uint64(0)
    for word in words:
        count += (word * _EACH) >> _HIGHEST
    return np.int64(count)


@njit(inline="always")
def whole_years(months):
    """Whether a difference of two months is a multiple of a year: `months % 12 == 0`, many at once.

    Without a division (Lemire, Kaser and Kurz 2019, doi 10.1002/spe.2689): the fraction of months / 12 is below 1/12.
    """
    return (np.uint64(months + _LATER) * _PART & _FRACTION) < _PART


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
    """Rows of the persons, (n,) int64 ascending, of households (rows, (n,) in any order); household: whole column."""
    if not len(rows):
        return np.zeros(0, np.int64)
    wanted = np.zeros(int(rows.max()) + 2, np.bool_)
    wanted[rows] = True
    return _members(wanted, household)


@kernel
def _members(wanted, household):
    """Rows of the persons whose household is flagged; wanted: of the first households, the last one for all others."""
    flag = np.empty(whole_words(len(household)), np.bool_)
    flag[len(household) :] = False
    last = np.uint32(len(wanted) - 1)
    for i in range(len(household)):
        flag[i] = wanted[min(np.uint32(household[i]), last)]
    return flagged(flag)


@kernel
def chosen(flag, one, other):
    """Values of column `one` where `flag` is set and of `other` elsewhere, (n,): several rows at once."""
    found = np.empty_like(other)
    for i in range(len(flag)):
        found[i] = one[i] if flag[i] else other[i]
    return found


@kernel
def parted(rows, flag):
    """Rows where `flag` (whole column) is set, and the others: branch-free compaction, as in queues._waiting."""
    set_, unset, count = np.empty(len(rows) + 1, np.int64), np.empty(len(rows) + 1, np.int64), 0
    for k in range(len(rows)):
        set_[count] = unset[k - count] = rows[k]
        count += flag[rows[k]]
    return set_[:count].copy(), unset[: len(rows) - count].copy()
