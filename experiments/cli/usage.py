"""What the help of the command line says beside the options: panels of commands, examples, exit status, version."""

from collections.abc import Iterable

import typer
from typer.core import TyperCommand, TyperGroup

from experiments import terminal

ONE_RUN, MANY_RUNS, LISTS, UPKEEP = "One run", "Many runs", "What there is", "Upkeep"  # panels of commands, in order
STATUS = (
    "Exit status: 0 done; 1 not all runs could be made, fewer points within than --at-least, a report that does not "
    "hold, or published results that have changed; 2 wrong input, named in one line; 3 the books of the model do not "
    "balance; 130 stopped by Ctrl-C. --install-completion makes the shell complete commands and options. Each command "
    "has its own --help, with examples."
)
RENAMED = "abm: '{old}' is now '{new}'; the old name goes with the next release"


def examples(*lines: str) -> str:
    """The end of a command's help: lines that can be typed."""
    return "\n\n".join(["Examples:" if len(lines) > 1 else "Example:", *lines])


def say_renamed(old: str, new: str) -> None:
    """Say on standard error that an old name was used."""
    typer.echo(RENAMED.format(old=old, new=new), err=True)


def say_alone(lines: Iterable[str]) -> None:
    """Say on standard error which levers are set without what they need."""
    for line in lines:
        typer.echo(f"abm: {terminal.printable(line)}", err=True)


def version(wanted: bool) -> None:
    """Print the version of the model, with the digest of its source, and end."""
    if wanted:
        from experiments.store import versions

        made = versions.model_version()
        typer.echo(f"abm {made['version']} (source {made['code'][: versions.NAME_LENGTH]})")
        raise typer.Exit


def _plain_switches(params: list) -> list:
    """The options, of which a switch takes no value: in the help its name is enough."""
    for each in params:
        if getattr(each, "is_flag", False):
            each.metavar = ""
    return params


class Command(TyperCommand):
    """A command."""

    def get_params(self, ctx) -> list:
        """Its arguments and options."""
        return _plain_switches(super().get_params(ctx))


class Commands(TyperGroup):
    """All commands together."""

    def get_params(self, ctx) -> list:
        """Its arguments and options."""
        return _plain_switches(super().get_params(ctx))
