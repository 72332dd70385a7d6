"""What a report says of itself, for machines: the runs that it was made of, by whom, and a digest of the page.

It stands in the head of the page, in one element that is not shown, so that `abm verify` needs nothing but the page and
the runs. Each number of the page has a key and its value before it was rounded beside it.
"""

import hashlib
import html
import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

import pandas as pd
from pydantic import Field, model_validator

from abm.engine import forms
from abm.engine.errors import InputError
from abm.engine.forms import Form, Text
from abm.facts import facts
from abm.measures import BY, Asked
from abm.scenario import Scenario
from experiments.store import versions

if TYPE_CHECKING:
    from experiments.report.council import Report

META = "abm-report"  # name of the element
ELEMENT = re.compile(rf'<meta name="{META}" content="([^"]*)">\n')
BODY = re.compile(r"<body>.*</body>", re.DOTALL)
HEAD_ENDS = "</head>"
EXPERIMENTS = Path(__file__).parents[1]
WRITERS = ("report/*.py", "report/*.j2", "report/locale/*/*/*.po", "analysis/compared.py", "text.py")
PLAN = EXPERIMENTS.parent / "configs" / "plan.yaml"
NO_REPORT = "is not a report of this project: name an HTML file that 'abm report' wrote"
NOT_WHOLE = "what the report says of itself is damaged: make the report again with 'abm report'"
Digest = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class Side(Form):
    """A scenario of a report."""

    name: Text
    title: Text
    file: Text


class OfPair(Form):
    """A run of a report."""

    pair: int
    side: Literal["a", "b"]
    run: Annotated[str, Field(pattern="^[0-9a-f]+$")]
    world: Text | None = None  # where there are several


class OfPart(Form):
    """A run of a point of a ladder."""

    pair: int
    side: Text  # the label of the point
    run: Annotated[str, Field(pattern="^[0-9a-f]+$")]


class Model(Form):
    """A version of the model."""

    version: str
    code: str


class Recipe(Form):
    """What a report was made of: with the runs in a store, it gives the same page."""

    form: Literal[1] = 1
    language: Literal["nl", "en"]
    years: Annotated[int, Field(ge=1)]  # over which means are taken, at most
    a: Side
    b: Side
    sweep: Text | None = None  # that the runs are of
    town: Text | None = None  # that a chapter is on
    region: Text | None = None
    scale: float
    until: str
    pairs: int
    measures: tuple[str, ...]  # that were read, as 'housed by region'
    model: Model
    data_digest: str
    writer: Digest  # of the source of the report, its words included
    body: Digest  # of the page, from <body> to </body>
    runs: Annotated[tuple[OfPair, ...], Field(min_length=4)]
    parts: tuple[OfPart, ...] = ()  # of a ladder

    @model_validator(mode="after")
    def _in_pairs(self) -> Self:
        """Refuse runs that are not in pairs, each with both sides once."""
        sides = [(each.pair, each.side) for each in self.runs]
        numbers = {number for number, _ in sides}
        if sorted(sides) != sorted((number, side) for number in numbers for side in "ab"):
            raise ValueError("its runs are not in pairs")
        if len(numbers) != self.pairs:
            raise ValueError("its runs are fewer or more than its pairs")
        if len({each.run for each in self.runs}) < len(self.runs):
            raise ValueError("one of its runs is in more than one place")
        return self


def side(scenario: Scenario) -> Side:
    """What is kept of a scenario of a report."""
    return Side(name=scenario.name, title=scenario.title or "", file=Path(scenario.source).name)


def added(page: str, report: "Report", years: int, measures: Asked, places: Mapping[str, str]) -> str:
    """The page of a report with its recipe in the head; years and measures: over which means are taken, and of what;
    places: names of the 'town' and the 'region' that it has a chapter on.
    """
    pair, parts = report.pair, report.pair.parts
    found = Recipe(
        language=report.words.language,  # pyrefly: ignore[bad-argument-type] (one of those that the report has)
        years=years,
        a=side(pair.a),
        b=side(pair.b),
        sweep=pair.sweep,
        town=places.get("town"),
        region=places.get("region"),
        scale=pair.scale,
        until=pair.b.until,
        pairs=len(report.outcomes.seeds),
        measures=tuple(sorted(f"{name}{BY}{by}" for name, by in measures)),
        model=Model(**versions.model_version()),
        data_digest=facts.load().digest,
        writer=writer(),
        body=digest(page),
        runs=tuple(OfPair(**row) for row in _rows(pair.runs, ("seed", "side", "run", "world"))),
        parts=() if parts is None else tuple(OfPart(**row) for row in _rows(parts, ("seed", "side", "run"))),
    )
    content = html.escape(found.model_dump_json(exclude_none=True))
    return page.replace(HEAD_ENDS, f'<meta name="{META}" content="{content}">\n{HEAD_ENDS}', 1)


def _rows(runs: pd.DataFrame, keys: tuple[str, ...]) -> list[dict[str, Any]]:
    rows: Any = runs[[key for key in keys if key in runs]].rename(columns={"seed": "pair"}).to_dict("records")
    return rows


def read(page: str, source: str) -> Recipe:
    """The recipe of a page. Raises InputError, which names the source, where it has none, or not a whole one."""
    found = ELEMENT.findall(page)
    if len(found) != 1 or BODY.search(page) is None:
        raise InputError(f"{source}: {NO_REPORT if not found else NOT_WHOLE}")
    try:
        content = json.loads(html.unescape(found[0]))
    except ValueError:
        raise InputError(f"{source}: {NOT_WHOLE}") from None
    return forms.read(Recipe, content, f"{source}: {NOT_WHOLE}")


def without(page: str) -> str:
    """A page without its recipe."""
    return ELEMENT.sub("", page)


def digest(page: str) -> str:
    """SHA-256 of the body of a page."""
    body = BODY.search(page)
    return hashlib.sha256((body[0] if body else page).encode()).hexdigest()


@cache
def writer() -> str:
    """A digest of the source that makes reports of outcomes: code, template, words, and the plan in its parts."""
    found = hashlib.sha256()
    for path in sorted(path for pattern in WRITERS for path in EXPERIMENTS.glob(pattern)):
        found.update(path.relative_to(EXPERIMENTS).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    found.update(PLAN.read_bytes() if PLAN.exists() else b"")  # no part of an installed package
    return found.hexdigest()
