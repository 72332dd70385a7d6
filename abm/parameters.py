"""Every parameter: as a plain row for lists, tables and bounds of experiments, and as a JSON Schema of scenario files.

With the schema an editor completes, explains and checks a scenario while one types. A copy is kept for editors; renew
it with: python -m abm.parameters > configs/scenario.schema.json
"""

import json
from typing import Any

from pydantic.json_schema import GenerateJsonSchema

from abm.engine.needs import needed
from abm.engine.params import about, allowed
from abm.engine.together import described
from abm.plugins.assembly import Plugins
from abm.scenario_file import file_of, params_of, section_of


def rows(only_levers: bool = False, plugins: Plugins = ()) -> list[dict[str, Any]]:
    """Rows in the order of the chain, those of plug-ins last: parameter, lever, unit, default, dated, bounds, needs,
    allowed, together, meaning.
    """
    found, models = [], params_of(plugins)
    for process, model in models.items():
        for name, field in model.model_fields.items():
            key = f"{section_of(process, name, models)}.{process}.{name}"
            given = {"default": field.default, "allowed": allowed(field), "together": described(model.TOGETHER, name)}
            given |= {"meaning": field.description}
            facts = about(field)
            found.append({"parameter": key} | facts | {"needs": needed(facts["needs"])} | given)
    return [row for row in found if row["lever"] or not only_levers]


class Plain(GenerateJsonSchema):
    """Without the titles that repeat the names of fields."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


def json_schema(plugins: Plugins = ()) -> dict[str, Any]:
    """The schema (draft 2020-12), with description, unit, source and bounds of every parameter."""
    return {"$schema": Plain.schema_dialect} | file_of(plugins).model_json_schema(schema_generator=Plain)


if __name__ == "__main__":
    print(json.dumps(json_schema(), indent=1))
