"""Keeps runs, each under the hash of what produced it; a run is complete or absent, and never overwritten.

STORE/runs/<name>.json            provenance of the run: resolved parameters, seed, versions, commit; written last
STORE/outcomes/<name>.parquet     run, measure, unit, by, group, month, value
STORE/failed/<name>.json          a run that failed: traceback, and the command that repeats it
STORE/sweeps/<sweep>/             the runs of a sweep, see sweeps/sweep.py
STORE/pages/<name>/               page with figures of a run, written by `abm run`
"""

import hashlib
import json
import platform
import subprocess
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq

import abm
from abm.engine.errors import InputError
from abm.plugins import together
from abm.scenario import Scenario
from experiments.store.filesystem import Files

NAME_LENGTH = 16
PACKAGES = ("mesa", "numpy", "numba", "pandas", "pyarrow", "pydantic", "scipy", "networkx")
RUNS, OUTCOMES, FAILED, JSON, PARQUET = "runs", "outcomes", "failed", ".json", ".parquet"
MARK, MARK_TEXT = "README", b"Runs of a model, see store.py: runs/, outcomes/ (Parquet), failed/, sweeps/, pages/.\n"
DEFAULT = "results"
READERS = 16  # threads that read the footers of files
DAMAGED = "remove its files and run the scenario again"
Place = str | Path


@cache
def model_version() -> dict[str, str]:
    """Version of the package and a digest of the model's source, so that runs of edited code have other names."""
    root = Path(abm.__file__).parent
    code = hashlib.sha256()
    for file in sorted(root.rglob("*.py")):
        code.update(file.relative_to(root).as_posix().encode() + b"\0" + file.read_bytes() + b"\0")
    return {"version": metadata.version("abm-reception"), "code": code.hexdigest()}


@cache
def commit() -> str | None:
    """The commit of the working tree, followed by '+' if it has changes; None outside a checkout."""
    root = Path(__file__).parents[2]
    try:
        git = ["git", "-C", str(root)]
        head = subprocess.run([*git, "rev-parse", "HEAD"], capture_output=True, text=True, check=True).stdout.strip()
        changed = subprocess.run([*git, "status", "--porcelain"], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return None
    return head + ("+" if changed.strip() else "")


@cache
def _versions() -> tuple[str, dict[str, str]]:
    return platform.python_version(), {package: metadata.version(package) for package in PACKAGES}


def made_with(data_digest: str) -> dict:
    """Versions that runs are made with on this machine: model, data, Python and packages."""
    python, packages = _versions()
    return {"model": model_version(), "data_digest": data_digest, "python": python, "packages": packages}


def run_name(scenario: Scenario, data_digest: str) -> str:
    """Name of a run: hash of model version, resolved scenario with seed, and data."""
    return name_of(scenario.canonical(), data_digest)


def name_of(canonical: dict, data_digest: str) -> str:
    """Name of the run of a scenario in canonical form."""
    made_of = [model_version(), canonical, data_digest]
    return hashlib.sha256(json.dumps(made_of, sort_keys=True).encode()).hexdigest()[:NAME_LENGTH]


def provenance(scenario: Scenario, data_digest: str) -> dict:
    """Everything needed to repeat a run; identical for every repetition."""
    return (
        {
            "name": scenario.name,
            "title": scenario.title,
            "source": Path(scenario.source).name,
            "scenario": scenario.canonical(),
            "scenario_digest": scenario.digest(),
            "seed": scenario.seed,
            "commit": commit(),
        }
        | made_with(data_digest)
        | plugged(scenario)
    )


def plugged(*scenarios: Scenario) -> dict:
    """The plug-ins of scenarios for a record; nothing where there are none."""
    found = {name: about for scenario in scenarios for name, about in together.described(scenario.plugins).items()}
    return {"plugins": found} if found else {}


def as_json(content: object) -> bytes:
    """Content as indented JSON, keys in their order: that of parameters in a design decides the order of its points."""
    return (json.dumps(content, indent=1, ensure_ascii=False) + "\n").encode()


def as_parquet(name: str, table: pa.Table) -> bytes:
    """Outcomes of a run as Parquet, with a row group per breakdown, so that readers can skip the others.

    Statistics take half of the time to write, and are written only for the columns that readers filter on.
    """
    runs = pa.DictionaryArray.from_arrays(pa.nulls(table.num_rows, pa.int32()).fill_null(0), pa.array([name]))
    table = table.add_column(0, "run", runs).combine_chunks()
    by = table["by"].chunk(0).indices.to_numpy() if table.num_rows else np.array([])
    cuts = [0, *(np.flatnonzero(np.diff(by)) + 1).tolist(), table.num_rows]  # rows are sorted by breakdown
    sink = pa.BufferOutputStream()
    with pq.ParquetWriter(sink, table.schema, compression="zstd", write_statistics=["measure", "by"]) as writer:
        for start, end in pairwise(cuts):
            writer.write_table(table.slice(start, end - start))
    return sink.getvalue().to_pybytes()


def outcomes(files: Files, runs: list[str], measures: list[str] | None = None, by: str | None = None) -> pd.DataFrame:
    """Tidy outcomes of some runs: run, measure, unit, by, group, month, value; of some measures and one breakdown, or
    all of them (None). Other row groups are not read: pyarrow itself skips none by a column of categories.

    Raises the errors of pyarrow.
    """
    found = ds.dataset([files.path(outcomes_key(run)) for run in runs], format="parquet", filesystem=files.system)
    wanted = ds.scalar(True) if by is None else ds.field("by") == by
    if measures is not None:
        wanted &= ds.field("measure").isin(measures)
    if by is not None:
        with ThreadPoolExecutor(READERS) as readers:  # reading the footer of a remote file is slow
            parts = list(readers.map(lambda fragment: _part(fragment, by), found.get_fragments()))
        found = ds.FileSystemDataset(parts, found.schema, found.format, files.system)
    return found.to_table(filter=wanted).to_pandas()


def outcomes_key(run: str) -> str:
    """Key of the outcomes of a run in the store."""
    return f"{OUTCOMES}/{run}{PARQUET}"


def _part(fragment: ds.ParquetFileFragment, by: str) -> ds.ParquetFileFragment:
    """The row groups of a file that may hold a breakdown."""
    unknown = {"min": by, "max": by}
    bounds = [(group.id, (group.statistics or {}).get("by", unknown)) for group in fragment.row_groups]
    return fragment.subset(row_group_ids=[number for number, span in bounds if span["min"] <= by <= span["max"]])


class Store:
    """Runs by name, in a folder or at a URI. Methods raise InputError."""

    def __init__(self, place: "Place | Store" = DEFAULT):
        self.files = place.files if isinstance(place, Store) else Files(place)

    def __reduce__(self):
        # a connection cannot be pickled, its address can; absolute, since a worker may run in another folder
        return Store, (self.files.root if self.files.local else self.files.place,)

    def done(self) -> set[str]:
        """Names of the runs that are kept."""
        return set(self.files.names(RUNS, JSON))

    def failed(self) -> set[str]:
        """Names of the runs that failed and have not succeeded since."""
        return set(self.files.names(FAILED, JSON)) - self.done()

    def has(self, name: str) -> bool:
        """Whether a run is kept."""
        return self.files.exists(f"{RUNS}/{name}{JSON}")

    def keep(self, name: str, record: dict, table: pa.Table) -> None:
        """Keep a finished run. If it is kept already, its outcomes must be the same bytes."""
        outcomes = as_parquet(name, table)
        record = record | {"outcomes_sha256": hashlib.sha256(outcomes).hexdigest()}
        if self.has(name):
            self._same(name, record["outcomes_sha256"])
        else:
            self.files.write(f"{OUTCOMES}/{name}{PARQUET}", outcomes)
            self.files.write(f"{RUNS}/{name}{JSON}", as_json(record))
        self.files.delete(f"{FAILED}/{name}{JSON}")

    def keep_failure(self, name: str, failure: dict) -> None:
        """Keep the record of a failed run; a later failure replaces it, and a success removes it."""
        self.files.write(f"{FAILED}/{name}{JSON}", as_json(failure))

    def failure(self, name: str) -> dict:
        """The record of a failed run."""
        return self._json(f"{FAILED}/{name}{JSON}")

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
        known = self.done() | set(failed)
        hits = [run] if run in known else sorted(name for name in known if name.startswith(run))
        if len(hits) == 1:
            return self.run(hits[0])
        if hits:
            raise InputError(f"{run}: matches {len(hits)} runs: give more of the name, like {hits[0]}")
        shown = f"choose from {', '.join(sorted(known)[:5])}" if known else "make one with 'abm run SCENARIO'"
        raise InputError(f"{run}: no such run in {self.files.named}: {shown}")

    def _json(self, key: str) -> dict:
        try:
            return json.loads(self.files.read(key))
        except (FileNotFoundError, ValueError):
            raise InputError(f"{self.files.shown(key)}: is missing or damaged: {DAMAGED}") from None

    def _same(self, name: str, sha256: str) -> None:
        """Raise InputError where a repeated run has other outcomes than the kept one."""
        try:
            kept = self.files.read(f"{OUTCOMES}/{name}{PARQUET}")
        except FileNotFoundError:
            kept = b""
        if hashlib.sha256(kept).hexdigest() != sha256:
            place = self.files.shown(f"{OUTCOMES}/{name}{PARQUET}")
            raise InputError(f"{place}: differs from the repeated run: the kept one is damaged: {DAMAGED}")


@dataclass(frozen=True)
class Run:
    """A kept run: its provenance and its outcomes."""

    store: Store
    name: str

    @property
    def key(self) -> str:
        """Key of its outcomes in the store."""
        return outcomes_key(self.name)

    def about(self) -> dict:
        """Its provenance."""
        return self.store._json(f"{RUNS}/{self.name}{JSON}")

    def outcomes(self, measure: str | None = None, by: str | None = None) -> pd.DataFrame:
        """Tidy outcomes: run, measure, unit, by, group, month, value; of one measure and breakdown if given."""
        files = self.store.files
        try:
            return outcomes(files, [self.name], None if measure is None else [measure], by)
        except (OSError, pa.ArrowException):
            raise InputError(f"{files.shown(self.key)}: is missing or damaged: {DAMAGED}") from None
