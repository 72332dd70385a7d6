"""The end of tenancies with private landlords, by hand."""

import numpy as np
import pytest

from abm.engine.clock import NEVER
from abm.homes import leases, lettings, moving
from abm.tables.homes import Tenure
from abm.tables.people import Stage
from tests.helpers.runs import small
from tests.helpers.village import A, B, people, run, village_state

NOW = 40
SURE = {"ending": 1, "term": 24, "from_reception_only": False}
PRIVATE, SOCIAL = Tenure.PRIVATE, Tenure.CORPORATION


def tenants(state, count=1, **columns):
    """Households whose tenancy of two years ends this month."""
    began = {"housed": NOW - 24, "moved_in": NOW - 24, "tenure": PRIVATE}
    return people(state, Stage.HOUSED, count, **(began | columns))


def town():
    state = village_state()
    state.clock.month = NOW
    return state


@pytest.mark.parametrize(
    ("columns", "ends"),
    [
        ({}, True),
        ({"moved_in": NOW - 23}, False),  # the term
        ({"moved_in": NOW - 25}, False),  # it became one without end
        ({"tenure": SOCIAL}, False),
        ({"tenure": Tenure.MIDDLE_RENT}, False),
    ],
)
def test_tenancies_that_end(columns, ends):
    state = town()
    row = tenants(state, **columns)
    assert run(leases, state, **SURE)["lease_ended"].tolist() == (row.tolist() if ends else [])
    assert state.households.urgent[row].tolist() == [NOW if ends else NEVER]


def test_households_that_have_left_have_no_tenancy():
    state = town()
    row = tenants(state)
    state.households.stage[row] = Stage.RETURNED
    assert len(run(leases, state, **SURE)["lease_ended"]) == 0


def test_part_of_the_tenancies_end():
    state = town()
    rows = tenants(state, 4_000)
    assert len(run(leases, state, **(SURE | {"ending": 0.47}))["lease_ended"]) == pytest.approx(0.47 * 4_000, abs=130)
    assert (state.households.urgent[rows] == NOW).mean() == pytest.approx(0.47, abs=0.035)


def test_a_family_that_joined_has_no_tenancy_of_its_own():
    state = town()
    sponsor = tenants(state)
    tenants(state, sponsor=sponsor)
    assert run(leases, state, **SURE)["lease_ended"].tolist() == sponsor.tolist()


def test_earlier_registration_and_urgency_are_kept():
    state = town()
    rows = tenants(state, 2, registered=[7, NEVER], urgent=[30, NEVER])
    run(leases, state, **SURE)
    assert state.households.registered[rows].tolist() == [7, NOW]
    assert state.households.urgent[rows].tolist() == [30, NOW]


def test_of_later_tenancies_only_those_of_households_from_reception_end():
    state = town()
    straight, moved = tenants(state), tenants(state, housed=3)
    assert run(leases, state, **(SURE | {"from_reception_only": True}))["lease_ended"].tolist() == straight.tolist()
    assert state.households.urgent[moved].tolist() == [NEVER]


def test_tenants_who_have_to_leave_go_before_seekers_registered_longer():
    state = town()
    tenant, other = tenants(state, coupled=20), tenants(state, coupled=5, moved_in=NOW - 3)
    run(leases, state, **SURE)
    state.municipalities.vacant_small[A] = state.municipalities.vacated[A] = 1
    moved = run(lettings, state, urgency_share=1, lottery_share=0)["moved_on"]
    assert moved.tolist() == tenant.tolist()
    of = state.households
    assert of.tenure[[*tenant, *other]].tolist() == [SOCIAL, PRIVATE]
    assert of.urgent[tenant].tolist() == [NEVER]


def test_a_move_to_another_municipality_begins_another_tenancy():
    state = town()
    rows = tenants(state, 200, municipality=B)
    run(leases, state, **SURE)
    moved = run(moving, state, base=0.007, density=0, months=24)["moved_out"]
    assert (state.households.urgent[moved] == NEVER).all()
    assert (state.households.moved_in[moved] >= NOW).all()
    assert set(state.households.urgent[np.setdiff1d(rows, moved)]) == {NOW}


def test_the_law_allowed_them_from_2016_on_and_for_others_than_from_reception_until_july_2024():
    scenario = small("2027-01")
    ends = [scenario.params_at(month)["leases"] for month in (35, 36, 42, 137, 138)]  # a term later, from 2015-01 on
    assert [each.ending > 0 for each in ends] == [False, True, True, True, True]
    assert [each.from_reception_only for each in ends] == [True, True, False, False, True]
