"""Loops over jobs equal a slower way: who may lose a job at random, and which jobs end and why."""

import numpy as np

from abm.engine.draws import Draws
from abm.engine.table import NO_ROW
from abm.jobs.job_spells import CAPPED, ENDED, MOVED, PLACED, at_risk, ended


def test_those_at_risk_are_the_ones_with_the_lowest_draws():
    rng, draws = np.random.default_rng(3), Draws(4, "work", 50)
    identity, rows = rng.integers(0, 2**40, 3000).astype(np.uint64), np.flatnonzero(rng.random(3000) < 0.6)
    few, u = at_risk(rows, identity, 0.05, draws.address("ends"))
    every = draws.uniform("ends", identity[rows])
    assert 30 < len(few) < 150
    assert few.tolist() == np.flatnonzero(every < 0.05).tolist()
    assert u.tobytes() == every[few].tobytes()


def test_jobs_that_end_and_why():
    rng, n = np.random.default_rng(5), 400
    jobs = rng.choice([0, CAPPED, MOVED, PLACED, ENDED, MOVED | PLACED, CAPPED | MOVED | PLACED, 15], n).astype(np.int8)
    rows, employer = np.sort(rng.choice(1000, n, replace=False)), rng.integers(NO_ROW, 7, 1000).astype(np.int32)
    pulled_out = np.full(7, 9.0)
    capped, lost, inside = ended(rows, jobs, employer, pulled_out)
    over = (jobs & CAPPED) > 0
    assert capped.tolist() == rows[over].tolist()
    assert lost.tolist() == rows[~over & ((jobs & (MOVED | ENDED)) > 0)].tolist()
    assert inside == np.count_nonzero(jobs & PLACED)
    pulled = employer[rows[(jobs & ~ENDED) == MOVED | PLACED]]
    assert pulled_out.tolist() == np.bincount(pulled[pulled != NO_ROW], minlength=7).tolist()
