"""Comparing two scenarios: intervals by hand, pairs with common random numbers, and stopping that keeps its promise."""

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from abm.engine.errors import InputError
from abm.facts import facts
from abm.observe.breakdowns import labels
from experiments.analysis import compared, comparison
from experiments.analysis.compared import CANNOT_TELL
from experiments.analysis.comparison import FIRST_PAIRS, MOST_PAIRS, compare
from experiments.store import store as stores
from experiments.store.store import Store
from experiments.sweeps import runner
from tests.helpers.runs import real, small

CAPACITY = "policy.decision.capacity_factor"
A = replace(small("2015-03", scale=0.005), name="a", source="a.yaml")
B = replace(A.with_values({CAPACITY: 4}), name="b", source="b.yaml")


@pytest.fixture(autouse=True)
def read_once(monkeypatch):
    """The real facts, which need not be read for each comparison."""
    inputs = real()
    monkeypatch.setattr(facts, "load", lambda: inputs)


@pytest.fixture
def drawn(monkeypatch):
    """Let pairs come from given numbers instead of runs: A and B by seed from 1 on."""

    def use(a, b) -> None:
        a, b = np.asarray(a, float), np.asarray(b, float)
        rows = lambda do, given, pair, seeds, asked, seen: pd.DataFrame({"seed": list(seeds)})  # noqa: E731
        monkeypatch.setattr(comparison, "_made", rows)
        monkeypatch.setattr(
            compared,
            "values",
            lambda store, runs, asked, since: runs.assign(
                outcome="drawn", unit="persons", a=a[runs["seed"] - 1], b=b[runs["seed"] - 1]
            ),
        )

    return use


def refused(*given, **options) -> str:
    with pytest.raises(InputError) as error:
        compare(*given, workers=1, **options)
    assert "\n" not in str(error.value)
    return str(error.value)


# --- intervals


@pytest.mark.parametrize(
    ("differences", "low", "high"),
    [
        ([2, 4], 3 - 12.70620, 3 + 12.70620),  # t of 1 degree of freedom; standard error 1
        ([1, 2, 3, 4], 2.5 - 3.182446 * 0.6454972, 2.5 + 3.182446 * 0.6454972),
        ([0, 0, 0, 0, 8, 8, 8, 8], 4 - 2.364624 * 1.511858, 4 + 2.364624 * 1.511858),
        ([5, 5, 5], 5, 5),
        ([0.1, 0.1, 0.1], 0.1, 0.1),
    ],
)
def test_intervals_by_hand(differences, low, high):
    assert compared.interval(np.array(differences, float)) == pytest.approx((low, high), rel=1e-6)


@pytest.mark.parametrize(
    ("low", "high", "probability", "said"),
    [
        (0.1, 2, 0.04, "B is higher"),
        (0.1, 2, 0.06, CANNOT_TELL),  # on its own it could be told, among others not
        (3, 3, 0.0, "B is higher"),
        (-2, -0.1, 0.04, "B is lower"),
        (-1, 2, 0.3, CANNOT_TELL),
        (0, 0, 1.0, "the same in every pair"),
        (math.nan, math.nan, math.nan, "too few pairs have a value"),
    ],
)
def test_verdicts(low, high, probability, said):
    assert compared.verdict(low, high, probability) == said


def test_probabilities_are_corrected_for_their_number_by_hand():
    """Holm: the smallest times n, the next times n - 1, never less than one before, at most 1."""
    found = compared.holm(np.array([0.01, 0.04, math.nan, 0.03, 0.5]))
    assert found == pytest.approx([0.04, 0.09, math.nan, 0.09, 0.5], nan_ok=True)
    assert compared.holm(np.array([0.02])) == pytest.approx([0.02])
    assert compared.holm(np.array([0.6, 0.7])) == pytest.approx([1, 1])


@pytest.mark.parametrize(
    ("changes", "probability"), [([2, 4], 0.2048328), ([1, 2, 3, 4], 0.0304662), ([5, 5], 0.0), ([0, 0], 1.0)]
)
def test_a_probability_agrees_with_its_interval(changes, probability):
    """t = 3 of 1 degree of freedom, t = 3.873 of 3; both from tables."""
    found = compared.probability(np.array(changes, float))
    low, high = compared.interval(np.array(changes, float))
    assert found == pytest.approx(probability, rel=1e-5)
    assert (found < 0.05) == (low > 0 or high < 0)


def test_several_measures_and_all_regions_at_once(tmp_path):
    asked = ["in_reception by region", "permits", " in_reception  by status "]
    found = compare(A, B, measure=asked, pairs=2, workers=1, store=tmp_path)
    regions = labels(real())["region"]
    assert found.differences["outcome"].tolist() == [
        *(f"in_reception, region {region}, end" for region in regions),
        "permits, sum",
        *(f"in_reception, status {status}, end" for status in labels(real())["status"]),
    ]
    assert found.differences["pairs"].eq(2).all()
    single = compare(A, B, measure="in_reception", by="region", group=regions[3], pairs=2, workers=1, store=tmp_path)
    first, same = single.differences.iloc[0], found.differences.iloc[3]
    assert first.drop(["verdict"]).tolist() == pytest.approx(same.drop(["verdict"]).tolist(), nan_ok=True)


def test_a_comparison_by_hand(drawn, tmp_path):
    drawn([10, 20, 30, 40], [11, 22, 33, 44])
    found = compare(A, B, pairs=4, workers=1, store=tmp_path)
    row = found.differences.iloc[0]
    assert (row["a"], row["b"], row["difference"], row["pairs"]) == (25, 27.5, 2.5, 4)
    assert (row["low"], row["high"]) == pytest.approx((2.5 - 2.054260, 2.5 + 2.054260), rel=1e-5)
    # variances 166.67 and 201.67 with independent random numbers, 1.6667 of the differences
    assert row["fewer_runs"] == pytest.approx((500 / 3 + 605 / 3) / (5 / 3))
    assert found.verdict() == "B is higher"
    assert (found.a, found.b, found.since, found.until, found.narrow) == ("a", "b", "2015-01", "2015-03", None)


def test_what_can_not_be_told_apart(drawn, tmp_path):
    drawn([10, 20, 30, 40], [12, 18, 33, 37])
    assert compare(A, B, pairs=4, workers=1, store=tmp_path).verdict() == "cannot tell A from B"


# --- pairs


def test_pairs_share_their_draws_until_the_policy_comes(tmp_path):
    one = small("2016-04", scale=0.005)
    other = one.with_values({CAPACITY: {"2016-03": 4}})
    found = compare(one, other, measure="decisions", pairs=2, seed=7, workers=1, store=tmp_path)
    assert found.since == "2016-03"
    assert found.pairs["seed"].tolist() == [7, 8]
    store = Store(tmp_path)
    assert len(store.done()) == 4
    for seed, a, b in found.pairs[["seed", "a", "b"]].itertuples(index=False):
        mine = [store.run(run) for run in store.done() if store.run(run).about()["seed"] == seed]
        frames = [run.outcomes(by="total").drop(columns="run").astype({"month": str}) for run in mine]
        before = [frame[frame["month"] < "2016-03"].reset_index(drop=True) for frame in frames]
        pd.testing.assert_frame_equal(*before)
        after = [frame[(frame["month"] >= "2016-03") & (frame["measure"] == "decisions")] for frame in frames]
        assert sorted([a, b]) == sorted(frame["value"].sum() for frame in after)
        assert a < b
    again = compare(one, other, measure="decisions", pairs=2, seed=7, workers=1, store=tmp_path)
    pd.testing.assert_frame_equal(again.differences, found.differences)


def test_months_make_one_number(tmp_path):
    taken = {}
    for take in ("end", "sum", "mean", None):
        found = compare(A, B, measure="in_reception", take=take, pairs=2, workers=1, store=tmp_path)
        taken[take] = found.pairs.set_index("seed").loc[1, "a"]
    run = next(each for each in map(Store(tmp_path).run, Store(tmp_path).done()) if _is(each.about(), A))
    values = run.outcomes("in_reception", "total")["value"].to_numpy()
    assert len(values) == 3
    assert (taken["end"], taken["sum"]) == pytest.approx((values[2], values.sum()))
    assert (taken["mean"], taken[None]) == pytest.approx((values.mean(), values[2]))


def _is(about, scenario) -> bool:
    return about["scenario"] == scenario.canonical()


def test_all_of_the_summary_if_no_measure_is_named(tmp_path):
    compared = compare(A, B, pairs=2, workers=1, store=tmp_path)
    found = compared.differences.set_index("outcome")
    assert "municipalities_met, end" not in found.index  # these runs are small
    said = {line.partition(":")[0] for line in compared.refused}
    assert said == {"status_holders", "awaiting_home", "homes_let", "municipalities_met", "reception_cost"}
    assert {"in_reception, end", "applications, sum", "penalty_payments, sum"} <= set(found.index)
    assert found.loc["penalty_payments, sum", "unit"] == "EUR"
    assert found.loc["awaiting_decision, end", "difference"] < 0
    assert found.loc["applications, sum", "verdict"] == "the same in every pair"


# --- until it is narrow


def stopped(differences: np.ndarray, limit: float) -> tuple[int, float, float]:
    """Pairs and interval where a comparison of these differences stops."""
    have = FIRST_PAIRS
    while True:
        low, high = compared.interval(differences[:have])
        if high - low <= limit or have >= MOST_PAIRS:
            return have, low, high
        have = min(have + comparison.more(high - low, limit, have), MOST_PAIRS)


def test_stopped_intervals_hold_what_they_promise():
    sample = np.random.default_rng(1).normal(0.3, 1.0, (500, 200))
    pairs, low, high = np.array([stopped(differences, 1.0) for differences in sample]).T
    assert np.mean((low <= 0.3) & (high >= 0.3)) > 0.92
    assert (high - low).max() <= 1.0
    # 1.96 x 2 / sqrt(n) = 1 asks 15.4 pairs
    assert 12 < pairs.mean() < 25
    assert pairs.min() == FIRST_PAIRS
    assert pairs.max() < 60


@pytest.mark.parametrize("sample", [1, 2, 3])
def test_pairs_are_added_until_the_interval_is_narrow(drawn, tmp_path, sample):
    noise = np.random.default_rng(sample).normal(5, 1, MOST_PAIRS)
    drawn(np.full(MOST_PAIRS, 50.0), 50 + noise)
    for width in (1.0, "1", "2%"):  # 2% of 50
        found = compare(A, B, until_width=width, workers=1, store=tmp_path)
        have, low, high = stopped(noise, 1.0)
        assert (found.narrow, found.differences["pairs"].iloc[0]) == (True, have)
        assert (found.differences["low"].iloc[0], found.differences["high"].iloc[0]) == pytest.approx((low, high))
        assert found.pairs["seed"].tolist() == list(range(1, have + 1))


def test_pairs_to_add():
    assert comparison.more(wide=2, limit=1, have=10) == 10  # 30 are needed, at most as many again
    assert comparison.more(wide=1.2, limit=1, have=10) == 5  # 14.4 in all
    assert comparison.more(wide=1.01, limit=1, have=10) == 3  # a quarter at least


def test_stopping_without_being_narrow(drawn, tmp_path):
    drawn(np.zeros(MOST_PAIRS), np.tile([1000.0, -1000.0], MOST_PAIRS // 2))
    spent = compare(A, B, until_width=1, budget=0, workers=1, store=tmp_path)
    assert (spent.narrow, spent.differences["pairs"].iloc[0]) == (False, FIRST_PAIRS)
    most = compare(A, B, until_width=1, workers=1, store=tmp_path)
    assert (most.narrow, most.differences["pairs"].iloc[0]) == (False, MOST_PAIRS)
    assert "of A is 0: give a number instead" in refused(A, B, until_width="2%", store=tmp_path)


def test_outcomes_without_a_value(drawn, tmp_path):
    drawn([1, np.nan, 3, np.nan], [np.nan, 2, 4, np.nan])
    found = compare(A, B, pairs=4, workers=1, store=tmp_path)
    assert found.verdict() == "too few pairs have a value"
    assert "fewer than two pairs have a value" in refused(A, B, pairs=4, until_width=1, store=tmp_path)


# --- what can not be compared


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"until_width": "0"}, "--until-width: '0' is not a width: give a number above 0, or a share of A like 2%"),
        ({"until_width": "-1%"}, "--until-width: '-1%' is not a width"),
        ({"until_width": "wide"}, "--until-width: 'wide' is not a width"),
        ({"until_width": "nan"}, "--until-width: 'nan' is not a width"),
        ({"until_width": float("inf")}, "--until-width: 'inf' is not a width"),
        ({"pairs": 1}, "--pairs: 1 is too few or too many: give 2 to 1000"),
        ({"pairs": 1001}, "--pairs: 1001 is too few or too many"),
        ({"budget": -1.0}, "--budget: -1 is not a number of hours: give 0 or more"),
        ({"measure": "in_recepton"}, "did you mean 'in_reception'"),
        ({"measure": "in_reception", "by": "sex"}, "cannot be broken down by 'sex'"),
        ({"measure": "in_reception", "take": "last"}, "--take: 'last' is not known: choose from end, sum, mean"),
        ({"measure": "in_reception", "by": "status", "group": "refugee"}, "--group: in_reception has no status"),
        ({"measure": "housed", "by": "region", "group": "Groningn"}, "did you mean 'Groningen'"),
        ({"measure": []}, "--measure: is empty"),
        ({"measure": "municipalities_met"}, "municipalities_met: says nothing below scale 1"),
        ({"take": "end"}, "--measure: is missing"),
        ({"seed": -1}, "seed"),
        ({"scale": 3.0}, "scale"),
    ],
)  # fmt: skip
def test_bad_questions_are_one_line_and_write_nothing(tmp_path, options, said):
    assert said in refused(A, B, store=tmp_path / "absent", **options)
    assert not list((tmp_path / "absent").glob("runs"))


def test_an_unknown_group_lists_what_there_is(tmp_path):
    options = {"measure": "in_reception", "by": "status", "group": "tourist", "pairs": 2, "store": tmp_path}
    said = refused(A, B, **options)
    assert "--group: in_reception has no status 'tourist': choose from asylum seeker, " in said
    assert not said.endswith("...")


def test_scenarios_that_can_not_be_compared(tmp_path):
    assert refused(A, replace(A, source="c.yaml"), store=tmp_path) == (
        "c.yaml: is the same as a.yaml up to 2015-03: there is nothing to compare"
    )
    late = A.changed(until="2020-12").with_values({CAPACITY: {"2018-01": 2}})
    assert "there is nothing to compare" in refused(A, late, until="2017-12", store=tmp_path)
    assert "b.yaml: until: differs from that of a.yaml: give the same for both with --until" in refused(
        A, B.changed(until="2015-02"), store=tmp_path
    )
    assert "b.yaml: scale: differs from that of a.yaml" in refused(A, B.changed(scale=0.01), store=tmp_path)


def test_a_run_that_fails_is_told_with_the_way_to_see_it(tmp_path, monkeypatch):
    def fails(scenario, inputs, *how):
        raise ValueError("no homes")

    monkeypatch.setattr(runner, "warm_up", lambda inputs: None)
    monkeypatch.setattr(runner, "simulate", fails)
    said = refused(A, B, pairs=2, store=tmp_path / "a b")
    first = stores.run_name(A, real().digest)
    assert (
        said
        == f"run {first} failed (ValueError: no homes): reproduce it with 'abm repeat {first} --store '{tmp_path}/a b''"
    )
    assert len(Store(tmp_path / "a b").failed()) == 4
