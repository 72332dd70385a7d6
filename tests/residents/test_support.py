"""Each term of support by itself, worked out by hand; a coefficient of 0 switches a term off."""

import numpy as np
import pytest

from abm.engine.clock import NEVER
from abm.engine.table import NO_ROW, UNSET
from abm.residents import exposure, nuisance, support
from abm.scenario import default
from abm.tables.country import Kind
from abm.tables.homes import Rule, Tenure
from abm.tables.people import Stage
from tests.helpers.hosting import NOTHING, START, STILL, followed, hosts
from tests.helpers.runs import small, state_after
from tests.helpers.village import A, B, C, E, people, run, village, village_state

AT_ONCE = {"rate": 0.3}  # the most


def test_without_terms_support_stays_at_the_anchor():
    state, _ = hosts(E, 300)
    changes = followed(state, 6, **NOTHING)
    assert changes == pytest.approx(0, abs=1e-6)
    assert state.residents.support == pytest.approx(state.residents.anchor, abs=1e-6)


def test_acceptance_at_the_anchor_is_that_of_the_polls():
    state = village_state(residents_share=0.5)  # anchors are those of the country only in the country
    state.residents.anchor[:] = state.residents.support[:] = np.sort(np.random.default_rng(1).normal(size=50_000))
    run(support, state, **NOTHING)
    where = state.neighbourhoods
    assert np.average(where.near_before, weights=where.residents) == pytest.approx(0.55, abs=0.006)
    assert np.average(where.own_before, weights=where.residents) == pytest.approx(0.49, abs=0.006)
    beside = nuisance.beside(state.locations, where.first, where.residents, state.clock.month)[0]
    thought = np.ones(len(where), bool)
    thought[state.residents.neighbourhood[beside]] = False  # beside a location that stands, people know what they meet
    assert where.near[thought] == pytest.approx(where.near_before[thought], abs=1e-6)
    assert (where.near[~thought] > where.near_before[~thought]).all()


def test_threat_of_a_new_location_by_hand():
    state, near = hosts(E, 80, neighbourhood_size=4_000)  # 2% of 4,000
    change = followed(state, 1, **(NOTHING | {"threat": 0.3, **AT_ONCE, "halo": 0.5, "exponent": 1.0}))[0]
    where = state.neighbourhoods
    assert change[near] == pytest.approx(-0.3 * 0.3, rel=1e-3)  # a share of 0.3 of the gap; not urban at all
    elsewhere = (where.municipality == E) & (np.arange(len(where)) != near)
    assert change[elsewhere] == pytest.approx(-0.3 * 0.3 * 0.5 * 80 / (0.02 * 20_000), rel=1e-3)
    assert change[where.municipality == A] == pytest.approx(0, abs=1e-6)


def test_threat_is_less_in_cities_and_with_regular_tenants():
    asked = NOTHING | {"threat": 0.2, "urbanity": 0.65, "regulars": 0.3}
    changes = []
    for town, regulars in ((E, 0.0), (A, 0.0), (E, 1.0)):
        state, near = hosts(town, 80, neighbourhood_size=10_000 / 2.5)
        state.neighbourhoods.regulars[near] = regulars
        changes.append(followed(state, 1, **asked)[0][near] * state.neighbourhoods.population[near] ** 0.75)
    rural, urban, mixed = changes
    assert urban / rural == pytest.approx(0.35, rel=1e-3)
    assert mixed / rural == pytest.approx(0.7, rel=1e-3)


def test_threat_can_decay_with_distance_instead():
    state, near = hosts(E, 80)
    change = followed(state, 1, **(NOTHING | {"threat": 0.2, "decay": "distance", "reach": 2.0}))[0]
    where = state.neighbourhoods
    apart = np.hypot(where.x - where.x[near], where.y - where.y[near])
    rural = 1 - 0.65 * where.urban
    assert change / rural == pytest.approx(change[near] * np.exp(-apart / 2), abs=2e-6)


def test_a_location_across_the_border_counts_as_one_in_town():
    state, _ = hosts(E, 0)
    one, other = state.links[np.flatnonzero(state.neighbourhoods.municipality[state.links[:, 1]] == E)[0]]
    state.locations.add(1, municipality=E, region=1, places=200, opened=13, neighbourhood=other, announced=12)
    change = followed(state, 1, **(NOTHING | {"threat": 0.3, "urbanity": 0}))[0]
    inside = (state.neighbourhoods.municipality == E) & (np.arange(len(change)) != other)
    assert change[one] == pytest.approx(change[inside][0], rel=1e-3)
    assert change[one] < 0


def test_a_rise_of_a_point_of_newcomers_by_hand():
    state, _ = hosts(E)
    asked = NOTHING | {"stock": 0.1, **AT_ONCE, "accustoming": 48}
    assert followed(state, 1, **asked)[0] == pytest.approx(0, abs=1e-6)
    people(state, Stage.HOUSED, 200, municipality=E, housed=0, granted=0, coupled=0)  # one percent of 20,000
    change = followed(state, 1, **asked)[0]
    assert change[state.neighbourhoods.municipality == E] == pytest.approx(-0.1 * 0.3, rel=1e-3)
    assert change[state.neighbourhoods.municipality == A] == pytest.approx(0, abs=1e-6)
    assert state.municipalities.accustomed[E] == pytest.approx(0.01 / 48)


def test_only_those_who_seek_a_home_mind_lettings():
    state, _ = hosts(C)
    seeking = state.residents.seeking
    state.municipalities.vacancies[:] = 20
    people(state, Stage.HOUSED, 10, municipality=C, housed=START, granted=0)  # half of the vacancies
    run(support, state, **(NOTHING | {"unfairness": 0.2, "fair_share": 0.05, "perceived": 2.0, **AT_ONCE}))
    share = 0.05 + (0.5 - 0.05) / 12
    assert state.municipalities.let_share[C] == pytest.approx(share)
    here = state.neighbourhoods.municipality[state.residents.neighbourhood] == C
    change = state.residents.support - state.residents.anchor
    assert change[here & seeking] == pytest.approx(-0.3 * 0.2 * 2 * (share - 0.05) / 0.1, abs=1e-5)
    assert change[here & ~seeking] == pytest.approx(0, abs=1e-6)


def let_to_newcomers(rule, **params) -> np.ndarray:
    """Support of home seekers less their anchor, in C, where newcomers got half of the vacancies by this rule."""
    state, _ = hosts(C)
    state.municipalities.vacancies[:] = 20
    people(state, Stage.HOUSED, 10, municipality=C, housed=START, granted=0, rule=rule)
    run(support, state, **(NOTHING | {"unfairness": 0.2, "fair_share": 0.05, "perceived": 2.0, **AT_ONCE} | params))
    seekers = (state.neighbourhoods.municipality[state.residents.neighbourhood] == C) & state.residents.seeking
    return state.residents.support[seekers] - state.residents.anchor[seekers]


def test_a_letting_counts_as_its_rule_says():
    share = 0.05 + (0.25 * 0.5 - 0.05) / 12  # a quarter of the half that newcomers got
    change = let_to_newcomers(Rule.REGISTRATION, felt_registration=0.25)
    assert change == pytest.approx(-0.3 * 0.2 * 2 * (share - 0.05) / 0.1, abs=1e-5)
    assert let_to_newcomers(Rule.REGISTRATION, felt_registration=0.1) == pytest.approx(0, abs=1e-5)  # half of a tenth
    names = ("urgency", "institutions", "target", "lottery", "registration", "starter")
    for rule, name in zip(list(Rule)[1 : Rule.INTERIM], names, strict=True):
        half, other = (let_to_newcomers(rule, **{f"felt_{name}": weight}).mean() for weight in (0.5, 0.7))
        assert half > other > let_to_newcomers(Rule.PRIORITY).mean() - 1e-6
    nothing_let = -0.3 * 0.2 * 2 * (0.05 * 11 / 12 - 0.05) / 0.1
    for rule in (Rule.INTERIM, Rule.PRIVATE):  # they take no home of a corporation
        assert let_to_newcomers(rule) == pytest.approx(nothing_let, abs=1e-5)


@pytest.mark.parametrize(
    ("columns", "counts"),
    [({"moved_in": START}, 1), ({"moved_in": START - 1}, 0), ({"moved_in": START, "tenure": Tenure.PRIVATE}, 0)],
)
def test_a_home_of_a_corporation_counts_when_it_is_let_also_to_households_with_a_home(columns, counts):
    state, _ = hosts(C)
    state.municipalities.vacancies[:] = 20
    people(state, Stage.HOUSED, 10, municipality=C, housed=START - 9, granted=0, **columns)
    run(support, state, fair_share=0.05)
    assert state.municipalities.let_share[C] == pytest.approx((0.05 * 11 + 0.5 * counts) / 12)


def test_priority_is_minded_more_than_a_share_or_a_lottery():
    by = {rule: let_to_newcomers(rule).mean() for rule in Rule}
    assert by[Rule.PRIORITY] == pytest.approx(let_to_newcomers(UNSET).mean())
    assert by[Rule.PRIORITY] < by[Rule.INSTITUTIONS] < by[Rule.LOTTERY] < 0
    assert by[Rule.PRIORITY] < by[Rule.REGISTRATION]


def test_a_family_that_follows_takes_no_home():
    state, _ = hosts(C)
    state.municipalities.vacancies[:] = 20
    people(state, Stage.HOUSED, 10, municipality=C, housed=START, granted=0, sponsor=0)
    run(support, state, fair_share=0.06)
    assert state.municipalities.let_share[C] == pytest.approx(0.06 * 11 / 12)


def test_work_of_newcomers_lifts_support():
    asked = NOTHING | {"work": 0.4, "work_reference": 0.5, "work_known": 1, **AT_ONCE}
    changes = []
    for employed in (0, 100):
        state, _ = hosts(C, housed=100)
        state.newcomers.adult[:] = True
        state.newcomers.employed[:employed] = True
        change = followed(state, 1, **asked)[0]
        changes.append(change[state.neighbourhoods.municipality == C].mean())
    assert changes == pytest.approx([-0.3 * 0.4 * 0.5, 0.3 * 0.4 * 0.5], rel=1e-3)


def test_a_say_beforehand_lifts_support_nearby():
    state, near = hosts(C, 100)
    state.locations.voice[-1] = 0.8
    change = followed(state, 1, **(NOTHING | {"voice_effect": 0.5, **AT_ONCE}))[0]
    assert change[near] == pytest.approx(0.3 * 0.5 * 0.8, rel=1e-3)
    assert np.delete(change, near) == pytest.approx(0, abs=1e-6)


def test_incidents_lower_support_and_are_forgotten():
    state, near = hosts(C, 400, new=False)
    asked = NOTHING | {"incident": 0.05, "incident_rate": 0.0006, "incident_size": 1.5, "rate": 0.3}
    change = followed(state, 6, **asked)
    assert state.locations.incidents[-1] > 0
    assert change[-1][near] < 0
    state.locations.ends[-1] = START
    state.households.location[:] = NO_ROW
    state.households.stage[:] = Stage.RETURNED
    after = followed(state, 24, **asked)[-1]
    assert after[near] == pytest.approx(-change[-1][near], rel=0.05)  # back where it was


@pytest.mark.parametrize("bad", [0.0, 0.35])
def test_contact_lifts_or_lowers(bad):
    state, near = hosts(C, 100, new=False)
    asked = NOTHING | {
        "contact": 0.7,
        "carried": 1,
        "negative": bad,
        "negative_weight": 2.5,
        "crowding": 0,
        "grouping": 0,
    }
    change = followed(state, 24, **(asked | {"contacts": 20, "management": 0, "colleagues": 0}))[-1]
    assert np.sign(change[near]) == (1 if bad == 0 else -1)
    assert abs(change[near]) > 0.1
    assert np.delete(change, near) == pytest.approx(0, abs=1e-6)


def test_contact_by_hand():
    state, near = hosts(C, 100, new=False, neighbourhood_size=4_000)
    people_, share = state.residents, 100 / (100 + 30_000 / 8)  # 30,000 in eight neighbourhoods (7.5 rounded)
    asked = NOTHING | {"contacts": 10, "crowded_share": 0.05, "negative": 0.2, "grouping": 0, "management": 0}
    followed(state, 2, **(asked | {"programme": 0, "half_life": 12}))
    here = people_.neighbourhood == near
    month = 10 * share * np.exp(-share / 0.05)
    felt = month * (1 + 0.5 ** (1 / 12))
    assert people_.positive[here] == pytest.approx(0.8 * felt, rel=1e-5)
    assert people_.negative[here] == pytest.approx(0.2 * felt, rel=1e-5)
    assert not people_.positive[~here].any()


def test_a_programme_reaches_those_who_are_positive_already():
    state, near = hosts(C, 100, new=False)
    followed(state, 1, **(STILL | {"programme": 1, "selection": 2}))
    here = state.residents.neighbourhood == near
    assert np.corrcoef(state.residents.positive[here], state.residents.anchor[here])[0, 1] > 0.7


def test_contact_draws_to_the_middle():
    state, near = hosts(C, 100, new=False)
    before = state.neighbourhoods.square - state.neighbourhoods.support**2
    followed(state, 36, **(NOTHING | {"convergence": 0.2, "contacts": 60}))
    after = state.neighbourhoods.square - state.neighbourhoods.support**2
    spread = np.array([state.residents.anchor[state.residents.neighbourhood == n].var() for n in range(len(before))])
    assert after[near] < 0.9 * spread[near]
    assert np.delete(after, near) == pytest.approx(np.delete(spread, near), rel=1e-3)


def test_colleagues_meet_at_work():
    state, _ = hosts(C, housed=300)
    state.newcomers.adult[:] = state.newcomers.employed[:] = True
    followed(state, 1, **(NOTHING | {"contacts": 0, "colleagues": 2, "team": 10, "workers_share": 0.5, "negative": 0}))
    of = state.residents
    here = state.neighbourhoods.municipality[of.neighbourhood] == C
    assert of.positive[here & (of.age < 2)] == pytest.approx(2 * 10 * 300 / 15_000, rel=1e-5)
    assert not of.positive[here & (of.age == 2)].any()


def test_talk_brings_those_together_who_are_not_too_far_apart():
    spreads = []
    for talk, confidence in ((0.0, 2.5), (0.03, 2.5), (0.03, 0.5)):
        state, _ = hosts(C)
        followed(state, 24, **(NOTHING | {"talk": talk, "confidence": confidence, "rate": 0.03}))
        spreads.append(state.residents.support.std())
    alone, open_minded, wary = spreads
    assert open_minded < wary < alone


def test_support_is_never_drawn_further_than_the_limit():
    state, near = hosts(E, 2_000)
    followed(state, 60, **(STILL | {"threat": 0.5, "exponent": 1.2, "limit": 0.6}))
    assert (np.abs(state.residents.support - state.residents.anchor) < 0.6 + 1e-6).all()


# --- noise


def test_newcomers_do_not_change_the_draws_of_residents():
    one, other = (hosts(C, places)[0] for places in (0, 300))
    for state in (one, other):
        followed(state, 3, **(NOTHING | {"noise": 0.05}))
    assert np.array_equal(one.residents.support, other.residents.support)


def test_a_location_more_leaves_the_others_where_they_are():
    found = []
    for first in (A, B):  # a location in another municipality comes before it
        state = village_state()
        state.clock.month = START
        run(support, state)
        for town in (first, C):
            state.locations.add(1, municipality=town, region=0, places=100, opened=START + 1)
        run(support, state)
        found.append(state.locations.neighbourhood[-1])
        assert state.neighbourhoods.municipality[state.locations.neighbourhood[-2]] == first
    assert found[0] == found[1]


# --- effects of support


def test_locations_of_the_start_are_not_news():
    state = village_state()
    run(support, state)
    assert set(state.locations.announced.tolist()) == {NEVER}
    rows = state.locations.add(2, municipality=[B, C], region=0, places=100, opened=state.clock.month + 3)
    run(support, state, voice=0.4)
    assert state.locations.announced[rows].tolist() == [0, 0]
    assert state.locations.voice[rows] == pytest.approx(0.4)
    assert state.neighbourhoods.municipality[state.locations.neighbourhood[rows]].tolist() == [B, C]


def test_a_municipality_whose_residents_object_opens_less_and_later():
    state, _ = hosts(E, 400)
    followed(state, 6, threat=0.5, **STILL)
    towns = state.municipalities
    assert towns.willingness[E] < towns.willingness[C]
    assert towns.delay[E] > towns.delay[C] >= 0
    assert towns.stopped[E] > towns.stopped[C] >= 0
    change = towns.support[E] - np.average(state.neighbourhoods.leaning, weights=state.neighbourhoods.municipality == E)
    assert towns.willingness[E] == pytest.approx(2 / (1 + np.exp(-change)), rel=1e-6)


def test_without_feedback_support_moves_nothing():
    state, _ = hosts(E, 400)
    rows = people(state, Stage.AWAITING_HOME, 5, municipality=E, coupled=START)
    followed(state, 6, threat=0.5, feedback=False, lead=3)
    towns = state.municipalities
    assert towns.willingness.tolist() == [1] * 5
    assert towns.delay.tolist() == [2] * 5
    assert towns.stopped.tolist() == [0] * 5
    assert not state.households.support_at_placement[rows].any()
    assert towns.support[E] < 0  # it is felt, and measured, all the same


def test_a_household_meets_the_support_of_the_place_it_is_tied_to():
    state = village_state(village(restrictive_votes=np.array([0.1, 0.3, 0.3, 0.3, 0.5])))
    state.clock.month = START
    liked = people(state, Stage.AWAITING_HOME, 2, municipality=A, coupled=START)
    disliked = people(state, Stage.AWAITING_HOME, 2, municipality=E, coupled=START)
    earlier = people(state, Stage.HOUSED, 2, municipality=A, coupled=START - 1, housed=START)
    run(support, state, **NOTHING)
    met, towns = state.households.support_at_placement, state.municipalities
    assert (met[liked] > 1).all()
    assert (met[disliked] < -1).all()
    assert not met[earlier].any()
    mean = np.average(towns.support, weights=towns.population)
    assert met[liked[0]] - met[disliked[0]] == pytest.approx(
        (towns.support[A] - towns.support[E]) / towns.support.std(), rel=1e-4
    )
    assert met[liked[0]] == pytest.approx((towns.support[A] - mean) / towns.support.std(), rel=1e-4)


def test_votes_alone_make_no_municipality_unwilling():
    state = village_state(village(restrictive_votes=np.array([0.1, 0.3, 0.5, 0.3, 0.3])))
    run(support, state, **STILL)
    assert state.municipalities.support[C] < state.municipalities.support[B] - 0.05
    assert state.municipalities.willingness[C] == pytest.approx(state.municipalities.willingness[B], abs=0.01)


def test_crowded_reception_brings_more_bad_contacts():
    shares = []
    for kind in (Kind.REGULAR, Kind.EMERGENCY):
        state, near = hosts(C, 200, new=False, kind=kind)
        followed(state, 1, **STILL)
        here = state.residents.neighbourhood == near
        shares.append((state.residents.negative[here] / state.residents.positive[here]).mean())
    assert shares[1] > 1.1 * shares[0]


def test_a_run_without_feedback_has_the_same_start_and_another_end():
    base = small("2016-12", scale=0.02)
    cut = base.with_values({"world.support.feedback": False})
    one, other = state_after(base, 12), state_after(cut, 12)
    assert np.array_equal(one.residents.anchor, other.residents.anchor)
    assert not np.array_equal(one.municipalities.willingness, other.municipalities.willingness)
    assert default().params_at(0)["support"].feedback


def test_incidents_are_poisson_numbers_also_in_a_crowd():
    u = (np.arange(20_000) + 0.5) / 20_000
    for persons, mean in ((150, 0.105), (1_500, 5.9), (60_000, 3_740), (300_000, 62_500)):
        found = exposure.incidents(np.full(len(u), float(persons)), 0.001, 0.75, 1.0, 0.5, 0.3, 150, u)
        assert (np.diff(found) >= 0).all()
        assert found.mean() == pytest.approx(mean, rel=0.01)
        assert found.var() == pytest.approx(mean, rel=0.02)
    by_hand, below, term = np.zeros(len(u)), np.exp(-0.105), np.exp(-0.105)
    for k in range(1, 9):  # the distribution function, summed
        by_hand[u >= below] = k
        term *= 0.105 / k
        below += term
    found = exposure.incidents(np.full(len(u), 150.0), 0.001, 0.75, 1.0, 0.5, 0.3, 150, u)
    assert found.tolist() == by_hand.tolist()
