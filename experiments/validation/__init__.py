"""How near the model comes: observed targets and published experiments."""
