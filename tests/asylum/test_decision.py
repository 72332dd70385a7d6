"""The queue for a decision, its outcomes, and appeals."""

import numpy as np
import pytest

from abm.asylum import decision
from abm.engine.clock import NEVER
from abm.tables.country import Kind
from abm.tables.people import Stage, Track
from tests.helpers.village import (
    MIXED,
    SAFE,
    WAR,
    constant,
    lifelong_draws,
    locations,
    people,
    run,
    village,
    village_state,
)

YEARS = 11


def service(**series):
    """A village whose national series take the given values."""
    return village_state(village(**series))


def queue(state, count=1, size=1, stage=Stage.IN_DECISION, **columns):
    """Households in the queue, in the municipal location of Alpha (which is never full)."""
    return people(state, stage, count, size, **({"location": locations(state, Kind.MUNICIPAL)[0]} | columns))


def waiting(state):
    return int((state.households.stage == Stage.IN_DECISION).sum())


@pytest.mark.parametrize("track", [Track.REGULAR, Track.FAST, Track.REPEATED])
def test_oldest_first_within_a_track(track):
    state = service(decision_capacity=5, repeat_capacity=5)
    rows = [queue(state, size=2, applied=applied, track=track)[0] for applied in (-2, -9, -1, -5)]
    assert set(run(decision, state)["decided"]) == {rows[1], rows[3]}
    state.clock.month = 1
    assert set(run(decision, state)["decided"]) == {rows[0], rows[2]}  # the person left over is kept


def test_a_part_is_kept_for_promising_applications_and_the_rest_goes_by_age():
    state = service(decision_capacity=4)
    old = [queue(state, applied=-9 - k, origin=MIXED)[0] for k in range(6)]
    new = [queue(state, applied=-1 - k, origin=WAR)[0] for k in range(4)]
    kept = {"promising_share": 0.5, "promising_rate": 0.8, "fast_share": 0}
    assert set(run(decision, state, **kept)["decided"]) == {old[5], old[4], new[3], new[2]}
    state.clock.month = 1
    assert set(run(decision, state, **kept)["decided"]) == {old[3], old[2], new[1], new[0]}
    state.clock.month = 2
    assert set(run(decision, state, **kept)["decided"]) == {old[1], old[0]}  # nobody promising: by age alone


def test_what_promising_applications_do_not_use_goes_to_the_others():
    state = service(decision_capacity=10)
    queue(state, 2, applied=-1, origin=WAR)
    queue(state, 30, applied=-5, origin=MIXED)
    kept = {"promising_share": 0.5, "promising_rate": 0.8, "fast_share": 0}
    decided = run(decision, state, months=2, **kept)["decided"]
    assert len(decided) == 20
    assert (state.households.origin[decided] == WAR).sum() == 2


def test_a_promising_origin_is_one_that_is_granted_often():
    state = service(decision_capacity=2)
    rate = state.inputs.of_year("grant_rate", 0)
    queue(state, 4, applied=-9, origin=MIXED)
    new = queue(state, 4, applied=-1, origin=WAR)
    kept = {"promising_share": 1.0, "fast_share": 0}
    decided = run(decision, state, promising_rate=(rate[WAR] + rate[MIXED]) / 2, **kept)["decided"]
    assert set(decided) < set(new)


def test_the_lottery_decides_among_those_who_applied_in_the_same_month():
    state = service(decision_capacity=7)
    rows = queue(state, 20)
    lucky = rows[np.argsort(state.households.lottery[rows])][:7]
    assert set(run(decision, state)["decided"]) == set(lucky)


def test_the_month_of_application_counts_and_not_that_of_screening():
    state = service(decision_capacity=1)
    queue(state, applied=-3, since=-3)
    early = queue(state, applied=-8, since=-1)
    assert run(decision, state)["decided"].tolist() == early.tolist()


@pytest.mark.parametrize("track", [Track.REGULAR, Track.FAST, Track.REPEATED])
def test_capacity_is_used_in_full_over_the_months(track):
    state = service(decision_capacity=1.25, repeat_capacity=1.25)
    queue(state, 40, size=3, track=track)
    decided = run(decision, state, months=48, fast_share=1)["decided"]
    assert state.households.size[decided].sum() == 60  # 48 months of 1.25 persons


def test_capacity_is_used_in_full_when_both_tracks_have_a_queue():
    state = service(decision_capacity=10)
    queue(state, 100, size=3, track=Track.FAST)
    queue(state, 200, size=2)
    decided = run(decision, state, months=20, fast_share=0.25)["decided"]
    persons = np.bincount(state.households.track[decided], state.households.size[decided])
    assert abs(persons[Track.FAST] - 50) < 3
    assert abs(persons[Track.REGULAR] - 150) < 2


@pytest.mark.parametrize(
    ("fast", "regular", "decided_fast", "decided_regular"),
    [
        (20, 20, 2, 8),  # both have a queue: a fifth is kept for the fast track
        (0, 20, 0, 10),
        (1, 20, 1, 9),
        (20, 0, 10, 0),
        (20, 3, 7, 3),
        (1, 3, 1, 3),
        (0, 0, 0, 0),
    ],
)
def test_what_one_track_does_not_use_serves_the_other(fast, regular, decided_fast, decided_regular):
    state = service(decision_capacity=10)
    queue(state, fast, track=Track.FAST)
    queue(state, regular)
    decided = run(decision, state, fast_share=0.2)["decided"]
    assert np.bincount(state.households.track[decided], minlength=2).tolist() == [decided_regular, decided_fast]


def test_repeat_applications_have_their_own_capacity():
    state = service(decision_capacity=4, repeat_capacity=3)
    queue(state, 10)
    queue(state, 10, track=Track.REPEATED, repeated=True)
    decided = run(decision, state)["decided"]
    assert np.bincount(state.households.track[decided], minlength=3).tolist() == [4, 0, 3]


def test_closing_has_its_own_capacity_and_no_merits():
    state = service(decision_capacity=4, closing_capacity=3)
    closing = queue(state, 10, closing=True, track=Track.FAST, applied=-30)
    queue(state, 10)
    events = run(decision, state)
    assert set(events["closed"]) <= set(closing)
    assert (len(events["closed"]), len(events["decided"])) == (3, 4)
    assert not set(events["decided"]) & set(closing)
    people_ = state.households
    assert set(people_.stage[events["closed"]]) == {Stage.DEPARTING}
    assert set(people_.decided[events["closed"]]) == {0}
    assert set(people_.granted[closing]) == {NEVER}


@pytest.mark.parametrize("factor", ["capacity_factor", "closing_factor", "appeal_factor"])
def test_more_capacity_makes_a_shorter_queue(factor):
    left = []
    for ratio in (0.25, 1, 2, 4):
        state = service(decision_capacity=8, closing_capacity=8, appeal_capacity=8, repeat_capacity=8)
        queue(state, 20)
        queue(state, 20, track=Track.REPEATED, repeated=True)
        queue(state, 20, closing=True, track=Track.FAST)
        queue(state, 20, stage=Stage.IN_APPEAL)
        events = run(decision, state, **{factor: ratio})
        served = {"capacity_factor": "decided", "closing_factor": "closed", "appeal_factor": "heard"}[factor]
        left.append(len(events[served]))
    each = 2 if factor == "capacity_factor" else 1  # first and repeat applications
    assert left == [2 * each, 8 * each, 16 * each, 20 * each]


def test_no_capacity_and_nobody_is_decided():
    state = service(decision_capacity=0, repeat_capacity=0, closing_capacity=0, appeal_capacity=0)
    queue(state, 5)
    queue(state, 5, closing=True, track=Track.FAST)
    queue(state, 5, stage=Stage.IN_APPEAL)
    assert all(len(rows) == 0 for rows in run(decision, state, months=6).values())


def test_nobody_waits_and_nothing_happens():
    assert all(len(rows) == 0 for rows in run(decision, service()).values())


def test_nobody_is_decided_in_the_month_of_screening():
    state = service()
    queue(state, since=0)
    assert len(run(decision, state)["decided"]) == 0


def test_capacity_counts_at_the_scale_of_the_run():
    state = village_state(village(decision_capacity=100), scale=0.1)
    queue(state, 30)
    assert len(run(decision, state)["decided"]) == 10


# --- outcomes


def test_a_permit_exactly_when_the_draw_is_below_the_rate_of_the_origin():
    state = service(decision_capacity=1000, repeat_capacity=1000, repeat_grant_rate=0.3)
    rows = {rate: queue(state, 150, origin=origin) for origin, rate in ((WAR, 0.9), (MIXED, 0.5), (SAFE, 0.0))}
    again = queue(state, 150, origin=WAR, track=Track.REPEATED, repeated=True)
    run(decision, state)
    for rate, those in [*rows.items(), (0.3, again)]:
        expected = lifelong_draws("decision", "grant", state, those) < rate
        assert ((state.households.granted[those] == 0) == expected).all()
        assert 0 < expected.sum() < 150 or rate == 0
    assert (state.households.stage[state.households.granted == 0] == Stage.AWAITING_REGISTRATION).all()


@pytest.mark.parametrize(("rate", "stage"), [(0.0, Stage.DEPARTING), (1.0, Stage.AWAITING_REGISTRATION)])
def test_rates_of_none_and_all(rate, stage):
    state = village_state(village(grant_rate=constant(YEARS, [rate] * 3)))
    queue(state, 30)
    run(decision, state, appeal_share=0)
    assert set(state.households.stage) == {stage}
    assert set(state.households.decided) == {0}


def test_refused_households_appeal_exactly_when_the_draw_is_below_the_share():
    state = service(decision_capacity=1000)
    rows = queue(state, 100, origin=SAFE)
    events = run(decision, state, appeal_share=0.7)
    appeals = lifelong_draws("decision", "appeal", state, rows) < 0.7
    assert set(events["refused"]) == set(rows)
    assert (state.households.stage[rows] == np.where(appeals, Stage.IN_APPEAL, Stage.DEPARTING)).all()
    assert 0 < appeals.sum() < 100


def test_courts_hear_the_oldest_and_success_is_a_permit():
    state = service(appeal_capacity=6, appeal_success=0.5)
    late = queue(state, 6, stage=Stage.IN_APPEAL, applied=-2)
    early = queue(state, 6, stage=Stage.IN_APPEAL, applied=-20)
    events = run(decision, state)
    assert set(events["heard"]) == set(early)
    won = lifelong_draws("decision", "appeal won", state, early) < 0.5
    assert (state.households.stage[early] == np.where(won, Stage.AWAITING_REGISTRATION, Stage.DEPARTING)).all()
    assert set(events["granted"]) == set(early[won])
    assert set(state.households.stage[late]) == {Stage.IN_APPEAL}
    assert set(state.households.decided[early]) == {-1}  # the month of the first decision stays


@pytest.mark.parametrize(("success", "stage"), [(0.0, Stage.DEPARTING), (1.0, Stage.AWAITING_REGISTRATION)])
def test_appeals_that_nobody_and_everybody_wins(success, stage):
    state = service(appeal_success=success)
    queue(state, 15, stage=Stage.IN_APPEAL)
    run(decision, state)
    assert set(state.households.stage) == {stage}


def test_an_appeal_is_not_heard_in_the_month_of_the_refusal():
    state = service()
    queue(state, 10, origin=SAFE)
    events = run(decision, state, appeal_share=1)
    assert (len(events["refused"]), len(events["heard"])) == (10, 0)


def test_the_outcome_of_a_person_does_not_depend_on_when_the_turn_comes():
    outcomes = []
    for capacity in (7, 500):
        state = service(decision_capacity=capacity, appeal_capacity=capacity, appeal_success=0.4)
        queue(state, 60, origin=MIXED, track=Track.FAST)
        queue(state, 60, origin=MIXED)
        run(decision, state, months=40)
        assert not np.isin(state.households.stage, (Stage.IN_DECISION, Stage.IN_APPEAL)).any()
        outcomes.append((state.households.stage.tolist(), state.households.decided.tolist()))
    assert outcomes[0][0] == outcomes[1][0]
    assert outcomes[0][1] != outcomes[1][1]  # only the months differ


def test_everyone_in_the_queue_is_still_there_or_has_one_outcome():
    state = service(decision_capacity=30)
    rows = np.concatenate([queue(state, 40, origin=origin) for origin in (WAR, MIXED, SAFE)])
    events = run(decision, state, months=2, appeal_share=0)
    decided = np.concatenate([events["granted"], events["refused"]])
    assert sorted(decided) == sorted(events["decided"])
    assert len(np.unique(decided)) == len(decided) == len(rows) - waiting(state) == 60
