"""Files of a store: whole or absent, whatever goes wrong, in a folder and on another file system."""

import os
import resource
import threading
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
from pyarrow import fs

from abm.engine.errors import InputError
from experiments.store.filesystem import ASIDE, STALE, Files


@contextmanager
def small_disk(size: int):
    """No file of this process may grow over some bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def on_disk(folder: Path) -> list[str]:
    """All files below a folder."""
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def one_line(error) -> str:
    message = str(error.value)
    assert "\n" not in message
    return message


@pytest.fixture(params=["folder", "uri", "subtree"])
def files(request, tmp_path) -> Files:
    """Each kind of place."""
    if request.param == "folder":
        return Files(tmp_path)
    found = Files(f"file://{tmp_path}")
    if request.param == "subtree":
        found.system, found.root = fs.SubTreeFileSystem(str(tmp_path), fs.LocalFileSystem()), "inner"
    return found


# --- every place


def test_what_is_written_is_read_and_listed(files):
    files.write("runs/b.json", b"second")
    files.write("runs/a.json", b"")
    files.write("runs/a.txt", b"text")
    files.write("runs/.hidden.json", b"hidden")
    files.write("runs/deeper/c.json", b"third")
    files.write("runs/b.json", b"again")
    assert files.read("runs/b.json") == b"again"
    assert files.read("runs/a.json") == b""
    assert files.names("runs", ".json") == ["a", "b"]
    assert files.folders("runs") == ["deeper"]
    assert files.exists("runs/b.json")
    assert not files.exists("runs/c.json")
    assert not files.exists("runs/deeper")


def test_what_is_not_there(files):
    assert files.names("runs", ".json") == files.folders("sweeps") == []
    assert not files.exists("runs/a.json")
    files.delete("runs/a.json")
    files.clear()
    with pytest.raises(FileNotFoundError):
        files.read("runs/a.json")


def test_a_deleted_file_is_gone(files):
    files.write("a.json", b"x")
    files.delete("a.json")
    assert files.names("", ".json") == []


def test_nothing_half_written_stays_behind(files, tmp_path):
    files.write("runs/a.json", b"x")
    left = [name for name in on_disk(tmp_path) if not name.endswith("runs/a.json")]
    assert left == []


# --- whole or absent


def test_a_write_that_fails_leaves_nothing_and_keeps_what_was_there(tmp_path):
    files = Files(tmp_path)
    files.write("runs/a.json", b"old")
    for key in ("runs/a.json", "runs/b.json"):
        with small_disk(1000), pytest.raises(InputError) as error:
            files.write(key, b"n" * 5000)
        said = one_line(error)
        assert said.startswith(f"{tmp_path}/{key}: cannot be written (")
        assert "--store" in said
    assert on_disk(tmp_path) == ["runs/a.json"]
    assert files.read("runs/a.json") == b"old"


def test_a_write_that_is_stopped_leaves_nothing(tmp_path, monkeypatch):
    def stopped(one, other):
        raise KeyboardInterrupt

    files = Files(tmp_path)
    files.write("a", b"old")
    monkeypatch.setattr(os, "replace", stopped)
    with pytest.raises(KeyboardInterrupt):
        files.write("a", b"new")
    assert on_disk(tmp_path) == ["a"]
    assert files.read("a") == b"old"


def test_two_writers_at_once_and_a_reader(tmp_path):
    files, whole = Files(tmp_path), [bytes([letter]) * 300_000 for letter in b"ab"]
    files.write("runs/a", whole[0])
    writers = [threading.Thread(target=lambda c=c: [files.write("runs/a", c) for _ in range(25)]) for c in whole]
    for writer in writers:
        writer.start()
    read = []
    while any(writer.is_alive() for writer in writers):
        read.append(files.read("runs/a"))
    assert len(read) > 5
    assert set(read) <= set(whole)
    assert on_disk(tmp_path) == ["runs/a"]


def test_what_killed_processes_left_is_cleared_when_it_is_old(tmp_path):
    files, aside = Files(tmp_path), tmp_path / ASIDE
    files.write("runs/a", b"x")
    for name, age in (("old", STALE + 60), ("new", STALE - 60)):
        (aside / name).write_bytes(b"half")
        os.utime(aside / name, (time.time() - age,) * 2)
    os.utime(tmp_path / "runs" / "a", (0, 0))
    files.clear()
    assert on_disk(tmp_path) == [f"{ASIDE}/new", "runs/a"]


# --- places


@pytest.mark.parametrize("name", ["with space", "ünïcode", "a%20b#c&d", "question?mark", "it's", "trailing/", "a//b"])
def test_odd_names_of_folders_and_keys(tmp_path, name):
    files = Files(f"{tmp_path}/{name}")
    files.write(f"runs/{name.strip('/')}.json", b"x")
    assert Path(tmp_path, name, "runs", f"{name.strip('/')}.json").read_bytes() == b"x"
    assert files.shown("runs/a") == f"{tmp_path}/{name.rstrip('/')}/runs/a"


def test_a_relative_place_stays_where_it_was(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    files = Files("results/")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir("elsewhere")
    files.write("a", b"x")
    assert on_disk(tmp_path) == ["results/a"]
    assert files.shown("a") == "results/a"


def test_home_is_understood(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    Files("~/results").write("a", b"x")
    assert on_disk(tmp_path) == ["results/a"]


def test_an_address_is_shown_with_what_follows_the_question_mark():
    files = Files("s3://bucket/runs/?endpoint_override=localhost:9&scheme=http&region=us-east-1")
    assert files.direct
    assert files.path("a/b") == "bucket/runs/a/b"
    assert files.shown("a/b") == "s3://bucket/runs/a/b?endpoint_override=localhost:9&scheme=http&region=us-east-1"


def test_no_place_at_all_is_one_line():
    with pytest.raises(InputError, match="--store: is empty: give a folder or a URI"):
        Files(" ")


@pytest.mark.parametrize("place", ["s4://bucket", "http://host/folder", "://", "file://relative/folder", "s3:// /x"])
def test_a_bad_address_is_one_line(place):
    with pytest.raises(InputError) as error:
        Files(place)
    assert one_line(error).startswith(f"--store: {place}: is not a place that can be used (")
    assert "s3://BUCKET/PREFIX" in str(error.value)


@pytest.mark.parametrize("place", ["file", "file/inner", "/dev/null", "/proc/nowhere"])
def test_a_place_that_can_not_be_written_is_one_line(tmp_path, place):
    (tmp_path / "file").write_text("in the way")
    files = Files(tmp_path / place)
    with pytest.raises(InputError) as error:
        files.write("runs/a", b"x")
    assert one_line(error).startswith(f"{tmp_path / place}/runs/a: cannot be written (")
    assert on_disk(tmp_path) == ["file"]


def test_a_file_or_folder_in_the_way_of_another(tmp_path):
    files = Files(tmp_path)
    files.write("runs", b"a file")
    files.write("outcomes/a.parquet/x", b"a folder")
    for attempt, said in (
        (lambda: files.write("runs/a.json", b"x"), "runs/a.json: cannot be written"),
        (lambda: files.write("outcomes/a.parquet", b"x"), "outcomes/a.parquet: cannot be written"),
        (lambda: files.names("runs", ".json"), "runs: cannot be listed"),
        (lambda: files.read("outcomes/a.parquet"), "outcomes/a.parquet: cannot be read"),
    ):
        with pytest.raises(InputError) as error:
            attempt()
        assert said in one_line(error)
    assert not files.exists("runs/a.json")
    assert on_disk(tmp_path) == ["outcomes/a.parquet/x", "runs"]


def test_names_that_are_no_text_are_passed_over_and_refused_as_a_place(tmp_path):
    for folder in (b"runs", b"outcomes", b"sweeps/\xff"):
        os.makedirs(os.fsencode(tmp_path) + b"/" + folder)
        with open(os.fsencode(tmp_path) + b"/" + folder + b"/\xff.json", "wb") as file:
            file.write(b"{}")
    files = Files(tmp_path)
    assert (files.names("runs", ".json"), files.folders("sweeps")) == ([], [])
    with pytest.raises(InputError, match=r"^--store: '.*\\udcff': its path is not in UTF-8: give a folder") as raised:
        Files(os.fsdecode(os.fsencode(tmp_path) + b"/\xff"))
    assert str(raised.value).isascii()


@pytest.mark.parametrize("bounds", [[(0, 4)], [(2, 5), (0, 1)], [(3, 3)]])
def test_stretches_of_a_file(files, bounds):
    files.write("runs/a.bin", b"abcdef")
    assert files.stretches("runs/a.bin", bounds) == [b"abcdef"[start:end] for start, end in bounds]
    assert files.stretches("runs/a.bin", [(4, 100)])[0] in (b"ef", b"")
    with pytest.raises(FileNotFoundError):
        files.stretches("runs/b.bin", bounds)
