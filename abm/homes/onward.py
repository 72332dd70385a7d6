"""Tenants, of corporations or others, who earn enough move on: to middle rent, or to a home of their own.

    probability a month = buying rate, if net wages reach what a mortgage asks
                          middle rent rate x part of the rents that the income can pay, if the household did not buy

Middle rents are spread evenly between the highest social rent and the ceiling of the middle segment (since the law of
1 July 2024; before, what was called middle rent). A landlord asks some times the rent of the gross income: the highest
wage in the home, and part of the others. Wages are those of last month, of families that joined included. The home that
they leave is among the vacancies by turnover of the stock (process housing), which counts the homes of all tenants; it
is not counted again. The new home is large enough. Tenants of starter homes go on to middle rent by process
starter_homes. Owners and tenants at middle rent whose home becomes too small when family joins go on the waiting list
like everybody else. Upper limits of income, which some municipalities set, are left out.

Source: abm/facts/data/national_series.csv (middle_rent_from, middle_rent_to), rent_norm. No figures on how soon permit
holders leave homes of corporations were found, so the rates are assumptions.
"""

from collections import namedtuple

import numpy as np

from abm.engine.clock import NEVER
from abm.engine.draws import Draws
from abm.engine.kernels import flagged, kernel, whole_words
from abm.engine.params import ProcessParams, param
from abm.engine.table import written
from abm.homes import moves
from abm.homes.dwellings import home_size, needed_by
from abm.homes.tenancies import payable
from abm.state import State
from abm.tables.homes import Tenure
from abm.tables.people import Stage

WRITES = written(
    moves.MOVE_ON,
)
EVENTS = {"bought": "households", "to_middle_rent": "households"}
_HOUSED, _PRIVATE = int(Stage.HOUSED), int(Tenure.PRIVATE)
_NEXT = np.array([Tenure.OWNED, Tenure.MIDDLE_RENT])
Homes = namedtuple("Homes", "stage complex homeless tenure interim")


class Params(ProcessParams):
    """Incomes that middle rent and mortgages ask, and rates of moving on."""

    rent_norm: float = param(3.0, "ratio", 1.5, 6, "rent_norm", "gross income that middle rent asks, over the rent")
    second_income: float = param(
        0.5, "share", 0, 1, "rent_norm: a half or a third", "part of incomes that counts beside the highest in a home"
    )
    middle_rent_rate: float = param(
        0.01, "share/month", 0, 0.1, "assumption", "tenants who move to middle rent, of those who can pay any of it"
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
    flag = np.empty(whole_words(len(earned)), np.bool_)
    flag[len(earned) :] = False
    for i in range(len(earned)):
        flag[i] = (sponsor[i] >= 0) & (stage[i] == _HOUSED)
    wages, families = earned.copy(), flagged(flag)
    for i in families:
        wages[sponsor[i]] += earned[i]
    for i in families:
        wages[i] = 0
    return wages


@kernel
def could_move(households: Homes, wages, part, mortgage):
    """Rows, (n,) int64, of tenants who earn enough for a mortgage or can pay part of the middle rents.

    households: whole columns; wages, mortgage [EUR/month], part [share] of each household.
    """
    stage, complex_, homeless, tenure, interim = households
    flag = np.empty(whole_words(len(stage)), np.bool_)
    flag[len(stage) :] = False
    for i in range(len(stage)):
        tenant = (stage[i] == _HOUSED) & (complex_[i] < 0) & (homeless[i] == NEVER) & (interim[i] == NEVER)
        flag[i] = tenant & (tenure[i] <= _PRIVATE) & ((wages[i] >= mortgage) | (part[i] > 0))
    return flagged(flag)


def step(state: State, params: Params, draws: Draws) -> dict[str, np.ndarray]:
    """Let households buy a home, then let others move to middle rent."""
    households = state.households
    wages = wages_of_homes(households.earned, households.sponsor, households.stage)
    part = payable(state, params.rent_norm, params.second_income)
    rows = could_move(households, wages, part, np.float32(params.mortgage_wages))
    who = households.identity[rows]
    buys = (wages[rows] >= params.mortgage_wages) & (draws.uniform("buys", who) < params.buying_rate)
    rents = ~buys & (draws.uniform("rents", who) < params.middle_rent_rate * part[rows])
    goes = np.append(rows[buys], rows[rents])
    tenure = np.repeat(_NEXT, (np.count_nonzero(buys), np.count_nonzero(rents)))
    last = households.rule[goes]  # of their last home of a corporation
    moves.move_on(state, goes, home_size(needed_by(state, goes)), last, tenure)
    return {"bought": rows[buys], "to_middle_rent": rows[rents]}
