"""The page of a run: whole, readable without a network, with numbers that are those of the run."""

import re
from html import escape
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from abm import scenario
from abm.measures import SUBJECT, refusal
from experiments.report import charts, figures, page
from experiments.sweeps import runner
from tests.helpers.pages import Elements


def finished(folder, until):
    wanted = scenario.default().changed(scale=0.01, until=until)
    return runner.run(wanted, folder)[0]


@pytest.fixture(scope="session")
def run(tmp_path_factory):
    return finished(tmp_path_factory.mktemp("page"), "2016-12")


@pytest.fixture(scope="session")
def text(run):
    return Path(page.write(run)).read_text(encoding="utf-8")


def test_page_is_whole_and_needs_nothing_else(run, text):
    document = Elements(text)
    assert text.startswith("<!doctype html>")
    assert document.wrong == []
    assert ("html", {"lang": "en"}) in document.tags
    assert document.count("script") == document.count("link") == document.count("img") == document.count("iframe") == 0
    assert not re.search(r"https?:|url\(|@import|\bon\w+=", text)
    assert run.store.files.names(f"pages/{run.name}", ".html") == ["page"]


def test_ids_are_unique_and_headings_do_not_skip(text):
    document = Elements(text)
    ids = [attributes["id"] for _, attributes in document.tags if "id" in attributes]
    levels = [int(tag[1]) for tag, _ in document.tags if re.fullmatch(r"h\d", tag)]
    assert len(ids) == len(set(ids))
    assert levels[0] == 1
    assert max(after - before for before, after in zip(levels, levels[1:], strict=False)) == 1


def test_every_picture_has_words_a_caption_and_a_table(text):
    parts = re.findall(r"<figure.*?</figure>", text, re.DOTALL)
    assert len(parts) == 7
    for part in parts:
        document = Elements(part)
        pictures = [attributes for tag, attributes in document.tags if tag == "svg"]
        assert [picture["class"] for picture in pictures] == ["wide", "narrow"]
        assert all(picture["role"] == "img" and len(picture["aria-label"]) > 50 for picture in pictures)
        assert re.search(r"<figcaption>[^<]*\d[^<]*</figcaption>", part)
        assert document.count("table") == document.count("details") == 1
        assert document.count("td") > 0


def test_the_run_is_named(run, text):
    record = run.about()
    for words in (record["name"], "December 2016", run.name, record["data_digest"][:12], record["model"]["code"][:12]):
        assert words in text
    assert "None: every parameter has its default." in text


def test_summary_is_that_of_the_outcomes(run, text):
    """Each row by hand: of 2016 the last month, or its months together, of the group that it names."""
    frame = pd.read_parquet(run.store.files.path(run.keys[0])).astype({"measure": str, "by": str, "month": str})
    expected = []
    for row in SUBJECT:
        if refusal(row.measure, row.by, 0.01):
            continue
        mine = frame[(frame["measure"] == row.measure) & (frame["by"] == row.by) & (frame["group"] == row.group)]
        months = [mine[mine["month"] == f"2016-{month:02}"]["value"].item() for month in range(1, 13)]
        known = [value for value in months if not np.isnan(value)] or [np.nan]
        value = {"end": months[-1], "sum": sum(known), "mean": sum(known) / len(known)}[row.take]
        expected.append(value / 1e6 if mine["unit"].iloc[0].startswith("EUR") else value)
    found = re.findall(r'<data value="([^"]+)">([^<]+)</data>', text)
    assert len(expected) > 20
    assert [float(value) for value, _ in found] == pytest.approx(expected, nan_ok=True)
    read = [np.nan if shown in "-–" else float(shown.replace(",", "")) for _, shown in found]
    assert read == pytest.approx(expected, rel=0.005, abs=1e-9, nan_ok=True)


def test_each_row_of_the_summary_has_words_in_both_languages(text):
    for row in SUBJECT:
        if not refusal(row.measure, row.by, 0.01):
            for words in page.said_as()[row.name]:
                assert escape(words) in text
        assert bool(row.en) == bool(row.nl) == (row.by != "total")


def test_what_is_not_said_at_the_scale_is_named_and_left_out(run, text):
    left_out = [page.said_as()[row.name][0] for row in SUBJECT if refusal(row.measure, row.by, 0.01)]
    assert "Status holders in reception" in left_out
    assert f"Not said at scale 0.01: {'; '.join(left_out)}. " in text
    assert "Waiting for a home" not in text.partition('id="regions"')[2]
    whole = page.summary(run.outcomes(), 1.0)
    assert [name for name, _ in whole.index] == [row.name for row in SUBJECT]


def test_same_run_same_picture(run):
    first, second = (figures.flows(run.outcomes()).svg(charts.NARROW) for _ in range(2))
    assert first == second


@pytest.mark.slow
def test_same_run_same_bytes(run, text):
    assert page.html(run) == text


def test_a_run_shorter_than_every_summary_year_has_a_page(tmp_path, monkeypatch):
    monkeypatch.setattr(charts.Figure, "svg", lambda figure, width: '<svg width="1" height="1"></svg>')
    text = Path(page.write(finished(tmp_path, "2015-03"))).read_text(encoding="utf-8")
    assert "before the end of the first year of the summary" in text
    assert [tag for tag, _ in Elements(text).tags].count("figure") == 3  # those that need no whole half-year


def test_what_differs_from_the_defaults_is_listed():
    assert page.differences(scenario.default().canonical()) == []
    other = scenario.default().with_values({"policy.money.decision_term": {"2027-01": 9}}).canonical()
    ((key, meaning, usual, here),) = page.differences(other)
    assert (key, meaning) == ("policy.money.decision_term", "statutory term for a first decision [months]")
    assert here.startswith(usual)
    assert here.endswith("; 9 from 2027-01")


def test_counts_are_shown_up_to_the_end_of_the_run(run):
    counts = pd.DataFrame(
        [("in_reception", "2015-12", 47764), ("status_holders", "2016-10", 13000), ("in_reception", "2017-12", 21037)],
        columns=["measure", "period", "value"],
    )
    figure = figures.reception(run.outcomes(), counts)
    shown = figure.table["Counted: everyone"]
    assert shown["2015-12"] == 47764
    assert shown.drop("2015-12").isna().all()
    assert "published counts" in figure.caption


@pytest.mark.parametrize(
    ("period", "end"),
    [
        ("2015", 2016),
        ("2015-I", 2015.5),
        ("2015-II", 2016),
        ("2015-12", 2016),
        ("2014-12", 2015),
    ],
)
def test_ends_of_periods(period, end):
    assert charts.when(period) == pytest.approx(end)
