"""Measures have labels that stand alone, and ask for a breakdown where they have no total."""

import re

import numpy as np
import pytest

from abm.chain import turn
from abm.engine.errors import InputError
from abm.measures import HEADLINES, MEASURES, SUBJECT, asked_of, breakdown_of, refusal
from abm.observe.breakdowns import labels
from abm.observe.measure import Month
from abm.state import Events, State
from tests.helpers.runs import real, small, state_after

ALONE = re.compile(r"^(of (these|this)|daarvan|hiervan)\b|^(places|moved|refusals|task)$", re.IGNORECASE)
WITHOUT_TOTAL = [each for each in MEASURES if "total" not in each.by]


def test_no_label_leans_on_another():
    for each in MEASURES:
        for label in (each.label, each.label_nl):
            assert not ALONE.search(label), label
            assert len(label.split()) >= 2 or label in ("Taakstelling",), label
            assert label[0].isupper(), label


@pytest.mark.parametrize("language", ["label", "label_nl"])
def test_no_two_measures_have_one_label(language):
    labels = [getattr(each, language) for each in MEASURES]
    assert sorted(set(labels)) == sorted(labels)


def test_a_total_is_taken_where_there_is_one():
    assert all(breakdown_of(each.name, None) == "total" for each in MEASURES if "total" in each.by)
    assert 20 < len(WITHOUT_TOTAL) < len(MEASURES) / 2


@pytest.mark.parametrize("measure", WITHOUT_TOTAL, ids=lambda each: each.name)
def test_a_measure_without_a_total_asks_for_a_breakdown(measure):
    with pytest.raises(InputError) as refused:
        breakdown_of(measure.name, None)
    assert str(refused.value) == (
        f"{measure.name} has no total: name a breakdown with 'by' (--by): {', '.join(measure.by)}"
    )
    assert [breakdown_of(measure.name, by) for by in measure.by] == list(measure.by)


SMALL = "municipalities_met: says nothing below scale 1 (docs/scale.md), and this is scale 0.1: run it larger"


@pytest.fixture(scope="module")
def lived() -> tuple[State, Events]:
    """A state after some months of everything, with the events of the last one."""
    scenario = small("2016-12", scale=0.005)
    state = state_after(scenario, 14)
    return state, turn(state, scenario.params_at(14), scenario.seed)


@pytest.mark.parametrize("measure", MEASURES, ids=lambda each: each.name)
def test_a_breakdown_alone_is_what_it_is_among_others(lived, measure):
    together = measure.values(Month(*lived), measure.by)
    for by in measure.by:
        alone = measure.values(Month(*lived), (by,))[by]
        assert np.array_equal(alone, together[by], equal_nan=True), by


def test_each_row_of_the_summary_is_a_measure_with_that_group():
    groups, units = labels(real()), {each.name: each.unit for each in MEASURES}
    for row in SUBJECT:
        assert row.group in groups[breakdown_of(row.measure, row.by)], row.name
        assert (row.take == "sum") == units[row.measure].endswith("/month"), row.name
    assert len({row.name for row in SUBJECT}) == len(SUBJECT)


def test_words_ask_for_measures():
    assert asked_of(["summary"]) == {(row.measure, row.by) for row in SUBJECT}
    assert {(name, "total") for name, _ in HEADLINES} < asked_of(["summary"])
    assert asked_of(["all"]) == {(each.name, by) for each in MEASURES for by in each.by}
    assert asked_of(["housed", " housed  by region "]) == {("housed", "total"), ("housed", "region")}
    for wrong in ("all by region", "housed by", "by", "Housed"):
        with pytest.raises(InputError):
            asked_of([wrong])


def test_a_measure_is_refused_below_its_scale_in_one_line():
    with pytest.raises(InputError) as refused:
        breakdown_of("municipalities_met", None, scale=0.1)
    assert str(refused.value) == SMALL == refusal("municipalities_met", "total", 0.1)
    assert breakdown_of("municipalities_met", None, scale=1.0) == "total"
    assert refusal("municipalities_met", "total", 1.0) == ""


def test_only_the_breakdowns_that_are_too_fine_are_refused():
    assert breakdown_of("task_backlog", None, scale=0.01) == "total"
    with pytest.raises(InputError, match=r"^task_backlog by municipality: says nothing below scale 1 "):
        breakdown_of("task_backlog", "municipality", scale=0.5)


def test_the_summary_says_something_at_every_scale():
    assert sum(not refusal(name, "total", 0.001) for name, _ in HEADLINES) >= 6
