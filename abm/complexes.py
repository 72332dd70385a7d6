"""The data dictionary of starter homes: housing corporations, what they hold where, and complexes of starter homes.

A starter home (opstartwoning) is a unit of a complex, let for a term as a bridge to a lasting home. Complexes are of
full size: a run at scale s plans s times as many of them, as it has s times as many people.
"""

from enum import IntEnum

import numpy as np

from abm.populations import ENDLESS, NEVER
from abm.table import Table, column


class Form(IntEnum):
    """How starter homes are made."""

    FLEXIBLE = 0  # small new build that can be taken elsewhere
    CONVERTED = 1  # an office, school or hotel with shared facilities
    SPLIT = 2  # corporation homes that fall free, each split into two units
    TEMPORARY = 3  # stacked units such as containers
    SPREAD = 4  # corporation homes that fall free in a street, one unit each


class Halt(IntEnum):
    """Why a plan ended before it was built."""

    NONE = 0
    ROOM = 1  # no corporation in the municipality can pay for it
    NITROGEN = 2
    APPEAL = 3  # the court quashed the permit
    ABANDONED = 4  # given up for another reason: no site, costs, objections


class NextUse(IntEnum):
    """What happens to a building when its term ends."""

    MOVES = 0  # to another place, as starter homes
    STAYS = 1  # for another term
    OTHER = 2  # it becomes something else, or is taken down


class Corporations(Table):
    """Housing corporations (woningcorporaties); homes and euros at full size."""

    homes = column(np.float64, unit="homes", doc="rented homes on 1 January of this year")
    freed = column(np.float64, unit="homes/year", doc="homes that fall free at the turnover of this year")
    built = column(np.float64, unit="homes/year", doc="new homes of this year, its part of those in the country")
    sold = column(np.float64, unit="homes/year", doc="sold or taken down: new homes less the growth of the stock")
    room = column(np.float64, unit="EUR", doc="what it can still invest in starter homes, at the scale of the run")


class Holdings(Table):
    """Which corporation holds homes where: one row for each corporation and municipality."""

    corporation = column(np.int16, unit="row of corporations", doc="who holds the homes")
    municipality = column(np.int16, unit="row of municipalities", doc="where they stand")
    share = column(np.float64, unit="share", doc="of the corporation homes in that municipality")


class Complexes(Table):
    """Complexes of starter homes, from the announcement of the plan on."""

    identity = column(np.uint64, doc="lasting address of the luck of this complex")
    corporation = column(np.int16, NEVER, unit="row of corporations", doc="who lets it: with most room at the time")
    municipality = column(np.int16, unit="row of municipalities", doc="municipality where it stands")
    neighbourhood = column(np.int16, NEVER, unit="row of neighbourhoods", doc="where in it")
    form = column(np.int8, Form.FLEXIBLE, doc="how the units are made")
    units = column(np.int32, unit="units", doc="as planned")
    built = column(np.int32, unit="units", doc="that stand now")
    taken = column(np.int32, unit="homes", doc="homes that fell free and were split or set apart for it")
    linkable = column(np.bool_, False, doc="whether units can be linked into a family home, and back")
    shared = column(np.bool_, False, doc="whether kitchen or bathroom are shared")
    quality = column(np.float32, 1.0, unit="ratio", doc="what living here does for wellbeing, over an ordinary home")
    managed = column(np.bool_, False, doc="whether there is social management")
    share = column(np.float32, unit="share", doc="of the units, kept for status holders (target mix)")
    cost = column(np.float32, unit="EUR", doc="to build a unit, less the grant")
    grant = column(np.float32, unit="EUR", doc="of the State for a unit")
    running = column(np.float32, unit="EUR/month", doc="upkeep of a unit, with social management")
    rent = column(np.float32, unit="EUR/month", doc="of a unit")
    announced = column(np.int16, NEVER, unit="month", doc="month in which the plan was announced")
    opens = column(
        np.int16, ENDLESS, unit="month", doc="month in which the first tenants can come, as it will turn out"
    )
    opened = column(np.int16, NEVER, unit="month", doc="month in which it opened")
    ends = column(np.int16, ENDLESS, unit="month", doc="first month in which it is closed")
    term = column(np.int16, ENDLESS, unit="months", doc="for which it may stand and is financed")
    halt = column(np.int8, Halt.NONE, doc="why the plan ended before it was built")
    next_use = column(np.int8, NextUse.OTHER, doc="what happens at the end of the term")
    moved_from = column(np.int16, NEVER, unit="row of complexes", doc="complex from which the units came")
    newcomers = column(np.int32, unit="units", doc="let to newcomers")
    residents = column(np.int32, unit="units", doc="let to other home seekers")
    contact = column(np.float32, 1.0, unit="share", doc="contact with neighbours that is left since it opened")
    incidents = column(np.float32, unit="incidents/month", doc="serious incidents to be expected")
