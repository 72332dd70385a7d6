"""Finding and losing work: probabilities worked out by hand, access by law, level and hours of jobs, idle months."""

import math
from dataclasses import replace

import numpy as np
import pytest

from abm.engine.clock import NEVER
from abm.engine.draws import Draws
from abm.engine.table import NO_ROW
from abm.jobs import job_search, job_terms, work
from abm.people import profile
from abm.people.working_age import adults, free_since, look
from abm.tables.people import Schooling, Stage, Track
from tests.helpers.adults import PLAIN, make_adults, odds, slow_odds, slow_probability, village_state
from tests.helpers.village import ALPHA, D, Kind, locations, people, run
from tests.helpers.village import village_state as village_of_2015


def test_the_log_odds_of_a_job_by_hand():
    state = village_state()
    rows = make_adults(state, people(state, Stage.HOUSED), language=3.0, idleness=0.5, experience=4.0, talent=0.2)
    # two years of experience count at most; Alpha has 4% unemployment where the base holds at 4.9
    expected = -3 + 0.29 * 1 - 1.3 * 0.5 + 0.19 * 2 + 0.2 + 0.06 * 0.9
    assert odds(state, rows, base=-3, **PLAIN) == pytest.approx([expected])


def test_age_sex_reception_coaching_and_diplomas_count():
    state = village_state()
    rows = make_adults(state, people(state, Stage.HOUSED, count=5))
    folk, params = state.newcomers, {"base": -3, "woman": -0.6, "ageing": -0.15, "coaching": 0.6, "at_scale": 0.5}
    folk.born[rows[1]] = state.clock.month - 600  # fifty: two decades over thirty
    folk.female[rows[2]] = True
    folk.coaching[rows[3]] = 1.0
    folk.recognised[rows[4]], folk.regulated[rows[4]] = 0, True
    z = odds(state, rows, **params)
    z -= z[0]
    assert z == pytest.approx([0, -0.3, -0.6, 0.3, 0.6], abs=1e-6)
    waits = make_adults(state, people(state, Stage.AWAITING_HOME))
    assert odds(state, waits, **params, in_reception=-0.9) == pytest.approx([-3 - 0.9 + 0.06 * 0.9])


def test_a_region_that_matches_better_counts():
    state = village_state()
    towns = people(state, Stage.HOUSED, count=2)
    state.households.municipality[towns[1]] = D
    rows = make_adults(state, towns, sector=0)  # farm: more jobs per inhabitant in Beta
    gain = odds(state, rows, match=0.4) - odds(state, rows, match=0)
    assert gain.tolist() == pytest.approx([-0.4, 0.4])


def test_a_job_that_can_end_soon_is_found_less_often():
    state = village_state()
    state.nation.expected_moves[0] = 0.05
    home, waits = (make_adults(state, people(state, stage)) for stage in (Stage.HOUSED, Stage.AWAITING_HOME))
    asks = make_adults(state, people(state, Stage.IN_DECISION, applied=-20), permit_months=0b11)
    rows, given = np.concatenate([home, waits, asks]), {"separation": 0.05, "settled": 0.1, "with_permit": 1}
    capped, free = ({"expected_duration": 0.5, "weeks_cap": weeks} | given for weeks in (24, 52))
    plain = odds(state, rows, expected_duration=0, **given)
    # of 0.05 at random and 0.05 by a move, half the time is left; the cap leaves 24 weeks less the two months worked
    left = 24 / (365.25 / 84) - 2
    assert odds(state, rows, **free) - plain == pytest.approx([0, 0.5 * math.log(0.5), 0.5 * math.log(0.5)])
    expected = [0, 0.5 * math.log(0.5), 0.5 * math.log(0.5 * (1 - math.exp(-0.1 * left)))]
    assert odds(state, rows, **capped) - plain == pytest.approx(expected)
    state.newcomers.permit_months[asks] = 0
    expected = 0.5 * math.log(0.5 * (1 - math.exp(-0.1 * 24 / (365.25 / 84))))
    assert odds(state, asks, **capped) - plain[2:] == pytest.approx([expected])


@pytest.mark.parametrize("work_permit", [True, False])
def test_compiled_loops_equal_plain_numpy(work_permit):
    state, p = village_state(), work.Params(work_permit=work_permit)
    for stage in (Stage.IN_DECISION, Stage.DEPARTING, Stage.AWAITING_HOME, Stage.HOUSED):
        make_adults(state, people(state, stage, count=100, location=NO_ROW if stage == Stage.HOUSED else 1))
    folk, households, month, rng = state.newcomers, state.households, state.clock.month, np.random.default_rng(1)
    n = len(folk)
    for name in ("talent", "language", "idleness", "experience", "coaching"):
        getattr(folk, name)[:] = rng.uniform(0, 4, n)
    for name in ("female", "regulated", "exempt", "integrating", "dual"):
        getattr(folk, name)[:] = rng.random(n) < 0.4
    folk.born[:], folk.recognised[:] = month - rng.integers(216, 792, n), rng.choice([NEVER, 0], n)
    folk.class_hours[:] = rng.choice([0, 40, 200], n)
    households.applied[:], households.track[:] = month - rng.integers(0, 12, n), rng.integers(0, 2, n)
    households.support_at_placement[:] = rng.normal(size=n)
    rows = np.flatnonzero(rng.random(n) < 0.7)
    z = work.odds_of_person(state, p, rows)
    assert z == pytest.approx(slow_odds(folk, households, p, rows, month), abs=2e-6)  # NumPy: single
    expected = slow_probability(households, p, folk, rows, z, month)
    assert work.probability_of_match(state, p, rows, z) == pytest.approx(expected, rel=1e-12)
    assert 0 < np.count_nonzero(expected) < len(rows)


def test_search_is_locked_in_by_civic_integration_and_none_when_exempt():
    rules = work.rules(village_state(), work.Params(lock_in=0.2, lock_in_dual=0.6))
    who = ((False, False, False), (True, False, False), (False, True, False), (False, True, True))
    assert [job_search.search_of(*each, 0, rules) for each in who] == [1, 0, 0.2, 0.6]
    assert [job_search.search_of(*each, 100, rules) for each in who[1:]] == [0, 0.2, 0.6]  # a duty: hours do not count


def test_a_class_that_is_no_duty_takes_its_hours_of_a_full_week_from_search():
    rules = work.rules(village_state(), work.Params(full_week=40))
    a_month = 40 * 365.25 / 84
    for hours, left in ((a_month / 4, 0.75), (a_month, 0), (2 * a_month, 0)):
        for dual in (False, True):
            assert job_search.search_of(False, False, dual, hours, rules) == pytest.approx(left)


def test_access_follows_the_law():
    who = (  # granted, applied, track, stage in month 60
        (NEVER, 60, 0, 1), (NEVER, 55, 0, 1), (NEVER, 54, 0, 1), (NEVER, 20, 0, 1), (58, 58, 0, 7),
        (NEVER, 20, Track.FAST, 1), (NEVER, 20, 0, Stage.DEPARTING),
    )  # fmt: skip
    state = village_state()
    rules = work.rules(state, work.Params(barred_months=6, with_permit=0.4))
    assert [job_search.access_of(*map(int, each), 60, rules) for each in who] == [0, 0, 0.4, 0.4, 1, 0, 0]
    rules = work.rules(state, work.Params(barred_months=0, work_permit=False))
    assert [job_search.access_of(*map(int, each), 60, rules) for each in who] == [1, 1, 1, 1, 1, 0, 0]


@pytest.mark.parametrize(("stage", "columns"), [(Stage.DEPARTING, {}), (Stage.IN_DECISION, {"track": Track.FAST})])
def test_refused_and_unpromising_applicants_find_no_work(stage, columns):
    state = village_state()
    make_adults(
        state, people(state, stage, count=300, applied=-20, location=locations(state, Kind.MUNICIPAL)[0], **columns)
    )
    assert len(run(work, state, base=-2, barred_months=0, work_permit=False)["hired"]) == 0


def test_how_many_find_work_in_a_month():
    state = village_state()
    make_adults(state, people(state, Stage.HOUSED, count=4000))
    hired = len(run(work, state, base=-3, **PLAIN)["hired"])
    expected = 4000 / (1 + math.exp(3))
    assert hired == pytest.approx(expected, abs=4 * math.sqrt(expected))


def test_jobs_end_less_often_with_experience():
    state = village_state()
    rows = make_adults(state, people(state, Stage.HOUSED, count=4000), employed=True, hired=0, work_hours=28)
    state.newcomers.experience[rows[:2000]] = 4.0
    lost = run(work, state, separation=0.05, settled=0.5)["job_lost"]
    settled, new = np.isin(rows[:2000], lost).sum(), np.isin(rows[2000:], lost).sum()
    assert new == pytest.approx(100, abs=40)
    assert settled == pytest.approx(2000 * 0.05 * math.exp(-2), abs=15)
    assert not state.newcomers.employed[lost].any()
    assert state.newcomers.work_hours[lost].sum() == 0


def test_jobs_through_an_agency_end_sooner():
    state = village_state()
    rows = make_adults(state, people(state, Stage.HOUSED, count=4000), employed=True, hired=0, work_hours=28)
    state.newcomers.by_agency[rows[:2000]] = True
    lost = run(work, state, separation=0.03, agency_separation=0.1)["job_lost"]
    assert np.isin(rows[:2000], lost).sum() == pytest.approx(200, abs=45)
    assert np.isin(rows[2000:], lost).sum() == pytest.approx(60, abs=25)


def agency_share(state, rows, **params):
    """Odds of each of rows to find work through an agency in a month, where all vacancies are open."""
    p = work.Params(**params)
    cap = Draws(1, "work", state.clock.month).address("cap", lifelong=True)
    found = job_search.seek(
        rows,
        state,
        free_since(state),
        work.weights(p),
        work.rules(state, p),
        work.local_odds(state, p),
        p.match,
        cap,
        lambda who: 0,
    )
    return found.by_agency / (1 - found.by_agency)


def test_agencies_ask_no_dutch_and_find_work_for_those_who_need_no_work_permit():
    state = village_state()
    rows = make_adults(state, people(state, Stage.HOUSED, count=2))
    state.newcomers.language[rows] = [0, 4]
    given = {"base": -3, "agency": -0.5, "expected_duration": 0, "in_reception": 0, "tax_reference": 0}
    by_hand = math.exp(-3 - 0.5 + 0.06 * 0.9)  # Alpha has 4% unemployment where the base holds at 4.9
    assert agency_share(state, rows, **given) == pytest.approx([by_hand] * 2)
    asks = make_adults(state, applicants(state), permit_months=0)
    assert agency_share(state, asks, **given).tolist() == [0]
    free = {"work_permit": False, "barred_months": 0}
    assert agency_share(state, asks, **given, **free) == pytest.approx([by_hand])


def test_sex_counts_among_asylum_seekers_and_not_under_temporary_protection():
    state = village_state()
    both = people(state, Stage.HOUSED), people(state, Stage.PROTECTED, free_to_work=True)
    holder, guest = (make_adults(state, rows, female=True) for rows in both)
    for rows, counts in ((holder, 1), (guest, 0)):
        assert odds(state, rows, woman=-0.6) - odds(state, rows, woman=0) == pytest.approx([-0.6 * counts], abs=1e-6)


def test_selection_counts_under_temporary_protection_only_and_at_agencies_too():
    state = village_state()
    both = people(state, Stage.HOUSED), people(state, Stage.PROTECTED, free_to_work=True)
    holder, guest = (make_adults(state, rows, female=False) for rows in both)
    for rows, counts in ((holder, 0), (guest, 1)):
        assert odds(state, rows, selection=1.15) - odds(state, rows, selection=0) == pytest.approx([1.15 * counts])
    without, found = (agency_share(state, guest, selection=each)[0] for each in (0, 1.15))
    assert found / without == pytest.approx(np.exp(1.15), rel=0.1)  # of small probabilities, nearly their odds


def test_a_move_in_reception_to_another_region_ends_a_job():
    state = village_state()
    beta = locations(state, Kind.REGULAR)[1]
    assert state.locations.municipality[beta] == D
    far = people(state, Stage.IN_DECISION, count=3, applied=-20, location=beta)
    rows = make_adults(state, far, employed=True, hired=0, work_hours=28, work_region=ALPHA)
    assert sorted(run(work, state, separation=0.015)["job_lost"].tolist()) == rows.tolist()


def test_jobs_end_when_somebody_leaves_or_reaches_the_pension():
    state = village_state()
    gone, stays = people(state, Stage.RETURNED), people(state, Stage.HOUSED, count=2)
    rows = make_adults(state, np.concatenate([gone, stays]), employed=True, hired=0, work_hours=28, experience=50.0)
    state.newcomers.born[rows[1]] = state.clock.month - 66 * 12
    run(profile, state)
    run(work, state)
    assert state.newcomers.employed[rows].tolist() == [False, False, True]


def test_experience_grows_at_work_and_fades_without():
    state = village_state()
    rows = make_adults(state, people(state, Stage.HOUSED, count=2), experience=1.0, exempt=True)
    state.newcomers.employed[rows[0]] = True
    run(work, state, separation=0.015, settled=0.5)
    assert state.newcomers.experience[rows] == pytest.approx([1 + 1 / 12, 0.98], rel=1e-5)


def test_unemployment_of_the_region_moves_with_that_of_the_country():
    state = village_state()
    assert work.unemployment_by_region(state) == pytest.approx([0.04, 0.065])  # 0.05 in the country
    who = make_adults(state, people(state, Stage.HOUSED))
    assert odds(state, who, slack=2) - odds(state, who, slack=0) == pytest.approx([-0.12])


def test_a_first_job_pays_a_little_over_the_minimum_for_its_hours():
    state = village_state()
    make_adults(state, people(state, Stage.HOUSED, count=300))
    given = {"over_minimum": 1.1, "hours": 19, "hours_spread": 0, "full_week": 38, "full_time": 0.5, "at_level": -2}
    hired = run(work, state, base=-2, matched_wage=1.5, **given)["hired"]
    folk = state.newcomers
    assert set(folk.work_hours[hired].tolist()) == {19, 38}
    assert set(folk.level_matched[hired].tolist()) == {True, False}
    full = 2_200 * np.where(folk.level_matched[hired], 1.5, 1)  # 1.1 times 2,000
    assert folk.wage[hired] == pytest.approx(full * folk.work_hours[hired] / 38)


def test_hours_are_a_full_week_or_spread_around_the_mean_of_part_time():
    params = work.terms(work.Params(full_time=0.2, full_week=38, hours=24, hours_spread=10))
    found = job_terms.hours_of(params, np.array([0, 0.19, 0.2, 0.6, 0.999999]))
    assert found.tolist() == [38, 38, 14, 24, 34]
    even = job_terms.hours_of(params, np.linspace(0, 1, 10_000, endpoint=False))
    assert even.mean() == pytest.approx(0.2 * 38 + 0.8 * 24, abs=0.05)


def test_the_level_of_a_job_follows_language_and_diploma_from_secondary_school_on():
    state = village_state()
    rows = make_adults(state, people(state, Stage.HOUSED, count=4))
    folk = state.newcomers
    folk.schooling[rows] = [Schooling.PRIMARY, Schooling.SECONDARY, Schooling.HIGHER, Schooling.HIGHER]
    folk.language[rows], folk.recognised[rows[3]] = [1, 3, 4, 4], 5
    params = work.terms(work.Params(at_level=-1, level_language=0.5, level_recognised=1.5))

    def logistic(z):
        return 1 / (1 + math.exp(-z))

    edges = np.array([1, logistic(-1), logistic(-0.5), logistic(1)])
    assert job_terms.at_level(state, params, rows, edges - 1e-9).all()
    assert job_terms.at_level(state, params, rows, edges + 1e-9).tolist() == [True, False, False, False]


def test_wages_follow_the_minimum_wage():
    facts = village_of_2015().inputs
    wage = np.where(np.arange(len(facts.series["minimum_wage"])) < 12, 2_000.0, 2_100.0)
    state = village_state()
    state.inputs = replace(facts, known_series=facts.known_series | {"minimum_wage": wage})
    rows = make_adults(state, people(state, Stage.HOUSED), employed=True, hired=3, wage=1_000, experience=50.0)
    run(work, state)
    state.clock.month += 1
    run(work, state)
    assert state.newcomers.wage[rows] == pytest.approx([1_050])


# --- the cap on work without a residence permit


def applicants(state, count=1, **columns):
    return people(state, Stage.IN_DECISION, count, applied=-20, location=locations(state, Kind.MUNICIPAL)[0], **columns)


KEEPS = {"separation": 0.015, "settled": 0.5, "with_permit": 1, "base": -4.2}


def at_work(state, rows, months):
    """Make adults with a job since some months that hardly ever ends at random; returns their rows."""
    where = state.locations.region[state.households.location[rows]]
    return make_adults(
        state, rows, employed=True, hired=state.clock.month - months, experience=50.0, work_hours=24, work_region=where,
        permit_months=(1 << months) - 1,
    )  # fmt: skip


def test_the_cap_ends_a_job_after_as_many_weeks():
    state = village_state()
    rows = at_work(state, applicants(state, count=400), months=5)
    first = run(work, state, weeks_cap=24, **KEEPS)["job_capped"]
    # 24 weeks are 5.52 months: for 48 in a hundred five months, for the others six
    assert len(first) == pytest.approx(0.48 * 400, abs=3 * math.sqrt(400 / 4))
    state.clock.month += 1
    second = run(work, state, weeks_cap=24, **KEEPS)["job_capped"]
    assert sorted([*first, *second]) == rows.tolist()
    assert not state.newcomers.employed[rows].any()


def test_people_who_used_up_the_cap_find_no_work_until_twelve_months_have_passed():
    state = village_state()
    rows = make_adults(state, applicants(state, count=300), permit_months=0b111111)
    assert len(run(work, state, weeks_cap=24, expected_duration=0, base=-2, with_permit=1)["hired"]) == 0
    months = [0b111111 << 5, 0b111111 << 6]  # half a year that ended five months ago, and six months ago
    state.newcomers.permit_months[rows] = np.repeat(months, 150)
    run(work, state, months=2, weeks_cap=24, expected_duration=0, base=-2, with_permit=1)
    hired = state.newcomers.employed[rows]
    assert not hired[:150].any()
    assert hired[150:].any()


def test_there_is_no_cap_from_a_year_on_and_none_with_a_permit():
    state = village_state()
    asks = at_work(state, applicants(state), months=12)
    holds = at_work(state, people(state, Stage.AWAITING_HOME), months=12)
    assert len(run(work, state, weeks_cap=52, **KEEPS)["job_capped"]) == 0
    assert len(run(work, state, weeks_cap=24, work_permit=False, **KEEPS)["job_capped"]) == 0
    assert run(work, state, weeks_cap=24, **KEEPS)["job_capped"].tolist() == asks.tolist()
    assert state.newcomers.employed[holds].all()


def test_months_of_work_without_a_permit_are_kept_for_a_year():
    state = village_state()
    rows = at_work(state, np.concatenate([applicants(state), people(state, Stage.AWAITING_HOME)]), months=2)
    run(work, state, weeks_cap=52, **KEEPS)
    assert state.newcomers.permit_months[rows].tolist() == [0b111, 0b11]  # with a permit, none is counted
    state.newcomers.employed[rows] = False
    state.newcomers.exempt[rows] = True
    state.clock.month += 1
    run(work, state, months=12, weeks_cap=52)
    assert state.newcomers.permit_months[rows[0]] == 0


# --- idle months


def test_months_without_work_class_or_activity_are_counted_since_the_arrival():
    state = village_state()
    rows = make_adults(state, people(state, Stage.HOUSED, count=5, applied=2), exempt=True)
    folk = state.newcomers
    folk.class_hours[rows[1]], folk.active[rows[2]] = 10, True
    folk.employed[rows[3]], folk.experience[rows[3]] = True, 50.0
    folk.born[rows[4]] = state.clock.month - 18 * 12 - 3  # of age since three months
    run(work, state, **KEEPS)
    assert folk.months_idle[rows].tolist() == [11, 10, 10, 10, 4]
    state.clock.month += 1
    run(work, state, **KEEPS)
    assert folk.months_idle[rows].tolist() == [12, 10, 10, 10, 5]


def test_a_work_permit_is_counted_for_those_who_need_one():
    state = village_state()
    applicants = make_adults(
        state, people(state, Stage.IN_DECISION, count=500, applied=-20, location=locations(state, Kind.MUNICIPAL)[0])
    )
    holders = make_adults(state, people(state, Stage.HOUSED, count=500))
    events = run(work, state, base=-2, with_permit=0.5)
    asked, hired = events["hired_with_work_permit"], events["hired"]
    assert 0 < len(asked) < len(hired)
    assert np.isin(asked, applicants).all()
    assert np.isin(hired[~np.isin(hired, asked)], holders).all()


def test_children_and_the_old_are_not_of_working_age():
    state = village_state()
    rows = make_adults(state, people(state, Stage.HOUSED, count=4))
    month = state.clock.month
    state.newcomers.born[rows] = [month - 18 * 12, month - 18 * 12 + 1, month - 66 * 12 + 1, month - 66 * 12]
    assert look(state).tolist() == [rows[0], rows[2]]
    run(profile, state)
    assert adults(state).tolist() == [rows[0], rows[2]]
