"""Where the cache goes, for users that have a home folder, none, or no name at all."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from abm.engine import cache_place

ASK = "from abm.engine import cache_place; print(cache_place.folder())"


def asked(where: Path, **changes: str | None) -> Path:
    """The folder for a process with these environment variables (None: not set), run in the folder `where`."""
    environment = {name: text for name, text in (os.environ | changes).items() if text is not None}
    words = [sys.executable, "-P", "-c", ASK]
    return Path(
        subprocess.run(words, capture_output=True, text=True, check=True, cwd=where, env=environment).stdout.strip()
    )


def test_the_named_folder_comes_first_then_that_of_the_user_then_a_private_one(tmp_path):
    (tmp_path / "home").mkdir()
    plain = {"HOME": str(tmp_path / "home"), "TMPDIR": str(tmp_path), "PYTHONPATH": str(Path(__file__).parents[2])}
    every = {"ABM_CACHE_DIR": str(tmp_path / "named"), "XDG_CACHE_HOME": str(tmp_path / "xdg")}
    no_name = every | {"ABM_CACHE_DIR": None}
    neither = {"ABM_CACHE_DIR": None, "XDG_CACHE_HOME": None}
    assert asked(tmp_path, **plain, **every) == tmp_path / "named"
    assert asked(tmp_path, **plain, **no_name) == tmp_path / "xdg/abm-reception"
    assert asked(tmp_path, **plain, **neither) == tmp_path / "home/.cache/abm-reception"
    private = asked(tmp_path, **plain | {"HOME": str(tmp_path / "none")}, **neither)
    assert private.parent == tmp_path
    assert private.stat().st_mode & 0o777 == 0o700
    relative = asked(tmp_path, **plain | {"HOME": "~"}, **neither)  # as expanduser leaves it for an unknown user
    assert relative == private
    assert not (tmp_path / "~").exists()


def test_a_folder_that_somebody_else_made_is_not_used(tmp_path):
    aside = tmp_path / "elsewhere"
    aside.mkdir()
    (tmp_path / f"abm-reception-{os.getuid()}").symlink_to(aside)
    plain = {"HOME": str(tmp_path / "none"), "TMPDIR": str(tmp_path), "PYTHONPATH": str(Path(__file__).parents[2])}
    found = asked(tmp_path, **plain, ABM_CACHE_DIR=None, XDG_CACHE_HOME=None)
    assert found != tmp_path / f"abm-reception-{os.getuid()}"
    assert found.parent == tmp_path
    assert not any(aside.iterdir())


@pytest.mark.skipif(os.getuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_passed_over(tmp_path):
    tmp_path.chmod(0o500)
    assert not cache_place.writable(tmp_path / "below")
    tmp_path.chmod(0o700)


def test_a_file_in_the_way_is_passed_over(tmp_path):
    (tmp_path / "file").touch()
    assert not cache_place.writable(tmp_path / "file")
    assert cache_place.writable(tmp_path / "folder/below")


def test_a_package_that_asks_for_a_home_folder_gets_one(tmp_path, monkeypatch):
    monkeypatch.setenv("ABM_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("HOME", "~")
    with cache_place.some_home():
        assert Path.home() == tmp_path / "cache"
    assert os.environ["HOME"] == "~"
    monkeypatch.setenv("HOME", str(tmp_path))
    with cache_place.some_home():
        assert Path.home() == tmp_path
