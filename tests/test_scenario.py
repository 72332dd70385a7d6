"""Scenarios: files that say only what differs, and errors of one line with file, key and way out."""

import json
import pickle
import re
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator  # comes with altair

from abm import scenario
from abm.engine.errors import InputError
from abm.engine.yaml_input import read_value
from abm.parameters import json_schema
from abm.scenario import Scenario

CONFIGS = Path(__file__).parent.parent / "configs"
TERMS = {0: 6, 13: 15, 25: 6, 93: 15, 120: 6}  # statutory term by month: 2015-01, 2016-02, 2017-02, 2022-10, 2025-01


@pytest.fixture
def write(tmp_path):
    """Write a file beside the others of this test and return its path."""

    def to(name, content):
        path = tmp_path / name
        path.write_text(content, encoding="utf-8") if isinstance(content, str) else path.write_bytes(content)
        return path

    return to


def steps(found, process, parameter):
    """Values of a parameter by the month in which they begin, asked month by month."""
    months = [getattr(found.params_at(month)[process], parameter) for month in range(found.months)]
    return {month: value for month, value in enumerate(months) if month == 0 or months[month - 1] != value}


def refusal(act, *arguments):
    """The one line with which a call is refused."""
    with pytest.raises(InputError) as error:
        act(*arguments)
    message = str(error.value)
    assert "\n" not in message
    assert len(message) < 600
    return message


# --- what a scenario is


@pytest.mark.parametrize("content", ["", "# nothing yet\n", "{}", "policy:\nworld:\n", "\ufeffpolicy: {}"])
def test_a_file_that_says_nothing_is_the_default(write, content):
    found = scenario.load(write("plain.yaml", content))
    assert found.canonical() == scenario.default().canonical()
    assert (found.name, found.title, found.months) == ("plain", "", 252)
    assert steps(found, "money", "decision_term") == TERMS


def test_a_file_says_what_differs(write):
    text = """
        name: faster
        title: Decide twice as fast
        until: 2030-06
        seed: 18446744073709551615
        scale: 1
        world: {arrival: {first_applications: 30000}}
        policy: {decision: {capacity_factor: 2}, placement: {rule: quota, ties_first: False}}
    """
    found = scenario.load(write("other.yaml", text))
    assert (found.name, found.title, found.until, found.months) == ("faster", "Decide twice as fast", "2030-06", 186)
    assert (found.seed, found.scale) == (2**64 - 1, 1.0)
    params = found.params_at(100)
    assert (params["decision"].capacity_factor, params["arrival"].first_applications) == (2.0, 30000.0)
    assert (params["placement"].rule, params["placement"].ties_first) == ("quota", False)
    assert params["decision"].closing_factor == 1.0


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("9", {0: 9}),  # one value is for the whole run, also where the law had dates
        ("{2015-01: 9}", {0: 9}),
        ("{2018-01: 9}", {0: 6, 13: 15, 25: 6, 36: 9}),  # earlier dates of law stay, later ones make way
        ("{2016-02: 9, 2030-01: 12}", {0: 6, 13: 9, 180: 12}),
        ("{2027-01: 9}", TERMS | {144: 9}),
        ("{2030-01: 12, 2027-01: 9}", TERMS | {144: 9, 180: 12}),
    ],
)
def test_dated_values(write, given, expected):
    found = scenario.load(write("dated.yaml", f"policy: {{money: {{decision_term: {given}}}}}"))
    assert steps(found, "money", "decision_term") == expected
    assert set(found.changes()) >= set(expected)


def test_params_are_the_same_object_until_something_changes():
    found = scenario.default()
    last = found.changes()[-1]
    assert found.params_at(last) is found.params_at(last + 1) is found.params_at(found.months - 1)
    assert found.params_at(last) is not found.params_at(last - 1)


def test_extends_puts_difference_on_difference(write, tmp_path):
    (tmp_path / "world").mkdir()
    write(
        "world/crisis.yaml", "title: Many come\nseed: 7\nworld: {arrival: {first_applications: 60000, adult_age: 28}}"
    )
    write("middle.yaml", "extends: world/crisis.yaml\nscale: 0.5\npolicy: {money: {decision_term: {2018-01: 9}}}")
    top = """
        extends: middle.yaml
        world: {arrival: {first_applications: 50000}}
        policy: {money: {decision_term: {2020-01: 12}}}
    """
    found = scenario.load(write("top.yaml", top))
    assert (found.name, found.title, found.seed, found.scale) == ("top", "Many come", 7, 0.5)
    assert found.params_at(0)["arrival"].first_applications == 50_000
    assert found.params_at(0)["arrival"].adult_age == 28
    assert steps(found, "money", "decision_term") == {0: 6, 13: 15, 25: 6, 36: 9, 60: 12}
    assert found.source == str(tmp_path / "top.yaml")


def test_with_values_is_as_if_written_in_the_file(write):
    written = scenario.load(write("a.yaml", "policy: {money: {decision_term: {2018-01: 9}}, housing: {flex_share: 1}}"))
    values = {"policy.money.decision_term": {"2018-01": 9}, "policy.housing.flex_share": 1}
    given = scenario.default().with_values(values)
    assert given.canonical() == written.canonical()
    assert scenario.default().canonical() != given.canonical()


def test_changed_takes_what_is_given():
    found = scenario.default().changed(seed=5, scale=None, until="2020-12")
    assert (found.seed, found.scale, found.months) == (5, 1.0, 72)


# --- what decides the outcome


def test_a_scenario_can_be_sent_to_another_process(write):
    found = scenario.load(write("x.yaml", "policy: {money: {decision_term: {2018-01: 9}}}"))
    found.params_at(0)
    sent = pickle.loads(pickle.dumps(found))
    assert sent == found
    assert sent.digest() == found.digest()
    assert steps(sent.changed(seed=3), "money", "decision_term") == steps(found, "money", "decision_term")


def test_a_scenario_made_in_python_has_the_dates_of_law():
    assert steps(Scenario(until="2018-01"), "money", "decision_term") == {0: 6, 13: 15, 25: 6}


# --- what is refused: content of bad.yaml, words that its one line must hold

RULES = "give one of free, quota, random, greedy, batch, dynamic, preference"
BAD = [
    ("polcy: {}", "unknown key 'polcy': did you mean 'policy'?"),
    ("sede: 1", "unknown key 'sede': did you mean 'seed'?"),
    ("1: 2", "is no scenario: it has none of the keys name, title"),
    ("policy: {decison: {}}", "policy.decison: no such process: did you mean 'decision'?"),
    ("policy: {decision: {capacity_facter: 1}}", "did you mean 'capacity_factor'?"),
    ("policy: {decision: {zzz: 1}}", "policy.decision.zzz: no such parameter: choose from capacity_factor"),
    ("policy: {decision: {capacity_factor: 5}}", "factor: 5 is not allowed: give a number from 0.25 to 4 [ratio]"),
    ("world: {arrival: {first_applications: -1}}", "give a number from 5000 to 80000 [persons/year]"),
    ("world: {arrival: {mix_years: 2.5}}", "mix_years: 2.5 is not allowed: give a whole number from 1 to 11 [years]"),
    ("policy: {decision: {capacity_factor: fast}}", "'fast' is not allowed: give a number from 0.25 to 4 [ratio]"),
    ("policy: {decision: {capacity_factor: '2'}}", "'2' is not allowed: give a number from 0.25 to 4 [ratio]"),
    ("policy: {decision: {capacity_factor: yes}}", "'yes' is not allowed: give a number"),
    ("policy: {decision: {capacity_factor: true}}", "True is not allowed: give a number"),
    ("policy: {decision: {capacity_factor: }}", "None is not allowed: give a number"),
    ("policy: {decision: {capacity_factor: [1]}}", "[1] is not allowed: give a number"),
    ("policy: {decision: {capacity_factor: .nan}}", "nan is not allowed: give a number"),
    ("policy: {decision: {capacity_factor: .inf}}", "inf is not allowed: give a number"),
    ("policy: {decision: {capacity_factor: 2020-01-01}}", "is not allowed: give a number"),
    ("policy: {decision: {capacity_factor: {}}}", "holds no months: write a value, or {2027-01: value}"),
    ("policy: {decision: {capacity_factor: {2027-01: {2028-01: 1}}}}", "is not allowed: give a number"),
    ("policy: {placement: {rule: no}}", f"'no' is not allowed: {RULES}"),
    ("policy: {placement: {rule: best}}", f"'best' is not allowed: {RULES}"),
    ("policy: {placement: {rule: 1}}", f"1 is not allowed: {RULES}"),
    ("policy: {placement: {ties_first: 1}}", "1 is not allowed: give true or false"),
    ("policy: {placement: {ties_first: 'yes'}}", "'yes' is not allowed: give true or false"),
    ("world: {decision: {capacity_factor: 1}}", "world.decision.capacity_factor: is a lever: put it under 'policy:'"),
    ("policy: {arrival: {mix_years: 1}}", "policy.arrival.mix_years: is not a lever: put it under 'world:'"),
    ("policy: {decision: {capacity_factor: {2014-12: 1}}}", "2014-12 is outside the run: give a month from 2015-01"),
    ("policy: {decision: {capacity_factor: {2051-01: 1}}}", "2051-01 is outside the run: give a month from 2015-01"),
    ("until: 2020-12\npolicy: {decision: {capacity_factor: {2021-01: 1}}}", "2021-01 is outside the run: give a month"),
    ("policy: {decision: {capacity_factor: {2027-13: 1}}}", "capacity_factor: '2027-13' is not a month: write it as"),
    ("policy: {decision: {capacity_factor: {2027: 1}}}", "capacity_factor: '2027' is not a month: write it as YYYY-MM"),
    ("policy: {decision: {capacity_factor: {2027-01-01: 1}}}", "'2027-01-01' is not a month: write it as YYYY-MM"),
    ("policy: {decision: {capacity_factor: {2027-01: 9}}}", "9 is not allowed: give a number from 0.25 to 4 [ratio]"),
    ("policy: {decision: 1}", "policy.decision: must hold parameters, like 'parameter: value'"),
    ("policy: {decision: }", "policy.decision: must hold parameters, like 'parameter: value'"),
    ("policy: 1", "policy: must hold processes"),
    ("policy: []", "policy: must hold processes"),
    ("policy: false", "policy: must hold processes"),
    ("- a\n- b", "a list holds no keys: write a mapping with name, title"),
    ("just text", "text holds no keys"),
    ("0", "holds no keys"),
    ("seed: 1\nseed: 2", "line 2: is not valid YAML: key 'seed' appears twice"),
    ("policy:\n  decision: {capacity_factor: 1}\n  decision: {}", "line 3: is not valid YAML: key 'decision' appears"),
    ("a: [b", "line 1: is not valid YAML"),
    ("a:\n\tb: 1", "line 2: is not valid YAML"),
    ("seed: 1\x00", "line 1: is not valid YAML: holds the control character '\\x00'"),
    ("{[1]: 2}", "is not valid YAML"),
    ("until: 2027-02-30", "until: '2027-02-30' is not a month: write it as"),
    ("seed: " + "9" * 5_000, "999 is a number of 5,000 characters: write a shorter one"),
    ("[" * 5_000, "nested too deeply"),
    ("seed: !!python/object/apply:os.getcwd []", "line 1: tag !!python/object/apply:os.getcwd is not taken"),
    ("--- {}\n--- {}", "line 2: is not valid YAML: holds another document"),
    (b"title: \xff\xfe", "cannot be read (not UTF-8): save it as UTF-8 text"),
    ("seed: -1", "seed: -1 is not a seed: give a whole number from 0 to 2**64 - 1"),
    ("seed: 18446744073709551616", "is not a seed: give a whole number"),
    ("seed: 1.5", "seed: 1.5 is not a seed: give a whole number"),
    ("seed: true", "seed: True is not a seed: give a whole number"),
    ("seed: one", "seed: 'one' is not a seed: give a whole number"),
    ("seed:", "seed: None is not a seed: give a whole number"),
    ("scale: 0", "scale: 0 is not a share: give a number from 0.001 to 1"),
    ("scale: 2", "scale: 2 is not a share: give a number from 0.001 to 1"),
    ("scale: a", "scale: 'a' is not a share: give a number from 0.001 to 1"),
    ("scale: .nan", "scale: nan is not a share: give a number from 0.001 to 1"),
    ("scale: true", "scale: True is not a share: give a number from 0.001 to 1"),
    ("until: 2014-12", "until: 2014-12 is outside the run: give a month from 2015-01 to 2050-12"),
    ("until: 2051-01", "until: 2051-01 is outside the run: give a month from 2015-01 to 2050-12"),
    ("until: 2035", "until: '2035' is not a month: write it as YYYY-MM"),
    ("until: 2035-12-31", "until: '2035-12-31' is not a month: write it as YYYY-MM"),
    ("until:", "until: 'None' is not a month: write it as YYYY-MM"),
    ("name: 2024", "name: 2024 is not allowed: give text, in quotes"),
    ("title: [a]", "title: ['a'] is not allowed: give text, in quotes"),
    ("extends: bsae.yaml", "extends: there is no file"),
    ("extends: 3", "extends: 3 is not a file: give one path, relative to this file"),
    ("extends: [bad.yaml]", "extends: ['bad.yaml'] is not a file: give one path"),
    ("extends: ''", "extends: '' is not a file: give one path"),
    ("extends: .", "extends: there is no file"),
    ("extends: bad.yaml", "extends: bad.yaml leads back here: remove one 'extends:' of the circle"),
]  # fmt: skip


@pytest.mark.parametrize(("content", "words"), BAD, ids=[words[:60] for _, words in BAD])
def test_bad_input_is_refused_in_one_line(write, content, words):
    path = write("bad.yaml", content)
    message = refusal(scenario.load, path)
    assert message.startswith(f"{path}")
    assert words in message


def test_a_missing_extended_file_is_named_with_the_nearest_one(write):
    write("base.yaml", "")
    message = refusal(scenario.load, write("top.yaml", "extends: bsae.yaml"))
    assert message.endswith("bsae.yaml: did you mean 'base.yaml'?")


def test_an_error_in_an_extended_file_names_that_file(write):
    base = write("base.yaml", "policy: {decision: {capacity_factor: 9}}")
    message = refusal(scenario.load, write("top.yaml", "extends: base.yaml"))
    assert message.startswith(f"{base}: policy.decision.capacity_factor: 9 is not allowed")


def test_a_circle_names_the_file_that_closes_it(write):
    last = write("c.yaml", "extends: a.yaml")
    write("b.yaml", "extends: c.yaml")
    message = refusal(scenario.load, write("a.yaml", "extends: b.yaml"))
    assert message.startswith(f"{last}: extends: a.yaml leads back here")


def test_what_is_no_file_is_refused(tmp_path, write):
    write("current.yaml", "")
    message = refusal(scenario.load, tmp_path / "curent.yaml")
    assert re.search(r"curent\.yaml: cannot be read \(No such file.*did you mean .*current\.yaml\?$", message)
    assert "cannot be read (Is a directory): give the path of a YAML file" in refusal(scenario.load, tmp_path)
    assert "cannot be read" in refusal(scenario.load, tmp_path / "no" / "such.yaml")


@pytest.mark.parametrize(
    ("assignment", "words"),
    [
        ({"capacity_factor": 1}, "--set: 'capacity_factor' is not a parameter: write section.process.parameter=value"),
        ({"": 1}, "--set: '' is not a parameter"),
        ({"policy.decision.capacity_factor.x": 1}, "write section.process.parameter=value"),
        ({"polcy.decision.capacity_factor": 1}, "--set: unknown section 'polcy': did you mean 'policy'?"),
        ({"policy.decison.capacity_factor": 1}, "--set: policy.decison: no such process: did you mean 'decision'?"),
        ({"policy.decision.capacity": 1}, "did you mean 'capacity_factor'?"),
        ({"world.decision.capacity_factor": 1}, "is a lever: put it under 'policy:'"),
        ({"policy.decision.capacity_factor": 9}, "9 is not allowed: give a number from 0.25 to 4 [ratio]"),
        ({"policy.decision.capacity_factor": {"2099-01": 1}}, "2099-01 is outside the run"),
    ],
)
def test_bad_values_from_the_command_line(assignment, words):
    message = refusal(scenario.default().with_values, assignment)
    assert message.startswith("--set: ")
    assert words in message


@pytest.mark.parametrize(
    ("text", "value"),
    [("0.5", 0.5), ("3", 3), ("true", True), ("quota", "quota"), ("{2027-01: 2}", {"2027-01": 2}), ("", None),
     ("2027-02-30", "2027-02-30")],
)  # fmt: skip
def test_a_value_is_read_as_in_a_file(text, value):
    assert read_value(text, "--set") == value


@pytest.mark.parametrize(
    "change", [{"seed": -1}, {"scale": 0}, {"until": "2014-01"}, {"until": "soon"}, {"layout": 2022}]
)
def test_bad_changes(change):
    assert next(iter(change)) in refusal(lambda: scenario.default().changed(**change))


def test_a_shorter_run_just_does_not_come_to_what_is_dated_later():
    dated = scenario.default().with_values({"policy.decision.capacity_factor": {"2027-01": 2}})
    short = dated.changed(until="2020-12")
    assert short.digest() == scenario.default().changed(until="2020-12").digest()
    assert short.digest() != dated.digest()


# --- the schema for editors

GOOD = [
    None,
    {},
    {"name": "a", "title": "b", "extends": "c.yaml", "until": "2035-12", "seed": 0, "scale": 0.5, "layout": 2027},
    {"world": None, "policy": {}},
    {"policy": {"decision": {"capacity_factor": 2}}},
    {"until": "2050-12", "policy": {"decision": {"capacity_factor": {"2027-01": 2, "2050-12": 0.25}}}},
    {"policy": {"placement": {"rule": "quota", "ties_first": False}}},
    {"world": {"arrival": {"mix_years": {"2015-01": 3}}}},
]
WRONG = [
    [],
    "text",
    {"sede": 1},
    {"seed": -1},
    {"seed": 1.5},
    {"seed": 2**64},
    {"scale": 0},
    {"scale": 2},
    {"layout": 2022},
    {"layout": 2051},
    {"layout": {"2027-01": 2027}},
    {"until": "2035"},
    {"until": "2051-01"},
    {"until": "2014-12"},
    {"name": 1},
    {"extends": ""},
    {"policy": []},
    {"policy": {"decison": {}}},
    {"policy": {"decision": None}},
    {"policy": {"decision": {"capacity": 1}}},
    {"policy": {"decision": {"capacity_factor": 4.1}}},
    {"policy": {"decision": {"capacity_factor": "2"}}},
    {"policy": {"decision": {"capacity_factor": True}}},
    {"policy": {"decision": {"capacity_factor": None}}},
    {"policy": {"decision": {"capacity_factor": {}}}},
    {"policy": {"decision": {"capacity_factor": {"2027-13": 1}}}},
    {"policy": {"decision": {"capacity_factor": {"2027-01": 9}}}},
    {"policy": {"placement": {"rule": "best"}}},
    {"policy": {"placement": {"rule": False}}},
    {"policy": {"placement": {"ties_first": "yes"}}},
    {"world": {"decision": {"capacity_factor": 1}}},
    {"policy": {"arrival": {"mix_years": 1}}},
    {"world": {"arrival": {"mix_years": 2.5}}},
]


@pytest.mark.parametrize("document", GOOD + WRONG, ids=str)
def test_schema_and_reader_agree(write, document):
    write("c.yaml", "")
    path = write("document.yaml", json.dumps(document))  # JSON is YAML
    if document in GOOD:
        scenario.load(path)
    else:
        refusal(scenario.load, path)
    assert Draft202012Validator(json_schema()).is_valid(document) == (document in GOOD)


@pytest.mark.parametrize("path", sorted((CONFIGS / "scenarios").glob("*.y*ml")), ids=lambda path: path.stem)
def test_the_scenarios_that_come_with_the_model_load(path):
    content = scenario.read_yaml(path)
    assert Draft202012Validator(json_schema()).is_valid(content)
    assert scenario.load(path).months > 132
