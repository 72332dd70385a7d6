"""Experiments: `sweep` a design, `compare` two scenarios, `load` outcomes as tidy frames. See docs/experiments.md."""

from importlib import import_module
from pathlib import Path
from typing import Any

import abm

if Path(abm.__file__ or "").resolve().parent != Path(__file__).resolve().parents[1] / "abm":
    raise ImportError(
        f"the package 'abm' in {abm.__path__[0]} is another than that of this project: remove it, or work elsewhere"
    )

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
