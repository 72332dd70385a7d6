"""Values of NumPy, pandas and pathlib are what a file would hold."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from abm.engine.errors import InputError
from abm.engine.plain_values import plain
from abm.scenario import default

KEY = "policy.decision.capacity_factor"


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (np.int64(3), 3),
        (np.float32(1.5), 1.5),
        (np.bool_(True), True),
        (np.str_("a"), "a"),
        (np.array(2), 2),
        (np.array([[1, 2], [3, 4]]), [[1, 2], [3, 4]]),
        (range(1, 4), [1, 2, 3]),
        ((np.int8(1), "a"), [1, "a"]),
        (pd.Series([1.0, 2.0]), [1.0, 2.0]),
        (pd.Series({"2020-01": 1.5}), {"2020-01": 1.5}),
        (pd.Series([1, 2], index=pd.period_range("2020-01", periods=2, freq="M")), {"2020-01": 1, "2020-02": 2}),
        (pd.Index(["a"]), ["a"]),
        (pd.period_range("2020-01", periods=2, freq="M"), ["2020-01", "2020-02"]),
        (Path("a") / "b", "a/b"),
        (pd.Period("2030-01", "M"), "2030-01"),
        (pd.Timestamp("2030-01-01"), "2030-01"),
        ({pd.Period("2030-01", "M"): np.int64(1)}, {"2030-01": 1}),
        (None, None),
    ],
)
def test_a_value_as_a_file_would_hold_it(value, written):
    found = plain(value)
    assert found == written
    assert type(found) is type(written)


def test_a_scenario_takes_them_and_is_the_same():
    plainly = default().changed(seed=3, scale=0.5, until="2030-01").with_values({KEY: {"2020-01": 1.5}})
    told = default().changed(seed=np.int64(3), scale=np.float64(0.5), until=pd.Period("2030-01", "M"))
    assert told.with_values({KEY: pd.Series({"2020-01": 1.5})}).digest() == plainly.digest()
    assert default().changed(layout=np.int64(2025)).layout == 2025


@pytest.mark.parametrize("value", [np.bool_(True), np.array([1.5]), pd.Series([1.5]), range(3), np.nan, object()])
def test_what_is_no_value_of_a_parameter_is_one_line(value):
    with pytest.raises(InputError, match="capacity_factor") as error:
        default().with_values({KEY: value})
    assert "\n" not in str(error.value)
