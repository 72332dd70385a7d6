"""What the report says numbers of: measures, or what is worked out of them, over whole years, in pairs of runs."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from abm.engine import clock
from abm.measures import MEASURES, Asked
from abm.observe.measure import Measure
from experiments.analysis import compared
from experiments.report.words import Words, msg
from experiments.store.store import Store
from experiments.sweeps import loading

YEARS = 8  # whole years over which means are taken
CLEARLY, PROBABLY, UNKNOWN, SAME, NOTHING = "clearly", "probably", "unknown", "same", "nothing"
STRENGTH = (SAME, CLEARLY, PROBABLY, UNKNOWN, NOTHING)  # from the strongest on
MILLION, PERCENT = 1e-6, 100.0
FEWEST = 30  # simulated people or homes on which a number rests at least
KNOWN: dict[str, Measure] = {each.name: each for each in MEASURES}

Part = tuple[str, str, str]  # measure, breakdown, group


@dataclass(frozen=True)
class Unit:
    """A unit as it is shown: its words, those of a difference, and what values are multiplied by."""

    words: str
    of_difference: str = ""
    factor: float = 1.0


PERSONS = Unit(msg("persons"))
PERSONS_A_YEAR = Unit(msg("persons a year"))
MONTHS = Unit(msg("months"))
HOMES_A_YEAR = Unit(msg("homes a year"))
HOMES = Unit(msg("homes"))
MOVES = Unit(msg("moves a person"))
SHARE = Unit(msg("per cent"), msg("percentage points"), PERCENT)
DEVIATIONS = Unit(msg("standard deviations"))
EUROS_A_YEAR = Unit(msg("million euros a year"), factor=MILLION)
EUROS_A_DAY = Unit(msg("euros a person a day"))


@dataclass(frozen=True)
class Quantity:
    """A number per run: `value` of the months of each part, (months,) arrays; NaN where a month has none."""

    name: str
    unit: Unit
    parts: tuple[Part, ...]
    value: Callable[..., float]
    label: str = ""  # a message; without one, the label of the measure
    needs: tuple[str, ...] = ()  # further measures whose least scale holds for it
    rests: Part | None = None  # counts those on which it rests, where it does not count them itself

    def said(self, words: Words) -> str:
        """Its label in a language."""
        if self.label:
            return words.say(self.label)
        measure = KNOWN[self.parts[0][0]]
        return measure.label_nl if words.language == "nl" else measure.label

    def least(self) -> float:
        """The least scale at which it says something; 0: any."""
        floors = [KNOWN[name].floors.get(by, 0.0) for name, by, _ in self.parts]
        return max([*floors, *(KNOWN[name].floors.get("total", 0.0) for name in self.needs)])


COUNTS = (PERSONS, PERSONS_A_YEAR, HOMES, HOMES_A_YEAR)  # units of what counts itself


def mean(months: np.ndarray) -> float:
    """Mean of the months that have a value; NaN where none has."""
    known = months[~np.isnan(months)]
    return float(known.mean()) if len(known) else math.nan


def a_year(months: np.ndarray) -> float:
    """Mean sum of a year of a flow per month."""
    return clock.MONTHS * mean(months)


def stock(measure: str, by: str = "total", group: str = "all", label: str = "", unit: Unit = PERSONS) -> Quantity:
    """The mean of a measure, or one of its groups, over months."""
    return Quantity(_name(measure, by, group), unit, ((measure, by, group),), mean, label)


def flow(measure: str, by: str = "total", group: str = "all", label: str = "", unit: Unit = PERSONS_A_YEAR) -> Quantity:
    """What a measure of a month, or one of its groups, is in a year."""
    return Quantity(_name(measure, by, group), unit, ((measure, by, group),), a_year, label)


def _name(measure: str, by: str, group: str) -> str:
    return measure if by == "total" else f"{measure} {by} {group}"


def asked(quantities: Sequence[Quantity]) -> Asked:
    """The measures that some quantities take."""
    parts = [part for each in quantities for part in (*each.parts, *([each.rests] if each.rests else []))]
    return frozenset((name, by) for name, by, _ in parts)


def carried(quantities: Sequence[Quantity], scale: float) -> list[Quantity]:
    """The quantities that say something at a scale."""
    return [each for each in quantities if scale >= each.least()]


@dataclass(frozen=True)
class Window:
    """The months over which means are taken; whole: whether they are whole years."""

    first: int
    last: int  # months, both included
    whole: bool

    @property
    def years(self) -> list[int]:
        """Its years, where they are whole."""
        return list(range(clock.year(self.first), clock.year(self.last) + 1)) if self.whole else []

    def said(self, words: Words) -> str:
        """The window in words."""
        ends = (self.first, self.last)
        first, last = (str(clock.year(end)) if self.whole else words.period(clock.label(end)) for end in ends)
        if first == last:
            return first
        return words.say(msg("%(first)s to %(last)s"), first=first, last=last)


def window(since: int, months: int, years: int = YEARS) -> Window:
    """The last whole calendar years of a run of some months, from the first difference on, at most `years`; all months
    since then where there is no whole year.
    """
    first, end = -(-since // clock.MONTHS), months // clock.MONTHS  # years since 2015
    if end <= first:
        return Window(since, months - 1, whole=False)
    return Window(max(first, end - years) * clock.MONTHS, end * clock.MONTHS - 1, whole=True)


@dataclass(frozen=True)
class Outcomes:
    """The outcomes of pairs of runs: the months of each part, side ('a', 'b') and pair, from January 2015 on.

    worlds: the world of each pair, where they differ: pairs of one world then count as one, by their mean, because they
    have its assumptions in common.
    """

    of: Mapping[tuple[str, str, str, str, int], np.ndarray]  # measure, breakdown, group, side, pair -> (months,)
    seeds: tuple[int, ...]  # the pairs, by number
    worlds: Mapping[int, object] = field(default_factory=dict)

    @property
    def units(self) -> int:
        """Number of pairs, or of worlds where they differ, that intervals are over."""
        return len({self.worlds.get(seed, seed) for seed in self.seeds})

    def months(self, part: Part, side: str, seed: int) -> np.ndarray:
        """All months of a part in a run, (months,)."""
        return self.of[(*part, side, seed)]

    def value(self, quantity: Quantity, side: str, seed: int, first: int, last: int) -> float:
        """A quantity of a run over the months `first` to `last`, both included."""
        return quantity.value(*(self.months(part, side, seed)[first : last + 1] for part in quantity.parts))

    def each(self, quantities: Sequence[Quantity], first: int, last: int) -> pd.DataFrame:
        """Values of every pair of runs: seed, outcome, unit, a, b."""
        rows = [
            (seed, each.name, each.unit.words, *(self.value(each, side, seed, first, last) for side in "ab"))
            for each in quantities
            for seed in self.seeds
        ]
        return pd.DataFrame(rows, columns=["seed", "outcome", "unit", "a", "b"])

    def pairs(self, quantities: Sequence[Quantity], first: int, last: int) -> pd.DataFrame:
        """Values per pair, or per world, as `compared.differences` takes them: seed, outcome, unit, a, b."""
        found = self.each(quantities, first, last)
        if self.units == len(self.seeds):
            return found
        values = found[["a", "b"]]
        both = values.where(values.notna().all(axis=1))  # a mean of both sides is over the same pairs
        of = found.assign(seed=found["seed"].map(dict(self.worlds)), a=both["a"], b=both["b"])
        return of.groupby(["outcome", "unit", "seed"], sort=False, as_index=False)[["a", "b"]].mean()

    def by_world(self, quantity: Quantity, over: Window) -> pd.DataFrame:
        """A row per world, as `table` has one per quantity, over the pairs of that world."""
        found = self.each([quantity], over.first, over.last)
        return with_sure(found.assign(outcome=found["seed"].map(dict(self.worlds))))

    def table(self, quantities: Sequence[Quantity], over: Window) -> pd.DataFrame:
        """A row per quantity, indexed by its name: a, b, difference, low, high, verdict (corrected over all rows), and
        how sure the difference is.
        """
        if not quantities:
            return pd.DataFrame(columns=[*compared.COLUMNS, "sure"]).set_index("outcome")
        return with_sure(self.pairs(quantities, over.first, over.last))

    def simulated(self, quantity: Quantity, first: int, last: int, scale: float) -> float:
        """Number of simulated people or homes on which a quantity rests, on the side that has more: of a month, or of a
        year where it is counted by month; without end for what rests on no count, or is nothing on both sides.
        """
        if quantity.unit in COUNTS:
            counted = quantity
        elif quantity.rests:
            flows = KNOWN[quantity.rests[0]].unit.endswith("/month")
            counted = Quantity("", PERSONS, (quantity.rests,), a_year if flows else mean)
        else:
            return math.inf
        found = [self.value(counted, side, seed, first, last) for side in "ab" for seed in self.seeds]
        most = max(np.mean(found[: len(self.seeds)]), np.mean(found[len(self.seeds) :]))
        return float(most) * scale if most > 0 else math.inf

    def by_year(self, quantity: Quantity, first: int, last: int) -> pd.DataFrame:
        """A row per year from `first` to `last`, as `spread` gives it."""
        starts = {year: (year - clock.FIRST_YEAR) * clock.MONTHS for year in range(first, last + 1)}
        rows = {year: self.spread(quantity, start, start + clock.MONTHS - 1) for year, start in starts.items()}
        return pd.DataFrame.from_dict(rows, orient="index")

    def spread(self, quantity: Quantity, first: int, last: int) -> dict[str, float]:
        """A quantity over months: the means a and b, their least and most, the difference and its interval."""
        both = self.pairs([quantity], first, last)[["a", "b"]].dropna()
        change = (both["b"] - both["a"]).to_numpy(float)
        low, high = compared.interval(change) if len(change) > 1 else (math.nan, math.nan)
        found = {f"{side}_{how}": getattr(both[side], how)() for side in "ab" for how in ("min", "max")}
        found |= {"a": both["a"].mean(), "b": both["b"].mean(), "low": low, "high": high}
        return found | {"difference": float(change.mean()) if len(change) else math.nan}


def with_sure(pairs: pd.DataFrame) -> pd.DataFrame:
    """The differences of pairs by outcome, and how sure each is."""
    found = compared.differences(pairs).set_index("outcome")
    return found.assign(sure=[sure(*row) for row in zip(found["low"], found["high"], found["verdict"], strict=True)])


def read(store: Store, runs: pd.DataFrame, taken: Asked) -> Outcomes:
    """The outcomes of some runs (run, side, seed, and world where there are several), of the measures taken."""
    of = {str(row["run"]): (str(row["side"]), int(row["seed"])) for row in runs.to_dict("records")}
    found: dict[tuple[str, str, str, str, int], np.ndarray] = {}
    for by in sorted({by for _, by in taken}):
        names = sorted(name for name, within in taken if within == by)
        frame = loading.outcomes(store, list(of), names, by).sort_values("month", kind="stable")
        keys = [frame[key].astype(str) for key in ("measure", "group", "run")]
        for (name, group, run), values in frame["value"].groupby(keys, sort=False):
            found[(name, by, group, *of[run])] = values.to_numpy(float)
    known = dict(zip(runs["seed"].astype(int), runs["world"], strict=True)) if "world" in runs else {}
    return Outcomes(found, tuple(sorted({seed for _, seed in of.values()})), known)


def sure(low: float, high: float, verdict: str) -> str:
    """How sure a difference is: clearly, where its verdict says so, corrected for all of its table; probably, where its
    own interval alone leaves out 0; unknown, the same in every pair, or nothing where too few pairs have a value.
    """
    if verdict == compared.NO_VALUE:
        return NOTHING
    if verdict == compared.SAME:
        return SAME
    if verdict != compared.CANNOT_TELL:
        return CLEARLY
    return PROBABLY if low > 0 or high < 0 else UNKNOWN


def weakest(*several: str) -> str:
    """The least sure of some verdicts on one difference, each corrected for a table of its own."""
    return max(several, key=STRENGTH.index)


def left_out(quantities: Sequence[Quantity], scale: float) -> list[tuple[Quantity, float]]:
    """The quantities that a scale cannot carry, each once, with the least scale that can."""
    found = {each.name: (each, each.least()) for each in quantities if scale < each.least()}
    return list(found.values())
