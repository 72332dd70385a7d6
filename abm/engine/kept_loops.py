"""Files of compiled loops, each named by a digest of what the loop was made of (abm/engine/compiled.py).

Imported when the first loop is compiled, because it imports Numba.
"""

import hashlib
import os
import pickle
from functools import cache, cached_property
from pathlib import Path
from types import FunctionType

from numba import njit
from numba.core import caching, config
from numba.core.dispatcher import Dispatcher

from abm.engine import cache_place
from abm.engine.compiled import digest

_DIGITS = 20  # of a digest that stand in the name of a file


def dispatcher(function: FunctionType, options: dict, kept: bool):
    """Numba's dispatcher of a function; the function itself where Numba is told not to compile."""
    made = njit(**options)(function)
    if kept and isinstance(made, Dispatcher):
        made._cache = _Kept(made)
    return made


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
