"""Every parameter: as a plain row for lists, tables and bounds of experiments, and as a JSON Schema of scenario files.

With the schema an editor completes, explains and checks a scenario while one types. A copy is kept for editors; renew
it with: python -m abm.parameters > configs/scenario.schema.json
"""

import json
from typing import Any, get_args

from abm.engine.params import about
from abm.scenario import LARGEST_SEED, LAYOUTS, PARAMS, SECTIONS, SMALLEST_SCALE, allowed, default

MONTH = "^20(1[5-9]|[2-4][0-9]|50)-(0[1-9]|1[0-2])$"  # 2015 to 2050
_ABOUT_SECTION = {"world": "What we assume about the world.", "policy": "What policy chooses: the levers."}


def rows(only_levers: bool = False) -> list[dict[str, Any]]:
    """Rows in the order of the chain: parameter, lever, unit, default, dated, low, high, allowed, source, meaning."""
    found = []
    for process, model in PARAMS.items():
        for name, field in model.model_fields.items():
            facts = about(field)
            key = f"{'policy' if facts['lever'] else 'world'}.{process}.{name}"
            given = {"default": field.default, "allowed": allowed(field), "meaning": field.description}
            found.append({"parameter": key} | facts | given)
    return [row for row in found if row["lever"] or not only_levers]


def json_schema() -> dict[str, Any]:
    """The schema (draft 2020-12), with description, unit, source and bounds of every parameter."""
    plain = default()
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Scenario",
        "description": "What differs from the defaults, or from the scenario that this one extends.",
        "type": ["object", "null"],
        "properties": {
            "name": {"type": "string", "description": "Short name; by default that of the file."},
            "title": {"type": "string", "description": "What this scenario asks, in a sentence."},
            "extends": {"type": "string", "minLength": 1, "description": "Scenario to start from, relative to this."},
            "until": {"type": "string", "pattern": MONTH, "default": plain.until, "description": "Last month."},
            "seed": {
                "type": "integer", "minimum": 0, "maximum": LARGEST_SEED, "default": plain.seed,
                "description": "Which luck; scenarios with the same seed share it person by person.",
            },
            "scale": {
                "type": "number", "minimum": SMALLEST_SCALE, "maximum": 1, "default": plain.scale,
                "description": "Share of people that is simulated one to one.",
            },
            "layout": {
                "type": "integer", "minimum": LAYOUTS[0], "maximum": LAYOUTS[-1], "default": plain.layout,
                "description": "Year: municipalities and regions of the whole run are those of its 1 January.",
            },
        } | {section: _section(section) for section in SECTIONS},
        "additionalProperties": False,
    }  # fmt: skip


def _section(section: str) -> dict[str, Any]:
    """The processes of a section, each with the parameters that belong there."""
    processes = {}
    for process, model in PARAMS.items():
        fields = model.model_fields.items()
        own = {name: _parameter(field) for name, field in fields if about(field)["lever"] == SECTIONS[section]}
        if own:
            doc = (model.__doc__ or "").strip()
            processes[process] = {
                "type": "object", "description": doc, "properties": own, "additionalProperties": False,
            }  # fmt: skip
    return {
        "type": ["object", "null"], "description": _ABOUT_SECTION[section], "properties": processes,
        "additionalProperties": False,
    }  # fmt: skip


def _parameter(field) -> dict[str, Any]:
    """A value, or a value per month that holds from then on."""
    facts, value = about(field), _value(field)
    dated = ", ".join(f"from {month} {later}" for month, later in facts["dated"].items())
    unit = "" if facts["low"] is None else f" [{facts['unit']}]"
    today = f"Default {field.default}{f', {dated}' if dated else ''}; {allowed(field)}{unit}."
    by_month = {
        "type": "object",
        "patternProperties": {MONTH: value},
        "additionalProperties": False,
        "minProperties": 1,
    }
    return {
        "description": f"{field.description}. {today} Source: {facts['source']}.",
        "default": field.default,
        "anyOf": [value, by_month],
    }


def _value(field) -> dict[str, Any]:
    """One value: its type with bounds or choices."""
    facts, choices = about(field), get_args(field.annotation)
    if choices:
        return {"enum": list(choices)}
    if facts["low"] is None:
        return {"type": "boolean"}
    kind = "integer" if field.annotation is int else "number"
    return {"type": kind, "minimum": facts["low"], "maximum": facts["high"]}


if __name__ == "__main__":
    print(json.dumps(json_schema(), indent=1))
