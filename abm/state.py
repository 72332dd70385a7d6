"""Everything that changes during a run, with the checks that keep its books."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np

from abm.clock import Clock
from abm.errors import BooksError
from abm.inputs import Inputs
from abm.kernels import census
from abm.populations import (
    IN_RECEPTION,
    MOVES,
    NEVER,
    Employers,
    Households,
    Kind,
    Ledger,
    Locations,
    Matches,
    Municipalities,
    Nation,
    Newcomers,
    Origins,
    Purpose,
    Regions,
    Stage,
)
from abm.residents import Neighbourhoods, Residents
from abm.table import Table
from abm.ties import Ties

Events = dict[str, np.ndarray]  # what happened to whom this month: name -> rows

_LEGAL = np.zeros((len(Stage), len(Stage)), dtype=bool)
for _origin, _targets in MOVES.items():
    _LEGAL[_origin, list(_targets)] = True
_HAS_PLACE = np.isin(np.arange(len(Stage)), IN_RECEPTION)
_SAVINGS = np.zeros(len(Purpose))
_SAVINGS[Purpose.SAVED] = 1
_SAVINGS[[Purpose.RELEASED_HOME, Purpose.RELEASED_RETURN, Purpose.SAVINGS_FORFEITED]] = -1
_ROUNDING = 1e-6  # sums of shares of homes and euros are floats


@dataclass
class State:
    """Tables, clock, and the facts that the run was given. `scale` is the share of people simulated one to one."""

    inputs: Inputs
    scale: float = 1.0
    clock: Clock = field(default_factory=Clock)
    newcomers: Newcomers = field(default_factory=Newcomers)
    households: Households = field(default_factory=Households)
    municipalities: Municipalities = field(default_factory=Municipalities)
    regions: Regions = field(default_factory=Regions)
    matches: Matches = field(default_factory=Matches)
    employers: Employers = field(default_factory=Employers)
    locations: Locations = field(default_factory=Locations)
    origins: Origins = field(default_factory=Origins)
    nation: Nation = field(default_factory=Nation)
    ledger: Ledger = field(default_factory=Ledger)
    neighbourhoods: Neighbourhoods = field(default_factory=Neighbourhoods)
    residents: Residents = field(default_factory=Residents)
    ties: Ties = field(default_factory=Ties)  # who talks with whom
    links: np.ndarray = field(default_factory=lambda: np.zeros((0, 2), np.int64))  # neighbourhoods across a border

    @property
    def tables(self) -> dict[str, Table]:
        """The tables by name."""
        return {name: value for name, value in vars(self).items() if isinstance(value, Table)}

    @contextmanager
    def writing(self, writes: tuple[str, ...]) -> Iterator[None]:
        """Let only the columns of a process's WRITES be written: 'households.stage', or 'households' for all."""
        for name, table in self.tables.items():
            whole = name in writes
            table.writable(None if whole else {w.split(".")[1] for w in writes if w.startswith(f"{name}.")})
        try:
            yield
        finally:
            for table in self.tables.values():
                table.writable(None)

    def check_moves(self, process: str, before: np.ndarray) -> None:
        """Raise BooksError where a household made a stage move that is not legal; `before` is (n,) of stages."""
        after = self.households.stage
        moved = np.flatnonzero(before != after[: len(before)])
        wrong = moved[~_LEGAL[before[moved], after[moved]]]
        if len(wrong):
            row = wrong[0]
            raise BooksError(
                f"{process}: illegal move {Stage(before[row]).name} -> {Stage(after[row]).name} "
                f"in households {wrong[:5].tolist()} ({len(wrong)} in all)"
            )

    def check(self) -> None:
        """Raise BooksError where people, places, homes or money do not add up."""
        people, homes, money = self.households, self.municipalities, self.ledger
        persons, misplaced, homeless, occupants = census(
            people.stage, people.size, people.location, people.municipality,
            _HAS_PLACE, Stage.HOUSED, len(self.locations),
        )  # fmt: skip
        if persons != len(self.newcomers):
            raise BooksError(f"persons: households hold {persons}, newcomers are {len(self.newcomers)}")
        if misplaced:
            _refuse("a place for exactly those in reception", (people.location != NEVER) != _HAS_PLACE[people.stage])
        if homeless:
            housed = people.stage == Stage.HOUSED
            _refuse("a municipality for everyone housed", housed & (people.municipality == NEVER))
        limited = np.isin(self.locations.kind, (Kind.REGULAR, Kind.EMERGENCY))
        over = limited & (occupants > self.locations.places * self.scale + _ROUNDING)
        _refuse("no more people than places (locations)", over)
        _refuse("homes let within homes offered (municipalities)", homes.let > homes.offered + _ROUNDING)
        _refuse("payments that are not negative (ledger)", money.month < -_ROUNDING)
        held = np.array([people.savings.sum() / self.scale - (money.total * _SAVINGS).sum()])
        _refuse("savings of households as in the ledger (purposes)", abs(held) > _ROUNDING * max(money.total.max(), 1))


def _refuse(rule: str, wrong: np.ndarray) -> None:
    if wrong.any():
        rows = np.flatnonzero(wrong)
        raise BooksError(f"books do not close: {rule}; rows {rows[:5].tolist()} ({len(rows)} in all)")
