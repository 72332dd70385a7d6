"""Every number of the model has a unit, bounds, a meaning and a source that can be looked up."""

import ast
import csv
import re
from pathlib import Path
from typing import get_args

import pytest
import yaml
from pydantic import ValidationError

import abm
from abm.engine import clock
from abm.engine.params import ProcessParams, about, once_for_params, param
from abm.engine.together import Ordered
from abm.facts import facts as inputs
from abm.scenario import PARAMS
from tests.helpers import village

FIELDS = {(process, name): field for process, model in PARAMS.items() for name, field in model.model_fields.items()}
SOURCES = yaml.safe_load((inputs.FOLDER / "sources.yaml").read_text(encoding="utf-8"))["sources"]
with (inputs.FOLDER / "national_series.csv").open(encoding="utf-8", newline="") as lines:
    SERIES = {row["name"] for row in csv.DictReader(lines)}
KNOWN = set(SOURCES) | SERIES
COLUMNS = set((inputs.FOLDER / "municipalities.csv").read_text(encoding="utf-8").partition("\n")[0].split(","))
EVIDENCE = re.compile(r"\bE[0-9]{3}\b")
every_parameter = pytest.mark.parametrize(("process", "name"), FIELDS, ids=[".".join(key) for key in FIELDS])


@every_parameter
def test_parameter_says_what_it_is(process, name):
    field, facts = FIELDS[process, name], about(FIELDS[process, name])
    assert len(field.description) > 10
    assert "\n" not in field.description
    assert re.fullmatch(r"[A-Za-z ]+(/[a-z]+)?", facts["unit"])
    assert isinstance(facts["lever"], bool)


@every_parameter
def test_source_can_be_looked_up(process, name):
    source = about(FIELDS[process, name])["source"]
    keys, colon, remark = source.partition(":")
    assert set(keys.split("|")) <= KNOWN, f"describe it in sources.yaml: {keys}"
    assert set(EVIDENCE.findall(source)) <= set(SOURCES)
    assert bool(remark.strip()) == bool(colon)


@every_parameter
def test_defaults_and_dated_values_are_allowed(process, name):
    field, facts = FIELDS[process, name], about(FIELDS[process, name])
    values = [field.default, *facts["dated"].values()]
    for value in values:
        kept = getattr(PARAMS[process](**{name: value}), name)
        assert kept == value
        if facts["low"] is None:
            assert value in (get_args(field.annotation) or (False, True))
        else:
            assert facts["low"] < facts["high"]
            assert facts["low"] <= value <= facts["high"]
            assert field.annotation in (int, float)
    months = [clock.index(month) for month in facts["dated"]]
    assert months == sorted(set(months))
    assert all(month > 0 for month in months)
    assert all(before != after for before, after in zip(values, values[1:], strict=False)), "a date without a change"


def beside(process, name):
    """Values of the parameters that a parameter belongs together with, which leave it all of its range."""
    found, fields = {}, PARAMS[process].model_fields
    for rule in PARAMS[process].TOGETHER:
        if name in rule.parameters:
            high_one = rule.high if isinstance(rule, Ordered) else None
            found |= {
                other: about(fields[other])["high" if other == high_one else "low"]
                for other in rule.parameters if other != name
            }  # fmt: skip
    return found


@every_parameter
def test_bounds_hold(process, name):
    field, facts = FIELDS[process, name], about(FIELDS[process, name])
    beyond = [None, "no such choice", float("nan"), float("inf")]
    if facts["low"] is not None:
        beyond += [facts["low"] - 1, facts["high"] + 1]
        for bound in (facts["low"], facts["high"]):
            assert getattr(PARAMS[process](**beside(process, name), **{name: bound}), name) == bound
    for value in beyond:
        with pytest.raises(ValidationError):
            PARAMS[process](**{name: value})
    assert get_args(field.annotation) or field.annotation in (int, float, bool)


@pytest.mark.parametrize("process", PARAMS)
def test_params_are_frozen_closed_and_explained(process):
    params = PARAMS[process]()
    assert PARAMS[process].__doc__ != ProcessParams.__doc__
    with pytest.raises(ValidationError, match="frozen"):
        setattr(params, next(iter(PARAMS[process].model_fields)), 1)
    with pytest.raises(ValidationError, match="Extra inputs"):
        PARAMS[process](no_such_parameter=1)


def test_a_declared_parameter_keeps_what_it_was_told():
    class Own(ProcessParams):
        """For this test."""

        rate: float = param(
            0.5, "share/month", 0, 1, "assumption", "how fast", lever=True, dated={"2022-10": 0.7}
        )  # fmt: skip

    field = Own.model_fields["rate"]
    assert (Own().rate, field.description) == (0.5, "how fast")
    assert about(field) == {
        "unit": "share/month", "source": "assumption", "lever": True, "dated": {"2022-10": 0.7}, "low": 0, "high": 1,
        "needs": (),
    }  # fmt: skip


@pytest.mark.parametrize("path", sorted(Path(abm.__file__).parent.rglob("*.py")), ids=lambda path: path.stem)
def test_sources_in_a_docstring_can_be_looked_up(path):
    _, _, source = (ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "").partition("Source:")
    words = {word for word in re.findall(r"[A-Za-z0-9_./]*[A-Za-z0-9]", source) if "_" in word}
    files = {word.removeprefix("abm/facts/data/") for word in words if word.endswith(".csv")}
    assert files <= {file.name for file in inputs.FOLDER.iterdir()}
    assert {word for word in words if not word.endswith(".csv")} | set(EVIDENCE.findall(source)) <= KNOWN | COLUMNS


def test_the_village_has_every_series_of_the_country():
    assert set(village.SERIES) == SERIES
    assert village.village(flex_homes=12).series_at("flex_homes", 999) == 12


def test_what_depends_on_params_alone_is_found_once_for_those_of_the_last_call():
    class Some(ProcessParams):
        size: float = param(1, "ratio", 0, 9, "assumption", "a size")

    asked = []
    doubled = once_for_params(lambda params: asked.append(params.size) or 2 * params.size)
    one, other = Some(), Some(size=3)
    assert [doubled(each) for each in (one, one, other, other, one)] == [2, 2, 6, 6, 2]
    assert asked == [1, 3, 1]
