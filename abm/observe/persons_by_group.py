"""Persons of households by group: all measures and breakdowns that are asked for are counted in one loop."""

from collections import namedtuple
from collections.abc import Sequence
from functools import cache

import numpy as np

from abm.engine.kernels import kernel
from abm.observe.breakdowns import STATUS_OF_STAGE
from abm.state import State

COUNTED = ("total", "stage", "status", "track", "origin", "kind", "region", "municipality")  # breakdowns of the loop
_STAGE, _STATUS, _TRACK, _ORIGIN, _KIND, _REGION, _MUNICIPALITY = range(1, len(COUNTED))
_AT_HOME = len(COUNTED)

People = namedtuple("People", "size stage track origin location municipality")
Locations = namedtuple("Locations", "kind region municipality")


@kernel
def added_up(rows, ends, people: People, locations: Locations, region_of, asked, first):
    """Persons of households per measure and group of COUNTED, (measures, groups); 0 where it is not asked for.

    rows: of households, those of each measure up to one of `ends`; asked: flags, (measures, COUNTED + 1), the last one
    whether by region and municipality of the home, not of the place of stay; first: group of each breakdown among all,
    and their number; region_of: of municipalities.
    """
    size, stage, track, origin, location, municipality = people
    kind, region, stands_in = locations
    found, begin = np.zeros((len(ends), first[-1]), np.int64), 0
    for measure in range(len(ends)):
        wanted, into = asked[measure], found[measure]
        at_home = wanted[_AT_HOME]
        for row in rows[begin : ends[measure]]:
            i = np.uint64(row)  # unsigned: no check for a negative index
            many = size[i]
            into[0] += many
            if wanted[_STAGE]:
                into[first[_STAGE] + stage[i]] += many
            if wanted[_STATUS]:
                into[first[_STATUS] + STATUS_OF_STAGE[stage[i]]] += many
            if wanted[_TRACK]:
                into[first[_TRACK] + track[i]] += many
            if wanted[_ORIGIN]:
                into[first[_ORIGIN] + origin[i]] += many
            if wanted[_KIND]:
                into[first[_KIND] + kind[location[i]]] += many
            if wanted[_REGION]:
                into[first[_REGION] + (region_of[municipality[i]] if at_home else region[location[i]])] += many
            if wanted[_MUNICIPALITY]:
                into[first[_MUNICIPALITY] + (municipality[i] if at_home else stands_in[location[i]])] += many
        begin = ends[measure]
    return found


@cache
def _layout(sizes: tuple[int, ...]) -> tuple[np.ndarray, dict[str, slice]]:
    """Where the groups of breakdowns of these sizes, in the order of COUNTED, stand among all."""
    first = np.cumsum([0, *sizes])
    first.flags.writeable = False
    return first, {by: slice(*map(int, first[k : k + 2])) for k, by in enumerate(COUNTED)}


Asked = tuple[tuple[str, ...], bool]  # breakdowns that are wanted of a measure, and whether those of the home


@cache
def _flags(asked: tuple[Asked, ...]) -> np.ndarray:
    """What is asked of each measure, as the loop takes it."""
    found = np.array([[*(by in wanted for by in COUNTED), at_home] for wanted, at_home in asked])
    found.flags.writeable = False
    return found


def persons_by_group(
    state: State, rows: Sequence[np.ndarray], asked: tuple[Asked, ...], sizes: dict[str, int]
) -> list[dict[str, np.ndarray]]:
    """Persons of households (rows) at full size, per measure and group of each wanted breakdown; sizes: of these."""
    if not rows:
        return []
    people, (first, slices) = state.households, _layout(tuple([sizes[by] for by in COUNTED]))
    ends = np.cumsum([len(each) for each in rows])
    columns = people, state.locations, state.municipalities.region
    groups = added_up(np.concatenate(rows), ends, *columns, _flags(asked), first) / state.scale
    return [
        {by: each[slices[by]] if by in slices else _of_column(state, of, by, sizes[by]) for by in wanted}
        for of, (wanted, _), each in zip(rows, asked, groups, strict=True)
    ]


def _of_column(state: State, rows: np.ndarray, by: str, groups: int) -> np.ndarray:
    """Persons at full size per group of a breakdown that is a column of households."""
    people = state.households
    return np.bincount(np.arange(groups)[getattr(people, by)[rows]], people.size[rows], groups) / state.scale
