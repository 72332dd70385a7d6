"""The indicators of support: what residents accept, near locations and far from them, and how divided they are.

All are means over inhabitants, from the means of neighbourhoods. `near` a location is in a neighbourhood where one is
announced or open. `at the anchor` is what the same residents would accept without anything that moved them, so the gap
between near and far at the anchor is selection: different residents live where locations are.
"""

from collections.abc import Callable

import numpy as np

from abm.engine.products import product
from abm.observe.measure import Month, Values, by_municipality, declaration, event, level, measure, once_a_month

BY = ("total", "nearness", "site_size", "phase", "region", "municipality")
PLACE = ("total", "region", "municipality")

HOUSED, STOPPED = event("housed"), event("stopped_location")
Column = Callable[[Month], np.ndarray]


def over_inhabitants(
    unit: str, *, en: str, nl: str, by: tuple[str, ...] = BY, name: str = ""
) -> Callable[[Column], Column]:
    """Declare a function that gives a value per neighbourhood: its mean over inhabitants; NaN where nobody lives."""

    def values_of(column: Column) -> Values:
        def values(month: Month, wanted: tuple[str, ...]) -> dict[str, np.ndarray]:
            return month.neighbourhood_groups.means(column(month), wanted)

        return values

    return declaration(values_of, unit, en, nl, by, name)


@over_inhabitants("SD", en="Support of residents for reception", nl="Draagvlak voor opvang onder bewoners")
def support(month: Month) -> np.ndarray:
    """Support of residents for reception, (neighbourhoods,)."""
    return month.state.neighbourhoods.support


@over_inhabitants(
    "SD",
    en="Lasting part of the support of residents (anchor)",
    nl="Blijvend deel van het draagvlak onder bewoners (grondhouding)",
)
def support_anchor(month: Month) -> np.ndarray:
    """Support that residents return to when nothing moves them, (neighbourhoods,)."""
    return month.state.neighbourhoods.anchor


@over_inhabitants("share", en="Residents who accept a location nearby", nl="Bewoners die opvang in de buurt accepteren")
def accepting_near(month: Month) -> np.ndarray:
    """Share of residents who accept a location in their neighbourhood, (neighbourhoods,)."""
    return month.state.neighbourhoods.near


@over_inhabitants(
    "share",
    en="Residents who would accept a location nearby at the anchor of their support",
    nl="Bewoners die opvang in de buurt zouden accepteren bij hun grondhouding",
)
def accepting_near_anchor(month: Month) -> np.ndarray:
    """Share of residents who would accept a location in their neighbourhood at the anchor, as a thought."""
    return month.state.neighbourhoods.near_before


@over_inhabitants(
    "share",
    en="Residents who expect nuisance of a location nearby, or meet it",
    nl="Bewoners die overlast van opvang in de buurt verwachten of ervaren",
)
def nuisance(month: Month) -> np.ndarray:
    """Share of residents who expect nuisance of a location in their neighbourhood or meet it, (neighbourhoods,)."""
    return month.state.neighbourhoods.nuisance


@over_inhabitants(
    "share",
    en="Residents who accept a location in the municipality",
    nl="Bewoners die opvang in de gemeente accepteren",
)
def accepting_own(month: Month) -> np.ndarray:
    """Share of residents who accept a location elsewhere in their municipality, (neighbourhoods,)."""
    return month.state.neighbourhoods.own


@over_inhabitants(
    "share",
    en="Residents who would accept a location in the municipality at the anchor of their support",
    nl="Bewoners die opvang in de gemeente zouden accepteren bij hun grondhouding",
)
def accepting_own_anchor(month: Month) -> np.ndarray:
    """Share of residents who would accept a location in their municipality at the anchor, (neighbourhoods,)."""
    return month.state.neighbourhoods.own_before


@over_inhabitants(
    "SD",
    en="Support of home seekers less that of all residents",
    nl="Draagvlak van woningzoekenden min dat van alle bewoners",
    by=PLACE,
)
def seekers_gap(month: Month) -> np.ndarray:
    """Support of residents who seek a home less that of all, (neighbourhoods,)."""
    return month.state.neighbourhoods.seekers - month.state.neighbourhoods.support


@by_municipality(
    "persons",
    en="Neighbours of a reception location who do not accept it",
    nl="Omwonenden die een opvanglocatie niet accepteren",
)
def objections(month: Month) -> np.ndarray:
    """Inhabitants with a location announced or open in their neighbourhood who do not accept it, (municipalities,)."""
    where = month.state.neighbourhoods
    rows = np.flatnonzero(where.places > 0)
    against = where.population[rows] * (1 - where.near[rows])
    return np.bincount(where.municipality[rows], against, len(month.state.municipalities))


@once_a_month
def moments(month: Month) -> np.ndarray:
    """Mean of the first four powers of support over inhabitants, (4,)."""
    where = month.state.neighbourhoods
    weight = where.population / where.population.sum()
    return np.array([product(weight, getattr(where, name)) for name in ("support", "square", "cube", "fourth")])


@level("SD", en="Spread of support over residents", nl="Spreiding van draagvlak over bewoners")
def support_spread(month: Month) -> float:
    """Standard deviation of support over inhabitants."""
    first, second, _, _ = moments(month)
    return float(np.sqrt(max(second - first**2, 0)))  # rounding, where all think alike


@level("number", en="Bimodality of the support of residents", nl="Tweedeling van draagvlak onder bewoners")
def support_bimodality(month: Month) -> float:
    """Bimodality coefficient of support: 1/3 where it is normal, 5/9 where even, 1 in two camps; else NaN.

    (skewness**2 + 1) / kurtosis.
    """
    m1, m2, m3, m4 = moments(month)
    second = m2 - m1**2
    if second <= np.finfo(np.float32).eps:  # all think alike
        return np.nan
    third = m3 - 3 * m1 * m2 + 2 * m1**3
    fourth = m4 - 4 * m1 * m3 + 6 * m1**2 * m2 - 3 * m1**4
    return float((third**2 / second**3 + 1) / (fourth / second**2))


@measure(
    "ratio",
    en="Willingness to open reception locations, relative to the start",
    nl="Bereidheid tot opvang, ten opzichte van het begin",
    by=PLACE,
)
def willingness(month: Month, wanted: tuple[str, ...]) -> dict[str, np.ndarray]:
    """Willingness of municipalities to open locations, weighted by inhabitants."""
    towns = month.state.municipalities
    many = np.bincount(towns.region, towns.population, len(month.state.regions))
    return {
        "municipality": towns.willingness.copy(),
        "region": np.bincount(towns.region, towns.population * towns.willingness, len(many)) / many,
        "total": np.atleast_1d(np.average(towns.willingness, weights=towns.population)),
    }


@level(
    "locations/month",
    en="New reception locations that objections stopped",
    nl="Nieuwe opvanglocaties die bezwaren tegenhielden",
)
def locations_stopped(month: Month) -> int:
    """Plans for a location that were given up after objections."""
    return len(STOPPED(month))


@level(
    "SD over municipalities",
    en="Support of residents where households found a home",
    nl="Draagvlak van bewoners waar huishoudens een woning kregen",
)
def support_met(month: Month) -> float:
    """Mean support, in SD over municipalities, where households found a home this month; NaN where none did."""
    rows = HOUSED(month)
    return float(month.households.support_at_placement[rows].mean()) if len(rows) else np.nan
