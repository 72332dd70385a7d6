"""The compiled loop over job seekers equals NumPy; moves are noticed, and months of work are counted."""

import numpy as np
import pytest

from abm.engine.clock import NEVER
from abm.engine.draws import Draws
from abm.engine.table import NO_ROW
from abm.jobs import job_search, job_spells, work
from abm.people.working_age import free_since
from abm.tables.people import Stage
from tests.helpers.adults import make_adults, slow_odds, slow_probability, village_state
from tests.helpers.village import ALPHA, BETA, A, D, people


def test_the_loop_over_seekers_equals_plain_numpy():
    state, p, rng = village_state(), work.Params(weeks_cap=52), np.random.default_rng(1)
    for stage, place in (
        (Stage.IN_DECISION, 1),
        (Stage.DEPARTING, 1),
        (Stage.AWAITING_HOME, 1),
        (Stage.HOUSED, NO_ROW),
        (Stage.PROTECTED, NO_ROW),
    ):
        make_adults(state, people(state, stage, count=100, location=place))
    folk, households, month = state.newcomers, state.households, state.clock.month
    n = len(folk)
    for name in ("talent", "language", "idleness", "experience", "coaching"):
        getattr(folk, name)[:] = rng.uniform(0, 4, n)
    for name in ("female", "regulated", "exempt", "integrating", "dual"):
        getattr(folk, name)[:] = rng.random(n) < 0.4
    folk.born[:], folk.recognised[:] = month - rng.integers(216, 792, n), rng.choice([NEVER, 0], n)
    folk.sector[:], folk.wellbeing[:] = rng.integers(NO_ROW, 3, n), rng.normal(size=n)
    folk.class_hours[:] = rng.choice([0, 40, 80], n)
    households.free_to_work[:] = (households.stage == Stage.PROTECTED) & (rng.random(len(households)) < 0.7)
    households.applied[:], households.tax_on_work[:] = month - rng.integers(0, 12, n), rng.choice([-1, 0, 0.5], n)
    state.nation.expected_moves[0] = 0.1
    rows = np.flatnonzero(rng.random(n) < 0.7)
    local, of = work.local_odds(state, p), folk.household[rows]
    cap = Draws(1, "work", month).address("cap", lifelong=True)
    found = job_search.seek(
        rows,
        state,
        free_since(state),
        work.weights(p),
        work.rules(state, p),
        local,
        p.match,
        cap,
        lambda who: np.full(len(who), 0.3),
    )

    town = np.where(households.location[of] != NO_ROW, ALPHA, state.municipalities.region[households.municipality[of]])
    table = state.matches.match.reshape(4, 3, 2)[folk.schooling[rows], np.maximum(folk.sector[rows], 0), town]
    ends = p.separation * np.exp(-p.settled * folk.experience[rows].astype(float))
    z = slow_odds(folk, households, p, rows, month) + 0.3 + p.match * np.where(folk.sector[rows] == NO_ROW, 0, table)
    z += local[town, folk.sector[rows]]
    z += p.expected_duration * np.where(households.location[of] != NO_ROW, np.log(ends / (ends + 0.1)), 0)
    probability = slow_probability(households, p, folk, rows, z, month)
    needs = (households.granted[of] == NEVER) & ~households.free_to_work[of]
    dutch = p.level * (folk.language[rows].astype(float) - 2)
    agency = slow_probability(households, p, folk, rows, z - dutch + p.agency, month) * ~needs
    tax = households.tax_on_work[of].astype(float)
    effort = np.exp(p.mood * np.minimum(folk.wellbeing[rows].astype(float), 0))
    effort *= np.where(tax < 0, 1, ((1 - tax) / (1 - p.tax_reference)) ** p.tax_elasticity)
    probability, agency = probability * effort, agency * effort
    some = np.flatnonzero(probability)
    assert 0 < len(some) < len(rows)
    assert found.row.tolist() == rows[some].tolist()
    assert found.identity.tolist() == folk.identity[rows[some]].tolist()
    assert found.probability == pytest.approx(probability[some], rel=1e-5)
    assert found.by_agency == pytest.approx(agency[some], rel=1e-5)
    assert 0 < np.count_nonzero(agency) < len(some)  # who needs a work permit finds none
    assert found.met_by_agency == pytest.approx(np.bincount(town[some], agency[some], 2), rel=1e-5)
    assert found.where.tolist() == town[some].tolist()
    slow = np.zeros((2, 4))
    np.add.at(slow, (town[some], folk.sector[rows[some]]), found.probability)  # no sector: the last column
    assert found.met == pytest.approx(slow)


def test_a_move_to_another_region_is_noticed():
    state = village_state()
    stays, moved = people(state, Stage.HOUSED, municipality=A), people(state, Stage.HOUSED, municipality=D)
    long_ago = people(state, Stage.HOUSED, municipality=D)
    state.households.moved_out[moved], state.households.moved_out[long_ago] = state.clock.month, state.clock.month - 1
    waits = people(state, Stage.AWAITING_HOME)
    rows = make_adults(state, np.concatenate([stays, moved, long_ago, waits]), work_region=ALPHA)
    assert flagged(state, rows, job_spells.MOVED) == [False, True, False, False]
    assert flagged(state, rows, job_spells.PLACED) == [False, False, False, True]
    state.newcomers.work_region[rows] = BETA
    assert flagged(state, rows, job_spells.MOVED) == [False, False, False, True]


def flagged(state, rows, flag, **params):
    """Whether each job has a flag this month, (n,)."""
    draws = Draws(1, "work", state.clock.month)
    return (work.followed(state, work.Params(**params), draws, rows, free_since(state)) & flag > 0).tolist()


def test_what_happens_to_jobs_equals_a_slower_way():
    state, rng = village_state(), np.random.default_rng(3)
    for stage, place in ((Stage.IN_DECISION, 1), (Stage.HOUSED, NO_ROW), (Stage.PROTECTED, NO_ROW)):
        make_adults(state, people(state, stage, count=200, location=place))
    folk, households, month, n = state.newcomers, state.households, state.clock.month, 600
    folk.hired[:], folk.employer[:] = month - rng.integers(0, 4, n), rng.integers(NO_ROW, 6, n)
    folk.permit_months[:], folk.work_region[:] = rng.integers(0, 1 << 12, n), rng.choice([ALPHA, BETA], n)
    households.moved_out[:], households.municipality[:] = month - rng.integers(0, 2, n), rng.choice([A, D], n)
    rows = np.flatnonzero(rng.random(n) < 0.7)
    over, moved, placed = (
        flagged(state, rows, flag, weeks_cap=24, lasting=2)
        for flag in (job_spells.CAPPED, job_spells.MOVED, job_spells.PLACED)
    )
    of = folk.household[rows]
    assert placed == (households.location[of] != NO_ROW).tolist()
    region = np.where(placed, state.locations.region[1], state.municipalities.region[households.municipality[of]])
    new = np.array(placed) | (households.moved_out[of] == month)
    assert moved == (new & (region != folk.work_region[rows])).tolist()
    worked, allowed = np.array([bits.bit_count() for bits in folk.permit_months[rows].tolist()]), 24 / (365.25 / 84)
    bound, rest = free_since(state)[of] == NEVER, worked - np.floor(allowed)
    assert not np.array(over)[~bound | (rest < 0)].any()
    assert np.array(over)[bound & (rest > 0)].all()
    assert 0 < np.array(over)[bound & (rest == 0)].mean() < 1  # a fraction of a month is rounded at random
    counts = (folk.hired[rows] == month - 2) & (folk.employer[rows] != NO_ROW)
    counts &= households.stage[of] != Stage.PROTECTED
    assert state.employers.lasted.tolist() == np.bincount(folk.employer[rows[counts]], minlength=6).tolist()


def test_months_of_a_year_are_counted_as_bits():
    assert [job_spells.worked(bits) for bits in (0, 0b1, 0b101, 0xFFF)] == [0, 1, 2, 12]
    assert job_spells.months_allowed(52) > 12 > job_spells.months_allowed(51)
    assert job_spells.months_allowed(24) == pytest.approx(24 / (365.25 / 84))
