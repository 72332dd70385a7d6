"""What each lever does: `python -m scripts.levers` makes the runs and writes docs/levers.md (some minutes per seed)."""

import argparse
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import numpy as np
from scipy import stats

from abm.engine import clock
from abm.engine.params import about
from abm.facts import facts
from abm.measures import MEASURES
from abm.observe.measure import Measure
from abm.scenario import PARAMS
from experiments.analysis.compared import LEVEL
from experiments.analysis.lever_directions import EXPECTED
from experiments.analysis.levers import LEVERS, SINCE, Branches, key_of, needs_of
from experiments.text import number, plain, share

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "levers.md"
SCALE, SEEDS, YEAR = 0.05, 3, 2030
UNITS = {measure.name: measure.unit for measure in MEASURES}
INTRODUCTION = """# What each lever does

Each lever alone, from {since} on in the situation of that month, to a value far from its default. The runs with and
without it share all that came before and, person by person, their random numbers. The table shows, as means of the
months of {year} over {seeds} seeds at scale {scale:g}:

- the measure of the country that moves most, relative to what it is without the lever, among those that move by more
  than their interval. Measures in standard deviations have no relative change and are left out;
- the measure that the lever should move as its meaning says, up or down, and whether it does; nothing is said where the
  change is within its interval.

In brackets: half the width of the 95% interval of the change over seeds, with common random numbers. What a lever needs
is set in both runs; set alone it does nothing, and `abm` says so in a line. A far value shows what a lever moves; it is
no proposal. Of some hundred measures a few move by more than their interval by accident, so small changes say little.
A measure that a lever moves soon and for a while can be back in {year} (diplomas, grants). Below scale 0.025 an interim
location holds nobody, and few starter homes are linked: a larger scale shows them.

`python -m scripts.levers --seeds {seeds} --scale {scale:g}` makes the runs and this page.
"""


class Change(NamedTuple):
    """A measure without a lever, and by how much a lever moves it, with half the width of the interval."""

    before: float
    by: float
    noise: float

    @property
    def sure(self) -> bool:
        """Whether it moves by more than its interval."""
        return abs(self.by) > self.noise

    @property
    def size(self) -> float:
        """The change over the larger of both values: at most 1 for what has one sign."""
        largest = max(abs(self.before), abs(self.before + self.by))
        return abs(self.by) / largest if largest else 0.0

    def words(self, unit: str) -> str:
        """The change as people read it."""
        if unit.startswith("SD"):
            return f"{number(self.by, sign=True)} ({number(self.noise)}) {unit}"
        if not self.before:
            return f"from none to {number(self.by)}" if self.by else "none"
        return f"{share(self.by / abs(self.before), 1, sign=True)} ({share(self.noise / abs(self.before), 1)})"


def measures() -> tuple[Measure, ...]:
    """The measures of the country: all with a total, and those of which a lever should move a group."""
    named = {expected.measure.partition("/")[0] for expected in EXPECTED.values()}
    return tuple(each for each in MEASURES if "total" in each.by or each.name in named)


def names() -> list[str]:
    """The measures that can move most, and the groups that levers should move."""
    totals = [each.name for each in measures() if "total" in each.by]
    return list(dict.fromkeys(totals + [each.measure for each in EXPECTED.values() if each.measure]))


def change(before: Sequence[float], after: Sequence[float]) -> Change:
    """The change of a measure, from its values per seed; without an interval for one seed."""
    one, other = np.array(before), np.array(after)
    gap, noise = other - one, np.inf
    if len(gap) > 1:
        noise = stats.t.ppf((1 + LEVEL) / 2, len(gap) - 1) * gap.std(ddof=1) / np.sqrt(len(gap))
    return Change(float(one.mean()), float(gap.mean()), float(noise))


def values(branches: Branches, lever: str) -> dict[str, tuple[float, float]]:
    """Each measure in YEAR, without and with a lever."""
    value = EXPECTED[lever].value
    needs, first = needs_of(lever, value), clock.index(f"{YEAR}-01") - clock.index(SINCE)
    after = list(islice(branches.with_(lever, value), first, None))
    before = [branches.without(needs, first + month) for month in range(len(after))]
    return {name: (branches.total(name, before), branches.total(name, after)) for name in names()}


def changes(seeds: int, scale: float) -> dict[str, dict[str, Change]]:
    """What each lever changes, by lever and measure."""
    found: dict[str, dict[str, list[tuple[float, float]]]] = {lever: {} for lever in LEVERS}
    inputs = facts.load()
    for seed in range(1, seeds + 1):
        branches = Branches(inputs, scale, f"{YEAR}-12", seed, measures(), f"{YEAR}-01")
        for lever in LEVERS:
            for name, pair in values(branches, lever).items():
                found[lever].setdefault(name, []).append(pair)
        print(f"seed {seed} of {seeds} is done", flush=True)
    return {
        lever: {name: change(*zip(*pairs, strict=True)) for name, pairs in each.items()}
        for lever, each in found.items()
    }


def unit_of(name: str) -> str:
    """The unit of a measure, or of a group of it."""
    return UNITS[name.partition("/")[0]]


def moved_most(found: dict[str, Change]) -> str:
    """The measure of the country that moves most, in words."""
    sure = {
        name: each
        for name, each in found.items()
        if each.sure and "/" not in name and not unit_of(name).startswith("SD")
    }
    most = max(sure, key=lambda name: sure[name].size, default="")
    return f"{most} {sure[most].words(unit_of(most))}" if most else "nothing by more than its interval"


def should_move(lever: str, found: dict[str, Change]) -> str:
    """The measure that a lever should move, and what it does, in words."""
    expected = EXPECTED[lever]
    if not expected.measure:
        return "no measure in one direction"
    each = found[expected.measure]
    asked = "up" if expected.direction > 0 else "down"
    verdict = (", yes" if each.by * expected.direction > 0 else ", **no**") if each.sure else ""
    name = expected.measure.replace("/", " / ")
    return f"{name} {asked}: {each.words(unit_of(expected.measure))}{verdict}"


def row(lever: str, found: dict[str, Change]) -> str:
    """The row of a lever."""
    process, name = key_of(lever)
    needs = [need.words for need in about(PARAMS[process].model_fields[name])["needs"]]
    needs += [f"here {other} {plain(value)}" for other, value in EXPECTED[lever].beside.items()]
    needed = "; ".join(needs).replace("policy.", "")
    cells = (f"`{process}.{name}`", plain(EXPECTED[lever].value), needed, moved_most(found), should_move(lever, found))
    return f"| {' | '.join(cells)} |"


def page(found: dict[str, dict[str, Change]], seeds: int, scale: float) -> str:
    """The page: a row per lever."""
    lines = [INTRODUCTION.format(since=SINCE, year=YEAR, seeds=seeds, scale=scale)]
    lines += ["| lever | value | needs | moves most | should move |", "|---|---|---|---|---|"]
    return "\n".join(lines + [row(lever, each) for lever, each in found.items()]) + "\n"


def main() -> None:
    """Make the runs, and write the page."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--seeds", type=int, default=SEEDS, help="seeds from 1 on; intervals want two at least")
    words.add_argument("--scale", type=float, default=SCALE, help="share of the people that is simulated")
    given = words.parse_args()
    PAGE.write_text(page(changes(given.seeds, given.scale), given.seeds, given.scale), encoding="utf-8")


if __name__ == "__main__":
    main()
