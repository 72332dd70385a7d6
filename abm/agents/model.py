"""The model as a Mesa model: one step is one turn of the chain, and rows of the state are agents."""

import sys
import warnings
from collections.abc import Sequence
from dataclasses import fields
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import mesa
import numpy as np

from abm import recorder
from abm.agents.agents import INSTITUTIONS, Household, Neighbourhood, Newcomer, Resident, register, views
from abm.agents.borders import border_graph, neighbours
from abm.agents.population import Population
from abm.chain import CHAIN, turn
from abm.checkpoint import Checkpoint
from abm.engine.errors import InputError
from abm.engine.params import ProcessParams
from abm.facts import facts
from abm.plugins import assembly
from abm.plugins.assembly import Plugins
from abm.scenario import Scenario, default, load
from abm.start import begin
from abm.state import Events, State


def _repetition() -> int:
    """Which repetition `mesa.batch_run` is making without a seed of its own; 0 for the first, and outside of it."""
    frame = sys._getframe(1)
    while frame and (frame.f_globals.get("__name__"), frame.f_code.co_name) != ("mesa.batchrunner", "_model_run_func"):
        frame = frame.f_back
    return frame.f_locals["run"][1] if frame else 0  # run id, iteration, keywords


class FalsyScenario(Scenario):
    """The scenario of a model, whose truth value is False.

    SolaraViz tests `if model.scenario` before it rebuilds a model, and then accepts only a scenario of Mesa's own type;
    if it is false, SolaraViz builds the model from its parameters.
    """

    def __bool__(self) -> bool:
        return False

    def __eq__(self, other) -> bool:
        return isinstance(other, Scenario) and self.__getstate__() == other.__getstate__()

    __hash__ = Scenario.__hash__


class Model(mesa.Model):
    """A run, month by month: `step()`, `run_for(12)`, or `run_model()` up to the last month of the scenario.

    scenario: a Scenario, the path of a scenario file, or None for the defaults; seed, scale, until and layout replace
    its own (rng is another word for seed). plugins: paths or modules, besides those of the scenario. `chain` may be
    longer than CHAIN: an appended process is anything with `__name__`, `WRITES` and `step(state, params, draws)`.
    checkpoint: a state of this scenario to go on from (see `experiments.model_at`); `everybody` says whether it holds
    those who left before, too. After the last month `running` is False; further steps are possible. Mesa's own
    generators, `random` and `rng`, are seeded too, but the model never draws from them. A lever that is set without
    what it needs gives a warning. Raises InputError.
    """

    def __init__(
        self,
        scenario: Scenario | str | Path | None = None,
        *,
        seed: int | None = None,
        scale: float | None = None,
        until: str | None = None,
        layout: int | None = None,
        rng: int | None = None,
        chain: tuple = CHAIN,
        plugins: Sequence = (),
        checkpoint: Checkpoint | None = None,
    ):
        if seed is not None and rng is not None:
            raise InputError("Model: seed and rng mean the same: give only one of them")
        seed = rng if seed is None else seed
        given = default() if scenario is None else scenario if isinstance(scenario, Scenario) else load(scenario)
        seed = int(seed) if isinstance(seed, np.integer) else seed
        if seed is None and _repetition():
            raise InputError(
                f"Model: batch_run(iterations=...) runs seed {given.seed} again: give it seeds, like rng=[1, 2, 3]"
            )
        given = given.changed(seed=seed, scale=scale, until=until, layout=layout).with_plugins(plugins)
        for line in given.set_alone():
            warnings.warn(line, stacklevel=2)
        super().__init__(rng=given.seed)
        self._scenario = FalsyScenario(**{field.name: getattr(given, field.name) for field in fields(given)})
        self.plugins = given.plugins
        self.views = views(tuple(kind for plugin in self.plugins for kind in plugin.agents))
        self.chain = assembly.chain(self.plugins, tuple(chain), self)
        self._changes = frozenset(given.changes())
        self._params: dict[str, ProcessParams] = given.params_at(0)
        self._waiting = False  # while Mesa's clock runs to the month of a checkpoint
        self.events: Events = {}  # of the last month: rows by name of the event
        more = assembly.tables(self.plugins)
        inputs = facts.load(layout=given.layout)
        self.everybody = checkpoint is None or checkpoint.everybody
        self._stepped = False  # flows are of the month that a step simulated
        if checkpoint is None:
            self.state = begin(inputs, self._params, given.seed, given.scale, more)
        elif checkpoint.scale != given.scale or checkpoint.month >= given.months:
            raise InputError(
                "Model: checkpoint: is of another scale, or after the last month: give one of this scenario"
            )
        else:
            self._go_on(checkpoint.state(inputs, more))
        # neighbours of each municipality: rows targets[starts[i]:starts[i + 1]]
        self.borders = neighbours(border_graph(len(self.state.municipalities), self.state.inputs.border_pairs))
        self.institutions: dict[str, list] = {view.table: [] for view in INSTITUTIONS}

    def _go_on(self, state: State) -> None:
        """Take over a state of a later month, with Mesa's clock."""
        self._waiting = True
        self.run_for(state.clock.month)
        self.state, self._waiting = state, False
        self._params = self.scenario.params_at(state.clock.month)

    @property
    def scenario(self) -> Scenario:
        """The scenario of the run, which is fixed."""
        return self._scenario

    @scenario.setter
    def scenario(self, scenario) -> None:
        if "state" in vars(self):
            raise AttributeError("the scenario of a run is fixed: start another Model")
        self._scenario = scenario  # Mesa's, during its own __init__; its setter would write into ours

    @property
    def month(self) -> str:
        """The month that the next step simulates, as YYYY-MM; `time` counts the months before it."""
        return self.state.clock.label

    def measure(self, name: str, by: str | None = None) -> Any:
        """A measure of the last month, at full size: its total, or with a breakdown a pandas Series, a value per group.

        `abm measures` lists the names. Raises InputError for an unknown one, and before the first month.
        """
        if not self._stepped:
            raise InputError("Model.measure: no month is simulated yet: call step() or run_for(months) first")
        more = [each for plugin in self.plugins for each in plugin.measures]
        return recorder.measured(self.state, self.events, name, by, tuple(more))

    @property
    def newcomers(self) -> Population:
        """All persons who ever arrived."""
        return Population(self, Newcomer)

    @property
    def households(self) -> Population:
        """All households that ever arrived."""
        return Population(self, Household)

    @property
    def neighbourhoods(self) -> Population:
        """All neighbourhoods."""
        return Population(self, Neighbourhood)

    @property
    def residents(self) -> Population:
        """All simulated residents."""
        return Population(self, Resident)

    @property
    def agents(self):  # pyrefly: ignore[bad-override] (read-only, as Mesa's setter only raises)
        """The registered agents: all institutions, and any agents that a user adds."""
        register(self)
        return self._all_agents

    @property
    def agents_by_type(self) -> dict:
        """Agents by class: those that are registered, and people and neighbourhoods, which are not."""
        register(self)
        people = {Household: self.households, Newcomer: self.newcomers}
        people |= {Neighbourhood: self.neighbourhoods, Resident: self.residents}
        return self._agents_by_type | people

    @property
    def agent_types(self) -> list[type]:
        """The classes in `agents_by_type`."""
        return list(self.agents_by_type)

    def step(self) -> None:
        """Simulate one month."""
        if self._waiting:
            return
        month = self.state.clock.month
        if month in self._changes:
            self._params = self.scenario.params_at(month)
        self.events = turn(self.state, self._params, self.scenario.seed, self.chain)
        self._stepped = True
        if self.state.clock.month >= self.scenario.months:
            self.running = False

    def __reduce__(self):  # the plug-ins first: the state has classes of theirs
        return _without_state, (type(self), self.plugins), self.__getstate__()

    def __getstate__(self):
        saved = dict(vars(self))
        saved["chain"] = [p.__name__ if isinstance(p, ModuleType) else p for p in self.chain]  # modules are not copied
        return saved

    def __setstate__(self, saved) -> None:
        vars(self).update(saved)
        self.chain = tuple(import_module(p) if isinstance(p, str) else p for p in self.chain)


def _without_state(cls: type[Model], plugins: Plugins) -> Model:
    for plugin in plugins:
        _ = plugin.module
    return cls.__new__(cls)
