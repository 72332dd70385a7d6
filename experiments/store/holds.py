"""What a set of outcomes holds: measures by breakdown, each with the digest of the code that took it.

A run has as many sets as there were times at which further measures were asked for. The name of a set is that of its
run with a digest of what it holds, so that whoever makes the same makes the same file. A value that other code took
than today's is not the measure that goes by this name, and is never shown for it.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from itertools import pairwise
from types import MappingProxyType
from typing import Any

import numpy as np
import pyarrow as pa

from abm.measures import Asked
from experiments.store import versions
from experiments.store.records import Kept

Holds = dict[str, dict[str, str]]  # breakdown -> measure -> digest of its code
BETWEEN, LENGTH = "-", 8  # of a name: run, set


def of_asked(asked: Asked, plugins: Mapping[str, Any] = MappingProxyType({})) -> Holds:
    """What a set of outcomes holds that has just what is asked; plugins: as a record describes them."""
    found: Holds = {}
    for measure, by in sorted(asked):
        found.setdefault(by, {})[measure] = versions.code_of(measure, plugins)
    return found


def of_table(table: pa.Table, plugins: Mapping[str, Any] = MappingProxyType({})) -> Holds:
    """What a table of outcomes holds, whose rows are sorted by breakdown; plugins: as a record describes them."""
    breakdowns, measures = (table[name].combine_chunks() for name in ("by", "measure"))
    codes, numbers, found = breakdowns.indices.to_numpy(), measures.indices.to_numpy(), set()
    for start, end in pairwise([0, *(np.flatnonzero(np.diff(codes)) + 1).tolist(), len(codes)]):
        if start < end:
            by = breakdowns.dictionary[int(codes[start])].as_py()
            found |= {(measures.dictionary[int(each)].as_py(), by) for each in np.unique(numbers[start:end])}
    return of_asked(frozenset(found), plugins)


def name_of(run: str, holds: Holds) -> str:
    """Name of a set of a run."""
    digest = hashlib.sha256(json.dumps(holds, sort_keys=True).encode()).hexdigest()
    return f"{run}{BETWEEN}{digest[:LENGTH]}"


def run_of(name: str) -> str:
    """The run of a set, by its name; sets of older versions have the name of their run."""
    return name.partition(BETWEEN)[0]


def shown(record: Kept) -> Asked | None:
    """What of a set may be shown: what the code of today took, or all where another model simulated the run, as its
    record says. None: all, of an older version, which does not say what that is.
    """
    if record.holds is None:
        return None
    other, plugins = record.model.model_dump() != versions.model_version(), _plugins(record)
    return frozenset(
        (measure, by)
        for by, measures in record.holds.items()
        for measure, code in measures.items()
        if other or code == versions.code_of(measure, plugins)
    )


def together(several: Iterable[Asked | None]) -> Asked | None:
    """What several sets hold; None: everything, as one of them does."""
    found: set[tuple[str, str]] = set()
    for each in several:
        if each is None:
            return None
        found |= each
    return frozenset(found)


def _plugins(record: Kept) -> dict[str, Any]:
    return {name: each.model_dump() for name, each in (record.plugins or {}).items()}
