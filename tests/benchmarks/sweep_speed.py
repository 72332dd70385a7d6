"""Overhead of sweeps, against two plain processes, per run and to list; and the gain of common random numbers.

`python -m tests.benchmarks.sweep_speed FOLDER FIRST LAST` is one of the plain processes: it makes runs one by one.
"""

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import numpy as np
import pandas as pd

from abm import scenario as scenarios
from experiments.store import store as stores
from experiments.store.store import Store
from experiments.sweeps import loading, ray_workers, runner, sweep
from experiments.sweeps.runner import Job, Shared
from experiments.sweeps.sweep import Sweep

SCENARIOS = Path(__file__).parents[2] / "configs" / "scenarios"
SCALE, UNTIL, SHORT = 0.1, "2020-12", "2015-06"  # a run of about a second; a run of a few hundredths


@dataclass(frozen=True)
class Sweeping:
    """Seconds of a repeat: two plain processes and two workers, with and without their start."""

    plain: float
    plain_all: float
    workers: float
    workers_all: float
    overhead: float  # of a run [s]


def jobs(given: Shared, first: int, last: int, until: str = UNTIL, scale: float = SCALE) -> list[Job]:
    """Runs of the default scenario with seeds from first up to last."""
    base = scenarios.default().changed(scale=scale, until=until)
    seeded = [base.changed(seed=seed) for seed in range(first, last)]
    return [Job(stores.run_name(each, given.inputs.digest), each) for each in seeded]


def shared(folder: Path) -> Shared:
    """The shared input of runs that are kept in a folder."""
    store = Store(folder)
    store.check()
    return sweep.shared(store)


def plain(folder: Path, first: int, last: int) -> float:
    """Make runs here, one by one; seconds without the start."""
    given = shared(folder)
    runner.prepare(given)
    runner.warm_up(given.inputs)
    began = time.perf_counter()
    for job in jobs(given, first, last):
        runner.work(job, given)
    return time.perf_counter() - began


def two_plain(folder: Path, runs: int) -> tuple[float, float]:
    """Half of the runs in each of two processes; seconds of the slower one without its start, and in all."""
    began = time.perf_counter()
    command = [sys.executable, "-m", "tests.benchmarks.sweep_speed", str(folder)]
    halves = [(0, runs // 2), (runs // 2, runs)]
    both = [
        subprocess.Popen(
            [*command, str(a), str(b)], stdout=subprocess.PIPE, text=True, env=os.environ | ray_workers.ONE_THREAD
        )
        for a, b in halves
    ]
    seconds = [float(process.communicate()[0].splitlines()[-1]) for process in both]
    return max(seconds), time.perf_counter() - began


def two_workers(folder: Path, runs: int, until: str = UNTIL, scale: float = SCALE) -> tuple[float, float, float]:
    """The same runs by two workers: seconds without the start, in all, and overhead of a run."""
    began = time.perf_counter()
    given = shared(folder)
    with ray_workers.pool(2) as do:
        # the first runs of each worker load the kernels; they do not count
        list(do(runner.work, runner.prepare, given, jobs(given, runs, runs + 4, until, scale)))
        started = time.perf_counter()
        records = list(do(runner.work, runner.prepare, given, jobs(given, 0, runs, until, scale)))
        ended = time.perf_counter()
    busy = sum(record.seconds for record in records)
    return ended - started, time.perf_counter() - began, (2 * (ended - started) - busy) / runs


def efficiency(folder: Path, runs: int, repeats: int) -> list[Sweeping]:
    """Measure plain processes and workers in turn."""
    found = []
    for repeat in range(repeats):
        one = two_plain(folder / f"plain-{repeat}", runs)
        other = two_workers(folder / f"workers-{repeat}", runs)
        found.append(Sweeping(*one, *other))
    return found


def listing(folder: Path, runs: int) -> tuple[float, float]:
    """Seconds to read the index of a sweep, check small runs and find the missing ones, here and by `abm status`."""
    given, names = shared(folder), [f"{n:016x}" for n in range(runs)]
    (job,) = jobs(given, 0, 1, until="2015-01")
    table, made = runner.simulate(job.scenario, given.inputs)[0].table(), runner.provenance(job, given)
    store = given.store
    rows = pd.DataFrame({"run": names, "point": range(runs), "replicate": 0, "seed": range(runs), "x": 0.5})
    about = {"name": "many", "title": None, "generation": 1, "design": "", "given": {}, "source": "", "runs": runs}
    about |= {key: made[key] for key in ("model", "data_digest", "python", "packages", "commit")}
    sweep.save(Sweep("many", store, about, rows))
    for name in names[: runs // 2]:
        store.keep(name, made | {"run": name}, table)
    times = []
    for _ in range(5):
        began = time.perf_counter()
        found = sweep.find("many", Store(folder))
        assert len(found.missing()) == runs - runs // 2
        times.append(time.perf_counter() - began)
    began = time.perf_counter()
    command = [sys.executable, "-m", "experiments", "status", "many", "--store", str(folder)]
    subprocess.run(command, check=True, capture_output=True)
    return median(times), time.perf_counter() - began


def keeping(runs: int, folder: Path) -> float:
    """Seconds to keep the outcomes of a run of about a second."""
    given = shared(folder)
    (job,) = jobs(given, 0, 1)
    table = runner.simulate(job.scenario, given.inputs)[0].table()
    began = time.perf_counter()
    for number in range(runs):
        given.store.keep(f"{number:016x}", runner.provenance(job, given) | {"run": f"{number:016x}"}, table)
    return (time.perf_counter() - began) / runs


OUTCOMES = {  # words -> measure, and how its months are summarised
    "people in reception, mean": ("in_reception", "mean"),
    "people in reception, end": ("in_reception", "last"),
    "permits, sum": ("permits", "sum"),
    "homes let, sum": ("homes_let", "sum"),
    "cost of reception, sum": ("reception_cost", "sum"),
}


def common_random_numbers(
    folder: Path, pairs: int, since: str = "2027-01", until: str = "2035-12"
) -> dict[str, tuple[float, float]]:
    """Variance of B minus A with independent seeds over that with the same seeds, and the spread of the latter.

    A: current, B: faster-decisions, which differ from `since` on. Independent: seeds of A and B are half of all apart.
    """
    given = shared(folder)
    sides = [scenarios.load(SCENARIOS / f"{name}.yaml") for name in ("current", "faster-decisions")]
    wanted = [[each.changed(scale=SCALE, until=until, seed=seed) for seed in range(pairs)] for each in sides]
    named = [[stores.run_name(each, given.inputs.digest) for each in side] for side in wanted]
    todo = [Job(name, each) for a, b in zip(named, wanted, strict=True) for name, each in zip(a, b, strict=True)]
    with ray_workers.pool(2) as do:
        list(do(runner.work, runner.prepare, given, todo))
    frame = loading.outcomes(given.store, [job.name for job in todo], None, "total")
    frame = frame[frame["month"].astype(str) >= since].astype({"run": str, "measure": str})
    found = {}
    for words, (measure, how) in OUTCOMES.items():
        value = getattr(frame[frame["measure"] == measure].groupby("run")["value"], how)()
        a, b = (value[names].to_numpy() for names in named)
        together, apart = np.var(b - a, ddof=1), np.var(np.roll(b, pairs // 2) - a, ddof=1)
        found[words] = (apart / together, float(np.sqrt(together)))
    return found


if __name__ == "__main__":
    place, first, last = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    print(json.dumps(plain(Path(place), first, last)))
