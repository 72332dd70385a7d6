"""Writes the page of a run: one HTML file with figures, captions and tables, without scripts or external files."""

import re
from collections.abc import Mapping
from html import escape
from pathlib import Path
from types import MappingProxyType

import pandas as pd

from abm import scenario
from abm.engine import cache_place
from abm.engine.params import about
from abm.facts import facts
from abm.facts.facts import Inputs
from abm.facts.mergers import BASE
from abm.measures import MEASURES, SUBJECT, asked_of, refusal
from abm.plugins import assembly
from abm.scenario_file import PARAMS, section_of
from experiments import text
from experiments.analysis import yearly
from experiments.store.store import Run

PAGES, PAGE, TEMPLATE, SHORT = "pages", "page.html", "page.html.j2", 12  # characters of a digest
YEARS = ("2016", "2019", "2022", "2025", "2030", "2035")
MILLION = 1e6
OF_YEAR = {"end": "end of year", "sum": "in the year", "mean": "mean of the year"}
ASKED = asked_of(
    (
        "summary", "task", "task_backlog", "relatives_queueing", "in_reception by status", "in_reception by kind",
        "places by kind", *(f"{wait} by statistic" for wait in ("wait_decision", "wait_home", "wait_family")),
        "spending by purpose", "in_reception by region",
        *(f"{each} by {by}" for each in ("awaiting_home", "task_backlog") for by in ("region", "municipality")),
        "housed by region",
    )
)  # measures that the page shows  # fmt: skip
COUNTED = ("in_reception", "status_holders")  # measures of which the first figure shows observed counts
PER, MONTHS = 10_000, 12
PARTS = re.compile(r' (?:role|aria-[a-z]+)="[^"]*"')  # what Vega says of each mark: an image is read as a whole
LABELS = {measure.name: (measure.label, measure.label_nl) for measure in MEASURES}
UNITS = {measure.name: measure.unit for measure in MEASURES}


def write(run: Run) -> str:
    """Write the page of a finished run into its store; returns its path or URI. Raises InputError where it cannot."""
    key = f"{PAGES}/{run.name}/{PAGE}"
    run.store.files.write(key, html(run).encode())
    return run.store.files.shown(key)


def html(run: Run) -> str:
    """The page of a run as HTML; the same run gives the same text."""
    import jinja2

    with cache_place.some_home():  # altair fails without one when it is imported
        from experiments.report import figures

    record, outcomes = run.about(), run.outcomes()
    scale = record["scenario"]["scale"]
    inputs = facts.load(layout=record["scenario"].get("layout", BASE))
    places = jinja2.FileSystemLoader(Path(__file__).parent)
    engine = jinja2.Environment(loader=places, autoescape=True, trim_blocks=True, lstrip_blocks=True)
    engine.filters |= {"brief": text.brief, "period": text.period}
    return engine.get_template(TEMPLATE).render(
        run=record,
        folder=run.name,
        short=SHORT,
        until=record["scenario"]["until"],
        differences=differences(record["scenario"], assembly.parameters_of_record(record)),
        summary=summary(outcomes, scale),
        scale=scale,
        not_said=[said_as()[each.name][0] for each in SUBJECT if refusal(each.measure, each.by, scale)],
        labels=LABELS | said_as() | {each.name: (each.label, each.label_nl) for each in assembly.of_record(record)},
        figures=figures.of_run(outcomes, inputs.municipalities, counted()),
        inline=inline,
        regions=regions(outcomes, inputs, scale),
    )


def counted() -> pd.DataFrame | None:
    """Observed counts of people in reception: measure, period, value; None without the file of targets."""
    from experiments.validation import targets

    if not targets.OBSERVED.exists():
        return None
    wanted = [targets.Quantity(measure=name, take="end") for name in COUNTED]
    points = [(point.measure or target.measure, point) for target in targets.load() for point in target.points]
    rows = [(made.measure, point.period, point.value) for made, point in points if made in wanted]
    return pd.DataFrame(rows, columns=["measure", "period", "value"])


def summary(outcomes: pd.DataFrame, scale: float) -> pd.DataFrame:
    """The summary table: its rows with their units, and the YEARS that the run completes as columns.

    What says nothing at the scale of the run is left out.
    """
    said = [each for each in SUBJECT if not refusal(each.measure, each.by, scale)]
    years = yearly.whole(outcomes, said)
    rows = {}
    for each in said:
        unit = UNITS[each.measure].partition("/month")[0]
        by = MILLION if unit == "EUR" else 1.0
        rows[each.name, f"{'million EUR' if unit == 'EUR' else unit}, {OF_YEAR[each.take]}"] = years.loc[each.name] / by
    table = pd.DataFrame(rows).T
    return table[[year for year in YEARS if year in table]]


def said_as() -> dict[str, tuple[str, str]]:
    """The rows of the summary by name, in English and Dutch."""
    found: dict[str, tuple[str, str]] = {}
    for each in SUBJECT:
        (en, nl), groups = LABELS[each.measure], (each.en, each.nl)
        found[each.name] = (f"{en}, {groups[0]}", f"{nl}, {groups[1]}") if all(groups) else (en, nl)
    return found


def regions(outcomes: pd.DataFrame, inputs: Inputs, scale: float) -> pd.DataFrame:
    """The table of labour market regions at the end of the run, without what says nothing at its scale."""
    from experiments.report.charts import wide

    towns, names = inputs.municipalities, inputs.regions.set_index("region_code")["name"]
    people = towns.groupby(towns["region_code"].map(names))["population"].sum()
    held, waiting, housed, backlog = (
        wide(outcomes, measure, "region") for measure in ("in_reception", "awaiting_home", "housed", "task_backlog")
    )
    table = pd.DataFrame(
        {
            "In reception": held.iloc[-1].round(),
            "per 10,000": PER * held.iloc[-1] / people,
            "Waiting for a home": waiting.iloc[-1].round(),
            "per 10,000 ": PER * waiting.iloc[-1] / people,
            "Housed in 12 months": housed.tail(MONTHS).sum().round(),
            "Shortfall of the task": backlog.iloc[-1].round(),
        }
    )
    if refusal("awaiting_home", "region", scale):
        table = table.drop(columns=["Waiting for a home", "per 10,000 "])
    return table.sort_index()


def differences(canonical: dict, more: Mapping[str, dict] = MappingProxyType({})) -> list[tuple[str, str, str, str]]:
    """Parameters that differ from their defaults: key, meaning with unit, default, value of the run.

    more: parameters of plug-ins, as a record describes them.
    """
    usual = scenario.default().changed(until=canonical["until"]).canonical()["params"]
    found = []
    for process, model in PARAMS.items():
        for name, field in model.model_fields.items():
            default, here = (steps(params[f"{process}.{name}"]) for params in (usual, canonical["params"]))
            if default != here:
                meaning = f"{field.description} [{about(field)['unit']}]"
                found.append((f"{section_of(process, name)}.{process}.{name}", meaning, default, here))
    for path, declared in more.items():
        usually = {month: value for month, value in declared["default"].items() if month <= canonical["until"]}
        default, here = (steps(each) for each in (usually, canonical["params"][path.partition(".")[2]]))
        if default != here:
            found.append((path, f"{declared['meaning']} [{declared['unit']}]", default, here))
    return found


def steps(dated: dict) -> str:
    """The values of a parameter by month, as text: '6; 15 from 2016-02'."""
    words = {month: text.plain(value) for month, value in sorted(dated.items())}
    first, *later = words.items()
    return "; ".join([first[1], *(f"{value} from {month}" for month, value in later)])


def inline(figure, width: int, name: str) -> str:
    """A figure as SVG for use within HTML, with a description and a class; its parts have none of their own."""
    svg = PARTS.sub("", figure.svg(width))
    head = svg[: svg.index(">")]
    size = head[head.index("width=") :]
    words = escape(f"{figure.title}. {figure.caption}")
    return f'<svg class="{name}" role="img" aria-label="{words}" {size}' + svg[len(head) :]
