"""Interim places by hand: decisions, entry, grants, and moves to a home."""

import numpy as np
import pytest

from abm.engine.clock import NEVER
from abm.engine.draws import Draws
from abm.engine.table import NO_ROW
from abm.homes import interim, joining
from abm.measures import MEASURES
from abm.observe.measure import Month
from abm.tables.homes import Rule
from abm.tables.money import Purpose
from abm.tables.people import Stage
from tests.helpers.village import A, B, C, D, people, run, village_state

NOW = 20
PAYS = {"most": 1000, "grant": 40_000, "cost_factor": 0.3, "spread": 0.1, "least": 5, "size": 10}
SURE = PAYS | {"rate": 0.5, "abandoned": 0, "opens_after": 3}


def town():
    """The village in month NOW, every municipality behind on its task, and nobody waiting yet."""
    state = village_state()
    state.clock.month = NOW
    state.municipalities.balance[:] = -50
    return state


def waiting(state, municipality, count, **columns):
    """Households of one who are tied to a municipality and wait."""
    return people(state, Stage.AWAITING_HOME, count, **({"municipality": municipality, "coupled": NOW - 5} | columns))


def decided(state, months=12, **params):
    """Municipalities that decide for a location in so many months."""
    found = []
    for month in range(months):
        state.clock.month = NOW + month
        found += run(interim, state, **(SURE | {"opens_after": 24} | params))["interim_decided"].tolist()
    return sorted(found)


def test_no_scheme_no_places():
    state = town()
    waiting(state, B, 30)
    assert decided(state, most=0) == []
    assert state.ledger.total[Purpose.INTERIM_GRANTS] == 0


@pytest.mark.parametrize(
    ("why_not", "change"),
    [
        ("the grant does not cover the cost", {"grant": 5_000}),
        ("too few wait", {"least": 40}),
        ("the scheme has no room", {"most": 9}),
    ],
)
def test_conditions_that_keep_municipalities_from_deciding(why_not, change):
    state = town()
    waiting(state, B, 30)
    assert decided(state) == [B]
    state = town()
    waiting(state, B, 30)
    assert decided(state, **change) == [], why_not


def test_a_municipality_that_met_its_task_does_not_decide():
    state = town()
    waiting(state, B, 30), waiting(state, D, 30)
    state.municipalities.balance[B] = 0
    assert decided(state) == [D]


def test_lower_support_of_residents_slows_decisions():
    state = town()
    waiting(state, B, 30), waiting(state, D, 30)
    state.municipalities.willingness[B] = 0
    assert decided(state) == [D]


def test_part_of_the_municipalities_never_opens_and_costs_differ_permanently():
    state = town()
    state.municipalities.add(1995, balance=-50)
    state.municipalities.balance[:] = -50
    shares = {}
    for name, params in {"all": {}, "half": {"abandoned": 0.5}, "dear": {"cost_factor": 1, "spread": 1.0}}.items():
        given, waits = interim.Params(**(SURE | params)), np.full(2000, 10.0)
        one, other = (interim.able(state, given, Draws(seed, "interim", NOW), waits) for seed in (1, 2))
        assert (one == other).all()  # who can is a property of the country, not of the seed
        shares[name] = np.mean(one)
    assert shares["all"] == 1
    assert shares["half"] == pytest.approx(0.5, abs=0.045)  # four standard errors
    assert shares["dear"] == pytest.approx(0.5, abs=0.045)  # the grant is the median cost


def test_another_size_of_the_scheme_redraws_nothing():
    """With one place more, costs and failures of municipalities stay the same."""
    state, waits = town(), np.full(5, 10.0)
    given = [
        interim.Params(**(SURE | {"abandoned": 0.5, "spread": 1.0, "cost_factor": 1, "most": most}))
        for most in (8500, 8501)
    ]
    for seed in range(50):
        one, other = (interim.able(state, params, Draws(seed, "interim", NOW), waits) for params in given)
        assert (one == other).all()


def test_places_open_later_and_fill_by_waiting():
    state = town()
    early, late = waiting(state, B, 8, coupled=NOW - 9), waiting(state, B, 6)
    state.municipalities.interim_planned[B], state.municipalities.interim_opens[B] = 10, NOW + 2
    for month in range(3):
        state.clock.month = NOW + month
        entered = run(interim, state, **(SURE | {"rate": 0.01}))["in_interim"]
        assert len(entered) == (10 if month == 2 else 0)
    assert np.isin(early, entered).all()
    assert np.isin(late, entered).sum() == 2
    of = state.households
    assert (of.stage[entered] == Stage.HOUSED).all()
    assert (of.rule[entered] == Rule.INTERIM).all()
    assert (of.urgent[entered] == NOW + 2).all()
    assert (of.location[entered] == NO_ROW).all()
    assert state.municipalities.balance[B] == -40  # they count for the task
    assert state.ledger.month[Purpose.INTERIM_GRANTS] == pytest.approx(10 * 40_000 / 12)
    state.check_homes()


def test_whole_households_enter_and_nobody_is_skipped():
    state = town()
    waiting(state, B, 2, coupled=NOW - 9, size=4), waiting(state, B, 1, size=4), waiting(state, C, 3)
    state.municipalities.interim_places[B] = 10
    entered = run(interim, state, **(SURE | {"rate": 0.01}))["in_interim"]
    assert state.households.size[entered].tolist() == [4, 4]
    assert (state.households.municipality[entered] == B).all()


def test_after_the_scheme_nobody_enters_and_occupants_are_paid_for():
    state = town()
    waiting(state, B, 4)
    state.municipalities.interim_places[B] = 10
    run(interim, state, **(SURE | {"rate": 0.01}))
    waiting(state, B, 4)
    state.municipalities.interim_planned[D], state.municipalities.interim_opens[D] = 10, NOW + 1
    events = run(interim, state, **(SURE | {"most": 0}))
    assert len(events["in_interim"]) == 0
    assert state.ledger.month[Purpose.INTERIM_GRANTS] == pytest.approx(4 * 40_000 / 12)
    assert state.municipalities.interim_planned[D] == 0
    state.households.interim[:] = NEVER  # they have found a home
    run(interim, state, **(SURE | {"most": 0}))
    assert state.municipalities.interim_places[B] == 0
    assert state.ledger.month[Purpose.INTERIM_GRANTS] == 0


def test_a_family_waits_until_its_sponsor_has_a_home():
    state = town()
    sponsor = people(state, Stage.HOUSED, municipality=B, interim=NOW - 2)[0]
    family = people(state, Stage.AWAITING_COUPLING, sponsor=sponsor, size=2)
    run(joining, state, tolerated=10, patience=0)
    assert (state.households.stage[family] == Stage.AWAITING_COUPLING).all()
    state.households.interim[sponsor] = NEVER
    run(joining, state, tolerated=10, patience=0)
    assert (state.households.stage[family] == Stage.HOUSED).all()


def test_places_and_people_are_measured():
    state = village_state(scale=0.5)
    state.clock.month = NOW + 1
    people(state, Stage.HOUSED, 3, municipality=A, interim=NOW)
    people(state, Stage.HOUSED, 5, municipality=A)
    state.municipalities.interim_places[[A, C]] = 10, 20
    month = Month(state, {})
    found = {each.name: each.values(month, each.by) for each in MEASURES if "interim" in each.name}
    assert found["in_interim"]["total"].tolist() == [6]
    assert found["in_interim"]["municipality"][A] == 6
    assert found["interim_places"]["total"].tolist() == [30]
    assert found["interim_locations"]["total"].tolist() == [2]
