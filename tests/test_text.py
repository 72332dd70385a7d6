"""Numbers, sizes, times and periods in words, in both languages."""

import math

import numpy as np
import pytest

from experiments import text

NAN, INF = float("nan"), math.inf


@pytest.mark.parametrize(
    ("value", "words", "dutch"),
    [
        (12345, "12,345", "12.345"),
        (12345.6, "12,346", "12.346"),
        (100.4, "100", "100"),
        (99.96, "100", "100"),
        (3.456, "3.46", "3,46"),
        (3.4, "3.4", "3,4"),
        (np.float64(0.01234), "0.0123", "0,0123"),
        (np.int64(7), "7", "7"),
        (3.0, "3", "3"),
        (0, "0", "0"),
        (-0.0, "0", "0"),
        (-1234.5, "-1,234", "-1.234"),
        (NAN, "–", "–"),
        (INF, "∞", "∞"),
    ],
)
def test_numbers(value, words, dutch):
    assert text.number(value) == words
    assert text.number(value, language=text.DUTCH) == dutch


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (65731, "65,700"),
        (0, "0"),
        (-0.0, "0"),
        (12.345, "12.3"),
        (0.1239, "0.124"),
        (0.09996, "0.1"),
        (9996, "10,000"),
        (1.5e-7, "0.00000015"),
        (1e9, "1,000,000,000"),
        (-4567, "-4,570"),
        (NAN, "–"),
    ],
)
def test_numbers_of_three_digits(value, words):
    assert text.brief(value) == words
    assert text.brief(value, language=text.DUTCH) == words.translate(str.maketrans(",.", ".,"))


def test_signs_shares_and_points():
    assert [text.number(value, sign=True) for value in (200, -0.123, 0)] == ["+200", "-0.123", "+0"]
    assert [text.fixed(value, 2) for value in (0.1, -12.345, 1234)] == ["0.10", "-12.34", "1,234.00"]
    assert [text.share(value) for value in (0.123, 0.07, 1.5)] == ["12%", "7%", "150%"]
    assert text.share(0.1234, 1) == "12.3%"
    assert text.share(-0.2, sign=True) == "-20%"
    assert text.points(0.0123) == "+1.2 pp"
    assert text.points(-0.0123, language=text.DUTCH) == "-1,2 pp"


def test_intervals():
    assert text.interval(0.1, 0.2) == "+0.10 to +0.20"
    assert text.interval(-0.39, INF) == "at least -0.39"
    assert text.interval(-INF, 0.49) == "at most +0.49"


@pytest.mark.parametrize(
    ("bytes_", "words"),
    [(0, "0 kB"), (999, "0.999 kB"), (1500, "1.5 kB"), (1_388_000, "1.39 MB"), (1e9, "1 GB"), (2e12, "2 TB"),
     (3e15, "3,000 TB")],
)  # fmt: skip
def test_sizes(bytes_, words):
    assert text.size(bytes_) == words


@pytest.mark.parametrize(
    ("seconds", "words", "dutch"),
    [
        (0, "0 sec", "0 sec"),
        (59.4, "59 sec", "59 sec"),
        (60, "1 min", "1 min"),
        (3500, "58 min", "58 min"),
        (3600, "1.0 hr", "1,0 uur"),
        (12240, "3.4 hr", "3,4 uur"),
    ],
)
def test_times(seconds, words, dutch):
    assert text.duration(seconds) == words
    assert text.duration(seconds, language=text.DUTCH) == dutch


@pytest.mark.parametrize(
    ("period", "words", "dutch"),
    [
        ("2015", "2015", "2015"),
        ("2015-I", "the first half of 2015", "de eerste helft van 2015"),
        ("2015-II", "the second half of 2015", "de tweede helft van 2015"),
        ("2014-12", "December 2014", "december 2014"),
    ],
)
def test_periods(period, words, dutch):
    assert text.period(period) == words
    assert text.period(period, language=text.DUTCH) == dutch


@pytest.mark.parametrize(
    ("hours", "words"),
    [(0.7401, "0.75"), (0.0999, "0.10"), (0.75, "0.75"), (1234.5, "1300"), (1, "1")],
)
def test_numbers_rounded_up(hours, words):
    assert text.ceiled(hours) == words


def test_values_as_in_a_file():
    assert [text.plain(value) for value in (1.0, 2.5, 3, True, "task")] == ["1", "2.5", "3", "true", "task"]
