"""Progress of a sweep: rate and time left by hand, plain lines, and the file for other processes."""

import io
from contextlib import suppress
from types import SimpleNamespace

import pytest
from rich.console import Console

from experiments.store import records
from experiments.store.store import Store
from experiments.sweeps import progress
from experiments.sweeps.progress import LINE_EVERY, SILENT, WINDOW, SweepProgress
from experiments.sweeps.runner import Done


@pytest.fixture
def clock(monkeypatch):
    """A clock that stands still at 1,000 seconds until it is moved."""
    now = SimpleNamespace(at=1000.0, time=lambda: now.at)
    monkeypatch.setattr(progress, "time", now)
    return now


@pytest.fixture
def lines():
    """A console without a terminal, and what it was told."""
    text = io.StringIO()
    return Console(file=text, width=200), lambda: text.getvalue().splitlines()


def done(clock, counts, seconds, status="kept"):
    clock.at += seconds
    counts.add(Done("a", status))


def test_rate_by_hand(clock):
    counts = SweepProgress(total=20, before=5, began=1000.0)
    assert (counts.words(), counts.seconds_left) == ("5 of 20 runs", None)
    for status in ("kept", "kept", "failed", "there", "lost"):
        done(clock, counts, 6, status)
    assert (counts.finished, counts.failed) == (8, 2)
    assert counts.per_minute == pytest.approx(10)  # 5 in 30 seconds
    assert counts.seconds_left == pytest.approx(60)  # 10 runs are left
    assert counts.words() == "8 of 20 runs, 2 failed, 10 per minute, 1 min left"


def test_rate_is_that_of_the_last_runs(clock):
    counts = SweepProgress(total=10_000, began=1000.0)
    for _ in range(300):
        done(clock, counts, 10)
    assert counts.per_minute == pytest.approx(6, rel=0.01)
    for _ in range(WINDOW):
        done(clock, counts, 1)
    assert counts.per_minute == pytest.approx(60, rel=0.01)
    assert counts.words() == "500 of 10,000 runs, 60 per minute, 2.6 hr left"


def test_the_first_record_at_once_is_no_division_by_zero(clock):
    counts = SweepProgress(total=2, began=1000.0)
    done(clock, counts, 0)
    assert counts.seconds_left < 1


def test_plain_lines_now_and_then_where_there_is_no_terminal(clock, lines, tmp_path):
    console, said = lines
    counts = SweepProgress(total=4, began=1000.0)
    with progress.reporting(console, "mine", counts, Store(tmp_path)) as report:
        report(Done("a", "kept"))
        assert said() == []
        clock.at += LINE_EVERY
        report(Done("b", "kept"))
        report(Done("c", "failed", reason="ValueError: [no] markup"))
    assert said() == [
        "mine: 2 of 4 runs, 12 per minute, 10 sec left",
        "Run c failed: ValueError: [no] markup",
    ]


def test_the_file_of_a_driver_is_there_while_it_runs(clock, lines, tmp_path):
    store, counts = Store(tmp_path), SweepProgress(total=4, before=1, began=1000.0)
    with suppress(KeyboardInterrupt), progress.reporting(lines[0], "mine", counts, store) as report:
        (first,) = progress.drivers(store, "mine")
        assert (first["total"], first["counts"], first["seconds_left"], first["at"]) == (4, {}, None, 1000.0)
        clock.at += 1
        report(Done("a", "kept"))
        assert progress.drivers(store, "mine") == [first]  # not with every run
        clock.at += 29
        report(Done("b", "kept"))
        (later,) = progress.drivers(store, "mine")
        assert (later["counts"], later["at"], later["driver"]) == ({"kept": 2}, 1030.0, first["driver"])
        assert (later["per_minute"], later["seconds_left"]) == (pytest.approx(4), pytest.approx(15))
        assert progress.drivers(store, "other") == []
        raise KeyboardInterrupt
    assert list((tmp_path / "sweeps" / "mine" / "drivers").iterdir()) == []


def test_silent_drivers_are_passed_over(clock, tmp_path):
    store = Store(tmp_path)
    for driver, at in (("alive", 1000.0 - SILENT + 1), ("killed", 1000.0 - SILENT - 1)):
        told = {"driver": driver, "began": 0.0, "at": at, "total": 1, "counts": {}, "per_minute": 0.0}
        store.files.write(f"sweeps/mine/drivers/{driver}.json", records.written(told | {"seconds_left": None}))
    for number, content in enumerate((b"{", b"{}", b"[]", b"", b"null")):
        store.files.write(f"sweeps/mine/drivers/stray{number}.json", content)
    assert [each["driver"] for each in progress.drivers(store, "mine")] == ["alive"]
