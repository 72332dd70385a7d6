"""More than one machine: addresses, versions, memory, Ctrl-C, shards, and the files for it."""

import copy
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from experiments.store.store import OUTCOMES, Store
from experiments.sweeps import api
from tests.helpers.clusters import ROOT, cluster, driver, plain, soon
from tests.helpers.runs import CURRENT

DESIGN = """\
name: tiny
scenarios: {current}
until: {until}
scale: {scale}
replicates: {replicates}
"""


def design(folder: Path, replicates: int = 4, until: str = "2015-06", scale: float = 0.005) -> Path:
    """A design file of replicates."""
    file = folder / "tiny.yaml"
    file.write_text(DESIGN.format(current=CURRENT, until=until, scale=scale, replicates=replicates))
    return file


def outcomes(place: Path) -> dict[str, bytes]:
    """Outcomes of a store."""
    return {file.name: file.read_bytes() for file in (place / OUTCOMES).glob("*.parquet")}


@pytest.mark.slow
def test_every_kind_of_address_gives_the_bytes_of_a_serial_run(tmp_path):
    file = design(tmp_path)
    api.sweep(file, store=tmp_path / "serial", workers=1)
    with cluster(tmp_path) as nodes:
        addresses = {"plain": nodes.address, "client": f"ray://{nodes.address.split(':')[0]}:{nodes.client}"}
        for name, address in addresses.items():
            words = ("sweep", str(file), "--store", str(tmp_path / name), "--address", address)
            with driver(*words, env=nodes.env, log=tmp_path / f"{name}.log") as process:
                assert process.wait(120) == 0, process.said()
            assert outcomes(tmp_path / name) == outcomes(tmp_path / "serial")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("packages", "told"),
    [(("abm", "experiments"), "a worker has model"), (("abm",), "a worker cannot run the model (the package")],
)
def test_a_node_with_another_version_of_the_model_is_refused(tmp_path, packages, told):
    edited = tmp_path / "edited"
    for package in packages:
        shutil.copytree(ROOT / package, edited / package)
    errors = edited / "abm" / "engine" / "errors.py"
    errors.write_text(errors.read_text() + "\n# edited\n")
    with cluster(tmp_path, nodes=0) as nodes:
        nodes.add(env={"PYTHONPATH": str(edited)})
        words = ("sweep", str(design(tmp_path, 60)), "--store", str(tmp_path / "store"), "--address", nodes.address)
        # not from the folder of the project, which Ray would have the workers read first
        with driver(*words, env=nodes.env, log=tmp_path / "driver.log", folder=tmp_path) as process:
            assert process.wait(120) == 2, process.said()
            said = [line for line in process.said().splitlines() if line.startswith("abm: ")]
            assert len(said) == 1
            assert told in said[0]
            assert "Traceback" not in process.said()
            assert "install the same versions" in said[0]


@pytest.mark.slow
@pytest.mark.parametrize("polite", [signal.SIGINT, signal.SIGTERM])
def test_a_sweep_that_is_stopped_says_what_is_kept_and_goes_on(tmp_path, polite):
    file, place = design(tmp_path, 40, "2016-12", 0.02), tmp_path / "store"
    words = ("sweep", str(file), "--store", str(place), "--workers", "2")
    with driver(*words, env=plain(), log=tmp_path / "stopped.log") as process:
        soon(lambda: len(Store(place).done()) >= 3, what="three runs")
        os.kill(process.popen.pid, polite)
        assert process.wait(15) == 130, process.said()
        assert "runs are kept; the same command continues from there" in process.said()
        assert "Traceback" not in process.said()
    kept = Store(place).done()
    assert 3 <= len(kept) < 40
    with driver(*words, env=plain(), log=tmp_path / "again.log") as process:
        assert process.wait(180) == 0, process.said()
    assert len(Store(place).done()) == 40


@pytest.mark.slow
def test_a_run_that_eats_all_memory_is_lost_alone(tmp_path):
    """Ray ends the worker when the machine's memory passes a threshold, set a little over what is in use."""
    memory = {line.split(":")[0]: int(line.split()[1]) for line in Path("/proc/meminfo").read_text().splitlines()}
    used = memory["MemTotal"] - memory["MemAvailable"]
    threshold = (used + 2_200_000) / memory["MemTotal"]  # [kB]: room for Ray and two workers
    code = f"""
import os, sys, time
import numpy as np
from experiments.sweeps import ray_workers as workers
from experiments.sweeps import runner
from tests.sweeps import test_clusters as here
os.environ |= {{"RAY_memory_usage_threshold": "{threshold:.4f}", "RAY_memory_monitor_refresh_ms": "100"}}
with workers.pool(2) as do:
    for record in do(here.eat, here.ready, None, list(range(6))):
        print(type(record).__name__, getattr(record, "reason", record), flush=True)
"""
    found = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=240, env=plain()
    )
    lines = [line for line in found.stdout.splitlines() if line.startswith(("int", "Lost"))]
    assert sorted(line for line in lines if line.startswith("int")) == [f"int {job}" for job in (0, 1, 2, 4, 5)], found
    (lost,) = (line for line in lines if line.startswith("Lost"))
    assert "OutOfMemory" in lost


def ready(shared) -> None:
    """Nothing to prepare."""


def eat(job: int, shared) -> int:
    """Job 3 takes three gigabytes and holds them."""
    if job == 3:
        import time

        import numpy as np

        held = [np.ones(2**24) for _ in range(24)]
        time.sleep(10)
        del held
    return job


@pytest.mark.slow
def test_workers_that_begin_together_compile_once(tmp_path):
    """With an empty cache of kernels and two workers, one of them compiles while the other one waits."""
    words = ("sweep", str(design(tmp_path)), "--store", str(tmp_path / "store"), "--workers", "2")
    env = plain() | {"NUMBA_CACHE_DIR": str(tmp_path / "cache"), "TMPDIR": str(tmp_path), "NUMBA_DEBUG_CACHE": "1"}
    env |= {"RAY_TMPDIR": "/tmp"}
    with driver(*words, env=env, log=tmp_path / "driver.log") as process:
        assert process.wait(180) == 0, process.said()
    marks = [file for file in tmp_path.glob("abm-*") if file.is_file() and file.suffix != ".lock"]
    assert len(marks) == 1
    assert "kernels" in marks[0].read_text()
    written = [file.stat().st_mtime_ns for file in (tmp_path / "cache").rglob("*.nbc")]
    assert len(written) > 10


@pytest.mark.slow  # processes of their own
def test_all_shards_of_the_array_make_the_sweep(tmp_path):
    """The body of the job for Slurm, run by bash, one task after another."""
    file, place = design(tmp_path, 5, "2015-02"), tmp_path / "store"
    script = ROOT / "configs" / "clusters" / "array.sbatch"
    abm = tmp_path / "abm"
    abm.write_text(f'#!/bin/bash\nexec "{sys.executable}" -m experiments "$@"\n')
    abm.chmod(0o755)
    for task in (2, 1):
        slurm = {"SLURM_ARRAY_TASK_ID": str(task), "SLURM_ARRAY_TASK_COUNT": "2", "SLURM_CPUS_PER_TASK": "1"}
        env = os.environ | slurm | {"ABM": str(abm)}
        done = subprocess.run(["bash", script, file, place], cwd=ROOT, env=env, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        assert len(Store(place).done()) == {2: 2, 1: 5}[task]


def test_the_launcher_takes_the_cluster_file():
    from ray.autoscaler.sdk import bootstrap_config

    content = yaml.safe_load((ROOT / "configs" / "clusters" / "local.yaml").read_text())
    bootstrap_config(copy.deepcopy(content), no_config_cache=True)  # checks it
    assert set(content["provider"]) == {"type", "head_ip", "worker_ips"}
    assert content["auth"]["ssh_user"]
    commands = " ".join(content["head_start_ray_commands"])
    for setting in ("initial_delay", "period", "timeout", "failure_threshold"):
        assert f"RAY_health_check_{setting}" in commands
