"""Numbers: YAML 1.2's, those with two meanings, and those that people write otherwise."""

import math
import pickle

import pytest

from abm.engine.numerals import Grouped, advice, certain, number


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", 0), ("-19", -19), ("+3", 3), ("010", 10), ("008", 8), ("0o10", 8), ("0x1F", 31),
        ("1.5e0", 1.5), ("1e3", 1000.0),
        (".5", 0.5), ("5.", 5.0), ("-0.125", -0.125), ("12e03", 12_000.0), (".inf", math.inf), ("-.INF", -math.inf),
    ],
)  # fmt: skip
def test_numbers_of_the_core_schema(text, value):
    found = number(text)
    assert (found, type(found)) == (value, type(value))


def test_what_is_no_number_is_none():
    words = (
        "",
        "-",
        ".",
        "e3",
        "1_000",
        "10:30:00",
        "1,5",
        "0b1",
        "0O7",
        "-0x1",
        "\u0663",
        "\u00b2",
        "1 0",
        "2027-01",
        "inf",
    )
    assert [word for word in words if number(word) is not None] == []
    assert math.isnan(number(".nan"))


@pytest.mark.parametrize("text", ["9" * 5_000, "0x" + "f" * 5_000, "0." + "3" * 5_000, "1e400", "-1e999999999"])
def test_numbers_that_nobody_means(text):
    with pytest.raises(ValueError, match=r"^is a number "):
        number(text)


@pytest.mark.parametrize(
    ("text", "low", "high", "found"),
    [
        ("38.000", 5_000, 80_000, "38.000 may be 38 or 38000: write 38000, or 38.0"),
        ("1.125", 0.25, 4, 1.125),  # nobody can mean 1125
        ("1.125", 0, 2_000, "1.125 may be 1.125 or 1125: write 1125, or 1.1250"),
        ("-1.500", -math.inf, math.inf, "-1.500 may be -1.5 or -1500: write -1500, or -1.5"),
        ("0.125", 0, math.inf, 0.125),  # no thousands begin with a 0
        ("1000.125", 0, math.inf, 1000.125),
        ("1.25", 0, math.inf, 1.25),
        ("1.1250", 0, math.inf, 1.125),
    ],
)
def test_three_decimals_may_be_thousands(text, low, high, found):
    value = number(text)
    if isinstance(found, str):
        with pytest.raises(ValueError, match="may be") as error:
            certain(value, low, high)
        assert str(error.value) == found
    else:
        assert certain(value, low, high) == found
        assert type(certain(value, low, high)) is float


def test_what_is_no_such_number_is_left_alone():
    assert [certain(value) for value in (1, 38.0, "38.000", None, True)] == [1, 38.0, "38.000", None, True]
    assert pickle.loads(pickle.dumps(Grouped("38.000"))) == 38.0


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("1,5", " (write 1.5)"),
        ("1.500.000", " (write 1500000)"),
        ("1,500", " (write 1.5 or 1500)"),
        ("1.500,25", " (write 1500.25)"),
        ("1,500.25", " (write 1500.25)"),
        ("1_000", " (write 1000)"),
        ("10 000", " (write 10000)"),
        ("2", " (write 2)"),
        ("10:30", ""),
        ("fast", ""),
        ("", ""),
        ("\u0663", ""),
        ("1" * 5_000, ""),
    ],
    ids=lambda text: ascii(text)[:20],
)
def test_how_to_write_it_instead(text, told):
    assert advice(text) == told
