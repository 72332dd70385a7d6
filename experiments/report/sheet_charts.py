"""The small charts of factsheets as SVG: differences with intervals, places beside the law, years, spread, a tile map.

They are drawn here and not by Vega, because 342 sheets hold about a thousand of them. Colours are classes of the style.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import numpy as np

from experiments.report.council_charts import wrapped
from experiments.report.words import Words

WIDTH, NAMES, PAD, ROW, HEAD, FOOT = 380, 150, 14, 30, 24, 24  # pixels
TALL, LEFT, RIGHT = 200, 56, 22  # height of a chart by year; room for the numbers of its axis, and for the last year
TICKS, TILE, GAP = 4, 26, 2
ORDER = ("law", "b", "a")  # the thin mark of A stands on the wide one of B where they are the same
LINE_HEIGHT, BETWEEN, LONGEST = 14, 12, 22  # of a line of a name; between names; characters in a line


@dataclass(frozen=True)
class Dots:
    """A row of a chart: its name, and numbers by the class of their mark; low, high: ends of an interval."""

    label: str
    marks: dict[str, float]
    low: float = math.nan
    high: float = math.nan


@dataclass(frozen=True)
class Tile:
    """A tile of the map: its place, where it leads, what it is called, the class of its colour and its sign."""

    column: int
    row: int
    href: str
    name: str
    kind: str
    sign: str


def ticks(low: float, high: float, wanted: int = TICKS) -> list[float]:
    """About `wanted` round numbers from low to high."""
    if not high > low:
        return [low]
    raw = (high - low) / wanted
    power = 10 ** math.floor(math.log10(raw))
    step = next(each * power for each in (1, 2, 5, 10) if each * power >= raw)
    first = math.ceil(low / step - 1e-9)
    return [step * at for at in range(first, math.floor(high / step + 1e-9) + 1)]


def dots(rows: Sequence[Dots], words: Words, described: str) -> str:
    """Rows of marks on one axis that holds 0, with intervals where there are any."""
    values = [value for row in rows for value in (*row.marks.values(), row.low, row.high) if math.isfinite(value)]
    low, high = min(0.0, *values), max(0.0, *values)
    span = (high - low) or 1.0
    inner = WIDTH - NAMES - 2 * PAD

    def x(value: float) -> float:
        return NAMES + PAD + inner * (value - low) / span

    names = [wrapped(row.label, LONGEST).split("|") for row in rows]
    tall = [max(ROW, LINE_HEIGHT * len(lines) + BETWEEN) for lines in names]
    height = HEAD + sum(tall)
    parts = []
    for tick in ticks(low, high):
        kind = "zero" if tick == 0 else "grid"
        parts.append(_line(kind, x(tick), HEAD - 6, x(tick), height))
        parts.append(_text(x(tick), HEAD - 10, words.number(tick), "middle"))
    for at, row in enumerate(rows):
        y = HEAD + sum(tall[:at]) + tall[at] / 2
        for number, line in enumerate(names[at]):
            parts.append(_text(0, y + 4 + LINE_HEIGHT * (number - (len(names[at]) - 1) / 2), line))
        if math.isfinite(row.low):
            parts.append(_line("b span", x(row.low), y, x(row.high), y))
        for kind in ORDER:
            if math.isfinite(row.marks.get(kind, math.nan)):
                parts.append(_mark(kind, x(row.marks[kind]), y))
    return _svg(WIDTH, height, described, parts)


def by_year(years: Sequence[int], a: np.ndarray, b: np.ndarray, words: Words, described: str) -> str:
    """Two lines over years, (years,) each; a gap where a number is not shown."""
    top = max(float(np.nanmax(np.concatenate([a, b]), initial=0.0)), 1.0)
    inner = WIDTH - LEFT - RIGHT

    def x(at: float) -> float:
        return LEFT + inner * at / max(len(years) - 1, 1)

    def y(value: float) -> float:
        return PAD + (TALL - PAD) * (1 - value / top)

    parts = []
    for tick in ticks(0.0, top):
        parts.append(_line("zero" if tick == 0 else "grid", LEFT, y(tick), WIDTH - RIGHT, y(tick)))
        parts.append(_text(LEFT - 6, y(tick) + 4, words.number(tick), "end"))
    step = max(math.ceil(len(years) / TICKS), 1)
    for at in range(0, len(years), step):
        parts.append(_text(x(at), TALL + FOOT - 6, str(years[at]), "middle"))
    for kind, values in (("b", b), ("a", a)):
        path, drawn = "", False
        for at, value in enumerate(values):
            if math.isfinite(value):
                path += f"{'L' if drawn else 'M'}{x(at):.1f} {y(value):.1f}"
                parts.append(_mark(kind, x(at), y(value)))
            drawn = math.isfinite(value)
        parts.append(f'<path class="{kind} path" d="{path}"></path>' if path else "")
    return _svg(WIDTH, TALL + FOOT, described, parts)


def curves(shares: np.ndarray, a: np.ndarray, b: np.ndarray, words: Words, described: str) -> str:
    """Curves of Lorenz, (points,) each from 0 to 1, and the line of equal shares."""
    side = WIDTH - LEFT - RIGHT

    def at(x: float, y: float) -> tuple[float, float]:
        return LEFT + side * x, PAD + side * (1 - y)

    parts = []
    for tick in ticks(0.0, 1.0):
        (left, y), (right, _), (x, bottom) = at(0, tick), at(1, tick), at(tick, 0)
        parts.append(_line("grid", left, y, right, y))
        parts.append(_text(LEFT - 6, y + 4, words.number(100 * tick, 0), "end"))
        parts.append(_text(x, bottom + FOOT - 6, words.number(100 * tick, 0), "middle"))
    parts.append(_line("zero", *at(0, 0), *at(1, 1)))
    for kind, values in (("b", b), ("a", a)):
        points = " ".join(f"{x:.1f},{y:.1f}" for x, y in (at(*each) for each in zip(shares, values, strict=True)))
        parts.append(f'<polyline class="{kind} path" points="{points}"></polyline>')
    return _svg(WIDTH, PAD + side + FOOT, described, parts)


def tile_map(tiles: Sequence[Tile], labelled: str) -> str:
    """A map of tiles, each a link with a name; labelled: the id of its title."""
    width = GAP + TILE * (1 + max(tile.column for tile in tiles))
    height = GAP + TILE * (1 + max(tile.row for tile in tiles))
    parts = []
    for tile in tiles:
        x, y = GAP + TILE * tile.column, GAP + TILE * tile.row
        name = escape(tile.name, quote=True)
        parts.append(
            f'<a href="{escape(tile.href, quote=True)}" aria-label="{name}"><title>{name}</title>'
            f'<rect class="tile {tile.kind}" x="{x}" y="{y}" width="{TILE - GAP}" height="{TILE - GAP}"></rect>'
            f'<text class="sign {tile.kind}" x="{x + (TILE - GAP) / 2:.0f}" y="{y + 17}" text-anchor="middle"'
            f' aria-hidden="true">{tile.sign}</text></a>'
        )
    size = f'viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
    return f'<svg class="tiles" role="group" aria-labelledby="{labelled}" {size}>{"".join(parts)}</svg>'


def _svg(width: float, height: float, described: str, parts: list[str]) -> str:
    words = escape(described, quote=True)
    return f'<svg role="img" aria-label="{words}" viewBox="0 0 {width:g} {height:g}">{"".join(parts)}</svg>'


def _line(kind: str, x: float, y: float, to_x: float, to_y: float) -> str:
    return f'<line class="{kind}" x1="{x:.1f}" y1="{y:.1f}" x2="{to_x:.1f}" y2="{to_y:.1f}"></line>'


def _text(x: float, y: float, words: str, anchor: str = "start") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(words)}</text>'


def _mark(kind: str, x: float, y: float) -> str:
    """A circle for A, a square for B, and an upright line for the law: distinct without colour."""
    if kind == "law":
        return _line("law", x, y - 12, x, y + 12)
    if kind == "b":
        return f'<rect class="b mark" x="{x - 5:.1f}" y="{y - 5:.1f}" width="10" height="10"></rect>'
    return f'<circle class="a mark" cx="{x:.1f}" cy="{y:.1f}" r="4"></circle>'
