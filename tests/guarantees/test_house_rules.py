"""The house rules, read from the syntax tree: libraries with a home, processes in form, no number without a name."""

import ast
import importlib
import inspect
import re
import sys
from pathlib import Path

import pytest

from abm.chain import CHAIN, name
from abm.engine.params import ProcessParams
from abm.scenario import default
from tests.helpers.village import village_state

ROOT = Path(__file__).parents[2]
HOMES = {  # third-party library -> the modules or rooms that may import it
    "mesa": {"abm.agents"},
    "networkx": {"abm.agents.borders"},
    "yaml": {"abm.engine.yaml_input"},
    "pydantic": {
        "abm.engine",
        "abm.scenario_file",
        "abm.parameters",
        "experiments.designs.design_file",
        "experiments.validation.targets",
        "experiments.store.records",
        "experiments.report.plan",
        "experiments.report.recipe",
        "experiments.published.question_file",
    },
    "numba": {"abm.engine"},
    "pandas": {"abm.facts", "abm.recorder", "experiments"},
    "pyarrow": {"abm.recorder", "abm.checkpoint", "experiments"},
    "scipy": {"abm.residents.exposure", "experiments"},
    "altair": {"experiments.report"},
    "jinja2": {"experiments.report"},
    "rocrate": {"experiments.deposit.crate"},
    "annotated_types": {"abm.engine.params"},
    "pydantic_core": {"abm.engine", "abm.scenario_file"},
    "babel": {"experiments.text", "experiments.report.words"},
    "filelock": {"experiments.sweeps.machine_lock"},
    "psutil": {"experiments.sweeps"},
    "rich": {"experiments"},
    "typer": {"experiments"},
    "vl_convert": {"experiments.report"},
    "ray": {"experiments.sweeps.ray_workers"},
    "SALib": {"experiments.designs.sampling"},
}
FILES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts): path
    for package in ("abm", "experiments")
    for path in sorted((ROOT / package).rglob("*.py"))
}
TREES = {module: ast.parse(path.read_text(encoding="utf-8")) for module, path in FILES.items()}
PROCESSES = [process.__name__ for process in CHAIN]
each_module = pytest.mark.parametrize("module", FILES)
each_process = pytest.mark.parametrize("process", CHAIN, ids=name)


def imported(module):
    """Names of what a module imports, also inside functions: 'abm.engine', 'numpy'."""
    for node in ast.walk(TREES[module]):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module


# --- libraries


@each_module
def test_each_library_has_its_home(module):
    for target in imported(module):
        library = target.split(".")[0]
        if library in HOMES:
            homes = HOMES[library]
            assert any(module == home or module.startswith(f"{home}.") for home in homes), f"{module}: {library}"


def test_every_library_in_use_has_a_home():
    known = set(sys.stdlib_module_names) | set(HOMES) | {"abm", "experiments", "numpy"}
    assert {target.split(".")[0] for module in FILES for target in imported(module)} <= known


@each_module
def test_nothing_private_of_a_library_is_imported(module):
    froms = [node for node in ast.walk(TREES[module]) if isinstance(node, ast.ImportFrom)]
    names = {f"{node.module}.{alias.name}" for node in froms for alias in node.names} | set(imported(module))
    theirs = {name for name in names if name.split(".")[0] not in ("abm", "experiments", "__future__")}
    assert {name for name in theirs if "._" in name} == set()


# --- randomness and time come from one place


@each_module
def test_nothing_draws_at_random_elsewhere(module):
    text = FILES[module].read_text(encoding="utf-8")
    assert "random" not in {target.split(".")[0] for target in imported(module)}
    if module.startswith("abm.") and not module.startswith("abm.agents."):
        assert not re.search(r"\bnp\.random\b|default_rng|datetime\.now|time\.time\(", text)


LEFT_TO_THE_PROCESSOR = {
    "dot",
    "matmul",
    "vdot",
    "inner",
    "tensordot",
    "einsum",
    "linalg",
    "corrcoef",
    "cov",
    "convolve",
}
WHOLE_NUMBERS = {"abm.observe.adult_crosstab"}  # their sum is the same in any order


@each_module
def test_no_order_of_additions_is_left_to_the_processor(module):
    if module.startswith("abm.") and module not in WHOLE_NUMBERS:
        nodes = list(ast.walk(TREES[module]))
        operators = [node.op for node in nodes if isinstance(node, ast.BinOp | ast.AugAssign)]
        assert not any(isinstance(each, ast.MatMult) for each in operators), "use abm.engine.products"
        assert not LEFT_TO_THE_PROCESSOR & {node.attr for node in nodes if isinstance(node, ast.Attribute)}


# --- processes


@each_process
def test_a_process_has_its_form(process):
    assert re.search(r"^Source: \S", process.__doc__, re.MULTILINE)
    assert process.Params.__mro__[1] is ProcessParams
    assert process.Params.__module__ == process.__name__
    assert isinstance(process.WRITES, tuple)
    assert isinstance(process.EVENTS, dict)
    order = [getattr(node, "name", None) for node in TREES[process.__name__].body]
    written = [ast.unparse(node).split(" = ")[0] for node in TREES[process.__name__].body]
    assert written.index("WRITES") < written.index("EVENTS") < order.index("Params") < order.index("step")
    step = next(node for node in TREES[process.__name__].body if getattr(node, "name", "") == "step")
    assert [argument.arg for argument in step.args.args] == ["state", "params", "draws"]


@each_process
def test_writes_name_real_columns(process):
    tables = village_state().tables
    assert len(process.WRITES) == len(set(process.WRITES)) > 0
    for path in process.WRITES:
        table, dot, column = path.partition(".")
        assert table in tables
        assert not dot or column in tables[table].columns()
        assert not dot or table not in process.WRITES, f"{path}: the whole table is listed too"


@each_process
def test_events_that_a_process_names_are_declared(process):
    """Keys of what a step returns, where they are written as such."""
    step = next(node for node in TREES[process.__name__].body if getattr(node, "name", "") == "step")
    returned = [node.value for node in ast.walk(step) if isinstance(node, ast.Return)]
    keys = [key for value in returned if isinstance(value, ast.Dict) for key in value.keys]
    assert {key.value for key in keys if isinstance(key, ast.Constant)} <= set(process.EVENTS)


@each_process
def test_params_are_used(process):
    used = {node.attr for node in ast.walk(TREES[process.__name__]) if isinstance(node, ast.Attribute)}
    elsewhere = {node.attr for node in ast.walk(TREES["abm.start"]) if isinstance(node, ast.Attribute)}
    assert set(process.Params.model_fields) <= used | elsewhere


def test_the_chain_holds_every_process_once():
    processes = [module for module, tree in TREES.items() if any(getattr(n, "name", "") == "step" for n in tree.body)]
    assert sorted(PROCESSES) == sorted(processes)
    assert set(default().params_at(0)) == {name(process) for process in CHAIN} | {"start"}


# --- no number without a name

FREE = {0, 1, 2, -1}  # neutral numbers, and the two of pairs, halves and squares
NUMBERS = {  # numbers that are the definition of the function that holds them
}


def numbers(node):
    """Numbers written inside the functions of a module, as (function, number)."""
    for function in (each for each in ast.walk(node) if isinstance(each, ast.FunctionDef)):
        for each in ast.walk(function):
            if isinstance(each, ast.Constant) and type(each.value) in (int, float, complex):
                yield function.name, each.value


@pytest.mark.parametrize("module", PROCESSES)
def test_no_number_without_a_name(module):
    process = module.rpartition(".")[2]
    for function, number in numbers(TREES[module]):
        allowed = FREE | NUMBERS.get((process, function), set())
        assert number in allowed, f"{process}.{function}: give {number} a name, as a parameter or a constant"


def test_the_search_for_numbers_finds_one():
    tree = ast.parse("LIMIT = 7\ndef f(x):\n    return x[0] * 0.37 if True else 'text'")
    assert set(numbers(tree)) == {("f", 0), ("f", 0.37)}


# --- files


def test_a_file_can_be_read_in_one_sitting():
    files = [path for top in ("abm", "experiments", "scripts", "tests") for path in sorted((ROOT / top).rglob("*.py"))]
    assert {str(path) for path in files if len(path.read_text(encoding="utf-8").splitlines()) >= 400} == set()


@each_module
def test_nothing_is_left_to_do(module):
    lines = FILES[module].read_text(encoding="utf-8").splitlines()
    assert not [line for line in lines if re.search(r"\b(TODO|FIXME|XXX|HACK)\b", line)]


@each_module
def test_modules_classes_and_functions_are_explained(module):
    body = TREES[module].body
    assert not body or ast.get_docstring(TREES[module])
    public = [node for node in body if isinstance(node, ast.ClassDef | ast.FunctionDef) and node.name[0] != "_"]
    public = [node for node in public if "overload" not in map(ast.unparse, node.decorator_list)]
    assert [node.name for node in public if not ast.get_docstring(node)] == []
    for each in (node for node in public if isinstance(node, ast.ClassDef)):
        found = getattr(importlib.import_module(module.removesuffix(".__init__")), each.name)
        methods = {node.name for node in each.body if isinstance(node, ast.FunctionDef) and node.name[0] != "_"}
        # a method that takes the place of another is explained there
        assert [name for name in sorted(methods) if not inspect.getdoc(getattr(found, name))] == []


def test_every_column_is_described():
    for table in village_state().tables.values():
        for column_name, column in table.columns().items():
            assert column.doc, column_name
            assert "\n" not in column.doc


def test_every_module_can_be_imported():
    for module in FILES:
        if not module.endswith("__main__"):
            importlib.import_module(module.removesuffix(".__init__"))


def test_no_test_imports_from_another_test():
    """What several tests need is in tests/helpers, so that a file of tests can be read and removed by itself."""
    for path in (ROOT / "tests").rglob("test_*.py"):
        own = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        taken = set(
            re.findall(r"^\s*from (tests(?:\.\w+)*\.test_\w+) import", path.read_text(encoding="utf-8"), re.MULTILINE)
        )
        assert taken <= {own}, path
