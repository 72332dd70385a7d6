"""How indicators are measured: a pure function of the state and of what happened, per group, at full size."""
