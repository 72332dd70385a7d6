"""Findings on support, made again in the country: which places host, what is compared, what is told of the priors."""

import math

import numpy as np
import pytest

from abm.residents import support
from experiments.validation import support_studies
from experiments.validation.support_sandbox import STILL, emptied, followed, host, priors
from experiments.validation.support_studies import CASES, LARGE, SMALL, Case, densest, sparsest

USUAL = {name: field.default for name, field in support.Params.model_fields.items()} | STILL
UNMOVED = USUAL | dict.fromkeys(
    ("contact", "convergence", "threat", "stock", "unfairness", "work", "voice_effect", "incident"), 0.0
)


def test_every_third_of_a_kind_hosts_and_the_others_are_compared():
    kind = np.array([True, False, True, True, True, False, True])
    hosts, others = support_studies.hosts_and_others(support_studies.country(), kind)
    assert hosts.tolist() == [0, 4]
    assert others.tolist() == [2, 3, 6]


def test_kinds_are_classes_of_urbanity():
    state = support_studies.country()
    assert sorted(set(state.inputs.urbanity[densest(state)])) == [1]
    assert sorted(set(state.inputs.urbanity[sparsest(state)])) == [4, 5]


def test_what_is_done_to_a_copy_leaves_the_country_as_it_was():
    state = emptied(support_studies.country())
    host(state, 0, SMALL)
    followed(state, 2, **USUAL)
    again = support_studies.country()
    assert len(again.locations) < len(state.locations)
    assert not np.array_equal(again.neighbourhoods.support, state.neighbourhoods.support)


def test_nothing_happens_where_every_term_is_off():
    assert support_studies.beside(sparsest, SMALL, UNMOVED, months=3) == pytest.approx(0, abs=1e-6)


def test_a_larger_location_is_minded_more_and_one_that_was_there_less():
    small, large = (support_studies.beside(sparsest, places, USUAL, months=6) for places in (SMALL, LARGE))
    there = support_studies.beside(sparsest, SMALL, USUAL, new=False, months=6)
    assert large.min() < small.min() - 0.1
    assert small.min() < there.min()


def test_the_priors_keep_to_their_bounds_and_leave_policy_alone():
    drawn = priors(8)
    assert len(drawn) == 8
    for name in drawn[0]:
        field = support.Params.model_fields[name].json_schema_extra or {}
        assert "lever" not in field or not field["lever"]
    contacts = [each["contacts"] for each in drawn]
    assert 1 <= min(contacts) < 8 < max(contacts) <= 60  # even in the logarithm: half below its middle, 7.7


def test_median_and_spread_over_the_priors_are_told(monkeypatch):
    found = iter([0.1, 0.2, 0.3, 0.4, 0.5])
    made = (
        Case("X", "t", "s", lambda params: next(found), (0.25, 0.35), "u"),
        Case("Y", "t", "s", lambda params: 0.3 + 0.01 * params["contacts"], (0.0, 0.32), "u", overlap=True),
        Case("R15", "t", "s", lambda params: float(params["contacts"] > 7), (0.5, 1.0), "share"),
    )
    monkeypatch.setattr(support_studies, "CASES", made)
    first, second, share = support_studies.over_priors(5)
    assert second["model"] > 0.32
    assert second["within"] == (second["low"] <= 0.32)
    assert first["model"] == pytest.approx(0.3)
    assert (first["low"], first["high"]) == (pytest.approx(0.14), pytest.approx(0.46))
    assert first["within"]
    assert share["model"] == np.mean([each["contacts"] > 7 for each in priors(5)])
    assert math.isnan(share["low"])


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_each_case_gives_a_number_at_the_defaults(case):
    assert math.isfinite(case.effect(USUAL))
