"""Activities beside class and paid work: volunteering, internships, unpaid participation jobs, social firms, training.

Where activities are offered, adults without a job who are not exempt take up the one that suits them best. All but
volunteering is arranged: by the municipality under the law before 2022, by a work centre with its plan from then on. On
the self-reliance route an activity is part of the route. Exempt adults can have another activity. People on the fast
track can follow short training that is of use on return: after some months it gives a certificate; those granted a
permit after all start class at once (see integration).

An activity prevents part of disengagement and lifts wellbeing; unpaid work teaches Dutch as paid work does. It does
not raise the probability of a job directly: on-the-job training at the start raised work for a short time only (E012,
E013).

Source: E003, E020 (activity); kinds as in the plan of the municipalities; hours are assumptions.
"""

from collections import namedtuple
from typing import NamedTuple

import numpy as np

from abm.civic.eligibility import Offer, offered_since
from abm.engine.clock import NEVER
from abm.engine.draws import Draws
from abm.engine.kernels import kernel
from abm.engine.needs import Need
from abm.engine.params import ProcessParams, param
from abm.people.working_age import adults
from abm.state import State
from abm.tables.people import Activity, Route, Track

WRITES = (
    "newcomers.activity",
    "newcomers.active",
    "newcomers.practice_hours",
    "newcomers.trained",
    "newcomers.certified",
)
EVENTS = {"certified": "newcomers"}
_NONE, _TRAINING, _OTHER = int(Activity.NONE), int(Activity.TRAINING), int(Activity.OTHER)
_VOLUNTEERING, _HARDEST, _OLD = int(Activity.VOLUNTEERING), int(Route.SELF_RELIANCE), int(Route.OLD)
_FAST = int(Track.FAST)
LONGEST = 100  # most months of training that are counted


class Params(ProcessParams):
    """When activities are offered, how many take part, and hours of unpaid work."""

    offered_from: Offer = param(
        "permit", "choice", None, None, "assumption", "milestone from which activities are offered", lever=True
    )
    protected_too: bool = param(
        False, "switch", None, None, "assumption",
        "whether activities are also offered under temporary protection, from arrival", lever=True,
    )  # fmt: skip
    share: float = param(
        0.2, "share", 0, 1, "assumption", "adults offered an activity who take part in one", lever=True
    )
    other_share: float = param(0.1, "share", 0, 1, "assumption", "exempt adults with another activity", lever=True)
    training_share: float = param(
        0, "share", 0, 1, "assumption: little is offered", "people on the fast track who follow training", lever=True,
    )  # fmt: skip
    training_months: int = param(
        3, "months", 1, 24, "assumption: short training", "months of training to a certificate", lever=True,
        needs=(Need("policy.activities.training_share", above=0, lasts=True),),
    )  # fmt: skip
    internship_hours: float = param(24, "hours/week", 0, 40, "assumption", "unpaid work in an internship")
    participation_job_hours: float = param(20, "hours/week", 0, 40, "assumption", "unpaid work in a participation job")
    social_firm_hours: float = param(24, "hours/week", 0, 40, "assumption", "unpaid work at a social firm")


Persons = namedtuple(
    "Persons", "employed exempt keen suits planned route integrating household activity active practice_hours"
)
Households = namedtuple("Households", "granted track")


class Shares(NamedTuple):
    """Shares that take part; see Params."""

    share: float
    other_share: float
    training_share: float


@kernel(writes=("people.activity", "people.active", "people.practice_hours"))
def choose(rows, people: Persons, households: Households, since, shares: Shares, unpaid):
    """Write the activity of rows this month, and its unpaid hours; returns the rows in training.

    Persons who are not among rows have none. since (month from which activities are offered): of households; unpaid
    [hours/week]: by activity.
    """
    people.activity[:], people.active[:], people.practice_hours[:] = _NONE, False, unpaid[_NONE]
    most = np.float32(max(shares.share, shares.other_share, shares.training_share))  # as narrow as the column
    may, count = np.empty(len(rows) + 1, np.int64), 0
    for k in range(len(rows)):  # without branches, as in abm/engine/kernels.py: most have none
        i = np.uint64(rows[k])  # unsigned: no check for a negative index
        may[count] = rows[k]
        count += (not people.employed[i]) & ((people.keen[i] <= most) | (people.route[i] == _HARDEST))
    training, many = np.empty(count + 1, np.int64), 0
    for row in may[:count]:
        i = np.uint64(row)
        of, keen, route, found = np.uint64(people.household[i]), people.keen[i], people.route[i], _NONE
        if (households.granted[of] == NEVER) & (households.track[of] == _FAST):
            found = _TRAINING if keen < shares.training_share else _NONE
        elif since[of] == NEVER:
            found = _NONE
        elif people.exempt[i]:
            found = _OTHER if keen < shares.other_share else _NONE
        elif (keen < shares.share) | ((route == _HARDEST) & people.integrating[i]):
            arranged = (route == _OLD) | (people.planned[i] != NEVER)
            found = people.suits[i] if arranged else _VOLUNTEERING
        people.activity[i], people.active[i], people.practice_hours[i] = found, found != _NONE, unpaid[found]
        training[many] = row
        many += found == _TRAINING
    return training[:many].copy()


def step(state: State, params: Params, draws: Draws) -> dict[str, np.ndarray]:
    """Assign activities, and award certificates for training."""
    people, households, month = state.newcomers, state.households, state.clock.month
    rows, since = adults(state), offered_since(state, params.offered_from, params.protected_too)
    unpaid = np.zeros(len(Activity), np.int8)
    unpaid[Activity.INTERNSHIP] = params.internship_hours
    unpaid[Activity.PARTICIPATION_JOB] = params.participation_job_hours
    unpaid[Activity.SOCIAL_FIRM] = params.social_firm_hours
    training = choose(rows, people, households, since, params, unpaid)
    people.trained[training] = np.minimum(people.trained[training], LONGEST) + 1
    certified = training[(people.trained[training] >= params.training_months) & (people.certified[training] == NEVER)]
    people.certified[certified] = month
    return {"certified": certified}
