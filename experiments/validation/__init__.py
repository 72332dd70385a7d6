"""Validation: observed targets and published experiments beside the model."""
