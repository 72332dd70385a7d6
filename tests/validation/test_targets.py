"""Targets: quantities worked out by hand from a tiny run, verdicts, and a file that names only what exists."""

import pyarrow as pa
import pytest
import yaml
from rich.console import Console

from abm import measures
from abm.engine.errors import InputError
from abm.facts import facts
from abm.observe import breakdowns
from experiments.store import store
from experiments.validation import targets
from tests.helpers.runs import small
from tests.helpers.stores import record

KNOWN = {measure.name: measure for measure in measures.MEASURES}
ALL = {f"C{n}" for n in range(1, 16)} | {f"V{n}" for n in (2, 4, 5, 7, 9, 10, 11, 16, 17)}
MONTHS = [f"{year}-{month:02d}" for year in (2015, 2016) for month in range(1, 13)]


@pytest.fixture
def folder(tmp_path):
    """A run of 24 months, m = 1..24. In reception: 100 m; homes: 1 m of 10 m freed in Alpha, 3 of 10 m in Beta.

    Housed 10 a month; task 50 in every month of 2015, 70 in 2016; wait m; places 0, 0.4 and 7 in three towns.
    """
    rows = []
    for number, month in enumerate(MONTHS, 1):
        rows += [
            ("in_reception", "total", "all", month, 100.0 * number),
            ("housed", "total", "all", month, 10.0),
            ("task", "total", "all", month, 50.0 if number <= 12 else 70.0),
            ("homes_let", "region", "Alpha", month, 1.0 * number),
            ("homes_let", "region", "Beta", month, 3.0),
            ("homes_freed", "region", "Alpha", month, 10.0 * number),
            ("homes_freed", "region", "Beta", month, 10.0 * number),
            ("wait_decision", "statistic", "mean", month, float(number)),
            ("places_by_municipality", "municipality", "A", month, 0.0),
            ("places_by_municipality", "municipality", "B", month, 0.4),
            ("places_by_municipality", "municipality", "C", month, 7.0),
        ]
    rows.sort(key=lambda row: row[1])
    made = {name: pa.array([row[at] for row in rows]) for at, name in enumerate(("measure", "by", "group", "month"))}
    made = {name: values.dictionary_encode() for name, values in made.items()}
    kept = store.Store(tmp_path)
    kept.keep("made", record(small("2016-12"), "made"), pa.table(made | {"value": pa.array([row[4] for row in rows])}))
    return kept.run("made")


def target(measure, *points, kind="relative", value=0.1, **more):
    """A target with points given as (period, value)."""
    listed = [{"period": period, "value": observed} for period, observed in points]
    tolerance = {"kind": kind, "value": value}
    made = {"id": "C1", "title": "t", "role": "calibrate", "source": ["s"], "tolerance": tolerance, "points": listed}
    return targets.Target.model_validate(made | ({"measure": measure} if measure else {}) | more)


def simulated(folder, measure, period):
    (row,) = targets.compare(folder, [target(measure, (period, 1))])
    return row.simulated


SHARE = {"measure": "homes_let", "by": "region", "take": "sum"}
FREED = {"measure": "homes_freed", "by": "region", "take": "sum"}


@pytest.mark.parametrize(
    ("measure", "period", "answer"),
    [
        ({"measure": "in_reception", "take": "end"}, "2015-05", 500),
        ({"measure": "in_reception", "take": "end"}, "2015", 1200),
        ({"measure": "in_reception", "take": "end"}, "2016-I", 1800),
        ({"measure": "in_reception", "take": "mean"}, "2015-I", 350),  # (100 + ... + 600) / 6
        ({"measure": "housed", "take": "sum"}, "2015-03", 10),
        ({"measure": "housed", "take": "sum"}, "2015-II", 60),
        ({"measure": "housed", "take": "sum"}, "2016", 120),
        ({"measure": "housed", "take": "sum", "divided_by": 1000}, "2016", 0.12),
        ({"measure": "task", "take": "sum"}, "2015-I", 50),  # told six times, asked once
        ({"measure": "task", "take": "sum"}, "2016", 140),
        ({"measure": "housed", "take": "sum", "minus": {"measure": "task", "take": "sum"}}, "2015", 20),
        ({"measure": "housed", "take": "sum", "minus": {"measure": "task", "take": "sum"}}, "2016", -20),
        ({"measure": "wait_decision", "by": "statistic", "groups": ["mean"], "take": "mean"}, "2015", 6.5),
        (SHARE | {"groups": ["Beta"]}, "2015", 36),
        (SHARE, "2015", 114),  # 78 + 36
        (SHARE | {"over": FREED}, "2015", 114 / 1560),
        (SHARE | {"over": FREED, "across": "highest"}, "2015", 0.1),  # 78 / 780
        (SHARE | {"over": FREED, "across": "lowest"}, "2015", 36 / 780),
        ({"measure": "places_by_municipality", "by": "municipality", "take": "end", "across": "zeros"}, "2015-01", 2),
    ],
)
def test_known_answers(folder, measure, period, answer):
    assert simulated(folder, measure, period) == pytest.approx(answer)


@pytest.mark.parametrize("period", ["2014-12", "2014", "2017-01", "2017-I", "2035"])
def test_a_period_that_the_run_does_not_hold_is_outside(folder, period):
    rows = targets.compare(folder, [target({"measure": "housed", "take": "sum"}, (period, 1))])
    assert (rows[0].simulated, rows[0].within, rows[0].why) == (None, None, "outside the run")
    assert targets.summary(rows) == {"C1": "outside the run"}


@pytest.mark.parametrize(
    ("kind", "value", "observed", "within"),
    [
        ("relative", 0.1, 110, True),
        ("relative", 0.1, 112, False),
        ("absolute", 5, 105, True),
        ("absolute", 5, 106, False),
        ("points", 1, 100.01, True),
        ("points", 1, 100.02, False),
        ("sign", 0, 1, True),
        ("sign", 0, -1, False),
    ],
)
def test_tolerances(folder, kind, value, observed, within):
    (row,) = targets.compare(
        folder, [target({"measure": "in_reception", "take": "end"}, ("2015-01", observed), kind=kind, value=value)]
    )
    assert row.simulated == 100
    assert row.within is within
    assert row.deviation == pytest.approx((100 - observed) / abs(observed))


def verdict(folder, *points, **more):
    made = target({"measure": "in_reception", "take": "end"}, *points, **more)
    return targets.summary(targets.compare(folder, [made]))["C1"]


def test_verdicts(folder):
    assert verdict(folder, ("2015-01", 100), ("2015-02", 200)) == "within"
    assert verdict(folder, ("2015-01", 100), ("2015-02", 999)) == "1 of 2 within"
    assert verdict(folder, ("2015-01", 100), ("2014-12", 999)) == "within"  # what the run holds is judged
    # 100 against 80 and 200 against 250: +25% and -20%, together the root of (0.0625 + 0.04) / 2 = 22.6%
    assert verdict(folder, ("2015-01", 80), ("2015-02", 250), kind="rms", value=0.1) == "RMS 23%"
    assert verdict(folder, ("2015-01", 80), ("2015-02", 250), kind="rms", value=0.23) == "within, RMS 23%"
    assert verdict(folder, ("2015-01", 2), ("2015-02", 3), kind="sign") == "within"
    assert verdict(folder, ("2015-01", 3), ("2015-02", 2), kind="sign") == "2 of 2, other order"


def test_what_the_model_lacks_is_not_yet(folder):
    rows = targets.compare(folder, [target(None, ("2015", 0.4), kind="points", value=3, needs="learning and work")])
    assert (rows[0].within, rows[0].why) == (None, "not yet")
    assert targets.summary(rows) == {"C1": "not yet"}


def test_what_a_small_run_does_not_say_is_not_judged(folder):
    rows = targets.compare(folder, [target({"measure": "municipalities_met", "take": "end"}, ("2015-01", 137))])
    assert (rows[0].within, rows[0].why) == (None, "not said at this scale")
    assert targets.summary(rows) == {"C1": "not said at this scale"}


def test_the_table_tells_all_without_a_terminal(folder):
    console = Console(width=100, record=True, quiet=True, force_terminal=False)
    reception = {"measure": "in_reception", "take": "end"}
    made = [
        target(reception, ("2015-12", 1000), ("2014-12", 3), value=0.07),
        target(None, ("2015", 0.4), kind="points", value=3, needs="learning and work", id="C11"),
    ]
    console.quiet = False
    with console.capture() as shown:
        targets.show(targets.compare(folder, made), console)
    lines = shown.get().splitlines()
    assert max(map(len, lines)) <= 100
    assert "\x1b" not in shown.get()
    told = [" ".join(line.split()) for line in lines]
    assert "C1 t: 0 of 1 within [7%]" in told
    assert "2015-12 1,000 1,200 +20% off" in told
    assert "2014-12 3 not in run" in told
    assert "C11 t (needs learning and work): not yet [3 pp]" in told
    assert told[-2:] == ["0 of 2 targets within, 1 off, 1 not judged.", "0 of 1 points within their tolerance."]


# --- the file of observations


@pytest.fixture(scope="module")
def observed():
    return targets.load()


def quantities(found):
    """Every quantity of a file, those inside others included."""
    for each in found:
        todo = [each.measure, *(point.measure for point in each.points)]
        while todo:
            if made := todo.pop():
                yield each.id, made
                todo += [made.over, made.minus]


def test_every_target_is_there(observed):
    assert {one.id for one in observed} >= ALL
    assert {one.id[0]: one.role for one in observed} == {"C": "calibrate", "V": "validate", "X": "validate"}


def test_every_target_is_measured_or_says_what_it_needs(observed):
    for one in observed:
        measured = all(point.measure or one.measure for point in one.points)
        assert measured != bool(one.needs), one.id


def test_only_known_measures_splits_and_groups(observed):
    groups = breakdowns.labels(facts.load())
    for name, made in quantities(observed):
        assert made.by in KNOWN[made.measure].by, name
        assert set(made.groups) <= set(groups[made.by]), name
        flow = "/" in KNOWN[made.measure].unit
        assert (made.take == "sum") <= flow, f"{name}: {made.measure} is a stock, do not add its months"
        assert all(part.by == made.by for part in (made.over, made.minus) if part), name


def test_a_share_of_homes_is_a_share(observed):
    for one in observed:
        if one.tolerance.kind == "points":
            assert all(0 <= point.value <= 1 for point in one.points if point.value is not None), one.id


def test_sources_are_described(observed):
    described = facts.read_sources(facts.FOLDER)["sources"]
    assert {key for one in observed for key in one.source} <= set(described)


GOOD = {
    "id": "C1", "title": "t", "role": "calibrate", "source": ["s"], "tolerance": {"kind": "relative", "value": 0.1},
    "measure": {"measure": "housed", "take": "sum"}, "points": [{"period": "2015", "value": 1}],
}  # fmt: skip


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (
            {"targets": [GOOD | {"measure": {"measure": "housedd", "take": "sum"}}]},
            "targets: C1: measure: measure: no such measure: did you mean 'housed'?",
        ),
        (
            {"targets": [GOOD | {"measure": {"measure": "housed", "take": "all"}}]},
            "targets: C1: measure: take: 'all' is not allowed: give 'end', 'sum' or 'mean'",
        ),
        (
            {"targets": [GOOD, GOOD | {"id": "C2", "points": [{"period": "2015-13", "value": 1}]}]},
            "targets: C2: points: period: '2015-13' is not a period: give a month (2022-05), a half-year (2022-I), "
            "a year ('2022') or years (2017 to 2021)",
        ),
        (
            {"targets": [GOOD | {"points": [{"period": "2015", "value": "much"}]}]},
            "targets: C1: points: value: 'much' is not allowed: give a number",
        ),
        (
            {"targets": [GOOD | {"points": [{"period": "2015", "value": True}]}]},
            "targets: C1: points: value: True is not allowed: give a number",
        ),
        (
            {"targets": [GOOD | {"points": [{"period": "2015", "value": "1,5"}]}]},
            "targets: C1: points: value: '1,5' is not allowed: give a number (write 1.5)",
        ),
        (
            {"targets": [GOOD | {"tolerance": {"kind": "relative", "value": True}}]},
            "targets: C1: tolerance: value: True is not allowed: give a number",
        ),
        ({"targets": [GOOD | {"points": []}]}, "targets: C1: points: [] is not allowed: give at least one"),
        ({"targets": [GOOD | {"tolerence": 3}]}, "targets: C1: unknown key 'tolerence': did you mean 'tolerance'?"),
        (
            {"targets": [GOOD | {"role": "both"}]},
            "targets: C1: role: 'both' is not allowed: give 'calibrate' or 'validate'",
        ),
        ({"targets": [GOOD | {"id": "Z1"}]}, "targets: Z1: id: 'Z1' is not an id of a target: give C, V or X and a n"),
        (
            {"targets": [{key: GOOD[key] for key in GOOD if key != "source"}]},
            "targets: C1: has no 'source:': write it",
        ),
        ({"targets": [GOOD, GOOD]}, "has 2 targets with 1 ids: give each an id of its own"),
        ({"targets": ["C1"]}, "targets: 'C1' holds no keys: write a mapping with id, title, role, source"),
        ({"targets": 3}, "targets: 3 is not allowed: give a list"),
        ({"goals": []}, "unknown key 'goals': choose from targets"),
        ([], "a list holds no keys: write a mapping with targets"),
        (None, "None holds no keys: write a mapping with targets"),
    ],
)
def test_a_bad_file_is_refused_in_one_line(tmp_path, content, said):
    path = tmp_path / "bad.yaml"
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    with pytest.raises(InputError) as refusal:
        targets.load(path)
    assert str(refusal.value).startswith(f"{path}: {said}")
    assert "\n" not in str(refusal.value)


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(InputError, match="none.yaml"):
        targets.load(tmp_path / "none.yaml")


@pytest.mark.parametrize(
    ("measure", "named"),
    [
        ({"measure": "permits", "take": "sum"}, "permits by total"),
        ({"measure": "homes_let", "by": "region", "groups": ["Gamma"], "take": "sum"}, "Gamma"),
    ],
)
def test_what_a_run_does_not_hold_is_named(folder, measure, named):
    with pytest.raises(InputError, match=named):
        simulated(folder, measure, "2015")


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("no", "'no' is not allowed: give a number"),
        ("yes", "'yes' is not allowed: give a number"),
        ("10:30", "'10:30' is not allowed: give a number"),
        ("38.000", "38.000 may be 38 or 38000: write 38000, or 38.0"),
        ("1.125", "1.125 may be 1.125 or 1125: write 1125, or 1.1250"),
        (".inf", "inf is not allowed: give a number"),
    ],
)
def test_a_value_that_is_no_number_is_not_taken_for_one(tmp_path, value, said):
    path, good = tmp_path / "a.yaml", yaml.safe_dump({"targets": [GOOD]})
    for key in ("value", "tolerance"):
        observed, allowed = (value, "1") if key == "value" else ("1", value)
        points = f"\n  points: [{{period: '2015', value: {observed}}}]\n"
        made = yaml.safe_dump({"targets": [{k: v for k, v in GOOD.items() if k not in ("points", "tolerance")}]})
        path.write_text(f"{made}  tolerance: {{kind: relative, value: {allowed}}}{points}")
        with pytest.raises(InputError) as error:
            targets.load(path)
        assert said in str(error.value)
    path.write_text(good)
    assert len(targets.load(path)) == 1
