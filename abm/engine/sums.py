"""Sums in compiled code that have the bytes of NumPy's.

NumPy adds a row of numbers up in pairs, not in their order: blocks of at most 128, each by eight running sums. A loop
that replaces `np.sum` and has to keep every digit adds them up in the same way. tests/engine/test_sums.py compares.
"""

import numpy as np

from abm.engine.compiled import njit

_BLOCK, _SUMS = 128, 8  # numbers of a block, at most, and running sums in it: those of NumPy
_HALVES = 2
_DEEP = 64  # halvings of a row, at most


@njit
def _of_block(values, first, count):
    """Sum of `count` values, at most a block, from `first` on."""
    if count < _SUMS:
        found = 0.0
        for k in range(count):
            found += values[first + k]
        return found
    run = np.empty(_SUMS)
    for j in range(_SUMS):
        run[j] = values[first + j]
    even = count - count % _SUMS
    for k in range(_SUMS, even, _SUMS):
        for j in range(_SUMS):
            run[j] += values[first + k + j]
    step = 1
    while step < _SUMS:  # neighbours, then pairs of them
        for j in range(0, _SUMS, _HALVES * step):
            run[j] += run[j + step]
        step *= _HALVES
    found = run[0]
    for k in range(even, count):
        found += values[first + k]
    return found


@njit
def summed(values):
    """Sum of values, (n,), as `np.sum` of a contiguous row gives it."""
    if len(values) <= _BLOCK:
        return _of_block(values, 0, len(values))
    begins, counts, sums = np.empty(_DEEP, np.int64), np.empty(_DEEP, np.int64), np.empty(_DEEP)
    state = np.zeros(_DEEP, np.int8)  # of each part that is being summed: new, its first half done
    begins[0], counts[0], depth, last = 0, len(values), 0, 0.0
    while depth >= 0:
        begin, count = begins[depth], counts[depth]
        half = count // _HALVES
        half -= half % _SUMS
        if count <= _BLOCK:
            last, depth = _of_block(values, begin, count), depth - 1
        elif state[depth] == 0:
            state[depth], begins[depth + 1], counts[depth + 1], state[depth + 1] = 1, begin, half, 0
            depth += 1
        elif state[depth] == 1:
            sums[depth], state[depth] = last, _HALVES
            begins[depth + 1], counts[depth + 1], state[depth + 1] = begin + half, count - half, 0
            depth += 1
        else:
            last, depth = sums[depth] + last, depth - 1
    return last
