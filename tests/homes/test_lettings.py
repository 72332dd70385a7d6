"""Letting to all home seekers: each rule worked out by hand in the village, and conservation of homes."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from abm.engine.clock import ENDLESS, NEVER
from abm.engine.draws import Draws
from abm.engine.table import NO_ROW, UNSET
from abm.homes import housing, lettings, seeking, tenancies
from abm.tables.country import Kind
from abm.tables.homes import Group, Rule, Search, Tenure
from abm.tables.people import Stage
from tests.helpers.lettings import ALL, NOW, seekers, town, vacancies
from tests.helpers.village import A, B, C, locations, people, run, village_state

HOME = st.tuples(
    st.sampled_from([Stage.HOUSED, Stage.AWAITING_HOME]), st.sampled_from(list(Tenure)), st.booleans(),
    st.sampled_from([NEVER, 3]), st.sampled_from([NEVER, 3]), st.integers(-1, 1), st.integers(-1, 1),
)  # fmt: skip


@given(st.lists(HOME, max_size=30))
def test_who_looks_for_another_home_as_numpy_finds_them(homes):
    stage, tenure, crowded, urgent, registered, starter, sponsor = np.array(homes, np.int16).reshape(-1, 7).T
    kinds = (np.int8, np.int8, np.bool_, np.int16, np.int16, np.int16, np.int32)
    given = (stage, tenure, crowded, urgent, registered, starter, sponsor)
    columns = tenancies.Looking(*(each.astype(kind) for each, kind in zip(given, kinds, strict=True)))
    own = (starter != NO_ROW) & (registered != NEVER) | (tenure == Tenure.PRIVATE) & (stage == Stage.HOUSED)
    expected = (crowded > 0) | (urgent != NEVER) | own & (sponsor == NO_ROW)
    assert tenancies._looking(columns).tolist() == np.flatnonzero(expected).tolist()


def waiting(state, count=1, **columns):
    """Newcomers without priority who have waited in A for a month."""
    place = locations(state, Kind.MUNICIPAL)[0]
    return people(state, Stage.AWAITING_HOME, count, priority=False, **({"location": place} | columns))


def winners(state, **params):
    """Rows of the seekers who get a home this month."""
    return sorted(run(lettings, state, **(ALL | params))["let"].tolist())


# --- registration


def test_longest_registered_first():
    state = town()
    rows = seekers(state, [0, -20, -10])
    vacancies(state, A, small=2)
    assert winners(state) == [rows[1], rows[2]]
    of = state.seekers
    assert of.search.tolist() == [Search.SEARCHING, Search.HOUSED, Search.HOUSED]
    assert of.ended.tolist() == [ENDLESS, NOW, NOW]
    assert of.rule.tolist() == [UNSET, Rule.REGISTRATION, Rule.REGISTRATION]
    assert (state.municipalities.let_in_line[A], state.municipalities.vacant_small[A]) == (2, 0)


def test_lottery_among_seekers_registered_in_the_same_month():
    state = town()
    rows = seekers(state, [-5] * 6)
    vacancies(state, A, small=2)
    assert winners(state) == sorted(rows[np.argsort(state.seekers.lottery[rows])][:2])


def test_only_in_the_own_municipality_and_size():
    state = town()
    small, middle, large = (seekers(state, [-9], size=size)[0] for size in (2, 3, 5))
    elsewhere = seekers(state, [-99], municipality=B, size=3)[0]
    vacancies(state, A, middle=9)
    assert winners(state) == [middle]
    vacancies(state, A, small=1, large=1)
    vacancies(state, B, small=5)
    assert winners(state) == sorted([small, large])
    assert state.seekers.search[elsewhere] == Search.SEARCHING


def test_a_part_of_a_home_is_no_home_and_stays():
    state = town()
    seekers(state, [-5] * 6)
    vacancies(state, A, small=1.75)
    assert len(winners(state)) == 1
    assert state.municipalities.vacant_small[A] == pytest.approx(0.75)


def test_a_home_that_is_refused_goes_to_the_next():
    state = town()
    rows = seekers(state, np.arange(-40, 0))
    vacancies(state, A, small=10)
    u = Draws(1, "lettings", NOW).uniform("takes", state.seekers.identity[rows])
    taking = rows[u < 0.5]
    assert len(taking) > 10
    assert winners(state, taking=0.5, list_length=6) == taking[:10].tolist()


def test_what_nobody_takes_stays_vacant():
    state = town()
    rows = seekers(state, np.arange(-40, 0))
    vacancies(state, A, small=3)
    u = Draws(1, "lettings", NOW).uniform("takes", state.seekers.identity[rows])
    asked = rows[:4]  # one for each home, and the second of two months that count together
    got = winners(state, taking=0.3, list_length=1)
    assert got == asked[u[:4] < 0.3].tolist()[:3]
    assert state.municipalities.vacant_small[A] == 3 - len(got)


# --- the other rules


def test_urgent_seekers_first_by_urgency_and_the_rest_by_registration():
    state = town()
    regular = seekers(state, [-90, -80])
    late, early, later_on = seekers(state, [0, 0, -99], urgent=np.array([9, 5, NOW + 1]))
    vacancies(state, A, small=1)
    assert winners(state, urgency_share=1) == [early]
    assert state.seekers.rule[early] == Rule.URGENCY
    vacancies(state, A, small=3)
    assert winners(state, urgency_share=1) == sorted([late, later_on, regular[0]])  # nobody else is urgent
    assert state.seekers.rule[[late, later_on]].tolist() == [Rule.URGENCY, Rule.REGISTRATION]


def test_people_from_institutions_without_a_label():
    state = town()
    shelter = seekers(state, [0, 0], urgent=np.array([3, 8]), group=Group.URGENT)
    local = seekers(state, [0], urgent=1)[0]  # urgent, but not from an institution
    reception = waiting(state, coupled=5)
    vacancies(state, A, small=2)
    events = run(lettings, state, **(ALL | {"institutions_share": 1}))
    assert (events["let"].tolist(), events["housed"].tolist()) == ([shelter[0]], reception.tolist())
    assert state.households.rule[reception].tolist() == [Rule.INSTITUTIONS]
    assert state.seekers.rule[shelter[0]] == Rule.INSTITUTIONS
    assert state.seekers.search[local] == Search.SEARCHING


def test_a_target_group_is_young_whatever_the_status():
    state = town()
    old = seekers(state, [-90])[0]
    young, student = (seekers(state, [month], group=group)[0] for month, group in ((-5, 0), (-9, 1)))
    newcomers = waiting(state, 2, coupled=2)
    lead = [np.flatnonzero(state.newcomers.household == row)[0] for row in newcomers]
    state.newcomers.born[lead] = NOW - 12 * np.array([40, 20])
    vacancies(state, A, small=2)
    events = run(lettings, state, **(ALL | {"target_share": 1}))
    assert sorted(events["let"]) == sorted([student, young])
    vacancies(state, A, small=1)
    events = run(lettings, state, **(ALL | {"target_share": 1}))
    assert (events["let"].tolist(), events["housed"].tolist()) == ([], [newcomers[1]])  # of twenty, not of forty
    assert state.seekers.search[old] == Search.SEARCHING


def test_the_lottery_asks_nothing_of_registration():
    state = town()
    rows = seekers(state, np.arange(-30, 0))
    vacancies(state, A, small=10)
    salt = Draws(1, "lettings", NOW).salt(f"lots {NOW}") | 1
    lot = [int(number) * salt % 2**52 for number in state.seekers.lottery[rows]]
    assert winners(state, lottery_share=1) == sorted(rows[np.argsort(lot)[:10]])
    assert set(state.seekers.rule[state.seekers.search == Search.HOUSED]) == {Rule.LOTTERY}


def test_a_municipality_can_have_shares_of_its_own():
    state = town()
    urgent = []
    for where in (A, B):
        seekers(state, [-50], municipality=where)
        urgent += seekers(state, [0], municipality=where, urgent=3).tolist()
        vacancies(state, where, small=1)
    state.municipalities.urgency_ratio[B] = 0
    assert winners(state, urgency_share=1) == [urgent[0], urgent[1] - 1]  # in B the longest registered


# --- newcomers without priority


@pytest.mark.parametrize(("start", "month"), [("coupling", 10), ("permit", -3), ("arrival", -15)])
def test_registration_of_newcomers_counts_from(start, month):
    state = town()
    rows = seekers(state, [month - 1, month + 1])
    newcomer = waiting(state, applied=-15, granted=-3, coupled=10)
    vacancies(state, A, small=2)
    events = run(lettings, state, **(ALL | {"registration_from": start}))
    assert (events["let"].tolist(), events["housed"].tolist()) == ([rows[0]], newcomer.tolist())
    of = state.households
    assert (of.registered[newcomer].tolist(), of.rule[newcomer].tolist()) == ([month], [Rule.REGISTRATION])
    assert (of.stage[newcomer].tolist(), of.location[newcomer].tolist()) == ([Stage.HOUSED], [NO_ROW])
    assert state.municipalities.balance[A] == 1
    assert state.municipalities.let[A] == 0  # not by priority


def test_households_with_priority_are_not_on_the_list():
    state = town()
    first = people(state, Stage.AWAITING_HOME, location=locations(state, Kind.MUNICIPAL)[0])
    vacancies(state, A, small=2)
    assert len(run(lettings, state, **ALL)["housed"]) == 0
    assert state.households.registered[first].tolist() == [NEVER]


def test_a_ban_takes_priority_away_and_lifting_it_gives_it_back():
    state = village_state()
    state.clock.month = NOW
    row = people(state, Stage.AWAITING_HOME, 40, location=locations(state, Kind.MUNICIPAL)[0])
    assert len(run(housing, state, priority_ban=True, preparation_weeks=0)["housed"]) == 0
    assert not state.households.priority[row].any()
    assert len(run(housing, state, priority_share=0.1, preparation_weeks=0)["housed"]) == 1  # a tenth of ten
    assert state.households.priority[row].all()


def test_a_family_on_the_list_needs_a_home_that_fits_all():
    state = town()
    family = waiting(state, family_abroad=4, reunion=2)  # on its way
    vacancies(state, A, small=5, middle=5)
    assert len(run(lettings, state, **ALL)["housed"]) == 0
    vacancies(state, A, large=1)
    assert run(lettings, state, **ALL)["housed"].tolist() == family.tolist()


# --- homes passed on to all seekers


def test_homes_that_status_holders_do_not_use_go_on_after_a_month():
    state = village_state()
    state.clock.month = NOW
    run(housing, state)
    assert state.municipalities.vacant_small.sum() == 0  # kept for them
    run(housing, state, months=2)
    of = state.municipalities
    assert (of.vacant_small + of.vacant_middle + of.vacant_large).tolist() == pytest.approx([20, 40, 60, 40, 40])
    assert of.vacant_small.tolist() == pytest.approx([9, 18, 27, 18, 18])


def test_a_pool_divides_what_is_left_by_its_vacancies():
    vacated = np.array([[4.0, 0], [2, 0], [0, 0], [3, 1]])
    rest = np.array([[3.0, 2], [0, 0], [0, 0], [1, 1]])
    found = housing.passed_on(rest, np.array([0, 0, 0, 3]), vacated)
    assert found.tolist() == [[2, 2], [1, 0], [0, 0], [1, 1]]


# --- books


@settings(max_examples=25)
@given(
    st.integers(0, 2**32),
    st.sampled_from([1.0, 0.5]),
    st.booleans(),
    st.lists(st.sampled_from([0.0, 0.1, 0.4]), min_size=4, max_size=4).filter(lambda part: sum(part) <= 1),
)
def test_homes_are_conserved_and_nobody_is_housed_twice(seed, scale, ban, part):
    state = village_state(scale=scale)
    state.clock.month, rng = NOW, np.random.default_rng(seed)
    place = locations(state, Kind.MUNICIPAL)[0]
    for where in range(5):
        for size in (1, 3, 6):
            people(state, Stage.AWAITING_HOME, int(rng.integers(0, 9)), size, municipality=where, location=place)
            many = int(rng.integers(0, 40))
            registered = rng.integers(-99, NOW, many)
            urgent = np.where(rng.random(many) < 0.2, 5, ENDLESS)
            seekers(state, registered, municipality=where, size=size, urgent=urgent, group=rng.integers(0, 4, many))
    shares = dict(zip(("urgency_share", "institutions_share", "target_share", "lottery_share"), part, strict=True))
    let, housed, private, moved = [], [], [], []
    for _ in range(6):
        events = run(housing, state, priority_ban=ban, preparation_weeks=0)
        housed += events["housed"].tolist()
        private += events["found"].tolist()  # these take no home of a corporation, until they move on to one
        events = run(lettings, state, **shares)
        let += events["let"].tolist()
        housed += events["housed"].tolist()
        moved += events["moved_on"].tolist()
        state.clock.month += 1
    of, homes = state.municipalities, len(let) + len(housed) - len(private) + len(moved)
    assert len(set(let)) == len(let)
    assert len(set(housed)) == len(housed)
    assert len(set(moved)) == len(moved)
    assert set(moved) <= set(private)
    assert of.let.sum() + of.let_in_line.sum() == homes
    assert set(let) == set(np.flatnonzero(state.seekers.search == Search.HOUSED))
    assert (state.seekers.rule[let] != UNSET).all()
    assert (state.households.rule[housed] != UNSET).all()
    vacant = of.vacant_small + of.vacant_middle + of.vacant_large + of.small + of.middle + of.large
    assert of.vacated.sum() == pytest.approx(6 * 100 * scale)
    assert vacant.sum() + homes == pytest.approx(of.vacated.sum())


def test_the_order_of_rows_does_not_matter():
    found = []
    for turn in (1, -1):
        state = town()
        rows = seekers(state, np.arange(-60, 0), urgent=np.where(np.arange(60) % 7 == 0, 3, ENDLESS))
        for name in state.seekers.columns():
            column = getattr(state.seekers, name)
            column[:] = column[::turn].copy()
        vacancies(state, A, small=20)
        run(lettings, state, urgency_share=0.2, lottery_share=0.3)
        housed = state.seekers.search[rows] == Search.HOUSED
        found.append(set(zip(state.seekers.identity[rows][housed], state.seekers.rule[rows][housed], strict=True)))
    assert found[0] == found[1]
    assert len(found[0]) == 20


def test_homes_elsewhere_change_nothing_here():
    found = []
    for more in (0, 30):
        state = town()
        rows = seekers(state, np.arange(-60, 0))
        seekers(state, np.arange(-60, 0), municipality=C)
        vacancies(state, A, small=20)
        vacancies(state, C, small=more)
        run(lettings, state)
        found.append(state.seekers.rule[rows].tolist())
    assert found[0] == found[1]


def test_lists_of_all_kinds_go_on_for_years():
    state = village_state()
    seeking.initialise(state, seeking.Params(), Draws(1, "seeking", 0))
    begun = len(state.seekers)
    for month in range(24):
        state.clock.month = month
        run(housing, state)
        begun += len(run(seeking, state)["seeking"])
        run(lettings, state)
    ended = (state.seekers.search != Search.SEARCHING).sum()
    assert len(state.seekers) < begun - 1500  # rows were used again
    assert ended < 0.1 * len(state.seekers)
    assert state.municipalities.let_in_line.sum() == pytest.approx(22 * 100, rel=0.05)
