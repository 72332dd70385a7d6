"""What smaller scales say beside scale 1: agreement worked out by hand, and for the measures of the summary."""

import numpy as np
import pandas as pd
import pytest

from abm.measures import HEADLINES, refusal
from experiments.analysis import scales
from experiments.store.store import Store
from scripts import scale as page

SEEDS = (1, 2, 3)


def rows(measure, period, whole, small, scenario="current"):
    """Values of three seeds at scale 1 and at a tenth."""
    return [
        (scenario, measure, period, scale, seed, value)
        for scale, values in ((1.0, whole), (0.1, small))
        for seed, value in zip(SEEDS, values, strict=True)
    ]


def found(*parts):
    return pd.DataFrame([row for part in parts for row in part], columns=[*scales.KEYS, "seed", "value"])


def test_the_interval_by_hand():
    # variances 1 and 4 over three seeds: error sqrt(5/3) = 1.291; freedom (5/3)^2 / ((1/3)^2/2 + (4/3)^2/2) = 2.941
    assert scales.half_width(np.array([1.0, 2, 3]), np.array([2.0, 4, 6]), 0.95) == pytest.approx(4.154, abs=0.01)
    assert scales.half_width(np.ones(3), np.ones(3), 0.95) == 0


def test_five_percent_or_the_interval_whichever_is_more():
    made = found(
        rows("housed", "2020", [1000, 1000, 1000], [1050, 1050, 1050]),
        rows("permits", "2020", [1000, 1000, 1000], [1060, 1060, 1060]),
        rows("homes_let", "2020", [900, 1000, 1100], [1000, 1100, 1200]),
    )
    table = scales.agreement(made).set_index("measure")
    assert table["agrees"].to_dict() == {"housed": True, "permits": False, "homes_let": True}
    assert table.loc["housed", "allowed"] == pytest.approx(50)
    # both with a standard deviation of 100: error sqrt(2 / 3) * 100 = 81.65, times t(4) = 2.776
    assert table.loc["homes_let", "allowed"] == pytest.approx(226.7, abs=0.1)


def test_the_interval_holds_for_the_years_of_a_measure_together():
    one = rows("housed", "2020", [900, 1000, 1100], [1000, 1100, 1200])
    both = [*one, *rows("housed", "2025", [900, 1000, 1100], [1000, 1100, 1200])]
    alone, together = (scales.agreement(found(each))["allowed"].iloc[0] for each in (one, both))
    assert together == pytest.approx(81.65 * 3.495, abs=1)  # t(4) at 97.5%
    assert alone < together


def test_the_worst_year_is_shown_and_what_is_refused_is_not_off():
    made = found(
        rows("housed", "2020", [1000] * 3, [1010] * 3),
        rows("housed", "2025", [1000] * 3, [1070] * 3),
        rows("municipalities_met", "2020", [100] * 3, [200] * 3),
    )
    table = scales.agreement(made)
    assert scales.worst(table).set_index("measure").loc["housed", "period"] == "2025"
    assert scales.off(table)[["measure", "period"]].values.tolist() == [["housed", "2025"]]


def test_the_page_says_what_is_off_and_what_is_refused():
    parts = [rows(name, "2020", [1000.0] * 3, [1070.0 if name == "permits" else 1001.0] * 3) for name, _ in HEADLINES]
    text = page.page(found(*parts), 3)
    assert "| municipalities_met | 2020 | 1,000 |" in text
    assert text.count("| refused |") == 5
    assert "6 of 7 values that are said agree." in text
    assert "- off: current, permits, 2020, scale 0.1" in text


@pytest.mark.slow
def test_runs_give_the_summary_and_paired_differences(tmp_path):
    files = page.FILES[:2]
    made = scales.values(files, (0.01,), range(1, 3), Store(tmp_path))
    assert set(made["scenario"]) == {"current", "regional-coupling", "regional-coupling - current"}
    before = made[(made["period"] == "2025") & (made["measure"] == "housed")].pivot(
        index="seed", columns="scenario", values="value"
    )
    assert (before["current"] == before["regional-coupling"]).all()  # they differ from 2027 on


@pytest.mark.slow
def test_smaller_scales_say_what_the_country_says(tmp_path):
    """Every measure of the summary and of `compare`, over five seeds, or it is refused: docs/scale.md has the table."""
    made = scales.values(page.FILES, (scales.FULL, *page.SMALLER), range(1, page.SEEDS + 1), Store(tmp_path))
    table = scales.agreement(made)
    assert scales.off(table)[scales.KEYS].values.tolist() == []
    assert not any(refusal(name, "total", scales.FULL) for name, _ in HEADLINES)
