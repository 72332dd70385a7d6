"""Moves to another municipality: hazard, destination, and what moves along."""

import numpy as np
import pytest

from abm.asylum import coupling
from abm.chain import turn
from abm.engine.clock import NEVER
from abm.engine.draws import Draws
from abm.engine.table import NO_ROW
from abm.homes import moving
from abm.jobs import work
from abm.tables.homes import Tenure
from abm.tables.people import Stage
from tests.helpers.runs import small, state_after
from tests.helpers.village import ALPHA, BETA, GONE, INHABITANTS, A, B, D, E, people, run, village_state

PLAIN = {"density": 0, "classes": 0, "job": 0, "school": 0, "kin": 0, "compatriots": 0}
OFTEN = {"base": 0.007, "density": 0.8, "mean_urbanity": 1}  # from E (class 5): 0.007 x exp(3.2) = 0.17 a month


def many(count=400, **columns):
    state = village_state()
    return state, people(state, Stage.HOUSED, count, **columns)


# --- the hazard


def test_hazard_by_hand():
    params = moving.Params(
        base=0.005, density=0.4, mean_urbanity=2, classes=0.1, usual_hours=300, most_hours=600,
        job=0.5, school=0.3, kin=0.2,
    )  # fmt: skip
    urbanity = np.array([2, 4, 2, 2, 2, 2, 2, 2])
    hours = np.array([300, 300, 100, 600, 900, 300, 300, 300])
    job, school, kin = (np.arange(8) == i for i in (5, 6, 7))
    exponent = np.array([0, 0.8, 0.2, -0.3, -0.3, -0.5, -0.3, -0.2])
    assert moving.hazard(urbanity, hours, job, school, kin, params) == pytest.approx(0.005 * np.exp(exponent))
    assert moving.hazard(*(np.zeros(0) for _ in range(5)), params).tolist() == []


def test_a_sixth_leaves_in_three_years_and_about_half_in_ten():
    """Replication R14 (E092, E094) of the hazard alone, in an average municipality without ties."""
    monthly = moving.hazard(*(np.array([x]) for x in (2.5, 350, False, False, False)), moving.Params())[0]
    assert 1 - (1 - monthly) ** 36 == pytest.approx(1 / 6, abs=0.01)
    assert 1 - (1 - monthly) ** 120 == pytest.approx(0.5, abs=0.06)


def test_hazard_per_region_spreads_as_observed():
    """E093: 36% to 71% of the permit holders left in some ten years, a standard deviation of 0.25 to 0.35 in logs."""
    state = state_after(small("2015-01"), 0)
    urbanity = state.inputs.municipalities["urbanity"].to_numpy(float)
    weight = state.municipalities.population
    hazard = moving.hazard(urbanity, *(np.full(342, x) for x in (350, False, False, False)), moving.Params())
    region = state.municipalities.region
    mean = np.bincount(region, np.log(hazard) * weight) / np.bincount(region, weight)
    assert 0.25 <= mean.std() <= 0.35


@pytest.mark.slow
def test_a_sixth_leaves_in_three_years_in_the_model():
    base, first = small("2027-12", scale=0.1), {}
    state = state_after(base, 0)
    for month in range(150):
        for row in turn(state, base.params_at(month), base.seed)["moved_out"]:
            first.setdefault(int(row), month)
    homes = state.households
    left = np.full(len(homes), 9_999)
    left[list(first)] = list(first.values())
    for months, share, around in ((36, 1 / 6, 0.03), (120, 0.5, 0.1)):
        # whoever left the country or died cannot move within it; nor are those counted who left a couple since
        whole = (homes.stage == Stage.HOUSED) & (homes.since == homes.housed)
        rows = whole & (homes.housed >= 0) & (homes.housed < 150 - months) & (homes.sponsor == NO_ROW)
        assert (left - homes.housed <= months)[rows].mean() == pytest.approx(share, abs=around)


# --- the kernel and its plain twin


def plain_homes(number, household, month, born, hours, employed, work_region, region, adult, school):
    """The same, person by person of each household that decides."""
    found = []
    for home in range(len(region)):
        members = [p for p in range(len(household)) if number[household[p]] == home]
        grown = [p for p in members if month - born[p] >= adult]
        children = [p for p in members if month - born[p] < adult]
        found.append(
            (
                len(grown), sum(hours[p] for p in grown),
                any(employed[p] and work_region[p] == region[home] for p in grown),
                any(month - born[p] >= school for p in children),
            )
        )  # fmt: skip
    return [np.array(column) for column in zip(*found, strict=True)]


def test_homes_equal_the_plain_twin():
    rng = np.random.default_rng(5)
    households, persons, homes = 60, 200, 25
    facts = (
        rng.integers(NO_ROW, homes, households).astype(np.int32), rng.integers(0, households, persons), 40,
        rng.integers(-400, 40, persons).astype(np.int16), rng.integers(0, 900, persons).astype(np.float32),
        rng.random(persons) < 0.5, rng.integers(-1, 3, persons).astype(np.int8),
        rng.integers(0, 3, homes).astype(np.int8), 216, 48,
    )  # fmt: skip
    number, household, month, born, hours, employed, work_region, *rest = facts
    folk = moving.Persons(household, born, hours, employed, work_region)
    for found, expected in zip(moving.homes(number, folk, month, *rest), plain_homes(*facts), strict=True):
        assert np.array_equal(found, expected)


def test_a_household_decides_for_itself_and_for_the_family_that_joined():
    state, rows = many(4)
    people(state, Stage.HOUSED, 2, sponsor=rows[[3, 1]])
    assert moving.deciding(rows[[0, 3]], state.households.sponsor).tolist() == [0, NO_ROW, NO_ROW, 1, 1, NO_ROW]


def test_living_counts_persons_with_a_home_by_origin_and_municipality():
    rng, n = np.random.default_rng(7), 300
    stage, origin, size = (rng.integers(*ends, n).astype(np.int8) for ends in ((5, 9), (0, 3), (1, 6)))
    town = np.where(stage == Stage.HOUSED, rng.integers(0, 4, n), NO_ROW).astype(np.int16)
    expected = [[size[(stage == Stage.HOUSED) & (origin == o) & (town == t)].sum() for t in range(4)] for o in range(3)]
    assert moving.living(stage, origin, town, size, 3, 4).tolist() == expected


@pytest.mark.parametrize(
    "params", [{}, PLAIN | OFTEN, {"density": 0.8, "classes": 0.5, "usual_hours": 2_000, "most_hours": 3_000}]
)
def test_the_same_households_leave_as_when_every_household_is_examined(params):
    """Only households whose draw is below the highest hazard are examined; no other household may leave."""
    state = village_state()
    towns = np.repeat([A, B, D, E], 1_000)
    rows = people(state, Stage.HOUSED, 4_000, municipality=towns, tie=np.tile([ALPHA, BETA, NO_ROW, NO_ROW], 1_000))
    rng, folk = np.random.default_rng(2), state.newcomers
    folk.born[:], folk.hours_followed[:] = -12 * rng.integers(20, 60, 4_000), rng.integers(0, 1_200, 4_000)
    folk.employed[:], folk.work_region[:] = rng.random(4_000) < 0.4, rng.integers(0, 2, 4_000)
    state.clock.month, params = 12, moving.Params(**params)
    draws = Draws(3, "moving", 12)
    home = state.municipalities.region[towns]
    expected = moving.hazard(
        state.inputs.municipalities["urbanity"].to_numpy(float)[towns], folk.hours_followed.astype(float),
        folk.employed & (folk.work_region == home), np.zeros(4_000, bool), state.households.tie == home, params,
    )  # fmt: skip
    u = draws.uniform("moves", state.households.identity)
    may, leaves, _ = moving.leaving(state, params, draws)
    found = may[leaves]
    assert found.tolist() == rows[u < expected].tolist()
    assert 0 < len(found) < 4_000


# --- destination


def test_destination_by_weight_and_never_the_own_municipality():
    weight = np.array([[1, 2, 3, 4.0], [0, 1, 0, 1]])
    u = np.array([0, 0.24, 0.26, 0.99])
    # from the second of the first group: 1, 3 and 4 of 8 for the others
    assert moving.destination(np.zeros(4, int), np.ones(4, int), u, weight).tolist() == [0, 2, 2, 3]
    assert moving.destination(np.ones(2, int), np.array([1, 3]), np.array([0.5, 0.5]), weight).tolist() == [3, 1]
    assert moving.destination(np.zeros(0, int), np.zeros(0, int), np.zeros(0), weight).tolist() == []


def test_attraction_by_inhabitants_and_compatriots():
    state, _ = many(3, municipality=B, origin=1)
    people(state, Stage.IN_DECISION, 9)  # does not count: no home
    drawn = moving.attraction(state, moving.Params(compatriots=0))
    assert drawn.tolist() == [INHABITANTS] * 3
    drawn = moving.attraction(state, moving.Params(compatriots=0.5))
    assert drawn[0].tolist() == INHABITANTS
    assert drawn[1].tolist() == [10_000, 40_000, 30_000, 20_000, 20_000]  # (3 + 1) ^ 0.5 = 2


def test_movers_spread_by_inhabitants():
    state, rows = many(3_000, municipality=E)
    run(moving, state, months=6, **(PLAIN | OFTEN))
    gone = rows[state.households.moved_out[rows] != NEVER]
    share = np.bincount(state.households.municipality[gone], minlength=5) / len(gone)
    assert len(gone) > 1_000
    assert share[[A, B, D]] == pytest.approx([1 / 8, 2 / 8, 2 / 8], abs=0.06)


# --- effects of a move


def test_only_the_municipality_changes():
    state, rows = many(municipality=E)
    before = {name: getattr(state.households, name).copy() for name in state.households.columns()}
    towns = {name: getattr(state.municipalities, name).copy() for name in state.municipalities.columns()}
    moved = run(moving, state, **(PLAIN | OFTEN))["moved_out"]
    assert len(moved) == pytest.approx(0.17 * 400, abs=25)
    changed = {name for name, old in before.items() if not np.array_equal(old, getattr(state.households, name))}
    assert changed == {"municipality", "came_from", "moved_out", "moved_in", "tenure", "registered"}
    assert set(state.households.came_from[moved]) == {E}
    assert (state.households.municipality[moved] != E).all()
    assert (state.households.municipality[np.setdiff1d(rows, moved)] == E).all()
    assert all(np.array_equal(old, getattr(state.municipalities, name)) for name, old in towns.items())


@pytest.mark.parametrize(
    ("tenure", "rents", "registered"),
    [(Tenure.CORPORATION, Tenure.PRIVATE, 3), (Tenure.PRIVATE, Tenure.PRIVATE, 7), (Tenure.OWNED, Tenure.OWNED, 7)],
)
def test_tenants_of_corporations_rent_from_others_and_are_registered_since_they_were_housed(tenure, rents, registered):
    state, _ = many(municipality=E, housed=3, registered=7, tenure=tenure)
    moved = run(moving, state, **(PLAIN | OFTEN))["moved_out"]
    assert set(state.households.tenure[moved]) == {rents}
    assert set(state.households.registered[moved]) == {registered}
    assert set(state.households.moved_in[moved]) == {state.clock.month}


def test_registration_that_was_not_used_up_is_kept():
    state, rows = many(3, municipality=E, housed=3, registered=1)
    of = state.households
    of.moved_in[rows[0]] = 9  # let by registration since then
    of.interim[rows[1]] = 3
    state.complexes.add(1, municipality=E, built=1, newcomers=1)
    of.complex[rows[2]], of.home[rows[2]] = 0, 0
    state.clock.month = 20
    run(moving, state, months=60, **(PLAIN | OFTEN))
    assert (of.moved_out[rows] != NEVER).all()
    assert of.registered[rows].tolist() == [9, 1, 1]
    assert set(of.tenure[rows]) == {Tenure.PRIVATE}


def test_a_move_changes_no_task_balance_nor_who_is_tied_where():
    states = [many(municipality=E)[0] for _ in range(2)]
    run(moving, states[0], **(PLAIN | OFTEN))
    for state in states:
        people(state, Stage.AWAITING_COUPLING, 8)
        state.clock.month = 6
        run(coupling, state)
    one, other = states
    assert one.municipalities.balance.tolist() == other.municipalities.balance.tolist()
    waiting = one.households.stage == Stage.AWAITING_HOME
    assert one.households.municipality[waiting].tolist() == other.households.municipality[waiting].tolist()


def test_joined_families_move_with_their_sponsor():
    state, rows = many(200, municipality=E)
    family = people(state, Stage.HOUSED, 200, size=2, municipality=E, sponsor=rows)
    moved = run(moving, state, **(PLAIN | OFTEN))["moved_out"]
    sponsors = moved[moved < 200]
    assert moved.tolist() == [*sponsors, *(sponsors + 200)]
    assert np.array_equal(state.households.municipality[rows], state.households.municipality[family])


def test_only_the_housed_move_and_not_in_the_month_of_the_key():
    state, _ = many(100, municipality=E, since=0)
    for stage in Stage:
        if stage != Stage.HOUSED and stage not in GONE:
            people(state, stage, 20)
    assert len(run(moving, state, **(PLAIN | OFTEN))["moved_out"]) == 0
    assert len(run(moving, village_state())["moved_out"]) == 0


def test_hours_of_class_add_up():
    state, _ = many(2)
    state.newcomers.class_hours[:] = [40, 0]
    run(moving, state, months=3)
    assert state.newcomers.hours_followed.tolist() == [120, 0]


@pytest.mark.parametrize(("region", "keeps"), [(BETA, True), (ALPHA, False)])
def test_a_job_ends_when_the_new_home_is_in_another_region(region, keeps):
    state, rows = many(1, municipality=D, moved_out=0)  # D lies in Beta
    state.newcomers.born[:] = -12 * 30
    state.newcomers.employed[:], state.newcomers.work_region[:], state.newcomers.employer[:] = True, region, 0
    state.newcomers.adult[:] = True  # as profile does
    run(work, state, separation=0.015, settled=0.5, base=-4.2)
    assert state.newcomers.employed.tolist() == [keeps]
    assert state.employers.pulled_out.sum() == 0  # an own move is not held against reception
    assert len(rows) == 1
