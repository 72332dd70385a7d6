"""Two scenarios under the same luck: the difference of each outcome with its interval, run by run.

Both scenarios are run with the same seeds. Luck is addressed by person, so a pair shares it person by person, and the
difference of a pair holds only what the scenarios make different. The interval of the mean difference is Student's;
with a width asked, pairs are added until it is narrow enough (Chow and Robbins 1965, doi 10.1214/aoms/1177700156, from
a first sample on, as in Law, Simulation Modeling and Analysis). Intervals hold one at a time, not all together.
"""

import math
import time
import warnings
from dataclasses import dataclass
from pathlib import Path
from shlex import quote
from typing import Unpack

import numpy as np
import pandas as pd
from scipy import stats

from abm import measures
from abm import scenario as scenarios
from abm.engine import clock
from abm.engine.errors import InputError, brief, shown
from abm.engine.numerals import certain, number
from abm.measures import MEASURES
from abm.scenario import Scenario
from experiments.store import store as stores
from experiments.store.store import Store
from experiments.sweeps import sweep
from experiments.sweeps.execution import HOUR, Execution, Options, given
from experiments.sweeps.runner import Job

FIRST_PAIRS, MOST_PAIRS = 8, 1000
LEVEL = 0.95
CANNOT_TELL = "cannot tell A from B"
STOCK, FLOW = "end", "sum"
UNITS = {measure.name: measure.unit for measure in MEASURES}


@dataclass(frozen=True)
class Asked:
    """What is compared: a measure, one of its groups, and how its months make one number."""

    measure: str
    by: str
    group: str
    take: str  # end, sum, mean

    @property
    def words(self) -> str:
        """'in_reception, end' and the like."""
        group = "" if self.group == "all" else f", {self.group}"
        return f"{self.measure}{group}, {self.take}"


@dataclass(frozen=True)
class Comparison:
    """Differences between two scenarios; `pairs` holds what they were made of."""

    a: str
    b: str
    since: str  # first month in which the scenarios differ
    until: str
    differences: pd.DataFrame  # outcome, unit, a, b, difference, low, high, pairs, fewer_runs, verdict
    pairs: pd.DataFrame  # seed, outcome, a, b
    narrow: bool | None = None  # whether the width asked was reached

    def verdict(self) -> str:
        """The first difference in words."""
        return self.differences.iloc[0]["verdict"]


def compare(
    a: Scenario | str | Path,
    b: Scenario | str | Path,
    execution: Execution | None = None,
    *,
    measure: str | None = None,
    by: str | None = None,
    group: str | None = None,
    take: str | None = None,
    pairs: int = FIRST_PAIRS,
    until_width: float | str | None = None,
    scale: float | None = None,
    until: str | None = None,
    seed: int = 1,
    seen: sweep.Seen = lambda done: None,
    **options: Unpack[Options],
) -> Comparison:
    """Compare two scenarios, pair by pair.

    measure, by, group, take ('end', 'sum', 'mean' of the months since they differ): one outcome; none given: those of
    the summary. until_width: pairs are added until the interval of the first difference is narrower than this number
    or share ('2%') of A, or until the budget of hours is spent. seeds: `seed` and on. How: an `Execution`, or its
    fields as keywords: workers, address, store, budget. Raises InputError.
    """
    how = given(execution, options)
    one, other = (_read(each, scale, until) for each in (a, b))
    since = first_difference(one, other)
    asked = _asked(measure, by, group, take)
    width = _width(until_width)
    if isinstance(pairs, bool) or not 2 <= pairs <= MOST_PAIRS:
        raise InputError(f"--pairs: {pairs} is not enough or too many: give 2 to {MOST_PAIRS}")
    how.store.check()
    shared = sweep.shared(how.store)
    began, found = time.monotonic(), pd.DataFrame()
    with sweep.stopping(), how.pool(2 * pairs) as do:
        wanted = pairs
        while True:
            seeds = range(seed + (0 if found.empty else found["seed"].nunique()), seed + wanted)
            runs = _made(do, shared, (one, other), seeds, seen)
            found = pd.concat([found, _values(how.store, runs, asked, since)], ignore_index=True)
            told = _differences(found)
            spent, have = (time.monotonic() - began) / HOUR, found["seed"].nunique()
            if width is None:
                reached = None
                break
            wide, limit = _wide(told), _limit(width, told)
            reached = bool(wide <= limit)
            if reached or have >= MOST_PAIRS:
                break
            wanted = min(have + more(wide, limit, have), MOST_PAIRS)
            if how.budget is not None:
                wanted = min(wanted, have + int((how.budget - spent) / (spent / have)))
            if wanted <= have:
                break
    return Comparison(one.name, other.name, clock.label(since), one.until, told, found, reached)


def first_difference(one: Scenario, other: Scenario) -> int:
    """Index of the first month in which two scenarios differ. Raises InputError where they do not, or cannot pair."""
    for key in ("until", "scale"):
        if getattr(one, key) != getattr(other, key):
            raise InputError(
                f"{other.source}: {key}: differs from that of {one.source}: give both the same with --{key}"
            )
    months = [month for month in sorted({*one.changes(), *other.changes()}) if month < one.months]
    for month in months:
        if one.params_at(month) != other.params_at(month):
            return month
    raise InputError(f"{other.source}: asks the same as {one.source} up to {one.until}: there is nothing to compare")


def interval(differences: np.ndarray, level: float = LEVEL) -> tuple[float, float]:
    """Student's interval of the mean of (n,) differences; without width where all are alike."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # of differences that are alike, or nearly so
        low, high = stats.ttest_1samp(differences, 0.0).confidence_interval(level)
    return float(low), float(high)


def verdict(low: float, high: float) -> str:
    """What an interval of B minus A says."""
    if low > 0 or high < 0:
        return "B is higher" if low > 0 else "B is lower"
    return "the same in every pair" if low == high else CANNOT_TELL


def _read(given: Scenario | str | Path, scale: float | None, until: str | None) -> Scenario:
    found = given if isinstance(given, Scenario) else scenarios.load(given)
    return found.changed(scale=scale, until=until)


def _asked(measure: str | None, by: str | None, group: str | None, take: str | None) -> list[Asked]:
    """The outcomes to compare."""
    if measure is None:
        if by or group or take:
            raise InputError("--measure: is missing: --by, --group and --take go with it")
        return [Asked(name, "total", "all", how) for name, how in measures.HEADLINES]
    by = measures.way(measure, by)
    if take not in (None, "end", "sum", "mean"):
        raise InputError(f"--take: '{brief(take)}' is not known: choose from end, sum, mean")
    if group is None and by != "total":
        raise InputError(f"--group: is missing: name the {by} of {measure} to compare")
    flow = UNITS[measure].endswith("/month")
    return [Asked(measure, by, group or "all", take or (FLOW if flow else STOCK))]


def _width(text: float | str | None) -> tuple[float, bool] | None:
    """A width as (number, whether it is a share of A). Raises InputError."""
    if text is None:
        return None
    words = str(text).strip()
    try:
        value = number(words.removesuffix("%"))
        value = certain(value) if isinstance(text, str) else value
    except ValueError as error:
        raise InputError(f"--until-width: {error}") from None
    if value is None or not (value > 0 and math.isfinite(value)):
        raise InputError(
            f"--until-width: {shown(words)} is not a width: give a number above 0, or a share of A like 2%"
        )
    return (value / 100, True) if words.endswith("%") else (value, False)


def _made(do, shared, pair: tuple[Scenario, Scenario], seeds: range, seen) -> pd.DataFrame:
    """Make both runs of each seed; run, side, seed."""
    jobs, rows = [], []
    for seed in seeds:
        for side, each in zip("ab", pair, strict=True):
            seeded = each.changed(seed=seed)
            jobs.append(Job(stores.run_name(seeded, shared.inputs.digest), seeded))
            rows.append((jobs[-1].name, side, seed))
    failed, there = [], shared.store.done()
    jobs = [job for job in jobs if job.name not in there]

    def told(done) -> None:
        failed.extend([done] if done.status in ("failed", "lost") else [])
        seen(done)

    sweep.make(do, shared, jobs, told)
    if failed:
        raise InputError(
            f"run {failed[0].name} failed ({failed[0].reason}): see it with "
            f"'abm repeat {failed[0].name} --store {quote(shared.store.files.named)}'"
        )
    return pd.DataFrame(rows, columns=["run", "side", "seed"])


def _values(store: Store, runs: pd.DataFrame, asked: list[Asked], since: int) -> pd.DataFrame:
    """One number per pair and outcome: seed, outcome, unit, a, b."""
    parts, names = [], [each.measure for each in asked]
    every = sweep.outcomes(store, runs["run"].tolist(), names, asked[0].by)
    every = every.astype({"run": str, "measure": str, "group": str, "month": str})
    for each in asked:
        frame = every[every["measure"] == each.measure]
        mine = frame[(frame["group"] == each.group) & (frame["month"] >= clock.label(since))]
        if mine.empty:
            known = sorted(frame["group"].unique())
            shown = ", ".join(known[:8]) + ", ..." * (len(known) > 8)
            raise InputError(f"--group: {each.measure} has no {each.by} '{brief(each.group)}': choose from {shown}")
        if each.take == STOCK:
            value = mine[mine["month"] == mine["month"].max()].set_index("run")["value"]
        else:
            value = getattr(mine.groupby("run")["value"], each.take)()
        sides = runs.assign(value=runs["run"].map(value)).pivot(index="seed", columns="side", values="value")
        unit = UNITS[each.measure]
        if each.take == FLOW:
            unit = unit.removesuffix("/month")  # months added up
        parts.append(sides.reset_index().assign(outcome=each.words, unit=unit))
    return pd.concat(parts, ignore_index=True)


def _differences(pairs: pd.DataFrame) -> pd.DataFrame:
    """A row per outcome: means, mean difference with its interval, and what common luck saved."""
    rows = []
    for outcome, mine in pairs.groupby("outcome", sort=False):
        both = mine.dropna()
        change = (both["b"] - both["a"]).to_numpy()
        low, high = interval(change) if len(change) > 1 else (math.nan, math.nan)
        apart, together = both["a"].var() + both["b"].var(), change.var(ddof=1) if len(change) > 1 else math.nan
        factor = apart / together if together else math.nan
        said = verdict(low, high) if len(change) > 1 else "too few pairs have a value"
        means = both["a"].mean(), both["b"].mean(), change.mean() if len(change) else math.nan
        rows.append((outcome, mine["unit"].iloc[0], *means, low, high, len(change), factor, said))
    names = ["outcome", "unit", "a", "b", "difference", "low", "high", "pairs", "fewer_runs", "verdict"]
    return pd.DataFrame(rows, columns=names)


def more(wide: float, limit: float, have: int) -> int:
    """Pairs to add: as many as the spread so far asks for, at least a quarter more and at most as many again."""
    needed = math.ceil(have * (wide / limit) ** 2) - have
    return min(max(needed, math.ceil(have / 4)), have)


def _wide(told: pd.DataFrame) -> float:
    """Width of the first interval. Raises InputError where there is none."""
    first = told.iloc[0]
    if math.isnan(first["high"] - first["low"]):
        raise InputError(
            f"--until-width: {first['outcome']}: fewer than two pairs have a value: compare another outcome"
        )
    return first["high"] - first["low"]


def _limit(width: tuple[float, bool], told: pd.DataFrame) -> float:
    value, share = width
    if share and not told["a"].iloc[0]:
        raise InputError(f"--until-width: {told['outcome'].iloc[0]} of A is 0: give a number instead of a share of it")
    return value * abs(told["a"].iloc[0]) if share else value
