"""Households that left are removed during a run, and nothing that the run reports changes."""

import numpy as np
import pytest

from abm.engine.table import NO_ROW
from abm.people.archive import put_away
from abm.tables.people import Reunion, Stage
from experiments.sweeps import runner
from tests.helpers.runs import difference, real, small
from tests.helpers.village import A, people, village_state

LONG_AGO, NOW = 12, 20


def village():
    """A state in month NOW with nobody in it."""
    state = village_state()
    state.clock.month = NOW
    return state


def identities(state) -> set[int]:
    """Identities in the table of households."""
    return set(state.households.identity.tolist())


def test_households_that_left_go_with_their_members_and_the_others_keep_their_order():
    state = village()
    kept = [people(state, Stage.IN_DECISION, size=2)[0]]
    people(state, Stage.RETURNED, size=3, since=LONG_AGO)
    kept.append(people(state, Stage.HOUSED, municipality=A)[0])
    people(state, Stage.UNKNOWN, since=LONG_AGO)
    kept.append(people(state, Stage.HOUSED, size=4, municipality=A)[0])
    who = state.households.identity[kept].tolist()
    of = [state.newcomers.identity[state.newcomers.household == row].tolist() for row in kept]
    assert put_away(state, worth=0) == 2
    assert state.households.identity.tolist() == who
    assert [state.newcomers.identity[state.newcomers.household == row].tolist() for row in range(3)] == of
    assert len(state.newcomers) == 2 + 1 + 4
    state.check()


def test_a_family_finds_its_sponsor_under_the_new_number():
    state = village()
    people(state, Stage.RETURNED, since=LONG_AGO)
    sponsor = people(state, Stage.HOUSED, municipality=A)[0]
    family = people(state, Stage.HOUSED, sponsor=sponsor, municipality=A)[0]
    pair = state.households.identity[[sponsor, family]].tolist()
    put_away(state, worth=0)
    assert state.households.identity.tolist() == pair
    assert state.households.sponsor.tolist() == [NO_ROW, 0]


@pytest.mark.parametrize(
    "still",
    [{"since": NOW - 1}, {"savings": 5.0}, {"family_abroad": 2, "reunion": Reunion.APPLIED}],
    ids=["left just now", "savings to pay out", "family abroad"],
)
def test_a_household_that_left_stays_while_something_is_open(still):
    state = village()
    people(state, Stage.UNKNOWN, **{"since": LONG_AGO} | still)
    people(state, Stage.UNKNOWN, since=LONG_AGO)
    open_ = state.households.identity[0]
    assert put_away(state, worth=0) == 1
    assert identities(state) == {open_}


def test_a_sponsor_who_left_stays_while_the_family_is_here():
    state = village()
    sponsor = people(state, Stage.UNKNOWN, since=LONG_AGO)[0]
    people(state, Stage.AWAITING_COUPLING, sponsor=sponsor)
    assert put_away(state, worth=0) == 0
    assert state.households.sponsor.tolist() == [NO_ROW, sponsor]


def test_tables_are_rewritten_only_where_many_left():
    state = village()
    for stage in (Stage.RETURNED, *[Stage.IN_DECISION] * 4):
        people(state, stage, since=LONG_AGO)
    assert put_away(state, worth=0.2) == 0  # one in five is not more than a fifth
    people(state, Stage.UNKNOWN, since=LONG_AGO)
    assert put_away(state, worth=0.2) == 2


def test_a_run_reports_the_same_bytes_with_and_without(monkeypatch):
    scenario, gone = small("2016-06", scale=0.01), []
    monkeypatch.setattr(runner, "put_away", lambda state: 0)
    everybody = runner.simulate(scenario, real())[0]
    monkeypatch.setattr(runner, "put_away", lambda state: gone.append(put_away(state, worth=0)))
    few = runner.simulate(scenario, real())[0]
    assert sum(gone) > 50
    assert difference(everybody, few) == []


@pytest.mark.slow
def test_a_long_run_reports_the_same_bytes_too(monkeypatch):
    scenario = small("2035-12", scale=0.1)
    usual = runner.simulate(scenario, real())[0]
    monkeypatch.setattr(runner, "put_away", lambda state: 0)
    assert difference(usual, runner.simulate(scenario, real())[0]) == []
    assert np.isfinite(usual.frame("in_reception")).all(axis=None)
