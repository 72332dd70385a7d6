"""Where the project keeps what can be made again: compiled loops, large networks, locks.

The first of these folders that can be written: ABM_CACHE_DIR; abm-reception in the cache folder of the user
(XDG_CACHE_HOME, or .cache in the home folder); a private folder among the temporary files.
"""

import os
import stat
import tempfile
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

VARIABLE = "ABM_CACHE_DIR"
_NAME = "abm-reception"
_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH


def chosen() -> Path | None:
    """The folder that ABM_CACHE_DIR names; None where it is not set."""
    named = os.environ.get(VARIABLE)
    return Path(named).absolute() if named else None


def folder() -> Path:
    """Folder for what can be made again; it exists and can be written."""
    return _first_writable(chosen(), os.environ.get("XDG_CACHE_HOME"))


@cache
def _first_writable(named: Path | None, cache_home: str | None) -> Path:
    for place in ([named] if named else []) + list(_of_user(cache_home)):
        if writable(place):
            return place
    return private_temporary()


def _of_user(cache_home: str | None) -> Iterator[Path]:
    """The cache folder of the user; none for a user without a home folder, or whose home is a relative path."""
    if cache_home and os.path.isabs(cache_home):
        yield Path(cache_home) / _NAME
        return
    if home := _home():
        yield home / ".cache" / _NAME


def _home() -> Path | None:
    """The home folder of the user; None for a user without one, or whose home is a relative path."""
    try:
        home = Path.home()
    except (RuntimeError, KeyError):  # a container may run as a user that no list of users has
        return None
    return home if home.is_absolute() and home.is_dir() else None


@contextmanager
def some_home() -> Generator[None]:
    """A home folder for packages that fail where the user has none: the cache folder, within this context."""
    if _home():
        yield
        return
    before = os.environ.get("HOME")
    os.environ["HOME"] = str(folder())
    try:
        yield
    finally:
        if before is None:
            del os.environ["HOME"]
        else:
            os.environ["HOME"] = before


def writable(place: Path) -> bool:
    """Whether files can be made in a folder, which is made if need be."""
    try:
        place.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=place).close()
    except OSError:
        return False
    return True


def private_temporary() -> Path:
    """Folder of this user among the temporary files, the same in every process, that nobody else can write.

    Where somebody else holds that name, a new folder for this process only. Raises OSError where there is no room.
    """
    return private(str(temporary()))


def temporary() -> Path:
    """The folder of temporary files. Raises OSError where none can be written."""
    return Path(tempfile.gettempdir())


@cache
def private(shared: str) -> Path:
    """Folder of this user in one that others may share; a new one for this process where somebody holds its name."""
    place = Path(shared) / f"{_NAME}-{os.getuid()}"
    try:
        place.mkdir(mode=stat.S_IRWXU, exist_ok=True)
        found = place.lstat()
        if (
            stat.S_ISDIR(found.st_mode)
            and found.st_uid == os.getuid()
            and not found.st_mode & (stat.S_IWOTH | stat.S_IWGRP)
        ):
            return place
    except OSError:
        pass
    return Path(tempfile.mkdtemp(prefix=f"{_NAME}-", dir=shared))
