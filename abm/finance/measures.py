"""The indicators of money: payments by purpose, cost of reception, own contribution and savings."""

import numpy as np

from abm.finance import money
from abm.observe.measure import Month, event, level, payments, persons
from abm.tables.money import Purpose

PLACES = (*money.PLACES, Purpose.PLACES_EMPTY)
HOTELS = (Purpose.HOTELS_COA, Purpose.HOTELS_MUNICIPALITY)

CONTRIBUTED = event("contributed")
Purposes = tuple[Purpose, ...]


@level("EUR/month", en="Payments by purpose", nl="Betalingen per doel", by="purpose")
def spending(month: Month) -> np.ndarray:
    """Euros paid for each purpose, (purposes,)."""
    return month.state.ledger.month


@payments(en="Cost of reception", nl="Kosten van de opvang")
def reception_cost() -> Purposes:
    """Places in reception, used or empty, and hotels."""
    return *PLACES, *HOTELS


@payments(en="Penalty payments", nl="Dwangsommen")
def penalty_payments() -> Purposes:
    """Penalties for decisions that came too late."""
    return (Purpose.PENALTIES,)


@payments(en="Own contributions", nl="Eigen bijdragen")
def contributions() -> Purposes:
    """What residents of reception with an income contribute to its cost."""
    return (Purpose.CONTRIBUTIONS,)


@persons(en="In a household that contributes or saves", nl="In een huishouden dat bijdraagt of spaart", flow=True)
def contributors(month: Month) -> np.ndarray:
    """Persons of the households in reception that contribute to its cost, or save instead."""
    return CONTRIBUTED(month)


@payments(en="Saved in reception", nl="Gespaard in de opvang")
def saved() -> Purposes:
    """What residents of reception put into savings accounts."""
    return (Purpose.SAVED,)


@level("EUR", en="Balance of savings accounts", nl="Saldo van spaarrekeningen")
def savings(month: Month) -> float:
    """Euros on all savings accounts, at full size."""
    return month.households.savings.sum() / month.state.scale


@payments(en="Savings paid out for a home", nl="Spaargeld uitbetaald bij een woning")
def savings_home() -> Purposes:
    """Savings paid out to households that moved into a home."""
    return (Purpose.RELEASED_HOME,)


@payments(en="Savings paid out for return", nl="Spaargeld uitbetaald bij terugkeer")
def savings_return() -> Purposes:
    """Savings paid out to households that demonstrably returned."""
    return (Purpose.RELEASED_RETURN,)


@payments(en="Savings lost, destination unknown", nl="Spaargeld vervallen, bestemming onbekend")
def savings_forfeited() -> Purposes:
    """Savings of households that left for an unknown destination, which lose them."""
    return (Purpose.SAVINGS_FORFEITED,)
