"""The indicators of the housing task: people asked, housed and behind, by municipality."""

import numpy as np

from abm.observe.measure import Month, by_municipality, level

BACKLOG_FREE = 0.5  # persons: less than one person short counts as having met the task


@by_municipality("persons/half-year", en="Housing task of municipalities", nl="Taakstelling van gemeenten")
def task(month: Month) -> np.ndarray:
    """Status holders whom each municipality has to house in this half-year."""
    return month.state.municipalities.task


@by_municipality(
    "persons", en="People housed minus asked by the housing task", nl="Gehuisvest min gevraagd door de taakstelling"
)
def task_balance(month: Month) -> np.ndarray:
    """Status holders whom each municipality has housed beyond its task, negative where it falls short."""
    return month.state.municipalities.balance


@by_municipality(
    "persons",
    en="Shortfall of the housing task carried over",
    nl="Achterstand op de taakstelling uit het vorige halfjaar",
    scale={"municipality": 1.0},
)
def task_backlog(month: Month) -> np.ndarray:
    """Shortfall that each municipality carried into this half-year."""
    return month.state.municipalities.backlog


@level(
    "municipalities",
    en="Municipalities without a backlog of the housing task",
    nl="Gemeenten zonder achterstand op de taakstelling",
    scale=1.0,  # homes are pooled below it, and people come in tens at a tenth: more municipalities end just above
)
def municipalities_met(month: Month) -> int:
    """Municipalities that carried no shortfall into this half-year."""
    return int((month.state.municipalities.backlog < BACKLOG_FREE).sum())
