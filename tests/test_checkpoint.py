"""Checkpoints: a run that goes on from one gives the same bytes, and what is damaged is never taken for a state."""

from dataclasses import fields

import numpy as np
import pytest

from abm import checkpoint
from abm.chain import turn
from abm.engine.table import Table
from abm.people.archive import put_away
from abm.recorder import Recorder
from abm.state import State
from tests.helpers.runs import difference, real, small, state_after

WITHIN = small("2015-08", scale=0.01)


def recorded_from(state, recorder, scenario):
    """Simulate what is left of a run."""
    for month in range(state.clock.month, scenario.months):
        recorder.keep(state, turn(state, scenario.params_at(month), scenario.seed))
        put_away(state, worth=0)
    return recorder


@pytest.fixture(scope="module")
def whole():
    """A run that nobody interrupted, and its state with what was recorded before each month."""
    scenario, kept = WITHIN, []
    state, recorder = state_after(scenario, 0), Recorder(real(), scenario.months)
    for month in range(scenario.months):
        kept.append(checkpoint.pack(state, recorder))
        recorder.keep(state, turn(state, scenario.params_at(month), scenario.seed))
        put_away(state, worth=0)
    return recorder, kept


@pytest.mark.parametrize("month", [0, 1, 5, 7])
def test_a_run_that_goes_on_gives_the_same(whole, month):
    found = checkpoint.unpack(whole[1][month])
    assert (found.month, found.scale, found.everybody) == (month, 0.01, False)
    recorder = Recorder(real(), WITHIN.months)
    found.recorded(recorder)
    recorded_from(found.state(real(), {}), recorder, WITHIN)
    assert difference(whole[0], recorder) == []


def test_a_state_is_the_same_in_every_column(whole):
    state = state_after(WITHIN, 3)
    again = checkpoint.unpack(checkpoint.pack(state, Recorder(real(), WITHIN.months))).state(real(), {})
    for name, table in state.tables.items():
        other = again.tables[name]
        assert len(table) == len(other)
        for column in table.columns():
            one, two = getattr(table, column), getattr(other, column)
            assert (one.dtype, one.tobytes()) == (two.dtype, two.tobytes()), (name, column)
    assert np.array_equal(state.ties.targets, again.ties.targets)
    assert np.array_equal(state.ties.starts, again.ties.starts)
    assert np.array_equal(state.links, again.links)
    assert (again.scale, again.clock) == (state.scale, state.clock)


def test_a_state_has_nothing_that_a_checkpoint_leaves_out():
    others = {each.name for each in fields(State) if not (isinstance(each.type, type) and issubclass(each.type, Table))}
    assert others == {"inputs", "scale", "clock", "ties", "links", "_shut"}


def test_a_shorter_run_takes_what_it_has_of_it(whole):
    short = Recorder(real(), 4)
    checkpoint.unpack(whole[1][4]).recorded(short)
    assert difference(whole[0], short, months=4) == []


@pytest.mark.parametrize("place", [0, 63, 64, 100, -1, -1000])
def test_a_changed_byte_is_seen(whole, place):
    content = bytearray(whole[1][1])
    content[place] ^= 1
    with pytest.raises(checkpoint.Damaged):
        checkpoint.unpack(bytes(content))


@pytest.mark.parametrize("length", [0, 10, 64, 65, 5000])
def test_a_part_is_seen(whole, length):
    with pytest.raises(checkpoint.Damaged):
        checkpoint.unpack(whole[1][1][:length])
