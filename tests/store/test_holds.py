"""Outcomes by the measures asked for: taken when they are lacking, and never shown where other code took them."""

from pathlib import Path

import pyarrow.compute as pc
import pytest

from abm import measures, start
from abm.asylum import measures as of_asylum
from abm.engine.errors import InputError
from experiments.store import holds, versions
from experiments.store.checkpoints import Checkpoints
from experiments.store.store import Store
from experiments.sweeps import loading, replicates, runner
from experiments.sweeps import sweep as sweeps
from experiments.sweeps.execution import Execution
from tests.helpers.runs import CURRENT, difference, real, recorded, small
from tests.helpers.stores import content, record

SHORT = small("2015-03", scale=0.005)
HERE = measures.asked_of(["in_reception", "permits by origin"])
MORE = measures.asked_of(["in_reception by kind", "employed", "permits by origin"])


@pytest.fixture(autouse=True)
def read_once(monkeypatch):
    """The real facts, which need not be read for each run."""
    inputs = real()
    monkeypatch.setattr(runner.facts, "load", lambda layout=None: inputs)


@pytest.fixture
def other_code(monkeypatch):
    """Call it, and the measures of reception have other code."""

    def edited() -> None:
        before = versions._code_of_module
        monkeypatch.setattr(
            versions, "_code_of_module", lambda name: "edited" if name == of_asylum.__name__ else before(name)
        )

    return edited


def held(place: Path, run: str) -> list[str]:
    """What the files of a run hold, in words."""
    table = Store(place).run(run).outcomes()
    return sorted({f"{name} by {by}" for name, by in zip(table["measure"], table["by"], strict=True)})


def test_only_what_is_asked_is_taken_and_it_is_the_same():
    few, _ = runner.simulate(SHORT, real(), asked=HERE)
    assert set(few.values) == HERE
    assert difference(few, recorded(SHORT)) == []


def test_what_a_kept_run_lacks_is_taken_when_it_is_asked_for(tmp_path):
    kept, made = runner.run(SHORT, tmp_path, asked=HERE)
    before = content(tmp_path)
    assert (made, held(tmp_path, kept.name)) == (True, ["in_reception by total", "permits by origin"])
    assert runner.run(SHORT, tmp_path, asked=HERE)[1] is False
    again, made = runner.run(SHORT, tmp_path, asked=MORE)
    assert (again.name, made, again.holds()) == (kept.name, True, HERE | MORE)
    assert {key: each for key, each in content(tmp_path).items() if key in before} == before  # and nothing twice
    assert held(tmp_path, kept.name) == [
        "employed by total",
        "in_reception by kind",
        "in_reception by total",
        "permits by origin",
    ]
    whole = recorded(SHORT).table().to_pandas()
    for measure, by in HERE | MORE:
        mine = again.outcomes(measure, by)["value"].tolist()
        its = whole[(whole["measure"] == measure) & (whole["by"] == by)]["value"].tolist()
        assert mine == its


def test_it_is_taken_by_branching(tmp_path, monkeypatch):
    known = Checkpoints(Store(tmp_path), real().digest)
    few, _ = runner.simulate(SHORT, real(), None, known, (2,), HERE)
    whole = recorded(SHORT)
    assert set(few.values) == HERE
    assert difference(few, whole) == []

    def begins_again(*given):
        raise AssertionError("begins in January 2015")

    monkeypatch.setattr(start, "begin", begins_again)
    for asked in (MORE, HERE, None):  # in a state is all that was measured before it
        again, _ = runner.simulate(SHORT, real(), None, known, (2,), asked)
        assert set(again.values) == (asked or runner.every(SHORT))
        assert difference(again, whole) == []


def test_a_value_that_other_code_took_is_not_shown(tmp_path, other_code):
    store = Store(tmp_path)
    run, _ = runner.run(SHORT, tmp_path, asked=HERE | MORE)
    old = run.outcomes("in_reception", "total")
    other_code()
    assert run.holds() == {("employed", "total")}
    assert Store(tmp_path).lacking([run.name], HERE) == {run.name: HERE}
    assert run.outcomes("in_reception", "total").empty
    assert set(run.outcomes()["measure"]) == {"employed"}
    table = runner.simulate(SHORT, real(), asked=HERE)[0].table()
    doubled = table.set_column(table.column_names.index("value"), "value", pc.multiply(table["value"], 2.0))
    assert store.keep(run.name, record(SHORT, run.name), doubled) == "made and kept"
    assert run.outcomes("in_reception", "total")["value"].tolist() == [2 * each for each in old["value"]]
    assert run.holds() == HERE | {("employed", "total")}


def test_the_command_that_asks_takes_what_is_lacking(tmp_path, abm):
    kept, _ = runner.run(SHORT, tmp_path, asked=HERE)
    asked = ("table", kept.name, "employed", "--csv", "--store", str(tmp_path))
    code, out, _ = abm(*asked)
    assert (code, len(out.splitlines())) == (0, 4)
    files = content(tmp_path)
    assert abm(*asked)[1] == out
    assert content(tmp_path) == files


def test_a_run_of_which_other_code_took_everything_is_completed(tmp_path, other_code):
    kept, _ = runner.run(SHORT, tmp_path, asked=HERE)  # measures of reception, all of them
    other_code()
    assert kept.holds() == frozenset()
    replicates.completed([kept], HERE, Execution(workers=1, store=tmp_path))
    assert kept.holds() == HERE
    assert len(kept.keys) == 2


def test_a_run_of_which_other_code_took_everything_can_be_repeated(tmp_path, other_code, abm):
    kept, _ = runner.run(SHORT, tmp_path, asked=HERE)
    other_code()
    code, out, err = abm("repeat", kept.name, "--store", str(tmp_path))
    assert (code, out, err) == (0, f"Run {kept.name}: made and kept\n", "")
    assert kept.holds() == runner.every(SHORT)


def test_other_versions_of_the_model_stay_as_they_are(tmp_path, monkeypatch):
    kept, _ = runner.run(SHORT, tmp_path, asked=HERE)
    before = content(tmp_path)
    monkeypatch.setattr(versions, "model_version", lambda: {"version": "0", "code": "another"})
    replicates.completed([kept], MORE, Execution(workers=1, store=tmp_path))
    assert content(tmp_path) == before
    assert kept.holds() == HERE  # as its record says


def test_a_repeated_run_is_compared_measure_by_measure(tmp_path):
    store, table = Store(tmp_path), recorded(SHORT).table()
    kept, _ = runner.run(SHORT, tmp_path, asked=HERE)
    files = content(tmp_path)
    assert store.keep(kept.name, record(SHORT, kept.name), table) == "the outcomes are the same"
    assert {key: each for key, each in content(tmp_path).items() if key in files} == files
    assert kept.holds() == runner.every(SHORT)
    wrong = table.set_column(table.column_names.index("value"), "value", pc.add(table["value"], 1.0))
    with pytest.raises(InputError, match="differs from the repeated run"):
        store.keep(kept.name, record(SHORT, kept.name), wrong)


def test_a_set_goes_by_what_it_holds():
    one, other = (holds.of_asked(each) for each in (HERE, MORE))
    assert holds.name_of("a", one) != holds.name_of("a", other) != holds.name_of("b", other)
    assert holds.run_of(holds.name_of("a", one)) == "a" == holds.run_of("a")
    assert holds.of_table(runner.simulate(SHORT, real(), asked=MORE)[0].table()) == other


DESIGN = {"name": "tiny", "scenarios": CURRENT, "until": "2015-02", "scale": 0.005, "replicates": 2}


def test_a_sweep_takes_what_its_design_asks_for_and_later_more(tmp_path):
    from experiments.sweeps import api

    made = api.sweep(DESIGN | {"measures": ["summary"]}, workers=1, store=tmp_path)
    before = content(tmp_path)
    asked = measures.asked_of(["summary"])
    assert set(loading.load("tiny", store=tmp_path)["measure"]) == {name for name, by in asked if by == "total"}
    with pytest.raises(InputError) as refused:
        loading.load("tiny", "employed", store=tmp_path)
    assert str(refused.value) == (
        "sweep 'tiny': 2 of its 2 runs do not hold employed: name it under 'measures:' in the design, and sweep again"
    )
    again = api.sweep(DESIGN | {"measures": ["summary", "employed by sex"]}, workers=1, store=tmp_path)
    assert again.index.equals(made.index)
    assert {key: each for key, each in content(tmp_path).items() if key in before} == before
    assert len(loading.load("tiny", "employed", "sex", store=tmp_path)) == 2 * 2 * 2  # runs, months, groups
    assert sweeps.find("tiny", Store(tmp_path)).missing().empty


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["housing"], "measures: 'housing' is not a measure: did you mean"),
        (["housed by colour"], "measures: housed cannot be broken down by 'colour': choose from total, origin"),
        (["wait_home"], "measures: wait_home has no total: name a breakdown"),
        (["municipalities_met"], "measures: municipalities_met: says nothing below scale 1"),
        ([], "measures"),
        (3, "measures"),
    ],
)
def test_measures_that_cannot_be_taken_are_refused_in_one_line(given, said):
    from experiments.designs import design

    with pytest.raises(InputError) as refused:
        design.from_dict(DESIGN | {"measures": given}, "tiny.yaml", Path())
    assert str(refused.value).startswith(f"tiny.yaml: {said}")
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("given", ["housing", "summary, housed by colour", "", "wait_home"])
def test_the_command_refuses_them_too(abm, tmp_path, given):
    code, out, err = abm("run", CURRENT, "--measures", given, "--store", str(tmp_path))
    assert (code, out, err.count("\n"), content(tmp_path)) == (2, "", 1, {})
    assert err.startswith("abm: --measures: ")
