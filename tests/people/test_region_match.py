"""The match of persons and households with regions, and how it is observed."""

import numpy as np
import pytest

from abm.engine.draws import Draws
from abm.engine.table import NO_ROW
from abm.people import profile
from abm.people.household_formation import identities
from abm.people.region_match import (
    by_profile,
    household_match,
    in_table,
    jobs_by_schooling,
    matched,
    matches,
    observation_errors,
    per_region,
    sector_shares,
    sectors_of,
    standardised,
    wishes,
)
from abm.tables.people import Role, Schooling, Stage
from tests.helpers.runs import real
from tests.helpers.village import ALPHA, BETA, A, D, people, run, village_state

JOBS = np.array([[100.0, 400.0], [400.0, 100.0], [200.0, 200.0]])  # three regions; farm and shop
ASKED = np.array([[0.25, 0.55, 0.20], [0.05, 0.25, 0.70]])  # of two sectors: primary at most, secondary, higher
INHABITANTS = np.full(3, 1000.0)
FARM, SHOP, CARE = range(3)
NONE, PRIMARY, SECONDARY, HIGHER = Schooling


def test_standardised_has_mean_zero_and_deviation_one():
    found = standardised(np.array([[1.0, 2.0, 3.0], [5.0, 5.0, 5.0]]))
    assert found[0].tolist() == pytest.approx([-np.sqrt(1.5), 0, np.sqrt(1.5)])
    assert found[1].tolist() == [0, 0, 0]  # nothing to choose


def test_jobs_in_the_own_sector_decide_where_they_count_alone():
    found = matches(JOBS, INHABITANTS, np.full((2, 3), 1 / 3), own=1.0)
    assert found.shape == (4, 2, 3)
    away = np.log([1, 4, 2]) - np.log(8) / 3
    assert found[PRIMARY, FARM].tolist() == pytest.approx((away / away.std()).tolist())
    assert found[HIGHER, SHOP].tolist() == pytest.approx((-away / away.std()).tolist())


def test_jobs_at_the_level_of_schooling_decide_where_the_sector_does_not_count():
    jobs = np.array([[900.0, 100.0], [100.0, 900.0]])
    found = matches(jobs, np.full(2, 1000.0), ASKED, own=0.0)
    assert found[PRIMARY].tolist() == pytest.approx(np.array([[1, -1], [1, -1]]))  # construction asks less schooling
    assert found[HIGHER].tolist() == pytest.approx(np.array([[-1, 1], [-1, 1]]))
    assert found[NONE].tolist() == found[PRIMARY].tolist()


def test_more_inhabitants_for_the_same_jobs_suit_less():
    found = matches(np.full((2, 1), 500.0), np.array([1000.0, 2000.0]), np.full((1, 3), 1 / 3), own=0.5)
    assert found[SECONDARY, 0].tolist() == pytest.approx([1, -1])


def test_every_person_has_mean_zero_and_deviation_one_over_the_regions_of_the_country():
    facts = real()
    people_in = np.bincount(facts.municipality_region, facts.municipalities["population"])
    for own in (0.0, 0.5, 1.0):
        found = matches(facts.jobs, people_in, facts.jobs_schooling, own)
        assert found.shape == (4, 10, 35)
        np.testing.assert_allclose(found.mean(axis=2), 0, atol=1e-9)
        np.testing.assert_allclose(found.std(axis=2), 1)


def test_every_sector_of_the_country_has_shares_of_schooling():
    facts = real()
    assert facts.jobs_schooling.shape == (len(facts.sectors), 3)
    np.testing.assert_allclose(facts.jobs_schooling.sum(axis=1), 1)
    trade = facts.sectors.index("trade")
    assert jobs_by_schooling(facts.jobs_schooling)[[PRIMARY, SECONDARY, HIGHER], trade].tolist() == [0.3, 0.5, 0.2]


def test_people_work_in_sectors_that_take_their_schooling():
    shares = sector_shares(np.array([[100.0, 300.0], [100.0, 100.0]]), ASKED)
    assert shares[PRIMARY].tolist() == pytest.approx([50 / 70, 20 / 70])  # 200 x 0.25 and 400 x 0.05
    assert shares[HIGHER].tolist() == pytest.approx([40 / 320, 280 / 320])
    drawn = sectors_of(np.array([0.0, 0.7, 0.72, 0.999, 0.12, 0.13]), np.array([1, 1, 1, 1, 3, 3]), shares)
    assert drawn.tolist() == [0, 0, 1, 1, 0, 1]


# --- persons and households of the village: more farm jobs in Beta, more care jobs in Alpha


def household(state, *members, stage=Stage.IN_DECISION, **columns):
    """A household whose members have the given sectors (NO_ROW: no profile); its row."""
    row = people(state, stage, size=len(members), **columns)
    persons = np.flatnonzero(state.newcomers.household == row[0])
    state.newcomers.role[persons] = [Role.LEAD, Role.PARTNER, *[Role.CHILD] * 7][: len(members)]
    state.newcomers.sector[persons] = members
    state.newcomers.schooling[persons] = np.where(np.array(members) == NO_ROW, NO_ROW, SECONDARY)
    return row


def test_the_village_has_a_match_for_every_profile():
    state = village_state(own_sector=1.0)
    assert by_profile(state)[SECONDARY, :, :].tolist() == pytest.approx(
        np.array([[-1, 1], [-1, 1], [1, -1]])  # shops: as many for fewer people in Beta
    )


def test_whose_match_counts_for_a_household():
    state = village_state(own_sector=1.0)
    rows = np.concatenate(
        [household(state, CARE, FARM, NO_ROW), household(state, FARM, FARM), household(state, NO_ROW)]
    )
    assert household_match(state, rows, "mean").tolist() == pytest.approx(np.array([[0, 0], [-1, 1], [0, 0]]))
    assert household_match(state, rows, "best").tolist() == pytest.approx(np.array([[1, 1], [-1, 1], [0, 0]]))
    assert household_match(state, rows, "lead").tolist() == pytest.approx(np.array([[1, -1], [-1, 1], [0, 0]]))
    assert household_match(state, rows[::-1], "mean").tolist() == pytest.approx(np.array([[0, 0], [-1, 1], [0, 0]]))
    assert household_match(state, rows[:0], "mean").shape == (0, 2)


def test_the_match_of_persons_with_a_region():
    state = village_state(own_sector=1.0)
    for town in (A, D):
        household(state, CARE, NO_ROW, stage=Stage.HOUSED, municipality=town)
    persons = np.arange(4)
    found = matched(state, persons, np.array([ALPHA, ALPHA, BETA, BETA]))
    assert found.tolist() == pytest.approx([1, 0, -1, 0])


def test_people_who_register_have_a_profile_before_a_place_is_chosen():
    state = village_state()
    people(state, Stage.REGISTERING, 300)
    people(state, Stage.RETURNED, 3)
    run(profile, state)
    of_age = (state.newcomers.born <= -18 * 12) & (state.newcomers.born > -66 * 12)
    here = state.households.stage[state.newcomers.household] == Stage.REGISTERING
    assert (state.newcomers.sector[of_age & here] != NO_ROW).all()
    assert set(state.newcomers.sector[of_age & here]) == {FARM, SHOP, CARE}
    assert (state.newcomers.sector[~here] == NO_ROW).all()
    assert not state.newcomers.adult.any()  # no class and no work yet


def test_a_sector_is_drawn_once():
    state = village_state()
    people(state, Stage.REGISTERING, 50)
    run(profile, state)
    before = state.newcomers.sector.copy()
    state.newcomers.sector[:] = NO_ROW
    state.clock.month = 7
    run(profile, state)
    assert state.newcomers.sector.tolist() == before.tolist()


# --- draws


def test_errors_are_standard_normal_lasting_and_the_persons_own():
    who = identities(np.zeros(3000, int), 5, np.arange(3000), 0)
    found = observation_errors(Draws(1, "placement", 3), who, 4)
    assert found.mean() == pytest.approx(0, abs=0.03)
    assert found.std() == pytest.approx(1, abs=0.03)
    assert np.abs(np.corrcoef(found.T) - np.eye(4)).max() < 0.06
    assert observation_errors(Draws(1, "placement", 9), who[:2], 4).tolist() == found[:2].tolist()
    assert observation_errors(Draws(2, "placement", 3), who[:2], 4).tolist() != found[:2].tolist()


def test_no_two_households_and_regions_share_a_number():
    who = identities(np.arange(10), 200, np.arange(10), 3)
    assert len(np.unique(per_region(Draws(1, "placement", 0), "wish", who, 35))) == 350


def test_wishes_follow_inhabitants_and_relatives():
    share = np.array([0.1, 0.3, 0.6])
    u = np.random.default_rng(1).random((20_000, 3))
    nobody, there = np.full(20_000, NO_ROW), np.zeros(20_000, np.int8)
    first = np.bincount(wishes(u, share, nobody, 2.0).argmax(axis=1)) / 20_000
    assert first.tolist() == pytest.approx(share.tolist(), abs=0.015)
    pulled = np.bincount(wishes(u, share, there, np.log(9)).argmax(axis=1)) / 20_000
    assert pulled.tolist() == pytest.approx([0.5, 1 / 6, 1 / 3], abs=0.015)  # 0.9 to 0.3 to 0.6


def test_values_in_a_table_by_profile_and_region():
    rng, n = np.random.default_rng(2), 200
    schooling, sector = rng.integers(0, 4, n).astype(np.int8), rng.integers(-1, 3, n).astype(np.int8)
    rows, table = np.flatnonzero(rng.random(n) < 0.7), rng.normal(size=(4, 3, 2))
    where = rng.integers(0, 2, len(rows)).astype(np.int8)
    expected = [0 if sector[i] < 0 else table[schooling[i], sector[i], at] for i, at in zip(rows, where, strict=True)]
    assert in_table(rows, schooling, sector, where, table).tolist() == expected
