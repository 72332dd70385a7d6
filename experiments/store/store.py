"""Keeps runs, each under the hash of what simulated it; outcomes are whole or absent, and whole ones never overwritten.

STORE/runs/<name>-<set>.json      provenance of the run: resolved parameters, seed, versions, commit; what this set of
                                  outcomes holds, by which code of measures, and its digests; written last
STORE/outcomes/<name>-<set>.parquet     run, measure, unit, by, group, month, value
STORE/failed/<name>.json          a run that failed: traceback, and the command that repeats it
STORE/sweeps/<sweep>/             the runs of a sweep, see sweeps/sweep.py
STORE/pages/<name>/               page with figures of a run, written by `abm run`

A run is named after what simulates it; what was measured of it is kept in sets (holds.py), one for each time that
further measures were asked for. A set is whole if its record is as it was written (records.py), is that of this set,
and its outcomes have the digest that stands there. Only whole sets count, and every reader checks what it reads.
"""

import hashlib
from collections.abc import Collection, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pandas as pd
import pyarrow as pa

from abm.engine.errors import InputError
from abm.measures import Asked
from experiments.store import holds, records, versions
from experiments.store import outcomes as tables
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


def record_key(name: str) -> str:
    """Key of the record of a set of outcomes in the store."""
    return f"{RUNS}/{name}{JSON}"


class Store:
    """Runs by name, in a folder or at a URI. Methods raise InputError."""

    def __init__(self, place: "Place | Store" = DEFAULT):
        self.files = place.files if isinstance(place, Store) else Files(place)
        self._seen: dict[str, tuple] = {}  # sets that were found whole: the stamps of their files then, what they hold

    def __reduce__(self):
        # a connection cannot be pickled, its address can; absolute, since a worker may run in another folder
        return Store, (self.files.root if self.files.local else self.files.place,)

    def sets(self) -> dict[str, list[str]]:
        """The sets of outcomes of each run that have a record, by name, without a look into them."""
        found: dict[str, list[str]] = {}
        for name in self.files.names(RUNS, JSON):
            found.setdefault(holds.run_of(name), []).append(name)
        return found

    def done(self) -> set[str]:
        """Names of the runs of which both files of a set are there, without a look into them."""
        return set(map(holds.run_of, set(self.files.names(RUNS, JSON)) & set(self.files.names(OUTCOMES, PARQUET))))

    def held(self, runs: Iterable[str]) -> dict[str, Asked | None]:
        """What is kept whole of some runs, for those of which something is; all of it is read. None: everything."""
        known = self.sets()
        there = {run: known[run] for run in runs if run in known}
        with ThreadPoolExecutor(tables.READERS) as readers:
            found = zip(there, readers.map(lambda run: [*map(self._held, there[run])], there), strict=True)
        whole = {run: [each for each in several if each != frozenset()] for run, several in found}
        return {run: holds.together(several) for run, several in whole.items() if several}

    def lacking(self, runs: Iterable[str], asked: Asked | None = None) -> dict[str, Asked | None]:
        """What is not kept whole of what is asked of some runs, for those that lack something. Without `asked` only
        runs of which nothing is kept lack anything: everything, None.
        """
        wanted, found = list(dict.fromkeys(runs)), {}
        held = self.held(wanted)
        for run in wanted:
            has = held.get(run, frozenset())
            if (asked is None and not has and has is not None) or (asked and has is not None and asked - has):
                found[run] = None if asked is None else asked - has
        return found

    def whole(self, runs: Iterable[str], asked: Asked | None = None) -> set[str]:
        """Those of some runs of which all that is asked, or without it anything, is kept whole; all of it is read."""
        wanted = set(runs)
        return wanted - self.lacking(wanted, asked).keys()

    def failed(self) -> set[str]:
        """Names of the runs that failed and have not succeeded since."""
        return set(self.files.names(FAILED, JSON)) - self.done()

    def has(self, name: str, asked: Asked | None = None) -> bool:
        """Whether all that is asked of a run, or without it anything, is kept whole."""
        return name in self.whole([name], asked)

    def has_set(self, name: str, asked: Asked, plugins: Mapping[str, Any] = MappingProxyType({})) -> bool:
        """Whether just what is asked of a run is kept, whole, as a set: somebody else may have made it meanwhile."""
        of_set = holds.name_of(name, holds.of_asked(asked, plugins))
        return self.files.exists(record_key(of_set)) and self._held(of_set) != frozenset()

    def keep(self, name: str, record: dict, table: pa.Table) -> str:
        """Keep outcomes of a finished run that are not kept yet, in place of damaged ones. What is kept whole stays,
        and must be the same: exactly, or where another kind of processor made it, almost. Returns what was done.
        """
        said = "made and kept"
        for each in self.sets().get(name, []):
            shown = self._held(each)
            if each not in self._seen:  # damaged
                self.files.delete(record_key(each))
                self.files.delete(tables.key_of(each))
            elif (again := table if shown is None else tables.only(table, shown)).num_rows:
                said = self._compared(each, record, again, shown)
                table = table.slice(0, 0) if shown is None else tables.without(table, shown)
        if table.num_rows:
            self._write(name, record, table)
        self.files.delete(f"{FAILED}/{name}{JSON}")
        return said

    def _write(self, name: str, record: dict, table: pa.Table) -> None:
        """Write a set of outcomes, its record last."""
        held = holds.of_table(table, record.get("plugins", {}))
        of_set = holds.name_of(name, held)
        content, seal = tables.as_parquet(name, table)
        sums = {"outcomes_sha256": hashlib.sha256(content).hexdigest(), "outcomes": seal.model_dump()}
        written = records.written(record | {"holds": held} | sums)  # refused before anything is touched
        self.files.delete(record_key(of_set))  # a record never stands beside outcomes of another writer
        self.files.write(tables.key_of(of_set), content)
        self.files.write(record_key(of_set), written)

    def keep_failure(self, name: str, failure: dict) -> None:
        """Keep the record of a failed run; a later failure replaces it, and a success removes it."""
        told = {"traceback": failure["traceback"].encode(errors="backslashreplace").decode()}  # quotes what it fails on
        self.files.write(f"{FAILED}/{name}{JSON}", records.written(failure | told))

    def failure(self, name: str) -> dict:
        """The record of a failed run."""
        return self._record(Failed, f"{FAILED}/{name}{JSON}", name, FAILURE_DAMAGED)[1]

    def record(self, name: str) -> tuple[Kept, dict]:
        """The record of a set of outcomes, as a model and as it was written. Raises Damaged."""
        record, mapping = self._record(Kept, record_key(name), holds.run_of(name), tables.WAY_OUT)
        if record.holds is not None and holds.name_of(holds.run_of(name), record.holds) != name:
            raise Damaged(f"{self.files.shown(record_key(name))}: is that of another set: {tables.WAY_OUT}")
        return record, mapping

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
        known = {*map(holds.run_of, self.files.names(RUNS, JSON)), *failed}  # also damaged ones: whoever reads is told
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

    def _held(self, name: str) -> Asked | None:
        """What of a set may be shown if it is whole, else nothing; None: everything. One that was whole, and whose
        files have not been written since, is not read again.
        """
        stamps = self.files.stamp(record_key(name)), self.files.stamp(tables.key_of(name))
        if name not in self._seen or self._seen[name][0] != stamps:
            try:
                record = self.record(name)[0]
                tables.checked(self, name, record)
            except Damaged:
                self._seen.pop(name, None)
                return frozenset()
            self._seen[name] = stamps, holds.shown(record)
        return self._seen[name][1]

    def _compared(self, name: str, record: dict, again: pa.Table, shown: Asked | None) -> str:
        """Compare repeated outcomes with a kept set. Raises InputError where they differ."""
        kept, place = self.record(name)[0], self.files.shown(tables.key_of(name))
        mine, its = again, tables.whole(self, name)
        if shown is not None:
            its = tables.only(its, frozenset((each, by) for by, of in holds.of_table(mine).items() for each in of))
        apart = tables.largest_difference(mine, its)
        if apart == 0:
            return "the outcomes are the same"
        here, theirs = record.get("processor"), kept.processor.model_dump() if kept.processor else None
        if here == theirs:
            raise InputError(
                f"{place}: differs from the repeated run (relatively up to {apart:.1g}), and is as it was written: "
                "it stays; repeat it with the packages that its record names and an empty cache of compiled code"
            )
        other, own = (versions.shown(kind) if kind else "an unknown kind" for kind in (theirs, here))
        kinds = f"made on {other}, here {own}"
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
    def keys(self) -> list[str]:
        """Keys of its outcomes in the store, one for each set."""
        return [tables.key_of(each) for each in self.store.sets().get(self.name, [])]

    def about(self) -> dict:
        """Its provenance, as the record of its first set says it. Raises Damaged."""
        return self.store.record(self.store.sets().get(self.name, [self.name])[0])[1]

    def holds(self) -> Asked | None:
        """The measures that it holds by breakdown, taken by the code of today; None: everything. Raises Damaged."""
        return tables.held(self.store, self.name)

    def outcomes(self, measure: str | None = None, by: str | None = None) -> pd.DataFrame:
        """Tidy outcomes: run, measure, unit, by, group, month, value; of one measure and breakdown if given."""
        return tables.frame(tables.read(self.store, [self.name], None if measure is None else [measure], by))
