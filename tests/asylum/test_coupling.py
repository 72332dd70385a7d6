"""The housing task, and the municipality to which each household is tied."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from abm.asylum import coupling
from abm.engine.table import NO_ROW
from abm.facts.csv_tables import HALVES
from abm.tables.country import Kind
from abm.tables.people import Stage
from tests.helpers.village import (
    ALPHA,
    BETA,
    INHABITANTS,
    A,
    B,
    C,
    D,
    E,
    constant,
    locations,
    people,
    run,
    village,
    village_state,
)

AFTER = 6 * len(HALVES)  # the first month whose task was not set yet
MARCH = 2


# --- the kernel and its slow twin


def slow_tie(size, region_of, behind, population, region):
    """One household after the other goes where most is still to do for each inhabitant."""
    found = []
    for persons, only in zip(size, region_of, strict=True):
        allowed = [town for town in range(len(population)) if only in (NO_ROW, region[town])]
        best = max(allowed, key=lambda town: behind[town] / population[town])
        behind[best] -= persons
        found.append(best)
    return found


@given(
    st.lists(st.tuples(st.integers(1, 9), st.sampled_from([NO_ROW, 0, 1])), max_size=20),
    st.lists(st.integers(-40, 60), min_size=5, max_size=5),
    st.lists(st.integers(1, 50), min_size=5, max_size=5),
)
def test_tie_equals_the_slow_twin(households, behind, population):
    size = np.array([persons for persons, _ in households], np.int8)
    within = np.array([only for _, only in households], np.int8)
    region, left, slow_left = np.array([0, 0, 1, 1, 1], np.int8), np.array(behind, float), [float(b) for b in behind]
    found = coupling.tie(size, within, left, np.array(population, float), region)
    assert found.tolist() == slow_tie(size.tolist(), within.tolist(), slow_left, population, region.tolist())
    assert left.tolist() == slow_left
    assert sum(behind) - left.sum() == size.sum()


def test_the_furthest_behind_for_each_inhabitant_goes_first():
    behind, inhabitants = np.array([10.0, 30, 20]), np.array([100.0, 200, 100])
    found = coupling.tie(np.full(4, 8), np.full(4, NO_ROW), behind, inhabitants, np.zeros(3, int))
    assert found.tolist() == [2, 1, 2, 1]  # 0.10 0.15 0.20; then 0.12 at the last, 0.11 in the middle, 0.12 0.11 ...
    assert behind.tolist() == [10, 14, 4]


# --- the task


def test_the_task_is_shared_by_inhabitants():
    state = village_state()
    run(coupling, state)
    assert state.municipalities.task.tolist() == pytest.approx([30, 60, 90, 60, 60])  # of 300
    assert state.municipalities.balance.tolist() == pytest.approx([-30, -60, -90, -60, -60])


def test_a_shortfall_carries_over_as_far_as_people_wait_there():
    balance, waiting = np.array([-50.0, -50, 10, -3]), np.array([20.0, 80, 5, 0])
    assert coupling.carried_over(balance, waiting).tolist() == [20, 50, 0, 0]


def test_what_carries_over_is_asked_on_top_of_the_new_task():
    state = village_state()
    state.municipalities.balance[:] = [-50, -2, 10, 0, -5]
    people(state, Stage.AWAITING_HOME, 4, size=5)  # in A
    people(state, Stage.AWAITING_HOME, 1, size=5, municipality=B)
    run(coupling, state)
    assert state.municipalities.backlog.tolist() == pytest.approx([20, 2, 0, 0, 0])
    assert state.municipalities.balance.tolist() == pytest.approx([-20 - 30, -2 - 60, 10 - 90, -60, -60])


def test_a_task_is_set_in_january_and_july_only():
    state = village_state()
    asked = []
    for month in range(13):
        state.clock.month, state.municipalities.balance[:] = month, 0
        run(coupling, state)
        asked.append(-state.municipalities.balance.sum())
    assert asked == pytest.approx([300, *[0] * 5, 300, *[0] * 5, 300])


def test_tasks_that_were_set_hold_by_half_year():
    tasks = constant(1, np.arange(len(HALVES)) * 100.0)[0]
    state = village_state(village(tasks=tasks))
    for half in (0, 1, 22):
        state.clock.month = 6 * half
        run(coupling, state)
        assert state.municipalities.task.sum() == pytest.approx(100 * half)


@pytest.mark.parametrize("scale", [1.0, 0.5])
def test_a_later_task_is_as_many_people_as_got_a_permit_since_the_last_one(scale):
    state = village_state(scale=scale)
    state.clock.month = AFTER - 6
    run(coupling, state)
    people(state, Stage.AWAITING_REGISTRATION, 10, size=4, granted=AFTER - 4)
    people(state, Stage.AWAITING_REGISTRATION, 5, size=2, granted=AFTER - 2)
    people(state, Stage.AWAITING_REGISTRATION, 5, size=2, granted=AFTER - 7)  # counted for the half-year before
    people(state, Stage.HOUSED, 5, size=2, granted=AFTER - 2)  # has a home already
    for month in range(AFTER - 5, AFTER + 1):
        state.clock.month = month
        run(coupling, state)
    assert state.municipalities.task.sum() == pytest.approx(50 / scale)
    assert state.nation.task_arrivals[0] == 0


# --- which municipality


def registered(state, count=1, size=1, **columns):
    """Permit holders in the population register, in municipal places of Alpha."""
    place = {"location": locations(state, Kind.MUNICIPAL)[ALPHA]}
    return people(state, Stage.AWAITING_COUPLING, count, size, **(place | columns))


def behind(asked, **columns):
    """The village in March, where municipalities still have to house the given numbers of people."""
    state = village_state(**columns)
    state.clock.month = MARCH
    state.municipalities.balance[:] = -np.array(asked)
    return state


def test_everyone_registered_is_tied_once():
    state = behind([10, 20, 30, 20, 20])
    rows = registered(state, 50, size=2)
    others = people(state, Stage.AWAITING_REGISTRATION, 3)
    assert set(run(coupling, state)["coupled"]) == set(rows)
    assert set(state.households.stage[rows]) == {Stage.AWAITING_HOME}
    assert set(state.households.coupled[rows]) == set(state.households.since[rows]) == {MARCH}
    tied = np.bincount(state.households.municipality[rows], state.households.size[rows])
    assert np.abs(tied - np.array(INHABITANTS) / 1_000).max() <= 2  # as behind as each other at the end
    assert set(state.households.municipality[others]) == {NO_ROW}
    assert len(run(coupling, state)["coupled"]) == 0


def test_those_already_tied_count():
    for already, where in ((0, A), (2, B)):
        state = behind([10, 18, 0, 0, 0])  # 1.0 and 0.9 for each thousand
        people(state, Stage.AWAITING_HOME, already)  # in A: 0.8
        row = registered(state)
        run(coupling, state)
        assert state.households.municipality[row].tolist() == [where]


def test_the_longest_permit_chooses_first():
    state = behind([10, 0, 0, 0, 10], scale=0.1)  # one person each at a tenth; A is further behind per inhabitant
    late, early = registered(state, granted=-1), registered(state, granted=-9)
    assert run(coupling, state)["coupled"].tolist() == [*early, *late]
    assert state.households.municipality[[*early, *late]].tolist() == [A, E]


def test_the_region_of_relatives_goes_before_the_task():
    state = behind([50, 0, 0, 0, 0])
    rows = registered(state, 4, tie=BETA)
    run(coupling, state)
    assert sorted(state.households.municipality[rows]) == [D, D, E, E]  # equal at first, then by turns


@pytest.mark.parametrize(("rule", "where"), [("task", E), ("region", C)])
def test_the_rule_of_the_region_keeps_people_near_their_reception(rule, where):
    state = behind([0, 0, 10, 0, 50])
    row = registered(state)
    run(coupling, state, rule=rule)
    assert state.households.municipality[row].tolist() == [where]


def test_relatives_go_before_the_region_of_reception():
    state = behind([0, 0, 10, 0, 5])
    row = registered(state, tie=BETA)
    run(coupling, state, rule="region")
    assert state.households.municipality[row].tolist() == [E]


def test_the_region_of_reception_is_that_of_the_location():
    state = behind([0, 0, 50, 0, 5])
    row = registered(state, location=locations(state, Kind.REGULAR)[1])  # in D
    run(coupling, state, rule="region")
    assert state.households.municipality[row].tolist() == [E]


def test_families_of_a_sponsor_are_not_tied():
    state = behind([10, 20, 30, 20, 20])
    sponsor = registered(state)
    family = registered(state, size=4, sponsor=sponsor[0])
    assert run(coupling, state)["coupled"].tolist() == sponsor.tolist()
    assert state.households.stage[family].tolist() == [Stage.AWAITING_COUPLING]


def test_the_task_binds_nobody_to_a_municipality_that_is_ahead_while_others_are_behind():
    state = behind([-500, 20, -500, 20, -500])
    rows = registered(state, 30)
    run(coupling, state)
    assert np.bincount(state.households.municipality[rows], minlength=5).tolist() == [0, 15, 0, 15, 0]


def test_nobody_is_registered():
    assert len(run(coupling, behind([0] * 5))["coupled"]) == 0


def test_households_in_the_register_as_numpy_finds_them():
    state, rng = village_state(), np.random.default_rng(6)
    people(state, Stage.AWAITING_HOME, 400)
    of = state.households
    of.stage[:], of.size[:] = rng.integers(0, len(Stage), 400), rng.integers(1, 6, 400)
    of.granted[:], of.sponsor[:] = rng.integers(-2, 2, 400), rng.choice([NO_ROW, 5], 400)
    rows, persons = coupling.in_register(of, -1)
    waits = (of.stage == Stage.AWAITING_COUPLING) & (of.sponsor == NO_ROW)
    assert rows.tolist() == np.flatnonzero(waits).tolist()
    assert persons == of.size[(of.granted == -1) & (of.stage != Stage.HOUSED)].sum()
    of.municipality[:] = rng.integers(0, len(state.municipalities), 400)
    there = of.stage == Stage.AWAITING_HOME
    tied = np.bincount(of.municipality[there], of.size[there], len(state.municipalities))
    assert coupling.tied_already(state).tolist() == tied.tolist()
