"""The JSON Schema of scenario files explains every parameter, and the copy for editors is that of the code."""

import json
import re
from pathlib import Path

from jsonschema import Draft202012Validator

from abm.engine.dated import LAST_MONTH, PATTERN
from abm.engine.params import about
from abm.engine.together import described
from abm.parameters import json_schema, rows
from abm.scenario import PARAMS

CONFIGS = Path(__file__).parents[1] / "configs"


def test_schema_is_sound_and_explains_every_parameter():
    schema = json_schema()
    Draft202012Validator.check_schema(schema)
    for process, model in PARAMS.items():
        for name, field in model.model_fields.items():
            facts = about(field)
            section = schema["properties"]["policy" if facts["lever"] else "world"]
            shown = section["properties"][process]["properties"][name]
            assert shown["description"].startswith(field.description)
            assert facts["source"] in shown["description"]
            assert described(model.TOGETHER, name) in shown["description"]
            if facts["low"] is not None:
                assert f"[{facts['unit']}]" in shown["description"]
                assert (shown["anyOf"][0]["minimum"], shown["anyOf"][0]["maximum"]) == (facts["low"], facts["high"])


def test_rows_say_what_belongs_together():
    together = {row["parameter"]: row["together"] for row in rows()}
    assert together["world.housing.small_share"] == (
        "with middle_share at most 1 (vacancies by size; the rest: homes for five or more persons)"
    )
    assert together["world.moving.usual_hours"] == "at most most_hours"
    assert together["world.housing.private_share"] == ""


def test_schema_knows_the_months_of_a_run():
    months = [f"{year}-{month:02d}" for year in range(2013, 2053) for month in range(14)]
    allowed = [month for month in months if re.search(PATTERN, month)]
    assert (allowed[0], allowed[-1], len(allowed)) == ("2015-01", LAST_MONTH, 36 * 12)


def test_the_copy_for_editors_is_up_to_date():
    copy = json.loads((CONFIGS / "scenario.schema.json").read_text(encoding="utf-8"))
    assert copy == json_schema(), "run: python -m abm.parameters > configs/scenario.schema.json"
