"""Assembles the factsheets: a page per municipality, an index with a map, and all numbers as CSV."""

import re
import unicodedata
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from abm.engine import clock
from abm.engine.errors import InputError
from abm.scenario import Scenario
from experiments.analysis import compared
from experiments.report import council, page, plan, sheet_charts, spread, templates
from experiments.report.council import Pair
from experiments.report.named_places import OTHER_NAMES
from experiments.report.places import HOUSED, IN_RECEPTION, RECEPTION_PLACES, REGION, TOWN
from experiments.report.quantities import CLEARLY, FEWEST, YEARS, sure
from experiments.report.sentences import VERDICTS
from experiments.report.sheet_charts import Tile
from experiments.report.sheets import Chart, Sheets, numbers
from experiments.report.words import Words, msg
from experiments.store.store import Store

FEWEST_PAIRS = 8  # of runs, from which municipalities are named
FOLDER = page.PAGES  # of the store, beside the page of a run
INDEX, NUMBERS = "index.html", "index.csv"
SHEET, LIST = "sheet.html.j2", "sheet_index.html.j2"
DIGITS = "%.6g"  # of numbers in the CSV file
STEPS = np.linspace(0, 1, 101)  # shares of the inhabitants at which the curves of spread are drawn
TENTHS = 10
MORE, LESS, OPEN = "more", "less", "plain"  # kinds of tiles
SIGNS = {MORE: "+", LESS: "−", OPEN: ""}
LISTED = (RECEPTION_PLACES, IN_RECEPTION, HOUSED)  # outcomes in the list of municipalities
GINI_DIGITS = 3


def check(a: Scenario, b: Scenario, pairs: int) -> None:
    """Refuse runs that municipalities are not named from: of a smaller scale, too few pairs, or other municipalities.

    Raises InputError.
    """
    if a.layout != b.layout:
        raise InputError(
            f"{b.source}: layout: has the municipalities of {b.layout} and {a.source} those of {a.layout}: "
            "give both the same"
        )
    if a.scale != 1:
        raise InputError(
            f"scale {a.scale:g}: says nothing of one municipality: below scale 1 municipalities share queues of "
            "homes, and a person stands for several: give --scale 1, or a sweep of scale 1"
        )
    if pairs < FEWEST_PAIRS:
        raise InputError(
            f"{pairs} pairs of runs are too few: no municipality is named from fewer than {FEWEST_PAIRS}: give --pairs "
            f"{FEWEST_PAIRS} or more, or a sweep of as many"
        )


def slug(name: str) -> str:
    """The name of a municipality as that of a file: 's-Gravenhage -> s-gravenhage."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def file_of(name: str) -> str:
    """The file of the sheet of a municipality."""
    return f"{slug(name)}.html"


def sheet(sheets: Sheets, town: int, indexed: bool) -> str:
    """The sheet of a municipality as HTML; indexed: whether there is an index beside it."""
    return _sheet(templates.engine(sheets.words.language), _about(sheets), sheets, town, indexed)


def pages(sheets: Sheets) -> Iterator[tuple[str, str]]:
    """All files of a set of factsheets, with their content: every sheet, the index, and the numbers."""
    engine, about = templates.engine(sheets.words.language), _about(sheets)
    for town, name in enumerate(sheets.places.names(TOWN)):
        yield file_of(name), _sheet(engine, about, sheets, town, indexed=True)
    yield INDEX, engine.get_template(LIST).render(about | _index(sheets))
    found = pd.DataFrame(numbers(sheets))
    yield NUMBERS, found.to_csv(index=False, lineterminator="\n", float_format=DIGITS)


def made(store: Store, pair: Pair, language: str, years: int = YEARS) -> Sheets:
    """The numbers of the factsheets of some pairs. Raises InputError where they are too small or too few."""
    check(pair.a, pair.b, pair.runs["seed"].nunique())
    return Sheets(store, pair, Words(language), years)


def _sheet(engine: Any, about: dict[str, Any], sheets: Sheets, town: int, indexed: bool) -> str:
    row = sheets.places.inputs.municipalities.iloc[town]
    words, around = sheets.words, sheets.around(town)
    return engine.get_template(SHEET).render(
        about
        | {
            "name": row["name"],
            "daily": OTHER_NAMES.get(row["name"], ""),
            "province": row["province"],
            "region": sheets.named(*around[1]),
            "inhabitants": words.number(row["population"], 0),
            "asked": words.number(sheets.asked[town]),
            "tables": [sheets.table(*each) for each in around],
            "charts": sheets.charts(town),
            "index": INDEX if indexed else "",
        }
    )


def _about(sheets: Sheets) -> dict[str, Any]:
    """What every page says of the runs."""
    words, pair, places = sheets.words, sheets.pair, sheets.places
    known = plan.load() if plan.PLAN.exists() else None  # it is no part of an installed package
    number = len(places.names(TOWN))
    return {
        "language": words.language,
        "style": council.STYLE,
        "titles": [council.title(each, known, words) for each in (pair.a, pair.b)],
        "sides": council.sides(words, pair),
        "window": sheets.window.said(words),
        "whole": sheets.window.whole,
        "since": words.period(clock.label(pair.since)),
        "until": words.period(pair.b.until),
        "pairs": places.pairs,
        "worlds": places.units if places.worlds else 0,
        "fewest": FEWEST,
        "each": words.number(1 / places.sampled),
        "number": number,
        "by_accident": words.number((1 - compared.LEVEL) * number, 0),
        "runs": [(row["seed"], row["side"].upper(), row["run"]) for row in pair.runs.to_dict("records")],
    }


def _index(sheets: Sheets) -> dict[str, Any]:
    """What the index has besides: the map, the list, the regions by province, and how reception is spread."""
    towns = sheets.places.inputs.municipalities
    every = [
        {
            "name": row["name"],
            "daily": OTHER_NAMES.get(row["name"], ""),
            "file": file_of(row["name"]),
            "province": row["province"],
            "region": sheets.named(REGION, int(sheets.places.inputs.municipality_region[town])),
            "rows": [sheets.row(TOWN, line, town) for line in LISTED],
        }
        for town, row in enumerate(towns.to_dict("records"))
    ]
    every.sort(key=lambda each: slug(each["name"]))
    letters: dict[str, list] = {}
    for each in every:
        letters.setdefault(slug(each["name"])[0].upper(), []).append(each)
    provinces: dict[str, dict[str, list]] = {}
    for each in sorted(every, key=lambda each: (each["province"], each["region"])):
        provinces.setdefault(each["province"], {}).setdefault(each["region"], []).append(each)
    return {
        "letters": letters,
        "provinces": provinces,
        "map": tile_map(sheets),
        "map_of": IN_RECEPTION.said(sheets.words),
        "listed": [line.said(sheets.words) for line in LISTED],
        "spread": curve(sheets),
        "gini": gini(sheets),
        "numbers": NUMBERS,
    }


def tile_map(sheets: Sheets) -> str:
    """The map of people in reception: a tile per municipality, coloured where B clearly has more or fewer."""
    towns, of, words = sheets.places.inputs.municipalities, sheets.places.of_level[TOWN], sheets.words
    at = of.at(IN_RECEPTION.name)
    grid = spread.tiles(towns["longitude"].to_numpy(float), towns["latitude"].to_numpy(float))
    found = []
    for town in np.lexsort((grid[:, 0], grid[:, 1])):
        name = towns["name"].iloc[town]
        kind = OPEN if of.sure[at, town] != CLEARLY else MORE if of.difference[at, town] > 0 else LESS
        row = sheets.row(TOWN, IN_RECEPTION, int(town))
        said = words.say(
            msg("%(name)s: difference %(difference)s, %(verdict)s"),
            name=name, difference=row.difference, verdict=row.verdict,
        )  # fmt: skip
        column, line = (int(each) for each in grid[town])
        found.append(Tile(column, line, file_of(name), said, kind, SIGNS[kind]))
    return sheet_charts.tile_map(found, "map")


def curve(sheets: Sheets) -> Chart:
    """The curves of Lorenz of both sides, with the table behind them."""
    words = sheets.words
    a, b = sheets.held_by(STEPS)
    title = words.say(msg("How reception places are spread over the inhabitants"))
    caption = words.say(
        msg(
            "Municipalities in the order of their reception places per inhabitant. To the right, the share of all "
            "inhabitants in per cent; upwards, the share of all places that they have. On the straight line each "
            "inhabitant has as many. A is the thin line, B the thick one; means over all pairs of %(years)s."
        ),
        years=sheets.window.said(words),
    )
    heads = [words.say(msg("Inhabitants [per cent]")), *(f"{side} [%]" for side in "AB")]
    rows = [
        [words.number(100 * STEPS[at], 0), *(words.number(100 * side[at], 1) for side in (a, b))]
        for at in range(0, len(STEPS), TENTHS)
    ]
    svg = sheet_charts.curves(STEPS, a, b, words, f"{title}. {caption}")
    return Chart("spread", title, caption, svg, heads, rows)


def gini(sheets: Sheets) -> dict[str, str]:
    """The number of Gini on both sides, its difference, interval and verdict, as they are shown."""
    words, (a, b) = sheets.words, sheets.ginis()
    pairs = pd.DataFrame({"outcome": "gini", "unit": "", "a": a, "b": b})
    row = compared.differences(pairs).iloc[0]
    verdict = sure(row["low"], row["high"], row["verdict"])
    return {
        "a": words.number(row["a"], GINI_DIGITS),
        "b": words.number(row["b"], GINI_DIGITS),
        "difference": words.number(row["difference"], GINI_DIGITS, sign=True),
        "interval": words.between(row["low"], row["high"], GINI_DIGITS),
        "verdict": words.say(VERDICTS[verdict, bool(row["difference"] > 0)]),
    }
