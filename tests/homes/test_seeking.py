"""Home seekers: inflow, the lists of January 2015, stopping, and that the lists stay in steady state."""

import numpy as np
import pytest

from abm import start
from abm.engine.clock import EARLIEST, ENDLESS
from abm.engine.draws import Draws
from abm.engine.queues import waiting_key
from abm.engine.table import UNSET
from abm.homes import housing, lettings, seeking
from abm.homes.dwellings import home_size
from abm.scenario import default
from abm.tables.homes import Group, HomeSize, Income, Rule, Search
from tests.helpers.runs import real
from tests.helpers.village import A, C, E, run, village, village_state

PLAIN = seeking.Params(middle_ratio=1)
HOMES = np.array([10, 20, 30, 20, 20]) - 0.05 * 100 * np.array([0.1, 0.2, 0.3, 0.2, 0.2])  # a month, to others
MONTHS = 12 * np.array([8.0, 4, 4, 2, 1])  # registration that the facts of the village give


def initialised(params=PLAIN, homes=1, **scale):
    """The village with its waiting lists, and `homes` times as many homes."""
    facts = village(
        corporation_homes=np.tile([1000.0 * homes, 2000 * homes, 3000 * homes, 2000 * homes, 2000 * homes], (11, 1))
    )
    state = village_state(facts, **scale)
    seeking.initialise(state, params, Draws(1, "seeking", 0))
    return state


def test_lists_of_2015_have_the_length_of_the_steady_state():
    state = initialised()
    lists = seeking.lists_of(MONTHS, PLAIN)
    count = np.bincount(state.seekers.municipality, minlength=5)
    assert count.tolist() == pytest.approx((HOMES * lists.waiting).tolist(), abs=1)
    assert (state.seekers.search == Search.SEARCHING).all()
    assert (np.diff(lists.waiting[[4, 3, 1, 0]]) > 0).all()  # shorter where registration is shorter


def test_seekers_on_the_list_have_not_reached_the_front_yet():
    state = initialised(homes=10)
    of, lists = state.seekers, seeking.lists_of(MONTHS, PLAIN)
    assert (of.registered <= of.began).all()
    assert (of.began < 0).all()
    assert (-of.registered <= lists.reach[of.municipality] + 2).all()
    here = of.municipality == A
    spent = -1.0 - of.began[here]
    mean = seeking.time_searched((np.arange(999) + 0.5) / 999, lists.reach[A], lists.lead[A], lists.hazard[A]).mean()
    assert spent.mean() == pytest.approx(mean, rel=0.05)


def test_as_many_begin_as_are_housed_or_stop():
    state = initialised()
    lists = seeking.lists_of(MONTHS, PLAIN)
    of = state.municipalities
    leaving = PLAIN.stopping / 12 * lists.waiting
    assert of.beginning.tolist() == pytest.approx((HOMES * (1 + leaving)).tolist(), rel=0.001)
    urgent = of.beginning * of.pressing + HOMES * lists.waiting * PLAIN.becoming_urgent / 12
    assert urgent.tolist() == pytest.approx((PLAIN.urgent_homes * HOMES).tolist())
    begun = np.zeros(5)
    for month in range(10):
        state.clock.month = month
        rows = run(seeking, state)["seeking"]
        begun += np.bincount(state.seekers.municipality[rows], minlength=5)
    assert (begun + of.seekers_due).tolist() == pytest.approx((10 * of.beginning).tolist())


def test_shares_of_size_group_and_income():
    state = initialised(homes=10)
    rows = run(seeking, state, months=12)["seeking"]
    of, usual = state.seekers, seeking.Params()
    size = np.bincount(home_size(of.size[rows]), minlength=3) / len(rows)
    assert size.tolist() == pytest.approx([0.45, 0.4, 0.15], abs=0.015)
    urgent = of.group[rows] == Group.URGENT
    assert urgent.mean() == pytest.approx(
        np.average(state.municipalities.pressing, weights=state.municipalities.beginning), abs=0.01
    )
    assert (of.urgent[rows][urgent] == of.began[rows][urgent]).all()
    alone = rows[(of.size[rows] == 1) & ~urgent]
    assert (of.group[alone] == Group.YOUNG).mean() == pytest.approx(usual.young_share, abs=0.02)
    assert (of.group[alone] == Group.STUDENT).mean() == pytest.approx(usual.student_share, abs=0.02)
    assert (of.group[rows][(of.size[rows] > 1) & ~urgent] == Group.REGULAR).all()
    assert (of.income[rows] == Income.MIDDLE).mean() == pytest.approx(usual.middle_share, abs=0.02)


def test_leads_have_the_mean_of_the_municipality():
    state = initialised(homes=10)
    rows = run(seeking, state, months=12)["seeking"]
    of = state.seekers
    lead = (of.began - of.registered)[rows].astype(float)
    for where in (A, C, E):
        here = of.municipality[rows] == where
        # whole months: about half a month less than the mean that was drawn
        assert lead[here].mean() + 0.5 == pytest.approx(state.municipalities.lead[where], rel=0.06)


def months_until(u, yearly):
    """Months until an event with a constant yearly hazard, in NumPy; u, yearly: (n,)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        months = 1 - np.log1p(-u) * 12 / yearly
    return np.where(yearly > 0, np.clip(months, 1, seeking.LONGEST), seeking.LONGEST).astype(np.int64)


def test_stopping_at_the_hazard_and_sooner_with_a_middle_income():
    params = seeking.Params(stopping=0.12, middle_ratio=2, middle_share=0.5)
    found = [seeking.stopping_of.py_func(int(income), params) for income in (Income.LOW, Income.MIDDLE)]
    assert found == pytest.approx([0.08, 0.16])
    u = (np.arange(10_000) + 0.5) / 10_000
    months = np.array([seeking.months_until.py_func(each, 0.12) for each in u])
    assert months.tolist() == months_until(u, np.full(10_000, 0.12)).tolist()
    assert months.min() == 1
    assert months.mean() - 0.5 == pytest.approx(100, rel=0.01)
    assert [seeking.months_until.py_func(each, 0.0) for each in (-0.5, 0, 0.5)] == [seeking.LONGEST] * 3  # never


def makeup(u, params):
    """Persons and group of seekers who are not urgent, in NumPy; u: (n,)."""
    alone = params.small_share * params.alone_share
    bounds = np.array([alone, params.small_share, max(1 - params.large_share, params.small_share)])
    size = np.array([1, 2, seeking.MIDDLE, seeking.LARGE])[np.searchsorted(bounds, u, side="right")]
    young = u < alone * (params.student_share + params.young_share)
    group = np.where(young, Group.YOUNG, Group.REGULAR)
    return size, np.where(u < alone * params.student_share, Group.STUDENT, group)


@pytest.mark.parametrize("pressing", [0.0, 0.3, 1.0])
def test_searches_are_written_down_as_numpy_draws_them(pressing):
    state, params, draws = village_state(), seeking.Params(), Draws(1, "seeking", 12)
    state.clock.month = month = 12
    before = state.seekers.add(3, ended=np.array([5, ENDLESS, 11]))
    town, identity = seeking.identities(np.array([30, 0, 50, 1, 0]), month)
    registered = np.linspace(-2000, 12, len(town)).astype(np.int64)
    each = np.full(len(town), month), registered, np.full(len(town), pressing)
    rows = seeking.begin(state, params, draws, town, identity, *each)
    assert rows[:2].tolist() == before[[0, 2]].tolist()
    assert town.tolist() == [0] * 30 + [2] * 50 + [3]
    assert identity.tolist() == [t << 32 | 13 << 20 | rank for t, n in ((0, 30), (2, 50), (3, 1)) for rank in range(n)]
    u = draws.once("urgent", identity)
    size, group = makeup(draws.once("size", identity), params)
    income = np.where(draws.once("income", identity) < params.middle_share, Income.MIDDLE, Income.LOW)
    mean = 1 + params.middle_share * (params.middle_ratio - 1)
    yearly = params.stopping / mean * np.where(income == Income.MIDDLE, params.middle_ratio, 1.0)
    with np.errstate(divide="ignore"):
        becomes = months_until((u - pressing) / (1 - pressing), np.full(len(town), params.becoming_urgent))
    expected = {
        "identity": identity, "lottery": draws.order("lottery", identity), "size": size, "income": income,
        "group": np.where(u < pressing, Group.URGENT, group), "municipality": town, "began": each[0],
        "registered": np.maximum(registered, EARLIEST),
        "stops": np.minimum(month + months_until(draws.once("stops", identity), yearly), ENDLESS),
        "urgent": np.where(u < pressing, month, np.minimum(month + becomes, ENDLESS)),
        "search": np.zeros(len(town)), "ended": np.full(len(town), ENDLESS), "rule": np.full(len(town), UNSET),
    }  # fmt: skip
    for name, values in expected.items():
        assert getattr(state.seekers, name)[rows].tolist() == values.tolist(), name


def test_seekers_who_stop_leave_the_list_in_that_month():
    state = village_state()
    state.clock.month = 12
    rows = state.seekers.add(3, stops=[11 + 1, 13, ENDLESS], registered=0, began=0)
    assert run(seeking, state)["stopped"].tolist() == [rows[0]]
    assert state.seekers.search[rows].tolist() == [Search.STOPPED, Search.SEARCHING, Search.SEARCHING]
    assert state.seekers.ended[rows].tolist() == [12, ENDLESS, ENDLESS]


def test_a_row_is_used_again_from_the_next_month_on():
    state = village_state()
    state.clock.month = 12
    state.seekers.add(2, search=Search.HOUSED, ended=[12, 11], rule=3, municipality=C)
    state.municipalities.beginning[A] = 1
    assert run(seeking, state)["seeking"].tolist() == [1]
    of = state.seekers
    assert (of.municipality[1], of.search[1], of.ended[1], of.rule[1]) == (A, Search.SEARCHING, ENDLESS, UNSET)
    assert of.search[0] == Search.HOUSED
    state.clock.month = 13
    assert run(seeking, state)["seeking"].tolist() == [0]


def test_nobody_shares_an_identity_or_a_place_on_the_list():
    state = initialised()
    run(seeking, state, months=5)
    of = state.seekers
    assert len(np.unique(of.identity)) == len(np.unique(of.lottery)) == len(of)
    key = waiting_key(of.registered, of.lottery)
    assert len(np.unique(key)) == len(of)


def test_lettings_change_no_draws_of_seekers():
    with_homes, without = initialised(), initialised()
    for month in range(6):
        for state in (with_homes, without):
            state.clock.month = month
            run(housing, state)
            run(seeking, state)
        run(lettings, with_homes)
    one, other = with_homes.seekers, without.seekers
    _, here, there = np.intersect1d(one.identity, other.identity, return_indices=True)
    assert len(here) > 1000
    for name in ("registered", "stops", "urgent", "size", "group", "income", "municipality", "lottery"):
        assert np.array_equal(getattr(one, name)[here], getattr(other, name)[there]), name


def test_lists_stay_in_steady_state_under_the_rules_that_they_were_set_for():
    state = initialised(homes=2)
    before, spans = np.bincount(state.seekers.municipality, minlength=5), {town: [] for town in range(5)}
    for month in range(84):
        state.clock.month = month
        run(housing, state, priority_share=0)
        run(seeking, state, middle_ratio=1)
        state.municipalities.vacant_small[:] *= 0.95  # status holders have their usual part
        state.municipalities.vacant_middle[:] *= 0.95
        state.municipalities.vacant_large[:] *= 0.95
        vacant = sum(getattr(state.municipalities, f"vacant_{size.name.lower()}") for size in HomeSize)
        kept = state.municipalities.small + state.municipalities.middle + state.municipalities.large
        state.municipalities.vacated[:] = state.municipalities.let_in_line + vacant + kept
        rows = run(lettings, state, urgency_share=PLAIN.urgent_homes)["let"]
        for row in rows[state.seekers.rule[rows] == 5]:
            if month >= 36:
                spans[int(state.seekers.municipality[row])].append(month - state.seekers.registered[row])
    mean = [np.mean(spans[town]) for town in range(5)]
    assert mean == pytest.approx(MONTHS.tolist(), rel=0.1, abs=2.5)  # landlords ask once a month
    searching = state.seekers.municipality[state.seekers.search == Search.SEARCHING]
    assert np.bincount(searching, minlength=5)[:3].tolist() == pytest.approx(before[:3].tolist(), rel=0.1)


def test_registration_by_region_is_as_observed_two_years_on():
    state = start.begin(real(), default().params_at(0), seed=1, scale=0.1)
    spans, region = [], []
    for month in range(24):
        state.clock.month = month
        for process in (housing, seeking):
            run(process, state)
        rows = run(lettings, state)["let"]
        rows = rows[state.seekers.rule[rows] == Rule.REGISTRATION]
        spans.append(month - state.seekers.registered[rows])
        region.append(state.municipalities.region[state.seekers.municipality[rows]])
    spans, region = np.concatenate(spans), np.concatenate(region)
    homes = state.municipalities.homes * state.inputs.registration_years
    observed = (
        12
        * np.bincount(state.municipalities.region, homes)
        / np.bincount(state.municipalities.region, state.municipalities.homes)
    )
    simulated = np.bincount(region, spans) / np.bincount(region)
    assert spans.mean() == pytest.approx(np.average(observed, weights=np.bincount(region)), rel=0.05)
    assert np.corrcoef(observed, simulated)[0, 1] > 0.97
    assert simulated.max() / simulated.min() > 3  # Amsterdam beside Rijnmond
