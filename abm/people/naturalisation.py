"""Permit holders become Dutch: from five years after their application on, once they passed civic integration.

The decision takes a year. Once a year, in the month of their application for asylum, adults with a home who passed the
exams, or are exempt, become Dutch with one probability, whatever their origin. Children below 18 in their household
become Dutch with them, and children of a Dutch mother are Dutch from birth (births). It only shows: no rule of the
model hangs on the permit of who has a home, and no source here says what the passport does to work or to moving away.
They stay newcomers everywhere else.

Source: cbs_naturalised_2021 (permit holders of 2015 who were Dutch in 2021: 41% of Syrians, 11% of Eritreans).
"""

from collections import namedtuple

import numpy as np

from abm.engine.clock import MONTHS, NEVER
from abm.engine.draws import Draws
from abm.engine.kernels import flagged, kernel, members_of, whole_words, whole_years
from abm.engine.params import ProcessParams, param
from abm.state import State
from abm.tables.people import Stage

WRITES = ("newcomers.naturalised",)
EVENTS = {"naturalised": "newcomers"}
_ADULT = 18 * MONTHS  # [months]
_HOUSED = int(Stage.HOUSED)


class Params(ProcessParams):
    """When permit holders become Dutch."""

    years: int = param(5, "years", 0, 20, "cbs_naturalised_2021", "years since the application, at least")
    deciding: int = param(12, "months", 0, 36, "assumption: the term of the law", "months to a decision")
    rate: float = param(
        0.4, "share/year", 0, 1, "assumption: gives 46% of the Syrians with a permit of 2015 by the end of 2021; "
        "cbs_naturalised_2021 has 41%",
        "of those who can become Dutch, who do so in a year",
    )  # fmt: skip


Persons = namedtuple("Persons", "naturalised passed exempt born household")
Homes = namedtuple("Homes", "stage granted applied")


@kernel
def eligible(people: Persons, households: Homes, month, least):
    """Rows, (n,) int64, of adults who can become Dutch and applied in this month of a year.

    people: whole columns of newcomers; households: those of households; least [months] since the application.
    """
    naturalised, passed, exempt, born, household = people
    stage, granted, applied = households
    can, last = np.empty(len(stage), np.bool_), month - least
    for h in range(len(stage)):
        can[h] = (stage[h] == _HOUSED) & (granted[h] != NEVER) & (applied[h] <= last)
        can[h] &= whole_years(month - applied[h])
    flag = np.empty(whole_words(len(born)), np.bool_)
    flag[len(born) :] = False
    never, youngest = born.dtype.type(NEVER), born.dtype.type(month - _ADULT)  # as narrow as the columns
    for i in range(len(born)):
        flag[i] = (naturalised[i] == never) & ((passed[i] != never) | exempt[i]) & (born[i] <= youngest)
    found, count = flagged(flag), 0
    for i in found:
        found[count] = i
        count += can[np.uint64(household[i])]  # unsigned: no check for a negative index
    return found[:count].copy()


def step(state: State, params: Params, draws: Draws) -> dict[str, np.ndarray]:
    """Let permit holders become Dutch, with their children."""
    people, households, month = state.newcomers, state.households, state.clock.month
    rows = eligible(people, households, month, params.years * MONTHS + params.deciding)
    rows = rows[draws.uniform("naturalised", people.identity[rows]) < params.rate]
    children = members_of(people.household[rows].astype(np.int64), people.household)
    minor = month - people.born[children].astype(np.int64) < _ADULT
    children = children[minor & (people.naturalised[children] == NEVER)]
    rows = np.append(rows, children)
    people.naturalised[rows] = month
    return {"naturalised": rows}
