"""What is printed as an example, and how it is made smaller: the same line, of a tiny run in a folder of its own.

The folder has a copy of configs/: scenarios whose later months are moved to the second one, and designs of a few runs.
"""

import re
import shlex
import shutil
from pathlib import Path
from typing import NamedTuple

import typer

from abm.engine import clock
from experiments.__main__ import app

ROOT = Path(__file__).parents[2]
PAGES = [*sorted(ROOT.glob("[A-Z]*.md")), *sorted((ROOT / "docs").glob("*.md"))]
PAGES = [page for page in PAGES if page.name != "CHANGELOG.md"]  # it tells what was so
SCALE, UNTIL = "0.002", "2015-03"
LATER = re.compile(r"\b20(?:1[6-9]|[2-4]\d)-\d\d\b")
SIZES = {"scale": SCALE, "until": UNTIL, "replicates": "1", "trajectories": "1", "samples": "2"}
SMALLER = {  # options by command: their values in the small run; None: without it
    "run": {"--scale": SCALE, "--until": UNTIL},
    "network": {"--scale": SCALE},
    "compare": {"--scale": SCALE, "--until": UNTIL, "--pairs": "2", "--until-width": None, "--workers": "1"},
    "report": {"--scale": SCALE, "--until": UNTIL, "--pairs": "2", "--workers": "1"},
    "sweep": {"--workers": "1"},
    "extend": {"--workers": "1", "--seeds-per-point": "2"},
    "validate": {"--workers": "1", "--seeds": "2", "--at-least": "0"},  # few of the points are in so short a run
    "page": {"--open": None},  # it would open a browser
}
FLAGS = ("--open",)
WHERE_GIVEN = {("validate", "--seeds"), ("validate", "--at-least")}  # options that are not added to lines without them
NOT_RUN = {  # beginning of a line -> why no test runs it
    "abm reproduce": "its runs take minutes: tests/published/test_reproduced.py makes those of a small question",
    "abm experiments": "its runs take minutes: tests/validation/test_published_experiments.py follows its steps",
    "abm sweep configs/designs/screening.yaml --address auto": "needs a cluster: tests/sweeps/test_nodes.py makes one",
    "abm archive": "needs a checkout without changes: tests/deposit/test_archive.py makes one",
    "sbatch ": "needs Slurm: tests/sweeps/test_clusters.py checks the file",
    "ray ": "begins a cluster: tests/helpers/clusters.py does so for the slow tests",
    "chmod ": "changes a file of the reader's own",
    "export ": "sets a variable of the reader's shell",
    "python -m pytest": "would run tests in a test",
    "python -m tests.guarantees.headline": "writes into the repository",
    "python -m scripts.facts decisions": "needs the file of a source, which is not kept here: tests/scripts",
    "python -m scripts.facts housing_tasks": "needs files of sources, which are not kept here: tests/scripts",
}


class Block(NamedTuple):
    """A block of code: its language ('' where it is indented), and its text."""

    language: str
    text: str


def blocks(page: Path) -> list[Block]:
    """The blocks of code of a page, without those of recipes, which tests/guarantees/test_recipes.py follows."""
    text = re.sub(r"^```\w+ title=.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    fenced = re.findall(r"^```(\w*)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    plain = re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)
    indented = re.findall(r"(?<=\n\n)((?: {4}.*\n?|\n(?= {4}))+)", plain)
    return [Block(*each) for each in fenced] + [Block("", each) for each in indented]


def commands(page: Path) -> list[list[str]]:
    """The lines of the indented blocks of a page, as words."""
    text = "\n".join(block.text for block in blocks(page) if block.language in ("", "sh", "bash"))
    lines = [shlex.split(line, comments=True) for line in text.replace("\\\n", " ").splitlines()]
    return [words for words in lines if words]


def folder(place: Path) -> Path:
    """A folder with configs/ made small."""
    shutil.copytree(ROOT / "configs", place / "configs")
    for file in (place / "configs" / "scenarios").glob("*.yaml"):
        file.write_text(sooner(file.read_text(encoding="utf-8")), encoding="utf-8")
    for file in (place / "configs" / "designs").glob("*.yaml"):
        text = LATER.sub("2015-02", file.read_text(encoding="utf-8"))
        for key, value in SIZES.items():
            text = re.sub(rf"^(\s*{key}:) .*$", rf"\1 {value}", text, flags=re.MULTILINE)
        file.write_text(text, encoding="utf-8")
    return place


def sooner(text: str) -> str:
    """A scenario file whose later months are months from the second one on, in their order, and the last month too."""
    until = re.compile(r"^until: .*$", re.MULTILINE)
    months = sorted(set(LATER.findall(until.sub("", text))))
    moved = LATER.sub(lambda found: clock.label(1 + months.index(found[0])) if found[0] in months else "2015-02", text)
    return until.sub("until: 2015-02", moved) if until.search(text) else moved


def smaller(words: list[str], run: str) -> list[str]:
    """The words behind `abm`, for the small folder; RUN is the name of a run there."""
    command, *rest = (run if word == "RUN" else word for word in words)
    for option, value in SMALLER.get(command, {}).items():
        given = option in rest
        if given:
            at = rest.index(option)
            del rest[at : at + 1 + (option not in FLAGS)]
        if value is not None and (given or (command, option) not in WHERE_GIVEN):
            rest += [option, value]
    return [command, *rest]


def examples() -> dict[str, list[str]]:
    """The examples in the help of each command."""
    commands = typer.main.get_command(app).commands
    return {name: each.epilog.split("\n\n")[1:] for name, each in commands.items() if not each.hidden}


def not_run(line: str) -> str:
    """Why no test runs a line; nothing where one does."""
    return next((why for beginning, why in NOT_RUN.items() if line.startswith(beginning)), "")
