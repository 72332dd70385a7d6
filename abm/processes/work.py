"""People of working age find paid work, and lose it.

    chance of a job this month = access x search x logistic(z)
    z = base + b_L (level - 2) - b_D idleness + b_X experience + b_A (age - 30) / 10 + b_F woman + talent
        + b_U (unemployment - its level in 2018) + b_R lives in reception + b_J coaching + b_P recognised diploma
        + b_W subsidy + b_M match with the region

Access is none in the first months after the application, a fraction while a work permit is needed, and one with a
permit. Search is lower while in class (lock-in) and none when exempt. A job ends by chance, less often with experience,
and when somebody is moved in reception to another region.

Source: job finding E045, E010, E004, E005, E026, E031, E032; match E021, E024; work permits
E007; separation E046; lock-in E012, E013.
"""

import numpy as np
from numba import njit

from abm.adults import adults, regions_of
from abm.clock import MONTHS
from abm.draws import Draws
from abm.kernels import WEEKS_PER_MONTH
from abm.matching import matched
from abm.params import ProcessParams, param
from abm.populations import NEVER, Stage, Track

WRITES = (
    "newcomers.employed",
    "newcomers.hired",
    "newcomers.experience",
    "newcomers.work_hours",
    "newcomers.wage",
    "newcomers.work_region",
    "households.assisted",
)
REFERENCE = 4.9  # unemployment of 2018 [%], the level at which `base` holds
PRIME, DECADE = 30 * MONTHS, 10 * MONTHS  # age from which finding work gets harder, and the step [months]
FADING = 0.02  # share of experience that a month without work takes


class Params(ProcessParams):
    """How jobs are found and lost."""

    barred_months: int = param(
        6, "months", 0, 36, "rule_6m", "months after the application in which work is barred", lever=True,
        dated={"2026-06": 3},
    )  # fmt: skip
    work_permit: bool = param(
        True, "switch", None, None, "rule_6m", "whether work before the decision needs a work permit", lever=True
    )
    with_permit: float = param(
        0.4, "ratio", 0.02, 1, "E007|twv: 1,514 permits in 2017-2021; after the cap of 24 weeks an assumption",
        "job finding where a work permit is needed, over that with free access", dated={"2023-12": 0.8},
    )  # fmt: skip
    base: float = param(-3.0, "log odds/month", -4.2, -2.0, "E045: prior of alpha_0, kept median", "job finding")
    level: float = param(0.29, "log odds/level", 0.05, 0.6, "E010|E036", "a level of Dutch more")
    idleness: float = param(1.3, "log odds", 0, 2, "E000|E001|E004|E005", "full disengagement against none, subtracted")
    experience: float = param(
        0.19, "log odds/year", 0, 0.5, "assumption: prior of beta_X", "a year worked more, to two"
    )
    woman: float = param(
        -0.6, "log odds", -1.5, 0, "assumption: E013; a job had 29% of men and 4% of women (inb_work_coa)",
        "a woman rather than a man",
    )  # fmt: skip
    ageing: float = param(-0.15, "log odds/decade", -0.5, 0, "assumption", "ten years older, from 30 on")
    unemployment: float = param(-0.06, "log odds/pp", -0.1, -0.02, "E031|E032", "a point of unemployment more")
    slack: float = param(
        0,
        "percentage points",
        -3,
        5,
        "assumption: nothing on top of the series",
        "unemployment over that of the series",
    )
    in_reception: float = param(-0.9, "log odds", -1, 0, "assumption: prior of b_azc", "living in reception")
    lock_in: float = param(
        0.19, "ratio", 0.05, 0.5, "E012|E013|E045", "search during civic integration, over that after"
    )
    lock_in_dual: float = param(0.65, "ratio", 0.4, 0.9, "E012|E013", "the same on a dual track")
    coaching: float = param(0.6, "log odds", 0, 1.1, "E036|E038: prior of beta_J", "full coaching against none")
    at_scale: float = param(
        0.5, "share", 0.1, 1, "E039: prior of omega", "of that, what is left where everybody is coached"
    )
    subsidised_share: float = param(
        0, "share", 0, 1, "assumption", "job seekers whose employer would get a wage subsidy", lever=True
    )
    subsidy: float = param(0.4, "log odds", 0.1, 0.8, "E040|E041: sign; size an assumption", "a subsidy against none")
    regulated: float = param(0.6, "log odds", 0.2, 1, "E033", "a recognised diploma, profession regulated by law")
    recognised: float = param(0.1, "log odds", 0, 0.2, "E033|E034", "a recognised diploma, other profession")
    match: float = param(
        0.2, "log odds", 0, 0.45, "E021|E022|E023|E024: prior of beta_M; the value is an assumption within it",
        "a standard deviation more of the match with the region",
    )  # fmt: skip
    separation: float = param(0.04, "share/month", 0.015, 0.05, "E046", "jobs that end each month, without experience")
    settled: float = param(0.27, "log/year", 0, 0.5, "E046", "how a year of experience lowers that")
    assistance_hours: float = param(
        24, "hours/week", 12, 40, "assumption: minimum wage of these hours passes the norm for one adult",
        "hours of work per adult from which a household needs no social assistance",
    )  # fmt: skip
    hourly_wage: float = param(
        14, "EUR/hour", 10, 30, "assumption: a little over the minimum wage of January 2024", "gross wage of first jobs"
    )
    hours: int = param(28, "hours/week", 12, 40, "assumption", "mean hours of a job")


def access(waited: np.ndarray, permit: np.ndarray, fast: np.ndarray, params: Params) -> np.ndarray:
    """Access to work, (n,) in [0, 1]; waited [months since the application], permit, fast (unpromising): (n,)."""
    before = np.where(waited < params.barred_months, 0.0, params.with_permit if params.work_permit else 1.0)
    return np.where(permit, 1.0, np.where(fast, 0.0, before))


@njit(cache=True)
def chances(z, access, exempt, integrating, dual, lock_in, lock_in_dual):
    """Chance of a job this month, (n,); z [log odds], access, exempt, integrating, dual: (n,)."""
    found = np.empty(len(z))
    for i in range(len(z)):
        search = 1.0
        if exempt[i]:
            search = 0.0
        elif integrating[i]:
            search = lock_in_dual if dual[i] else lock_in
        found[i] = access[i] * search / (1 + np.exp(-z[i]))
    return found


def odds(state, params: Params, rows: np.ndarray) -> np.ndarray:
    """z of persons, (n,) log odds."""
    people, households, month = state.newcomers, state.households, state.clock.month
    decades = np.maximum(month - people.born[rows] - PRIME, 0) / DECADE
    unemployment = REFERENCE + params.slack
    return (
        params.base
        + params.level * (people.language[rows] - 2)
        - params.idleness * people.idleness[rows]
        + params.experience * np.minimum(people.experience[rows], 2)
        + params.ageing * decades
        + params.woman * people.female[rows]
        + params.unemployment * (unemployment - REFERENCE)
        + params.in_reception * (households.location[people.household[rows]] != NEVER)
        + params.at_scale * params.coaching * people.coaching[rows]
        + np.where(people.regulated[rows], params.regulated, params.recognised) * (people.recognised[rows] != NEVER)
        + params.match * matched(state, rows)
        + people.talent[rows]
    )


def step(state, params: Params, draws: Draws) -> dict[str, np.ndarray]:
    """End jobs, then find them; experience grows and fades."""
    people, households, month = state.newcomers, state.households, state.clock.month
    rows = adults(state)
    employed, who = people.employed[rows], people.identity[rows]
    ends = params.separation * np.exp(-params.settled * people.experience[rows])
    lost = rows[employed & ((draws.uniform("ends", who) < ends) | moved_away(state, rows))]
    seeking = rows[~employed]
    of = people.household[seeking]
    permit = households.granted[of] != NEVER
    free = access(month - households.applied[of], permit, unpromising(households, of), params)
    z = odds(state, params, seeking)
    z += params.subsidy * (draws.once("subsidised", people.identity[seeking]) < params.subsidised_share)
    chance = chances(
        z, free, people.exempt[seeking], people.integrating[seeking], people.dual[seeking],
        params.lock_in, params.lock_in_dual,
    )  # fmt: skip
    hired = seeking[draws.uniform("finds", people.identity[seeking]) < chance]
    people.experience[rows] = np.where(
        employed, people.experience[rows] + 1 / MONTHS, people.experience[rows] * (1 - FADING)
    )
    end(people, lost)
    people.employed[hired] = True
    people.hired[hired] = month
    people.work_hours[hired] = params.hours
    people.wage[hired] = params.hours * WEEKS_PER_MONTH * params.hourly_wage
    people.work_region[hired] = regions_of(state, hired)
    households.assisted[:] = needs_assistance(state, rows, params)
    counted = np.zeros(len(people), dtype=np.bool_)
    counted[rows] = True
    end(people, np.flatnonzero(people.employed & ~counted))  # who left the country or reached the pension
    barred = households.granted[people.household[hired]] == NEVER
    asked = barred & params.work_permit
    return {"hired": hired, "job_lost": lost, "hired_with_work_permit": hired[asked]}


def end(people, rows: np.ndarray) -> None:
    """End jobs."""
    people.employed[rows] = False
    people.work_hours[rows] = 0
    people.wage[rows] = 0


def moved_away(state, rows: np.ndarray) -> np.ndarray:
    """Who lives in reception in another region than where the job began, (n,) bool: too far to keep it."""
    people, households = state.newcomers, state.households
    in_reception = households.location[people.household[rows]] != NEVER
    return in_reception & (people.work_region[rows] != regions_of(state, rows))


def needs_assistance(state, rows: np.ndarray, params: Params) -> np.ndarray:
    """Housed households whose adults of working age work too few hours, (households,) bool."""
    people, households = state.newcomers, state.households
    of = people.household[rows]
    hours = np.bincount(of, people.work_hours[rows], len(households))
    adults_of = np.bincount(of, minlength=len(households))
    return (households.stage == Stage.HOUSED) & (adults_of > 0) & (hours < params.assistance_hours * adults_of)


def unpromising(households, of: np.ndarray) -> np.ndarray:
    """Households that were refused for good or are on the fast track, (n,) bool."""
    return (households.track[of] == Track.FAST) | (households.stage[of] == Stage.DEPARTING)
