"""What a sweep will cost: hours and runs that fit by hand, one line where it is too much, and nothing written."""

import mmap
import os
import shutil
import subprocess
from dataclasses import replace

import numpy as np
import pytest

from abm.engine.errors import InputError
from experiments.store import outcomes
from experiments.store import store as stores
from experiments.store.store import Store
from experiments.sweeps import api, cost, machine
from experiments.sweeps.cost import Plan
from experiments.sweeps.runner import Job
from experiments.text import ceiled
from tests.helpers.runs import CURRENT, real, recorded, small

SERIAL = Plan(
    runs=1000, missing=900, workers=1, seconds=(3.0, 2.0, 10.0), memory=400_000_000, size=2_000_000, free=None
)
FOUR = replace(SERIAL, workers=4)  # its seconds have the median 3; Ray takes 8 seconds to start
TINY = {"name": "tiny", "scenarios": CURRENT, "until": "2015-03", "scale": 0.005}


def refused(plan: Plan, budget: float | None) -> str:
    with pytest.raises(InputError) as error:
        plan.check("there", budget)
    assert "\n" not in str(error.value)
    return str(error.value)


# --- arithmetic


@pytest.mark.parametrize(
    ("plan", "hours"),
    [
        (SERIAL, 0.75),  # 900 x 3 s
        (FOUR, (8 + 225 * 3) / 3600),
        (replace(FOUR, missing=901), (8 + 226 * 3) / 3600),  # the last round is for one
        (replace(FOUR, missing=1), (8 + 3) / 3600),
        (replace(FOUR, missing=0, seconds=()), 0),
    ],
)
def test_hours(plan, hours):
    assert plan.hours == pytest.approx(hours)


@pytest.mark.parametrize(
    ("plan", "hours", "runs"),
    [
        (SERIAL, 0.5, 600),
        (SERIAL, 0.75, 900),
        (SERIAL, 10, 900),
        (SERIAL, 0, 0),
        (FOUR, 100 / 3600, 4 * 30),  # (100 - 8) / 3 = 30.7 rounds
        (FOUR, 5 / 3600, 0),  # Ray has not started yet
        (replace(FOUR, missing=0, seconds=()), 1, 0),
    ],
)
def test_runs_that_fit(plan, hours, runs):
    assert plan.fitting(hours) == runs
    assert runs == 0 or replace(plan, missing=runs).hours <= hours


def test_over_budget_is_one_line_that_says_what_fits():
    said = refused(SERIAL, 0.5)
    assert said.startswith("--budget 0.5: 900 runs take about 0.75 hours with 1 workers; 600 of them would fit: give ")
    assert "--budget 0.75" in said
    assert "0 of them would fit" in refused(FOUR, 0)
    SERIAL.check("there", 0.75)
    SERIAL.check("there", None)
    replace(FOUR, missing=0, seconds=()).check("there", 0)


@pytest.mark.parametrize("hours", [0.00123, 0.0999, 0.7, 0.9951, 1, 12.34, 99.5, 1234.5])
def test_the_budget_that_is_advised_is_enough(hours):
    advised = float(ceiled(hours))
    assert hours <= advised * (1 + 1e-12)
    assert advised <= hours * 1.1


def test_a_disk_that_is_too_small_is_one_line():
    said = refused(replace(SERIAL, free=1_000_000_000), None)
    assert said == (
        "there: 900 runs take about 1.8 GB and 1 GB are free: 500 of them would fit: give another place with --store"
    )
    replace(SERIAL, free=1_800_000_000).check("there", None)
    replace(SERIAL, missing=0, size=0, free=0).check("there", None)


def test_the_plan_in_words():
    said = dict(replace(FOUR, free=5_000_000_000).lines(16_000_000_000))
    assert (said["Runs of the design"], said["Kept already"], said["To make"]) == ("1,000", "100", "900")
    assert said["Seconds per run"] == "3.00 (2.00 to 10.00), measured on 3"
    assert said["Memory"] == "400 MB per worker, 1.6 GB in total, of 16 GB here"
    assert said["Disk"] == "2 MB per run, 1.8 GB in total; 5 GB are free"
    assert said["Hours"] == "0.19"


# --- timing


def test_the_disk_is_that_of_the_nearest_folder_that_exists(tmp_path):
    plan = cost.plan(0, 0, [], 1, Store(tmp_path / "not" / "yet"))
    assert (plan.hours, plan.seconds) == (0, ())
    assert plan.free == pytest.approx(shutil.disk_usage(tmp_path).free, rel=0.05)
    assert cost.plan(0, 0, [], 1, Store(f"file://{tmp_path}")).free is None


def test_a_timed_run_keeps_nothing_and_measures_all(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    scenario = small("2015-03", scale=0.005)
    name = stores.run_name(scenario, real().digest)
    found = cost.measure([Job(name, scenario), Job(name, scenario)])
    assert len(found["seconds"]) == 2
    assert 0 < min(found["seconds"]) <= max(found["seconds"]) < 10
    assert found["size"] == len(outcomes.as_parquet(name, recorded(scenario).table())[0])
    assert 50e6 < found["memory"] < 20e9
    assert os.listdir() == []


@pytest.mark.slow
def test_a_probe_that_fails_tells_why_in_one_line():
    broken = Job("a", replace(small("2015-03", scale=0.005), until="when"))
    with pytest.raises(InputError) as error:
        cost.measured([broken])
    assert str(error.value).startswith("a run that was timed failed (")
    assert "when" in str(error.value)
    assert "\n" not in str(error.value)


def test_a_probe_that_is_killed_tells_so(monkeypatch):
    killed = subprocess.CompletedProcess([], -9, b"", b"")
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: killed)
    with pytest.raises(InputError, match=r"failed \(it was killed, out of memory\?\)"):
        cost.measured([])


def test_a_dry_run_writes_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(cost, "measured", lambda jobs, at_once: cost.measure(jobs))  # in this process, which is quicker
    plan = api.dry_run(TINY | {"replicates": 5}, workers=1, store=tmp_path / "absent", shard=(1, 2))
    assert (plan.runs, plan.missing, plan.workers, len(plan.seconds)) == (5, 3, 1, 3)
    assert list(tmp_path.iterdir()) == []


def test_over_budget_makes_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(cost, "measured", lambda jobs, at_once: cost.measure(jobs))
    with pytest.raises(InputError, match="--budget 1e-06: 2 runs take about"):
        api.sweep(TINY | {"replicates": 2}, workers=1, store=tmp_path, budget=1e-6)
    assert Store(tmp_path).done() == set()


@pytest.mark.slow
def test_runs_are_timed_in_another_process():
    ballast = np.ones(2 * 10**8)  # 1.6 GB of this process, which do not count
    found = cost.measured([Job("a", small("2015-03", scale=0.005))])
    assert len(found["seconds"]) == 1
    assert found["size"] > 1000
    assert 50e6 < found["memory"] < ballast.nbytes


def test_memory_is_the_most_that_was_seen():
    peak = machine.Peak()
    before, ballast = peak.bytes, mmap.mmap(-1, 50 * 2**20)  # of the system: what was freed before is not used again
    np.frombuffer(ballast, np.uint8)[:] = 1
    peak(1, 2)
    held = peak.bytes
    ballast.close()
    peak()
    assert 50 * 2**20 <= held - before < 100 * 2**20
    assert peak.bytes == held
    assert machine.memory() > held
