"""docs/recipes.md, followed to the letter in a copy of the tree: every recipe works, and its own tests pass there."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.helpers.recipes import PAGE, Change, changed, follow, recipes

ROOT = Path(__file__).parents[2]
FOLDERS = ("abm", "configs", "docs", "experiments", "scripts", "tests")
RECIPES = recipes()
HEADINGS = (
    "Add a lever",
    "Add a process",
    "Add a measure",
    "Add a dataset",
    "Add a kind of agent",
    "Add a kind of reception location",
    "Add a municipal merger",
)
OTHERS_SAY = ("changes nothing", "a name, as a parameter or a constant")  # tests of this folder
each_recipe = pytest.mark.parametrize("title", HEADINGS)


def brought(title: str) -> list[str]:
    """The files of tests that a recipe brings."""
    return [each.path for each in RECIPES[title] if each.path.startswith("tests/") and each.language == "python"]


def held_by(title: str) -> list[str]:
    """The tests of the repository that hold what a recipe adds, as they are named after 'Held by'."""
    text = PAGE.read_text(encoding="utf-8").partition(f"## {title}\n")[2].partition("\n## ")[0]
    named = re.findall(r"`(tests/[\w/]+\.py::\w+)`", text.partition("\nHeld by: ")[2].partition("What goes wrong")[0])
    assert named, title
    return named


def copied(folder: Path) -> Path:
    """The tree without what git and a virtual environment keep; times stay, so that compiled loops are found."""
    for name in FOLDERS:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("api"))
    for path in (path for path in ROOT.iterdir() if path.is_file() and path.name != ".git"):
        shutil.copy2(path, folder)
    return folder


def python(root: Path, *words: str) -> subprocess.CompletedProcess:
    """Run a module of Python in a copy, which is the only place where it finds the model."""
    there = os.environ | {"PYTHONPATH": str(root)}
    words = (sys.executable, "-P", "-m", *words)
    return subprocess.run(words, cwd=root, env=there, capture_output=True, text=True, check=False)


def outcomes(root: Path, *tests: str) -> dict[str, Counter]:
    """How many tests passed, failed or could not run, by file."""
    done = python(root, "pytest", "-q", "-p", "no:cacheprovider", "-rA", "--tb=short", *tests)
    found = {test.partition("::")[0]: Counter() for test in tests}
    for outcome, file in re.findall(r"^(PASSED|FAILED|ERROR) (tests/[\w/]+\.py)", done.stdout, re.MULTILINE):
        found[file][outcome] += 1
    assert any(found.values()), done.stdout + done.stderr
    for counted in (each for each in found.values() if set(each) != {"PASSED"}):
        counted["said"] = re.sub(r"^PASSED .*\n", "", done.stdout, flags=re.MULTILINE)
    return found


@pytest.fixture(scope="module")
def followed(tmp_path_factory) -> Path:
    """A copy of the tree in which all recipes were followed, in the order of the page."""
    root = copied(tmp_path_factory.mktemp("followed"))
    for title in HEADINGS:
        follow(RECIPES[title], root)
    return root


@pytest.fixture(scope="module")
def tried(followed) -> dict[str, Counter]:
    """What became of the tests that the recipes bring."""
    return outcomes(followed, *(file for title in HEADINGS for file in brought(title)))


def test_there_is_a_recipe_for_all_that_is_added_often():
    assert tuple(RECIPES) == HEADINGS


@each_recipe
def test_a_recipe_is_followed_and_works(title, tried):
    files = brought(title)
    assert files
    for file in files:
        assert set(tried[file]) == {"PASSED"}, tried[file]["said"]


@each_recipe
def test_a_recipe_can_be_followed_by_itself(title):
    """Its blocks fit the tree as it stands, whatever other recipes do."""
    for change in RECIPES[title]:
        path = ROOT / change.path
        if change.language == "diff":
            assert changed(path.read_text(encoding="utf-8"), change) != path.read_text(encoding="utf-8")
        else:
            assert path.parent.is_dir()
            assert not path.exists()


def test_what_is_added_has_the_style_of_the_house(followed):
    for words in (("check", "--no-cache"), ("format", "--check", "--no-cache")):
        done = python(followed, "ruff", *words)
        assert done.returncode == 0, done.stdout + done.stderr


def test_what_goes_wrong_is_said_in_these_words(followed, tmp_path):
    done = python(followed, "tests.helpers.recipe_faults", str(tmp_path))
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    quoted = re.findall(r"^- `([^`]+)`", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(quoted) > 15
    assert [words for words in quoted if not any(words in each for each in (*said, *OTHERS_SAY))] == []
    assert [each for each in said if not any(words in each for words in quoted)] == []
    tests = "".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_[!r]*.py"))
    assert all(words in tests for words in OTHERS_SAY)


@pytest.mark.slow
@each_recipe
def test_a_recipe_works_by_itself_and_its_tests_fail_without_it(title, tmp_path):
    root, files = copied(tmp_path), brought(title)
    follow([each for each in RECIPES[title] if each.path in files], root)
    for file, found in outcomes(root, *files).items():
        assert set(found) - {"PASSED", "said"}, f"{file} passes without what the recipe adds"
    follow([each for each in RECIPES[title] if each.path not in files], root)
    for found in outcomes(root, *files).values():
        assert set(found) == {"PASSED"}, found["said"]


@pytest.mark.slow
def test_what_holds_it_holds(followed):
    """The tests that the page names pass in the copy, once it is renewed as the page says."""
    schema = python(followed, "abm.parameters")
    (followed / "configs" / "scenario.schema.json").write_text(schema.stdout, encoding="utf-8")
    assert python(followed, "tests.guarantees.headline").returncode == 0
    names = dict.fromkeys(test for title in HEADINGS for test in held_by(title))
    for found in outcomes(followed, "tests/test_parameters.py", *names).values():
        assert set(found) == {"PASSED"}, found["said"]


# --- blocks that do not fit


@pytest.mark.parametrize(
    ("block", "said"),
    [
        (" one\n+new\n", "2 places for 'one'"),
        (" three\n+new\n", "0 places for 'three'"),
        ("+new\n", "0 places for 'new'"),
        (" two\n one\n two\n", "0 places for 'two'"),
        ("two\n+new\n", "'two' begins with neither a space nor"),
    ],
)
def test_a_block_that_does_not_fit_is_refused(block, said):
    with pytest.raises(ValueError, match=f"^file.py: {said}"):
        changed("one\ntwo\none\n", Change("diff", "file.py", block))


def test_a_block_changes_the_places_that_it_names():
    block = " one\n-two\n+2\n@@\n+3\n four\n"
    assert changed("one\ntwo\n\nfour\n", Change("diff", "file.py", block)) == "one\n2\n\n3\nfour\n"


def test_a_new_file_does_not_take_the_place_of_another(tmp_path):
    (tmp_path / "file.py").touch()
    with pytest.raises(ValueError, match=r"file\.py: stands already"):
        follow([Change("python", "file.py", "")], tmp_path)
