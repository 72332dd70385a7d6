"""Numbers of the report: worked out by hand from made-up months of pairs of runs."""

import math

import numpy as np
import pandas as pd
import pytest

from abm.tables.money import Purpose
from experiments.analysis import compared
from experiments.report import chapters, quantities
from experiments.report.quantities import Outcomes, Quantity, Window, stock, sure, window

NAN = math.nan
PEOPLE, HOMES = ("in_reception", "total", "all"), ("lettings", "seeker", "regular")
FIRST_YEAR = Window(0, 11, whole=True)


def outcomes(part, a, b) -> Outcomes:
    """Outcomes of one part: the months of each seed on both sides; a number stands for a year of it."""
    months = {
        (*part, side, seed): np.full(12, of) if np.isscalar(of) else np.asarray(of, float)
        for side, several in (("a", a), ("b", b))
        for seed, of in enumerate(several, 1)
    }
    return Outcomes(months, tuple(range(1, len(a) + 1)))


def test_means_are_over_whole_years_and_the_last_ones():
    assert window(144, 252) == Window(156, 251, whole=True)  # to the end of 2035, from the beginning of 2028
    assert window(144, 252, years=9) == window(144, 252, years=20) == Window(144, 251, whole=True)


def test_a_year_that_a_difference_begins_in_does_not_count():
    assert window(145, 252, years=20) == Window(156, 251, whole=True)


def test_without_a_whole_year_all_months_since_the_difference_count():
    assert window(1, 3) == Window(1, 2, whole=False)
    assert window(13, 35) == Window(13, 34, whole=False)  # February 2016 to November 2017 holds none
    assert window(12, 24) == Window(12, 23, whole=True)
    assert window(12, 24).years == [2016]


def test_a_mean_leaves_out_months_without_a_value():
    assert quantities.mean(np.array([1.0, NAN, 3.0])) == 2
    assert quantities.a_year(np.array([1.0, NAN, 3.0])) == 24
    assert math.isnan(quantities.mean(np.array([NAN, NAN])))


def test_a_difference_is_that_of_pairs_with_students_interval():
    made = outcomes(PEOPLE, a=[10, 20, 30, 40], b=[11, 22, 33, 42])  # differences 1, 2, 3, 2
    row = made.table([chapters.RECEPTION[0]], FIRST_YEAR).loc["in_reception"]
    half = 3.182446 * math.sqrt(2 / 3) / 2  # of 3 degrees of freedom; their variance is 2/3
    assert (row["a"], row["b"], row["difference"]) == (25, 27, 2)
    assert (row["low"], row["high"]) == pytest.approx((2 - half, 2 + half), abs=1e-5)
    assert row["sure"] == quantities.CLEARLY


def test_only_the_months_of_the_window_count():
    months = [np.append(np.zeros(12), np.full(12, value)) for value in (1, 3)]
    made = outcomes(PEOPLE, a=months, b=[each + 5 for each in months])
    row = made.table([chapters.RECEPTION[0]], Window(12, 23, whole=True)).loc["in_reception"]
    assert (row["a"], row["b"]) == (2, 7)


def test_a_flow_is_that_of_a_year():
    row = outcomes(HOMES, a=[10, 10], b=[11, 12]).table([chapters.LETTINGS[0]], FIRST_YEAR).iloc[0]
    assert (row["a"], row["b"]) == (120, 138)


def test_verdicts_are_corrected_for_the_rows_of_the_table():
    """Differences 3, 1, 3, 1 have p = 0.0405 (t = 2 / (1.1547 / 2) = 3.4641): of two rows it is not below 0.05."""
    one = outcomes(PEOPLE, a=[0, 0, 0, 0], b=[3, 1, 3, 1])
    two = Outcomes(one.of | {(*HOMES, *key[3:]): value for key, value in one.of.items()}, one.seeds)
    several = [chapters.RECEPTION[0], stock(*HOMES, "homes")]
    assert one.table(several[:1], FIRST_YEAR)["sure"].tolist() == [quantities.CLEARLY]
    assert two.table(several, FIRST_YEAR)["sure"].tolist() == [quantities.PROBABLY] * 2


@pytest.mark.parametrize(
    ("low", "high", "verdict", "how"),
    [
        (1, 2, "B is higher", quantities.CLEARLY),
        (-2, -1, "B is lower", quantities.CLEARLY),
        (1, 2, compared.CANNOT_TELL, quantities.PROBABLY),
        (-2, -1, compared.CANNOT_TELL, quantities.PROBABLY),
        (-1, 2, compared.CANNOT_TELL, quantities.UNKNOWN),
        (0, 0, compared.SAME, quantities.SAME),
        (NAN, NAN, compared.NO_VALUE, quantities.NOTHING),
    ],
)
def test_how_sure_a_difference_is(low, high, verdict, how):
    assert sure(low, high, verdict) == how


def test_the_weakest_of_two_verdicts_counts():
    assert quantities.weakest(quantities.CLEARLY, quantities.PROBABLY) == quantities.PROBABLY
    assert quantities.weakest(quantities.UNKNOWN, quantities.CLEARLY) == quantities.UNKNOWN


def test_a_quantity_without_values_is_no_difference():
    made = outcomes(PEOPLE, a=[np.full(12, NAN), 1], b=[np.full(12, NAN), 2])
    assert made.table([chapters.RECEPTION[0]], FIRST_YEAR)["sure"].tolist() == [quantities.NOTHING]
    assert made.table([], FIRST_YEAR).empty


def test_a_year_has_the_least_and_most_of_both_sides():
    made = outcomes(PEOPLE, a=[10, 20], b=[30, 50])
    years = made.by_year(chapters.RECEPTION[0], 2015, 2015)
    row = years.loc[2015]
    assert (row["a_min"], row["a_max"], row["b_min"], row["b_max"], row["difference"]) == (10, 20, 30, 50, 25)
    assert row["low"] == pytest.approx(25 - 12.7062 * 5, abs=1e-3)  # one degree of freedom; the standard error is 5


def test_pairs_of_one_world_count_as_one():
    made = outcomes(PEOPLE, a=[10, 20, 30, 50], b=[11, 23, 36, 60])  # differences 1, 3 | 6, 10: means 2 and 8
    worlds = Outcomes(made.of, made.seeds, {1: "x", 2: "x", 3: "y", 4: "y"})
    row = worlds.table([chapters.RECEPTION[0]], FIRST_YEAR).loc["in_reception"]
    assert (row["a"], row["b"], row["difference"], row["pairs"]) == ((15 + 40) / 2, (17 + 48) / 2, 5, 2)
    assert row["high"] == pytest.approx(5 + 12.7062 * 3, abs=1e-3)  # one degree of freedom; the standard error is 3
    assert (worlds.units, made.units) == (2, 4)


def test_a_world_alone_is_over_its_own_pairs():
    made = outcomes(PEOPLE, a=[10, 20, 30, 50], b=[11, 23, 36, 60])
    worlds = Outcomes(made.of, made.seeds, {1: "x", 2: "x", 3: "y", 4: "y"})
    rows = worlds.by_world(chapters.RECEPTION[0], FIRST_YEAR)
    assert rows["difference"].to_dict() == {"x": 2, "y": 8}
    assert rows["pairs"].tolist() == [2, 2]
    assert rows.loc["x", "high"] == pytest.approx(2 + 12.7062, abs=1e-3)  # one degree of freedom, standard error 1


def test_a_pair_of_a_world_without_a_value_on_one_side_does_not_count():
    made = outcomes(PEOPLE, a=[10, np.full(12, NAN), 30, 50], b=[11, 99, 36, 60])
    worlds = Outcomes(made.of, made.seeds, {1: "x", 2: "x", 3: "y", 4: "y"})
    row = worlds.table([chapters.RECEPTION[0]], FIRST_YEAR).loc["in_reception"]
    assert (row["a"], row["b"], row["difference"]) == ((10 + 40) / 2, (11 + 48) / 2, 4.5)
    empty = outcomes(PEOPLE, a=[np.full(12, NAN)] * 4, b=[1, 2, 3, 4])
    worlds = Outcomes(empty.of, empty.seeds, {1: "x", 2: "x", 3: "y", 4: "y"})
    assert worlds.table([chapters.RECEPTION[0]], FIRST_YEAR)["sure"].tolist() == [quantities.NOTHING]


def test_on_how_many_simulated_people_a_number_rests():
    counted = outcomes(PEOPLE, a=[100, 200], b=[400, 600])
    assert counted.simulated(chapters.RECEPTION[0], 0, 11, 0.1) == 50
    waits = outcomes(HOMES, a=[10, 20], b=[0, 0])  # 180 a year in the mean
    assert waits.simulated(chapters.REGISTRATION[0], 0, 11, 0.1) == pytest.approx(18)
    assert counted.simulated(chapters.COST, 0, 11, 0.1) == math.inf
    nobody = outcomes(PEOPLE, a=[0, 0], b=[0, 0])
    assert nobody.simulated(chapters.RECEPTION[0], 0, 11, 0.1) == math.inf  # nothing is not a small number


def test_a_quantity_is_carried_from_the_least_scale_of_its_measures_on():
    held, cost = chapters.RECEPTION[2], chapters.paid(Purpose.PLACES_EMPTY)
    assert (held.least(), cost.least(), chapters.RECEPTION[0].least()) == (0.2, 0.2, 0)
    assert quantities.carried([held, cost], 0.1) == []
    assert quantities.carried([held, cost], 0.2) == [held, cost]
    assert quantities.left_out([held, held, cost], 0.1) == [(held, 0.2), (cost, 0.2)]


def test_the_public_pays_others_and_is_paid_by_some():
    paid = {Purpose.PLACES_REGULAR: 100, Purpose.INTERIM_GRANTS: 7, Purpose.STARTER_GRANTS: 20, Purpose.PENALTIES: 3}
    income = {Purpose.CONTRIBUTIONS: 30, Purpose.SAVINGS_FORFEITED: 2}
    months = [np.full(12, (paid | income).get(purpose, 0.0)) for purpose in chapters.SIGNS]
    assert chapters.net_of_public(*months) == 12 * (100 + 7 + 20 + 3 - 30 - 2)
    inside = {Purpose.BUDGET_COA, Purpose.BUDGET_IND, Purpose.SAVED, Purpose.RELEASED_HOME, Purpose.RELEASED_RETURN}
    assert set(Purpose) - set(chapters.PURPOSES) == inside  # from the public to the public, and people's own savings
    assert set(chapters.SIGNS) <= set(chapters.PURPOSES)


def test_what_is_not_counted_has_no_purpose_yet():
    there = set(chapters.NOT_COUNTED) & {purpose.name for purpose in Purpose}
    assert not there, f"{there}: is counted now: take it out of NOT_COUNTED and into PURPOSES"


def test_the_cost_of_a_day():
    assert chapters.per_day(np.full(12, 3_043_750.0), np.full(12, 1000.0)) == pytest.approx(100)  # 30.4375 days
    assert math.isnan(chapters.per_day(np.zeros(12), np.zeros(12)))


def test_no_two_quantities_have_one_name():
    names = pd.Series([each.name for each in chapters.EVERY])
    assert names[names.duplicated()].tolist() == []


def test_a_label_is_that_of_the_measure_unless_it_has_its_own():
    from experiments.report.words import Words

    plain = Quantity("x", quantities.PERSONS, (PEOPLE,), quantities.mean)
    assert [plain.said(Words(each)) for each in ("en", "nl")] == ["People in reception", "Mensen in de opvang"]
    assert chapters.COST_A_DAY.said(Words("nl")) == "Kosten van de opvang per persoon per dag"
