"""The numbers of factsheets as they are shown: rows, charts and tables of a municipality, a region or the country."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from experiments import text
from experiments.report import sheet_charts, spread
from experiments.report.council import Pair
from experiments.report.places import (
    COUNTED,
    COUNTRY,
    FEWEST_SHOWN,
    LEVELS,
    PER,
    REGION,
    TOO_FEW,
    TOWN,
    Line,
    Places,
    read,
)
from experiments.report.quantities import YEARS, window
from experiments.report.sentences import Shown, shown
from experiments.report.sheet_charts import Dots
from experiments.report.words import Numeral, Words, msg
from experiments.store.store import Store

FEWER = msg("fewer than five")
NO_VERDICT = msg("too few people for a verdict")
NETHERLANDS = msg("the Netherlands")
ASKED_COLUMN = "indicative_places_2026"  # of the facts: what the spread law asks of a municipality
HEADS_OF_LAW = (
    msg("The law asks [places]"),
    msg("A [places]"),
    msg("B [places]"),
    msg("The law asks, per 10,000 inhabitants"),
    msg("A, per 10,000 inhabitants"),
    msg("B, per 10,000 inhabitants"),
)
RATE_DIGITS = 1
HIDDEN = Numeral(text.NOTHING)  # a number that is not shown, nor kept
SHOWN = ("a", "b", "difference", "low", "high")


@dataclass(frozen=True)
class Rows:
    """A table of differences as it is shown."""

    name: str
    title: str
    rows: list[Shown]


@dataclass(frozen=True)
class Chart:
    """A chart as SVG, with its title, its caption, and the table behind it: heads and rows of text."""

    name: str
    title: str
    caption: str
    svg: str
    heads: list[str]
    rows: Sequence[Sequence[str]]


class Sheets:
    """What is said of every place in a language, of pairs of runs at scale 1."""

    def __init__(self, store: Store, pair: Pair, words: Words, years: int = YEARS):
        self.pair, self.words = pair, words
        self.window = window(pair.since, pair.b.months, years)
        self.places: Places = read(store, pair.runs, pair.b, self.window, pair.since)
        self._tables: dict[tuple[str, int], Rows] = {}

    @cached_property
    def asked(self) -> np.ndarray:
        """Places that the spread law asks of each municipality, (municipalities,)."""
        return self.places.inputs.municipalities[ASKED_COLUMN].to_numpy(float)

    def named(self, level: str, place: int) -> str:
        """The name of a place."""
        return self.places.names(level)[place] or self.words.say(NETHERLANDS)

    @cached_property
    def fewer(self) -> Numeral:
        """What stands for a small count; it keeps no value."""
        return Numeral(self.words.say(FEWER))

    def row(self, level: str, line: Line, place: int) -> Shown:
        """A row as it is shown: small counts are not, and what rests on few people has no verdict."""
        of = self.places.of_level[level]
        at = of.at(line.name)
        values = {key: float(getattr(of, key)[at, place]) for key in SHOWN}
        sure = str(of.sure[at, place])
        found = shown(line, values | {"sure": "unknown" if sure == TOO_FEW else sure}, self.words)
        if sure == TOO_FEW:
            found = replace(found, verdict=self.words.say(NO_VERDICT), sure=TOO_FEW)
        small = [bool(side[at, place]) for side in of.small]
        if any(small):
            a, b = (self.fewer if few else value for few, value in zip(small, (found.a, found.b), strict=True))
            found = replace(found, a=a, b=b, difference=HIDDEN, interval=HIDDEN)
        return found

    def table(self, level: str, place: int) -> Rows:
        """The table of a place."""
        if (level, place) not in self._tables:
            title = self.words.say(msg("Outcomes in %(place)s"), place=self.named(level, place))
            lines = self.places.of_level[level].lines
            name = "country" if level == COUNTRY else level
            self._tables[level, place] = Rows(name, title, [self.row(level, line, place) for line in lines])
        return self._tables[level, place]

    def around(self, town: int) -> list[tuple[str, int]]:
        """A municipality, its region and the country: levels and rows."""
        return [(TOWN, town), (REGION, int(self.places.inputs.municipality_region[town])), (COUNTRY, 0)]

    def changes(self, town: int) -> Chart | None:
        """Differences in counts with their intervals; None where every count is small."""
        of, words = self.places.of_level[TOWN], self.words
        kept = []
        for at, line in enumerate(of.lines):
            small = any(side[at, town] for side in of.small)
            if line.unit in COUNTED and not small and np.isfinite(of.difference[at, town]):
                marks = {"b": float(of.difference[at, town])}
                kept.append((line, Dots(line.said(words), marks, float(of.low[at, town]), float(of.high[at, town]))))
        if not kept:
            return None
        rows = [self.row(TOWN, line, town) for line, _ in kept]
        title = words.say(
            msg("Differences in %(place)s, in numbers of people, homes and places"), place=self.named(TOWN, town)
        )
        caption = words.say(
            msg("B less A in %(years)s; the lines are 95%% intervals. Right of 0, B has more."),
            years=self.window.said(words),
        )
        table = [[f"{row.label} [{row.unit}]", row.difference, row.interval] for row in rows]
        heads = [words.say(msg("Outcome")), words.say(msg("difference")), words.say(msg("95%% interval"))]
        svg = sheet_charts.dots([each for _, each in kept], words, f"{title}. {caption}")
        return Chart("changes", title, caption, svg, heads, table)

    def law(self, level_and_places: list[tuple[str, int]]) -> Chart:
        """Reception places per 10,000 inhabitants beside what the law asks, of some places."""
        words, rows, drawn = self.words, [], []
        for level, place in level_and_places:
            of = self.places.of_level[level]
            at, people = of.at("reception_places"), self.places.inhabitants(level)[place]
            asked = float(self.places.added(level, self.asked)[place])
            values = {"law": asked, "a": float(of.a[at, place]), "b": float(of.b[at, place])}
            few = {"law": False, "a": bool(of.small[0][at, place]), "b": bool(of.small[1][at, place])}
            counts = [self.fewer if few[key] else words.number(round(value)) for key, value in values.items()]
            rates = {key: PER * value / people for key, value in values.items()}
            shares = [HIDDEN if few[key] else words.number(rates[key], RATE_DIGITS) for key in values]
            rows.append([self.named(level, place), *counts, *shares])
            drawn.append(Dots(self.named(level, place), {key: rates[key] for key in values if not few[key]}))
        title = words.say(msg("Reception places per 10,000 inhabitants, beside what the spread law asks"))
        caption = words.say(
            msg(
                "Means of %(years)s. A is the circle, B the square, the upright line is what the law asks: the "
                "indicative places of its second round (2026), over the inhabitants. Fewer than five places are not "
                "shown."
            ),
            years=self.window.said(words),
        )
        svg = sheet_charts.dots(drawn, words, f"{title}. {caption}")
        return Chart("law", title, caption, svg, [words.say(msg("Place")), *map(words.say, HEADS_OF_LAW)], rows)

    def by_year(self, town: int) -> Chart | None:
        """People in reception by year; None where there are not two years, or where all numbers are small."""
        words, years = self.words, self.places.of
        a, b = np.array(self.places.by_unit(self.places.years[TOWN]["in_reception"][:, :, town])).mean(axis=1)
        a, b = (np.where(side < FEWEST_SHOWN, np.nan, side) for side in (a, b))
        if len(years) < 2 or (np.isnan(a) & np.isnan(b)).all():
            return None
        title = words.say(msg("People in reception in %(place)s, by year"), place=self.named(TOWN, town))
        caption = words.say(
            msg("Means over a year and over all pairs. A is the circle, B the square. Fewer than five are not shown.")
        )
        rows = [
            [str(year), *(self.fewer if np.isnan(side[at]) else words.number(round(side[at])) for side in (a, b))]
            for at, year in enumerate(years)
        ]
        svg = sheet_charts.by_year(years, a, b, words, f"{title}. {caption}")
        return Chart("years", title, caption, svg, [words.say(msg("Year")), "A", "B"], rows)

    def charts(self, town: int) -> dict[str, Chart]:
        """The charts of a municipality, by name."""
        found = (self.changes(town), self.law(self.around(town)), self.by_year(town))
        return {chart.name: chart for chart in found if chart}

    def ginis(self) -> np.ndarray:
        """Number of Gini of reception places per inhabitant in each run, (2, pairs or worlds)."""
        held, people = self.places.means[TOWN]["places_by_municipality"], self.places.inhabitants(TOWN)
        return self.places.by_unit(np.array([[spread.gini(run, people) for run in side] for side in held]))

    def held_by(self, shares: np.ndarray) -> np.ndarray:
        """Share of all places that the first `shares` of the inhabitants have, mean over runs, (2, shares)."""
        held, people = self.places.means[TOWN]["places_by_municipality"], self.places.inhabitants(TOWN)
        each = np.array([[spread.held_by(run, people, shares) for run in side] for side in held])
        return self.places.by_unit(each).mean(axis=1)


def numbers(sheets: Sheets) -> list[dict[str, object]]:
    """Every number of every place as rows of a table; counts that are not shown are empty, and their differences."""
    towns, regions = sheets.places.inputs.municipalities, sheets.places.inputs.regions
    region_of = [regions["name"].iloc[at] for at in sheets.places.inputs.municipality_region]
    found: list[dict[str, object]] = []
    for level in LEVELS:
        of = sheets.places.of_level[level]
        people = sheets.places.inhabitants(level)
        for place, name in enumerate(sheets.places.names(level)):
            town = level == TOWN
            about = {
                "level": "country" if level == COUNTRY else level,
                "name": name or "Nederland",
                "code": towns["gm_code"].iloc[place] if town else "",
                "province": towns["province"].iloc[place] if town else "",
                "region": region_of[place] if town else "",
                "inhabitants": int(people[place]),
                "places_asked": int(sheets.places.added(level, sheets.asked)[place]),
            }
            for at, line in enumerate(of.lines):
                small = dict(zip("ab", (bool(side[at, place]) for side in of.small), strict=True))
                hidden = dict.fromkeys(("difference", "low", "high"), any(small.values())) | small
                every = {key: line.unit.factor * getattr(of, key)[at, place] for key in SHOWN}
                values = {key: None if hidden[key] else value for key, value in every.items()}
                said = {"outcome": line.name, "unit": line.unit.words, "not_shown": FEWER * any(small.values())}
                found.append(about | said | values | {"sure": of.sure[at, place]})
    return found
