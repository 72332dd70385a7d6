"""Decisions: numbered without gaps, each with a status, overruled ones linked both ways, and the index is current."""

import re
import shutil

import pytest

from scripts.decisions import FOLDER, INDEX, TEMPLATE, decisions, index

PLAIN = "# {number:04d}. {title}\n\n- Status: {status}\n- Date: 2026-01-02\n- About: homes\n\nBecause.\n"


@pytest.fixture
def write(tmp_path):
    """Write a decision with this number into an empty folder, and return the folder."""

    def to(number: int, status: str = "accepted", title: str = "So it is", name: str = "", text: str = PLAIN):
        file = tmp_path / (name or f"{number:04d}-so-it-is.md")
        file.write_text(text.format(number=number, title=title, status=status), encoding="utf-8")
        return tmp_path

    return to


def link(word: str, number: int) -> str:
    return f"{word} [{number:04d}]({number:04d}-so-it-is.md)"


def test_the_decisions_are_sound_and_their_index_is_current():
    found = decisions()
    assert len(found) == len(list(FOLDER.glob("[0-9]*.md"))) > 80
    assert (FOLDER / INDEX).read_text(encoding="utf-8") == index(found), "run make docs"


def test_every_decision_is_in_the_index_once():
    listed = re.findall(r"^\| \[(\d{4})\]", (FOLDER / INDEX).read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(listed) == [f"{number:04d}" for number in range(1, len(listed) + 1)]


def test_the_template_is_a_decision_once_it_is_filled_in(tmp_path):
    text = (FOLDER / TEMPLATE).read_text(encoding="utf-8")
    (tmp_path / "0001-made.md").write_text(text.replace("NNNN", "0001").replace("YYYY-MM-DD", "2026-01-02"))
    assert [each.status for each in decisions(tmp_path)] == ["accepted"]


def test_a_decision_that_is_overruled_and_the_one_that_overrules_it_name_each_other(write):
    write(1, link("superseded by", 2))
    write(2, f"accepted, {link('supersedes', 1)}, {link('amended by', 3)}")
    folder = write(3, f"accepted, {link('amends', 2)}")
    assert [each.relations for each in decisions(folder)] == [
        (("superseded by", "0002-so-it-is.md"),),
        (("supersedes", "0001-so-it-is.md"), ("amended by", "0003-so-it-is.md")),
        (("amends", "0002-so-it-is.md"),),
    ]


@pytest.mark.parametrize(
    ("status", "other", "said"),
    [
        ("maybe", "accepted", "'maybe' is no status"),
        (f"accepted, {link('superseded by', 2)}", f"accepted, {link('supersedes', 1)}", "is no status"),
        (link("superseded by", 2), "accepted", "does not say 'supersedes' in return"),
        (link("superseded by", 9), "accepted", "0009-so-it-is.md, which is not there"),
        (f"accepted, {link('supersedes', 2)}", link("superseded by", 1), "a later decision overrules an earlier one"),
        ("superseded by [0003](0002-so-it-is.md)", f"accepted, {link('supersedes', 1)}", "leads to 0002"),
    ],
)
def test_a_status_that_does_not_hold_is_refused(write, status, other, said):
    write(1, status)
    folder = write(2, other)
    with pytest.raises(ValueError, match=said) as raised:
        decisions(folder)
    assert str(raised.value).startswith("0001-so-it-is.md: ")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"number": 3}, "0003-so-it-is.md: number 0002 is missing"),
        ({"number": 1, "name": "0001-twice.md"}, "0001-twice.md: number 0002 is missing, or 0001 is taken twice"),
        ({"number": 2, "name": "0002 so.md"}, "is not a name like"),
        ({"number": 2, "name": "0002-so.md", "text": PLAIN.replace("{number:04d}", "0007")}, "has the number 0007"),
        ({"number": 2, "text": PLAIN.replace("homes", "weather")}, "is about weather"),
        ({"number": 2, "text": PLAIN.replace("01-02", "13-02")}, "2026-13-02 is not a day"),
        ({"number": 2, "text": PLAIN.replace("Because.\n", "")}, "does not begin as template.md does"),
        ({"number": 2, "title": "A full stop."}, "does not begin as template.md does"),
    ],
)
def test_a_file_that_is_no_decision_is_refused(write, wrong, said):
    write(1)
    folder = write(**wrong)
    with pytest.raises(ValueError, match=said) as raised:
        decisions(folder)
    assert "\n" not in str(raised.value)


def test_a_decision_taken_out_of_the_middle_is_missed(tmp_path):
    folder = shutil.copytree(FOLDER, tmp_path / "decisions")
    next(folder.glob("0030-*.md")).unlink()
    with pytest.raises(ValueError, match="number 0030 is missing"):
        decisions(folder)
