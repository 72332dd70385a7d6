"""The model in the forms that a referee asks for: `python -m scripts.describe` writes docs/odd.md, docs/trace.md,
docs/rat_rs.md and docs/parameters.md.

ODD+D describes a model with human decisions, TRACE how it was tested, RAT-RS which data it uses for what. What code,
parameters, sources and targets say is taken from them; answers in words stand in scripts/templates.
"""

import inspect
from collections import Counter
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from textwrap import dedent
from typing import Any, NamedTuple

import jinja2

from abm import parameters
from abm.chain import CHAIN, name
from abm.engine import clock
from abm.facts import csv_tables, facts
from abm.measures import MEASURES
from abm.scenario import default
from abm.state import State
from abm.tables.people import MOVES, Stage
from experiments.report import evidence
from experiments.text import plain
from experiments.validation import targets

ROOT = Path(__file__).parents[1]
DOCS, TEMPLATES = ROOT / "docs", ROOT / "scripts" / "templates"
PAGES = ("odd", "trace", "rat_rs", "parameters")


class Process(NamedTuple):
    """A process of the chain, as its module says it."""

    name: str
    file: str
    first: str  # sentence of its docstring
    rest: str
    source: str
    writes: str
    events: str
    numbers: int  # parameters


def processes() -> list[Process]:
    """The processes in the order of a month."""
    numbers = Counter(row["parameter"].split(".")[1] for row in parameters.rows())
    found = []
    for each in CHAIN:
        said, _, source = (inspect.getdoc(each) or "").partition("Source:")
        first, _, rest = said.partition("\n\n")
        file = each.__name__.replace(".", "/") + ".py"
        found.append(
            Process(
                name=name(each),
                file=file,
                first=joined(first),
                rest=fenced(rest),
                source=joined(source),
                writes=code(each.WRITES),
                events=code(getattr(each, "EVENTS", ())),
                numbers=numbers[name(each)],
            )
        )
    return found


def code(words: Iterable[str]) -> str:
    """Names as code."""
    return ", ".join(f"`{each}`" for each in words) or "-"


def fenced(text: str) -> str:
    """Paragraphs of a docstring, its formulas (indented) as blocks of plain text."""
    paragraphs = text.strip("\n").split("\n\n")
    return "\n\n".join(f"```text\n{dedent(each)}\n```" if each.startswith("    ") else each for each in paragraphs)


def joined(lines: str) -> str:
    """Text on one line."""
    return " ".join(lines.split())


class Entity(NamedTuple):
    """A table of the state: a kind of entity, with its state variables (name, unit, meaning)."""

    name: str
    said: str
    variables: list[tuple[str, str, str]]


def entities() -> list[Entity]:
    """The tables of the state in their order."""
    tables = State(facts.load()).tables
    return [
        Entity(
            key,
            joined((inspect.getdoc(type(tables[key])) or "").partition("\n\n")[0]),
            [(each, column.unit or "-", cell(column.doc)) for each, column in tables[key].columns().items()],
        )
        for key in State.names()
    ]


def cell(text: str) -> str:
    """Text as it may stand in a cell of a table."""
    return joined(str(text)).replace("|", "&#124;")


def data_tables() -> list[dict[str, Any]]:
    """The tables of observed data: columns, years, the number of sources and the licences of these."""
    known, found = described()["sources"], []
    for file, columns in described()["tables"].items():
        keys = {key for each in columns.values() for key in str(each["source"]).split("|") if key in known}
        licences = sorted({known[key]["licence"] for key in keys})
        years = {part for each in columns.values() for part in str(each["year"]).replace("/", "-").split("-")}
        years = sorted(each for each in years if each.isdigit() and len(each) == 4)
        derived = sum(bool(each["derived"]) for each in columns.values())
        span = f"{years[0]} to {years[-1]}" if years else "-"
        found.append(
            {
                "file": file,
                "columns": len(columns),
                "derived": derived,
                "years": span,
                "sources": len(keys),
                "licences": "; ".join(licences),
            }
        )
    return found


@cache
def described() -> dict[str, Any]:
    """The parts of the sources file: sources, tables and checks."""
    return csv_tables.read_sources(csv_tables.FOLDER)


def observed() -> list[dict[str, Any]]:
    """The targets: id, title, role, use, points and sources."""
    uses = {targets.FIT: "calibration", targets.UNSEEN: "validation"}
    return [
        {
            "id": each.id,
            "title": cell(each.title),
            "use": uses[each.role],
            "points": len(each.points),
            "sources": ", ".join(f"`{key}`" for key in each.source),
        }
        for each in targets.load()
    ]


def numbers() -> list[dict[str, Any]]:
    """Every parameter with its level of evidence."""
    known = described()["sources"]
    return [
        {key: cell(row[key]) for key in ("parameter", "unit", "source", "meaning")}
        | {"default": written(row["default"]), "range": bounds(row), "level": evidence.level(row["source"], known)}
        for row in parameters.rows()
    ]


def bounds(row: dict[str, Any]) -> str:
    """The bounds of a parameter."""
    return "-" if row["low"] is None else f"{plain(row['low'])} to {plain(row['high'])}"


def written(value: Any) -> str:
    """A default as it stands in a table."""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return plain(value) if number else cell(getattr(value, "name", value))


def moves() -> list[tuple[str, str]]:
    """The legal moves between stages, as (from, to)."""
    return [(start.name, end.name) for start, ends in MOVES.items() for end in ends]


def by(rows: Iterable[dict[str, Any]], key: str) -> Counter[str]:
    """How many rows there are of each value of a key."""
    return Counter(row[key] for row in rows)


@cache
def material() -> dict[str, Any]:
    """All that the pages are made of."""
    scenario = default()
    every = numbers()
    return {
        "processes": processes(),
        "entities": entities(),
        "data": data_tables(),
        "targets": observed(),
        "parameters": every,
        "levels": [(level, by(every, "level")[level], said) for level, said in evidence.LEVELS.items()],
        "stages": [each.name for each in Stage],
        "moves": moves(),
        "measures": MEASURES,
        "towns": len(facts.load().municipalities),
        "regions": len(facts.load().regions),
        "since": clock.label(0),
        "until": scenario.until,
        "sources": len(described()["sources"]),
    }


def page(kind: str) -> str:
    """One of the pages."""
    files = jinja2.FileSystemLoader(TEMPLATES)
    made = jinja2.Environment(
        loader=files, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True
    )
    return made.get_template(f"{kind}.md.j2").render(material())


if __name__ == "__main__":
    for each in PAGES:
        (DOCS / f"{each}.md").write_text(page(each), encoding="utf-8")
