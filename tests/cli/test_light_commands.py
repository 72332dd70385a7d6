"""Commands that simulate nothing start without what only a simulation needs: Numba, Mesa and Ray."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from experiments.sweeps import api
from tests.helpers.runs import CURRENT

ROOT = Path(__file__).parents[2]
HEAVY = ("numba", "llvmlite", "mesa", "ray")
CALLS = """
import json, sys
from experiments.__main__ import main

heavy, found = json.loads(sys.argv[2]), {}
for words in json.loads(sys.argv[1]):
    sys.argv = ["abm", *words]
    try:
        main()
    except SystemExit as end:
        found[" ".join(words)] = [end.code or 0, [name for name in heavy if name in sys.modules]]
from experiments import load
load("small", "permits", store=words[-1])
found["load"] = [0, [name for name in heavy if name in sys.modules]]
print("found", json.dumps(found))
"""


@pytest.fixture(scope="module")
def kept(tmp_path_factory) -> tuple[str, str]:
    """The name of a run, and the store that holds it and the sweep 'small' that made it."""
    place = str(tmp_path_factory.mktemp("store"))
    design = {"name": "small", "scenarios": CURRENT, "scale": 0.005, "until": "2015-03"}  # the first observation
    return api.sweep(design, workers=1, store=place).index["run"][0], place


def test_commands_that_simulate_nothing_import_nothing_that_simulates(kept):
    """One after another in a process of its own: the first that imports more is the one to look at."""
    run, place = kept
    lists = ("--version", "--help", "measures", "parameters", "levers", "scenarios", "sources", "chain", "schema",
             "schema design")  # fmt: skip
    of_store = ("runs", "status", "status small", f"table {run} permits", f"validate {run}", f"page {run}")
    calls = [line.split() for line in lists] + [[*line.split(), "--store", place] for line in of_store]
    words = [sys.executable, "-c", CALLS, json.dumps(calls), json.dumps(HEAVY)]
    did = subprocess.run(words, capture_output=True, encoding="utf-8", cwd=ROOT)
    assert did.returncode == 0, did.stderr
    found = json.loads(did.stdout.rpartition("found ")[2])
    assert found == {line: [0, []] for line in (*map(" ".join, calls), "load")}
