"""Verdicts: median, band and overlap, discrepancies, and counts, worked out by hand."""

import pytest

from experiments.validation import verdicts
from experiments.validation.targets import Key
from experiments.validation.verdicts import DISCREPANT, OFF, WITHIN, Row
from tests.helpers.observed import RECEPTION, target, tiny


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return tiny(tmp_path_factory.mktemp("one"))


def row(values, observed, kind="relative", value=0.1, **more):
    made = target(RECEPTION, ("2015-01", observed), kind=kind, value=value, **more)
    return Row(made, made.points[0], tuple(values))


@pytest.mark.parametrize(
    ("kind", "value", "observed", "verdict"),
    [
        ("relative", 0.1, 110, WITHIN),
        ("relative", 0.1, 112, OFF),
        ("absolute", 5, 105, WITHIN),
        ("absolute", 5, 106, OFF),
        ("points", 1, 100.01, WITHIN),
        ("points", 1, 100.02, OFF),
        ("sign", 0, 1, WITHIN),
        ("sign", 0, -1, OFF),
    ],
)
def test_tolerances(run, kind, value, observed, verdict):
    (found,) = verdicts.compare([run], [target(RECEPTION, ("2015-01", observed), kind=kind, value=value)])
    assert (found.median, found.band) == (100, (100, 100))
    assert found.verdict == verdict
    assert found.deviation == pytest.approx((100 - observed) / abs(observed))


@pytest.mark.parametrize(
    ("values", "median", "band"),
    [
        ([7], 7, (7, 7)),
        ([7, 1, 4, 2], 3, (1, 7)),
        (range(1, 20), 10, (1, 19)),  # of 19 runs still all
        (range(1, 40), 20, (2, 38)),  # of 39 runs the 0.05 x 40th and the 0.95 x 40th
    ],
)
def test_the_median_and_the_band(values, median, band):
    found = row(values, 1)
    assert found.median == median
    assert found.band == pytest.approx(band)


def test_a_point_is_within_where_the_band_overlaps_the_tolerance():
    assert row([100, 110], 120).verdict == WITHIN  # 108 to 132; the median is 105
    assert row([100, 110], 123).verdict == OFF  # 110.7 to 135.3
    assert row([100, 110], 93).verdict == WITHIN  # 83.7 to 102.3
    assert row([100, 110], 90).verdict == OFF  # 81 to 99
    assert row([10, 1000], 100).verdict == WITHIN  # neither end is near
    assert row([100], None).verdict == ""


def test_the_median_alone_may_be_off_where_the_band_overlaps():
    assert [row([100, 110], observed).by_median for observed in (115, 120)] == [True, False]  # 105 is above 103.5


def test_signs_and_rms_are_decided_by_medians():
    assert row([-6, -2, 30], 5, kind="sign").verdict == OFF  # the band has both signs
    assert row([-6, -2, 30], -5, kind="sign").verdict == WITHIN
    assert row([100, 110], 120, kind="rms").verdict == OFF  # 105 is 12.5% less
    assert row([100, 110], 115, kind="rms").verdict == WITHIN


@pytest.mark.parametrize(
    ("observed", "discrepancy", "verdict"),
    [
        (200, {"below": 80}, DISCREPANT),  # 180 less 80 is 100
        (200, {"below": 79}, OFF),
        (200, {"above": 80}, OFF),  # the other side
        (50, {"above": 45}, DISCREPANT),
        (50, {"above": 44}, OFF),
        (50, {"below": 45}, OFF),
        (105, {"below": 80}, WITHIN),  # it is not needed
    ],
)
def test_a_discrepancy_widens_its_own_side(observed, discrepancy, verdict):
    assert row([100], observed, discrepancy=discrepancy | {"reason": "left out"}).verdict == verdict


def test_the_discrepancy_of_a_point_goes_before_that_of_its_target():
    made = target(RECEPTION, discrepancy={"below": 80, "reason": "a"}, points=[
        {"period": "2015-01", "value": 200},
        {"period": "2015-02", "value": 200, "discrepancy": {"above": 1, "reason": "b"}},
    ])  # fmt: skip
    assert [Row(made, point, (100.0,)).verdict for point in made.points] == [DISCREPANT, OFF]


def verdict(run, *points, **more):
    (found,) = verdicts.by_target(verdicts.compare([run], [target(RECEPTION, *points, **more)]))
    return str(found), found.verdict


def test_verdicts_on_targets(run):
    assert verdict(run, ("2015-01", 100), ("2015-02", 200)) == ("within", WITHIN)
    assert verdict(run, ("2015-01", 100), ("2015-02", 999)) == ("1 of 2 within", OFF)
    assert verdict(run, ("2015-01", 100), ("2014-12", 999)) == ("within", WITHIN)  # what the run holds is judged
    assert verdict(run, ("2014-12", 999)) == ("outside the run", "")
    assert verdict(run, ("2015-01", None)) == ("nothing observed", "")
    # 100 against 80 and 200 against 250: +25% and -20%, together the root of (0.0625 + 0.04) / 2 = 22.6%
    assert verdict(run, ("2015-01", 80), ("2015-02", 250), kind="rms", value=0.1) == ("RMS 23%", OFF)
    assert verdict(run, ("2015-01", 80), ("2015-02", 250), kind="rms", value=0.23) == ("within, RMS 23%", WITHIN)
    assert verdict(run, ("2015-01", 2), ("2015-02", 3), kind="sign") == ("within", WITHIN)
    assert verdict(run, ("2015-01", 3), ("2015-02", 2), kind="sign") == ("2 of 2, other order", OFF)


def test_verdicts_with_a_discrepancy(run):
    more = {"discrepancy": {"below": 80, "reason": "left out"}}
    assert verdict(run, ("2015-01", 200), ("2015-02", 200), **more) == (DISCREPANT, DISCREPANT)
    assert verdict(run, ("2015-01", 200), ("2015-02", 200), ("2015-03", 9), **more) == (
        "1 of 3 within, 1 more with the discrepancy", OFF,
    )  # fmt: skip
    # 100 against 125 is 20% less; of the 25 persons 12.5 are explained, so 10% is left
    part = {"discrepancy": {"below": 12.5, "reason": "left out"}}
    assert verdict(run, ("2015-01", 125), kind="rms", value=0.1, **part) == (f"{DISCREPANT}, RMS 20%", DISCREPANT)
    assert verdict(run, ("2015-01", 125), kind="rms", value=0.09, **part) == ("RMS 20%", OFF)


def test_counts_by_role_and_of_a_list(run):
    made = [
        target(RECEPTION, ("2015-01", 100), ("2015-02", 999)),
        target(RECEPTION, ("2015-01", 200), id="C2", discrepancy={"below": 80, "reason": "left out"}),
        target(RECEPTION, ("2015-01", 100), ("2014-12", 1), id="V1", role="validate"),
        target(None, ("2015-01", 1), id="V2", role="validate", needs="more"),
    ]
    rows = verdicts.compare([run], made)
    fit, unseen = (verdicts.tally(verdicts.of_role(rows, role)) for role in ("calibrate", "validate"))
    assert (fit.targets, fit.points) == ((0, 1, 1, 0), (1, 1, 1, 0))
    assert (unseen.targets, unseen.points) == ((1, 0, 0, 1), (1, 0, 0, 2))
    assert str(fit) == (
        "0 of 2 targets within, 1 more with the discrepancy; 1 of 3 points within, 1 more with the discrepancy"
    )
    assert str(unseen) == "1 of 1 targets within, 1 not judged; 1 of 1 points within, 2 not judged"
    listed = [Key("C1", "", "2015-02"), Key("V1", "", "2015-01"), Key("C9", "", "2015-01")]
    assert verdicts.tally(verdicts.of_list(rows, listed)).points == (1, 0, 1, 0)
