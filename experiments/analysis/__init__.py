"""Analysis of many runs together."""
