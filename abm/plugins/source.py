"""The source of a plug-in: one Python file, with the files beside it that it imports.

It runs as a module under a name that is made of its digest, so that two versions of a plug-in do not mix in one
session, and a worker that has the text needs no file. A plug-in is code: whoever runs a scenario runs its plug-ins.
"""

import ast
import hashlib
import json
import linecache
import logging
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType

from abm.engine.errors import InputError, brief, shown
from abm.engine.text_files import read_text
from abm.observe.measure import APART, PLUGINS

SUFFIX, LIKE = ".py", "*.py"
_DIGITS = 20  # of the digest that stand in the name of a module
_SOURCES: dict[str, "Source"] = {}  # that may be imported, by the name of their package
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Source:
    """A plug-in as text. Two that say the same under the same name are equal, wherever they were read."""

    name: str
    path: str = field(compare=False)  # as somebody wrote it
    file: str = field(compare=False)  # where it was read
    texts: tuple[tuple[str, str], ...]  # name of a file without .py, and what it says; its own comes first

    @cached_property
    def digest(self) -> str:
        """SHA-256 of its files and their names."""
        return hashlib.sha256(json.dumps([self.name, sorted(self.texts)]).encode()).hexdigest()

    @property
    def package(self) -> str:
        """Name of the package that its modules are in."""
        return f"{PLUGINS}.d{self.digest[:_DIGITS]}"

    def module(self) -> ModuleType:
        """The plug-in as a module, run when it is first asked for. Raises InputError."""
        wanted = f"{self.package}.{self.name}"
        if wanted not in sys.modules:
            _log.info("runs the code of plug-in %s (%s)", self.file, self.digest[:12])
            _SOURCES[self.package] = self
            APART.pop(self.package, None)  # what an attempt that failed declared
            for name, text in self.texts:
                linecache.cache[self.file_of(name)] = len(text), None, text.splitlines(keepends=True), name
        try:
            return import_module(wanted)
        except (Exception, SystemExit) as error:
            raise InputError(self.blamed(error)) from error

    def file_of(self, name: str) -> str:
        """Where one of its files was read."""
        return str(Path(self.file).with_name(name + SUFFIX))

    def blamed(self, error: BaseException) -> str:
        """An error in one line: the file and line of this plug-in in which it came up, and what it says."""
        run = _SOURCES.get(self.package, self)  # the same text may have been read elsewhere before
        files, last = {run.file_of(name) for name, _ in run.texts}, run.file
        trace = error.__traceback__
        while trace:
            if trace.tb_frame.f_code.co_filename in files:
                last = f"{trace.tb_frame.f_code.co_filename} line {trace.tb_lineno}"
            trace = trace.tb_next
        return f"{last}: {type(error).__name__}: {error}"

    def __repr__(self) -> str:
        return f"{self.path} ({self.digest[:12]})"


def read(file: Path, path: str) -> Source:
    """A plug-in from its file; path: as somebody wrote it. Raises InputError."""
    name = file.stem
    if file.suffix != SUFFIX or not name.isidentifier() or not name.islower():
        raise InputError(
            f"{file}: {shown(file.name)} cannot be the name of a plug-in: "
            "give a file of Python named in lower-case letters, digits and '_', like pupils.py"
        )
    texts: dict[str, str] = {}
    left = [name]
    while left:
        if (each := left.pop()) in texts:
            continue
        beside = file.with_name(each + SUFFIX)
        texts[each] = read_text(beside, LIKE, "Python").replace("\r\n", "\n")
        left += _imported(parsed(texts[each], str(beside)), file.parent)
    return Source(name, path, str(file), tuple(texts.items()))


def parsed(text: str, file: str) -> ast.Module:
    """The syntax tree of a text. Raises InputError."""
    try:
        return ast.parse(text, file)
    except SyntaxError as error:
        line = f" line {error.lineno}" * bool(error.lineno)
        raise InputError(f"{file}{line}: is no valid Python: {error.msg}: correct it there") from None
    except (ValueError, RecursionError, MemoryError) as error:
        raise InputError(f"{file}: is no valid Python: {error}: correct it there") from None


def _imported(tree: ast.Module, folder: Path) -> Iterator[str]:
    """Names of the files in a folder that a text imports."""
    for node in ast.walk(tree):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level <= 1:
            names = [node.module] if node.module else [alias.name for alias in node.names]
        yield from (each for each in names if "." not in each and (folder / (each + SUFFIX)).is_file())


class _FromBeside(ast.NodeTransformer):
    """Lets a text import the files of its own plug-in, whatever else has their names."""

    def __init__(self, names: set[str]):
        self.names = names

    def visit_Import(self, node: ast.Import) -> list[ast.stmt]:
        beside = [alias for alias in node.names if alias.name in self.names]
        others = [alias for alias in node.names if alias.name not in self.names]
        made: list[ast.stmt] = [ast.Import(names=others)] if others else []
        made += [ast.ImportFrom(module=None, names=beside, level=1)] if beside else []
        return [ast.copy_location(each, node) for each in made]

    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.ImportFrom:
        if not node.level and node.module in self.names:
            node.level = 1
        return node


class _Importer(MetaPathFinder, Loader):
    """Imports the modules of plug-ins from their texts."""

    def find_spec(self, fullname, path=None, target=None) -> ModuleSpec | None:
        top, *inner = fullname.split(".")
        if top != PLUGINS:
            return None
        if len(inner) < 2:
            return ModuleSpec(fullname, self, is_package=True)
        source = _SOURCES.get(f"{top}.{inner[0]}")
        return ModuleSpec(fullname, self) if source and inner[1] in dict(source.texts) else None

    def exec_module(self, module: ModuleType) -> None:
        package, _, name = module.__name__.rpartition(".")
        source = _SOURCES.get(package)
        if source is None:  # a package, which holds nothing by itself
            return
        texts, file = dict(source.texts), source.file_of(name)
        module.__file__ = file
        tree = _FromBeside(set(texts)).visit(parsed(texts[name], file))
        exec(compile(ast.fix_missing_locations(tree), file, "exec"), vars(module))


sys.meta_path.append(_Importer())


def of(given: object, source: str, as_written: str | None = None) -> Source:
    """A source from a path, or from a module that was imported; as_written: the path that somebody wrote.

    Raises InputError.
    """
    if isinstance(given, ModuleType):
        file = getattr(given, "__file__", None)
        if not file:
            raise InputError(f"{source}: module '{brief(given.__name__)}' has no file: write it to one")
        return read(Path(file), Path(file).name)
    if not isinstance(given, str | Path):
        raise InputError(f"{source}: {shown(given)} is no plug-in: give the path of a Python file, or a module")
    written = Path(given if as_written is None else as_written)
    # where an absolute path leads on this machine is nobody else's business
    return read(Path(given), written.name if written.is_absolute() else written.as_posix())
