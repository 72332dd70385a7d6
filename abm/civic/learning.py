"""Language learning and disengagement: Dutch grows with class, work and neighbours; idle months build disengagement.

    level = level + (hours of class + e x hours of work + informal) / (hours per level x age x (1 + slope x level))
    informal = hours of daily life x (1 - share of neighbours with the own language) x (1 + mixed x other neighbours)
    idleness = idleness + (1 - idleness) (1 - exp(-1 / tau)) fill (1 - k x active)     while not employed, before a home
    idleness = idleness x 2^(-1 / half-life)                                           while employed or housed

Hours of work are those of a paid job or of an activity. Neighbours are those in the same reception location, where all
are newcomers, or around a home, where compatriots are over-represented (language_exposure.py). Hours per level depend
on schooling. People who had been in the Netherlands before they applied begin with the Dutch that daily life in those
months gave, at the level that the first rule reaches without class, work or neighbours. Disengagement builds up in full
while work is barred, and in part (`fill`) where the law lets the person work, with or without a work permit, but the
person has no job. Permit holders may work, and applicants whom last month's rules of access (work) let work.
Disengagement was found in people who wait for a decision or may not work: those under temporary protection who are free
to work build up none.

Source: E017 (hours per level), E018 (age), E019 (own language), E077 (mixed living), E004, E005, E020 (disengagement).
"""

from collections import namedtuple
from math import sqrt
from typing import NamedTuple

import numpy as np

from abm.civic.language_exposure import openness
from abm.engine.clock import NEVER, WEEKS_PER_MONTH
from abm.engine.compiled import njit
from abm.engine.draws import Draws
from abm.engine.kernels import kernel
from abm.engine.params import ProcessParams, once_for_params, param
from abm.people.working_age import adults
from abm.state import State
from abm.tables.people import IN_RECEPTION, Stage

WRITES = ("newcomers.language", "newcomers.idleness")
EVENTS = {}
_WAITS = np.isin(np.arange(len(Stage)), (*IN_RECEPTION, Stage.PROTECTED))
TOP = 5.0  # C1, the highest level that is counted


class Params(ProcessParams):
    """How fast people learn, and how disengagement builds up and fades."""

    hours_none: float = param(
        600, "hours/level", 500, 700, "E017", "class hours per level for people who cannot read and write"
    )
    hours_primary: float = param(240, "hours/level", 200, 350, "E017", "class hours per level with primary school")
    hours_secondary: float = param(210, "hours/level", 160, 260, "E017", "class hours per level with secondary school")
    hours_higher: float = param(120, "hours/level", 100, 180, "E017", "class hours per level with higher education")
    slope: float = param(
        0.36, "ratio/level", 0.1, 0.6, "assumption: prior of delta", "increase in the hours needed per level reached"
    )
    young: float = param(0.65, "ratio", 0.5, 0.8, "E018", "hours needed under age 25, relative to ages 25 to 44")
    old: float = param(2.0, "ratio", 1.5, 2.5, "E018", "hours needed from age 45, relative to ages 25 to 44")
    at_work: float = param(
        0.1, "ratio", 0.02, 0.15, "E012: prior of e_w", "hours of class that an hour of work is worth"
    )
    at_work_dual: float = param(
        0.2, "ratio", 0.1, 0.3, "E012: prior of e_w", "hours of class that an hour of work is worth on a dual track"
    )
    informal: float = param(4, "hours/month", 0, 8, "E019: prior of f_inf", "hours of class that daily life is worth")
    mixed: float = param(
        0.2,
        "ratio",
        0,
        1,
        "assumption: E077, qualitative",
        "increase in informal Dutch where all neighbours are residents",
    )
    clustering: float = param(
        5, "ratio", 1, 20, "assumption", "share of compatriots among neighbours, relative to the municipality"
    )
    idle_months: float = param(10, "months", 6, 18, "E005: prior of tau_D", "time constant of disengagement")
    half_life: float = param(
        55, "months", 24, 96, "E004|E005: prior of h_D", "half-life of disengagement once at work or housed"
    )
    idle_allowed: float = param(
        0.38, "share", 0, 1, "assumption: prior of w_idle",
        "build-up of disengagement without a job where work is allowed, relative to where it is barred",
    )  # fmt: skip
    activity: float = param(
        0.47, "share", 0, 1, "E003|E020: sign; size an assumption",
        "build-up of disengagement that class or another activity prevents",
    )  # fmt: skip


YOUNG, OLD = 25 * 12, 45 * 12  # ages [months] between which hours depend on schooling alone


Learners = namedtuple("Learners", "language class_hours work_hours practice_hours dual schooling born household")
Idle = namedtuple("Idle", "idleness employed class_hours active household")
Rights = namedtuple("Rights", "stage free_to_work may_work granted")


class Learning(NamedTuple):
    """Factors of learning; see Params."""

    informal: float
    slope: float
    young: float
    old: float
    at_work: float
    at_work_dual: float


class Idling(NamedTuple):
    """Factors that slow disengagement; see Params."""

    idle_allowed: float
    activity: float


@njit
def level_after(months, rates, needed):
    """Level [CEFR] that daily life of some months gives from nothing; needed [hours/level] for the first level."""
    return (sqrt(1 + 2 * rates.slope * months * rates.informal / needed) - 1) / rates.slope


@kernel(writes=("people.language",))
def learn(rows, people: Learners, informal, earlier, month, per_level, rates: Learning):
    """Add this month's learning to the language level of rows, in place.

    informal [hours/month], earlier (months in the Netherlands before the application): of households; per_level
    [hours/level]: by schooling.
    """
    for row in rows:
        i = np.uint64(row)  # unsigned: no check for a negative index
        age = month - people.born[i]
        ease = rates.young if age < YOUNG else rates.old if age >= OLD else 1.0
        first_level, of = per_level[people.schooling[i]] * ease, np.uint64(people.household[i])
        if earlier[of] > 0 and people.language[i] == 0:  # the first month as an adult here
            people.language[i] = min(level_after(earlier[of], rates, first_level), TOP)
        needed = first_level * (1 + rates.slope * people.language[i])
        worth = rates.at_work_dual if people.dual[i] else rates.at_work
        working = WEEKS_PER_MONTH * (people.work_hours[i] + people.practice_hours[i])
        gained = (people.class_hours[i] + worth * working + informal[of]) / needed
        people.language[i] = min(people.language[i] + gained, TOP)


@kernel(writes=("people.idleness",))
def disengage(rows, people: Idle, households: Rights, waits, rate, kept, fills: Idling):
    """Update the disengagement of rows for this month, in place.

    waits: whether adults without a job build up disengagement, by stage; people under temporary protection who are free
    to work build up none. The right to work that a permit brings counts at once. rate [share/month]: part of the gap to
    1 closed while waiting; kept: part left a month later afterwards.
    """
    idleness, employed, class_hours, active, household = people
    for row in rows:
        i = np.uint64(row)
        of = np.uint64(household[i])
        if waits[np.uint64(households.stage[of])] and not (households.free_to_work[of] or employed[i]):
            allowed = households.may_work[of] or households.granted[of] != NEVER
            fill = fills.idle_allowed if allowed else 1.0
            fill *= 1 - fills.activity * ((class_hours[i] > 0) | active[i])
            idleness[i] += (1 - idleness[i]) * rate * fill
        else:
            idleness[i] *= kept


@once_for_params
def hours_per_level(params: Params) -> np.ndarray:
    """Hours for the first level of Dutch by schooling, (schoolings,)."""
    found = np.array([params.hours_none, params.hours_primary, params.hours_secondary, params.hours_higher])
    found.flags.writeable = False
    return found


@once_for_params
def idling(params: Params) -> tuple[float, float]:
    """Part of the gap to full disengagement that is closed in an idle month, and part that is left after another."""
    return 1 - np.exp(-1 / params.idle_months), 2 ** (-1 / params.half_life)


def step(state: State, params: Params, draws: Draws) -> dict[str, np.ndarray]:
    """Raise the language level of adults of working age, and update their disengagement."""
    people, households = state.newcomers, state.households
    rows = adults(state)
    informal = params.informal * openness(state, params.mixed, params.clustering)
    learn(rows, people, informal, households.earlier, state.clock.month, hours_per_level(params), params)
    rate, kept = idling(params)
    disengage(rows, people, households, _WAITS, rate, kept, params)
    return {}
