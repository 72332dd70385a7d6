"""The pages of docs/ say what is so: their commands can be typed, their files are there, and their code runs."""

import importlib.util
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from abm import scenario
from abm.engine.errors import InputError
from abm.measures import BY, asked_of, breakdown_of
from abm.tables.country import Kind
from abm.tables.people import Stage
from experiments.__main__ import UsageError, app, assignments
from experiments.designs import design, design_file
from tests.helpers.printed import PAGES, ROOT, blocks, commands
from tests.helpers.recipes import written

SMALLER = {  # what is made smaller before the code of a page is run in the fast tests
    "README.md": {"scale=0.1": "scale=0.01", "run_for(24)": "run_for(2)"},
    "guide-researcher.md": {'"until": "2016-12"': '"until": "2015-02"'},
    "experiments.md": {
        '"until": "2016-12"': '"until": "2016-02"',
        '"replicates": 2': '"replicates": 1',
        '"samples": 3': '"samples": 2',
        'frame["month"] == "2016-12"': 'frame["month"] == "2016-02"',
        'until="2016-12"': 'until="2016-02"',
        "pairs=4": "pairs=2",
        '"until": "2015-06"': '"until": "2015-02"',
        "month == '2015-06'": "month == '2015-02'",
    },
}
ASKED = (  # by newcomers, of the table of where things live
    "For how many weeks may an asylum seeker work",
    "What does a regular place cost",
    "How many homes can status holders get first",
    "At which unemployment does the base rate of finding work hold",
    "What does a place in a hotel cost",
    "Who gets a home",
    "How is a new kind of reception location added",
    "How is work by schooling and sex counted",
    "Why does a plan for starter homes fail",
    "Two municipalities merge in 2027",
)
SHELL = {"chmod", "cp", "export", "git"}  # words of the shell that need no check
FILES = re.compile(r"(?:abm|configs|docs|experiments|scripts|tests)/[\w./*-]*")
each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)


def section(page: Path, title: str) -> str:
    """What stands under a heading of a page."""
    return re.split(rf"^## {title}$", page.read_text(encoding="utf-8"), flags=re.MULTILINE)[1].split("\n## ")[0]


def parsed(words: list[str]) -> dict:
    """Options and arguments of `abm words`, by name. Raises UsageError."""
    group = typer.main.get_command(app)
    known = group.commands
    if words[0].startswith("-"):  # an option of abm itself
        assert any(words[0] in each.opts for each in group.get_params(group.make_context("abm", ["chain"]))), words[0]
        return {}
    if words[0] not in known:
        raise AssertionError(f"abm {words[0]}: no such command")
    return known[words[0]].make_context(words[0], words[1:]).params


def check(words: list[str]) -> None:
    """Check one line: a command with what it is given, or a file. Raises AssertionError, UsageError, InputError."""
    while re.match(r"[A-Z]\w+=", words[0]):  # variables that are set for one command
        words = words[1:]
    program, *rest = words
    match program.removeprefix(".venv/bin/"):
        case "abm":
            given = parsed(rest)
            scenario.default().with_values(assignments(given.get("set_") or []))
            asked = given.get("measure") or []
            for each in [asked] if isinstance(asked, str) else asked:
                name, _, by = each.partition(BY)
                breakdown_of(name, by or given.get("by"))
            if given.get("measures"):
                asked_of(given["measures"].split(","))
        case "make":
            assert rest[0] in targets(), f"make {rest[0]}: no such target"
        case "ray":
            from ray.scripts.scripts import cli

            cli.get_command(None, rest[0]).make_context(rest[0], rest[1:])
        case "python":
            assert rest[0] == "-m"
            assert rest[1] == "pytest" or importlib.util.find_spec(rest[1]), f"{rest[1]}: no such module"
        case word if word not in SHELL | {"sbatch"}:
            assert FILES.fullmatch(word) or word == "results/", f"{word}: neither a command nor a file"
    for word in words:
        if FILES.fullmatch(word):
            assert (ROOT / word).exists(), f"{word}: there is no such file"


def complaint(words: list[str]) -> str:
    """What the command line says of `abm words`; nothing where it takes them."""
    try:
        parsed(words)
    except UsageError as error:
        return error.format_message()
    return ""


def targets() -> set[str]:
    """What `make` can make."""
    return set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))


@each_page
def test_every_line_of_its_blocks_can_be_typed(page):
    for words in commands(page):
        check(words)


@each_page
def test_commands_and_files_in_its_text_are_there(page):
    text = page.read_text(encoding="utf-8")
    for span in re.findall(r"(?<!`)`([^`]+)`(?!`)", text):
        words = shlex.split(span) if span.startswith(("abm ", ".venv/bin/abm ", "make ")) else []
        if words[:1] == ["make"]:
            assert words[1] in targets(), span
        elif words:
            assert re.match(r"Missing argument|$", complaint(words[1:])), f"{span}: {complaint(words[1:])}"
        elif FILES.fullmatch(span):
            assert list(ROOT.glob(span)), f"{span}: there is no such file"


@each_page
def test_the_tests_that_it_names_are_there(page):
    for file, test in re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", page.read_text(encoding="utf-8")):
        assert f"\ndef {test}(" in (ROOT / file).read_text(encoding="utf-8"), f"{file}: there is no {test}"


def test_each_of_the_ten_rules_names_the_test_that_holds_it():
    text = section(ROOT / "docs" / "architecture.md", "Rules")
    rules = re.findall(r"^(\d+)\. \*\*(.*?)(?=^\d+\. |\Z)", text, re.MULTILINE | re.DOTALL)
    assert [number for number, _ in rules] == [str(number) for number in range(1, 11)]
    assert [number for number, rule in rules if not re.search(r"`tests/[\w/]+\.py::test_\w+`", rule)] == []


def test_each_question_is_answered_within_three_files():
    text = section(ROOT / "docs" / "architecture.md", "Where things live")
    rows = re.findall(r"^\| (.+\?) \| (.+) \| (.+) \|$", text, re.MULTILINE)
    assert len(rows) >= 10
    for question, files, words in rows:
        opened, wanted = (re.findall(r"`([^`]+)`", each) for each in (files, words))
        assert 1 <= len(opened) <= 3, question
        texts = [(ROOT / file).read_text(encoding="utf-8") for file in opened]
        assert [word for word in wanted if not any(word in text for text in texts)] == [], question
        idle = [file for file, text in zip(opened, texts, strict=True) if not any(word in text for word in wanted)]
        assert idle == [], question
    questions = " ".join(question for question, _, _ in rows)
    assert [words for words in ASKED if words not in questions] == []


@each_page
def test_its_scenarios_and_designs_can_be_loaded(page, tmp_path):
    shutil.copytree(ROOT / "configs" / "scenarios", tmp_path / "scenarios")
    for block in blocks(page):
        if block.language == "yaml" and re.search("^scenarios:", block.text, re.MULTILINE):
            file = tmp_path / "scenarios" / "from-the-page.yaml"
            file.write_text(block.text, encoding="utf-8")
            assert len(design.load(file)) > 1
        elif block.language == "yaml":
            file = tmp_path / "scenarios" / "from-the-page.yaml"
            file.write_text(block.text, encoding="utf-8")
            assert scenario.load(file).canonical() != scenario.default().canonical()


def test_the_page_on_designs_has_every_key_and_method():
    text = (ROOT / "docs" / "designs.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `(\w+)` \|", section(ROOT / "docs" / "designs.md", "The file"), re.MULTILINE)) == set(
        design_file.File.written()
    )
    rows = re.findall(r"^\| `(\w+)` \| .* \| (.*) \|$", section(ROOT / "docs" / "designs.md", "Blocks"), re.MULTILINE)
    assert {method: set(re.findall(r"`(\w+)`", keys)) for method, keys in rows} == {
        method: set(form.written()) - {"method"} for method, form in design_file.METHODS.items()
    }
    for key in (*design_file.Range.written(), *design_file.Distribution.written()):
        assert re.search(rf"\b{key}\b", text), key


@each_page
def test_no_block_goes_unchecked(page):
    made = {"text", "mermaid"} if page.name == "odd.md" else set()  # from the code: tests/scripts/test_describe.py
    assert {block.language for block in blocks(page)} <= {"", "sh", "bash", "yaml", "python"} | made


@each_page
def test_links_lead_somewhere(page):
    for link in re.findall(r"\]\(([^)]+)\)", page.read_text(encoding="utf-8")):
        target, _, heading = link.partition("#")
        if not re.match(r"https?://", link):
            there = page.parent / target if target else page
            assert there.exists(), link
            titles = re.findall(r"^#+ (.+)$", there.read_text(encoding="utf-8"), re.MULTILINE) if heading else []
            assert not heading or heading in [title.lower().replace(" ", "-") for title in titles], link


def run(page: Path, folder: Path, monkeypatch, changes: dict[str, str]) -> dict:
    """Run the Python of a page, in order, as a reader would type it, in a folder with the configs; its names."""
    (folder / "configs").symlink_to(ROOT / "configs")
    written(page, folder)
    monkeypatch.chdir(folder)
    known = [block.text for block in blocks(page) if block.language == "python"]
    text = "\n".join(each for each in known if "import duckdb" not in each or importlib.util.find_spec("duckdb"))
    for before, after in changes.items():
        assert before in text, f"{page.name}: nothing to make smaller: {before}"
        text = text.replace(before, after)
    names: dict = {}
    exec(compile(text, page.name, "exec"), names)
    return names


with_python = [page for page in PAGES if any(block.language == "python" for block in blocks(page))]


@pytest.mark.parametrize("page", with_python, ids=lambda page: page.name)
def test_its_python_runs_on_a_small_scale(page, tmp_path, monkeypatch):
    assert run(page, tmp_path, monkeypatch, SMALLER.get(page.name, {}))


def test_the_readme_finds_who_waits_and_who_is_behind(tmp_path, monkeypatch):
    names = run(ROOT / "README.md", tmp_path, monkeypatch, SMALLER["README.md"] | {"run_for(24)": "run_for(1)"})
    stages = names["model"].state.households.stage
    assert len(names["waiting"]) == (stages == Stage.AWAITING_HOME).sum() > 0
    assert len(names["hotels"]) == (names["model"].state.locations.kind == Kind.HOTEL).sum()
    assert len(names["behind"]) == (names["model"].state.municipalities.balance < 0).sum() > 0


@pytest.mark.slow
def test_the_python_of_the_page_on_many_runs_finds_what_it_says(tmp_path, monkeypatch, capsys):
    names = run(ROOT / "docs" / "experiments.md", tmp_path, monkeypatch, {})
    said = capsys.readouterr().out
    assert "12 runs, 0 missing" in said
    if "means" in names:  # where DuckDB is installed
        means = names["means"].query("month == '2016-12'").set_index("factor")["waiting"]
        wanted = names["last"].groupby("policy.decision.capacity_factor")["value"].mean()
        assert means.to_dict() == pytest.approx(wanted.to_dict())
    last = names["last"]
    assert len(last) == 12  # 3 worlds, 2 policies, 2 replicates
    assert set(last["unit"]) == {"persons"}
    assert (names["change"] < 0).all()  # twice the decisions, the same people: a shorter queue
    assert names["frame"].attrs["units"]["policy.decision.capacity_factor"] == "ratio"
    assert names["found"].verdict() == "B is lower"
    assert "mu_star" in said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("abm rnu configs/scenarios/current.yaml", "no such command"),
        ("abm run configs/scenarios/none.yaml", "no such file"),
        ("make cofee", "no such target"),
        ("docs/none.md what it holds", "no such file"),
        ("rm -r everything", "neither a command nor a file"),
        ("python -m tests.none", "no such module"),
        ("abm run configs/scenarios/current.yaml --set policy.decision.capcity_factor=2", "no such parameter"),
        ("abm table RUN in_receptoin", "is not a measure"),
    ],
)
def test_a_line_that_cannot_be_typed_is_found(words, said):
    with pytest.raises((AssertionError, InputError), match=said):
        check(words.split())


@pytest.mark.parametrize(
    "words", ["abm run configs/scenarios/current.yaml --sead 2", "abm sweep", "abm table RUN", "abm status a b"]
)
def test_a_command_with_the_wrong_words_is_found(words):
    with pytest.raises(UsageError):
        check(words.split())


def test_the_package_hands_out_what_it_names():
    words = "import experiments, sys; experiments.sweep, experiments.load; assert 'ray' not in sys.modules"
    assert subprocess.run([sys.executable, "-c", words], cwd=ROOT, check=False).returncode == 0
