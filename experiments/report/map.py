"""The map of a run: people who wait for a home, with a circle per municipality."""

from itertools import pairwise

import altair as alt
import numpy as np
import pandas as pd

from experiments.report.charts import GREY, PAPER, Figure, key, layered, wide
from experiments.text import brief, period

LABELLED, PER = 10, 10_000  # number of names on the map; inhabitants
MAP, TALL, BIGGEST = 560, 1.23, 0.03  # width of the map [pixels]; its height and the largest radius over its width
SHADES = ("#d0e1f2", "#8fbfdf", "#3f86bf", "#0b3c73")  # few to many
DEGREE = 0.613  # width of a degree of longitude over one of latitude, at 52.2 degrees north


def towns(outcomes: pd.DataFrame, municipalities: pd.DataFrame) -> Figure:
    """People who wait for a home, by municipality; `municipalities`: name, population, longitude, latitude."""
    waiting, backlog = (wide(outcomes, name, "municipality") for name in ("awaiting_home", "task_backlog"))
    facts, last = municipalities.set_index("name"), waiting.index[-1]
    table = pd.DataFrame({"waiting": waiting.iloc[-1], "backlog": backlog.iloc[-1]}).reindex(facts.index)
    table.insert(1, "rate", PER * table["waiting"] / facts["population"])
    most = table["waiting"].nlargest(LABELLED)
    named = ", ".join(f"{name} ({brief(value)})" for name, value in most.head(3).items())
    country = PER * table["waiting"].sum() / facts["population"].sum()
    caption = (
        f"At the end of {period(last)}, {brief(table['waiting'].sum())} people in reception are tied to a municipality "
        f"and wait for a home there: {brief(country)} per 10,000 inhabitants. Most of them wait for {named}. "
        "The size of a circle is the number of people, its colour the number per 10,000 inhabitants."
    )
    marks = table.assign(x=facts["longitude"] * DEGREE, y=facts["latitude"], text="").reset_index()
    named = marks["name"].isin(most.index)
    marks.loc[named, "text"] = [
        f"{name} {brief(waiting)}" for name, waiting in marks.loc[named, ["name", "waiting"]].values
    ]
    edges = [(country or 1) * factor for factor in (0.5, 1, 2)]
    words = [f"under {brief(edges[0])}", *(f"{brief(a)} to {brief(b)}" for a, b in pairwise(edges))]
    words.append(f"{brief(edges[-1])} and over")
    marks["class"] = [words[np.searchsorted(edges, rate, "right")] for rate in marks["rate"]]

    radius = BIGGEST * np.sqrt(marks["waiting"] / max(marks["waiting"].max(), 1)) * np.ptp(marks["x"])
    names = marks[named].assign(x=marks["x"] + radius)

    def chart(width: int) -> alt.LayerChart:
        size, scale = min(width, MAP), alt.Scale(zero=False, nice=False)
        on_map = alt.X("x", axis=None, scale=scale), alt.Y("y", axis=None, scale=scale)
        area = alt.Size("waiting", legend=None, scale=alt.Scale(range=[6, np.pi * (BIGGEST * size) ** 2]))
        legend = key(width, "circle", 4, title="Per 10,000 inhabitants", symbolStrokeWidth=0.6)
        colour = alt.Color("class", scale=alt.Scale(domain=words, range=list(SHADES)), legend=legend)
        dots = alt.Chart(marks).mark_circle(opacity=1, stroke=GREY, strokeWidth=0.6)
        text = alt.Chart(names).encode(*on_map, text="text")
        layers = (
            dots.encode(*on_map, size=area, color=colour, order=alt.Order("waiting", sort="descending")),
            text.mark_text(align="left", dx=3, color=PAPER, stroke=PAPER, strokeWidth=3),
            text.mark_text(align="left", dx=3),
        )
        return layered(*layers).properties(width=size - 12, height=size * TALL)

    shown = table.round({"waiting": 0, "rate": 2, "backlog": 0}).sort_index()
    heads = ["Waiting for a home", "Per 10,000 inhabitants", "Shortfall of the housing task"]
    title = "People waiting for a home, by municipality [persons]"
    return Figure("towns", title, caption, shown.set_axis(heads, axis=1), chart)
