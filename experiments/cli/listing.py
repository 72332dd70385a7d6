"""The commands that list what there is: measures, parameters, levers, runs, scenarios, sources, processes."""

import json as jsons
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from experiments import terminal
from experiments.cli import catalogue, usage
from experiments.cli.catalogue import Row
from experiments.cli.options import Place
from experiments.store import store as stores
from experiments.store.store import Store
from experiments.text import plain

console, INDENT = terminal.console(), " " * 4
Word = Annotated[
    str | None,
    typer.Argument(metavar="WORD", help="Only what has this in its name, label or meaning.", show_default=False),
]
Csv = Annotated[bool, typer.Option("--csv", help="Plain CSV instead of a list.")]
Json = Annotated[bool, typer.Option("--json", help="JSON instead of a list.")]
OfScenario = Annotated[
    Path | None, typer.Option(metavar="SCENARIO", help="Include those of the plug-ins of this scenario file.")
]


def measures(word: Word = None, csv: Csv = False, json: Json = False, scenario: OfScenario = None) -> None:
    """List the measures: unit, label in English and Dutch, breakdowns, meaning."""
    rows = catalogue.matching(catalogue.measures(scenario), word, "measures")
    show(rows, csv, json, lambda row: (
        f"{row['name']} [{row['unit']}]",
        f"{row['label']} / {row['label_nl']}. By {', '.join(row['by'])}. {row['meaning']}"
        + "".join(f" Least scale of {each}." for each in row["least_scale"]),
    ))  # fmt: skip


def parameters(word: Word = None, csv: Csv = False, json: Json = False, scenario: OfScenario = None) -> None:
    """List all parameters, levers included: default, unit, meaning, bounds, source."""
    show(catalogue.matching(catalogue.parameters(False, scenario), word, "parameters"), csv, json, of_parameter)


def levers(word: Word = None, csv: Csv = False, json: Json = False, scenario: OfScenario = None) -> None:
    """List the levers, which are parameters that policy sets: default, unit, meaning, bounds, source."""
    show(catalogue.matching(catalogue.parameters(True, scenario), word, "levers"), csv, json, of_parameter)


def runs(word: Word = None, csv: Csv = False, json: Json = False, store: Place = stores.DEFAULT) -> None:
    """List the kept runs of a store: scenario, seed, scale, last month."""
    found = catalogue.runs(Store(store))
    rows = catalogue.matching(found, word, "runs") if found else found
    show(rows, csv, json, lambda row: (
        f"{row['run']} {row['scenario']}, seed {row['seed']}, scale {row['scale']:g}, to {row['until']}", row["title"],
    ))  # fmt: skip
    if not found and not (csv or json):
        console.print("No runs are kept here: make one with 'abm run SCENARIO'.", soft_wrap=True)


def scenarios(
    word: Word = None,
    csv: Csv = False,
    json: Json = False,
    folder: Annotated[Path, typer.Option(help="Folder that holds the scenario files.")] = catalogue.SCENARIOS,
) -> None:
    """List the scenario files: title, what each extends and changes."""
    rows = catalogue.matching(catalogue.scenarios(folder), word, "scenarios")
    show(rows, csv, json, lambda row: (
        f"{row['scenario']}  {row['file']}",
        "\n".join([row["title"] + f" (extends {row['extends']})" * bool(row["extends"]), *row["changes"]]),
    ))  # fmt: skip


def sources(word: Word = None, csv: Csv = False, json: Json = False) -> None:
    """List the sources of the facts: title, publisher, year, licence, address, and what was taken from each."""
    rows = catalogue.matching(catalogue.sources(), word, "sources")
    show(rows, csv, json, lambda row: (
        row["source"],
        f"{row['title']}. {row['publisher']}, {row['year']}; {row['licence']}.\n{row['url']}"
        + f"\nFor {', '.join(row['columns'])}" * bool(row["columns"]),
    ))  # fmt: skip


def chain(scenario: OfScenario = None) -> None:
    """List the processes of a month in order, with the columns that each writes."""
    from abm.chain import name
    from abm.plugins import assembly

    shown = Table("", "process", "what it does", "writes")
    for place, process in enumerate(assembly.chain(catalogue.plugins(scenario)), 1):
        does, writes = process.__doc__.strip().splitlines()[0], ", ".join(process.WRITES)
        shown.add_row(str(place), *map(terminal.line, (name(process), does, writes)))
    console.print(shown)


def register(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    for command, *lines in (
        (measures, "abm measures", "abm measures waiting", "abm measures --csv"),
        (parameters, "abm parameters", "abm parameters decision", "abm parameters --json"),
        (levers, "abm levers", "abm levers language"),
        (runs, "abm runs", "abm runs current --csv"),
        (scenarios, "abm scenarios", "abm scenarios placement"),
        (sources, "abm sources", "abm sources vacancies"),
        (chain, "abm chain"),
    ):
        app.command(cls=usage.Command, rich_help_panel=usage.LISTS, epilog=usage.examples(*lines))(command)


def show(rows: list[Row], csv: bool, json: bool, words: Callable[[Row], tuple[str, str]]) -> None:
    """Print rows as CSV, as JSON, or for people: a line with the name, and `words` of it below."""
    if json:
        typer.echo(jsons.dumps(rows, indent=1, ensure_ascii=False))
    elif csv and rows:
        import pandas as pd

        flat = [
            {key: ", ".join(value) if isinstance(value, list) else value for key, value in row.items()} for row in rows
        ]
        typer.echo(pd.DataFrame(flat).to_csv(index=False, lineterminator="\n"), nl=False)
    else:
        for row in rows:
            head, body = words(row)
            console.print(Text(terminal.printable(head), style="bold"))
            for line in body.splitlines():
                console.print(Text(_wrapped(terminal.printable(line))), soft_wrap=True)


def _wrapped(line: str) -> str:
    """A line, indented and broken between words only, so that an address stays whole."""
    width, edge = console.width - len(INDENT), {"initial_indent": INDENT, "subsequent_indent": INDENT}
    return textwrap.fill(line, width, break_long_words=False, break_on_hyphens=False, **edge)


def of_parameter(row: Row) -> tuple[str, str]:
    """A parameter for people: name, value and unit; meaning, what it needs, bounds and source."""
    later = "".join(f", from {month}: {plain(value)}" for month, value in row["dated"].items())
    takes = row["allowed"] + f"; {row['together']}" * bool(row["together"])
    head = f"{row['parameter']} = {plain(row['default'])}{later} [{row['unit']}]"
    acts = f"Acts only with {row['needs']}. " * bool(row["needs"])
    return head, f"{row['meaning']}. {acts}Takes {takes}. Source: {row['source']}"
