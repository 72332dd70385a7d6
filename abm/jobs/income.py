"""Income of adults: the net wage, plus social assistance where a housed household earns less than its norm.

    net wage = net x wage
    assistance of a household = max(norm - net wages of its adults, 0), if housed; shared evenly by them
    norm = social assistance of a single person x (couple, with two or more adults)

Allowances in reception, for rent and for children are not counted.

Source: social assistance, abm/facts/data/national_series.csv (rule_bijstand_2025).
"""

from collections import namedtuple

import numpy as np

from abm.engine.draws import Draws
from abm.engine.kernels import kernel
from abm.engine.params import ProcessParams, param
from abm.people.working_age import adults
from abm.state import State
from abm.tables.people import Stage

WRITES = (
    "newcomers.net_wage",
    "newcomers.income",
    "households.earned",
    "households.adults",
    "households.assistance",
    "households.assisted",
)
EVENTS = {}
_HOUSED = int(Stage.HOUSED)


class Params(ProcessParams):
    """Ratio of net to gross wages, and the norm of social assistance."""

    net: float = param(
        0.9, "ratio", 0.6, 1, "assumption: little tax is left on 28 hours near the minimum wage",
        "net wage, relative to gross",
    )  # fmt: skip
    couple: float = param(
        1.43, "ratio", 1, 2, "assumption: norm of couples over that of single persons",
        "norm of two or more adults, relative to a single adult",
    )  # fmt: skip


Persons = namedtuple("Persons", "household net_wage income")
Households = namedtuple("Households", "stage earned adults assistance")


@kernel(writes=("people.income", "households.earned", "households.adults", "households.assistance"))
def assist(rows, people: Persons, households: Households, single, couple):
    """Write what households earn and are paid, and add it to incomes.

    single, couple: norm of one adult, and of more [EUR/month].
    """
    stage, earned, adults, assistance = households
    earned[:], adults[:] = 0, 0
    for row in rows:
        i = np.uint64(row)  # unsigned: no check for a negative index
        of = np.uint64(people.household[i])
        earned[of] += people.net_wage[i]
        adults[of] += 1
    for h in range(len(stage)):
        norm = couple if adults[h] > 1 else single
        here = (stage[h] == _HOUSED) & (adults[h] > 0)
        assistance[h] = max(norm - earned[h], 0.0) * here
    for row in rows:
        i = np.uint64(row)
        of = np.uint64(people.household[i])
        people.income[i] += assistance[of] / adults[of]


def step(state: State, params: Params, draws: Draws) -> dict[str, np.ndarray]:
    """Compute this month's incomes."""
    people, households = state.newcomers, state.households
    norm = state.inputs.series_at("social_assistance", state.clock.month)
    np.multiply(people.wage, np.float32(params.net), out=people.net_wage)
    people.income[:] = people.net_wage
    assist(adults(state), people, households, np.float32(norm), np.float32(params.couple * norm))
    np.greater(households.assistance, 0, out=households.assisted)
    return {}
