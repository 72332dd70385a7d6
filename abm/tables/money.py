"""The data dictionary of money: accounts, purposes of payments, and the ledger."""

from collections.abc import Mapping

import numpy as np

from abm.engine.named import Named
from abm.engine.table import Table, column


class Account(Named):
    """Parties that pay and are paid."""

    STATE = 0
    COA = 1
    IND = 2
    PROVIDERS = 3  # owners, staff and suppliers of reception places
    NEWCOMERS = 4
    SAVINGS = 5  # savings accounts of households in reception
    MUNICIPALITIES = 6
    CORPORATIONS = 7
    TENANTS = 8  # of starter homes


class Purpose(Named):
    """What a payment is for; each purpose has one payer and one payee (see Ledger)."""

    BUDGET_COA = 0
    BUDGET_IND = 1
    PLACES_REGULAR = 2
    PLACES_EMERGENCY = 3
    PLACES_MUNICIPAL = 4
    PLACES_EMPTY = 5
    PENALTIES = 6
    CONTRIBUTIONS = 7  # own contribution of households that work in reception
    SAVED = 8  # the part of it that goes into a savings account instead
    RELEASED_HOME = 9  # savings paid out on moving into a home: furnishing and deposit
    RELEASED_RETURN = 10  # savings paid out on demonstrable return
    SAVINGS_FORFEITED = 11  # savings of households that left with unknown destination
    HOTELS_COA = 12  # reunited families in hotels, for the months that the reception agency pays
    HOTELS_MUNICIPALITY = 13  # reunited families in hotels, the later months
    STARTER_BUILDING = 14  # starter homes built, converted, split or moved elsewhere
    STARTER_GRANTS = 15
    STARTER_RENTS = 16
    STARTER_RUNNING = 17  # upkeep and social management of starter homes
    INTERIM_GRANTS = 18
    PLACES_HOSTS = 19  # allowance of those who stay with hosts


class Ledger(Table):
    """One row per purpose: a payment leaves one account and enters another, so money is conserved by construction."""

    payer = column(np.int8, doc="account that pays")
    payee = column(np.int8, doc="account that is paid")
    month = column(np.float64, unit="EUR", doc="paid this month")
    total = column(np.float64, unit="EUR", doc="paid since the start")

    def enter(self, paid: Mapping[Purpose, float | np.ndarray]) -> None:
        """Book this month's payments."""
        for purpose, euros in paid.items():
            self.month[purpose] = euros
            self.total[purpose] += euros
