"""Files that a command writes where a person says: whole, or not at all."""

import os
import tempfile
from contextlib import suppress
from pathlib import Path

from abm.engine.errors import InputError

STANDARD_OUTPUT = Path("-")
READABLE = 0o666  # permissions of a new file, less what the person's umask takes away


def check(option: str, path: Path) -> None:
    """Refuse, before anything is computed, a path that cannot be a file. Raises InputError."""
    if path == STANDARD_OUTPUT:
        return
    if path.is_dir():
        raise InputError(f"{option}: {path}: is a folder: name a file in it")
    if not path.parent.is_dir():
        raise InputError(f"{option}: {path.parent}: no such folder: make it, or name another file")


def write(option: str, path: Path, text: str) -> None:
    """Write a file whole, in place of the one that is there, or leave it as it is. Raises InputError."""
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
        aside = Path(name)
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
                file.write(text)
            mask = os.umask(0)
            os.umask(mask)
            aside.chmod(READABLE & ~mask)
            os.replace(aside, path)
        except BaseException:
            with suppress(OSError):
                aside.unlink()
            raise
    except OSError as error:
        raise InputError(
            f"{option}: {path}: cannot be written ({error.strerror or error}): name another file"
        ) from None
