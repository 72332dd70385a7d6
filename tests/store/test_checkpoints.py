"""Checkpoints of a store: named by all that led to them, made again where damaged, and bounded in space."""

import os
from pathlib import Path

import pytest

from abm.engine import clock
from abm.engine.errors import InputError
from experiments.store import checkpoints, versions
from experiments.store.checkpoints import ENDING, FOLDER, Checkpoints, name_of
from experiments.store.store import Store
from experiments.sweeps import runner
from tests.helpers.runs import difference, real, recorded, small

CAPACITY = "policy.decision.capacity_factor"
WITHIN = small("2015-04", scale=0.005)


def files(place: Path) -> dict[str, Path]:
    return {path.name.removesuffix(ENDING): path for path in (place / FOLDER).glob(f"*{ENDING}")}


def test_a_name_says_all_that_led_to_the_state_and_nothing_later(monkeypatch):
    name = name_of(WITHIN, 2, "data")
    assert name.endswith("-2015-03")
    for same in (
        WITHIN.changed(until="2030-12"),
        WITHIN.with_values({CAPACITY: {"2015-03": 2}}),
        small("2015-04", scale=0.005),
    ):
        assert name_of(same, 2, "data") == name
    others = [
        name_of(WITHIN.with_values({CAPACITY: {"2015-02": 2}}), 2, "data"),
        name_of(WITHIN.with_values({CAPACITY: 2}), 2, "data"),
        name_of(WITHIN.changed(seed=2), 2, "data"),
        name_of(WITHIN.changed(scale=0.006), 2, "data"),
        name_of(WITHIN.changed(layout=2024), 2, "data"),
        name_of(WITHIN, 1, "data"),
        name_of(WITHIN, 2, "other data"),
    ]
    monkeypatch.setattr(versions, "processor", lambda: {"machine": "aarch64", "avx_512": False})
    others.append(name_of(WITHIN, 2, "data"))
    monkeypatch.setattr(versions, "_versions", lambda: ("3.12.99", {}))
    others.append(name_of(WITHIN, 2, "data"))
    assert len({name, *others}) == 1 + len(others)


def test_the_latest_state_of_its_history_is_found(tmp_path):
    known = Checkpoints(Store(tmp_path), real().digest)
    assert known.latest(WITHIN) is None
    runner.simulate(WITHIN, real(), None, known, (1, 3))
    again = Checkpoints(Store(tmp_path), real().digest)
    assert again.latest(WITHIN).month == 3
    assert again.latest(WITHIN.with_values({CAPACITY: {"2015-03": 2}})).month == 1
    assert again.latest(WITHIN.changed(until="2015-03")).month == 1  # the state after its end is not its own
    assert again.latest(WITHIN.changed(seed=2)) is None
    assert Checkpoints(Store(tmp_path), "other data").latest(WITHIN) is None


@pytest.mark.parametrize("harm", ["cut", "changed", "empty"])
def test_a_damaged_state_is_made_again(tmp_path, harm):
    known = Checkpoints(Store(tmp_path), real().digest)
    runner.simulate(WITHIN, real(), None, known, (2,))
    (path,) = files(tmp_path).values()
    right = path.read_bytes()
    path.write_bytes({"cut": right[:5000], "changed": right[:-1] + bytes([right[-1] ^ 1]), "empty": b""}[harm])
    found, _ = runner.simulate(WITHIN, real(), None, Checkpoints(Store(tmp_path), real().digest), (2,))
    assert difference(found, recorded(WITHIN)) == []
    assert path.read_bytes() == right


@pytest.mark.parametrize("what", ["read", "write"])
def test_a_state_that_cannot_be_read_or_written_costs_no_run(tmp_path, monkeypatch, what):
    runner.simulate(WITHIN, real(), None, Checkpoints(Store(tmp_path), real().digest), (2,))
    store = Store(tmp_path)

    def fails(key, *content):
        raise InputError(f"{key}: no space, or no permission")

    monkeypatch.setattr(store.files, what, fails)
    found, _ = runner.simulate(WITHIN, real(), None, Checkpoints(store, real().digest), (1,))
    assert difference(found, recorded(WITHIN)) == []


def test_the_least_recently_used_go_first(tmp_path):
    store = Store(tmp_path)
    known = Checkpoints(store, real().digest, most=100)
    scenarios = [WITHIN.changed(seed=seed) for seed in range(1, 5)]
    names = [name_of(each, 1, real().digest) for each in scenarios]
    for age, each in zip((300, 200, 100), scenarios, strict=False):
        known.keep(each, 1, bytes(40) if age > 100 else bytes(20))
        key = f"{FOLDER}/{name_of(each, 1, real().digest)}{ENDING}"
        os.utime(tmp_path / key, (0, 1e9 - age))
    assert set(files(tmp_path)) == set(names[:3])  # 100 bytes, just as many as there may be
    store.files.touch(f"{FOLDER}/{names[0]}{ENDING}")
    known.keep(scenarios[3], 1, bytes(30))
    assert set(files(tmp_path)) == {names[0], names[2], names[3]}
    known.keep(scenarios[1], 1, bytes(101))  # larger than all may be
    assert set(files(tmp_path)) == {names[0], names[2], names[3]}


def test_without_space_nothing_is_kept_or_found(tmp_path):
    with_space = Checkpoints(Store(tmp_path), real().digest)
    runner.simulate(WITHIN, real(), None, with_space, (2,))
    known = Checkpoints(Store(tmp_path), real().digest, most=0)
    assert known.latest(WITHIN) is None
    runner.simulate(WITHIN, real(), None, known, (1,))
    assert [clock.index(name.partition("-")[2]) for name in files(tmp_path)] == [2]


def test_a_folder_that_cannot_be_listed_is_one_line(tmp_path):
    (tmp_path / FOLDER).write_text("a file")
    with pytest.raises(InputError) as error:
        Checkpoints(Store(tmp_path), real().digest).latest(WITHIN)
    assert "\n" not in str(error.value)


def test_the_usual_space_is_said_in_the_help():
    assert checkpoints.MOST == 4e9
