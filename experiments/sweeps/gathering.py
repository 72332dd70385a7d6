"""Outcomes of many runs: gathered from their files once, in few larger ones, and joined to the index of a sweep.

STORE/sweeps/<name>/gathered/<digest>.parquet, .json     totals of RUNS runs, a part per measure; the digest is that of
                                                         the names of the runs

Opening a file takes longer than reading a measure from it. What is gathered is a copy: it was checked when it was read
from the files of the runs, has digests of its own, is made again where it is gone or damaged, and may be removed.
"""

import hashlib
from collections.abc import Iterator
from itertools import batched, pairwise

import numpy as np
import pandas as pd
import pyarrow as pa

from abm.engine.errors import InputError
from experiments.store import outcomes as tables
from experiments.store import records, sealed
from experiments.store.records import Damaged, Gathered
from experiments.store.store import Store

RUNS = 100  # per file: their totals take some 90 MB while they are gathered
TOTAL = "total"  # the one breakdown that is gathered: the others are too large to be loaded for many runs


def outcomes(store: Store, folder: str, runs: list[str], measure: str | None, by: str, write: bool) -> pa.Table:
    """Outcomes of some runs in their order, of a measure or all (None) and a breakdown. `write`: gather those that are
    not gathered yet. Raises Damaged.
    """
    measures, parts = None if measure is None else [measure], []
    for some in map(list, batched(runs, RUNS)):
        found = None
        if by == TOTAL and measure is not None and len(some) == RUNS:
            found = _gathered(store, folder, some, measure)
            if found is None and write:
                every = tables.read(store, some, None, by)
                _gather(store, folder, some, every)
                found = tables.chosen(every, measures)
        parts.append(tables.read(store, some, measures, by) if found is None else found)
    return pa.concat_tables(parts).unify_dictionaries().combine_chunks()


def joined(index: pd.DataFrame, found: pa.Table) -> pd.DataFrame:
    """The rows of an index, each with the outcomes of its run; `found` has the runs one after another."""
    column = found["run"].chunk(0) if found["run"].num_chunks else pa.array([], pa.dictionary(pa.int32(), pa.string()))
    codes = column.indices.to_numpy()
    cuts = np.array([0, *(np.flatnonzero(np.diff(codes)) + 1).tolist(), len(codes)])
    place = {column.dictionary[int(codes[start])].as_py(): at for at, start in enumerate(cuts[:-1].tolist())}
    at = index["run"].map(place).to_numpy(float)
    index, at = index[~np.isnan(at)], at[~np.isnan(at)].astype(int)
    counts = np.diff(cuts)[at]
    columns = {name: _repeated(values, counts) for name, values in index.items()}
    rows = None  # all of them in their order, unless two points have one run
    if not np.array_equal(at, np.arange(len(cuts) - 1)):
        rows = pa.array(np.concatenate([np.arange(cuts[each], cuts[each + 1]) for each in at]))
    for name in found.column_names:
        if name != "run":
            values = found[name] if rows is None else found[name].take(rows)
            columns[name] = values.to_pandas()
    return pd.DataFrame(columns, copy=False)


def _repeated(values: pd.Series, counts: np.ndarray):
    """The values of a column of the index, each as often as its run has rows; text as categories."""
    if pd.api.types.is_numeric_dtype(values) or pd.api.types.is_bool_dtype(values):
        return np.repeat(values.to_numpy(), counts)
    codes, words = pd.factorize(values)
    small = codes.astype(np.min_scalar_type(-max(len(words), 1)))
    return pd.Categorical.from_codes(np.repeat(small, counts), categories=words)


def _gathered(store: Store, folder: str, runs: list[str], measure: str) -> pa.Table | None:
    """A measure of some runs as it was gathered; None where it is not, or is damaged."""
    key = f"{folder}/{_digest(runs)}"
    try:
        record, _ = records.read(Gathered, store.files.read(f"{key}.json"), key, "")
        return None if record.runs != runs else sealed.read(store.files, f"{key}.parquet", record.outcomes, measure)
    except (FileNotFoundError, Damaged, sealed.Broken):
        return None


def _gather(store: Store, folder: str, runs: list[str], every: pa.Table) -> None:
    """Write the totals of some runs, a part per measure. A store that cannot be written is left as it is."""
    content, seal = sealed.write(_by_measure(every.combine_chunks()))
    key = f"{folder}/{_digest(runs)}"
    try:
        store.files.write(f"{key}.parquet", content)
        store.files.write(f"{key}.json", records.written({"runs": runs, "outcomes": seal.model_dump()}))
    except InputError:
        return


def _by_measure(every: pa.Table) -> Iterator[tuple[str, pa.Table]]:
    """A table cut into measures, each with its runs in their order."""
    column = every["measure"].combine_chunks()
    codes = column.indices.to_numpy()
    order = np.argsort(codes, kind="stable")
    bounds = np.searchsorted(codes[order], np.arange(len(column.dictionary) + 1))
    for name, (start, end) in zip(column.dictionary.to_pylist(), pairwise(bounds.tolist()), strict=True):
        if start < end:
            yield name, every.take(pa.array(order[start:end]))


def _digest(runs: list[str]) -> str:
    return hashlib.sha256("\n".join(runs).encode()).hexdigest()[:32]
