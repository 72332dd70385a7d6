"""What workers in reception contribute, keep and save, worked out by hand in euros."""

import numpy as np
import pytest

from abm.engine.errors import BooksError
from abm.engine.table import NO_ROW, UNSET
from abm.finance import contribution, money
from abm.jobs import job_search, work
from abm.tables.country import Kind
from abm.tables.money import Account, Purpose
from abm.tables.people import Stage
from tests.helpers.accounts import balances
from tests.helpers.reception import emergency
from tests.helpers.village import ALPHA, A, locations, people, run, village, village_state

LAW = contribution.Params()
SINGLE = 4.33 * (44.66 + 12.95 + 45.38)  # 445.95: food, personal money and housing of one adult
FAMILY = 4.33 * (2 * 33.05 + 2 * 25.8 + 4 * 12.95) + 4.33 * (45.38 + 22.69 + 2 * 11.34)  # 1,126.88: two and two
ALL = {"paying_share": 1}


def working(state, rows, wage, workers=1):
    """Give the first members of households a job at this net wage."""
    members = state.newcomers.household
    for row in rows:
        first = np.flatnonzero(members == row)[:workers]
        state.newcomers.employed[first] = True
        state.newcomers.net_wage[first] = wage
        state.newcomers.born[first] = -12 * 30
    return rows


def one(wage=1700, stage=Stage.AWAITING_COUPLING, **columns):
    state = village_state()
    return state, working(state, people(state, stage, **columns), wage)


def paid(state, purpose):
    return state.ledger.month[purpose]


def each(rule, *columns, params=LAW):
    """A rule for single households or workers, for each of several, (n,)."""
    amounts = contribution.Amounts(*(float(getattr(params, name)) for name in contribution.Amounts._fields))
    return np.array([rule(*values, amounts) for values in zip(*columns, strict=True)])


# --- the law


def test_what_is_kept_of_a_wage():
    assert each(contribution.kept_wage, [0.0, 400, 732, 733, 5_000]).tolist() == [0, 100, 183, 183, 183]


def test_value_of_reception_by_composition():
    adults, children = np.array([1, 2, 1, 2, 2, 0]), np.array([0, 0, 2, 2, 0, 0])
    three = 4.33 * (37.07 + 2 * 28.93 + 3 * 12.95 + 45.38 + 22.69 + 11.34)
    two = 4.33 * (2 * 44.66 + 2 * 12.95 + 45.38 + 22.69)
    assert each(contribution.value, adults, children).tolist() == pytest.approx([SINGLE, two, three, FAMILY, two, 0])


def test_value_of_housing_has_a_maximum():
    food = 4.33 * (2 * 33.05 + 8 * 25.8 + 10 * 12.95)
    assert each(contribution.value, [2], [8]) == pytest.approx([food + 393.43])


def test_food_is_indexed_and_housing_is_not():
    later = contribution.Params(food_index=1.05)
    gain = each(contribution.value, [1], [0], params=later) - SINGLE
    assert gain == pytest.approx([4.33 * 44.66 * 0.05])


@pytest.mark.parametrize(
    ("wage", "due"),
    [(0, 0), (100, 75), (590, 442.5), (595, SINGLE), (2_000, SINGLE)],  # 75%, until the value of what is provided
)
def test_contribution_of_one_adult_by_net_wage(wage, due):
    state, _ = one(wage)
    run(contribution, state, **ALL)
    assert paid(state, Purpose.CONTRIBUTIONS) == pytest.approx(due)


@pytest.mark.parametrize(("wage", "due"), [(700, 525), (732, 549), (1_000, 817), (1_300, 1_117), (1_310, FAMILY)])
def test_contribution_of_a_family_of_four_takes_all_beyond_what_is_kept_at_most(wage, due):
    state = village_state()
    rows = people(state, Stage.IN_DECISION, size=4)
    state.newcomers.born[:] = [-12 * 30, -12 * 30, -12 * 8, -12 * 4]
    state.newcomers.net_wage[0] = wage
    run(contribution, state, **ALL)
    assert len(rows) == 1
    assert paid(state, Purpose.CONTRIBUTIONS) == pytest.approx(due)


def test_each_worker_keeps_a_part_and_the_household_has_one_maximum():
    state = village_state()
    couple = people(state, Stage.IN_DECISION, size=2)
    state.newcomers.born[:] = -12 * 30
    working(state, couple, 400, workers=2)
    run(contribution, state, **ALL)
    assert paid(state, Purpose.CONTRIBUTIONS) == pytest.approx(600)  # 300 each
    working(state, couple, 4_000, workers=2)
    run(contribution, state, **ALL)
    assert paid(state, Purpose.CONTRIBUTIONS) == pytest.approx(4.33 * (2 * 44.66 + 2 * 12.95 + 45.38 + 22.69))


def test_nobody_contributes_at_home_or_in_emergency_reception_unless_asked():
    state = village_state()
    emergency = state.locations.add(1, municipality=A, region=ALPHA, kind=Kind.EMERGENCY, places=100)[0]
    places = [locations(state, Kind.REGULAR)[0], emergency, locations(state, Kind.MUNICIPAL)[0]]
    rows = [working(state, people(state, Stage.IN_DECISION, location=place), 100)[0] for place in places]
    home = working(state, people(state, Stage.HOUSED), 100)
    assert run(contribution, state, **ALL)["contributed"].tolist() == rows[:1]
    assert state.households.tax_on_work[home].tolist() == [UNSET]
    assert state.households.tax_on_work[rows[1:]].tolist() == [0, 0]
    assert run(contribution, state, emergency_pays=True, **ALL)["contributed"].tolist() == rows


def test_part_of_the_working_households_contributes_the_same_every_month():
    state = village_state()
    working(state, people(state, Stage.IN_DECISION, 200), 100)
    first = run(contribution, state, paying_share=0.3)["contributed"]
    assert len(first) == pytest.approx(60, abs=20)  # three standard deviations
    state.clock.month += 1
    assert run(contribution, state, paying_share=0.3)["contributed"].tolist() == first.tolist()
    assert len(run(contribution, state, paying_share=0)["contributed"]) == 0


def test_nobody_is_there():
    state = village_state()
    assert all(len(rows) == 0 for rows in run(contribution, state, **ALL).values())
    assert state.ledger.month.sum() == 0


def test_members_of_many_households_are_added_up_as_numpy_does():
    rng, n = np.random.default_rng(8), 300
    state = village_state()
    people(state, Stage.IN_DECISION, 90)
    state.newcomers.add(n - 90, household=rng.integers(0, 90, n - 90))
    state.households.location[:] = rng.choice([NO_ROW, *locations(state, Kind.REGULAR), emergency(state, 9)], 90)
    persons, home = state.newcomers, state.households.location
    persons.born[:], persons.net_wage[:] = rng.integers(-500, 0, n), rng.choice([0, 300, 2_000], n)
    rows, due = assessed(state, month=12)
    assert set(state.households.tax_on_work[home == NO_ROW]) == {UNSET}
    for row in range(90):
        of = persons.household == row
        adult, net = 12 - persons.born[of] >= 216, persons.net_wage[of].astype(float)
        most = each(contribution.value, [adult.sum()], [(~adult).sum()])[0]
        rest, regular = (net - each(contribution.kept_wage, net)).sum(), home[row] in locations(state, Kind.REGULAR)
        owed = due[rows == row] if row in rows else [0]
        assert owed == pytest.approx([min(rest, most) * regular])
        if home[row] != NO_ROW:
            tax = each(contribution.tax_on_work, [rest], [most], [1_500.0])[0] * regular
            assert state.households.tax_on_work[row] == pytest.approx(tax)


def assessed(state, month):
    """Rows of the households that owe a contribution, and what they owe; nothing is due in emergency reception."""
    where = np.arange(len(Kind)) != Kind.EMERGENCY
    return contribution.assess(state.newcomers, state.households, state.locations.kind, where, month, 1_500.0, LAW)


# --- the budget of reception


def test_contributions_lower_what_the_state_pays_to_reception():
    state, _ = one(100)
    run(contribution, state, **ALL)
    run(money, state)
    places = state.ledger.month[[Purpose.PLACES_REGULAR, Purpose.PLACES_EMPTY]].sum()
    assert paid(state, Purpose.BUDGET_COA) == pytest.approx(places - 75)
    found = balances(state)
    assert found.sum() == pytest.approx(0, abs=1e-6)
    assert found.tolist() == pytest.approx([75 - places, 0, 0, places, -75, 0, 0, 0, 0], abs=1e-6)


def test_a_contribution_stands_for_as_many_as_the_scale_says():
    state = village_state(scale=0.5)
    working(state, people(state, Stage.IN_DECISION), 100)
    run(contribution, state, saved_share=0.2, **ALL)
    assert paid(state, Purpose.CONTRIBUTIONS) == pytest.approx(120)
    assert paid(state, Purpose.SAVED) == pytest.approx(30)
    assert state.households.savings.tolist() == pytest.approx([15])


# --- savings


def test_a_share_of_the_contribution_is_saved_each_month():
    state, rows = one(100)
    run(contribution, state, months=3, saved_share=0.4, **ALL)
    assert paid(state, Purpose.SAVED) == pytest.approx(30)
    assert paid(state, Purpose.CONTRIBUTIONS) == pytest.approx(45)
    assert state.households.savings[rows] == pytest.approx([90])


def saver(stage, since=0):
    """A household that saved 75 euros and then came to a stage."""
    state, rows = one(100)
    run(contribution, state, saved_share=1, **ALL)
    state.households.stage[rows], state.households.since[rows] = stage, since
    state.households.location[rows] = NO_ROW
    state.households.municipality[rows] = A
    state.newcomers.net_wage[:] = 0
    return state, rows


@pytest.mark.parametrize(
    ("stage", "purpose"), [(Stage.HOUSED, Purpose.RELEASED_HOME), (Stage.RETURNED, Purpose.RELEASED_RETURN)]
)
def test_savings_are_paid_out_once_at_home_or_return(stage, purpose):
    state, rows = saver(stage)
    assert run(contribution, state, **ALL)["savings_released"].tolist() == rows.tolist()
    assert paid(state, purpose) == pytest.approx(75)
    assert state.households.savings.sum() == 0
    run(contribution, state, **ALL)
    assert paid(state, purpose) == 0
    assert balances(state).tolist() == pytest.approx([0] * len(Account))


def test_households_that_leave_with_unknown_destination_lose_their_savings_after_a_month():
    state, _ = saver(Stage.UNKNOWN)
    run(contribution, state, **ALL)
    assert state.households.savings.sum() == pytest.approx(75)
    state.clock.month += 1
    run(contribution, state, **ALL)
    assert paid(state, Purpose.SAVINGS_FORFEITED) == pytest.approx(75)
    assert balances(state).tolist() == pytest.approx([0, 75, 0, 0, -75, 0, 0, 0, 0])


def test_savings_wait_while_the_household_is_in_reception():
    state, _ = one(100, stage=Stage.DEPARTING)
    run(contribution, state, saved_share=1, **ALL)
    state.newcomers.net_wage[:] = 0
    run(contribution, state, months=5, **ALL)
    assert state.households.savings.sum() == pytest.approx(75)


def test_savings_equal_what_was_paid_in_less_what_was_released():
    state, _ = saver(Stage.HOUSED)
    working(state, people(state, Stage.IN_DECISION, 3), 200)
    run(contribution, state, months=2, saved_share=0.5, **ALL)
    total = state.ledger.total
    out = total[[Purpose.RELEASED_HOME, Purpose.RELEASED_RETURN, Purpose.SAVINGS_FORFEITED]].sum()
    assert out == pytest.approx(75)
    assert state.households.savings.sum() == pytest.approx(total[Purpose.SAVED] - out)
    assert state.households.savings.sum() == pytest.approx(3 * 2 * 75)
    state.households.savings[0] += 1
    with pytest.raises(BooksError, match="savings"):
        state.check()


# --- what it means for looking for work


def test_tax_on_the_first_and_the_second_job_of_a_household():
    net = 1_530
    rest, most = np.array([0, 0, 300, 2_000.0]), np.array([SINGLE, FAMILY, SINGLE, SINGLE])
    expected = [SINGLE / net, FAMILY / net, (SINGLE - 300) / net, 0]
    assert each(contribution.tax_on_work, rest, most, [net] * 4).tolist() == pytest.approx(expected)


def test_savings_lower_the_tax_by_what_they_are_worth():
    rest, most = np.zeros(1), np.array([SINGLE])
    plain = each(contribution.tax_on_work, rest, most, [1_530])
    half, whole = (contribution.Params(saved_share=share, savings_value=of) for share, of in ((0.5, 0.6), (1, 1)))
    saving = each(contribution.tax_on_work, rest, most, [1_530], params=half)
    assert saving == pytest.approx(plain * 0.7)
    assert each(contribution.tax_on_work, rest, most, [1_530], params=whole).tolist() == [0]


def test_search_follows_what_is_kept_of_a_wage():
    assert [job_search.reward(tax, 0.36, 0.4) for tax in (0.36, 0, 1)] == pytest.approx([1, (1 / 0.64) ** 0.4, 0])
    assert [job_search.reward(tax, 0.36, 0) for tax in (0, 0.9, 1)] == [1, 1, 1]
    assert np.all(np.diff([job_search.reward(tax, 0.41, 0.2) for tax in np.linspace(0, 1, 11)]) < 0)


def test_the_law_of_2015_is_the_reference_of_search():
    state, params = village_state(village(minimum_wage=1_501.8)), work.Params()
    rows = working(state, people(state, Stage.AWAITING_COUPLING), 0)
    run(contribution, state)
    tax = float(state.households.tax_on_work[rows][0])
    assert job_search.reward(tax, params.tax_reference, params.tax_elasticity) == pytest.approx(1, abs=0.005)
