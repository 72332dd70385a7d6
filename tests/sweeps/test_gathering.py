"""Gathered outcomes: the same as those of the files they come from, fast, and of no use where they are not whole."""

import hashlib
import time
import tracemalloc
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from experiments.store import outcomes, versions
from experiments.store.store import Store
from experiments.sweeps import gathering
from experiments.sweeps import sweep as sweeps
from experiments.sweeps.sweep import Sweep
from tests.helpers.runs import small
from tests.helpers.stores import files_of, record

SHORT = small("2015-01", scale=0.005)
MONTHS = ["2015-01", "2015-02", "2015-03"]


def table(number: int, by: dict[str, list[str]]) -> pa.Table:
    """Made-up outcomes of a run: two measures by month and group, with a gap."""
    rows = [
        (measure, unit, each, group, month, number + at / 8 + len(group) if at else np.nan)
        for each, groups in by.items()
        for measure, unit in (("in_reception", "persons"), ("permits", "persons/month"))
        for at, month in enumerate(MONTHS)
        for group in groups
    ]
    columns = zip(
        ("measure", "unit", "by", "group", "month"), zip(*(row[:5] for row in rows), strict=True), strict=True
    )
    made = {name: pa.array(values).dictionary_encode() for name, values in columns}
    return pa.table(made | {"value": pa.array([row[5] for row in rows])})


def made_up(place: Path, runs: int, twice: int = 0) -> Sweep:
    """A sweep of made-up runs; the first `twice` of them belong to two points."""
    store, names = Store(place), [hashlib.sha256(f"{n}".encode()).hexdigest()[:16] for n in range(runs)]
    for number, name in enumerate(names):
        store.keep(name, record(SHORT, name), table(number, {"total": ["all"], "status": ["asylum", "regular"]}))
    rows = pd.DataFrame({"run": names + names[:twice], "seed": np.arange(runs + twice, dtype="uint64")})
    rows = rows.assign(label=[f"x = {n % 7}" for n in range(len(rows))], x=np.linspace(0, 1, len(rows)))
    made = versions.provenance(SHORT, "data")
    about = {"name": "many", "title": None, "generation": 1, "design": "", "given": {}, "source": "", "runs": runs}
    about |= {key: made[key] for key in ("model", "data_digest", "python", "packages", "commit")}
    return sweeps.save(Sweep("many", store, about, rows))


def expected(sweep: Sweep, measure: str, by: str) -> pd.DataFrame:
    """What `load` should return, row by row from the files of the runs."""
    parts = []
    for row in sweep.index.to_dict("records"):
        found = sweep.store.run(row["run"]).outcomes(measure, by).drop(columns="run").astype({"month": str})
        parts.append(pd.DataFrame([row] * len(found)).join(found))
    return pd.concat(parts, ignore_index=True)


def plain(frame: pd.DataFrame) -> list[list]:
    return frame.astype(object).astype(str).to_numpy().tolist()


@pytest.fixture
def hundreds(tmp_path, monkeypatch) -> Sweep:
    """A sweep of 23 runs, gathered by ten."""
    monkeypatch.setattr(gathering, "RUNS", 10)
    return made_up(tmp_path, 23, twice=3)


def gathered(sweep: Sweep) -> list[Path]:
    return sorted((Path(sweep.store.files.root) / "sweeps" / "many" / "gathered").glob("*"))


def test_gathered_outcomes_are_those_of_the_runs(hundreds):
    before = hundreds.load("permits")
    hundreds.gather()
    assert [path.suffix for path in gathered(hundreds)] == [".json", ".parquet"] * 2
    after = hundreds.load("permits")
    pd.testing.assert_frame_equal(after, before)
    assert list(after.columns[:4]) == ["run", "seed", "label", "x"]
    assert plain(after) == plain(expected(hundreds, "permits", "total"))
    assert plain(hundreds.load("in_reception", "status")) == plain(expected(hundreds, "in_reception", "status"))
    assert hundreds.load().groupby("measure", observed=True).size().tolist() == [78, 78]


def test_what_is_gathered_takes_the_place_of_the_files(hundreds):
    """Of the first twenty runs only the file of the first is read, which tells the unit: damage of the others changes
    nothing.
    """
    hundreds.gather()
    before = hundreds.load("permits")
    for run in hundreds.index["run"][1:20]:
        files_of(Path(hundreds.store.files.root), run)[1].write_bytes(b"")
    pd.testing.assert_frame_equal(hundreds.load("permits"), before)


@pytest.mark.parametrize("ending", [".json", ".parquet"])
@pytest.mark.parametrize("bit", [0, 4_000, -1])
def test_damaged_gathered_files_change_nothing_and_are_made_again(hundreds, ending, bit):
    before = hundreds.load("permits")
    hundreds.gather()
    path = next(each for each in gathered(hundreds) if each.suffix == ending)
    content = path.read_bytes()
    changed = bytearray(content)
    changed[bit // 8] ^= 1 << bit % 8
    path.write_bytes(changed)
    pd.testing.assert_frame_equal(hundreds.load("permits"), before)
    hundreds.gather()
    assert path.read_bytes() == content


def test_a_sweep_with_missing_runs_is_not_gathered_and_a_changed_one_again(hundreds):
    lost, _ = files_of(Path(hundreds.store.files.root), hundreds.index["run"][3])
    content = lost.read_bytes()
    lost.unlink()
    hundreds.gather()
    assert gathered(hundreds) == []
    lost.write_bytes(content)
    hundreds.gather()
    first = gathered(hundreds)
    turned = Sweep("many", hundreds.store, hundreds.about, hundreds.index.iloc[::-1])
    turned.gather()  # other runs together
    assert len(gathered(turned)) == 4
    assert not set(gathered(turned)) & set(first)
    assert plain(turned.load("permits")) == plain(expected(turned, "permits", "total"))


def test_a_run_that_is_gone_is_missing_also_where_it_is_gathered(hundreds):
    hundreds.gather()
    files_of(Path(hundreds.store.files.root), hundreds.index["run"][3])[0].unlink()
    with pytest.raises(ValueError, match="1 of its 23 runs are missing"):
        hundreds.load("permits")
    assert hundreds.load("permits", incomplete=True)["run"].nunique() == 22


@pytest.mark.slow
def test_loading_takes_time_by_the_number_of_runs(tmp_path):
    seconds = {}
    for runs in (500, 2_000):
        sweep = made_up(tmp_path / str(runs), runs)
        sweep.gather()
        times = []
        for _ in range(3):
            began = time.perf_counter()
            assert len(sweep.load("permits")) == runs * len(MONTHS)
            times.append(time.perf_counter() - began)
        seconds[runs] = min(times)
    assert seconds[2_000] < 8 * seconds[500] + 0.2
    assert seconds[2_000] < 2_000 / 20_000 * 5  # [s]: 20,000 runs in 5


def test_loading_takes_little_more_memory_than_its_frame():
    """The tables that are read take as much again as a frame, and 20,000 runs are to fit in half a gigabyte."""
    months, runs, files = [f"{year}-{month:02}" for year in range(2015, 2036) for month in range(1, 13)], 100, 20
    names = [f"{n:016x}" for n in range(runs * files)]

    def words(codes, known):
        return pa.DictionaryArray.from_arrays(pa.array(codes, pa.int32()), pa.array(known))

    def read(file: int) -> pa.Table:
        every = np.arange(runs * len(months))
        those = names[file * runs :][:runs]
        return pa.table(
            {"run": words(every // len(months), those), "group": words(every * 0, ["all"])}
            | {"month": words(every % len(months), months), "value": pa.array(every / 7)}
        )

    index = pd.DataFrame(
        {"run": names, "seed": np.arange(len(names), dtype="uint64"), "x": np.linspace(0, 1, len(names))}
    )
    tracemalloc.start()
    try:
        parts, before = gathering._Parts(), pa.total_allocated_bytes()
        for file in range(files):
            parts.add(read(file))
        assert pa.total_allocated_bytes() == before
        frame = gathering.joined(index, parts.together(), {"measure": "permits"})
        size, peak = frame.memory_usage(deep=True).sum(), tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert len(frame) == len(names) * len(months)
    assert peak < 1.4 * size


def test_values_differ_by_what_was_asked():
    one, other = (table(n, {"total": ["all"]}) for n in (1, 2))
    assert outcomes.largest_difference(one, one) == 0
    assert outcomes.largest_difference(one, other) == pytest.approx((2 + 1 / 8 - 1 - 1 / 8) / (2 + 1 / 8 + 3), rel=1e-9)
    assert outcomes.largest_difference(one, table(1, {"total": ["none"]})) == np.inf
