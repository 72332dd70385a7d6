"""Compiled loops: few arguments, kernels where Python calls them, compiled once whatever a process may write."""

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TREES = {path: ast.parse(path.read_text(encoding="utf-8")) for path in sorted((ROOT / "abm").rglob("*.py"))}
MOST = 8  # arguments: related ones are passed as one named tuple
KEPT = {"compiled.py"}  # the file that keeps compiled loops on disk
COLUMNS_OF_ANY_WIDTH = set()  # compiled for each type of column of a breakdown
NEVER_CALLED = {  # in the runs below
    "odds_each", "probability_each",  # by the benchmark of learning and work
    "renewed_together",  # from a million residents on
    "_closed",  # for `abm network`
    "of_age", "geometric",  # by compiled loops alone
}  # fmt: skip


def compiled(function):
    """How a function is compiled: 'kernel', 'compiled', 'njit' or ''."""
    names = [node.id for each in function.decorator_list for node in ast.walk(each) if isinstance(node, ast.Name)]
    return next((name for name in names if name in ("kernel", "compiled", "njit")), "")


LOOPS = {
    (path, node.name): node
    for path, tree in TREES.items()
    for node in tree.body
    if isinstance(node, ast.FunctionDef) and compiled(node)
}


def test_there_are_loops():
    assert len(LOOPS) > 100


@pytest.mark.parametrize("loop", LOOPS, ids=lambda loop: f"{loop[0].stem}.{loop[1]}")
def test_a_loop_has_few_arguments(loop):
    assert len(LOOPS[loop].args.args) <= MOST


def test_no_column_is_made_read_only_for_a_loop():
    for path, tree in TREES.items():
        calls = {getattr(node.func, "id", "") for node in ast.walk(tree) if isinstance(node, ast.Call)}
        assert "read_only" not in calls, path


def test_loops_are_kept_on_disk_in_one_place():
    """The machine code of an inner loop is part of the kernel's."""
    for path, tree in TREES.items():
        options = {each.arg for node in ast.walk(tree) if isinstance(node, ast.Call) for each in node.keywords}
        assert path.name in KEPT or "cache" not in options, f"{path}: use kernel, or njit for inner functions"


def test_loops_called_from_python_are_kernels():
    """A name in a file stands for a compiled loop if the file defines it or imports it."""
    helpers = {(path, name) for (path, name), node in LOOPS.items() if compiled(node) == "njit"}
    names = {name for _, name in helpers}
    for path, tree in TREES.items():
        own = {name for at, name in helpers if at == path}
        taken = {each.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for each in node.names}
        for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
            if (path, function.name) not in LOOPS:
                calls = {node.func.id for node in ast.walk(function) if isinstance(getattr(node, "func", 0), ast.Name)}
                assert not calls & names & (own | taken), f"{path}: {function.name} calls a loop that is not a kernel"


RUNS = """
import json, sys
from abm import scenario
from abm.chain import CHAIN, name, turn
from abm.engine.draws import Draws
from abm.engine.kernels import Kernel
from abm.facts import facts
from abm.recorder import Recorder
from abm.start import begin
from numba.core import types

inputs = facts.load()
for path, until in json.loads(sys.argv[1]):
    given = scenario.load(path).changed(seed=1, scale=0.02, until=until)
    state = begin(inputs, given.params_at(0), given.seed, given.scale)
    recorder = Recorder(inputs, given.months)
    for month in range(given.months):
        recorder.keep(state, turn(state, given.params_at(month), given.seed))
    for process in CHAIN:  # outside a turn every column can be written
        process.step(state, given.params_at(month).get(name(process)), Draws(1, name(process), state.clock.month))

def arrays(path, kind):
    if isinstance(kind, types.Array):
        yield path, kind.mutable
    elif isinstance(kind, types.BaseTuple):
        for n, each in enumerate(kind):
            yield from arrays(f"{path}.{kind.fields[n]}", each)

found = {}
for module in [each for key, each in sys.modules.items() if key.startswith("abm.")]:
    for loop in vars(module).values():
        if isinstance(loop, Kernel):
            kinds = [dict(a for at in zip(loop._names, each) for a in arrays(*at)) for each in loop.compiled.signatures]
            wrong = [at for each in kinds for at, mutable in each.items() if mutable != (at in loop.writes)]
            found[loop.__module__ + "." + loop.__name__] = [len(kinds), wrong]
print(json.dumps(found))
"""


@pytest.mark.slow  # three runs
def test_each_kernel_is_compiled_once_whatever_may_be_written():
    """In a process of its own, because tests call kernels with other types."""
    runs = [
        ("configs/scenarios/current.yaml", "2016-03"),
        ("configs/scenarios/linkable-modules.yaml", "2031-12"),
        ("configs/scenarios/placement-batch.yaml", "2027-06"),
    ]
    did = subprocess.run([sys.executable, "-c", RUNS, json.dumps(runs)], cwd=ROOT, capture_output=True, text=True)
    assert did.returncode == 0, did.stderr
    found = {loop.rpartition(".")[2]: each for loop, each in json.loads(did.stdout).items()}
    assert {loop: wrong for loop, (_, wrong) in found.items() if wrong} == {}
    assert {loop for loop, (many, _) in found.items() if many > 1} == COLUMNS_OF_ANY_WIDTH
    assert {loop for loop, (many, _) in found.items() if many == 0} == NEVER_CALLED
