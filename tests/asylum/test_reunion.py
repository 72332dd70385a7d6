"""Families apply, wait for a decision, travel and arrive."""

import numpy as np
import pytest

from abm.asylum import reunion
from abm.engine.draws import Draws
from abm.engine.table import NO_ROW
from abm.people.household_formation import MOST_PERSONS, relatives
from abm.tables.country import Kind
from abm.tables.people import Reunion, Role, Stage
from tests.helpers.village import MIXED, SAFE, WAR, A, lifelong_draws, locations, people, run, village, village_state

EVEN = (np.arange(20_000) + 0.5) / 20_000  # evenly spaced instead of drawn
NONE, APPLIED, TRAVELLING, REFUSED, ARRIVED = Reunion
NOW = {"travel": 1}  # everyone who may travel does so


def sponsor(state, count=1, family=3, stage=Stage.HOUSED, where=APPLIED, since=-1, **columns):
    """Households with relatives abroad."""
    implied = {"family_abroad": family, "reunion": where, "reunion_since": since, "reunion_applied": since}
    return people(state, stage, count, **(implied | columns))


# --- applying


def test_relatives_in_an_application():
    # with mean 3 a further one comes with probability 2/3: one below 1/3, two below 5/9
    u = np.array([0.0, 0.33, 0.34, 0.55, 0.56, 1 - 1e-15])
    assert reunion.family_size(u, 3).tolist() == [1, 1, 2, 2, 3, MOST_PERSONS]
    assert reunion.family_size(u, 1).tolist() == [1] * 6
    assert reunion.family_size(EVEN, 3).mean() == pytest.approx(3, abs=0.02)  # cut at the largest household


def test_new_permit_holders_apply_within_the_term():
    state = village_state()
    fresh = people(state, Stage.AWAITING_REGISTRATION, 150, granted=0)
    people(state, Stage.AWAITING_REGISTRATION, 20, granted=-1)
    people(state, Stage.IN_DECISION, 20)
    applied = run(reunion, state, applying_share=0.4, apply_within=3)["family_applied"]
    assert applied.tolist() == fresh[lifelong_draws("reunion", "applies", state, fresh) < 0.4].tolist()
    months = state.households.reunion_applied[applied]
    assert set(months) == {0, 1, 2}
    assert np.bincount(months).min() > 8  # evenly, of some sixty
    assert (state.households.family_abroad[applied] >= 1).all()
    assert set(np.flatnonzero(state.households.reunion == APPLIED)) == set(applied)


@pytest.mark.parametrize(("share", "number"), [(0, 0), (1, 20)])
def test_nobody_or_everybody_applies(share, number):
    state = village_state()
    people(state, Stage.AWAITING_REGISTRATION, 20, granted=0)
    assert len(run(reunion, state, applying_share=share)["family_applied"]) == number


def test_applications_and_their_delay_differ_by_origin():
    state = village_state()
    state.origins.sponsors[:], state.origins.papers[:] = [1.5, 0.5, 9.0], [0, 10, 0]
    assert reunion.applying_share(state, reunion.Params(applying_share=0.4)).tolist() == pytest.approx([0.6, 0.2, 1])
    each = [people(state, Stage.AWAITING_REGISTRATION, 2000, granted=0, origin=origin) for origin in (WAR, MIXED)]
    reunion.apply(state, reunion.Params(applying_share=0.4, apply_within=1), Draws(1, "reunion", 0))
    of = state.households
    assert [(of.reunion[rows] == APPLIED).mean() for rows in each] == pytest.approx([0.6, 0.2], abs=0.035)
    late = [of.reunion_applied[rows[of.reunion[rows] == APPLIED]] for rows in each]
    assert (late[0] == 0).all()
    assert set(late[1]) == set(range(20))  # evenly from 0 up to twice the mean
    assert late[1].mean() == pytest.approx(9.5, abs=1)


def test_a_longer_term_to_apply_postpones_applications():
    means = []
    for term in (1, 3, 12):
        state = village_state()
        rows = people(state, Stage.AWAITING_REGISTRATION, 150, granted=0)
        run(reunion, state, applying_share=1, apply_within=term)
        months = state.households.reunion_applied[rows]
        assert months.min() == 0
        assert months.max() == term - 1
        means.append(months.mean())
    assert means == pytest.approx([0, 1, 5.5], abs=0.9)


def test_a_family_that_followed_does_not_apply_again():
    state = village_state()
    first = people(state, Stage.HOUSED)
    people(state, Stage.AWAITING_REGISTRATION, 10, granted=0, sponsor=first[0])
    assert len(run(reunion, state, applying_share=1)["family_applied"]) == 0


# --- deciding


def test_capacity_in_persons_oldest_first():
    state = village_state(village(reunion_capacity=5))
    late, early, middle = (sponsor(state, since=since, family=n)[0] for since, n in ((-1, 2), (-9, 3), (-4, 3)))
    decide = {"travel": 24}
    run(reunion, state, **decide)
    assert state.households.reunion[[late, middle]].tolist() == [APPLIED, APPLIED]
    assert state.households.reunion[early] in (TRAVELLING, REFUSED)
    assert state.nation.reunion[0] == 2  # kept, as the next family has three
    state.clock.month = 1
    run(reunion, state, **decide)
    assert APPLIED not in state.households.reunion


def test_applications_of_this_month_or_later_are_not_decided():
    state = village_state()
    rows = np.concatenate([sponsor(state, since=0), sponsor(state, since=2)])
    run(reunion, state)
    assert state.households.reunion[rows].tolist() == [APPLIED, APPLIED]


def test_granted_exactly_when_the_draw_is_below_the_rate():
    state = village_state(village(reunion_grant_rate=0.7, reunion_capacity=10_000))
    rows = sponsor(state, 100)
    granted = run(reunion, state)["family_granted"]
    expected = lifelong_draws("reunion", "granted", state, rows) < 0.7
    assert set(granted) == set(rows[expected])
    assert (state.households.reunion[rows] == np.where(expected, TRAVELLING, REFUSED)).all()
    assert 0 < expected.sum() < 100


def test_more_capacity_makes_a_shorter_queue():
    left = []
    for factor in (0.25, 1, 2, 4):
        state = village_state(village(reunion_capacity=20))
        sponsor(state, 50, family=2)
        run(reunion, state, capacity_factor=factor)
        left.append(int((state.households.reunion == APPLIED).sum()))
    assert left == [48, 40, 30, 10]  # five persons are two families


def test_no_capacity_and_no_decision():
    state = village_state(village(reunion_capacity=0))
    sponsor(state, 5)
    assert len(run(reunion, state, months=6)["family_granted"]) == 0


# --- travelling and arriving


def test_families_arrive_with_a_permit_and_belong_to_their_sponsor():
    state = village_state()
    state.clock.month = 4
    rows = np.concatenate([sponsor(state, family=n, where=TRAVELLING, origin=MIXED) for n in (1, 4)])
    families = run(reunion, state, **NOW)["family_arrived"]
    of = state.households
    assert of.sponsor[families].tolist() == rows.tolist()
    assert of.size[families].tolist() == [1, 4]
    assert set(of.origin[families]) == {MIXED}
    assert set(of.stage[families]) == {Stage.AWAITING_REGISTRATION}
    assert set(of.granted[families]) == set(of.applied[families]) == set(of.since[families]) == {4}
    assert set(of.location[families]) == set(locations(state, Kind.REGISTRATION))
    assert of.identity[families].tolist() == relatives(of.identity[rows]).tolist()
    assert of.reunion[rows].tolist() == [ARRIVED, ARRIVED]
    assert of.family_abroad[rows].tolist() == [0, 0]
    assert of.municipality[families].tolist() == [NO_ROW, NO_ROW]


def test_everyone_abroad_arrives_once():
    state = village_state()
    sponsor(state, 20, family=3, where=TRAVELLING)
    before = len(state.newcomers)
    families = run(reunion, state, months=30, travel=3)["family_arrived"]
    assert len(families) == 20
    assert len(state.newcomers) - before == 60
    assert state.households.family_abroad.sum() == 0
    assert len(np.unique(state.households.sponsor[families])) == 20


def test_the_time_to_travel_has_its_mean():
    state = village_state()
    sponsor(state, 400, where=TRAVELLING)
    families = run(reunion, state, months=60, travel=3)["family_arrived"]
    assert len(families) == 400
    assert (state.households.applied[families] + 1).mean() == pytest.approx(3, abs=0.5)  # four standard errors


def test_nobody_travels_in_the_month_of_the_decision():
    state = village_state()
    sponsor(state, 5, where=TRAVELLING, since=0)
    assert len(run(reunion, state, **NOW)["family_arrived"]) == 0


@pytest.mark.parametrize("where", [NONE, APPLIED, REFUSED, ARRIVED])
def test_only_granted_families_travel(where):
    state = village_state(village(reunion_capacity=0))
    sponsor(state, 5, where=where)
    assert len(run(reunion, state, **NOW)["family_arrived"]) == 0


def test_families_wait_for_a_home_until_the_limit_where_the_law_asks_for_one():
    state = village_state()
    state.clock.month = 20
    housed = sponsor(state, where=TRAVELLING, since=18)
    waiting = sponsor(state, where=TRAVELLING, since=18, stage=Stage.AWAITING_HOME, municipality=A)
    long = sponsor(state, where=TRAVELLING, since=18, reunion_applied=5, stage=Stage.AWAITING_HOME)
    law = NOW | {"home_first": True, "home_first_until": 15}
    families = run(reunion, state, **law)["family_arrived"]
    assert state.households.sponsor[families].tolist() == [*housed, *long]
    state.clock.month = 32
    assert len(run(reunion, state, **law)["family_arrived"]) == 0
    state.clock.month = 33  # fifteen months after the application
    families = run(reunion, state, **law)["family_arrived"]
    assert state.households.sponsor[families].tolist() == [*waiting]


def test_without_that_law_families_travel_to_reception_too():
    state = village_state()
    rows = sponsor(state, 5, where=TRAVELLING, stage=Stage.AWAITING_HOME)
    families = run(reunion, state, home_first=False, **NOW)["family_arrived"]
    assert state.households.sponsor[families].tolist() == rows.tolist()


def test_the_composition_of_the_family_follows_the_shares():
    state = village_state()
    sponsor(state, 100, family=3, where=TRAVELLING)
    first = len(state.newcomers)
    run(reunion, state, female_lead=1, partner_share=0, **NOW)
    role, female = state.newcomers.role[first:], state.newcomers.female[first:]
    assert female[role == Role.LEAD].all()
    assert np.bincount(role).tolist() == [100, 0, 200]
    assert not state.households.unaccompanied.any()


def test_nobody_has_relatives_abroad():
    assert all(len(rows) == 0 for rows in run(reunion, village_state()).values())


def test_sponsors_apply_as_numpy_finds_them():
    state, draws, params = village_state(), Draws(1, "reunion", 0), reunion.Params(applying_share=0.7, apply_within=5)
    for granted in (-1, 0):
        for origin in (WAR, MIXED, SAFE):
            people(state, Stage.AWAITING_COUPLING, 60, granted=granted, origin=origin)
    of = state.households
    of.sponsor[::9] = 3
    state.origins.papers[:] = [0, 4, 9]
    fresh = np.flatnonzero((of.granted == 0) & (of.sponsor == NO_ROW))
    rows = fresh[draws.once("applies", of.identity[fresh]) < reunion.applying_share(state, params)[of.origin[fresh]]]
    who = of.identity[rows]
    start = np.floor(draws.once("delay", who) * 5)
    start += np.floor(draws.once("papers", who) * 2 * state.origins.papers[of.origin[rows]])
    assert reunion.apply(state, params, draws).tolist() == rows.tolist()
    assert of.family_abroad[rows].tolist() == reunion.family_size(draws.once("relatives", who), 3.0).tolist()
    assert of.reunion_since[rows].tolist() == of.reunion_applied[rows].tolist() == start.tolist()
    assert set(of.reunion[rows]) == {Reunion.APPLIED}
    assert np.count_nonzero(of.reunion) == len(rows)
