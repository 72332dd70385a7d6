"""Households of permit holders that have a home leave the country again, or are no longer registered.

    hazard = base x (peak in the years of a peak) x (family, where there is more than one person)

Peaks come when a permit can be renewed or a passport asked, after four and eight years; people with a partner or
children leave less. Those who deregister for another country or for an unknown destination count as left for an
unknown destination, the others have returned. Families that joined a sponsor leave with the sponsor, and nobody leaves
who waits for a family, abroad or in reception. Deaths are a process of their own (abm/homes/deaths.py): the parts of
the published share are of people who left.

Source: who_leaves_again (WODC: of status holders registered in 1995-1999, 31.6% at the end of 2015).
"""

from collections import namedtuple

import numpy as np

from abm.engine.clock import MONTHS, NEVER
from abm.engine.draws import Address, Draws
from abm.engine.kernels import flagged, kernel, whole_words
from abm.engine.params import ProcessParams, param
from abm.engine.table import written
from abm.homes import moves
from abm.homes.drawn import below
from abm.homes.tenancies import awaited, with_families
from abm.state import State
from abm.tables.people import Stage

WRITES = written(moves.LEAVE_COUNTRY)
EVENTS = {"emigrated": "households"}
_HOUSED = int(Stage.HOUSED)
Homes = namedtuple("Homes", "stage since sponsor location family_abroad granted identity")


class Params(ProcessParams):
    """Rates at which households leave the country."""

    base: float = param(
        0.0235, "share/year", 0, 0.3, "who_leaves_again: with the peaks 31.6% after 18 years, half of people alone",
        "households of one person that leave each year, outside the peaks",
    )  # fmt: skip
    peak: float = param(
        2,
        "ratio",
        1,
        10,
        "assumption: who_leaves_again has peaks and not their size",
        "hazard in a peak, over the base",
    )
    first_peak: int = param(4, "years", 0, 20, "who_leaves_again", "years since the permit of the first peak")
    second_peak: int = param(8, "years", 0, 20, "who_leaves_again", "years since the permit of the second peak")
    peak_years: int = param(2, "years", 1, 5, "assumption", "years that a peak lasts")
    family: float = param(
        0.5, "ratio", 0, 1, "assumption: sign of who_leaves_again", "hazard of families, over that of people alone"
    )
    returned: float = param(
        0.14, "share", 0, 1, "who_leaves_again: 4.3% of 31.6%", "of those who leave, return to the country of origin"
    )


def hazard(months: np.ndarray, size: np.ndarray, params: Params) -> np.ndarray:
    """Probability to leave the country this month, (n,); months since the permit and size [persons]: (n,)."""
    years = months // MONTHS
    peak = np.zeros(len(months), bool)
    for first in (params.first_peak, params.second_peak):
        peak |= (years >= first) & (years < first + params.peak_years)
    of_size = np.where(size > 1, params.family, 1.0)
    return np.minimum(params.base / MONTHS * np.where(peak, params.peak, 1.0) * of_size, 1.0)


@kernel
def may_leave(households: Homes, month, address: Address, bound):
    """Rows, (n,) int64, of permit holders with a home who wait for nobody and draw a number below `bound`; the numbers.

    Not families that joined a sponsor. households: whole columns.
    """
    stage, since, sponsor, location, family_abroad, granted, identity = households
    flag, waits = np.empty(whole_words(len(stage)), np.bool_), awaited(sponsor, location)
    flag[len(stage) :] = False
    for i in range(len(stage)):
        alone = (sponsor[i] < 0) & (family_abroad[i] == 0) & (not waits[i])
        flag[i] = (stage[i] == _HOUSED) & (granted[i] != NEVER) & (since[i] < month) & alone
    return below(identity, flagged(flag), address, bound)


def step(state: State, params: Params, draws: Draws) -> dict[str, np.ndarray]:
    """Let households leave the country, with the families that joined them."""
    households, month = state.households, state.clock.month
    highest = params.base / MONTHS * params.peak
    rows, u = may_leave(households, month, draws.address("leaves"), highest)
    months = month - households.granted[rows].astype(np.int64)
    heads = rows[u < hazard(months, households.size[rows], params)]
    returned = draws.once("returned", households.identity[heads]) < params.returned
    back = np.zeros(len(households), bool)
    back[heads[returned]] = True
    families, gone = with_families(state, heads)[len(heads) :], []
    of_returned = back[households.sponsor[families]]
    for which, joined, stage in (
        (returned, of_returned, Stage.RETURNED),
        (~returned, ~of_returned, Stage.UNKNOWN),
    ):
        gone.append(np.append(heads[which], families[joined]))
        moves.leave_country(state, heads[which], gone[-1], stage)
    return {"emigrated": np.concatenate(gone)}
