"""The indicators of support: what residents accept, near locations and far from them, and how divided they are.

All are means over inhabitants, from the means of neighbourhoods. `near` a location is in a neighbourhood where one is
announced or open. `at the anchor` is what the same residents would accept without anything that moved them, so the gap
between near and far at the anchor is selection: who lives where locations stand.
"""

from collections.abc import Callable

import numpy as np

from abm.observe.measure import Measure, Month, by_municipality, level

SPLITS = ("total", "nearness", "site_size", "phase", "region", "municipality")
PLACE = ("total", "region", "municipality")


def mean_of(value: Callable[[Month], np.ndarray]) -> Callable[[Month, tuple[str, ...]], dict[str, np.ndarray]]:
    """Mean over inhabitants of a value of neighbourhoods, per group; NaN where nobody lives."""

    def values(month: Month, wanted: tuple[str, ...]) -> dict[str, np.ndarray]:
        return month.splits.means(value(month), wanted)

    return values


def mean(name: str, unit: str, label: str, label_nl: str, column: str, by: tuple[str, ...] = SPLITS) -> Measure:
    """A measure of a column of neighbourhoods."""
    return Measure(name, unit, label, label_nl, by, mean_of(lambda month: getattr(month.state.neighbourhoods, column)))


def moments(month: Month) -> np.ndarray:
    """Mean of the first four powers of support over inhabitants, (4,)."""
    where = month.state.neighbourhoods
    weight = where.population / where.population.sum()
    return np.array([weight @ getattr(where, name) for name in ("support", "square", "cube", "fourth")])


def spread(month: Month) -> float:
    """Standard deviation of support over inhabitants."""
    first, second, _, _ = moments(month)
    return float(np.sqrt(max(second - first**2, 0)))  # rounding, where all think alike


def bimodality(month: Month) -> float:
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


def objections(month: Month) -> np.ndarray:
    """Inhabitants with a location announced or open in their neighbourhood who do not accept it, (municipalities,)."""
    where = month.state.neighbourhoods
    against = where.population * (1 - where.near) * (where.places > 0)
    return np.bincount(where.municipality, against, len(month.state.municipalities))


def seekers_gap(month: Month) -> np.ndarray:
    """Support of those who seek a home less that of all, (neighbourhoods,)."""
    return month.state.neighbourhoods.seekers - month.state.neighbourhoods.support


def willing(month: Month, wanted: tuple[str, ...]) -> dict[str, np.ndarray]:
    """Willingness of municipalities, weighted by inhabitants."""
    towns = month.state.municipalities
    many = np.bincount(towns.region, towns.population, len(month.state.regions))
    return {
        "municipality": towns.willingness.copy(),
        "region": np.bincount(towns.region, towns.population * towns.willingness, len(many)) / many,
        "total": np.atleast_1d(np.average(towns.willingness, weights=towns.population)),
    }


def met(month: Month) -> float:
    """Mean support, in SD over municipalities, where households found a home this month; NaN where none did."""
    rows = month.event("housed")
    return float(month.households.support_at_placement[rows].mean()) if len(rows) else np.nan


MEASURES: tuple[Measure, ...] = (
    mean("support", "SD", "Support of residents", "Draagvlak onder bewoners", "support"),
    mean("support_anchor", "SD", "Of this, what residents tend back to", "Daarvan de eigen grondhouding", "anchor"),
    mean("accepting_near", "share", "Accept a location nearby", "Accepteert opvang in de buurt", "near"),
    mean(
        "accepting_near_anchor", "share", "Would accept one nearby at the anchor",
        "Zou opvang in de buurt accepteren zonder wat er veranderde", "near_before",
    ),
    mean("accepting_own", "share", "Accept a location in the municipality", "Accepteert opvang in de gemeente", "own"),
    mean(
        "accepting_own_anchor", "share", "Would accept one in the municipality at the anchor",
        "Zou opvang in de gemeente accepteren zonder wat er veranderde", "own_before",
    ),
    Measure(
        "seekers_gap", "SD", "Support of home seekers less that of all", "Draagvlak woningzoekenden min dat van allen",
        PLACE, mean_of(seekers_gap),
    ),
    by_municipality(
        "objections", "persons", "Neighbours of a location who do not accept it",
        "Omwonenden die een locatie niet accepteren", objections,
    ),
    level("support_spread", "SD", "Spread of support", "Spreiding van draagvlak", "total", spread),
    level("support_bimodality", "number", "Bimodality of support", "Tweedeling van draagvlak", "total", bimodality),
    Measure(
        "willingness", "ratio", "Willingness to open locations, over the start",
        "Bereidheid tot opvang, ten opzichte van het begin", PLACE, willing,
    ),
    level(
        "locations_stopped", "locations/month", "New locations that objections stopped",
        "Nieuwe locaties die bezwaren tegenhielden", "total", lambda month: len(month.event("stopped_location")),
    ),
    level(
        "support_met", "SD over municipalities", "Support where households found a home",
        "Draagvlak waar huishoudens een woning kregen", "total", met,
    ),
)  # fmt: skip
