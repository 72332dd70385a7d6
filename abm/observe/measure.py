"""How an indicator is declared and measured: a pure function of a month, per group, at full size.

A function under `@measure` is an indicator; `persons`, `wait`, `level`, `by_municipality` and `payments` are `measure`
for forms that recur. The indicators themselves are in the measures.py of each room; abm/measures.py gathers them.
"""

import re
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property, wraps
from typing import Any

import numpy as np

from abm.engine.kernels import kernel, placed
from abm.observe.breakdowns import (
    BREAKDOWNS,
    DIMENSIONS,
    DURATIONS,
    PERMIT_YEARS,
    SEXES,
    SINCE,
    STATUSES,
)
from abm.observe.neighbourhood_breakdown import NeighbourhoodGroups
from abm.observe.persons_by_group import persons_by_group
from abm.observe.statistics import waited
from abm.state import Events, State
from abm.tables.country import Kind
from abm.tables.homes import Group, Rule
from abm.tables.money import Purpose
from abm.tables.people import Households, Reunion, Schooling, Stage, Track
from abm.tables.residents import NEARNESS, PHASES, SITE_SIZES

_REUNIONS = len(Reunion)


@kernel
def abroad(family_abroad, reunion):
    """Relatives abroad by where their application stands, (len(Reunion),); whole columns of households."""
    found = np.zeros(_REUNIONS)
    for i in range(len(reunion)):
        found[np.uint64(reunion[i])] += max(family_abroad[i], 0)  # unsigned: no check for a negative index
    return found


class Month:
    """The state after a turn and its events, with what several measures share."""

    def __init__(self, state: State, events: Events):
        self.state, self.events = state, events
        self.number = state.clock.month - 1  # the clock has moved on
        self.looked_up: dict[Callable, Any] = {}  # what `once_a_month` keeps

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
        return abroad(self.households.family_abroad, self.households.reunion)

    @cached_property
    def neighbourhood_groups(self) -> NeighbourhoodGroups:
        """The neighbourhoods by group."""
        return NeighbourhoodGroups(self.state, self.number)

    @cached_property
    def group_sizes(self) -> dict[str, int]:
        """Number of members of each group."""
        return sizes(self)

    def at(self, *stages: Stage) -> np.ndarray:
        """Rows of the households in reception at these stages."""
        return self.in_reception[_is_one_of(stages)[self.stage_in_reception]]


@cache
def _is_one_of(stages: tuple[Stage, ...]) -> np.ndarray:
    """Whether each stage is one of these, (stages,)."""
    return np.isin(np.arange(len(Stage)), stages)


def once_a_month[T](look_up: Callable[[Month], T]) -> Callable[[Month], T]:
    """A look-up of a month that is made once, however many measures share it."""

    @wraps(look_up)
    def kept(month: Month) -> T:
        if look_up not in month.looked_up:
            month.looked_up[look_up] = look_up(month)
        return month.looked_up[look_up]

    return kept


_NOTHING = np.empty(0, np.int64)


@dataclass(frozen=True)
class Event:
    """Something that happens in the chain; called with a month, the rows that it happened to, (n,) int64."""

    names: tuple[str, ...]  # of events; the rows of several follow one another

    def __call__(self, month: Month) -> np.ndarray:
        if len(self.names) == 1:
            return month.events.get(self.names[0], _NOTHING)
        return np.concatenate([month.events.get(name, _NOTHING) for name in self.names])


READ: dict[str, set[str]] = {}  # names of the events that each module reads


def event(*names: str) -> Event:
    """Any of these events. Stands at the top of a module: abm/measures.py checks the names when it is imported."""
    caller = sys._getframe(1)
    if caller.f_code.co_name != "<module>":
        raise TypeError(f"event({', '.join(map(repr, names))}): name events at the top of a module, not in a function")
    READ.setdefault(caller.f_globals["__name__"], set()).update(names)
    return Event(names)


Values = Callable[[Month, tuple[str, ...]], dict[str, np.ndarray]]
Floors = float | Mapping[str, float]  # least scale at which a measure says something: of all breakdowns, or of some


@dataclass(frozen=True)
class Measure:
    """An indicator: `values` gives an array per breakdown that is asked of it."""

    name: str
    unit: str
    label: str
    label_nl: str
    by: tuple[str, ...]
    values: Values
    meaning: str = ""  # what it counts, in words
    floors: Mapping[str, float] = field(default_factory=dict)  # breakdown -> least scale; others hold at every scale


_SHAPE = re.compile(r", \([\w ]+,\)")  # of an array, as docstrings give it

DECLARED: dict[str, tuple[str, Measure]] = {}  # by name, with the module that declares it
PLUGINS = "abm_plugins"  # the package of all that comes from outside
APART: dict[str, dict[str, tuple[str, Measure]]] = {}  # the same of each package in it: versions of one do not mix


def declaration[F: Callable](
    values_of: Callable[[F], Values],
    unit: str,
    en: str,
    nl: str,
    by: str | tuple[str, ...],
    name: str,
    scale: Floors = 0.0,
) -> Callable[[F], F]:
    """A decorator that declares a function as a measure and leaves it as it is.

    `values_of` makes the values of the measure from the function; scale: below which it is refused (docs/scale.md),
    for all its breakdowns or by breakdown. Raises TypeError where the function has no docstring, its name is taken, or
    `by` is no breakdown.
    """

    def declare(function: F) -> F:
        called, module = name or function.__name__, function.__module__
        package = module.rpartition(".")[0]
        declared = APART.setdefault(package, {}) if package.startswith(f"{PLUGINS}.") else DECLARED
        breakdowns = (by,) if isinstance(by, str) else by
        if not function.__doc__:
            raise TypeError(f"{module}: measure '{called}': say in its docstring what it counts")
        if called in declared:
            raise TypeError(f"{module}: measure '{called}': {declared[called][0]} has a measure of this name")
        if not breakdowns or not set(breakdowns) <= set(BREAKDOWNS):
            wrong = ", ".join(sorted(set(breakdowns) - set(BREAKDOWNS))) or "()"
            raise TypeError(f"{module}: measure '{called}': by '{wrong}': choose from {', '.join(BREAKDOWNS)}")
        floors = dict(scale) if isinstance(scale, Mapping) else dict.fromkeys(breakdowns, scale) if scale else {}
        if not floors.keys() <= set(breakdowns) or not all(0 < least <= 1 for least in floors.values()):
            raise TypeError(f"{module}: measure '{called}': scale {scale}: name its own breakdowns, each above 0 to 1")
        meaning = _SHAPE.sub("", " ".join(function.__doc__.split()))
        declared[called] = module, Measure(called, unit, en, nl, breakdowns, values_of(function), meaning, floors)
        return function

    return declare


def measure(
    unit: str, *, en: str, nl: str, by: str | tuple[str, ...], name: str = "", scale: Floors = 0.0
) -> Callable[[Values], Values]:
    """Declare a function of a month and the breakdowns asked for, which gives the values per breakdown.

    en, nl: its label in English and Dutch; by: the breakdowns that it has; name: where it is not that of the function;
    scale: below which it is refused.
    """
    return declaration(lambda values: values, unit, en, nl, by, name, scale)


def sizes(month: Month) -> dict[str, int]:
    """Number of members of each group."""
    state = month.state
    return _sizes(len(state.origins), len(state.regions), len(state.municipalities), len(state.inputs.sectors))


@cache
def _sizes(origins: int, regions: int, municipalities: int, sectors: int) -> dict[str, int]:
    fixed = {"total": 1, "kind": len(Kind), "stage": len(Stage), "status": len(STATUSES), "track": len(Track)}
    return (
        fixed
        | {"origin": origins, "region": regions, "municipality": municipalities, "sector": sectors}
        | {"since_arrival": PERMIT_YEARS, "dimension": len(DIMENSIONS)}
        | dict.fromkeys(SINCE, DURATIONS)
        | {"rule": len(Rule), "seeker": len(Group) + 1}
        | {"nearness": len(NEARNESS), "site_size": len(SITE_SIZES), "phase": len(PHASES)}
        | {"sex": len(SEXES), "schooling": len(Schooling), "since_permit": PERMIT_YEARS}
    )


Rows = Callable[[Month], np.ndarray]


@dataclass(frozen=True)
class Persons:
    """Values of a measure that counts the persons of households."""

    rows: Rows
    at_home: bool  # by the region and municipality of the home, not of the place of stay

    def __call__(self, month: Month, wanted: tuple[str, ...]) -> dict[str, np.ndarray]:
        """Persons per breakdown."""
        return counted_at_once(month, (self,), (wanted,))[0]


def counted_at_once(
    month: Month, several: Sequence[Persons], wanted: Sequence[tuple[str, ...]]
) -> list[dict[str, np.ndarray]]:
    """Persons per breakdown wanted of each of several measures."""
    asked = tuple([(each, persons.at_home) for each, persons in zip(wanted, several, strict=True)])
    return persons_by_group(month.state, [each.rows(month) for each in several], asked, month.group_sizes)


def persons(
    *,
    en: str,
    nl: str,
    by: str | tuple[str, ...] = "total",
    flow: bool = False,
    at_home: bool = False,
    name: str = "",
    scale: Floors = 0.0,
) -> Callable[[Rows], Rows]:
    """Declare a function that gives rows of households: their persons, at full size.

    flow: of a month, not at its end; at_home: by the region and municipality of the home, not of the place of stay.
    """

    def values_of(rows_of: Rows) -> Values:
        return Persons(rows_of, at_home)

    return declaration(values_of, "persons/month" if flow else "persons", en, nl, by, name, scale)


def wait(*, en: str, nl: str, start: str, end: str, name: str = "") -> Callable[[Rows], Rows]:
    """Declare a function that gives the rows of households whose wait ended: months between two of their columns.

    Statistics over persons, of the households that have a `start`.
    """

    def values_of(rows_of: Rows) -> Values:
        def values(month: Month, wanted: tuple[str, ...]) -> dict[str, np.ndarray]:
            people, rows = month.households, rows_of(month)
            return {"statistic": waited(rows, getattr(people, start), getattr(people, end), people.size)}

        return values

    return declaration(values_of, "months", en, nl, "statistic", name)


def by_municipality[F: Callable[[Month], np.ndarray]](
    unit: str,
    *,
    en: str,
    nl: str,
    by: tuple[str, ...] = ("total", "region", "municipality"),
    name: str = "",
    scale: Floors = 0.0,
) -> Callable[[F], F]:
    """Declare a function that gives a value per municipality; those of regions and the country are sums."""

    def values_of(column: F) -> Values:
        def values(month: Month, wanted: tuple[str, ...]) -> dict[str, np.ndarray]:
            each = np.asarray(column(month), dtype=np.float64)
            found = {"municipality": each, "total": each.sum(keepdims=True)}
            if "region" in wanted:
                found["region"] = np.bincount(month.state.municipalities.region, each, len(month.state.regions))
            return found

        return values

    return declaration(values_of, unit, en, nl, by, name, scale)


def level[F: Callable[[Month], object]](
    unit: str, *, en: str, nl: str, by: str = "total", name: str = "", scale: Floors = 0.0
) -> Callable[[F], F]:
    """Declare a function that gives the value, or the value per group of its only breakdown."""

    def values_of(value: F) -> Values:
        def values(month: Month, wanted: tuple[str, ...]) -> dict[str, np.ndarray]:
            return {by: np.array(value(month), np.float64, ndmin=1)}

        return values

    return declaration(values_of, unit, en, nl, by, name, scale)


def payments[F: Callable[[], tuple[Purpose, ...]]](
    *, en: str, nl: str, name: str = "", scale: Floors = 0.0
) -> Callable[[F], F]:
    """Declare a function that gives purposes: the euros paid for them in a month."""

    def values_of(purposes: F) -> Values:
        rows = np.array(purposes(), np.int64)

        def values(month: Month, wanted: tuple[str, ...]) -> dict[str, np.ndarray]:
            return {"total": month.state.ledger.month[rows].sum(keepdims=True)}

        return values

    return declaration(values_of, "EUR/month", en, nl, "total", name, scale)
