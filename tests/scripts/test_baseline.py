"""The page of the baseline: every headline series has its reason, and what stands still is marked."""

import pandas as pd
import pytest

from abm.measures import HEADLINES
from scripts import baseline

MEASURES = [measure for measure, _ in HEADLINES]


def series(*ahead):
    return pd.Series([50.0, *ahead], index=range(2025, 2026 + len(ahead)))


def test_every_headline_series_has_its_reason():
    assert list(baseline.WHY) == MEASURES


@pytest.mark.parametrize(
    ("ahead", "said"),
    [((100, 101, 102), "flat"), ((100, 104), ""), ((100, 0), "ends at nothing"), ((0, 0), "ends at nothing")],
)
def test_what_hardly_moves_or_ends_at_nothing_is_marked(ahead, said):
    assert baseline.mark(series(*ahead)) == said


def test_the_page_shows_every_series_and_marks_none_by_accident():
    page = baseline.PAGE.read_text(encoding="utf-8")
    for measure in MEASURES:
        label = baseline.LABELS[measure][0]
        assert f"| {label} [" in page
        assert f"- **{label}**: {baseline.WHY[measure]}" in page
    rows = [line for line in page.splitlines() if line.startswith("| ")]
    marked = [line for line in rows if line.endswith(("flat |", "ends at nothing |"))]
    assert [line.split(" [")[0] for line in marked] == [f"| {baseline.LABELS['applications'][0]}"]
