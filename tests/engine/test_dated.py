"""Dated values: one, or one from each of some months on."""

import pickle
from typing import Annotated

import pytest
from jsonschema import Draft202012Validator
from pydantic import Field, Strict

from abm.engine.dated import LAST_MONTH, Dated, month
from abm.engine.errors import InputError
from abm.engine.forms import Form, Takes, read


class Own(Form):
    """For these tests."""

    rate: Dated[Annotated[float, Strict(), Field(ge=0, le=1), Takes("a number from 0 to 1")]] = 0.5
    free: Dated[bool] = False


@pytest.mark.parametrize(
    ("written", "steps"),
    [(1, {0: 1.0}), ({"2015-01": 0}, {0: 0.0}), ({"2016-02": 1, "2015-12": 0.2}, {13: 1.0, 11: 0.2})],
)
def test_steps_by_month(written, steps):
    assert read(Own, {"rate": written}, "x").rate.steps == steps


@pytest.mark.parametrize(
    ("later", "expected"),
    [
        (9, {0: 9}),  # for the whole run
        ({"2015-01": 9}, {0: 9}),
        ({"2016-01": 9}, {0: 6, 12: 9}),  # earlier ones stay, later ones make way
        ({"2016-02": 9, "2030-01": 12}, {0: 6, 13: 9, 180: 12}),
        ({"2030-01": 12}, {0: 6, 13: 15, 180: 12}),
    ],
)
def test_steps_behind_earlier_ones(later, expected):
    assert Dated(later).after({0: 6, 13: 15}) == expected


def test_a_plain_value_can_begin_later_and_a_dated_one_keeps_its_dates():
    assert Dated(3).since("2027-01") == {"2027-01": 3}
    assert Dated(3).since(None) == 3
    assert Dated({"2015-01": 3}).since("2027-01") == {"2015-01": 3}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ({"rate": 2}, "rate: 2 is not allowed: give a number from 0 to 1"),
        ({"rate": {"2027-01": 2}}, "rate: 2027-01: 2 is not allowed: give a number from 0 to 1"),
        ({"rate": {"2027-01": {"2028-01": 1}}}, "rate: 2027-01: {'2028-01': 1} is not allowed: give a number from 0"),
        ({"rate": {}}, "rate: holds no months: write a value, or {2027-01: value}"),
        ({"rate": {"2027-13": 1}}, "rate: '2027-13' is not a month: write it as YYYY-MM, like 2027-01"),
        ({"rate": {2027: 1}}, "rate: '2027' is not a month: write it as YYYY-MM, like 2027-01"),
        ({"rate": {"2014-12": 1}}, "rate: 2014-12 is outside the run: give a month from 2015-01 to 2050-12"),
        ({"rate": {"2051-01": 1}}, "rate: 2051-01 is outside the run: give a month from 2015-01 to 2050-12"),
    ],
    ids=str,
)
def test_what_is_refused(content, said):
    with pytest.raises(InputError) as error:
        read(Own, content, "x")
    assert str(error.value).startswith(f"x: {said}")


def test_months_of_a_run():
    assert [month(label) for label in ("2015-01", LAST_MONTH)] == ["2015-01", LAST_MONTH]
    with pytest.raises(ValueError, match="2021-01 is outside the run: give a month from 2015-01 to 2020-12"):
        month("2021-01", "2020-12")


def test_the_schema_takes_what_is_read():
    schema = Draft202012Validator(Own.model_json_schema())
    good = [{"rate": 1}, {"rate": {"2027-01": 0.5}}, {"free": True}, {"free": {"2015-01": False}}, {}]
    wrong = [{"rate": 2}, {"rate": {}}, {"rate": {"2027-01": 2}}, {"rate": {"2027-13": 1}}, {"free": {"soon": True}}]
    assert [schema.is_valid(content) for content in good + wrong] == [True] * len(good) + [False] * len(wrong)


def test_dated_values_are_equal_by_what_was_written_and_can_be_sent():
    assert Dated(3) == Dated(3) != Dated({"2015-01": 3})
    assert pickle.loads(pickle.dumps(Dated({"2015-01": 3}))) == Dated({"2015-01": 3})
