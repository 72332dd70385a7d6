"""Outcomes of many runs: gathered from their files once, in few larger ones, and joined to the index of a sweep.

STORE/sweeps/<name>/gathered/<digest>.parquet, .json     totals of RUNS runs, a part per measure; the digest is that of
                                                         the names of the runs, and of what they hold

Opening a file takes longer than reading a measure from it, so a sweep that is complete is gathered. What is gathered is
a copy: it was checked when it was read from the files of the runs, has digests of its own, is not used where it is
damaged or of other runs, is made again by the same sweep, and may be removed.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import batched, pairwise
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from abm.measures import breakdown_of
from abm.plugins import assembly
from experiments.store import outcomes as tables
from experiments.store import records, sealed, versions
from experiments.store.records import Damaged, Gathered
from experiments.store.store import Run, Store

RUNS = 100  # per file: their totals take some 90 MB while they are gathered
SAME = ("measure", "unit", "by")  # columns that are the same in all rows of a measure
COUNTERS = ("point", "replicate", "policy", "world")  # columns of an index that count from 0
TOTAL = "total"  # the one breakdown that is gathered: the others are too large to be loaded for many runs


@dataclass(frozen=True)
class Outcomes:
    """Outcomes of runs, one run after another."""

    runs: list[str]  # those that have rows
    counts: np.ndarray  # rows of each of them
    columns: dict[str, np.ndarray | pd.Categorical]  # all but `run`


def check_scale(run: Run, measure: str, by: str) -> None:
    """Refuse a measure below the scale at which it says something; run: any of a sweep, as they share their scale."""
    record = run.about()
    breakdown_of(measure, by, assembly.of_record(record), record["scenario"]["scale"])


def outcomes(store: Store, folder: str, runs: list[str], measure: str | None, by: str) -> Outcomes:
    """Outcomes of some runs in their order, of a measure or all (None) and a breakdown: from what is gathered in a
    folder, else from the files of the runs. Of a measure without the columns SAME. Raises Damaged.
    """
    measures, parts = None if measure is None else [measure], _Parts()
    for some in map(list, batched(runs, RUNS)):
        found = None
        if by == TOTAL and measure is not None and len(some) == RUNS:
            found = _gathered(store, folder, some, measure)
        if found is None:
            found = tables.read(store, some, measures, by)
            found = found if measure is None else found.drop_columns(list(SAME))
        parts.add(found)
    return parts.together()


class _Parts:
    """Outcomes of runs as they are read: words are kept as numbers, which takes a third of the memory of the tables."""

    def __init__(self):
        self.runs: list[str] = []
        self.counts: list[np.ndarray] = []
        self.columns: dict[str, list[np.ndarray]] = {}
        self.words: dict[str, dict[str, int]] = {}  # column -> word -> number

    def add(self, table: pa.Table) -> None:
        """Add the outcomes of further runs."""
        table = table.combine_chunks()
        for name, column in zip(table.column_names, table.columns, strict=True):
            if not len(column):
                continue
            values = column.chunk(0)
            if name == "run":
                codes = values.indices.to_numpy()
                cuts = np.array([0, *(np.flatnonzero(np.diff(codes)) + 1).tolist(), len(codes)])
                self.counts.append(np.diff(cuts))
                self.runs += [values.dictionary[int(codes[start])].as_py() for start in cuts[:-1]]
            elif pa.types.is_dictionary(values.type):
                known = self.words.setdefault(name, {})
                numbers = [known.setdefault(word, len(known)) for word in values.dictionary.to_pylist()]
                small = np.array([*numbers, -1], np.min_scalar_type(-max(len(known), 1)))  # the last for what is null
                self.columns.setdefault(name, []).append(small[values.indices.fill_null(-1).to_numpy()])
            else:
                self.columns.setdefault(name, []).append(values.to_numpy(zero_copy_only=False).copy())

    def together(self) -> Outcomes:
        """All that was added; each column is let go as soon as it is whole."""
        counts, columns = np.concatenate([np.empty(0, int), *self.counts]), {}
        for name in list(self.columns):
            parts, words = self.columns.pop(name), list(self.words.get(name, ()))
            if name == "month":  # in order: a filter may say `month >= "2020-01"`
                ranks = np.array([*np.argsort(np.argsort(words)), -1], parts[-1].dtype)
                parts, words = [ranks[part] for part in parts], sorted(words)
            columns[name] = np.concatenate(parts)
            if words:
                columns[name] = _categories(columns[name], words, ordered=name == "month")
        return Outcomes(self.runs, counts, columns)


def gather(store: Store, folder: str, runs: list[str]) -> None:
    """Gather the totals of some runs, by RUNS; those that are gathered already stay. A remainder is not gathered, since
    it is read fast. Raises Damaged.
    """
    wanted = [list(some) for some in batched(runs, RUNS) if len(some) == RUNS]
    keys = {_digest(some) for some in wanted}
    for ending in (".json", ".parquet"):
        for name in set(store.files.names(folder, ending)) - keys:  # of the sweep before it was extended
            store.files.delete(f"{folder}/{name}{ending}")
    for some in wanted:
        codes = _codes(store, some)
        if not _is_gathered(store, folder, some, codes):
            content, seal = sealed.write(_by_measure(tables.read(store, some, list(codes), TOTAL)))
            key, record = f"{folder}/{_digest(some)}", {"runs": some, "codes": codes, "outcomes": seal.model_dump()}
            store.files.write(f"{key}.parquet", content)
            store.files.write(f"{key}.json", records.written(record))


def joined(index: pd.DataFrame, found: Outcomes, same: dict[str, str]) -> pd.DataFrame:
    """The rows of an index, each with the outcomes of its run; `same`: columns that have one word in all rows."""
    place = {run: at for at, run in enumerate(found.runs)}
    at = index["run"].map(place).to_numpy(float)
    index, at = index[~np.isnan(at)], at[~np.isnan(at)].astype(int)
    counts = found.counts[at]
    columns: dict[Any, Any] = {name: _repeated(values, counts) for name, values in index.items()}
    for name, word in same.items():
        columns[name] = _categories(np.zeros(counts.sum(), np.int8), [word])
    rows = None  # all of them in their order, unless two points have one run
    if not np.array_equal(at, np.arange(len(found.runs))):
        starts = np.cumsum(found.counts) - found.counts
        rows = np.concatenate([np.arange(starts[each], starts[each] + found.counts[each]) for each in at])
    for name, values in found.columns.items():
        columns[name] = values if rows is None else values[rows]
    return pd.DataFrame(columns, copy=False)


def _repeated(values: pd.Series, counts: np.ndarray):
    """The values of a column of the index, each as often as its run has rows; text as categories."""
    if values.name in COUNTERS:
        return np.repeat(values.to_numpy(np.int32), counts)
    if pd.api.types.is_numeric_dtype(values) or pd.api.types.is_bool_dtype(values):
        return np.repeat(values.to_numpy(), counts)
    codes, words = pd.factorize(values)
    small = codes.astype(np.min_scalar_type(-max(len(words), 1)))
    return _categories(np.repeat(small, counts), words)


def _categories(codes: Any, words: Any, ordered: bool = False) -> pd.Categorical:
    """Words by their codes, an array; the types that come with pandas know only lists."""
    return pd.Categorical.from_codes(codes, categories=words, ordered=ordered)


def _gathered(store: Store, folder: str, runs: list[str], measure: str) -> pa.Table | None:
    """A measure of some runs as it was gathered; None where it is not, is damaged, or other code took it."""
    try:
        key, record = f"{folder}/{_digest(runs)}.parquet", _record(store, folder, runs)
        if (record.codes or {}).get(measure) != _codes(store, runs[:1]).get(measure, ""):
            return None
        return sealed.read(store.files, key, record.outcomes, measure, ["run", "group", "month", "value"])
    except (FileNotFoundError, Damaged, sealed.Broken):
        return None


def _codes(store: Store, runs: list[str]) -> dict[str, str]:
    """The totals that each of some runs holds by the code of today, with the digest of that code. Raises Damaged."""
    plugins = store.run(runs[0]).about().get("plugins", {})
    every = [store.run(run).holds() for run in runs]
    held = frozenset.intersection(*(each for each in every if each is not None)) if None not in every else frozenset()
    return {measure: versions.code_of(measure, plugins) for measure, by in sorted(held) if by == TOTAL}


def _is_gathered(store: Store, folder: str, runs: list[str], codes: dict[str, str]) -> bool:
    """Whether some totals of some runs are gathered, all of them, and the file is as it was written."""
    try:
        record = _record(store, folder, runs)
        if record.codes != codes:
            return False
        seal = record.outcomes
        bounds = [(part.start, part.end) for part in (*seal.parts.values(), seal.footer)]
        found = store.files.stretches(f"{folder}/{_digest(runs)}.parquet", bounds)
    except (FileNotFoundError, Damaged):
        return False
    sums = [hashlib.sha256(each).hexdigest() for each in found]
    return sums == [part.sha256 for part in (*seal.parts.values(), seal.footer)]


def _record(store: Store, folder: str, runs: list[str]) -> Gathered:
    key = f"{folder}/{_digest(runs)}.json"
    record, _ = records.read(Gathered, store.files.read(key), store.files.shown(key), "sweep again")
    if record.runs != runs:
        raise Damaged(f"{store.files.shown(key)}: is of other runs: sweep again")
    return record


def _by_measure(every: pa.Table) -> Iterator[tuple[str, pa.Table]]:
    """Outcomes of runs, each a batch whose rows are sorted by measure, cut into measures, in which runs keep their
    order.
    """
    parts: dict[str, list[pa.RecordBatch]] = {}
    for batch in every.to_batches():
        column = batch.column("measure")
        codes = column.indices.to_numpy()
        for start, end in pairwise([0, *(np.flatnonzero(np.diff(codes)) + 1).tolist(), len(codes)]):
            name = column.dictionary[int(codes[start])].as_py()
            parts.setdefault(name, []).append(batch.slice(start, end - start))
    for name, batches in parts.items():
        yield name, pa.Table.from_batches(batches).combine_chunks()


def _digest(runs: list[str]) -> str:
    return hashlib.sha256("\n".join(runs).encode()).hexdigest()[:32]
