"""Distributes jobs over workers with Ray, or does them one by one in this process; the results are the same.

Only this file and ray_start.py use Ray. A job is done by `task(job, shared)`, which keeps its result itself and
returns a small record. Jobs of a lost worker or node are done again elsewhere, so a task must be safe to repeat.
"""

import logging
import math
import os
import secrets
import signal
import statistics
import time
from collections import deque
from collections.abc import Callable, Collection, Generator, Iterator
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import Any

import abm
from abm.engine.errors import InputError
from experiments.sweeps import machine, ray_start, ray_watch

CHUNK_SECONDS = 2.0  # of work sent at once: long compared with the cost of sending it, yet progress shows regularly
LARGEST_CHUNK = 500
AHEAD = 2  # chunks per worker that are sent and not yet done, so that no worker waits for the driver
RETRIES = 2  # times that a job is tried again after it was lost in a chunk of its own
LOOK_SECONDS = 1.0  # between checks of which nodes are alive
SILENT_SECONDS, SILENT_JOBS = 10.0, 3  # time left for a chunk after a node has died: seconds, or that of so many jobs
MEMORY_STEP, MEMORY_ROOM = 256 * 2**20, 1.1  # [bytes], ratio: the memory that jobs need is rounded up by these
REASON = 300  # characters of Ray's error message that are kept; the whole may be very long
RECENT = 50  # last jobs from which the seconds of the next are estimated
THREADS = ("NUMBA_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "ARROW_IO_THREADS")
ONE_THREAD = dict.fromkeys(THREADS, "1")  # workers share the cores already
SAME_BYTES = {abm.FEATURES: abm.AVX_512}  # workers import NumPy before the model, which would ask for it
QUIET = {"RAY_USAGE_STATS_ENABLED": "0", "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0", "RAY_DEDUP_LOGS": "1"}
ALONE = {"RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0"}  # listen on this machine only; Ray reads it when it is imported
MODE = "RAY_AUTH_MODE"  # where it is not set, Ray sets it to 'token' when it starts a cluster, also if imported before
TOKEN = "RAY_AUTH_TOKEN"
OBJECTS = 128 * 2**20  # Ray's object store on this machine [bytes]: shared data only, results do not pass through it

Task = Callable[[Any, Any], Any]
Prepare = Callable[[Any], None]
# only the length of a collection of jobs is used, and each job once
Do = Callable[[Task, Prepare, Any, Collection], Generator]


@dataclass(frozen=True)
class Lost:
    """A job whose worker died at every attempt, also those in a chunk of its own."""

    job: Any
    reason: str


def count(workers: int | None, address: str | None) -> int:
    """Number of workers to expect. Raises InputError where the cluster cannot be reached."""
    if not address:
        return workers or machine.cores()
    with connected(workers, address) as ray:
        found = max(int(ray.cluster_resources().get("CPU", 1)), 1)
        return min(found, workers or found)


def serial(task: Task, prepare: Prepare, shared: Any, jobs: Collection) -> Generator:
    """Do the jobs in this process, one after another."""
    if len(jobs):
        prepare(shared)
    for job in jobs:
        yield task(job, shared)


@contextmanager
def pool(workers: int | None = None, address: str | None = None) -> Generator[Do]:
    """A function that does jobs: `do(task, prepare, shared, jobs)` yields what `task` returns, or Lost, as jobs end.

    They run on `workers` processes of this machine (None: one per core; 1: this process, without Ray), or on the Ray
    cluster at `address`, at most that many at once. `prepare(shared)` is called once in every process. Raises
    InputError where the cluster cannot be reached, and InputErrors of tasks.
    """
    workers = workers or (None if address else machine.cores())
    if workers == 1 and not address:
        yield serial
        return
    with ExitStack() as stack:
        found: list = []  # Ray, started with the first jobs

        def do(task: Task, prepare: Prepare, shared: Any, jobs: Collection) -> Generator:
            if len(jobs):
                found or found.append(stack.enter_context(connected(workers, address)))
                yield from _Driver(found[0], task, prepare, shared, jobs, workers if address else None).results()

        yield do


@contextmanager
def connected(workers: int | None, address: str | None) -> Generator:
    """Ray, started on this machine or connected to a running cluster, and shut down afterwards if it was not running.

    If Ray was imported before, it listens on its default interfaces, and still requires the token.
    """
    with _variables(address):
        yield from _connected(workers, address)


def ask(address: str) -> None:
    """Raise InputError within seconds where no cluster answers: before a design is read, which may take a minute."""
    with _variables(address):
        ray_start.ask(address, _ray)


def _ray():
    import ray

    return ray


@contextmanager
def _variables(address: str | None) -> Generator[None]:
    """Set the variables that Ray reads, also when it is imported, and remove them afterwards."""
    wanted = QUIET | ONE_THREAD | SAME_BYTES | ({} if address else ALONE | {TOKEN: _token()})
    added = {name: value for name, value in wanted.items() if name not in os.environ}
    passing = added.keys() | ({MODE} - os.environ.keys())
    os.environ |= added
    try:
        yield
    finally:
        for name in passing:
            os.environ.pop(name, None)


def _connected(workers: int | None, address: str | None) -> Generator:
    import ray

    options: dict[str, Any] = {"log_to_driver": False, "logging_level": logging.ERROR}
    if address:
        options |= {"runtime_env": {"env_vars": ONE_THREAD | SAME_BYTES}}
    else:
        options |= {"address": "local", "num_cpus": workers, "include_dashboard": False}
        options |= {"object_store_memory": OBJECTS}
    polite, others = signal.getsignal(signal.SIGTERM), ray.is_initialized()
    with nullcontext() if address or others else ray_watch.watched() as watch:
        try:
            ray_start.start(ray, address, options)
            with suppress(ValueError, TypeError):  # Ray replaces the handler: restore the previous one
                signal.signal(signal.SIGTERM, polite)
            yield ray
        finally:
            if watch:
                watch.rest()
            if not others:
                ray.shutdown()


@cache
def _token() -> str:
    """The secret that protects a Ray of our own from other users; one per process, since Ray reads it once."""
    return secrets.token_hex(32)


class _Driver:
    """Sends jobs to Ray in chunks, receives their records, and sends lost jobs again."""

    def __init__(self, ray, task: Task, prepare: Prepare, shared: Any, jobs: Collection, most: int | None):
        self.ray, self.most = ray, most
        self.coming, self.left = iter(jobs), len(jobs)  # generated when they are sent, to save memory
        self.again: deque[tuple] = deque()  # jobs of lost chunks, to be sent one by one, and how often each was lost
        self.starved: deque[tuple] = deque()  # the same where memory ran out; they are sent last
        self.under_way: dict[Any, list] = {}  # reference -> chunk
        self.sent: dict[Any, float] = {}  # reference -> time of sending
        self.nodes: set[str] = set()  # that are alive
        self.looked = self.died = -math.inf  # times of the last check, and of the last one that missed a node
        self.alone: dict[Any, int] = {}  # references of chunks of one job that is tried again -> how often it was lost
        self.seconds: deque[float] = deque(maxlen=RECENT)
        self.memory = 0
        self.task = self.named()
        self.given = ray.put((task, prepare, shared))

    def named(self) -> Any:
        """The task for Ray, under a new name, because tasks of the same name wait in the same queue.

        Ray itself retries nothing: it would repeat a job that exhausts the memory for ever.
        """
        return self.ray.remote(max_retries=0, num_cpus=1)(_chunk)

    def results(self) -> Iterator:
        """Records in order of completion."""
        while self.to_come() or self.under_way:
            slots = self.slots()
            while self.to_come() and len(self.under_way) < (self.most or slots * AHEAD):
                self.send_next(slots)
            ready, _ = self.ray.wait(list(self.under_way), num_returns=1, timeout=LOOK_SECONDS)
            for reference in ready:
                self.sent.pop(reference)
                yield from self.received(reference, self.under_way.pop(reference))
            self.give_up(time.monotonic())

    def to_come(self) -> bool:
        """Whether there are jobs to send."""
        return bool(self.left or self.again or self.starved)

    def send_next(self, slots: int) -> None:
        """Send the next chunk. A job that ran out of memory gets a node to itself, because Ray may kill other workers
        than the one that took the memory.
        """
        if self.again:
            job, times = self.again.popleft()
            self.alone[self.send([job])] = times
        elif self.left:
            self.send(self.next_chunk(slots))
        else:
            job, times = self.starved.popleft()
            self.alone[self.send([job], self.largest())] = times

    def slots(self) -> int:
        """Number of workers at the moment; nodes may join and leave."""
        found = int(self.ray.cluster_resources().get("CPU", 1))
        return max(min(found, self.most or found), 1)

    def next_chunk(self, slots: int) -> list:
        """The next jobs: CHUNK_SECONDS of work, less towards the end so that all workers finish together."""
        each = statistics.median(self.seconds) if self.seconds else CHUNK_SECONDS
        fair = math.ceil(self.left / (slots * AHEAD))
        size = max(min(int(CHUNK_SECONDS / max(each, 1e-6)), fair, LARGEST_CHUNK), 1)
        chunk = list(islice(self.coming, size))
        self.left -= len(chunk)
        return chunk

    def send(self, chunk: list, memory: int = 0) -> Any:
        """Send a chunk with the memory that jobs are known to need, so that a node accepts no more than fit."""
        memory = max(memory, self.memory)
        task = self.task.options(memory=memory) if memory else self.task
        reference = task.remote(self.given, chunk)
        self.under_way[reference], self.sent[reference] = chunk, time.monotonic()
        return reference

    def give_up(self, now: float) -> None:
        """Take back jobs that a dead node may have had: Ray may wait minutes or for ever for a node that fell silent.
        Jobs that were on another node are then done twice, which is harmless.
        """
        if now - self.looked < LOOK_SECONDS:
            return
        living = {node["NodeID"] for node in self.ray.nodes() if node["Alive"]}
        if self.nodes - living:
            self.died, self.task = now, self.named()  # the queue of the old name may be stuck
        self.nodes, self.looked = living, now
        if now - self.died < max(SILENT_SECONDS, SILENT_JOBS * max(self.seconds, default=0.0)):
            return
        for reference in [reference for reference, sent in self.sent.items() if sent < self.died]:
            del self.sent[reference]
            times = self.alone.pop(reference, 0)
            self.again.extend((job, times) for job in self.under_way.pop(reference))

    def received(self, reference, chunk: list) -> Iterator:
        """Records of a chunk. Jobs of a dead worker are tried again, each in a chunk of its own."""
        errors = self.ray.exceptions
        times = self.alone.pop(reference, -1) + 1  # lost in chunks of their own, counting this one if it is lost
        try:
            records = self.ray.get(reference)
        except errors.RayTaskError as error:
            cause = error.cause if hasattr(error, "cause") else error
            if isinstance(cause, errors.RaySystemError):  # it could not even read its task: it has other packages
                reason = str(cause).strip().splitlines()[0].removeprefix("System error: ")[:REASON]
                raise InputError(f"a worker cannot run the model ({reason}): install the same versions") from None
            raise (cause if isinstance(cause, InputError) else error) from None
        except errors.RayError as error:
            if times > RETRIES:
                yield Lost(chunk[0], f"{type(error).__name__}: {' '.join(str(error).split())}"[:REASON])
            else:
                lost = self.starved if isinstance(error, errors.OutOfMemoryError) else self.again
                lost.extend((job, times) for job in chunk)
            return
        for record in records:
            self.seconds.append(getattr(record, "seconds", 0.0))
            self.need(getattr(record, "memory", 0))
            yield record

    def need(self, memory: int) -> None:
        """Raise the memory that jobs are sent with, never above the largest node, where they would wait for ever."""
        rounded = math.ceil(memory * MEMORY_ROOM / MEMORY_STEP) * MEMORY_STEP
        if rounded > self.memory:
            self.memory = min(rounded, self.largest())

    def largest(self) -> int:
        """Memory of the largest node [bytes]."""
        return int(max((node["Resources"].get("memory", 0) for node in self.ray.nodes() if node["Alive"]), default=0))


_prepared: set[str] = set()  # in a worker process: sweeps for which it is prepared


def _chunk(given: tuple, jobs: list) -> list:
    """Do some jobs, in a worker process."""
    import ray

    task, prepare, shared = given
    sweep = ray.get_runtime_context().get_job_id()
    if sweep not in _prepared:
        prepare(shared)
        _prepared.add(sweep)
    return [task(job, shared) for job in jobs]
