"""Verifies a report: makes its page again from the stored runs, and finds what does not hold.

Each number has a key, and its value before it was rounded, in the page; both the value and how it is shown are compared
with what comes out. Where the same source wrote the page, so are all its other words and its charts. Values count as
the same within what kinds of processors differ in (`outcomes.ALIKE`).
"""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pandas as pd

from abm.engine.errors import InputError, brief
from abm.facts import facts
from abm.scenario import Scenario
from experiments.analysis.comparison import first_difference
from experiments.designs.sampling import BASE, EVERYTHING
from experiments.report import council, ladder, own_place, quantities, recipe
from experiments.report.council import Pair
from experiments.report.recipe import Recipe
from experiments.store import outcomes as tables
from experiments.store import versions
from experiments.store.store import Store
from experiments.sweeps import replicates

NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)*")
CHART = re.compile(r"<svg.*?</svg>", re.DOTALL)
EMPTY = {"meta", "br", "hr", "img", "input", "link", "col"}  # elements without an end
SIDES = {"a": BASE, "b": EVERYTHING}  # the points of a ladder that the sides are
UNREAD = ("style", "svg")  # whose text nobody reads, or is drawn
OTHER_WRITER = "another version of the report wrote this page: its words and charts are not compared, its numbers are"
DRAWN = "chart {}: is drawn otherwise than what comes out here; its numbers stand in the table behind it"


@dataclass(frozen=True)
class Entry:
    """What stands under a key: its value, if it has one, and its words."""

    value: str
    words: str


@dataclass
class Verdict:
    """What became of a report: how many numbers were compared, what does not hold, and what to know besides."""

    compared: int = 0
    wrong: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


class Contents(HTMLParser):
    """The entries of a page by key, and its other words with the heading above them."""

    def __init__(self, page: str):
        super().__init__()
        self.entries: dict[str, Entry] = {}
        self.twice: list[str] = []
        self.words: list[tuple[str, str]] = []  # heading, words
        self._open: list[tuple[str, str | None, str, list[str]]] = []  # tag, key, value, words
        self._heading: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open an element."""
        of = dict(attrs)
        if tag in ("h1", "h2", "h3"):
            self._heading.clear()
        if tag not in EMPTY:
            self._open.append((tag, of.get("data-key"), of.get("data-value") or "", []))

    def handle_endtag(self, tag: str) -> None:
        """Close an element, and keep what stands under its key."""
        while self._open:
            opened, key, value, words = self._open.pop()
            if key is not None:
                if key in self.entries:
                    self.twice.append(key)
                self.entries[key] = Entry(value, _plain(" ".join(words)))
            if opened == tag:
                return

    def handle_data(self, data: str) -> None:
        """Keep words: under the keys that are open, or by themselves."""
        if not (words := _plain(data)) or any(tag in UNREAD for tag, *_ in self._open):
            return
        if any(tag in ("h1", "h2", "h3") for tag, *_ in self._open):
            self._heading.append(words)
        holders = [words for _, key, _, words in self._open if key is not None]
        for holder in holders:
            holder.append(words)
        if not holders:
            self.words.append((" ".join(self._heading), words))


def verify(store: Store, page: str, source: str, plugins: Path = Path()) -> Verdict:
    """Compare a page with what its runs give. Raises InputError where it is no report, another version of the model
    made its runs, or these are not all in the store.
    """
    made = recipe.read(page, source)
    _refuse_other_version(made, source)
    pair, found = _pair(store, made, source, plugins), Verdict()
    found.wrong += _mixed(store, made)
    again = council.html(store, pair, made.language, made.years, _own(made, pair.b, source))
    here, there = recipe.without(page), recipe.without(again)
    mine, its = Contents(here), Contents(there)
    found.compared = sum(bool(_numbers(entry)) for entry in its.entries.values())
    found.wrong += _about(made, recipe.read(again, source))
    found.wrong += [f"{key}: stands in the page more than once" for key in mine.twice]
    found.wrong += list(_entries(mine.entries, its.entries))
    untouched = recipe.digest(page) == made.body
    if made.writer != recipe.writer():
        found.notes.append(OTHER_WRITER)
    elif here != there:
        found.wrong += list(_words(mine, its))
        charts = list(_charts(here, there))
        (found.notes if untouched else found.wrong).extend(charts)
        if not found.wrong and CHART.sub("", here) != CHART.sub("", there):
            found.wrong.append("the page is marked up otherwise than it was made, though its words and numbers hold")
    if not found.wrong and not untouched:
        found.wrong.append("the page was changed after it was made, though each of its numbers holds")
    return found


def _refuse_other_version(made: Recipe, source: str) -> None:
    here = versions.model_version()
    for what, its, mine in (
        ("model", made.model.code, here["code"]),
        ("data", made.data_digest, facts.load().digest),
    ):
        if its != mine:
            raise InputError(
                f"{source}: was made with another version of the {what} ({its[:12]}, here {mine[:12]}): "
                "verify it with that version"
            )


def _pair(store: Store, made: Recipe, source: str, plugins: Path) -> Pair:
    """What the page compares, from the records of its runs. Raises InputError."""
    rows = [each.model_dump(exclude_none=True) for each in made.runs]
    runs = pd.DataFrame(rows).rename(columns={"pair": "seed"})
    every = [*made.runs, *made.parts]
    known, names = store.sets(), list(dict.fromkeys(each.run for each in every))
    if missing := [name for name in names if name not in known]:
        raise InputError(
            f"{source}: {len(missing):,} of its {len(names):,} runs, like {missing[0]}, are not in "
            f"{store.files.named}: name the store that has them with --store, or make them with 'abm report'"
        )
    a, b = (_scenario(store, made, side, source, plugins) for side in "ab")
    asked = {each.run: quantities.asked(ladder.carried(a.scale)) for each in made.parts}
    own = _own(made, b, source)
    taken = quantities.asked(quantities.carried(council.QUANTITIES, a.scale))
    asked |= dict.fromkeys(runs["run"], taken | (own.asked(b) if own else frozenset()))
    if lacking := [name for name in names if replicates.lacks(store.run(name), asked[name])]:
        raise InputError(
            f"{source}: {len(lacking):,} of its runs, like {lacking[0]}, lack measures as this version takes them: "
            "take them by making the report again with 'abm report'"
        )
    parts = pd.DataFrame([each.model_dump() for each in made.parts]).rename(columns={"pair": "seed"})
    return Pair(a, b, first_difference(a, b), runs, None if parts.empty else parts, made.sweep)


def _scenario(store: Store, made: Recipe, side: str, source: str, plugins: Path) -> Scenario:
    """The scenario of a side, from the record of its first run."""
    first = next(each.run for each in made.runs if each.side == side)
    record = store.run(first).about() | getattr(made, side).model_dump()
    return replicates.restored(record, f"{source}: side {side.upper()}", plugins)


def _own(made: Recipe, scenario: Scenario, source: str) -> own_place.Wanted | None:
    """The places that a page has a chapter on. Raises InputError for names that are none."""
    try:
        return own_place.wanted(made.town, made.region, scenario)
    except InputError:
        raise InputError(f"{source}: {recipe.NOT_WHOLE}") from None


def _mixed(store: Store, made: Recipe) -> Iterator[str]:
    """Runs that are not what their place in the pairs says: of one scenario by side and world, of one seed by pair."""
    scenarios: dict[Any, dict] = {}
    seeds: dict[int, int] = {}
    worlds = {each.pair: each.world for each in made.runs}
    ends = {(each.pair, SIDES[each.side]): each.run for each in made.runs}
    for each in (*made.runs, *made.parts):
        canonical, place = dict(store.run(each.run).about()["scenario"]), SIDES.get(each.side, each.side)
        seed = canonical.pop("seed")
        if scenarios.setdefault((place, worlds.get(each.pair)), canonical) != canonical:
            yield f"run {each.run}: is of another scenario than the other runs of {_place(each.side)}"
        if seeds.setdefault(each.pair, seed) != seed:
            yield f"pair {each.pair}: its runs have other seeds, {seeds[each.pair]} and {seed}"
        if ends.get((each.pair, place), each.run) != each.run:
            yield f"run {each.run}: stands for {_place(each.side)} of pair {each.pair}, which is another run"


def _place(side: str) -> str:
    return f"side {side.upper()}" if side in SIDES else f"'{brief(side)}'"


def _about(mine: Recipe, its: Recipe) -> Iterator[str]:
    """Where a page describes itself otherwise than what comes out."""
    for key in ("scale", "until", "measures", "town", "region"):
        if getattr(mine, key) != getattr(its, key):
            said, found = (brief(str(getattr(each, key))) for each in (mine, its))
            yield f"its description: {key}: the page says {said}, and {found} comes out"


def _entries(mine: dict[str, Entry], its: dict[str, Entry]) -> Iterator[str]:
    """Keys of which the page says otherwise than what comes out."""
    for key, found in its.items():
        if key not in mine:
            yield f"{key}: is not in the page, and {_short(found.words)} comes out"
            continue
        said = mine[key]
        if not _alike(said.value, found.value):
            yield (
                f"{key}: the page says {_short(said.words)} (value {_short(said.value)}), and {_short(found.words)} "
                f"(value {_short(found.value)}) comes out"
            )
        elif _numbers(said) != _numbers(found):
            yield _otherwise(key, said, found)
    for key in mine.keys() - its.keys():
        yield f"{key}: the page says {_short(mine[key].words)}, and nothing of this comes out"


def _otherwise(key: str, said: Entry, found: Entry) -> str:
    return f"{key}: the page says {_short(said.words)}, and {_short(found.words)} comes out"


def _words(mine: Contents, its: Contents) -> Iterator[str]:
    """Where words of a page are others than those that come out, though their numbers hold."""
    for key, found in its.entries.items():
        said = mine.entries.get(key, found)
        if said.words != found.words and _numbers(said) == _numbers(found) and _alike(said.value, found.value):
            yield _otherwise(key, said, found)
    for kind, start, end, first, last in SequenceMatcher(None, mine.words, its.words, False).get_opcodes():
        if kind != "equal":
            said, found = mine.words[start:end], its.words[first:last]
            here, comes = (_short(" ".join(words for _, words in each)) for each in (said, found))
            yield f"under '{brief((said or found)[0][0])}': the page says {here}, and {comes} comes out"


def _charts(here: str, there: str) -> Iterator[str]:
    """Where charts of a page are others than those that come out."""
    said, found = (CHART.findall(page) for page in (here, there))
    if len(said) != len(found):
        yield f"charts: the page has {len(said)}, and {len(found)} come out"
        return
    for number, (one, other) in enumerate(zip(said, found, strict=True), 1):
        if one != other:
            yield DRAWN.format(number)


def _alike(said: str, found: str) -> bool:
    """Whether two values are the same: words exactly, numbers but for what processors differ in."""
    mine, its = said.split(), found.split()
    return len(mine) == len(its) and all(map(_same, mine, its))


def _same(said: str, found: str) -> bool:
    if said == found:
        return True
    try:
        a, b = float(said), float(found)
    except ValueError:
        return False
    return math.isclose(a, b, rel_tol=tables.ALIKE, abs_tol=tables.ALIKE)


def _numbers(entry: Entry) -> list[str]:
    """The numbers in the words of an entry."""
    return NUMBER.findall(entry.words)


def _plain(words: str) -> str:
    return " ".join(words.split())


def _short(words: str) -> str:
    return brief(words) if words else "nothing"
