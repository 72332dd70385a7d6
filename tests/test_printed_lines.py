"""Every line that README, docs and help print as an example runs, made smaller as tests/helpers/printed.py says."""

import re
import subprocess
import sys

import pytest

from abm import scenario
from experiments.analysis.comparison import first_difference
from experiments.report import council, paired_runs, quantities
from experiments.store import versions
from experiments.store.store import Store
from experiments.sweeps import runner
from experiments.sweeps.execution import Execution
from tests.helpers import printed
from tests.helpers.printed import PAGES, ROOT, commands
from tests.helpers.runs import small

LAYOUT = re.compile(r"^(abm|configs|docs|experiments|results|scripts|tests)/\S*( |$)")  # of the folders, in README
EXAMPLES = printed.examples()


def lines(page) -> list[str]:
    """The lines of the blocks of a page, without the folder of the programs and variables that are set for one line."""
    found = [" ".join(words) for words in commands(page)]
    found = [re.sub(r"^(?:[A-Z]\w+=\S+ )+", "", line).removeprefix(".venv/bin/") for line in found]
    return [line for line in found if not LAYOUT.match(line)]


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A folder with small configs, the run that the examples call RUN, and a report."""
    made = printed.folder(tmp_path_factory.mktemp("printed"))
    runner.run(small(printed.UNTIL, scale=float(printed.SCALE)), made / "results")
    _report(made)
    return made


def _report(made) -> None:
    """Make the report that examples verify, of two pairs of runs."""
    files = [made / "configs" / "scenarios" / f"{name}.yaml" for name in ("current", "plan")]
    size = {"scale": float(printed.SCALE), "until": printed.UNTIL}
    one, other = (scenario.load(file).changed(**size) for file in files)
    asked = quantities.asked(quantities.carried(council.QUANTITIES, one.scale))
    runs = paired_runs.made(one, other, 2, asked, Execution(workers=1, store=made / "results"))
    pair = council.Pair(one, other, first_difference(one, other), runs)
    (made / "report.html").write_text(council.html(Store(made / "results"), pair, "en"), encoding="utf-8")


@pytest.fixture
def typed(abm, place, monkeypatch):
    """Type one line in that folder; refuse what does not end well."""
    monkeypatch.chdir(place)
    name = versions.run_name(small(printed.UNTIL, scale=float(printed.SCALE)), runner.facts.load().digest)

    def do(words: list[str]) -> None:
        program, *rest = words
        if program == "abm":
            code, out, err = abm(*printed.smaller(rest, name))
            assert code == 0, f"{' '.join(words)}: {err}"
            assert out, words
            return
        if program == "make":  # says what it would do, since `make test` runs this test
            done = subprocess.run(["make", "-n", *rest], cwd=ROOT, capture_output=True, text=True, check=False)
        else:
            assert words[:2] == ["python", "-m"], words
            done = subprocess.run([sys.executable, *rest], cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        assert done.stdout, words

    return do


with_lines = [page for page in PAGES if lines(page)]


@pytest.mark.parametrize("page", with_lines, ids=lambda page: page.name)
def test_the_lines_of_a_page_run_in_order(typed, page):
    for words in commands(page):
        line = re.sub(r"^(?:[A-Z]\w+=\S+ )+", "", " ".join(words)).removeprefix(".venv/bin/")
        if not LAYOUT.match(line) and not printed.not_run(line):
            typed([words[0].removeprefix(".venv/bin/"), *words[1:]])


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_examples_of_the_help_run(typed, name):
    for line in EXAMPLES[name]:
        if not printed.not_run(line):
            typed(printed.shlex.split(line))


def test_what_is_not_run_is_printed_and_says_why():
    every = [line for page in PAGES for line in lines(page)] + [line for each in EXAMPLES.values() for line in each]
    assert len(every) > 50
    for beginning, why in printed.NOT_RUN.items():
        assert any(line.startswith(beginning) for line in every), f"{beginning}: is not printed any more"
        assert len(why) > 20
        for file in re.findall(r"tests/\S+(?:\.py)?", why):
            assert (ROOT / file.rstrip(":")).exists(), file


def test_small_is_small(place):
    assert "scale: 0.002" in (place / "configs/designs/smoke.yaml").read_text()
    assert "{2015-02: 1.5}" in (place / "configs/scenarios/faster-decisions.yaml").read_text()
    assert printed.smaller(["compare", "a", "b", "--scale", "0.1", "--until-width", "2%"], "x") == [
        "compare", "a", "b", "--scale", "0.002", "--until", "2015-03", "--pairs", "2", "--workers", "1",
    ]  # fmt: skip
    assert printed.smaller(["table", "RUN", "permits"], "abc") == ["table", "abc", "permits"]
    assert Store(place / "results").done()
