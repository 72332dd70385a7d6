"""Waiting lists: the fast kernels against slow twins in plain Python."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from abm.draws import ORDER_BITS
from abm.kernels import oldest_first, served, waiting_key, whole_months

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


@given(queues())
def test_oldest_first_equals_the_slow_twin(queue):
    rows, key, sizes, budget = queue
    found, left = oldest_first(np.array(rows, int), np.array(key, np.uint64), np.array(sizes, np.int8), budget)
    assert (found.tolist(), left) == slow_oldest_first(rows, key, sizes, budget)


def serve(budget, sizes=(2, 3, 1)):
    """Serve a queue of which row 0 waits longest."""
    rows = np.arange(len(sizes))
    found, left = oldest_first(rows, rows.astype(np.uint64), np.array(sizes, np.int8), budget)
    return found.tolist(), left


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


# --- weeks


@pytest.mark.parametrize(("weeks", "mean"), [(0, 0.0), (6, 1.3799), (14, 3.2197), (40, 9.1992), (365.25 / 7, 12.0)])
def test_weeks_become_whole_months_with_the_right_mean(weeks, mean):
    chance = (np.arange(10_000) + 0.5) / 10_000
    months = whole_months(weeks, chance)
    assert months.dtype == np.int64
    assert set(months.tolist()) <= {int(mean), int(mean) + 1} | {round(mean)}
    assert months.mean() == pytest.approx(mean, abs=2e-4)


def test_a_whole_month_never_becomes_less():
    assert whole_months(365.25 / 12 / 7 * 3, np.array([0.0, 0.5, 0.999])).tolist() == [3, 3, 3]
