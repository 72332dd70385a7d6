"""Text files that people write: read whole, but never without bounds, and refused in one line that names the file."""

import os
import stat
from difflib import get_close_matches
from itertools import islice
from pathlib import Path

from abm.engine.errors import WIDEST, InputError, cut, escaped, listed

MOST_BYTES = 1_000_000  # of a file that a person writes
MOST_SIBLINGS = 1_000  # files in a folder that are looked at for a hint
YAML = "*.y*ml"
ABSENT = "there is no file"


def read_text(path: Path, like: str = YAML, kind: str = "YAML") -> str:
    """The text of a regular UTF-8 file of at most 1 MB; nothing else is waited for. Raises InputError.

    like, kind: names of such files, and what they are called, for the way out.
    """
    try:
        content = _bytes(path)
    except OSError as error:
        near = get_close_matches(path.name, [name for name in siblings(path.parent, like) if name != path.name], 1)
        hint = f"did you mean {path.parent / near[0]}?" if near else f"give the path of a {kind} file"
        raise InputError(f"{path}: cannot be read ({error.strerror or error}): {hint}") from None
    except ValueError:  # a NUL or a lone surrogate in the path
        raise InputError(f"{path}: is no path that a file can have: give the path of a {kind} file") from None
    if len(content) > MOST_BYTES:
        raise InputError(f"{path}: is larger than {MOST_BYTES // 1_000_000} MB: give a file that a person wrote")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise InputError(f"{path} line {line}: cannot be read (not UTF-8): save it as UTF-8 text") from None


def beside(source: str, folder: Path, given: str, like: str = YAML) -> Path:
    """The path of a file that another one, `source`, gives relative to a folder. Raises InputError if there is none."""
    path = folder / given
    try:
        there = path.is_file()
    except (OSError, ValueError):  # a name that is too long, a folder that may not be entered
        there = False
    if there:
        return path
    known = siblings(path.parent, like)
    near = get_close_matches(path.name, known, 1, 0.5)
    ways = f"choose from {listed(known)}" if known else "give a path relative to this file"
    shorter = folder / cut(escaped(given), 2 * WIDEST)
    raise InputError(f"{source}: {ABSENT} {shorter}: {f"did you mean '{near[0]}'?" if near else ways}")


def siblings(folder: Path, like: str = YAML) -> list[str]:
    """Names of files in a folder, without hidden ones; none where it cannot be looked into."""
    try:
        found = sorted(file.name for file in islice(folder.glob(like), MOST_SIBLINGS))
    except (OSError, ValueError):
        return []
    return [name for name in found if not name.startswith(".")]


def _bytes(path: Path) -> bytes:
    """The bytes of a regular file, one more than the bound at most. Raises OSError, ValueError, InputError."""
    # a pipe without a writer would be waited for, and some devices for ever
    opened = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    try:
        kind = os.fstat(opened).st_mode
        if not stat.S_ISREG(kind) and not stat.S_ISDIR(kind):
            raise OSError(0, "not a regular file")
        with open(os.dup(opened), "rb") as file:
            return file.read(MOST_BYTES + 1)
    finally:
        os.close(opened)
