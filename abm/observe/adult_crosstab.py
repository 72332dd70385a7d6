"""Cross-tabulation of adults of working age in a month: flags of each adult, and their groups in every breakdown.

One pass counts every combination of flags per group of every breakdown; a measure then adds up the combinations that
it includes.
"""

from collections import namedtuple
from collections.abc import Callable
from functools import cache
from itertools import chain
from math import prod
from typing import NamedTuple

import numpy as np

from abm.engine.clock import MONTHS, NEVER
from abm.engine.kernels import kernel
from abm.observe.breakdowns import PERMIT_YEARS, SEXES, STATUS_OF_STAGE, STATUSES
from abm.observe.measure import Month, Values, declaration, once_a_month
from abm.people.working_age import adults
from abm.tables.people import Schooling, Stage

BY = ("total", "origin", "sex", "schooling", "since_permit", "region")  # breakdowns of most measures
CELLS = (("origin", "sex", "schooling"), ("since_permit", "since_arrival"), ("region", "status"))
CODED = ("total", *chain.from_iterable(CELLS))
_PARTLY = ("since_permit", "status")  # adults without a permit, or outside reception, are in a cell after the groups
SUMS = ("language", "wellbeing", "level_matched", "work_hours", "income", "months_idle", "hours_followed")
COHORT = range(-MONTHS, 0)  # months of permit that statistics followed: 2014
CUT_OFF = -1.126  # wellbeing below which 13% of the population is [SD] (E101: 11-15%)
FLAGS = ("permit", "employed", "assisted", "applicant", "in_class", "awaiting_class", "coached", "cohort", "unwell")
_COMBINATIONS, _CELLS, _SUMS = 1 << len(FLAGS), len(CELLS), len(SUMS)
_SEXES, _SCHOOLINGS, _STATUSES = len(SEXES), len(Schooling), len(STATUSES)
_DEPARTING, _FIRST, _LAST = int(Stage.DEPARTING), COHORT.start, COHORT.stop - 1  # compiled code wants ints
_PROTECTED = int(Stage.PROTECTED)
_CUT_OFF = np.float32(CUT_OFF)  # as narrow as the column


Persons = namedtuple(
    "Persons",
    "employed class_hours learner coached female schooling language wellbeing level_matched work_hours income "
    "months_idle hours_followed household",
)
Households = namedtuple("Households", "applied granted assisted stage origin location municipality")


class Codes(NamedTuple):
    """Codes of the groups of locations, municipalities and stages."""

    location: np.ndarray  # region of each location
    municipality: np.ndarray  # region of each municipality
    stage: np.ndarray  # status of each stage


@kernel
def crosstab(rows, month, edges, people: Persons, households: Households, codes: Codes):
    """Combinations of FLAGS that occur, (k,), adults per combination and cell, (k, cells) int32; SUMS, (cells, sums).

    SUMS: Dutch [CEFR level] and income [EUR/month] of permit holders, level and hours of their jobs [hours/week],
    hours of class that they have followed; wellbeing [SD] and idle months of all. Each adult is in one cell of each of
    CELLS; their cells begin at edges, (3,), the last breakdown running fastest.
    """
    employed, class_hours, learner, coached, female, schooling, language, wellbeing = people[:8]
    level_matched, work_hours, income, months_idle, hours_followed, household = people[8:]
    applied, granted, assisted, stage, origin, location, municipality = households
    of_location, of_municipality, status = codes
    cells = edges[-1]
    flags, place_of = np.empty(len(rows), np.int64), np.full(_COMBINATIONS, -1)
    for k in range(len(rows)):
        i = np.uint64(rows[k])  # unsigned: no check for a negative index
        of, in_class = np.uint64(household[i]), class_hours[i] > 0
        when, at = granted[of], stage[of]
        permit = when != NEVER
        flags[k] = (
            permit | employed[i] << 1 | assisted[of] << 2 | ((not permit) & (at != _DEPARTING)) << 3
            | in_class << 4 | (learner[i] & (not in_class)) << 5 | coached[i] << 6
            | (permit & (when >= _FIRST) & (when <= _LAST)) << 7 | (wellbeing[i] < _CUT_OFF) << 8
        )  # fmt: skip
        place_of[flags[k]] = 0
    occurs = np.flatnonzero(place_of == 0)  # a small part of the combinations
    place_of[occurs] = np.arange(len(occurs))
    found, sums = np.zeros(len(occurs) * cells, np.int32), np.zeros((cells, _SUMS))
    cell = np.zeros(_CELLS, np.uint64)
    for k in range(len(rows)):
        i = np.uint64(rows[k])
        of = np.uint64(household[i])
        when, place, at = granted[of], location[of], stage[of]
        permit = when != NEVER
        taught = max(schooling[i], 0)  # adults have a profile when they are measured
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
        followed = hours_followed[i] * permit
        combination = np.uint64(place_of[flags[k]] * cells)
        for which in range(_CELLS):  # innermost: the sums of a cell need not wait for those of another
            found[combination + cell[which]] += 1
            into = sums[cell[which]]
            into[0] += dutch
            into[1] += mood
            into[2] += matched
            into[3] += worked
            into[4] += earned
            into[5] += idle
            into[6] += followed
    return occurs, found.reshape((len(occurs), cells)), sums


def parts(counts: np.ndarray, sizes: dict[str, int], edges: np.ndarray) -> dict[str, np.ndarray]:
    """Counts or sums per cell, (..., cells), added up per breakdown of CODED: (..., groups)."""
    found = {}
    for crossed, edge, end in zip(CELLS, edges[:-1], edges[1:], strict=True):
        shape = [sizes[by] + (by in _PARTLY) for by in crossed]
        table = counts[..., edge:end].reshape(counts.shape[:-1] + tuple(shape))
        for axis, by in enumerate(crossed):
            others = tuple(each - len(crossed) for each in range(len(crossed)) if each != axis)
            found[by] = table.sum(axis=others)[..., : sizes[by]]
    return {"total": found["sex"].sum(axis=-1, keepdims=True)} | found


@cache
def _combinations(flags: tuple[str, ...]) -> np.ndarray:
    """Whether each combination of flags has all of these set, (combinations,): 1 or 0."""
    holds = np.arange(_COMBINATIONS)[:, None] >> np.arange(len(FLAGS)) & 1 == 1
    return holds[:, [FLAGS.index(flag) for flag in flags]].all(axis=1).astype(float)


@kernel
def asylum_chain(rows, household, stage):
    """Rows that are not under temporary protection, (n,); people under protection have measures of their own."""
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


class AdultCounts:
    """Adults of working age of the asylum chain in a month: counts and means, per group of a breakdown."""

    def __init__(self, month: Month):
        state, sizes = month.state, month.group_sizes
        many = [prod(sizes[by] + (by in _PARTLY) for by in crossed) for crossed in CELLS]
        edges = np.cumsum([0, *many])
        codes = Codes(state.locations.region, state.municipalities.region, STATUS_OF_STAGE)
        tabled = crosstab(asylum_adults(month), month.number, edges, state.newcomers, state.households, codes)
        self._occurs, found, sums = tabled
        each = parts(found.astype(float), sizes, edges)
        ends = np.cumsum([sizes[by] for by in each])
        self._groups = {by: slice(end - sizes[by], end) for by, end in zip(each, ends, strict=True)}
        self._found, self._counted = np.concatenate(list(each.values()), axis=-1), {}
        self._sums = parts(sums.T, sizes, edges)

    def counted(self, flags: tuple[str, ...], by: str) -> np.ndarray:
        """Adults with all these flags, (groups,), at the scale of the run."""
        if flags not in self._counted:
            self._counted[flags] = _combinations(flags)[self._occurs] @ self._found
        return self._counted[flags][self._groups[by]]

    def mean(self, name: str, by: str, *flags: str) -> np.ndarray:
        """Mean of one of SUMS over adults with all these flags, (groups,); NaN where there are none."""
        many = self.counted(flags, by)
        return self._sums[by][SUMS.index(name)] / np.where(many == 0, np.nan, many)


@once_a_month
def adult_counts(month: Month) -> AdultCounts:
    """Counts and means of the adults of working age of a month."""
    return AdultCounts(month)


Flags = Callable[[], tuple[str, ...]]


def flags_of(function: Flags) -> tuple[str, ...]:
    """The flags that a function gives. Raises TypeError for one that is not in FLAGS."""
    if unknown := set(function()) - set(FLAGS):
        where = f"{function.__module__}: {function.__name__}"
        raise TypeError(f"{where}: '{min(unknown)}' is no flag of an adult: choose from {', '.join(FLAGS)}")
    return function()


def of_working_age(*, en: str, nl: str, by: tuple[str, ...] = BY, name: str = "") -> Callable[[Flags], Flags]:
    """Declare a function that gives names in FLAGS: the adults of working age with all of them, at full size."""

    def values_of(flags: Flags) -> Values:
        chosen = flags_of(flags)

        def values(month: Month, wanted: tuple[str, ...]) -> dict[str, np.ndarray]:
            return {group: adult_counts(month).counted(chosen, group) / month.state.scale for group in wanted}

        return values

    return declaration(values_of, "persons", en, nl, by, name)


def mean_of_working_age(
    unit: str, *, of: str, en: str, nl: str, by: tuple[str, ...] = BY, name: str = ""
) -> Callable[[Flags], Flags]:
    """Declare a function that gives names in FLAGS: the mean of one of SUMS over adults with all of them.

    NaN where there are none.
    """
    if of not in SUMS:
        raise TypeError(f"mean of '{of}': choose from {', '.join(SUMS)}")

    def values_of(flags: Flags) -> Values:
        chosen = flags_of(flags)

        def values(month: Month, wanted: tuple[str, ...]) -> dict[str, np.ndarray]:
            return {group: adult_counts(month).mean(of, group, *chosen) for group in wanted}

        return values

    return declaration(values_of, unit, en, nl, by, name)


def share_of_working_age(
    *, among: tuple[str, ...], en: str, nl: str, by: tuple[str, ...] = BY, name: str = ""
) -> Callable[[Flags], Flags]:
    """Declare a function that gives names in FLAGS: the share of the adults with those of `among` who have them all.

    NaN where there are none. Raises TypeError for a name that is not in FLAGS.
    """
    if unknown := set(among) - set(FLAGS):
        raise TypeError(f"share among '{min(unknown)}': choose from {', '.join(FLAGS)}")

    def values_of(flags: Flags) -> Values:
        chosen = tuple(dict.fromkeys((*among, *flags_of(flags))))

        def values(month: Month, wanted: tuple[str, ...]) -> dict[str, np.ndarray]:
            counts = adult_counts(month)
            many = {group: counts.counted(among, group) for group in wanted}
            return {
                group: counts.counted(chosen, group) / np.where(every == 0, np.nan, every)
                for group, every in many.items()
            }

        return values

    return declaration(values_of, "share", en, nl, by, name)


def count_outside_protection(month: Month, rows: np.ndarray) -> float:
    """Number of persons (rows, (n,)) that belong to the asylum chain, at full size."""
    return np.count_nonzero(~protected(month, rows)) / month.state.scale
