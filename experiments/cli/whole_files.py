"""Files that a command writes where a person says, whole or not at all, and pages that it reads."""

import os
import tempfile
from contextlib import suppress
from difflib import get_close_matches
from pathlib import Path

from abm.engine.errors import InputError
from abm.engine.text_files import siblings

STANDARD_OUTPUT = Path("-")
MOST_BYTES = 20_000_000  # of a page that is read
READABLE = 0o666  # permissions of a new file, less what the person's umask takes away


def check(option: str, path: Path) -> None:
    """Refuse, before anything is computed, a path that cannot be a file. Raises InputError."""
    if path == STANDARD_OUTPUT:
        return
    if path.is_dir():
        raise InputError(f"{option}: {path}: is a folder: name a file in it")
    if not path.parent.is_dir():
        raise InputError(f"{option}: {path.parent}: no such folder: make it, or name another file")


def read(path: Path) -> str:
    """The text of a page of at most 20 MB. Raises InputError."""
    wrong = f"{path}: cannot be read"
    try:
        if not path.is_file() and path.exists():
            raise InputError(f"{wrong} (not a file): give the path of an HTML file")
        if path.stat().st_size > MOST_BYTES:
            raise InputError(f"{path}: is larger than {MOST_BYTES // 1_000_000} MB: give a smaller HTML file")
        return path.read_text(encoding="utf-8")
    except OSError as error:
        near = get_close_matches(path.name, siblings(path.parent, "*.html"), 1)
        hint = f"did you mean {path.parent / near[0]}?" if near else "give the path of an HTML file"
        raise InputError(f"{wrong} ({error.strerror or error}): {hint}") from None
    except UnicodeDecodeError:
        raise InputError(f"{wrong} (not UTF-8): give an HTML file that 'abm report' wrote") from None


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
