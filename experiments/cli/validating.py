"""The command that validates: runs of one scenario beside observed values."""

import json as jsons
from pathlib import Path
from typing import Annotated

import typer

from abm.engine.errors import InputError
from experiments import terminal
from experiments.cli import usage, whole_files
from experiments.cli.interrupts import telling_what_is_kept
from experiments.cli.many_runs import INCOMPLETE
from experiments.cli.options import Address, Place, Plugins, Workers
from experiments.store import store as stores
from experiments.sweeps.execution import Execution

console = terminal.console()
OUT = "'-' prints it instead of the table."


def validate(
    runs: Annotated[
        list[str],
        typer.Argument(
            metavar="RUN...",
            help="Runs of one scenario, each by its name or the first characters of it; or one sweep, by its name or "
            "its design file.",
        ),
    ],
    seeds: Annotated[
        int | None,
        typer.Option(
            metavar="N", help="N runs: RUN's scenario with its seed and those after it. Missing ones are made and kept."
        ),
    ] = None,
    scenario: Annotated[
        str | None, typer.Option(metavar="NAME", help="The scenario to validate, of a sweep that has several.")
    ] = None,
    at_least: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            help="End with status 1 if fewer than N of the points that were judged in November 2026 are within, "
            "those within with the discrepancy not counted.",
        ),
    ] = None,
    csv: Annotated[
        Path | None, typer.Option(metavar="FILE", help=f"Write CSV with a row for each point; {OUT}")
    ] = None,
    json: Annotated[Path | None, typer.Option(metavar="FILE", help=f"Write the same rows as JSON; {OUT}")] = None,
    markdown: Annotated[
        Path | None, typer.Option(metavar="FILE", help=f"Write a page in Markdown, like docs/validation.md; {OUT}")
    ] = None,
    workers: Workers = None,
    address: Address = None,
    plugins: Plugins = Path(),
    store: Place = stores.DEFAULT,
) -> None:
    """Compare runs of one scenario with observed values: the median and the band of the runs, and a verdict for each
    point and target. A point is within where the band, from the lowest to the highest run (from the 5th to the 95th
    percentile of more than 19 runs), overlaps the observed value with its tolerance. Of targets whose tolerance is a
    sign or RMS the medians decide. Targets that set something in the model (fit) and those that never did (unseen) are
    counted apart. The exit status is 0 whatever the verdicts are, unless --at-least asks for more.
    """
    from experiments.cli import validated_runs
    from experiments.validation import printing, targets, validation_page, verdicts

    files = {"--csv": csv, "--json": json, "--markdown": markdown}
    wanted = {option: path for option, path in files.items() if path is not None}
    for option, path in wanted.items():
        whole_files.check(option, path)
    if (printed := list(wanted.values()).count(whole_files.STANDARD_OUTPUT)) > 1:
        raise InputError(f"{', '.join(wanted)}: {printed} of them are '-': only one fits on standard output")
    how, observed, listed = Execution(workers, address, store), targets.load(), targets.judged()
    with telling_what_is_kept():
        found = validated_runs.chosen(how, runs, seeds, scenario, plugins, targets.asked(observed))
    rows = verdicts.compare(found.runs, observed)
    if not any(row.verdict for row in rows):
        name, until = found.runs[0].name, found.until
        raise InputError(f"{name}: ends in {until}, before anything was observed: make a run with a later --until")
    makers = {
        "--csv": lambda: printing.as_csv(rows),
        "--json": lambda: jsons.dumps(printing.records(rows), indent=1, ensure_ascii=False) + "\n",
        "--markdown": lambda: validation_page.page(rows, found.about, len(found.runs), listed),
    }
    if not printed:
        console.print(terminal.line(found.about), soft_wrap=True)
        printing.show(rows, len(found.runs), console)
    for option, path in wanted.items():
        text = makers[option]()
        if path == whole_files.STANDARD_OUTPUT:
            typer.echo(text, nl=False)
        else:
            whole_files.write(option, path, text)
    if not printed:
        for words in printing.counts(rows, listed):
            console.print(words, soft_wrap=True)
    within = verdicts.tally(verdicts.of_list(rows, listed)).points[0]
    if at_least is not None and within < at_least:
        typer.echo(f"abm: {within} of the {len(listed)} points are within: fewer than --at-least {at_least}", err=True)
        raise typer.Exit(INCOMPLETE)


def register(app: typer.Typer) -> None:
    """Add this command to the command line."""
    lines = ("abm validate RUN", "abm validate RUN --seeds 4", "abm validate RUN --csv points.csv --at-least 70")
    app.command(cls=usage.Command, rich_help_panel=usage.ONE_RUN, epilog=usage.examples(*lines))(validate)
