"""Whom seekers meet and who hires them, worked out by hand; the loops over persons say what NumPy says."""

import numpy as np
import pytest

from abm import hiring
from abm.draws import Draws
from abm.populations import NEVER, Stage
from abm.processes import work
from tests.test_work import grown, slow_chance, slow_odds, village_state
from tests.village import ALPHA, BETA, A, D, people, run

NONE = 3  # the column of who has no sector; farm, shop and care are 0 to 2


def met(*chances):
    """Chances of seekers (region, sector, together) as (regions, sectors + 1)."""
    found = np.zeros((2, 4))
    for region, sector, chance in chances:
        found[region, sector] += chance
    return found


def test_seekers_meet_employers_by_vacancies_within_reach_and_some_find_none():
    state = village_state()
    state.employers.vacancies[:] = [10, 10, 10, 5, 5, 5]
    # Alpha reaches 0.75 x 30 there and 0.25 x 15 in Beta: six in seven come to Alpha; of Beta, 0.5 x 30 to 0.5 x 15: two
    # in three. 49 from Alpha and 21 from Beta are 42 + 14 = 56 for 30 vacancies, and 14 for 15
    found = hiring.meet(state, 0.0, met((ALPHA, NONE, 49), (BETA, NONE, 21)))
    assert found.open[ALPHA] == pytest.approx(np.full(4, 6 / 7 * 30 / 56 + 1 / 7))
    assert found.open[BETA] == pytest.approx(np.full(4, 2 / 3 * 30 / 56 + 1 / 3))
    assert hiring.meet(state, 0.0, met((ALPHA, 0, 3))).open == pytest.approx(np.ones((2, 4)))


def test_vacancies_of_a_sector_bound_who_seeks_in_it():
    state = village_state()
    state.employers.vacancies[:] = [6, 100, 100, 0, 100, 100]  # farms are in Alpha only
    found = hiring.meet(state, 1.0, met((ALPHA, 0, 8), (BETA, 0, 4), (ALPHA, 1, 8)))
    assert found.open[:, 0] == pytest.approx([0.5, 0.5])  # 12 for 6
    assert found.open[:, 1] == pytest.approx([1, 1])
    half = hiring.meet(state, 0.5, met((ALPHA, 0, 16)))
    # 8 seek on farms; of the 8 others a few come there too: 4.5 of 4.5 + 150 + 50 within reach
    farms = 6 / (8 + 8 * 4.5 / 204.5)
    assert half.open[ALPHA, 0] == pytest.approx(0.5 * farms + 0.5 * (1 - 4.5 / 204.5 * (1 - farms)))
    assert hiring.meet(state, 1.0, met((BETA, 2, 1))).open[BETA, 2] == 1


def test_a_run_at_a_scale_fills_as_large_a_part_of_the_vacancies():
    state = village_state()
    state.employers.vacancies[:] = 10
    state.scale = 0.25
    found = hiring.meet(state, 0.3, met((ALPHA, 1, 25)))
    state.scale = 1.0
    assert found.open == pytest.approx(hiring.meet(state, 0.3, met((ALPHA, 1, 100))).open)
    assert found.open[ALPHA, 1] < 1


def employers_of(state, share, region, sector, count=1000):
    """How often each employer hires somebody of a region and sector, evenly over luck, (employers,)."""
    meetings = hiring.meet(state, share, met((region, sector, 1)))
    luck = np.linspace(0, 1, count, endpoint=False)
    found = hiring.employer_each(np.full(count, region), np.full(count, sector), luck, *meetings[1:])
    return np.bincount(found, minlength=6).tolist()


def test_hires_go_to_vacancies_within_reach_and_to_the_own_sector_first():
    state = village_state()
    state.employers.vacancies[:] = [0, 30, 0, 0, 0, 10]
    assert employers_of(state, 0.0, ALPHA, 1) == [0, 900, 0, 0, 0, 100]  # 0.75 x 30 to 0.25 x 10
    assert employers_of(state, 0.5, ALPHA, NONE) == [0, 900, 0, 0, 0, 100]
    assert employers_of(state, 0.5, ALPHA, 2) == [0, 450, 0, 0, 0, 550]
    # no farm has a vacancy: whoever seeks there meets nobody, and is hired elsewhere in the other half only
    assert employers_of(state, 0.5, ALPHA, 0) == [0, 900, 0, 0, 0, 100]
    assert hiring.meet(state, 0.5, met((ALPHA, 0, 1))).open[ALPHA, 0] == pytest.approx(0.5)
    assert employers_of(state, 1.0, BETA, 2) == [0, 0, 0, 0, 0, 1000]


@pytest.mark.parametrize(("share", "most"), [(0, 1 / 3), (0.5, 2 / 3), (1, 1)])
def test_newcomers_work_in_their_own_sector_more_often(share, most):
    state = village_state()
    rows = grown(state, people(state, Stage.HOUSED, count=1500), sector=0)
    hired = run(work, state, base=-2, own_sector=share, separation=0.015)["hired"]
    own = (state.employers.sector[state.newcomers.employer[hired]] == 0).mean()
    assert len(hired) > 100
    assert np.isin(hired, rows).all()
    assert own == pytest.approx(most, abs=3 * np.sqrt(1 / 4 / len(hired)))


def test_no_more_are_hired_than_there_are_vacancies():
    state = village_state()
    grown(state, people(state, Stage.HOUSED, count=3000), sector=1)
    state.employers.vacancies[:] = [20, 10, 20, 20, 10, 20]
    hired = run(work, state, base=-2, own_sector=1)["hired"]
    assert len(hired) == pytest.approx(20, abs=3 * np.sqrt(20))  # of more than a hundred who could
    state.employers.vacancies[:] = 0
    assert len(run(work, state, base=-2)["hired"]) == 0


def test_the_loop_over_seekers_says_what_the_rule_says():
    state, p, luck = village_state(), work.Params(weeks_cap=52), np.random.default_rng(1)
    for stage, place in ((Stage.IN_DECISION, 1), (Stage.DEPARTING, 1), (Stage.AWAITING_HOME, 1), (Stage.HOUSED, NEVER)):
        grown(state, people(state, stage, count=100, location=place))
    folk, households, month = state.newcomers, state.households, state.clock.month
    n = len(folk)
    for name in ("talent", "language", "idleness", "experience", "coaching"):
        getattr(folk, name)[:] = luck.uniform(0, 4, n)
    for name in ("female", "regulated", "exempt", "integrating", "dual"):
        getattr(folk, name)[:] = luck.random(n) < 0.4
    folk.born[:], folk.recognised[:] = month - luck.integers(216, 792, n), luck.integers(NEVER, 1, n)
    folk.sector[:], folk.wellbeing[:] = luck.integers(NEVER, 3, n), luck.normal(size=n)
    households.applied[:], households.tax_on_work[:] = month - luck.integers(0, 12, n), luck.choice([-1, 0, 0.5], n)
    state.nation.expected_moves[0] = 0.1
    rows = np.flatnonzero(luck.random(n) < 0.7)
    local, of = work.local_odds(state, p), folk.household[rows]
    cap = Draws(1, "work", month).address("cap", lifelong=True)
    found, together = hiring.seek(
        rows, np.full(len(rows), 0.3), state, work.weights(p), work.rules(state, p), local, p.match, cap
    )

    town = np.where(households.location[of] != NEVER, ALPHA, state.municipalities.region[households.municipality[of]])
    table = state.matches.match.reshape(4, 3, 2)[folk.schooling[rows], np.maximum(folk.sector[rows], 0), town]
    ends = p.separation * np.exp(-p.settled * folk.experience[rows].astype(float))
    z = slow_odds(folk, households, p, rows, month) + 0.3 + p.match * np.where(folk.sector[rows] == NEVER, 0, table)
    z += local[town, folk.sector[rows]]
    z += p.tenure * np.where(households.location[of] != NEVER, np.log(ends / (ends + 0.1)), 0)
    chance = slow_chance(
        households, p, folk.exempt[rows], folk.integrating[rows], folk.dual[rows], of, z, month
    ) * np.exp(p.mood * np.minimum(folk.wellbeing[rows].astype(float), 0))
    tax = households.tax_on_work[of].astype(float)
    chance *= np.where(tax < 0, 1, ((1 - tax) / (1 - p.tax_reference)) ** p.tax_elasticity)
    some = np.flatnonzero(chance)
    assert 0 < len(some) < len(rows)
    assert found.row.tolist() == rows[some].tolist()
    assert found.identity.tolist() == folk.identity[rows[some]].tolist()
    assert found.chance == pytest.approx(chance[some], rel=1e-5)
    assert found.where.tolist() == town[some].tolist()
    slow = np.zeros((2, 4))
    np.add.at(
        slow, (town[some], np.where(folk.sector[rows[some]] == NEVER, NONE, folk.sector[rows[some]])), found.chance
    )
    assert together == pytest.approx(slow)


def test_a_move_to_another_region_is_seen():
    state = village_state()
    stays, moved = people(state, Stage.HOUSED, municipality=A), people(state, Stage.HOUSED, municipality=D)
    long_ago = people(state, Stage.HOUSED, municipality=D)
    state.households.moved_out[moved], state.households.moved_out[long_ago] = state.clock.month, state.clock.month - 1
    waits = people(state, Stage.AWAITING_HOME)
    rows = grown(state, np.concatenate([stays, moved, long_ago, waits]), work_region=ALPHA)
    assert work.moved_away(state, rows).tolist() == [False, True, False, False]
    state.newcomers.work_region[rows] = BETA
    assert work.moved_away(state, rows).tolist() == [False, False, False, True]


def test_months_of_a_year_are_counted_as_bits():
    assert [hiring.worked(bits) for bits in (0, 0b1, 0b101, 0xFFF)] == [0, 1, 2, 12]
    assert hiring.months_allowed(52) > 12 > hiring.months_allowed(51)
    assert hiring.months_allowed(24) == pytest.approx(24 / (365.25 / 84))
