"""Who lives around a household: the share that speaks its language, and how much Dutch is to be heard there.

In reception the neighbours are the people of the location. Around a home they are residents, with compatriots among
them more than evenly, because people of one language live near each other. In a complex of starter homes they are its
tenants, of whom part are residents; how much is left of the contact with them is a column of complexes.

Source: E019 (own-language neighbours), E074, E077 (mixed living); languages, abm/data/origins.csv.
"""

import numpy as np
from numba import njit

from abm.populations import NEVER, Stage
from abm.state import State

_HOUSED = int(Stage.HOUSED)


def openness(state: State, mixed: float, clustering: float) -> np.ndarray:
    """Informal Dutch around each household, (households,) ratio, float32; 1 where nobody shares its language or lives.

    mixed: how much more is heard where all neighbours are residents; clustering: share of people with the own language
    around a home, over that in the municipality.
    """
    households, towns = state.households, state.municipalities
    language = state.origins.language
    inside, around = speakers(
        households.stage, households.size, households.origin, households.location, households.municipality, language,
        len(state.locations), len(towns), int(language.max(initial=0)) + 1,
    )  # fmt: skip
    own = inside / np.maximum(inside.sum(axis=1, keepdims=True), 1)
    near = np.minimum(clustering * around / state.scale / towns.population[:, None], 1)
    own[:, -1] = near[:, -1] = 0  # no common language
    found = heard(
        households.stage, households.origin, households.location, households.municipality, language,
        1 - own, (1 - near) * (1 + mixed),
    )  # fmt: skip
    rows = np.flatnonzero(households.complex != NEVER)
    found[rows] = in_complexes(state, rows, language[households.origin[rows]], mixed)
    return found


def in_complexes(state: State, rows: np.ndarray, language: np.ndarray, mixed: float) -> np.ndarray:
    """Informal Dutch around tenants of starter homes, (n,) ratio; rows of households and their language: (n,)."""
    of, size, where = state.complexes, state.households.size[rows], state.households.complex[rows]
    languages = int(language.max(initial=0)) + 1
    speakers = np.zeros((len(of), languages + 1))  # the last column: no common language
    np.add.at(speakers, (where, language), size)
    everybody = np.maximum(speakers.sum(axis=1) + of.residents, 1)  # residents live alone, or count for one
    own = np.where(language == NEVER, 0, speakers[where, language] / everybody[where])
    residents = (of.residents / everybody * of.contact)[where]
    return (1 - own) * (1 + mixed * residents)


@njit(cache=True)
def speakers(stage, size, origin, location, municipality, language, locations, towns, languages):
    """Persons by language, in reception (locations, languages + 1) and in homes (municipalities, languages + 1).

    stage to municipality: whole columns of households; language: of origins. The last column, where an index of -1
    leads, holds those who share no language.
    """
    inside, around = np.zeros((locations, languages + 1)), np.zeros((towns, languages + 1))
    for h in range(len(stage)):
        if location[h] >= 0:
            inside[location[h], language[origin[h]]] += size[h]
        elif stage[h] == _HOUSED:
            around[municipality[h], language[origin[h]]] += size[h]
    return inside, around


@njit(cache=True)
def heard(stage, origin, location, municipality, language, in_reception, at_home):
    """The ratio of each household, (n,) float32, from that of its location or municipality by language; else 1."""
    found = np.ones(len(stage), np.float32)
    for h in range(len(stage)):
        if location[h] >= 0:
            found[h] = in_reception[location[h], language[origin[h]]]
        elif stage[h] == _HOUSED:
            found[h] = at_home[municipality[h], language[origin[h]]]
    return found
