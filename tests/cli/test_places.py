"""The command line where nothing can be taken for granted: no known user, no home folder, nothing to write in."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
USER = 54321  # that no list of users has
SETPRIV = shutil.which("setpriv")
READS = "-all,+dac_read_search"  # Python itself may stand in a folder that only its owner reads
AS_NOBODY = (SETPRIV, f"--reuid={USER}", f"--regid={USER}", "--clear-groups", f"--inh-caps={READS}",
             f"--ambient-caps={READS}")  # fmt: skip
SMALL = ("--scale", "0.005", "--until", "2015-02")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.getuid() != 0 or not SETPRIV, reason="only root may be somebody else"),
]


@pytest.fixture(scope="module")
def tree() -> Path:
    """A copy of the project that nobody may write, in a folder that everybody may enter."""
    place = Path(tempfile.gettempdir()) / f"abm-places-{os.getpid()}"
    kept_out = shutil.ignore_patterns("__pycache__")
    for name in ("abm", "experiments", "configs"):
        shutil.copytree(ROOT / name, place / "tree" / name, ignore=kept_out)
    for name in ("cache", "work"):
        (place / name).mkdir()
        (place / name).chmod(0o777)
    design = f"name: d\nscenarios: {place}/tree/configs/scenarios/current.yaml\nuntil: 2015-02\nscale: 0.005\n"
    (place / "work" / "d.yaml").write_text(design + "replicates: 4\n")
    place.chmod(0o755)
    yield place
    shutil.rmtree(place)
    shutil.rmtree(Path(tempfile.gettempdir()) / f"abm-reception-{USER}", ignore_errors=True)


def said(tree: Path, *words: str, **environment: str) -> str:
    """What the command line says to an unknown user without a home folder, who keeps compiled loops in one place."""
    plain = {"PATH": os.environ["PATH"], "PYTHONPATH": str(tree / "tree"), "ABM_CACHE_DIR": str(tree / "cache")}
    command = [*AS_NOBODY, sys.executable, "-P", "-m", "experiments", *words]
    done = subprocess.run(
        command, env=plain | environment, cwd=tree / "work", capture_output=True, text=True, timeout=600
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    return done.stdout


def test_a_run_and_its_page_and_a_sweep(tree):
    place = str(tree / "work" / "store")
    scenario = str(tree / "tree" / "configs" / "scenarios" / "current.yaml")
    out = said(tree, "run", scenario, *SMALL, "--store", place)
    run = next(line.partition(": ")[2] for line in out.splitlines() if line.startswith("Run:"))
    assert (tree / "work" / "store" / "pages" / run / "page.html").is_file()
    said(tree, "run", scenario, *SMALL, "--store", place, "--again", HOME="~")
    assert said(tree, "table", run, "permits", "--csv", "--store", place).startswith("month,group,value\n")
    long = tree / "work" / ("x" * 150) / ("y" * 150)
    long.mkdir(parents=True)
    for each in (long, long.parent):
        each.chmod(0o777)
    for number, folder in enumerate((long, tree / "tree")):
        words = ("sweep", "d.yaml", "--store", f"store-{number}", "--workers", "2")
        assert "4 of 4 runs are kept" in said(tree, *words, TMPDIR=str(folder))
    assert not (tree / "work" / "~").exists()
    assert not list((tree / "tree").rglob("__pycache__"))
