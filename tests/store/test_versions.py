"""What runs are made with: the model's digest, the commit and the kind of processor."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

import abm
from experiments.store import versions


def git(root: Path, *words: str) -> None:
    who = ("-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false")
    subprocess.run(["git", "-C", str(root), *who, *words], check=True, capture_output=True)


@pytest.fixture
def tree(tmp_path) -> Path:
    """A repository with a commit."""
    for name in ("abm/a.py", "experiments/b.py", "docs/c.md", "configs/published/d.yaml", "configs/e.yaml"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("1\n")
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "First")
    return tmp_path


def commit(root: Path) -> str | None:
    return versions.commit.__wrapped__(root)


def test_only_tracked_files_that_make_results_count(tree):
    clean = commit(tree)
    assert len(clean) == 40
    for name in ("notes.txt", "abm/new.py", "abm/.#a.py", "experiments/b.py~"):
        (tree / name).write_text("2\n")
    (tree / "docs" / "c.md").write_text("2\n")
    (tree / "configs" / "published" / "d.yaml").write_text("2\n")  # with what came out
    assert commit(tree) == clean
    (tree / "abm" / "a.py").write_text("2\n")
    assert commit(tree) == f"{clean}+"
    git(tree, "add", "abm/a.py")
    assert commit(tree) == f"{clean}+"
    git(tree, "checkout", "-q", "HEAD", "abm/a.py")
    assert commit(tree) == clean
    (tree / "configs" / "e.yaml").write_text("2\n")
    assert commit(tree) == f"{clean}+"
    git(tree, "checkout", "-q", "HEAD", "configs/e.yaml")
    (tree / "experiments" / "b.py").unlink()
    assert commit(tree) == f"{clean}+"


def test_outside_a_checkout_there_is_no_commit(tmp_path):
    assert commit(tmp_path) is None


def test_locks_and_backups_are_no_part_of_the_model(tmp_path):
    root = Path(shutil.copytree(Path(abm.__file__).parent / "engine", tmp_path / "abm"))
    before = versions.sources(root)
    assert {path.name for path in before} >= {"__init__.py", "clock.py"}
    os.symlink("someone@host.123:456", root / ".#clock.py")  # Emacs, to nowhere
    os.symlink("nowhere", root / "gone.py")
    for name in (
        "#clock.py#",
        "clock.py~",
        ".clock.py.swp",
        ".DS_Store",
        "clock copy.py",
        "clock-1.py",
        "1.py",
        ".x.py",
    ):
        (root / name).write_text("x")
    with open(os.fsencode(root) + b"/\xff.py", "w") as file:
        file.write("x")
    (root / "folder.py").mkdir()
    assert versions.sources(root) == before
    (root / "more.py").write_text("x")
    assert set(versions.sources(root)) - set(before) == {root / "more.py"}


def test_the_kind_of_processor_follows_what_numpy_uses():
    found = versions.processor()
    assert set(found) == {"machine", "avx_512"}
    assert found["avx_512"] is False  # the model is imported before NumPy in the tests
    assert versions.shown(found) == found["machine"]
    assert versions.shown({"machine": "x86_64", "avx_512": True}) == "x86_64 with AVX-512"
