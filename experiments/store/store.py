"""Keeps runs, each under the hash of what produced it; a run is complete or absent, and a whole one never overwritten.

STORE/runs/<name>.json            provenance of the run: resolved parameters, seed, versions, commit, and the digests of
                                  its outcomes; written last
STORE/outcomes/<name>.parquet     run, measure, unit, by, group, month, value
STORE/failed/<name>.json          a run that failed: traceback, and the command that repeats it
STORE/sweeps/<sweep>/             the runs of a sweep, see sweeps/sweep.py
STORE/pages/<name>/               page with figures of a run, written by `abm run`

A run is whole if its record is as it was written (records.py), is that of this run, and its outcomes have the digest
that stands there. Only whole runs count, and every reader checks what it reads.
"""

import hashlib
from collections.abc import Collection, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pyarrow as pa

from abm.engine.errors import InputError
from experiments.store import outcomes as tables
from experiments.store import records, versions
from experiments.store.filesystem import Files
from experiments.store.records import Damaged, Failed, Kept, OfRun
from experiments.store.versions import NAME_LENGTH, commit, made_with, model_version, name_of, provenance, run_name

__all__ = ["NAME_LENGTH", "commit", "made_with", "model_version", "name_of", "provenance", "run_name"]
RUNS, FAILED, JSON = "runs", "failed", ".json"
OUTCOMES, PARQUET = tables.FOLDER, tables.ENDING
MARK, MARK_TEXT = "README", b"Runs of a model, see store.py: runs/, outcomes/ (Parquet), failed/, sweeps/, pages/.\n"
DEFAULT = "results"
FAILURE_DAMAGED = "remove it: the command that makes the run makes it again"
Place = str | Path


def record_key(run: str) -> str:
    """Key of the record of a run in the store."""
    return f"{RUNS}/{run}{JSON}"


class Store:
    """Runs by name, in a folder or at a URI. Methods raise InputError."""

    def __init__(self, place: "Place | Store" = DEFAULT):
        self.files = place.files if isinstance(place, Store) else Files(place)
        self._seen: dict[str, tuple] = {}  # runs that were found whole, and the stamps of their files then

    def __reduce__(self):
        # a connection cannot be pickled, its address can; absolute, since a worker may run in another folder
        return Store, (self.files.root if self.files.local else self.files.place,)

    def done(self) -> set[str]:
        """Names of the runs of which both files are there, without a look into them."""
        return set(self.files.names(RUNS, JSON)) & set(self.files.names(OUTCOMES, PARQUET))

    def whole(self, runs: Iterable[str]) -> set[str]:
        """Those of some runs that are whole; all their outcomes are read."""
        there = sorted(self.done().intersection(runs))
        with ThreadPoolExecutor(tables.READERS) as readers:
            return {run for run, whole in zip(there, readers.map(self._whole, there), strict=True) if whole}

    def failed(self) -> set[str]:
        """Names of the runs that failed and have not succeeded since."""
        return set(self.files.names(FAILED, JSON)) - self.done()

    def has(self, name: str) -> bool:
        """Whether a run is kept, whole."""
        return self.files.exists(record_key(name)) and self._whole(name)

    def keep(self, name: str, record: dict, table: pa.Table) -> str:
        """Keep a finished run in place of a damaged one; a whole one stays, and its outcomes must be the same: exactly,
        or where another kind of processor made them, almost. Returns what was done, in words.
        """
        content, seal = tables.as_parquet(name, table)
        sums = {"outcomes_sha256": hashlib.sha256(content).hexdigest(), "outcomes": seal.model_dump()}
        written = records.written(record | sums)  # refused before anything is touched
        said = "made and kept"
        if self.has(name):
            said = self._compared(name, record, sums["outcomes_sha256"], content)
        else:
            self.files.delete(record_key(name))  # a record never stands beside outcomes of another writer
            self.files.write(tables.key_of(name), content)
            self.files.write(record_key(name), written)
        self.files.delete(f"{FAILED}/{name}{JSON}")
        return said

    def keep_failure(self, name: str, failure: dict) -> None:
        """Keep the record of a failed run; a later failure replaces it, and a success removes it."""
        told = {"traceback": failure["traceback"].encode(errors="backslashreplace").decode()}  # quotes what it fails on
        self.files.write(f"{FAILED}/{name}{JSON}", records.written(failure | told))

    def failure(self, name: str) -> dict:
        """The record of a failed run."""
        return self._record(Failed, f"{FAILED}/{name}{JSON}", name, FAILURE_DAMAGED)[1]

    def record(self, name: str) -> tuple[Kept, dict]:
        """The record of a kept run, as a model and as it was written. Raises Damaged."""
        return self._record(Kept, record_key(name), name, tables.WAY_OUT)

    def check(self) -> None:
        """Write a file that workers look for. Raises InputError where the store cannot be written."""
        self.files.write(MARK, MARK_TEXT)

    def check_seen(self) -> None:
        """Raise InputError where a worker cannot reach the store."""
        if not self.files.exists(MARK):
            raise InputError(
                f"{self.files.named}: cannot be reached by a worker on another machine: "
                "use a folder that all nodes share, or a URI like s3://BUCKET/PREFIX"
            )

    def run(self, name: str) -> "Run":
        """A kept run."""
        return Run(self, name)

    def find(self, run: str, failed: Collection[str] = ()) -> "Run":
        """A kept run, or one of `failed`, by its name or the first characters of it."""
        known = set(self.files.names(RUNS, JSON)) | set(failed)  # also damaged ones: whoever reads one is told
        hits = [run] if run in known else sorted(name for name in known if name.startswith(run))
        if len(hits) == 1:
            return self.run(hits[0])
        if hits:
            raise InputError(f"{run}: matches {len(hits)} runs: give more of the name, like {hits[0]}")
        shown = f"choose from {', '.join(sorted(known)[:5])}" if known else "make one with 'abm run SCENARIO'"
        raise InputError(f"{run}: no such run in {self.files.named}: {shown}")

    def content(self, key: str, way_out: str) -> bytes:
        """Content of a file. Raises Damaged where there is none."""
        try:
            return self.files.read(key)
        except FileNotFoundError:
            raise Damaged(f"{self.files.shown(key)}: is missing or damaged: {way_out}") from None

    def _record[Kind: OfRun](self, kind: type[Kind], key: str, name: str, way_out: str) -> tuple[Kind, dict]:
        shown = self.files.shown(key)
        record, mapping = records.read(kind, self.content(key, way_out), shown, way_out)
        own = record.run or versions.name_by(mapping["model"], record.scenario, record.data_digest)
        if own != name:
            raise Damaged(f"{shown}: is that of another run, {own}: {way_out}")
        return record, mapping

    def _whole(self, name: str) -> bool:
        """Whether a run is whole; one that was, and whose files have not been written since, is not read again."""
        stamps = self.files.stamp(record_key(name)), self.files.stamp(tables.key_of(name))
        if self._seen.get(name) == stamps:
            return True
        try:
            tables.checked(self, name, self.record(name)[0])
        except Damaged:
            return False
        self._seen[name] = stamps
        return True

    def _compared(self, name: str, record: dict, sha256: str, content: bytes) -> str:
        """Compare a repeated run with the kept one. Raises InputError where their outcomes differ."""
        kept = self.record(name)[0]
        if kept.outcomes_sha256 == sha256:
            return "the outcomes are the same"
        apart = tables.largest_difference(tables.checked(self, name, kept), content)
        if apart == 0:
            return "the outcomes are the same"  # an older version wrote them as other bytes
        place, mine = self.files.shown(tables.key_of(name)), record.get("processor")
        theirs = kept.processor.model_dump() if kept.processor else None
        if mine == theirs:
            raise InputError(
                f"{place}: differs from the repeated run (relatively up to {apart:.1g}), and is as it was written: "
                "it stays; repeat it with the packages that its record names and an empty cache of compiled code"
            )
        its, here = (versions.shown(kind) if kind else "an unknown kind" for kind in (theirs, mine))
        kinds = f"made on {its}, here {here}"
        if apart > tables.ALIKE:
            raise InputError(
                f"{place}: differs from the repeated run (relatively up to {apart:.1g}), more than another kind of "
                f"processor explains ({kinds}): the kept run stays; repeat it on the kind that made it"
            )
        return f"the outcomes are the same within {tables.ALIKE:g}, on another kind of processor ({kinds}); it stays"


@dataclass(frozen=True)
class Run:
    """A kept run: its provenance and its outcomes."""

    store: Store
    name: str

    @property
    def key(self) -> str:
        """Key of its outcomes in the store."""
        return tables.key_of(self.name)

    def about(self) -> dict:
        """Its provenance."""
        return self.store.record(self.name)[1]

    def outcomes(self, measure: str | None = None, by: str | None = None) -> pd.DataFrame:
        """Tidy outcomes: run, measure, unit, by, group, month, value; of one measure and breakdown if given."""
        return tables.frame(tables.read(self.store, [self.name], None if measure is None else [measure], by))
