"""Replications: outcomes and effects worked out by hand from small frames, and scenarios that are allowed."""

import math

import pandas as pd
import pytest
from rich.console import Console

from abm import scenario
from experiments.validation import published_experiments
from experiments.validation.published_experiments import REPLICATIONS, Replication
from experiments.validation.support_studies import is_within


def frame(employed, adults=100.0, wait=10.0):
    """Outcomes of a run: employed and adults one and two years after the permit, in two months of the window."""
    rows = [("wait_decision", "mean", "2015-05", wait), ("employed", "1 years", "2016-01", 99.0)]  # before the window
    for month in ("2021-01", "2025-12"):
        for group in ("1 years", "2 years"):
            rows += [("employed", group, month, employed), ("working_age", group, month, adults)]
    return pd.DataFrame(rows, columns=["measure", "group", "month", "value"])


def test_employment_is_the_log_odds_of_the_pooled_share():
    assert published_experiments.employment(1, 2)(frame(20.0)) == pytest.approx(math.log(0.2 / 0.8))
    assert published_experiments.employment(1)(frame(50.0)) == pytest.approx(0)


def test_an_effect_is_a_difference_per_dose_with_its_interval():
    def dose(control, treated):
        return (published_experiments.waited(treated) - published_experiments.waited(control)) / 12

    study = Replication("X", "t", "s", {}, {}, published_experiments.employment(1), (-0.5, 0), "u", dose)
    pairs = [(frame(50.0), frame(50.0, wait=34)), (frame(50.0), frame(40.0, wait=34))]
    found = published_experiments.row(study, pairs)
    half = math.log(0.4 / 0.6) / 2 / 2  # of the second pair, per 24 months of waiting; the mean of two pairs
    assert found["model"] == pytest.approx(half)
    # Student's t with one degree of freedom: 12.706; standard error of (0, 2 half) is |half|
    assert found["high"] - found["low"] == pytest.approx(2 * 12.706 * abs(half), rel=1e-3)
    assert found["within"]


def test_a_dose_of_class_is_the_hours_that_were_followed():
    def of_run(hours, level):
        rows = [("hours_followed", "3 years", "2016-01", 9_999.0), ("hours_followed", "2 years", "2021-01", 9_999.0)]
        for month, more in (("2021-01", 0), ("2025-12", 20)):
            rows += [("hours_followed", "3 years", month, hours + more), ("language", "3 years", month, level)]
        return pd.DataFrame(rows, columns=["measure", "group", "month", "value"])

    (study,) = (each for each in REPLICATIONS if each.id == "R7")
    found = published_experiments.row(study, [(of_run(300.0, 2.0), of_run(350.0, 2.1))])
    assert published_experiments.hours_of_class(3)(of_run(300.0, 2.0)) == pytest.approx(310)
    assert found["model"] == pytest.approx(2 * math.log(2.1 / 2.0))  # of 50 hours, so twice as much for a hundred


@pytest.mark.parametrize(
    ("low", "high", "judged"), [(0.02, 0.09, True), (0.09, 0.3, True), (0.0, 0.07, False), (0.11, 0.2, False)]
)
def test_an_effect_without_a_published_interval_is_judged_by_overlap(low, high, judged):
    middle = (low + high) / 2
    assert is_within((0.08, 0.10), middle, (low, high)) is judged
    assert is_within((0.08, 0.10), middle, (math.nan, math.nan)) is (0.08 <= middle <= 0.10)
    assert [each.id for each in REPLICATIONS if each.overlap] == ["R5"]


def test_a_level_is_not_a_difference():
    study = Replication("R9a", "t", "s", {}, {}, published_experiments.employment(1), (-1, 1), "u")
    assert published_experiments.row(study, [(frame(10.0), frame(50.0))])["model"] == pytest.approx(0)


def test_finding_and_losing_work_under_protection_by_hand():
    levels = {"protected_of_age": [100.0, 120.0, 130.0], "protected_employed": [20.0, 40.0, 60.0]}
    flows = {"protected_hires": [99.0, 16.0, 4.0], "protected_jobs_lost": [99.0, 1.0, 4.0]}
    months = ("2022-06", "2022-07", "2022-08")  # the first is before the window; it tells who was there for the second
    rows = [
        (measure, "all", month, value)
        for measure, values in (levels | flows).items()
        for month, value in zip(months, values, strict=True)
    ]
    of_run = pd.DataFrame(rows[::-1], columns=["measure", "group", "month", "value"])
    assert published_experiments.finding(of_run) == pytest.approx((16 / 80 + 4 / 80) / 2)
    assert published_experiments.losing(of_run) == pytest.approx((1 / 20 + 4 / 40) / 2)


@pytest.mark.parametrize("study", REPLICATIONS, ids=lambda study: study.id)
def test_both_scenarios_are_allowed_and_differ(study):
    base = scenario.default().changed(until=published_experiments.UNTIL)
    control, treated = (base.with_values(values) for values in (study.control, study.treated))
    assert control.digest() != treated.digest()
    assert study.published[0] < study.published[1]


def test_the_table_says_what_lies_within_and_outside(capsys):
    study = Replication("X", "a study", "E000", {}, {}, published_experiments.employment(1), (-0.1, 0.1), "log odds")
    rows = [published_experiments.row(study, [(frame(50.0), frame(share))]) for share in (50.0, 90.0)]
    published_experiments.show(pd.DataFrame(rows), Console(width=120))
    said = capsys.readouterr().out
    assert said.count("outside") == 1
    assert "1 of 2 within." in said
