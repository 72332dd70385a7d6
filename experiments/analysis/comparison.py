"""Compares two scenarios with common random numbers: the mean difference of each outcome with its interval.

Both scenarios are run with the same seeds. Draws are addressed by person, so the runs of a pair share them person by
person, and their difference is due to the scenarios alone. The interval of the mean difference is Student's; if a width
is given, pairs are added until it is narrow enough (Chow and Robbins 1965, doi 10.1214/aoms/1177700156, from a first
sample on, as in Law, Simulation Modeling and Analysis). Verdicts on several outcomes are corrected for their number
(compared.py).
"""

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Unpack

import pandas as pd
from rich.console import Console

from abm import measures
from abm import scenario as scenarios
from abm.engine import clock
from abm.engine.errors import InputError, shown
from abm.engine.numerals import certain, number
from abm.measures import Asked
from abm.observe.measure import Measure
from abm.scenario import Scenario
from experiments.analysis import compared
from experiments.store import store as stores
from experiments.sweeps import progress as reports
from experiments.sweeps import replicates, sweep
from experiments.sweeps.execution import HOUR, Execution, Options, execution_of
from experiments.sweeps.runner import Done, Job

FIRST_PAIRS, MOST_PAIRS = 8, 1000


@dataclass(frozen=True)
class Comparison:
    """Differences between two scenarios, and the values per pair of runs that they follow from."""

    a: str
    b: str
    since: str  # first month in which the scenarios differ
    until: str
    differences: pd.DataFrame  # outcome, unit, a, b, difference, low, high, pairs, fewer_runs, p, verdict
    pairs: pd.DataFrame  # seed, outcome, a, b
    narrow: bool | None = None  # whether the given width was reached
    refused: tuple[str, ...] = ()  # why measures of the summary are left out at this scale, a line each

    def verdict(self) -> str:
        """The verdict on the first outcome."""
        return self.differences.iloc[0]["verdict"]


def compare(
    a: Scenario | str | Path,
    b: Scenario | str | Path,
    execution: Execution | None = None,
    *,
    measure: str | Sequence[str] | None = None,
    by: str | None = None,
    group: str | None = None,
    take: str | None = None,
    pairs: int = FIRST_PAIRS,
    until_width: float | str | None = None,
    scale: float | None = None,
    until: str | None = None,
    seed: int = 1,
    report: sweep.Report = lambda done: None,
    console: Console | None = None,
    progress: bool | None = None,
    **options: Unpack[Options],
) -> Comparison:
    """Compare two scenarios by pairs of runs with the same seed: `seed`, `seed` + 1, ...

    measure: one or several, as 'housed' or 'housed by region', of all groups or one `group`; without it those of the
    summary. by: the breakdown of those that name none; take: 'end', 'sum' or 'mean' of the months since they differ.
    until_width: pairs are added until the interval of the first difference is narrower than this
    number or share ('2%') of A, or until the budget of hours is spent. execution: an `Execution`, or its fields as
    keywords: workers, address, store, budget. report: called with the record of each run. console, progress: where to
    show progress, as for `sweep`. Raises InputError.
    """
    how = execution_of(execution, options)
    one, other = (_read(each, scale, until) for each in (a, b))
    since = first_difference(one, other)
    outcomes = compared.chosen(measure, by, group, take, _measures(one, other), one)
    asked = frozenset((each.measure, each.by) for each in outcomes)
    width = _width(until_width)
    if isinstance(pairs, bool) or not 2 <= pairs <= MOST_PAIRS:
        raise InputError(f"--pairs: {pairs} is too few or too many: give 2 to {MOST_PAIRS}")
    how.store.check()
    shared = sweep.shared(how.store, how.history)
    began, found = time.monotonic(), pd.DataFrame()
    counts = reports.SweepProgress(total=2 * pairs)
    with (
        sweep.stopping(),
        how.pool(2 * pairs) as do,
        reports.showing(reports.console_of(console, progress), f"{one.name} and {other.name}", counts) as show,
    ):
        wanted = pairs
        while True:
            seeds = range(seed + (0 if found.empty else found["seed"].nunique()), seed + wanted)
            counts.total = 2 * wanted
            runs = _made(do, shared, (one, other), seeds, asked, both(show, report))
            found = pd.concat([found, compared.values(how.store, runs, outcomes, since)], ignore_index=True)
            differences = compared.differences(found)
            spent, have = (time.monotonic() - began) / HOUR, found["seed"].nunique()
            if width is None:
                reached = None
                break
            wide, limit = _wide(differences), _limit(width, differences)
            reached = bool(wide <= limit)
            if reached or have >= MOST_PAIRS:
                break
            wanted = min(have + more(wide, limit, have), MOST_PAIRS)
            if how.budget is not None:
                wanted = min(wanted, have + int((how.budget - spent) / (spent / have)))
            if wanted <= have:
                break
    refused = [measures.refusal(each.measure, each.by, one.scale) for each in measures.SUBJECT if measure is None]
    left_out = tuple(filter(None, refused))
    return Comparison(one.name, other.name, clock.label(since), one.until, differences, found, reached, left_out)


def first_difference(one: Scenario, other: Scenario) -> int:
    """Index of the first month in which two scenarios differ. Raises InputError if none does, or they cannot pair."""
    for key in ("until", "scale"):
        if getattr(one, key) != getattr(other, key):
            raise InputError(
                f"{other.source}: {key}: differs from that of {one.source}: give the same for both with --{key}"
            )
    if one.plugins != other.plugins:
        return 0
    months = [month for month in sorted({*one.changes(), *other.changes()}) if month < one.months]
    for month in months:
        if one.params_at(month) != other.params_at(month):
            return month
    raise InputError(f"{other.source}: is the same as {one.source} up to {one.until}: there is nothing to compare")


def _read(given: Scenario | str | Path, scale: float | None, until: str | None) -> Scenario:
    found = given if isinstance(given, Scenario) else scenarios.load(given)
    return found.changed(scale=scale, until=until)


def _measures(one: Scenario, other: Scenario) -> list[Measure]:
    """The measures of plug-ins that both scenarios have."""
    return [each for plugin in one.plugins if plugin in other.plugins for each in plugin.measures]


def _width(text: float | str | None) -> tuple[float, bool] | None:
    """A width as (number, whether it is a share of A). Raises InputError."""
    if text is None:
        return None
    words = str(text).strip()
    try:
        value = number(words.removesuffix("%"))
        if isinstance(text, str):
            certain(value)
    except ValueError as error:
        raise InputError(f"--until-width: {error}") from None
    if value is None or not (value > 0 and math.isfinite(value)):
        raise InputError(
            f"--until-width: {shown(words)} is not a width: give a number above 0, or a share of A like 2%"
        )
    return (value / 100, True) if words.endswith("%") else (value, False)


def _made(
    do, shared, pair: tuple[Scenario, Scenario], seeds: range, asked: Asked, report: sweep.Report
) -> pd.DataFrame:
    """Make both runs of each seed, with the measures that are asked for; returns run, side, seed."""
    jobs, runs = paired(shared.inputs.digest, pair, seeds, asked)
    replicates.make_all(do, shared, jobs, report)
    return runs


def paired(
    data_digest: str, pair: tuple[Scenario, Scenario], seeds: Sequence[int], asked: Asked
) -> tuple[list[Job], pd.DataFrame]:
    """Both runs of each seed: jobs that take the measures asked for, and their run, side ('a', 'b') and seed."""
    jobs, rows = [], []
    for seed in seeds:
        for side, each in zip("ab", pair, strict=True):
            seeded = each.changed(seed=seed)
            jobs.append(Job(stores.run_name(seeded, data_digest), seeded, asked=asked))
            rows.append((jobs[-1].name, side, seed))
    return jobs, pd.DataFrame(rows, columns=["run", "side", "seed"])


def more(wide: float, limit: float, have: int) -> int:
    """Number of pairs to add, from the spread so far: at least a quarter of those there are, and at most as many."""
    needed = math.ceil(have * (wide / limit) ** 2) - have
    return min(max(needed, math.ceil(have / 4)), have)


def _wide(differences: pd.DataFrame) -> float:
    """Width of the first interval. Raises InputError where there is none."""
    first = differences.iloc[0]
    if math.isnan(first["high"] - first["low"]):
        raise InputError(
            f"--until-width: {first['outcome']}: fewer than two pairs have a value: compare another outcome"
        )
    return first["high"] - first["low"]


def _limit(width: tuple[float, bool], differences: pd.DataFrame) -> float:
    """The wanted width of the first interval. Raises InputError for a share of nothing."""
    (value, share), first = width, differences.iloc[0]
    if share and not first["a"]:
        raise InputError(f"--until-width: {first['outcome']} of A is 0: give a number instead of a share of it")
    return value * abs(first["a"]) if share else value


def both(one: Callable[[Done], None], other: Callable[[Done], None]) -> Callable[[Done], None]:
    """A callback that calls two others."""

    def report(done: Done) -> None:
        one(done)
        other(done)

    return report
