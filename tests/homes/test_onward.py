"""Tenants who move on to middle rent or a home of their own, by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from abm.engine.clock import NEVER
from abm.engine.table import NO_ROW
from abm.facts.csv_tables import MONTHS
from abm.homes import joining, onward
from abm.homes.tenancies import counted_incomes, parts_payable, payable
from abm.jobs import work
from abm.measures import MEASURES
from abm.observe.breakdowns import labels
from abm.observe.measure import Month
from abm.tables.homes import HomeSize, Tenure
from abm.tables.people import Role, Stage
from tests.helpers.runs import real
from tests.helpers.village import B, people, run, village_state

SMALL, LARGE = HomeSize.SMALL, HomeSize.LARGE
SURE = {"mortgage_wages": 4000, "middle_rent_rate": 0.1, "buying_rate": 0.1, "rent_norm": 3, "second_income": 0.5}
NET = 0.9  # of a gross wage, as earned
RENT, OWN, SOCIAL = Tenure.MIDDLE_RENT, Tenure.OWNED, Tenure.CORPORATION


def town():
    """The village a year on."""
    state = village_state()
    state.clock.month = 20
    return state


def earners(state, wages, count=400, **columns):
    """Households with a small home in which one person earns these net wages; returns their rows."""
    rows = people(state, Stage.HOUSED, count, **({"home": SMALL, "earned": wages, "municipality": B} | columns))
    paid(state, rows, wages)
    return rows


def paid(state, rows, wages):
    """Give the lead of each household the gross wage that goes with a net one."""
    persons = state.newcomers
    leads = np.isin(persons.household, rows) & (persons.role == Role.LEAD)
    persons.wage[leads] = wages / NET


HOME = st.tuples(
    st.sampled_from([Stage.HOUSED, Stage.AWAITING_HOME]), st.integers(-1, 1), st.sampled_from([NEVER, 3]),
    st.sampled_from(list(Tenure)), st.sampled_from([NEVER, 3]), st.sampled_from([0, 4000, 4200]),
    st.sampled_from([0, 0.5]),
)  # fmt: skip


@given(st.lists(HOME, max_size=30))
def test_tenants_who_could_move_as_numpy_finds_them(homes):
    stage, complexes, homeless, tenure, interim, wages, part = np.array(homes, float).reshape(-1, 7).T
    kinds = (np.int8, np.int16, np.int16, np.int8, np.int16)
    given = (stage, complexes, homeless, tenure, interim)
    columns = onward.Homes(*(each.astype(kind) for each, kind in zip(given, kinds, strict=True)))
    found = onward.could_move(columns, wages.astype(np.float32), part, np.float32(4200))
    tenants = (stage == Stage.HOUSED) & (complexes == NO_ROW) & (homeless == NEVER) & (tenure <= Tenure.PRIVATE)
    expected = tenants & (interim == NEVER) & ((wages >= 4200) | (part > 0))
    assert found.tolist() == np.flatnonzero(expected).tolist()


def test_parts_of_rents_as_numpy_computes_them():
    income = np.random.default_rng(1).uniform(0, 9000, 1000)
    assert parts_payable(income, 3, 900.0, 1200.0).tolist() == np.clip((income / 3 - 900) / 300, 0, 1).tolist()


# --- what landlords count


def slow_counted(wage, household, sponsor, stage, second):
    """Wages per home, highest first: the first counts in full, the others for a part."""
    found = {home: [] for home in range(len(sponsor))}
    for pay, home in zip(wage, household, strict=True):
        joined = sponsor[home] != NO_ROW and stage[home] == Stage.HOUSED
        found[sponsor[home] if joined else home].append(pay)
    tops = [sorted(each, reverse=True) for each in found.values()]
    return [each[0] + second * sum(each[1:]) if each else 0 for each in tops]


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 40)), max_size=25), st.integers(0, 4))
def test_counted_incomes_equal_the_slow_twin(persons, second):
    sponsor = np.array([NO_ROW, 0, NO_ROW, 2, 2], np.int32)
    stage = np.array([Stage.HOUSED, Stage.HOUSED, Stage.HOUSED, Stage.HOUSED, Stage.AWAITING_HOME], np.int8)
    household = np.array([home for home, _ in persons], np.int32)
    wage = np.array([pay * 100 for _, pay in persons], np.float32)
    found = counted_incomes(wage, household, sponsor, stage, second / 4)
    assert found.tolist() == slow_counted(wage.tolist(), household.tolist(), sponsor, stage, second / 4)


def part_of(*wages):
    """Part of the middle rents, 800 to 1,200 in the village, that a home with these gross wages can pay."""
    state = town()
    (row,) = people(state, Stage.HOUSED, size=max(len(wages), 1))
    here = np.flatnonzero(state.newcomers.household == row)
    state.newcomers.wage[here[: len(wages)]] = wages
    return payable(state, 3, 0.5)[row]


def test_what_an_income_can_pay_by_hand():
    assert part_of() == part_of(2_400) == 0
    assert part_of(3_000) == pytest.approx(0.5)  # up to 1,000 euros
    assert part_of(3_600) == part_of(9_000) == 1
    assert part_of(2_400, 600) == pytest.approx(100 / 400)  # half of the second: 2,700
    assert part_of(600, 2_400) == part_of(2_400, 600)


@pytest.mark.parametrize("month", ["2023-07", "2024-07", "2026-01"])
def test_one_full_week_at_level_pays_part_of_the_middle_rents(month):
    """It paid none of them: 2,900 euros net were asked in every year, and a full week at level paid 2,725 in 2026."""
    own, inputs, at = work.Params(), real(), MONTHS.index(month) if month in MONTHS else len(MONTHS)
    full = inputs.series_at("minimum_wage", at) * own.over_minimum
    low, high = (inputs.series_at(f"middle_rent_{end}", at) for end in ("from", "to"))
    at_level, below = (wage / onward.Params().rent_norm for wage in (full * own.matched_wage, full))
    assert low < at_level < high
    assert below < low  # a job below the level pays none of them


@pytest.mark.parametrize(
    ("wages", "tenures"),
    [(2160, {SOCIAL}), (2700, {SOCIAL, RENT}), (3999, {SOCIAL, RENT}), (4000, {SOCIAL, RENT, OWN})],
)
def test_wages_decide_what_can_be_paid(wages, tenures):
    state = town()
    rows = earners(state, wages)
    run(onward, state, months=12, **SURE)
    assert set(state.households.tenure[rows].tolist()) == tenures


def test_the_rates_are_those_of_the_parameters():
    state = town()
    rows = earners(state, 5000, count=20_000)
    events = run(onward, state, **(SURE | {"buying_rate": 0.05}))
    assert len(events["bought"]) / len(rows) == pytest.approx(0.05, abs=0.006)
    assert len(events["to_middle_rent"]) / len(rows) == pytest.approx(0.95 * 0.1, abs=0.008)  # of those who did not buy
    assert not np.isin(events["bought"], events["to_middle_rent"]).any()


def test_only_tenants_move_on():
    state = town()
    for columns in ({"tenure": OWN}, {"tenure": RENT}, {"homeless": 12}):
        earners(state, 9000, **columns)
    people(state, Stage.IN_DECISION, 5, earned=9000)
    events = run(onward, state, months=12, **SURE)
    assert [len(rows) for rows in events.values()] == [0, 0]


def test_wages_of_a_family_who_joined_count_and_it_goes_along():
    state = town()
    sponsors = earners(state, 2160, count=200)  # 2,400 gross: not even the lowest middle rent
    families = people(state, Stage.HOUSED, 200, size=3, sponsor=sponsors, earned=2160, municipality=B)
    paid(state, families, 2160)
    run(onward, state, months=24, **(SURE | {"mortgage_wages": 8000}))
    moved = state.households.tenure[sponsors] == RENT
    assert 0.8 < moved.mean() < 1  # 1 - 0.9^24 = 0.92
    assert (state.households.home[sponsors[moved]] == HomeSize.MIDDLE).all()  # four persons
    assert not state.households.tenure[families].any()  # what holds for the home is with the sponsor


def test_the_new_home_fits_and_the_list_is_left():
    state = town()
    rows = earners(state, 3500, count=100, size=6, crowded=True, urgent=15, registered=15)
    run(onward, state, months=24, **SURE)
    of, moved = state.households, state.households.tenure[rows] == RENT
    assert (of.home[rows[moved]] == LARGE).all()
    assert not of.crowded[rows[moved]].any()
    assert (of.urgent[rows[moved]] == NEVER).all()
    assert of.crowded[rows[~moved]].all()


def test_no_home_becomes_vacant_twice():
    state = town()
    earners(state, 5000)
    before = {name: getattr(state.municipalities, name).copy() for name in ("vacated", "vacant_small", "small")}
    run(onward, state, months=12, **SURE)
    for name, homes in before.items():
        assert getattr(state.municipalities, name).tolist() == homes.tolist()
    state.check_homes()


def test_owners_whose_home_becomes_too_small_for_their_family_join_the_list():
    state = town()
    owner = earners(state, 5000, count=1, tenure=OWN)[0]
    people(state, Stage.AWAITING_COUPLING, size=6, sponsor=owner, applied=20, since=19)
    run(joining, state, tolerated=10)
    assert state.households.crowded[owner]


def test_tenure_is_measured_for_everybody_in_the_home():
    state = village_state(scale=0.5)
    owner = people(state, Stage.HOUSED, size=2, tenure=OWN)[0]
    people(state, Stage.HOUSED, size=3, sponsor=owner)
    people(state, Stage.HOUSED, size=4)
    state.clock.month = 21
    (measure,) = (each for each in MEASURES if each.name == "by_tenure")
    found = measure.values(Month(state, {}), measure.by)
    assert dict(zip(labels(state.inputs)["tenure"], found["tenure"].tolist(), strict=True)) == {
        "corporation": 8, "private": 0, "middle rent": 0, "owned": 10,
    }  # fmt: skip
    assert found["total"].tolist() == [18]
