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
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from abm.engine.errors import InputError
from abm.facts import facts
from experiments import text
from experiments.store import outcomes
from experiments.store.store import Store
from experiments.sweeps import machine, runner
from experiments.sweeps.execution import HOUR
from experiments.sweeps.runner import Job

ROOT = str(Path(__file__).parents[2])  # where this package is found, also without an installation
RAY_SECONDS = 8.0  # to start the workers and have them ready


@dataclass(frozen=True)
class Plan:
    """Runs to make and their cost: seconds and outcomes [bytes] of a run, and memory [bytes] of a worker."""

    runs: int
    missing: int
    workers: int
    seconds: tuple[float, ...]  # of the runs that were timed
    memory: int
    size: int
    free: int | None  # bytes on the disk of the store; None where unknown

    @property
    def each(self) -> float:
        """Seconds per run."""
        return median(self.seconds) if self.seconds else 0.0

    @property
    def hours(self) -> float:
        """Hours for all missing runs."""
        start = RAY_SECONDS if self.workers > 1 else 0.0
        return (start + math.ceil(self.missing / self.workers) * self.each) / HOUR if self.missing else 0.0

    def fitting(self, hours: float) -> int:
        """Number of missing runs that fit into some hours."""
        start = RAY_SECONDS if self.workers > 1 else 0.0
        return min(max(int((hours * HOUR - start) / max(self.each, 1e-9)) * self.workers, 0), self.missing)

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
            ("Seconds per run", f"{text.fixed(self.each, 2)}{span}, measured on {len(self.seconds)}"),
            ("Workers", f"{self.workers}"),
            ("Hours", text.number(self.hours)),
            ("Memory", f"{needed}, of {text.size(memory)} here"),
            ("Disk", f"{text.size(self.size)} per run, {text.size(self.size * self.missing)} in total{free}"),
        ]


def plan(runs: int, missing: int, timed: list[Job], workers: int, store: Store) -> Plan:
    """A plan for all missing runs, from timing some jobs. Raises InputError where a timed run fails."""
    found = measured(timed) if timed else {"seconds": [], "memory": 0, "size": 0}
    free = shutil.disk_usage(existing(store)).free if store.files.local else None
    return Plan(runs, missing, workers, tuple(found["seconds"]), found["memory"], found["size"], free)


def existing(store: Store) -> str:
    """The folder of a local store, or its nearest parent that exists."""
    path = Path(store.files.root)
    return str(next(each for each in (path, *path.parents) if each.exists()))


def measured(jobs: list[Job]) -> dict:
    """Seconds of each job, peak memory and size of outcomes [bytes], measured in a process of its own."""
    command = [sys.executable, "-P", "-m", "experiments.sweeps.cost"]  # -P: no package of the working folder
    path = os.pathsep.join([ROOT, *filter(None, [os.environ.get("PYTHONPATH")])])
    result = subprocess.run(
        command, input=pickle.dumps(jobs), capture_output=True, check=False, env=os.environ | {"PYTHONPATH": path}
    )
    if result.returncode:
        last = (result.stderr.decode(errors="replace").strip().splitlines() or ["it was killed, out of memory?"])[-1]
        raise InputError(f"a run that was timed failed ({last}): repeat it with 'abm run' and --workers 1 to see why")
    return json.loads(result.stdout.splitlines()[-1])


def measure(jobs: list[Job]) -> dict:
    """Seconds of each job, peak memory and size of outcomes [bytes], measured in this process."""
    inputs = facts.load()
    runner.warm_up(inputs)
    seconds, sizes, peak = [], [], machine.Peak()
    for job in jobs:
        began = time.perf_counter()
        content, _ = outcomes.as_parquet(job.name, runner.simulate(job.scenario, inputs, peak)[0].table())
        peak()
        seconds.append(time.perf_counter() - began)
        sizes.append(len(content))
    return {"seconds": seconds, "memory": peak.bytes, "size": int(median(sizes))}


if __name__ == "__main__":
    print(json.dumps(measure(pickle.load(sys.stdin.buffer))))
