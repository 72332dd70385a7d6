"""How an indicator is measured: a pure function of the state and of what happened this month, per group, at full size.

The indicators themselves are in measures.py.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numba import njit

from abm.engine.clock import NEVER
from abm.engine.kernels import placed, read_only
from abm.observe.breakdowns import (
    DIMENSIONS,
    DURATIONS,
    PERMIT_YEARS,
    SEXES,
    SINCE,
    STATISTICS,
    STATUS_OF_STAGE,
    STATUSES,
)
from abm.observe.neighbourhood_breakdown import Splits
from abm.state import Events, State
from abm.tables.country import Kind
from abm.tables.homes import Group, Rule
from abm.tables.people import Households, Reunion, Schooling, Stage, Track
from abm.tables.residents import NEARNESS, PHASES, SITE_SIZES


class Month:
    """The state after a turn and its events, with what several measures share."""

    def __init__(self, state: State, events: Events):
        self.state, self.events = state, events
        self.number = state.clock.month - 1  # the clock has moved on

    @property
    def households(self) -> Households:
        """The households."""
        return self.state.households

    @cached_property
    def in_reception(self) -> np.ndarray:
        """Rows of the households in reception."""
        return placed(self.households.location)

    @cached_property
    def stage_in_reception(self) -> np.ndarray:
        """Their stages."""
        return self.households.stage[self.in_reception]

    @cached_property
    def relatives(self) -> np.ndarray:
        """Relatives abroad by where their application stands, (len(Reunion),) persons at the scale of the run."""
        people, rows = self.households, np.flatnonzero(self.households.family_abroad > 0)
        return np.bincount(people.reunion[rows], people.family_abroad[rows], len(Reunion))

    @cached_property
    def splits(self) -> Splits:
        """The neighbourhoods by group."""
        return Splits(self.state, self.number)

    @cached_property
    def group_sizes(self) -> dict[str, int]:
        """Number of members of each group."""
        return sizes(self)

    def at(self, *stages: Stage) -> np.ndarray:
        """Rows of the households in reception at these stages."""
        here = self.stage_in_reception == stages[0]
        for stage in stages[1:]:
            here |= self.stage_in_reception == stage
        return self.in_reception[here]

    def event(self, *names: str) -> np.ndarray:
        """Rows to whom any of these events happened this month."""
        return np.concatenate([self.events.get(name, np.empty(0, np.int64)) for name in names])


@dataclass(frozen=True)
class Measure:
    """An indicator: `values` gives an array per way to split it."""

    name: str
    unit: str
    label: str
    label_nl: str
    by: tuple[str, ...]
    values: Callable[[Month, tuple[str, ...]], dict[str, np.ndarray]]


def grouping(month: Month, by: str, at_home: bool) -> tuple[np.ndarray, np.ndarray]:
    """A column of households and the group that each of its values stands for, (values,) int64.

    By region or municipality: of their place of stay, or of their (coming) home.
    """
    people, locations, towns = month.households, month.state.locations, month.state.municipalities
    leads = {
        "status": ("stage", STATUS_OF_STAGE),
        "kind": ("location", locations.kind),
        "region": ("municipality", towns.region) if at_home else ("location", locations.region),
        "municipality": ("municipality", np.arange(len(towns))) if at_home else ("location", locations.municipality),
    }
    name, groups = leads.get(by) or (by, np.arange(month.group_sizes[by]))
    return read_only(getattr(people, name)), groups.astype(np.int64)


@njit(cache=True)
def added_up(rows, size, column, groups, count):
    """Persons of households (rows, (n,)) per group, (count,); size, column: whole columns; groups: of its values."""
    found = np.zeros(count, np.int64)
    for k in range(len(rows)):
        row = np.uint64(rows[k])  # unsigned: no check for a negative index
        found[groups[column[row]]] += size[row]
    return found


def sizes(month: Month) -> dict[str, int]:
    """Number of members of each group."""
    state = month.state
    fixed = {"total": 1, "kind": len(Kind), "stage": len(Stage), "status": len(STATUSES), "track": len(Track)}
    return (
        fixed
        | {"origin": len(state.origins), "region": len(state.regions)}
        | {"municipality": len(state.municipalities)}
        | {"since_arrival": PERMIT_YEARS, "dimension": len(DIMENSIONS), "sector": len(state.inputs.sectors)}
        | dict.fromkeys(SINCE, DURATIONS)
        | {"rule": len(Rule), "seeker": len(Group) + 1}
        | {"nearness": len(NEARNESS), "site_size": len(SITE_SIZES), "phase": len(PHASES)}
        | {"sex": len(SEXES), "schooling": len(Schooling), "since_permit": PERMIT_YEARS}
    )


def persons(
    name: str,
    label: str,
    label_nl: str,
    who: Callable[[Month], np.ndarray],
    *by: str,
    at_home: bool = False,
    flow: bool = False,
) -> Measure:
    """A measure of people: those of the households that `who` gives, at full size."""

    def values(month: Month, wanted: tuple[str, ...]) -> dict[str, np.ndarray]:
        rows, size, scale = who(month), read_only(month.households.size), month.state.scale
        found = {"total": np.array([size[rows].sum(dtype=np.int64)]) / scale}
        for by in set(wanted) - {"total"}:
            found[by] = added_up(rows, size, *grouping(month, by, at_home), month.group_sizes[by]) / scale
        return found

    return Measure(name, "persons/month" if flow else "persons", label, label_nl, ("total", *by), values)


def wait(name: str, label: str, label_nl: str, who: Callable[[Month], np.ndarray], start: str, end: str) -> Measure:
    """A measure of waiting [months] between two columns, over the people to whom it ended this month."""

    def values(month: Month, wanted: tuple[str, ...]) -> dict[str, np.ndarray]:
        people, rows = month.households, who(month)
        rows = rows[getattr(people, start)[rows] != NEVER]
        spans = getattr(people, end)[rows].astype(np.int64) - getattr(people, start)[rows]
        return {"statistic": statistics(np.repeat(spans, people.size[rows]))}

    return Measure(name, "months", label, label_nl, ("statistic",), values)


def statistics(values: np.ndarray) -> np.ndarray:
    """Mean, median and 90th percentile, (3,); NaN where there is nobody."""
    if not len(values):
        return np.full(len(STATISTICS), np.nan)
    ordered = np.append(np.sort(values), 0.0)  # as np.quantile, which takes longer over a few values than to sort them
    low, part = np.divmod(np.array([0.5, 0.9]) * (len(values) - 1), 1)
    below, above = ordered[low.astype(np.int64)], ordered[low.astype(np.int64) + 1]
    return np.array([values.mean(), *(below + np.where(part > 0, part * (above - below), 0.0))])


def by_municipality(
    name: str, unit: str, label: str, label_nl: str, column: Callable[[Month], np.ndarray], *by: str
) -> Measure:
    """A measure that every municipality has a value of; regions and the country are sums."""

    def values(month: Month, wanted: tuple[str, ...]) -> dict[str, np.ndarray]:
        each = np.asarray(column(month), dtype=np.float64)
        region = np.bincount(month.state.municipalities.region, each, len(month.state.regions))
        return {"municipality": each, "region": region, "total": np.array([each.sum()])}

    return Measure(name, unit, label, label_nl, by or ("total", "region", "municipality"), values)


def level(name: str, unit: str, label: str, label_nl: str, by: str, value: Callable[[Month], object]) -> Measure:
    """A measure with one way to split it, given directly."""

    def values(month: Month, wanted: tuple[str, ...]) -> dict[str, np.ndarray]:
        return {by: np.atleast_1d(np.asarray(value(month), dtype=np.float64))}

    return Measure(name, unit, label, label_nl, (by,), values)
