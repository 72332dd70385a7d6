"""The indicators of money: payments by purpose, cost of reception, own contribution and savings."""

from collections.abc import Callable

import numpy as np

from abm.observe.measure import Measure, Month, level, persons
from abm.tables.money import Purpose

PLACES = (Purpose.PLACES_REGULAR, Purpose.PLACES_EMERGENCY, Purpose.PLACES_MUNICIPAL, Purpose.PLACES_EMPTY)
HOTELS = (Purpose.HOTELS_COA, Purpose.HOTELS_MUNICIPALITY)


def paid(*purposes: Purpose) -> Callable[[Month], np.ndarray]:
    """Euros paid this month for some purposes."""
    return lambda month: month.state.ledger.month[list(purposes)].sum()


def euros(name: str, label: str, label_nl: str, purpose: Purpose) -> Measure:
    """A measure of what was paid this month for one purpose."""
    return level(name, "EUR/month", label, label_nl, "total", lambda month: month.state.ledger.month[purpose])


def balance(month: Month) -> float:
    """Euros on all savings accounts, at full size."""
    return month.households.savings.sum() / month.state.scale


MEASURES: tuple[Measure, ...] = (
    level(
        "spending", "EUR/month", "Payments by purpose", "Betalingen per doel", "purpose", lambda m: m.state.ledger.month
    ),
    level("reception_cost", "EUR/month", "Cost of reception", "Kosten van de opvang", "total", paid(*PLACES, *HOTELS)),
    level("penalty_payments", "EUR/month", "Penalty payments", "Dwangsommen", "total", paid(Purpose.PENALTIES)),
    euros("contributions", "Own contributions", "Eigen bijdragen", Purpose.CONTRIBUTIONS),
    persons(
        "contributors", "In a household that contributes or saves", "In een huishouden dat bijdraagt of spaart",
        lambda m: m.event("contributed"), flow=True,
    ),
    euros("saved", "Saved in reception", "Gespaard in de opvang", Purpose.SAVED),
    level("savings", "EUR", "Balance of savings accounts", "Saldo van spaarrekeningen", "total", balance),
    euros("savings_home", "Savings paid out for a home", "Spaargeld uitbetaald bij een woning", Purpose.RELEASED_HOME),
    euros(
        "savings_return", "Savings paid out for return", "Spaargeld uitbetaald bij terugkeer", Purpose.RELEASED_RETURN
    ),
    euros(
        "savings_forfeited", "Savings lost, destination unknown", "Spaargeld vervallen, bestemming onbekend",
        Purpose.SAVINGS_FORFEITED,
    ),
)  # fmt: skip
