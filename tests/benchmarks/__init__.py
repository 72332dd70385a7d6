"""Benchmarks: slices of the model against a Mesa model and a C loop that do the same, a full run, and sweeps.

`make bench`, or `python -m tests.benchmarks --quick` for small sizes. Times never fail a benchmark: only a
difference in outcomes is an error. The slices are listed in slices.py; their rules are in rules.py and jobs_rules.py.
"""
