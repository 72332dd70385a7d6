"""Verdicts on a scenario: the median and the band of its runs beside observed values, per point, target and role.

A point is within where the band of the runs overlaps the observed value with its tolerance. The band is that from the
5th to the 95th percentile, in which the i-th of n ordered values stands at i / (n + 1), Weibull's plotting position: so
it goes from the lowest to the highest of up to 19 runs, and of one run it is its value. Where the tolerance is a sign
or the root mean square over points (RMS), the medians decide. A stated discrepancy widens the tolerance on its side;
what is within only because of it is counted apart.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

import numpy as np

from experiments.store.store import Run
from experiments.text import share
from experiments.validation.simulated import Simulated, simulated
from experiments.validation.targets import Discrepancy, Key, Target

LOW, HIGH = 5, 95  # percentiles of the runs between which their band is
ALL_RUNS = 19  # most runs whose band goes from the lowest to the highest
BAND = f"lowest to highest of the runs, or of more than {ALL_RUNS} runs the {LOW}th to the {HIGH}th percentile"
WITHIN, DISCREPANT, OFF = "within", "within with the discrepancy", "off"
ROUNDING = 1e-9


@dataclass(frozen=True)
class Row(Simulated):
    """A point with the median and the band of its simulated values, and the verdict."""

    @cached_property
    def key(self) -> Key:
        """What it is known by."""
        return Key(self.target.id, self.point.what, self.point.period)

    @cached_property
    def median(self) -> float:
        """The median of the runs; NaN without a value."""
        return float(np.median(self.values)) if self.values else math.nan

    @cached_property
    def band(self) -> tuple[float, float]:
        """The band of the runs, from low to high; NaN without a value."""
        if not self.values:
            return math.nan, math.nan
        low, high = np.percentile(self.values, (LOW, HIGH), method="weibull")
        return float(low), float(high)

    @property
    def deviation(self) -> float:
        """The median over the observed value, minus one; NaN where there is none."""
        observed = self.point.value
        return (self.median - observed) / abs(observed) if observed else math.nan

    @property
    def discrepancy(self) -> Discrepancy | None:
        """The discrepancy that holds for this point."""
        return self.point.discrepancy or self.target.discrepancy

    @cached_property
    def verdict(self) -> str:
        """WITHIN, DISCREPANT or OFF; empty where the point is not judged."""
        observed, tolerance = self.point.value, self.target.tolerance
        if observed is None or not self.values:
            return ""
        if tolerance.kind == "sign":
            return WITHIN if (observed > 0) == (self.median > 0) else OFF
        low, high = (self.median, self.median) if tolerance.kind == "rms" else self.band
        reach = tolerance.reach(observed) + ROUNDING
        if low - reach <= observed <= high + reach:
            return WITHIN
        extra = self.discrepancy
        return DISCREPANT if extra and low - reach - extra.above <= observed <= high + reach + extra.below else OFF

    @property
    def by_median(self) -> bool:
        """Whether the median alone is within."""
        return Row(self.target, self.point, (self.median,)).verdict == WITHIN

    def beyond_discrepancy(self) -> float:
        """The deviation of the median, less the part that the discrepancy explains."""
        observed, extra = self.point.value, self.discrepancy
        if not observed or not extra:
            return self.deviation
        off = self.median - observed
        return max(off - extra.above, 0, -off - extra.below) / abs(observed)


@dataclass(frozen=True)
class OfTarget:
    """The rows of a target, and what follows from them together."""

    target: Target
    rows: list[Row]

    @cached_property
    def judged(self) -> list[Row]:
        """The rows with a verdict."""
        return [row for row in self.rows if row.verdict]

    @cached_property
    def verdict(self) -> str:
        """WITHIN, DISCREPANT or OFF; empty where no point is judged."""
        if not self.judged:
            return ""
        if self.target.tolerance.kind == "rms":
            allowed = self.target.tolerance.value
            explained = _rms(row.beyond_discrepancy() for row in self.judged) <= allowed
            return WITHIN if self._rms <= allowed else DISCREPANT if explained else OFF
        found = {row.verdict for row in self.judged}
        if OFF in found or self._other_order:
            return OFF
        return DISCREPANT if DISCREPANT in found else WITHIN

    def __str__(self) -> str:
        """The verdict in words, like 'within' or '2 of 3 within'; or why there is none."""
        if not self.judged:
            return self.rows[0].why or "nothing observed"
        if self.target.tolerance.kind == "rms":
            return f"{self.verdict}, RMS {share(self._rms)}" if self.verdict != OFF else f"RMS {share(self._rms)}"
        if self.verdict in (WITHIN, DISCREPANT):
            return self.verdict
        some = f"{_count(self.judged, WITHIN)} of {len(self.judged)}"
        if self._other_order:
            return f"{some}, other order"
        more = _count(self.judged, DISCREPANT)
        return f"{some} within" + f", {more} more with the discrepancy" * bool(more)

    @cached_property
    def _rms(self) -> float:
        return _rms(row.deviation for row in self.judged)

    @cached_property
    def _other_order(self) -> bool:
        """Whether signs are asked for, and the medians are in another order than what was observed."""
        by_size = sorted(self.judged, key=lambda row: row.point.value or 0)
        return self.target.tolerance.kind == "sign" and by_size != sorted(self.judged, key=lambda row: row.median)


@dataclass(frozen=True)
class Tally:
    """Numbers of targets and of points: within, within with the discrepancy, off, not judged."""

    targets: tuple[int, int, int, int]
    points: tuple[int, int, int, int]

    def __str__(self) -> str:
        return f"{_counted('targets', *self.targets)}; {_counted('points', *self.points)}"


def compare(runs: Sequence[Run], wanted: Sequence[Target]) -> list[Row]:
    """Observed beside simulated, a row for each point. The runs have one scenario, and differ in their seeds or in what
    is assumed. Raises InputError for unknown groups.
    """
    return [Row(each.target, each.point, each.values, each.why, each.lacking) for each in simulated(runs, wanted)]


def by_target(rows: Iterable[Row]) -> list[OfTarget]:
    """The rows of each target together, in their order."""
    grouped = (list(mine) for _, mine in groupby(rows, lambda row: row.target.id))
    return [OfTarget(mine[0].target, mine) for mine in grouped]


def of_role(rows: Iterable[Row], role: str) -> list[Row]:
    """The rows of the targets of a role."""
    return [row for row in rows if row.target.role == role]


def tally(rows: Sequence[Row]) -> Tally:
    """The verdicts on some rows, counted."""
    observed = [row for row in rows if row.point.value is not None]
    return Tally(_tallied([each.verdict for each in by_target(rows)]), _tallied([row.verdict for row in observed]))


def of_list(rows: Sequence[Row], listed: Iterable[Key]) -> list[Row]:
    """The rows of the points on a list, in the order of the rows."""
    wanted = set(listed)
    return [row for row in rows if row.key in wanted]


def _tallied(verdicts: list[str]) -> tuple[int, int, int, int]:
    within, discrepant, off, unjudged = (verdicts.count(verdict) for verdict in (WITHIN, DISCREPANT, OFF, ""))
    return within, discrepant, off, unjudged


def _counted(what: str, within: int, discrepant: int, off: int, unjudged: int) -> str:
    """Numbers in words: '5 of 20 targets within, 1 more with the discrepancy, 3 not judged'."""
    words = [f"{within} of {within + discrepant + off} {what} within"]
    words += [f"{discrepant} more with the discrepancy"] if discrepant else []
    words += [f"{unjudged} not judged"] if unjudged else []
    return ", ".join(words)


def _count(rows: Iterable[Row], verdict: str) -> int:
    return sum(row.verdict == verdict for row in rows)


def _rms(deviations: Iterable[float]) -> float:
    each = list(deviations)
    return math.sqrt(sum(value**2 for value in each) / len(each))
