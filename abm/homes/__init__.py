"""Homes: who gets one by which rule, starter homes, interim places, and moving on."""
