"""The JSON Schema of design files takes what the reader takes, and refuses what it refuses."""

import json
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

from abm.parameters import rows
from experiments.designs.design_file import METHODS, json_schema

CONFIGS = Path(__file__).parents[2] / "configs"
GRID = {"method": "grid", "parameters": {"policy.decision.capacity_factor": [1, 2]}}


def valid(content) -> bool:
    return Draft202012Validator(json_schema()).is_valid(content)


def test_the_schema_is_sound_and_knows_every_method_and_parameter():
    schema = json_schema()
    Draft202012Validator.check_schema(schema)
    text = json.dumps(schema)
    assert all(f'"const": "{method}"' in text for method in METHODS)
    assert all(f'"{row["parameter"]}"' in text for row in rows())


@pytest.mark.parametrize("file", sorted((CONFIGS / "designs").glob("*.yaml")), ids=lambda file: file.stem)
def test_the_designs_that_are_there_are_valid(file):
    assert file.read_text(encoding="utf-8").startswith("# yaml-language-server: $schema=../design.schema.json\n")
    assert list(Draft202012Validator(json_schema()).iter_errors(_typed(file))) == []


def _typed(file):
    content = yaml.safe_load(file.read_text(encoding="utf-8"))
    return json.loads(json.dumps(content, default=str))


@pytest.mark.parametrize(
    ("changes", "fine"),
    [
        ({}, True),
        ({"scenarios": ["a.yaml", "b.yaml"]}, True),
        ({"scenarios": []}, False),
        ({"scenarios": 3}, False),
        ({"replicates": 0}, False),
        ({"colour": 1}, False),
        ({"until": "2016-12"}, True),
        ({"until": "2016-13"}, False),
        ({"levers": GRID}, True),
        ({"levers": GRID | {"from": "2027-01"}}, True),
        ({"levers": GRID | {"samples": 4}}, False),
        ({"levers": {"method": "guess"}}, False),
        ({"levers": {"method": "grid", "parameters": {"policy.decision.capacity": [1]}}}, False),
        ({"levers": {"method": "grid", "parameters": {"policy.decision.*": None}}}, True),
        ({"levers": {"method": "sobol", "samples": 8, "parameters": {"policy.decision.*": {"low": 1}}}}, True),
        ({"levers": {"method": "latin_hypercube", "samples": [4, 4], "parameters": {"policy.*": None}}}, True),
        ({"levers": {"method": "list", "points": [{"policy.decision.capacity_factor": {"2027-01": 2}}]}}, True),
        ({"levers": {"method": "sobol", "samples": 8, "parameters": {
            "policy.decision.capacity_factor": {"distribution": "norm", "loc": 1, "scale": 0.1}}}}, True),
        ({"levers": {"method": "sobol", "samples": 8, "parameters": {
            "policy.decision.capacity_factor": {"distribution": "beta", "a": "one"}}}}, False),
    ],
)  # fmt: skip
def test_the_schema_refuses_what_the_reader_refuses(changes, fine):
    assert valid({"scenarios": "a.yaml"} | changes) == fine


def test_the_copy_for_editors_is_current():
    copy = json.loads((CONFIGS / "design.schema.json").read_text(encoding="utf-8"))
    assert copy == json_schema(), "run: python -m experiments.designs.design_file > configs/design.schema.json"
