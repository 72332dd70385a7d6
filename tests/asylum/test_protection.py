"""Temporary protection: the number follows the register, and the asylum chain is as it is without it."""

from dataclasses import replace

import numpy as np
import pytest

from abm.asylum import protection
from abm.chain import turn
from abm.engine.clock import NEVER
from abm.engine.table import NO_ROW
from abm.people.household_formation import MOST_PERSONS
from abm.scenario import default
from abm.tables.people import Schooling, Stage
from tests.helpers.village import WAR, constant, run, village, village_state

BEGUN = 12  # first month in which anybody is registered
REGISTERED = [0.0] * BEGUN + [400, 900, 890, 1000, 1000, 1000]  # at the end of each month; the last one holds


def facts(registered=REGISTERED):
    """The village, to which people from Ukraine come; their country belongs to the origin `war`."""
    plain = village()
    origins = plain.origins.assign(members=["AAA|UKR", "BBB", "CCC"])
    return replace(plain, origins=origins, known_series=plain.known_series | {"protected": np.array(registered)})


def country(scale=1.0, month=BEGUN, **changes):
    """The village in the month in which the first of them are registered."""
    state = village_state(facts(**changes), scale)
    state.clock.month = month
    return state


def here(state):
    """Rows of the households under protection."""
    return np.flatnonzero(state.households.stage == Stage.PROTECTED)


# --- how many


@pytest.mark.parametrize("scale", [1.0, 0.25])
def test_the_number_follows_the_register_whoever_leaves(scale):
    state = country(scale)
    for month in range(BEGUN, BEGUN + 10):
        state.clock.month = month
        run(protection, state, leaving=0.1, family_share=0.5)
        number = state.households.size[here(state)].sum()
        registered = REGISTERED[min(month, len(REGISTERED) - 1)] * scale
        assert number == registered - state.nation.protected_due[0]  # less the persons still due
        assert -MOST_PERSONS < registered - number <= 0  # the last household is whole
    assert (state.households.stage == Stage.RETURNED).sum() > 50 * scale


def test_arrivals_are_the_growth_and_those_who_left():
    state = country()
    run(protection, state, family_share=0)
    assert len(here(state)) == 400
    state.clock.month += 1
    events = run(protection, state, leaving=0.1, family_share=0)
    assert len(events["protection_left"]) == pytest.approx(40, abs=20)
    assert len(events["protected"]) == 500 + len(events["protection_left"])
    assert (state.households.stage[events["protection_left"]] == Stage.RETURNED).all()


def test_growth_beyond_the_series_begins_with_the_first_who_are_registered():
    state = country(month=BEGUN - 1)
    assert len(run(protection, state, growth=50)["protected"]) == 0
    state.clock.month = len(REGISTERED) + 3
    assert protection.growth(state, protection.Params(growth=50)) == 50
    assert protection.growth(state, protection.Params()) == 0


def test_a_number_that_falls_faster_than_people_leave_admits_nobody():
    state = country(registered=[0.0] * BEGUN + [400, 100])
    run(protection, state, family_share=0)
    state.clock.month += 1
    assert len(run(protection, state, leaving=0, family_share=0)["protected"]) == 0
    assert state.nation.protected_due[0] == -300


def test_without_protection_nobody_is_admitted_and_those_here_leave():
    state = country()
    run(protection, state)
    state.clock.month += 1
    events = run(protection, state, in_force=False, leaving_after=1, free_work=True)
    assert len(events["protected"]) == len(here(state)) == state.nation.protected_due[0] == 0
    assert not state.households.free_to_work.any()


# --- who


def test_they_live_in_municipalities_by_inhabitants():
    state = country(registered=[0.0] * BEGUN + [10_000])
    run(protection, state, family_share=0)
    towns = np.bincount(state.households.municipality[here(state)], minlength=5)
    # standard deviation of a count: at most sqrt(10,000 x 0.3 x 0.7) = 46
    assert towns.tolist() == pytest.approx([1000, 2000, 3000, 2000, 2000], abs=4 * 46)
    assert (state.households.location == NO_ROW).all()
    assert (state.households.origin == WAR).all()
    assert (state.households.granted == NEVER).all()
    assert (state.households.applied == BEGUN).all()


def test_age_sex_and_schooling_by_hand():
    state = country(registered=[0.0] * BEGUN + [20_000])
    run(
        protection, state, family_share=0.5, family_size=3, partner_share=0.5, female_lead=1, female_alone=0.8,
        adult_age=38, unschooled=0, primary=0.1, higher=0.6,
    )  # fmt: skip
    people, age = state.newcomers, BEGUN - state.newcomers.born
    adult = age >= 18 * 12
    # of two households one is alone, the other three: a lead, in half of the cases a partner, the rest children;
    # sizes are cut at 15, which a mean of one beyond two reaches in 1 of 8,000 families
    assert adult.mean() == pytest.approx(2.5 / 4, abs=0.02)
    assert people.female[adult].mean() == pytest.approx((0.8 + 1) / 2.5, abs=0.02)  # partners are men
    assert (age >= 65 * 12)[adult].mean() == pytest.approx(np.exp(-47 / 20), abs=0.015)
    shares = np.bincount(people.schooling[adult], minlength=len(Schooling)) / adult.sum()
    assert shares == pytest.approx([0, 0.1, 0.3, 0.6], abs=0.02)


def test_nobody_shares_an_identity_with_the_asylum_chain():
    state = state_of_the_chain(months=4)
    for table in (state.households, state.newcomers):
        assert len(np.unique(table.identity)) == len(table)
    assert len(np.unique(state.households.lottery)) == len(state.households)


# --- apart from the asylum chain

CHAIN_COLUMNS = (
    "stage",
    "since",
    "location",
    "municipality",
    "moves",
    "decided",
    "granted",
    "coupled",
    "housed",
    "size",
)


def state_of_the_chain(months, **policy):
    """The village after some months of all processes, with people from Ukraine from the first month on."""
    state = country()
    scenario = default().with_values({f"policy.protection.{name}": value for name, value in policy.items()})
    for _ in range(months):
        turn(state, scenario.params_at(state.clock.month), seed=1)
    return state


def test_nobody_of_them_enters_reception_and_the_others_are_as_without_them():
    apart, together = state_of_the_chain(8, in_force=False), state_of_the_chain(8)
    way = together.households.identity >> np.uint64(6) & np.uint64(3)
    theirs = way == protection.WAY
    assert np.isin(together.households.stage[theirs], (Stage.PROTECTED, Stage.RETURNED)).all()
    assert (together.households.location[theirs] == NO_ROW).all()
    assert together.households.size[theirs].sum() > 1000
    assert len(apart.households) == np.count_nonzero(~theirs)
    order = np.flatnonzero(~theirs)
    assert (together.households.identity[order] == apart.households.identity).all()
    for name in CHAIN_COLUMNS:
        assert np.array_equal(getattr(together.households, name)[order], getattr(apart.households, name)), name
    for name in ("task", "balance", "let", "offered"):
        assert np.array_equal(getattr(together.municipalities, name), getattr(apart.municipalities, name)), name
    assert np.array_equal(together.ledger.total, apart.ledger.total)


def test_nobody_comes_while_nobody_is_registered():
    state = country(month=3, registered=constant(30, 0).tolist())
    events = run(protection, state, months=5)
    assert len(events["protected"]) == len(events["protection_left"]) == len(state.households) == 0
