"""Quantities of a run, worked out by hand; and those that a run does not have."""

import pytest

from abm.engine.errors import InputError
from experiments.validation.simulated import simulated
from tests.helpers.observed import target, tiny


@pytest.fixture
def run(tmp_path):
    return tiny(tmp_path, scale=1.0)  # on which every measure is said


def value(run, measure, period):
    (found,) = simulated([run], [target(measure, (period, 1))])
    return found.values[0]


SHARE = {"measure": "homes_let", "by": "region", "take": "sum"}
FREED = {"measure": "homes_freed", "by": "region", "take": "sum"}


@pytest.mark.parametrize(
    ("measure", "period", "answer"),
    [
        ({"measure": "in_reception", "take": "end"}, "2015-05", 500),
        ({"measure": "in_reception", "take": "end"}, "2015", 1200),
        ({"measure": "in_reception", "take": "end"}, "2016-I", 1800),
        ({"measure": "in_reception", "take": "mean"}, "2015-I", 350),  # (100 + ... + 600) / 6
        ({"measure": "housed", "take": "sum"}, "2015-03", 10),
        ({"measure": "housed", "take": "sum"}, "2015-II", 60),
        ({"measure": "housed", "take": "sum"}, "2016", 120),
        ({"measure": "housed", "take": "sum", "divided_by": 1000}, "2016", 0.12),
        ({"measure": "task", "take": "sum"}, "2015-I", 50),  # told six times, asked once
        ({"measure": "task", "take": "sum"}, "2016", 140),
        ({"measure": "housed", "take": "sum", "minus": {"measure": "task", "take": "sum"}}, "2015", 20),
        ({"measure": "housed", "take": "sum", "minus": {"measure": "task", "take": "sum"}}, "2016", -20),
        ({"measure": "wait_decision", "by": "statistic", "groups": ["mean"], "take": "mean"}, "2015", 6.5),
        (SHARE | {"groups": ["Beta"]}, "2015", 36),
        (SHARE, "2015", 114),  # 78 + 36
        (SHARE | {"over": FREED}, "2015", 114 / 1560),
        (SHARE | {"over": FREED, "across": "highest"}, "2015", 0.1),  # 78 / 780
        (SHARE | {"over": FREED, "across": "lowest"}, "2015", 36 / 780),
        ({"measure": "places_by_municipality", "by": "municipality", "take": "end", "across": "zeros"}, "2015-01", 2),
    ],
)
def test_known_answers(run, measure, period, answer):
    assert value(run, measure, period) == pytest.approx(answer)


@pytest.mark.parametrize("period", ["2014-12", "2014", "2017-01", "2017-I", "2035"])
def test_a_period_that_the_run_does_not_hold_is_outside(run, period):
    (found,) = simulated([run], [target({"measure": "housed", "take": "sum"}, (period, 1))])
    assert (found.values, found.why) == ((), "outside the run")


def test_what_the_model_lacks_is_not_yet(run):
    (found,) = simulated([run], [target(None, ("2015", 0.4), kind="points", value=3, needs="learning and work")])
    assert (found.values, found.why) == ((), "not yet")


def test_a_measure_that_runs_lack_is_named(run):
    lacking = target({"measure": "permits", "take": "sum"}, ("2015", 1))
    there = target({"measure": "housed", "take": "sum"}, ("2015", 1), id="C2")
    one, other = simulated([run], [lacking, there])
    assert (one.values, one.why) == ((), "not measured")
    assert one.lacking == "permits by total: the model that made these runs has it not"
    assert other.values == (120,)  # the others are taken all the same


def test_a_measure_that_is_refused_at_the_scale_is_named(tmp_path):
    met = {"measure": "municipalities_met", "take": "end"}
    wrapped = {
        "measure": "in_reception",
        "take": "end",
        "minus": {"measure": "in_reception", "take": "end", "over": met},
    }
    for made in (met, wrapped):
        (found,) = simulated([tiny(tmp_path)], [target(made, ("2015-01", 1))])
        assert (found.values, found.why) == ((), "not said at this scale")
        assert found.lacking.startswith("municipalities_met: says nothing below scale ")


def test_a_group_that_is_none_is_refused(run):
    with pytest.raises(InputError, match="homes_let by region has no group 'Gamma': correct the target"):
        value(run, {"measure": "homes_let", "by": "region", "groups": ["Gamma"], "take": "sum"}, "2015")


def test_each_run_has_its_value(run, tmp_path):
    runs = [run, tiny(tmp_path, "other", seed=2, persons=110, scale=1.0)]
    (found,) = simulated(runs, [target({"measure": "in_reception", "take": "end"}, ("2015-02", 1))])
    assert found.values == (200, 220)
