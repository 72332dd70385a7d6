"""The data dictionary of the housing market: who looks for a home beside newcomers, and the rules of letting.

A row of Seekers is a search, not a lasting household: when it has ended, the row is used again by somebody else. Who
needs a history takes it from events and measures.
"""

from enum import IntEnum

import numpy as np

from abm.populations import ENDLESS, NEVER
from abm.table import Table, column


class Group(IntEnum):
    """Groups of regular home seekers."""

    YOUNG = 0  # of 18 to 27, leaving home
    STUDENT = 1
    URGENT = 2  # in need at once: from shelter or care, or without a home
    REGULAR = 3


class Income(IntEnum):
    """Classes of household income, by what they can rent or buy."""

    LOW = 0  # social rent only
    MIDDLE = 1  # middle rent or a home to buy are within reach


class Tenure(IntEnum):
    """What a housed household pays for its home."""

    CORPORATION = 0  # rent to a housing corporation; nothing yet in an interim place
    PRIVATE = 1  # rent to somebody else: alone, shared or for a time; who does looks for a home of a corporation
    MIDDLE_RENT = 2  # rent above that of corporations (middenhuur)
    OWNED = 3


class Search(IntEnum):
    """Where the search of a home seeker stands."""

    SEARCHING = 0
    HOUSED = 1  # a corporation home was let
    STOPPED = 2  # found elsewhere, moved away or gave up


class Rule(IntEnum):
    """The rules by which a home is let; letting_rules.py has one line of people for each."""

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

    identity = column(np.uint64, doc="lasting address of this household's luck")
    lottery = column(np.uint64, doc="order among those who are registered equally long; no two alike")
    group = column(np.int8, Group.REGULAR, doc="kind of home seeker")
    size = column(np.int8, 1, unit="persons", doc="members of the household")
    income = column(np.int8, Income.LOW, doc="class of income")
    municipality = column(np.int16, unit="row of municipalities", doc="where a home is sought")
    registered = column(np.int16, unit="month", doc="month of registration (negative: before 2015)")
    began = column(np.int16, unit="month", doc="month in which the search began")
    urgent = column(np.int16, ENDLESS, unit="month", doc="month from which the need is urgent")
    stops = column(np.int16, ENDLESS, unit="month", doc="month in which the search stops if no home is found before")
    search = column(np.int8, Search.SEARCHING, doc="where the search stands")
    ended = column(np.int16, ENDLESS, unit="month", doc="month in which the search ended")
    rule = column(np.int8, NEVER, doc="rule by which a home was let")
    complex = column(np.int16, NEVER, unit="row of complexes", doc="starter homes where this household lives meanwhile")
    entered = column(np.int16, NEVER, unit="month", doc="month in which it moved in there")
