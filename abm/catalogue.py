"""Every parameter as a plain row: for lists, tables and the bounds of experiments."""

from typing import Any

from abm.params import about
from abm.scenario import PARAMS, allowed


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
