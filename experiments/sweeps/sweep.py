"""Sweeps: index the runs of a design, find the missing ones, make them, and load their outcomes.

STORE/sweeps/<name>/index-<n>.parquet    run, point, replicate, seed, scenario, policy, world, label, and a
                                         column per factor; two points may have the same run
STORE/sweeps/<name>/design-<n>.json      the design, the versions it was made with, and the digest of the index; written
                                         last; the last n counts
STORE/sweeps/<name>/gathered/            outcomes of many runs in few files, so that `load` is fast, see gathering.py
STORE/sweeps/<name>/drivers/             progress of each running driver, for `abm status`
"""

import hashlib
import io
import json
import math
import signal
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from abm import parameters
from abm.engine.errors import InputError
from abm.facts import facts
from abm.measures import Asked
from abm.plugins import assembly
from experiments.designs import design as designs
from experiments.designs.design import Design
from experiments.store import checkpoints, records, versions
from experiments.store import store as stores
from experiments.store.checkpoints import Checkpoints
from experiments.store.records import Damaged, OfDesign
from experiments.store.store import Store
from experiments.sweeps import gathering, ray_workers, runner
from experiments.sweeps.ray_workers import Lost
from experiments.sweeps.runner import Done, Shared

SWEEPS = "sweeps"
Report = Callable[[Done], None]  # called with the record of each finished job


@dataclass(frozen=True)
class Sweep:
    """A sweep in a store: an index of runs, and the design that makes their scenarios (None: read only)."""

    name: str
    store: Store
    about: dict  # the design as given, and the versions
    index: pd.DataFrame
    design: Design | None = None

    @property
    def runs(self) -> pd.DataFrame:
        """Rows of the index, one per run."""
        return self.index.drop_duplicates("run")

    @property
    def asked(self) -> Asked | None:
        """The measures that its design asks for; None: all, or where only its index is known, any."""
        return self.design.asked if self.design else None

    def lacking(self) -> dict[str, Asked | None]:
        """The runs that are not kept whole, including failed ones, and the measures that each lacks (None: all). What
        is kept is read and checked.
        """
        runs = self.runs["run"].tolist()
        if self.design is None or self.asked is not None:
            return self.store.lacking(runs, self.asked)
        every = {scenario.name: runner.every(scenario) for scenario in self.design.scenarios}
        found: dict[str, Asked | None] = {}
        for name, rows in self.runs.groupby("scenario", observed=True):
            found |= self.store.lacking(rows["run"], every[str(name)])
        return found

    def missing(self) -> pd.DataFrame:
        """Rows of the runs that lack something. What is kept is read and checked."""
        return self.runs[self.runs["run"].isin(self.lacking())]

    def failed(self) -> pd.DataFrame:
        """Rows of the runs that failed."""
        return self.runs[self.runs["run"].isin(self.store.failed())]

    def gather(self) -> None:
        """Gather the outcomes of a complete sweep in few files, so that `load` is fast; not where runs are missing."""
        if self.missing().empty:
            gathering.gather(self.store, f"{SWEEPS}/{self.name}/gathered", self.runs["run"].tolist())

    def load(self, measure: str | None = None, by: str | None = None, incomplete: bool = False) -> pd.DataFrame:
        """Outcomes of the runs, see `loading.load`."""
        from experiments.sweeps import loading  # which reads sweeps

        return loading.frame(self, measure, by, incomplete)


def begin(design: Design, store: Store, data_digest: str, keep: bool = True) -> Sweep:
    """The sweep of a design, as stored or new (keep: store a new one). Raises InputError where the stored one has
    another design; one that has been extended includes the added runs.
    """
    if not (known := _generations(store, design.name)):
        new = _new(design, store, data_digest, 1)
        return save(new) if keep else new
    about = _about(store, design.name, max(known))
    _refuse_other_versions(design.name, store, about, data_digest)
    try:
        sweep = find(design.name, store)
    except Damaged:  # of its index, which follows from its design
        sweep = _indexed_again(design, store, about, data_digest)
    if design.digest() in {_about(store, design.name, number)["design"] for number in known}:
        given = sweep.about["given"] | {"measures": design.given["measures"]}  # what is asked may change at any time
        design = designs.from_dict(given, design.source, design.folder)
    if sweep.about["design"] != design.digest():
        raise InputError(
            f"{design.source}: differs from the design that sweep '{design.name}' in {store.files.named} began with: "
            "give it another 'name:', or add its runs to the sweep with 'abm extend'"
        )
    return replace(sweep, design=design)


def extend(design: Design, store: Store, data_digest: str) -> Sweep:
    """The sweep of this name with the runs of a larger design, which must contain all of its runs; `save` stores it.
    Raises InputError.
    """
    sweep = find(design.name, store)
    _refuse_other_versions(sweep.name, store, sweep.about, data_digest)
    if sweep.about["design"] == design.digest():
        return replace(sweep, design=design)
    larger = _new(design, store, data_digest, sweep.about["generation"] + 1)
    if lost := set(sweep.index["run"]) - set(larger.index["run"]):
        raise InputError(
            f"{design.source}: lacks {len(lost):,} of the {len(sweep.runs):,} runs of sweep '{sweep.name}' in "
            f"{store.files.named}: restore and extend its design, or give the design another 'name:'"
        )
    return larger


def names(store: Store) -> list[str]:
    """Names of the sweeps of a store."""
    return sorted(name for name in store.files.folders(SWEEPS) if _generations(store, name))


def find(name: str, store: Store) -> Sweep:
    """A sweep by name. Raises InputError."""
    known = _generations(store, name)
    if not known:
        others = names(store)
        shown = f"choose from {', '.join(others[:10])}" if others else "make one with 'abm sweep DESIGN'"
        raise InputError(f"{name}: no such sweep in {store.files.named}: {shown}")
    about = _about(store, name, max(known))
    return Sweep(name, store, about, _index(store, name, about))


def index(design: Design, data_digest: str) -> pd.DataFrame:
    """The index of a design: a row per run, ordered by point, then replicate."""
    rows = []
    for number, point in enumerate(design.points):
        canonical = design.scenario_of(number, 0).canonical()
        for replicate in range(design.replicates):
            seed = design.seed_of(number, replicate)
            name = stores.name_of(canonical | {"seed": seed}, data_digest)
            rows.append((name, number, replicate, seed, point.scenario, point.policy, point.world, point.label))
    columns = ["run", "point", "replicate", "seed", "scenario", "policy", "world", "label"]
    frame = pd.DataFrame(rows, columns=columns)
    frame["seed"] = frame["seed"].astype("uint64")
    return frame.join(values(design), on="point")


def values(design: Design) -> pd.DataFrame:
    """Values of the factors, a row per point; empty where a factor has its value in the scenario."""
    columns = {key: _column([point.values.get(key) for point in design.points]) for key in design.factors}
    return pd.DataFrame(columns, index=range(len(design.points)))


def units(columns, about: Mapping[str, Any] = MappingProxyType({})) -> dict[str, str]:
    """Units of the columns of an index that are parameters; about: the record of the sweep."""
    known = {row["parameter"]: row["unit"] for row in parameters.rows()}
    known |= {path: each["unit"] for path, each in assembly.parameters_of_record(about).items()}
    return {column: known[column] for column in columns if column in known}


def _column(given: list) -> list:
    """Values of a column: one that changes once is its value; all are JSON text where one changes more often."""
    single = [next(iter(each.values())) if isinstance(each, dict) and len(each) == 1 else each for each in given]
    if any(isinstance(each, dict) for each in single):
        return [None if each is None else json.dumps(each, sort_keys=True) for each in given]
    return single


def shared(store: Store, history: int = checkpoints.MOST) -> Shared:
    """The shared part of the jobs of a store on this machine; history: bytes that its checkpoints may take up."""
    inputs = facts.load()
    record = {"commit": stores.commit(), "processor": versions.processor()} | stores.made_with(inputs.digest)
    return Shared(inputs, store, record, Checkpoints(store, inputs.digest, history))


def make(do: ray_workers.Do, given: Shared, wanted, report: Report, seconds: float | None = None) -> bool:
    """Make runs and report each, until all are made (True) or `seconds` have passed (False)."""
    ends = time.monotonic() + seconds if seconds is not None else math.inf
    records = do(runner.work, runner.prepare, given, wanted)
    left = len(wanted)
    with closing(records):
        for record in records:
            if isinstance(record, Lost):
                given.store.keep_failure(record.job.name, runner.failure(record.job, given, record.reason))
                record = Done(record.job.name, "lost", reason=record.reason)
            report(record)
            left -= 1
            if left and time.monotonic() > ends:
                return False
    return True


def sharded(sweep: Sweep, shard: tuple[int, int] | None) -> pd.DataFrame:
    """Missing runs, with the measures that each lacks in the column `asked`, of a shard (i, n): every n-th run of the
    index from the i-th on, counted from 1. So the n shards have every run once, whenever each begins.

    Raises InputError.
    """
    lacking = sweep.lacking()
    missing = sweep.runs[sweep.runs["run"].isin(lacking)]
    missing = missing.assign(asked=missing["run"].map(lacking))
    if shard is None:
        return missing
    i, n = shard
    if not 1 <= i <= n:
        raise InputError(f"--shard: {i}/{n} is not a shard: write I/N, like 3/16, with I from 1 to N")
    return missing[missing["run"].isin(sweep.runs["run"].iloc[i - 1 :: n])]


@contextmanager
def stopping() -> Generator[None]:
    """Treat SIGTERM like Ctrl-C while a sweep is made."""

    def stop(number, frame):
        raise KeyboardInterrupt

    try:
        before = signal.signal(signal.SIGTERM, stop)
    except ValueError:  # not in the main thread
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


_WAY_OUT = "remove the folder of the sweep and sweep again; kept runs are not repeated"


def _generations(store: Store, name: str) -> list[int]:
    found = store.files.names(f"{SWEEPS}/{name}", ".json")
    numbers = [each.removeprefix("design-") for each in found if each.startswith("design-")]
    return [int(number) for number in numbers if number.isdecimal()]


def _about(store: Store, name: str, generation: int) -> dict:
    key = f"{SWEEPS}/{name}/design-{generation}.json"
    shown, content = store.files.shown(key), store.content(key, _WAY_OUT)
    record, mapping = records.read(OfDesign, content, shown, _WAY_OUT)
    if (record.name, record.generation) != (name, generation):
        raise Damaged(f"{shown}: is that of sweep '{record.name}', design {record.generation}: {_WAY_OUT}")
    return mapping


def _index(store: Store, name: str, about: dict) -> pd.DataFrame:
    """The index of a sweep. Raises Damaged."""
    key = f"{SWEEPS}/{name}/index-{about['generation']}.parquet"
    damaged = Damaged(f"{store.files.shown(key)}: is missing or damaged: {_WAY_OUT}")
    content = store.content(key, _WAY_OUT)
    if about.get("index_sha256", (digest := hashlib.sha256(content).hexdigest())) != digest:
        raise damaged
    try:
        index = pq.read_table(pa.BufferReader(content)).to_pandas()
        if index["run"].nunique() == about["runs"]:
            return index
    except (OSError, ValueError, KeyError, pa.ArrowException):  # of an older sweep, whose index has no digest
        pass
    raise damaged


def _indexed_again(design: Design, store: Store, about: dict, data_digest: str) -> Sweep:
    """A sweep whose index is damaged, with the index written again from its design. Raises Damaged where it would be
    another than it was.
    """
    given = designs.from_dict(about["given"], design.source, design.folder)
    again = _new(given, store, data_digest, about["generation"])
    key = f"{SWEEPS}/{design.name}/index-{about['generation']}.parquet"
    content = _as_parquet(again.index)
    if about["design"] != given.digest() or about.get("index_sha256") != hashlib.sha256(content).hexdigest():
        raise Damaged(f"{store.files.shown(key)}: is missing or damaged: {_WAY_OUT}")
    store.files.write(key, content)
    return find(design.name, store)


def _as_parquet(index: pd.DataFrame) -> bytes:
    sink = io.BytesIO()
    pq.write_table(
        pa.Table.from_pandas(index, preserve_index=False), sink, compression="zstd", write_page_checksum=True
    )
    return sink.getvalue()


def _new(design: Design, store: Store, data_digest: str, generation: int) -> Sweep:
    """A sweep that is not stored yet."""
    rows = index(design, data_digest)
    about = (
        {
            "name": design.name,
            "title": design.title,
            "generation": generation,
            "design": design.digest(),
            "given": design.given,
            "source": Path(design.source).name,
            "runs": rows["run"].nunique(),
            "commit": stores.commit(),
        }
        | stores.made_with(data_digest)
        | versions.plugged(*design.scenarios)
    )
    return Sweep(design.name, store, about, rows, design)


def save(sweep: Sweep) -> Sweep:
    """Store a sweep, first the index, then the design; returns it."""
    place, number = f"{SWEEPS}/{sweep.name}", sweep.about["generation"]
    if number in _generations(sweep.store, sweep.name):
        return sweep
    content = _as_parquet(sweep.index)
    about = records.written(sweep.about | {"index_sha256": hashlib.sha256(content).hexdigest()})
    sweep.store.files.write(f"{place}/index-{number}.parquet", content)
    sweep.store.files.write(f"{place}/design-{number}.json", about)
    return sweep


def _refuse_other_versions(name: str, store: Store, about: dict, data_digest: str) -> None:
    """Raise InputError where the sweep was made with another model or other data: such runs must not be mixed."""
    here, there = stores.made_with(data_digest), about
    for what, mine, its in (
        ("model", here["model"]["code"], there["model"]["code"]),
        ("data", here["data_digest"], there["data_digest"]),
    ):
        if mine != its:
            made = f" of commit {there['commit'][:12]}" if there.get("commit") else ""
            raise InputError(
                f"sweep '{name}' in {store.files.named}: was made with another version of the {what} "
                f"({its[:12]}{made}; here {mine[:12]}): use that version, another --store, or another 'name:'"
            )
