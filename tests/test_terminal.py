"""What a person wrote is printed as it was written: not as markup, not as an emoji, not as codes for the terminal."""

import ast
import io
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from experiments import terminal
from experiments.store.holds import run_of
from experiments.store.store import Store
from experiments.sweeps import progress
from experiments.sweeps.runner import Done
from tests.helpers.runs import CURRENT

ROOT = Path(__file__).parents[1]
FILES = sorted((ROOT / "experiments").rglob("*.py"))
ODD = ("Faster [/b] decisions", "[bold]", "[link=x]y", "[/]", "a :smile: b", "[red", "\\[x]", "{task} {0}")
SMALL = ("--scale", "0.005", "--until", "2015-01")


def printed(what, **options) -> str:
    """What a console of the commands prints."""
    console = terminal.console()
    console.file = io.StringIO()
    console.print(what, **options)
    return console.file.getvalue()


@given(st.text(st.characters(codec="utf-8"), max_size=40))
def test_any_line_is_printed_as_it_is_with_control_characters_as_escapes(text):
    shown = printed(terminal.line(text), soft_wrap=True)
    assert shown == terminal.printable(text) + "\n"
    assert all(each.isprintable() for each in shown[:-1])


@given(st.text(st.characters(codec="ascii", min_codepoint=32, max_codepoint=126), max_size=40))
def test_what_can_be_seen_is_not_changed(text):
    assert terminal.printable(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [("a\x1b[2Jb", "a\\x1b[2Jb"), ("a\nb", "a\\nb"), ("\ud800", "\\ud800"), ("é ë", "é ë"), ("\u202e", "\\u202e")],
)
def test_codes_for_the_terminal_are_made_visible(text, shown):
    assert terminal.printable(text) == shown


@pytest.mark.parametrize("odd", ODD)
def test_a_table_and_a_bar_show_odd_names(odd):
    table = Table("", box=None)
    table.add_row(odd)
    assert odd in printed(table)
    file = io.StringIO()
    console = Console(file=file, force_terminal=True, color_system=None, width=120)
    with Progress(terminal.column("{task.description}"), console=console) as bar:
        bar.add_task(odd, total=1)
    assert odd in file.getvalue()


@pytest.mark.parametrize("odd", ODD)
def test_a_console_of_somebody_else_is_told_the_same(tmp_path, odd):
    file = io.StringIO()
    with progress.reporting(Console(file=file, width=200), odd, progress.SweepProgress(1), Store(tmp_path)) as report:
        report(Done("abc", "failed", reason=odd))
    assert f"Run abc failed: {odd}" in file.getvalue()


def test_every_console_and_column_of_a_bar_is_one_that_reads_no_markup():
    """A console that prints nothing may be of any kind; what is given a console prints Text of people."""
    found = []
    for file in FILES:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            name = node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else ""
            if name in ("Console", "TextColumn") and file.name != "terminal.py":
                found += [file.name] if not any(word.arg == "quiet" for word in node.keywords) else []
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and "[bold]" in node.value:
                found.append(file.name)
            if isinstance(node, ast.keyword) and node.arg in ("markup", "emoji") and file.name != "terminal.py":
                found.append(file.name)
    assert not found


@pytest.mark.parametrize("odd", [ODD[0], " ".join(ODD[1:])])
def test_a_run_with_an_odd_title_in_an_odd_place(abm, tmp_path, monkeypatch, odd):
    monkeypatch.chdir(tmp_path)
    place = f"br{odd.replace('/', '')}x/st"
    file = tmp_path / "odd.yaml"
    file.write_text(f"title: '{odd}'\n", encoding="utf-8")
    code, out, err = abm("run", str(file), *SMALL, "--store", place)
    assert (code, err) == (0, "")
    assert odd in out
    kept = [line.partition(": ")[2] for line in out.splitlines() if line.startswith(("Outcomes", "Page"))]
    assert len(kept) == 2
    assert all((tmp_path / each).is_file() for each in kept)


def test_the_other_commands_in_an_odd_place(abm, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    place = "br[draft]/[/b]"
    design = tmp_path / "small.yaml"
    design.write_text(f"name: small\nscenarios: {CURRENT}\nuntil: 2015-03\nscale: 0.005\nreplicates: 2\n")
    code, out, err = abm("sweep", str(design), "--store", place, "--workers", "1")
    assert (code, err) == (0, "")
    assert f"runs are kept in {place}" in out
    assert f"store='{place}'" in out
    code, out, err = abm("status", "--store", place)
    assert (code, err) == (0, "")
    assert "small" in out
    run = run_of(next((tmp_path / place / "runs").iterdir()).stem)
    assert abm("validate", run, "--store", place)[0] == 0
    for words in (("status", "none"), ("table", "none", "permits"), ("table", run, "[/b]")):
        code, _, err = abm(*words, "--store", place)
        assert code == 2
        assert err.count("\n") == 1
        assert words[-1] != "[/b]" or "'[/b]'" in err


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_letters_that_a_terminal_lacks_are_escapes(encoding):
    words = [sys.executable, "-P", "-m", "experiments", "measures", "asielzoekers"]
    environment = os.environ | {"PYTHONIOENCODING": encoding, "LC_ALL": "C", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(words, capture_output=True, env=environment, cwd=ROOT, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.decode(encoding)
    every = subprocess.run([*words[:-1]], capture_output=True, env=environment, cwd=ROOT, check=True).stdout
    assert (b"\\xeb" in every) == (encoding == "ascii")  # e with a diaeresis, in Dutch labels
