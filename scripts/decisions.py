"""The index of decisions: `python -m scripts.decisions` checks the files of docs/decisions and writes README.md there.

A decision is one file, NNNN-a-few-words.md: a title with its number, its status, its date and what it is about, then
the text. It is not rewritten when a later one overrules it; each of the two then names the other.
"""

import re
import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from scripts.rooms import LINE

FOLDER = Path(__file__).parents[1] / "docs" / "decisions"
INDEX, TEMPLATE = "README.md", "template.md"
SUBJECTS = {"project", "experiments"} | {room for top, room in LINE if top == "abm"}
BACK = {"superseded by": "supersedes", "supersedes": "superseded by", "amended by": "amends", "amends": "amended by"}
NAME = re.compile(r"(\d{4})-[a-z0-9]+(-[a-z0-9]+)*\.md")
HEAD = re.compile(r"# (\d{4})\. (\S.*[^.\s])\n\n- Status: (.+)\n- Date: (\d{4}-\d\d-\d\d)\n- About: (\w+)\n\n\S")
RELATION = re.compile(r"(superseded by|supersedes|amended by|amends) \[(\d{4})\]\(([^)]+)\)")
INTRODUCTION = """# Decisions

Why things are as they are: what was decided, why, and what it costs, one decision a file. A decision that was overruled
stays, and says by which. To add one, copy [template.md](template.md); `make docs` renews this page.
"""


@dataclass(frozen=True)
class Decision:
    """One file: number, title, status in words, relations to others as (word, file name), date and subject."""

    file: str
    number: int
    title: str
    status: str
    relations: tuple[tuple[str, str], ...]
    date: str
    about: str


def read(path: Path) -> Decision:
    """The decision of a file. Raises ValueError in one line that names the file."""
    named, found = NAME.fullmatch(path.name), HEAD.match(path.read_text(encoding="utf-8"))
    if not named:
        raise ValueError(f"{path.name}: is not a name like 0042-a-few-words.md")
    if not found:
        raise ValueError(f"{path.name}: does not begin as {TEMPLATE} does, with text after it")
    number, title, status, day, about = found.groups()
    if number != named[1]:
        raise ValueError(f"{path.name}: its title has the number {number}")
    try:
        date.fromisoformat(day)
    except ValueError:
        raise ValueError(f"{path.name}: {day} is not a day") from None
    if about not in SUBJECTS:
        raise ValueError(f"{path.name}: is about {about}, which is none of {', '.join(sorted(SUBJECTS))}")
    relations = tuple((word, target) for word, _, target in RELATION.findall(status))
    words = RELATION.sub(r"\1", status).split(", ")
    ended = [word for word, _ in relations].count("superseded by")
    if ended > 1 or words != [*([] if ended else ["accepted"]), *(word for word, _ in relations)]:
        raise ValueError(f"{path.name}: '{status}' is no status: see {TEMPLATE}")
    for _, shown, target in RELATION.findall(status):
        if not target.startswith(f"{shown}-"):
            raise ValueError(f"{path.name}: [{shown}] leads to {target}")
    return Decision(path.name, int(number), title, status, relations, day, about)


def decisions(folder: Path = FOLDER) -> list[Decision]:
    """All decisions, by number. Raises ValueError where one is malformed, a number lacks or a relation is one-sided."""
    found = [read(path) for path in sorted(folder.glob("*.md")) if path.name not in (INDEX, TEMPLATE)]
    for place, each in enumerate(found, 1):
        if each.number != place:
            raise ValueError(f"{each.file}: number {place:04d} is missing, or {each.number:04d} is taken twice")
    known = {each.file: each for each in found}
    for each in found:
        for word, target in each.relations:
            if target not in known:
                raise ValueError(f"{each.file}: {word} {target}, which is not there")
            if (BACK[word], each.file) not in known[target].relations:
                raise ValueError(f"{each.file}: {word} {target}, which does not say '{BACK[word]}' in return")
            if (known[target].number < each.number) != (word in ("supersedes", "amends")):
                raise ValueError(f"{each.file}: {word} {target}: a later decision overrules an earlier one")
    return found


def index(found: list[Decision]) -> str:
    """The page that lists decisions by what they are about."""
    parts = [INTRODUCTION]
    for about in sorted({each.about for each in found}):
        parts.append(f"## {about}\n\n| number | decision | status | date |\n|---|---|---|---|")
        parts += [
            f"| [{each.number:04d}]({each.file}) | {each.title} | {each.status} | {each.date} |"
            for each in found
            if each.about == about
        ]
        parts.append("")
    return "\n".join(parts)


if __name__ == "__main__":
    try:
        (FOLDER / INDEX).write_text(index(decisions()), encoding="utf-8")
    except ValueError as error:
        sys.exit(f"docs/decisions: {error}")
