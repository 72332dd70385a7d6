"""How runs are made: on which workers, where they are kept, and how many hours that may take."""

import math
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TypedDict

from abm.engine.errors import InputError
from experiments.store import store as stores
from experiments.store.store import Store
from experiments.sweeps import machine, ray_workers

HOUR = 3600.0  # seconds


class Options(TypedDict, total=False):
    """The fields of `Execution`, as keywords of what makes runs."""

    workers: int | None
    address: str | None
    store: stores.Place | Store
    budget: float | None


@dataclass(frozen=True)
class Execution:
    """How runs are made. Raises InputError for what cannot be.

    workers: processes on this machine (none given: one per core; 1: this process, without Ray), or the most at once on
    the Ray cluster at `address`. store: a folder or URI that holds the runs. budget: hours; over it nothing is begun.
    """

    workers: int | None = None
    address: str | None = None
    store: stores.Place | Store = stores.DEFAULT  # a Store, once this is made
    budget: float | None = None

    def __post_init__(self):
        if self.workers is not None and self.workers < 1:
            wrong = f"--workers: {self.workers} is not possible"
            raise InputError(f"{wrong}: give 1 or more, or leave it out for one per core")
        if self.budget is not None and not (self.budget >= 0 and math.isfinite(self.budget)):
            raise InputError(f"--budget: {self.budget:g} is not a number of hours: give 0 or more")
        object.__setattr__(self, "store", Store(self.store))

    @property
    def seconds(self) -> float | None:
        """The budget in seconds."""
        return None if self.budget is None else self.budget * HOUR

    def count(self) -> int:
        """Workers that there will be. Raises InputError where the cluster cannot be reached."""
        return ray_workers.count(self.workers, self.address)

    def pool(self, jobs: int) -> AbstractContextManager[ray_workers.Do]:
        """Workers, on this machine no more than jobs; see `ray_workers.pool`."""
        here = min(self.workers or machine.cores(), max(jobs, 1))
        return ray_workers.pool(self.workers if self.address else here, self.address)


def given(execution: Execution | None, options: Options) -> Execution:
    """The execution itself, or one of keywords. Raises TypeError for both, InputError for what cannot be."""
    if execution is not None and options:
        raise TypeError(f"give an Execution or {', '.join(options)}, not both")
    return execution or Execution(**options)
