"""Compiled loops are kept on disk under what they were made of, so that no edit leaves older code in use.

Numba stamps a loop with the file that it stands in, but not with the loops that it calls, the constants that it uses
and the fields of the tuples that it takes, which stand in other files too. Here the name of a file in the cache is a
digest of all of these: the code of the loop and of every loop that it calls, the values of the constants that they
use, and the versions and settings of Numba. An edit compiles again what it touches, and nothing else.
"""

import hashlib
import os
import sys
import sysconfig
from collections.abc import Callable, Iterator
from enum import Enum, EnumType
from functools import cache, cached_property, partial, update_wrapper
from importlib import metadata
from types import CodeType, FunctionType, ModuleType
from typing import Any

import numpy as np

from abm.engine.errors import InputError

_PLAIN = (type(None), bool, int, float, complex, str, bytes)
_SETTINGS = ("OPT", "BOUNDSCHECK", "LOOP_VECTORIZE", "SLP_VECTORIZE", "USING_SVML", "DISABLE_PERFORMANCE_WARNINGS")
_INSTALLED = tuple(sysconfig.get_path(name) for name in ("stdlib", "purelib", "platlib"))


class Loop:
    """A loop that Numba compiles when it is first called.

    Numba is imported then, and not where loops are defined: to read a scenario or a kept run takes none. Compiled code
    can call a loop like any compiled function.
    """

    def __init__(self, function: Callable, options: dict, kept: bool = False):
        update_wrapper(self, function)
        self.py_func, self._options, self._kept = function, options, kept

    def __call__(self, *arguments) -> Any:
        return self.dispatcher(*arguments)

    @cached_property
    def dispatcher(self) -> Any:
        """What compiles the loop and holds its variants."""
        from abm.engine import kept_loops

        return kept_loops.dispatcher(self.py_func, self._options, self._kept)

    @property
    def _numba_type_(self):  # Numba asks for it where compiled code uses the loop
        return self.dispatcher._numba_type_

    @property
    def targetoptions(self) -> dict:
        """The options as Numba keeps them, which looks here whether to inline the loop."""
        return self.dispatcher.targetoptions


def njit(function: Callable | None = None, **options) -> Any:
    """Decorator of a loop that only compiled code calls, with the options of numba.njit; part of its caller's code.

    With NUMBA_DISABLE_JIT it stays a plain function.
    """
    if function is None:
        return partial(njit, **options)
    return function if is_off() else Loop(function, options)


def compiled(function: Callable | None = None, **options) -> Any:
    """Like njit, but for Python to call too: its machine code is kept on disk under what it was made of."""
    if function is None:
        return partial(compiled, **options)
    return function if is_off() else Loop(function, options, kept=True)


def __getattr__(name: str):
    """Numba's `prange`, for `compiled.prange(...)` in loops: looked up when such a loop is compiled, or called."""
    if name != "prange":
        raise AttributeError(f"module {__name__} has no {name}")
    import numba

    return numba.prange


def threads() -> int:
    """Number of threads that loops with prange use."""
    import numba

    return numba.get_num_threads()


def is_off() -> bool:
    """Whether NUMBA_DISABLE_JIT is set, as Numba reads it: anything but a whole number counts as 0."""
    try:
        return int(os.environ.get("NUMBA_DISABLE_JIT", 0)) != 0
    except ValueError:
        return False


def check() -> None:
    """Raise InputError where NUMBA_DISABLE_JIT is set: what is not compiled sums small integers without their carry."""
    from numba.core import config

    if is_off() or config.DISABLE_JIT:  # which can be set in a file too
        raise InputError("NUMBA_DISABLE_JIT: is set, and a run needs compiled loops: unset it")


def digest(loop: Callable) -> str:
    """Digest of what a compiled loop is made of: equal as long as nothing changes that its machine code depends on."""
    found: dict[FunctionType, str] = {}
    left: list = [loop]
    while left:
        function, options = _parts(left.pop())
        if function not in found:
            text, called = _text_of(function)
            found[function] = f"{function.__module__}.{function.__qualname__}\n{options}\n{text}"
            left += called
    return hashlib.sha256("\n\n".join([_made_with(), *sorted(found.values())]).encode()).hexdigest()


def _parts(callable_) -> tuple[FunctionType, str]:
    """The Python function behind something that compiled code can call, and the options it is compiled with."""
    dispatcher = getattr(callable_, "compiled", callable_)
    options = getattr(dispatcher, "targetoptions", {})
    return getattr(dispatcher, "py_func", dispatcher), repr(sorted(options.items()))


@cache
def _made_with() -> str:
    from numba.core import config

    versions = [f"{package} {metadata.version(package)}" for package in ("numba", "llvmlite", "numpy")]
    return "\n".join(versions + [f"{name}={getattr(config, name, None)}" for name in _SETTINGS])


@cache
def _text_of(function: FunctionType) -> tuple[str, tuple]:
    """What a function itself adds: its code and the values that it looks up; and the functions that it calls.

    Raises TypeError for a value of which is not known whether it changes.
    """
    names = sorted(set(_names(function.__code__)))
    called: list = []
    lines = [repr(_code(function.__code__)), _text(function.__defaults__, names, called)]
    for name in names:
        if name in function.__globals__:
            lines.append(f"{name}={_text(function.__globals__[name], names, called)}")
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
        lines.append(f"{name}={_text(cell.cell_contents, names, called)}")
    for name, kind in function.__annotations__.items():
        lines.append(f"{name}: {_text(kind, names, called) if isinstance(kind, type) else kind}")
    return "\n".join(lines), tuple(called)


def _names(code: CodeType) -> Iterator[str]:
    """Names that the code looks up in its module or as attributes."""
    yield from code.co_names
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield from _names(inner)


def _code(code: CodeType) -> tuple:
    """Code without the place where it stands: neither a comment nor a line more above it compiles it again."""
    constants = tuple(_code(each) if isinstance(each, CodeType) else (type(each), each) for each in code.co_consts)
    return code.co_code, constants, code.co_names, code.co_varnames, code.co_freevars, code.co_exceptiontable


def _text(value: Any, names: list[str], called: list) -> str:
    """A value that compiled code uses, as text; functions are added to `called`."""
    if isinstance(value, _PLAIN):
        return f"{type(value).__name__} {value!r}"
    if isinstance(value, Enum):
        return f"{type(value).__qualname__}.{value.name}={value.value!r}"
    if isinstance(value, (np.ndarray, np.generic)):
        return f"{value.dtype.str} {value.shape} {hashlib.sha256(value.tobytes()).hexdigest()}"
    if isinstance(value, (tuple, list)):
        return f"{type(value).__qualname__}({', '.join(_text(each, names, called) for each in value)})"
    if isinstance(value, type):
        return _text_of_class(value)
    if isinstance(value, ModuleType):
        used = [name for name in names if hasattr(value, name)] if _may_change(value.__name__) else ()
        return f"{value.__name__}({', '.join(_text(getattr(value, name), names, called) for name in used)})"
    if hasattr(value, "py_func") or hasattr(value, "compiled") or _is_plain(value):
        called.append(value)
        return f"calls {value.__module__}.{value.__qualname__}"
    if callable(value):  # of a package, or a type of Numba
        return f"{getattr(value, '__module__', None)}.{getattr(value, '__qualname__', value)}"
    raise TypeError(f"compiled code uses {value!r}, of which is not known whether it changes")


def _is_plain(value: Any) -> bool:
    """Whether it is a function of Python that compiled code can call, and that may be edited."""
    return isinstance(value, FunctionType) and _may_change(value.__module__)


@cache
def _may_change(module: str) -> bool:
    """Whether a module may be edited between two runs: all but packages that are installed, whose version counts."""
    package = sys.modules.get(module.partition(".")[0])
    file = getattr(package, "__file__", None) or (getattr(package, "__path__", None) or [""])[0]
    return package is sys.modules[__name__.partition(".")[0]] or bool(file) and not file.startswith(_INSTALLED)


def _text_of_class(kind: type) -> str:
    """A class as compiled code sees it: members of an enumeration, fields of a tuple."""
    name = f"{kind.__module__}.{kind.__qualname__}"
    if isinstance(kind, EnumType):
        return f"{name}({', '.join(f'{each.name}={each.value!r}' for each in kind)})"
    return f"{name}{getattr(kind, '_fields', '')}"
