"""Experiments: `sweep` a design, `compare` two scenarios, `load` outcomes as tidy frames. See docs/experiments.md."""

from importlib import import_module
from typing import Any

_HOMES = {
    "sweep": "sweeps.api",
    "extend": "sweeps.api",
    "dry_run": "sweeps.api",
    "compare": "analysis.comparison",
    "load": "sweeps.sweep",
    "Execution": "sweeps.execution",
}
__all__ = list(_HOMES)


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'experiments' has no attribute '{name}'")
    return getattr(import_module(f"experiments.{_HOMES[name]}"), name)
