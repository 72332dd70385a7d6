"""A checkpoint: the state of a run at the beginning of a month, with all that was recorded until then, as bytes.

A run that goes on from it gives the same bytes as one that began in January 2015, because random draws are addressed
and no process remembers anything outside the tables. It holds numbers and names of columns, no code, so reading one
from a shared place runs nothing of it. What it is a state of, the name under which it is kept says
(experiments/store/checkpoints.py).

Layout: SHA-256 of the rest, a line of JSON (month, scale, everybody, and of each array its name, dtype and shape), and
the arrays one after another, compressed with Zstandard.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from abm.facts.facts import Inputs
from abm.recorder import Recorder
from abm.state import State
from abm.tables.residents import Ties

LEVEL = 1  # of compression: higher ones take ten times as long for a tenth less
DIGEST = 64  # characters
RECORDED = "recorded"


class Damaged(Exception):
    """These bytes are no checkpoint, or not all of one."""


class Checkpoint(NamedTuple):
    """What was read: the next month to simulate, and read-only arrays by name ('households.stage')."""

    month: int
    scale: float
    everybody: bool  # False: households that left, and that nothing refers to, are not in it (abm/people/archive.py)
    arrays: dict[str, np.ndarray]

    def state(self, inputs: Inputs, tables: Mapping[str, Any]) -> State:
        """The state, with the facts of the run; tables: empty ones that hold the columns of plug-ins."""
        state = State(inputs, self.scale, **tables)
        for name, table in state.tables.items():
            stored = {column: self.arrays[f"{name}.{column}"] for column in table.columns()}
            table.__setstate__({"size": len(next(iter(stored.values()))), "store": stored})
        state.links = self.arrays["links"].copy()
        state.ties = Ties(self.arrays["ties.starts"].copy(), self.arrays["ties.targets"].copy())
        state.clock.month = self.month
        return state

    def recorded(self, recorder: Recorder) -> None:
        """Give a recorder what was recorded until then of its measures."""
        values = {(name, by): self.arrays[f"{RECORDED}.{name}.{by}"] for name, by in recorder.values}
        recorder.take_over(values, self.month)


def pack(state: State, recorder: Recorder, everybody: bool = False) -> bytes:
    """The bytes of a checkpoint between two months; everybody: whether those who left are in the state.

    The recorder has all measures, so that whoever branches may ask for any of them.
    """
    month = state.clock.month
    arrays = {
        f"{name}.{each}": getattr(table, each) for name, table in state.tables.items() for each in table.columns()
    }
    arrays |= {"links": state.links, "ties.starts": state.ties.starts, "ties.targets": state.ties.targets}
    arrays |= {f"{RECORDED}.{name}.{by}": values[:month] for (name, by), values in recorder.values.items()}
    about = [(name, array.dtype.str, array.shape) for name, array in arrays.items()]
    raw = b"".join(np.ascontiguousarray(array).tobytes() for array in arrays.values())
    head = {"month": month, "scale": state.scale, "everybody": everybody, "bytes": len(raw), "arrays": about}
    body = json.dumps(head).encode() + b"\n" + pa.Codec("zstd", LEVEL).compress(raw, asbytes=True)
    return hashlib.sha256(body).hexdigest().encode() + body


def unpack(content: bytes) -> Checkpoint:
    """A checkpoint from its bytes. Raises Damaged."""
    body = memoryview(content)[DIGEST:]
    if hashlib.sha256(body).hexdigest().encode() != content[:DIGEST]:
        raise Damaged
    ends = content.index(b"\n", DIGEST)
    head = json.loads(content[DIGEST:ends])
    raw = pa.Codec("zstd").decompress(memoryview(content)[ends + 1 :], head["bytes"])
    arrays, start = {}, 0
    for name, dtype, shape in head["arrays"]:
        count = int(np.prod(shape))
        arrays[name] = np.frombuffer(raw, dtype, count, start).reshape(shape)
        start += arrays[name].nbytes
    return Checkpoint(head["month"], head["scale"], head["everybody"], arrays)
