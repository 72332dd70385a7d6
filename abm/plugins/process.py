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
            if self.plugin.agents:
                return self._decisions(state, params, draws)
            return self._events(state, self.plugin.module.step(state, params, draws))
        except Exception as error:
            closed = isinstance(error, ValueError) and "read-only" in str(error)
            hint = f": WRITES has {', '.join(self.WRITES) or 'nothing'}: name there what it writes" * closed
            raise self.plugin.mistake(f"{self.plugin.source.blamed(error)}{hint}") from error

    def _events(self, state: State, found: Any) -> dict[str, np.ndarray]:
        """What a step returned, if it is rows by event."""
        if not isinstance(found, Mapping):
            raise TypeError(f"step: returns {shown(found)}: return rows by event, or {{}}")
        return {event: self._rows(state, event, np.asarray(rows)) for event, rows in found.items()}

    def _rows(self, state: State, event: str, rows: np.ndarray) -> np.ndarray:
        if event not in self.EVENTS:
            raise KeyError(f"{event} happened and is not among EVENTS")
        size, rows = len(getattr(state, self.EVENTS[event])), rows if rows.size else rows.astype(np.int64)
        if rows.ndim != 1 or rows.dtype.kind not in "iu" or ((rows < 0) | (rows >= size)).any():
            raise ValueError(f"{event} happened to what are no rows of {self.EVENTS[event]}, of which there are {size}")
        return rows.astype(np.int64)

    def _decisions(self, state: State, params: ProcessParams | None, draws: Draws) -> dict[str, np.ndarray]:
        """Ask each agent; returns the rows of those that name an event."""
        found: dict[str, list[int]] = {event: [] for event in self.EVENTS}
        for kind in self.plugin.agents:
            if not self.host:
                self.host.append(kind.country(state, self.kinds))
            for agent in kind.every(self.host[0]):
                event = agent.decide(params, draws)
                if event is not None:
                    if event not in found:
                        raise KeyError(f"{shown(event)} happened and is not among EVENTS")
                    found[event].append(agent.row)
        return {event: np.array(rows, np.int64) for event, rows in found.items()}
