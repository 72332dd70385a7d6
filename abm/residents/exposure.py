"""Exposure of residents of a neighbourhood to locations nearby and in the municipality, newcomers and incidents.

Pure functions of arrays over neighbourhoods, municipalities or locations; the process `support` puts them together.
"""

import numpy as np
from scipy.special import pdtr, pdtrik

from abm.engine.clock import NEVER
from abm.engine.products import product

_FAINT = 1e-3  # novelty below which a location is left out


def sites(
    municipality: np.ndarray, first: np.ndarray, leaning: np.ndarray, preference: float, u: np.ndarray
) -> np.ndarray:
    """The neighbourhood of each new location, (n,): one of its municipality, more likely where acceptance is higher.

    municipality, u (uniform draws): (n,); first: (municipalities + 1,) row of the first neighbourhood of each; leaning
    [SD]: (neighbourhoods,); preference [log odds per SD].
    """
    found = np.empty(len(municipality), np.int64)
    for i, town in enumerate(municipality):
        rows = np.arange(first[town], first[town + 1])
        weight = np.cumsum(np.exp(preference * leaning[rows]))
        found[i] = rows[min(np.searchsorted(weight, u[i] * weight[-1], side="right"), len(rows) - 1)]
    return found


def novelty(
    announced: np.ndarray, opened: np.ndarray, ends: np.ndarray, month: int, habituation: float
) -> np.ndarray:  # fmt: skip
    """How new each location is to residents, (n,): 1 from announcement to opening, then fading; 0 if closed.

    announced, opened, ends [month]: (locations,); locations from before the start (announced: NEVER) are not new.
    """
    fading = np.exp(-np.maximum(month - opened, 0) / habituation)
    return np.where((announced != NEVER) & (announced <= month) & (ends > month), fading, 0.0)


def felt(places: np.ndarray, residents: np.ndarray, exponent: float, reference: float) -> np.ndarray:
    """Size of a location as residents feel it, (n,): 1 where places are the `reference` share of their number."""
    return (places / (reference * residents)) ** exponent


def threat(
    site: np.ndarray, places: np.ndarray, new: np.ndarray, where, links: np.ndarray, exponent: float, halo: float,
    reference: float,
) -> np.ndarray:  # fmt: skip
    """Threat that residents feel, (neighbourhoods,), in units of a new location of the reference size next door.

    site (neighbourhood), places, new (novelty): (locations,); where: Neighbourhoods; links: (n, 2) neighbourhoods
    across a border. Elsewhere in the municipality, and just across its border, locations count `halo` times, at their
    size over the residents of the municipality.
    """
    rows = np.flatnonzero(new > _FAINT)
    at, many = site[rows], len(where)
    town = where.municipality[at]
    inhabitants = np.bincount(where.municipality, where.population)
    near = np.bincount(at, new[rows] * felt(places[rows], where.population[at], exponent, reference), many)
    far = new[rows] * felt(places[rows], inhabitants[town], exponent, reference)
    elsewhere = np.bincount(town, far, len(inhabitants))[where.municipality]
    own = np.bincount(at, far, many)  # locations in the neighbourhood itself count as near only
    across = np.zeros(many)
    for one, other in ((0, 1), (1, 0)):
        across += np.bincount(links[:, other], own[links[:, one]], many)
    return near + halo * (elsewhere - own + across)


def faded(
    site: np.ndarray, places: np.ndarray, new: np.ndarray, where, exponent: float, reach: float, reference: float
) -> np.ndarray:  # fmt: skip
    """The same threat when it decays with distance, exp(-km / reach), whatever the borders."""
    rows = np.flatnonzero(new > _FAINT)
    at = site[rows]
    size = new[rows] * felt(places[rows], where.population[at], exponent, reference)
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
    found, some = np.zeros(len(persons)), u >= np.exp(-mean)  # most have none, and need no inverse
    least = np.ceil(pdtrik(u[some], mean[some]))  # of a continuous distribution function, so perhaps one too many
    found[some] = least - (pdtr(least - 1, mean[some]) >= u[some])
    return found


def dwellers(
    inside: np.ndarray, site: np.ndarray, home: np.ndarray, where, homes: np.ndarray
) -> np.ndarray:  # fmt: skip
    """Newcomers by neighbourhood, (n,): those of its locations, and those at home where corporations have homes.

    inside, site: persons and neighbourhood of locations; home: persons at home per municipality; homes: weight of
    neighbourhoods.
    """
    total = np.bincount(where.municipality, homes, len(home))
    part = homes / np.where(total > 0, total, 1)[where.municipality]
    return np.bincount(site, inside, len(where)) + home[where.municipality] * part
