"""The command that archives a published question."""

from pathlib import Path
from typing import Annotated

import typer

from abm.engine.errors import InputError
from experiments import terminal
from experiments.cli import usage, whole_files

console = terminal.console()


def archive(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="Published question: a file of configs/published, or its path.")
    ],
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Zip file to write; NAME.zip if not given.", show_default=False)
    ] = None,
) -> None:
    """Write a published question with code, data, configuration and results into one zip file, to be deposited: an
    RO-Crate that describes itself. Works in a checkout without changes; the same commit gives the same bytes.
    """
    from experiments.deposit import crate, question
    from experiments.published import question_file

    file = question_file.find(name)
    target = Path(f"{file.stem}.zip") if out is None else out
    if target == whole_files.STANDARD_OUTPUT:
        raise InputError("--out: -: a zip file is not printed: name a file")
    whole_files.check("--out", target)
    title, files = question.files(file)
    crate.write(target, file.stem, title, files)
    console.print(terminal.line(f"Archive: {target}"), soft_wrap=True)


def register(app: typer.Typer) -> None:
    """Add this command to the command line."""
    lines = ("abm archive current-and-plan", "abm archive current-and-plan --out deposit.zip")
    app.command(cls=usage.Command, rich_help_panel=usage.MANY_RUNS, epilog=usage.examples(*lines))(archive)
