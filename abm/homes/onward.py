"""Tenants, of corporations or others, who earn enough move on: to middle rent, or to a home of their own.

    probability a month = buying rate, if net wages reach what a mortgage asks
                          middle rent rate, if they reach what middle rent asks, and the household did not buy

Wages are those of everybody in the home last month, families that joined included. The home that they leave is among
the vacancies by turnover of the stock (process housing), which counts the homes of all tenants; it is not counted
again. The new home is large enough. Tenants of starter homes go on to middle rent by process starter_homes. Owners and
tenants at middle rent whose home becomes too small when family joins go on the waiting list like everybody else.

Source: rent_htl_2026 (a rent of 933 euros is where rent benefit ends). No figures on how soon permit holders leave
homes of corporations were found, so the rates are assumptions.
"""

import numpy as np

from abm.engine.clock import NEVER
from abm.engine.draws import Draws
from abm.engine.kernels import kernel
from abm.engine.params import ProcessParams, param
from abm.engine.table import NO_ROW, written
from abm.homes import moves
from abm.homes.dwellings import home_size, needed_by
from abm.homes.tenancies import finds_middle_rent
from abm.state import State
from abm.tables.homes import Tenure
from abm.tables.people import Stage

WRITES = written(
    moves.MOVE_ON,
)
EVENTS = {"bought": "households", "to_middle_rent": "households"}
_HOUSED = int(Stage.HOUSED)


class Params(ProcessParams):
    """Wages that middle rent and mortgages ask, and rates of moving on."""

    rent_wages: float = param(
        2900, "EUR/month", 2000, 5000, "assumption: rent_htl_2026, a rent of 933 is 32% of it",
        "net wages that middle rent asks of a household",
    )  # fmt: skip
    middle_rent_rate: float = param(
        0.01, "share/month", 0, 0.1, "assumption", "tenants who move to middle rent, of those who earn enough"
    )
    mortgage_wages: float = param(
        4200, "EUR/month", 2500, 8000, "assumption: 56,000 gross a year lends about 250,000",
        "net wages that a mortgage asks of a household",
    )  # fmt: skip
    buying_rate: float = param(
        0.01, "share/month", 0, 0.1, "assumption", "tenants who buy a home, of those who earn enough"
    )


@kernel
def wages_of_homes(earned, sponsor, stage):
    """Net wages of everybody in the home of each household, (households,) EUR/month; 0 for families who joined.

    earned [EUR/month] to stage: whole columns of households.
    """
    wages, families, count = earned.copy(), np.empty(len(earned) + 1, np.int32), 0
    for i in range(len(earned)):  # without branches, as in abm/engine/kernels.py
        families[count] = i
        count += (sponsor[i] >= 0) & (stage[i] == _HOUSED)
    for i in families[:count]:
        wages[sponsor[i]] += earned[i]
    for i in families[:count]:
        wages[i] = 0
    return wages


def step(state: State, params: Params, draws: Draws) -> dict[str, np.ndarray]:
    """Let households buy a home, then let others move to middle rent."""
    households = state.households
    wages = wages_of_homes(households.earned, households.sponsor, households.stage)
    tenants = (households.stage == Stage.HOUSED) & (households.complex == NO_ROW) & (households.homeless == NEVER)
    tenants &= (households.tenure <= Tenure.PRIVATE) & (households.interim == NEVER)
    rows = np.flatnonzero(tenants & (wages >= min(params.rent_wages, params.mortgage_wages)))
    who, wages = households.identity[rows], wages[rows]
    buys = (wages >= params.mortgage_wages) & (draws.uniform("buys", who) < params.buying_rate)
    rents = ~buys & finds_middle_rent(wages, params.rent_wages, draws.uniform("rents", who), params.middle_rent_rate)
    for there, tenure in ((rows[buys], Tenure.OWNED), (rows[rents], Tenure.MIDDLE_RENT)):
        last = households.rule[there]  # of their last home of a corporation
        moves.move_on(state, there, home_size(needed_by(state, there)), last, tenure)
    return {"bought": rows[buys], "to_middle_rent": rows[rents]}
