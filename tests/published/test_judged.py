"""Whether a table comes out as published: by hand, on rows of which the answer is plain."""

import math

import pandas as pd
import pytest

from abm.engine.errors import InputError
from experiments.published import judged, tables
from experiments.published.question_file import Tolerance

ROW = {
    "compared": "b beside a", "outcome": "in_reception", "measure": "in_reception", "group": "", "unit": "persons",
    "years": "2028 to 2035", "a": 1000.0, "b": 900.0, "difference": -100.0, "low": -120.0, "high": -80.0, "runs": 16,
}  # fmt: skip
PLAIN = Tolerance()


def table(*rows: dict) -> pd.DataFrame:
    return pd.DataFrame([ROW | row for row in rows], columns=tables.COLUMNS)


def test_the_same_table_is_exact():
    found = judged.judged(
        table({}, {"outcome": "other", "low": math.nan}), table({"outcome": "other", "low": math.nan}, {}), PLAIN
    )
    assert (found.exact, found.within, found.changed) == (2, 0, ())


@pytest.mark.parametrize(("off", "fine"), [(1.9, True), (2.0, True), (2.1, False), (-1.9, True), (-2.1, False)])
def test_a_tenth_of_half_the_interval_is_within_tolerance(off, fine):
    found = judged.judged(table({}), table({"difference": -100.0 + off}), PLAIN)
    assert (found.exact, found.within) == (0, int(fine))
    if not fine:
        assert [str(each) for each in found.changed] == [
            f"b beside a, in_reception: difference: published -100, now {-100 + off:g}"
        ]


def test_an_outcome_may_have_a_tolerance_of_its_own():
    strict, wide = (Tolerance(outcomes={"in_reception": most}) for most in (0.0, 50.0))
    assert len(judged.judged(table({}), table({"a": 1000.1}), strict).changed) == 1
    assert judged.judged(table({}), table({"a": 1049.0}), wide).within == 1


def test_without_an_interval_only_last_digits_may_differ():
    flat = {"difference": 0.0, "low": 0.0, "high": 0.0, "b": 1000.0}
    assert judged.judged(table(flat), table(flat | {"a": 1000.0000001}), PLAIN).within == 1
    assert len(judged.judged(table(flat), table(flat | {"a": 1000.001}), PLAIN).changed) == 1
    none = {"difference": math.nan, "low": math.nan, "high": math.nan, "a": math.nan, "b": math.nan}
    assert judged.judged(table(none), table(none), PLAIN).exact == 1
    assert len(judged.judged(table(none), table({}), PLAIN).changed) == 5


def test_rows_that_are_gone_or_new_and_other_words_have_changed():
    found = judged.judged(
        table({}, {"outcome": "gone"}), table({"runs": 8, "unit": "homes"}, {"outcome": "new"}), PLAIN
    )
    assert [str(each) for each in found.changed] == [
        "b beside a, in_reception: unit: published persons, now homes",
        "b beside a, in_reception: runs: published 16, now 8",
        "b beside a, gone: row: published there, now not there",
        "b beside a, new: row: published not there, now there",
    ]
    assert (found.exact, found.within) == (0, 0)


def test_a_table_comes_back_as_it_was_written():
    text = tables.as_csv(table({"a": 1 / 3, "low": math.nan}, {"outcome": "a, b"}))
    again = tables.from_csv(text, "mine.csv")
    assert tables.as_csv(again) == text
    assert again["a"].iloc[0] == pytest.approx(1 / 3, rel=1e-9)
    assert math.isnan(again["low"].iloc[0])


@pytest.mark.parametrize(
    "text", ["", "a,b\n1,2\n", tables.as_csv(table({}, {})), tables.as_csv(table({})).replace("1000", "many")]
)
def test_what_is_no_such_table_is_one_line(text):
    with pytest.raises(InputError, match=r"^mine\.csv: is not a table of outcomes, a row each: restore it, or publish"):
        tables.from_csv(text, "mine.csv")
