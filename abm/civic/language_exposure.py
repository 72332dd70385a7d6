"""Informal exposure to Dutch around a household: neighbours who do not share its language, and contact with residents.

In reception the neighbours are the people of the location. Around a home they are residents; compatriots are
over-represented, because people of one language live near each other. In a complex of starter homes they are its
tenants, part of whom are residents; the contact with them that is left is a column of complexes.

Source: E019 (own-language neighbours), E074, E077 (mixed living); languages, abm/facts/data/origins.csv.
"""

from collections import namedtuple
from typing import NamedTuple

import numpy as np

from abm.engine.compiled import njit
from abm.engine.kernels import kernel
from abm.engine.table import NO_ROW
from abm.state import State
from abm.tables.people import Stage

_HOUSED = int(Stage.HOUSED)


def openness(state: State, mixed: float, clustering: float) -> np.ndarray:
    """Informal Dutch around each household, (households,) ratio, float32; 1 without neighbours of its own language.

    mixed: how much more is heard where all neighbours are residents; clustering: share of people with the own language
    around a home, relative to that in the municipality.
    """
    households, towns, language = state.households, state.municipalities, state.origins.language
    languages = int(language.max(initial=0)) + 1
    nearby = Nearby(language, languages, len(state.locations), mixed, clustering, state.scale)
    found = around(households, towns.population, nearby)
    if len(state.complexes):
        rows = np.flatnonzero(households.complex != NO_ROW)
        found[rows] = in_complexes(state, rows, language[households.origin[rows]], mixed)
    return found


def in_complexes(state: State, rows: np.ndarray, language: np.ndarray, mixed: float) -> np.ndarray:
    """Informal Dutch around tenants of starter homes, (n,) ratio; rows of households and their languages: (n,)."""
    of, size, where = state.complexes, state.households.size[rows], state.households.complex[rows]
    languages = int(language.max(initial=0)) + 1
    speakers = np.zeros((len(of), languages + 1))  # the last column: no common language
    np.add.at(speakers, (where, language), size)
    everybody = np.maximum(speakers.sum(axis=1) + of.residents, 1)  # each resident counts for one person
    own = np.where(language == NO_ROW, 0, speakers[where, language] / everybody[where])
    residents = (of.residents / everybody * of.contact)[where]
    return (1 - own) * (1 + mixed * residents)


Households = namedtuple("Households", "stage size origin location municipality")


class Nearby(NamedTuple):
    """Languages, places and weights of `openness`."""

    language: np.ndarray  # of origins
    languages: int  # that are common
    locations: int
    mixed: float
    clustering: float
    scale: float


@njit(inline="always")
def in_reception(speakers, everybody):
    """Informal Dutch among people of a location, ratio; speakers: persons with the own language."""
    return 1.0 - speakers / max(everybody, 1)


@njit(inline="always")
def at_home(speakers, scale, inhabitants, clustering, mixed):
    """Informal Dutch around a home, ratio; speakers: persons with the own language there, at the scale of the run."""
    return (1.0 - min(clustering * speakers / scale / inhabitants, 1.0)) * (1.0 + mixed)


@kernel(error_model="numpy")
def around(households: Households, population, of: Nearby):
    """Informal Dutch around each household, (n,) float32, without starter homes; population: of municipalities.

    A cell is a place (a location, the homes of a municipality, or elsewhere) and a language, the last one for people
    without a common language; persons are counted by cell, row by row.
    """
    wide, nowhere = of.languages + 1, of.locations + len(population)
    column = np.where(of.language < 0, of.languages, of.language).astype(np.int32)
    count = len(households.stage)
    cell, persons = np.empty(count, np.int32), np.zeros((nowhere + 1) * wide, np.int64)
    for h in range(count):
        home = of.locations + households.municipality[h] if households.stage[h] == _HOUSED else nowhere
        place = households.location[h] if households.location[h] >= 0 else home
        cell[h] = place * wide + column[np.uint64(households.origin[h])]
        persons[np.uint64(cell[h])] += households.size[h]
    table = np.ones(len(persons), np.float32)
    for place in range(of.locations):
        first, everybody = place * wide, 0
        for k in range(first, first + wide):
            everybody += persons[k]
        if everybody == 0:  # most locations are closed
            continue
        for k in range(first, first + of.languages):
            table[k] = in_reception(persons[k], everybody)
    for town in range(len(population)):
        first = (of.locations + town) * wide
        for k in range(first, first + of.languages):
            table[k] = 1.0 + of.mixed
            if persons[k] > 0:
                table[k] = at_home(persons[k], of.scale, population[town], of.clustering, of.mixed)
        table[first + of.languages] = 1.0 + of.mixed
    found = np.empty(count, np.float32)
    for h in range(count):
        found[h] = table[np.uint64(cell[h])]  # unsigned: no check for a negative index
    return found
