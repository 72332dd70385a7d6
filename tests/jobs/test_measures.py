"""Outcomes of a village that can be counted by hand."""

import math

import numpy as np
import pytest

from abm.engine.table import NO_ROW
from abm.jobs import measures
from abm.observe.breakdowns import DIMENSIONS
from abm.tables.people import Schooling, Stage
from tests.helpers.adults import make_adults, village_state
from tests.helpers.measured import measured
from tests.helpers.village import MIXED, D, people


def holders(state, count, **columns):
    return make_adults(state, people(state, Stage.HOUSED, count), **columns)


def test_work_by_years_since_arrival_of_everybody_and_of_permit_holders():
    state = village_state()  # month 12
    early, late = people(state, Stage.HOUSED, 4, applied=-1), people(state, Stage.HOUSED, 2, applied=1)
    asks = people(state, Stage.IN_DECISION, 3, applied=11)
    rows = make_adults(state, np.concatenate([early, late, asks]))
    state.newcomers.employed[rows[[0, 1, 4, 8]]] = True
    found = [measured(state, name, "since_arrival") for name in ("adults", "adults_employed")]
    assert [(each["0 years"], each["1 years"]) for each in found] == [(5, 4), (2, 2)]
    found = [measured(state, name, "since_arrival") for name in ("holders", "holders_employed")]
    assert [(each["0 years"], each["1 years"]) for each in found] == [(2, 4), (1, 2)]
    assert measured(state, "adults", "total") == {"all": 9}
    state.scale = 0.5
    assert measured(state, "adults_employed", "total") == {"all": 8}


def test_level_and_hours_are_of_those_who_work_and_income_is_of_all_permit_holders():
    state = village_state()
    rows = holders(state, 4, income=1_200.0)
    folk = state.newcomers
    folk.schooling[rows] = [Schooling.HIGHER, Schooling.HIGHER, Schooling.SECONDARY, Schooling.HIGHER]
    folk.employed[rows[:3]], folk.work_hours[rows[:3]], folk.income[rows[:2]] = True, [10, 20, 36], [2_000, 1_600]
    folk.level_matched[rows] = [True, False, True, True]  # the last one has no job any more
    asks = make_adults(state, people(state, Stage.IN_DECISION), income=0, employed=True, work_hours=38)
    assert len(asks) == 1
    level, hours, income = (measured(state, name, "schooling") for name in ("level_match", "work_hours", "income"))
    assert level["higher"] == 0.5
    assert level["secondary"] == 1
    assert math.isnan(level["primary"])
    assert (hours["higher"], hours["secondary"]) == (15, 36)
    assert income["higher"] == pytest.approx((2_000 + 1_600 + 1_200) / 3)
    assert measured(state, "income", "total")["all"] == pytest.approx(1_500)


def test_shares_at_work_and_on_assistance_by_years_since_the_permit():
    state = village_state()  # month 12; a turn later it is measured
    of = {"granted": np.array([0, 0, 0, 11, 11])}
    homes = people(state, Stage.HOUSED, 5, **of)
    rows = make_adults(state, np.append(homes, people(state, Stage.IN_DECISION)))
    state.newcomers.employed[rows[[0, 1, 3, 5]]] = True  # the last one has no permit
    state.households.assisted[homes[2:4]] = True
    state.households.granted[homes[0]] = -12  # two years ago
    found = measured(state, "employed_share", "since_permit")
    assert (found["0 years"], found["1 years"], found["2 years"]) == (0.5, 0.5, 1)
    assert math.isnan(found["3 years"])  # nobody
    assert measured(state, "employed_share", "total") == {"all": 0.6}
    found = measured(state, "assisted_share", "since_permit")
    assert (found["0 years"], found["1 years"], found["2 years"]) == (0.5, 0.5, 0)
    state.scale = 0.5
    assert measured(state, "assisted_share", "total") == {"all": 0.4}


def test_a_share_of_nobody_is_no_number():
    assert math.isnan(measured(village_state(), "employed_share", "total")["all"])


def test_mean_months_idle_by_status_and_origin():
    state = village_state()
    stages, mixed = (Stage.IN_DECISION, Stage.AWAITING_HOME), people(state, Stage.IN_DECISION, origin=MIXED)
    rows = make_adults(state, np.concatenate([people(state, stage, 2) for stage in stages] + [mixed]))
    state.newcomers.months_idle[rows] = [6, 2, 4, 10, 20]  # the one of mixed origin first
    by_status, by_origin = (measured(state, "months_idle", by) for by in ("status", "origin"))
    assert (by_status["asylum seeker"], by_status["status holder"]) == (4, 15)
    assert math.isnan(by_status["leaving"])
    assert (by_origin["war"], by_origin["mixed"]) == (9, 6)


def test_jobs_by_sector_of_the_employer():
    state = village_state()
    rows = holders(state, 5, employed=True)
    state.newcomers.employer[rows] = [
        0,
        3,
        4,
        1,
        NO_ROW,
    ]  # farm, farm, shop, shop; one from before employers were known
    assert measured(state, "jobs_held", "sector") == {"farm": 2, "shop": 2, "care": 0}
    assert measured(state, "jobs_held", "total") == {"all": 4}
    assert measured(state, "jobs_capped", "total", {"job_capped": rows[:3]}) == {"all": 3}


def test_gap_and_spread_between_sexes_and_regions():
    state = village_state()
    towns = people(state, Stage.HOUSED, 10)
    state.households.municipality[towns[6:]] = D
    rows = make_adults(state, towns, female=False)
    state.newcomers.female[rows[5:]] = True
    state.newcomers.employed[rows[[0, 1, 2, 3, 9]]] = True  # four of five men, one of five women; 4 of 6 and 1 of 4
    gap, spread = (measured(state, name, "dimension") for name in ("employment_gap", "employment_spread"))
    assert list(gap) == list(DIMENSIONS)
    assert gap["sex"] == pytest.approx(0.6)
    assert spread["sex"] == pytest.approx(0.3)
    assert gap["region"] == pytest.approx(4 / 6 - 1 / 4)
    assert spread["region"] == pytest.approx(math.sqrt(0.6 * (4 / 6 - 0.5) ** 2 + 0.4 * (1 / 4 - 0.5) ** 2))
    assert math.isnan(gap["origin"])  # all of one
    assert spread["origin"] == 0


def test_small_groups_do_not_make_a_gap():
    share, many = np.array([0.4, 0.5, 1.0]), np.array([600, 395, 5])
    assert measures.gap(share, many) == pytest.approx(0.1)
    assert measures.gap(share, np.array([600, 380, 20])) == pytest.approx(0.6)
    assert math.isnan(measures.spread(share, np.zeros(3)))
