"""The one place where a compiled loop is kept on disk, so that the next process need not compile it again."""

from collections.abc import Callable
from functools import partial

from numba import njit


def compiled(function: Callable | None = None, **options) -> Callable:
    """Compile a loop when it is first called, as numba.njit(**options), and keep the machine code.

    For what Python calls; code that only compiled loops call is part of theirs, so `njit` does.
    """
    if function is None:
        return partial(compiled, **options)
    return njit(cache=True, **options)(function)
