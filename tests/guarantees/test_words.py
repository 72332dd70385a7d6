"""Standard terms: words that the glossary replaced occur in no identifier, docstring, comment, string or page."""

import ast
import csv
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

from abm.chain import EVENTS
from abm.measures import MEASURES

ROOT = Path(__file__).parents[2]
CODE = [path for folder in ("abm", "experiments", "scripts") for path in sorted((ROOT / folder).rglob("*.py"))]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md"]
PAGES += [path for pattern in ("docs/**/*.md", "configs/**/*.yaml") for path in sorted(ROOT.glob(pattern))]
PAGES += sorted((ROOT / "experiments").rglob("*.j2"))
WORDS = {  # pattern -> what to write instead
    r"chances?": "probability, or u for a uniform draw",
    r"luck|lucky": "draws, common random numbers, or u for a uniform draw",
    r"paces?": "rate",
    r"freed|f[ae]ll(?:s|en|ing)? free": "vacated, becomes vacant, vacancies",
    r"told apart": "broken down by, distinguished",
    r"in balance": "steady state",
    r"what holds for each": "flags",
}
OF_JOBS = {r"tenures?": "expected job duration"}  # in abm/jobs; elsewhere it is that of a home
WHO = "name the people, like 'applicants who ...'"
DRAWS = {"uniform", "once", "order", "salt", "address", "per_region"}  # methods whose first argument is a label
RENAMED = "RENAMED"  # a dict of this name holds old keys
WORD = re.compile(r"[A-Za-z]\w*")
STEMS = re.compile(  # a cheap first look
    r"chance|luck|(?-i:Pace)|(?<!s)pace|freed|f[ae]ll\w*\s+free|told\s+apart|in\s+balance|what\s+holds|tenure",
    re.IGNORECASE,
)
SUBJECT = re.compile(r"(?:\"\"\"|[.!?;]\s+)who", re.IGNORECASE)  # the same for sentences that begin with who


def frozen() -> set[str]:
    """Names that results, kept runs or sources depend on: measures, events, series, columns and keys of sources."""
    data = ROOT / "abm" / "facts" / "data"
    found = {measure.name for measure in MEASURES} | set(EVENTS)
    for path in data.glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            rows = csv.DictReader(file)
            found |= set(rows.fieldnames or ())
            found |= {row["name"] for row in rows} if path.stem == "national_series" else set()
    return found | set(re.findall(r"^  (\w+):$", (data / "sources.yaml").read_text(encoding="utf-8"), re.MULTILINE))


FROZEN = frozen()


def banned(text: str, words: dict[str, str]) -> list[str]:
    """What is wrong with a text: each replaced word, with the word to use; names that are frozen are passed over."""
    if not STEMS.search(text):
        return []
    plain = WORD.sub(lambda found: "" if found[0] in FROZEN else found[0], text)
    plain = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", plain)  # SweepPace holds the word pace
    plain = " ".join(plain.split())
    return [
        f"'{found[0]}': write {use}"
        for pattern, use in words.items()
        for found in re.finditer(rf"(?<![A-Za-z])(?:{pattern})(?![A-Za-z])", plain, re.IGNORECASE)
    ]


def exempt(tree: ast.Module) -> set[tuple[int, int]]:
    """Places of the strings that are labels of draws, or old keys that are refused."""
    found: set[tuple[int, int]] = set()
    for node in ast.walk(tree):
        inner: Iterator[ast.AST] = iter(())
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in DRAWS
            and node.args
        ):
            inner = ast.walk(node.args[0])
        elif isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == RENAMED:
            inner = ast.walk(node.value)
        found |= {(each.lineno, each.col_offset) for each in inner if isinstance(each, ast.Constant | ast.JoinedStr)}
    return found


def of_code(text: str, words: dict[str, str]) -> list[str]:
    """'line: what is wrong' in a Python file."""
    if not (STEMS.search(text) or SUBJECT.search(text)):
        return []
    tree = ast.parse(text)
    passed, found = exempt(tree), []
    tokens = tokenize.generate_tokens(io.StringIO(text).readline) if STEMS.search(text) else ()
    for token in tokens:
        if token.type != tokenize.OP and token.string and token.start not in passed:
            found += [f"{token.start[0]}: {wrong}" for wrong in banned(token.string, words)]
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
            sentences = re.split(r"(?<=[.!?;])\s+", ast.get_docstring(node) or "")
            who = [each for each in sentences if re.match(r"who(ever)?\s", each, re.IGNORECASE) and each[-1] != "?"]
            found += [f"{getattr(node, 'lineno', 1)}: '{each[:30]}': {WHO}" for each in who]
    return found


def of_page(text: str) -> list[str]:
    """'line: what is wrong' in a page; a line is read with the next, because phrases are wrapped."""
    lines = text.splitlines()
    found = []
    for number in range(1, len(lines) + 1):
        both, after = " ".join(lines[number - 1 : number + 1]), " ".join(lines[number : number + 1])
        here = banned(both, WORDS)
        for wrong in banned(after, WORDS):  # told with its own line
            here.remove(wrong)
        found += [f"{number}: {wrong}" for wrong in here]
    return found


def test_no_replaced_word_in_code():
    hits = []
    for path in CODE:
        name = path.relative_to(ROOT).as_posix()
        words = WORDS | (OF_JOBS if name.startswith("abm/jobs/") else {})
        hits += [f"{name}:{wrong}" for wrong in of_code(path.read_text(encoding="utf-8"), words)]
    assert hits == []


def test_no_replaced_word_in_pages():
    hits = [
        f"{path.relative_to(ROOT).as_posix()}:{wrong}"
        for path in PAGES
        for wrong in of_page(path.read_text(encoding="utf-8"))
    ]
    assert hits == []


# --- the checker itself


@pytest.mark.parametrize(
    ("code", "wrong"),
    [
        ("chance = 1", ["1: 'chance': write probability, or u for a uniform draw"]),
        ("x = fill(move_chance)", ["1: 'chance': write probability, or u for a uniform draw"]),
        ("class SweepPace:\n    pass", ["1: 'Pace': write rate"]),
        ("x = 1  # by luck", ["1: 'luck': write draws, common random numbers, or u for a uniform draw"]),
        ("x = 'Homes that fell free'", ["1: 'fell free': write vacated, becomes vacant, vacancies"]),
        ('"""Lists\n\nare in\nbalance."""', ["1: 'in balance': write steady state"]),
        ("x = f'{1} of the freed homes'", ["1: 'freed': write vacated, becomes vacant, vacancies"]),
        ("def f(tenure):\n    pass", ["1: 'tenure': write expected job duration"]),
        (
            'def f():\n    """Who waits, first."""',
            ["1: 'Who waits, first.': name the people, like 'applicants who ...'"],
        ),
        ('"""Rows. Whoever left is out."""', ["1: 'Whoever left is out.': name the people, like 'applicants who ...'"]),
        ("u = draws.uniform('luck', identity)", []),
        ("u = draws.uniform(f'luck {kind}', identity)", []),
        (
            "u = draws.uniform('moves', luck)",
            ["1: 'luck': write draws, common random numbers, or u for a uniform draw"],
        ),
        ("RENAMED = {'wellbeing': {'pace': 'rate'}}", []),
        ("x = of['homes_freed'], series('freed_homes_rate')", []),
        ("homes_freed_now = 1", ["1: 'freed': write vacated, becomes vacant, vacancies"]),
        ('"""Who gets a home?"""', []),
        ('"""who: identities (n,). Applicants who wait. Workspace, unspaced."""', []),
    ],
)
def test_the_checker_finds_what_it_should_in_code(code, wrong):
    assert of_code(code, WORDS | OF_JOBS) == wrong


@pytest.mark.parametrize(
    ("page", "wrong"),
    [
        ("One run is\none draw of luck.", ["2: 'luck': write draws, common random numbers, or u for a uniform draw"]),
        ("cannot be told\napart here", ["1: 'told apart': write broken down by, distinguished"]),
        ("Luck\nluck", [f"{line}: '{word}': write {use}" for line, word in ((1, "Luck"), (2, "luck"))
                        for use in ("draws, common random numbers, or u for a uniform draw",)]),
        ("measure: homes_freed, over `corp_freed`", []),
    ],
)  # fmt: skip
def test_the_checker_finds_what_it_should_in_pages(page, wrong):
    assert of_page(page) == wrong


def test_frozen_names_are_those_of_measures_events_series_and_columns():
    assert {"homes_freed", "housed", "freed_homes_rate", "gm_code"} <= FROZEN
    assert not {"chance", "luck", "pace", "freed"} & FROZEN
