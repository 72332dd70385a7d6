"""Scenarios that are none: numbers with two meanings, text that no record can hold, and files that are not quoted."""

import os

import pytest

from abm import scenario
from abm.engine.errors import InputError
from experiments.__main__ import assignments

SECRET = "hunter2"


def refusal(act, *arguments, **named):
    with pytest.raises(InputError) as error:
        act(*arguments, **named)
    message = str(error.value)
    assert message.isprintable()
    assert len(message) < 500
    assert SECRET not in message
    return message


@pytest.fixture
def write(tmp_path):
    """Write a file beside the others of this test and return its path."""

    def to(name, content):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return to


def given(text):
    """The default with a value of --set."""
    return scenario.default().with_values(assignments([text]))


# --- numbers


def test_numbers_are_those_of_yaml_1_2(write):
    text = "seed: 010\nworld: {arrival: {mix_years: 008, first_applications: 3.8e4}}\n"
    text += "policy: {money: {decision_term: 0x9}}"
    found = scenario.load(write("a.yaml", text))
    params = found.params_at(0)
    assert found.seed == 10
    assert (params["arrival"].mix_years, params["arrival"].first_applications) == (8, 38_000.0)
    assert params["money"].decision_term == 9


@pytest.mark.parametrize(
    ("key", "text", "said"),
    [
        ("world.arrival.first_applications", "38.000", "38.000 may be 38 or 38000: write 38000, or 38.0"),
        ("world.arrival.first_applications", "38,000", "(write 38 or 38000)"),
        ("world.arrival.first_applications", "38_000", "(write 38000)"),
        ("world.arrival.first_applications", "'38000'", "(write 38000)"),
        ("policy.decision.capacity_factor", "1,5", "give a number from 0.25 to 4 [ratio] (write 1.5)"),
        ("policy.decision.capacity_factor", "10:30:00", "'10:30:00' is not allowed: give a number"),
        ("policy.decision.capacity_factor", "1e400", "too large"),
        ("policy.decision.capacity_factor", "!!float 1", "tag !!float is not taken"),
        ("policy.decision.capacity_factor", "\u0661", "is not allowed: give a number"),
        ("policy.placement.ties_first", "yes", "'yes' is not allowed: give true or false"),
        ("policy.placement.rule", "no", "'no' is not allowed: give one of free, quota"),
    ],
)
def test_a_number_that_is_read_in_two_ways_is_refused(write, key, text, said):
    section, process, parameter = key.split(".")
    path = write("a.yaml", f"{section}:\n  {process}:\n    {parameter}: {text}\n")
    message = refusal(scenario.load, path)
    assert message.startswith(str(path))
    assert said in message
    message = refusal(given, f"{key}={text}")
    assert message.startswith(f"--set: {key}: ")
    assert said in message
    # dated values have the same bounds
    path.write_text(f"{section}:\n  {process}:\n    {parameter}:\n      2027-01: {text}\n")
    assert said in refusal(scenario.load, path)


def test_three_decimals_are_taken_where_they_cannot_be_thousands(write):
    found = scenario.load(write("a.yaml", "scale: 1.000\npolicy: {decision: {capacity_factor: 1.125}}"))
    assert (found.scale, found.params_at(0)["decision"].capacity_factor) == (1.0, 1.125)
    assert given("policy.decision.capacity_factor={2027-01: 1.125}").params_at(200)["decision"].capacity_factor == 1.125
    assert type(found.params_at(0)["decision"].capacity_factor) is float


def test_a_decimal_comma_in_a_mapping_is_seen(write):
    message = refusal(scenario.load, write("a.yaml", "policy: {decision: {capacity_factor: 1,5}}"))
    assert "line 1: 1,5 is two values: write 1.5, or a space after the comma" in message


def test_a_key_of_set_is_given_once():
    texts = ["policy.decision.capacity_factor=1", " policy.decision.capacity_factor =2"]
    assert refusal(assignments, texts) == "--set: policy.decision.capacity_factor: is given twice: give it once"
    assert "--set: 'xxxxx" in refusal(assignments, ["x" * 100_000])


def test_a_month_of_set_is_not_said_to_be_of_the_file(write):
    found = scenario.load(write("a.yaml", "until: 2020-12"))
    message = refusal(found.with_values, assignments(["policy.decision.capacity_factor={2030-01: 1}"]))
    assert message.startswith("--set: policy.decision.capacity_factor: 2030-01 is outside the run")


# --- what no record can hold


@pytest.mark.parametrize("odd", ["\ud800", "a\x00b", "\x1b[31mred", "\x9b2J"], ids=ascii)
def test_text_that_cannot_be_kept_is_refused_before_a_run(write, odd):
    escape = "".join(f"\\u{ord(letter):04x}" for letter in odd)
    for key in ("title", "name"):
        message = refusal(scenario.load, write("a.yaml", f'{key}: "{escape}"'))
        assert message.startswith(str(write("a.yaml", "")))
    assert "cannot be kept" in refusal(scenario.restored, scenario.default().canonical(), "name", odd, source="record")


def test_text_that_can_be_kept_is(write):
    found = scenario.load(write("a.yaml", 'title: "Élan 😀 [/b] \\u00e9\\ttab"\nname: |\n  two\n  lines\n'))
    assert (found.title, found.name) == ("Élan 😀 [/b] é\ttab", "two\nlines\n")


def test_a_file_whose_name_no_record_can_hold_needs_a_name(tmp_path, write):
    path = write("caf\udce9.yaml", "")
    message = refusal(scenario.load, path)
    assert message.startswith(f"{tmp_path}/caf\\udce9.yaml: name: no record can hold")
    path.write_text("name: cafe")
    found = scenario.load(path)
    assert (found.name, found.source) == ("cafe", f"{tmp_path}/caf\\udce9.yaml")
    assert refusal(scenario.load, write("a\x1b[2Jb.yaml", "")).startswith(f"{tmp_path}/a\\x1b[2Jb.yaml: name: ")


# --- files


def test_odd_files_to_extend_are_refused_in_one_line(tmp_path, write):
    (tmp_path / "loop.yaml").symlink_to("loop.yaml")
    os.mkfifo(tmp_path / "pipe.yaml")
    for odd in ("loop.yaml", "pipe.yaml", "/dev/zero", "x" * 300, "a/" * 3_000, "no/such.yaml", ".", ".."):
        message = refusal(scenario.load, write("top.yaml", f"extends: {odd}"))
        assert message.startswith(f"{tmp_path / 'top.yaml'}: extends: there is no file ")
    for odd in ("loop.yaml", "pipe.yaml", "a\0b", "x" * 300):
        message = refusal(scenario.load, tmp_path / odd)
        assert "cannot be read" in message or "is no path" in message or "too long" in message


@pytest.mark.parametrize(
    "content",
    [
        f"root:{SECRET}:0:0:root:/root:/bin/bash\ndaemon:x:1\n",
        f"[default]\naws_secret = {SECRET}\n",
        f"KEY={SECRET}\nOTHER=2\n",
        f"- {SECRET}\n- b\n",
        f"{SECRET}",
        f"password: {SECRET}\n",
        f'{{"private_key": "{SECRET}", "type": "service_account"}}',
        f"{SECRET}: 1\n",
        f"-----BEGIN KEY-----\n{SECRET}\n",
        f"!{SECRET[:0]}x {SECRET}",
        f"name: x\npassword: {SECRET}\n",
    ],
    ids=lambda text: text.replace(SECRET, "")[:12],
)
def test_a_file_that_is_no_scenario_is_not_quoted(tmp_path, write, content):
    other = write("secrets", content)
    message = refusal(scenario.load, write("top.yaml", "extends: secrets"))
    assert message.startswith(str(other))
    assert refusal(scenario.load, other) == message


def test_a_misspelt_key_is_still_quoted(write):
    assert "unknown key 'polcy': did you mean 'policy'?" in refusal(scenario.load, write("a.yaml", "polcy: {}"))
    assert "unknown key 'zzz'" in refusal(scenario.load, write("a.yaml", "zzz: {}\nseed: 1"))
