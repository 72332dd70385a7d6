"""Loops of the housing processes, each beside NumPy on whole columns; households and persons are drawn at random."""

import numpy as np
import pytest

from abm.engine.clock import NEVER
from abm.engine.draws import Draws
from abm.engine.table import NO_ROW, UNSET
from abm.homes import deaths, housing, interim, joining, leases, lettings, moves, moving, parting, priority
from abm.homes.dwellings import cell_of, needed_by
from abm.homes.tenancies import awaited, looking
from abm.tables.homes import HomeSize, Rule, Tenure
from abm.tables.people import Reunion, Stage
from tests.helpers.village import village_state

MONTH, COUNT, TOWNS = 30, 400, 5


def crowd(seed):
    """The village with households whose columns are drawn one by one, and three persons for each two of them."""
    state, rng = village_state(), np.random.default_rng(seed)
    state.clock.month = MONTH

    def either(*values):
        return rng.choice(values, COUNT)

    months = ("since", "moved_in", "housed", "coupled", "registered", "urgent", "homeless", "interim", "hotel")
    sponsor = np.where(rng.random(COUNT) < 0.3, rng.integers(0, COUNT, COUNT), NO_ROW)
    state.households.add(
        COUNT, identity=rng.integers(0, 2**40, COUNT), lottery=rng.permutation(COUNT), origin=rng.integers(0, 3, COUNT),
        size=rng.integers(1, 7, COUNT), sponsor=np.where(sponsor == np.arange(COUNT), NO_ROW, sponsor),
        stage=either(Stage.HOUSED, Stage.HOUSED, Stage.AWAITING_HOME, Stage.RETURNED), location=either(NO_ROW, 0, 1),
        municipality=rng.integers(0, TOWNS, COUNT), tenure=rng.integers(0, 4, COUNT), reunion=rng.integers(0, 5, COUNT),
        family_abroad=either(0, 0, 2), priority=either(True, False),  granted=either(NEVER, 5, 6),
        **{name: either(NEVER, 3, 6) for name in months},
    )  # fmt: skip
    persons = COUNT * 3 // 2
    state.newcomers.add(
        persons, identity=rng.integers(0, 2**40, persons), household=rng.integers(0, COUNT, persons),
        born=rng.integers(-1100, MONTH, persons), female=rng.random(persons) < 0.5,
    )  # fmt: skip
    return state


each_crowd = pytest.mark.parametrize("seed", range(3))


def family_in_reception(of):
    """Whether each household is the sponsor of a family in reception."""
    return np.isin(np.arange(COUNT), of.sponsor[(of.sponsor != NO_ROW) & (of.location != NO_ROW)])


@each_crowd
def test_where_newcomers_stand_in_line(seed):
    state = crowd(seed)
    of = state.households
    waits = np.flatnonzero((of.stage == Stage.AWAITING_HOME) & (of.since < 6) & ~of.priority)
    rows = np.append(waits, looking(state))
    registered = np.where(of.registered[rows] == NEVER, of.granted[rows], of.registered[rows])
    housed, urgent = of.stage[rows] == Stage.HOUSED, of.urgent[rows] != NEVER
    since = np.where(urgent, of.urgent[rows], np.where(housed, registered, of.coupled[rows]))
    cell = cell_of(of.municipality[rows], needed_by(state, rows))
    expected = (rows, registered, cell, since, of.lottery[rows], housed, urgent, np.full(len(rows), UNSET))
    assert [each.tolist() for each in lettings.in_line(of, of.granted, 6)] == [each.tolist() for each in expected]


@each_crowd
def test_persons_to_house(seed):
    state = crowd(seed)
    of, rows, followers = state.households, np.random.default_rng(seed).permutation(COUNT)[:90], np.zeros(COUNT, int)
    np.add.at(followers, of.sponsor[of.sponsor >= 0], of.size[of.sponsor >= 0])
    abroad = np.where(of.reunion == Reunion.TRAVELLING, of.family_abroad, 0)
    assert needed_by(state, rows).tolist() == (of.size + followers + abroad)[rows].tolist()


@each_crowd
def test_tenancies_that_reach_their_term(seed):
    of = crowd(seed).households
    private = (of.tenure == Tenure.PRIVATE) & (of.moved_in == 3) & (of.stage == Stage.HOUSED) & (of.sponsor == NO_ROW)
    assert leases.reaching_term(of, 3, False).tolist() == np.flatnonzero(private).tolist()
    assert leases.reaching_term(of, 3, True).tolist() == np.flatnonzero(private & (of.housed == of.moved_in)).tolist()


@each_crowd
def test_persons_in_interim_places_and_hotels(seed):
    state = crowd(seed)
    of = state.households
    rows = np.flatnonzero((of.interim != NEVER) & (of.stage == Stage.HOUSED))
    assert interim.occupants(state).tolist() == np.bincount(of.municipality[rows], of.size[rows], TOWNS).tolist()
    here = (of.hotel != NEVER) & (of.location != NO_ROW)
    found = joining.in_hotels(of.hotel, of.location, of.size, 3)
    assert found == (of.size[here & (of.hotel > 3)].sum(), of.size[here & (of.hotel <= 3)].sum())


@each_crowd
def test_who_would_die(seed):
    state, draws = crowd(seed), Draws(seed, "deaths", MONTH)
    people, of = state.newcomers, state.households
    yearly = np.linspace(0.2, 0.9, 18).reshape(2, 9)
    age = (MONTH - people.born.astype(int)) // 120
    risk = yearly[people.female.astype(int), np.clip(age, 0, 8)]
    birthday = (MONTH - people.born) % 12 == 0
    dies = (of.stage[people.household] == Stage.HOUSED) & birthday & (draws.uniform("dies", people.identity) < risk)
    found = deaths.would_die(people, of.stage, MONTH, draws.address("dies"), yearly)
    assert found.tolist() == np.flatnonzero(dies).tolist()


@each_crowd
def test_couples_that_are_settled(seed):
    of, waits = crowd(seed).households, family_in_reception(crowd(seed).households)
    home = (of.stage == Stage.HOUSED) & (of.homeless == NEVER) & (of.interim == NEVER) & (of.granted != NEVER)
    home &= (of.family_abroad == 0) & ~waits
    both = home & np.where(of.sponsor == NO_ROW, home, home[of.sponsor])
    assert parting.settled(np.arange(COUNT), of).tolist() == both.tolist()
    assert awaited(of.sponsor, of.location).tolist() == waits.tolist()


@each_crowd
def test_households_that_move_and_those_that_move_along(seed):
    of, draws = crowd(seed).households, Draws(seed, "moving", MONTH)
    may = (of.stage == Stage.HOUSED) & (of.since < 6) & (of.sponsor == NO_ROW)
    u = draws.uniform("moves", of.identity)
    rows, drawn = moving.drawn_below(of, 6, draws.address("moves"), 0.4)
    assert rows.tolist() == np.flatnonzero(may & (u < 0.4)).tolist()
    assert drawn.tolist() == u[rows].tolist()
    number, joined = np.full(COUNT, NO_ROW), np.flatnonzero(of.sponsor != NO_ROW)
    number[rows] = np.arange(len(rows))
    number[joined] = number[of.sponsor[joined]]
    assert moving.deciding(rows, of.sponsor).tolist() == number.tolist()
    leaves = np.arange(len(rows)) % 3 > 0
    place = np.append(np.where(leaves, np.cumsum(leaves) - 1, NO_ROW), NO_ROW)[number]  # the last stands for NO_ROW
    along = np.flatnonzero((place != NO_ROW) & (of.stage == Stage.HOUSED))
    found = moving.moving_along(moving.deciding(rows, of.sponsor), of.stage, leaves)
    assert [each.tolist() for each in found] == [along.tolist(), place[along].tolist()]


def destinations(origin, town, u, weight):
    """Another municipality for each household, from whole columns."""
    reach, own = np.cumsum(weight, axis=1), weight[origin, town]
    point = u * (reach[origin, -1] - own)
    point += np.where(point >= reach[origin, town] - own, own, 0)
    return np.minimum((reach[origin] <= point[:, None]).sum(axis=1), weight.shape[1] - 1)


def test_destinations():
    rng = np.random.default_rng(4)
    weight = rng.random((3, 40)) * (rng.random((3, 40)) < 0.7)
    origin, town = rng.integers(0, 3, 500).astype(np.int8), rng.integers(0, 40, 500).astype(np.int16)
    given = origin, town, rng.random(500), weight
    assert moving.destination(*given).tolist() == destinations(*given).tolist()


@each_crowd
def test_people_who_get_a_home_count_for_the_task(seed):
    state = crowd(seed)
    of, people = state.municipalities, state.households
    rows = np.flatnonzero(people.stage == Stage.AWAITING_HOME)
    to = np.random.default_rng(seed).integers(0, TOWNS, len(rows)).astype(np.int16)
    count = np.bincount(to, people.size[rows], TOWNS) / state.scale
    expected = of.balance + count, of.placed + count
    moves.move_in(state, rows, to, Rule.PRIVATE, HomeSize.SMALL)
    assert (of.balance.tolist(), of.placed.tolist()) == tuple(each.tolist() for each in expected)
    assert set(people.tenure[rows]) == {Tenure.PRIVATE}
    assert (people.municipality[rows] == to).all()


def pooled(pool, homes):
    return np.bincount(pool, homes, len(pool))


def offers_of(of, rules, flex, month_share, persons, found_most, scale):
    """What municipalities offer, from whole columns."""
    large = max(1 - rules.small_share - rules.middle_share, 0)
    by_size = of.vacancies[:, None] * np.array([rules.small_share, rules.middle_share, large])
    flex = flex * of.population_share
    by_size[:, HomeSize.SMALL] += flex
    left = priority.left_to_house(of.asked, of.placed, of.effort, rules.aim)
    share = 0.0 if rules.priority_ban else rules.priority_share
    wanted = np.maximum(left * month_share / persons - flex, 0)
    most = found_most * of.population_share
    inside, outside = priority.offers(wanted, rules.private_share, share * of.vacancies, most)
    inside, outside = pooled(of.pool, inside + flex) * scale, pooled(of.pool, outside) * scale
    return inside, outside, np.column_stack([pooled(of.pool, each) for each in by_size.T]) * scale, by_size


@pytest.mark.parametrize("ban", [False, True])
def test_what_municipalities_offer_and_pass_on(ban):
    state, rng = village_state(), np.random.default_rng(6)
    of, rules = state.municipalities, housing.Params(priority_ban=ban, aim=1.3)
    of.pool[:] = [0, 0, 2, 2, 2]
    of.vacancies[:], of.asked[:], of.placed[:] = rng.random((3, TOWNS)) * np.array([[30], [90], [20]])
    of.effort[:], of.population_share[:] = rng.lognormal(0, 0.4, TOWNS), rng.dirichlet(np.ones(TOWNS))
    before, given = of.offered.copy(), (7.0, 0.2, 1.9, 3.5, 0.5)
    expected = offers_of(of, rules, *given)
    found = housing.offer(of, rules, *given)
    assert [each.tolist() for each in found] == [each.tolist() for each in expected]
    assert of.offered.tolist() == (before + expected[0]).tolist()
    rest, by_size = rng.random((TOWNS, 3)), expected[3] * [1, 1, 0]
    together = np.column_stack([pooled(of.pool, each) for each in by_size.T])[of.pool]
    alone = (of.pool == np.arange(TOWNS))[:, None]
    part = np.where(together > 0, by_size / np.where(together > 0, together, 1), alone)
    assert housing.passed_on(rest, of.pool, by_size).tolist() == (rest[of.pool] * part).tolist()
