"""The slice in plain C, compiled on first use; see slice.c."""

import ctypes
import subprocess
from functools import cache
from pathlib import Path
from shutil import which
from tempfile import TemporaryDirectory

import numpy as np

from abm.engine.draws import stream
from tests.benchmarks.rules import COMPARED, COUNTS, GRANTED, LEAVES, MOVES, MUNICIPALITIES, Rules

SOURCE = Path(__file__).with_name("slice.c")
FLAGS = ("-O3", "-march=native", "-ffp-contract=off", "-shared", "-fPIC")  # no contraction: the same sums everywhere
COLUMNS = ("identity", "lottery", "stage", "since", "place", "town", "moves")
POINTERS = ("cumulative", "offered", *COLUMNS, "homes", "occupancy")
ADDRESSES = ("seed_low", "seed_high", "grant", "move", "leave")


class Slice(ctypes.Structure):
    """The struct of slice.c, field by field."""

    _fields_ = [
        *((name, ctypes.c_int64) for name in ("people", "municipalities", "capacity")),
        *((name, ctypes.c_double) for name in ("granted", "move_chance", "leave_chance")),
        *((name, ctypes.c_void_p) for name in POINTERS),
        *((name, ctypes.c_uint32) for name in ADDRESSES),
    ]


def compiler() -> str | None:
    """Path of a C compiler, if there is one."""
    return which("cc") or which("gcc")


@cache
def library(source: Path) -> ctypes.CDLL:
    """The compiled slice; once it is loaded, its file is no longer needed."""
    with TemporaryDirectory() as folder:
        target = Path(folder) / "slice.so"
        subprocess.run([compiler(), *FLAGS, str(source), "-o", str(target), "-lm"], check=True)
        return ctypes.CDLL(str(target))


class CLoop:
    """The slice in C, with the interface of the other implementations."""

    def __init__(self, rules: Rules):
        self.library, self.month = library(SOURCE), 0
        self.arrays = rules.begin() | {
            "cumulative": rules.cumulative,
            "offered": rules.offered,
            "homes": np.zeros(MUNICIPALITIES),
            "occupancy": np.zeros(MUNICIPALITIES, np.int64),
        }
        self.rows, self.counts = np.zeros(2 * rules.people, np.int32), np.zeros(len(COUNTS), np.int64)
        self.slice = Slice(
            rules.people, MUNICIPALITIES, rules.capacity, GRANTED, MOVES, LEAVES,
            *(self.arrays[name].ctypes.data for name in POINTERS),
            rules.seed & 0xFFFFFFFF, rules.seed >> 32,
            *(stream("benchmark", label) for label in ("grant", "move", "leave")),
        )  # fmt: skip

    def step(self) -> tuple[int, ...]:
        """Simulate a month and return the counts of rules.COUNTS."""
        rows, counts = (ctypes.c_void_p(array.ctypes.data) for array in (self.rows, self.counts))
        self.library.month(ctypes.byref(self.slice), rows, self.month, counts)
        self.month += 1
        return tuple(self.counts.tolist())

    def columns(self) -> dict[str, np.ndarray]:
        """The columns that are compared, of people and municipalities."""
        return {name: self.arrays[name] for name in (*COMPARED, "homes", "occupancy")}
