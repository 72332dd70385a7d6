"""People in reception by location and by kind of location, free places, and households that must move on.

Compiled loops that several processes share; NumPy twins in tests/people/test_occupancy.py are the oracle.
"""

from collections import namedtuple

import numpy as np

from abm.engine.kernels import kernel
from abm.tables.country import Kind
from abm.tables.people import Stage

KINDS = len(Kind)
_CENTRE, _HOSTS = int(Kind.REGISTRATION), int(Kind.HOSTS)  # compiled code wants ints
_MUNICIPAL, _EMERGENCY = int(Kind.MUNICIPAL), int(Kind.EMERGENCY)
_REGISTERING = int(Stage.REGISTERING)
_MUST, _STAYS, _IN_MUNICIPAL, _IN_EMERGENCY = range(4)  # groups of households
_GROUPS = (_MUST, _STAYS, _IN_MUNICIPAL, _IN_EMERGENCY)

Inside = namedtuple("Inside", "location size stage host_until")
Sites = namedtuple("Sites", "kind places opened ends")


@kernel
def people_at(location, size, locations):
    """People in each location, (locations,) float64; location, size: whole columns of households."""
    found = np.zeros(locations)
    for h in range(len(location)):
        if location[h] >= 0:
            found[location[h]] += size[h]
    return found


@kernel
def people_by_kind(location, size, kind):
    """People in locations of each kind, (kinds,) int64; location, size: of households, kind: of locations."""
    found = np.zeros(KINDS, np.int64)
    for h in range(len(location)):
        if location[h] >= 0:
            found[kind[location[h]]] += size[h]
    return found


@kernel
def places_by_kind(sites: Sites, month):
    """Places at full scale in locations of each kind that are open in a month, (kinds,) int64."""
    found = np.zeros(KINDS, np.int64)
    for j in range(len(sites.kind)):
        if sites.opened[j] <= month and sites.ends[j] > month:
            found[sites.kind[j]] += sites.places[j]
    return found


@kernel
def free_places(sites: Sites, occupants, month, scale):
    """Free places per location at the scale of the run, (locations,) whole persons; 0 where it is not open now."""
    found = np.zeros(len(occupants))
    for j in range(len(found)):
        if sites.opened[j] <= month and sites.ends[j] > month:
            found[j] = max(np.floor(sites.places[j] * scale) - occupants[j], 0.0)
    return found


@kernel
def in_place(households: Inside, sites: Sites, month, crisis):
    """Rows of households in reception, (n,) int64 ascending each, and how many persons they are, (4,).

    Those that must move: screened ones at the registration centre, those whose location closes or whose stay with hosts
    ends, and those in municipal places unless there is a crisis. Those that register at the centre. And of the others
    those in municipal and in emergency places.
    """
    count = len(households.location)
    groups = len(_GROUPS)
    rows, number, persons = np.empty((groups, count), np.int64), np.zeros(groups, np.int64), np.zeros(groups, np.int64)
    for h in range(count):
        where = households.location[h]
        if where < 0:
            continue
        kind = sites.kind[where]
        screened = kind == _CENTRE and households.stage[h] != _REGISTERING
        over = kind == _HOSTS and households.host_until[h] <= month
        if screened or over or sites.ends[where] <= month or (kind == _MUNICIPAL and not crisis):
            group = _MUST
        elif kind == _CENTRE:
            group = _STAYS
        elif kind == _MUNICIPAL:
            group = _IN_MUNICIPAL
        elif kind == _EMERGENCY:
            group = _IN_EMERGENCY
        else:
            continue
        rows[group, number[group]] = h
        number[group] += 1
        persons[group] += households.size[h]
    must, stays = rows[_MUST, : number[_MUST]].copy(), rows[_STAYS, : number[_STAYS]].copy()
    municipal = rows[_IN_MUNICIPAL, : number[_IN_MUNICIPAL]].copy()
    return must, stays, municipal, rows[_IN_EMERGENCY, : number[_IN_EMERGENCY]].copy(), persons
