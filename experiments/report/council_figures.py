"""The four charts of the report of two scenarios, each with its caption and the table behind it."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from abm.engine import clock
from experiments.report import chapters, sentences
from experiments.report.charts import Figure
from experiments.report.council_charts import LOCALES, contrasted, intervals, levels, running, years_table
from experiments.report.ladder import ALONE, IN_ALL, PartTable
from experiments.report.quantities import Quantity
from experiments.report.sentences import Shown
from experiments.report.words import Numeral, msg

if TYPE_CHECKING:
    from experiments.report.council import Report

BEFORE = 2  # years before the first difference that a chart of levels shows
TITLES = {
    "work": msg("Difference in the share at work, by years since the permit, in percentage points"),
    "lettings": msg("Difference in corporation homes let a year"),
}
WAYS = {ALONE: msg("alone"), IN_ALL: msg("in the whole")}
HEADS = (msg("difference"), msg("95%% interval"))


def of(report: "Report") -> dict[str, Figure]:
    """The charts that the runs of a report can fill, by name."""
    found = {}
    for name, of in (("work", chapters.AT_WORK), ("lettings", chapters.LETTINGS)):
        if kept := [each for each in of if each in report.said]:
            found[name] = _intervals(report, name, report.words.say(TITLES[name]), kept)
    if report.window.whole:
        if chapters.RECEPTION[0] in report.said:
            found["reception"] = reception(report)
        if chapters.PUBLIC_PAYS in report.said:
            found["money"] = money(report)
    found |= {f"parts-{number}": _of_parts(report, table, number) for number, table in enumerate(report.charted(), 1)}
    return {name: replace(figure, locale=LOCALES[report.words.language]) for name, figure in found.items()}


def reception(report: "Report") -> Figure:
    """People in reception by year on both sides."""
    words, pair = report.words, report.pair
    first = max(clock.year(pair.since) - BEFORE, clock.FIRST_YEAR)
    years = report.outcomes.by_year(chapters.RECEPTION[0], first, report.window.years[-1])
    names = f"A ({pair.a.name})", f"B ({pair.b.name})"
    caption = words.say(
        msg("Means over a year; the bands go from the lowest to the highest of %(units)s runs or worlds."),
        units=report.outcomes.units,
    )
    title = words.say(msg("People in reception by year"))
    return levels("reception", title, caption, years_table(years, words, 1.0, names), years, names)


def money(report: "Report") -> Figure:
    """The running sum of the difference in public payments, by year."""
    words, pair = report.words, report.pair
    first, last = clock.year(pair.since), report.window.years[-1]
    years = _running(report, chapters.PUBLIC_PAYS, first, last)
    caption = words.say(
        msg(
            "Payments from %(since)s on are added up; the band is the 95%% interval of the sum. Above 0, B has cost "
            "more."
        ),
        since=words.period(clock.label(pair.since)),
    )
    caption = f"{caption} {sentences.breaks_even(years, words.period(clock.label(pair.since)), words)}"
    title = words.say(msg("Difference in public payments that are counted, added up, in million euros"))
    return running("money", title, caption, years_table(years, words, 1.0, None), years)


def _of_parts(report: "Report", table: PartTable, number: int) -> Figure:
    """What each part does to an outcome, alone and in the whole."""
    words = report.words
    ways = {how: words.say(said) for how, said in WAYS.items()}
    rows = table.values.rename(columns={"part": "label"}).assign(how=table.values["how"].map(ways))
    heads = list(ways.values())
    shown = pd.DataFrame(
        [[_with_interval(each) for each in (row.alone, row.in_all)] for row in table.rows],
        index=[row.part for row in table.rows],
        columns=heads,
        dtype=object,
    )
    title = words.say(msg("%(outcome)s: what each part does, in %(unit)s"), outcome=table.title, unit=table.unit)
    caption = words.say(
        msg("Means of %(years)s; the lines are 95%% intervals. Alone: beside no other part. In the whole: what the "
            "others do not bring without it. Right of 0 is more."),
        years=report.window.said(words),
    )  # fmt: skip
    return contrasted(f"parts-{number}", title, caption, shown, rows.dropna())


def _with_interval(each: Shown) -> Numeral:
    return Numeral(f"{each.difference} ({each.interval})", *each.difference.values, *each.interval.values)


def _running(report: "Report", quantity: Quantity, first: int, last: int) -> pd.DataFrame:
    """The difference of a flow, added up to the end of each year, with its interval, as it is shown."""
    rows = {}
    for year in range(first, last + 1):
        end = (year + 1 - clock.FIRST_YEAR) * clock.MONTHS - 1
        since = report.pair.since
        row: Any = report.outcomes.spread(quantity, since, end)
        times = quantity.unit.factor * (end + 1 - since) / clock.MONTHS
        rows[year] = {key: times * row[key] for key in ("difference", "low", "high")}
    return pd.DataFrame.from_dict(rows, orient="index")


def _intervals(report: "Report", name: str, title: str, quantities: Sequence[Quantity]) -> Figure:
    words, frame = report.words, report.frames[name].to_dict("index")
    rows = pd.DataFrame(
        [
            {"label": each.said(words)}
            | {key: each.unit.factor * frame[each.name][key] for key in ("difference", "low", "high")}
            for each in quantities
        ]
    )
    shown = [report.rows[each.name] for each in quantities]
    heads = [words.say(head) for head in HEADS]
    table = pd.DataFrame(
        [[each.difference, each.interval] for each in shown], index=rows["label"], columns=heads, dtype=object
    )
    caption = words.say(
        msg("B less A in %(years)s; the lines are 95%% intervals. Right of 0, B has more."),
        years=report.window.said(words),
    )
    return intervals(name, title, caption, table, rows.dropna())
