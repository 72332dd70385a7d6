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
from abm.engine.compiled import njit
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


class Cells(NamedTuple):
    """Where cells and groups stand among all: depends on the number of origins and regions only."""

    edges: np.ndarray  # first cell of each of CELLS, and the number of cells
    group: np.ndarray  # (cells, 3): the groups of each cell among those of all breakdowns, the last where it has fewer
    groups: int  # of all breakdowns, and one for what is in none
    men: int  # the group of men, which that of women follows


@kernel
def crosstab(rows, month, people: Persons, households: Households, codes: Codes, cells: Cells):
    """Combinations of FLAGS that occur, (k,), adults per combination and group, (k, groups), and SUMS, (groups, sums).

    SUMS: Dutch [CEFR level] and income [EUR/month] of permit holders, level and hours of their jobs [hours/week],
    hours of class that they have followed; wellbeing [SD] and idle months of all. Each adult is in one cell of each of
    CELLS; the last breakdown of it runs fastest.
    """
    employed, class_hours, learner, coached, female, schooling, language, wellbeing = people[:8]
    level_matched, work_hours, income, months_idle, hours_followed, household = people[8:]
    applied, granted, assisted, stage, origin, location, municipality = households
    of_location, of_municipality, status = codes
    edges, group, groups, men = cells
    permitted, placed_at = np.int64(edges[1]), np.int64(edges[2])
    place_of, occurs, many = np.full(_COMBINATIONS, -1), np.empty(_COMBINATIONS, np.int64), 0
    found, sums = np.empty((_COMBINATIONS, edges[3]), np.int32), np.zeros((edges[3], _SUMS))
    for row in rows:
        i = np.uint64(row)  # unsigned: no check for a negative index
        of, in_class = np.uint64(household[i]), class_hours[i] > 0
        when, place, at = granted[of], location[of], stage[of]
        permit = when != NEVER
        flags = np.uint64(
            permit | employed[i] << 1 | assisted[of] << 2 | ((not permit) & (at != _DEPARTING)) << 3
            | in_class << 4 | (learner[i] & (not in_class)) << 5 | coached[i] << 6
            | (permit & (when >= _FIRST) & (when <= _LAST)) << 7 | (wellbeing[i] < _CUT_OFF) << 8
        )  # fmt: skip
        if place_of[flags] < 0:  # a small part of the combinations occurs
            place_of[flags], occurs[many] = many, flags
            found[many] = 0
            many += 1
        since_permit = min(max((month - when) // MONTHS, 0), PERMIT_YEARS - 1) if permit else PERMIT_YEARS
        since_arrival = min((month - applied[of]) // MONTHS, PERMIT_YEARS - 1)
        region = of_location[place] if place >= 0 else of_municipality[municipality[of]]
        held = status[at] if place >= 0 else _STATUSES
        taught = max(schooling[i], 0)  # adults have a profile when they are measured
        cell = (
            np.uint64((origin[of] * _SEXES + female[i]) * _SCHOOLINGS + taught),
            np.uint64(permitted + since_permit * PERMIT_YEARS + since_arrival),
            np.uint64(placed_at + region * (_STATUSES + 1) + held),
        )
        job = permit & employed[i]
        what = (
            language[i] * permit, wellbeing[i], level_matched[i] & job, work_hours[i] * job, income[i] * permit,
            max(months_idle[i], 0), hours_followed[i] * permit,
        )  # fmt: skip
        combination = np.uint64(place_of[flags])
        for which in range(_CELLS):  # the sums of a cell need not wait for those of another
            found[combination, cell[which]] += 1
            into = sums[cell[which]]
            into[0] += what[0]
            into[1] += what[1]
            into[2] += what[2]
            into[3] += what[3]
            into[4] += what[4]
            into[5] += what[5]
            into[6] += what[6]
    return occurs[:many], *_parts(found[:many], sums, group, groups, men)


@njit
def _parts(found, sums, group, groups, men):
    """Adults per combination and cell, and sums per cell, added up per group; those of all are those of both sexes."""
    counts, added = np.zeros((len(found), groups)), np.zeros((groups, _SUMS))
    for k in range(len(group)):
        for number in group[k]:
            for which in range(_SUMS):
                added[number, which] += sums[k, which]
    for c in range(len(found)):
        for k in range(len(group)):
            if found[c, k]:
                for number in group[k]:
                    counts[c, number] += found[c, k]
    counts[:, 0], added[0] = counts[:, men] + counts[:, men + 1], added[men] + added[men + 1]
    return counts, added


@cache
def layout(sizes: tuple[int, ...]) -> tuple[Cells, dict[str, slice]]:
    """The cells of breakdowns of these sizes, in the order of CODED, and where the groups of each breakdown stand."""
    size = dict(zip(CODED, sizes, strict=True))
    ends = np.cumsum([size[by] for by in CODED])
    slices = {by: slice(int(end) - size[by], int(end)) for by, end in zip(CODED, ends, strict=True)}
    none, parts = int(ends[-1]), []
    for crossed in CELLS:
        shape = [size[by] + (by in _PARTLY) for by in crossed]
        each = np.full((prod(shape), max(map(len, CELLS))), none)
        for column, (by, code) in enumerate(zip(crossed, np.indices(shape).reshape(len(shape), -1), strict=True)):
            each[:, column] = np.where(code < size[by], slices[by].start + code, none)
        parts.append(each)
    cells = Cells(np.cumsum([0, *map(len, parts)]), np.concatenate(parts), none + 1, slices["sex"].start)
    cells.edges.flags.writeable = cells.group.flags.writeable = False
    return cells, slices


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
        state = month.state
        cells, self._slices = layout(tuple(month.group_sizes[by] for by in CODED))
        codes = Codes(state.locations.region, state.municipalities.region, STATUS_OF_STAGE)
        tabled = crosstab(asylum_adults(month), month.number, state.newcomers, state.households, codes, cells)
        self._occurs, self._found, self._sums = tabled
        self._made: dict[tuple, np.ndarray] = {}

    def _once(self, what: tuple, make: Callable[[], np.ndarray]) -> np.ndarray:
        """Values of all groups that are made once, however many breakdowns are asked for."""
        if what not in self._made:
            self._made[what] = make()
        return self._made[what]

    def _all_counted(self, flags: tuple[str, ...]) -> np.ndarray:
        return self._once(flags, lambda: _combinations(flags)[self._occurs] @ self._found)

    def _known(self, flags: tuple[str, ...]) -> np.ndarray:
        """Adults with all these flags, NaN where there are none."""
        many = self._all_counted(flags)
        return self._once(("known", flags), lambda: np.where(many == 0, np.nan, many))

    def counted(self, flags: tuple[str, ...], by: str) -> np.ndarray:
        """Adults with all these flags, (groups,), at the scale of the run."""
        return self._all_counted(flags)[self._slices[by]]

    def share(self, flags: tuple[str, ...], among: tuple[str, ...], by: str) -> np.ndarray:
        """Share of the adults with flags `among` that has all of `flags`, (groups,); NaN where there are none."""
        return self._once((flags, among), lambda: self._all_counted(flags) / self._known(among))[self._slices[by]]

    def mean(self, name: str, by: str, *flags: str) -> np.ndarray:
        """Mean of one of SUMS over adults with all these flags, (groups,); NaN where there are none."""
        of = SUMS.index(name)
        return self._once((name, flags), lambda: self._sums[:, of] / self._known(flags))[self._slices[by]]


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
            counts, scale = adult_counts(month), month.state.scale
            return {group: counts.counted(chosen, group) / scale for group in wanted}

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
            counts = adult_counts(month)
            return {group: counts.mean(of, group, *chosen) for group in wanted}

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
            return {group: counts.share(chosen, among, group) for group in wanted}

        return values

    return declaration(values_of, "share", en, nl, by, name)


def count_outside_protection(month: Month, rows: np.ndarray) -> float:
    """Number of persons (rows, (n,)) that belong to the asylum chain, at full size."""
    return np.count_nonzero(~protected(month, rows)) / month.state.scale
