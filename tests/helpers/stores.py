"""What a store holds, and records as runs have them."""

from pathlib import Path

from abm.scenario import Scenario
from experiments.store import versions
from experiments.store.filesystem import ASIDE


def content(place: Path) -> dict[str, bytes]:
    """Every file of a store, without those that were half-written when their process was killed."""
    files = (path for path in place.rglob("*") if path.is_file())
    found = {str(path.relative_to(place)): path.read_bytes() for path in files}
    return {key: each for key, each in found.items() if not key.startswith(f"{ASIDE}/")}


def record(scenario: Scenario, name: str, **others) -> dict:
    """The record of a run, by a name of one's own."""
    return versions.provenance(scenario, "data") | {"run": name} | others


def files_of(place: Path, run: str) -> tuple[Path, Path]:
    """The record and the outcomes of a run that is kept as one set."""
    (record,) = (place / "runs").glob(f"{run}-*.json")
    (outcomes,) = (place / "outcomes").glob(f"{run}-*.parquet")
    return record, outcomes
