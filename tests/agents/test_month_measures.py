"""The model gives the measures of its last month: those that a run records."""

import numpy as np
import pytest

from abm import Model
from abm.engine.errors import InputError
from abm.measures import refusal
from tests.helpers.runs import recorded, small

SCALE = 0.01


@pytest.fixture(scope="module")
def model():
    started = Model(scale=SCALE, until="2015-12")
    started.step()
    return started


def test_a_measure_of_the_last_month_is_what_a_run_records():
    recorder = recorded(small("2015-03", scale=SCALE))
    model = Model(scale=SCALE, until="2015-03")
    with pytest.raises(InputError, match="no month is simulated yet"):
        model.measure("in_reception")
    for month in range(3):
        model.step()
        said = {key: values for key, values in recorder.values.items() if not refusal(*key, SCALE)}
        assert 0.9 * len(recorder.values) < len(said) < len(recorder.values)
        for (name, by), values in said.items():
            found = model.measure(name, by)
            assert np.array_equal(np.atleast_1d(found), values[month], equal_nan=True), (name, by)
    assert isinstance(model.measure("in_reception"), float)
    assert model.measure("in_reception") == model.measure("in_reception", "status").sum()
    stages = model.measure("in_reception", "stage")
    waiting = model.households.select(stage="AWAITING_HOME").select(lambda each: each.location is not None)
    assert stages["awaiting home"] == waiting.agg("size", sum) / SCALE
    assert (stages.name, stages.index.name) == ("in_reception", "stage")
    assert model.measure("in_reception", "municipality")["Westerwolde"] > 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("in_recepton",), "did you mean 'in_reception'"),
        (("in_reception", "sex"), "choose from total, kind"),
        (("wait_home",), "wait_home has no total: name a breakdown with 'by'"),
    ],
)
def test_a_measure_that_is_not_there_is_refused(model, words, said):
    with pytest.raises(InputError, match=said):
        model.measure(*words)
