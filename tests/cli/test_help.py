"""The help at 80 columns: grouped, whole, with examples and the exit status. Old names still work, and say so."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from experiments.__main__ import app
from experiments.cli import usage
from tests.helpers.refusals import refused

ROOT = Path(__file__).parents[2]
COMMANDS = typer.main.get_command(app).commands
PUBLIC = [name for name, command in COMMANDS.items() if not command.hidden]


@pytest.fixture
def narrow(abm, monkeypatch):
    """The help of a command, on a terminal of 80 columns."""

    def call(*words: str) -> str:
        monkeypatch.setattr("typer.rich_utils.MAX_WIDTH", 80)
        code, out, err = abm(*words, "--help")
        assert (code, err) == (0, "")
        return out

    return call


def squeezed(text: str) -> str:
    """Words without frames and line ends."""
    return " ".join(re.sub(r"[│╭╮╰╯─]", " ", text).split())


def test_commands_are_grouped_and_the_exit_status_is_told(narrow):
    out = narrow()
    panels = [out.index(f"─ {panel} ─") for panel in (usage.ONE_RUN, usage.MANY_RUNS, usage.LISTS, usage.UPKEEP)]
    assert panels == sorted(panels)
    said = squeezed(out)
    assert "Exit status: 0 done; 1 " in said
    for status in ("2 wrong input", "3 the books", "130 stopped"):
        assert status in said
    for option in ("--version", "--install-completion", "--show-completion"):
        assert option in out


@pytest.mark.parametrize("name", ["", *PUBLIC])
def test_nothing_is_cut_at_80_columns(narrow, name):
    out = narrow(*([name] if name else []))
    assert max(map(len, out.splitlines())) <= 80
    assert "…" not in out
    assert "<bool>" not in out
    said = squeezed(out)
    command = COMMANDS[name] if name else typer.main.get_command(app)
    for each in command.params:
        if getattr(each, "help", None) and not getattr(each, "hidden", False):
            assert " ".join(each.help.split()) in said, each.name
    if not name:
        for other in PUBLIC:
            assert " ".join(COMMANDS[other].help.split()) in said, other


@pytest.mark.parametrize("name", PUBLIC)
def test_every_command_has_its_panel_and_examples(name):
    command = COMMANDS[name]
    assert command.rich_help_panel in (usage.ONE_RUN, usage.MANY_RUNS, usage.LISTS, usage.UPKEEP)
    head, *lines = command.epilog.split("\n\n")
    assert head in ("Example:", "Examples:")
    assert all(line.startswith(f"abm {name}") for line in lines)
    assert lines


def test_the_version_names_the_source(abm):
    code, out, _ = abm("--version")
    assert code == 0
    assert re.fullmatch(r"abm \d+\.\d+\.\d+ \(source [0-9a-f]{16}\)\n", out)


def test_the_shell_completes_commands():
    words = {"_ABM_COMPLETE": "complete_bash", "COMP_WORDS": "abm me", "COMP_CWORD": "1", "PYTHONPATH": str(ROOT)}
    code = "import sys; sys.argv = ['abm']; from experiments.__main__ import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code], env=os.environ | words, capture_output=True, text=True, check=False, cwd=ROOT
    )
    assert done.stdout.split() == ["measures"]


def test_old_names_work_and_say_so(abm, tmp_path):
    assert COMMANDS["replicate"].hidden
    place = ("--scale", "2", "--workers", "1", "--store", str(tmp_path))
    code, _, err = abm("replicate", *place)
    old, refusal = err.splitlines()
    assert (code, old) == (2, "abm: 'replicate' is now 'experiments'; the old name goes with the next release")
    refused(abm("experiments", *place), refusal)
    code, _, err = abm("extend", "no-such.yaml", "--replicates", "2", "--store", str(tmp_path))
    assert code == 2
    assert err.splitlines()[0].startswith("abm: no-such.yaml")


def test_the_old_option_adds_seeds(abm, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("now.yaml").write_text("until: 2015-02\nscale: 0.002\n")
    Path("mine.yaml").write_text("scenarios: now.yaml\n")
    assert abm("sweep", "mine.yaml", "--workers", "1", "--store", "out")[0] == 0
    code, out, err = abm("extend", "mine.yaml", "--replicates", "2", "--workers", "1", "--store", "out")
    assert (code, err) == (0, usage.RENAMED.format(old="--replicates", new="--seeds-per-point") + "\n")
    assert "2 of 2 runs are kept" in out
