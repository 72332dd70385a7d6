"""Employers: vacancies by jobs, experience that builds trust, and its effect on finding work."""

import math
from dataclasses import replace

import numpy as np
import pytest

from abm.jobs import employers, work
from abm.tables.people import Stage
from tests.helpers.adults import make_adults, odds, village_state
from tests.helpers.village import ALPHA, Kind, locations, people, run, village


def test_vacancies_of_the_country_are_shared_by_jobs():
    state = village_state()
    run(employers, state, open_share=0.4)
    # 50 vacancies per 100 unemployed, 5% of a labour force of 50,000: 1,250, of which 500 are open
    assert state.employers.vacancies.sum() == pytest.approx(500)
    assert state.employers.vacancies[0] == pytest.approx(500 * 4_000 / 48_000)  # farms in Alpha
    asked = np.array([[0.3, 0.5, 0.2], [0.1, 0.35, 0.55], [1 / 3, 1 / 3, 1 / 3]])
    state.inputs = replace(state.inputs, jobs_schooling=asked)
    run(employers, state, open_share=0.4)
    # of the jobs on farms 0.3, in shops 0.1 and in care a third ask primary school at most
    simple = 0.3 * 12_000 + 0.1 * 24_000 + 12_000 / 3
    assert state.employers.vacancies[:2] == pytest.approx([500 * 0.3 * 4_000 / simple, 500 * 0.1 * 12_000 / simple])


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
    met = work.trust_met(state, share=0)
    assert met[:, -1] == pytest.approx([0.75, 0.5])  # as many jobs in each region
    assert met[:, 0] == pytest.approx([0.75, 0.5])
    # on farms: 0.75 x 4,000 jobs to 0.25 x 8,000 for Alpha, 0.5 x 4,000 to 0.5 x 8,000 for Beta
    assert work.trust_met(state, share=1)[:, 0] == pytest.approx([0.6, 1 / 3])
    assert work.trust_met(state, share=0.5)[ALPHA, 0] == pytest.approx((0.75 + 0.6) / 2)
    who = make_adults(state, people(state, Stage.HOUSED))
    gain = odds(state, who, trust=0.4) - odds(state, who, trust=0)
    assert gain == pytest.approx([0.3])  # without a sector


def test_expected_moves_combine_experience_and_a_prior():
    state = village_state()
    nation = state.nation
    given = {"moves_prior": 0.02, "moves_weight": 100, "half_life": 12}
    run(employers, state, **given)
    assert nation.expected_moves == pytest.approx([0.02])
    nation.jobs_in_reception[:], state.employers.pulled_out[2] = 300, 38
    run(employers, state, **given)
    assert nation.expected_moves == pytest.approx([(38 + 2) / (300 + 100)])
    nation.jobs_in_reception[:] = 0
    state.clock.month += 1
    run(employers, state, months=12, **given)
    assert nation.expected_moves == pytest.approx([(19 + 2) / (150 + 100)])  # half of it is forgotten


def test_employers_learn_of_jobs_that_lasted_and_of_those_that_a_move_ended():
    state = village_state()
    month = state.clock.month
    stays = make_adults(
        state, people(state, Stage.HOUSED, count=2), employed=True, hired=month - 6, employer=1, experience=50.0
    )
    state.newcomers.hired[stays[1]] = month - 7
    moved = people(state, Stage.IN_DECISION, applied=-20, location=locations(state, Kind.REGULAR)[1])
    make_adults(state, moved, employed=True, hired=month - 2, employer=4, work_region=ALPHA)
    run(work, state, lasting=6)
    assert state.employers.lasted.tolist() == [0, 1, 0, 0, 0, 0]
    assert state.employers.pulled_out.tolist() == [0, 0, 0, 0, 1, 0]
    assert state.nation.jobs_in_reception.tolist() == [1]


def test_without_vacancies_nobody_is_hired():
    state = village_state()
    make_adults(state, people(state, Stage.HOUSED, count=200))
    state.employers.vacancies[:] = 0
    assert len(run(work, state, base=-2)["hired"]) == 0
    assert village().jobs.sum() == 48_000
