"""Learning Dutch and disengagement: levels and stocks worked out by hand."""

import math

import numpy as np
import pytest

from abm.populations import Schooling, Stage
from abm.processes import learning
from tests.test_work import grown, village_state
from tests.village import people, run

PER_LEVEL = np.array([600.0, 240.0, 210.0, 120.0])


def one(language=0.0, hours=0.0, at_work=0.0, schooling=Schooling.SECONDARY, age=360, slope=0.5, informal=0.0):
    """Level of one person after a month."""
    columns = (np.array([each]) for each in (language, hours, at_work, schooling, age))
    return float(learning.learned(*columns, PER_LEVEL, slope, 0.65, 2.0, informal)[0])


def test_a_level_takes_the_hours_of_its_schooling():
    assert one(hours=210) == pytest.approx(1)
    assert one(hours=120, schooling=Schooling.HIGHER) == pytest.approx(1)
    assert one(hours=60, schooling=Schooling.NONE) == pytest.approx(0.1)


def test_higher_levels_age_and_other_hours():
    assert one(language=2, hours=42) == pytest.approx(2 + 42 / (210 * 2))  # slope 0.5: twice the hours at level 2
    assert one(hours=42, age=45 * 12) == pytest.approx(0.1)
    assert one(hours=42, age=24 * 12) == pytest.approx(42 / (210 * 0.65))
    assert one(hours=10, at_work=10, informal=1) == pytest.approx(0.1)
    assert one(language=4.9, hours=10_000) == 5


def test_disengagement_fills_while_waiting_and_fades_after():
    pace, kept = 1 - math.exp(-1 / 10), 2 ** (-1 / 55)
    columns = {
        "idleness": np.array([0, 0, 0, 0.5, 0.5, 0.5], np.float32),
        "employed": np.array([0, 0, 0, 0, 1, 0], bool),
        "waits": np.array([1, 1, 1, 1, 1, 0], bool),
        "barred": np.array([1, 0, 1, 1, 1, 0], bool),
        "active": np.array([0, 0, 1, 0, 0, 0], bool),
    }
    found = learning.disengaged(*columns.values(), pace, 0.4, 0.5, kept)
    expected = [pace, 0.4 * pace, 0.5 * pace, 0.5 + 0.5 * pace, 0.5 * kept, 0.5 * kept]
    assert found == pytest.approx(expected, rel=1e-6)


def test_the_first_months_cost_most_and_the_stock_stays_below_one():
    state = village_state()
    (who,) = grown(state, people(state, Stage.IN_DECISION, applied=-1))
    levels = [0.0]
    for _ in range(36):
        run(learning, state)
        levels.append(float(state.newcomers.idleness[who]))
    steps = np.diff(levels)
    assert (steps > 0).all()
    assert (np.diff(steps) < 0).all()
    assert levels[10] == pytest.approx(1 - math.exp(-1), abs=1e-5)  # ten months, the time constant
    assert levels[-1] < 1


def test_hours_at_work_count_more_on_a_dual_track():
    state = village_state()
    rows = grown(state, people(state, Stage.HOUSED, count=2), language=1.0, employed=True, work_hours=28)
    state.newcomers.dual[rows[1]] = True
    run(learning, state, at_work=0.1, at_work_dual=0.2, informal=0)
    serial, dual = state.newcomers.language[rows] - 1
    assert dual == pytest.approx(2 * serial, rel=1e-4)
    assert serial == pytest.approx(0.1 * 28 * 365.25 / 84 / (210 * 1.36), rel=1e-4)


def test_nobody_of_working_age_is_fine():
    assert run(learning, village_state()) == {}
