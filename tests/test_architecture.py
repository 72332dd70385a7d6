"""The import rule, read from the syntax tree: a module imports from its own room, or from a line above it."""

import ast
from pathlib import Path

import pytest

from abm.chain import CHAIN

ROOT = Path(__file__).parents[1]
LINES = {  # rooms of a line never import each other
    "abm": """engine
              facts tables
              state
              people
              observe
              asylum civic jobs homes residents finance
              chain start measures
              scenario recorder
              parameters agents""",
    "experiments": "text \n store \n designs \n sweeps \n analysis \n validation \n report cli \n __main__",
    "scripts": "facts",
}
LINE = {
    (top, room): n for top, text in LINES.items() for n, line in enumerate(text.splitlines()) for room in line.split()
}
FILES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts): path for top in LINES for path in (ROOT / top).rglob("*.py")
}
MODULES = sorted(module for module in FILES if not module.endswith("__init__"))
PROCESSES = {process.__name__ for process in CHAIN}


def imported(module):
    """Full names of the modules of the project that a module imports, also inside functions."""
    for node in ast.walk(ast.parse(FILES[module].read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}: write imports from the top"
            yield from (
                f"{node.module}.{a.name}" if f"{node.module}.{a.name}" in FILES else node.module for a in node.names
            )
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


@pytest.mark.parametrize("module", MODULES)
def test_a_module_imports_from_its_own_room_or_from_a_line_above(module):
    top, room = module.split(".")[:2]
    for target in {each for each in imported(module) if each.split(".")[0] in (*LINES, "tests")}:
        other, *inner = target.split(".")
        assert other in {top, "abm"}, target
        if other == top and inner and inner[0] != room:
            assert LINE[top, inner[0]] < LINE[top, room], f"{module} may not import {target}"
        assert not {module, target} <= PROCESSES, f"{module} imports {target}: a process never imports a process"
