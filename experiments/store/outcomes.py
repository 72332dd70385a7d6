"""Outcomes of runs: how they are written, read and checked, for one run or many."""

import hashlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from abm.measures import Asked
from experiments.store import holds, sealed
from experiments.store.records import Damaged, Kept, Seal

if TYPE_CHECKING:
    from experiments.store.store import Store

FOLDER, ENDING = "outcomes", ".parquet"
ALIKE = 1e-9  # largest relative difference between outcomes of two kinds of processors
READERS = 16  # threads that read files
WAY_OUT = "make the run again with the command that made it, 'abm run' or 'abm sweep'"


def key_of(name: str) -> str:
    """Key of a set of outcomes in the store."""
    return f"{FOLDER}/{name}{ENDING}"


def as_parquet(name: str, table: pa.Table) -> tuple[bytes, Seal]:
    """Outcomes of a run as Parquet, a part per breakdown, so that readers can skip the others; and their seal."""
    return sealed.write(by_breakdown(with_run(name, table)))


def with_run(name: str, table: pa.Table) -> pa.Table:
    """Outcomes with the run as their first column."""
    runs = pa.DictionaryArray.from_arrays(pa.nulls(table.num_rows, pa.int32()).fill_null(0), pa.array([name]))
    return table.add_column(0, "run", runs).combine_chunks()


def by_breakdown(table: pa.Table) -> Iterator[tuple[str, pa.Table]]:
    """A table, whose rows are sorted by breakdown, cut into breakdowns."""
    column = table["by"].combine_chunks()
    codes = column.indices.to_numpy()
    for start, end in pairwise([0, *(np.flatnonzero(np.diff(codes)) + 1).tolist(), len(codes)]):
        yield column.dictionary[int(codes[start])].as_py(), table.slice(start, end - start)


def read(store: "Store", runs: list[str], measures: list[str] | None = None, by: str | None = None) -> pa.Table:
    """Outcomes of some runs in their order: run, measure, unit, by, group, month, value; of some measures and one
    breakdown, or all of them (None), as far as they are kept. Of a breakdown nothing else is read. Raises Damaged,
    which names the file.
    """
    known = store.sets()
    with ThreadPoolExecutor(min(READERS, len(runs))) as readers:
        parts = list(readers.map(lambda run: _of_run(store, run, known.get(run, [run]), measures, by), runs))
    return pa.concat_tables(parts).unify_dictionaries()


def held(store: "Store", run: str) -> Asked | None:
    """What may be shown of a run; None: everything. Raises Damaged."""
    return holds.together(holds.shown(store.record(each)[0]) for each in store.sets().get(run, []))


def frame(table: pa.Table) -> pd.DataFrame:
    """Outcomes as a data frame, in which months are in order: a filter may say `month >= "2020-01"`."""
    found = table.to_pandas()
    return found.assign(month=in_order(found["month"]))


def in_order(months: pd.Series) -> pd.Series:
    """Months as an ordered category."""
    words = sorted(months.cat.categories)
    return months.cat.set_categories(words, ordered=True)


def chosen(table: pa.Table, words: list[str] | None, column: str = "measure") -> pa.Table:
    """The rows that have some words in a column of text, or all (None)."""
    if words is None or not table.num_rows:
        return table
    return table.filter(pa.chunked_array([_among(chunk, words) for chunk in table[column].chunks]))


def only(table: pa.Table, wanted: Asked) -> pa.Table:
    """The rows of some measures by breakdown."""
    return _flagged(table, wanted, True)


def without(table: pa.Table, unwanted: Asked) -> pa.Table:
    """The rows of all other measures by breakdown."""
    return _flagged(table, unwanted, False)


def _flagged(table: pa.Table, pairs: Asked, inside: bool) -> pa.Table:
    """The rows of a table of one run that are among pairs of measure and breakdown, or not."""
    if not table.num_rows:
        return table
    measures, breakdowns = (table[name].combine_chunks() for name in ("measure", "by"))
    known = {(each, by) for each, by in pairs}
    among = np.array(
        [[(each, by) in known for by in breakdowns.dictionary.to_pylist()] for each in measures.dictionary.to_pylist()]
    )
    return table.filter(pa.array(among[measures.indices.to_numpy(), breakdowns.indices.to_numpy()] == inside))


def whole(store: "Store", name: str) -> pa.Table:
    """A set of outcomes, all of it. Raises Damaged."""
    return pq.read_table(pa.BufferReader(checked(store, name, store.record(name)[0])), use_threads=False)


def checked(store: "Store", name: str, record: Kept) -> bytes:
    """The file of a set of outcomes, all of it. Raises Damaged."""
    key = key_of(name)
    content = store.content(key, WAY_OUT)
    if hashlib.sha256(content).hexdigest() != record.outcomes_sha256:
        raise _damaged(store, key)
    return content


def largest_difference(mine: pa.Table, its: pa.Table) -> float:
    """Largest relative difference between the values of two tables of outcomes; infinite where other things differ."""
    names = [name for name in mine.column_names if name not in ("run", "value")]
    if mine.num_rows != its.num_rows or set(names) != set(its.column_names) - {"run", "value"}:
        return np.inf
    for name in names:
        if mine[name].cast(pa.string()) != its[name].cast(pa.string()):
            return np.inf
    a, b = (each["value"].to_numpy() for each in (mine, its))
    if not np.array_equal(np.isnan(a), np.isnan(b)):
        return np.inf
    size = np.maximum(abs(a), abs(b))
    apart = abs(a - b)[~np.isnan(a) & (a != b)]
    return float((apart / size[~np.isnan(a) & (a != b)]).max(initial=0.0))


def _of_run(store: "Store", run: str, names: list[str], measures: list[str] | None, by: str | None) -> pa.Table:
    """Outcomes of a run from its sets, each measure from the first that has it. Raises Damaged."""
    parts, found = [], frozenset()
    for name in names:
        record = store.record(name)[0]
        shown = holds.shown(record)
        wanted = shown and frozenset(
            (measure, each)
            for measure, each in shown - found
            if (by is None or each == by) and (measures is None or measure in measures)
        )
        if wanted or shown is None or (not parts and name == names[-1]):  # the last, for the form of a table
            table = _one(store, run, name, record, by)
            parts.append(chosen(table, measures) if wanted is None else only(table, wanted))
            found |= wanted or frozenset()
    return pa.concat_tables(parts) if len(parts) > 1 else parts[0]


def _one(store: "Store", run: str, name: str, record: Kept, by: str | None) -> pa.Table:
    """A set of outcomes, of a breakdown or all (None). Raises Damaged."""
    key = key_of(name)
    if by is None or record.outcomes is None:
        whole = pq.read_table(pa.BufferReader(checked(store, name, record)), use_threads=False)
        table = chosen(whole, None if by is None else [by], "by")
    else:
        try:
            table = sealed.read(store.files, key, record.outcomes, by)
        except (sealed.Broken, FileNotFoundError):
            raise _damaged(store, key) from None
    if any(chunk.dictionary.to_pylist() != [run] for chunk in table["run"].chunks if len(chunk)):
        raise Damaged(f"{store.files.shown(key)}: holds outcomes of another run: {WAY_OUT}")
    return table


def _among(column: pa.DictionaryArray, words: list[str]) -> pa.Array:
    """Which rows of a column are among some words."""
    known = np.array([each in words for each in column.dictionary.to_pylist()], bool)
    return pa.array(known[column.indices.to_numpy()])


def _damaged(store: "Store", key: str) -> Damaged:
    return Damaged(f"{store.files.shown(key)}: is missing or damaged: {WAY_OUT}")
