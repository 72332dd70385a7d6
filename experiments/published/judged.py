"""Whether a table comes out as it was published: exactly, within tolerance, or changed and where."""

import math
from dataclasses import dataclass
from typing import Any

import pandas as pd

from experiments.published.question_file import Tolerance
from experiments.published.tables import DIGITS, KEYS, NUMBERS
from experiments.store.outcomes import ALIKE


@dataclass(frozen=True)
class Change:
    """Where a table has changed: the row, the column, what was published and what comes out."""

    row: str
    column: str
    published: str
    now: str

    def __str__(self) -> str:
        return f"{self.row}: {self.column}: published {self.published}, now {self.now}"


@dataclass(frozen=True)
class Judgement:
    """How many rows are exactly as published, how many within tolerance, and what has changed."""

    exact: int
    within: int
    changed: tuple[Change, ...]


def judged(published: pd.DataFrame, now: pd.DataFrame, tolerance: Tolerance) -> Judgement:
    """A table that comes out beside the published one."""
    before, after = (_rows(each) for each in (published, now))
    changed, exact, within = [], 0, 0
    for key, row in before.items():
        name = ", ".join(key)
        if key not in after:
            changed.append(Change(name, "row", "there", "not there"))
            continue
        found = after[key]
        others = [each for each in row if each not in (*NUMBERS, *KEYS) and row[each] != found[each]]
        most = limit(row, tolerance)
        moved = [each for each in NUMBERS if not _within(row[each], found[each], most)]
        changed += [Change(name, each, _shown(row[each]), _shown(found[each])) for each in (*others, *moved)]
        same = all(_equal(row[each], found[each]) for each in NUMBERS)
        exact += same and not others
        within += not (same or others or moved)
    changed += [Change(", ".join(key), "row", "not there", "there") for key in after if key not in before]
    return Judgement(exact, within, tuple(changed))


def limit(row: dict[str, Any], tolerance: Tolerance) -> float:
    """How far the numbers of a row may be off, in its unit: what is set for its outcome, else a share of half the width
    of its interval; where it has no width, what kinds of processors differ in.
    """
    if row["outcome"] in tolerance.outcomes:
        return tolerance.outcomes[row["outcome"]]
    half = (row["high"] - row["low"]) / 2
    floor = ALIKE * max((abs(row[each]) for each in "ab" if not math.isnan(row[each])), default=0.0)
    return max(tolerance.interval * half, floor) if half > 0 else floor


def _rows(table: pd.DataFrame) -> dict[tuple[str, ...], dict[str, Any]]:
    rows: Any = table.to_dict("records")  # whose keys are text
    return {tuple(str(row[key]) for key in KEYS): row for row in rows}


def _equal(one: float, other: float) -> bool:
    return one == other or (math.isnan(one) and math.isnan(other))


def _within(one: float, other: float, most: float) -> bool:
    return _equal(one, other) or abs(one - other) <= most


def _shown(value: Any) -> str:
    return f"{value:.{DIGITS}g}" if isinstance(value, float) else str(value)
