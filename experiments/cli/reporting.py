"""The command that writes the report of two scenarios."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from abm import scenario as scenarios
from abm.engine.errors import InputError
from abm.measures import Asked
from abm.scenario import Scenario
from experiments import terminal
from experiments.cli import usage, whole_files
from experiments.cli.interrupts import telling_what_is_kept
from experiments.cli.many_runs import CURRENT
from experiments.cli.options import (
    HISTORY,
    Address,
    Against,
    Budget,
    FirstSeed,
    History,
    Place,
    Plugins,
    Until,
    Workers,
    Years,
    execution,
)
from experiments.store import store as stores
from experiments.sweeps.execution import Execution

if TYPE_CHECKING:
    from experiments.report.council import Pair

PLAN = "configs/scenarios/plan.yaml"  # in examples
PAIRS, ENDINGS = 8, (".yaml", ".yml")  # pairs of runs; endings of scenario files

console = terminal.console()


def report(
    b: Annotated[
        str, typer.Argument(metavar="B", help=f"Scenario file, like {PLAN}, or a sweep of two sides, or of a ladder.")
    ],
    against: Against = None,
    pairs: Annotated[
        int | None, typer.Option(help="Number of pairs of runs; 8 if not given, or all of a sweep.", show_default=False)
    ] = None,
    scale: Annotated[float | None, typer.Option(help="Share of the people that is simulated.")] = None,
    until: Until = None,
    years: Years = 8,
    lang: Annotated[str, typer.Option(metavar="nl|en", help="Language of the report.")] = "nl",
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="HTML file to write; in the store if not given.")
    ] = None,
    seed: FirstSeed = None,
    town: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", help="Municipality to add a chapter on; at scale 1, from 8 pairs on.", show_default=False
        ),
    ] = None,
    region: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Labour market region to add a chapter on, likewise.", show_default=False),
    ] = None,
    plugins: Plugins = Path(),
    budget: Budget = None,
    workers: Workers = None,
    address: Address = None,
    store: Place = stores.DEFAULT,
    history: History = HISTORY,
) -> None:
    """Write a report, in Dutch or English, of what scenario B changes beside A: one HTML file, from pairs of runs.
    Missing runs are made; before that a line says how many and roughly how long. A ladder tells what each part does.
    """
    from experiments.report import council, own_place, words

    words.Words(lang)
    if years < 1:
        raise InputError(f"--years: {years} is too few: give 1 or more")
    if out is not None:
        whole_files.check("--out", out)
    how, own = execution(workers, address, store, budget, history), []

    def check(one: Scenario, other: Scenario, pairs: int) -> None:
        own.append(own_place.wanted(town, region, one))

    def asked(scenario: Scenario) -> Asked:
        return of_report(scenario) | (own[0].asked(scenario) if own[0] else frozenset())

    pair = compared(b, against, pairs, (scale, until, seed), how, plugins, asked, check)
    content = council.html(how.store, pair, lang, years, own[0])
    if out is None:
        place = council.keep(how.store, pair.runs, lang, content)
    elif out == whole_files.STANDARD_OUTPUT:
        typer.echo(content)
        return
    else:
        whole_files.write("--out", out, content)
        place = str(out)
    tell(f"Report: {place}")


def of_report(scenario: Scenario) -> Asked:
    """The measures of the report that the scale of a scenario carries."""
    from experiments.report import council, quantities

    return quantities.asked(quantities.carried(council.QUANTITIES, scenario.scale))


def compared(
    b: str,
    against: Path | None,
    pairs: int | None,
    changes: tuple[float | None, str | None, int | None],
    how: Execution,
    plugins: Path,
    asked: Callable[[Scenario], Asked],
    check: Callable[[Scenario, Scenario, int], None],
    with_parts: bool = True,
) -> "Pair":
    """What two scenario files, or a sweep, compare; missing runs are made, after a line on what they cost.

    changes: scale, until and seed, where they are given; asked: the measures to take; check: called with both
    scenarios and the number of pairs before anything is made, and may refuse them; with_parts: whether the steps
    of a ladder are wanted. Raises InputError; ends the command on Ctrl-C.
    """
    with telling_what_is_kept():
        if against is None:
            return _of_sweep(b, pairs, changes, how, plugins, asked, check, with_parts)
        scale, until, seed = changes
        one, other = (scenarios.load(file).changed(scale=scale, until=until, seed=seed) for file in (against, b))
        return _of_scenarios(one, other, PAIRS if pairs is None else pairs, how, asked, check)


def _of_scenarios(
    one: Scenario,
    other: Scenario,
    pairs: int,
    how: Execution,
    asked: Callable[[Scenario], Asked],
    check: Callable[[Scenario, Scenario, int], None],
) -> "Pair":
    """What two scenarios compare; their missing runs are made."""
    from experiments.analysis import comparison
    from experiments.report import council, paired_runs

    usage.say_alone(dict.fromkeys(one.set_alone() + other.set_alone()))
    since = comparison.first_difference(one, other)
    check(one, other, pairs)
    return council.Pair(one, other, since, paired_runs.made(one, other, pairs, asked(one), how, tell, console))


def _of_sweep(
    name: str,
    pairs: int | None,
    changes: tuple[float | None, str | None, int | None],
    how: Execution,
    plugins: Path,
    asked: Callable[[Scenario], Asked],
    check: Callable[[Scenario, Scenario, int], None],
    with_parts: bool,
) -> "Pair":
    """What a sweep compares. Raises InputError for a scenario file, or options that a sweep has of its own."""
    from experiments.report import swept

    if name.endswith(ENDINGS):
        raise InputError("--against: is missing: name the scenario file to set B beside, or a sweep by its name as B")
    for option, value in zip(("--scale", "--until", "--seed"), changes, strict=True):
        if value is not None:
            raise InputError(f"{option}: is that of the sweep: omit it")
    return swept.pair(name, how, pairs, plugins, console, asked, check, with_parts)


def tell(line: str) -> None:
    """Print a line."""
    console.print(terminal.line(line), soft_wrap=True)


def register(app: typer.Typer) -> None:
    """Add this command to the command line."""
    lines = (
        f"abm report {PLAN} --against {CURRENT} --scale 0.1",
        f"abm report {PLAN} --against {CURRENT} --scale 0.1 --lang en --out report.html",
        f"abm report {PLAN} --against {CURRENT} --scale 1 --town Apeldoorn",
    )
    app.command(cls=usage.Command, rich_help_panel=usage.MANY_RUNS, epilog=usage.examples(*lines))(report)
