"""Compiled loops are kept under what they were made of: an edit compiles what it touches, and nothing else."""

import ast
import inspect
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest
from numba.core.dispatcher import Dispatcher

import abm.chain
import abm.recorder  # noqa: F401  with the chain, these import every module that has compiled loops
from abm.engine import compiled as under_test
from abm.engine.compiled import compiled, digest
from abm.engine.kernels import Kernel

FACTS = """
from enum import IntEnum
from typing import NamedTuple

RATE = 2.0
LIMITS = (1, 5)

class Kind(IntEnum):
    SMALL = 10
    LARGE = 20

class Pair(NamedTuple):
    first: int
    second: int
"""
INNER = """
from abm.engine.compiled import compiled
from facts import RATE

@compiled
def scaled(x):
    return RATE * x
"""
OUTER = """
import facts
from abm.engine.compiled import compiled
from facts import Kind, Pair
from inner import scaled

@compiled
def through_a_call(x):
    return scaled(x) + 1

@compiled
def by_attribute(x):
    return x + facts.LIMITS[1]

@compiled
def by_member(x):
    return x + Kind.LARGE

@compiled
def of_fields(pair):
    return pair.first

@compiled
def alone(x):
    return x * x

if __name__ == "__main__":
    loops = through_a_call, by_attribute, by_member, of_fields, alone
    print(*(loop(x) for loop, x in zip(loops, (3.0, 1, 1, Pair(4, 7), 3))))
    print(*(sum(loop.dispatcher.stats.cache_misses.values()) for loop in loops))
"""
FIRST = [7.0, 6, 21, 4, 9]


@pytest.fixture(scope="module")
def files(tmp_path_factory) -> Path:
    """A folder with the three files above."""
    where = tmp_path_factory.mktemp("loops")
    for name, text in (("facts", FACTS), ("inner", INNER), ("outer", OUTER)):
        (where / f"{name}.py").write_text(text, encoding="utf-8")
    return where


def run(where: Path) -> tuple[list[float], list[int]]:
    """Results of the five loops in a process of its own, and how often each was compiled there."""
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2]), "PYTHONDONTWRITEBYTECODE": "1"}
    words = [sys.executable, "outer.py"]
    said = subprocess.run(words, capture_output=True, text=True, check=True, cwd=where, env=environment).stdout.split()
    return [float(each) for each in said[:5]], [int(each) for each in said[5:]]


def edit(where: Path, file: str, old: str, new: str) -> None:
    """Replace a text that is there, keeping size and time of the file where the new text is as long."""
    path = where / file
    before = path.stat()
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def test_an_edit_compiles_again_what_it_touches_and_no_more(files):
    assert run(files) == (FIRST, [1, 1, 1, 1, 1])
    assert run(files) == (FIRST, [0, 0, 0, 0, 0])
    edit(files, "facts.py", "RATE = 2.0", "RATE = 4.0")
    assert run(files) == ([13.0, 6, 21, 4, 9], [1, 0, 0, 0, 0])
    edit(files, "facts.py", "(1, 5)", "(1, 8)")
    edit(files, "facts.py", "LARGE = 20", "LARGE = 30")
    edit(files, "facts.py", "    first: int\n    second: int", "    second: int\n    first: int")
    assert run(files) == ([13.0, 9, 31, 7, 9], [0, 1, 1, 1, 0])
    edit(files, "inner.py", "RATE * x", "RATE - x")
    edit(files, "outer.py", "import facts\n", "# a comment\nimport facts\n")
    assert run(files) == ([2.0, 9, 31, 7, 9], [1, 0, 0, 0, 0])


@pytest.mark.slow
def test_a_damaged_file_is_compiled_again(files):
    before = run(files)[0]
    for path in sorted((files / "__pycache__").glob("outer.*.nb?")):
        whole = path.read_bytes()
        path.write_bytes(whole[:-9] + bytes([whole[-9] ^ 1]) + whole[-8:])
    assert run(files) == (before, [1, 1, 1, 1, 1])
    assert run(files) == (before, [0, 0, 0, 0, 0])


def loops() -> dict[str, Dispatcher]:
    """Every compiled loop of the model, by its full name."""
    modules = [module for name, module in sys.modules.items() if name.partition(".")[0] == "abm"]
    found = [each for module in modules for each in vars(module).values()]
    found = [each.compiled if isinstance(each, Kernel) else each for each in found]
    found = [each.dispatcher if isinstance(each, under_test.Loop) else each for each in found]
    return {f"{each.__module__}.{each.__qualname__}": each for each in found if isinstance(each, Dispatcher)}


def constants(function) -> set[str]:
    """Names of the numbers of its module that a function reads, by its source."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    return {name for name in names if isinstance(function.__globals__.get(name), int | float) and name.isupper()}


def test_every_loop_of_the_model_is_kept_under_the_value_of_each_constant_that_it_uses(monkeypatch):
    looked_at = 0
    for name, loop in loops().items():
        before = digest(loop)
        for constant in sorted(constants(loop.py_func)):
            with monkeypatch.context() as changed:
                changed.setitem(loop.py_func.__globals__, constant, loop.py_func.__globals__[constant] * 2 or 1)
                under_test._text_of.cache_clear()
                assert digest(loop) != before, f"{name} is kept under another {constant}"
                looked_at += 1
        under_test._text_of.cache_clear()
        assert digest(loop) == before
    assert looked_at > 50


def test_every_loop_that_is_kept_is_kept_like_this():
    kept_otherwise = [
        name for name, loop in loops().items()
        if type(loop._cache).__name__ not in ("_Kept", "NullCache")
    ]  # fmt: skip
    assert not kept_otherwise


def test_a_value_that_may_change_unseen_is_refused():
    table = {"a": 1}

    @compiled
    def reads(key):
        return table[key]

    with pytest.raises(TypeError, match="not known whether it changes"):
        digest(reads)


def test_arrays_and_closures_count_by_their_content():
    def made(array):
        @compiled
        def total():
            return array.sum()

        return total

    one, same, other = (made(np.array(each)) for each in ([1.0, 2.0], [1.0, 2.0], [1.0, 2.5]))
    assert digest(one) == digest(same) != digest(other)


def test_a_run_without_the_compiler_is_refused_in_one_line(tmp_path):
    root = Path(__file__).parents[2]
    scenario = str(root / "configs" / "scenarios" / "current.yaml")
    words = [sys.executable, "-m", "experiments", "run", scenario, "--store", str(tmp_path)]
    done = subprocess.run(words, capture_output=True, text=True, cwd=root, env=os.environ | {"NUMBA_DISABLE_JIT": "1"})
    assert done.returncode == 2
    assert done.stderr == "abm: NUMBA_DISABLE_JIT: is set, and a run needs compiled loops: unset it\n"
