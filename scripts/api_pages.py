"""Builds the pages of every module: `python -m scripts.api_pages` writes them to docs/api, which git ignores.

pdoc reads docstrings, signatures and source. Two kinds of declaration say more than Python shows, and it is added to
their pages: a column of a table (meaning and unit) and a parameter (meaning, unit, bounds and source).
"""

import os
import shutil
import warnings
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

os.environ["NUMBA_DISABLE_JIT"] = "1"  # before numba: kernels are then plain functions, with signature and docstring
os.environ["PDOC_DISPLAY_ENV_VARS"] = "1"  # every default is in the source, also one that a variable happens to equal

from pdoc import doc, render

from abm.engine.params import ProcessParams, about
from abm.engine.table import Table
from scripts.rooms import FILES, LINES, ROOT

FOLDER = ROOT / "docs" / "api"
MODULES = sorted(module.removesuffix(".__init__") for module in FILES if not module.endswith("__main__"))


def opened(name: str) -> None:
    """Let a package show its rooms, and what it hands out: both are loaded only where somebody asks for them."""
    package: Any = import_module(name)
    rooms = sorted({module.split(".")[1] for module in MODULES if module.startswith(f"{name}.")})
    for handed_out in package.__all__:
        setattr(package, handed_out, getattr(package, handed_out))
    package.__all__ = [*package.__all__, *rooms]


def explained(module: doc.Module) -> doc.Module:
    """The module, with what its columns and parameters say of themselves."""
    for each in module.classes:
        members: dict[str, Any] = {member.name: member for member in each.own_members}
        if issubclass(each.obj, Table):
            for name in members.keys() & each.obj.columns().keys():
                column = each.obj.columns()[name]
                members[name].docstring = f"{column.doc} [{column.unit}]" if column.unit else column.doc
                members[name].default_value_str = f"column({column.dtype}, {column.default!r})"
        elif issubclass(each.obj, ProcessParams):
            for name in members.keys() & each.obj.model_fields.keys():
                field = each.obj.model_fields[name]
                facts = about(field)
                bounds = "" if facts["low"] is None else f", from {facts['low']:g} to {facts['high']:g}"
                lever = "; a lever" if facts["lever"] else ""
                words = f"{field.description} [{facts['unit']}{bounds}]{lever}. Source: {facts['source']}"
                members[name].docstring = words
    return module


def main(folder: Path = FOLDER, modules: Sequence[str] = tuple(MODULES)) -> None:
    """Write the pages of modules into a folder, anew. What pdoc warns of is an error."""
    warnings.filterwarnings("error", module=r"pdoc\b")
    warnings.filterwarnings("ignore", r"Error parsing type annotation .* for mesa\.")  # that class is not ours
    for package in LINES:
        opened(package)
    render.configure(docformat="markdown", footer_text="From waiting to working")
    pages = {name: explained(doc.Module.from_name(name)) for name in modules}
    shutil.rmtree(folder, ignore_errors=True)
    for name, module in pages.items():
        file = folder / f"{name.replace('.', '/')}.html"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(render.html_module(module, pages), encoding="utf-8")
    (folder / "index.html").write_text(render.html_index(pages), encoding="utf-8")
    (folder / "search.js").write_text(render.search_index(pages), encoding="utf-8")
    print(f"{len(pages)} pages: open {folder / 'index.html'}")


if __name__ == "__main__":
    main()
