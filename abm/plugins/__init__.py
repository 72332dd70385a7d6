"""Processes, measures and agents from outside the package."""
