"""The blocks of docs/recipes.md, and how they change a tree of files.

A block whose info string has a title is about the file of that path. A `diff` changes it: lines that begin with a space
or '-' must stand in it, one after the other, in one place; they make way for those that begin with a space or '+'.
'@@' parts places. Any other block with a title is a whole new file.
"""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

PAGE = Path(__file__).parents[2] / "docs" / "recipes.md"
TITLED = re.compile(r'^```(\w+) title="([^"]+)"\n(.*?)^```$', re.MULTILINE | re.DOTALL)


class Change(NamedTuple):
    """A block with a title: its language, the path of its file, and its text."""

    language: str
    path: str
    text: str


def recipes(page: Path = PAGE) -> dict[str, list[Change]]:
    """The blocks of each recipe, in order, by the heading of the recipe."""
    sections = re.split(r"^## (Add .+)$", page.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    return {
        title: [Change(*found) for found in TITLED.findall(text)]
        for title, text in zip(sections[::2], sections[1::2], strict=True)
    }


def written(page: Path, root: Path) -> None:
    """Write the whole files of a page under `root`."""
    for change in (Change(*found) for found in TITLED.findall(page.read_text(encoding="utf-8"))):
        if change.language != "diff":
            (root / change.path).parent.mkdir(parents=True, exist_ok=True)
            (root / change.path).write_text(change.text, encoding="utf-8")


def follow(changes: Iterable[Change], root: Path) -> None:
    """Change the files under `root` as blocks say. Raises ValueError where a block does not fit."""
    for change in changes:
        path = root / change.path
        if change.language == "diff":
            path.write_text(changed(path.read_text(encoding="utf-8"), change), encoding="utf-8")
        elif path.exists():
            raise ValueError(f"{change.path}: stands already: a new file needs another name")
        else:
            path.write_text(change.text, encoding="utf-8")


def changed(text: str, change: Change) -> str:
    """The text of a file after a diff. Raises ValueError where its lines do not stand in one place."""
    lines = text.splitlines()
    for place in re.split(r"^@@\n", change.text, flags=re.MULTILINE):
        rows = [(row[:1] or " ", row[1:]) for row in place.splitlines()]
        if odd := [sign + words for sign, words in rows if sign not in " +-"]:
            raise ValueError(f"{change.path}: '{odd[0]}' begins with neither a space nor + or -")
        old, new = ([words for sign, words in rows if sign != other] for other in "+-")
        found = [at for at in range(len(lines)) if old and lines[at : at + len(old)] == old]
        if len(found) != 1:
            first = old[0] if old else rows[0][1]
            raise ValueError(f"{change.path}: {len(found)} places for '{first}', and one is needed")
        lines[found[0] : found[0] + len(old)] = new
    return "\n".join(lines) + "\n"
