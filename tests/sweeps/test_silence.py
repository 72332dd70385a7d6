"""What a driver takes back when a node has gone without a word."""

from types import SimpleNamespace

import pytest

from experiments.sweeps import ray_workers
from experiments.sweeps.ray_workers import _Driver


@pytest.fixture
def driver():
    """A driver on two nodes that never answer; `living` lists those that live."""
    living, numbers = ["a", "b"], iter(range(1000))

    def remote(**_):
        return lambda task: SimpleNamespace(remote=lambda given, chunk: next(numbers))

    def nodes():
        return [{"NodeID": node, "Alive": node in living} for node in "ab"]

    found = _Driver(SimpleNamespace(remote=remote, put=id, nodes=nodes), None, None, None, range(10), None)
    found.living = living
    return found


def test_what_was_sent_before_a_node_died_is_taken_back_once_and_later(driver, monkeypatch):
    clock = 100.0
    monkeypatch.setattr(ray_workers.time, "monotonic", lambda: clock)
    driver.send([1, 2])
    driver.alone[driver.send([3])] = 1  # it was lost once, which is not forgotten
    driver.give_up(clock)
    driver.living.remove("b")
    clock += 5
    before = driver.task
    driver.give_up(clock)
    assert driver.task is not before  # what is sent from now on does not wait behind the dead node
    assert len(driver.under_way) == 2
    clock += 1
    later = driver.send([4])
    clock += ray_workers.SILENT_SECONDS
    driver.give_up(clock)
    assert list(driver.again) == [(1, 0), (2, 0), (3, 1)]
    assert list(driver.under_way) == list(driver.sent) == [later]
    assert driver.alone == {}
    clock += 1000
    driver.give_up(clock)
    assert list(driver.under_way) == [later]
    assert len(driver.again) == 3


def test_long_jobs_are_given_longer(driver, monkeypatch):
    clock = 0.0
    monkeypatch.setattr(ray_workers.time, "monotonic", lambda: clock)
    driver.seconds.append(60.0)
    driver.send([1])
    driver.give_up(clock)
    driver.living.remove("a")
    clock = 10.0
    driver.give_up(clock)
    clock += ray_workers.SILENT_JOBS * 60 - 1
    driver.give_up(clock)
    assert driver.under_way
    clock += 2
    driver.give_up(clock)
    assert not driver.under_way


def test_nodes_that_come_take_nothing_back(driver, monkeypatch):
    clock = 0.0
    monkeypatch.setattr(ray_workers.time, "monotonic", lambda: clock)
    driver.living.remove("b")
    driver.send([1])
    driver.give_up(clock)
    driver.living.append("b")
    clock = 1e6
    driver.give_up(clock)
    assert driver.under_way
