"""Records the measures of every month as one tidy table: measure, unit, by, group, month, value."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
import pyarrow as pa

from abm.engine import clock
from abm.facts.facts import Inputs
from abm.measures import MEASURES, Asked, breakdown_of
from abm.observe.breakdowns import labels
from abm.observe.measure import Measure, Month, Persons, counted_at_once
from abm.state import Events, State

COLUMNS = ("measure", "unit", "by", "group", "month", "value")


class Recorder:
    """Values of the measures that are asked for (None: all of them), one array (months, groups) per measure and
    breakdown. It makes no random draws.
    """

    def __init__(
        self, inputs: Inputs, months: int, measures: tuple[Measure, ...] = MEASURES, asked: Asked | None = None
    ):
        self.measures, self.labels, self.months = measures, labels(inputs), months
        wanted = [tuple(by for by in each.by if asked is None or (each.name, by) in asked) for each in measures]
        self.taken = [(measure, several) for measure, several in zip(measures, wanted, strict=True) if several]
        persons = [
            (each.values, several, each.name) for each, several in self.taken if isinstance(each.values, Persons)
        ]
        self.persons, self.persons_by = [values for values, _, _ in persons], [several for _, several, _ in persons]
        self.persons_named = [name for _, _, name in persons]
        self.others = [taken for taken in self.taken if not isinstance(taken[0].values, Persons)]
        edges = np.cumsum([0, *(len(self.labels[by]) for _, several in self.taken for by in several)]).tolist()
        keys = [(measure.name, by) for measure, several in self.taken for by in several]
        self.places = {key: slice(*edges[k : k + 2]) for k, key in enumerate(keys)}
        self.every = np.full((months, edges[-1]), np.nan)  # a month is one row: it is written in one place
        self.values = {key: self.every[:, place] for key, place in self.places.items()}

    def keep(self, state: State, events: Events) -> None:
        """Record the month that the last turn simulated."""
        month = Month(state, events)
        row, places = self.every[month.number], self.places
        for measure, several in self.others:
            found = measure.values(month, several)
            for by in several:
                row[places[measure.name, by]] = found[by]
        at_once = counted_at_once(month, self.persons, self.persons_by)
        for name, several, found in zip(self.persons_named, self.persons_by, at_once, strict=True):
            for by in several:
                row[places[name, by]] = found[by]

    def take_over(self, values: Mapping[tuple[str, str], np.ndarray], months: int) -> None:
        """Take over the values of the first months, from (months or more, groups) by measure and breakdown."""
        for key, mine in self.values.items():
            mine[:months] = values[key][: min(months, self.months)]

    def table(self) -> pa.Table:
        """All values as a tidy Arrow table, ordered by breakdown; text columns are dictionary-encoded."""
        months = pa.array([clock.label(month) for month in range(self.months)])
        units = {measure.name: measure.unit for measure in self.measures}
        order = list(self.labels)
        parts = []
        for (name, by), values in sorted(self.values.items(), key=lambda item: order.index(item[0][1])):
            groups = len(self.labels[by])
            each = {
                "measure": _repeated(pa.array([name]), np.zeros(values.size)),
                "unit": _repeated(pa.array([units[name]]), np.zeros(values.size)),
                "by": _repeated(pa.array([by]), np.zeros(values.size)),
                "group": _repeated(pa.array(self.labels[by]), np.tile(np.arange(groups), self.months)),
                "month": _repeated(months, np.repeat(np.arange(self.months), groups)),
                "value": pa.array(values.ravel()),
            }
            parts.append(pa.table(each))
        return pa.concat_tables(parts).unify_dictionaries()

    def frame(self, name: str, by: str = "total") -> pd.DataFrame:
        """One measure as a frame: months as index, groups as columns."""
        index = pd.Index([clock.label(month) for month in range(self.months)], name="month")
        return pd.DataFrame(self.values[name, by], index=index, columns=self.labels[by])


def measured(
    state: State, events: Events, name: str, by: str | None, more: tuple[Measure, ...] = ()
) -> float | pd.Series:
    """A measure of the month that the last turn simulated: its total, or a value per group; more: measures of plug-ins.

    Raises InputError.
    """
    by = breakdown_of(name, by, more, state.scale)
    measure = next(each for each in (*MEASURES, *more) if each.name == name)
    values = measure.values(Month(state, events), (by,))[by]
    if by == "total":
        return float(values[0])
    return pd.Series(values, index=pd.Index(labels(state.inputs)[by], name=by), name=name)


def _repeated(words: pa.Array, index: np.ndarray) -> pa.DictionaryArray:
    """Dictionary-encoded text: words[index]."""
    return pa.DictionaryArray.from_arrays(pa.array(index.astype(np.int32)), words)
