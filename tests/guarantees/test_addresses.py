"""No label, month or address of a draw depends on a parameter: a lever that changes also keeps everybody's draws.

Read from the syntax tree. The label of a draw is a literal, or is put together from literals, from names that a loop or
a call in the same file gives a literal, and from names of enum members. The month of an address is that of the clock.
"""

import ast
from pathlib import Path

import pytest

import abm
from abm.tables.country import Kind

SEVERAL = "addresses"  # takes labels at all places
LABELLED = {"uniform", "once", "order", "salt", "address", "per_region"}  # what takes a label, at which place below
PLACE = {"per_region": 1}
FILES = sorted(Path(abm.__file__).parent.rglob("*.py"))


class Addresses:
    """The draws of a module, and whether what addresses them is fixed."""

    def __init__(self, text: str):
        self.tree = ast.parse(text)
        self.functions = [node for node in ast.walk(self.tree) if isinstance(node, ast.FunctionDef)]

    def calls(self, *names: str):
        """Calls of functions or methods by name, with the function that they stand in (None: the module)."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call):
                called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                if called in names:
                    yield called, node, self.around(node)

    def around(self, node: ast.AST) -> ast.FunctionDef | None:
        """The innermost function that a node stands in."""
        inside = [each for each in self.functions if node in set(ast.walk(each)) and each is not node]
        return inside[-1] if inside else None

    def fixed(self, label: ast.expr, function: ast.FunctionDef | None) -> bool:
        """Whether a label is the same whatever the parameters are."""
        match label:
            case ast.Constant():
                return True
            case ast.JoinedStr():
                return all(self.fixed(part, function) for part in label.values)
            case ast.FormattedValue():
                return self.fixed(label.value, function)
            case ast.Attribute(attr="name"):  # of an enum member, which test_enum_names_in_labels_are_frozen keeps
                return self.fixed(label.value, function) or self.typed(label.value, function)
            case ast.Attribute(attr="month"):
                return isinstance(label.value, ast.Name) and label.value.id == "draws"
            case ast.Name():
                return self.given(label.id, function)
        return False

    def typed(self, value: ast.expr, function: ast.FunctionDef | None) -> bool:
        """Whether a name is an argument that is declared to be a member of Kind."""
        arguments = function.args.args if function else []
        return any(a.arg == value.id and getattr(a.annotation, "id", "") == "Kind" for a in arguments)

    def given(self, name: str, function: ast.FunctionDef | None) -> bool:
        """Whether all that a name can stand for is fixed: elements of a loop over literals, arguments of calls."""
        if function is None:
            return False
        for node in ast.walk(function):
            target = getattr(node, "target", None)
            names = [each.id for each in ast.walk(target) if isinstance(each, ast.Name)] if target else []
            if isinstance(node, ast.For | ast.comprehension) and name in names:
                return self.elements(node, name, function)
        places = [argument.arg for argument in function.args.args]
        if name not in places:
            return False
        calls = list(self.calls(function.name))
        return bool(calls) and all(self.fixed(call.args[places.index(name)], around) for _, call, around in calls)

    def elements(self, loop, name: str, function: ast.FunctionDef) -> bool:
        """Whether a loop gives a name fixed values only."""
        over = loop.iter
        if isinstance(over, ast.Name):  # a tuple that was put together before the loop
            over = next(
                each.value
                for each in ast.walk(function)
                if isinstance(each, ast.Assign) and getattr(each.targets[0], "id", "") == over.id
            )
        if isinstance(over, ast.Call):  # range(len(CONSTANT))
            return over.func.id == "range" and all(
                part.id.isupper() or part.id in ("range", "len")
                for part in ast.walk(over)
                if isinstance(part, ast.Name)
            )
        if not isinstance(over, ast.Tuple | ast.List):
            return False
        if isinstance(loop.target, ast.Name):
            return all(self.fixed(each, function) for each in over.elts)
        place = [each.id for each in loop.target.elts].index(name)
        return all(self.fixed(each.elts[place], function) for each in over.elts)

    def wrong(self) -> list[str]:
        """Draws whose label or month depends on something else, as written."""
        found = [
            ast.unparse(node)
            for called, node, function in self.calls(*LABELLED)
            if node.args and not self.fixed(node.args[PLACE.get(called, 0)], function)
        ]
        found += [
            ast.unparse(node)
            for _, node, function in self.calls(SEVERAL)
            if not all(self.fixed(label, function) for label in node.args)
        ]
        for _, node, _ in self.calls("Draws"):
            month = node.args[2]
            clock = isinstance(month, ast.Attribute) and ast.unparse(month).endswith("clock.month")
            if not clock and not isinstance(month, ast.Constant):
                found.append(ast.unparse(node))
        return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_no_address_depends_on_a_parameter(path):
    if path.stem != "draws":  # which makes the addresses
        assert Addresses(path.read_text(encoding="utf-8")).wrong() == []


@pytest.mark.parametrize(
    "line",
    [
        'draws.once(f"cost of {params.most}", who)',
        "draws.uniform(params.rule, who)",
        'scheme = f"of {params.most}"\n    draws.once(f"fails {scheme}", who)',
        "for label in params.labels:\n        draws.once(label, who)",
        "Draws(draws.seed, draws.process, state.clock.month // params.exempt_months)",
        'draws.order(f"month {month + params.lag}", who)',
        'draws.addresses("family", params.rule)',
    ],
)
def test_one_that_does_is_found(line):
    assert len(Addresses(f"def step(state, params, draws):\n    {line}").wrong()) == 1


def test_enum_names_in_labels_are_frozen():
    """`reception.add` puts the name of a kind into its label: another name would draw other delays."""
    assert {kind.name: int(kind) for kind in (Kind.REGULAR, Kind.EMERGENCY)} == {"REGULAR": 1, "EMERGENCY": 2}
