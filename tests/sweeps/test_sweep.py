"""Sweeps: the index by hand, only what is missing is made, larger ones go on, other ones are refused in one line."""

import os
import signal
from pathlib import Path

import pandas as pd
import pytest

from abm.engine.errors import InputError
from abm.facts import facts
from experiments.store import store as stores
from experiments.store import versions
from experiments.store.store import Store
from experiments.sweeps import api, loading, runner
from experiments.sweeps import sweep as sweeps
from tests.helpers.runs import CURRENT, real, recorded, small
from tests.helpers.stores import files_of, record

CAPACITY, RULE, INFLOW = "policy.decision.capacity_factor", "policy.coupling.rule", "world.arrival.first_applications"
TINY = {"name": "tiny", "scenarios": CURRENT, "until": "2015-02", "scale": 0.005}
TWO = TINY | {"levers": {"method": "grid", "parameters": {CAPACITY: [1, 2]}}}
SAMPLED = TINY | {"uncertainties": {"method": "sobol", "samples": 2, "parameters": {INFLOW: None}}}


class Simulations:
    """Seeds of the runs that were simulated; a run may be made to fail."""

    def __init__(self, simulate):
        self.seeds, self.simulate, self.wrong = [], simulate, {}

    def __call__(self, scenario, inputs, *how):
        if scenario.until == TINY["until"]:  # not what warms up the kernels
            if scenario.seed in self.wrong:
                raise self.wrong[scenario.seed]
            self.seeds.append(scenario.seed)
        return self.simulate(scenario, inputs, *how)


@pytest.fixture(autouse=True)
def read_once(monkeypatch):
    """The real facts, which need not be read for each sweep."""
    inputs = real()
    monkeypatch.setattr(facts, "load", lambda: inputs)


@pytest.fixture
def simulated(monkeypatch) -> Simulations:
    """What is simulated in this process."""
    found = Simulations(runner.simulate)
    monkeypatch.setattr(runner, "simulate", found)
    return found


def made(design, store, **options) -> sweeps.Sweep:
    return api.sweep(design, workers=1, store=store, **options)


def seeds(number: int) -> dict:
    """A design of one point with some seeds."""
    return TINY | {"replicates": number}


def refused(design, store, call=made, **options) -> str:
    with pytest.raises(InputError) as error:
        call(design, store=store, **options)
    assert "\n" not in str(error.value)
    return str(error.value)


def contents(folder: Path) -> dict[str, bytes]:
    """All that a store holds."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


# --- which runs


def test_the_index_of_two_by_two_by_two():
    uncertain = {"method": "grid", "parameters": {INFLOW: [10000, 20000]}}
    design = api.read(TWO | {"uncertainties": uncertain, "replicates": 2, "seed": 5})
    index = sweeps.index(design, "data")
    columns = ["point", "replicate", "seed", "scenario", "policy", "world", CAPACITY, INFLOW]
    assert index[columns].values.tolist() == [
        [0, 0, 5, "current", 0, 0, 1, 10000],
        [0, 1, 6, "current", 0, 0, 1, 10000],
        [1, 0, 5, "current", 1, 0, 2, 10000],
        [1, 1, 6, "current", 1, 0, 2, 10000],
        [2, 0, 5, "current", 0, 1, 1, 20000],
        [2, 1, 6, "current", 0, 1, 1, 20000],
        [3, 0, 5, "current", 1, 1, 2, 20000],
        [3, 1, 6, "current", 1, 1, 2, 20000],
    ]
    assert index["run"].tolist() == [
        stores.run_name(design.scenario_of(point, replicate), "data") for point in range(4) for replicate in range(2)
    ]
    assert index["run"].nunique() == 8
    assert sweeps.units(index.columns) == {CAPACITY: "ratio", INFLOW: "persons/year"}


@pytest.mark.parametrize(
    ("points", "values"),
    [
        ([{}, {CAPACITY: {"2015-02": 2}}, {CAPACITY: 3}], [None, 2, 3]),
        (
            [{}, {CAPACITY: 2}, {CAPACITY: {"2015-01": 2, "2015-02": 3}}],
            [None, "2.0", '{"2015-01": 2.0, "2015-02": 3.0}'],
        ),
    ],
)
def test_values_that_change_in_a_month_fit_a_column(tmp_path, points, values):
    design = api.read(TINY | {"levers": {"method": "list", "points": points}})
    sweeps.begin(design, Store(tmp_path), "data")
    kept = sweeps.find("tiny", Store(tmp_path)).index[CAPACITY]
    assert [None if pd.isna(value) else value for value in kept] == values


def test_two_points_that_are_one_run_are_made_once(tmp_path, simulated):
    points = [{}, {CAPACITY: 1}, {CAPACITY: 2}]  # the second is the first by another name
    sweep = made(TINY | {"levers": {"method": "list", "points": points}}, tmp_path)
    assert (len(sweep.index), len(sweep.runs), len(simulated.seeds)) == (3, 2, 2)
    assert len(sweep.missing()) == 0
    frame = sweep.load("in_reception", "total")
    assert frame.groupby("point").size().tolist() == [2, 2, 2]
    first, second = (frame[frame["point"] == point]["value"].tolist() for point in (0, 1))
    assert first == second


@pytest.mark.parametrize("parts", [1, 2, 3, 7])
def test_parts_have_no_run_twice_and_leave_none_out_whenever_they_begin(tmp_path, parts):
    given, short = sweeps.shared(Store(tmp_path)), small("2015-01", scale=0.005)
    sweep, table = sweeps.begin(api.read(seeds(5)), Store(tmp_path), given.inputs.digest), recorded(short).table()
    found = []
    for part in range(1, parts + 1):
        mine = sweeps.sharded(sweep, (part, parts))["run"].tolist()
        found += mine
        for run in mine[:1]:  # the first is made before the next part begins
            Store(tmp_path).keep(run, record(short, run), table)
    assert sorted(found) == sorted(sweep.index["run"])


# --- only what is missing


def test_a_sweep_goes_on_where_it_was(tmp_path, simulated):
    sweep = made(seeds(3), tmp_path)
    assert simulated.seeds == [1, 2, 3]
    assert sorted(sweep.index["run"]) == sorted(Store(tmp_path).done())
    before = contents(tmp_path)
    assert len(made(seeds(3), tmp_path).missing()) == 0
    assert simulated.seeds == [1, 2, 3]
    assert contents(tmp_path) == before
    files_of(tmp_path, sweep.index["run"][1])[0].unlink()
    assert sweep.missing()["seed"].tolist() == [2]
    made(seeds(3), tmp_path)
    assert simulated.seeds == [1, 2, 3, 2]
    assert contents(tmp_path) == before


def test_the_store_may_be_given_in_each_way(tmp_path, simulated, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for store in (tmp_path / "a b", str(tmp_path / "a b"), "a b/", Store("a b"), f"{tmp_path}/a b", Path("a b")):
        made(seeds(1), store)
    assert simulated.seeds == [1]
    assert made(seeds(1), f"file://{tmp_path}/uri").load("in_reception").shape[0] > 0


@pytest.mark.parametrize("stop", ["Ctrl-C", "polite kill"])
def test_a_sweep_that_is_stopped_keeps_what_it_has(tmp_path, simulated, stop):
    simulated.wrong[3] = KeyboardInterrupt()
    if stop == "polite kill":
        whole = simulated.simulate
        simulated.wrong.clear()
        simulated.simulate = lambda scenario, *rest: (
            os.kill(os.getpid(), signal.SIGTERM) if scenario.seed == 3 else whole(scenario, *rest)
        )
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(KeyboardInterrupt):
        made(seeds(4), tmp_path)
    assert signal.getsignal(signal.SIGTERM) is before
    assert not list((tmp_path / "sweeps" / "tiny" / "drivers").iterdir())
    sweep = sweeps.find("tiny", Store(tmp_path))
    assert sweep.missing()["seed"].tolist() == [3, 4]
    assert len(sweep.failed()) == 0


def test_a_run_that_fails_is_kept_with_the_way_to_see_it(tmp_path, simulated):
    store = tmp_path / "it's here"
    simulated.wrong[2] = ValueError("no homes")
    sweep = made(seeds(3), store)
    assert simulated.seeds == [1, 3]
    assert sweep.failed()["seed"].tolist() == sweep.missing()["seed"].tolist() == [2]
    failure = Store(store).failure(sweep.index["run"][1])
    assert failure["traceback"].startswith("Traceback (most recent call last):")
    assert failure["traceback"].endswith("ValueError: no homes\n")
    assert failure["repeat"] == f"""abm repeat {sweep.index["run"][1]} --store '{tmp_path}/it'"'"'s here'"""
    assert failure["scenario"]["seed"] == failure["seed"] == 2
    simulated.wrong.clear()
    again = made(seeds(3), store)
    assert simulated.seeds == [1, 3, 2]
    assert len(again.failed()) == len(again.missing()) == 0


# --- another design, model or data


def test_another_design_of_the_same_name_is_refused(tmp_path, simulated):
    made(seeds(1), tmp_path)
    for other in (seeds(2), seeds(1) | {"seed": 7}, seeds(1) | {"until": "2015-01"}, TWO):
        said = refused(other, tmp_path)
        assert said.startswith("tiny: differs from the design that sweep 'tiny' in ")
        assert "'abm extend'" in said
    made(seeds(1) | {"title": "Other words"}, tmp_path)
    assert simulated.seeds == [1]


def test_another_model_or_other_data_are_refused(tmp_path, monkeypatch):
    design, store = api.read(seeds(1)), Store(tmp_path)
    sweeps.begin(design, store, real().digest)
    with pytest.raises(InputError, match=r"sweep 'tiny' in .*: was made with another version of the data \("):
        sweeps.begin(design, store, "other")
    monkeypatch.setattr(versions, "model_version", lambda: {"version": "9", "code": "c" * 64})
    for call in (made, api.extend):
        said = refused(seeds(1), tmp_path, call)
        assert "was made with another version of the model (" in said
        assert "here cccccccccccc): use that version, another --store, or another 'name:'" in said


@pytest.mark.parametrize("content", [b"", b"x", "longer", None])
def test_a_damaged_index_is_written_again_from_its_design(tmp_path, content):
    sweeps.begin(api.read(TWO), Store(tmp_path), real().digest)
    path = tmp_path / "sweeps" / "tiny" / "index-1.parquet"
    before = path.read_bytes()
    path.unlink()
    if content is not None:
        path.write_bytes(before + b"x" if content == "longer" else content)
    with pytest.raises(InputError, match="index-1.parquet: is missing or damaged: remove the folder of the sweep"):
        sweeps.find("tiny", Store(tmp_path))
    sweeps.begin(api.read(TWO), Store(tmp_path), real().digest)
    assert path.read_bytes() == before


def test_the_index_of_another_sweep_is_refused(tmp_path):
    for name in ("one", "other"):
        sweeps.begin(api.read(seeds(2) | {"name": name, "seed": len(name)}), Store(tmp_path), real().digest)
    one, other = (tmp_path / "sweeps" / name for name in ("one", "other"))
    (one / "index-1.parquet").write_bytes((other / "index-1.parquet").read_bytes())
    with pytest.raises(InputError, match="one/index-1.parquet: is missing or damaged"):
        sweeps.find("one", Store(tmp_path))
    (one / "design-1.json").write_bytes((other / "design-1.json").read_bytes())
    with pytest.raises(InputError, match="one/design-1.json: is that of sweep 'other', design 1"):
        sweeps.find("one", Store(tmp_path))


@pytest.mark.parametrize("file", ["design-1.json", "design-7.json"])
@pytest.mark.parametrize("content", [b"", b"{", b"{}", b"[]", b"null", b"\xff", b"[" * 100_000, None])
def test_a_damaged_sweep_is_one_line(tmp_path, file, content):
    sweeps.begin(api.read(seeds(1)), Store(tmp_path), real().digest)
    path = tmp_path / "sweeps" / "tiny" / file
    path.unlink(missing_ok=True)
    if content is None:
        path.mkdir()
    else:
        path.write_bytes(content)
    said = refused(seeds(1), tmp_path)
    assert file in said
    if content is not None:
        assert "is missing or damaged: remove the folder of the sweep and sweep again" in said


def test_strange_files_in_the_folder_of_a_sweep_do_no_harm(tmp_path):
    made(seeds(1), tmp_path)
    for name in ("design-1 (copy).json", "design-.json", "notes.json", ".design-9.json"):
        (tmp_path / "sweeps" / "tiny" / name).write_text("{")
    assert len(made(seeds(1), tmp_path).missing()) == 0
    assert sweeps.names(Store(tmp_path)) == ["tiny"]


# --- larger ones


def test_extend_by_replicates_and_go_on_with_the_larger_one(tmp_path, simulated):
    made(TWO, tmp_path)
    larger = api.extend(TWO, replicates=2, workers=1, store=tmp_path)
    assert simulated.seeds == [1, 1, 2, 2]
    assert larger.index[["point", "replicate"]].values.tolist() == [[0, 0], [0, 1], [1, 0], [1, 1]]
    files_of(tmp_path, larger.index["run"][3])[0].unlink()
    assert len(made(TWO, tmp_path).index) == 4  # the file says one replicate, the sweep has two by now
    assert simulated.seeds == [1, 1, 2, 2, 2]
    assert "is not more than 1" in refused(TWO, tmp_path, api.extend, replicates=0)


def test_extend_by_samples(tmp_path, simulated):
    small = made(SAMPLED, tmp_path)
    larger = api.extend(SAMPLED, samples=4, workers=1, store=tmp_path)
    assert larger.index["run"].tolist()[:2] == small.index["run"].tolist()
    assert (larger.index["run"].nunique(), len(simulated.seeds)) == (4, 4)
    assert len(api.extend(SAMPLED, samples=4, workers=1, store=tmp_path).index) == len(simulated.seeds) == 4


def test_extend_by_what_was_added_to_the_file(tmp_path, simulated):
    made(TWO, tmp_path)
    edited = TINY | {"levers": {"method": "grid", "parameters": {CAPACITY: [0.5, 1, 2]}}}
    assert api.extend(edited, workers=1, store=tmp_path).index[CAPACITY].tolist() == [0.5, 1, 2]
    assert len(simulated.seeds) == 3
    assert made(edited, tmp_path).index[CAPACITY].tolist() == [0.5, 1, 2]
    assert len(simulated.seeds) == 3


def test_extend_refuses_a_smaller_one_and_one_that_is_not_there(tmp_path):
    assert "tiny: no such sweep in " in refused(TWO, tmp_path / "absent", api.extend)
    assert not (tmp_path / "absent").exists()
    sweeps.begin(api.read(TWO), Store(tmp_path), real().digest)
    before = contents(tmp_path)
    for smaller, lacks in ((TINY, "lacks 1 of the 2"), (TWO | {"seed": 2}, "lacks 2 of the 2")):
        assert f"tiny: {lacks} runs of sweep 'tiny'" in refused(smaller, tmp_path, api.extend)
    assert "is not more than 1" in refused(TWO, tmp_path, api.extend, replicates=-1)
    assert contents(tmp_path) == before


# --- outcomes


def test_outcomes_are_tidy_in_the_order_of_the_index(tmp_path):
    sweep = made(TWO | {"replicates": 2}, tmp_path)
    frame = loading.load("tiny", "in_reception", "status", store=tmp_path)
    pd.testing.assert_frame_equal(frame, sweep.load("in_reception", "status"))
    outcome = ["measure", "unit", "by", "group", "month", "value"]
    assert list(frame.columns) == [*sweep.index.columns, *outcome]
    assert frame.drop_duplicates("run")["run"].tolist() == sweep.index["run"].tolist()
    assert frame.groupby("run").size().unique().tolist() == [frame["group"].nunique() * 2]
    assert frame.attrs["units"] == {CAPACITY: "ratio", "in_reception": "persons"}
    one = Store(tmp_path).run(sweep.index["run"][2]).outcomes("in_reception", "status")
    assert frame[frame["run"] == one["run"].iloc[0]]["value"].tolist() == one["value"].tolist()
    assert frame.loc[frame["run"] == one["run"].iloc[0], CAPACITY].unique().tolist() == [2]
    every = loading.load("tiny", store=tmp_path)
    assert every["measure"].nunique() > 10
    assert every["by"].unique().tolist() == ["total"]


def test_outcomes_of_what_is_there_and_bad_questions(tmp_path, simulated):
    simulated.wrong |= {1: ValueError(), 2: ValueError()}
    sweep = made(seeds(2), tmp_path)
    for measure, by, said in (
        (None, None, "none of its 2 runs is kept: make them with 'abm sweep'"),
        ("in_recepton", None, "did you mean 'in_reception'?"),
        ("in_reception", "colour", "cannot be broken down by 'colour'"),
    ):
        with pytest.raises(InputError, match=said):
            sweep.load(measure, by)
    del simulated.wrong[2]
    half = made(seeds(2), tmp_path)
    for load in (half.load, lambda *words: loading.load("tiny", *words, store=tmp_path)):
        with pytest.raises(
            InputError, match="'tiny': 1 of its 2 runs are missing: make them with 'abm sweep', or load"
        ):
            load("in_reception")
    frame = half.load("in_reception", incomplete=True)
    assert frame["seed"].unique().tolist() == [2]
    assert (frame.attrs["runs"], frame.attrs["missing"]) == (1, 1)
    with pytest.raises(InputError, match="no measure is broken down by 'colour'"):
        sweep.load(by="colour", incomplete=True)
    files_of(tmp_path, sweep.index["run"][1])[1].unlink()
    with pytest.raises(InputError, match="none of its 2 runs is kept"):
        sweep.load("in_reception")


def test_the_order_in_which_a_store_was_filled_can_not_be_seen(tmp_path, simulated):
    made(TWO | {"replicates": 2}, tmp_path / "one")
    for part in (2, 1):
        simulated.wrong = {2: ValueError("not now")} if part == 2 else {}
        made(TWO | {"replicates": 2}, tmp_path / "other", shard=(part, 2))
    made(TWO | {"replicates": 2}, tmp_path / "other")
    one, other = contents(tmp_path / "one"), contents(tmp_path / "other")
    assert one.keys() == other.keys()
    assert [key for key in one if one[key] != other[key]] == []
    assert len(one) == 1 + 2 + 2 * 4  # mark, index and design, outcomes and record of each run
