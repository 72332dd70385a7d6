"""The outcomes that two scenarios are compared on, their values in pairs of runs, and differences with intervals.

Verdicts on several outcomes at once are corrected for their number (Holm 1979, Scandinavian Journal of Statistics 6):
the probability that any of them is wrong where nothing differs stays 5%. Intervals are those of each outcome alone.
"""

import math
import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from abm import measures
from abm.engine import clock
from abm.engine.errors import InputError, brief
from abm.engine.yaml_input import nearest
from abm.facts import facts
from abm.measures import BY, MEASURES
from abm.observe.breakdowns import labels
from abm.observe.measure import Measure
from abm.scenario import Scenario
from experiments.store.store import Store
from experiments.sweeps import loading

LEVEL = 0.95
CANNOT_TELL = "cannot tell A from B"
SAME = "the same in every pair"
NO_VALUE = "too few pairs have a value"
STOCK, FLOW, TAKES = "end", "sum", ("end", "sum", "mean")
UNITS = {measure.name: measure.unit for measure in MEASURES}
COLUMNS = ["outcome", "unit", "a", "b", "difference", "low", "high", "pairs", "fewer_runs", "p", "verdict"]


@dataclass(frozen=True)
class Outcome:
    """An outcome to compare: a measure, one of its groups, and how its months are aggregated to one number."""

    measure: str
    by: str
    group: str
    take: str  # end, sum, mean

    @property
    def label(self) -> str:
        """A label like 'in_reception, end', or 'housed, region Zeeland, sum'."""
        group = (
            "" if self.by == "total" else f", {self.group}" if self.by == "statistic" else f", {self.by} {self.group}"
        )
        return f"{self.measure}{group}, {self.take}"


def chosen(
    asked: str | Sequence[str] | None,
    by: str | None,
    group: str | None,
    take: str | None,
    more: list[Measure],
    scenario: Scenario,
) -> list[Outcome]:
    """The outcomes to compare of two scenarios, of which one is given; more: measures of plug-ins. Raises InputError.

    asked: measures as 'housed' or 'housed by region', or None for those of the summary, without what says nothing at
    this scale; by: the breakdown of those that name none; group: one group instead of all.
    """
    scale = scenario.scale
    if asked is None:
        if by or group or take:
            raise InputError("--measure: is missing: --by, --group and --take need it")
        said = [each for each in measures.SUBJECT if not measures.refusal(each.measure, each.by, scale)]
        return [Outcome(each.measure, each.by, each.group, each.take) for each in said]
    if take not in (None, *TAKES):
        raise InputError(f"--take: '{brief(take)}' is not known: choose from {', '.join(TAKES)}")
    found: dict[Outcome, None] = {}
    for each in [asked] if isinstance(asked, str) else asked:
        name, _, own = " ".join(each.split()).partition(BY)
        within = measures.breakdown_of(name, own or by, more, scale)
        found |= dict.fromkeys(
            Outcome(name, within, one, take or usual(name, more))
            for one in groups(name, within, group, scenario.layout)
        )
    if not found:
        raise InputError("--measure: is empty: name a measure")
    return list(found)


def groups(measure: str, by: str, group: str | None, layout: int) -> list[str]:
    """The groups of a breakdown, or the one that is asked for. Raises InputError."""
    known = labels(facts.load().on_layout(layout))[by]
    if group is None:
        return known
    if group not in known:
        shown = ", ".join(known[:8]) + ", ..." * (len(known) > 8)
        hint = nearest(group, known) or f": choose from {shown}"
        raise InputError(f"--group: {measure} has no {by} '{brief(group)}'{hint}")
    return [group]


def usual(measure: str, more: Iterable[Measure]) -> str:
    """How months of a measure become one number: flows are summed, stocks are those at the end."""
    return FLOW if (UNITS | {each.name: each.unit for each in more})[measure].endswith("/month") else STOCK


def values(store: Store, runs: pd.DataFrame, outcomes: list[Outcome], since: int) -> pd.DataFrame:
    """Values of each outcome per pair: seed, outcome, unit, a, b."""
    parts, read = [], {}
    for by in dict.fromkeys(each.by for each in outcomes):
        names = sorted({each.measure for each in outcomes if each.by == by})
        every = loading.outcomes(store, runs["run"].tolist(), names, by)
        every = every[every["month"].astype(str) >= clock.label(since)]
        read |= {(by, name): frame for name, frame in every.groupby(every["measure"].astype(str), observed=True)}
    for each in outcomes:
        mine = read[each.by, each.measure]
        mine = mine[mine["group"] == each.group].astype({"run": str, "month": str, "unit": str})
        if each.take == STOCK:
            value = mine[mine["month"] == mine["month"].max()].set_index("run")["value"]
        else:
            value = getattr(mine.groupby("run")["value"], each.take)()
        sides = runs.assign(value=runs["run"].map(value)).pivot(index="seed", columns="side", values="value")
        unit = mine["unit"].iloc[0]
        if each.take == FLOW:
            unit = unit.removesuffix("/month")  # summed over months
        parts.append(sides.reset_index().assign(outcome=each.label, unit=unit))
    return pd.concat(parts, ignore_index=True)


def differences(pairs: pd.DataFrame) -> pd.DataFrame:
    """A row per outcome: means, mean difference with its interval, and the runs that common random numbers save."""
    rows = []
    for outcome, mine in pairs.groupby("outcome", sort=False):
        both: Any = mine.dropna()  # columns of numbers
        change = (both["b"] - both["a"]).to_numpy()
        low, high = interval(change) if len(change) > 1 else (math.nan, math.nan)
        independent, paired = both["a"].var() + both["b"].var(), change.var(ddof=1) if len(change) > 1 else math.nan
        factor = independent / paired if paired else math.nan  # ratio of variances
        means = both["a"].mean(), both["b"].mean(), change.mean() if len(change) else math.nan
        rows.append((outcome, mine["unit"].iloc[0], *means, low, high, len(change), factor, probability(change), ""))
    found = pd.DataFrame(rows, columns=COLUMNS)
    corrected = holm(found["p"].to_numpy())
    found["verdict"] = [verdict(*row) for row in zip(found["low"], found["high"], corrected, strict=True)]
    return found


def interval(changes: np.ndarray, level: float = LEVEL) -> tuple[float, float]:
    """Student's interval of the mean of (n,) differences; of zero width where all are equal."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # raised for differences that are equal, or nearly so
        low, high = stats.ttest_1samp(changes, 0.0).confidence_interval(level)
    return float(low), float(high)


def probability(changes: np.ndarray) -> float:
    """Probability of a mean so far from 0 where nothing differs (Student's t); NaN of fewer than two differences."""
    if len(changes) < 2:
        return math.nan
    if np.ptp(changes) == 0:
        return float(changes[0] == 0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        return float(stats.ttest_1samp(changes, 0.0).pvalue)


def holm(probabilities: np.ndarray) -> np.ndarray:
    """Probabilities, (n,), corrected for their number by Holm's step-down rule; NaN stays and does not count."""
    found, known = np.full(len(probabilities), math.nan), np.flatnonzero(~np.isnan(probabilities))
    order = known[np.argsort(probabilities[known], kind="stable")]
    steps = probabilities[order] * np.arange(len(order), 0, -1)
    found[order] = np.minimum(np.maximum.accumulate(steps), 1.0)
    return found


def verdict(low: float, high: float, corrected: float) -> str:
    """The verdict that follows from an interval of B minus A, and its probability as corrected."""
    if math.isnan(corrected):
        return NO_VALUE
    if low == high == 0:
        return SAME
    if corrected > 1 - LEVEL:
        return CANNOT_TELL
    return "B is higher" if low + high > 0 else "B is lower"
