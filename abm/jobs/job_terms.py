"""The terms of a job, for `abm.jobs.work`: its level, hours and wage.

    P(job at the level of schooling) = logistic(a + b (level - 3) + d recognised diploma)     from secondary school on
    wage = minimum wage x over_minimum x (matched_wage, if at that level) x hours / full week

Wages rise with the minimum wage. A job keeps its level and hours; only another job can have better ones.

Source: minimum wage, abm/facts/data/national_series.csv; level of the job E010, E033, E035, bakker_mismatch; hours
ser_jobs.
"""

import numpy as np

from abm.engine.clock import NEVER
from abm.engine.params import ProcessParams, param
from abm.state import State
from abm.tables.people import Schooling

B1 = 3  # level of Dutch at which `at_level` holds


class TermParams(ProcessParams):
    """The hours, level and wage of jobs."""

    over_minimum: float = param(
        1.1, "ratio", 1, 2, "assumption: first jobs pay little over the minimum",
        "gross wage, relative to the minimum wage",
    )  # fmt: skip
    full_week: float = param(
        38,
        "hours/week",
        36,
        40,
        "assumption: usual full week",
        "hours to which the minimum wage applies, and of which a class that is no duty takes its part from search",
    )
    full_time: float = param(
        0.27, "share", 0.15, 0.53, "ser_jobs: 73% part time after five and a half years; ukr_emp_hours",
        "jobs of a full week",
    )  # fmt: skip
    hours: int = param(
        24, "hours/week", 12, 34, "assumption: with `full_time` a mean of about 28", "mean hours of a part-time job"
    )
    hours_spread: int = param(
        10, "hours/week", 0, 20, "assumption: a third under 20 hours; half of them in ukr_emp_hours (July 2022)",
        "largest deviation of a part-time job from the mean hours",
    )  # fmt: skip
    at_level: float = param(
        -0.6, "log odds", -2, 1, "assumption: a third of the jobs (bakker_mismatch: sign)",
        "job at the level of schooling, at B1 and without a recognised diploma",
    )  # fmt: skip
    level_language: float = param(
        0.3, "log odds/level", 0, 0.6, "E010: sign; size an assumption, as for finding a job",
        "job at the level of schooling, for one more level of Dutch",
    )  # fmt: skip
    level_recognised: float = param(
        0.8, "log odds", 0, 1.6, "E035|bakker_mismatch: sign; size an assumption",
        "job at the level of schooling, for a recognised diploma",
    )  # fmt: skip
    matched_wage: float = param(
        1.2, "ratio", 1, 1.6, "E033: full recognition raised hourly wages by a fifth; taken for a job at the level",
        "wage of a job at the level of secondary school or more, relative to another job",
    )  # fmt: skip


def at_level(state: State, params: TermParams, rows: np.ndarray, u: np.ndarray) -> np.ndarray:
    """Whether new jobs require the schooling of those hired, (n,) bool, by uniform draws u.

    Every job is at the level of primary school.
    """
    people = state.newcomers
    z = params.at_level + params.level_language * (people.language[rows].astype(np.float64) - B1)
    z += params.level_recognised * (people.recognised[rows] != NEVER)
    return (people.schooling[rows] < Schooling.SECONDARY) | (u < 1 / (1 + np.exp(-z)))


def hours_of(params: TermParams, u: np.ndarray) -> np.ndarray:
    """Whole hours of jobs a week, (n,), from uniform draws u: a full week, or uniform around the part-time mean."""
    part = (u - params.full_time) / (1 - params.full_time)
    around = params.hours + params.hours_spread * (2 * part - 1)
    return np.rint(np.where(u < params.full_time, params.full_week, np.clip(around, 1, params.full_week)))


def follow_minimum_wage(state: State, working: np.ndarray) -> None:
    """Raise wages along with the minimum wage."""
    month, wage = state.clock.month, state.newcomers.wage
    now, then = (state.inputs.series_at("minimum_wage", max(each, 0)) for each in (month, month - 1))
    if now != then:
        wage[working] *= now / then
