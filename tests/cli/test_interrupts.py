"""Ctrl-C is held until the end of a month, once."""

import signal

import pytest

from experiments.cli import interrupts


def press() -> None:
    signal.raise_signal(signal.SIGINT)


def test_the_first_is_held_and_then_raised():
    with interrupts.held() as stop_if_asked:
        stop_if_asked()
        press()  # nothing happens yet
        with pytest.raises(KeyboardInterrupt):
            stop_if_asked()


def test_the_second_is_not():
    with interrupts.held():
        press()
        with pytest.raises(KeyboardInterrupt):
            press()


@pytest.mark.parametrize("times", [0, 1])
def test_afterwards_all_is_as_before(times):
    before = signal.getsignal(signal.SIGINT)
    with interrupts.held():
        assert signal.getsignal(signal.SIGINT) is not before
        for _ in range(times):
            press()
    assert signal.getsignal(signal.SIGINT) is before
