"""A table to rebuild: what it is made of, and what came out."""

from collections.abc import Callable
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import Any

import pandas as pd

from abm.engine.errors import InputError
from abm.facts.csv_tables import FOLDER, KEYS, Tables


@dataclass(frozen=True)
class Given:
    """Files that a person gave to rebuild a table, and the tables that stand beside it."""

    files: dict[str, Path] = field(default_factory=dict)  # input -> file
    documents: dict[str, Path] = field(default_factory=dict)  # key in sources.yaml -> text of the document
    options: dict[str, str] = field(default_factory=dict)  # rules that a person chose
    folder: Path = FOLDER

    def __contains__(self, name: str) -> bool:
        return name in self.files

    def __getitem__(self, name: str) -> Path:
        if name not in self.files:
            raise InputError(f"--{name.replace('_', '-')}: is needed: give the file, see docs/facts.md")
        return self.files[name]

    def standing(self, table: str) -> pd.DataFrame:
        """A table of the folder as it stands, numbers as numbers."""
        return self._read(table, na_values=[""])

    def tables(self) -> Tables:
        """The tables that say which municipalities there were."""
        return {name: self.standing(name) for name in ("municipalities", "municipal_mergers", "municipal_memberships")}

    def text(self, table: str) -> pd.DataFrame:
        """The same with every value as written."""
        return self._read(table, dtype=str)

    def _read(self, table: str, **how: Any) -> pd.DataFrame:
        path = self.folder / f"{table}.csv"
        try:
            return pd.read_csv(path, keep_default_na=False, **how)
        except (OSError, ValueError) as error:
            raise InputError(f"{path}: cannot be read: --folder must hold the tables that stand") from error


STATUS = ("confirmed", "not found", "no document", "computed or assumed")


@dataclass(frozen=True)
class Finding:
    """What a document says about a row: whether its figures are in it."""

    row: str
    source: str
    status: str  # one of STATUS
    missing: str = ""  # figures that were looked for and not found


@dataclass(frozen=True)
class Table:
    """How to rebuild one table; the modules of this folder list theirs in TABLES."""

    name: str
    inputs: dict[str, str]  # option -> what the file is and where it is published
    build: Callable[[Given], pd.DataFrame] | None = None  # its columns, as far as the given files reach
    findings: Callable[[Given], list[Finding]] | None = None  # transcriptions looked up in documents
    remark: str = ""  # what cannot be rebuilt
    options: dict[str, tuple[str, ...]] = field(default_factory=dict)  # rules to choose from, the first by default;
    # none to choose from: any text

    @property
    def keys(self) -> list[str]:
        """Columns that identify a row."""
        return KEYS[self.name]


def as_csv(table: pd.DataFrame) -> str:
    """A table as it is kept: UTF-8, commas, Unix lines, floats as short as they can be."""
    return table.to_csv(index=False, lineterminator="\n")


def compare(name: str, made: pd.DataFrame, given: Given, most: int = 5) -> tuple[bool, str]:
    """Whether a rebuilt table is the one that stands, and in words."""
    stands, text = given.text(name), as_csv(made)
    if list(made.columns) == list(stands.columns) and text == (given.folder / f"{name}.csv").read_text("utf-8"):
        return True, "the same, byte for byte"
    keys = KEYS[name]
    made = pd.read_csv(StringIO(text), keep_default_na=False, dtype=str)
    one, other = stands.set_index(keys), made.set_index(keys)
    lines = [f"row {_words(key)}: stands, and the sources do not have it" for key in one.index.difference(other.index)]
    lines += [f"row {_words(key)}: is in the sources, and does not stand" for key in other.index.difference(one.index)]
    both = one.index.intersection(other.index)
    seen = [column for column in one.columns if column in other]
    for column in seen:
        differ = one.loc[both, column] != other.loc[both, column]
        lines += [
            f"row {_words(key)}: {column} stands as {one.at[key, column]}, the sources give {other.at[key, column]}"
            for key in both[differ]
        ]
    rest = [column for column in one.columns if column not in other]
    aside = f"; not checked for want of a file: {', '.join(rest)}" if rest else ""
    if not lines and seen:
        return True, f"{len(seen)} of {len(one.columns)} columns checked, the same{aside}"
    shown = [*lines[:most], *([f"and {len(lines) - most} more"] if len(lines) > most else [])]
    return False, "\n  ".join([f"{len(lines)} difference{'s' if len(lines) > 1 else ''}{aside}", *shown])


def _words(key: object) -> str:
    return " ".join(map(str, key)) if isinstance(key, tuple) else str(key)
