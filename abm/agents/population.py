"""The people of the model as a Mesa agent set: operations on attributes use columns, others make agents on demand."""

from collections.abc import Callable, Iterable, Iterator
from copy import copy
from itertools import islice
from typing import Any

import numpy as np
from mesa.agentset import AbstractAgentSet, GroupBy

from abm.agents.agents import Person
from abm.agents.attributes import Attribute


class Population(AbstractAgentSet):
    """An agent set of the people of a table, or of the given rows of it, whose agents are made on demand."""

    def __init__(self, model, of: type[Person], rows: np.ndarray | None = None):
        self.model, self.of, self.random = model, of, model.random
        self.rows = np.arange(len(getattr(model.state, of.table))) if rows is None else rows

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[Person]:
        return (self.of(self.model, row) for row in self.rows.tolist())

    def __contains__(self, agent) -> bool:
        return isinstance(agent, self.of) and agent.model is self.model and bool((self.rows == agent.row).any())

    # pyrefly: ignore[bad-override] (a set of rows needs the model and the table, which the class does not know)
    def _from_iterable(self, agents: Iterable[Person]) -> "Population":
        return self._with(np.array([agent.row for agent in agents], dtype=np.int64))

    def _with(self, rows: np.ndarray, inplace: bool = False) -> "Population":
        result = self if inplace else copy(self)
        result.rows = rows
        return result

    def _update(self, agents: Iterable[Person]) -> "Population":
        return self._with(self._from_iterable(agents).rows, inplace=True)

    def _fixed(self, *_) -> None:
        raise TypeError("a population holds the rows of its table: agents cannot be added or removed")

    add = discard = remove = _fixed  # pyrefly: ignore[bad-override] (takes whatever it refuses)

    def _numbers(self, name: str) -> tuple[Attribute | None, Any]:
        """The attribute of that name with its numbers for the rows, (n,); None twice where there is none."""
        attribute = getattr(self.of, name, None)
        if not isinstance(attribute, Attribute):
            return None, None
        return attribute, attribute.numbers(self.model.state, self.rows)

    def to_list(self) -> list[Person]:
        """All agents."""
        return list(self)

    def get(self, attr_names, handle_missing="error", default_value=None):
        """Values of an attribute, (n,), from its column where it has one; for several attributes a list per agent."""
        if not isinstance(attr_names, str):
            columns = [self.get(name, handle_missing, default_value) for name in attr_names]
            return [list(values) for values in zip(*columns, strict=True)]
        attribute, numbers = self._numbers(attr_names)
        if attribute:
            return attribute.decode_many(self.model, numbers)
        missing = () if handle_missing == "error" else (default_value,)
        return [getattr(agent, attr_names, *missing) for agent in self]

    # pyrefly: ignore[bad-override] (Mesa promises its own set of agents here, though this class is not one)
    def set(self, attr_name: str, value: Any) -> "Population":
        """Write one value to a column, for all agents."""
        attribute, _ = self._numbers(attr_name)
        if not attribute:
            raise AttributeError(f"{self.of.__name__} has no column '{attr_name}'")
        attribute.write(self.model, self.rows, value)
        return self

    def select(self, filter_func=None, at_most=float("inf"), inplace=False, agent_type=None, **values) -> "Population":
        """The agents for whom a mask (n,) or a function of the agent is true, and that hold each `column=value`."""
        if at_most <= 1 and isinstance(at_most, float):
            at_most = int(len(self) * at_most)
        most = None if at_most == float("inf") else int(at_most)
        mask = np.full(len(self), agent_type is None or issubclass(self.of, agent_type))
        for name, value in values.items():
            attribute, numbers = self._numbers(name)
            mask &= (
                numbers == attribute.encode(self.model, value)
                if attribute
                else np.array([v == value for v in self.get(name)])
            )
        if callable(filter_func):
            agents = self._with(self.rows[mask])
            passing = islice((a for a in agents if filter_func(a)), most)
            return self._update(passing) if inplace else self._from_iterable(passing)
        if filter_func is not None:
            mask &= filter_func
        return self._with(self.rows[mask][:most], inplace)

    def groupby(self, by: Callable | str, result_type="agentset") -> GroupBy:
        """Group by an attribute or a function of the agent, in order of first appearance, as populations or lists."""
        attribute, numbers = self._numbers(by) if isinstance(by, str) else (None, None)
        groups: dict[Any, Any]
        if not attribute:
            groups = super().groupby(by, "list").groups
            groups = {key: self._from_iterable(agents) for key, agents in groups.items()}
        else:
            keys, first, group = np.unique(np.asarray(numbers), return_index=True, return_inverse=True)
            rows = self.rows[np.argsort(group, kind="stable")]
            parts = np.split(rows, np.cumsum(np.bincount(group, minlength=len(keys)))[:-1])
            groups = {attribute.decode(self.model, keys[at]): self._with(parts[at]) for at in np.argsort(first)}
        return GroupBy(groups if result_type == "agentset" else {key: part.to_list() for key, part in groups.items()})

    def sort(self, key: Callable | str, ascending: bool = False, inplace: bool = False) -> "Population":
        """Sort by an attribute or a function of the agent, stably."""
        values = self.get(key) if isinstance(key, str) else self.map(key)
        values, last = np.asarray(values), len(self) - 1
        order = np.argsort(values, kind="stable")
        if not ascending:
            order = last - np.argsort(values[::-1], kind="stable")[::-1]
        return self._with(self.rows[order], inplace)

    def shuffle(self, inplace: bool = False) -> "Population":
        """The same people in random order, by Mesa's random generator, never the model's draws."""
        rows = self.rows.tolist()
        self.random.shuffle(rows)
        return self._with(np.array(rows, dtype=np.int64), inplace)

    def map(self, method: Callable | str, *args, **kwargs) -> list[Any]:
        """Results of a method or function for each agent."""
        named = isinstance(method, str)
        return [getattr(a, method)(*args, **kwargs) if named else method(a, *args, **kwargs) for a in self]

    def do(self, method: Callable | str, *args, **kwargs) -> "Population":
        """Call a method or function for each agent."""
        self.map(method, *args, **kwargs)
        return self

    def shuffle_do(self, method: Callable | str, *args, **kwargs) -> "Population":
        """Call a method or function for each agent in random order."""
        self.shuffle().map(method, *args, **kwargs)
        return self
