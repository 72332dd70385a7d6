"""The pages of docs/ say what is so: their Python runs, in order, and their commands exist."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from experiments.__main__ import app

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


@pytest.mark.slow
def test_the_python_of_the_page_on_many_runs_runs(tmp_path, monkeypatch, capsys):
    (tmp_path / "configs").symlink_to(ROOT / "configs")
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "experiments.md").read_text(), re.DOTALL)
    names: dict = {}
    for block in blocks:
        exec(compile(block, "docs/experiments.md", "exec"), names)  # as a reader would type it
    said = capsys.readouterr().out
    assert "12 runs, 0 missing" in said
    last = names["last"]
    assert len(last) == 12  # 3 worlds, 2 policies, 2 replicates
    assert set(last["unit"]) == {"persons"}
    assert (names["change"] < 0).all()  # twice the decisions, the same people: a shorter queue
    assert names["frame"].attrs["units"]["policy.decision.capacity_factor"] == "ratio"
    assert names["found"].verdict() == "B is lower"
    assert "mu_star" in said


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page):
    for target in re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8")):
        assert re.match(r"https?://", target) or (page.parent / target).exists(), target


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_exist(page):
    known = {command.name or command.callback.__name__ for command in app.registered_commands}
    used = set(re.findall(r"(?<!from )\babm ([a-z]+)\b", page.read_text(encoding="utf-8"), re.MULTILINE))
    assert used <= known


def test_the_package_hands_out_what_it_names():
    words = "import experiments, sys; experiments.sweep, experiments.load; assert 'ray' not in sys.modules"
    assert subprocess.run([sys.executable, "-c", words], cwd=ROOT, check=False).returncode == 0
