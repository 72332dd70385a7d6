"""A sweep that is killed again and again ends with the bytes of one that nobody disturbed."""

import os
import random
import signal
import sys
import time
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest

from experiments.store import store
from tests.helpers.clusters import Cluster, Process, cluster, driver, end, plain, soon
from tests.helpers.runs import CURRENT
from tests.helpers.stores import content

KINDS = ("driver", "worker", "node")
POINTS, SEED = 20, 20150901
LONGEST_MOMENT = 1.0  # seconds between a number of runs that is reached and the kill
DESIGN = """\
name: killed
title: Two levers and the rule of coupling, many times
scenarios: CURRENT
until: UNTIL
scale: 0.1
replicates: REPLICATES
levers:
  method: grid
  from: 2016-01
  parameters:
    policy.decision.capacity_factor: [0.5, 0.8, 1, 1.5, 2]
    policy.reunion.capacity_factor: [1, 2]
    policy.coupling.rule: [task, region]
"""
WHOLE = 600.0  # seconds that a sweep may take on a busy machine


def plan(runs: int, kills: int) -> list[tuple[int, str, float]]:
    """When so many runs are kept, what to kill after how many seconds."""
    luck = random.Random(SEED)
    numbers = sorted(luck.sample(range(1, runs * 3 // 4), kills))
    kinds = [*KINDS * (kills // len(KINDS)), *luck.sample(KINDS, kills % len(KINDS))]
    luck.shuffle(kinds)
    return [(number, kind, luck.uniform(0, LONGEST_MOMENT)) for number, kind in zip(numbers, kinds, strict=True)]


class Sweep:
    """A sweep on a cluster by the command line, which is started again when it was killed."""

    def __init__(self, nodes: Cluster, words: list[str], place: Path, log: Path):
        self.nodes, self.words, self.place, self.log = nodes, words, place, log
        self.luck = random.Random(SEED)
        self.start()

    def start(self) -> None:
        """Start the command."""
        self.process = Process([sys.executable, "-m", "experiments", *self.words], self.nodes.env, self.log)

    def kept(self) -> int:
        """Runs that are kept."""
        with suppress(FileNotFoundError):
            return sum(name.endswith(store.JSON) for name in os.listdir(self.place / store.RUNS))
        return 0

    def reached(self, number: int) -> bool:
        """Whether so many runs are kept by a command that still runs."""
        assert self.process.popen.poll() is None, f"it ended early:\n{self.log.read_text()}"
        return self.kept() >= number

    def kill(self, kind: str) -> None:
        """Kill something of this kind that is at work."""
        if kind == "driver":
            self.process.end()
            self.start()
        elif kind == "worker":
            while True:
                with suppress(ProcessLookupError):  # it ended at this moment: take another one
                    os.kill(self.luck.choice(soon(self.nodes.workers, what="a worker")), signal.SIGKILL)
                    return
        else:
            end(self.nodes.nodes[-1].session)
            self.nodes.add(wait=False)


@pytest.mark.slow
@pytest.mark.parametrize(("until", "replicates", "kills"), [("2020-12", 1, 3), ("2018-12", 10, 10)])
def test_a_sweep_that_is_killed_ends_with_the_bytes_of_an_undisturbed_one(tmp_path, until, replicates, kills):
    design, undisturbed, killed = tmp_path / "killed.yaml", tmp_path / "undisturbed", tmp_path / "store"
    design.write_text(DESIGN.replace("REPLICATES", str(replicates)).replace("UNTIL", until).replace("CURRENT", CURRENT))
    words, runs, told = ["sweep", str(design), "--store"], POINTS * replicates, []
    with cluster(tmp_path) as nodes:
        began = time.monotonic()
        sweep = Sweep(nodes, [*words, str(killed), "--address", nodes.address], killed, tmp_path / "killed.log")
        try:
            for number, kind, moment in plan(runs, kills):
                soon(partial(sweep.reached, number), WHOLE, f"run {number}")
                time.sleep(moment)
                at = time.monotonic() - began
                told.append(f"{kind} at {at:.1f} s, {sweep.kept()} runs")
                sweep.kill(kind)
                assert not (killed / store.FAILED).exists()
            assert sweep.process.wait(WHOLE) == 0, sweep.log.read_text()
        finally:
            sweep.process.end()
        told.append(f"end at {time.monotonic() - began:.1f} s")
    began = time.monotonic()
    with driver(*words, str(undisturbed), "--workers", "1", env=plain(), log=tmp_path / "undisturbed.log") as serial:
        assert serial.wait(WHOLE) == 0, serial.said()
    print(*told, f"one after another: {time.monotonic() - began:.1f} s", sep="\n")
    found, wanted = content(killed), content(undisturbed)
    assert found.keys() == wanted.keys()
    assert [key for key in found if found[key] != wanted[key]] == []
    made = [sum(key.startswith(f"{folder}/") for key in found) for folder in (store.RUNS, store.OUTCOMES)]
    assert made == [runs, runs]
    assert not (killed / store.FAILED).exists()
