"""The import rule, read from the syntax tree: a module imports from its own room, or from a line above it."""

from pathlib import Path

import pytest

from abm.chain import CHAIN
from experiments.store import versions
from scripts.rooms import FILES, LINE, LINES, MODULES, imported

PROCESSES = {process.__name__ for process in CHAIN}


@pytest.mark.parametrize("module", MODULES)
def test_a_module_imports_from_its_own_room_or_from_a_line_above(module):
    top, room = module.split(".")[:2]
    for target in {each for each in imported(module) if each.split(".")[0] in (*LINES, "tests", "scripts")}:
        other, *inner = target.split(".")
        assert (top, other) in {("abm", "abm"), ("experiments", "experiments"), ("experiments", "abm")}, target
        if other == top and inner and inner[0] != room:
            assert LINE[top, inner[0]] < LINE[top, room], f"{module} may not import {target}"
        assert not {module, target} <= PROCESSES, f"{module} imports {target}: a process never imports a process"


def test_every_room_has_its_line():
    assert {tuple(module.split(".")[:2]) for module in MODULES} == set(LINE)
    assert len(FILES) > len(MODULES) > 100


def test_what_simulates_imports_nothing_that_measures():
    """So measures may change without another name for runs (experiments/store/versions.py)."""
    todo, reached = ["abm.chain", "abm.start", "abm.people.archive"], set()
    while todo:
        module = todo.pop()
        if module in FILES and module not in reached:
            reached.add(module)
            todo += imported(module)
    measuring = {module for module in FILES if versions.measures(Path(*module.split(".")[1:]).with_suffix(".py"))}
    assert reached >= PROCESSES
    assert len(measuring) > 10
    assert not reached & measuring
