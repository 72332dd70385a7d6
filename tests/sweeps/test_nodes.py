"""Nodes that fall silent, do not see the store or run out of memory, and drivers of a cluster that are stopped."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from experiments.store.store import Store
from experiments.sweeps import api
from tests.helpers.clusters import HEAD, ROOT, Cluster, cluster, driver, members, plain, soon
from tests.helpers.runs import CURRENT
from tests.helpers.stores import content

pytestmark = pytest.mark.slow
AT_ONCE = 5.0  # seconds
ROOM, EATEN = 1_700_000, 2_000  # memory that may be taken on top of what is in use [kB]; what a run takes [MB]
EATER = f"""
import sys, time
from experiments.sweeps import api, runner

ordinary = runner.work

def work(job, shared):
    if job.scenario.seed == 2:
        held = [b"x" * 10**6 for _ in range({EATEN})]
        time.sleep(60)
    return ordinary(job, shared)

runner.work = work
made = api.sweep(sys.argv[1], workers=2, store=sys.argv[2])
print(made.failed()["seed"].tolist(), made.missing()["seed"].tolist())
"""


def design(folder: Path, replicates: int = 4, until: str = "2015-03", scale: float = 0.01) -> Path:
    """A design file of replicates."""
    file = folder / "small.yaml"
    lines = ("name: small", f"scenarios: {CURRENT}", f"until: {until}", f"scale: {scale}", f"replicates: {replicates}")
    file.write_text("\n".join(lines))
    return file


def serial(file: Path, place: Path) -> dict[str, bytes]:
    """Every file of a sweep that was made here, one run after another."""
    api.sweep(file, store=place, workers=1)
    return content(place)


def refused(nodes: Cluster, file: Path, folder: Path, env: dict[str, str]) -> str:
    """The one line with which a sweep on a cluster is refused."""
    words = ("sweep", str(file), "--store", str(folder / "store"), "--address", nodes.address)
    # not from the folder of the project, which Ray would have the workers read first
    with driver(*words, env=env, log=folder / "refused.log", folder=folder) as process:
        assert process.wait(120) == 2, process.said()
        (line,) = (line for line in process.said().splitlines() if line.startswith("abm: "))
        assert "Traceback" not in process.said()
    return line


def test_the_address_may_be_found_by_ray(tmp_path):
    file = design(tmp_path)
    with cluster(tmp_path) as nodes:
        words = ("sweep", str(file), "--store", str(tmp_path / "store"), "--address", "auto")
        env = nodes.env | {"RAY_ADDRESS": nodes.address}  # other clusters may run on this machine
        with driver(*words, env=env, log=tmp_path / "driver.log") as process:
            assert process.wait(120) == 0, process.said()
    assert content(tmp_path / "store") == serial(file, tmp_path / "serial")


def test_a_driver_without_the_token_is_refused(tmp_path):
    with cluster(tmp_path, nodes=0) as nodes:
        lacking = {key: value for key, value in nodes.env.items() if key != "RAY_AUTH_TOKEN"}
        said = refused(nodes, design(tmp_path), tmp_path, lacking | {"HOME": str(tmp_path)})
        assert "oken" in said
        assert "docs/clusters.md" in said


def test_a_node_that_does_not_see_the_store_is_refused(tmp_path):
    other = tmp_path / "other" / "experiments"
    for package in ("abm", "experiments"):  # each refuses to work with a package of the other name elsewhere
        shutil.copytree(ROOT / package, other.parent / package)
    text = (other / "store" / "store.py").read_text()
    (other / "store" / "store.py").write_text(text.replace('MARK, MARK_TEXT = "README"', 'MARK, MARK_TEXT = "ANOTHER"'))
    with cluster(tmp_path, nodes=0, PYTHONPATH=str(other.parent)) as nodes:
        here = {key: value for key, value in nodes.env.items() if key != "PYTHONPATH"}
        said = refused(nodes, design(tmp_path), tmp_path, here)
        assert f"{tmp_path / 'store'}: cannot be reached by a worker on another machine" in said
        assert "s3://" in said


@pytest.mark.parametrize("polite", [signal.SIGINT, signal.SIGTERM])
def test_a_driver_of_a_cluster_that_is_stopped_ends_at_once_and_goes_on(tmp_path, polite):
    file, place = design(tmp_path, 24, "2016-12", 0.05), tmp_path / "store"
    with cluster(tmp_path) as nodes:
        words = ("sweep", str(file), "--store", str(place), "--address", nodes.address)
        with driver(*words, env=nodes.env, log=tmp_path / "stopped.log") as process:
            soon(lambda: len(Store(place).done()) >= 3, what="three runs")
            began = time.monotonic()
            os.kill(process.popen.pid, polite)
            assert process.wait(15) == 130, process.said()
            assert time.monotonic() - began < AT_ONCE
            last = process.said().splitlines()[-1]
            assert last.startswith("abm: stopped: ")
            assert last.endswith("of 24 runs are kept; the same command continues from there")
            soon(lambda: not nodes.workers(), AT_ONCE, "the end of the workers")
        kept = Store(place).done()
        assert 3 <= len(kept) < 24
        with driver(*words, env=nodes.env, log=tmp_path / "again.log") as process:
            assert process.wait(120) == 0, process.said()
    assert content(place) == serial(file, tmp_path / "serial")


def test_a_driver_that_is_stopped_leaves_no_processes(tmp_path):
    place = tmp_path / "store"
    words = ("sweep", str(design(tmp_path, 24, "2016-12", 0.05)), "--store", str(place), "--workers", "2")
    with driver(*words, env=plain(), log=tmp_path / "stopped.log") as process:
        soon(lambda: len(Store(place).done()) >= 3, what="three runs")
        assert len(members(process.session)) > 3
        os.kill(process.popen.pid, signal.SIGINT)
        assert process.wait(15) == 130, process.said()
        soon(lambda: not members(process.session), AT_ONCE, "the end of what it started")


def test_a_node_that_falls_silent_is_given_up(tmp_path):
    file, place = design(tmp_path, 40, "2016-12", 0.05), tmp_path / "store"
    with cluster(tmp_path) as nodes:
        words = ("sweep", str(file), "--store", str(place), "--address", nodes.address)
        with driver(*words, env=nodes.env, log=tmp_path / "driver.log") as process:
            soon(lambda: len(Store(place).done()) >= 3 and len(nodes.workers()) == 2, what="work on both nodes")
            for each in members(nodes.nodes[0].session):
                os.kill(each, signal.SIGSTOP)
            assert process.wait(90) == 0, process.said()  # left to itself, Ray waits for seven minutes
    assert content(place) == serial(file, tmp_path / "serial")


def test_a_head_that_dies_ends_the_driver_and_the_same_command_goes_on(tmp_path):
    file, place = design(tmp_path, 24, "2016-12", 0.05), tmp_path / "store"
    patience = {"RAY_gcs_rpc_server_reconnect_timeout_s": "5"}  # a minute where nobody says so

    def again(nodes: Cluster):
        words = ("sweep", str(file), "--store", str(place), "--address", nodes.address)
        return driver(*words, env=nodes.env, log=tmp_path / f"{nodes.port}.log")

    with cluster(tmp_path, nodes=0, **patience) as nodes, again(nodes) as process:
        soon(lambda: len(Store(place).done()) >= 3, what="three runs")
        nodes.head.end()
        assert process.wait(60) != 0
    with cluster(tmp_path, nodes=0) as nodes, again(nodes) as process:
        assert process.wait(120) == 0, process.said()
    assert content(place) == serial(file, tmp_path / "serial")


def test_a_run_that_eats_all_memory_is_kept_as_lost_and_the_others_are_made(tmp_path):
    file, place = design(tmp_path, 16, "2020-12", 0.05), tmp_path / "store"
    memory = {line.split(":")[0]: int(line.split()[1]) for line in Path("/proc/meminfo").read_text().splitlines()}
    threshold = (memory["MemTotal"] - memory["MemAvailable"] + ROOM) / memory["MemTotal"]
    env = plain() | {"RAY_memory_usage_threshold": f"{threshold:.4f}", "RAY_memory_monitor_refresh_ms": "100"}
    words = [sys.executable, "-c", EATER, str(file), str(place)]
    found = subprocess.run(words, cwd=ROOT, env=env, capture_output=True, text=True, timeout=240)
    assert found.stdout.splitlines()[-1] == "[2] [2]", found
    (name,) = Store(place).failed()
    assert "OutOfMemoryError" in Store(place).failure(name)["traceback"]
    assert name in Store(place).failure(name)["repeat"]


def test_a_driver_outside_comes_by_the_ray_client(tmp_path):
    """The first ones to come: the server of the head starts a process for each."""
    file = design(tmp_path)
    wanted = serial(file, tmp_path / "serial")
    with cluster(tmp_path, nodes=0) as nodes:
        for number in range(2):
            words = ("sweep", str(file), "--store", str(tmp_path / f"{number}"))
            address = ("--address", f"ray://{HEAD}:{nodes.client}")
            with driver(*words, *address, env=nodes.env, log=tmp_path / f"{number}.log") as process:
                assert process.wait(120) == 0, process.said()
            assert content(tmp_path / f"{number}") == wanted
