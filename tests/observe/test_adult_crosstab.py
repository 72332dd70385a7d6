"""What measures count of persons of working age, against a look at each person in turn."""

import numpy as np
import pytest

from abm.engine.clock import NEVER
from abm.engine.table import NO_ROW
from abm.measures import MEASURES
from abm.observe.adult_crosstab import CODED, CUT_OFF, FLAGS, AdultCounts
from abm.observe.breakdowns import STATUSES
from abm.observe.measure import Month
from abm.tables.country import Kind
from abm.tables.people import Schooling, Stage
from tests.helpers.village import A, D, locations, people, village_state

IDLE = dict.fromkeys(FLAGS, False)
VALUES = {measure.name: measure.values for measure in MEASURES}


def country():
    """Adults at every stage that has one, with everything that a measure looks at drawn at random."""
    state, luck = village_state(scale=0.5), np.random.default_rng(4)
    stages = (Stage.IN_DECISION, Stage.AWAITING_COUPLING, Stage.DEPARTING, Stage.HOUSED)
    place = locations(state, Kind.MUNICIPAL)[0]
    for stage in stages:
        home = {"municipality": luck.choice([A, D], 60)} if stage == Stage.HOUSED else {"location": place}
        people(state, stage, 60, origin=luck.integers(0, 3, 60), **home)
    folk, homes, n = state.newcomers, state.households, len(state.newcomers)
    for name in ("adult", "female", "employed", "learner"):
        getattr(folk, name)[:] = luck.random(n) < 0.6
    folk.schooling[:] = luck.integers(NO_ROW, len(Schooling), n)
    folk.class_hours[:], folk.coached[:] = luck.choice([0, 40], n), luck.random(n) < 0.5
    folk.level_matched[:], folk.work_hours[:] = luck.random(n) < 0.5, luck.integers(1, 40, n)
    folk.income[:], folk.months_idle[:] = luck.uniform(0, 3000, n), luck.integers(0, 50, n)
    folk.hours_followed[:] = luck.uniform(0, 900, n)
    homes.applied[:] = luck.integers(-20, 60, len(homes))
    folk.language[:], folk.wellbeing[:] = luck.uniform(0, 5, n), luck.normal(-0.9, 0.5, n)
    homes.granted[:] = luck.choice([NEVER, -12, -2, 0, 11, 12, 59], len(homes))
    homes.assisted[:] = luck.random(len(homes)) < 0.5
    state.clock.month = 61  # the turn of month 60 has ended
    return state


def flags(state, person):
    """What holds for a person, by name."""
    folk, home, homes = state.newcomers, state.newcomers.household[person], state.households
    permit, in_class = homes.granted[home] != NEVER, folk.class_hours[person] > 0
    return IDLE | {
        "permit": permit, "employed": folk.employed[person], "assisted": homes.assisted[home],
        "applicant": not permit and homes.stage[home] != Stage.DEPARTING, "in_class": in_class,
        "awaiting_class": folk.learner[person] and not in_class, "coached": folk.coached[person],
        "cohort": permit and -12 <= homes.granted[home] < 0, "unwell": folk.wellbeing[person] < np.float32(CUT_OFF),
    }  # fmt: skip


def groups(state, person):
    """The group of a person in each split, None where not counted."""
    folk, home, homes = state.newcomers, state.newcomers.household[person], state.households
    granted, place = int(homes.granted[home]), homes.location[home]
    status = {Stage.IN_DECISION: 0, Stage.AWAITING_COUPLING: 1, Stage.DEPARTING: 2}
    region = state.municipalities.region[homes.municipality[home]] if place < 0 else state.locations.region[place]
    return {
        "total": 0, "origin": homes.origin[home], "sex": int(folk.female[person]), "region": region,
        "schooling": max(folk.schooling[person], 0),
        "since_permit": None if granted == NEVER else min((60 - granted) // 12, 10),
        "since_arrival": min((60 - int(homes.applied[home])) // 12, 10),
        "status": status[homes.stage[home]] if place >= 0 else None,
    }  # fmt: skip


@pytest.fixture(scope="module")
def looked_at():
    """The state, its month, and what holds for each adult with the groups it belongs to."""
    state = country()
    each = [(p, flags(state, p), groups(state, p)) for p in np.flatnonzero(state.newcomers.adult)]
    return state, Month(state, {}), each


@pytest.mark.parametrize("by", CODED)
@pytest.mark.parametrize("tests", [(), *((flag,) for flag in FLAGS), ("permit", "employed"), ("applicant", "unwell")])
def test_counts_equal_a_look_at_each_person(looked_at, by, tests):
    _, month, each = looked_at
    expected = np.zeros(month.group_sizes[by])
    for _, holds, group in each:
        if group[by] is not None:
            expected[group[by]] += all(holds[test] for test in tests)
    assert AdultCounts(month).counted(tests, by).tolist() == expected.tolist()


def means(each, values, by, size, counted):
    """Mean value per group of those who count, NaN where nobody does."""
    found = [[values[p] for p, holds, group in each if group[by] == g and counted(holds)] for g in range(size)]
    return [np.mean(of, dtype=float) if of else np.nan for of in found]


@pytest.mark.parametrize("by", CODED)
@pytest.mark.parametrize(
    ("name", "tests"),
    [("level_matched", ("permit", "employed")), ("work_hours", ("permit", "employed")), ("income", ("permit",)),
     ("months_idle", ()), ("hours_followed", ("permit",))],
)  # fmt: skip
def test_other_means_equal_a_look_at_each_person(looked_at, by, name, tests):
    state, month, each = looked_at
    values, size = getattr(state.newcomers, name).astype(float), month.group_sizes[by]
    expected = means(each, values, by, size, lambda holds: all(holds[test] for test in tests))
    assert AdultCounts(month).mean(name, by, *tests) == pytest.approx(np.array(expected), nan_ok=True)


@pytest.mark.parametrize("by", CODED)
def test_means_equal_a_look_at_each_person(looked_at, by):
    state, month, each = looked_at
    size, folk = month.group_sizes[by], state.newcomers
    dutch = means(each, folk.language, by, size, lambda holds: holds["permit"])
    mood = means(each, folk.wellbeing, by, size, lambda holds: True)
    assert VALUES["language"](month, (by,))[by] == pytest.approx(np.array(dutch), nan_ok=True)
    assert VALUES["wellbeing"](month, (by,))[by] == pytest.approx(np.array(mood), nan_ok=True)


def test_who_is_unwell_is_counted_at_full_size(looked_at):
    _, month, each = looked_at
    few = sum(holds["unwell"] for _, holds, _ in each)
    assert VALUES["unwell"](month, ("total",))["total"].tolist() == [few / 0.5]
    assert 0 < VALUES["unwell"](month, ("status",))["status"].sum() < few / 0.5  # at home they have no status


def test_nobody_has_no_mean():
    month = Month(village_state(), {})
    assert np.isnan(VALUES["wellbeing"](month, ("status",))["status"]).tolist() == [True] * len(STATUSES)
    assert VALUES["language"](month, ("total",))["total"] == pytest.approx([np.nan], nan_ok=True)
