"""What a store holds."""

from pathlib import Path

from experiments.store.filesystem import ASIDE


def content(place: Path) -> dict[str, bytes]:
    """Every file of a store, without those that were half-written when their process was killed."""
    files = (path for path in place.rglob("*") if path.is_file())
    found = {str(path.relative_to(place)): path.read_bytes() for path in files}
    return {key: each for key, each in found.items() if not key.startswith(f"{ASIDE}/")}
