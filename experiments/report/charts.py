"""Elements of charts: the theme, figures, and data frames and encodings over time.

A chart is drawn for a width, so that it can also be read on a telephone. Colours are those of Okabe and Ito, which
colour-blind people can distinguish; the page changes them on dark screens.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import altair as alt
import numpy as np
import pandas as pd
import vl_convert

WIDE, NARROW, MARGIN, HEIGHT = 700, 350, 62, 320  # pixels
BLUE, ORANGE, RED, GREEN, PURPLE = "#0072b2", "#e69f00", "#d55e00", "#009e73", "#cc79a7"
GREY, SKY, INK, PAPER = "#8c8c8c", "#56b4e9", "#222222", "#ffffff"
FIRST, FORECAST, LONG_RUN, ROOM = 2015, 2026, 8, 0.82  # first year, first without observed inputs; years; bar width
HALF, YEAR = 6, 12  # months
VEGA_LITE = "6.4"
TAG, LONG = re.compile(r"<[^>]*>"), re.compile(r"\d+\.\d\d+")  # numbers of more than one decimal; in text they stay
Names = dict[str, tuple[str, str]]  # column -> label, colour
STATUS: Names = {
    "status holder": ("Status holders (statushouders)", ORANGE),
    "asylum seeker": ("Asylum seekers (asielzoekers)", BLUE),
    "leaving": ("Refused, still in reception", GREY),
}
KINDS: Names = {
    "regular": ("People in regular places (azc)", BLUE),
    "emergency": ("In emergency places (noodopvang)", ORANGE),
    "municipal": ("In municipal crisis places", RED),
    "registration": ("At the registration centre", PURPLE),
    "hotel": ("Families in hotels", GREEN),
    "hosts": ("With hosts", SKY),
}
WAITS: Names = {
    "wait_decision": ("From application to first decision", BLUE),
    "wait_home": ("From permit to home", RED),
    "wait_family": ("From application for relatives to decision (nareis)", GREEN),
}
FLOWS: Names = {
    "applications": ("First applications", BLUE),
    "permits": ("Permits, relatives included", RED),
    "housed": ("Moved into a home", GREEN),
}
TASK: Names = {"task": ("Asked (taakstelling)", INK), "housed": ("Housed", GREEN)}
BEHIND: Names = {"task_backlog": ("Shortfall carried in (achterstand)", ORANGE)}
COSTS: Names = {
    "places regular": ("Regular places, registration", BLUE),
    "places emergency": ("Emergency places", ORANGE),
    "places municipal": ("Municipal crisis places", RED),
    "places empty": ("Empty regular places", GREY),
    "places hosts": ("Allowance for stays with hosts", SKY),
    "hotels coa": ("Hotels, paid by COA", GREEN),
    "hotels municipality": ("Hotels, paid by municipalities", PURPLE),
}
SEEN = {"in_reception": "Counted: everyone", "status_holders": "Counted: status holders"}
LATE: Names = {"penalties": ("Penalty payments (dwangsommen)", PURPLE)}
THEME = {
    "aria": False,  # the page describes a figure as a whole
    "font": "Arial, Helvetica, Liberation Sans, sans-serif",
    "view": {"stroke": None},
    "axis": {"labelFontSize": 13, "labelColor": INK, "domain": False, "ticks": False, "gridColor": "#dddddd"},
    "axisX": {"grid": False, "ticks": True, "tickColor": GREY, "tickSize": 6, "labelAlign": "left"},
    "axisY": {"minExtent": MARGIN - 10, "maxExtent": MARGIN - 10, "labelPadding": 6},
    "legend": {
        "orient": "top", "title": None, "labelFontSize": 13, "labelColor": INK, "labelLimit": 330,
        "symbolSize": 130, "columnPadding": 16, "rowPadding": 4, "symbolStrokeWidth": 2.5,
        "titleColor": INK, "titleFontSize": 13, "titleFontWeight": "normal",
        "layout": {"top": {"direction": "vertical", "anchor": "start"}},
    },
    "title": {"anchor": "start", "color": INK, "fontSize": 14, "offset": 8},
    "line": {"strokeWidth": 2.5},
    "text": {"fontSize": 12, "color": INK},
}  # fmt: skip


@dataclass(frozen=True)
class Figure:
    """A figure; `chart` draws it for a width [pixels]; locale: of its numbers, as d3 names it."""

    name: str
    title: str
    caption: str
    table: pd.DataFrame
    chart: Callable[[int], alt.TopLevelMixin]
    locale: Any = None

    def spec(self, width: int, alone: bool = False) -> dict:
        """The figure in Vega-Lite; alone: with its title, on white."""
        frame = (
            {"title": self.title, "padding": 16, "background": PAPER} if alone else {"padding": 2, "background": None}
        )
        return self.chart(width).to_dict() | frame | {"config": THEME}

    def svg(self, width: int, alone: bool = False) -> str:
        """The figure as SVG, coordinates rounded to a tenth of a pixel."""
        drawn = vl_convert.vegalite_to_svg(self.spec(width, alone), vl_version=VEGA_LITE, format_locale=self.locale)
        return TAG.sub(lambda tag: LONG.sub(lambda found: f"{float(found[0]):.1f}", tag[0]), drawn)

    def keep(self, folder: Path) -> None:
        """Write the figure as SVG, and as PNG of twice the size."""
        (folder / f"{self.name}.svg").write_text(self.svg(WIDE, alone=True) + "\n", encoding="utf-8")
        png = vl_convert.vegalite_to_png(self.spec(WIDE, alone=True), vl_version=VEGA_LITE, scale=2)
        (folder / f"{self.name}.png").write_bytes(png)


def wide(outcomes: pd.DataFrame, measure: str, by: str = "total") -> pd.DataFrame:
    """A measure with months as index and groups as columns."""
    part = outcomes[(outcomes["measure"] == measure) & (outcomes["by"] == by)].astype({"month": str, "group": str})
    return part.pivot(index="month", columns="group", values="value")[list(part["group"].unique())]


def totals(outcomes: pd.DataFrame, *measures: str) -> pd.DataFrame:
    """Totals of measures by month, as columns."""
    return pd.DataFrame({measure: wide(outcomes, measure)["all"] for measure in measures})


def when(period: str) -> float:
    """End of a period in years: '2015', '2015-II' and '2015-12' -> 2016."""
    year, _, part = str(period).partition("-")
    return int(year) + ({"": YEAR, "I": HALF, "II": YEAR}.get(part) or int(part[:2])) / YEAR


def complete(frame: pd.DataFrame, months: int, how: str | dict[str, str]) -> pd.DataFrame:
    """A frame by month, aggregated to complete half-years ('2015-I') or years ('2015')."""
    halves = np.where(frame.index.str[5:].astype(int) <= HALF, "-I", "-II") if months == HALF else ""
    groups = frame.groupby(frame.index.str[:4] + halves)
    return groups.agg(how)[groups.size() == months]


def year_ends(frame: pd.DataFrame) -> pd.DataFrame:
    """The rows of Decembers and of the last month."""
    return frame[frame.index.str.endswith("-12") | (frame.index == frame.index[-1])]


def labelled(frame: pd.DataFrame, names: Names) -> pd.DataFrame:
    """The columns that have a label, renamed to it."""
    return frame[list(names)].set_axis([label for label, _ in names.values()], axis=1)


def long(frame: pd.DataFrame, names: Names | None = None, span: float = 0.0) -> pd.DataFrame:
    """A frame in long form: series, value, order, and x, the middle of each period of `span` years."""
    frame = labelled(frame, names) if names else frame
    melted = frame.assign(x=[when(period) - span / 2 for period in frame.index]).melt("x", var_name="series").dropna()
    return melted.assign(order=melted["series"].map({name: i for i, name in enumerate(frame)}))


def key(width: int, symbol: str, columns: int = 2, **more) -> alt.Legend:
    """A legend in columns, or in one column on a narrow screen."""
    return alt.Legend(symbolType=symbol, columns=columns if width >= WIDE else 1, **more)


def channels(width: int, last: float, names: Names, symbol: str = "square", ticks: int = 5) -> dict:
    """Encodings over time: years, values, and a colour per series."""
    labels, colours = zip(*names.values(), strict=True)
    years = list(range(FIRST, int(last) + 1, 5 if last - FIRST > LONG_RUN else 1))
    scale = alt.Scale(domain=list(labels), range=list(colours))
    period = alt.Scale(domain=[FIRST, last], nice=False, padding=0)
    return {
        "x": alt.X("x:Q", title=None, scale=period).axis(values=years, format="d"),
        "y": alt.Y("value:Q", title=None).axis(format=",~f", tickCount=ticks),
        "color": alt.Color("series:N", scale=scale, legend=key(width, symbol, 3 if len(names) == 3 else 2)),
        "order": alt.Order("order:Q"),
    }


def bars(frame: pd.DataFrame, names: Names, span: float, width: int, coding: dict) -> alt.Chart:
    """Stacked bars, one per period of `span` years."""
    size = ROOM * (width - MARGIN) * span / (when(frame.index[-1]) - FIRST)
    mark = alt.Chart(long(frame, names, span)).mark_bar(orient="vertical", size=size)
    return mark.encode(**coding | {"y": coding["y"].stack("zero")})


def dashes(frame: pd.DataFrame, width: int) -> alt.Chart:
    """Two series as lines, the second one dashed."""
    scale = alt.Scale(domain=list(frame.columns), range=[[1, 0], [4, 3]])
    dash = alt.StrokeDash("series:N", scale=scale, legend=key(width, "stroke", symbolStrokeColor=INK))
    line = alt.Chart(long(frame)).mark_line(color=INK, strokeWidth=2)
    return line.encode(x="x:Q", y="value:Q", strokeDash=dash)


def dots(seen: pd.DataFrame, width: int) -> alt.Chart:
    """Observed counts (x, value, series), as marks."""
    scale = alt.Scale(domain=list(SEEN.values()), range=["circle", "diamond"])
    legend = key(width, "circle", symbolFillColor=INK, symbolStrokeWidth=0)
    marks = alt.Chart(seen).mark_point(size=80, filled=True, color=INK, stroke=PAPER, strokeWidth=1.5, opacity=1)
    return marks.encode(x="x:Q", y="value:Q", shape=alt.Shape("series:N", scale=scale, legend=legend))


def layered(*layers: alt.Chart) -> alt.LayerChart:
    """Charts on top of one another."""
    made = alt.layer(*layers)
    assert isinstance(made, alt.LayerChart)  # of charts that have no facets
    return made


def placed(width: int, *layers: alt.Chart, height: int = HEIGHT, last: float = FIRST) -> alt.LayerChart:
    """Layers as one chart of a total width, with a rule where observed inputs end if the run continues after it."""
    if last > FORECAST:
        base = alt.Chart(pd.DataFrame({"x": [FORECAST], "text": ["observed inputs end"]})).encode(x="x:Q")
        words = base.mark_text(align="left", dx=5, dy=-8, fontStyle="italic").encode(y=alt.value(0), text="text")
        layers = (*layers, base.mark_rule(strokeDash=[3, 3], color=INK), words)
    return layered(*layers).properties(width=width - MARGIN - 4, height=height)
