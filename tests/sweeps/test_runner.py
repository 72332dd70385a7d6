"""Runs and jobs: what cannot be kept is refused at once, and machines are compared before they work."""

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

import abm as model
from abm.engine.errors import InputError
from experiments.store import outcomes, versions
from experiments.store import store as stores
from experiments.store.store import Store
from experiments.sweeps import ray_workers, runner
from experiments.sweeps import sweep as sweeps
from experiments.sweeps.runner import Job
from tests.helpers.runs import real, recorded, small
from tests.helpers.stores import content, record

SHORT = small("2015-02", scale=0.005)
PLAIN, NEWEST, OTHER = (
    {"machine": machine, "avx_512": avx_512}
    for machine, avx_512 in (("x86_64", False), ("x86_64", True), ("aarch64", False))
)


@pytest.fixture(scope="module")
def table() -> pa.Table:
    """Outcomes of a short run."""
    return recorded(SHORT).table()


# --- half a result


@pytest.mark.parametrize("key", ["title", "name", "source"])
def test_text_that_no_file_can_hold_is_refused_before_the_first_month(tmp_path, key):
    months = []
    wanted = replace(SHORT, **{key: "half of a pair \ud800"})
    with pytest.raises(InputError, match=r"'\\ud800' cannot be kept .*half of a character") as raised:
        runner.run(wanted, tmp_path, progress=lambda done, of: months.append(done))
    assert "\n" not in str(raised.value)
    assert (months, content(tmp_path)) == ([], {})
    given = sweeps.shared(Store(tmp_path))
    with pytest.raises(InputError, match="cannot be kept"):
        runner.work(Job(stores.run_name(wanted, given.inputs.digest), wanted), given)
    assert content(tmp_path) == {}


def test_a_record_that_cannot_be_kept_touches_nothing(tmp_path, table):
    store = Store(tmp_path)
    with pytest.raises(InputError, match="cannot be kept"):
        store.keep("a", record(SHORT, "a", title="\ud800"), table)
    assert content(tmp_path) == {}


def test_outcomes_without_a_record_are_no_run(tmp_path, table):
    store = Store(tmp_path)
    store.keep("a", record(SHORT, "a"), table)
    next((tmp_path / "runs").iterdir()).unlink()
    assert (store.done(), store.has("a"), store.whole(["a"])) == (set(), False, set())
    with pytest.raises(InputError, match="a: no such run"):
        store.find("a")


# --- kinds of processors


def test_a_record_names_the_kind_of_processor(tmp_path):
    kept, _ = runner.run(SHORT, tmp_path)
    assert kept.about()["processor"] == versions.processor()
    given = sweeps.shared(Store(tmp_path))
    elsewhere = replace(given, record=given.record | {"processor": OTHER})  # a driver that only distributes
    assert runner.provenance(Job("a", SHORT), elsewhere)["processor"] == versions.processor()


@pytest.mark.parametrize(("here", "driver"), [(PLAIN, PLAIN), (NEWEST, NEWEST), (PLAIN, NEWEST), (OTHER, OTHER)])
def test_workers_that_give_the_same_bytes_are_taken(here, driver):
    runner.check_processor(here, driver)


@pytest.mark.parametrize(("here", "driver"), [(NEWEST, PLAIN), (OTHER, PLAIN), (PLAIN, OTHER), (OTHER, NEWEST)])
def test_workers_of_another_kind_are_refused_in_a_line(here, driver):
    with pytest.raises(InputError, match="a worker has a processor of kind .*: use nodes of one kind") as raised:
        runner.check_processor(here, driver)
    said = str(raised.value)
    assert f"of kind {versions.shown(here)}, the driver's is {versions.shown(driver)}:" in said
    assert "\n" not in said


def test_workers_are_asked_to_do_without_avx_512():
    assert {model.FEATURES: model.AVX_512} == ray_workers.SAME_BYTES


def changed(table: pa.Table, relative: float) -> pa.Table:
    """Outcomes that are relatively so much larger."""
    place = table.column_names.index("value")
    return table.set_column(place, "value", pc.multiply(table["value"], 1 + relative))


def test_another_kind_may_differ_in_its_last_digits(tmp_path, table):
    store = Store(tmp_path)
    store.keep("a", record(SHORT, "a", processor=OTHER), table)
    before = content(tmp_path)
    said = store.keep("a", record(SHORT, "a", processor=PLAIN), changed(table, 1e-12))
    assert said == (
        "the outcomes are the same within 1e-09, on another kind of processor (made on aarch64, here x86_64); it stays"
    )
    assert store.keep("a", record(SHORT, "a", processor=PLAIN), table) == "the outcomes are the same"
    with pytest.raises(InputError, match="more than another kind of processor explains") as raised:
        store.keep("a", record(SHORT, "a", processor=PLAIN), changed(table, 1e-6))
    assert "the kept run stays" in str(raised.value)
    assert "remove" not in str(raised.value)
    assert content(tmp_path) == before


def test_the_same_kind_may_not(tmp_path, table):
    store = Store(tmp_path)
    store.keep("a", record(SHORT, "a"), table)
    before = content(tmp_path)
    with pytest.raises(InputError, match="outcomes/a-[0-9a-f]{8}.parquet: differs from the repeated run") as raised:
        store.keep("a", record(SHORT, "a"), changed(table, 1e-12))
    assert "it stays" in str(raised.value)
    assert "remove" not in str(raised.value)
    assert content(tmp_path) == before


def test_repeat_on_another_kind_says_so_and_keeps_the_run(tmp_path, abm, monkeypatch):
    inputs = real()
    monkeypatch.setattr(runner.facts, "load", lambda: inputs)
    store, name = Store(tmp_path), stores.run_name(SHORT, inputs.digest)
    store.keep(
        name, stores.provenance(SHORT, inputs.digest) | {"processor": OTHER}, changed(recorded(SHORT).table(), 1e-13)
    )
    before = content(tmp_path)
    code, out, err = abm("repeat", name, "--store", str(tmp_path))
    assert (code, err) == (0, "")
    assert f"Run {name}: the outcomes are the same within 1e-09, on another kind of processor (made on aarch64" in out
    assert content(tmp_path) == before


def test_largest_difference_by_hand():
    def file(values: list[float], name: str = "x") -> pa.Table:
        words = {key: pa.array([name] * len(values)).dictionary_encode() for key in ("measure", "by")}
        return pa.table(words | {"value": pa.array(values)})

    one = file([1.0, 0.0, np.nan, -4.0])
    assert outcomes.largest_difference(one, one) == 0
    assert outcomes.largest_difference(one, file([1.0, 0.0, np.nan, -5.0])) == pytest.approx(0.2)
    assert outcomes.largest_difference(one, file([1.0, 1e-300, np.nan, -4.0])) == 1
    for other in (file([1.0, 0.0, 0.0, -4.0]), file([1.0, 0.0, np.nan]), file([1.0, 0.0, np.nan, -4.0], "y")):
        assert outcomes.largest_difference(one, other) == np.inf
