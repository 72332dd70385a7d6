"""More than a whole is refused wherever it comes from, in the month in which it begins."""

from dataclasses import replace

import pytest

from abm import scenario
from abm.engine.errors import InputError
from abm.scenario import Scenario

SMALL, MIDDLE = "world.housing.small_share", "world.housing.middle_share"
SIZES = "is more than the whole (vacancies by size; the rest: homes for five or more persons): lower one, to at most 1 "


def file(folder, content, name="bad.yaml"):
    path = folder / name
    path.write_text(content, encoding="utf-8")
    return path


def refusal(act, *arguments):
    """The one line with which a call is refused."""
    with pytest.raises(InputError) as error:
        act(*arguments)
    assert "\n" not in str(error.value)
    return str(error.value)


def test_a_file_with_more_homes_than_there_are(tmp_path):
    path = file(tmp_path, "world: {housing: {small_share: 1, middle_share: 1}}")
    line = refusal(scenario.load, path)
    assert line.startswith(f"{path}: world.housing: small_share 1 + middle_share 1 = 2 in 2015-01 {SIZES}")


def test_a_file_with_three_times_the_people(tmp_path):
    path = file(tmp_path, "world: {start: {status_share: 1, pending_share: 1, refused_share: 1}}")
    line = refusal(scenario.load, path)
    assert line.startswith(f"{path}: world.start: status_share 1 + pending_share 1 + refused_share 1 = 3 in 2015-01 is")


def test_one_part_counts_with_the_defaults_of_the_others():
    line = refusal(Scenario().with_values, {SMALL: 0.7})
    assert line.startswith(f"--set: world.housing: small_share 0.7 + middle_share 0.4 = 1.1 in 2015-01 {SIZES}")
    assert Scenario().with_values({SMALL: 0.7, MIDDLE: 0.3}).params_at(0)["housing"].middle_share == 0.3


@pytest.mark.parametrize(
    ("small", "middle", "month"),
    [
        ({"2020-01": 0.5, "2027-01": 0.8}, 0.4, "2027-01"),
        ({"2020-01": 0.9, "2020-02": 0.5}, {"2015-01": 0.1, "2019-12": 0.4}, "2020-01"),  # a month, no more
        ({"2020-01": 0.6}, {"2015-01": 0.4, "2030-06": 0.41}, "2030-06"),
    ],
)
def test_one_month_is_enough(small, middle, month):
    line = refusal(Scenario().with_values, {SMALL: small, MIDDLE: middle})
    assert f" in {month} {SIZES}" in line


def test_dated_parts_that_change_places_are_allowed():
    found = Scenario().with_values({SMALL: {"2015-01": 0.9, "2020-01": 0.1}, MIDDLE: {"2015-01": 0.1, "2020-01": 0.9}})
    assert [found.params_at(month)["housing"].small_share for month in (59, 60)] == [0.9, 0.1]


def test_what_a_file_extends_counts(tmp_path):
    file(tmp_path, "world: {housing: {small_share: 0.55}}", "base.yaml")
    path = file(tmp_path, "extends: base.yaml\nworld: {housing: {middle_share: {2030-01: 0.5}}}")
    assert refusal(scenario.load, path).startswith(
        f"{path}: world.housing: small_share 0.55 + middle_share 0.5 = 1.05 in"
    )


def test_a_pair_out_of_order():
    line = refusal(Scenario().with_values, {"world.moving.usual_hours": {"2020-01": 1_200}})
    assert line == (
        "--set: world.moving: usual_hours 1200 is above most_hours 1000 in 2020-01: "
        "lower the first, or raise the second"
    )


def test_a_record_with_more_than_a_whole():
    record = Scenario().canonical()
    record["params"]["housing.small_share"] = {"2015-01": 0.8}
    assert refusal(scenario.restored, record).startswith(
        "record: world.housing: small_share 0.8 + middle_share 0.4 = 1.2"
    )


def test_values_that_were_put_into_a_scenario_itself():
    values = dict(Scenario().values) | {("housing", "small_share"): {0: 0.45, 12: 0.8}}
    found = replace(Scenario(), values=values, source="mine")
    assert found.params_at(11)["housing"].small_share == 0.45
    line = refusal(found.params_at, 12)
    assert line.startswith(f"mine: housing: small_share 0.8 + middle_share 0.4 = 1.2 {SIZES}")
