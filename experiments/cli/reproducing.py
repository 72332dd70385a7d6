"""The command that makes published results again."""

from pathlib import Path
from typing import Annotated

import typer

from abm.engine.errors import InputError
from experiments import terminal
from experiments.cli import usage, whole_files
from experiments.cli.interrupts import telling_what_is_kept
from experiments.cli.options import HISTORY, Address, Budget, History, Place, Workers, execution
from experiments.store import store as stores

CHANGED = 1  # exit status
MOST_LINES = 50  # of what has changed; of more, the number is said

console = terminal.console()


def reproduce(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="Published question: a file of configs/published, or its path.")
    ],
    publish: Annotated[
        bool, typer.Option("--publish", help="Write the results to results/published, in place of what is there.")
    ] = False,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="CSV file to write the table to.", show_default=False)
    ] = None,
    budget: Budget = None,
    workers: Workers = None,
    address: Address = None,
    store: Place = stores.DEFAULT,
    history: History = HISTORY,
) -> None:
    """Make published results again, and say whether they are exact, within tolerance, or changed and where. Missing
    runs are made; before that a line says how many and roughly how long. Exit status 1 if something has changed.
    """
    from experiments.published import question_file, reproduced

    file = question_file.find(name)
    if publish and out is not None:
        raise InputError("--out: --publish writes to results/published: give one of both")
    if out is not None:
        whole_files.check("--out", out)
    how = execution(workers, address, store, budget, history)
    with telling_what_is_kept():
        if publish:
            _tell(f"Published: {reproduced.publish(file, how, _tell, console)}")
            return
        found = reproduced.reproduce(file, how, _tell, console)
    if out is not None:
        whole_files.write("--out", out, found.text)
    _say(file.stem, found)


def _say(name: str, found) -> None:
    """Print what became of the question. Raises Exit where something has changed."""
    verdict = found.judgement
    for line in found.notes:
        _tell(f"Note: {line}")
    rows = verdict.exact + verdict.within
    if verdict.changed:
        for change in verdict.changed[:MOST_LINES]:
            _tell(f"Changed: {change}")
        if len(verdict.changed) > MOST_LINES:
            _tell(f"And {len(verdict.changed) - MOST_LINES:,} more numbers have changed")
        _tell(f"{name}: changed: {len({each.row for each in verdict.changed}):,} rows; {rows:,} rows hold")
        raise typer.Exit(CHANGED)
    if found.same_bytes:
        _tell(f"{name}: exact: all {rows:,} rows are as published")
    else:
        _tell(f"{name}: within tolerance: {verdict.exact:,} rows are as published, {verdict.within:,} within tolerance")


def _tell(line: str) -> None:
    console.print(terminal.line(line), soft_wrap=True)


def register(app: typer.Typer) -> None:
    """Add this command to the command line."""
    lines = ("abm reproduce current-and-plan", "abm reproduce current-and-plan --publish")
    app.command(cls=usage.Command, rich_help_panel=usage.MANY_RUNS, epilog=usage.examples(*lines))(reproduce)
