"""Informal exposure to Dutch around a household: neighbours who do not share its language, and contact with residents.

In reception the neighbours are the people of the location. Around a home they are residents; compatriots are
over-represented, because people of one language live near each other. In a complex of starter homes they are its
tenants, part of whom are residents; the contact with them that is left is a column of complexes.

Source: E019 (own-language neighbours), E074, E077 (mixed living); languages, abm/facts/data/origins.csv.
"""

from collections import namedtuple

import numpy as np

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
    households, towns, places = state.households, state.municipalities, len(state.locations)
    language = state.origins.language
    languages = int(language.max(initial=0)) + 1
    cell, speakers = spoken(households, language, places, len(towns), languages)
    inside, around = speakers[:places], speakers[places:-1]
    own = inside / np.maximum(inside.sum(axis=1, keepdims=True), 1)
    near = np.minimum(clustering * around / state.scale / towns.population[:, None], 1)
    own[:, -1] = near[:, -1] = 0  # no common language
    nowhere = np.ones((1, languages + 1))
    found = taken(cell, np.concatenate([1 - own, (1 - near) * (1 + mixed), nowhere]).astype(np.float32).ravel())
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


@kernel
def spoken(households: Households, language, locations, towns, languages):
    """Cell of each household, (n,) int32, and persons by language: (locations + municipalities + 1, languages + 1).

    Rows of the table: persons in each location, with a home in each municipality, and elsewhere; its last column:
    persons without a common language. A cell is a position in the table, row by row. language: of origins.
    """
    wide, nowhere = languages + 1, locations + towns
    column = np.where(language < 0, languages, language).astype(np.int32)
    count = len(households.stage)
    cell, persons = np.empty(count, np.int32), np.zeros((nowhere + 1) * wide, np.int64)
    for h in range(count):
        at_home = locations + households.municipality[h] if households.stage[h] == _HOUSED else nowhere
        place = households.location[h] if households.location[h] >= 0 else at_home
        cell[h] = place * wide + column[households.origin[h]]
        persons[cell[h]] += households.size[h]
    return cell, persons.reshape((nowhere + 1, wide))


@kernel
def taken(cell, table):
    """Values of a flat table at the cells, (n,)."""
    found = np.empty(len(cell), table.dtype)
    for h in range(len(cell)):
        found[h] = table[np.uint64(cell[h])]  # unsigned: no check for a negative index
    return found
