"""The indicators of money: payments by purpose, cost of reception, own contribution and savings."""

import numpy as np

from abm.finance import money
from abm.observe.measure import Month, event, level, payments, persons
from abm.tables.money import Purpose

PLACES = (*money.PLACES, Purpose.PLACES_EMPTY)
HOTELS = (Purpose.HOTELS_COA, Purpose.HOTELS_MUNICIPALITY)

CONTRIBUTED = event("contributed")
Purposes = tuple[Purpose, ...]


@level("EUR/month", en="Public payments by purpose", nl="Overheidsbetalingen per doel", by="purpose")
def spending(month: Month) -> np.ndarray:
    """Euros paid for each purpose, (purposes,)."""
    return month.state.ledger.month


@payments(
    en="Cost of reception",
    nl="Kosten van de opvang",
    scale=0.2,  # below it more people wait in reception in quiet years, see status_holders
)
def reception_cost() -> Purposes:
    """Places in reception, used or empty, and hotels."""
    return *PLACES, *HOTELS


@payments(en="Penalty payments for late decisions", nl="Dwangsommen voor te late besluiten")
def penalty_payments() -> Purposes:
    """Penalties for decisions that came too late."""
    return (Purpose.PENALTIES,)


@payments(en="Own contributions to the cost of reception", nl="Eigen bijdragen aan de kosten van de opvang")
def contributions() -> Purposes:
    """What residents of reception with an income contribute to its cost."""
    return (Purpose.CONTRIBUTIONS,)


@persons(
    en="People in a household that contributes to reception or saves",
    nl="Mensen in een huishouden dat bijdraagt aan de opvang of spaart",
    flow=True,
)
def contributors(month: Month) -> np.ndarray:
    """Persons of the households in reception that contribute to its cost, or save instead."""
    return CONTRIBUTED(month)


@payments(en="Income saved in reception", nl="Inkomen gespaard in de opvang")
def saved() -> Purposes:
    """What residents of reception put into savings accounts."""
    return (Purpose.SAVED,)


@level("EUR", en="Balance of savings accounts in reception", nl="Saldo van spaarrekeningen in de opvang")
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


@payments(
    en="Savings lost when people left, destination unknown", nl="Spaargeld vervallen bij vertrek, bestemming onbekend"
)
def savings_forfeited() -> Purposes:
    """Savings of households that left for an unknown destination, which lose them."""
    return (Purpose.SAVINGS_FORFEITED,)
