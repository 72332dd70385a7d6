"""A measure of a state that a test has made."""

from abm.measures import MEASURES
from abm.observe.breakdowns import labels
from abm.observe.measure import Month


def measured(state, name, by, events=None):
    """A measure after a turn, by label."""
    state.clock.month += 1
    month = Month(state, events or {})
    (measure,) = (each for each in MEASURES if each.name == name)
    values = measure.values(month, measure.by)
    state.clock.month -= 1
    return dict(zip(labels(state.inputs)[by], values[by].tolist(), strict=True))
