"""How fast the model is: a slice of it against a Mesa model and a C loop that do the same, and a full run.

`make bench`, or `python -m tests.benchmarks --quick` for small sizes. These are not tests with a clock: only a
difference in outcome is an error. The rules of the slice are in rules.py.
"""
