"""The store: a run is named by what made it, complete or absent, kept once, and read in one line."""

import hashlib
import json
import os
import pickle
from dataclasses import replace

import pandas as pd
import pyarrow.parquet as pq
import pytest

from abm.engine.errors import InputError
from experiments.store import outcomes, versions
from experiments.store import store as stores
from experiments.store.holds import run_of
from experiments.store.store import Store
from experiments.sweeps import runner
from tests.helpers.runs import real, recorded, small
from tests.helpers.stores import record

SHORT = small("2015-03", scale=0.005)
OTHER = SHORT.changed(seed=2)


@pytest.fixture(scope="module")
def table():
    """Outcomes of a short run."""
    return recorded(SHORT).table()


@pytest.fixture(scope="module")
def other():
    """Outcomes of another."""
    return recorded(OTHER).table()


def name(scenario=SHORT, data="data") -> str:
    return stores.run_name(scenario, data)


# --- names


def test_a_name_is_short_and_the_same_everywhere():
    assert name() == name(small("2015-03", scale=0.005))
    assert name() == stores.name_of(SHORT.canonical(), "data")
    assert len(name()) == 16
    assert int(name(), 16)
    made_of = [stores.model_version(), SHORT.canonical(), "data"]
    assert hashlib.sha256(json.dumps(made_of, sort_keys=True).encode()).hexdigest().startswith(name())


def test_a_name_depends_on_all_that_decides_the_outcome(monkeypatch):
    others = [
        name(SHORT.changed(seed=2)),
        name(SHORT.changed(until="2015-04")),
        name(SHORT.changed(scale=0.006)),
        name(SHORT.with_values({"policy.decision.capacity_factor": 1.5})),
        name(SHORT.with_values({"policy.decision.capacity_factor": {"2015-03": 1.5}})),
        name(data="other data"),
    ]
    before = name()
    for version in ({"version": "0", "code": "a"}, {"version": "0", "code": "b"}):
        monkeypatch.setattr(versions, "model_version", lambda version=version: version)
        others.append(name())
    assert len({before, *others}) == 1 + len(others)


def test_a_name_does_not_depend_on_words_nor_on_what_never_comes():
    assert name(replace(SHORT, name="x", title="A title", source="elsewhere.yaml")) == name()
    assert name(SHORT.with_values({"policy.decision.capacity_factor": 1})) == name()
    late = small("2030-12", scale=0.005).with_values({"policy.decision.capacity_factor": {"2027-01": 2}})
    assert name(late.changed(until="2015-03")) == name()


# --- complete or absent


def test_a_writer_that_is_killed_before_the_record_leaves_a_missing_run(tmp_path, monkeypatch, table):
    store, write = Store(tmp_path), stores.Files.write

    def killed(self, key, content):
        if key.startswith(stores.RUNS):
            raise KeyboardInterrupt
        write(self, key, content)

    made_now = stores.run_name(SHORT, real().digest)
    with monkeypatch.context() as patch:
        patch.setattr(stores.Files, "write", killed)
        with pytest.raises(KeyboardInterrupt):
            store.keep(made_now, record(SHORT, made_now), table)
    assert [run_of(path.name) for path in (tmp_path / "outcomes").iterdir()] == [made_now]
    assert (store.done(), store.has(made_now)) == (set(), False)
    kept, simulated = runner.run(SHORT, store)
    assert (kept.name, simulated) == (made_now, True)
    assert store.done() == {made_now}


def test_a_kept_run_is_never_overwritten(tmp_path, table, other):
    store = Store(tmp_path)
    store.keep("a", record(SHORT, "a"), table)
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in tmp_path.rglob("*.*") if path.is_file()}
    assert store.keep("a", record(SHORT, "a", title="Other words"), table) == "the outcomes are the same"
    with pytest.raises(InputError, match=r"outcomes/a-[0-9a-f]{8}.parquet: differs from the repeated run .*: it stays"):
        store.keep("a", record(SHORT, "a"), other)
    assert {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in before} == before
    assert len(before) == 2


def test_damaged_and_missing_outcomes_are_seen(tmp_path, table):
    store = Store(tmp_path)
    store.keep("a", record(SHORT, "a"), table)
    file = tmp_path / store.run("a").keys[0]
    content = file.read_bytes()
    about = store.run("a").about()
    assert about.items() >= record(SHORT, "a").items()
    assert about["outcomes_sha256"] == hashlib.sha256(content).hexdigest()
    for damage in (lambda: file.write_bytes(content[:-1]), file.unlink):
        damage()
        assert (store.has("a"), store.whole(["a"])) == (False, set())
        with pytest.raises(
            InputError, match="outcomes/a-[0-9a-f]{8}.parquet: is missing or damaged: make the run again with"
        ):
            store.run("a").outcomes("in_reception")
        assert store.keep("a", record(SHORT, "a"), table) == "made and kept"
        assert (file.read_bytes(), store.whole(["a", "b"])) == (content, {"a"})


def test_a_failure_is_kept_until_the_run_succeeds(tmp_path, table):
    store = Store(tmp_path)
    for run, reason in (("a", "first"), ("a", "second \ud800"), ("b", "other")):
        store.keep_failure(run, record(SHORT, run, traceback=reason, repeat="abm repeat"))
    assert (store.done(), store.failed()) == (set(), {"a", "b"})
    assert store.failure("a") == record(SHORT, "a", traceback="second \\ud800", repeat="abm repeat")
    store.keep("a", record(SHORT, "a"), table)
    assert (store.done(), store.failed()) == ({"a"}, {"b"})
    assert [path.name for path in (tmp_path / "failed").iterdir()] == ["b.json"]


def test_find_by_the_beginning_of_a_name(tmp_path, table):
    store = Store(tmp_path)
    with pytest.raises(InputError, match="aa: no such run in .*: make one with 'abm run SCENARIO'"):
        store.find("aa")
    for kept in ("aa", "aab", "bba", "bbb"):
        store.files.write(f"runs/{kept}.json", b"{}")
    assert store.find("aa").name == "aa"  # the whole name, also where another begins so
    assert store.find("aab").name == "aab"
    assert store.find("bbb").name == "bbb"
    with pytest.raises(InputError, match="bb: matches 2 runs: give more of the name, like bba"):
        store.find("bb")
    with pytest.raises(InputError, match="c: no such run in .*: choose from aa, aab, bba, bbb"):
        store.find("c")
    with pytest.raises(InputError, match="bb: matches 3 runs"):
        store.find("bb", {"bbc"})
    assert store.find("cc", {"ccc", "d"}).name == "ccc"


def test_a_store_goes_to_another_process_and_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    sent = pickle.dumps(Store("results"))
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir("elsewhere")
    pickle.loads(sent).check()
    assert (tmp_path / "results" / "README").exists()
    assert os.listdir() == []


def test_a_worker_that_does_not_see_the_store_says_so(tmp_path):
    store = Store(tmp_path)
    with pytest.raises(
        InputError, match="cannot be reached by a worker on another machine: use a folder that all nodes"
    ):
        store.check_seen()
    store.check()
    store.check_seen()


# --- outcomes


def test_the_same_run_gives_the_same_bytes(table):
    assert outcomes.as_parquet("a", table) == outcomes.as_parquet("a", recorded(SHORT).table())


def test_a_row_group_holds_one_way_to_split(tmp_path, table):
    Store(tmp_path).keep("a", record(SHORT, "a"), table)
    file = pq.ParquetFile(tmp_path / Store(tmp_path).run("a").keys[0])
    place = file.schema_arrow.get_field_index("by")
    groups = [file.metadata.row_group(number) for number in range(file.num_row_groups)]
    bounds = [(group.column(place).statistics.min, group.column(place).statistics.max) for group in groups]
    assert [low for low, _ in bounds] == [high for _, high in bounds]
    assert sorted(low for low, _ in bounds) == sorted(table["by"].unique().to_pylist())
    assert sum(group.num_rows for group in groups) == table.num_rows


def test_a_reader_of_one_way_touches_nothing_else(tmp_path, table):
    store = Store(tmp_path)
    store.keep("a", record(SHORT, "a"), table)
    path = tmp_path / store.run("a").keys[0]
    before, content = store.run("a").outcomes(by="status"), bytearray(path.read_bytes())
    file = pq.ParquetFile(path)
    place = file.schema_arrow.get_field_index("by")
    for group in (file.metadata.row_group(number) for number in range(file.num_row_groups)):
        if group.column(place).statistics.min != "status":
            for column in (group.column(number) for number in range(group.num_columns)):
                start = column.dictionary_page_offset or column.data_page_offset
                content[start : start + column.total_compressed_size] = b"\xff" * column.total_compressed_size
    path.write_bytes(content)
    pd.testing.assert_frame_equal(store.run("a").outcomes(by="status"), before)
    assert len(before) > 0
    with pytest.raises(InputError, match="damaged"):
        store.run("a").outcomes(by="total")


def test_all_outcomes_are_read_in_one_line(tmp_path, table, other):
    store = Store(tmp_path)
    store.keep("a", record(SHORT, "a"), table)
    store.keep("b", record(OTHER, "b"), other)
    frame = pd.read_parquet(tmp_path / "outcomes")
    assert list(frame.columns) == ["run", "measure", "unit", "by", "group", "month", "value"]
    assert frame.groupby("run", observed=True).size().to_dict() == {"a": table.num_rows, "b": other.num_rows}
    assert frame[frame["run"] == "b"]["value"].tolist() == pytest.approx(other["value"].to_pylist(), nan_ok=True)
