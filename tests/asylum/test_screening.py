"""The registration centre: in which order households are screened, and which track follows."""

import numpy as np
import pytest

from abm.asylum import screening
from abm.engine.table import NO_ROW
from abm.tables.people import Stage, Track
from tests.helpers.village import (
    ALPHA,
    BETA,
    MIXED,
    SAFE,
    WAR,
    constant,
    lifelong_draws,
    people,
    run,
    village,
    village_state,
)

YEARS = 11
FIVE = {"capacity": 500}  # persons a month; five at the scale of `little`


def little(closed=(0, 0, 0)):
    """A village at a hundredth, with the given shares of applications that are closed."""
    return village_state(village(closed_share=constant(YEARS, closed)), scale=0.01)


def waiting(state):
    return int((state.households.stage == Stage.REGISTERING).sum())


def test_oldest_first_and_what_does_not_fit_is_kept_for_next_month():
    state = little()
    rows = [people(state, Stage.REGISTERING, size=2, since=since)[0] for since in (-1, -4, -2)]
    assert run(screening, state, **FIVE)["screened"].tolist() == [rows[1], rows[2]]  # four of five persons
    assert state.nation.screening[0] == 1
    assert state.households.since[rows].tolist() == [-1, 0, 0]
    state.clock.month = 1
    assert run(screening, state, **FIVE)["screened"].tolist() == [rows[0]]
    assert state.nation.screening[0] == 0  # what meets an empty queue is lost


def test_the_lottery_decides_among_those_who_came_in_the_same_month():
    state = little()
    rows = people(state, Stage.REGISTERING, count=12)
    expected = rows[np.argsort(state.households.lottery[rows])][:5]
    assert run(screening, state, **FIVE)["screened"].tolist() == expected.tolist()


def test_nobody_is_screened_in_the_month_of_arrival():
    state = little()
    people(state, Stage.REGISTERING, since=0)
    assert len(run(screening, state)["screened"]) == 0


def test_nobody_waits_and_nothing_happens():
    assert len(run(screening, little())["screened"]) == 0


def test_more_capacity_makes_a_shorter_queue():
    queues = []
    for capacity in (500, 1000, 2000, 20_000):
        state = little()
        people(state, Stage.REGISTERING, count=60)
        run(screening, state, months=2, capacity=capacity)
        queues.append(waiting(state))
    assert queues == [50, 40, 20, 0]


@pytest.mark.parametrize(
    ("safe", "closing", "repeated", "track"),
    [
        (False, False, False, Track.REGULAR),
        (True, False, False, Track.FAST),
        (False, True, False, Track.FAST),
        (True, True, True, Track.FAST),
        (False, True, True, Track.FAST),
        (False, False, True, Track.REPEATED),
        (True, False, True, Track.REPEATED),  # also of a safe origin
    ],
)
def test_closing_and_safe_are_fast_and_repeats_have_their_own_track(safe, closing, repeated, track):
    assert screening.track(*(np.array([flag]) for flag in (safe, closing, repeated))).tolist() == [track]


def test_tracks_follow_from_origin_and_application():
    state = village_state(village(closed_share=constant(YEARS, [0, 0, 0])))
    war, safe = people(state, Stage.REGISTERING), people(state, Stage.REGISTERING, origin=SAFE)
    again = people(state, Stage.REGISTERING, repeated=True)
    run(screening, state)
    found = state.households.track[np.concatenate([war, safe, again])]
    assert found.tolist() == [Track.REGULAR, Track.FAST, Track.REPEATED]
    assert set(state.households.stage) == {Stage.IN_DECISION}


def test_applications_are_closed_exactly_when_the_draw_is_below_the_share_of_the_origin():
    state = village_state(village(closed_share=constant(YEARS, [0, 0.3, 1])))
    rows = {origin: people(state, Stage.REGISTERING, count=100, origin=origin) for origin in (WAR, MIXED, SAFE)}
    run(screening, state)
    closing = {origin: state.households.closing[rows[origin]] for origin in rows}
    assert not closing[WAR].any()
    assert closing[SAFE].all()
    assert closing[MIXED].tolist() == (lifelong_draws("screening", "closing", state, rows[MIXED]) < 0.3).tolist()
    assert (state.households.track[state.households.closing] == Track.FAST).all()


def test_shares_of_medical_needs_and_ties_at_their_bounds():
    state = village_state()
    rows = people(state, Stage.REGISTERING, count=400)
    run(screening, state, medical_share=0, tie_share=0)
    assert not state.households.medical.any()
    assert set(state.households.tie) == {NO_ROW}
    state = village_state()
    rows = people(state, Stage.REGISTERING, count=400)
    run(screening, state, medical_share=0.3, tie_share=0.5)
    assert state.households.medical[rows].mean() == pytest.approx(0.3, abs=0.07)
    assert (state.households.tie[rows] != NO_ROW).mean() == pytest.approx(0.5, abs=0.075)


def test_relatives_live_where_people_live():
    found = screening.region_by_population(village_state(), np.array([0.0, 0.59, 0.61, 0.99, 1 - 2**-53]))
    assert found.tolist() == [ALPHA, ALPHA, BETA, BETA, BETA]  # 60% and 40% of the inhabitants


def test_what_screening_finds_does_not_depend_on_when_the_turn_comes():
    found = []
    for month in (0, 17):
        state = village_state(village(closed_share=constant(YEARS, [0.4, 0.4, 0.4])))
        rows = people(state, Stage.REGISTERING, count=80)
        state.clock.month = month
        run(screening, state, tie_share=0.5, medical_share=0.3)
        columns = (getattr(state.households, name)[rows] for name in ("closing", "medical", "tie"))
        found.append([column.tolist() for column in columns])
    assert found[0] == found[1]
