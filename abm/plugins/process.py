"""A plug-in as a process in the chain of one run: its own step, or its agents, who are asked one by one."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from abm.engine.draws import Draws
from abm.engine.errors import shown
from abm.engine.params import ProcessParams
from abm.plugins.plugin import Plugin
from abm.state import State


class Process:
    """A plug-in that acts in a run. Its mistakes are told in one line, with file and line."""

    def __init__(self, plugin: Plugin, kinds: tuple[type, ...], host: list):
        """kinds: of agents that decide in this run; host: holds, once there is one, the model that has its agents."""
        self.plugin, self.kinds, self.host = plugin, kinds, host
        self.__name__, self.__doc__ = plugin.name, plugin.module.__doc__ or plugin.name
        self.WRITES, self.EVENTS = tuple(plugin.writes), dict(plugin.events)

    def step(self, state: State, params: ProcessParams | None, draws: Draws) -> dict[str, np.ndarray]:
        """Simulate a month of it; returns the rows of each event. Raises InputError."""
        try:
            found = self._decided(state, params, draws) if self.plugin.agents else self._stepped(state, params, draws)
        except Exception as error:
            closed = isinstance(error, ValueError) and "read-only" in str(error)
            hint = f": WRITES has {', '.join(self.WRITES) or 'nothing'}: name there what it writes" * closed
            raise self.plugin.mistake(f"{self.plugin.source.blamed(error)}{hint}") from error
        if not isinstance(found, Mapping):
            raise self.plugin.mistake(f"step: returns {shown(found)}: return rows by event, or {{}}")
        return {event: self._rows(state, event, rows) for event, rows in found.items()}

    def _stepped(self, state: State, params: ProcessParams | None, draws: Draws) -> Any:
        """What its step returns."""
        return self.plugin.module.step(state, params, draws)

    def _decided(self, state: State, params: ProcessParams | None, draws: Draws) -> dict[str, list[int]]:
        """Rows of the agents that name an event, asked one by one."""
        found: dict[str, list[int]] = {event: [] for event in self.EVENTS}
        for kind in self.plugin.agents:
            if not self.host:
                self.host.append(kind.country(state, self.kinds))
            for agent in kind.every(self.host[0]):
                event = agent.decide(params, draws)
                if event is not None:
                    found.setdefault(event, []).append(agent.row)
        return found

    def _rows(self, state: State, event: Any, given: Any) -> np.ndarray:
        """Rows of an event, if they are that. Raises InputError."""
        if event not in self.EVENTS:
            raise self.plugin.mistake(f"{shown(event)} happened and is not among its EVENTS: add it, with its table")
        size, rows = len(getattr(state, self.EVENTS[event])), np.asarray(given)
        rows = rows if rows.size else rows.astype(np.int64)
        if rows.ndim != 1 or rows.dtype.kind not in "iu" or ((rows < 0) | (rows >= size)).any():
            wrong = f"'{event}' happened to {shown(given)}: give numbers of rows"
            raise self.plugin.mistake(f"{wrong} of {self.EVENTS[event]}, of which there are {size:,}")
        return rows.astype(np.int64)
