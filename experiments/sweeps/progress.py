"""How far a sweep is: on the terminal, in a log, and in the store, where `abm status` reads it."""

import json
import os
import socket
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from experiments.store import store as stores
from experiments.store.store import Store
from experiments.sweeps.runner import Done
from experiments.text import duration

MINUTE = 60.0
LINE_EVERY = 10.0  # seconds between lines where there is no terminal
BEAT_EVERY, BEAT_EVERY_REMOTE = 2.0, 15.0  # seconds between writing to the store, on a disk and elsewhere
SILENT = 60.0  # seconds after which a driver that writes no more is taken to have ended
WINDOW = 200  # runs by which the pace is measured


@dataclass
class Pace:
    """Counts of a sweep under way, and its pace over the last runs."""

    total: int
    before: int = 0  # runs that were there when it began
    counts: dict[str, int] = field(default_factory=dict)
    began: float = field(default_factory=time.time)
    ends: deque = field(default_factory=lambda: deque(maxlen=WINDOW))

    def add(self, done: Done) -> None:
        """Count a record."""
        self.counts[done.status] = self.counts.get(done.status, 0) + 1
        self.ends.append(time.time())

    @property
    def finished(self) -> int:
        """Runs that are kept."""
        return self.before + self.counts.get("kept", 0) + self.counts.get("there", 0)

    @property
    def failed(self) -> int:
        """Runs that failed or were lost."""
        return self.counts.get("failed", 0) + self.counts.get("lost", 0)

    @property
    def per_minute(self) -> float:
        """Runs per minute, over the last ones."""
        since = self.ends[0] if len(self.ends) == WINDOW else self.began
        return MINUTE * len(self.ends) / max(time.time() - since, 1e-3)

    @property
    def seconds_left(self) -> float | None:
        """Seconds until all are done at this pace; None before the first."""
        left = self.total - self.finished - self.failed
        return MINUTE * left / self.per_minute if self.ends else None

    def words(self) -> str:
        """'57 of 200 runs, 1 failed, 83 per minute, 2 min left'."""
        failed = f", {self.failed} failed" if self.failed else ""
        left = f", {self.per_minute:.0f} per minute, {duration(self.seconds_left)} left" if self.ends else ""
        return f"{self.finished:,} of {self.total:,} runs{failed}{left}"


class Beat:
    """The file of a driver in the store."""

    def __init__(self, store: Store, sweep: str, pace: Pace):
        self.store, self.pace, self.last = store, pace, 0.0
        self.driver = f"{socket.gethostname()}-{os.getpid()}"
        self.key = f"sweeps/{sweep}/drivers/{self.driver}.json"
        self.every = BEAT_EVERY if store.files.local else BEAT_EVERY_REMOTE

    def tell(self) -> None:
        """Write how far it is, if it is time."""
        now = time.time()
        if now - self.last < self.every:
            return
        self.last = now
        pace = self.pace
        facts = {"driver": self.driver, "began": pace.began, "at": now, "total": pace.total}
        facts |= {"counts": pace.counts, "per_minute": pace.per_minute, "seconds_left": pace.seconds_left}
        self.store.files.write(self.key, stores.as_json(facts))

    def end(self) -> None:
        """Take the file away."""
        self.store.files.delete(self.key)


def drivers(store: Store, sweep: str) -> list[dict]:
    """What the drivers of a sweep that still run wrote last."""
    found, folder = [], f"sweeps/{sweep}/drivers"
    for name in store.files.names(folder, ".json"):
        with suppress(FileNotFoundError, ValueError):  # it ended at this moment
            found.append(json.loads(store.files.read(f"{folder}/{name}.json")))
    return [facts for facts in found if time.time() - facts["at"] < SILENT]


def clear(store: Store, sweep: str) -> None:
    """Remove the files of drivers of a sweep that were killed."""
    folder = f"sweeps/{sweep}/drivers"
    running = {facts["driver"] for facts in drivers(store, sweep)}
    for name in store.files.names(folder, ".json"):
        host, _, process = name.rpartition("-")
        if name not in running or (host == socket.gethostname() and not _runs(int(process))):
            store.files.delete(f"{folder}/{name}.json")


def _runs(process: int) -> bool:
    import psutil

    return psutil.pid_exists(process)


@contextmanager
def shown(console: Console, sweep: str, pace: Pace, store: Store) -> Iterator:
    """A callable that is told each record: a bar on a terminal, a line now and then elsewhere."""
    beat = Beat(store, sweep, pace)
    beat.tell()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[pace]}"))
    bar = Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
    last = time.time()

    def seen(done: Done) -> None:
        nonlocal last
        pace.add(done)
        beat.tell()
        if done.reason:
            console.print(f"Run {done.name} {done.status}: {done.reason}", markup=False, highlight=False)
        bar.update(task, completed=pace.finished + pace.failed, pace=pace.words().partition("runs")[2].lstrip(", "))
        if not console.is_terminal and time.time() - last >= LINE_EVERY:
            last = time.time()
            console.print(f"{sweep}: {pace.words()}", highlight=False)

    with bar:
        task = bar.add_task(sweep, total=pace.total, completed=pace.before, pace="")
        try:
            yield seen
        finally:
            beat.end()
