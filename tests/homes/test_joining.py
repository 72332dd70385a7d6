"""Families that follow a sponsor: when they move in, where they wait, and who pays."""

import numpy as np
import pytest

from abm.asylum import reception
from abm.engine.clock import NEVER
from abm.engine.table import NO_ROW, UNSET
from abm.homes import housing, joining, lettings, starter_homes
from abm.tables.country import Kind
from abm.tables.homes import HomeSize, Tenure
from abm.tables.money import Purpose
from abm.tables.people import Stage
from tests.helpers.starter_homes import NOW, complex_of, tenants, town, vacancy
from tests.helpers.village import A, C, D, locations, people, run

SMALL, MIDDLE, LARGE = HomeSize
EXACT = {"tolerated": 0, "hotel": False}


def family_of(state, sponsor, size=3, **columns):
    """A family that was registered last month and waits in a municipal place; returns its row."""
    place = locations(state, Kind.MUNICIPAL)[0]
    return people(state, Stage.AWAITING_COUPLING, size=size, sponsor=sponsor, **({"location": place} | columns))


@pytest.mark.parametrize(
    ("home", "size", "joins"),
    [(SMALL, 1, True), (SMALL, 2, False), (MIDDLE, 3, True), (MIDDLE, 4, False), (LARGE, 9, True), (UNSET, 9, True)],
)
def test_a_family_joins_where_the_home_fits(home, size, joins):
    state = town()
    sponsor = people(state, Stage.HOUSED, home=home, municipality=D)[0]
    family = family_of(state, sponsor, size)
    assert run(joining, state, **EXACT)["joined"].tolist() == (family.tolist() if joins else [])
    assert state.municipalities.balance[D] == (size if joins else 0)
    if joins:
        assert state.households.municipality[family].tolist() == [D]
        assert state.households.location[family].tolist() == [NO_ROW]


@pytest.mark.parametrize(("home", "size", "crowded"), [(SMALL, 2, False), (SMALL, 3, True), (UNSET, 9, False)])
@pytest.mark.parametrize("joined", [False, True])
def test_a_child_can_make_the_home_too_small(home, size, crowded, joined):
    state = town()
    head = people(state, Stage.HOUSED, size=1 if joined else size, home=home, municipality=D)[0]
    of = people(state, Stage.HOUSED, size=size - 1, sponsor=head, municipality=D)[0] if joined else head
    state.newcomers.born[:] = -400
    state.newcomers.born[np.flatnonzero(state.newcomers.household == of)[-1]] = state.clock.month
    run(joining, state, **EXACT)
    assert state.households.crowded[head] == crowded
    assert (state.households.registered[head] == state.clock.month) == crowded


def test_a_child_in_reception_crowds_no_home():
    state = town()
    people(state, Stage.HOUSED, size=3, home=SMALL)
    state.newcomers.born[:] = -400
    waits = people(state, Stage.AWAITING_HOME, size=3)
    state.newcomers.born[state.newcomers.household == waits[0]] = state.clock.month
    run(joining, state, **EXACT)
    assert not state.households.crowded.any()


@pytest.mark.parametrize(("tolerated", "joins"), [(1, False), (2, True)])
def test_a_few_persons_too_many_move_in_all_the_same(tolerated, joins):
    state = town()
    sponsor = people(state, Stage.HOUSED, home=SMALL)[0]
    family_of(state, sponsor)  # four persons where two are meant
    assert len(run(joining, state, tolerated=tolerated)["joined"]) == joins
    assert state.households.crowded[sponsor] == joins


def test_whoever_waited_long_moves_in_whatever_the_home():
    state = town()
    sponsor = people(state, Stage.HOUSED, home=SMALL)[0]
    family_of(state, sponsor, 8, applied=NOW - 12)
    assert len(run(joining, state, patience=13, **EXACT)["joined"]) == 0
    assert len(run(joining, state, patience=12, **EXACT)["joined"]) == 1


def test_families_of_sponsors_who_wait_and_families_not_registered_wait():
    state = town()
    sponsor = people(state, Stage.HOUSED, home=LARGE)[0]
    waits = people(state, Stage.AWAITING_HOME)[0]
    family_of(state, waits)
    people(state, Stage.AWAITING_REGISTRATION, sponsor=sponsor)
    lost = people(state, Stage.HOUSED, homeless=NOW - 1, complex=NO_ROW)[0]
    family_of(state, lost)
    assert run(joining, state)["joined"].tolist() == []


def test_a_family_joins_in_the_month_in_which_its_sponsor_is_housed():
    state = town()
    of = state.municipalities
    of.large[A] = of.on_offer[A] = of.vacated[A] = of.offered[A] = 1
    sponsor = people(state, Stage.AWAITING_HOME)
    family = family_of(state, sponsor[0], 4)
    assert run(housing, state, preparation_weeks=0)["housed"].tolist() == sponsor.tolist()
    assert run(joining, state, **EXACT)["joined"].tolist() == family.tolist()


def test_the_sponsor_is_urgent_until_a_larger_home_is_let_to_all():
    state = town()
    sponsor = people(state, Stage.HOUSED, home=SMALL)
    family = family_of(state, sponsor[0])
    run(joining, state, **EXACT)
    of = state.households
    assert (of.urgent[sponsor[0]], of.registered[sponsor[0]]) == (NOW, NOW)
    vacancy(state, "middle")
    events = run(lettings, state, urgency_share=0.5, lottery_share=0)
    assert events["moved_on"].tolist() == sponsor.tolist()
    assert of.home[sponsor].tolist() == [MIDDLE]
    assert run(joining, state, **EXACT)["joined"].tolist() == family.tolist()
    assert of.urgent[sponsor].tolist() == [NEVER]


# --- linked units


@pytest.mark.parametrize(("urgent", "stays"), [(5, True), (9, False)])
def test_a_sponsor_who_has_to_leave_stays_urgent_when_the_family_joins(urgent, stays):
    state = town()
    state.clock.month = 10
    sponsor = people(state, Stage.HOUSED, home=LARGE, tenure=Tenure.PRIVATE, urgent=urgent)[0]
    family_of(state, sponsor, 2, since=8)  # urgent for its sake, from then on
    assert len(run(joining, state)["joined"]) == 1
    assert state.households.urgent[sponsor] == (urgent if stays else NEVER)


def test_units_are_linked_where_enough_are_free():
    state = town()
    complex_of(state, units=3, linkable=True), complex_of(state, units=3), complex_of(state, units=1, linkable=True)
    sponsors = [tenants(state, where=where)[0] for where in range(3)]
    families = [family_of(state, sponsor)[0] for sponsor in sponsors]
    events = run(joining, state, **EXACT)
    assert (events["linked"].tolist(), events["joined"].tolist()) == (families[:1], families[:1])
    of = state.households
    assert of.home[sponsors].tolist() == [MIDDLE, SMALL, SMALL]
    assert of.complex[families].tolist() == [0, NO_ROW, NO_ROW]
    assert state.complexes.newcomers.tolist() == [2, 1, 1]  # and single units again when they leave:
    vacancy(state, "middle")
    run(lettings, state, urgency_share=0, lottery_share=0, taking=1)
    of.registered[sponsors[0]] = NOW - 20
    vacancy(state, "middle")
    run(lettings, state, urgency_share=0, lottery_share=0, taking=1)
    assert (of.complex[[sponsors[0], families[0]]] == NO_ROW).all()
    assert state.complexes.newcomers[0] == 0


def test_free_units_are_kept_for_a_family_that_needs_them():
    state = town()
    complex_of(state, units=2, linkable=True)
    sponsor = tenants(state)[0]
    waits = people(state, Stage.AWAITING_HOME)
    family_of(state, sponsor)
    assert run(starter_homes, state)["housed"].tolist() == []
    assert len(run(joining, state, **EXACT)["linked"]) == 1
    assert state.households.stage[waits].tolist() == [Stage.AWAITING_HOME]


# --- hotels


def test_families_wait_in_a_hotel_of_the_region_of_the_sponsors_municipality():
    state = town()
    at_home = people(state, Stage.HOUSED, home=SMALL, municipality=D)[0]
    waits = people(state, Stage.AWAITING_HOME, municipality=C)[0]
    not_tied = people(state, Stage.AWAITING_COUPLING)[0]
    families = np.concatenate([family_of(state, of, 5) for of in (at_home, waits, not_tied)])
    run(joining, state, tolerated=0, hotel=True)
    of, hotels = state.households, locations(state, Kind.HOTEL)
    assert of.location[families].tolist() == [hotels[1], hotels[0], locations(state, Kind.MUNICIPAL)[0]]
    assert of.hotel[families].tolist() == [NOW, NOW, NEVER]
    need = state.households.size[of.location != NO_ROW].sum() - 10
    run(reception, state, plan_lag=1)
    assert state.nation.reception[0] == need  # hotels are no places of the reception agency


def test_the_reception_agency_pays_six_months_and_the_municipality_those_after():
    state = town()
    sponsor = people(state, Stage.HOUSED, home=SMALL)[0]
    family_of(state, sponsor, 5)
    paid = []
    for month in range(8):
        state.clock.month = NOW + month
        run(joining, state, tolerated=0, hotel=True, patience=60, hotel_cost_factor=1.5)
        paid.append([state.ledger.month[p] for p in (Purpose.HOTELS_COA, Purpose.HOTELS_MUNICIPALITY)])
    assert paid == [[25_000, 0]] * 6 + [[0, 25_000]] * 2
    run(joining, state, tolerated=10, hotel=True)
    assert state.households.stage[1] == Stage.HOUSED
    assert state.ledger.month[Purpose.HOTELS_MUNICIPALITY] == 0


@pytest.mark.parametrize(("months", "by_coa"), [(0, 0), (2, 2), (4, 3)])
def test_the_reception_agency_pays_as_long_as_is_agreed(months, by_coa):
    state = town()
    family_of(state, people(state, Stage.HOUSED, home=SMALL)[0], 5)
    paid = 0
    for month in range(3):
        state.clock.month = NOW + month
        run(joining, state, tolerated=0, hotel=True, patience=60, hotel_paid=months)
        paid += state.ledger.month[Purpose.HOTELS_COA] > 0
    assert paid == by_coa
