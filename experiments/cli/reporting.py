"""The command that writes the report of two scenarios."""

from pathlib import Path
from typing import Annotated

import typer

from abm import scenario as scenarios
from abm.engine.errors import InputError
from experiments import terminal
from experiments.cli import usage, whole_files
from experiments.cli.many_runs import CURRENT, STOPPED
from experiments.cli.options import HISTORY, Address, Budget, History, Place, Workers, execution
from experiments.store import store as stores

PLAN = "configs/scenarios/plan.yaml"  # in examples

console = terminal.console()


def report(
    b: Annotated[Path, typer.Argument(metavar="B", help=f"Scenario file, like {PLAN}.")],
    against: Annotated[Path, typer.Option("--against", metavar="A", help="Scenario file to set it beside.")],
    pairs: Annotated[int, typer.Option(help="Number of pairs of runs, with seeds 1, 2, ...")] = 8,
    scale: Annotated[float | None, typer.Option(help="Share of the people that is simulated.")] = None,
    until: Annotated[str | None, typer.Option(metavar="YYYY-MM", help="Last month of the runs.")] = None,
    years: Annotated[int, typer.Option(help="Number of whole years, the last ones, over which means are taken.")] = 8,
    lang: Annotated[str, typer.Option(metavar="nl|en", help="Language of the report.")] = "nl",
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="HTML file to write; in the store if not given.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Seed of the first pair.")] = 1,
    budget: Budget = None,
    workers: Workers = None,
    address: Address = None,
    store: Place = stores.DEFAULT,
    history: History = HISTORY,
) -> None:
    """Write a report, in Dutch or English, of what scenario B changes beside A: one HTML file, from pairs of runs.
    Missing runs are made; before that a line says how many and roughly how long.
    """
    from experiments.analysis import comparison
    from experiments.report import council, paired_runs, quantities, words

    words.Words(lang)
    if years < 1:
        raise InputError(f"--years: {years} is too few: give 1 or more")
    if out is not None:
        whole_files.check("--out", out)
    one, other = (scenarios.load(file).changed(scale=scale, until=until, seed=seed) for file in (against, b))
    usage.say_alone(dict.fromkeys(one.set_alone() + other.set_alone()))
    since = comparison.first_difference(one, other)
    asked = quantities.asked(quantities.carried(council.QUANTITIES, one.scale))
    how = execution(workers, address, store, budget, history)

    def tell(line: str) -> None:
        console.print(terminal.line(line), soft_wrap=True)

    try:
        runs = paired_runs.made(one, other, pairs, asked, how, tell, console)
    except KeyboardInterrupt:
        typer.echo("abm: stopped: finished runs are kept; the same command continues from there", err=True)
        raise typer.Exit(STOPPED) from None
    content = council.html(how.store, council.Pair(one, other, since, runs), lang, years)
    if out is None:
        place = council.keep(how.store, runs, lang, content)
    elif out == whole_files.STANDARD_OUTPUT:
        typer.echo(content)
        return
    else:
        whole_files.write("--out", out, content)
        place = str(out)
    tell(f"Report: {place}")


def register(app: typer.Typer) -> None:
    """Add this command to the command line."""
    lines = (
        f"abm report {PLAN} --against {CURRENT} --scale 0.1",
        f"abm report {PLAN} --against {CURRENT} --scale 0.1 --lang en --out report.html",
    )
    app.command(cls=usage.Command, rich_help_panel=usage.MANY_RUNS, epilog=usage.examples(*lines))(report)
