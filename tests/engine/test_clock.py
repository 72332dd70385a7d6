"""Months: counted from January 2015, written as YYYY-MM."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from abm.engine import clock
from abm.engine.clock import whole_months
from abm.engine.errors import InputError


@pytest.mark.parametrize(
    ("text", "month"),
    [("2015-01", 0), ("2015-12", 11), ("2016-01", 12), ("2022-10", 93), ("2035-12", 251), ("2014-12", -1)],
)
def test_names_of_months(text, month):
    assert clock.index(text) == month
    assert clock.label(month) == text


@given(st.integers(-180, 12 * 400))
def test_a_name_leads_back_to_its_month(month):
    assert clock.index(clock.label(month)) == month
    assert clock.year(month) == int(clock.label(month)[:4])


@pytest.mark.parametrize(
    "text",
    ["", "2015", "2015-1", "2015-00", "2015-13", "2015-01-01", "15-01", "2015/01", " 2015-01", "2015-01\n",
     "２０１５-01", "-2015-01", None, 2015, 2015.01, True],
)  # fmt: skip
def test_what_is_no_month_is_refused_with_the_way_out(text):
    with pytest.raises(InputError, match=r"is not a month: write it as YYYY-MM, like 2027-01"):
        clock.index(text)


def test_half_years_begin_in_january_and_july():
    assert [month for month in range(24) if clock.starts_half_year(month)] == [0, 6, 12, 18]
    assert [clock.half_year(month) for month in (0, 5, 6, 11, 12, 136, 137)] == [0, 0, 1, 1, 2, 22, 22]


def test_the_clock_names_the_month_to_come():
    now = clock.Clock()
    assert (now.month, now.label, now.year) == (0, "2015-01", 2015)
    now.month += 131
    assert (now.label, now.year) == ("2025-12", 2025)


@pytest.mark.parametrize(("weeks", "mean"), [(0, 0.0), (6, 1.3799), (14, 3.2197), (40, 9.1992), (365.25 / 7, 12.0)])
def test_weeks_become_whole_months_with_the_right_mean(weeks, mean):
    u = (np.arange(10_000) + 0.5) / 10_000
    months = whole_months(weeks, u)
    assert months.dtype == np.int64
    assert set(months.tolist()) <= {int(mean), int(mean) + 1} | {round(mean)}
    assert months.mean() == pytest.approx(mean, abs=2e-4)


def test_a_whole_month_never_becomes_less():
    assert whole_months(365.25 / 12 / 7 * 3, np.array([0.0, 0.5, 0.999])).tolist() == [3, 3, 3]
