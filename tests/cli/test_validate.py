"""`abm validate`: one run or several, seeds, sweeps, files, exit status, and what is refused."""

import csv
import json

import pytest

from experiments.store.store import Store
from experiments.sweeps import api, runner
from tests.helpers.observed import tiny
from tests.helpers.refusals import refused
from tests.helpers.runs import CURRENT, small
from tests.helpers.stores import files_of

SHORT = small("2015-05", scale=0.005)
DESIGN = {"name": "two", "scenarios": CURRENT, "until": "2015-03", "scale": 0.005}


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A store with a run of five months, and a sweep of two replicates."""
    made = tmp_path_factory.mktemp("store")
    runner.run(SHORT, made)
    api.sweep(DESIGN | {"replicates": 2}, workers=1, store=made)
    return made


@pytest.fixture
def validate(abm, place):
    return lambda *words, store=place: abm("validate", *words, "--workers", "1", "--store", str(store))


@pytest.fixture(scope="module")
def run(place):
    return next(name for name in Store(place).done() if Store(place).run(name).about()["name"] != "current")


def test_one_run(validate, run):
    code, out, err = validate(run)
    assert (code, err) == (0, "")
    head, *_ = out.splitlines()
    assert head.startswith(f"{SHORT.name}: 1 run, seed 1, scale 0.005, to 2015-05, by model ")
    assert "Columns: period, observed, simulated, deviation." in out
    assert "of the 169 points that were judged in November 2026 are within; " in out.splitlines()[-1]


def test_more_seeds_and_files(validate, run, tmp_path):
    files = {kind: tmp_path / f"points.{kind}" for kind in ("csv", "json", "markdown")}
    files["csv"].write_text("old")
    words = [word for kind, path in files.items() for word in (f"--{kind}", str(path))]
    code, out, err = validate(run, "--seeds", "3", *words)
    assert (code, err) == (0, "")
    assert out.startswith(f"{SHORT.name}: 3 runs, seeds 1 to 3, scale 0.005, to 2015-05")
    with files["csv"].open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    judged = [row for row in rows if row["verdict"] in ("within", "off")]
    assert {row["runs"] for row in judged} == {"3"}
    assert all(float(row["low"]) <= float(row["median"]) <= float(row["high"]) for row in judged)
    assert any(float(row["low"]) < float(row["high"]) for row in judged)
    assert [row["id"] for row in json.loads(files["json"].read_text())] == [row["id"] for row in rows]
    page = files["markdown"].read_text()
    assert f"Runs: {SHORT.name}: 3 runs" in page
    within = sum(row["verdict"] == "within" for row in judged)
    assert f"of {len(judged)} points within" in out
    assert f"\n{within} of the 169 points" in out
    assert sorted(each.name for each in tmp_path.iterdir()) == ["points.csv", "points.json", "points.markdown"]


def test_standard_output_holds_only_what_is_asked_for(validate, run):
    code, out, err = validate(run, "--csv", "-")
    assert (code, err) == (0, "")
    rows = list(csv.DictReader(out.splitlines()))
    code, out, _ = validate(run, "--json", "-")
    assert [row["verdict"] for row in json.loads(out)] == [row["verdict"] for row in rows]


@pytest.mark.parametrize("given", ["name", "file"])
def test_a_sweep(validate, tmp_path, given):
    design = tmp_path / "two.yaml"
    design.write_text("\n".join(f"{key}: {value}" for key, value in (DESIGN | {"replicates": 2}).items()))
    code, out, err = validate("two" if given == "name" else str(design))
    assert (code, err) == (0, "")
    assert out.startswith("current: 2 runs, seeds 1 to 2, scale 0.005, to 2015-03")


def test_the_exit_status_follows_what_is_asked(validate, run, tmp_path):
    _, out, _ = validate(run)
    within = int(out.splitlines()[-1].split()[0])
    assert validate(run, "--at-least", str(within))[0] == 0
    path = tmp_path / "points.csv"
    code, out, err = validate(run, "--at-least", str(within + 1), "--csv", str(path))
    assert code == 1
    assert err == f"abm: {within} of the 169 points are within: fewer than --at-least {within + 1}\n"
    assert path.exists()
    assert "Together: " in out


def test_a_sweep_of_worlds_and_scenarios(abm, tmp_path):
    store = tmp_path / "store"
    (tmp_path / "more.yaml").write_text("name: more\npolicy: {decision: {capacity_factor: 2}}\n")
    worlds = {"method": "list", "points": [{"world.leaving.alone_rate": rate} for rate in (0.02, 0.03)]}
    design = DESIGN | {"name": "worlds", "scenarios": [CURRENT, str(tmp_path / "more.yaml")], "uncertainties": worlds}
    api.sweep(design, workers=1, store=store)
    refused(
        abm("validate", "worlds", "--store", str(store)),
        "sweep 'worlds': has 2 scenarios: choose one with --scenario: current, more",
    )
    code, out, err = abm("validate", "worlds", "--scenario", "more", "--store", str(store))
    assert (code, err) == (0, "")
    assert out.startswith("more: 2 runs, seed 1, 2 worlds, scale 0.005")
    other = abm("validate", "worlds", "--scenario", "none", "--store", str(store))
    refused(other, "has no 'none': choose from current, more")
    runs = sorted(Store(store).done())
    refused(abm("validate", *runs, "--store", str(store)), "differs from", "name runs that differ in their seed alone")
    files_of(store, runs[0])[0].unlink()
    names = [Store(store).run(name).about()["name"] for name in runs[1:]]
    lacking = "more" if names.count("more") == 1 else "current"
    refused(
        abm("validate", "worlds", "--scenario", lacking, "--store", str(store)),
        "sweep 'worlds': 1 of 2 runs are missing: make them with 'abm sweep'",
    )


def test_a_sweep_of_policies_is_refused(abm, tmp_path):
    levers = {"method": "grid", "parameters": {"policy.decision.capacity_factor": [1, 2]}}
    api.sweep(DESIGN | {"levers": levers}, workers=1, store=tmp_path)
    refused(abm("validate", "two", "--store", str(tmp_path)), "sweep 'two': has 2 policies, which are not one scenario")


def test_mixed_runs_are_refused(abm, tmp_path):
    for name, others in (
        ("first", {}),
        ("scaled", {"scale": 0.5}),
        ("short", {"until": "2016-11"}),
        ("faster", {"policy__decision__capacity_factor": 2}),
    ):
        tiny(tmp_path, name, seed=2 if others else 1, **others)
    for other, key in (("scaled", "scale"), ("short", "until"), ("faster", "decision.capacity_factor")):
        refused(abm("validate", "first", other, "--store", str(tmp_path)), f"{other}: differs from first in {key}: ")
    code, out, _ = abm("validate", "first", "first", "--store", str(tmp_path))
    assert code == 0
    assert ": 1 run, seed 1" in out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["none"], "none: no such run in"),
        (["none.yaml"], "none.yaml: cannot be read"),
        (["two", "RUN"], "two: is a sweep: name it alone, without --seeds"),
        (["two", "--seeds", "2"], "two: is a sweep: name it alone, without --seeds"),
        (["RUN", "two", "--seeds", "2"], "two: is a sweep"),
        (["RUN", "RUN", "--seeds", "2"], "--seeds: is for the scenario of one run: name one"),
        (["RUN", "--seeds", "0"], "--seeds: 0 is too few or too many: give 1 to 1000"),
        (["RUN", "--scenario", "current"], "--scenario: chooses among those of a sweep"),
        (["RUN", "--csv", "no/such/folder.csv"], "--csv: no/such: no such folder: make it, or name another file"),
        (["RUN", "--markdown", "."], "--markdown: .: is a folder: name a file in it"),
        (["RUN", "--csv", "-", "--json", "-"], "--csv, --json: 2 of them are '-': only one fits on standard output"),
        (["RUN", "--at-least", "many"], "'--at-least'"),
    ],
)
def test_what_cannot_be_validated_is_refused_in_one_line(validate, run, words, said):
    refused(validate(*(run if word == "RUN" else word for word in words)), said)


def test_a_run_that_ends_before_the_first_observation_is_refused(abm, tmp_path):
    run, _ = runner.run(small("2015-02", scale=0.005), tmp_path)
    refused(abm("validate", run.name, "--store", str(tmp_path)), f"{run.name}: ends in 2015-02, before anything was")
