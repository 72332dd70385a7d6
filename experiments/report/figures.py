"""The figures of a run, each with a caption and a table; every function takes the tidy outcomes of the run."""

from typing import Any

import altair as alt
import pandas as pd

from experiments.report.charts import (
    BEHIND,
    COSTS,
    FLOWS,
    HALF,
    KINDS,
    LATE,
    SEEN,
    STATUS,
    TASK,
    WAITS,
    YEAR,
    Figure,
    bars,
    channels,
    complete,
    dashes,
    dots,
    labelled,
    long,
    placed,
    totals,
    when,
    wide,
    year_ends,
)
from experiments.report.map import towns
from experiments.text import brief, period

LOW, MILLION = 120, 1e6  # height of a low figure [pixels]; euros


def reception(outcomes: pd.DataFrame, observed: pd.DataFrame | None = None) -> Figure:
    """People in reception by status; `observed`: counts by measure and period."""
    people = wide(outcomes, "in_reception", "status")[list(STATUS)]
    last, total, now = people.index[-1], people.sum(axis=1), people.iloc[-1].map(brief)
    caption = (
        f"At the end of {period(last)} there are {brief(total.iloc[-1])} people in reception: "
        f"{now['asylum seeker']} asylum seekers, {now['status holder']} status holders and {now['leaving']} "
        f"who were refused. The highest number was {brief(total.max())}, in {period(str(total.idxmax()))}."
    )
    table = year_ends(labelled(people, STATUS).assign(Together=total))
    seen = pd.DataFrame(columns=["measure", "period", "value"]) if observed is None else observed
    seen = seen.assign(x=seen["period"].map(when), series=seen["measure"].map(SEEN)).dropna()
    seen = seen[seen["x"] <= when(last)]
    if len(seen):
        caption += " The dots are published counts: the model starts from the first, and some others set numbers of it."
        # pyrefly: ignore[bad-argument-type] (the stubs of pandas do not list "last")
        found = seen.pivot_table("value", "x", "series", aggfunc="last")
        table = table.join(found.reindex(table.index.map(when)).set_index(table.index))

    def chart(width: int) -> alt.LayerChart:
        layers = [alt.Chart(long(people, STATUS)).mark_area().encode(**channels(width, when(last), STATUS))]
        if len(seen):
            layers.append(dots(seen, width))
        return placed(width, *layers, last=when(last))

    return Figure("reception", "People in reception (opvang) by status [persons]", caption, table, chart)


def places(outcomes: pd.DataFrame) -> Figure:
    """People by kind of place, and the number of places."""
    people, counts = wide(outcomes, "in_reception", "kind")[list(KINDS)], wide(outcomes, "places", "kind")
    regular, both, last = "Regular places", "Regular and emergency places", people.index[-1]
    lines = pd.DataFrame({regular: counts["regular"], both: counts["regular"] + counts["emergency"]})
    now, used = lines.iloc[-1], people["regular"].iloc[-1]
    caption = (
        f"At the end of {period(last)} there are {brief(now[regular])} regular places, of which {brief(used)} are in "
        f"use, and {brief(now[both] - now[regular])} emergency places. The gap between a colour "
        "and its line is empty places."
    )

    def chart(width: int) -> alt.LayerChart:
        area = alt.Chart(long(people, KINDS)).mark_area().encode(**channels(width, when(last), KINDS))
        return placed(width, area, dashes(lines, width), last=when(last))

    title = "People and places by kind of reception [persons, places]"
    return Figure("places", title, caption, year_ends(labelled(people, KINDS).join(lines)), chart)


def waits(outcomes: pd.DataFrame) -> Figure:
    """Waiting times of the people whose wait ended, by half-year."""
    parts = {(name, part): wide(outcomes, name, "statistic")[part] for name in WAITS for part in ("median", "p90")}
    table = complete(pd.DataFrame(parts), HALF, "mean")
    now, last = table.iloc[-1].map(brief), table.index[-1]
    each = [
        f"{label[0].lower()}{label[1:]} {now[name, 'median']} and {now[name, 'p90']} months"
        for name, (label, _) in WAITS.items()
    ]
    caption = (
        "Of the people whose wait ended in a half-year, half waited less than the line shows (the median), and nine in "
        f"ten less than the top of the shaded area. In {period(last)}: {'; '.join(each)}."
    )

    def chart(width: int) -> alt.VConcatChart:
        rows = []
        for name, (label, colour) in WAITS.items():
            wait: Any = table[name]  # columns median and p90
            data = long(wait[["median"]], span=0.5).assign(p90=wait["p90"].dropna().to_numpy())
            coding = channels(width, when(last), {"median": ("", colour)}, ticks=4) | {"color": alt.value(colour)}
            base = alt.Chart(data).encode(**coding)
            layers = base.mark_area(opacity=0.3).encode(y2="p90:Q"), base.mark_line()
            rows.append(placed(width, *layers, height=LOW, last=when(last)).properties(title=label))
        return alt.vconcat(*rows, spacing=12)

    heads = [f"{WAITS[name][0]}, {'median' if part == 'median' else '90%'}" for name, part in table.columns]
    return Figure("waits", "How long people wait [months]", caption, table.set_axis(heads, axis=1), chart)


def flows(outcomes: pd.DataFrame) -> Figure:
    """Applications, permits and moves into a home, by half-year."""
    table = complete(totals(outcomes, *FLOWS), HALF, "sum")
    now, last = table.iloc[-1].map(brief), table.index[-1]
    caption = (
        f"In {period(last)}: {now['applications']} first applications, {now['permits']} permits and {now['housed']} "
        "people who moved into a home. Permits include relatives who arrive through family reunification (nareis)."
    )

    def chart(width: int) -> alt.LayerChart:
        line = alt.Chart(long(table, FLOWS, 0.5)).mark_line().encode(**channels(width, when(last), FLOWS, "stroke"))
        return placed(width, line, last=when(last))

    title = "Applications, permits and moves into a home [persons per half-year]"
    return Figure("flows", title, caption, labelled(table, FLOWS), chart)


def task(outcomes: pd.DataFrame) -> Figure:
    """The housing task of municipalities and the number of people housed, by half-year."""
    ways = {"task": "last", "housed": "sum", "task_backlog": "last"}
    table = complete(totals(outcomes, *ways), HALF, ways)
    now, last = table.iloc[-1].map(brief), table.index[-1]
    caption = (
        f"In {period(last)} municipalities are asked to house {now['task']} people; {now['housed']} are housed. "
        f"A shortfall of {now['task_backlog']} was carried in from before."
    )

    def chart(width: int) -> alt.LayerChart:
        coding = channels(width, when(last), TASK | BEHIND)
        lines = alt.Chart(long(table, TASK, 0.5)).mark_line(interpolate="step").encode(**coding)
        return placed(width, bars(table, BEHIND, 0.5, width, coding), lines, last=when(last))

    title = "Housing task of municipalities (taakstelling) [persons per half-year]"
    return Figure("task", title, caption, labelled(table, TASK | BEHIND).round(), chart)


def cost(outcomes: pd.DataFrame) -> Figure:
    """The cost of reception, and penalty payments for late decisions, by year."""
    table = complete(wide(outcomes, "spending", "purpose")[[*COSTS, *LATE]], YEAR, "sum") / MILLION
    now, last = table.iloc[-1], table.index[-1]
    caption = (
        f"In {period(last)} reception costs {brief(now[list(COSTS)].sum())} million euros; penalty payments for "
        f"late decisions are {brief(now['penalties'])} million. "
        "Prices per place are those of the year, and after 2023 those of 2023 as prices have grown since."
    )

    def chart(width: int) -> alt.VConcatChart:
        rows = []
        for names, height, ticks in ((COSTS, 2 * LOW, 5), (LATE, LOW, 3)):
            coding = channels(width, when(last), names, ticks=ticks)
            rows.append(placed(width, bars(table, names, 1, width, coding), height=height, last=when(last)))
        return alt.vconcat(*rows, spacing=12).resolve_scale(color="independent")

    title = "Cost of reception, and penalty payments [million EUR per year]"
    return Figure("cost", title, caption, labelled(table, COSTS | LATE), chart)


def of_run(outcomes: pd.DataFrame, municipalities: pd.DataFrame, observed: pd.DataFrame | None = None) -> list[Figure]:
    """The figures for which the run is long enough."""
    months = outcomes["month"].nunique()
    found = [reception(outcomes, observed), places(outcomes)]
    found += [draw(outcomes) for draw in (waits, flows, task) if months >= HALF]
    found += [cost(outcomes)] if months >= YEAR else []
    return [*found, towns(outcomes, municipalities)]
