"""Meetings of seekers and employers: which there are, how many find a vacancy, and who hires; by hand."""

from dataclasses import replace

import numpy as np
import pytest

from abm.engine.draws import Draws
from abm.engine.products import product
from abm.jobs import job_matching, work
from abm.tables.people import Stage
from tests.helpers.adults import make_adults, village_state
from tests.helpers.village import ALPHA, BETA, people, run

NONE = 3  # the column of seekers without a sector; farm, shop and care are 0 to 2


def met(*probabilities):
    """Summed probabilities of seekers, from (region, sector, sum) to (regions, sectors + 1)."""
    found = np.zeros((2, 4))
    for region, sector, probability in probabilities:
        found[region, sector] += probability
    return found


def meet(state, share, found, agency=(0, 0)):
    """Meetings where agencies bring sums of probabilities from (Alpha, Beta), by default none."""
    return job_matching.meet(state, share, found, np.array(agency, float))


def test_seekers_meet_employers_by_vacancies_within_reach_and_some_find_none():
    state = village_state()
    state.employers.vacancies[:] = [10, 10, 10, 5, 5, 5]
    # Alpha reaches 0.75 x 30 there and 0.25 x 15 in Beta: six in seven come to Alpha; of Beta, 0.5 x 30 to 0.5 x 15:
    # two in three. 49 from Alpha and 21 from Beta are 42 + 14 = 56 for 30 vacancies, and 14 for 15
    found = meet(state, 0.0, met((ALPHA, NONE, 49), (BETA, NONE, 21)))
    assert found.open[ALPHA] == pytest.approx(np.full(4, 6 / 7 * 30 / 56 + 1 / 7))
    assert found.open[BETA] == pytest.approx(np.full(4, 2 / 3 * 30 / 56 + 1 / 3))
    assert meet(state, 0.0, met((ALPHA, 0, 3))).open == pytest.approx(np.ones((2, 4)))


def test_vacancies_of_a_sector_limit_hires_in_it():
    state = village_state()
    state.employers.vacancies[:] = [6, 100, 100, 0, 100, 100]  # farms are in Alpha only
    found = meet(state, 1.0, met((ALPHA, 0, 8), (BETA, 0, 4), (ALPHA, 1, 8)))
    assert found.open[:, 0] == pytest.approx([0.5, 0.5])  # 12 for 6
    assert found.open[:, 1] == pytest.approx([1, 1])
    half = meet(state, 0.5, met((ALPHA, 0, 16)))
    # 8 seek on farms; of the 8 others a few come there too: 4.5 of 4.5 + 150 + 50 within reach
    farms = 6 / (8 + 8 * 4.5 / 204.5)
    assert half.open[ALPHA, 0] == pytest.approx(0.5 * farms + 0.5 * (1 - 4.5 / 204.5 * (1 - farms)))
    assert meet(state, 1.0, met((BETA, 2, 1))).open[BETA, 2] == 1


def test_a_run_at_a_scale_fills_as_large_a_part_of_the_vacancies():
    state = village_state()
    state.employers.vacancies[:] = 10
    state.scale = 0.25
    found = meet(state, 0.3, met((ALPHA, 1, 25)))
    state.scale = 1.0
    assert found.open == pytest.approx(meet(state, 0.3, met((ALPHA, 1, 100))).open)
    assert found.open[ALPHA, 1] < 1


def employers_of(state, share, region, sector, count=1000):
    """How often each employer hires somebody of a region and sector, over evenly spaced uniform draws, (employers,)."""
    there = meet(state, share, met((region, sector, 1)))
    u = np.linspace(0, 1, count, endpoint=False)
    found = [job_matching.employer_of(region, sector, each, *there[1:5]) for each in u]
    return np.bincount(found, minlength=6).tolist()


def test_hires_go_to_vacancies_within_reach_and_to_the_own_sector_first():
    state = village_state()
    state.employers.vacancies[:] = [0, 30, 0, 0, 0, 10]
    assert employers_of(state, 0.0, ALPHA, 1) == [0, 900, 0, 0, 0, 100]  # 0.75 x 30 to 0.25 x 10
    assert employers_of(state, 0.5, ALPHA, NONE) == [0, 900, 0, 0, 0, 100]
    assert employers_of(state, 0.5, ALPHA, 2) == [0, 450, 0, 0, 0, 550]
    # no farm has a vacancy: whoever seeks there meets nobody, and is hired elsewhere in the other half only
    assert employers_of(state, 0.5, ALPHA, 0) == [0, 900, 0, 0, 0, 100]
    assert meet(state, 0.5, met((ALPHA, 0, 1))).open[ALPHA, 0] == pytest.approx(0.5)
    assert employers_of(state, 1.0, BETA, 2) == [0, 0, 0, 0, 0, 1000]


@pytest.mark.parametrize(("share", "most"), [(0, 1 / 3), (0.5, 2 / 3), (1, 1)])
def test_newcomers_work_in_their_own_sector_more_often(share, most):
    state = village_state()
    rows = make_adults(state, people(state, Stage.HOUSED, count=1500), sector=0)
    hired = run(work, state, base=-2, own_sector=share, separation=0.015)["hired"]
    own = (state.employers.sector[state.newcomers.employer[hired]] == 0).mean()
    assert len(hired) > 100
    assert np.isin(hired, rows).all()
    assert own == pytest.approx(most, abs=3 * np.sqrt(1 / 4 / len(hired)))


def test_no_more_are_hired_than_there_are_vacancies():
    state = village_state()
    make_adults(state, people(state, Stage.HOUSED, count=3000), sector=1)
    state.employers.vacancies[:] = [20, 10, 20, 20, 10, 20]
    hired = run(work, state, base=-2, own_sector=1)["hired"]
    assert len(hired) == pytest.approx(20, abs=3 * np.sqrt(20))  # of more than a hundred who could
    state.employers.vacancies[:] = 0
    assert len(run(work, state, base=-2)["hired"]) == 0


def with_agencies(state):
    """Let the shops of the village be of a sector in which agencies place people."""
    state.inputs = replace(state.inputs, sectors=["farm", "business", "care"])
    return state


def test_agencies_bring_seekers_to_the_employers_of_their_sectors_within_reach():
    state = with_agencies(village_state())
    state.employers.vacancies[:] = [50, 10, 50, 50, 30, 50]
    # from Alpha 0.75 x 10 there to 0.25 x 30 in Beta: half each; from Beta 0.5 x 10 to 0.5 x 30
    found = meet(state, 0.0, met(), agency=(60, 40))  # 30 + 10 come for 10 vacancies, 30 + 30 for 30
    assert found.by_agency == pytest.approx([0.5 * 0.25 + 0.5 * 0.5, 0.25 * 0.25 + 0.75 * 0.5])
    assert found.open[ALPHA, NONE] < 1  # the others find these vacancies filled as well
    assert meet(state, 0.0, met()).by_agency == pytest.approx([1, 1])
    u = np.linspace(0, 1, 1000, endpoint=False)
    hired = [job_matching.agency_employer(BETA, each, found.agency_edges, found.order) for each in u]
    # of 0.25 x 0.25 there and 0.75 x 0.5: one in seven in Alpha
    assert np.bincount(hired, minlength=6).tolist() == pytest.approx([0, 1000 / 7, 0, 0, 6000 / 7, 0], abs=1)


def test_without_employers_of_their_sectors_agencies_find_nothing():
    state = village_state()
    assert meet(state, 0.0, met(), agency=(60, 40)).by_agency.tolist() == [0, 0]
    make_adults(state, people(state, Stage.HOUSED, count=500))
    hired = run(work, state, base=-3, agency=1)["hired"]
    assert not state.newcomers.by_agency[hired].any()


def test_no_more_are_hired_than_there_are_vacancies_by_both_ways_together():
    state = with_agencies(village_state())
    make_adults(state, people(state, Stage.HOUSED, count=3000), sector=1)
    state.employers.vacancies[:] = [0, 20, 0, 0, 20, 0]
    hired = run(work, state, base=-2, agency=1, own_sector=1)["hired"]
    through = state.newcomers.by_agency[hired]
    assert 0 < through.sum() < len(hired)
    assert len(hired) == pytest.approx(40, abs=3 * np.sqrt(40))
    assert set(state.newcomers.employer[hired].tolist()) == {1, 4}


def test_sums_by_sector_are_those_of_the_matrix_product_to_the_last_digit():
    draws = np.random.default_rng(1)
    each, sector = draws.uniform(0, 1, (5, 40)), draws.integers(0, 6, 40).astype(np.int8)
    expected = product(each, sector[:, None] == np.arange(7))
    found = np.zeros((5, 7))
    for row in range(5):
        job_matching._added(found, each[row], sector, row)
    assert found.tobytes() == expected.tobytes()


def test_meetings_equal_a_slower_way():
    """NumPy over (regions, employers), with agencies and without vacancies somewhere."""
    state, rng, share = with_agencies(village_state()), np.random.default_rng(5), 0.3
    of, sector = state.employers, state.employers.sector
    of.vacancies[:] = [3, 0, 8, 2, 5, 4]
    seekers, agency, state.scale = rng.uniform(0, 9, (2, 4)), rng.uniform(0, 4, 2), 0.5
    found = meet(state, share, seekers, agency)

    def by_sector(each):
        return product(each, sector[:, None] == np.arange(3))

    reach = state.inputs.commuting[:, of.region] * of.vacancies
    placed = reach * np.isin(state.inputs.sectors, job_matching.AGENCY_SECTORS)[sector]
    anywhere, through = (each / np.maximum(each.sum(axis=1, keepdims=True), 1e-9) for each in (reach, placed))
    inside = reach / np.maximum(by_sector(reach)[:, sector], 1e-9)
    comers, bound = seekers / 0.5, seekers[:, :-1] / 0.5
    to = product(comers.sum(axis=1) - share * bound.sum(axis=1), anywhere)
    to += share * (bound[:, sector] * inside).sum(axis=0) + product(agency / 0.5, through)
    filled = np.minimum(of.vacancies / np.maximum(to, 1e-9), 1)
    own, among_all = by_sector(inside * filled), product(anywhere, filled)
    assert found.open[:, :-1] == pytest.approx(share * own + (1 - share) * among_all[:, None], rel=1e-12)
    assert found.open[:, -1] == pytest.approx(among_all, rel=1e-12)
    assert found.own[:, :-1] == pytest.approx(share * own / np.maximum(found.open[:, :-1], 1e-9), rel=1e-12)
    assert not found.own[:, -1].any()
    assert found.by_agency == pytest.approx(product(through, filled), rel=1e-12)
    order = np.argsort(sector, kind="stable")
    assert found.order.tolist() == order.tolist()
    assert found.first.tolist() == np.searchsorted(sector[order], np.arange(4)).tolist()
    for each, edges in ((reach, found.edges), (placed, found.agency_edges)):
        assert edges[:, 1:] == pytest.approx(np.cumsum((each * filled)[:, order], axis=1), rel=1e-12)
        assert not edges[:, 0].any()


def test_trust_met_equals_a_slower_way():
    state, rng = village_state(), np.random.default_rng(6)
    state.employers.trust[:] = rng.random(6)
    jobs = state.inputs.commuting[:, state.employers.region] * state.employers.jobs
    of = state.employers.sector[:, None] == np.arange(3)
    own = product(jobs * state.employers.trust, of) / np.maximum(product(jobs, of), 1)
    anywhere = (jobs * state.employers.trust).sum(axis=1) / np.maximum(jobs.sum(axis=1), 1)
    found = work.trust_met(state, 0.3)
    assert found[:, :-1] == pytest.approx(0.3 * own + 0.7 * anywhere[:, None], rel=1e-12)
    assert found[:, -1] == pytest.approx(anywhere, rel=1e-12)


def test_hires_equal_a_slower_way():
    """NumPy over seekers, with the draws of the process: chances, and the employers behind them."""
    state, rng, n, draws = with_agencies(village_state()), np.random.default_rng(7), 400, Draws(3, "work", 30)
    state.employers.vacancies[:] = [3, 9, 8, 2, 5, 4]
    identity, where, sector = np.arange(9, 9 + n).astype(np.uint64), rng.integers(0, 2, n), rng.integers(0, 4, n)
    seekers = job_matching.Finding(
        identity, rng.random(n), rng.random(n) * 0.5, where.astype(np.int8), sector.astype(np.int8)
    )
    there = meet(state, 0.3, met((ALPHA, 1, 30), (BETA, NONE, 40)), agency=(9, 8))
    addresses = draws.addresses("finds", "agency", "employer", "employer by agency")
    found, employer, alone = job_matching.hires(seekers, there, 30, addresses)
    one = np.flatnonzero(draws.uniform("finds", identity) < seekers.probability * there.open[where, sector])
    two = np.flatnonzero(draws.uniform("agency", identity) < seekers.by_agency * there.by_agency[where])
    assert len(np.intersect1d(one, two)) > 3
    two = np.setdiff1d(two, one)
    assert found.tolist() == [*one, *two]
    assert alone == len(one)
    choice, of_agency = draws.uniform("employer", identity), draws.uniform("employer by agency", identity)
    expected = [job_matching.employer_of(where[k], sector[k], choice[k], *there[1:5]) for k in one]
    expected += [job_matching.agency_employer(where[k], of_agency[k], there.agency_edges, there.order) for k in two]
    assert employer.tolist() == expected
