"""The command that verifies a report: its lines and its exit status."""

import re
from pathlib import Path

import pytest

from tests.helpers.runs import CURRENT

WORDS = ("--scale", "0.002", "--until", "2015-03", "--pairs", "2", "--workers", "1", "--lang", "en")
FASTER = "extends: {current}\nname: faster\npolicy: {{decision: {{capacity_factor: {{2015-02: 2}}}}}}\n"


@pytest.fixture(scope="module")
def place(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("verifying")


@pytest.fixture
def made(abm, place) -> tuple[Path, str]:
    """A report, and the store of its runs."""
    page, store, scenario = place / "report.html", str(place / "store"), place / "faster.yaml"
    if not page.exists():
        scenario.write_text(FASTER.format(current=CURRENT), encoding="utf-8")
        words = ["report", str(scenario), "--against", CURRENT, *WORDS, "--store", store, "--out", str(page)]
        code, _, err = abm(*words)
        assert code == 0, err
    return page, store


def test_a_report_holds(abm, made):
    page, store = made
    code, out, err = abm("verify", str(page), "--store", store)
    assert (code, err) == (0, "")
    assert re.fullmatch(rf"All \d+ numbers and sentences with numbers hold: {re.escape(str(page))}\n", out)


def test_an_edited_number_does_not_and_is_named(abm, made, tmp_path):
    page, store = made
    mine = tmp_path / "mine.html"
    text = page.read_text(encoding="utf-8")
    cell = re.search(r'data-key="(reception/in_reception/a)" data-value="[^"]+">([^<]+)<', text)
    mine.write_text(text.replace(cell[0], cell[0].replace(f">{cell[2]}<", ">12<")), encoding="utf-8")
    code, out, err = abm("verify", str(mine), "--store", store)
    assert (code, err) == (1, "")
    assert out == f"Does not hold: {cell[1]}: the page says 12, and {cell[2]} comes out\n"


def test_many_that_do_not_hold_are_counted(abm, made, tmp_path):
    page, store = made
    mine = tmp_path / "mine.html"
    mine.write_text(page.read_text(encoding="utf-8").replace('data-value="', 'data-value="9'), encoding="utf-8")
    code, out, _ = abm("verify", str(mine), "--store", store)
    assert code == 1
    assert re.fullmatch(r"And \d+ more do not hold", out.splitlines()[-1])


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("other.html", "<p>other</p>", "is not a report of this project: name an HTML file that 'abm report' wrote"),
        ("none.html", None, "cannot be read (No such file or directory): did you mean {folder}/near.html?"),
        (".", None, "cannot be read (not a file): give the path of an HTML file"),
        ("bytes.html", b"\xff\xfe", "cannot be read (not UTF-8): give an HTML file that 'abm report' wrote"),
    ],
)
def test_what_is_no_report_is_one_line(abm, tmp_path, name, content, said):
    (tmp_path / "near.html").write_text("", encoding="utf-8")
    file = tmp_path / name
    if content is not None:
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
    code, out, err = abm("verify", str(file), "--store", str(tmp_path / "store"))
    assert (code, out) == (2, "")
    assert err.startswith(f"abm: {file}")
    assert err.endswith(f"{said.format(folder=tmp_path)}\n")


def test_runs_that_are_not_in_the_store_are_one_line(abm, made, tmp_path):
    code, out, err = abm("verify", str(made[0]), "--store", str(tmp_path / "other"))
    assert (code, out) == (2, "")
    assert re.search(r"4 of its 4 runs, like [0-9a-f]{16}, are not in .*: name the store", err)
    assert err.count("\n") == 1
