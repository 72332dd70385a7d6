"""What lifts and lowers the wellbeing of adults, by hand in standard deviations."""

import numpy as np
import pytest

from abm.asylum import placement
from abm.civic import wellbeing
from abm.engine.clock import NEVER
from abm.engine.draws import Draws
from abm.engine.table import NO_ROW
from abm.jobs import work
from abm.people.working_age import look
from abm.tables.country import Kind
from abm.tables.people import Reunion, Stage
from tests.helpers.runs import advance, small, state_after
from tests.helpers.village import locations, people, run, village_state

STILL = {"shock": 0.05, "spread": 0.5}
WEIGHTS = (0.25, 0.3, 0.07, 0.3, 0.15, 0.1, 0.45)  # job, home, level, status, move, activity, family


def adults(count, stage=Stage.HOUSED, **columns):
    state = village_state()
    implied = {} if stage == Stage.IN_DECISION else {"granted": -1}
    rows = people(state, stage, count, **(implied | columns))
    state.newcomers.born[:] = -12 * 30
    state.newcomers.language[:] = 2
    state.newcomers.adult[look(state)] = True  # as profile does
    return state, rows


def plain_levels(temper, employed, home, language, permit, relocated, active, apart, mean, weights):
    """The level of each person, (n,) [SD], in NumPy."""
    job, housed, level, status, move, activity, family = weights
    better = job * employed + housed * (home - 1.0) + level * (language - 2.0) + activity * active
    return mean + temper + better - status * (1.0 - permit) - move * relocated - family * apart


def test_the_compiled_loop_equals_plain_numpy():
    """More persons than one batch of draws, of whom some are new and some are not in the rows."""
    rng, n, homes = np.random.default_rng(3), 1_500, 400
    flag = {name: rng.random(n) < 0.5 for name in ("employed", "active")}
    temper, language, before = (rng.normal(size=n).astype(np.float32) for _ in range(3))
    hours, identity = rng.choice([0, 20], n).astype(np.float32), rng.permutation(n).astype(np.uint64)
    of = rng.integers(0, homes, n).astype(np.int32)
    home, granted = (
        rng.choice([0, 0.7, 1], homes).astype(np.float32),
        rng.choice([NEVER, -1, 0, 8], homes).astype(np.int16),
    )
    relocated, reunion = rng.random(homes).astype(np.float32), rng.integers(0, 5, homes).astype(np.int8)
    rows = np.flatnonzero(rng.random(n) < 0.9)
    new, draws = rows[rng.random(len(rows)) < 0.2], Draws(5, "wellbeing", 12)
    level = plain_levels(
        temper, flag["employed"], home[of], language, granted[of] != NEVER, relocated[of],
        flag["active"] | (hours > 0), np.isin(reunion[of], (Reunion.APPLIED, Reunion.TRAVELLING)), -0.9, WEIGHTS,
    )  # fmt: skip
    start = np.where(np.isin(np.arange(n), new), level, before)
    shock = 12**0.5 * (draws.uniform("month", identity) - 0.5)
    expected = np.where(np.isin(np.arange(n), rows), start + 0.2 * (level - start) + 0.1 * shock, before)
    found = before.copy()
    folk = wellbeing.Persons(found, temper, flag["employed"], language, flag["active"], hours, identity, of)
    terms = wellbeing.Terms(-0.9, *WEIGHTS, rate=0.2, shock=0.1)
    households = wellbeing.Households(granted, relocated, reunion)
    wellbeing.move_on(rows, new, folk, households, home, terms, draws.address("month"))
    assert found == pytest.approx(expected, abs=1e-5)
    assert np.array_equal(found == before, np.isin(np.arange(n), rows, invert=True))


@pytest.mark.parametrize(
    ("of_person", "of_home", "expected"),
    [
        ({}, {}, -0.9),
        ({"employed": True, "language": 3, "active": True}, {}, -0.9 + 0.25 + 0.07 + 0.1),
        ({"class_hours": 20}, {}, -0.9 + 0.1),
        (
            {"temper": 0.5, "language": 0},
            {"stage": Stage.IN_DECISION, "relocated": 2, "reunion": Reunion.APPLIED},
            -0.9 + 0.5 - 0.3 - 0.14 - 0.3 - 0.3 - 0.45,
        ),
    ],
)
def test_level_by_hand(of_person, of_home, expected):
    """With all of the gap closed in a month and no shock, wellbeing is the level."""
    state, _ = adults(1, **of_home)
    for name, value in ({"temper": 1e-9} | of_person).items():
        getattr(state.newcomers, name)[:] = value
    given = {"rate": 1, "shock": 0, "mean": -1.1, "added": -0.2}  # the base is -0.9
    by_hand = wellbeing.Params.model_construct(**(wellbeing.Params().model_dump() | given))
    wellbeing.step(state, by_hand, Draws(1, "wellbeing", 12))
    assert state.newcomers.wellbeing == pytest.approx([expected], abs=1e-6)


def test_new_adults_start_at_their_own_level_and_keep_it():
    state, _ = adults(400)
    run(wellbeing, state, mean=-0.9, added=0, **STILL)
    temper = state.newcomers.temper.copy()
    assert temper.mean() == pytest.approx(0, abs=0.08)
    assert temper.std() == pytest.approx(0.5, abs=0.05)
    assert state.newcomers.wellbeing == pytest.approx(temper - 0.9, abs=0.1)
    run(wellbeing, state, months=12, mean=-0.9, added=0, **STILL)
    assert np.array_equal(state.newcomers.temper, temper)
    assert state.newcomers.wellbeing.mean() == pytest.approx(-0.9, abs=0.1)


def test_the_gap_closes_at_the_rate():
    state, _ = adults(400)
    run(wellbeing, state, rate=0.2, job=0.4, **STILL)
    before = state.newcomers.wellbeing.mean()
    state.newcomers.employed[:] = True
    for months in (1, 2, 3):
        state.clock.month += 1
        run(wellbeing, state, rate=0.2, job=0.4, **STILL)
        assert state.newcomers.wellbeing.mean() - before == pytest.approx(0.4 * (1 - 0.8**months), abs=0.01)


def test_only_adults_who_were_screened_have_wellbeing():
    state, _ = adults(1)
    child = people(state, Stage.HOUSED)
    state.newcomers.born[child] = -12 * 10
    gate = people(state, Stage.REGISTERING)
    state.newcomers.born[gate] = -12 * 30
    state.newcomers.adult[:] = False
    state.newcomers.adult[look(state)] = True
    run(wellbeing, state)
    assert (state.newcomers.temper == 0).tolist() == [False, True, True]
    assert state.newcomers.wellbeing[1:].tolist() == [0, 0]
    run(wellbeing, village_state())


@pytest.mark.parametrize("stands", [Reunion.APPLIED, Reunion.TRAVELLING])
def test_family_apart_weighs_until_it_is_here(stands):
    means = []
    for reunion in (Reunion.NONE, stands, Reunion.ARRIVED):
        state, _ = adults(100, reunion=reunion)
        run(wellbeing, state, family=0.5)
        means.append(state.newcomers.wellbeing.mean())
    assert means[1] - means[0] == pytest.approx(-0.5, abs=1e-6)
    assert means[2] == means[0]


def test_a_move_counts_for_half_after_a_year():
    state, rows = adults(10, stage=Stage.IN_DECISION, location=NO_ROW)
    state.households.location[rows] = locations(state, Kind.REGISTRATION)[0]
    run(placement, state, crisis=True)
    assert state.households.relocated[rows].tolist() == state.households.moves[rows].tolist()
    state.households.relocated[rows] = 1
    run(wellbeing, state, months=12)
    assert state.households.relocated[rows] == pytest.approx(np.full(10, 0.5))


def test_low_wellbeing_lowers_search_and_high_adds_none():
    hired = []
    for level in (1, 0, -3):
        state, _ = adults(200, stage=Stage.AWAITING_COUPLING)
        state.newcomers.wellbeing[:] = level
        state.employers.vacancies[:] = 10_000  # more than anybody seeks
        hired.append(len(run(work, state, mood=0.2, base=-2, in_reception=0)["hired"]))
    assert hired[0] == hired[1] > hired[2]


def test_a_home_counts_unless_it_is_reception_or_lost():
    rng = np.random.default_rng(5)
    location, homeless = (
        rng.integers(NO_ROW, 2, 200).astype(np.int32),
        rng.choice([NEVER, -1, 0], 200).astype(np.int16),
    )
    expected = (location == NO_ROW) & (homeless == NEVER)
    assert wellbeing.home(location, homeless).tolist() == expected.astype(float).tolist()
    assert 0 < expected.sum() < 200


def test_the_mean_of_permit_holders_is_that_of_the_survey():
    """In June 2017 and June 2019, the months of E101, whatever the composition of the permit holders is."""
    scenario, seen = small("2019-06", scale=0.05), []
    state = state_after(scenario, 30)
    for further in (0, 24):
        advance(state, scenario, further)
        folk = state.newcomers
        holders = folk.adult & (state.households.granted[folk.household] != NEVER)
        seen.append(folk.wellbeing[holders].mean())
    assert np.mean(seen) == pytest.approx(wellbeing.Params().mean, abs=0.06)
    assert seen[0] < seen[1]
