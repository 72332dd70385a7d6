"""What Ctrl-C does: it waits for the end of a month, since within compiled code Python would lose it, or exit without a
message; and it ends a command with one line.
"""

import signal
from collections.abc import Callable, Generator
from contextlib import contextmanager

import typer

STOPPED = 130  # exit status


@contextmanager
def held() -> Generator[Callable[[], None]]:
    """Hold the first Ctrl-C until the yielded function is called, which then raises KeyboardInterrupt.

    A second one acts at once, because in the first month on a new machine compiling takes about a minute.
    """
    asked = []

    def hold(number, frame):
        asked.append(number)
        signal.signal(signal.SIGINT, before)

    def stop_if_asked() -> None:
        if asked:
            raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, hold)
    try:
        yield stop_if_asked
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def telling_what_is_kept() -> Generator[None]:
    """End a command that makes several runs, on Ctrl-C, with a line that says that finished ones are kept."""
    try:
        yield
    except KeyboardInterrupt:
        typer.echo("abm: stopped: finished runs are kept; the same command continues from there", err=True)
        raise typer.Exit(STOPPED) from None
