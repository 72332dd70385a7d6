"""The rooms and the import rule: a module imports from its own room, or from a room of a line above it.

A room is a folder or a single module right under `abm` or `experiments`. Rooms of one line never import each other;
`experiments` imports from `abm`, never the other way round. tests/test_architecture.py holds the rule, and
scripts/draw_architecture.py draws it.
"""

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
LINES = {
    "abm": """engine
              facts tables
              state
              people
              observe
              asylum civic jobs homes residents finance
              chain start
              measures
              plugins
              scenario_file
              scenario recorder
              checkpoint
              parameters agents""",
    "experiments": """text terminal
                      store
                      designs
                      sweeps
                      analysis
                      validation
                      report
                      published
                      deposit
                      cli
                      __main__""",
}
LINE = {
    (top, room): line
    for top, text in LINES.items()
    for line, rooms in enumerate(text.splitlines())
    for room in rooms.split()
}
FILES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts): path
    for top in LINES
    for path in sorted((ROOT / top).rglob("*.py"))
}
MODULES = [module for module in FILES if not module.endswith("__init__")]


def imported(module: str) -> Iterator[str]:
    """Full names of the modules that a module imports, also inside functions. Raises ValueError for relative ones."""
    for node in ast.walk(ast.parse(FILES[module].read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            if node.level or not node.module:
                raise ValueError(f"{module}: write imports from the top")
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                yield whole if whole in FILES else node.module
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def arrows() -> dict[tuple[tuple[str, str], tuple[str, str]], int]:
    """How many imports there are from a room to another, counted once per module and imported module; sorted.

    A room is (top, name): ('abm', 'homes'). What is handed out by a whole package, as by `from abm import Model`,
    counts for no room.
    """
    found: Counter = Counter()
    for module in MODULES:
        room = tuple(module.split(".")[:2])
        for target in set(imported(module)):
            other = tuple(target.split(".")[:2])
            if other in LINE and other != room:
                found[room, other] += 1
    return dict(sorted(found.items()))
