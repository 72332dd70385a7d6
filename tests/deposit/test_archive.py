"""`abm archive`: a published question in one file, made in a checkout of the project."""

import json
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from abm.engine.errors import InputError
from experiments.deposit import question, software
from experiments.published import question_file

NAME = "current-and-plan"
LEFT = shutil.ignore_patterns(".*", "node_modules", "__pycache__", "api", "*.egg-info", "build")


@pytest.fixture(scope="module")
def checkout(tmp_path_factory) -> Path:
    """The project as it stands here, in a repository of its own with one commit."""
    root = tmp_path_factory.mktemp("checkout") / "project"

    def left(folder: str, names: list[str]) -> set[str]:
        runs = {each for each in names if each != "published"} if Path(folder) == software.ROOT / "results" else set()
        return LEFT(folder, names) | runs

    shutil.copytree(software.ROOT, root, ignore=left)
    for words in (("init", "--quiet"), ("add", "."), ("commit", "--quiet", "--message", "Begin")):
        who = ("-c", "user.name=a", "-c", "user.email=a@example.org")
        subprocess.run(["git", "-C", str(root), *who, *words], check=True, capture_output=True)
    return root


def archived(root: Path, *words: str) -> subprocess.CompletedProcess:
    given = os.environ | {"PYTHONPATH": str(root), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", "experiments", "archive", *words]
    return subprocess.run(command, cwd=root, env=given, capture_output=True, text=True, check=False)


def test_a_published_question_becomes_one_file(checkout, tmp_path):
    target = tmp_path / "deposit.zip"
    done = archived(checkout, NAME, "--out", str(target))
    assert (done.returncode, done.stdout, done.stderr) == (0, f"Archive: {target}\n", "")
    with zipfile.ZipFile(target) as archive:
        names = archive.namelist()
        about = json.loads(archive.read("ro-crate-metadata.json"))
        archive.extractall(tmp_path / "a")
    wanted = {f"configuration/{each}.yaml" for each in (NAME, "current", "plan")} | {"results/manifest.json"}
    assert wanted <= set(names)
    (root,) = (each for each in about["@graph"] if each["@id"] == "./")
    assert root["name"] == question_file.load(question_file.find(NAME)).question.en
    published = checkout / "results" / "published" / NAME
    for file in published.iterdir():
        assert (tmp_path / "a" / "results" / file.name).read_bytes() == file.read_bytes()
    with tarfile.open(tmp_path / "a" / "code.tar") as code:
        code.extractall(tmp_path, filter="data")
    assert (tmp_path / "code" / "abm" / "chain.py").read_bytes() == (checkout / "abm" / "chain.py").read_bytes()
    for file in (tmp_path / "a").rglob("*"):  # nothing of the machine that made it
        if file.suffix in (".json", ".md"):
            text = file.read_text(encoding="utf-8")
            assert not any(str(place) in text for place in (checkout, software.ROOT, tmp_path, Path.home())), file


def test_a_changed_checkout_is_refused_in_one_line(checkout, tmp_path):
    (checkout / "LICENSE").write_text("none\n", encoding="utf-8")
    done = archived(checkout, NAME, "--out", str(tmp_path / "a.zip"))
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert done.stderr.startswith("abm: archive: 1 files differ from the commit, like LICENSE")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["current-and-pla"], "abm: current-and-pla: no such published question: did you mean 'current-and-plan'?\n"),
        ([NAME, "--out", "-"], "abm: --out: -: a zip file is not printed: name a file\n"),
        ([NAME, "--out", "none/a.zip"], "abm: --out: none: no such folder: make it, or name another file\n"),
    ],
)
def test_bad_input_is_one_line(abm, words, said):
    assert abm("archive", *words) == (2, "", said)


def test_results_that_do_not_hold_are_not_deposited(tmp_path):
    shutil.copytree(software.ROOT / "configs", tmp_path / "configs")
    shutil.copytree(software.ROOT / "results" / "published", tmp_path / "results" / "published")
    file = tmp_path / "configs" / "published" / f"{NAME}.yaml"
    assert len(question.files(file)[1]) == 5
    table = tmp_path / "results" / "published" / NAME / "outcomes.csv"
    table.write_text(table.read_text(encoding="utf-8").replace("1", "2", 1), encoding="utf-8")
    with pytest.raises(InputError, match=r"outcomes\.csv: has another checksum than manifest\.json says"):
        question.files(file)
