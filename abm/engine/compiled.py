"""Compiled loops are kept on disk under what they were made of, so that no edit leaves older code in use.

Numba stamps a loop with the file that it stands in, but not with the loops that it calls, the constants that it uses
and the fields of the tuples that it takes, which stand in other files too. Here the name of a file in the cache is a
digest of all of these: the code of the loop and of every loop that it calls, the values of the constants that they
use, and the versions and settings of Numba. An edit compiles again what it touches, and nothing else.
"""

import hashlib
import os
import pickle
import sys
import sysconfig
from collections.abc import Callable, Iterator
from enum import Enum, EnumType
from functools import cache, cached_property
from importlib import metadata
from pathlib import Path
from types import BuiltinFunctionType, CodeType, FunctionType, ModuleType
from typing import Any

import numpy as np
from numba import njit, types
from numba.core import caching, config
from numba.core.dispatcher import Dispatcher

from abm.engine import cache_place
from abm.engine.errors import InputError

_PLAIN = (type(None), bool, int, float, complex, str, bytes)
_SETTINGS = ("OPT", "BOUNDSCHECK", "LOOP_VECTORIZE", "SLP_VECTORIZE", "USING_SVML", "DISABLE_PERFORMANCE_WARNINGS")
_INSTALLED = tuple(sysconfig.get_path(name) for name in ("stdlib", "purelib", "platlib"))
_DIGITS = 20  # of a digest that stand in the name of a file


def compiled(function: Callable | None = None, **options) -> Any:
    """Compile a function when it is first called, as numba.njit(**options), and keep it under what it was made of."""
    if function is None:
        return lambda given: compiled(given, **options)
    dispatcher = njit(**options)(function)
    if isinstance(dispatcher, Dispatcher):  # with NUMBA_DISABLE_JIT the function itself
        dispatcher._cache = _Kept(dispatcher)
    return dispatcher


def check() -> None:
    """Raise InputError where NUMBA_DISABLE_JIT is set: what is not compiled sums small integers without their carry."""
    if config.DISABLE_JIT:
        raise InputError("NUMBA_DISABLE_JIT: is set, and a run needs compiled loops: unset it")


def digest(dispatcher: Dispatcher) -> str:
    """Digest of what a compiled loop is made of: equal as long as nothing changes that its machine code depends on."""
    found: dict[FunctionType, str] = {}
    left: list = [dispatcher]
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
    if isinstance(value, (FunctionType, BuiltinFunctionType, np.ufunc, types.Type)) or callable(value):
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


class _Place(caching._CacheLocator):
    """Where compiled loops of a file are kept: the cache folder that is asked for, beside the file, or ours."""

    def __init__(self, function: FunctionType, made_of: str):
        self._py_file, self._made_of = function.__code__.co_filename, made_of

    def get_cache_path(self) -> str:
        return str(_folder(os.path.dirname(os.path.abspath(self._py_file)), cache_place.chosen(), config.CACHE_DIR))

    def get_source_stamp(self) -> str:
        return self._made_of

    def get_disambiguator(self) -> str:
        return self._made_of[:_DIGITS]


@cache
def _folder(of_file: str, chosen: Path | None, numba_folder: str) -> Path:
    beside = Path(of_file) / "__pycache__"
    # the file of a plug-in may be on another machine
    if not chosen and not numba_folder and beside.parent.is_dir() and cache_place.writable(beside):
        return beside
    place = chosen or (Path(numba_folder) if numba_folder else cache_place.folder())
    below = Path("compiled") / hashlib.sha256(of_file.encode()).hexdigest()[:_DIGITS]
    return place / below if cache_place.writable(place / below) else cache_place.private_temporary() / below


class _Files(caching.IndexDataCacheFile):
    """Files of a loop, each with a checksum: what is damaged counts as missing and is compiled again."""

    def _load_index(self) -> dict:
        try:
            stamp, variants = self._read(self._index_path)
        except (OSError, AttributeError, ImportError):  # missing, damaged, or for a tuple that has another name now
            return {}
        return variants if stamp == self._source_stamp else {}

    def _save_index(self, overloads: dict) -> None:
        self._write(self._index_path, (self._source_stamp, overloads))

    def _load_data(self, name: str):
        return self._read(self._data_path(name))

    def _save_data(self, name: str, data) -> None:
        self._write(self._data_path(name), data)

    def _write(self, path: str, content) -> None:
        dumped = self._dump(content)
        with self._open_for_write(path) as file:
            file.write(hashlib.sha256(dumped).digest() + dumped)

    def _read(self, path: str):
        """Content of a file. Raises OSError where it is missing or damaged."""
        content = Path(path).read_bytes()
        size = hashlib.sha256().digest_size
        if hashlib.sha256(content[size:]).digest() != content[:size]:
            raise OSError(f"{path} is damaged")
        return pickle.loads(content[size:])


class _Kept(caching.FunctionCache):
    """The cache of one loop. Its digest is taken at the first look, when all that the loop calls is defined."""

    def __init__(self, dispatcher: Dispatcher):
        self._dispatcher, self._py_func = dispatcher, dispatcher.py_func
        self._name = repr(self._py_func)
        self.enable()

    @cached_property
    def _impl(self) -> caching.CompileResultCacheImpl:
        place = _Place(self._py_func, digest(self._dispatcher))

        class Here(caching.CompileResultCacheImpl):
            _locator_classes = [type("At", (), {"from_function": staticmethod(lambda function, file: place)})]

        return Here(self._py_func)

    @property
    def _cache_path(self) -> str:
        return self._impl.locator.get_cache_path()

    @cached_property
    def _cache_file(self) -> _Files:
        place = self._impl.locator
        return _Files(self._cache_path, self._impl.filename_base, place.get_source_stamp())

    def _index_key(self, sig, codegen) -> tuple:
        """What tells variants of a loop apart; also the names of fields, which types themselves leave out."""
        fields = tuple(getattr(each, "fields", None) for each in getattr(sig, "args", sig))
        return (*super()._index_key(sig, codegen), fields)
