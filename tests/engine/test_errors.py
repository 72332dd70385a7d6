"""Errors: what a person wrote is shown short, on one line, and no terminal obeys it."""

import pickle

import pytest

from abm.engine.errors import LONGEST, InputError, brief, cut, escaped, listed, shown


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("plain é 😀", "plain é 😀"),
        ("two\nlines\r\n", "two\\nlines\\r\\n"),
        ("\x1b[31mred\x07", "\\x1b[31mred\\x07"),
        ("\x9b2J", "\\x9b2J"),
        ("a\u2028b\u202ec", "a\\u2028b\\u202ec"),
        ("\udcff", "\\udcff"),
        ("a\\b", "a\\b"),
    ],
    ids=ascii,
)
def test_no_terminal_obeys_what_is_escaped(text, told):
    assert escaped(text) == told
    assert escaped(told) == told
    told.encode()


def test_long_text_loses_its_middle():
    assert cut("x" * 60) == "x" * 60
    assert cut("a" * 40 + "b" * 40, 11) == "aaaa...bbbb"
    assert len(brief("x" * 1_000_000)) == 60


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (1.5, "1.5"),
        (True, "True"),
        ("a\nb", "'a\\nb'"),
        (2**64, "18446744073709551616"),
        (10**5_000, "a number of about 5,000 digits"),
        ({"a": 10**5_000}, "{'a': a number of about 5,000 digits}"),
        ([1] * 1_000, "[1, 1, 1, 1, 1, 1, ...]"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_value_is_shown_short(value, told):
    assert shown(value) == told


def test_deep_and_wide_values_are_shown_short():
    deep = "x" * 3_000
    for _ in range(200):
        deep = [deep] * 9
    assert len(shown(deep)) <= 120


def test_of_three_thousand_names_some_are_listed():
    names = [f"name-{number}" for number in range(3_000)]
    told = listed(names)
    assert told.startswith("name-0, name-1, ")
    assert len(told) < 300
    counted = told.count("name-")
    assert told.endswith(f" and {3_000 - counted:,} more")
    assert listed(["a", "b\n"]) == "a, b\\n"


def test_a_message_is_one_line_whatever_it_quotes():
    error = InputError("x.yaml: 'a\nb\x1b[2J' " + "y" * 10_000)
    assert str(error).isprintable()
    assert len(str(error)) == LONGEST
    assert str(pickle.loads(pickle.dumps(error))) == str(error)
