"""What reception and delay cost, worked out by hand, and a ledger that balances."""

import numpy as np
import pytest

from abm.finance import money
from abm.tables.country import Kind
from abm.tables.money import Account, Purpose
from abm.tables.people import Reunion, Stage
from tests.helpers.accounts import balances
from tests.helpers.village import ALPHA, A, B, locations, people, run, village, village_state

MONTH = 100 * 365.25 / 12  # a month of penalty payments of 100 euros a day: 3,043.75


def crowd(scale=1.0, times=1):
    """Ten people in a regular place, two at the registration centre, three in emergency, four in municipal places."""
    state = village_state(scale=scale)
    emergency = state.locations.add(1, municipality=A, region=ALPHA, kind=Kind.EMERGENCY, places=100)[0]
    people(state, Stage.IN_DECISION, 5 * times, size=2)
    people(state, Stage.REGISTERING, 2 * times)
    people(state, Stage.AWAITING_HOME, times, size=3, location=emergency)
    people(state, Stage.DEPARTING, 4 * times, location=locations(state, Kind.MUNICIPAL)[0])
    people(state, Stage.HOUSED, 7)
    return state


def paid(state, purpose):
    return state.ledger.month[purpose]


def test_reception_costs_of_a_small_population():
    state = crowd()
    run(money, state, empty_share=0.5)
    assert paid(state, Purpose.PLACES_REGULAR) == pytest.approx(12 * 1_000)  # the centre costs as much
    assert paid(state, Purpose.PLACES_EMERGENCY) == pytest.approx(3 * 2_000)
    assert paid(state, Purpose.PLACES_MUNICIPAL) == pytest.approx(4 * 3_000)
    assert paid(state, Purpose.PLACES_EMPTY) == pytest.approx((500 * 0.8 - 10) * 1_000 * 0.5)  # of 500 regular places
    assert paid(state, Purpose.BUDGET_COA) == pytest.approx(12_000 + 6_000 + 12_000 + 195_000)


def test_every_kind_of_place_is_paid_for_once():
    paid_for = [kind for _, kinds in money.PLACES.values() for kind in kinds]
    assert sorted([*paid_for, Kind.HOTEL]) == list(Kind)  # hotels by process joining


def test_costs_are_of_the_whole_country_at_any_scale():
    ledgers = []
    for scale, times in ((1.0, 10), (0.1, 1)):
        state = crowd(scale, times)
        run(money, state, claim_share=0)
        ledgers.append(state.ledger.month.tolist())
    assert ledgers[1] == pytest.approx(ledgers[0])


def test_places_that_are_full_beyond_the_norm_cost_nothing_empty():
    state = village_state()
    b, d = locations(state, Kind.REGULAR)
    people(state, Stage.IN_DECISION, 100, size=2, location=b)
    people(state, Stage.IN_DECISION, 100, size=2, location=d)
    run(money, state)
    assert paid(state, Purpose.PLACES_EMPTY) == 0
    assert paid(state, Purpose.PLACES_REGULAR) == pytest.approx(400_000)


def test_only_places_that_are_open_now_can_be_empty():
    state = village_state()
    b, _ = locations(state, Kind.REGULAR)
    state.locations.ends[b] = 0
    state.locations.add(1, municipality=B, region=ALPHA, kind=Kind.REGULAR, places=1_000, opened=1)
    run(money, state, empty_share=1)
    assert paid(state, Purpose.PLACES_EMPTY) == pytest.approx(300 * 0.8 * 1_000)


def test_empty_places_cost_more_the_higher_their_share():
    costs = []
    for share in (0, 0.25, 1):
        state = crowd()
        run(money, state, empty_share=share)
        costs.append(paid(state, Purpose.PLACES_EMPTY))
    assert costs == pytest.approx([0, 97_500, 390_000])


# --- penalties


def test_penalty_by_month_after_the_term_until_the_maximum():
    months = np.array([-3, 0, 1, 2, 3, 4, 40])
    expected = [0, 0, MONTH, MONTH, 7_500 - 2 * MONTH, 0, 0]
    assert money.penalty(months, 100, 7_500).tolist() == pytest.approx(expected)
    assert money.penalty(months, 0, 7_500).sum() == 0  # suspended
    assert money.penalty(np.zeros(0, int), 100, 7_500).tolist() == []


def penalties(state, months=13, **params):
    """Penalties per month of a run of the ledger alone."""
    found = []
    for _ in range(months):
        run(money, state, **params)
        found.append(paid(state, Purpose.PENALTIES))
        state.clock.month += 1
    return found


BY_MONTH = [0] * 7 + [MONTH, MONTH, 7_500 - 2 * MONTH, 0, 0, 0]


def test_a_late_decision_costs_at_most_the_maximum_from_the_month_after_the_term():
    state = village_state()
    people(state, Stage.IN_DECISION, 10, applied=0)
    assert penalties(state, decision_term=6, claim_share=1) == pytest.approx([10 * euros for euros in BY_MONTH])
    assert state.ledger.total[Purpose.PENALTIES] == pytest.approx(75_000)


def test_late_reunification_costs_as_much():
    state = village_state()
    people(state, Stage.HOUSED, reunion=Reunion.APPLIED, reunion_since=0, reunion_applied=0, family_abroad=3)
    assert penalties(state, reunion_term=6, claim_share=1) == pytest.approx(BY_MONTH)


def test_a_longer_term_postpones_the_penalty():
    state = village_state()
    people(state, Stage.IN_DECISION, applied=0)
    assert penalties(state, decision_term=9, claim_share=1) == pytest.approx([0, 0, 0, *BY_MONTH[:10]])


def test_nothing_is_due_after_a_decision_nor_where_nobody_claims():
    state = village_state()
    for stage in (Stage.REGISTERING, Stage.IN_APPEAL, Stage.AWAITING_HOME, Stage.DEPARTING):
        people(state, stage, applied=-8, reunion=Reunion.TRAVELLING, reunion_applied=-8)
    assert penalties(state, months=3, claim_share=1) == [0, 0, 0]
    people(state, Stage.IN_DECISION, 20, applied=-8)
    assert penalties(state, months=3, claim_share=0) == [0, 0, 0]


def test_the_same_households_claim_every_month():
    state = village_state(village(penalty_maximum=1e9))
    people(state, Stage.IN_DECISION, 150, applied=-8)
    found = penalties(state, months=3, claim_share=0.4)
    assert found[0] == found[1] == found[2]
    assert found[0] / MONTH == pytest.approx(60, abs=18)  # three standard deviations


def test_a_penalty_stands_for_as_many_cases_as_the_scale_says():
    state = village_state(scale=0.5)
    people(state, Stage.IN_DECISION, applied=-7)
    assert penalties(state, months=1, claim_share=1) == pytest.approx([2 * MONTH])


def test_every_euro_leaves_one_account_and_enters_another():
    state = crowd()
    people(state, Stage.IN_DECISION, 20, applied=-7)
    run(money, state, months=4, claim_share=1)
    found = balances(state)
    assert found.sum() == pytest.approx(0, abs=1e-6)
    assert found[Account.COA] == pytest.approx(0, abs=1e-6)  # agencies pass on what they get
    assert found[Account.IND] == pytest.approx(0, abs=1e-6)
    assert found[Account.NEWCOMERS] == pytest.approx(20 * 7_500)
    assert found[Account.STATE] == pytest.approx(-found[Account.PROVIDERS] - 20 * 7_500)


def test_totals_are_the_sum_of_the_months():
    state = crowd()
    run(money, state)
    first = state.ledger.month.copy()
    people(state, Stage.IN_DECISION, 50)
    run(money, state)
    assert state.ledger.total.tolist() == pytest.approx(first + state.ledger.month)


def test_an_empty_country_pays_for_empty_places_only():
    state = village_state()
    run(money, state)
    assert np.flatnonzero(state.ledger.month).tolist() == [Purpose.BUDGET_COA, Purpose.PLACES_EMPTY]
