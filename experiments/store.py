"""Where runs are kept: a folder per run, named by what produced it, complete or absent.

STORE/runs/<name>/outcomes.parquet    measure, by, group, month, value
STORE/runs/<name>/run.json            resolved parameters, seed, versions, commit, seconds
"""

import hashlib
import json
import os
import platform
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import metadata
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

import abm
from abm.errors import InputError
from abm.scenario import Scenario

NAME_LENGTH = 16
STALE = 3600  # seconds after which a half-written run is taken to be dead
PACKAGES = ("mesa", "numpy", "numba", "pandas", "pyarrow", "pydantic", "scipy", "networkx")
OUTCOMES, ABOUT = "outcomes.parquet", "run.json"
DEFAULT = Path("results")


def model_version() -> dict[str, str]:
    """Version of the package and a digest of the model's source, so that edited code never shares a name."""
    root = Path(abm.__file__).parent
    code = hashlib.sha256()
    for file in sorted(root.rglob("*.py")):
        code.update(file.relative_to(root).as_posix().encode() + b"\0" + file.read_bytes() + b"\0")
    return {"version": metadata.version("abm-reception"), "code": code.hexdigest()}


def run_name(scenario: Scenario, data_digest: str) -> str:
    """Name of a run: hash of model version, resolved scenario with seed, and data."""
    made_of = [model_version(), scenario.canonical(), data_digest]
    return hashlib.sha256(json.dumps(made_of, sort_keys=True).encode()).hexdigest()[:NAME_LENGTH]


def commit() -> str | None:
    """The commit of the working tree, with '+' where it was changed; None outside a checkout."""
    root = Path(__file__).parents[1]
    try:
        git = ["git", "-C", str(root)]
        head = subprocess.run([*git, "rev-parse", "HEAD"], capture_output=True, text=True, check=True).stdout.strip()
        changed = subprocess.run([*git, "status", "--porcelain"], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return None
    return head + ("+" if changed.strip() else "")


def provenance(scenario: Scenario, data_digest: str) -> dict:
    """All that is needed to repeat a run."""
    return {
        "name": scenario.name,
        "title": scenario.title,
        "source": scenario.source,
        "scenario": scenario.canonical(),
        "scenario_digest": scenario.digest(),
        "seed": scenario.seed,
        "model": model_version(),
        "data_digest": data_digest,
        "commit": commit(),
        "python": platform.python_version(),
        "packages": {package: metadata.version(package) for package in PACKAGES},
    }


@contextmanager
def written_aside(folder: Path) -> Iterator[Path]:
    """A temporary folder that becomes `folder` when the block ends well, and disappears when it does not."""
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        for left in folder.parent.glob(f".{folder.name}-*"):  # of a run that was killed
            if time.time() - left.stat().st_mtime > STALE:
                shutil.rmtree(left, ignore_errors=True)
        aside = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    except OSError as error:
        raise InputError(f"{folder}: cannot be written ({error.strerror}): give another folder with --out") from None
    try:
        yield aside
        os.chmod(aside, 0o755)  # mkdtemp keeps others out; results are for reading
        aside.rename(folder)
    except OSError as error:
        if not (folder / ABOUT).exists():  # else another process wrote the same run first: the bytes are the same
            raise InputError(
                f"{folder}: cannot be written ({error.strerror}): give another folder with --out"
            ) from None
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def compare(repeat: Path, folder: Path) -> None:
    """Raise InputError where a repeated run has other outcomes than the one that is kept."""
    kept = folder / OUTCOMES
    if kept.exists() and kept.read_bytes() != (repeat / OUTCOMES).read_bytes():
        raise InputError(f"{folder}: the repeat gave other bytes: the kept run is damaged, remove it and run again")


def find(run: str, store: Path = DEFAULT) -> Path:
    """Folder of a run, given as a path, a name or the beginning of a name. Raises InputError."""
    path = Path(run)
    if (path / ABOUT).exists():
        return path
    known = sorted(folder.name for folder in (store / "runs").glob("[!.]*") if (folder / ABOUT).exists())
    hits = [name for name in known if name.startswith(run)]
    if len(hits) == 1:
        return store / "runs" / hits[0]
    if hits:
        raise InputError(f"{run}: is the beginning of {len(hits)} runs: write more of the name, like {hits[0]}")
    shown = f"choose from {', '.join(known[:5])}" if known else "make one with 'abm run SCENARIO'"
    raise InputError(f"{run}: no such run in {store / 'runs'}: {shown}")


def about(folder: Path) -> dict:
    """Content of a run's run.json."""
    try:
        return json.loads((folder / ABOUT).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise InputError(f"{folder / ABOUT}: cannot be read: remove the folder and run the scenario again") from None


def outcomes(folder: Path, measure: str | None = None, by: str | None = None) -> pd.DataFrame:
    """Tidy outcomes of a run: measure, by, group, month, value; of one measure and way to split it if given."""
    wanted = [("measure", "==", measure)] * (measure is not None) + [("by", "==", by)] * (by is not None)
    try:
        table = pq.read_table(folder / OUTCOMES, filters=wanted or None)
    except (OSError, pa.ArrowException):
        raise InputError(f"{folder / OUTCOMES}: cannot be read: remove the folder and run the scenario again") from None
    return table.to_pandas()
