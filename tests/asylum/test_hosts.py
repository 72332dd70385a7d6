"""Stays with hosts: who goes, where, for how long, and what it costs."""

import numpy as np
import pytest

from abm.asylum import hosts, placement, reception
from abm.engine.clock import NEVER
from abm.engine.draws import Draws
from abm.engine.table import NO_ROW
from abm.finance import money
from abm.scenario import default
from abm.tables.country import Kind
from abm.tables.money import Purpose
from abm.tables.people import Stage
from tests.helpers.reception import emergency, kinds
from tests.helpers.village import BETA, D, locations, people, run, village_state

EVERYBODY = {"uptake": 0.05}  # the most
REGULAR, HOSTS = int(Kind.REGULAR), int(Kind.HOSTS)


def waiting(state, count=1, **columns):
    """Households with a permit in the municipal location of Alpha, which has no limit."""
    place = {"location": locations(state, Kind.MUNICIPAL)[0]}
    return people(state, Stage.AWAITING_COUPLING, count, **(place | columns))


def test_a_share_of_the_status_holders_goes_each_month():
    state = village_state()
    rows = waiting(state, 4_000)
    went = run(hosts, state, **EVERYBODY)["to_hosts"]
    assert len(went) == pytest.approx(0.05 * 4_000, abs=3 * (4_000 * 0.05 * 0.95) ** 0.5)
    assert set(went) == set(rows[np.array(kinds(state, rows)) == HOSTS])
    assert (state.households.moves[went] == 1).all()


def test_who_goes_as_numpy_finds_them():
    state, rng = village_state(), np.random.default_rng(4)
    people(state, Stage.IN_DECISION, 900)
    of, share, draws = state.households, np.linspace(0, 0.5, len(Stage)), Draws(1, "hosts", 3)
    of.stage[:], of.unaccompanied[:] = rng.integers(0, len(Stage), 900), rng.random(900) < 0.2
    of.location[:] = rng.integers(NO_ROW, len(state.locations), 900)
    here = np.flatnonzero((of.location != NO_ROW) & ~of.unaccompanied)
    here = here[np.isin(state.locations.kind[of.location[here]], hosts.LEFT)]
    expected = here[draws.uniform("hosts", of.identity[here]) < share[of.stage[here]]]
    assert hosts.invited(of, state.locations.kind, share, draws.address("hosts")).tolist() == expected.tolist()


def test_who_goes():
    state = village_state()
    state.locations.places[locations(state, Kind.REGULAR)] = 2_000
    there = waiting(state, 400, location=locations(state, Kind.REGULAR)[0])
    crowded = waiting(state, 400, location=emergency(state, 1_000))
    nobody = np.concatenate([
        waiting(state, 400, location=locations(state, Kind.REGISTRATION)[0]),
        waiting(state, 400, location=locations(state, Kind.HOTEL)[0]),
        (minors := waiting(state, 400)),
        people(state, Stage.IN_DECISION, 400, location=locations(state, Kind.REGULAR)[1]),
        people(state, Stage.DEPARTING, 400, location=locations(state, Kind.REGULAR)[1]),
    ])  # fmt: skip
    state.households.unaccompanied[minors] = True
    went = run(hosts, state, **EVERYBODY)["to_hosts"]
    assert len(np.intersect1d(went, there)) > 5
    assert len(np.intersect1d(went, crowded)) > 5
    assert len(np.intersect1d(went, nobody)) == 0


def test_applicants_go_where_they_may():
    state = village_state()
    rows = people(state, Stage.IN_DECISION, 4_000, location=locations(state, Kind.MUNICIPAL)[0])
    went = run(hosts, state, applicants=0.5, **EVERYBODY)["to_hosts"]
    assert len(went) == pytest.approx(0.025 * 4_000, abs=30)
    assert set(went) <= set(rows)


def test_hosts_are_in_the_region_of_the_municipality_to_which_a_household_is_tied():
    state = village_state()
    tied = waiting(state, 400, municipality=D)  # in Beta, the places are in Alpha
    free = waiting(state, 400)
    run(hosts, state, **EVERYBODY)
    region = state.locations.region[state.households.location]
    away = np.array(kinds(state, tied)) == HOSTS
    assert (region[tied[away]] == BETA).all()
    assert (region[free] != BETA).all()


def test_they_come_back_when_the_stay_ends_and_find_a_place():
    state = village_state()
    state.locations.places[locations(state, Kind.REGULAR)] = 1_000
    rows = waiting(state, 1_000, location=locations(state, Kind.REGULAR)[0])
    went, began, moved = run(hosts, state, stay=3, **EVERYBODY)["to_hosts"], state.clock.month, []
    assert (state.households.host_until[went] == began + 3).all()
    for month in (1, 2, 3):
        assert set(kinds(state, went)) == {HOSTS}
        state.clock.month = began + month
        moved.append(set(run(placement, state)["moved"]))
    assert moved == [set(), set(), set(went)]
    assert set(kinds(state, rows)) == {REGULAR}


def test_they_need_no_place_of_the_agency():
    needs = []
    for place in (Kind.REGULAR, Kind.HOSTS):
        state = village_state()
        people(state, Stage.AWAITING_COUPLING, 100, 2, location=locations(state, place)[0])
        run(reception, state, plan_lag=1)
        needs.append(state.nation.reception[0])
    assert needs == [200, 0]


def test_their_allowance_is_paid():
    state = village_state()
    waiting(state, 3, size=2, location=locations(state, Kind.HOSTS)[0])
    run(money, state)
    assert state.ledger.month[Purpose.PLACES_HOSTS] == pytest.approx(6 * 2_400 / 12)


def test_use_follows_the_scheme_over_the_years():
    params = default()
    uptake = [params.params_at(12 * (year - 2015))["hosts"].uptake for year in (2015, 2017, 2019, 2020, 2022)]
    assert uptake == [0.0076, 0, 0.0017, 0.0044, 0.007]
    assert pytest.approx(2_495, rel=0.01) == 24 * 0.0076 * 13_700
    assert [12 * share * many for share, many in ((0.0017, 5_600), (0.0044, 5_700))] == pytest.approx(
        [115, 300], rel=0.01
    )
    assert (village_state().households.host_until == NEVER).all()
