"""Finding and losing work: chances worked out by hand, access by law, and who lives on social assistance."""

import math

import numpy as np
import pytest

from abm.adults import adults, look, regions_of
from abm.populations import Schooling, Stage, Track
from abm.processes import participation, work
from tests.village import ALPHA, C, D, Kind, locations, people, run
from tests.village import village_state as village_of_2015

PLAIN = {"level": 0.29, "idleness": 1.3, "experience": 0.19, "woman": 0, "ageing": 0, "in_reception": 0}


def village_state():
    """The village a year on: the month before January 2015 has the number that stands for never."""
    state = village_of_2015()
    state.clock.month = 12
    state.employers.vacancies[:] = 10_000  # more than anybody seeks
    return state


def grown(state, rows, **columns):
    """The adults of households, men of 30 with secondary school and level 2, unless told otherwise; their rows."""
    folk = state.newcomers
    of = np.flatnonzero(np.isin(folk.household, rows) & (folk.role == 0))
    set_to = {"schooling": Schooling.SECONDARY, "female": False, "born": state.clock.month - 360, "language": 2.0}
    for name, value in (set_to | columns).items():
        getattr(folk, name)[of] = value
    folk.adult[:] = False
    folk.adult[look(state)] = True  # as participation would
    return of


def test_the_chance_of_a_job_by_hand():
    state = village_state()
    (who,) = grown(state, people(state, Stage.HOUSED), language=3.0, idleness=0.5, experience=4.0, talent=0.2)
    z = work.odds(state, work.Params(base=-3, **PLAIN), np.array([who]), np.array([ALPHA]))
    # two years of experience count at most; Alpha has 4% unemployment where the base holds at 4.9
    assert z[0] == pytest.approx(-3 + 0.29 * 1 - 1.3 * 0.5 + 0.19 * 2 + 0.2 + 0.06 * 0.9)


def test_age_sex_reception_coaching_and_diplomas_count():
    state = village_state()
    rows = grown(state, people(state, Stage.HOUSED, count=5))
    folk, params = state.newcomers, work.Params(base=-3, woman=-0.6, ageing=-0.15, coaching=0.6, at_scale=0.5)
    folk.born[rows[1]] = state.clock.month - 600  # fifty: two decades over thirty
    folk.female[rows[2]] = True
    folk.coaching[rows[3]] = 1.0
    folk.recognised[rows[4]], folk.regulated[rows[4]] = 0, True
    z = work.odds(state, params, rows, regions_of(state, rows))
    z -= z[0]
    assert z == pytest.approx([0, -0.3, -0.6, 0.3, 0.6], abs=1e-6)
    waits = grown(state, people(state, Stage.AWAITING_HOME))
    assert work.odds(state, params, waits, np.array([ALPHA]))[0] == pytest.approx(-3 - 0.9 + 0.06 * 0.9)


def test_a_region_that_matches_better_counts():
    state = village_state()
    rows = grown(state, people(state, Stage.HOUSED, count=2), sector=0)  # farm: more jobs per inhabitant in Beta
    found = [work.odds(state, work.Params(match=match), rows, np.array([0, 1])) for match in (0, 0.4)]
    assert (found[1] - found[0]).tolist() == pytest.approx([-0.4, 0.4])


def test_search_is_locked_in_by_civic_integration_and_none_when_exempt():
    half = np.zeros(4)  # z = 0: a chance of a half
    exempt, busy, dual = np.eye(4, dtype=bool)[1], np.array([0, 0, 1, 1], bool), np.array([0, 0, 0, 1], bool)
    found = work.chances(half, np.ones(4), exempt, busy, dual, 0.2, 0.6)
    assert found.tolist() == pytest.approx([0.5, 0, 0.1, 0.3])
    z = np.random.default_rng(1).normal(size=200)
    slow = [0.7 * (0.2 if busy else 1.0) / (1 + math.exp(-each)) for each, busy in zip(z, z > 0, strict=True)]
    kernel = work.chances(z, np.full(200, 0.7), np.zeros(200, bool), z > 0, np.zeros(200, bool), 0.2, 0.6)
    assert kernel == pytest.approx(slow)


def test_access_follows_the_law():
    waited = np.array([0, 5, 6, 40, 2, 40])
    permit = np.array([False, False, False, False, True, False])
    fast = np.array([False, False, False, False, False, True])
    assert work.access(waited, permit, fast, work.Params(with_permit=0.4)).tolist() == [0, 0, 0.4, 0.4, 1, 0]
    free = work.Params(barred_months=0, work_permit=False)
    assert work.access(waited, permit, fast, free).tolist() == [1, 1, 1, 1, 1, 0]


@pytest.mark.parametrize(("stage", "columns"), [(Stage.DEPARTING, {}), (Stage.IN_DECISION, {"track": Track.FAST})])
def test_who_was_refused_or_is_unpromising_finds_no_work(stage, columns):
    state = village_state()
    grown(state, people(state, stage, count=300, applied=-20, location=locations(state, Kind.MUNICIPAL)[0], **columns))
    assert len(run(work, state, base=-2, barred_months=0, work_permit=False)["hired"]) == 0


def test_how_many_find_work_in_a_month():
    state = village_state()
    grown(state, people(state, Stage.HOUSED, count=4000))
    hired = len(run(work, state, base=-3, **PLAIN)["hired"])
    expected = 4000 / (1 + math.exp(3))
    assert hired == pytest.approx(expected, abs=4 * math.sqrt(expected))


def test_jobs_end_less_often_with_experience():
    state = village_state()
    rows = grown(state, people(state, Stage.HOUSED, count=4000), employed=True, hired=0, work_hours=28)
    state.newcomers.experience[rows[:2000]] = 4.0
    lost = run(work, state, separation=0.05, settled=0.5)["job_lost"]
    settled, new = np.isin(rows[:2000], lost).sum(), np.isin(rows[2000:], lost).sum()
    assert new == pytest.approx(100, abs=40)
    assert settled == pytest.approx(2000 * 0.05 * math.exp(-2), abs=15)
    assert not state.newcomers.employed[lost].any()
    assert state.newcomers.work_hours[lost].sum() == 0


def test_a_move_in_reception_to_another_region_ends_a_job():
    state = village_state()
    beta = locations(state, Kind.REGULAR)[1]
    assert state.locations.municipality[beta] == D
    far = people(state, Stage.IN_DECISION, count=3, applied=-20, location=beta)
    rows = grown(state, far, employed=True, hired=0, work_hours=28, work_region=ALPHA)
    assert sorted(run(work, state, separation=0.015)["job_lost"].tolist()) == rows.tolist()


def test_jobs_end_when_somebody_leaves_or_reaches_the_pension():
    state = village_state()
    gone, stays = people(state, Stage.RETURNED), people(state, Stage.HOUSED, count=2)
    rows = grown(state, np.concatenate([gone, stays]), employed=True, hired=0, work_hours=28, experience=50.0)
    state.newcomers.born[rows[1]] = state.clock.month - 66 * 12
    run(participation, state)
    run(work, state)
    assert state.newcomers.employed[rows].tolist() == [False, False, True]


def test_experience_grows_at_work_and_fades_without():
    state = village_state()
    rows = grown(state, people(state, Stage.HOUSED, count=2), experience=1.0, exempt=True)
    state.newcomers.employed[rows[0]] = True
    run(work, state, separation=0.015, settled=0.5)
    assert state.newcomers.experience[rows] == pytest.approx([1 + 1 / 12, 0.98], rel=1e-5)


def test_social_assistance_asks_what_the_adults_earn_together():
    state = village_state()
    single, couple = people(state, Stage.HOUSED, municipality=C)[0], people(state, Stage.HOUSED, size=2)[0]
    folk = state.newcomers
    folk.born[:], folk.exempt[:], folk.adult[:] = state.clock.month - 400, True, True
    for household in (single, couple):  # 1,350 net: over 1,200 for one, under 1,716 for two
        worker = np.flatnonzero(folk.household == household)[0]
        folk.employed[worker], folk.wage[worker], folk.experience[worker] = True, 1500, 50.0
    waits = people(state, Stage.AWAITING_HOME)[0]
    run(work, state, net=0.9, couple=1.43)
    assert state.households.assisted[[single, couple, waits]].tolist() == [False, True, False]


def test_unemployment_of_the_region_moves_with_that_of_the_country():
    state = village_state()
    assert work.unemployment_by_region(state) == pytest.approx([0.04, 0.065])  # 0.05 in the country
    who = grown(state, people(state, Stage.HOUSED))
    base, slack = (work.odds(state, work.Params(slack=slack), who, np.array([ALPHA]))[0] for slack in (0, 2))
    assert slack - base == pytest.approx(-0.12)


def test_a_first_job_pays_a_little_over_the_minimum_for_its_hours():
    state = village_state()
    grown(state, people(state, Stage.HOUSED, count=300))
    hired = run(work, state, base=-2, over_minimum=1.1, hours=19, full_week=38)["hired"]
    assert len(hired) > 0
    assert state.newcomers.wage[hired] == pytest.approx(1100)  # half of 1.1 times 2,000


def test_a_work_permit_is_counted_for_who_needs_one():
    state = village_state()
    applicants = grown(
        state, people(state, Stage.IN_DECISION, count=500, applied=-20, location=locations(state, Kind.MUNICIPAL)[0])
    )
    holders = grown(state, people(state, Stage.HOUSED, count=500))
    events = run(work, state, base=-2, with_permit=0.5)
    asked, hired = events["hired_with_work_permit"], events["hired"]
    assert 0 < len(asked) < len(hired)
    assert np.isin(asked, applicants).all()
    assert np.isin(hired[~np.isin(hired, asked)], holders).all()


def test_children_and_the_old_are_not_of_working_age():
    state = village_state()
    rows = grown(state, people(state, Stage.HOUSED, count=4))
    month = state.clock.month
    state.newcomers.born[rows] = [month - 18 * 12, month - 18 * 12 + 1, month - 66 * 12 + 1, month - 66 * 12]
    assert look(state).tolist() == [rows[0], rows[2]]
    run(participation, state)
    assert adults(state).tolist() == [rows[0], rows[2]]
