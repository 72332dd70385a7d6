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
    regular, emergency = (500 * 0.8 - 10) * 1_000, (100 * 0.8 - 3) * 2_000  # 500 and 100 places, four in five planned
    assert paid(state, Purpose.PLACES_EMPTY) == pytest.approx((regular + emergency) * 0.5)
    assert paid(state, Purpose.BUDGET_COA) == pytest.approx(12_000 + 6_000 + 12_000 + 195_000 + 77_000)


def test_every_kind_of_place_is_paid_for_once():
    paid_for = [kind for _, kinds in money.PLACES.values() for kind in kinds]
    assert sorted([*paid_for, Kind.HOTEL]) == sorted(Kind)  # hotels by process joining


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
    assert costs == pytest.approx([0, 97_500 + 38_500, 390_000 + 154_000])


# --- penalties


ALWAYS = np.full(60, 100.0)  # euros a day, never suspended


def test_a_penalty_counts_from_the_term_to_the_decision_until_the_maximum():
    ended = np.array([12, 10, 9, 8, 7, 0, -30])  # decided in month 10
    expected = [0, 0, MONTH, 2 * MONTH, 7_500, 7_500, 7_500]
    assert money.penalty(np.array([-5]), 0, ALWAYS[:1], 1e9).tolist() == pytest.approx([5 * MONTH])  # of 2014
    assert money.penalty(ended, 10, ALWAYS[:11], 7_500).tolist() == pytest.approx(expected)
    assert money.penalty(ended, 10, 0 * ALWAYS[:11], 7_500).sum() == 0
    assert money.penalty(np.zeros(0, int), 10, ALWAYS[:11], 7_500).tolist() == []


def test_a_claim_of_before_a_suspension_runs_on_and_one_of_after_begins_when_it_ends():
    per_day = np.repeat([100.0, 0, 50], [5, 10, 5])  # suspended in months 5 to 14
    ended = np.array([3, 4, 9, 14, 18])
    assert money.penalty(ended, 19, per_day, 1e9).tolist() == pytest.approx(
        [16 * MONTH, 5 * MONTH / 2, 5 * MONTH / 2, 5 * MONTH / 2, MONTH / 2]
    )
    assert money.penalty(ended[:3], 12, per_day[:13], 1e9).tolist() == pytest.approx([9 * MONTH, 0, 0])


def penalties(state, months=13, **params):
    """Penalties per month of a run of the ledger alone."""
    found = []
    for _ in range(months):
        run(money, state, **params)
        found.append(paid(state, Purpose.PENALTIES))
        state.clock.month += 1
    return found


def test_a_penalty_is_paid_once_in_the_month_of_the_late_decision():
    state = village_state()
    people(state, Stage.IN_APPEAL, 10, applied=0, decided=8)  # two months after a term of six
    people(state, Stage.IN_DECISION, 5, applied=0)  # late, and not decided yet
    people(state, Stage.AWAITING_HOME, 3, applied=2, decided=8)  # in time
    found = penalties(state, decision_term=6, claim_share=1)
    assert found == pytest.approx([0] * 8 + [10 * 2 * MONTH] + [0] * 4)


def test_a_longer_term_makes_a_decision_less_late():
    found = []
    for term in (6, 7, 8, 15):
        state = village_state()
        people(state, Stage.IN_APPEAL, applied=0, decided=8)
        found.append(sum(penalties(state, decision_term=term, claim_share=1)))
    assert found == pytest.approx([2 * MONTH, MONTH, 0, 0])


@pytest.mark.parametrize("where", [Reunion.TRAVELLING, Reunion.REFUSED])
def test_late_reunification_costs_as_much(where):
    state = village_state()
    columns = {"reunion": where, "reunion_since": 8, "reunion_applied": 0}
    people(state, Stage.HOUSED, 4, **columns)
    found = penalties(state, reunion_term=6, claim_share=1)
    assert found == pytest.approx([0] * 8 + [4 * 2 * MONTH] + [0] * 4)


def test_a_closing_costs_nothing():
    state = village_state()
    people(state, Stage.DEPARTING, 4, applied=-20, decided=0, closing=True)
    assert penalties(state, months=1, claim_share=1) == [0]


def test_a_share_of_the_late_cases_claims():
    state = village_state(village(penalty_maximum=1e9))
    people(state, Stage.IN_APPEAL, 150, applied=-7, decided=0)
    assert penalties(state, months=1, claim_share=0) == [0]
    assert penalties(state, months=1, claim_share=0.4) == [0]  # in month 1 nothing was decided
    state.clock.month = 0
    assert penalties(state, months=1, claim_share=0.4)[0] / MONTH == pytest.approx(60, abs=18)  # three deviations


def test_a_penalty_stands_for_as_many_cases_as_the_scale_says():
    state = village_state(scale=0.5)
    people(state, Stage.IN_APPEAL, applied=-7, decided=0)
    assert penalties(state, months=1, claim_share=1) == pytest.approx([2 * MONTH])


def test_every_euro_leaves_one_account_and_enters_another():
    state = crowd()
    people(state, Stage.DEPARTING, 20, applied=-20, decided=0)
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


def test_unit_costs_grow_from_the_year_after_the_last_published_one():
    state = crowd()
    state.clock.month = len(state.inputs.known_series["cost_regular"]) - 1  # from which the last figure holds
    costs = []
    for _ in range(24):
        run(money, state, months=1, price_growth=0.1)
        costs.append(paid(state, Purpose.PLACES_REGULAR))
        state.clock.month += 1
    assert costs[:12] == pytest.approx([12_000] * 12)
    assert costs[23] == pytest.approx(12_000 * 1.1)  # after a year of growth


def test_answers_as_numpy_finds_them():
    state, rng = village_state(), np.random.default_rng(9)
    people(state, Stage.IN_DECISION, 300)
    of = state.households
    of.decided[:], of.reunion_since[:] = rng.integers(0, 3, (2, 300))
    of.closing[:], of.reunion[:] = rng.random(300) < 0.3, rng.integers(0, len(Reunion), 300)
    asylum, family = money.answered(of, 1)
    answered = np.isin(of.reunion, (Reunion.TRAVELLING, Reunion.REFUSED))
    assert asylum.tolist() == np.flatnonzero((of.decided == 1) & ~of.closing).tolist()
    assert family.tolist() == np.flatnonzero(answered & (of.reunion_since == 1)).tolist()
