"""The command that writes factsheets: bad input in one line, and at scale 1 a folder of sheets."""

from pathlib import Path

import pytest

from tests.helpers.pages import Elements
from tests.helpers.runs import CURRENT

B = """extends: {current}
name: faster
title: "Faster"
policy:
  decision:
    capacity_factor: {{2015-02: 2}}
"""


@pytest.fixture
def faster(tmp_path):
    path = tmp_path / "faster.yaml"
    path.write_text(B.format(current=CURRENT), encoding="utf-8")
    return str(path)


def words(b: str, place: Path, *more: str) -> list[str]:
    """The words of factsheets of three months at scale 1."""
    said = ["factsheets", b, "--against", CURRENT, "--until", "2015-03"]
    return [*said, "--workers", "1", "--store", str(place), *more]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--lang", "fr"), "--lang: 'fr' is not a language of the report: choose from nl, en"),
        (("--years", "0"), "--years: 0 is too few: give 1 or more"),
        (("--out", "none/here"), "--out: none: no such folder: make it, or name another folder"),
        (("--out", "faster.yaml"), "--out: faster.yaml: is a file: name a folder"),
        (
            ("--scale", "0.1"),
            "scale 0.1: says nothing of one municipality: below scale 1 municipalities share queues of homes, and a "
            "person stands for several: give --scale 1, or a sweep of scale 1",
        ),
        (
            ("--pairs", "7"),
            "7 pairs of runs are too few: no municipality is named from fewer than 8: give --pairs 8 or more, or a "
            "sweep of as many",
        ),
        (
            ("--town", "Apeldorn"),
            "--town: 'Apeldorn' is not a municipality: did you mean 'Apeldoorn' or 'Hellendoorn'?",
        ),
        (("--town", "Weesp"), "--town: 'Weesp' is part of 'Amsterdam' since 2023: give that name"),
    ],
)
def test_bad_input_is_one_line_before_anything_is_made(abm, faster, tmp_path, monkeypatch, more, said):
    monkeypatch.chdir(tmp_path)
    code, out, err = abm(*words(faster, tmp_path / "store", *more))
    assert (code, out, err) == (2, "", f"abm: {said}\n")
    assert not list((tmp_path / "store").glob("outcomes/*"))


@pytest.mark.parametrize("option", ["--town", "--region"])
def test_a_report_refuses_a_place_that_is_none(abm, faster, tmp_path, option):
    more = ("--scale", "0.002", "--pairs", "2", option, "Zeland")
    code, out, err = abm("report", *words(faster, tmp_path / "store", *more)[1:])
    assert (code, out) == (2, "")
    assert err.startswith(f"abm: {option}: 'Zeland' is not a ")
    assert err.count("\n") == 1


def test_a_report_says_why_it_has_no_chapter_on_a_municipality(abm, faster, tmp_path):
    page = tmp_path / "page.html"
    more = ("--scale", "0.002", "--pairs", "2", "--lang", "en", "--town", "den haag", "--out", str(page))
    code, _, err = abm("report", *words(faster, tmp_path / "store", *more)[1:])
    assert code == 0, err
    said = page.read_text(encoding="utf-8")
    assert "Left out: these runs are of scale 0.002" in said
    assert "Not on this page: outcomes by municipality and region" in said
    assert Elements(said).wrong == []
    code, out, err = abm("verify", str(page), "--store", str(tmp_path / "store"))
    assert code == 0, out + err  # the chapter is made again with the rest


@pytest.mark.slow
def test_sheets_of_eight_pairs_at_scale_one(abm, faster, tmp_path):
    place, folder, page = tmp_path / "store", tmp_path / "sheets", tmp_path / "page.html"
    code, out, err = abm(*words(faster, place, "--lang", "en", "--out", str(folder)))
    assert code == 0, err
    lines = out.splitlines()
    assert lines[0].startswith("16 of 16 runs are missing and are made now: about ")
    assert lines[-1] == f"Factsheets, 344 files, begin at: {folder / 'index.html'}"
    assert len(list(folder.glob("*.html"))) == 343
    code, out, err = abm(*words(faster, place, "--town", "Apeldoorn"))  # nothing is made again
    assert code == 0, err
    assert out.startswith("Factsheet: ")
    assert out.endswith("/factsheets-nl/apeldoorn.html\n")
    code, out, err = abm("report", *words(faster, place, "--lang", "en", "--town", "Apeldoorn", "--out", str(page))[1:])
    assert (code, out) == (0, f"Report: {page}\n"), err
    said = page.read_text(encoding="utf-8")
    assert "Outcomes in Apeldoorn" in said
    assert Elements(said).wrong == []
    assert 'data-key="place-municipality-0/starter_built/a" data-value="">fewer than five<' in said  # nor is it kept
    code, out, err = abm("verify", str(page), "--store", str(place))
    assert code == 0, out + err
    key = 'data-key="place-municipality-0/let_to_others/a"'
    before, _, after = said.partition(key)
    page.write_text(before + key + after.replace(">", ">9", 1), encoding="utf-8")
    code, out, err = abm("verify", str(page), "--store", str(place))
    assert code == 1
    assert "place-municipality-0/let_to_others/a" in out + err
