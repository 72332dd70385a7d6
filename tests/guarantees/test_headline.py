"""Results move only with a reason in CHANGELOG.md: headline numbers, and every byte of the outcome table."""

import re
from copy import copy
from pathlib import Path

import numpy as np
import pytest

from abm.recorder import Recorder
from tests.guarantees.headline import (
    DIGEST,
    NO_HEADLINE,
    Headline,
    base,
    digest,
    report,
    run,
    value,
    write,
    written,
)


def changed(name: str, by: str, change) -> Recorder:
    """The run with other values of one measure."""
    other = copy(run())
    other.values = run().values | {(name, by): change(run().values[name, by])}
    return other


def test_results_are_those_that_were_written():
    old = written()
    words = report(old, [value(run(), each) for each in old], digest(run()) == DIGEST.read_text().strip())
    assert not words, f"\n{words}"


def test_the_numbers_cover_the_years_ahead_and_every_domain():
    found = written()
    assert 55 <= len(found) <= 75
    assert len({each[:3] for each in found}) == len(found)
    assert all(np.isfinite(each.value) and each.value for each in found)  # a zero would show no relative change
    assert {2016, 2021, 2025, 2030, 2035} <= {each.year for each in found}
    of_domain = {
        "asylum": {"in_reception", "awaiting_decision", "permits", "wait_home", "protected"},
        "civic": {"language", "in_class", "awaiting_plan", "passed", "wellbeing"},
        "jobs": {"employed", "cohort_2014_employed", "applicants_employed", "assisted", "income"},
        "homes": {"homes_let", "seekers", "registration_time", "starter_built", "in_hotels"},
        "residents": {"support", "accepting_near", "objections", "willingness"},
        "finance": {"reception_cost", "penalty_payments", "contributions", "starter_building"},
    }
    names = {each.name for each in found}
    assert {domain: wanted - names for domain, wanted in of_domain.items() if wanted - names} == {}
    assert base().until == "2035-12"


def test_a_number_is_december_or_the_sum_of_a_year():
    of = run()
    stock, flow = (of.frame("in_reception", "kind"), of.frame("permits"))
    assert value(of, Headline("in_reception", "kind: regular", 2035, 0, "persons")) == stock["regular"]["2035-12"]
    assert value(of, Headline("permits", "all", 2015, 0, "persons/month")) == flow["all"]["2015-12"]
    year = flow["all"]["2020-01":"2020-12"]
    assert len(year) == 12
    assert value(of, Headline("permits", "all", 2020, 0, "persons/year")) == sum(year)
    euros = sum(of.frame("reception_cost")["all"]["2020-01":"2020-12"])
    found = value(of, Headline("reception_cost", "all", 2020, 0, "million EUR/year"))
    assert found == pytest.approx(euros / 1e6, rel=1e-12)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (("people", "all", 2016, 0, "persons"), "people, all: there is no such measure or group"),
        (("permits", "kind: regular", 2016, 0, "persons"), "permits, kind: regular: there is no such measure or group"),
        (("in_reception", "kind: tent", 2016, 0, "persons"), "kind: tent: there is no such measure or group"),
        (("permits", "all", 2016, 0, "homes/year"), "permits: is in persons/month, not in homes/year"),
    ],
)
def test_a_number_that_no_run_has_is_refused(wrong, said):
    with pytest.raises(ValueError, match=said):
        value(run(), Headline(*wrong))


def test_the_digest_is_that_of_names_and_bytes_in_the_order_of_names():
    turned = copy(run())
    turned.values = dict(reversed(run().values.items()))
    assert list(turned.values) != list(run().values)
    assert digest(turned) == digest(run())
    last_bit = changed("support", "total", lambda values: np.nextafter(values, 9))
    renamed = copy(run())
    renamed.values = {("x" + name, by): values for (name, by), values in run().values.items()}
    assert len({digest(run()), digest(last_bit), digest(renamed)}) == 3


OLD = [
    Headline("people", "all", 2016, 100.0, "persons"),
    Headline("euros", "kind: some", 2016, 2.0, "million EUR/year"),
]


def test_what_moved_is_told_with_its_relative_change():
    assert report(OLD, [100.0, 2.0], True) == ""
    words = report(OLD, [103.0, 2.0 * (1 + 1e-10)], False).splitlines()
    assert words[0] == "1 of 2 headline numbers moved:"
    assert re.fullmatch(r"people +all +2016 +100 +103 +\+3\.00%  persons", words[2])
    assert len(words) == 4
    assert "CHANGELOG.md" in words[3]
    assert "-50.00%" in report(OLD, [100.0, 1.0], False)
    assert "nan" in report(OLD, [np.nan, 2.0], False)


def test_a_digest_that_differs_while_no_number_does_is_told_apart():
    words = report(OLD, [100.0, 2.0 * (1 + 1e-10)], False)
    assert words.startswith(NO_HEADLINE)
    assert "another kind of processor" in words


def test_writing_keeps_what_is_asked_and_what_is_written_is_the_same(tmp_path: Path):
    there, sums = tmp_path / "headline.csv", tmp_path / "headline.sha256"
    there.write_text("name,group,year,value,unit\n" + "".join(f"{a},{b},{c},0,{e}\n" for a, b, c, _, e in written()))
    write(there, sums)
    assert there.read_bytes() == Path(DIGEST).with_name("headline.csv").read_bytes()
    assert sums.read_text() == DIGEST.read_text()
