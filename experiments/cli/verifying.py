"""The command that verifies a report."""

from pathlib import Path
from typing import Annotated

import typer

from experiments import terminal
from experiments.cli import usage, whole_files
from experiments.cli.options import Place, Plugins
from experiments.store import store as stores
from experiments.store.store import Store

NOT_HELD = 1  # exit status
MOST_LINES = 50  # of what does not hold; of more, the number is said

console = terminal.console()


def verify(
    report: Annotated[Path, typer.Argument(metavar="REPORT", help="HTML file that 'abm report' wrote.")],
    plugins: Plugins = Path(),
    store: Place = stores.DEFAULT,
) -> None:
    """Verify a report: compute every number on its page again from the kept runs, and print each that does not hold.
    Exit status 1 if one does not.
    """
    from experiments.report import verified

    page = whole_files.read(report)
    found = verified.verify(Store(store), page, str(report), plugins)
    for line in found.wrong[:MOST_LINES]:
        _tell(f"Does not hold: {line}")
    if len(found.wrong) > MOST_LINES:
        _tell(f"And {len(found.wrong) - MOST_LINES:,} more do not hold")
    for line in found.notes:
        _tell(f"Note: {line}")
    if found.wrong:
        raise typer.Exit(NOT_HELD)
    _tell(f"All {found.compared:,} numbers and sentences with numbers hold: {report}")


def _tell(line: str) -> None:
    console.print(terminal.line(line), soft_wrap=True)


def register(app: typer.Typer) -> None:
    """Add this command to the command line."""
    lines = ("abm verify report.html", "abm verify report.html --store results")
    app.command(cls=usage.Command, rich_help_panel=usage.MANY_RUNS, epilog=usage.examples(*lines))(verify)
