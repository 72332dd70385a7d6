"""The data dictionary of neighbourhoods and residents: every column, its unit and meaning.

A neighbourhood is a part of a municipality with some thousands of inhabitants. A resident stands for a fixed number of
inhabitants; children are counted with the views of the adults they live with. Residents of a neighbourhood are in
consecutive rows. Support is in standard deviations of the population, 0 being its mean at the start.
"""

from dataclasses import dataclass, field

import numpy as np

from abm.engine.clock import NEVER
from abm.engine.named import Named
from abm.engine.table import Table, column

COUNTED_COMPLEX = 150  # persons in the complexes for which serious incidents were counted (E075)
NEARNESS = ("far", "near")  # breakdowns of neighbourhoods: whether a location is announced or open there,
SITE_SIZES = ("none", "under 150 places", "150 to 400 places", "400 places and more")  # its size,
PHASES = ("no new location", "announced", "first year", "second year", "later", "closed")  # and how new it is


class Age(Named):
    """Age class of a resident."""

    YOUNG = 0  # 18 to 35
    MIDDLE = 1
    OLD = 2  # 65 and over


class Attained(Named):
    """Schooling of a resident."""

    LOWER = 0  # at most lower secondary
    MIDDLE = 1
    HIGHER = 2


class Income(Named):
    """Income class of a resident."""

    LOW = 0  # the lowest 40% of the country
    MIDDLE = 1
    HIGH = 2  # the highest 20%


class Neighbourhoods(Table):
    """Parts of municipalities, built from municipal figures."""

    municipality = column(np.int16, unit="row of municipalities", doc="municipality that it is part of")
    number = column(np.int16, doc="number within the municipality, from the centre outwards")
    population = column(np.float64, unit="persons", doc="inhabitants")
    urban = column(np.float64, unit="share", doc="urbanity of the municipality: 1 is the densest class, 0 the least")
    social_rent = column(np.float64, unit="share", doc="corporation homes among all homes")
    low_income = column(np.float64, unit="share", doc="persons in the lowest 40% of incomes")
    high_income = column(np.float64, unit="share", doc="persons in the highest 20% of incomes")
    higher_schooling = column(np.float64, unit="share", doc="higher education among adults")
    x = column(np.float64, unit="km", doc="position on a plane, eastwards")
    y = column(np.float64, unit="km", doc="position on a plane, northwards")
    first = column(np.int32, unit="row of residents", doc="first of its residents")
    residents = column(np.int32, unit="residents", doc="residents that are simulated")

    places = column(np.float64, unit="places", doc="places in reception locations here that are announced or open")
    announced = column(np.int16, NEVER, unit="month", doc="when the last location here was announced")
    opened = column(np.int16, NEVER, unit="month", doc="when the last location here opened")
    newcomers = column(np.float64, unit="persons", doc="newcomers who live here, in reception or in homes")
    tenants = column(np.float64, unit="persons", doc="residents who share a building with newcomers")
    regulars = column(np.float64, unit="share", doc="regular tenants in the buildings where newcomers live")
    management = column(np.float64, unit="share", doc="strength of social management in those buildings")

    leaning = column(np.float64, unit="SD", doc="mean anchor predicted by its schooling, ages, urbanity and votes")
    anchor = column(np.float64, unit="SD", doc="mean anchor: the support to which residents tend to return")
    support = column(np.float64, unit="SD", doc="mean support")
    square = column(np.float64, unit="SD2", doc="mean of support squared")
    cube = column(np.float64, unit="SD3", doc="mean of support cubed")
    fourth = column(np.float64, unit="SD4", doc="mean of support to the fourth power")
    seekers = column(np.float64, unit="SD", doc="mean support of those who seek a home")
    near_before = column(
        np.float64, unit="share", doc="residents who would accept a location nearby at the anchor, as a thought"
    )
    near = column(np.float64, unit="share", doc="residents who accept a location nearby")
    own_before = column(
        np.float64, unit="share", doc="residents who would accept a location in the municipality at the anchor"
    )
    nuisance = column(np.float64, unit="share", doc="residents who expect nuisance of a location nearby, or meet it")
    own = column(np.float64, unit="share", doc="residents who accept a location in the municipality")


class Residents(Table):
    """People who already live somewhere: a sample of the inhabitants."""

    neighbourhood = column(np.int32, unit="row of neighbourhoods", doc="where this resident lives")
    age = column(np.int8, doc="age class")
    schooling = column(np.int8, doc="schooling")
    income = column(np.int8, doc="income class")
    seeking = column(np.bool_, False, doc="whether this resident seeks a home to rent")
    anchor = column(np.float32, unit="SD", doc="support to which this resident tends to return")
    support = column(np.float32, unit="SD", doc="support for the reception of newcomers")
    positive = column(np.float32, unit="contacts", doc="good contacts with newcomers, decaying over time")
    negative = column(np.float32, unit="contacts", doc="bad contacts with newcomers, decaying over time")
    nuisance = column(np.bool_, False, doc="whether this resident expects nuisance of a location nearby, or meets it")


@dataclass(frozen=True)
class Ties:
    """The social network as index arrays: the ties of resident i are targets[starts[i]:starts[i + 1]], ascending."""

    starts: np.ndarray = field(default_factory=lambda: np.zeros(1, np.int32))  # (residents + 1,)
    targets: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int32))  # (ties,) rows of residents
