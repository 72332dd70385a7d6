"""Tenants who move on to middle rent or a home of their own, by hand."""

import numpy as np
import pytest

from abm.engine.clock import NEVER
from abm.homes import joining, onward
from abm.measures import MEASURES
from abm.observe.breakdowns import labels
from abm.observe.measure import Month
from abm.tables.homes import HomeSize, Tenure
from abm.tables.people import Stage
from tests.helpers.village import B, people, run, village_state

SMALL, LARGE = HomeSize.SMALL, HomeSize.LARGE
SURE = {"rent_wages": 2000, "mortgage_wages": 4000, "middle_rent_rate": 0.1, "buying_rate": 0.1}
RENT, OWN, SOCIAL = Tenure.MIDDLE_RENT, Tenure.OWNED, Tenure.CORPORATION


def town():
    """The village a year on."""
    state = village_state()
    state.clock.month = 20
    return state


def earners(state, wages, count=400, **columns):
    """Households with a small home with these net wages; returns their rows."""
    return people(state, Stage.HOUSED, count, **({"home": SMALL, "earned": wages, "municipality": B} | columns))


@pytest.mark.parametrize(
    ("wages", "tenures"),
    [(1999, {SOCIAL}), (2000, {SOCIAL, RENT}), (3999, {SOCIAL, RENT}), (4000, {SOCIAL, RENT, OWN})],
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
    sponsors = earners(state, 1500, count=200)
    families = people(state, Stage.HOUSED, 200, size=3, sponsor=sponsors, earned=600, municipality=B)
    run(onward, state, months=24, **SURE)
    moved = state.households.tenure[sponsors] == RENT
    assert 0.8 < moved.mean() < 1  # 1 - 0.9^24 = 0.92
    assert (state.households.home[sponsors[moved]] == HomeSize.MIDDLE).all()  # four persons
    assert not state.households.tenure[families].any()  # what holds for the home is with the sponsor


def test_the_new_home_fits_and_the_list_is_left():
    state = town()
    rows = earners(state, 3000, count=100, size=6, crowded=True, urgent=15, registered=15)
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
