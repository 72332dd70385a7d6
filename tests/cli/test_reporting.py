"""The command that writes the report of two scenarios: what it makes, and bad input in one line."""

from pathlib import Path

import pytest

from tests.helpers.runs import CURRENT

PLAN = str(Path(CURRENT).with_name("plan.yaml"))
B = """extends: {current}
name: faster
title: "<b>Faster</b>"
policy:
  decision:
    capacity_factor: {{2015-02: 2}}
"""


@pytest.fixture
def faster(tmp_path):
    path = tmp_path / "faster.yaml"
    path.write_text(B.format(current=CURRENT), encoding="utf-8")
    return str(path)


def tiny(b: str, place: Path, *more: str) -> list[str]:
    """The words of a report of two pairs of three months."""
    words = ["report", b, "--against", CURRENT, "--scale", "0.002", "--until", "2015-03", "--pairs", "2"]
    return [*words, "--workers", "1", "--store", str(place), *more]


def test_a_report_is_kept_in_the_store_or_written_to_a_file(abm, faster, tmp_path):
    place = tmp_path / "store"
    code, out, err = abm(*tiny(faster, place))
    assert code == 0, err
    lines = out.splitlines()
    assert lines[0] == "4 of 4 runs are missing and are made now"
    assert lines[-1].startswith("Report: ")
    kept = Path(lines[-1].removeprefix("Report: "))
    assert kept.name == "report-nl.html"
    page = kept.read_text(encoding="utf-8")
    assert '<html lang="nl">' in page
    assert "&lt;b&gt;Faster&lt;/b&gt;" in page
    assert "<b>" not in page
    mine = tmp_path / "mine.html"
    code, out, err = abm(*tiny(faster, place, "--lang", "en", "--out", str(mine)))
    assert (code, out) == (0, f"Report: {mine}\n")  # nothing was missing
    assert '<html lang="en">' in mine.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--lang", "fr"), "--lang: 'fr' is not a language of the report: choose from nl, en"),
        (("--pairs", "1"), "--pairs: 1 is too few or too many: give 2 to 1000, better 8 or more"),
        (("--years", "0"), "--years: 0 is too few: give 1 or more"),
        (("--out", "none/report.html"), "--out: none: no such folder: make it, or name another file"),
    ],
)
def test_bad_input_is_one_line(abm, faster, tmp_path, monkeypatch, more, said):
    monkeypatch.chdir(tmp_path)
    code, out, err = abm(*tiny(faster, tmp_path / "store", *more))
    assert (code, out, err) == (2, "", f"abm: {said}\n")


def test_a_scenario_is_not_set_beside_itself(abm, tmp_path):
    code, _, err = abm(*tiny(CURRENT, tmp_path / "store"))
    assert code == 2
    assert err.endswith("up to 2015-03: there is nothing to compare\n")


def test_a_plan_that_has_not_begun_is_not_compared(abm, tmp_path):
    code, _, err = abm(*tiny(PLAN, tmp_path / "store"))
    assert code == 2
    assert "is the same as" in err
