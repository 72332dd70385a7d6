"""Finding and losing work: chances worked out by hand, access by law, and who lives on social assistance."""

import math

import numpy as np
import pytest

from abm.adults import adults, look, regions_of
from abm.populations import NEVER, Schooling, Stage, Track
from abm.processes import profile, work
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
    folk.adult[look(state)] = True  # as profile would
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


def slow_odds(people, households, p, rows, month):
    """The person's part of z in NumPy, as the rule is written."""
    decades = np.maximum(month - people.born[rows].astype(int) - 360, 0) / 120
    diploma = np.where(people.regulated[rows], p.regulated, p.recognised) * (people.recognised[rows] != NEVER)
    return (
        people.talent[rows].astype(float)
        + p.level * (people.language[rows].astype(float) - 2)
        - p.idleness * people.idleness[rows]
        + p.experience * np.minimum(people.experience[rows].astype(float), 2)
        + p.ageing * decades
        + p.woman * people.female[rows]
        + p.in_reception * (households.location[people.household[rows]] != NEVER)
        + p.at_scale * p.coaching * people.coaching[rows]
        + diploma
    )


def slow_chance(households, p, exempt, integrating, dual, of, z, month):
    """Chance of a match in NumPy, as the rule is written."""
    unpromising = (households.track[of] == Track.FAST) | (households.stage[of] == Stage.DEPARTING)
    barred = unpromising | (month - households.applied[of] < p.barred_months)
    free = np.where(barred, 0.0, p.with_permit if p.work_permit else 1.0)
    free = np.where(households.granted[of] != NEVER, 1.0, free)
    search = np.where(exempt, 0.0, np.where(integrating, np.where(dual, p.lock_in_dual, p.lock_in), 1.0))
    return free * search / (1 + np.exp(-z))


@pytest.mark.parametrize("work_permit", [True, False])
def test_kernels_say_what_the_rule_says(work_permit):
    state, p = village_state(), work.Params(work_permit=work_permit)
    for stage in (Stage.IN_DECISION, Stage.DEPARTING, Stage.AWAITING_HOME, Stage.HOUSED):
        grown(state, people(state, stage, count=100, location=NEVER if stage == Stage.HOUSED else 1))
    folk, households, month, luck = state.newcomers, state.households, state.clock.month, np.random.default_rng(1)
    n = len(folk)
    for name in ("talent", "language", "idleness", "experience", "coaching"):
        getattr(folk, name)[:] = luck.uniform(0, 4, n)
    for name in ("female", "regulated", "exempt", "integrating", "dual"):
        getattr(folk, name)[:] = luck.random(n) < 0.4
    folk.born[:], folk.recognised[:] = month - luck.integers(216, 792, n), luck.integers(NEVER, 1, n)
    households.applied[:], households.track[:] = month - luck.integers(0, 12, n), luck.integers(0, 2, n)
    rows = np.flatnonzero(luck.random(n) < 0.7)
    z = work.odds_of_person(state, p, rows)
    assert z == pytest.approx(slow_odds(folk, households, p, rows, month), abs=2e-6)  # NumPy: single
    alike = slow_chance(
        households, p, folk.exempt[rows], folk.integrating[rows], folk.dual[rows], folk.household[rows], z, month
    )
    assert work.chance_of_match(state, p, rows, z) == pytest.approx(alike, rel=1e-12)
    assert 0 < np.count_nonzero(alike) < len(rows)


def test_search_is_locked_in_by_civic_integration_and_none_when_exempt():
    even = np.ones(4)  # z = 0: a chance of a half
    exempt, busy, dual = np.eye(4, dtype=bool)[1], np.array([0, 0, 1, 1], bool), np.array([0, 0, 0, 1], bool)
    found = work.chances(np.arange(4), even, np.ones(4), exempt, busy, dual, 0.2, 0.6)
    assert found.tolist() == pytest.approx([0.5, 0, 0.1, 0.3])


def test_access_follows_the_law():
    columns = {
        "applied": 60 - np.array([0, 5, 6, 40, 2, 40, 40], np.int16),
        "granted": np.array([NEVER, NEVER, NEVER, NEVER, 58, NEVER, NEVER], np.int16),
        "track": np.array([0, 0, 0, 0, 0, Track.FAST, 0], np.int8),
        "stage": np.array([1, 1, 1, 1, 7, 1, Stage.DEPARTING], np.int8),
    }
    rows = np.arange(7)
    assert work.access(rows, rows, *columns.values(), 60, 6, 0.4).tolist() == [0, 0, 0.4, 0.4, 1, 0, 0]
    assert work.access(rows, rows, *columns.values(), 60, 0, 1.0).tolist() == [1, 1, 1, 1, 1, 0, 0]


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
    run(profile, state)
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
    run(profile, state)
    assert adults(state).tolist() == [rows[0], rows[2]]
