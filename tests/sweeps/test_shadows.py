"""Folders and files of the working folder that have the names of our packages or of Python's: no sweep takes them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from experiments.sweeps import cost
from experiments.sweeps.runner import Job
from tests.helpers.runs import CURRENT, small

ROOT = Path(__file__).parents[2]
SHADOWS = ("abm/__init__.py", "experiments/__init__.py", "statistics.py", "random.py", "numpy.py", "rich/__init__.py")


@pytest.fixture
def shadowed(tmp_path) -> Path:
    """A folder with what would end any process that imports it."""
    for name in SHADOWS:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("raise SystemExit('the wrong one')\n")
    (tmp_path / "abm" / "engine").mkdir()
    return tmp_path


def test_the_process_that_times_runs_takes_no_package_of_the_working_folder(shadowed, monkeypatch):
    monkeypatch.chdir(shadowed)
    found = cost.measured([Job("a", small("2015-01", scale=0.005))])
    assert len(found["seconds"]) == 1


def test_another_package_of_our_name_is_said(tmp_path):
    (tmp_path / "abm").mkdir()
    (tmp_path / "abm" / "__init__.py").touch()
    code = (
        f"import sys; sys.path[:0] = [{str(tmp_path)!r}]; import abm; sys.path[0] = {str(ROOT)!r}; import experiments"
    )
    done = subprocess.run([sys.executable, "-P", "-c", code], capture_output=True, text=True, cwd=tmp_path)
    assert f"the package 'abm' in {tmp_path}/abm is another" in done.stderr.splitlines()[-1]


@pytest.mark.parametrize("name", ["abm", "experiments"])
@pytest.mark.parametrize("form", ["{}/__init__.py", "{}/other.py", "{}.py"])
@pytest.mark.parametrize("way", [["-P", "-c", "from abm_command import main; main()"], ["-m", "experiments"]])
def test_the_command_says_in_one_line_that_another_package_has_our_name(tmp_path, name, form, way):
    if (name, way[0]) == ("experiments", "-m"):
        pytest.skip("Python runs the other one: nothing of ours is asked")
    other = tmp_path / form.format(name)
    other.parent.mkdir(exist_ok=True)
    other.touch()
    first = [tmp_path, ROOT] if form != "{}/other.py" else [ROOT]  # a folder without __init__.py gives way to a package
    env = os.environ | {"PYTHONPATH": os.pathsep.join(map(str, first))}
    done = subprocess.run([sys.executable, *way], capture_output=True, text=True, cwd=tmp_path, env=env)
    if form == "{}/other.py":
        assert (done.returncode, done.stderr) == (0, "")
        assert "Commands" in done.stdout or "Usage" in done.stdout
        return
    where = other.parent if other.name == "__init__.py" else other
    words = f"abm: the package '{name}' in {where} is another than that of this project: remove it, or work elsewhere\n"
    assert (done.returncode, done.stdout, done.stderr) == (2, "", words)


@pytest.mark.slow
@pytest.mark.parametrize("only_folders", [False, True])
def test_a_sweep_from_such_a_folder_is_the_same(shadowed, only_folders):
    if only_folders:  # without __init__.py a folder is a package too, where no other is found
        for name in SHADOWS:
            (shadowed / name).unlink()
    (shadowed / "d.yaml").write_text(f"name: d\nscenarios: {CURRENT}\nuntil: 2015-01\nscale: 0.005\nreplicates: 4\n")
    words = ["sweep", "d.yaml", "--store", "st", "--workers", "2", "--budget", "1"]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, *([] if only_folders else ["-P"]), "-c"]
    code = "import sys; from experiments.__main__ import main; sys.argv[0] = 'abm'; main()"
    done = subprocess.run(
        [*command, code, *words], cwd=shadowed, capture_output=True, text=True, env=environment, timeout=200
    )
    assert done.returncode == 0, done.stderr
    assert len(list((shadowed / "st" / "runs").iterdir())) == 4
    assert not (shadowed / "st" / "failed").exists()
