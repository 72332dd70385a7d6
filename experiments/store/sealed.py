"""Parquet files whose parts are sealed: a reader takes one part, and knows it to be as it was written.

Parquet's own checksums do not cover its footer and the headers of its pages, so each part has a digest, which stands in
a record. The checksums of pages are written as well, for readers that know nothing of records.
"""

import hashlib
from collections.abc import Iterable
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from experiments.store.filesystem import Files
from experiments.store.records import Part, Seal

ROWS = 1_048_576  # most rows of a row group
STATISTICS = ["measure", "by"]  # what readers filter on: statistics of all columns take half of the time to write


class Broken(Exception):
    """A part that is not as it was written."""


def write(parts: Iterable[tuple[str, pa.Table]]) -> tuple[bytes, Seal]:
    """A Parquet file of named tables of one schema, of which there is at least one, and its seal. A table that is
    longer than ROWS takes several row groups.
    """
    sink = pa.BufferOutputStream()
    writer: Any = None
    names, ends, groups = [], [], [0]
    for name, table in parts:
        if writer is None:
            options = {"compression": "zstd", "write_statistics": STATISTICS, "write_page_checksum": True}
            writer = pq.ParquetWriter(sink, table.schema, **options)
            ends.append(0)  # the first bytes of the file belong to the first part
        for start in range(0, max(table.num_rows, 1), ROWS):
            writer.write_table(table.slice(start, ROWS), row_group_size=ROWS)
        names.append(name)
        ends.append(sink.tell())
        groups.append(groups[-1] + max(-(-table.num_rows // ROWS), 1))
    writer.close()
    content = sink.getvalue().to_pybytes()
    found = {name: _part(content, ends[at], ends[at + 1], groups[at], groups[at + 1]) for at, name in enumerate(names)}
    return content, Seal(size=len(content), footer=_part(content, ends[-1], len(content), 0, 0), parts=found)


def read(files: Files, key: str, seal: Seal, name: str, columns: list[str] | None = None) -> pa.Table:
    """A part of a file, some columns or all (None), without reading other parts; no rows where there is no such part.

    Raises Broken where the file is not as it was written, FileNotFoundError where there is none.
    """
    wanted = [seal.parts[name], seal.footer] if name in seal.parts else [seal.footer]
    whole = bytearray(seal.size)  # only what is filled takes memory
    for part, content in zip(wanted, files.stretches(key, [(part.start, part.end) for part in wanted]), strict=True):
        if hashlib.sha256(content).hexdigest() != part.sha256:
            raise Broken
        whole[part.start : part.end] = content
    file = pq.ParquetFile(pa.BufferReader(pa.py_buffer(whole)))
    groups = range(wanted[0].first, wanted[0].last)
    if not groups:
        return file.schema_arrow.empty_table()
    return file.read_row_groups(list(groups), columns=columns, use_threads=False)


def _part(content: bytes, start: int, end: int, first: int, last: int) -> Part:
    digest = hashlib.sha256(memoryview(content)[start:end]).hexdigest()
    return Part(start=start, end=end, first=first, last=last, sha256=digest)
