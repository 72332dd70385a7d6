"""The charts of the report of two scenarios: levels by year, and differences with their intervals."""

from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from experiments.report.charts import BLUE, GREY, INK, MARGIN, Figure, layered
from experiments.report.words import Words, decimals, msg

HEIGHT, ROW = 240, 36  # pixels: of a chart, and of a row of intervals
NAMES = 160  # pixels for the names of rows
LOCALES = {"en": "en-US", "nl": "nl-NL"}
TICKS, BAND, LINE = 5, 0.25, 2.5


def levels(
    name: str, title: str, caption: str, table: pd.DataFrame, years: pd.DataFrame, sides: tuple[str, str]
) -> Figure:
    """Both sides by year as lines, with bands from the lowest to the highest run; years: as `Outcomes.by_year`."""
    parts = [
        pd.DataFrame(
            {"year": years.index, "value": years[side], "low": years[f"{side}_min"], "high": years[f"{side}_max"]}
        ).assign(side=label)
        for side, label in zip("ab", sides, strict=True)
    ]
    frame = pd.concat(parts, ignore_index=True)

    def chart(width: int) -> alt.LayerChart:
        base = alt.Chart(frame).encode(x=_years(years), color=_sides(sides))
        band = base.mark_area(opacity=BAND).encode(y=_values("low"), y2="high:Q")
        dash = alt.StrokeDash("side:N", scale=alt.Scale(domain=list(sides), range=[[5, 3], [1, 0]]), legend=None)
        return _sized(
            layered(band, base.mark_line(strokeWidth=LINE).encode(y=_values("value"), strokeDash=dash)), width
        )

    return Figure(name, title, caption, table, chart)


def running(name: str, title: str, caption: str, table: pd.DataFrame, years: pd.DataFrame) -> Figure:
    """A difference by year with the band of its interval; years: index of years, difference, low, high."""
    frame = years.reset_index(names="year")

    def chart(width: int) -> alt.LayerChart:
        base = alt.Chart(frame).encode(x=_years(years))
        band = base.mark_area(opacity=BAND, color=BLUE).encode(y=_values("low"), y2="high:Q")
        line = base.mark_line(color=BLUE, strokeWidth=LINE).encode(y=_values("difference"))
        return _sized(layered(_zero("y"), band, line), width)

    return Figure(name, title, caption, table, chart)


def intervals(name: str, title: str, caption: str, table: pd.DataFrame, rows: pd.DataFrame) -> Figure:
    """Differences with their intervals, a row each; rows: label, difference, low, high, in the order of the table."""
    frame: Any = rows.assign(at=np.arange(len(rows)), place=[wrapped(label) for label in rows["label"]])

    def chart(width: int) -> alt.LayerChart:
        names = alt.Y("label:N", title=None, sort=list(frame["label"])).axis(
            labelLimit=NAMES, minExtent=NAMES, maxExtent=NAMES, labelExpr="split(datum.label, '|')", grid=False
        )
        base = alt.Chart(frame.assign(label=frame["place"])).encode(
            y=names.sort(list(frame["place"])), x=alt.X("difference:Q", title=None).axis(**_numbers(), grid=True)
        )
        rule = base.mark_rule(color=BLUE, strokeWidth=LINE).encode(x=alt.X("low:Q", title=None), x2="high:Q")
        dot = base.mark_point(color=BLUE, filled=True, size=70, opacity=1)
        both = layered(_zero("x"), rule, dot)
        return both.properties(width=width - NAMES - 20, height=ROW * len(frame))

    return Figure(name, title, caption, table, chart)


def contrasted(name: str, title: str, caption: str, table: pd.DataFrame, rows: pd.DataFrame) -> Figure:
    """Differences with their intervals in two ways, a row each; rows: label, how, difference, low, high."""
    labels, ways = list(dict.fromkeys(rows["label"])), list(dict.fromkeys(rows["how"]))
    frame: Any = rows.assign(place=[wrapped(label) for label in rows["label"]])

    def chart(width: int) -> alt.LayerChart:
        names = alt.Y("place:N", title=None, sort=[wrapped(label) for label in labels]).axis(
            labelLimit=NAMES, minExtent=NAMES, maxExtent=NAMES, labelExpr="split(datum.label, '|')", grid=True
        )
        color = alt.Color("how:N", scale=alt.Scale(domain=ways, range=[GREY, BLUE])).legend(columns=1, symbolOpacity=1)
        base = alt.Chart(frame).encode(
            y=names, yOffset=alt.YOffset("how:N", sort=ways), x=alt.X("difference:Q", title=None).axis(**_numbers())
        )
        rule = base.mark_rule(strokeWidth=LINE).encode(x=alt.X("low:Q", title=None), x2="high:Q", color=color)
        shape = alt.Shape("how:N", scale=alt.Scale(domain=ways, range=["circle", "diamond"]))
        dot = base.mark_point(filled=True, size=60, opacity=1).encode(color=color, shape=shape)
        return layered(_zero("x"), rule, dot).properties(width=width - NAMES - 20, height=ROW * len(labels))

    return Figure(name, title, caption, table, chart)


def wrapped(label: str, most: int = 22) -> str:
    """A label in lines of at most some characters where words allow, with '|' between the lines."""
    lines = [""]
    for word in label.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > most:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}".strip()
    return "|".join(lines)


def years_table(years: pd.DataFrame, words: Words, factor: float, sides: tuple[str, str] | None) -> pd.DataFrame:
    """The table behind a chart by year, as text: both sides if wanted, the difference and its interval."""
    rows = {}
    for year, row in years.iterrows():
        of = {key: factor * row[key] for key in ("difference", "low", "high", *("ab" if sides else ""))}
        digits = decimals(of["high"] - of["low"], *of.values())
        levels = [words.number(of[side], digits) for side in "ab"] if sides else []
        shown = words.number(of["difference"], digits, sign=True), words.between(of["low"], of["high"], digits)
        rows[year] = [*levels, *shown]
    heads = [*(sides or ()), words.say(msg("difference")), words.say(msg("95%% interval"))]
    return pd.DataFrame.from_dict(rows, orient="index", columns=heads, dtype=object)  # each as it is, with its numbers


def _years(years: pd.DataFrame) -> alt.X:
    first, last = int(years.index[0]), int(years.index[-1])
    step = max((last - first) // TICKS, 1)
    axis: dict[str, Any] = {"values": list(range(first, last + 1, step)), "format": "d", "labelAlign": "center"}
    return alt.X("year:Q", title=None, scale=alt.Scale(domain=[first, last], nice=False)).axis(**axis)


def _numbers() -> dict:
    return {"format": ",~f", "tickCount": TICKS}


def _values(column: str) -> alt.Y:
    return alt.Y(f"{column}:Q", title=None).axis(**_numbers())


def _sides(sides: tuple[str, str]) -> alt.Color:
    legend = alt.Legend(symbolType="stroke", columns=1, symbolOpacity=1)
    return alt.Color("side:N", scale=alt.Scale(domain=list(sides), range=[GREY, BLUE]), legend=legend)


def _zero(axis: str) -> alt.Chart:
    rule = alt.Chart(pd.DataFrame({"zero": [0]})).mark_rule(color=INK, strokeWidth=1)
    return rule.encode(y=alt.Y("zero:Q")) if axis == "y" else rule.encode(x=alt.X("zero:Q"))


def _sized(chart: alt.LayerChart, width: int) -> alt.LayerChart:
    return chart.properties(width=width - MARGIN - 4, height=HEIGHT)
