"""What each part of a policy does: alone, and in the whole, by the points of a ladder.

Alone is a part beside nothing; in the whole, all parts beside all but this one. The two differ where parts need or
replace each other, and the parts alone need not add up to the whole.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from abm.engine.errors import InputError
from experiments.analysis import compared
from experiments.designs.sampling import ALL_BUT, BASE, EVERYTHING, ONLY
from experiments.report import chapters, claims, quantities
from experiments.report.quantities import CLEARLY, NOTHING, PROBABLY, Outcomes, Quantity, Window
from experiments.report.sentences import Shown, shown
from experiments.report.words import Words, msg
from experiments.store.store import Store

ALONE, IN_ALL = "alone", "in all"
BOTH, ENDS = (ALONE, IN_ALL), ("difference", "low", "high")
NOT_SHOWN = {"a": math.nan, "b": math.nan}  # of a row of the table of an outcome by part
WHOLE = ""  # the part that is all of them
BY_PART = (
    chapters.RECEPTION[0],
    claims.STATUS_HOLDERS,
    chapters.SOONER,
    chapters.OTHERS,
    chapters.REGISTRATION[0],
    chapters.COST,
    claims.NEAR,
)
WANTED = {claim.outcome.name: claim.direction in (claims.UP, claims.NO_LESS) for claim in claims.CLAIMS} | {
    chapters.RECEPTION[0].name: False
}  # whether the plan promises more of it
CHARTED = (chapters.RECEPTION[0].name, chapters.SOONER.name)
HOW_SURE = {CLEARLY: msg("clearly"), PROBABLY: msg("probably")}


@dataclass(frozen=True)
class PartRow:
    """A part in the table of an outcome: its difference alone and in the whole."""

    part: str
    alone: Shown
    in_all: Shown


@dataclass(frozen=True)
class PartTable:
    """What each part does to an outcome, and their sum; values: as they are, for charts."""

    name: str
    title: str
    unit: str  # of a difference
    rows: list[PartRow]  # the last one: all parts, added up alone and together
    values: pd.DataFrame  # part, how, difference, low, high, in the unit shown


@dataclass(frozen=True)
class Decision:
    """What a part brings in the whole, as outcomes in words: as promised, the other way, and nothing found."""

    part: str
    promised: list[str]
    contrary: list[str]
    open: list[str]


def is_one(index: pd.DataFrame, name: str) -> bool:
    """Whether the index of sweep `name` is that of a ladder with parts. Raises InputError where it has worlds."""
    labels = index["label"].astype(str) if "label" in index else pd.Series(dtype=str)
    if not labels.str.startswith((ONLY, ALL_BUT)).any():
        return False
    if not {BASE, EVERYTHING} <= set(labels):
        raise InputError(
            f"sweep '{name}': is a ladder over several worlds, and a report takes one of them: omit 'uncertainties:' "
            "in its design, or make a design for each world"
        )
    return True


def ends(index: pd.DataFrame) -> pd.DataFrame:
    """The first and the last point of a ladder."""
    return index[index["label"].isin([BASE, EVERYTHING])]


def points(index: pd.DataFrame, pairs: pd.DataFrame) -> pd.DataFrame:
    """The runs of all points of a ladder in the order of its parts: run, side (the label), seed (number of the pair).

    pairs: run a of each pair, numbered from 0 on.
    """
    numbers = index.merge(pairs.reset_index()[["index", "a"]], left_on="run", right_on="a")
    numbers = numbers[["world", "replicate"]].assign(seed=numbers["index"] + 1)
    found = index.merge(numbers, on=["world", "replicate"], suffixes=("_drawn", ""))
    return found.rename(columns={"label": "side"})[["run", "side", "seed"]].reset_index(drop=True)


def carried(scale: float) -> list[Quantity]:
    """The outcomes by part that a scale carries; on how many people they rest is asked of its ends alone."""
    return [replace(each, rests=None) for each in quantities.carried(BY_PART, scale)]


class Parts:
    """The differences that parts make, in a language.

    runs: of all points of a ladder (run, side, seed).
    """

    def __init__(self, store: Store, runs: pd.DataFrame, over: Window, words: Words):
        self.store, self.runs, self.over, self.words = store, runs, over, words
        self.sides = list(dict.fromkeys(runs["side"].astype(str)))
        self.names = [side.removeprefix(ONLY) for side in self.sides if side.startswith(ONLY)]

    def tables(self, large: Sequence[Quantity], called: Mapping[str, str]) -> list[PartTable]:
        """A table per outcome, verdicts corrected over all its rows; called: the parts as they are shown."""
        of = quantities.read(self.store, self.runs, quantities.asked([replace(each, rests=None) for each in large]))
        return [self._table(each, of, called) for each in large]

    def _table(self, quantity: Quantity, of: Outcomes, called: Mapping[str, str]) -> PartTable:
        frame = quantities.with_sure(self._differences(quantity, of))
        rows, values = [], []
        for part in (*self.names, WHOLE):
            name = called.get(part, part)
            both: list[Any] = [frame.loc[_key(how, part)] for how in BOTH]
            # rounded by what is shown, which are differences alone
            rows.append(PartRow(name, *(shown(quantity, row | NOT_SHOWN, self.words) for row in map(dict, both))))
            values += [
                {"part": name, "how": how} | {key: quantity.unit.factor * row[key] for key in ENDS}
                for how, row in zip(BOTH, both, strict=True)
            ]
        unit = self.words.say(quantity.unit.of_difference or quantity.unit.words)
        return PartTable(quantity.name, quantity.said(self.words), unit, rows, pd.DataFrame(values))

    def _differences(self, quantity: Quantity, of: Outcomes) -> pd.DataFrame:
        """Values of each pair, part and how: seed, outcome, unit, a, b. The whole alone is the sum of its parts."""
        rows = []
        for seed in of.seeds:
            at = {side: of.value(quantity, side, seed, self.over.first, self.over.last) for side in self.sides}
            found = {_key(ALONE, part): (at[BASE], at[ONLY + part]) for part in self.names}
            summed = sum(b - a for a, b in found.values())
            found |= {_key(IN_ALL, part): (at[self._without(part)], at[EVERYTHING]) for part in self.names}
            found |= {
                _key(ALONE, WHOLE): (at[BASE], at[BASE] + summed),
                _key(IN_ALL, WHOLE): (at[BASE], at[EVERYTHING]),
            }
            rows += [(seed, outcome, quantity.unit.words, *both) for outcome, both in found.items()]
        return pd.DataFrame(rows, columns=["seed", "outcome", "unit", "a", "b"])

    def _without(self, part: str) -> str:
        """The point that has all parts but one; of two parts that is the other one alone."""
        if (point := ALL_BUT + part) in self.sides:
            return point
        return ONLY + next(other for other in self.names if other != part)

    @staticmethod
    def by_accident(decisions: Sequence[Decision]) -> tuple[int, int]:
        """How many cells of the points of decision would read 'probably' where nothing differs, and of how many."""
        cells = sum(len(each.promised) + len(each.contrary) + len(each.open) for each in decisions)
        return round((1 - compared.LEVEL) * cells), cells

    def decisions(self, tables: Sequence[PartTable]) -> list[Decision]:
        """What each part brings in the whole, over the outcomes of some tables."""
        return [self._decision(number, tables) for number in range(len(self.names))]

    def _decision(self, number: int, tables: Sequence[PartTable]) -> Decision:
        found = Decision(tables[0].rows[number].part, [], [], [])
        for table in tables:
            row = table.rows[number].in_all
            if row.sure not in HOW_SURE:
                found.open.append(f"{table.title} ({row.verdict})" if row.sure == NOTHING else table.title)
                continue
            sure = self.words.say(HOW_SURE[row.sure])
            said = f"{table.title}: {row.difference} {table.unit} ({sure})"
            (found.promised if row.higher == WANTED[table.name] else found.contrary).append(said)
        return found


def _key(how: str, part: str) -> str:
    return f"{how}|{part}"
