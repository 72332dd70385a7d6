"""This machine as a run may use it: cores and memory, also inside a container, and the memory that a run takes.

A container that may use less than the machine has says so in its control groups (Linux, version 2 and 1), which
neither Python nor psutil reads.
"""

import math
import os
from collections.abc import Iterator
from pathlib import Path

_VERSION_2 = ""  # its one hierarchy names no controller


class Peak:
    """Peak memory of this process [bytes], as far as seen: call it now and then, for example as progress of a run."""

    def __init__(self):
        import psutil

        self._process = psutil.Process()
        self.bytes = 0
        self()

    def __call__(self, *progress: int) -> None:
        """Look again."""
        self.bytes = max(self.bytes, self._process.memory_info().rss)


def cores(root: Path = Path("/")) -> int:
    """Cores that this process may use: those that it may run on, or its share of their time where that is less."""
    found = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    for group in _groups(root, "cpu"):
        if (group / "cpu.max").is_file():
            quota, period = _numbers(group / "cpu.max", 2)
        else:
            quota, period = *_numbers(group / "cpu.cfs_quota_us"), *_numbers(group / "cpu.cfs_period_us")
        if quota > 0 and period > 0:
            found = min(found, math.ceil(quota / period))
    return max(found, 1)


def memory(root: Path = Path("/")) -> int:
    """Memory that processes may use here together [bytes]: that of the machine, or less in a container."""
    import psutil

    found = psutil.virtual_memory().total
    for group in _groups(root, "memory"):
        for name in ("memory.max", "memory.high", "memory.limit_in_bytes"):
            (limit,) = _numbers(group / name)
            found = min(found, limit) if limit > 0 else found
    return found


def _groups(root: Path, controller: str) -> Iterator[Path]:
    """Folders of the control groups that this process is in, from its own up to all: each may set a limit."""
    try:
        lines = (root / "proc/self/cgroup").read_text(encoding="utf-8").splitlines()
    except OSError:  # not on Linux
        return
    mounted = root / "sys/fs/cgroup"
    for line in lines:
        _, controllers, path = line.split(":", 2)
        if controllers == _VERSION_2 or controller in controllers.split(","):
            top = mounted if controllers == _VERSION_2 else mounted / controller
            below = Path(path.lstrip("/"))
            yield from (top / each for each in (below, *below.parents))  # the last of the parents is '.', the top


def _numbers(path: Path, count: int = 1) -> tuple[int, ...]:
    """Numbers in a file of a control group; -1 for one that is not there or sets no limit ('max')."""
    try:
        found = path.read_text(encoding="utf-8").split()
    except OSError:
        found = []
    return tuple(int(each) if each.isdigit() else -1 for each in (found + [""] * count)[:count])
