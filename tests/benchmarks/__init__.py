"""How fast the model is: slices of it against a Mesa model and a C loop that do the same, and a full run.

`make bench`, or `python -m tests.benchmarks --quick` for small sizes. These are not tests with a clock: only a
difference in outcome is an error. The slices are listed in slices.py; their rules are in rules.py and jobs_rules.py.
"""
