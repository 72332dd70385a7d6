"""Exposure of residents of a neighbourhood to locations nearby and in the municipality, newcomers and incidents.

Pure functions of arrays over neighbourhoods, municipalities or locations; the process `support` puts them together.
"""

import numpy as np
from scipy.special import pdtr, pdtrik

from abm.engine.clock import NEVER
from abm.engine.kernels import kernel
from abm.engine.products import product

_FAINT = 1e-3  # novelty below which a location is left out
_FEW = 6  # incidents from which their number is looked up by the inverse, which takes longer


def sites(
    municipality: np.ndarray, of_neighbourhoods: np.ndarray, leaning: np.ndarray, preference: float, u: np.ndarray
) -> np.ndarray:
    """The neighbourhood of each new location, (n,): one of its municipality, more likely where acceptance is higher.

    municipality, u (uniform draws): (n,); of_neighbourhoods: municipality of each neighbourhood, ascending, and leaning
    [SD], (neighbourhoods,) both; preference [log odds per SD].
    """
    found = np.empty(len(municipality), np.int64)
    first, after = (of_neighbourhoods.searchsorted(municipality, side) for side in ("left", "right"))
    for i in range(len(municipality)):
        weight = np.exp(preference * leaning[first[i] : after[i]]).cumsum()
        found[i] = first[i] + min(weight.searchsorted(u[i] * weight[-1], "right"), len(weight) - 1)
    return found


def novel(
    announced: np.ndarray, opened: np.ndarray, ends: np.ndarray, month: int, habituation: float
) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
    """Rows of the locations that are new to residents, and how new, (n,) each.

    1 from announcement to opening, then fading; 0 if closed. announced, opened, ends [month]: (locations,); locations
    from before the start (announced: NEVER) are not new.
    """
    rows = np.flatnonzero(ends > month)
    known = announced[rows]
    rows = rows[(known != NEVER) & (known <= month)]
    new = np.exp(-np.maximum(month - opened[rows], 0) / habituation)
    seen = new > _FAINT
    return rows[seen], new[seen]


def felt(places: np.ndarray, residents: np.ndarray, exponent: float, reference: float) -> np.ndarray:
    """Size of a location as residents feel it, (n,): 1 where places are the `reference` share of their number."""
    return (places / (reference * residents)) ** exponent


def threat(
    at: np.ndarray, places: np.ndarray, new: np.ndarray, where, links: np.ndarray, exponent: float, halo: float,
    reference: float,
) -> np.ndarray:  # fmt: skip
    """Threat that residents feel, (neighbourhoods,), in units of a new location of the reference size next door.

    at (neighbourhood), places, new (novelty): (new locations,); where: Neighbourhoods; links: (n, 2) neighbourhoods
    across a border. Elsewhere in the municipality, and just across its border, locations count `halo` times, at their
    size over the residents of the municipality.
    """
    inhabitants = np.bincount(where.municipality, where.population)
    near = new * felt(places, where.population[at], exponent, reference)
    far = new * felt(places, inhabitants[where.municipality[at]], exponent, reference)
    return spread(at, near, far, where.municipality, links, halo)


@kernel
def spread(at, near, far, municipality, links, halo):
    """Threat of locations `at` neighbourhoods, spread: `near` in each, `far` times halo elsewhere; (neighbourhoods,).

    Locations in the neighbourhood itself count as near only. municipality: of neighbourhoods, in ascending order.
    """
    many = len(municipality)
    found, own, forth, back = np.zeros(many), np.zeros(many), np.zeros(many), np.zeros(many)
    town = np.zeros(municipality[many - 1] + 1)
    for k in range(len(at)):
        found[at[k]] += near[k]
        own[at[k]] += far[k]
        town[municipality[at[k]]] += far[k]
    for k in range(len(links)):
        forth[links[k, 1]] += own[links[k, 0]]
        back[links[k, 0]] += own[links[k, 1]]
    for n in range(many):
        found[n] += halo * (town[municipality[n]] - own[n] + (forth[n] + back[n]))
    return found


def faded(
    at: np.ndarray, places: np.ndarray, new: np.ndarray, where, exponent: float, reach: float, reference: float
) -> np.ndarray:  # fmt: skip
    """The same threat when it decays with distance, exp(-km / reach), whatever the borders."""
    size = new * felt(places, where.population[at], exponent, reference)
    apart = np.hypot(where.x[at, None] - where.x, where.y[at, None] - where.y)
    return product(size, np.exp(-apart / reach))


def incidents(
    persons: np.ndarray, rate: float, size: float, mix: float, newcomers: float, management: float, complex: float,
    u: np.ndarray,
) -> np.ndarray:  # fmt: skip
    """Serious incidents at each location this month, (locations,): Poisson numbers from uniform draws u.

    persons, u: (locations,); rate [incidents per person and month] in a location of `complex` persons of whom
    half are newcomers; size, mix: exponents; newcomers, management [share]. Source: E075.
    """
    mean = rate * persons * (persons / complex) ** size * (newcomers / (1 / 2)) ** mix * (1 - management)
    found = np.zeros(len(persons))
    left = np.flatnonzero(u >= np.exp(-mean))  # most have none
    for number in range(1, _FEW):
        if not len(left):
            return found
        found[left] = number
        left = left[pdtr(number, mean[left]) < u[left]]
    least = np.ceil(pdtrik(u[left], mean[left]))  # of a continuous distribution function, so perhaps one too many
    found[left] = least - (pdtr(least - 1, mean[left]) >= u[left])
    return found
