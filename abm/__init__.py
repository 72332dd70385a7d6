"""From waiting to working: an agent-based model of reception, homes and work in the Netherlands."""

import os
import sys
from importlib import import_module
from typing import Any

AVX_512 = "X86_V4 AVX512_ICL AVX512_SPR"  # as NumPy calls what it uses of it
FEATURES = "NPY_DISABLE_CPU_FEATURES"  # which NumPy reads when it is imported

# NumPy's exp, log and their kin have other last digits where a processor has AVX-512: without it, every x86-64
# processor gives the same bytes. Where NumPy was imported before, it keeps AVX-512, and the record of a run says so.
if "numpy" not in sys.modules:
    os.environ[FEATURES] = " ".join(dict.fromkeys([*os.environ.get(FEATURES, "").split(), *AVX_512.split()]))

_HOMES = {"Model": "agents.model", "Scenario": "scenario"} | dict.fromkeys(
    ("Newcomer", "Household", "Municipality", "Region", "Location", "Employer", "Neighbourhood", "Resident"),
    "agents.agents",
)
__all__ = list(_HOMES)


def __getattr__(name: str) -> Any:
    """Import on first use, so that running the chain alone does not import Mesa."""
    if name not in _HOMES:
        raise AttributeError(f"module 'abm' has no attribute '{name}'")
    return getattr(import_module(f"abm.{_HOMES[name]}"), name)
