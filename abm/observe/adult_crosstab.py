"""Adults of working age in a month, as measures see them: what holds for each, and their group in each way to split.

One pass over the people counts every combination of what measures ask, in every split; a measure then only adds up the
combinations that it means.
"""

from collections import namedtuple
from collections.abc import Callable
from functools import cache
from itertools import chain
from typing import NamedTuple

import numpy as np

from abm.engine.clock import MONTHS, NEVER
from abm.engine.kernels import kernel
from abm.observe.breakdowns import PERMIT_YEARS, SEXES, STATUS_OF_STAGE, STATUSES
from abm.observe.measure import Month, Values, declaration, once_a_month
from abm.people.working_age import adults
from abm.tables.people import Schooling, Stage

SPLITS = ("total", "origin", "sex", "schooling", "since_permit", "region")
CELLS = (("origin", "sex", "schooling"), ("since_permit", "since_arrival"), ("region", "status"))
CODED = ("total", *chain.from_iterable(CELLS))
_PARTLY = ("since_permit", "status")  # who has no permit, or lives outside reception, is in a cell after the groups
SUMS = ("language", "wellbeing", "level_matched", "work_hours", "income", "months_idle")
COHORT = range(-MONTHS, 0)  # permits of 2014, whom statistics followed
CUT_OFF = -1.126  # standard deviations below the mean that 13% of the population does not reach (E101: 11-15%)
FLAGS = ("permit", "employed", "assisted", "applicant", "in_class", "awaiting_class", "coached", "cohort", "unwell")
_COMBINATIONS, _CELLS, _SUMS = 1 << len(FLAGS), len(CELLS), len(SUMS)
_SEXES, _SCHOOLINGS, _STATUSES = len(SEXES), len(Schooling), len(STATUSES)
_DEPARTING, _FIRST, _LAST = int(Stage.DEPARTING), COHORT.start, COHORT.stop - 1  # compiled code wants ints
_PROTECTED = int(Stage.PROTECTED)
_CUT_OFF = np.float32(CUT_OFF)  # as narrow as the column


Persons = namedtuple(
    "Persons",
    "employed class_hours learner coaching female schooling language wellbeing level_matched work_hours income "
    "months_idle household",
)
Households = namedtuple("Households", "applied granted assisted stage origin location municipality")


class Codes(NamedTuple):
    """Codes of groups that follow from a column."""

    location: np.ndarray  # region of each location
    municipality: np.ndarray  # region of each municipality
    stage: np.ndarray  # status of each stage


@kernel
def tallied(rows, month, edges, people: Persons, households: Households, codes: Codes):
    """How often each combination of FLAGS occurs per cell, (combinations, cells) int32, and SUMS, (cells, sums).

    SUMS: Dutch [CEFR level] and income [EUR/month] of those with a permit, level and hours of their jobs [hours/week],
    wellbeing [SD] and idle months of all. A person is in one cell of each of CELLS, whose cells begin at edges, (3,),
    the last split running fastest.
    """
    employed, class_hours, learner, coaching, female, schooling, language, wellbeing = people[:8]
    level_matched, work_hours, income, months_idle, household = people[8:]
    applied, granted, assisted, stage, origin, location, municipality = households
    of_location, of_municipality, status = codes
    cells = edges[-1]
    found, sums = np.zeros(_COMBINATIONS * cells, np.int32), np.zeros((cells, _SUMS))
    cell = np.zeros(_CELLS, np.uint64)
    for k in range(len(rows)):
        i = np.uint64(rows[k])  # unsigned: no check for a negative index
        of, in_class = np.uint64(household[i]), class_hours[i] > 0
        when, place, at = granted[of], location[of], stage[of]
        permit = when != NEVER
        flags = (
            permit | employed[i] << 1 | assisted[of] << 2 | ((not permit) & (at != _DEPARTING)) << 3
            | in_class << 4 | (learner[i] & (not in_class)) << 5 | (coaching[i] > 0) << 6
            | (permit & (when >= _FIRST) & (when <= _LAST)) << 7 | (wellbeing[i] < _CUT_OFF) << 8
        )  # fmt: skip
        taught = max(schooling[i], 0)  # nobody is measured before the profile
        since_permit = min(max((month - when) // MONTHS, 0), PERMIT_YEARS - 1) if permit else PERMIT_YEARS
        since_arrival = min((month - applied[of]) // MONTHS, PERMIT_YEARS - 1)
        region = of_location[place] if place >= 0 else of_municipality[municipality[of]]
        held = status[at] if place >= 0 else _STATUSES
        cell[0] = (origin[of] * _SEXES + female[i]) * _SCHOOLINGS + taught
        cell[1] = edges[1] + since_permit * PERMIT_YEARS + since_arrival
        cell[2] = edges[2] + region * (_STATUSES + 1) + held
        job = permit & employed[i]
        dutch, mood, matched = language[i] * permit, wellbeing[i], level_matched[i] & job
        worked, earned, idle = work_hours[i] * job, income[i] * permit, max(months_idle[i], 0)
        combination = np.uint64(flags * cells)
        for which in range(_CELLS):  # innermost, so that the sums of one need not wait for those of another
            found[combination + cell[which]] += 1
            into = sums[cell[which]]
            into[0] += dutch
            into[1] += mood
            into[2] += matched
            into[3] += worked
            into[4] += earned
            into[5] += idle
    return found.reshape((_COMBINATIONS, cells)), sums


def parts(counts: np.ndarray, sizes: dict[str, int], edges: np.ndarray) -> dict[str, np.ndarray]:
    """Counts or sums per cell, (..., cells), added up per split of CODED: (..., groups)."""
    found = {}
    for splits, edge, end in zip(CELLS, edges[:-1], edges[1:], strict=True):
        shape = [sizes[by] + (by in _PARTLY) for by in splits]
        table = counts[..., edge:end].reshape(counts.shape[:-1] + tuple(shape))
        for axis, by in enumerate(splits):
            others = tuple(each - len(splits) for each in range(len(splits)) if each != axis)
            found[by] = table.sum(axis=others)[..., : sizes[by]]
    return {"total": found["sex"].sum(axis=-1, keepdims=True)} | found


@cache
def _combinations(tests: tuple[str, ...]) -> np.ndarray:
    """Which combinations of flags have all these set, (combinations,): 1 or 0."""
    holds = np.arange(_COMBINATIONS)[:, None] >> np.arange(len(FLAGS)) & 1 == 1
    return holds[:, [FLAGS.index(test) for test in tests]].all(axis=1).astype(float)


@kernel
def asylum_chain(rows, household, stage):
    """Those of rows who are not under temporary protection, (n,): they have measures of their own."""
    found, count = np.empty(len(rows) + 1, np.int64), 0
    for k in range(len(rows)):
        found[count] = rows[k]
        count += stage[household[rows[k]]] != _PROTECTED
    return found[:count]


@once_a_month
def asylum_adults(month: Month) -> np.ndarray:
    """Rows of the persons of working age of the asylum chain, (n,)."""
    return asylum_chain(adults(month.state), month.state.newcomers.household, month.households.stage)


def protected(month: Month, rows: np.ndarray) -> np.ndarray:
    """Whether persons are under temporary protection, (n,) bool."""
    return month.households.stage[month.state.newcomers.household[rows]] == Stage.PROTECTED


class Grown:
    """Persons of working age of the asylum chain in a month, their Dutch and wellbeing, per group of a split."""

    def __init__(self, month: Month):
        state, sizes = month.state, month.group_sizes
        many = [np.prod([sizes[by] + (by in _PARTLY) for by in splits]) for splits in CELLS]
        edges = np.cumsum([0, *many])
        codes = Codes(state.locations.region, state.municipalities.region, STATUS_OF_STAGE)
        found, sums = tallied(asylum_adults(month), month.number, edges, state.newcomers, state.households, codes)
        self._occurs = np.flatnonzero(found.any(axis=1))  # a small part of the combinations
        split = parts(found[self._occurs].astype(float), sizes, edges)
        ends = np.cumsum([sizes[by] for by in split])
        self._groups = {by: slice(end - sizes[by], end) for by, end in zip(split, ends, strict=True)}
        self._found, self._counted = np.concatenate(list(split.values()), axis=-1), {}
        self._sums = parts(sums.T, sizes, edges)

    def counted(self, tests: tuple[str, ...], by: str) -> np.ndarray:
        """Persons for whom all tests hold, (groups,), at the scale of the run."""
        if tests not in self._counted:
            self._counted[tests] = _combinations(tests)[self._occurs] @ self._found
        return self._counted[tests][self._groups[by]]

    def mean(self, name: str, by: str, *tests: str) -> np.ndarray:
        """Mean of one of SUMS over those for whom the tests hold, (groups,); NaN where there is nobody."""
        many = self.counted(tests, by)
        return self._sums[by][SUMS.index(name)] / np.where(many == 0, np.nan, many)


@once_a_month
def grown(month: Month) -> Grown:
    """The persons of working age of a month."""
    return Grown(month)


Flags = Callable[[], tuple[str, ...]]


def flags_of(function: Flags) -> tuple[str, ...]:
    """The flags that a function gives. Raises TypeError for one that is not in FLAGS."""
    if unknown := set(function()) - set(FLAGS):
        where = f"{function.__module__}: {function.__name__}"
        raise TypeError(f"{where}: '{min(unknown)}' is no flag of an adult: choose from {', '.join(FLAGS)}")
    return function()


def of_working_age(*, en: str, nl: str, by: tuple[str, ...] = SPLITS, name: str = "") -> Callable[[Flags], Flags]:
    """Declare a function that gives names in FLAGS: the persons of working age who have all of them, at full size."""

    def values_of(flags: Flags) -> Values:
        tests = flags_of(flags)

        def values(month: Month, wanted: tuple[str, ...]) -> dict[str, np.ndarray]:
            return {group: grown(month).counted(tests, group) / month.state.scale for group in wanted}

        return values

    return declaration(values_of, "persons", en, nl, by, name)


def mean_of_working_age(
    unit: str, *, of: str, en: str, nl: str, by: tuple[str, ...] = SPLITS, name: str = ""
) -> Callable[[Flags], Flags]:
    """Declare a function that gives names in FLAGS: the mean of one of SUMS over persons of working age who have all.

    NaN where there is nobody.
    """
    if of not in SUMS:
        raise TypeError(f"mean of '{of}': choose from {', '.join(SUMS)}")

    def values_of(flags: Flags) -> Values:
        tests = flags_of(flags)

        def values(month: Month, wanted: tuple[str, ...]) -> dict[str, np.ndarray]:
            return {group: grown(month).mean(of, group, *tests) for group in wanted}

        return values

    return declaration(values_of, unit, en, nl, by, name)


def count_outside_protection(month: Month, rows: np.ndarray) -> float:
    """How many of some persons, (n,) rows, belong to the asylum chain, at full size."""
    return np.count_nonzero(~protected(month, rows)) / month.state.scale
