"""Measurement of indicators: pure functions of the state and of the events of a month, by group, at full size."""
