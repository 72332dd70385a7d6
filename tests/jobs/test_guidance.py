"""Job coaches with a caseload, and the recognition of diplomas."""

import numpy as np
import pytest

from abm.engine.clock import NEVER
from abm.engine.table import UNSET
from abm.jobs import guidance
from abm.tables.people import Schooling, Stage
from tests.helpers.adults import make_adults, village_state
from tests.helpers.measured import measured
from tests.helpers.village import BETA, D, people, run


def seekers(state, count, **columns):
    """Make permit holders with a home and without work; returns their rows."""
    return make_adults(state, people(state, Stage.HOUSED, count=count, **columns))


def test_coaches_carry_their_caseload_per_region_longest_waiting_first():
    state = village_state()
    early, late = seekers(state, 20, granted=2), seekers(state, 20, granted=8)
    beta = seekers(state, 20, municipality=D, granted=5)
    # 100,000 inhabitants, 60% of them in Alpha: one coach of 30 cases gives 18 places there and 12 in Beta
    found = run(guidance, state, coaches=1, caseload=30)
    begun, waiting = found["coached"], found["coach_awaited"]
    assert sorted([*begun, *waiting]) == sorted([*early, *late, *beta])
    assert np.isin(early, begun).sum() == 18
    assert not np.isin(late, begun).any()
    assert np.isin(beta, begun).sum() == 12
    assert state.regions.population_share[BETA] == pytest.approx(0.4)


def test_strength_follows_the_caseload_and_fades_after_the_months():
    state = village_state()
    rows = seekers(state, 10)
    options = {"coaches": 1, "caseload": 84, "full_caseload": 42, "coached_months": 3, "half_life": 10}
    seen = []
    for _ in range(14):
        run(guidance, state, **options)
        seen.append(float(state.newcomers.coaching[rows[0]]))
        state.clock.month += 1
    assert seen[:3] == pytest.approx([0.5, 0.5, 0.5])
    assert seen[12] == pytest.approx(0.25, rel=1e-4)  # ten months after the last one


def test_coaches_become_free_and_nobody_is_coached_twice():
    state = village_state()
    rows = seekers(state, 50)
    begun = []
    for _ in range(8):
        begun.append(run(guidance, state, coaches=1, caseload=20, coached_months=4)["coached"])
        state.clock.month += 1
    assert [len(each) for each in begun] == [12, 0, 0, 0, 12, 0, 0, 0]
    assert len(np.unique(np.concatenate(begun))) == 24
    assert np.isin(np.concatenate(begun), rows).all()


def test_those_who_are_coached_now_are_counted_and_never_more_than_there_are_places_for():
    state = village_state()
    seekers(state, 50)
    counted = []
    for _ in range(9):
        run(guidance, state, coaches=1, caseload=20, coached_months=3, half_life=30)
        state.newcomers.adult[:] = True
        counted.append(measured(state, "coached", "total")["all"])
        state.clock.month += 1
    assert counted == [12] * 9  # 60,000 inhabitants of Alpha: 12 places; 36 people have been coached by then
    state.newcomers.coached_since[:] = NEVER
    run(guidance, state)
    assert measured(state, "coached", "total")["all"] == 0


def test_a_coach_begins_within_so_many_months_after_the_permit():
    state = village_state()
    state.clock.month = 100
    early, late = (make_adults(state, people(state, Stage.HOUSED, granted=granted)) for granted in (39, 40))
    assert run(guidance, state, coaches=20, coached_within=60)["coached"].tolist() == late.tolist()
    assert run(guidance, state, coaches=20, coached_within=61)["coached"].tolist() == early.tolist()


def test_adults_who_work_are_exempt_or_have_no_permit_are_not_coached():
    state = village_state()
    rows = seekers(state, 3)
    state.newcomers.employed[rows[0]] = state.newcomers.exempt[rows[1]] = True
    make_adults(state, people(state, Stage.IN_DECISION, count=3))
    assert run(guidance, state, coaches=20)["coached"].tolist() == [rows[2]]
    assert len(run(guidance, village_state(), coaches=20)["coached"]) == 0


def test_only_higher_diplomas_that_are_offered_are_recognised_in_time():
    state = village_state()
    rows = seekers(state, 400, granted=11)
    state.newcomers.schooling[rows[:300]] = Schooling.HIGHER
    folk = state.newcomers
    for _ in range(13):
        run(guidance, state, recognition_months=6, asking_share=0.5)
        state.clock.month += 1
    done = folk.recognised != NEVER
    assert not done[rows[300:]].any()
    assert done[rows].sum() == pytest.approx(150, abs=35)
    waited = folk.recognised[done] - 11
    assert waited.max() <= 12
    assert waited.mean() == pytest.approx(6.5, abs=0.8)  # evenly from 0 to 12 months, noticed at the next step


def test_faster_recognition_is_sooner():
    found = []
    for months in (2, 12):
        state = village_state()
        rows = seekers(state, 300, granted=11)
        state.newcomers.schooling[rows] = Schooling.HIGHER
        found.append(len(run(guidance, state, months=4, recognition_months=months, asking_share=1)["recognised"]))
    assert found[0] > 2 * found[1] > 0


# --- compiled loops against plain NumPy


def test_compiled_loops_equal_plain_numpy():
    rng, n, homes = np.random.default_rng(6), 400, 150
    rows = np.flatnonzero(rng.random(n) < 0.8)
    schooling, recognised = rng.integers(UNSET, 4, n).astype(np.int8), rng.choice([NEVER, 0, 1], n).astype(np.int16)
    household, granted = (
        rng.integers(0, homes, n).astype(np.int32),
        rng.choice([NEVER, -1, 0, 1], homes).astype(np.int16),
    )
    expected = rows[
        (schooling[rows] == Schooling.HIGHER) & (recognised[rows] == NEVER) & (granted[household[rows]] != NEVER)
    ]
    assert guidance.unrecognised(rows, schooling, recognised, household, granted).tolist() == expected.tolist()
    since = np.where(rng.random(n) < 0.2, NEVER, rng.integers(-3, 30, n)).astype(np.int16)
    expected = rows[(since[rows] != NEVER) & (30 - since[rows] < 12)]
    assert guidance.coached(rows, since, 30, 12).tolist() == expected.tolist()
    coaching = np.array([0, 0.0011, 0.0012, 0.5, 1], np.float32)
    guidance.fade(coaching, np.float32(0.9), np.float32(0.001))
    assert coaching == pytest.approx([0, 0, 0.00108, 0.45, 0.9])
