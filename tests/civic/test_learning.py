"""Learning Dutch and disengagement: levels worked out by hand."""

import math

import numpy as np
import pytest

from abm.asylum import arrival
from abm.civic import learning
from abm.engine.clock import NEVER
from abm.jobs import work
from abm.tables.people import Schooling, Stage, Track
from tests.helpers.adults import make_adults, village_state
from tests.helpers.village import people, run

PER_LEVEL = np.array([600.0, 240.0, 210.0, 120.0])
RATES = learning.Learning(informal=4.0, slope=0.36, young=0.65, old=2.0, at_work=0.1, at_work_dual=0.2)


def slow(language, hours, work_hours, dual, schooling, age, slope, informal):
    """Level of one person after a month, as the rule is written."""
    ease = 0.65 if age < 300 else 2.0 if age >= 540 else 1.0
    gained = hours + (0.2 if dual else 0.1) * work_hours * 365.25 / 84 + informal
    return min(language + gained / (PER_LEVEL[schooling] * ease * (1 + slope * language)), 5)


def one(
    language=0.0, hours=0.0, work_hours=0.0, schooling=Schooling.SECONDARY, age=360, slope=0.5, informal=0.0, earlier=0
):
    """The same by the compiled loop, not on a dual track."""
    person = (float(language), hours, work_hours, 0, False, int(schooling), 60 - age, 0)
    people, rates = learning.Learners(*(np.array([each]) for each in person)), RATES._replace(slope=slope)
    learning.learn(np.arange(1), people, np.array([informal]), np.array([earlier]), 60, PER_LEVEL, rates)
    return float(people.language[0])


def test_a_level_takes_the_hours_of_its_schooling():
    assert one(hours=210) == pytest.approx(1)
    assert one(hours=120, schooling=Schooling.HIGHER) == pytest.approx(1)
    assert one(hours=60, schooling=Schooling.NONE) == pytest.approx(0.1)


def test_higher_levels_age_and_other_hours():
    assert one(language=2, hours=42) == pytest.approx(2 + 42 / (210 * 2))  # slope 0.5: twice the hours at level 2
    assert one(hours=42, age=45 * 12) == pytest.approx(0.1)
    assert one(hours=42, age=24 * 12) == pytest.approx(42 / (210 * 0.65))
    assert one(hours=10, work_hours=100 * 84 / 365.25, informal=1) == pytest.approx(0.1)
    assert one(language=4.9, hours=10_000) == 5


def test_years_in_the_country_before_the_application_give_some_dutch():
    # 105 months at 4 hours are 420: two levels at 210 hours each, or with slope 0.5 (sqrt(1 + 2) - 1) / 0.5
    assert one(earlier=105, slope=1e-9) == pytest.approx(2)
    assert one(earlier=105) == pytest.approx((math.sqrt(3) - 1) / 0.5)
    month_by_month = 0.0
    for _ in range(105):
        month_by_month = one(language=month_by_month, informal=4)
    assert one(earlier=105) == pytest.approx(month_by_month, abs=0.01)
    assert one(earlier=105, age=45 * 12) < one(earlier=105)
    assert one(earlier=10_000) == 5
    assert one(language=0.1, earlier=105) == pytest.approx(0.1)  # only in the first month
    # the class of that month counts at the level reached
    level = (math.sqrt(3) - 1) / 0.5
    assert one(earlier=105, hours=21) == pytest.approx(level + 0.1 / (1 + 0.5 * level))


def test_only_repeat_applicants_have_been_here_before():
    assert arrival.months_before(np.array([0, 1 - math.exp(-1), 1 - 1e-16]), 4).tolist() == [0, 48, 360]
    state = village_state()
    for _ in range(12):
        run(arrival, state)
        state.clock.month += 1
    of = state.households
    assert (of.earlier[~of.repeated] == 0).all()
    assert of.earlier[of.repeated].mean() == pytest.approx(48, rel=0.25)  # some 80 households
    run(arrival, other := village_state(), years_before=0)
    assert (other.households.earlier == 0).all()


def test_many_rows_equal_the_slow_version_and_other_rows_are_left_alone():
    rng, n = np.random.default_rng(1), 300
    columns = {
        "language": rng.uniform(0, 5, n).astype(np.float32),
        "class_hours": rng.choice([0, 40, 800], n).astype(np.float32),
        "work_hours": rng.choice([0, 28], n).astype(np.int8),
        "practice_hours": rng.choice([0, 20], n).astype(np.int8),
        "dual": rng.random(n) < 0.5,
        "schooling": rng.integers(0, 4, n).astype(np.int8),
        "born": (60 - rng.integers(216, 792, n)).astype(np.int16),
    }
    rows = np.flatnonzero(rng.random(n) < 0.7)
    household, informal = np.arange(n, dtype=np.int32) // 2, rng.uniform(0, 8, n).astype(np.float32)
    level = columns["language"].copy()
    people = learning.Learners(**(columns | {"language": level}), household=household)
    learning.learn(rows, people, informal, np.zeros(n, np.int16), 60, PER_LEVEL, RATES)
    columns["work_hours"] = columns["work_hours"] + columns.pop("practice_hours")  # unpaid hours count alike
    of = zip(*(column[rows].tolist() for column in columns.values()), strict=True)
    around = informal[household[rows]].tolist()
    expected = [slow(*each, 60 - born, 0.36, heard) for (*each, born), heard in zip(of, around, strict=True)]
    assert level[rows] == pytest.approx(expected, rel=1e-6)
    others = np.setdiff1d(np.arange(n), rows)
    assert (level[others] == columns["language"][others]).all()


def test_disengagement_fills_while_waiting_and_fades_after():
    rate, kept = 1 - math.exp(-1 / 10), 2 ** (-1 / 55)
    people = learning.Idle(
        idleness=np.array([0, 0, 0, 0, 0.5, 0.5, 0.5], np.float32),
        employed=np.array([0, 0, 0, 0, 0, 1, 0], bool),
        class_hours=np.array([0, 0, 40, 0, 0, 0, 0], np.float32),
        active=np.array([0, 0, 0, 1, 0, 0, 0], bool),
        household=np.array([0, 1, 0, 0, 0, 0, 2], np.int32),
    )
    households = learning.Rights(
        stage=np.array([Stage.IN_DECISION, Stage.AWAITING_HOME, Stage.HOUSED], np.int8),
        free_to_work=np.zeros(3, bool),
        may_work=np.zeros(3, bool),
        granted=np.array([NEVER, 3, 3], np.int16),
    )
    fills = learning.Idling(idle_allowed=0.4, activity=0.5)
    learning.disengage(np.arange(7), people, households, learning._WAITS, rate, kept, fills)
    expected = [rate, 0.4 * rate, 0.5 * rate, 0.5 * rate, 0.5 + 0.5 * rate, 0.5 * kept, 0.5 * kept]
    assert people.idleness == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize(
    ("months", "law", "fill"),
    [
        (5, {}, 1.0),  # barred for six months
        (6, {}, 0.4),  # a work permit can be had
        (60, {"barred_months": 36}, 0.4),
        (35, {"barred_months": 36}, 1.0),
        (0, {"barred_months": 0, "work_permit": False}, 0.4),  # free from arrival
    ],
)
def test_the_right_to_work_slows_disengagement_from_the_month_in_which_law_gives_it(months, law, fill):
    state = village_state()
    state.clock.month = 100
    waits = people(state, Stage.IN_DECISION, applied=100 - months, location=1)
    refused = people(state, Stage.DEPARTING, applied=100 - months, location=1)
    fast = people(state, Stage.IN_DECISION, applied=100 - months, location=1, track=Track.FAST)
    rows = make_adults(state, np.concatenate([waits, refused, fast]))
    run(work, state, base=-4.2, **law)
    state.newcomers.employed[rows] = False
    run(learning, state, idle_months=10, idle_allowed=0.4)
    rate = 1 - math.exp(-1 / 10)
    assert state.newcomers.idleness[rows] == pytest.approx([rate * fill, rate, rate], rel=1e-6)


def test_a_permit_counts_at_once():
    state = village_state()
    rows = make_adults(state, people(state, Stage.AWAITING_HOME))
    run(learning, state, idle_months=10, idle_allowed=0.4)
    assert state.newcomers.idleness[rows] == pytest.approx([0.4 * (1 - math.exp(-1 / 10))], rel=1e-6)


def test_the_first_months_cost_most_and_the_stock_stays_below_one():
    state = village_state()
    (who,) = make_adults(state, people(state, Stage.IN_DECISION, applied=-1))
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
    rows = make_adults(state, people(state, Stage.HOUSED, count=2), language=1.0, employed=True, work_hours=28)
    state.newcomers.dual[rows[1]] = True
    run(learning, state, at_work=0.1, at_work_dual=0.2, informal=0)
    serial, dual = state.newcomers.language[rows] - 1
    assert dual == pytest.approx(2 * serial, rel=1e-4)
    assert serial == pytest.approx(0.1 * 28 * 365.25 / 84 / (210 * 1.36), rel=1e-4)


def test_a_country_without_adults_runs():
    assert run(learning, village_state()) == {}
