"""Employers: vacancies by jobs, experience that builds trust, and what that means for finding work."""

import math

import numpy as np
import pytest

from abm.populations import Stage
from abm.processes import employers, work
from tests.test_work import grown, village_state
from tests.village import ALPHA, BETA, Kind, locations, people, run, village


def test_vacancies_of_the_country_are_shared_by_jobs():
    state = village_state()
    run(employers, state, open_share=0.4)
    # 50 vacancies per 100 unemployed, 5% of a labour force of 50,000: 1,250, of which 500 are open
    assert state.employers.vacancies.sum() == pytest.approx(500)
    assert state.employers.vacancies[0] == pytest.approx(500 * 4_000 / 48_000)  # farms in Alpha


def test_experience_fades_and_trust_saturates():
    state = village_state()
    state.employers.lasted[0], state.employers.pulled_out[1] = 20, 5  # of 4,000 jobs on farms; in shops
    run(employers, state, half_life=10, takes=5, pulled_weight=2)
    assert state.employers.experience[:2].tolist() == [20, 0]
    assert state.employers.trust[0] == pytest.approx(1 - math.exp(-1))  # five per thousand
    run(employers, state, months=11, half_life=10, takes=5, pulled_weight=2)
    assert state.employers.experience[0] == pytest.approx(20 * 2 ** (-11 / 10), rel=1e-5)
    state.employers.pulled_out[0] = 3
    before = float(state.employers.experience[0])
    run(employers, state, half_life=10, pulled_weight=2)
    assert state.employers.experience[0] == pytest.approx(before * 2 ** (-1 / 10) - 6)


def test_trust_counts_where_people_commute_to():
    state = village_state()
    state.employers.trust[:3] = 1.0  # all of Alpha
    reach = work.trust_within_reach(state)
    assert reach[[ALPHA, BETA]] == pytest.approx([0.75, 0.5])  # as many jobs in each region
    who = grown(state, people(state, Stage.HOUSED))
    alpha = np.array([ALPHA])
    gain = work.odds(state, work.Params(trust=0.4), who, alpha) - work.odds(state, work.Params(trust=0), who, alpha)
    assert gain == pytest.approx([0.3])


def test_seekers_beyond_the_vacancies_find_none():
    state = village_state()
    state.employers.vacancies[:] = [10, 10, 10, 5, 5, 5]
    where = np.repeat([ALPHA, BETA], [80, 40])
    share = work.open_vacancies(state, where, np.full(120, 0.5))
    # 40 matches in Alpha and 20 in Beta: 40 of them in Alpha for 30 vacancies, 20 in Beta for 15
    assert share[0] == pytest.approx(0.75 * 0.75 + 0.25 * 0.75)
    assert share[-1] == pytest.approx(0.5 * 0.75 + 0.5 * 0.75)
    assert work.open_vacancies(state, where[:4], np.full(4, 0.5)) == pytest.approx(1)


def test_hires_go_to_vacancies_within_reach():
    state = village_state()
    state.employers.vacancies[:] = [0, 30, 0, 0, 0, 10]
    found = work.employer_of(state, np.full(1000, ALPHA), np.linspace(0, 1, 1000, endpoint=False))
    assert np.bincount(found, minlength=6).tolist() == [0, 900, 0, 0, 0, 100]  # 0.75 x 30 to 0.25 x 10


def test_employers_learn_of_jobs_that_lasted_and_of_those_that_a_move_ended():
    state = village_state()
    month = state.clock.month
    stays = grown(
        state, people(state, Stage.HOUSED, count=2), employed=True, hired=month - 6, employer=1, experience=50.0
    )
    state.newcomers.hired[stays[1]] = month - 7
    moved = people(state, Stage.IN_DECISION, applied=-20, location=locations(state, Kind.REGULAR)[1])
    grown(state, moved, employed=True, hired=month - 2, employer=4, work_region=ALPHA)
    run(work, state, lasting=6)
    assert state.employers.lasted.tolist() == [0, 1, 0, 0, 0, 0]
    assert state.employers.pulled_out.tolist() == [0, 0, 0, 0, 1, 0]


def test_without_vacancies_nobody_is_hired():
    state = village_state()
    grown(state, people(state, Stage.HOUSED, count=200))
    state.employers.vacancies[:] = 0
    assert len(run(work, state, base=-2)["hired"]) == 0
    assert village().jobs.sum() == 48_000
