"""Local clusters and drivers for tests: started by the commands that a person would type, found by their session.

Every process that is started here gets a session of its own, which its children keep. So what belongs to a node or a
driver is found, and ended, without touching anything else on the machine.
"""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from unittest.mock import patch

from experiments.sweeps import ray_workers

ROOT = Path(__file__).parents[2]
RAY = str(Path(sys.executable).with_name("ray"))
HEAD, OTHER = "127.0.0.2", "127.0.0.3"  # Ray takes 127.0.0.1 for the outside address of the machine, these it keeps
HEALTH = {  # as in docs/clusters.md: a node that is silent is given up after some 6 seconds
    "RAY_health_check_initial_delay_ms": "1000",
    "RAY_health_check_period_ms": "1000",
    "RAY_health_check_timeout_ms": "1000",
    "RAY_health_check_failure_threshold": "3",
}
FORKS = {"GRPC_ENABLE_FORK_SUPPORT": "0"}  # without it the first driver that comes by ray:// often waits for ever
OBJECTS = 80_000_000  # bytes of shared memory of a node; no less is accepted
PATIENCE = 60.0  # seconds for what takes some seconds on a machine that is not busy


def import_ray() -> None:
    """Import Ray as a sweep on this machine does: some settings it reads only then."""
    with patch.dict(os.environ, ray_workers.ALONE):
        import ray  # noqa: F401


def plain() -> dict[str, str]:
    """The environment without what concerns another cluster."""
    return {key: value for key, value in os.environ.items() if not key.startswith("RAY_")}


def soon(found: Callable, seconds: float = PATIENCE, what: str = ""):
    """What `found` gives as soon as it gives something; an AssertionError after some seconds."""
    ends = time.monotonic() + seconds
    while not (it := found()):
        assert time.monotonic() < ends, f"{what or found} did not come within {seconds:g} s"
        time.sleep(0.02)
    return it


def free_ports(count: int) -> list[int]:
    """Ports that nobody uses, none of those that Ray gives to its workers (10002 to 19999)."""
    found, held = [], []
    while len(found) < count:
        held.append(socket.socket())
        held[-1].bind(("", 0))
        port = held[-1].getsockname()[1]
        found += [port] if port > 20_000 else []
    for each in held:
        each.close()
    return found


def members(session: int) -> dict[int, str]:
    """Processes of a session that live, and what each is called."""
    found = {}
    for place in Path("/proc").iterdir():
        with suppress(OSError, ValueError, IndexError):  # not a process, or it ended at this moment
            state, _, _, its = (place / "stat").read_text().rpartition(")")[2].split()[:4]
            if int(its) == session and state not in "ZX":
                found[int(place.name)] = (place / "cmdline").read_bytes().replace(b"\0", b" ").decode().strip()
    return found


def end(session: int) -> None:
    """Kill a session, whatever it starts meanwhile."""
    while found := members(session):
        for process in found:
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        time.sleep(0.02)


class Process:
    """A command in a session of its own; what it says goes to a file."""

    def __init__(self, words: list[str], env: dict[str, str], log: Path, folder: Path = ROOT):
        self.log = log
        with log.open("ab") as file:
            self.popen = subprocess.Popen(
                words, env=env, cwd=folder, stdin=subprocess.DEVNULL, stdout=file, stderr=file, start_new_session=True
            )

    @property
    def session(self) -> int:
        """Its number, which is that of its first process."""
        return self.popen.pid

    def said(self) -> str:
        """All that it said."""
        return self.log.read_text()

    def wait(self, seconds: float) -> int:
        """Its exit code; an AssertionError with what it said where it does not end."""
        try:
            return self.popen.wait(seconds)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"{self.popen.args} did not end within {seconds:g} s:\n{self.said()}") from None

    def end(self) -> None:
        """Kill it with everything that belongs to it."""
        end(self.session)
        self.popen.wait()


class Cluster:
    """A head and a node, each with one worker, on addresses of this machine only."""

    def __init__(self, folder: Path, extra: dict[str, str] | None = None):
        self.port, self.client = free_ports(2)
        self.folder = folder
        # Ray makes sockets here, whose paths must be short
        self.temp = Path(tempfile.mkdtemp(prefix="abm", dir="/tmp"))
        token = {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": secrets.token_hex(32)}
        self.env = plain() | HEALTH | FORKS | token | (extra or {})
        self.nodes: list[Process] = []
        self.started: list[Process] = []
        self.head = self.start("--head", f"--node-ip-address={HEAD}", f"--port={self.port}",
                               f"--ray-client-server-port={self.client}", "--include-dashboard=false")  # fmt: skip
        soon(self.answers, what="the head")

    @property
    def address(self) -> str:
        """Where a driver finds it."""
        return f"{HEAD}:{self.port}"

    def answers(self) -> bool:
        """Whether the head takes connections, also those of ray://."""
        assert self.head.popen.poll() is None, self.head.said()
        with suppress(OSError):
            for port in (self.port, self.client):
                socket.create_connection((HEAD, port), 1).close()
            return True
        return False

    def start(self, *words: str, env: dict[str, str] | None = None) -> Process:
        """Start a node."""
        number = len(self.started)
        command = [RAY, "start", *words, "--num-cpus=1", f"--object-store-memory={OBJECTS}", "--disable-usage-stats",
                   f"--temp-dir={self.temp}/{number}", "--block"]  # fmt: skip
        self.started.append(Process(command, self.env | (env or {}), self.folder / f"node-{number}.log"))
        return self.started[-1]

    def add(self, env: dict[str, str] | None = None, wait: bool = True) -> Process:
        """Start a node beside the head, and wait until it is one."""
        found = self.start(f"--address={self.address}", f"--node-ip-address={OTHER}", env=env)
        self.nodes.append(found)
        if wait:
            soon(lambda: "Ray runtime started" in found.said(), what="a node")
        return found

    def workers(self) -> list[int]:
        """Processes that do a chunk at the moment."""
        found = [members(each.session) for each in self.started]
        return sorted(process for each in found for process, called in each.items() if called.startswith("ray::_chunk"))

    def close(self) -> None:
        """End everything, and leave no files."""
        for each in reversed(self.started):
            each.end()
        shutil.rmtree(self.temp, ignore_errors=True)


@contextmanager
def cluster(folder: Path, nodes: int = 1, **extra: str) -> Iterator[Cluster]:
    """A cluster of a head and some nodes, with these variables in its environment."""
    found = Cluster(folder, extra)
    try:
        for _ in range(nodes):
            found.add()
        yield found
    finally:
        found.close()


@contextmanager
def driver(*words: str, env: dict[str, str], log: Path, folder: Path = ROOT) -> Iterator[Process]:
    """The command line with these words, as a process that is ended afterwards."""
    found = Process([sys.executable, "-m", "experiments", *words], env, log, folder)
    try:
        yield found
    finally:
        found.end()
