"""A store that is damaged: any flipped bit is seen or does no harm, and the same command makes it whole again."""

import random
import shutil
from pathlib import Path

import pytest

from abm.engine.errors import InputError
from abm.facts import facts
from experiments.analysis import comparison
from experiments.cli import run_summary
from experiments.report import page
from experiments.store import records
from experiments.store.holds import run_of
from experiments.store.store import Store
from experiments.sweeps import api, loading
from experiments.sweeps import sweep as sweeps
from experiments.validation import targets, verdicts
from tests.helpers.runs import CURRENT, real
from tests.helpers.stores import content

DESIGN = {"name": "tiny", "scenarios": CURRENT, "until": "2015-02", "scale": 0.005, "replicates": 2}


@pytest.fixture(autouse=True)
def read_once(monkeypatch):
    """The real facts, which need not be read for each sweep."""
    inputs = real()
    monkeypatch.setattr(facts, "load", lambda layout=None: inputs)


@pytest.fixture(scope="module")
def good(tmp_path_factory) -> Path:
    """A store with a sweep of two runs."""
    place = tmp_path_factory.mktemp("good")
    api.sweep(DESIGN, workers=1, store=place)
    return place


@pytest.fixture
def place(good, tmp_path) -> Path:
    """A copy of it, to be damaged."""
    return Path(shutil.copytree(good, tmp_path / "store"))


def files(place: Path) -> list[Path]:
    """Files that results are read from."""
    return sorted(path for path in place.rglob("*") if path.suffix in (".json", ".parquet"))


def flipped(path: Path, bit: int) -> bytes:
    """The content of a file before one of its bits is flipped."""
    before = path.read_bytes()
    changed = bytearray(before)
    changed[bit // 8] ^= 1 << bit % 8
    path.write_bytes(changed)
    return before


def text(frame) -> str:
    return frame.to_csv(index=False)


def read_all(place: Path) -> dict[str, object]:
    """What readers find: an answer each, or the message of a refusal."""
    runs = sorted(run_of(path.stem) for path in (place / "outcomes").iterdir())
    asked = {
        "load": lambda: text(loading.load("tiny", "in_reception", store=place)),
        "load all": lambda: text(loading.load("tiny", store=place)),
        "load by status": lambda: text(loading.load("tiny", "in_reception", "status", store=place)),
    }
    for run in runs:
        asked |= {
            f"table {run}": lambda run=run: text(run_summary.of_measure(Store(place).find(run), "in_reception", None)),
            f"run {run}": lambda run=run: text(Store(place).find(run).outcomes()),
            f"record {run}": lambda run=run: Store(place).find(run).about(),
        }
    found = {}
    for name, ask in asked.items():
        try:
            found[name] = ask()
        except InputError as error:
            found[name] = error
    return found


@pytest.mark.parametrize("flips", [2, pytest.param(60, marks=pytest.mark.slow)])
def test_whatever_bit_is_flipped_readers_see_it_or_find_the_same(place, flips):
    good, draw, seen = read_all(place), random.Random(flips), 0
    for path in files(place):
        bits = 8 * path.stat().st_size
        for bit in {draw.randrange(bits) for _ in range(flips)} | {0, bits - 1}:
            before = flipped(path, bit)
            for name, found in read_all(place).items():
                if isinstance(found, InputError):
                    seen += 1
                    assert str(found).startswith(f"{path}: "), (path, bit, name)
                    assert "\n" not in str(found), (path, bit, name)
                else:
                    assert found == good[name], (path, bit, name)
            runs = {run_of(each.stem) for each in (place / "outcomes").iterdir()}
            hurt = {run_of(path.stem)} if path.parent.name in ("runs", "outcomes") else set()
            assert Store(place).whole(runs) == runs - hurt
            path.write_bytes(before)
    assert seen > 4 * flips


DAMAGES = {
    "a bit": lambda path: flipped(path, 8 * (path.stat().st_size // 2)),
    "cut": lambda path: path.write_bytes(path.read_bytes()[:-1]),
    "half": lambda path: path.write_bytes(path.read_bytes()[: path.stat().st_size // 2]),
    "empty": lambda path: path.write_bytes(b""),
    "nothing in it": lambda path: path.write_bytes(b"{}"),
    "longer": lambda path: path.write_bytes(path.read_bytes() + b"\n"),
    "gone": lambda path: path.unlink(),
}


@pytest.mark.parametrize("folder", ["runs", "outcomes", "sweeps/tiny"])
@pytest.mark.parametrize("damage", DAMAGES)
def test_the_same_sweep_makes_whole_what_is_gone_or_damaged(place, folder, damage):
    before = content(place)
    path = next(each for each in sorted((place / folder).iterdir()) if each.name[:6] not in ("design", "driver"))
    DAMAGES[damage](path)
    made = api.sweep(DESIGN, workers=1, store=place)
    assert made.missing().empty
    assert content(place) == before


@pytest.mark.parametrize("damage", ["cut", "nothing in it"])
@pytest.mark.parametrize("folder", ["runs", "outcomes"])
def test_each_reader_names_the_file(place, abm, folder, damage):
    path = sorted((place / folder).iterdir())[0]
    DAMAGES[damage](path)
    name = run_of(path.stem)
    run, store = Store(place).run(name), Store(place)
    for read in (
        lambda: page.html(run),
        lambda: verdicts.compare([run], targets.load()),
        lambda: run_summary.by_year(run),
        lambda: loading.outcomes(store, [name], None, "total"),
    ):
        with pytest.raises(InputError, match=f"{folder}/{path.name}: is missing or damaged: make .* again with"):
            read()
    for command in (("table", name, "in_reception"), ("validate", name)):
        code, _, err = abm(*command, "--store", str(place))
        assert (code, err.count("\n")) == (2, 1)
        assert path.name in err


def test_a_larger_sweep_makes_whole_what_is_damaged(place):
    DAMAGES["a bit"](sorted((place / "outcomes").iterdir())[0])
    assert api.extend(DESIGN, replicates=3, workers=1, store=place).missing().empty
    assert len(Store(place).whole(Store(place).done())) == 3


def test_a_comparison_makes_whole_what_is_damaged(tmp_path):
    (tmp_path / "a.yaml").write_text("until: 2015-03\nscale: 0.005\n")
    (tmp_path / "b.yaml").write_text("extends: a.yaml\nname: b\npolicy: {decision: {capacity_factor: 4}}\n")
    sides, place = (tmp_path / "a.yaml", tmp_path / "b.yaml"), tmp_path / "store"
    first = comparison.compare(*sides, pairs=2, workers=1, store=place)
    before = content(place)
    for path in sorted((place / "outcomes").iterdir())[:2]:
        DAMAGES["a bit"](path)
    again = comparison.compare(*sides, pairs=2, workers=1, store=place)
    assert again.differences.equals(first.differences)
    assert content(place) == before


def test_files_that_were_exchanged_are_seen(place):
    one, other = sorted(path.stem for path in (place / "outcomes").iterdir())

    def exchange(folder: str, ending: str) -> None:
        first, second = (place / folder / f"{run}{ending}" for run in (one, other))
        mine, its = first.read_bytes(), second.read_bytes()
        first.write_bytes(its)
        second.write_bytes(mine)

    exchange("outcomes", ".parquet")
    with pytest.raises(InputError, match=f"outcomes/{one}.parquet: is missing or damaged"):
        Store(place).run(run_of(one)).outcomes("in_reception", "total")
    exchange("runs", ".json")  # now each record fits its outcomes, and both are those of the other run
    with pytest.raises(InputError, match=f"runs/{one}.json: is that of another run, {run_of(other)}: make"):
        Store(place).run(run_of(one)).outcomes("in_reception", "total")
    assert Store(place).whole(map(run_of, (one, other))) == set()


def test_stray_files_keep_nothing_from_starting(place):
    for folder in ("runs", "outcomes", "failed", "sweeps/tiny", "sweeps/tiny/drivers", "sweeps/stray"):
        (place / folder).mkdir(exist_ok=True)
        for name in ("stray.json", "0123456789abcdef.json", "0123456789abcdef.parquet", ".#lock.json", "x.json~"):
            (place / folder / name).write_bytes(b"{}")
    assert api.sweep(DESIGN, workers=1, store=place).missing().empty
    assert sweeps.names(Store(place)) == ["tiny"]
    with pytest.raises(InputError, match="runs/stray.json: is missing or damaged"):
        Store(place).find("stray").about()
    with pytest.raises(InputError, match="failed/stray.json: is missing or damaged: remove it"):
        Store(place).failure("stray")


def old(place: Path) -> dict[str, bytes]:
    """Rewrite the records of runs and the sweep as they were before they had versions; returns the content."""
    for path in files(place):
        if path.suffix == ".json":
            kind = records.OfDesign if path.name.startswith("design") else records.Kept
            _, mapping = records.read(kind, path.read_bytes(), str(path), "")
            path.write_bytes(records.as_json({key: mapping[key] for key in mapping if key not in records.NEW}))
    return content(place)


def test_runs_of_before_records_had_versions_are_read_and_checked(place):
    new = read_all(place)
    before = old(place)
    found = read_all(place)
    assert {name: each for name, each in found.items() if "record" not in name} == {
        name: each for name, each in new.items() if "record" not in name
    }
    assert api.sweep(DESIGN, workers=1, store=place).missing().empty
    assert content(place) == before
    path = sorted((place / "outcomes").iterdir())[0]
    flipped(path, 8 * 5_000)
    with pytest.raises(InputError, match=path.name):
        Store(place).run(run_of(path.stem)).outcomes("in_reception", "total")
