"""How Python calls compiled loops: one variant whatever may be written, and columns and numbers by name."""

import os
import subprocess
import sys
from collections import namedtuple
from inspect import isfunction
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from numba import njit
from numba.core.errors import TypingError

from abm.engine.kernels import kernel
from abm.engine.params import ProcessParams, param
from abm.engine.table import Table, column


class Flock(Table):
    weight = column(np.float32, unit="kg", doc="weight")
    eaten = column(np.float32, unit="kg", doc="eaten so far")
    pen = column(np.int8, unit="row", doc="pen")


class Appetite(ProcessParams):
    share: float = param(1, "share", 0, 1, "assumption", "eaten of what there is")  # a whole number by default
    meals: int = param(2, "number", 0, 9, "assumption", "meals a day")


Sheep = namedtuple("Sheep", "weight eaten pen")


class Eating(NamedTuple):
    share: float
    meals: int


def make(writes=("flock.eaten",)):
    """A kernel of its own: what it was compiled for is not shared between tests."""

    @kernel(writes=writes)
    def feed(rows, flock: Sheep, food, eating: Eating):
        for i in rows:
            flock.eaten[i] += eating.share * eating.meals * food[flock.pen[i]]
        return flock.eaten.sum()

    return feed


def sheep():
    flock = Flock()
    flock.add(3, weight=[40, 50, 60], pen=[0, 1, 1])
    return flock


ROOT = Path(__file__).parents[2]
FOOD = np.array([1.0, 2.0])
ROWS = np.array([0, 2])


def shut(array):
    view = array.view()
    view.flags.writeable = False
    return view


def test_a_loop_is_compiled_once_whatever_may_be_written():
    feed, flock = make(), sheep()
    for allowed in (None, ("eaten",), ("eaten", "pen"), ("eaten", "weight", "pen")):
        flock.writable(allowed)
        for rows in (ROWS, shut(ROWS)):
            for food in (FOOD, shut(FOOD)):
                feed(rows, flock, food, Eating(0.5, 2))
    assert flock.eaten.tolist() == [16, 0, 32]  # sixteen days
    assert len(feed.compiled.signatures) == 1


def test_a_table_a_tuple_and_params_give_the_same():
    flock = sheep()
    one = make()(ROWS, flock, FOOD, Appetite(share=0.5))
    flock.eaten[:] = 0
    assert one == make()(ROWS, Sheep(flock.weight, flock.eaten, flock.pen), FOOD, Eating(share=0.5, meals=2)) == 3


def test_numbers_come_as_the_tuple_declares_them():
    feed, flock = make(), sheep()
    assert type(Appetite().share) is int
    assert feed(ROWS, flock, FOOD, Appetite()) == 6
    assert feed(ROWS, flock, FOOD, Appetite(share=0.5)) == 9
    assert feed(ROWS, flock, FOOD, Eating(1, 2)) == 15
    assert len(feed.compiled.signatures) == 1


def test_what_is_written_has_to_be_allowed():
    feed, flock = make(), sheep()
    feed(ROWS, flock, FOOD, Eating(1, 1))
    flock.writable(("pen",))
    with pytest.raises(ValueError, match=r"feed writes flock.eaten, which is read-only here: WRITES has to name it"):
        feed(ROWS, flock, FOOD, Eating(1, 1))
    assert flock.eaten.tolist() == [1, 0, 2]


def test_what_is_written_has_to_be_named():
    with pytest.raises(TypingError, match="readonly array"):
        make(writes=())(ROWS, sheep(), FOOD, Eating(1, 1))


@pytest.mark.parametrize("name", ["eaten", "flock.age", "herd.eaten"])
def test_what_is_named_has_to_be_there(name):
    with pytest.raises(ValueError, match=rf"feed has no \['{name}'\]: it has \[.*'flock.eaten'"):
        make(writes=(name,))


def test_an_array_of_its_own_can_be_written():
    @kernel(writes=("left",))
    def take(left, much):
        left -= much
        return left[0]

    left = np.array([5.0])
    assert take(left, 2) == 3
    assert left.tolist() == [3]
    with pytest.raises(ValueError, match="take writes left, which is read-only here"):
        take(shut(left), 2)


def test_numbers_and_arrays_of_another_kind_are_not_converted():
    @kernel
    def scaled(values, by):
        return values[0] * by

    assert scaled(np.array([3]), 2) == 6
    assert scaled(np.array([3]), 0.5) == 1.5  # and not 3 times 0
    assert scaled(np.array([3], np.int8), 2) == 6
    assert scaled(np.array([[3, 4], [5, 6]])[:, 0], 2) == 6  # not one after the other
    assert scaled(np.array([1.5]), 2) == 3
    assert scaled(np.array([3]), 2) == 6  # two variants would do


def test_compiled_code_calls_a_kernel():
    @kernel
    def largest(values):
        return values.max()

    @njit
    def twice(values):
        return 2 * largest(values) + largest(values.astype(np.int8))

    assert twice(np.array([1, 4, 2])) == 12
    assert largest(np.array([1, 4, 2])) == 4
    assert len(largest.compiled.signatures) == 1


def test_a_tuple_needs_a_declaration():
    @kernel
    def total(pair):
        return pair[0].sum()

    with pytest.raises(TypeError, match="total: a tuple needs a named tuple as annotation, here of 'pair'"):
        total((np.ones(2), np.ones(2)))


def test_arguments_are_counted():
    feed = make()
    with pytest.raises(TypeError, match="feed takes 4 arguments, not 3"):
        feed(ROWS, sheep(), FOOD)
    with pytest.raises(TypeError, match="feed takes 4 arguments, not 5"):
        feed(ROWS, sheep(), FOOD, Eating(1, 1), 3)


def test_without_the_compiler_it_is_a_plain_function():
    """As the pages of modules show it, and a debugger steps through it; in a process of its own."""
    script = "from tests.engine import test_kernel_calls as t; t.feed_as_python()"
    did = subprocess.run([sys.executable, "-c", script], env=os.environ | {"NUMBA_DISABLE_JIT": "1"}, cwd=ROOT)
    assert did.returncode == 0


def feed_as_python():
    """Check a kernel that is not compiled."""
    feed, flock = make(), sheep()
    assert isfunction(feed)
    assert feed(ROWS, flock, FOOD, Appetite(share=0.5)) == 3
    assert flock.eaten.tolist() == [1, 0, 2]


def test_a_kernel_says_what_it_is():
    @kernel
    def nothing(values):
        """Does nothing."""

    assert (nothing.__name__, nothing.__doc__, nothing.__module__) == ("nothing", "Does nothing.", __name__)
