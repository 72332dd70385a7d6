"""Applications for asylum: how many, by whom, and that one more applicant changes nobody else."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from abm.asylum import arrival
from abm.engine.clock import NEVER
from abm.engine.draws import Draws
from abm.engine.table import NO_ROW
from abm.facts.csv_tables import MONTHS
from abm.people.household_formation import MOST_PERSONS, geometric, identities, until_due
from abm.tables.country import Kind
from abm.tables.people import Stage
from tests.helpers.village import MIXED, SAFE, WAR, constant, locations, run, village, village_state

FIRST, AGAIN = np.array([60, 30, 10]), np.array([0, 6, 4])  # persons a month in the village
AFTER = len(MONTHS)  # January 2026


def persons(state, rows):
    """Persons by origin in some households."""
    return np.bincount(state.households.origin[rows], state.households.size[rows], 3)


def test_persons_due_are_met_within_one_household_per_origin():
    state = village_state()
    events = run(arrival, state)
    for rows, due in ((events["applied"], FIRST), (events["applied_again"], AGAIN)):
        came = persons(state, rows)
        assert (came >= due).all()
        assert (came < due + MOST_PERSONS).all()
    assert persons(state, events["applied"])[SAFE] == 10  # nobody of this origin comes as a family


def test_what_is_too_many_is_due_less_later():
    state = village_state()
    events = run(arrival, state, months=24)
    assert (persons(state, events["applied"]) + state.origins.due).tolist() == pytest.approx(24 * FIRST)
    assert (persons(state, events["applied_again"]) + state.origins.due_repeated).tolist() == pytest.approx(24 * AGAIN)
    assert (state.origins.due > -MOST_PERSONS).all()
    assert (state.origins.due <= 0).all()


def test_an_origin_that_is_ahead_waits_until_its_lead_is_used():
    state = village_state()
    state.origins.due[:] = [-60, -100, 0]
    assert persons(state, run(arrival, state)["applied"]).tolist() == [0, 0, 10]
    assert state.origins.due.tolist() == [0, -70, 0]


PARTS = st.floats(-3, 40) | st.integers(-5, 40)


@given(
    st.lists(st.lists(PARTS, min_size=3, max_size=3), min_size=1, max_size=2), st.integers(0, 400), st.integers(0, 9)
)
def test_households_arrive_until_the_persons_due_are_reached(due, month, first):
    draws, share, way = Draws(1, "arrival", month), np.array([0.0, 0.4, 1.0]), np.array([2, 0])[: len(due)]
    left, origin = np.array(due, float), np.array([4, 0, 7])
    found = until_due(left, way, origin, share, 3.2, month, first, draws.addresses("family", "size"))
    expected = []
    for w, of_way in enumerate(due):
        for o, persons in enumerate(of_way):
            for rank in range(first, first + 50):
                who = identities(origin[[o]], month, np.array([rank]), int(way[w]))
                family, more = draws.once("family", who)[0], draws.once("size", who)[0]
                if persons <= 0:
                    break
                size = 1 if family >= share[o] else min(2 + int(geometric(np.array([more]), 1.2)[0]), MOST_PERSONS)
                expected.append((w, o, int(who[0]), size))
                persons -= size
            assert left[w, o] == pytest.approx(persons)
    assert list(zip(*(column.tolist() for column in found), strict=True)) == expected


def test_nobody_due_and_nobody_comes():
    state = village_state(
        village(first_applications=constant(AFTER, [0, 0, 0]), repeat_applications=constant(AFTER, [0] * 3))
    )
    assert {name: len(rows) for name, rows in run(arrival, state).items()} == dict.fromkeys(
        ("applied", "applied_again", "resettled"), 0
    )
    assert len(state.households) == len(state.newcomers) == 0


def test_applicants_begin_at_the_registration_centre():
    state = village_state()
    state.clock.month = 7
    run(arrival, state)
    people = state.households
    assert set(people.stage) == {Stage.REGISTERING}
    assert set(people.since) == set(people.applied) == {7}
    assert set(people.location) == set(locations(state, Kind.REGISTRATION))
    assert (set(people.municipality), set(people.granted)) == ({NO_ROW}, {NEVER})


def test_a_tenth_of_the_people_at_a_tenth_of_the_scale():
    state = village_state(scale=0.1)
    events = run(arrival, state, months=10)
    assert (persons(state, events["applied"]) + state.origins.due).tolist() == pytest.approx(FIRST)


def test_repeat_applications_are_marked_and_have_their_own_people():
    state = village_state()
    events = run(arrival, state)
    again = state.households.repeated
    assert again[events["applied_again"]].all()
    assert not again[events["applied"]].any()
    assert len(np.unique(state.households.identity)) == len(state.households)


def test_resettled_people_bring_a_permit_and_come_from_origins_that_get_one():
    state = village_state(village(resettled=1_200))
    events = run(arrival, state, months=6)
    came = persons(state, events["resettled"]) + state.origins.due_resettled
    assert came.tolist() == pytest.approx([600 * 54 / 69, 600 * 15 / 69, 0])  # 60 x 0.9 and 30 x 0.5 permits
    rows = events["resettled"]
    assert set(state.households.stage[rows]) == {Stage.AWAITING_REGISTRATION}
    assert (state.households.granted[rows] == state.households.applied[rows]).all()
    assert not state.households.repeated[rows].any()
    assert set(state.households.location[rows]) == set(locations(state, Kind.REGISTRATION))
    assert len(np.unique(state.households.identity)) == len(state.households)


# --- the world after 2025


def applying(month, **params):
    """Persons by origin who apply in a month and what is left due."""
    state = village_state()
    state.clock.month = month
    return persons(state, run(arrival, state, **params)["applied"]) + state.origins.due


def test_the_world_decides_after_2025_and_nothing_before():
    assert applying(AFTER, first_applications=12_000).tolist() == pytest.approx([600, 300, 100])
    assert applying(AFTER, first_applications=24_000).tolist() == pytest.approx([1200, 600, 200])
    assert applying(AFTER - 1, first_applications=12_000).tolist() == pytest.approx(FIRST)
    assert applying(AFTER - 1, first_applications=24_000).tolist() == pytest.approx(FIRST)


@pytest.mark.parametrize("month", [12, AFTER])
def test_without_newcomers_nobody_comes_and_with_twice_as_many_twice_as_many(month):
    usual = applying(month, first_applications=12_000)
    assert applying(month, first_applications=12_000, inflow_factor=0).tolist() == [0, 0, 0]
    assert applying(month, first_applications=12_000, inflow_factor=2).tolist() == pytest.approx(2 * usual)
    nobody = run(arrival, village_state(village(resettled=1200)), inflow_factor=0)
    assert all(len(rows) == 0 for rows in nobody.values())


def test_repeat_applications_after_2025_keep_their_own_origins():
    state = village_state()
    state.clock.month = AFTER
    run(arrival, state, repeat_applications=1_200)
    came = persons(state, np.flatnonzero(state.households.repeated)) + state.origins.due_repeated
    assert came.tolist() == pytest.approx([0, 60, 40])


def test_origins_of_the_last_observed_years_go_on():
    observed = constant(AFTER, [60, 30, 10]).copy()
    observed[-12:] = [0, 0, 100]
    observed[-24:-12] = [100, 0, 0]
    state = village_state(village(first_applications=observed))
    state.clock.month = AFTER
    for years, mix in ((1, [0, 0, 1]), (2, [0.5, 0, 0.5]), (4, [0.25 + 0.3, 0.15, 0.25 + 0.05])):
        params = arrival.Params(first_applications=12_000, mix_years=years)
        assert arrival.expected(state, params, repeated=False).tolist() == pytest.approx([1000 * m for m in mix])


# --- one more


def described(state):
    """Everything that is drawn about each household and its members, by identity."""
    people, of = state.households, state.newcomers
    members = {}
    for row, role, female, born in zip(of.household, of.role, of.female, of.born, strict=True):
        members.setdefault(row, []).append((role, female, born))
    names = ("size", "lottery", "origin", "repeated", "unaccompanied", "applied")
    return {
        who: (tuple(getattr(people, name)[row] for name in names), members[row])
        for row, who in enumerate(people.identity)
    }


def test_one_more_person_due_adds_at_the_end_and_changes_nobody():
    states = []
    for extra in (0, 1):
        first = constant(AFTER, FIRST).copy()
        first[1, WAR] += extra
        states.append(village_state(village(first_applications=first)))
        run(arrival, states[-1], months=3)
    one, more = (described(state) for state in states)
    both = one.keys() & more.keys()
    assert {who: one[who] for who in both} == {who: more[who] for who in both}
    for month in range(3):  # by month and origin, the shorter list is the beginning of the longer one
        for origin in (WAR, MIXED, SAFE):
            lists = [
                state.households.identity[(state.households.applied == month) & (state.households.origin == origin)]
                for state in states
            ]
            short, long = sorted(lists, key=len)
            assert long[: len(short)].tolist() == short.tolist()
            assert len(long) - len(short) <= (origin == WAR and month > 0)
    assert one != more or states[0].origins.due[WAR] == states[1].origins.due[WAR] - 1


# --- who they are


def test_shares_of_families_and_minors_bite():
    state = village_state()
    run(arrival, state, months=12, unaccompanied_share=0)
    assert not state.households.unaccompanied.any()
    state = village_state()
    run(arrival, state, months=12, unaccompanied_share=0.6)
    alone = state.households.size == 1
    assert not state.households.unaccompanied[~alone].any()
    assert state.households.unaccompanied[alone].mean() == pytest.approx(0.6, abs=0.05)  # some 700 who come alone


def test_larger_families_mean_fewer_households_for_the_same_persons():
    counts = []
    for mean in (2, 3.2, 6):
        state = village_state()
        run(arrival, state, months=6, family_size=mean)
        counts.append(len(state.households))
    assert counts[0] > counts[1] > counts[2]


def test_women_alone_follow_the_share_of_their_origin():
    shares = {}
    for over in (0, 1):
        state = village_state(village(first_applications=constant(AFTER, [0, 0, 400])))
        run(arrival, state, months=3, female_alone=over)
        shares[over] = state.newcomers.female[~state.households.repeated[state.newcomers.household]].mean()
    assert shares[0] == 0
    assert shares[1] == pytest.approx(0.2, abs=0.04)  # 1,200 people of an origin with 80% men
