"""Waiting lists: the compiled loops against slow twins in plain Python."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from abm.engine.draws import ORDER_BITS
from abm.engine.queues import oldest_first, oldest_first_by, served, waiting, waiting_key

LOTTERY = st.integers(0, 2**ORDER_BITS - 1)


def slow_oldest_first(rows, key, sizes, budget):
    """Serve one household after the other until the next one does not fit."""
    queue = sorted(zip(key, rows, sizes, strict=True))
    found = []
    for _, row, size in queue:
        if size > budget:
            return found, budget
        budget -= size
        found.append(row)
    return found, 0.0


@st.composite
def queues(draw):
    """A queue with unique keys, and a budget in quarters of a person (exact in binary)."""
    number = draw(st.integers(0, 40))
    key = draw(st.lists(st.integers(0, 2**64 - 1), min_size=number, max_size=number, unique=True))
    sizes = draw(st.lists(st.integers(1, 15), min_size=number, max_size=number))
    rows = draw(st.permutations(range(100, 100 + number)))
    return rows, key, sizes, draw(st.integers(0, 400)) / 4


def columns(rows, key, sizes):
    """Months, lottery numbers and sizes as whole columns in which the queue has these rows."""
    since, lottery, size = np.full(200, -1, np.int16), np.zeros(200, np.uint64), np.zeros(200, np.int8)
    since[rows] = [(number >> ORDER_BITS) - 1024 for number in key]
    lottery[rows] = [number & (2**ORDER_BITS - 1) for number in key]
    size[rows] = sizes
    return since, lottery, size


@given(queues())
def test_oldest_first_equals_the_slow_twin(queue):
    rows, key, sizes, budget = queue
    found, left = oldest_first(np.array(rows, int), *columns(rows, key, sizes), budget)
    expected, expected_left = slow_oldest_first(rows, key, sizes, budget)
    assert (sorted(found.tolist()), left) == (sorted(expected), expected_left)


@given(queues(), st.data())
def test_several_queues_at_once_are_each_served_alone(queue, data):
    rows, key, sizes, budget = queue
    group = np.array(data.draw(st.lists(st.integers(0, 3), min_size=len(rows), max_size=len(rows))), np.int8)
    budgets = np.array([budget, 0.25, budget / 2, 1e9])
    left = budgets.copy()
    found = oldest_first_by(group, np.array(rows, int), *columns(rows, key, sizes), left)
    for number, allowed in enumerate(budgets):
        members = [each for each in zip(rows, key, sizes, group, strict=True) if each[3] == number]
        expected, expected_left = slow_oldest_first(*([each[i] for each in members] for i in range(3)), allowed)
        assert sorted(set(expected)) == sorted(row for row, _, _, of in members if row in found)
        assert left[number] == expected_left


@pytest.mark.parametrize("people", [1, 15, 17, 1_000, 20_000])
def test_a_long_queue_equals_the_slow_twin(people):
    draw = np.random.default_rng(people)
    rows = draw.permutation(people)
    since = draw.integers(-2, 2, people).astype(np.int16)
    lottery = draw.permutation(people).astype(np.uint64)
    size = draw.integers(1, 16, people).astype(np.int8)
    key = waiting_key(since, lottery)
    for budget in (0.5, size.sum() / 3 + 0.25, 0.9 * size.sum(), size.sum() - 1.0, 1.0 * size.sum()):
        found, left = oldest_first(rows, since, lottery, size, budget)
        expected, expected_left = slow_oldest_first(rows, key[rows].tolist(), size[rows].tolist(), budget)
        assert (sorted(found.tolist()), left) == (sorted(expected), expected_left)


def test_equal_lottery_numbers_do_not_stop_the_queue():
    size = np.ones(100, np.int8)
    found, left = oldest_first(np.arange(100), np.zeros(100, np.int16), np.full(100, 7, np.uint64), size, 30.5)
    assert (len(found), left) == (30, 0.5)


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(-5, 5)), max_size=40))
def test_waiting_gives_the_rows_at_a_stage_since_before_this_month(people):
    stage = np.array([stage for stage, _ in people], np.int8)
    since = np.array([month for _, month in people], np.int16)
    expected = [row for row, (at, month) in enumerate(people) if at == 1 and month < 2]
    assert waiting(stage, since, 1, 2).tolist() == expected


def serve(budget, sizes=(2, 3, 1)):
    """Serve a queue of which row 0 waits longest; served rows in order."""
    rows = np.arange(len(sizes))
    found, left = oldest_first(rows, rows.astype(np.int16), rows.astype(np.uint64), np.array(sizes, np.int8), budget)
    return sorted(found.tolist()), left


@pytest.mark.parametrize(
    ("budget", "found", "left"),
    [
        (0, [], 0.0),
        (1.5, [], 1.5),  # too small for the first: kept
        (2, [0], 0.0),
        (4.5, [0], 2.5),  # nobody is skipped, though the last would fit
        (5, [0, 1], 0.0),
        (6, [0, 1, 2], 0.0),
        (100, [0, 1, 2], 0.0),  # what meets an empty queue is lost
    ],
)
def test_capacity_that_is_too_small_is_kept_and_unused_capacity_is_lost(budget, found, left):
    assert serve(budget) == (found, left)


def test_a_scarce_capacity_is_used_in_full_over_the_months():
    sizes, kept, people = [3] * 40, 0.0, 0
    for _ in range(48):
        found, kept = serve(kept + 1.25, sizes)
        people += 3 * len(found)
        sizes = sizes[len(found) :]
    assert people == 60  # 48 months of 1.25 persons


def test_an_empty_queue():
    assert serve(3, ()) == ([], 0.0)
    assert served(np.zeros(0, np.int64), 3.0) == (0, 3.0)


# --- the order of waiting


@given(st.lists(st.tuples(st.integers(-1024, 3071), LOTTERY), max_size=30))
def test_longest_waiting_first_then_the_lottery(waiting):
    since = np.array([month for month, _ in waiting], np.int16)
    lottery = np.array([number for _, number in waiting], np.uint64)
    key = waiting_key(since, lottery)
    assert key.dtype == np.uint64
    assert sorted(waiting) == [waiting[i] for i in np.argsort(key, kind="stable")]


def test_months_before_2015_come_first_whatever_the_lottery():
    key = waiting_key(np.array([0, -1, -600, 431], np.int16), np.array([0, 2**52 - 1, 2**52 - 1, 0], np.uint64))
    assert np.argsort(key).tolist() == [2, 1, 0, 3]
