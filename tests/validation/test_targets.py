"""Targets: the file names only what exists, and what is wrong in one is refused in one line."""

import pytest
import yaml

from abm import measures
from abm.engine.errors import InputError
from abm.facts import facts
from abm.observe import breakdowns
from experiments.validation import targets

KNOWN = {measure.name: measure for measure in measures.MEASURES}
ALL = {f"C{n}" for n in range(1, 16)} | {f"V{n}" for n in (2, 4, 5, 7, 9, 10, 11, 16, 17)}
SET_SOMETHING = {f"X{n}" for n in (2, 3, 4, 5, 8, 10, 14, 15, 17, 18)} | {
    "V16",
    "V16b",
    "V7a",
}  # set a number of the model


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
                todo += [made.over, made.minus, made.plus]


def test_every_target_is_there(observed):
    assert {one.id for one in observed} >= ALL
    roles = {(one.id[0], one.role) for one in observed if one.id not in SET_SOMETHING}
    assert roles == {("C", "calibrate"), ("V", "validate"), ("X", "validate")}
    assert {one.role for one in observed if one.id in SET_SOMETHING} == {"calibrate"}


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


def test_every_point_that_was_judged_in_november_2026_is_still_there(observed):
    listed = targets.judged()
    assert len(listed) == len(set(listed)) == 169
    known = {
        targets.Key(one.id, point.what, point.period): point.value is not None and bool(point.measure or one.measure)
        for one in observed
        for point in one.points
    }
    assert [key for key in listed if not known.get(key)] == [], "keep it, with its id, what and period"
    assert len(known) == sum(len(one.points) for one in observed)  # so that a key is of one point


@pytest.mark.parametrize("content", ["", "id,period\nC1,2015\n", "id,what,period\nC1,2015\n"])
def test_a_list_of_points_in_another_form_is_refused(tmp_path, content):
    path = tmp_path / "judged.csv"
    path.write_text(content)
    with pytest.raises(InputError, match="judged.csv: has other columns than id, what, period"):
        targets.judged(path)


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
        (
            {"targets": [GOOD | {"discrepancy": {"below": 4000}}]},
            "targets: C1: discrepancy: has no 'reason:': write it",
        ),
        (
            {"targets": [GOOD | {"discrepancy": {"below": 4000, "reason": " "}}]},
            "targets: C1: discrepancy: has no reason: say what the model leaves out",
        ),
        (
            {"targets": [GOOD | {"discrepancy": {"reason": "left out"}}]},
            "targets: C1: discrepancy: widens nothing: give 'below:' or 'above:' more than 0",
        ),
        (
            {"targets": [GOOD | {"tolerance": {"kind": "sign"}, "discrepancy": {"above": 1, "reason": "left out"}}]},
            "targets: C1: a sign has no size: remove 'discrepancy:'",
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
