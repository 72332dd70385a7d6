"""Rows of the state as Mesa agents: a view holds a row number, and its attributes read and write the columns.

Municipalities, regions, locations, corporations, complexes and employers are registered with the model, as Mesa agents
are. People are too many for that: they become agents on demand, one by one or through a Population.
"""

from copy import deepcopy
from functools import cached_property
from typing import Self

import mesa
import numpy as np

from abm.agents.attributes import VIEWS, Attribute, Choice, Fact, attribute
from abm.agents.borders import border_graph, neighbours
from abm.engine.clock import MONTHS
from abm.tables import country, homes, jobs, people, residents


class View(mesa.Agent):
    """An agent that stands for a row of a table; equal to any other view of that row in the same model."""

    table = ""
    pos = None
    row: int

    def __init_subclass__(cls, of=None, **kwargs):
        super().__init_subclass__(**kwargs)
        if of is not None:
            cls.table = of.__name__.lower()
            VIEWS[cls.table] = cls
            for name, declared in of.columns().items():
                setattr(cls, name, attribute(cls.table, name, declared))

    def __init__(self, model, row: int):  # not Mesa's own, which registers
        vars(self).update(model=model, row=row)

    @classmethod
    def at(cls, model, row: int) -> Self:
        """The view of a row."""
        return cls(model, row)

    def __eq__(self, other) -> bool:
        same = isinstance(other, View) and self.row == other.row and self.table == other.table
        return same and self.model is other.model

    def __hash__(self) -> int:
        return hash((self.table, self.row))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.row})"

    def __reduce__(self):  # the row first: a view can be in a set that is restored before the model is
        return _without_model, (type(self), self.row), vars(self)

    def __deepcopy__(self, memo):  # copied with its model; alone, as by a DataCollector, a view is just a reference
        if id(self.model) not in memo:
            return self
        memo[id(self)] = twin = _without_model(type(self), self.row)
        vars(twin).update(deepcopy(vars(self), memo))
        return twin


def _without_model(cls: type[View], row: int) -> View:
    view = cls.__new__(cls)
    vars(view)["row"] = row
    return view


class Institution(View):
    """A view that is registered with the model: there is one object per row, which may hold attributes of its own.

    A subclass in a plug-in whose `decide(params, draws)` returns the name of an event, or None, stands in its place.
    """

    @staticmethod
    def country(state, kinds: tuple[type, ...]) -> "Country":
        """The institutions of a run without a model of Mesa, of which some are of their own kinds."""
        return Country(state, kinds)

    @classmethod
    def every(cls, model) -> list["Institution"]:
        """All of this kind."""
        register(model)
        return model.institutions[cls.table]

    @classmethod
    def at(cls, model, row: int) -> Self:
        if row >= len(model.institutions[cls.table]):
            register(model)
        return model.institutions[cls.table][row]


class Municipality(Institution, of=country.Municipalities):
    """A municipality."""

    name = Fact("name", "name")
    code = Fact("gm_code", "code of Statistics Netherlands")
    province = Fact("province", "name of the province")

    @property
    def neighbours(self) -> list["Municipality"]:
        """Municipalities that share a border, a tunnel or a ferry with this one."""
        starts, targets = self.model.borders
        return [self.at(self.model, row) for row in targets[starts[self.row] : starts[self.row + 1]].tolist()]


class Region(Institution, of=country.Regions):
    """A labour market region."""

    name = Fact("name", "name")
    code = Fact("region_code", "code")


class Location(Institution, of=country.Locations):
    """A reception location."""


class Corporation(Institution, of=homes.Corporations):
    """A housing corporation."""


class Complex(Institution, of=homes.Complexes):
    """A complex of starter homes."""


class Employer(Institution, of=jobs.Employers):
    """The employers of a sector in a region."""

    @property
    def sector_name(self) -> str:
        """Name of the sector."""
        return self.model.state.inputs.sectors[self.sector]


INSTITUTIONS = (Municipality, Region, Location, Corporation, Complex, Employer)


def views(kinds: tuple[type, ...] = ()) -> tuple[type, ...]:
    """The classes of institutions, of which some have a kind of their own."""
    own = {kind.table: kind for kind in kinds}
    return tuple(own.get(view.table, view) for view in INSTITUTIONS)


class Country:
    """The institutions of a run, where there is no model of Mesa to register them."""

    def __init__(self, state, kinds: tuple[type, ...]):
        self.state, self.views = state, views(kinds)
        self.institutions: dict[str, list] = {view.table: [] for view in INSTITUTIONS}

    @cached_property
    def borders(self) -> tuple[np.ndarray, np.ndarray]:
        """Neighbours of each municipality, as a model has them."""
        return neighbours(border_graph(len(self.state.municipalities), self.state.inputs.border_pairs))

    def register_agent(self, agent: Institution) -> None:
        """Nothing: nobody asks for all agents here."""


def register(model) -> None:
    """Register agents for institutions that have none yet, such as locations that have just opened."""
    for view in model.views:
        known = model.institutions[view.table]
        for row in range(len(known), len(getattr(model.state, view.table))):
            known.append(view(model, row))
            model.register_agent(known[-1])


class Person(View):
    """A view that is made on demand, so it can hold no attributes of its own."""

    unique_id = property(lambda self: self.identity, doc="lasting address of the random draws of this row")

    def __setattr__(self, name: str, value) -> None:
        if not hasattr(type(self), name):
            raise AttributeError(f"{self!r} is a view and cannot keep '{name}': keep it in a dict by unique_id")
        super().__setattr__(name, value)

    def remove(self) -> None:
        raise TypeError(f"{self!r} cannot be removed: rows are permanent; a household that leaves gets another stage")


class Household(Person, of=people.Households):
    """A household of newcomers."""

    @property
    def members(self) -> list["Newcomer"]:
        """The members of the household who are in the Netherlands."""
        rows = np.flatnonzero(self.model.state.newcomers.household == self.row)
        return [Newcomer(self.model, row) for row in rows.tolist()]


class Newcomer(Person, of=people.Newcomers):
    """A person in a household of newcomers."""

    stage = Choice(
        "households", "stage", "stage of the household", lambda s, at: s.households.stage[s.newcomers.household[at]]
    )
    age = Attribute("newcomers", "age", "age [years]", lambda s, at: (s.clock.month - s.newcomers.born[at]) // MONTHS)


class Neighbourhood(Person, of=residents.Neighbourhoods):
    """A neighbourhood of a municipality; there are thousands, so agents are made on demand."""

    unique_id = property(lambda self: self.row, doc="row number, which lasts")


class Resident(Person, of=residents.Residents):
    """A resident: somebody who already lives in a neighbourhood."""

    unique_id = property(lambda self: self.row, doc="row number, which lasts")

    @property
    def tied(self) -> list["Resident"]:
        """The residents with whom this one talks (its ties)."""
        starts, targets = self.model.state.ties.starts, self.model.state.ties.targets
        return [Resident(self.model, row) for row in targets[starts[self.row] : starts[self.row + 1]].tolist()]
