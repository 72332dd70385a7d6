"""Defers Ctrl-C to the end of a month: within compiled code Python would lose it, or exit without a message."""

import signal
from collections.abc import Callable, Generator
from contextlib import contextmanager


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
