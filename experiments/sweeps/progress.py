"""Progress of a sweep: on the terminal, in a log, and in the store, where `abm status` reads it."""

import os
import socket
import time
from collections import deque
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress

from experiments import terminal
from experiments.store import records
from experiments.store.records import Damaged, Driver
from experiments.store.store import Store
from experiments.sweeps.runner import Done
from experiments.text import duration

MINUTE = 60.0
LINE_EVERY = 10.0  # seconds between lines where there is no terminal
BEAT_EVERY, BEAT_EVERY_REMOTE = 2.0, 15.0  # seconds between heartbeats, to a disk and to a remote store
SILENT = 60.0  # seconds without a heartbeat after which a driver is assumed to have ended
WINDOW = 200  # number of last runs over which the rate is measured


@dataclass
class SweepProgress:
    """Counts of runs of a sweep under way, and its rate over the last ones."""

    total: int
    before: int = 0  # runs that were kept when it began
    counts: dict[str, int] = field(default_factory=dict)
    began: float = field(default_factory=time.time)
    ends: deque = field(default_factory=lambda: deque(maxlen=WINDOW))

    def add(self, done: Done) -> None:
        """Count a finished job."""
        self.counts[done.status] = self.counts.get(done.status, 0) + 1
        self.ends.append(time.time())

    @property
    def finished(self) -> int:
        """Number of runs that are kept."""
        return self.before + self.counts.get("kept", 0) + self.counts.get("there", 0)

    @property
    def failed(self) -> int:
        """Number of runs that failed or were lost."""
        return self.counts.get("failed", 0) + self.counts.get("lost", 0)

    @property
    def per_minute(self) -> float:
        """Runs per minute, over the last WINDOW runs."""
        since = self.ends[0] if len(self.ends) == WINDOW else self.began
        return MINUTE * len(self.ends) / max(time.time() - since, 1e-3)

    @property
    def seconds_left(self) -> float | None:
        """Seconds until all are done at this rate; None before the first."""
        left = self.total - self.finished - self.failed
        return MINUTE * left / self.per_minute if self.ends else None

    def words(self) -> str:
        """A line like '57 of 200 runs, 1 failed, 83 per minute, 2 min left'."""
        failed = f", {self.failed} failed" if self.failed else ""
        rest = self.seconds_left
        left = "" if rest is None else f", {self.per_minute:.0f} per minute, {duration(rest)} left"
        return f"{self.finished:,} of {self.total:,} runs{failed}{left}"


class Heartbeat:
    """The file of a running driver in the store, renewed at intervals."""

    def __init__(self, store: Store, sweep: str, counts: SweepProgress):
        self.store, self.counts, self.last = store, counts, 0.0
        self.driver = f"{socket.gethostname()}-{os.getpid()}"
        self.key = f"sweeps/{sweep}/drivers/{self.driver}.json"
        self.every = BEAT_EVERY if store.files.local else BEAT_EVERY_REMOTE

    def write(self) -> None:
        """Write the progress, if the interval has passed."""
        now = time.time()
        if now - self.last < self.every:
            return
        self.last = now
        counts = self.counts
        facts = {"driver": self.driver, "began": counts.began, "at": now, "total": counts.total}
        facts |= {"counts": counts.counts, "per_minute": counts.per_minute, "seconds_left": counts.seconds_left}
        self.store.files.write(self.key, records.written(facts))

    def end(self) -> None:
        """Remove the file."""
        self.store.files.delete(self.key)


def drivers(store: Store, sweep: str) -> list[dict]:
    """The last heartbeats of the running drivers of a sweep; what is no heartbeat is passed over."""
    found, folder = [], f"sweeps/{sweep}/drivers"
    for name in store.files.names(folder, ".json"):
        key = f"{folder}/{name}.json"
        with suppress(FileNotFoundError, Damaged):  # it has just ended, or is no heartbeat
            found.append(records.read(Driver, store.files.read(key), store.files.shown(key), "remove it")[1])
    return [facts for facts in found if time.time() - facts["at"] < SILENT]


def clear(store: Store, sweep: str) -> None:
    """Remove the heartbeats of killed drivers of a sweep."""
    folder = f"sweeps/{sweep}/drivers"
    running = {facts["driver"] for facts in drivers(store, sweep)}
    for name in store.files.names(folder, ".json"):
        host, _, process = name.rpartition("-")
        if name not in running or (host == socket.gethostname() and process.isdecimal() and not _runs(int(process))):
            store.files.delete(f"{folder}/{name}.json")


def _runs(process: int) -> bool:
    import psutil

    return psutil.pid_exists(process)


def console_of(console: Console | None, progress: bool | None) -> Console:
    """Where to report: the console that is given; otherwise standard error, where it is a terminal or a notebook.

    progress: True reports there in any case, False nowhere.
    """
    if console is not None:
        return console
    here = terminal.console(stderr=True)
    wanted = here.is_terminal or here.is_jupyter if progress is None else progress
    return here if wanted else terminal.console(quiet=True)


@contextmanager
def showing(console: Console, title: str, counts: SweepProgress) -> Generator:
    """A callback for finished jobs, which shows progress: a bar on a terminal, a line at intervals elsewhere."""
    rate = terminal.column("{task.fields[rate]}")
    columns = (terminal.column("{task.description}"), BarColumn(), MofNCompleteColumn(), rate)
    plain = not (console.is_terminal or console.is_jupyter)
    bar = Progress(*columns, console=console, transient=True, disable=plain or console.quiet)
    last = time.time()

    def report(done: Done) -> None:
        nonlocal last
        counts.add(done)
        if done.reason:
            console.print(terminal.line(f"Run {done.name} {done.status}: {done.reason}"))
        rate = counts.words().partition("runs")[2].lstrip(", ")
        bar.update(task, total=counts.total, completed=counts.finished + counts.failed, rate=rate)
        if plain and time.time() - last >= LINE_EVERY:
            last = time.time()
            console.print(terminal.line(f"{title}: {counts.words()}"))

    with bar:
        task = bar.add_task(title, total=counts.total, completed=counts.before, rate="")
        yield report


@contextmanager
def reporting(console: Console, sweep: str, counts: SweepProgress, store: Store) -> Generator:
    """A callback for finished jobs of a sweep, which shows progress here and keeps it in the store."""
    heartbeat = Heartbeat(store, sweep, counts)
    heartbeat.write()
    with showing(console, sweep, counts) as show:

        def report(done: Done) -> None:
            show(done)
            heartbeat.write()

        try:
            yield report
        finally:
            heartbeat.end()
