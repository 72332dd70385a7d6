"""From waiting to working: an agent-based model of reception, homes and work in the Netherlands."""

from importlib import import_module

_HOMES = {"Model": "agents.model", "Scenario": "scenario"} | dict.fromkeys(
    ("Newcomer", "Household", "Municipality", "Region", "Location", "Employer", "Neighbourhood", "Resident"),
    "agents.agents",
)
__all__ = list(_HOMES)


def __getattr__(name: str):
    """Import on first use, so that running the chain alone does not import Mesa."""
    if name not in _HOMES:
        raise AttributeError(f"module 'abm' has no attribute '{name}'")
    return getattr(import_module(f"abm.{_HOMES[name]}"), name)
