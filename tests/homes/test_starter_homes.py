"""Starter homes by hand: letting and its order, moving on, and conservation of homes."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from abm.chain import turn
from abm.engine.clock import ENDLESS, NEVER
from abm.engine.errors import BooksError
from abm.engine.table import NO_ROW
from abm.homes import lettings, moving, starter_homes
from abm.tables.homes import Form, Group, NextUse, Rule, Search
from abm.tables.money import Purpose
from abm.tables.people import Role, Stage
from tests.helpers.starter_homes import (
    ALONE,
    LARGE,
    MIDDLE,
    NOW,
    SMALL,
    complex_of,
    residents,
    seekers,
    tenants,
    town,
    vacancy,
)
from tests.helpers.village import A, B, C, people, run

# --- letting


def test_units_go_to_the_group_in_whose_share_they_fall():
    state = town()
    here = complex_of(state, units=10, share=0.3)
    people(state, Stage.AWAITING_HOME, 20)
    seekers(state, 20)
    events = run(starter_homes, state)
    assert (len(events["housed"]), len(events["residents_let"])) == (3, 7)
    of = state.complexes
    assert (of.newcomers[here], of.residents[here]) == (3, 7)


def test_a_unit_kept_for_a_group_is_not_let_to_the_other():
    state = town()
    complex_of(state, units=10, share=0.3)
    people(state, Stage.AWAITING_HOME, 20)
    assert len(run(starter_homes, state)["housed"]) == 3
    assert state.complexes.residents.tolist() == [0]


def test_a_status_holder_in_a_starter_home_is_housed_by_that_rule_and_counts_for_the_task():
    state = town()
    complex_of(state)
    rows = people(state, Stage.AWAITING_HOME, 2, size=2)
    run(starter_homes, state)
    of = state.households
    assert of.stage[rows].tolist() == [Stage.HOUSED] * 2
    assert (of.complex[rows] == 0).all()
    assert (of.home[rows] == SMALL).all()
    assert (of.rule[rows] == Rule.STARTER).all()
    assert state.municipalities.balance[A] == 4
    assert (of.location[rows] == NO_ROW).all()


def test_only_those_tied_to_the_municipality_before_this_month():
    state = town()
    complex_of(state)
    people(state, Stage.AWAITING_HOME, municipality=B)
    people(state, Stage.AWAITING_HOME, since=NOW)
    assert len(run(starter_homes, state)["housed"]) == 0


def test_work_in_the_region_or_a_medical_need_goes_first():
    state = town()
    complex_of(state, units=2)
    waits, works, ill = (people(state, Stage.AWAITING_HOME, coupled=month)[0] for month in (NOW - 9, NOW - 1, NOW - 2))
    away = people(state, Stage.AWAITING_HOME, coupled=NOW - 8)[0]
    state.households.medical[ill] = True
    at_work = np.isin(state.newcomers.household, [works, away])
    state.newcomers.employed[at_work] = True
    state.newcomers.work_region[at_work] = np.where(state.newcomers.household[at_work] == works, 0, 1)
    assert run(starter_homes, state)["housed"].tolist() == [ill, works]
    assert state.households.stage[[waits, away]].tolist() == [Stage.AWAITING_HOME] * 2


def test_longest_waiting_first_where_the_lever_says_so():
    state = town()
    complex_of(state, units=1)
    waits, ill = (people(state, Stage.AWAITING_HOME, coupled=month)[0] for month in (NOW - 9, NOW - 2))
    state.households.medical[ill] = True
    assert run(starter_homes, state, entrance="waiting")["housed"].tolist() == [waits]


def test_urgent_seekers_come_before_young_people_and_others_do_not_come():
    state = town()
    complex_of(state, units=3, share=0)
    young, urgent = seekers(state, 5), seekers(state, 1, group=Group.URGENT, urgent=NOW - 1)
    none = [seekers(state, 1, group=Group.REGULAR), seekers(state, 1, size=3), seekers(state, 1, municipality=C)]
    let = run(starter_homes, state)["residents_let"]
    by_lot = young[np.argsort(state.seekers.lottery[young])[:2]]
    assert let.tolist() == [*urgent, *by_lot]
    assert state.seekers.urgent[urgent].tolist() == [ENDLESS]  # the need is over for now
    assert (state.seekers.search[let] == Search.SEARCHING).all()
    assert (state.seekers.complex[np.concatenate(none)] == NO_ROW).all()


def test_a_family_gets_linked_units_or_none():
    state = town()
    plain, links = complex_of(state, units=5), complex_of(state, units=4, linkable=True, where=B)
    large = people(state, Stage.AWAITING_HOME, size=4)
    in_b = people(state, Stage.AWAITING_HOME, size=6, municipality=B)
    second = people(state, Stage.AWAITING_HOME, size=3, municipality=B, coupled=NOW - 1)
    state.households.coupled[in_b] = NOW - 2
    events = run(starter_homes, state)
    assert events["housed"].tolist() == in_b.tolist()  # three units; the one that is left is too little for three
    assert state.households.home[in_b].tolist() == [LARGE]
    assert state.complexes.newcomers[[plain, links]].tolist() == [0, 3]
    assert (state.households.stage[np.append(large, second)] == Stage.AWAITING_HOME).all()


def test_nobody_moves_in_shortly_before_a_building_closes():
    state = town()
    complex_of(state, ends=NOW + 6, next_use=NextUse.OTHER)
    people(state, Stage.AWAITING_HOME)
    assert len(run(starter_homes, state, emptying=6)["housed"]) == 0
    assert len(run(starter_homes, state, emptying=5)["housed"]) == 1


@pytest.mark.parametrize(
    ("rule", "month"), [("starter", NOW), ("permit", NOW - 7), ("arrival", NOW - 11), ("none", NEVER)]
)
def test_the_event_from_which_registration_counts(rule, month):
    state = town()
    complex_of(state)
    row = people(state, Stage.AWAITING_HOME, granted=NOW - 7, applied=NOW - 11)
    run(starter_homes, state, registration=rule, **ALONE)
    assert state.households.registered[row].tolist() == [month]


def test_part_of_those_without_guidance_do_not_register():
    state = town()
    complex_of(state, units=400)
    rows = people(state, Stage.AWAITING_HOME, 400)
    run(starter_homes, state, guidance=0.5, registering=0.6)
    share = (state.households.registered[rows] != NEVER).mean()
    assert share == pytest.approx(0.5 + 0.5 * 0.6, abs=0.05)


# --- the kernel and its slow twin


@given(
    st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), max_size=20),
    st.lists(st.tuples(st.integers(0, 2), st.booleans(), st.integers(1, 5)), max_size=6),
)
def test_assigned_equals_the_slow_twin(queue, complexes):
    complexes = sorted(complexes, key=lambda each: each[0])
    pool, size = (np.array([each[i] for each in queue], np.int64) for i in (0, 1))
    group, linkable, free = (np.array([each[i] for each in complexes], kind) for i, kind in enumerate((int, bool, int)))
    left, slow = free.tolist(), []
    for where, need in zip(pool, size + 1, strict=True):
        fits = [c for c in range(len(free)) if group[c] == where and left[c] >= need and (need == 1 or linkable[c])]
        slow.append(fits[0] if fits else NO_ROW)
        if fits:
            left[fits[0]] -= need
    start = np.searchsorted(group, np.arange(4))
    assert starter_homes.assigned(pool, size, start, linkable, free).tolist() == slow
    assert free.tolist() == left


ORDER = {"urgency_share": 0, "lottery_share": 0, "taking": 1}  # everything in order of registration, and taken


def month_of(state):
    """A month of lettings and starter homes, after which the books are checked."""
    params = {"lettings": lettings.Params(**ORDER), "starter_homes": starter_homes.Params(**ALONE)}
    return turn(state, params, 1, (lettings, starter_homes))


def test_a_tenant_is_on_the_list_with_earlier_registration():
    state = town()
    complex_of(state)
    (early,) = tenants(state, registered=NOW - 30)
    (late,), before = tenants(state, registered=NOW - 3), seekers(state, 1, registered=NOW - 10)
    vacancy(state)
    events = run(lettings, state, **ORDER)
    assert (events["moved_on"].tolist(), events["left_by_queue"].tolist()) == ([early], [early])
    assert state.households.complex[[early, late]].tolist() == [NO_ROW, 0]
    assert state.households.housed[early] == NOW - 6  # housed once
    assert state.complexes.newcomers.tolist() == [1]
    vacancy(state)
    assert run(lettings, state, **ORDER)["let"].tolist() == before.tolist()


def test_unregistered_tenants_get_no_home_from_the_list():
    state = town()
    complex_of(state)
    tenants(state)
    vacancy(state)
    assert run(lettings, state, **ORDER)["moved_on"].tolist() == []


def test_a_unit_becomes_vacant_when_its_seeker_finds_a_home_or_stops():
    state = town()
    complex_of(state, share=0)
    finds, stops, stays = residents(state, 3, registered=[NOW - 40, NOW - 3, NOW - 3])
    vacancy(state)
    state.seekers.search[stops] = Search.STOPPED
    assert set(month_of(state)["residents_left"]) == {finds, stops}
    assert state.complexes.residents.tolist() == [1]
    assert state.seekers.complex[[finds, stops, stays]].tolist() == [NO_ROW, NO_ROW, 0]


def test_enough_income_leads_to_middle_rent():
    state = town()
    complex_of(state, units=300)
    rows = tenants(state, 200)
    earns = rows[:100]
    leads = (state.newcomers.role == Role.LEAD) & np.isin(state.newcomers.household, earns)
    state.newcomers.wage[leads] = 4_000
    gone = run(starter_homes, state, middle_rent_rate=0.3, guidance=1, guided_ratio=1.5)["left_to_middle_rent"]
    assert set(gone) <= set(earns)
    assert len(gone) == pytest.approx(45, abs=12)  # 30% a month, half as many again with guidance
    assert (state.households.home[gone] == SMALL).all()
    assert state.complexes.newcomers.tolist() == [200 - len(gone)]


def test_a_unit_becomes_vacant_when_its_tenant_moves_to_another_municipality():
    state = town()
    complex_of(state, units=50)
    tenants(state, 50)
    gone = run(moving, state, base=0.007, months=60)["left_by_moving"]
    assert len(gone) > 5
    assert state.complexes.newcomers.tolist() == [50 - len(gone)]


def test_tenants_who_stay_beyond_the_contract_are_counted():
    state = town()
    complex_of(state, units=10, share=0.5)
    new = tenants(state, 2)
    other = residents(state, 2)
    assert len(run(starter_homes, state, contract=7)["overstaying"]) == 0
    events = run(starter_homes, state, contract=6)
    assert (events["overstaying"].tolist(), events["residents_overstaying"].tolist()) == (new.tolist(), other.tolist())


def test_tenants_of_a_building_that_closes_are_homeless_and_urgent():
    state = town()
    complex_of(state, built=0)
    (sponsor,), other = tenants(state), residents(state)
    family = people(state, Stage.HOUSED, size=3, sponsor=sponsor, complex=0)
    events = run(starter_homes, state)
    assert (events["put_out"].tolist(), events["residents_put_out"].tolist()) == ([sponsor], other.tolist())
    of = state.households
    assert of.homeless[[sponsor, *family]].tolist() == [NOW] * 2
    assert (of.urgent[sponsor], of.registered[sponsor], state.seekers.urgent[other[0]]) == (NOW, NOW, NOW)
    assert (state.complexes.newcomers[0], state.complexes.residents[0]) == (0, 0)
    vacancy(state, "middle")
    events = run(lettings, state, urgency_share=0.5, lottery_share=0, taking=1)
    assert events["moved_on"].tolist() == [sponsor]  # a home for four
    assert of.homeless[[sponsor, *family]].tolist() == [NEVER] * 2
    assert (of.home[sponsor], of.urgent[sponsor]) == (MIDDLE, NEVER)


# --- contact, incidents and money


def test_rents_running_costs_and_room_by_hand():
    state = town()
    complex_of(state, units=10, share=0.5)
    tenants(state, 3)
    residents(state, 5)
    room = state.corporations.room[0]
    run(starter_homes, state)
    assert state.ledger.month[Purpose.STARTER_RENTS] == 8 * 500
    assert state.ledger.month[Purpose.STARTER_RUNNING] == 10 * 300
    assert state.corporations.room[0] - room == 8 * 500 - 10 * 300


def test_contact_fades_without_management_only():
    state = town()
    complex_of(state), complex_of(state, managed=False)
    run(starter_homes, state, fading=12)
    assert state.complexes.contact.tolist() == pytest.approx([1, np.exp(-1)])


def test_incidents_by_hand():
    p = starter_homes.Params(incident_rate=3e-4, incident_size=1, incident_mix=1, incident_managed=0.5)
    residents, status, managed = np.array([150.0, 300, 150, 0]), np.array([0.5, 0.25, 1, 0]), np.array([0, 0, 1, 0])
    found = starter_homes.incidents(residents, status, managed, p)
    assert found.tolist() == pytest.approx([0.045, 0.09, 0.045, 0])


# --- the books


@settings(max_examples=25)
@given(
    st.lists(st.tuples(st.integers(0, 8), st.sampled_from([0, 0.5, 1]), st.booleans(), st.integers(-1, 30)), min_size=1,
             max_size=4),
    st.lists(st.tuples(st.integers(1, 6), st.integers(0, 2)), max_size=12),
    st.integers(0, 12),
)  # fmt: skip
def test_homes_are_conserved_whatever_comes(complexes, waiting, searching):
    state = town()
    for units, share, linkable, ends in complexes:
        complex_of(state, units, share, linkable=linkable, ends=NOW + ends if ends >= 0 else ENDLESS)
    for size, where in waiting:
        people(state, Stage.AWAITING_HOME, size=size, municipality=where)
    if searching:
        seekers(state, searching)
    of, built = state.complexes, state.complexes.built.copy()
    for month in range(3):
        vacancy(state, ("large", "small", "small")[month])
        events = month_of(state)
        assert len(np.intersect1d(events["housed"], events["put_out"])) == 0
        assert (of.newcomers + of.residents <= built).all()
    of.built[:] = 0  # every building closes
    events = run(starter_homes, state)
    assert (of.newcomers + of.residents).sum() == 0
    put_out = state.households.homeless != NEVER
    assert set(events["put_out"]) == set(np.flatnonzero(put_out))
    assert (state.households.complex == NO_ROW).all()


@pytest.mark.parametrize(
    ("broken", "line"),
    [
        (lambda state: state.complexes.newcomers.__setitem__(0, 2), "units let to newcomers as counted"),
        (lambda state: state.complexes.residents.__setitem__(0, 2), "units let to others as counted"),
        (lambda state: state.complexes.built.__setitem__(0, 1), "no more tenants than units"),
        (lambda state: state.seekers.search.__setitem__(0, Search.HOUSED), "one home for each seeker"),
    ],
)
def test_a_broken_book_is_named(broken, line):
    state = town()
    complex_of(state, form=Form.FLEXIBLE)
    tenants(state), residents(state)
    state.check()
    broken(state)
    with pytest.raises(BooksError, match=line):
        state.check()
