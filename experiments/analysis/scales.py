"""Whether a smaller scale says what the whole country says: the measures of the summary, and differences of scenarios.

A value of scale s agrees with that of scale 1 if the means over the same seeds differ by at most 5% of the value at
scale 1, or by less than the interval of that difference over seeds (Welch's, from the spread of both), whichever is
more. The interval holds for the years of a measure together (Bonferroni): else a year in twenty would be off by
accident. Differences of scenarios are paired by seed. A measure that does not agree is refused below its scale where it
is declared (`scale=`, abm/observe/measure.py).
"""

import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import stats

from abm import scenario as scenarios
from abm.engine import clock
from abm.facts.csv_tables import long
from abm.measures import HEADLINES, refusal
from experiments.analysis.compared import LEVEL
from experiments.analysis.comparison import first_difference
from experiments.analysis.yearly import by_year
from experiments.store.store import Store
from experiments.sweeps import runner

SHARE = 0.05  # of the value at scale 1 that a smaller one may differ
FULL = 1.0
YEARS = ("2015", "2020", "2025", "2030", "2035")  # that the summary shows
TOGETHER = "all months since they differ"
KEYS = ["scenario", "measure", "period", "scale"]
Report = Callable[[str], None]


def values(
    files: list[Path], scales: tuple[float, ...], seeds: range, store: Store, report: Report = lambda words: None
) -> pd.DataFrame:
    """Values of the summary of every scenario, scale and seed: scenario, measure, period, scale, seed, value.

    The first scenario is compared with the others: rows named 'B - A' hold their paired differences, of stocks at the
    end and of flows since they differ. Runs are kept in the store, so an interrupted command continues.
    """
    parts = []
    base, *others = (scenarios.load(file) for file in files)
    for scale in scales:
        for seed in seeds:
            made = {}
            for each in (base, *others):
                wanted = each.changed(scale=scale, seed=seed)
                run, _ = runner.run(wanted, store)
                report(f"{each.name}, scale {scale:g}, seed {seed}")
                years = by_year(run).loc[[name for name, _ in HEADLINES]].rename_axis(index="measure", columns="period")
                made[each.name] = years
                shown = long(years[[year for year in YEARS if year in years]], "value")
                parts.append(shown.assign(scenario=each.name, scale=scale, seed=seed))
            for other in others:
                since = clock.label(first_difference(base, other))[:4]
                change = made[other.name] - made[base.name]
                rows = [
                    (name, change.loc[name].iloc[-1] if take == "end" else change.loc[name][since:].sum())
                    for name, take in HEADLINES
                ]
                paired = pd.DataFrame(rows, columns=["measure", "value"])
                named = f"{other.name} - {base.name}"
                parts.append(paired.assign(scenario=named, period=TOGETHER, scale=scale, seed=seed))
    found = pd.concat(parts, ignore_index=True)
    return found[[*KEYS, "seed", "value"]]


def agreement(found: pd.DataFrame) -> pd.DataFrame:
    """A row per scenario, measure, period and smaller scale: full, value, allowed, agrees; NaN where too few have one.

    full, value: means over seeds at scale 1 and at the smaller one; allowed: the largest difference of them.
    """
    rows = []
    for (name, measure), mine in found.groupby(["scenario", "measure"], sort=False):
        level = 1 - (1 - LEVEL) / mine["period"].nunique()
        for (period, scale), some in mine[mine["scale"] != FULL].groupby(["period", "scale"], sort=False):
            whole = mine[(mine["period"] == period) & (mine["scale"] == FULL)]["value"].to_numpy()
            small = some["value"].to_numpy()
            full, value = float(np.mean(whole)), float(np.mean(small))
            allowed = max(SHARE * abs(full), half_width(whole, small, level))
            rows.append((name, measure, period, scale, full, value, allowed, abs(value - full) <= allowed))
    return pd.DataFrame(rows, columns=[*KEYS, "full", "value", "allowed", "agrees"])


def half_width(one: np.ndarray, other: np.ndarray, level: float) -> float:
    """Half the width of Welch's interval of the difference of two means; 0 where nothing spreads."""
    parts = [each.var(ddof=1) / len(each) for each in (one, other)]
    if not sum(parts):
        return 0.0
    freedom = sum(parts) ** 2 / sum(part**2 / (len(each) - 1) for part, each in zip(parts, (one, other), strict=True))
    return float(stats.t.ppf((1 + level) / 2, freedom) * math.sqrt(sum(parts)))


def worst(table: pd.DataFrame) -> pd.DataFrame:
    """Of each scenario, measure and scale the row that is furthest beyond what is allowed, or nearest to it."""
    gap = (table["value"] - table["full"]).abs().to_numpy()
    allowed = table["allowed"].to_numpy()
    over = np.where(allowed > 0, gap / np.where(allowed > 0, allowed, 1), np.where(gap > 0, np.inf, 0))
    order = table.assign(over=over)
    return order.sort_values("over", ascending=False).groupby(["scenario", "measure", "scale"], sort=False).head(1)


def off(table: pd.DataFrame) -> pd.DataFrame:
    """The rows that do not agree though their measure is not refused at that scale."""
    return table[said(table) & ~table["agrees"].to_numpy(bool)]


def said(table: pd.DataFrame) -> np.ndarray:
    """Whether the measure of each row is said at its scale, (rows,) bool."""
    return np.array([not refusal(row["measure"], "total", row["scale"]) for row in table.to_dict("records")], bool)
