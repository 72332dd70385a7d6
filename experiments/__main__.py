"""The command line: runs, inspects and validates the model. `abm --help` lists the commands."""

import logging
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from abm import scenario as scenarios
from abm.engine.errors import LONGEST, BooksError, InputError, brief, cut, escaped
from experiments import terminal
from experiments.cli import (
    catalogue,
    comparing,
    depositing,
    given,
    listing,
    many_runs,
    reporting,
    reproducing,
    sheeting,
    usage,
    validating,
    verifying,
)
from experiments.cli.given import assignments
from experiments.cli.interrupts import STOPPED
from experiments.cli.options import HISTORY, History, Place, Plugins, Values, space
from experiments.store import store as stores
from experiments.store.store import Store
from experiments.text import number

app = typer.Typer(
    help="An agent-based model of reception, homes and work in the Netherlands.",
    cls=usage.Commands,
    epilog=usage.STATUS,
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
)
console = terminal.console()
BAD_INPUT, BROKEN_BOOKS = 2, 3
UsageError: Any = typer.BadParameter.__base__  # what a malformed command line raises; typer exports no name for it

ScenarioFile = Annotated[
    Path, typer.Argument(metavar="SCENARIO", help="Scenario file (YAML), like configs/scenarios/current.yaml.")
]
RunName = Annotated[str, typer.Argument(metavar="RUN", help="Name of a run, or the first characters of it.")]


@app.callback()
def options(
    version: Annotated[
        bool,
        typer.Option("--version", help="Print the version and exit.", callback=usage.version, is_eager=True),
    ] = False,
) -> None:
    """An agent-based model of reception, homes and work in the Netherlands."""


@app.command(
    cls=usage.Command,
    rich_help_panel=usage.ONE_RUN,
    epilog=usage.examples(
        "abm run configs/scenarios/current.yaml",
        "abm run configs/scenarios/current.yaml --scale 0.1 --until 2020-12 --seed 2",
        "abm run configs/scenarios/current.yaml --set policy.decision.capacity_factor=1.5",
    ),
)
def run(
    scenario: ScenarioFile,
    seed: Annotated[int | None, typer.Option(help="Seed of all random draws.")] = None,
    scale: Annotated[float | None, typer.Option(help="Share of the people that is simulated, at most 1.")] = None,
    until: Annotated[str | None, typer.Option(metavar="YYYY-MM", help="Last month of the run.")] = None,
    layout: Annotated[
        int | None, typer.Option(metavar="YEAR", help="Use the municipalities as of 1 January of this year.")
    ] = None,
    set_: Values = None,
    store: Place = stores.DEFAULT,
    again: Annotated[
        bool,
        typer.Option("--again", help="Simulate also what is kept already, and check that it is the same."),
    ] = False,
    history: History = HISTORY,
    measures: Annotated[
        str,
        typer.Option(
            metavar="NAMES",
            help="Measures to keep besides those of the page: all, summary, or names like 'housed by region, permits'. "
            "What is lacking later is taken then.",
        ),
    ] = "all",
) -> None:
    """Run a scenario once. Prints a summary; keeps the outcomes and a page with figures."""
    from experiments.cli import interrupts, run_summary
    from experiments.report import page
    from experiments.sweeps import runner

    wanted = scenarios.load(scenario).with_values(assignments(set_))
    wanted = wanted.changed(seed=seed, scale=scale, until=until, layout=layout)
    usage.say_alone(wanted.set_alone())
    asked = given.measures("--measures", measures, wanted)
    asked = asked and asked | page.ASKED
    try:
        with interrupts.held() as stop_if_asked, run_summary.progress(console, wanted) as show:

            def progress(done: int, months: int) -> None:
                stop_if_asked()
                show(done, months)

            kept, simulated = runner.run(
                wanted, store, again=again, progress=progress, history=space(history), asked=asked
            )
    except KeyboardInterrupt:
        typer.echo("abm: stopped: nothing of this run is kept", err=True)
        raise typer.Exit(STOPPED) from None
    run_summary.show(kept, console, wanted)
    written = page.write(kept)
    console.print(f"{'Run' if simulated else 'This run was kept already'}: {kept.name}", soft_wrap=True)
    for key in kept.keys:
        console.print(terminal.line(f"Outcomes: {kept.store.files.shown(key)}"), soft_wrap=True)
    console.print(terminal.line(f"Page with figures: {written}"), soft_wrap=True)


@app.command(
    cls=usage.Command,
    rich_help_panel=usage.ONE_RUN,
    epilog=usage.examples(
        "abm table RUN in_reception",
        "abm table RUN in_reception --by status --group 'status holder' --from 2015-03",
        "abm table RUN wait_home --by statistic --to 2015-04 --csv",
    ),
)
def table(
    run: RunName,
    measure: Annotated[str, typer.Argument(metavar="MEASURE", help="Name of a measure; 'abm measures' lists them.")],
    by: Annotated[
        str | None, typer.Option(metavar="BREAKDOWN", help="Groups to break it down by, like region.")
    ] = None,
    group: Annotated[str | None, typer.Option(metavar="GROUP", help="Only this group of the breakdown.")] = None,
    first: Annotated[str | None, typer.Option("--from", metavar="YYYY-MM", help="First month.")] = None,
    last: Annotated[str | None, typer.Option("--to", metavar="YYYY-MM", help="Last month.")] = None,
    csv: Annotated[bool, typer.Option("--csv", help="Plain CSV instead of a table.")] = False,
    plugins: Plugins = Path(),
    store: Place = stores.DEFAULT,
) -> None:
    """Print a measure of a run by month and group. One that the run lacks is taken, from a state that is kept if there
    is one.
    """
    from abm import measures
    from abm.plugins import assembly
    from experiments.cli import run_summary

    found = Store(store).find(run)
    run_summary.complete(found, run_summary.asked(found, measure, by), plugins)
    frame = run_summary.of_measure(found, measure, by, group, given.month("--from", first), given.month("--to", last))
    if csv:
        typer.echo(frame.to_csv(index=False, lineterminator="\n"), nl=False)
        return
    shown = Table("month", "group", "value", title=measures.caption(measure, assembly.of_record(found.about())))
    for month, of, value in frame.itertuples(index=False):
        shown.add_row(month, of, number(value))
    console.print(shown)


@app.command(
    cls=usage.Command, rich_help_panel=usage.ONE_RUN, epilog=usage.examples("abm page RUN", "abm page RUN --open")
)
def page(
    run: RunName,
    open_: Annotated[bool, typer.Option("--open", help="Show it in the browser as well.")] = False,
    plugins: Plugins = Path(),
    store: Place = stores.DEFAULT,
) -> None:
    """Make the page with figures of a kept run, and say where it is. Measures that the run lacks are taken."""
    from experiments.cli import run_summary
    from experiments.report import page as pages

    found = Store(store).find(run)
    run_summary.complete(found, pages.ASKED, plugins)
    written = pages.write(found)
    console.print(f"Page with figures: {written}", soft_wrap=True)
    if open_:
        typer.launch(written)


@app.command(
    cls=usage.Command,
    rich_help_panel=usage.ONE_RUN,
    epilog=usage.examples("abm network configs/scenarios/current.yaml"),
)
def network(
    scenario: ScenarioFile,
    scale: Annotated[
        float | None, typer.Option(help="Share of the people that is simulated; that of the scenario if not given.")
    ] = None,
) -> None:
    """Print statistics of the social network of residents: ties, degrees, clustering."""
    from experiments.cli import network_summary

    for statistic, value in network_summary.statistics(scenarios.load(scenario).changed(scale=scale)).items():
        console.print(f"{statistic:40} {number(value)}")


validating.register(app)
many_runs.register(app)
comparing.register(app)
reporting.register(app)
sheeting.register(app)
verifying.register(app)
reproducing.register(app)
depositing.register(app)
listing.register(app)


@app.command(cls=usage.Command, rich_help_panel=usage.UPKEEP, epilog=usage.examples("abm warm"))
def warm() -> None:
    """Compile the kernels and keep them on disk, so that later runs start at once."""
    from abm.facts import facts
    from experiments.sweeps import runner

    runner.warm_up(facts.load())
    console.print("Kernels are compiled and kept.")


@app.command(cls=usage.Command, rich_help_panel=usage.UPKEEP, epilog=usage.examples("abm schema", "abm schema design"))
def schema(
    of: Annotated[str, typer.Argument(metavar="scenario|design|published", help="Kind of file.")] = "scenario",
    scenario: listing.OfScenario = None,
) -> None:
    """Print the JSON Schema of scenario files, design files or published questions, for editors."""
    import json

    from abm.parameters import json_schema
    from experiments.designs import design_file
    from experiments.published import question_file

    plugins = catalogue.plugins(scenario)
    known = {
        "scenario": lambda: json_schema(plugins),
        "design": lambda: design_file.json_schema(plugins),
        "published": question_file.json_schema,
    }
    if of not in known:
        raise InputError(f"'{brief(of)}' has no schema: choose from {', '.join(known)}")
    typer.echo(json.dumps(known[of](), indent=1))


class _Told(logging.Handler):
    """Says on standard error which plug-ins run, before their code does."""

    def emit(self, record: logging.LogRecord) -> None:
        typer.echo(f"abm: {terminal.printable(record.getMessage())}", err=True)


def main() -> None:
    """Entry point. Reports errors that the user can correct in one line on standard error, and sets the exit status."""
    log = logging.getLogger("abm.plugins")
    log.setLevel(logging.INFO)
    log.handlers[:] = [_Told()]  # one, however often this is called
    terminal.escape_what_cannot_be_written()
    try:
        sys.exit(app(sys.argv[1:] or ["--help"], standalone_mode=False))
    except (InputError, BooksError) as error:
        typer.echo(f"abm: {terminal.printable(str(error))}", err=True)
        sys.exit(BAD_INPUT if isinstance(error, InputError) else BROKEN_BOOKS)
    except UsageError as error:
        words = " ".join(error.format_message().split()).rstrip(".")
        typer.echo(f"abm: {terminal.printable(cut(escaped(words), LONGEST))}: see 'abm --help'", err=True)
        sys.exit(BAD_INPUT)


if __name__ == "__main__":
    main()
