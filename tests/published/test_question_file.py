"""Published questions: the files that are there, their form and schema, and mistakes in one line."""

import json

import pytest
import yaml
from jsonschema import Draft202012Validator

from abm.engine.errors import InputError
from abm.engine.yaml_input import read_yaml
from abm.facts import facts
from experiments.published import contrasts, question_file, results
from experiments.published.question_file import FOLDER, ROOT, Made, json_schema

FILES = sorted(FOLDER.glob("*.yaml"))
QUESTION = {
    "question": {"nl": "Wat?", "en": "What?"},
    "scenarios": {"a": "a.yaml", "b": "b.yaml"},
    "scale": 0.1,
    "pairs": 2,
}
each_file = pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)


def test_there_are_three_to_begin_with():
    assert {"current-and-plan", "ladder", "mixed-or-status-holders-only"} <= {file.stem for file in FILES}


@each_file
def test_a_question_that_is_there_can_be_asked(file):
    assert file.read_text(encoding="utf-8").startswith("# yaml-language-server: $schema=../published.schema.json\n")
    question = question_file.load(file)
    found = contrasts.of(question, file, facts.load().digest)
    assert len(found.jobs) == len({job.name for job in found.jobs})
    assert all(len(each.runs) == 2 * question.pairs for each in found.of)
    assert found.quantities
    assert list(Draft202012Validator(json_schema()).iter_errors(read_yaml(file))) == []


@pytest.mark.parametrize("file", [each for each in FILES if question_file.load(each).made], ids=lambda file: file.stem)
def test_what_was_published_agrees_with_its_question_and_manifest(file):
    manifest, texts = results.load(file, question_file.load(file))
    assert set(texts) == set(manifest.tables)


def test_the_ladder_sets_each_point_beside_its_base():
    file = FOLDER / "ladder.yaml"
    found = contrasts.of(question_file.load(file), file, facts.load().digest)
    names = [each.name for each in found.of]
    assert names[-1] == "everything"
    assert sum(name.startswith("only ") for name in names) == sum(name.startswith("all but ") for name in names) == 14
    assert len({each.a.digest() for each in found.of}) == 1
    own = ROOT / "configs" / "scenarios" / "plan.yaml"
    everything = found.of[-1].b
    assert everything.params_at(200) == contrasts.scenarios.load(own).changed(scale=everything.scale).params_at(200)


def test_the_copy_for_editors_is_current():
    copy = json.loads((ROOT / "configs" / "published.schema.json").read_text(encoding="utf-8"))
    assert copy == json_schema(), "run: python -m experiments.published.question_file > configs/published.schema.json"
    Draft202012Validator.check_schema(copy)


def test_the_command_line_prints_the_schema(abm):
    code, out, _ = abm("schema", "published")
    assert (code, json.loads(out)) == (0, json_schema())


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"colour": 1}, "unknown key 'colour'"),
        ({"pairs": 1}, "pairs: 1 is not allowed: give a whole number of at least 2"),
        ({"scale": 2}, "scale: 2 is not a share: give a number from 0.001 to 1"),
        ({"scenarios": None}, "write either 'scenarios:' with a and b, or 'design:'"),
        ({"design": "d.yaml"}, "write either 'scenarios:' with a and b, or 'design:'"),
        (
            {"outcomes": ["in_receptoin"]},
            "outcomes: in_receptoin: no such outcome of a report: did you mean 'in_reception'?",
        ),
        ({"tolerance": {"interval": -1}}, "tolerance: interval: -1 is not allowed: give a number of at least 0"),
        ({"tolerance": {"outcomes": {"housing": 1}}}, "no such outcome of a report"),
        ({"until": "2030-13"}, "until: "),
        ({"question": {"nl": "Wat?"}}, "question: has no 'en:': write it"),
        ({"made": {"version": "1", "code": "x", "data": "y", "tables": {}}}, "made: code: "),
    ],
)
def test_a_mistake_is_one_line(tmp_path, change, said):
    file = tmp_path / "mine.yaml"
    content = {key: value for key, value in (QUESTION | change).items() if value is not None}
    file.write_text(yaml.safe_dump(content), encoding="utf-8")
    with pytest.raises(InputError) as refused:
        question_file.load(file)
    assert str(refused.value).startswith(f"{file}: ")
    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({}, "scenarios: a: there is no file "),
        ({"scenarios": None, "design": "d.yaml"}, "design: there is no file "),
        (
            {"scenarios": None, "design": str(ROOT / "configs" / "designs" / "plan-in-worlds.yaml")},
            "design: plan-in-worlds.yaml: needs one scenario, one world, common random numbers, and one point that "
            "changes nothing, which the others are set beside",
        ),
        (
            {
                "scenarios": {side: str(ROOT / "configs" / "scenarios" / f"{name}.yaml") for side, name in
                              (("a", "current"), ("b", "plan"))},
                "outcomes": ["status_holders"],
            },
            "outcomes: status_holders: says something from scale 0.2 on, and not at 0.1: leave it out",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_one_line(tmp_path, change, said):
    file = tmp_path / "mine.yaml"
    content = {key: value for key, value in (QUESTION | change).items() if value is not None}
    file.write_text(yaml.safe_dump(content), encoding="utf-8")
    with pytest.raises(InputError) as refused:
        contrasts.of(question_file.load(file), file, "0")
    assert str(refused.value).startswith(f"{file}: ")
    assert said in str(refused.value)


def test_a_misspelt_name_is_one_line():
    with pytest.raises(InputError) as refused:
        question_file.find("currnet-and-plan")
    assert str(refused.value) == ("currnet-and-plan: no such published question: did you mean 'current-and-plan'?")


def test_what_was_made_replaces_what_was_there_and_leaves_the_rest():
    text = "# about\nquestion: {nl: 'Wat?', en: 'What?'}\nscale: 0.1\npairs: 2\n"
    made = [Made(version="1", code=letter * 64, data="d" * 64, tables={"outcomes.csv": "e" * 64}) for letter in "ab"]
    once = question_file.with_made(text, made[0])
    assert once.startswith(text)
    twice = question_file.with_made(once, made[1])
    assert yaml.safe_load(twice)["made"] == made[1].model_dump()
    assert twice.count("made:") == 1
    assert question_file.with_made(twice, made[0]) == once
