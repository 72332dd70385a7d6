"""One toy model run many times by four ways of running models: Mesa's batch_run, joblib, our workers, a plain loop.

People give a coin to somebody at random if they have one: the first exercise of Mesa's own tutorial.
"""

import time
from dataclasses import dataclass
from pathlib import Path

import mesa

from experiments.store.filesystem import Files
from experiments.sweeps import ray_workers

PEOPLE, STEPS = 100, 100


class Giver(mesa.Agent):
    """A person with coins."""

    def __init__(self, model):
        super().__init__(model)
        self.coins = 1

    def step(self):
        """Give a coin to a random person."""
        if self.coins:
            self.random.choice(self.model.people).coins += 1
            self.coins -= 1


class Toy(mesa.Model):
    """The model: all people, and the most coins of a person."""

    def __init__(self, people: int = PEOPLE, rng=None):
        super().__init__(rng=rng)
        self.datacollector = mesa.DataCollector(model_reporters={"richest": richest})
        self.people = list(Giver.create_agents(self, people))

    def step(self):
        """Activate everybody, in random order."""
        self.agents.shuffle_do("step")
        self.datacollector.collect(self)


def richest(model: Toy) -> int:
    """Most coins of a person."""
    return max(giver.coins for giver in model.people)


def run(seed: int) -> int:
    """Run the model; returns the most coins of a person at its end."""
    model = Toy(rng=seed)
    for _ in range(STEPS):
        model.step()
    return richest(model)


@dataclass(frozen=True)
class Made:
    """The record of a run."""

    seed: int
    richest: int
    seconds: float


def work(seed: int, place: str) -> Made:
    """Make and keep a run, as a task for our workers."""
    began = time.perf_counter()
    found = run(seed)
    Files(place).write(f"runs/{seed}.json", b'{"richest": %d}\n' % found)
    return Made(seed, found, time.perf_counter() - began)


def ready(place: str) -> None:
    """Nothing to prepare."""


def plain(runs: int) -> list[int]:
    """Runs one after another, in this process."""
    return [run(seed) for seed in range(runs)]


def batch_run(runs: int, processes: int) -> list[int]:
    """Runs by Mesa's batch_run."""
    rows = mesa.batch_run(
        Toy, {"people": PEOPLE}, number_processes=processes, rng=range(runs), max_steps=STEPS, display_progress=False
    )
    return [row["richest"] for row in rows]


def by_joblib(runs: int, processes: int) -> list[int]:
    """Runs by joblib."""
    from joblib import Parallel, delayed

    return Parallel(n_jobs=processes)(delayed(run)(seed) for seed in range(runs))


def ours(runs: int, processes: int, folder: Path) -> tuple[list[int], float]:
    """Runs by our workers, each kept; and their seconds without the start, after a run per worker to warm up."""
    with ray_workers.pool(processes) as do:
        list(do(work, ready, str(folder), range(processes)))
        began = time.perf_counter()
        found = [made.richest for made in do(work, ready, str(folder), range(runs))]
        return found, time.perf_counter() - began


def measured(runs: int, processes: int, folder: Path) -> dict[str, float]:
    """Runs per minute by each way, start included; raises AssertionError where outcomes differ."""
    found, expected = {}, sorted(plain(runs))
    for name, way in {
        "plain loop, one process": lambda: (plain(runs), None),
        "Mesa, batch_run": lambda: (batch_run(runs, processes), None),
        "joblib": lambda: (by_joblib(runs, processes), None),
        "ours, each run kept": lambda: ours(runs, processes, folder),
    }.items():
        began = time.perf_counter()
        values, started = way()
        found[name] = 60 * runs / (time.perf_counter() - began)
        if started:
            found["ours, once started"] = 60 * runs / started
        assert sorted(values) == expected, f"{name}: outcomes differ"
    return found
