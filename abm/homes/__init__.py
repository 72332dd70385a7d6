"""Homes: letting by rule, starter homes, interim places, and moving on."""
