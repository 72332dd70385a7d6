"""Cores and memory of a container, by control groups that are laid out as Linux lays them out."""

import os
from pathlib import Path

import psutil
import pytest

from experiments.sweeps import machine

HERE = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
ALL = psutil.virtual_memory().total
MB = 2**20


def laid_out(root: Path, cgroup: str, **files: str) -> Path:
    """A root folder with the control groups of a process and files of limits."""
    for name, text in ({"proc/self/cgroup": cgroup} | files).items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


def at(name: str) -> str:
    return f"sys/fs/cgroup/{name}"


def test_without_control_groups_it_is_the_machine(tmp_path):
    assert machine.cores(tmp_path) == HERE
    assert machine.memory(tmp_path) == ALL


@pytest.mark.parametrize(
    ("limit", "cores"),
    [("50000 100000", 1), ("100000 100000", 1), ("110000 100000", min(2, HERE)), ("max 100000", HERE)],
)
def test_version_2_gives_a_share_of_time_that_is_rounded_up(tmp_path, limit, cores):
    root = laid_out(
        tmp_path, "0::/pod/box\n", **{at("pod/box/cpu.max"): limit, at("pod/box/memory.max"): f"{64 * MB}\n"}
    )
    assert machine.cores(root) == cores
    assert machine.memory(root) == 64 * MB


def test_a_group_above_may_set_the_limit(tmp_path):
    limits = {at("pod/box/memory.max"): "max\n", at("pod/memory.max"): f"{32 * MB}", at("memory.max"): f"{48 * MB}"}
    root = laid_out(tmp_path, "0::/pod/box\n", **limits, **{at("cpu.max"): "100000 100000"})
    assert machine.memory(root) == 32 * MB
    assert machine.cores(root) == 1


def test_in_a_container_its_own_group_may_be_the_top(tmp_path):
    root = laid_out(tmp_path, "0::/host/path/not/seen/here\n", **{at("memory.max"): f"{48 * MB}"})
    assert machine.memory(root) == 48 * MB


def test_version_1_has_a_folder_per_controller(tmp_path):
    groups = "5:cpu,cpuacct:/box\n4:memory:/box\n0::/\n"
    limits = {
        at("cpu/box/cpu.cfs_quota_us"): "100000",
        at("cpu/box/cpu.cfs_period_us"): "100000",
        at("memory/box/memory.limit_in_bytes"): f"{96 * MB}",
        at("memory/memory.limit_in_bytes"): "9223372036854771712",  # none
    }
    root = laid_out(tmp_path, groups, **limits)
    assert machine.cores(root) == 1
    assert machine.memory(root) == 96 * MB
    (root / at("cpu/box/cpu.cfs_quota_us")).write_text("-1", encoding="utf-8")
    assert machine.cores(root) == HERE
