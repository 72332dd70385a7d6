"""Ray where it is hard to start: clusters that answer nothing, folders that it cannot use; and its deaths, in one line.

The deaths are slow tests: real sweeps, from the processes that a person would see.
"""

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from abm.engine.errors import InputError
from experiments.sweeps import ray_start
from experiments.sweeps.ray_watch import Watch
from tests.helpers.clusters import driver, import_ray, members, plain, soon
from tests.helpers.runs import CURRENT

ROOT = Path(__file__).parents[2]
SESSION = "/session_2026-11-30_10-52-23_123456_1234567/sockets/plasma_store.1"  # as Ray names it
LONGEST_SOCKET = 107


def found(address: str) -> str:
    """The address of a cluster, as a sweep asks for it."""
    import ray

    return ray_start.found(address, lambda: ray)


@contextmanager
def listener(answer: bytes | None = None, at: str = "0.0.0.0"):
    """A server that takes connections and says nothing, or one thing."""
    with closing(socket.create_server((at, 0))) as server:
        if answer is None:
            yield f"127.0.0.1:{server.getsockname()[1]}"
            return
        code = f"import socket, sys; s = socket.socket(fileno=int(sys.argv[1])); s.accept()[0].sendall({answer!r})"
        words = [sys.executable, "-c", code, str(server.fileno())]
        child = subprocess.Popen(words, pass_fds=[server.fileno()])
        try:
            yield f"127.0.0.1:{server.getsockname()[1]}"
        finally:
            child.kill()
            child.wait()


def nobody() -> str:
    """An address where nothing listens."""
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        return f"127.0.0.1:{server.getsockname()[1]}"


@pytest.fixture
def quick(monkeypatch):
    monkeypatch.setattr(ray_start, "CONNECT_SECONDS", 0.3)


def test_the_last_cluster_that_ray_recorded_is_asked_first(tmp_path, monkeypatch):
    import_ray()
    where = nobody()
    (tmp_path / "ray").mkdir()
    (tmp_path / "ray" / "ray_current_cluster").write_text(where)
    monkeypatch.setenv("RAY_TMPDIR", str(tmp_path))
    monkeypatch.delenv("RAY_ADDRESS", raising=False)
    from ray._private import services

    if services.find_gcs_addresses():
        pytest.skip("another cluster runs on this machine")
    began = time.monotonic()
    with pytest.raises(OSError, match=f"nothing answers at {where}: Connection refused"):
        found("auto")
    assert time.monotonic() - began < ray_start.CONNECT_SECONDS


@pytest.mark.parametrize("kind", ["", "ray://"])
@pytest.mark.parametrize("through", ["address", "variable"])
def test_a_server_that_is_silent_is_given_up(monkeypatch, quick, kind, through):
    import_ray()
    with listener() as where:
        monkeypatch.setenv("RAY_ADDRESS", kind + where if through == "variable" else "")
        with pytest.raises(OSError, match=f"nothing answers at {kind}{where}: timed out"):
            found("auto" if through == "variable" else kind + where)


@pytest.mark.parametrize("command", ["sweep", "extend"])
def test_a_cluster_is_asked_before_the_design_is_read(abm, command):
    """Which may take longer than the cluster is given to answer: a file that is not there is not missed."""
    where = nobody()
    code, out, err = abm(command, "none.yaml", "--address", where)
    assert (code, out) == (2, "")
    assert f"--address {where}: cannot be started or reached (nothing answers" in err
    assert "none.yaml" not in err


def test_a_server_of_something_else_is_no_cluster():
    with listener(b"HTTP/1.1 400 Bad Request\r\n\r\n") as where, pytest.raises(OSError, match="no cluster of Ray"):
        found(where)


SETTINGS = bytes([0, 0, 0, 4, 0, 0, 0, 0, 0])


def test_a_server_of_http_2_is_taken_for_one():
    with listener(SETTINGS) as where:
        assert found(where) == where


def test_the_ray_of_another_sweep_on_this_machine_is_no_cluster():
    """It listens on this machine only. Ray, which looks for it at the address in the network, would wait for ever."""
    ask = """
import sys
from experiments.sweeps import ray_workers
from abm.engine.errors import InputError
try:
    ray_workers.ask(sys.argv[1])
except InputError as error:
    print(error)
from ray._private import services
print(services.resolve_ip_for_localhost("127.0.0.1"))
"""
    with listener(SETTINGS, at="127.0.0.1") as where:
        words = [sys.executable, "-c", ask, where]  # of its own: here Ray may have been told to use this machine only
        said = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    if said.strip() in ray_start.LOCAL:
        pytest.skip("this machine has no other address")
    assert f"--address {where}: cannot be started or reached (nothing answers at {where}" in said


@pytest.mark.parametrize("address", ["", "local", "HOST", "ray://host", "host:", "host:port"])
def test_an_address_without_a_port_is_refused(address):
    with pytest.raises(ValueError, match="write it as auto, HOST:6379"):
        found(address)


# --- the folder of its files


def asked(**environment: str | None) -> subprocess.CompletedProcess:
    """The folder that a new process with these variables gives to Ray."""
    words = [sys.executable, "-P", "-c", "from experiments.sweeps import ray_start; print(ray_start.folder())"]
    env = os.environ | {"PYTHONPATH": str(ROOT)} | environment
    return subprocess.run(
        words, env={key: value for key, value in env.items() if value is not None}, capture_output=True, text=True
    )


@pytest.mark.parametrize("variable", ["TMPDIR", "RAY_TMPDIR"])
@pytest.mark.parametrize("what", ["long", "missing", "a file", "closed"])
def test_a_folder_that_ray_cannot_use_is_passed_over(tmp_path, variable, what):
    place = {"long": tmp_path / ("x" * 250) / ("y" * 50), "missing": tmp_path / "none" / "none"}.get(
        what, tmp_path / "p"
    )
    if what == "long":
        place.mkdir(parents=True)
    if what == "a file":
        place.write_text("")
    if what == "closed":
        place = Path("/proc/self")  # where not even root can make a folder
    said = asked(**{"TMPDIR": None, "RAY_TMPDIR": None, variable: str(place)})
    found = said.stdout.strip()
    assert said.returncode == 0, said.stderr
    assert not found.startswith(str(tmp_path))
    assert len(found + SESSION) <= LONGEST_SOCKET
    assert Path(found).parent.stat().st_mode & 0o777 == 0o700


def test_a_folder_that_is_named_is_taken():
    place = Path("/tmp") / f"ray-{os.getpid()}"
    place.mkdir()
    try:
        found = asked(RAY_TMPDIR=str(place)).stdout.strip()
        assert Path(found).is_relative_to(place)
    finally:
        for each in sorted(place.rglob("*"), reverse=True):
            each.rmdir()
        place.rmdir()


def test_no_folder_at_all_is_one_line(monkeypatch, tmp_path):
    monkeypatch.setattr(ray_start, "ROOM", 2**60)
    with pytest.raises(InputError, match="RAY_TMPDIR.*--workers 1") as error:
        ray_start.folder()
    assert "\n" not in str(error.value)


# --- its deaths


def test_a_process_that_ray_needs_is_missed_when_it_dies(tmp_path):
    watch = Watch()
    (tmp_path / "ray").mkdir()
    other = subprocess.Popen([link(tmp_path / "ray", "other"), "60"])
    needed = subprocess.Popen(["bash", "-c", f"exec -a x {link(tmp_path, 'raylet')} 60"])
    try:
        soon(lambda: (watch.look(), set(watch.seen.values()) >= {"other", "raylet"})[1])
        other.kill()
        other.wait()
        assert watch.look() == ""
        needed.kill()
        assert soon(watch.look) == "raylet"
        assert str(watch.error()).startswith("Ray: its process raylet has died")
    finally:
        for each in (other, needed):
            each.kill()
            each.wait()


def test_the_ray_of_another_child_is_not_watched(tmp_path):
    watch = Watch()
    other = subprocess.Popen(["bash", "-c", f"{link(tmp_path, 'raylet')} 60 & echo $! > {tmp_path}/number; wait"])
    try:
        its = int(soon(lambda: (tmp_path / "number").exists() and (tmp_path / "number").read_text().strip()))
        assert watch.look() == ""
        os.kill(its, signal.SIGKILL)
        other.wait()
        assert watch.look() == ""
        assert watch.seen == {}
    finally:
        other.kill()
        other.wait()


def link(folder: Path, name: str) -> Path:
    """A program of this name, that sleeps."""
    place = folder / name
    place.symlink_to("/bin/sleep")
    return place


@pytest.mark.slow
@pytest.mark.parametrize("name", ["gcs_server", "raylet"])
@pytest.mark.parametrize("moment", ["start", "sweep"])
def test_a_ray_that_dies_is_one_line_and_leaves_nothing(tmp_path, name, moment):
    design = tmp_path / "small.yaml"
    design.write_text(f"name: small\nscenarios: {CURRENT}\nuntil: 2015-06\nscale: 0.005\nreplicates: 60\n")
    words = ("sweep", str(design), "--store", str(tmp_path / "store"), "--workers", "2")
    with driver(*words, env=plain(), log=tmp_path / "log") as process:

        def victims() -> list[int]:
            return [one for one, called in members(process.session).items() if f"/{name} " in f"{called} "]

        (victim, *_) = soon(victims)
        if moment == "sweep":
            soon(lambda: list((tmp_path / "store").glob("runs/*.json")))
        os.kill(victim, signal.SIGKILL)
        assert process.wait(60) == 2, process.said()
        (line,) = (line for line in process.said().splitlines() if line.startswith("abm: "))
        assert f"Ray: its process {name} has died" in line
        assert "the same command continues" in line
        assert "--workers 1" in line
        assert len(process.said().splitlines()) <= 4, process.said()
        soon(lambda: not members(process.session), 10)
    if moment == "sweep" and name == "raylet":
        with driver(*words, env=plain(), log=tmp_path / "again") as process:
            assert process.wait(120) == 0, process.said()
        assert len(list((tmp_path / "store" / "runs").iterdir())) == 60
