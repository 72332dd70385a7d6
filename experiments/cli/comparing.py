"""The command that compares two scenarios."""

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from abm import scenario as scenarios
from abm.engine.errors import InputError
from experiments import terminal
from experiments.cli import usage, whole_files
from experiments.cli.given import assignments
from experiments.cli.interrupts import telling_what_is_kept
from experiments.cli.many_runs import CURRENT
from experiments.cli.options import HISTORY, Address, Budget, History, Place, Until, Workers, execution
from experiments.store import store as stores
from experiments.text import brief, number

SHORT = {  # verdicts in a table
    "B is higher": "B higher",
    "B is lower": "B lower",
    "the same in every pair": "same",
    "cannot tell A from B": "?",
}

console = terminal.console()


def compare(
    a: Annotated[Path, typer.Argument(metavar="A", help="Scenario file.")],
    b: Annotated[
        Path | None,
        typer.Argument(
            metavar="B",
            help="Scenario file to compare it with; A with what --set changes if not given.",
            show_default=False,
        ),
    ] = None,
    set_: Annotated[
        list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Set a parameter in B; repeatable.")
    ] = None,
    until_width: Annotated[
        str | None,
        typer.Option(metavar="X", help="Add pairs until the interval is narrower than X, or than X% of A."),
    ] = None,
    measure: Annotated[
        list[str] | None,
        typer.Option(
            help="Name of a measure, like housed or 'housed by region'; repeatable; those of the summary if not given."
        ),
    ] = None,
    by: Annotated[
        str | None, typer.Option(metavar="BREAKDOWN", help="Groups to break the measures down by, like region.")
    ] = None,
    group: Annotated[
        str | None, typer.Option(metavar="GROUP", help="The group to compare; all of them if not given.")
    ] = None,
    take: Annotated[
        str | None, typer.Option(metavar="HOW", help="end, sum or mean, over the months in which A and B differ.")
    ] = None,
    pairs: Annotated[int, typer.Option(help="Number of pairs of runs to begin with.")] = 8,
    seed: Annotated[int, typer.Option(help="Seed of the first pair.")] = 1,
    scale: Annotated[float | None, typer.Option(help="Share of the people that is simulated.")] = None,
    until: Until = None,
    csv: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write the differences as CSV; '-' prints it instead of the table."),
    ] = None,
    budget: Budget = None,
    workers: Workers = None,
    address: Address = None,
    store: Place = stores.DEFAULT,
    history: History = HISTORY,
) -> None:
    """Compare two scenarios with common random numbers: difference of outcomes, with 95% interval."""
    from experiments.analysis import comparison

    if b is None and not set_:
        raise InputError("compare: B is missing: name another scenario file, or change A with --set KEY=VALUE")
    if csv is not None:
        whole_files.check("--csv", csv)
    one = scenarios.load(a)
    other = (one if b is None else scenarios.load(b)).with_values(assignments(set_))
    usage.say_alone(dict.fromkeys(one.set_alone() + other.set_alone()))
    how = execution(workers, address, store, budget, history)
    with telling_what_is_kept():
        found = comparison.compare(
            one, other, how, measure=measure or None, by=by, group=group, take=take,
            pairs=pairs, until_width=until_width, scale=scale, until=until, seed=seed, console=console,
        )  # fmt: skip
    if csv is not None:
        content = found.differences.to_csv(index=False, lineterminator="\n")
        if csv == whole_files.STANDARD_OUTPUT:
            typer.echo(content, nl=False)
            return
        whole_files.write("--csv", csv, content)
    print_comparison(found, until_width)


def print_comparison(found, width: str | None) -> None:
    """Print a comparison."""
    from experiments.analysis import compared

    for name in (f"A: {found.a}", f"B: {found.b}"):
        console.print(terminal.line(name))
    console.print(f"{found.since} to {found.until}, with 95% interval")
    shown = Table("", "A", "B", "B - A", "from", "to", "", box=None, pad_edge=False)
    for row in found.differences.itertuples():
        million = 1e6 if row.unit.startswith("EUR") else 1.0
        unit = "million EUR" if million > 1 else row.unit
        numbers = (row.a, row.b, row.difference, row.low, row.high)
        label = f"{row.outcome.replace('_', ' ')} [{unit}]"
        shown.add_row(label, *(number(value / million) for value in numbers), SHORT.get(row.verdict, ""))
    for column in shown.columns[1:6]:
        column.justify = "right"
        column.no_wrap = True
    console.print(shown)
    for refused in found.refused:
        console.print(terminal.line(refused), soft_wrap=True)
    first, saved = found.differences.iloc[0], ""
    if first["fewer_runs"] > 1:
        saved = f"; without common random numbers, {brief(first['fewer_runs'])} times as many would be needed"
    console.print(f"{first['pairs']} pairs of runs{saved}.")
    if len(found.differences) > 1:
        console.print(f"Verdicts are corrected for {len(found.differences)} outcomes (Holm), intervals are not.")
    if (found.differences["verdict"] == compared.SAME).all():
        console.print(terminal.line(f"So far {found.b} has the same outcomes as {found.a} in every pair."))
    if (found.differences["verdict"] == compared.CANNOT_TELL).any():
        console.print("?: these pairs cannot tell A from B.")
    if found.narrow is False:
        console.print(f"The interval is not narrower than {width} yet: give more --budget, or a larger --until-width.")


def register(app: typer.Typer) -> None:
    """Add this command to the command line."""
    lines = (
        f"abm compare {CURRENT} configs/scenarios/inflow-high.yaml --scale 0.1",
        f"abm compare {CURRENT} --set policy.decision.capacity_factor=2 --measure permits --measure 'housed by region'",
        f"abm compare {CURRENT} configs/scenarios/inflow-low.yaml --until-width 2% --measure in_reception",
    )
    app.command(cls=usage.Command, rich_help_panel=usage.MANY_RUNS, epilog=usage.examples(*lines))(compare)
