"""Learning and work in plain C; see jobs.c."""

import ctypes
from pathlib import Path

import numpy as np

from abm.engine.draws import stream
from abm.tables.people import Households, Newcomers
from tests.benchmarks.jobs_rules import BEGIN, COUNTS, EXACT, NEAR, TOWNS, JobsRules
from tests.benchmarks.slice_c import library

SOURCE = Path(__file__).with_name("jobs.c")
ADDRESSES = ("ends", "finds", "subsidised")
LEARNING = (
    "hours_none", "hours_primary", "hours_secondary", "hours_higher", "slope", "young", "old", "at_work",
    "at_work_dual", "informal", "pace", "kept", "idle_allowed", "activity",
)  # fmt: skip
WORK = (
    "barred_months", "work_permit", "with_permit", "level", "idleness", "experience", "woman", "ageing",
    "in_reception", "lock_in", "lock_in_dual", "coaching", "at_scale", "subsidised_share", "subsidy", "regulated",
    "recognised", "separation", "settled", "hours",
)  # fmt: skip
PERSONS = (
    "identity", "household", "adult", "female", "schooling", "exempt", "integrating", "active", "dual", "regulated",
    "born", "recognised", "talent", "class_hours", "coaching", "employed", "work_hours", "hired", "language",
    "idleness", "experience",
)  # fmt: skip
HOUSEHOLDS = ("stage", "track", "location", "municipality", "applied", "granted")
REGIONS = ("location_region", "municipality_region", "regional")


class Jobs(ctypes.Structure):
    """The struct of jobs.c, field by field."""

    _fields_ = [
        ("people", ctypes.c_int64),
        *((f"luck_{name}", ctypes.c_uint32) for name in ("seed_low", "seed_high", *ADDRESSES)),
        *((f"learning_{name}", ctypes.c_double) for name in LEARNING),
        *((f"work_{name}", ctypes.c_double) for name in WORK),
        *((f"column_{name}", ctypes.c_void_p) for name in (*PERSONS, *HOUSEHOLDS, *REGIONS)),
    ]


class JobsC:
    """The slice in C, with the interface of the other implementations."""

    def __init__(self, rules: JobsRules):
        self.library, self.month = library(SOURCE), BEGIN
        learning, work, regions = rules.learning.model_dump(), rules.work.model_dump(), rules.regions(TOWNS)
        learning["pace"] = 1 - np.exp(-1 / learning["idle_months"])
        learning["kept"] = 2 ** (-1 / learning["half_life"])
        persons, households = rules.begin()
        self.arrays = {
            **{name: whole(Newcomers, name, persons, rules.people) for name in PERSONS},
            **{name: whole(Households, name, households, rules.people) for name in HOUSEHOLDS},
            "location_region": regions,
            "municipality_region": regions,
            "regional": rules.regional,
        }
        self.jobs = Jobs(
            rules.people, rules.seed & 0xFFFFFFFF, rules.seed >> 32,
            *(stream("work", label) for label in ADDRESSES),
            *(learning[name] for name in LEARNING),
            *(work[name] for name in WORK),
            *(self.arrays[name].ctypes.data for name in (*PERSONS, *HOUSEHOLDS, *REGIONS)),
        )  # fmt: skip
        self.counts = np.zeros(len(COUNTS), np.int64)

    def step(self) -> tuple[int, ...]:
        """Simulate a month and return the counts of jobs_rules.COUNTS."""
        self.library.month(ctypes.byref(self.jobs), self.month, ctypes.c_void_p(self.counts.ctypes.data))
        self.month += 1
        return tuple(self.counts.tolist())

    def columns(self) -> dict[str, np.ndarray]:
        """The columns that are compared."""
        return {name: self.arrays[name] for name in (*EXACT, *NEAR)}


def whole(table, name: str, given: dict[str, np.ndarray], rows: int) -> np.ndarray:
    """A new column, (rows,): the given one, else the default in the model's table."""
    declared = table.columns()[name]
    return given[name].astype(declared.dtype) if name in given else np.full(rows, declared.default, declared.dtype)
