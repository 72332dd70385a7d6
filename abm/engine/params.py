"""Parameters: each number declared once, with default, unit, bounds, source and meaning."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class ProcessParams(BaseModel):
    """The numbers of one process: frozen, unknown names refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=False, allow_inf_nan=False)


def param(
    default: Any,
    unit: str,
    low: float | None,
    high: float | None,
    source: str,
    meaning: str,
    *,
    lever: bool = False,
    dated: Mapping[str, Any] | None = None,
) -> Any:
    """Declare a parameter.

    `default` holds from the first month; `dated` gives later values by month ({'2022-10': 15}). `low` and `high` are
    bounds and prior range (None for choices and switches). `source` is a key of abm/facts/data/sources.yaml, an
    evidence id, or the word 'assumption', with a remark after a colon where the number was derived. A lever is a number
    that policy chooses; any other describes the world.
    """
    about = {"unit": unit, "source": source, "lever": lever, "dated": dict(dated or {}), "low": low, "high": high}
    return Field(default=default, ge=low, le=high, description=meaning, json_schema_extra=about)


def about(field) -> dict[str, Any]:
    """Unit, source, lever, dated, low and high of a declared parameter."""
    return dict(field.json_schema_extra)
