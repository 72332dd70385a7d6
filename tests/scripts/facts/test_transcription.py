"""A figure of a page or letter is found in the ways that texts write it, and not found where it is not."""

import pytest

from abm.engine.errors import InputError
from scripts.facts import transcription
from tests.helpers.sources import kept


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (14000, "een taakstelling van 14.000 vergunninghouders"),
        (14000, "a task of 14,000 persons"),
        (14000, "een taakstelling van 14 000."),
        (14000, "zo'n 14 duizend mensen"),
        (14900, "14,9 duizend"),
        (43095, "43095"),
        (1_500_000, "1,5 miljoen huishoudens"),
        (0.96, "een bezetting van 0,96"),
        (0.96, "96% bezet"),
        (0.965, "96,5 procent"),
        (11.3, "gemiddeld 11,3 jaar"),
        (5, "bijna vijf jaar"),
        (7, "longer than seven years"),
        (20, "20,0 jaar"),
        (1, "maximaal één jaar"),
    ],
)
def test_a_number_stands_in_a_text(value, text):
    assert transcription.stands(value, text)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (14000, "in totaal 114.000 mensen"),
        (14000, "14.000.000 euro"),
        (14000, "14.0001"),
        (14, "14.000 mensen"),
        (14, "2014"),
        (0.96, "1,96"),
        (0.96, "960 procent"),
        (5, "vijftien jaar"),
        (5, "5,5 jaar"),
        (300, "wet 2300/12"),
    ],
)
def test_another_number_does_not_count(value, text):
    assert not transcription.stands(value, text)


def test_figures_that_a_note_quotes():
    note = "closed cases of 2016 (9573, the highest) and 16,000 a year, 0.5 of them; 12 months; over 85%"
    assert transcription.quoted(note) == [9573, 16000, 0.5, 85]


def test_only_the_text_around_a_name_counts():
    text = "Groningen: bijna 5 jaar. " + "x" * 300 + " Utrecht: 11,3 jaar"
    assert transcription.missing([5], transcription.near("Groningen", text)[0]) == []
    assert transcription.missing([11.3], transcription.near("Groningen", text)[0]) == ["11.3"]
    assert transcription.near("Gron", text) == []


def test_a_page_gives_its_text_without_scripts(tmp_path):
    page = kept(
        tmp_path / "page.html",
        "<html><style>p {width: 999px}</style><script>var a = 888;</script>"
        "<body><p>Het zijn er 14&nbsp;000.</p><td>7</td></body></html>",
    )
    text = transcription.text_of(page)
    assert transcription.stands(14000, text)
    assert not transcription.missing([7], text)
    assert transcription.missing([888, 999], text) == ["888", "999"]


def test_plain_text_in_old_letters_is_read(tmp_path):
    path = tmp_path / "letter.txt"
    path.write_bytes("één gemeente, 12 woningen".encode("latin-1"))
    assert transcription.missing([1, 12], transcription.text_of(path)) == []


def test_a_pdf_is_refused_with_the_way_out(tmp_path):
    path = tmp_path / "letter.pdf"
    path.write_bytes(b"%PDF-1.7 ...")
    with pytest.raises(InputError, match="is a PDF: save its text, for instance with pdftotext"):
        transcription.text_of(path)


def test_a_document_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(InputError, match="nowhere.txt: cannot be read"):
        transcription.text_of(tmp_path / "nowhere.txt")
