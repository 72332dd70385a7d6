"""The terms of a job, for `abm.jobs.work`: its level, hours and wage.

    P(job at the level of schooling) = logistic(a + b (level - 3) + d recognised diploma)     from secondary school on
    wage = minimum wage x over_minimum x (matched_wage, if at that level) x hours / full week

Wages rise with the minimum wage. A job keeps its level and hours; only another job can have better ones.

Source: minimum wage, abm/facts/data/national_series.csv; level of the job E010, E033, E035, bakker_mismatch; hours
ser_jobs.
"""

from typing import NamedTuple

import numpy as np

from abm.engine.clock import NEVER
from abm.engine.draws import Draws
from abm.state import State
from abm.tables.people import Schooling

B1 = 3  # level of Dutch at which `at_level` holds


class Terms(NamedTuple):
    """Numbers of the hours, level and wage of jobs; see Params of `work`."""

    over_minimum: float
    full_week: float
    full_time: float
    hours: float
    hours_spread: float
    at_level: float
    level_language: float
    level_recognised: float
    matched_wage: float


def begin_jobs(
    state: State, terms: Terms, draws: Draws, hired: np.ndarray, where: np.ndarray, employer: np.ndarray
) -> None:
    """Begin jobs, with their level, hours and wage; where: region of residence, employer: row, (n,) each."""
    people, month, who = state.newcomers, state.clock.month, state.newcomers.identity[hired]
    matched = at_level(state, terms, hired, draws.uniform("level", who))
    hours = hours_of(terms, draws.uniform("hours", who))
    skilled = matched & (people.schooling[hired] >= Schooling.SECONDARY)
    full = terms.over_minimum * state.inputs.series_at("minimum_wage", month)
    people.employed[hired] = True
    people.hired[hired] = month
    people.level_matched[hired] = matched
    people.work_hours[hired] = hours
    people.wage[hired] = full * np.where(skilled, terms.matched_wage, 1.0) * hours / terms.full_week
    people.work_region[hired] = where
    people.employer[hired] = employer


def at_level(state: State, terms: Terms, rows: np.ndarray, u: np.ndarray) -> np.ndarray:
    """Whether new jobs require the schooling of those hired, (n,) bool, by uniform draws u.

    Every job is at the level of primary school.
    """
    people = state.newcomers
    z = terms.at_level + terms.level_language * (people.language[rows].astype(np.float64) - B1)
    z += terms.level_recognised * (people.recognised[rows] != NEVER)
    return (people.schooling[rows] < Schooling.SECONDARY) | (u < 1 / (1 + np.exp(-z)))


def hours_of(terms: Terms, u: np.ndarray) -> np.ndarray:
    """Whole hours of jobs a week, (n,), from uniform draws u: a full week, or uniform around the part-time mean."""
    part = (u - terms.full_time) / (1 - terms.full_time)
    around = terms.hours + terms.hours_spread * (2 * part - 1)
    return np.rint(np.where(u < terms.full_time, terms.full_week, np.clip(around, 1, terms.full_week)))


def follow_minimum_wage(state: State, working: np.ndarray) -> None:
    """Raise wages along with the minimum wage."""
    month, wage = state.clock.month, state.newcomers.wage
    now, then = (state.inputs.series_at("minimum_wage", max(each, 0)) for each in (month, month - 1))
    if now != then:
        wage[working] *= now / then


def end_jobs(people, rows: np.ndarray) -> None:
    """End the jobs of persons."""
    people.employed[rows] = False
    people.work_hours[rows] = 0
    people.wage[rows] = 0
