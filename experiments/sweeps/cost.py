"""Estimates the cost of a sweep: a few runs are timed in a process of their own, which keeps nothing.

`python -m experiments.sweeps.cost` is that process: it reads pickled jobs on standard input and prints a line of JSON.
"""

import json
import math
import os
import pickle
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import median
from types import MappingProxyType

from abm import checkpoint
from abm.engine import clock
from abm.engine.errors import InputError
from abm.facts import facts
from abm.facts.facts import Inputs
from abm.plugins import assembly
from abm.scenario import Scenario
from experiments import text
from experiments.store import outcomes
from experiments.store.checkpoints import Checkpoints
from experiments.store.store import Store
from experiments.sweeps import machine, runner
from experiments.sweeps.execution import HOUR
from experiments.sweeps.runner import Job

ROOT = str(Path(__file__).parents[2])  # where this package is found, also without an installation
_NOTHING = {"seconds": [], "memory": 0, "size": 0, "branch": {}}
RAY_SECONDS = 8.0  # to start the workers and have them ready


@dataclass(frozen=True)
class Plan:
    """Runs to make and their cost: seconds and outcomes [bytes] of a run, and memory [bytes] of a worker."""

    runs: int
    missing: int
    workers: int
    seconds: tuple[float, ...]  # of the runs that were timed, from January 2015 on
    memory: int
    size: int
    free: int | None  # bytes on the disk of the store; None where unknown
    branches: Mapping[int, int] = field(default_factory=dict)  # missing runs by the month at which they branch
    branch_seconds: Mapping[int, float] = field(default_factory=dict)  # of a run that branches there

    @property
    def each(self) -> float:
        """Seconds per run, from January 2015 on."""
        return median(self.seconds) if self.seconds else 0.0

    @property
    def mean(self) -> float:
        """Mean seconds of the missing runs."""
        branched = sum(count * self.branch_seconds[month] for month, count in self.branches.items())
        return (branched + self.each * (self.missing - sum(self.branches.values()))) / max(self.missing, 1)

    @property
    def hours(self) -> float:
        """Hours for all missing runs."""
        start = RAY_SECONDS if self.workers > 1 else 0.0
        return (start + math.ceil(self.missing / self.workers) * self.mean) / HOUR if self.missing else 0.0

    def fitting(self, hours: float) -> int:
        """Number of missing runs that fit into some hours."""
        start = RAY_SECONDS if self.workers > 1 else 0.0
        return min(max(int((hours * HOUR - start) / max(self.mean, 1e-9)) * self.workers, 0), self.missing)

    def check(self, place: str, budget: float | None) -> None:
        """Raise InputError where the hours exceed the budget or the disk is too small."""
        if budget is not None and self.hours > budget:
            hours, most = text.number(self.hours), text.ceiled(self.hours)
            raise InputError(
                f"--budget {budget:g}: {self.missing:,} runs take about {hours} hours with {self.workers} workers; "
                f"{self.fitting(budget):,} of them would fit: give --budget {most}, more --workers, or a design with "
                "fewer replicates, a smaller scale or a shorter period"
            )
        if self.free is not None and self.missing * self.size > self.free:
            needed, free = text.size(self.missing * self.size), text.size(self.free)
            raise InputError(
                f"{place}: {self.missing:,} runs take about {needed} and {free} are free: "
                f"{int(self.free / self.size):,} of them would fit: give another place with --store"
            )

    def branching(self) -> str:
        """How many runs branch from the history of another one, and when, in words."""
        if not self.missing or not self.branches:
            return "none: the runs of a seed differ from January 2015 on" if self.missing else "none"
        found = [
            f"{count:,} in {clock.label(month)} ({text.fixed(self.branch_seconds[month], 2)} seconds per run)"
            for month, count in sorted(self.branches.items())
        ]
        return ", ".join(found)

    def lines(self, memory: int) -> list[tuple[str, str]]:
        """Labels and values of the plan, for people; `memory`: memory that may be used here [bytes]."""
        bounds = [text.fixed(seconds, 2) for seconds in sorted(self.seconds)]
        span = f" ({bounds[0]} to {bounds[-1]})" if len(bounds) > 1 else ""
        needed = f"{text.size(self.memory)} per worker, {text.size(self.memory * self.workers)} in total"
        free = f"; {text.size(self.free)} are free" if self.free is not None else ""
        return [
            ("Runs of the design", f"{self.runs:,}"),
            ("Kept already", f"{self.runs - self.missing:,}"),
            ("To make", f"{self.missing:,}"),
            ("That branch", self.branching()),
            ("Seconds per run", f"{text.fixed(self.each, 2)}{span}, measured on {len(self.seconds)}"),
            ("Workers", f"{self.workers}"),
            ("Hours", text.number(self.hours)),
            ("Memory", f"{needed}, of {text.size(memory)} here"),
            ("Disk", f"{text.size(self.size)} per run, {text.size(self.size * self.missing)} in total{free}"),
        ]


def plan(
    runs: int,
    missing: int,
    timed: list[Job],
    workers: int,
    store: Store,
    branches: Mapping[int, int] = MappingProxyType({}),
) -> Plan:
    """A plan for all missing runs, from timing some jobs; branches: missing runs by the month at which they branch.

    Raises InputError where a timed run fails.
    """
    at_once = min(workers, machine.cores())
    found: dict = measured([replace(job, keeps=tuple(branches)) for job in timed], at_once) if timed else _NOTHING
    free = shutil.disk_usage(existing(store)).free if store.files.local else None
    seconds = {month: found["branch"][month] for month in branches}
    return Plan(
        runs, missing, workers, tuple(found["seconds"]), found["memory"], found["size"], free, branches, seconds
    )


def existing(store: Store) -> str:
    """The folder of a local store, or its nearest parent that exists."""
    path = Path(store.files.root)
    return str(next(each for each in (path, *path.parents) if each.exists()))


def measured(jobs: list[Job], at_once: int = 1) -> dict:
    """What `measure` says of some jobs, measured in processes of their own, as many at once as there will be workers:
    they slow one another down.
    """
    parts = [jobs[first::at_once] for first in range(min(at_once, len(jobs)))] or [jobs]
    with ThreadPoolExecutor(len(parts)) as together:
        found = list(together.map(_measured, parts))
    return {
        "seconds": [each for part in found for each in part["seconds"]],
        "memory": max(part["memory"] for part in found),
        "size": int(median(part["size"] for part in found)),
        "branch": {month: median(part["branch"][month] for part in found) for month in found[0]["branch"]},
    }


def _measured(jobs: list[Job]) -> dict:
    """What `measure` says, in a process of its own."""
    command = [sys.executable, "-P", "-m", "experiments.sweeps.cost"]  # -P: no package of the working folder
    path = os.pathsep.join([ROOT, *filter(None, [os.environ.get("PYTHONPATH")])])
    result = subprocess.run(
        command, input=pickle.dumps(jobs), capture_output=True, check=False, env=os.environ | {"PYTHONPATH": path}
    )
    if result.returncode:
        last = (result.stderr.decode(errors="replace").strip().splitlines() or ["it was killed, out of memory?"])[-1]
        raise InputError(f"a run that was timed failed ({last}): repeat it with 'abm run' and --workers 1 to see why")
    found = json.loads(result.stdout.splitlines()[-1])
    return found | {"branch": {int(month): seconds for month, seconds in found["branch"].items()}}


class _Watched(Checkpoints):
    """Checkpoints that are made, read and thrown away, and when: what a run from each of them would have taken."""

    def __init__(self, inputs: Inputs):
        super().__init__(Store(), inputs.digest)
        self.inputs = inputs
        self.since: dict[int, float] = {}  # time at which a run goes on, by month
        self.reading: dict[int, float] = {}  # seconds that it takes to read a state

    def latest(self, scenario: Scenario) -> None:
        """None: every run is timed from January 2015 on."""

    def has(self, scenario: Scenario, month: int) -> bool:
        """Whether a state is kept: no."""
        return False

    def keep(self, scenario: Scenario, month: int, content: bytes) -> None:
        """Time how long it takes to go on from a state."""
        began = time.perf_counter()
        checkpoint.unpack(content).state(self.inputs.on_layout(scenario.layout), assembly.tables(scenario.plugins))
        self.since[month] = time.perf_counter()
        self.reading[month] = self.since[month] - began


def measure(jobs: list[Job]) -> dict:
    """Seconds of each job, peak memory and size of outcomes [bytes], measured in this process; and the median seconds
    of a job from the beginning of the months `keeps` on.
    """
    inputs = facts.load()
    runner.warm_up(inputs)
    seconds, sizes, peak, branch = [], [], machine.Peak(), {}
    for job in jobs:
        began, watched = time.perf_counter(), _Watched(inputs)
        recorder = runner.simulate(job.scenario, inputs, peak, watched, job.keeps, job.asked)[0]
        content, _ = outcomes.as_parquet(job.name, recorder.table())
        peak()
        ended = time.perf_counter()
        seconds.append(ended - began - sum(watched.reading.values()))
        for month, since in watched.since.items():
            later = sum(took for other, took in watched.reading.items() if other > month)
            branch.setdefault(month, []).append(ended - since - later + watched.reading[month])
        sizes.append(len(content))
    medians = {month: median(found) for month, found in branch.items()}
    return {"seconds": seconds, "memory": peak.bytes, "size": int(median(sizes)), "branch": medians}


if __name__ == "__main__":
    print(json.dumps(measure(pickle.load(sys.stdin.buffer))))
