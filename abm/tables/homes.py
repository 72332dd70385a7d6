"""The data dictionary of homes: regular home seekers, the rules of letting, corporations, and starter homes.

A row of Seekers is a search, not a lasting household: when the search has ended, the row is reused for another one.
Histories can be taken from events and measures. A starter home (opstartwoning) is a unit of a complex, let for a term
as a bridge to a lasting home. Complexes are of full size: a run at scale s plans s times as many of them, as it has s
times as many people.
"""

import numpy as np

from abm.engine.clock import ENDLESS, NEVER
from abm.engine.named import Named
from abm.engine.table import NO_ROW, UNSET, Table, column


class Group(Named):
    """Groups of regular home seekers."""

    YOUNG = 0  # 18 to 27 years old, leaving home
    STUDENT = 1
    URGENT = 2  # in need at once: from shelter or care, or without a home
    REGULAR = 3


class Income(Named):
    """Classes of household income, by what a household can rent or buy."""

    LOW = 0  # social rent only
    MIDDLE = 1  # middle rent or a home to buy are within reach


class Tenure(Named):
    """Tenure of a housed household: how it pays for its home."""

    CORPORATION = 0  # rent to a housing corporation; nothing yet in an interim place
    PRIVATE = 1  # rent to a private landlord: alone, shared or temporary; tenants look for a corporation home
    MIDDLE_RENT = 2  # rent above that of corporations (middenhuur)
    OWNED = 3


class Search(Named):
    """State of the search of a home seeker."""

    SEARCHING = 0
    HOUSED = 1  # a corporation home was let
    STOPPED = 2  # found elsewhere, moved away or gave up


class Rule(Named):
    """The rules by which a home is let; letting_rules.py has a waiting list for each."""

    PRIORITY = 0  # status holders, within the ceiling of their municipality
    URGENCY = 1  # urgent seekers
    INSTITUTIONS = 2  # people from shelter, care or reception, without a label
    TARGET_GROUP = 3  # young people, whatever their status
    LOTTERY = 4
    REGISTRATION = 5  # longest registered first
    STARTER = 6  # a starter home, to newcomers who wait for a home (process starter_homes)
    INTERIM = 7  # no home: an interim place, which counts for the housing task (process interim)
    PRIVATE = 8  # no home of a corporation: one that the municipality found elsewhere (process housing)


class Seekers(Table):
    """Regular home seekers who look for a corporation home; the row of a search that ended is used again."""

    identity = column(np.uint64, doc="lasting address of this household's random draws")
    lottery = column(np.uint64, doc="order among seekers registered equally long; all different")
    group = column(np.int8, Group.REGULAR, doc="kind of home seeker")
    size = column(np.int8, 1, unit="persons", doc="members of the household")
    income = column(np.int8, Income.LOW, doc="income class")
    municipality = column(np.int16, unit="row of municipalities", doc="where a home is sought")
    registered = column(np.int16, unit="month", doc="month of registration (negative: before 2015)")
    began = column(np.int16, unit="month", doc="month in which the search began")
    urgent = column(np.int16, ENDLESS, unit="month", doc="month from which the search is urgent")
    stops = column(np.int16, ENDLESS, unit="month", doc="month in which the search stops if no home is found earlier")
    search = column(np.int8, Search.SEARCHING, doc="state of the search")
    ended = column(np.int16, ENDLESS, unit="month", doc="month in which the search ended")
    rule = column(np.int8, UNSET, doc="rule by which a home was let; -1: none")
    complex = column(
        np.int16, NO_ROW, unit="row of complexes", doc="complex of starter homes where this household lives meanwhile"
    )
    entered = column(np.int16, NEVER, unit="month", doc="month in which it moved into that complex")


class HomeSize(Named):
    """Size classes of homes, by the number of persons they are meant for."""

    SMALL = 0  # one or two persons
    MIDDLE = 1  # three or four
    LARGE = 2  # five or more


class Form(Named):
    """How a complex of starter homes is made."""

    FLEXIBLE = 0  # small new buildings that can be moved elsewhere
    CONVERTED = 1  # an office, school or hotel with shared facilities
    SPLIT = 2  # vacated corporation homes, each split into two units
    TEMPORARY = 3  # stacked units such as containers
    SPREAD = 4  # vacated corporation homes spread over a street, one unit each


class Halt(Named):
    """Why a planned complex was never built."""

    NONE = 0
    ROOM = 1  # no corporation in the municipality can pay for it
    NITROGEN = 2
    APPEAL = 3  # the court quashed the permit
    ABANDONED = 4  # given up for another reason: no site, costs, objections


class NextUse(Named):
    """What happens to a complex when its term ends."""

    MOVES = 0  # to another place, as starter homes
    STAYS = 1  # for another term
    OTHER = 2  # it gets another use, or is demolished


class Corporations(Table):
    """Housing corporations (woningcorporaties); homes and euros at full size."""

    homes = column(np.float64, unit="homes", doc="rented homes on 1 January of this year")
    vacated = column(np.float64, unit="homes/year", doc="homes that come free this year, new ones included")
    built = column(np.float64, unit="homes/year", doc="its part of the new homes in its municipalities this year")
    sold = column(np.float64, unit="homes/year", doc="sold or demolished; below 0: bought")
    room = column(np.float64, unit="EUR", doc="what it can still invest in starter homes, at the scale of the run")


class Holdings(Table):
    """Homes of each corporation in each municipality: one row for each pair."""

    corporation = column(np.int16, unit="row of corporations", doc="corporation that holds the homes")
    municipality = column(np.int16, unit="row of municipalities", doc="where the homes stand")
    share = column(np.float64, unit="share", doc="its part of the corporation homes in that municipality")


class Complexes(Table):
    """Complexes of starter homes, from the announcement of the plan onwards."""

    identity = column(np.uint64, doc="lasting address of the random draws of this complex")
    corporation = column(
        np.int16, NO_ROW, unit="row of corporations", doc="corporation that lets it: with most room at the time"
    )
    municipality = column(np.int16, unit="row of municipalities", doc="municipality where it stands")
    neighbourhood = column(np.int32, NO_ROW, unit="row of neighbourhoods", doc="neighbourhood where it stands")
    form = column(np.int8, Form.FLEXIBLE, doc="how the units are made")
    units = column(np.int32, unit="units", doc="units planned")
    built = column(np.int32, unit="units", doc="units that stand now")
    taken = column(np.int32, unit="homes", doc="vacated homes that were split or set apart for it")
    linkable = column(np.bool_, False, doc="whether units can be linked into a family home, and back")
    shared = column(np.bool_, False, doc="whether kitchen or bathroom are shared")
    quality = column(np.float32, 1.0, unit="ratio", doc="effect on wellbeing, over that of an ordinary home")
    managed = column(np.bool_, False, doc="whether there is social management")
    share = column(np.float32, unit="share", doc="units reserved for status holders (target mix)")
    cost = column(np.float32, unit="EUR", doc="cost of building a unit, less the grant")
    grant = column(np.float32, unit="EUR", doc="grant of the State for a unit")
    running = column(np.float32, unit="EUR/month", doc="upkeep of a unit, with social management")
    rent = column(np.float32, unit="EUR/month", doc="rent of a unit")
    announced = column(np.int16, NEVER, unit="month", doc="month in which the plan was announced")
    opens = column(np.int16, ENDLESS, unit="month", doc="month in which the first tenants will be able to move in")
    opened = column(np.int16, NEVER, unit="month", doc="month in which it opened")
    ends = column(np.int16, ENDLESS, unit="month", doc="first month in which it is closed")
    term = column(np.int16, ENDLESS, unit="months", doc="months for which it may stand and is financed")
    halt = column(np.int8, Halt.NONE, doc="why it was never built")
    next_use = column(np.int8, NextUse.OTHER, doc="what happens to it at the end of the term")
    moved_from = column(np.int16, NO_ROW, unit="row of complexes", doc="complex from which the units came")
    newcomers = column(np.int32, unit="units", doc="units let to newcomers")
    residents = column(np.int32, unit="units", doc="units let to other home seekers")
    contact = column(np.float32, 1.0, unit="share", doc="contact with neighbours that remains since it opened")
    incidents = column(np.float32, unit="incidents/month", doc="expected serious incidents")
