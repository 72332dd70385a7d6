"""Execution options of runs: workers, store, and a budget of hours."""

import math
import numbers
import os
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TypedDict

from abm.engine.errors import InputError, shown
from experiments.store import checkpoints
from experiments.store import store as stores
from experiments.store.store import Store
from experiments.sweeps import machine, ray_workers

HOUR = 3600.0  # seconds


class Options(TypedDict, total=False):
    """The fields of `Execution`, as keywords of functions that make runs."""

    workers: int | None
    address: str | None
    store: stores.Place | Store
    budget: float | None
    history: float


@dataclass(frozen=True, init=False)
class Execution:
    """How runs are made. Raises InputError for impossible values.

    workers: processes on this machine (None: one per core; 1: this process, without Ray), or the most at once on the
    Ray cluster at `address`. store: a folder or URI that holds the runs. budget: hours; a longer sweep is not begun.
    history: bytes of the store for states that runs with the same history branch from; 0: each begins in January 2015.
    """

    workers: int | None
    address: str | None
    store: Store
    budget: float | None
    history: int

    def __init__(
        self,
        workers: int | None = None,
        address: str | None = None,
        store: stores.Place | Store = stores.DEFAULT,
        budget: float | None = None,
        history: float = checkpoints.MOST,
    ):
        if workers is not None:
            whole = isinstance(workers, numbers.Integral) and not isinstance(workers, bool)
            if not whole or workers < 1:
                wrong = f"--workers: {shown(workers)} is not possible"
                raise InputError(f"{wrong}: give 1 or more, or omit it for one per core")
        if budget is not None:
            real = isinstance(budget, numbers.Real) and not isinstance(budget, bool)
            if not real or not (budget >= 0 and math.isfinite(budget)):
                given = f"{budget:g}" if real else shown(budget)
                raise InputError(f"--budget: {given} is not a number of hours: give 0 or more")
        if not isinstance(history, numbers.Real) or isinstance(history, bool) or not 0 <= history < math.inf:
            raise InputError(f"--history: {shown(history)} is not a size: give 0 bytes or more")
        if not isinstance(address, str | None):
            raise InputError(f"--address: {shown(address)} is not an address: give auto, HOST:6379 or ray://HOST:10001")
        if not isinstance(store, str | os.PathLike | Store):
            raise InputError(f"--store: {type(store).__name__} is not a place: give a folder, a URI or a Store")
        vars(self).update(
            workers=None if workers is None else int(workers),
            address=address,
            store=Store(store),
            budget=None if budget is None else float(budget),
            history=int(history),
        )

    @property
    def seconds(self) -> float | None:
        """The budget in seconds."""
        return None if self.budget is None else self.budget * HOUR

    def count(self) -> int:
        """Number of workers to expect. Raises InputError where the cluster cannot be reached."""
        return ray_workers.count(self.workers, self.address)

    def pool(self, jobs: int) -> AbstractContextManager[ray_workers.Do]:
        """A pool of workers, on this machine at most one per job; see `ray_workers.pool`."""
        here = min(self.workers or machine.cores(), max(jobs, 1))
        return ray_workers.pool(self.workers if self.address else here, self.address)


def execution_of(execution: Execution | None, options: Options) -> Execution:
    """The execution, or one made of keywords; a cluster that it names is asked whether it is there.

    Raises TypeError for both, InputError for impossible values and where no cluster answers.
    """
    if execution is not None and options:
        raise TypeError(f"give an Execution or {', '.join(options)}, not both")
    how = execution or Execution(**options)
    if how.address:
        ray_workers.ask(how.address)
    return how
