"""What each part of a ladder does: its numbers worked out anew, and what follows for decisions."""

import re

import numpy as np
import pandas as pd
import pytest

from abm.engine.errors import InputError
from abm.facts import facts
from experiments.designs import design as design_of
from experiments.designs.design import from_dict
from experiments.report import chapters, claims, council, ladder, quantities, sentences, swept
from experiments.report.ladder import Decision, PartRow, Parts, PartTable
from experiments.report.quantities import Outcomes, Window
from experiments.report.sentences import Shown
from experiments.report.words import LANGUAGES, Words
from experiments.store.store import Store
from experiments.sweeps import api, loading, sweep
from experiments.sweeps.execution import Execution
from tests.helpers.pages import Elements
from tests.helpers.runs import CURRENT

FASTER, CLASSES, REST = "faster decisions", "classes", "rest"
DESIGN = {
    "scenarios": CURRENT,
    "until": "2015-06",
    "scale": 0.002,
    "replicates": 2,
    "measures": ["summary"],
}


def design(tmp_path, groups: dict) -> dict:
    """A ladder from one scenario to a scenario with some changes from February 2015 on."""
    target = tmp_path / "target.yaml"
    target.write_text(
        f"extends: {CURRENT}\nname: target\npolicy:\n  decision:\n    capacity_factor: {{2015-02: 3}}\n"
        "  status:\n    brp_weeks: {2015-02: 1}\n  integration:\n    classes_from: {2015-02: arrival}\n",
        encoding="utf-8",
    )
    return DESIGN | {"levers": {"method": "ladder", "to": str(target), "groups": groups}}


GROUPS = {
    FASTER: "policy.decision.capacity_factor",
    CLASSES: "policy.integration.classes_from",
    REST: "policy.status.brp_weeks",
}


@pytest.fixture(scope="module")
def how(tmp_path_factory) -> Execution:
    return Execution(workers=1, store=Store(tmp_path_factory.mktemp("ladder")))


@pytest.fixture(scope="module")
def pair(how, tmp_path_factory):
    folder = tmp_path_factory.mktemp("design")
    api.sweep(from_dict(design(folder, GROUPS), "three", "."), how)
    return swept.pair("three", how)


@pytest.fixture(scope="module", params=LANGUAGES)
def html(how, pair, request) -> str:
    return council.html(how.store, pair, request.param)


def test_the_ends_are_the_sides_and_every_point_is_there_by_pair(pair):
    assert pair.a.values["decision", "capacity_factor"] != pair.b.values["decision", "capacity_factor"]
    assert set(pair.runs["side"]) == {"a", "b"}
    points = ["base", "only faster decisions", "only classes", "only rest"]
    points += ["all but faster decisions", "all but classes", "all but rest", "everything"]
    assert sorted(zip(pair.parts["side"], pair.parts["seed"], strict=True)) == sorted(
        (point, seed) for point in points for seed in (1, 2)
    )
    ends = pair.parts[pair.parts["side"].isin(["base", "everything"])]
    both = ends.replace({"side": {"base": "a", "everything": "b"}}).sort_values(["seed", "side"], ignore_index=True)
    pd.testing.assert_frame_equal(both, pair.runs[both.columns], check_dtype=False)


def test_differences_are_those_of_the_runs(how, pair):
    words, over = Words("en"), Window(1, 5, whole=False)
    (table,) = Parts(how.store, pair.parts, over, words).tables([chapters.RECEPTION[0]], {})
    frame = loading.load("three", "in_reception", "total", store=how.store.files.root)
    late = frame[frame["month"].astype(str) > "2015-01"]
    mean = late.groupby(["label", "replicate"], observed=True)["value"].mean().groupby("label", observed=True).mean()
    values = table.values.set_index(["part", "how"])["difference"]
    for part in GROUPS:
        assert values[part, "alone"] == pytest.approx(mean[f"only {part}"] - mean["base"])
        assert values[part, "in all"] == pytest.approx(mean["everything"] - mean[f"all but {part}"])
    assert values["", "alone"] == pytest.approx(sum(values[part, "alone"] for part in GROUPS))
    assert values["", "in all"] == pytest.approx(mean["everything"] - mean["base"])
    assert [row.part for row in table.rows] == [*GROUPS, ""]


def test_of_two_parts_the_other_one_is_all_but_one(how, tmp_path):
    groups = {FASTER: GROUPS[FASTER], REST: [GROUPS[CLASSES], GROUPS[REST]]}
    api.sweep(from_dict(design(tmp_path, groups), "two", "."), how)
    pair, words = swept.pair("two", how), Words("en")
    parts = Parts(how.store, pair.parts, Window(1, 5, whole=False), words)
    values = parts.tables([chapters.RECEPTION[0]], {})[0].values.set_index(["part", "how"])["difference"]
    assert values[FASTER, "in all"] == pytest.approx(values["", "in all"] - values[REST, "alone"])


def test_the_page_has_them_in_both_languages(html):
    assert Elements(html).wrong == []
    assert 'id="parts"' in html
    assert 'id="decisions"' in html
    names = re.findall(r'<th scope="row">([^<]*)<', html.split('id="table-decisions"')[1].split("</table>")[0])
    dutch = '<html lang="nl">' in html
    assert names == (["Sneller beslissen", CLASSES, REST] if dutch else ["Faster decisions", CLASSES, REST])


def test_a_pair_without_a_ladder_has_none(how, pair):
    alone = council.Pair(pair.a, pair.b, pair.since, pair.runs)
    html = council.html(how.store, alone, "en")
    assert 'id="parts"' not in html
    assert "a report of a ladder shows that" in html


def test_the_steps_are_left_where_only_the_ends_are_wanted(how, pair):
    ends = swept.pair("three", how, with_parts=False)
    assert ends.parts is None
    pd.testing.assert_frame_equal(ends.runs, pair.runs)


# --- what follows for decisions


def row(sure: str, higher: bool) -> Shown:
    return Shown("", "", "", "", "+5" if higher else "-5", "", "", sure, higher)


def table(name: str, *several: Shown) -> PartTable:
    rows = [PartRow(f"part {number}", each, each) for number, each in enumerate(several)]
    return PartTable(name, name, "persons", rows, pd.DataFrame())


def test_a_part_is_sorted_by_what_it_brings_and_how_sure_that_is():
    parts = Parts.__new__(Parts)
    parts.words, parts.names = Words("en"), ["p", "q"]
    work, reception = chapters.SOONER.name, chapters.RECEPTION[0].name
    tables = [
        table(work, row("clearly", True), row("unknown", True)),
        table(reception, row("probably", True), row("probably", False)),
    ]
    assert parts.decisions(tables) == [
        Decision("part 0", [f"{work}: +5 persons (clearly)"], [f"{reception}: +5 persons (probably)"], []),
        Decision("part 1", [f"{reception}: -5 persons (probably)"], [], [work]),
    ]


def test_every_outcome_by_part_has_the_direction_that_the_plan_promises():
    more = [chapters.SOONER, chapters.OTHERS, claims.NEAR]
    less = [chapters.RECEPTION[0], claims.STATUS_HOLDERS, chapters.REGISTRATION[0], chapters.COST]
    found = {each.name: ladder.WANTED[each.name] for each in ladder.BY_PART}
    assert found == {each.name: True for each in more} | {each.name: False for each in less}


def outcomes(**sides) -> Outcomes:
    """People in reception in one month of each pair, by side."""
    part = chapters.RECEPTION[0].parts[0]
    of = {
        (*part, side, seed): np.array([float(value)])
        for side, values in sides.items()
        for seed, value in enumerate(values, 1)
    }
    return Outcomes(of, tuple(range(1, 9)))


def test_verdicts_are_corrected_for_all_rows_of_a_table_and_digits_are_of_differences(how):
    flat, moved = [100_000] * 8, [100_000 + each for each in (3, -1, 2, 4, 0, 3, 1, 2)]  # Student's p = 0.021
    sides = {"base": flat, "only p": moved, "only q": flat, "all but p": flat, "all but q": flat, "everything": flat}
    runs = pd.DataFrame([("", side, 1) for side in sides], columns=["run", "side", "seed"])
    parts = Parts(how.store, runs, Window(0, 0, whole=False), Words("en"))
    table = parts._table(chapters.RECEPTION[0], outcomes(**sides), {})
    first, second, whole = table.rows
    assert (first.alone.sure, first.in_all.sure, second.alone.sure) == ("probably", "same", "same")
    assert (whole.alone.sure, whole.in_all.sure) == ("probably", "same")
    assert (str(first.alone.difference), str(first.alone.interval)) == ("+1.8", "+0.4 to +3.1")


def test_how_many_read_probably_by_accident():
    none = [Decision("", ["a"] * 3, ["b"], ["c"] * 3)] * 14
    assert Parts.by_accident(none) == (5, 98)


def test_a_ladder_over_several_worlds_is_refused_in_one_line(tmp_path):
    how = Execution(workers=1, store=Store(tmp_path))
    uncertainties = {"method": "list", "points": [{}, {"world.decision.appeal_share": 0.5}]}
    given = design(tmp_path, GROUPS) | {"until": "2015-02", "replicates": 2, "uncertainties": uncertainties}
    sweep.begin(from_dict(given, "many", "."), how.store, facts.load().digest)
    with pytest.raises(InputError, match=r"^sweep 'many': is a ladder over several worlds, .*: omit 'uncertainties:'"):
        swept.pair("many", how)


NEVER = "In no year to 2030 has B cost less than A, added up since June 2027."
LESS, SURE = "Added up, B has cost less than A at the end of", "The whole interval is"


@pytest.mark.parametrize(
    ("difference", "low", "high", "said"),
    [
        ([5, 4, 3], [-1, -1, -1], [9, 9, 9], [NEVER]),
        ([5, 4, 3], [1, -1, 1], [9, 9, 9], [NEVER, f"{SURE} above 0 at the end of 2028 and 2030."]),
        ([5, -1, -3], [1, -9, -9], [9, 4, 2], [f"{LESS} 2029 to 2030.", f"{SURE} above 0 at the end of 2028."]),
        ([5, -1, -3], [-1, -9, -9], [9, 4, -1], [f"{LESS} 2029 to 2030.", f"{SURE} below 0 at the end of 2030."]),
        ([-5, 1, -3], [-9, -4, -9], [-2, 4, -1],
         [f"{LESS} 2028 and 2030.", f"{SURE} below 0 at the end of 2028 and 2030."]),
        # less at first, and more in the end, as a policy that borrows from later years
        ([-5, -4, 3], [-9, -9, 1], [-2, -1, 5],
         [f"{LESS} 2028 to 2029.", f"{SURE} below 0 at the end of 2028 to 2029.",
          f"{SURE} above 0 at the end of 2030."]),
    ],
)  # fmt: skip
def test_the_years_in_which_it_has_paid_for_itself(difference, low, high, said):
    years = pd.DataFrame({"difference": difference, "low": low, "high": high}, index=[2028, 2029, 2030])
    assert sentences.breaks_even(years, "June 2027", Words("en")) == " ".join(said)


def test_shares_of_groups_are_people_over_people():
    women = next(each for each in chapters.BY_GROUP if each.name == "at work sex women")
    assert women.value(pd.Series([1.0, 3.0]).to_numpy(), pd.Series([10.0, 30.0]).to_numpy()) == pytest.approx(0.1)
    assert pd.isna(women.value(pd.Series([0.0]).to_numpy(), pd.Series([0.0]).to_numpy()))


@pytest.mark.parametrize("name", ["ladder-plan", "plan-in-worlds"])
def test_the_designs_of_the_plan_take_all_that_their_report_needs(name):
    made = design_of.load(f"configs/designs/{name}.yaml")
    needed = quantities.asked(quantities.carried(council.QUANTITIES, made.scenarios[0].scale))
    assert made.asked is not None
    assert needed - made.asked == frozenset()


def test_the_points_between_need_not_count_on_how_many_they_rest():
    assert ("working_age", "since_permit") in quantities.asked(ladder.BY_PART)
    assert ("working_age", "since_permit") not in quantities.asked(ladder.carried(1.0))
