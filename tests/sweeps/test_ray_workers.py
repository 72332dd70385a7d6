"""Spreading jobs: the same results here and on Ray, lost workers, errors of one line, and nothing open to others."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import numba
import pytest

from abm.engine.errors import InputError
from experiments.sweeps import machine, ray_start, ray_workers
from experiments.sweeps.ray_workers import Lost, _Driver
from tests.helpers.clusters import import_ray

ROOT = Path(__file__).parents[2]
THERE_IS_NOTHING = "127.0.0.1:9"
OURS = ("/proc/net/tcp", "/proc/net/tcp6")


@dataclass(frozen=True)
class Told:
    """What a task sends back."""

    job: object
    value: object
    seconds: float = 0.001
    memory: int = 0


def nothing(shared) -> None:
    """No preparation."""


def square(job, shared) -> Told:
    return Told(job, job * job + shared)


def die(job, shared) -> Told:
    """Odd jobs kill their worker, some of them only the first time."""
    mark = Path(shared) / str(job)
    if job % 2 and not (mark.exists() and job % 3 == 0):
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return Told(job, job)


def refuse(job, shared) -> Told:
    raise InputError(f"job {job}: is not possible: give another")


def threads(job, shared) -> Told:
    return Told(job, (numba.get_num_threads(), [os.environ.get(name) for name in ray_workers.THREADS], os.getpid()))


@pytest.fixture(scope="module")
def ray():
    """Ray on two workers, started once for this module."""
    import_ray()
    with ray_workers.connected(2, None) as started:
        yield started


def on_ray(ray, task, shared, jobs) -> list:
    return list(_Driver(ray, task, nothing, shared, jobs, None).results())


def listening() -> set[tuple[str, int]]:
    """Address and inode of all that listens on this machine."""
    found = set()
    for file in (Path(name) for name in OURS if Path(name).exists()):
        for line in file.read_text().splitlines()[1:]:
            _, local, _, state, *_, inode = line.split()[:10]
            if state == "0A":
                found.add((local.split(":")[0], int(inode)))
    return found


def family() -> set[int]:
    """This process and all that it started, in any number of steps."""
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            words = stat.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        parents[int(stat.parent.name)] = int(words[1])
    found, more = set(), {os.getpid()}
    while more:
        found |= more
        more = {child for child, parent in parents.items() if parent in found} - found
    return found


def sockets(process: int) -> set[int]:
    """Inodes of the sockets that a process holds."""
    found = set()
    for handle in Path(f"/proc/{process}/fd").glob("*"):
        try:
            target = os.readlink(handle)
        except OSError:
            continue
        if target.startswith("socket:["):
            found.add(int(target[8:-1]))
    return found


# --- here


def test_jobs_here_in_order_and_one_by_one():
    prepared, begun = [], []

    class Endless:
        def __len__(self):
            return 10**9

        def __iter__(self):
            for number in range(10**9):
                begun.append(number)
                yield number

    with ray_workers.pool(1) as do:
        records = do(square, prepared.append, 1, Endless())
        assert [next(records).value for _ in range(3)] == [1, 2, 5]
        assert begun == [0, 1, 2]
        assert prepared == [1]
        assert list(do(square, prepared.append, 1, [])) == []
        assert prepared == [1]


def test_an_error_of_input_here_is_as_it_was():
    with ray_workers.pool(1) as do, pytest.raises(InputError, match="job 4: is not possible"):
        list(do(refuse, nothing, None, [4]))


def test_workers_that_there_will_be():
    assert ray_workers.count(3, None) == 3
    assert ray_workers.count(None, None) == machine.cores()


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("nonsense", "write it as auto, HOST:6379 or ray://HOST:10001"),
        (THERE_IS_NOTHING, "Connection refused"),
        (f"ray://{THERE_IS_NOTHING}", "Connection refused"),
    ],
)
def test_a_cluster_that_does_not_answer_is_one_line(address, said):
    import_ray()  # which sets a variable of its own
    before, began = dict(os.environ), time.monotonic()
    with pytest.raises(InputError) as error, ray_workers.connected(None, address):
        pass
    assert str(error.value).startswith(f"--address {address}: cannot be started or reached (")
    assert said in str(error.value)
    assert "ray start --head" in str(error.value)
    assert "\n" not in str(error.value)
    assert time.monotonic() - began < ray_start.CONNECT_SECONDS + 5
    assert dict(os.environ) == before


# --- how much is sent at once


def driver(jobs: int, seconds: list[float] = ()) -> _Driver:
    """A driver that has seen some jobs, without a cluster."""
    quiet = SimpleNamespace(remote=lambda **_: lambda task: task, put=lambda given: given)
    found = _Driver(quiet, square, nothing, 0, range(jobs), None)
    found.seconds.extend(seconds)
    return found


def test_chunks_grow_for_short_jobs_and_shrink_at_the_end():
    assert len(driver(1000).next_chunk(2)) == 1  # nothing is known yet
    assert len(driver(10_000, [0.1]).next_chunk(2)) == 20  # two seconds of work
    assert len(driver(10_000, [0.1, 9.0, 0.1]).next_chunk(2)) == 20  # the median
    assert len(driver(100_000, [0.0]).next_chunk(2)) == ray_workers.LARGEST_CHUNK
    assert len(driver(10_000, [60.0]).next_chunk(2)) == 1
    assert len(driver(40, [0.1]).next_chunk(2)) == 10  # a part for each worker, and one ahead
    last = driver(40, [0.1])
    sizes = []
    while last.left:
        sizes.append(len(last.next_chunk(2)))
    assert sum(sizes) == 40
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[-1] == 1


def test_memory_is_learned_in_steps_and_never_more_than_a_node_has():
    found = driver(1)
    here = [{"Alive": True, "Resources": {"memory": 10**9}}, {"Alive": True, "Resources": {}}]
    gone = [{"Alive": False, "Resources": {"memory": 10**12}}]
    found.ray = SimpleNamespace(nodes=lambda: here + gone)
    found.need(0)
    assert found.memory == 0
    found.need(200 * 2**20)  # with room 220 MiB, in steps of 256
    assert found.memory == 256 * 2**20
    found.need(100 * 2**20)
    assert found.memory == 256 * 2**20
    found.need(5 * 10**9)
    assert found.memory == 10**9


# --- on Ray


def test_the_same_results_as_here_in_any_order(ray):
    jobs = list(range(60))
    here = list(ray_workers.serial(square, nothing, 7, jobs))
    there = on_ray(ray, square, 7, jobs)
    assert sorted(there, key=lambda told: told.job) == here
    assert on_ray(ray, square, 7, []) == []


def test_a_long_list_is_made_while_it_is_sent(ray):
    made = []

    class Long:
        def __len__(self):
            return 10**6

        def __iter__(self):
            for number in range(10**6):
                made.append(number)
                yield number

    records = _Driver(ray, square, nothing, 0, Long(), None).results()
    for _ in range(10):
        next(records)
    records.close()
    assert len(made) <= 10 + (2 * ray_workers.AHEAD + 1) * ray_workers.LARGEST_CHUNK


def test_an_error_of_input_in_a_worker_arrives_as_it_was(ray):
    with pytest.raises(InputError) as error:
        on_ray(ray, refuse, None, [4])
    assert str(error.value).endswith("job 4: is not possible: give another")
    assert "\n" not in str(error.value)


def test_a_worker_has_one_thread_and_is_another_process(ray):
    told = on_ray(ray, threads, None, list(range(8)))
    assert {each.value[0] for each in told} == {1}
    assert {tuple(each.value[1]) for each in told} == {("1",) * len(ray_workers.THREADS)}
    assert os.getpid() not in {each.value[2] for each in told}


@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="reads /proc")
def report_addresses() -> None:
    """Print how many addresses this process and Ray's listen on, and those that other machines reach."""
    import_ray()
    with ray_workers.connected(2, None) as started:
        on_ray(started, square, 0, [1, 2, 3, 4])
        held = set().union(*(sockets(process) for process in family()))
        ours = {address for address, inode in listening() if inode in held}
    loopback = {"0100007F", "0" * 24 + "01000000", "0000000000000000FFFF00000100007F"}
    print(len(ours), sorted(ours - loopback))


@pytest.mark.slow  # a Ray of its own
def test_nothing_listens_to_other_machines():
    """In a process of its own: who imports Ray before its settings are made gets its own choice of address."""
    code = "from tests.sweeps.test_ray_workers import report_addresses; report_addresses()"
    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120)
    many, _, others = result.stdout.strip().splitlines()[-1].partition(" ")
    assert int(many) > 0, result.stderr
    assert others == "[]"


def test_a_token_is_asked(ray):
    assert os.environ["RAY_AUTH_MODE"] == "token"  # which Ray itself sets when it asks
    assert len(os.environ["RAY_AUTH_TOKEN"]) == 64


def test_the_signal_that_ends_politely_is_left_as_it_was(ray):
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


@pytest.mark.slow
def test_jobs_that_kill_their_worker(ray, tmp_path):
    told = on_ray(ray, die, str(tmp_path), list(range(8)))
    lost = [each for each in told if isinstance(each, Lost)]
    assert sorted(each.job for each in told) == list(range(8))
    assert sorted(each.job for each in lost) == [1, 5, 7]  # 3 killed its worker once
    assert all(each.reason.startswith("WorkerCrashedError: ") and "\n" not in each.reason for each in lost)


QUESTION = """
import os, signal
import ray  # before its settings are made, as in a notebook
from experiments.sweeps import ray_workers as workers
from tests.sweeps.test_ray_workers import nothing, square
before, asked = dict(os.environ), signal.getsignal(signal.SIGTERM)
for _ in range(2):
    with workers.pool(2) as do:
        print(sorted(each.value for each in do(square, nothing, 0, [1, 2, 3])))
print(signal.getsignal(signal.SIGTERM) is asked, dict(os.environ) == before, ray.is_initialized())
"""


@pytest.mark.slow
def test_a_pool_leaves_all_as_it_was(tmp_path):
    environment = {name: value for name, value in os.environ.items() if not name.startswith("RAY_")}
    environment |= {"HOME": str(tmp_path), "PYTHONPATH": str(ROOT)}
    words = [sys.executable, "-c", QUESTION]
    result = subprocess.run(words, env=environment, cwd=ROOT, capture_output=True, text=True, check=True, timeout=120)
    assert result.stdout == "[1, 4, 9]\n[1, 4, 9]\nTrue True False\n"
    assert result.stderr == ""
    assert not (tmp_path / ".ray").exists()
