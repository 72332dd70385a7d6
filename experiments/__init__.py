"""Experiments: `sweep`, `compare`, `load` outcomes, `model_at` a later month; see docs/experiments.md."""

import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import abm

if Path(abm.__file__ or "").resolve().parent != Path(__file__).resolve().parents[1] / "abm":
    _PLACE = getattr(abm, "__path__", [abm.__file__])[0]
    _WORDS = f"the package 'abm' in {_PLACE} is another than that of this project: remove it, or work elsewhere"
    if sys.argv[:1] == ["-m"]:  # python -m experiments: a person reads it; abm_command.py says it for the command abm
        print(f"abm: {_WORDS}", file=sys.stderr)
        sys.exit(2)
    raise ImportError(_WORDS)

_HOMES = {
    "sweep": "sweeps.api",
    "extend": "sweeps.api",
    "dry_run": "sweeps.api",
    "compare": "analysis.comparison",
    "load": "sweeps.loading",
    "model_at": "sweeps.models",
    "Execution": "sweeps.execution",
}
__all__ = list(_HOMES)


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'experiments' has no attribute '{name}'")
    return getattr(import_module(f"experiments.{_HOMES[name]}"), name)
