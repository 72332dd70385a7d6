"""Dutch grows with hours of class, at work and among neighbours; months without work or activity leave disengagement.

    level = level + (hours of class + e x hours of work + informal) / (hours per level x age x (1 + slope x level))
    idleness = idleness + (1 - idleness) (1 - exp(-1 / tau)) fill (1 - k x active)     while not employed, before a home
    idleness = idleness x 2^(-1 / half-life)                                           while employed or housed

Hours per level follow schooling. Filling is full while work is barred and partial when it is allowed but there is none.

Source: E017 (hours per level), E018 (age), E004, E005, E020 (disengagement).
"""

import numpy as np
from numba import njit

from abm.adults import adults
from abm.draws import Draws
from abm.kernels import WEEKS_PER_MONTH
from abm.params import ProcessParams, param
from abm.populations import IN_RECEPTION, NEVER, Stage

WRITES = ("newcomers.language", "newcomers.idleness")
_WAITS = np.isin(np.arange(len(Stage)), IN_RECEPTION)
TOP = 5.0  # C1, the highest level that is counted


class Params(ProcessParams):
    """How fast people learn, and what idle months do."""

    hours_none: float = param(600, "hours/level", 500, 700, "E017", "class hours per level, who cannot read and write")
    hours_primary: float = param(240, "hours/level", 200, 350, "E017", "the same after primary school")
    hours_secondary: float = param(210, "hours/level", 160, 260, "E017", "the same after secondary school")
    hours_higher: float = param(120, "hours/level", 100, 180, "E017", "the same after higher education")
    slope: float = param(0.36, "ratio/level", 0.1, 0.6, "assumption: prior of delta", "how much slower each level is")
    young: float = param(0.65, "ratio", 0.5, 0.8, "E018", "hours needed under 25, over those of 25 to 44")
    old: float = param(2.0, "ratio", 1.5, 2.5, "E018", "hours needed from 45 on, over those of 25 to 44")
    at_work: float = param(
        0.1, "ratio", 0.02, 0.15, "E012: prior of e_w", "hours of class that an hour of work is worth"
    )
    at_work_dual: float = param(0.2, "ratio", 0.1, 0.3, "E012: prior of e_w", "the same on a dual track")
    informal: float = param(4, "hours/month", 0, 8, "E019: prior of f_inf", "hours of class that daily life is worth")
    idle_months: float = param(10, "months", 6, 18, "E005: prior of tau_D", "time in which disengagement builds up")
    half_life: float = param(55, "months", 24, 96, "E004|E005: prior of h_D", "half-life of disengagement afterwards")
    idle_allowed: float = param(
        0.38, "share", 0, 1, "assumption: prior of w_idle", "filling where work is allowed but there is none"
    )
    activity: float = param(
        0.47,
        "share",
        0,
        1,
        "E003|E020: sign; size an assumption",
        "of the filling, prevented by class or other activity",
    )


YOUNG, OLD = 25 * 12, 45 * 12  # ages [months] between which learning takes the hours of its schooling


@njit(cache=True)
def learned(language, class_hours, at_work, schooling, age, per_level, slope, young, old, informal):
    """Level after this month, (n,) float32.

    language [level], class_hours, at_work [both in hours of class a month], schooling, age [months]: (n,); per_level
    [hours/level] by schooling; the rest numbers, see Params.
    """
    found = np.empty(len(language), np.float32)
    for i in range(len(language)):
        ease = young if age[i] < YOUNG else old if age[i] >= OLD else 1.0
        needed = per_level[schooling[i]] * ease * (1 + slope * language[i])
        gained = (class_hours[i] + at_work[i] + informal) / needed
        found[i] = min(language[i] + gained, TOP)
    return found


@njit(cache=True)
def disengaged(idleness, employed, waits, barred, active, pace, allowed, activity, kept):
    """Disengagement after this month, (n,) float32.

    idleness [share], employed, waits (in reception), barred (from work), active: (n,); pace [share/month], allowed,
    activity [share], kept [share/month]: numbers.
    """
    found = np.empty(len(idleness), np.float32)
    for i in range(len(idleness)):
        if waits[i] and not employed[i]:
            fill = (1.0 if barred[i] else allowed) * (1 - activity * active[i])
            found[i] = idleness[i] + (1 - idleness[i]) * pace * fill
        else:
            found[i] = idleness[i] * kept
    return found


def step(state, params: Params, draws: Draws) -> dict[str, np.ndarray]:
    """Let everybody of working age learn, and let idle months count."""
    people, households, month = state.newcomers, state.households, state.clock.month
    rows = adults(state)
    of, age = people.household[rows], month - people.born[rows].astype(np.int64)
    per_level = np.array([params.hours_none, params.hours_primary, params.hours_secondary, params.hours_higher])
    employed, class_hours = people.employed[rows], people.class_hours[rows]
    worth = np.where(people.dual[rows], params.at_work_dual, params.at_work)
    people.language[rows] = learned(
        people.language[rows], class_hours, worth * people.work_hours[rows] * WEEKS_PER_MONTH, people.schooling[rows],
        age, per_level, params.slope, params.young, params.old, params.informal,
    )  # fmt: skip
    waits = _WAITS[households.stage[of]]
    pace, kept = 1 - np.exp(-1 / params.idle_months), 2 ** (-1 / params.half_life)
    active = (class_hours > 0) | people.active[rows]
    barred = households.granted[of] == NEVER
    people.idleness[rows] = disengaged(
        people.idleness[rows], employed, waits, barred, active, pace, params.idle_allowed, params.activity, kept
    )
    return {}
