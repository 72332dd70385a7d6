"""The canonical form of a scenario: it names what a run was asked, whole, and a scenario can be made of it again."""

import json
from pathlib import Path

import pytest

from abm import scenario
from abm.engine.errors import InputError
from abm.engine.params import about
from abm.scenario import PARAMS

SCENARIOS = sorted((Path(__file__).parents[2] / "configs" / "scenarios").glob("*.yaml"))


def another(field):
    """An allowed value near the default, but not the default: shares of one whole and pairs in order allow it too."""
    facts = about(field)
    if facts["low"] is not None:
        end = facts["low"] if field.default != facts["low"] else facts["high"]
        step = (end - field.default) / 100
        return field.default + (round(step) or (1 if step > 0 else -1) if field.annotation is int else step)
    return next(value for value in getattr(field.annotation, "__args__", (True, False)) if value != field.default)


@pytest.mark.parametrize("process", PARAMS)
def test_digest_changes_with_every_parameter(process):
    plain = scenario.default().changed(until="2015-03")
    digests = {plain.digest()}
    for parameter, field in PARAMS[process].model_fields.items():
        section = "policy" if about(field)["lever"] else "world"
        value = another(field)
        assert plain.with_values({f"{section}.{process}.{parameter}": {"2015-03": value}}).digest() not in digests
        digests.add(plain.with_values({f"{section}.{process}.{parameter}": value}).digest())
    assert len(digests) == len(PARAMS[process].model_fields) + 1


def test_digest_changes_with_period_seed_and_scale_and_not_with_words(tmp_path):
    plain = scenario.default()
    others = [plain.changed(until="2035-11"), plain.changed(seed=2), plain.changed(scale=0.5)]
    assert len({plain.digest(), *(other.digest() for other in others)}) == 4
    (tmp_path / "x.yaml").write_text("name: some name\ntitle: some title\nscale: 1\n")
    named = scenario.load(tmp_path / "x.yaml")
    assert named.digest() == plain.digest()
    same = plain.with_values({"policy.decision.capacity_factor": {"2027-01": 1, "2028-01": 1}})
    assert same.digest() == plain.digest()  # a date on which nothing changes changes nothing


def test_canonical_is_plain_json():
    found = scenario.default().changed(until="2017-06")
    content = found.canonical()
    assert json.loads(json.dumps(content, allow_nan=False)) == content
    assert list(content) == ["until", "seed", "scale", "params"]
    assert content["params"]["decision.capacity_factor"] == {"2015-01": 1.0}
    # crisis reception and stays with hosts of 2015 and 2016, the own contribution of 2016, two terms for a decision
    dates = {"2015-01", "2015-09", "2016-01", "2016-02", "2016-11", "2017-02"}
    assert {month for steps in content["params"].values() for month in steps} == dates
    assert content["params"]["money.decision_term"]["2016-02"] == 15


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_a_scenario_is_restored_from_its_canonical_form(path):
    found = scenario.load(path).changed(seed=7, scale=0.5)
    again = scenario.restored(json.loads(json.dumps(found.canonical())), "again")
    assert again.digest() == found.digest()
    for month in found.changes():
        assert again.params_at(month) == found.params_at(month)


def test_a_record_of_another_model_is_refused_in_one_line():
    found = scenario.default().canonical()
    for wrong, said in (
        ({"decision.capacity": {"2015-01": 1}}, "decision.capacity: this model has no such parameter"),
        ({"decision.capacity_factor": {"2015-01": 99}}, "0.25 to 4"),
    ):
        with pytest.raises(InputError, match=said) as raised:
            scenario.restored(found | {"params": found["params"] | wrong})
        assert "\n" not in str(raised.value)
    lacking = {key: value for key, value in found["params"].items() if key != "decision.capacity_factor"}
    with pytest.raises(InputError, match="decision.capacity_factor: is missing"):
        scenario.restored(found | {"params": lacking})
