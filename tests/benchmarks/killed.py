"""The cost of a killed worker or node: the same runs on a local cluster, undisturbed and with one kill."""

import os
import signal
import tempfile
import time
from pathlib import Path
from statistics import median

from experiments.store.store import RUNS
from experiments.sweeps import ray_workers, runner
from tests.benchmarks.sweep_speed import jobs, shared
from tests.helpers.clusters import Cluster, cluster, end, soon

RUN_UNTIL, SCALE = "2018-06", 0.1  # a run of about half a second


def disturbed(nodes: Cluster, folder: Path, runs: int, kind: str | None) -> float:
    """Seconds of `runs` runs by two workers on two nodes; kind: what is killed after a third of the runs, or None."""
    given = shared(folder)
    with ray_workers.pool(None, nodes.address) as do:
        # the workers load the kernels first, on seeds of their own
        list(do(runner.work, runner.prepare, given, jobs(given, runs, runs + 4, RUN_UNTIL, SCALE)))
        began, killed = time.perf_counter(), kind is None
        for _ in do(runner.work, runner.prepare, given, jobs(given, 0, runs, RUN_UNTIL, SCALE)):
            if not killed and sum(1 for _ in (folder / RUNS).iterdir()) >= runs // 3:
                kill(nodes, kind)
                killed = True
        return time.perf_counter() - began


def kill(nodes: Cluster, kind: str) -> None:
    """Kill a busy worker, or the node beside the head node, which is then replaced."""
    if kind == "worker":
        os.kill(soon(nodes.workers, what="a worker")[0], signal.SIGKILL)
    else:
        end(nodes.nodes[-1].session)
        nodes.add(wait=False)


def costs(runs: int, repeats: int) -> dict[str, list[float]]:
    """Seconds undisturbed, with a killed worker and with a killed node, `repeats` times in turn."""
    found: dict[str, list[float]] = {"undisturbed": [], "worker": [], "node": []}
    with tempfile.TemporaryDirectory() as place, cluster(Path(place)) as nodes:
        before = dict(os.environ)
        os.environ |= {key: value for key, value in nodes.env.items() if key.startswith("RAY_")}
        try:
            for repeat in range(repeats):
                for kind, seconds in found.items():
                    kept = Path(place) / f"{kind}-{repeat}"
                    seconds.append(disturbed(nodes, kept, runs, None if kind == "undisturbed" else kind))
        finally:
            os.environ.clear()
            os.environ |= before
    return found


def extra(found: dict[str, list[float]], kind: str) -> float:
    """Median seconds that a kill costs over the undisturbed run beside it."""
    return median(a - b for a, b in zip(found[kind], found["undisturbed"], strict=True))
