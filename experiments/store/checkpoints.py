"""Checkpoints of a store: states between two months from which runs branch, so that a shared history runs once.

STORE/checkpoints/<name>-<month>.state   the state at the beginning of a month, see abm/checkpoint.py

The name is the hash of all that led to the state: the scenario up to that month with its seed and scale, data, source
of the model and of plug-ins, versions of packages and kind of processor. So a state that is found is the one wanted,
whoever made it, and one that is damaged is removed and made again. Together they take up at most some bytes: the least
recently used go first (on object stores those that were written first).
"""

import hashlib
import json

from abm import checkpoint
from abm.checkpoint import Checkpoint, Damaged
from abm.engine import clock
from abm.engine.errors import InputError
from abm.scenario import Scenario
from experiments.store import versions
from experiments.store.store import Store

FOLDER, ENDING = "checkpoints", ".state"
NAME_LENGTH = 32
MOST = 4 * 10**9  # bytes that the checkpoints of a store may take up


def name_of(scenario: Scenario, month: int, data_digest: str) -> str:
    """Name of the state of a scenario at the beginning of a month, 1 or later."""
    history = scenario.changed(until=clock.label(month - 1)).canonical()
    made_of = [versions.made_with(data_digest), versions.processor(), history]
    digest = hashlib.sha256(json.dumps(made_of, sort_keys=True).encode()).hexdigest()[:NAME_LENGTH]
    return f"{digest}-{clock.label(month)}"


class Checkpoints:
    """The checkpoints of a store, for runs on some data; most: bytes that they may take up, 0 for none at all."""

    def __init__(self, store: Store, data_digest: str, most: int = MOST):
        self.store, self.data_digest, self.most = store, data_digest, most
        self._last: dict[str, Checkpoint] = {}  # the one read last

    def __reduce__(self):
        return Checkpoints, (self.store, self.data_digest, self.most)

    def latest(self, scenario: Scenario) -> Checkpoint | None:
        """The latest state of a scenario that is kept, and not damaged; None: none is."""
        kept = set(self.store.files.names(FOLDER, ENDING)) if self.most else set()
        months = {clock.index(name.partition("-")[2]) for name in kept}
        for month in sorted((each for each in months if each < scenario.months), reverse=True):
            name = name_of(scenario, month, self.data_digest)
            if name in kept and (found := self._read(name)):
                return found
        return None

    def at(self, scenario: Scenario, month: int) -> Checkpoint | None:
        """The state of a scenario at the beginning of a month, if it is kept, and not damaged."""
        return self._read(name_of(scenario, month, self.data_digest)) if self.most else None

    def has(self, scenario: Scenario, month: int) -> bool:
        """Whether a state is kept."""
        return self.store.files.exists(_key(name_of(scenario, month, self.data_digest)))

    def keep(self, scenario: Scenario, month: int, content: bytes) -> None:
        """Keep the state of a scenario at the beginning of a month, and remove what is then too much."""
        if len(content) > self.most:
            return
        name = name_of(scenario, month, self.data_digest)
        self.store.files.write(_key(name), content)
        files = self.store.files.listed(FOLDER, ENDING)
        left = self.most - sum(size for size, _ in files.values())
        for other in sorted(files.keys() - {name}, key=lambda each: files[each][1]):
            if left >= 0:
                break
            self.store.files.delete(_key(other))
            left += files[other][0]

    def _read(self, name: str) -> Checkpoint | None:
        """A checkpoint, or None where it is absent, cannot be read, or is damaged; a damaged one is removed."""
        if name in self._last:
            return self._last[name]
        try:
            found = checkpoint.unpack(self.store.files.read(_key(name)))
        except (FileNotFoundError, InputError):  # gone meanwhile, or somebody else's
            return None
        except Damaged:
            self.store.files.delete(_key(name))
            return None
        self.store.files.touch(_key(name))
        self._last.clear()
        self._last[name] = found
        return found


def _key(name: str) -> str:
    return f"{FOLDER}/{name}{ENDING}"
