"""The numbers of factsheets: the same as those worked out from the stored outcomes, and what is not shown of them."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from experiments.analysis import compared
from experiments.report import places, sheets
from experiments.report.places import COUNTRY, LINES, REGION, TOO_FEW, TOWN, Line
from experiments.report.quantities import CLEARLY, MONTHS, NOTHING, PERSONS, SAME, sure
from experiments.report.words import Words
from experiments.store.store import Store
from experiments.sweeps import loading
from tests.helpers.places import tiny_pair
from tests.helpers.runs import real

COUNT = Line("count", PERSONS, ("in_reception",), label="People in reception")
WAIT = Line("wait", MONTHS, ("registration_time",), label="Mean wait", rests="count")
YEAR = (12, 24)  # months of 2016


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return Store(tmp_path_factory.mktemp("places"))


@pytest.fixture(scope="module")
def pair(store):
    return tiny_pair(store)


@pytest.fixture(scope="module")
def found(store, pair) -> sheets.Sheets:
    return sheets.Sheets(store, pair, Words("en"))


def by_hand(store, pair, measure: str, by: str, group: str) -> pd.DataFrame:
    """Mean over the months of 2016 of a measure of each run: a row per pair, a column per side."""
    frame = loading.outcomes(store, pair.runs["run"].tolist(), [measure], by)
    frame = frame[(frame["group"].astype(str) == group) & frame["month"].astype(str).str.startswith("2016")]
    means = frame.groupby(frame["run"].astype(str))["value"].mean()
    rows = pair.runs.assign(value=pair.runs["run"].map(means))
    return rows.pivot(index="seed", columns="side", values="value")


TOWNS = ["Groningen", "Apeldoorn", "Westerwolde", "Vlieland"]


@pytest.mark.parametrize("town", TOWNS)
@pytest.mark.parametrize(
    ("line", "measure", "times"),
    [
        ("reception_places", "places_by_municipality", 1),
        ("in_reception", "in_reception", 1),
        ("task", "task", 1),
        ("task_balance", "task_balance", 1),
        ("housed", "housed", 12),
        ("homes_let", "homes_let", 12),
        ("registration_time", "registration_time", 1),
        ("support", "support", 1),
        ("accepting_own", "accepting_own", 1),
    ],
)
def test_numbers_of_a_municipality_are_those_of_the_stored_outcomes(store, pair, found, town, line, measure, times):
    of, at = found.places.of_level[TOWN], found.places.names(TOWN).index(town)
    sides = times * by_hand(store, pair, measure, TOWN, town)
    row = of.at(line)
    wanted = compared.differences(sides.assign(outcome=line, unit="").reset_index()).iloc[0]
    for key in ("a", "b", "difference", "low", "high", "p"):
        assert getattr(of, key)[row, at] == pytest.approx(wanted[key], nan_ok=True), key


def test_lettings_to_others_are_all_but_those_to_newcomers(store, pair, found):
    every = by_hand(store, pair, "lettings", REGION, "Zeeland")
    newcomers = by_hand(store, pair, "homes_let", REGION, "Zeeland")
    of, at = found.places.of_level[REGION], found.places.names(REGION).index("Zeeland")
    row = of.at("let_to_others")
    assert of.a[row, at] == pytest.approx(12 * (every["a"] - newcomers["a"]).mean())
    country = found.places.of_level[COUNTRY]
    seekers = [by_hand(store, pair, "lettings", "seeker", each) for each in ("regular", "young", "student", "urgent")]
    assert country.b[country.at("let_to_others"), 0] == pytest.approx(12 * sum(seekers)["b"].mean())


def test_regions_and_the_country_add_up(found):
    towns = found.places.of_level[TOWN]
    for line in ("reception_places", "in_reception", "awaiting_home", "task", "housed", "let_to_others"):
        row = towns.at(line)
        for level in (REGION, COUNTRY):
            of = found.places.of_level[level]
            assert of.a[of.at(line)] == pytest.approx(places.added(real(), level, towns.a[row])), (line, level)


def test_the_country_has_what_is_near_locations_and_far(store, pair, found):
    of = found.places.of_level[COUNTRY]
    for group in ("near", "far"):
        sides = by_hand(store, pair, "support", "nearness", group)
        assert of.a[of.at(f"support {group}"), 0] == pytest.approx(sides["a"].mean())
    assert "support near" not in [line.name for line in found.places.of_level[TOWN].lines]


def test_years_are_means_of_their_months(store, pair, found):
    assert found.places.of == (2015, 2016)
    at = found.places.names(TOWN).index("Westerwolde")
    sides = by_hand(store, pair, "in_reception", TOWN, "Westerwolde")
    assert found.places.years[TOWN]["in_reception"][1, :, at, 1].tolist() == pytest.approx(sides["b"].tolist())


def of_values(a, b, lines=(COUNT,), inhabitants=1e5, sampled=0.01) -> places.Differences:
    """Differences of one place: (lines, pairs) each."""
    a, b = (np.array(side, dtype=float)[:, :, None] for side in (a, b))
    return places.differences(lines, a, b, np.array([inhabitants]), sampled)


def test_differences_are_those_of_a_table_of_one_place():
    rng = np.random.default_rng(1)
    a, b = rng.normal(50, 5, (3, 6)), rng.normal(55, 5, (3, 6))
    b[1], a[2, :5] = a[1] + 2, np.nan  # the same difference in every pair; only one pair has a value
    lines = tuple(replace(COUNT, name=name) for name in "xyz")
    found = of_values(a, b, lines)
    frame = pd.concat(
        [pd.DataFrame({"outcome": name, "unit": "", "a": a[at], "b": b[at]}) for at, name in enumerate("xyz")]
    )
    wanted = compared.differences(frame)
    for key in ("a", "b", "difference", "low", "high", "p"):
        assert getattr(found, key)[:, 0].tolist() == pytest.approx(wanted[key].tolist(), nan_ok=True), key
    known = [sure(*row) for row in zip(wanted["low"], wanted["high"], wanted["verdict"], strict=True)]
    assert known[1:] == [CLEARLY, NOTHING]
    assert found.sure[:, 0].tolist() == known


def test_what_rests_on_fewer_than_thirty_has_no_verdict_and_does_not_count_in_the_correction():
    many, few = [100, 101, 99, 100], [10, 11, 9, 10]
    more = [[value + 5 + at for at, value in enumerate(each)] for each in (many, few)]
    lines = (COUNT, replace(COUNT, name="small"), replace(WAIT, rests="small"))
    found = of_values([many, few, [5, 6, 5, 6]], [*more, [9, 9, 8, 9]], lines)
    assert found.rests[:, 0].tolist() == [106.5, 16.5, 16.5]  # the side that has more
    assert found.sure[1:, 0].tolist() == [TOO_FEW, TOO_FEW]
    alone = of_values([many], [more[0]])
    assert found.sure[0, 0] == alone.sure[0, 0] == CLEARLY
    assert of_values([many], [many]).sure[0, 0] == SAME


def test_support_rests_on_the_residents_that_are_simulated():
    line = next(line for line in LINES if line.name == "support")
    against = next(line for line in LINES if line.name == "objections")
    found = of_values([[0.1, 0.2], [2000, 2000]], [[0.2, 0.3], [4000, 4000]], (line, against), 2900, 0.01)
    assert found.rests[:, 0].tolist() == pytest.approx([29, 40])


@pytest.mark.parametrize(
    ("a", "b", "hidden"),
    [(4.9, 80, (True, False)), (80, 0, (False, True)), (0, 0, (True, True)), (5, 80, (False, False))],
)
def test_counts_under_five_are_hidden(a, b, hidden):
    found = of_values([[a, a, a]], [[b, b, b]])
    assert tuple(bool(side[0, 0]) for side in found.small) == hidden


def test_waits_and_shares_under_five_are_not_hidden():
    found = of_values([[50, 50], [1, 2]], [[50, 51], [2, 3]], (COUNT, WAIT))
    assert [bool(side[1, 0]) for side in found.small] == [False, False]


def test_a_small_count_is_words_and_its_difference_is_not_given(found):
    of = found.places.of_level[TOWN]
    row = of.at("in_reception")
    hidden = np.flatnonzero(of.small[0][row] | of.small[1][row])
    assert len(hidden)
    line = of.lines[row]
    for at in hidden:
        said = found.row(TOWN, line, int(at))
        assert "fewer than five" in (said.a, said.b)
        assert (said.difference, said.interval) == ("–", "–")
    shown = next(at for at in range(len(of.a[row])) if at not in hidden)
    assert found.row(TOWN, line, shown).difference != "–"


def test_a_balance_near_zero_is_hidden_as_well():
    line = next(line for line in LINES if line.name == "task_balance")
    housed = next(line for line in LINES if line.name == "housed")
    found = of_values([[-3, -3], [40, 40]], [[-30, -30], [40, 40]], (line, housed))
    assert [bool(side[0, 0]) for side in found.small] == [True, False]


def test_worlds_count_once_by_the_mean_of_their_pairs(store, pair):
    runs = pair.runs.assign(world=["x" if seed < 3 else "y" for seed in pair.runs["seed"]])
    found = sheets.Sheets(store, replace(pair, runs=runs), Words("en")).places
    assert (found.pairs, found.units) == (3, 2)
    of, at = found.of_level[COUNTRY], 0
    sides = by_hand(store, pair, "in_reception", "total", "all")
    each = [sides.loc[[1, 2]].mean(), sides.loc[3]]
    row = of.at("in_reception")
    assert of.difference[row, at] == pytest.approx(np.mean([side["b"] - side["a"] for side in each]))
    wanted = compared.interval(np.array([side["b"] - side["a"] for side in each]))
    assert (of.low[row, at], of.high[row, at]) == pytest.approx(wanted)
