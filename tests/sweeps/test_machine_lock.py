"""Once per machine: several processes at once, a failing action, and one that was killed."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from experiments.sweeps import machine_lock

ASK = """
import sys, time
from pathlib import Path
from experiments.sweeps import machine_lock

def action():
    with open(sys.argv[1], "a") as file:
        file.write("begun\\n")
    time.sleep(float(sys.argv[2]))
    with open(sys.argv[1], "a") as file:
        file.write("done\\n")

called = machine_lock.on_this_machine("test", action)
print(called, Path(sys.argv[1]).read_text().count("done"))
"""


@pytest.fixture(autouse=True)
def marks(tmp_path, monkeypatch) -> Path:
    """An empty folder for the marks."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "marks"))
    (tmp_path / "marks").mkdir()
    return tmp_path / "marks"


def asked(tmp_path: Path, seconds: float) -> subprocess.Popen:
    """Another process that wants the same."""
    words = [sys.executable, "-c", ASK, str(tmp_path / "log"), str(seconds)]
    environment = os.environ | {"TMPDIR": str(tmp_path / "marks")}
    root = Path(__file__).parents[2]
    return subprocess.Popen(words, stdout=subprocess.PIPE, text=True, env=environment, cwd=root)


def test_of_several_processes_at_once_one_does_it_and_the_others_wait(tmp_path):
    processes = [asked(tmp_path, 0.3) for _ in range(4)]
    said = sorted(process.communicate(timeout=30)[0].strip() for process in processes)
    assert [process.returncode for process in processes] == [0] * 4
    assert said == ["False 1", "False 1", "False 1", "True 1"]  # the others come back when it is done
    assert (tmp_path / "log").read_text() == "begun\ndone\n"


def test_what_a_killed_process_began_is_done_by_the_next(tmp_path):
    process = asked(tmp_path, 60)
    while not (tmp_path / "log").exists():
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    said = []
    assert machine_lock.on_this_machine("test", lambda: said.append("now"))
    assert said == ["now"]


def test_a_failing_action_is_done_again():
    def fails():
        raise OSError("disk full")

    calls = []
    for _ in range(2):
        with pytest.raises(OSError, match="disk full"):
            machine_lock.on_this_machine("test", fails)
    assert machine_lock.on_this_machine("test", lambda: calls.append(1))
    assert not machine_lock.on_this_machine("test", lambda: calls.append(1))
    assert calls == [1]


def test_another_thing_or_another_cache_has_a_mark_of_its_own(monkeypatch, marks):
    calls = []
    assert machine_lock.on_this_machine("one", lambda: calls.append(1))
    assert machine_lock.on_this_machine("other", lambda: calls.append(1))
    monkeypatch.setenv("NUMBA_CACHE_DIR", "/elsewhere")
    assert machine_lock.on_this_machine("one", lambda: calls.append(1))
    assert len(calls) == len([mark for mark in marks.rglob("*") if mark.is_file() and mark.suffix != ".lock"]) == 3


def test_a_link_that_somebody_put_in_the_shared_folder_is_not_followed(marks, tmp_path):
    (tmp_path / "aside").mkdir()
    (marks / f"abm-reception-{os.getuid()}").symlink_to(tmp_path / "aside")
    assert machine_lock.on_this_machine("test", lambda: None)
    assert not any((tmp_path / "aside").iterdir())
