"""Where runs branch: runs that agree up to a month simulate what is before it once.

Of the runs of a seed, each keeps its state at the months in which another one begins to differ from it, or begins at
the latest of these states that is kept. Leaders, the first runs of each history, come first; the others then find its
state. A run that finds none, because it is still being made, simulates the history, which takes no longer than waiting.
So the order of runs and the number of workers decide how long it takes, never what comes out.

A run on its own keeps its state at the month in which it begins to differ from the law and practice of today, or in
January 2027, from which on policies are set: whoever compares it with something, or asks for one more policy, branches.
"""

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from abm.engine import clock
from abm.scenario import Scenario, changes_of, default
from experiments.designs.design import Design

if TYPE_CHECKING:
    from experiments.sweeps.runner import Job

USUAL = clock.index("2027-01")

Branch = tuple[int, int]  # month, number of the history before it


def branches(scenarios: Sequence[Scenario]) -> list[tuple[Branch, ...]]:
    """Where each scenario of a seed branches from others, ascending; nothing where they differ from 2015 on."""
    first = scenarios[0].values if scenarios else {}
    varying = {
        key
        for each in scenarios
        for key, steps in each.values.items()
        if steps is not first.get(key) and steps != first.get(key)
    }
    dated = [{key: changes_of(each.values[key], each.months) for key in varying} for each in scenarios]
    found: list[list[Branch]] = [[] for _ in scenarios]
    history = _numbered((each.scale, each.layout, each.plugins) for each in scenarios)
    for month in sorted({0} | {month for each in dated for kept in each.values() for month in kept}):
        now = [frozenset((key, repr(kept[month])) for key, kept in each.items() if month in kept) for each in dated]
        after = _numbered(zip(history, now, strict=True))
        before, left = Counter(history), Counter(after)
        for each, old, new in zip(found, history, after, strict=True):
            if month and before[old] > left[new]:
                each.append((month, old))
        history = after
    return [tuple(each) for each in found]


def of_points(design: Design, points: Iterable[int]) -> dict[int, tuple[Branch, ...]]:
    """Where some points of a design branch from others of them; numbers of histories differ between all."""
    together: dict[Hashable, list[int]] = {}
    for number in sorted(points):  # what is given as one number differs from 2015 on
        fixed = {key: value for key, value in design.points[number].values.items() if not isinstance(value, Mapping)}
        together.setdefault(repr(sorted(fixed.items())), []).append(number)
    found: dict[int, tuple[Branch, ...]] = {}
    for several in together.values():
        each = branches([design.scenario_of(number, 0) for number in several]) if len(several) > 1 else [()]
        for number, own in zip(several, each, strict=True):
            found[number] = tuple((month, several[0] * len(design.points) + history) for month, history in own)
    return found


def shared(runs: Sequence[tuple[int, tuple[Branch, ...]]]) -> list[tuple[int, tuple[Branch, ...]]]:
    """The runs without the branches that no other run of their seed has."""
    counts = Counter((seed, each) for seed, own in runs for each in own)
    return [(seed, tuple(each for each in own if counts[seed, each] > 1)) for seed, own in runs]


def order(runs: Sequence[tuple[int, tuple[Branch, ...]]]) -> tuple[list[int], int]:
    """The order in which runs are made best, as places: each run has a seed, and where it branches from others of it.

    First the leaders, of which each keeps a state that no earlier run keeps, then runs by the state that they share;
    and how many leaders there are.
    """
    known: set[tuple[int, Branch]] = set()
    leaders, others = [], []
    for place, (seed, own) in enumerate(runs):
        states = {(seed, each) for each in own}
        (others if own and states <= known else leaders).append(place)
        known |= states
    return leaders + sorted(others, key=lambda place: (runs[place][0], runs[place][1][-1])), len(leaders)


def planned(jobs: Sequence["Job"]) -> list["Job"]:
    """The jobs in the order in which they are made best, each with the months at which it keeps its state."""
    by_seed: dict[int, list[int]] = {}
    for place, job in enumerate(jobs):
        by_seed.setdefault(job.scenario.seed, []).append(place)
    found: dict[int, tuple[Branch, ...]] = {}
    for several in by_seed.values():
        found |= zip(several, branches([jobs[place].scenario for place in several]), strict=True)
    runs = [(job.scenario.seed, found[place]) for place, job in enumerate(jobs)]
    months = [tuple(month for month, _ in own) or usual(jobs[place].scenario) for place, (_, own) in enumerate(runs)]
    return [replace(jobs[place], keeps=months[place]) for place in order(runs)[0]]


def usual(scenario: Scenario) -> tuple[int, ...]:
    """The month at which a run on its own keeps its state; none where the run ends before."""
    law = default().changed(until=scenario.until, scale=scenario.scale, layout=scenario.layout)
    apart = branches([law.with_plugins(*scenario.plugins) if scenario.plugins else law, scenario])[1]
    month = apart[0][0] if apart else USUAL
    return (month,) if month < scenario.months else ()


def _numbered(keys: Iterable[Hashable]) -> list[int]:
    """A number for each key, the same for equal ones."""
    known: dict[Hashable, int] = {}
    return [known.setdefault(key, len(known)) for key in keys]
