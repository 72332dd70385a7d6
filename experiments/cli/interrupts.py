"""Ctrl-C between months of a run rather than inside compiled code, where Python would lose it or end without a word."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def held() -> Iterator[Callable[[], None]]:
    """Hold the first Ctrl-C until the function that this gives is called, which raises KeyboardInterrupt for it.

    A second one is not held: the first month of a new machine compiles for about a minute.
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
