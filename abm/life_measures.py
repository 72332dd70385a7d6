"""The indicators of life beside work: own contribution and savings, moves to another municipality, wellbeing."""

import numpy as np

from abm.grown import grown
from abm.measuring import Measure, Month, level, persons
from abm.populations import Purpose


def euros(name: str, label: str, label_nl: str, purpose: Purpose) -> Measure:
    """A measure of what was paid this month for one purpose."""
    return level(name, "EUR/month", label, label_nl, "total", lambda month: month.state.ledger.month[purpose])


def balance(month: Month) -> float:
    """Euros on all savings accounts, at full size."""
    return month.households.savings.sum() / month.state.scale


def left_behind(month: Month, wanted: tuple[str, ...]) -> dict[str, np.ndarray]:
    """People who moved to another municipality, per origin or by the region that they left, at full size."""
    people, rows = month.households, month.event("moved_out")
    groups = {
        "total": np.zeros(len(rows), dtype=np.int64),
        "origin": people.origin[rows],
        "region": month.state.municipalities.region[people.came_from[rows]],
    }
    size = people.size[rows] / month.state.scale
    return {by: np.bincount(groups[by], size, month.group_sizes[by]) for by in wanted}


STATUS = ("total", "status", "since_permit", "sex")


def mean_wellbeing(month: Month, wanted: tuple[str, ...]) -> dict[str, np.ndarray]:
    """Mean wellbeing of adults per group; NaN where there is nobody."""
    return {by: grown(month).mean("wellbeing", by) for by in wanted}


def below(month: Month, wanted: tuple[str, ...]) -> dict[str, np.ndarray]:
    """Adults whose wellbeing is below the cut-off, per group, at full size."""
    return {by: grown(month).counted(("unwell",), by) / month.state.scale for by in wanted}


LIFE_MEASURES: tuple[Measure, ...] = (
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
    Measure(
        "moved_out", "persons/month", "Moved to another municipality, by region left",
        "Verhuisd naar een andere gemeente, naar verlaten regio", ("total", "origin", "region"), left_behind,
    ),
    Measure(
        "wellbeing", "SD", "Mean wellbeing of adults, over the population", "Gemiddeld welbevinden van volwassenen",
        STATUS, mean_wellbeing,
    ),
    Measure(
        "unwell", "persons", "Adults below the cut-off of wellbeing", "Volwassenen onder de grens van welbevinden",
        STATUS, below,
    ),
)  # fmt: skip
