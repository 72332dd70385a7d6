"""The command line: runs, inspects and validates the model. `abm --help` lists the commands."""

import logging
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.padding import Padding
from rich.table import Table

from abm import parameters as catalogue
from abm import scenario as scenarios
from abm.chain import CHAIN, name
from abm.engine.errors import LONGEST, BooksError, InputError, brief, cut, escaped
from abm.engine.yaml_input import read_value
from experiments.cli import many_runs
from experiments.cli.many_runs import STOPPED, Place
from experiments.store import store as stores
from experiments.store.store import Store
from experiments.text import number, plain

app = typer.Typer(
    help="An agent-based model of reception, homes and work in the Netherlands.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
console = Console()
BAD_INPUT, BROKEN_BOOKS = 2, 3
UsageError = typer.BadParameter.__base__  # what typer raises for a malformed command line; it exports no name for it

ScenarioFile = Annotated[
    Path, typer.Argument(metavar="SCENARIO", help="Scenario file (YAML), like configs/scenarios/current.yaml.")
]
OfScenario = Annotated[
    Path | None, typer.Option("--scenario", metavar="SCENARIO", help="Include those of the plug-ins of this scenario.")
]
RunName = Annotated[str, typer.Argument(metavar="RUN", help="Name of a run, or the first characters of it.")]


@app.command()
def run(
    scenario: ScenarioFile,
    seed: Annotated[int | None, typer.Option(help="Seed of all random draws.")] = None,
    scale: Annotated[float | None, typer.Option(help="Share of the people that is simulated, at most 1.")] = None,
    until: Annotated[str | None, typer.Option(metavar="YYYY-MM", help="Last month of the run.")] = None,
    layout: Annotated[
        int | None, typer.Option(metavar="YEAR", help="Use the municipalities as of 1 January of this year.")
    ] = None,
    set_: Annotated[
        list[str] | None,
        typer.Option(
            "--set", metavar="KEY=VALUE", help="Set a parameter, like policy.decision.capacity_factor=1.5; repeatable."
        ),
    ] = None,
    store: Place = stores.DEFAULT,
    again: Annotated[
        bool, typer.Option("--again", help="Simulate even if the run is kept already, and check that it is the same.")
    ] = False,
) -> None:
    """Run a scenario once. Prints a summary; keeps the outcomes and a page with figures."""
    from experiments.cli import interrupts, run_summary
    from experiments.report import page
    from experiments.sweeps import runner

    wanted = scenarios.load(scenario).with_values(assignments(set_ or []))
    wanted = wanted.changed(seed=seed, scale=scale, until=until, layout=layout)
    try:
        with interrupts.held() as stop_if_asked, run_summary.progress(console, wanted) as show:

            def progress(done: int, months: int) -> None:
                stop_if_asked()
                show(done, months)

            kept, simulated = runner.run(wanted, store, again=again, progress=progress)
    except KeyboardInterrupt:
        typer.echo("abm: stopped: nothing of this run is kept", err=True)
        raise typer.Exit(STOPPED) from None
    run_summary.show(kept, console)
    written = page.write(kept)
    console.print(f"{'Run' if simulated else 'This run was kept already'}: {kept.name}", soft_wrap=True)
    console.print(f"Outcomes: {kept.store.files.shown(kept.key)}", soft_wrap=True)
    console.print(f"Page with figures: {written}", soft_wrap=True)


@app.command()
def table(
    run: RunName,
    measure: Annotated[
        str, typer.Argument(metavar="MEASURE", help="Name of a measure; an unknown name lists all names.")
    ],
    by: Annotated[
        str | None, typer.Option(metavar="BREAKDOWN", help="Groups to break it down by, like region.")
    ] = None,
    csv: Annotated[bool, typer.Option("--csv", help="Plain CSV instead of a table.")] = False,
    store: Place = stores.DEFAULT,
) -> None:
    """Print a measure of a run by month and group."""
    from abm import measures
    from abm.plugins import together
    from experiments.cli import run_summary

    found = Store(store).find(run)
    frame = run_summary.of_measure(found, measure, by)
    if csv:
        typer.echo(frame.to_csv(index=False, lineterminator="\n"), nl=False)
        return
    shown = Table("month", "group", "value", title=measures.caption(measure, together.of_record(found.about())))
    for month, group, value in frame.itertuples(index=False):
        shown.add_row(month, group, number(value))
    console.print(shown)


@app.command()
def levers(
    csv: Annotated[bool, typer.Option("--csv", help="Plain CSV instead of a list.")] = False,
    scenario: OfScenario = None,
) -> None:
    """List the levers, which are parameters that policy sets: default, unit, meaning, bounds, source."""
    list_parameters(csv, only_levers=True, scenario=scenario)


@app.command()
def parameters(
    csv: Annotated[bool, typer.Option("--csv", help="Plain CSV instead of a list.")] = False,
    scenario: OfScenario = None,
) -> None:
    """List all parameters, levers included: default, unit, meaning, bounds, source."""
    list_parameters(csv, only_levers=False, scenario=scenario)


@app.command()
def chain() -> None:
    """List the processes of a month in order, with the columns that each writes."""
    shown = Table("", "process", "what it does", "writes")
    for place, process in enumerate(CHAIN, 1):
        shown.add_row(str(place), name(process), process.__doc__.splitlines()[0], ", ".join(process.WRITES))
    console.print(shown)


@app.command()
def network(
    scenario: ScenarioFile,
    scale: Annotated[
        float | None, typer.Option(help="Share of the people that is simulated; that of the scenario if not given.")
    ] = None,
) -> None:
    """Print statistics of the social network of residents: ties, degrees, clustering."""
    from experiments.cli import network_summary

    for statistic, value in network_summary.statistics(scenarios.load(scenario).changed(scale=scale)).items():
        console.print(f"{statistic:40} {number(value)}", highlight=False)


@app.command()
def validate(run: RunName, store: Place = stores.DEFAULT) -> None:
    """Compare a run with observed values, target by target, each with its tolerance."""
    from experiments.validation import targets

    targets.show(targets.compare(Store(store).find(run), targets.load()), console)


@app.command()
def warm() -> None:
    """Compile the kernels and keep them on disk, so that later runs start at once."""
    from abm.facts import facts
    from experiments.sweeps import runner

    runner.warm_up(facts.load())
    console.print("Kernels are compiled and kept.")


@app.command()
def schema() -> None:
    """Print the JSON Schema of scenario files, for editors."""
    import json

    from abm.parameters import json_schema

    typer.echo(json.dumps(json_schema(), indent=1))


many_runs.register(app)


def assignments(texts: list[str]) -> dict[str, object]:
    """Values of --set by key: 'policy.x.y=1' -> {'policy.x.y': 1}. Raises InputError."""
    found = {}
    for text in texts:
        key, equals, value = text.partition("=")
        if not equals:
            raise InputError(f"--set: '{brief(text)}' has no value: write section.process.parameter=value")
        if (key := key.strip()) in found:
            raise InputError(f"--set: {brief(key)}: is given twice: give it once")
        found[key] = read_value(value, f"--set: {brief(key)}")
    return found


def list_parameters(csv: bool, only_levers: bool, scenario: Path | None) -> None:
    """Print the parameters, as a list for people or as CSV; scenario: its plug-ins have parameters too."""
    rows = catalogue.rows(only_levers, scenarios.load(scenario).plugins if scenario else ())
    if csv:
        import pandas as pd

        typer.echo(pd.DataFrame(rows).to_csv(index=False, lineterminator="\n"), nl=False)
        return
    for row in rows:
        later = "".join(f", from {month}: {plain(value)}" for month, value in row["dated"].items())
        console.print(
            f"[bold]{row['parameter']}[/bold] = {plain(row['default'])}{later} \\[{row['unit']}]", highlight=False
        )
        takes = row["allowed"] + f"; {row['together']}" * bool(row["together"])
        console.print(Padding(f"{row['meaning']}. Takes {takes}. Source: {row['source']}", (0, 0, 0, 4)))


class _Told(logging.Handler):
    """Says on standard error which plug-ins run, before their code does."""

    def emit(self, record: logging.LogRecord) -> None:
        typer.echo(f"abm: {escaped(record.getMessage())}", err=True)


def main() -> None:
    """Entry point. Reports errors that the user can correct in one line on standard error, and sets the exit status."""
    log = logging.getLogger("abm.plugins")
    log.setLevel(logging.INFO)
    log.handlers[:] = [_Told()]  # one, however often this is called
    try:
        sys.exit(app(sys.argv[1:] or ["--help"], standalone_mode=False))
    except (InputError, BooksError) as error:
        typer.echo(f"abm: {error}", err=True)
        sys.exit(BAD_INPUT if isinstance(error, InputError) else BROKEN_BOOKS)
    except UsageError as error:
        said = cut(escaped(" ".join(error.format_message().split()).rstrip(".")), LONGEST)
        typer.echo(f"abm: {said}: see 'abm --help'", err=True)
        sys.exit(BAD_INPUT)


if __name__ == "__main__":
    main()
