"""Adults of the village, ready to work, and the log odds of a job in plain NumPy."""

import numpy as np

from abm.engine.clock import NEVER, WEEKS_PER_MONTH
from abm.engine.draws import Draws
from abm.engine.table import NO_ROW
from abm.jobs import job_search, work
from abm.people.working_age import free_since, look
from abm.tables.people import Schooling, Stage, Track
from tests.helpers.village import village_state as village_of_2015

PLAIN = {"level": 0.29, "idleness": 1.3, "experience": 0.19}
PLAIN |= dict.fromkeys(("woman", "selection", "ageing", "in_reception"), 0)


def village_state():
    """The village after a year, since the month before January 2015 has the number that stands for never."""
    state = village_of_2015()
    state.clock.month = 12
    state.employers.vacancies[:] = 10_000  # more than enough for all seekers
    return state


def make_adults(state, rows, **columns):
    """Make the leads of households men of 30 with secondary school and level 2, unless given; returns their rows."""
    folk = state.newcomers
    of = np.flatnonzero(np.isin(folk.household, rows) & (folk.role == 0))
    defaults = {"schooling": Schooling.SECONDARY, "female": False, "born": state.clock.month - 360, "language": 2.0}
    for name, value in (defaults | columns).items():
        getattr(folk, name)[of] = value
    folk.adult[:] = False
    folk.adult[look(state)] = True  # as profile does
    return of


def odds(state, rows, **params):
    """The log odds of a job of persons who may work, (n,), as `work.find_jobs` computes them."""
    p = work.Params(**params)
    cap = Draws(1, "work", state.clock.month).address("cap", lifelong=True)
    found = job_search.seek(
        rows,
        state,
        free_since(state),
        work.weights(p),
        work.rules(state, p),
        work.local_odds(state, p),
        p.match,
        cap,
        lambda who: 0,
    )
    assert found.row.tolist() == rows.tolist()
    return np.log(found.probability / (1 - found.probability))  # search and access are one


def slow_odds(people, households, p, rows, month):
    """Personal part of z in NumPy, as the rule is written."""
    decades = np.maximum(month - people.born[rows].astype(int) - 360, 0) / 120
    diploma = np.where(people.regulated[rows], p.regulated, p.recognised) * (people.recognised[rows] != NEVER)
    return (
        people.talent[rows].astype(float)
        + p.support * households.support_at_placement[people.household[rows]].astype(float)
        + p.level * (people.language[rows].astype(float) - 2)
        - p.idleness * people.idleness[rows]
        + p.experience * np.minimum(people.experience[rows].astype(float), 2)
        + p.ageing * decades
        + np.where(
            households.stage[people.household[rows]] == Stage.PROTECTED, p.selection, p.woman * people.female[rows]
        )
        + p.in_reception * (households.location[people.household[rows]] != NO_ROW)
        + p.at_scale * p.coaching * people.coaching[rows]
        + diploma
    )


def slow_probability(households, p, people, rows, z, month):
    """Probability of a job where there is a vacancy in NumPy, as the rule is written."""
    of = people.household[rows]
    unpromising = (households.track[of] == Track.FAST) | (households.stage[of] == Stage.DEPARTING)
    barred = unpromising | (month - households.applied[of] < p.barred_months)
    free = np.where(barred, 0.0, p.with_permit if p.work_permit else 1.0)
    free = np.where((households.granted[of] != NEVER) | households.free_to_work[of], 1.0, free)
    left = np.maximum(1 - people.class_hours[rows].astype(float) / (p.full_week * WEEKS_PER_MONTH), 0)
    locked = np.where(people.dual[rows], p.lock_in_dual, p.lock_in)
    search = np.where(people.exempt[rows], 0.0, np.where(people.integrating[rows], locked, left))
    return free * search / (1 + np.exp(-z))
