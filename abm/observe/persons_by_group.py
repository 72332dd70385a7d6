"""Persons of households by group: all breakdowns that are asked of a measure are counted in one loop."""

from collections import namedtuple
from collections.abc import Mapping
from functools import cache

import numpy as np

from abm.engine.kernels import kernel
from abm.observe.breakdowns import STATUS_OF_STAGE
from abm.state import State

COUNTED = ("stage", "status", "track", "origin", "kind", "region", "municipality")  # breakdowns of the loop
_STAGE, _STATUS, _TRACK, _ORIGIN, _KIND, _REGION, _MUNICIPALITY = range(len(COUNTED))

People = namedtuple("People", "size stage track origin location municipality")
Locations = namedtuple("Locations", "kind region municipality")


@kernel
def added_up(rows, people: People, locations: Locations, region_of, wanted, at_home, first):
    """Persons of households (rows, (n,)) per group of the wanted breakdowns of COUNTED, (groups,).

    wanted: flags, (COUNTED,); at_home: by region and municipality of the home, not of the place of stay; first: group
    of each breakdown among all, and their number; region_of: of municipalities.
    """
    size, stage, track, origin, location, municipality = people
    kind, region, stands_in = locations
    found = np.zeros(first[-1], np.int64)
    for row in rows:
        i = np.uint64(row)  # unsigned: no check for a negative index
        many = size[i]
        if wanted[_STAGE]:
            found[first[_STAGE] + stage[i]] += many
        if wanted[_STATUS]:
            found[first[_STATUS] + STATUS_OF_STAGE[stage[i]]] += many
        if wanted[_TRACK]:
            found[first[_TRACK] + track[i]] += many
        if wanted[_ORIGIN]:
            found[first[_ORIGIN] + origin[i]] += many
        if wanted[_KIND]:
            found[first[_KIND] + kind[location[i]]] += many
        if wanted[_REGION]:
            found[first[_REGION] + (region_of[municipality[i]] if at_home else region[location[i]])] += many
        if wanted[_MUNICIPALITY]:
            found[first[_MUNICIPALITY] + (municipality[i] if at_home else stands_in[location[i]])] += many
    return found


@cache
def _layout(sizes: tuple[int, ...]) -> tuple[np.ndarray, dict[str, slice]]:
    """Where the groups of breakdowns of these sizes, in the order of COUNTED, stand among all."""
    first = np.cumsum([0, *sizes])
    first.flags.writeable = False
    return first, {by: slice(*map(int, first[k : k + 2])) for k, by in enumerate(COUNTED)}


@cache
def _flags(wanted: tuple[str, ...]) -> np.ndarray:
    """Whether each of COUNTED is wanted."""
    found = np.isin(COUNTED, wanted)
    found.flags.writeable = False
    return found


def persons_by_group(
    state: State, rows: np.ndarray, wanted: tuple[str, ...], at_home: bool, sizes: Mapping[str, int]
) -> dict[str, np.ndarray]:
    """Persons of households (rows) at full size, in all and per group of each wanted breakdown; sizes: of these."""
    people, found = state.households, {}
    if "total" in wanted:
        found["total"] = people.size[rows].sum(dtype=np.int64, keepdims=True) / state.scale
    others = [by for by in wanted if by != "total"]
    if not others:
        return found
    first, slices = _layout(tuple(sizes[by] for by in COUNTED))
    region_of = state.municipalities.region
    groups = added_up(rows, people, state.locations, region_of, _flags(wanted), at_home, first) / state.scale
    for by in others:
        found[by] = groups[slices[by]] if by in slices else _of_column(people, rows, by, sizes[by]) / state.scale
    return found


def _of_column(people, rows: np.ndarray, by: str, groups: int) -> np.ndarray:
    """Persons per group of a breakdown that is a column of households."""
    return np.bincount(np.arange(groups)[getattr(people, by)[rows]], people.size[rows], groups)
