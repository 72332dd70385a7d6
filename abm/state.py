"""The state of a run: all tables that change, and the checks that its books balance."""

from collections import namedtuple
from collections.abc import Generator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, fields
from functools import cache

import numpy as np

from abm.engine.clock import Clock
from abm.engine.errors import BooksError
from abm.engine.kernels import kernel, placed
from abm.engine.table import NO_ROW, Table
from abm.facts.facts import Inputs
from abm.tables.country import LIMITED, Kind, Locations, Municipalities, Nation, Origins, Regions
from abm.tables.homes import Complexes, Corporations, Holdings, Search, Seekers
from abm.tables.jobs import Employers, Matches
from abm.tables.money import Ledger, Purpose
from abm.tables.people import IN_MUNICIPALITY, IN_RECEPTION, MOVES, Households, Newcomers, Stage
from abm.tables.residents import Neighbourhoods, Residents, Ties

Events = dict[str, np.ndarray]  # events of a month: name -> rows of the table to which it happened

_LEGAL = np.zeros((len(Stage), len(Stage)), dtype=bool)
for _origin, _targets in MOVES.items():
    _LEGAL[_origin, list(_targets)] = True
_HAS_PLACE = np.isin(np.arange(len(Stage)), IN_RECEPTION)
_HAS_TOWN = np.isin(np.arange(len(Stage)), IN_MUNICIPALITY)
_PLACED, _TIED = (np.int64(sum(1 << each for each in stages)) for stages in (IN_RECEPTION, IN_MUNICIPALITY))  # as bits
_IS_LIMITED = np.isin(np.arange(len(Kind)), LIMITED)
_SAVINGS = np.zeros(len(Purpose))
_SAVINGS[Purpose.SAVED] = 1
_SAVINGS[[Purpose.RELEASED_HOME, Purpose.RELEASED_RETURN, Purpose.SAVINGS_FORFEITED]] = -1
_ROUNDING = 1e-6  # tolerance for sums of floats (shares of homes, euros)
_CHUNK = 64  # stages that are compared at once


@cache
def may_move(writes: tuple[str, ...]) -> bool:
    """Whether a process with these WRITES may move households to another stage."""
    return not {"households", "households.stage"}.isdisjoint(writes)


@cache
def columns_by_table(writes: tuple[str, ...]) -> dict[str, frozenset[str] | None]:
    """The columns named in WRITES by table; None stands for a whole table."""
    named: dict[str, frozenset[str] | None] = {}
    for table, _, column in (each.partition(".") for each in writes):
        before = named.get(table, frozenset())
        named[table] = None if before is None or not column else before | {column}
    return named


@dataclass
class State:
    """Tables, clock, and the facts of the run. `scale` is the number of simulated people over the real number."""

    inputs: Inputs
    scale: float = 1.0
    clock: Clock = field(default_factory=Clock)
    newcomers: Newcomers = field(default_factory=Newcomers)
    households: Households = field(default_factory=Households)
    seekers: Seekers = field(default_factory=Seekers)
    municipalities: Municipalities = field(default_factory=Municipalities)
    regions: Regions = field(default_factory=Regions)
    matches: Matches = field(default_factory=Matches)
    employers: Employers = field(default_factory=Employers)
    corporations: Corporations = field(default_factory=Corporations)
    holdings: Holdings = field(default_factory=Holdings)
    complexes: Complexes = field(default_factory=Complexes)
    locations: Locations = field(default_factory=Locations)
    origins: Origins = field(default_factory=Origins)
    nation: Nation = field(default_factory=Nation)
    ledger: Ledger = field(default_factory=Ledger)
    neighbourhoods: Neighbourhoods = field(default_factory=Neighbourhoods)
    residents: Residents = field(default_factory=Residents)
    ties: Ties = field(default_factory=Ties)  # the social network of residents
    _shut: bool = field(default=False, repr=False)
    links: np.ndarray = field(default_factory=lambda: np.zeros((0, 2), np.int64))  # neighbourhoods across a border

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """Names of the tables."""
        return tuple(each.name for each in fields(cls) if isinstance(each.type, type) and issubclass(each.type, Table))

    @property
    def tables(self) -> dict[str, Table]:
        """The tables by name."""
        return {name: value for name, value in vars(self).items() if isinstance(value, Table)}

    @contextmanager
    def writing(self, writes: tuple[str, ...]) -> Generator[None]:
        """Make only the columns in `writes` writable: 'households.stage', or 'households' for the whole table."""
        with nullcontext() if self._shut else self.shut():
            opened = self.open(tuple(writes))
            try:
                yield
            finally:
                for table in opened:
                    table.shut()

    def open(self, writes: tuple[str, ...]) -> list[Table]:
        """Make the columns in `writes` writable while all tables are shut; returns their tables, to be shut again."""
        opened = []
        for name, columns in columns_by_table(writes).items():
            table = getattr(self, name)
            table.writable(columns)
            opened.append(table)
        return opened

    @contextmanager
    def shut(self) -> Generator[None]:
        """Make all tables read-only except for what `writing` opens; a turn does so once for all its processes."""
        tables = self.tables.values()
        for table in tables:
            table.shut()
        self._shut = True
        try:
            yield
        finally:
            self._shut = False
            for table in tables:
                table.writable(None)

    def check_moves(self, process: str, before: np.ndarray) -> None:
        """Raise BooksError where a household made an illegal move between stages; before: (n,) stages until then."""
        after = self.households.stage
        wrong = illegal(before, after, _LEGAL)
        if len(wrong):
            row = wrong[0]
            raise BooksError(
                f"{process}: illegal move {Stage(before[row]).name} -> {Stage(after[row]).name} "
                f"in households {wrong[:5].tolist()} ({len(wrong)} in all)"
            )

    def check(self) -> None:
        """Raise BooksError where people, places, homes or money do not add up."""
        people, places = self.households, self.locations
        persons, misplaced, homeless, crowded = census(
            people.stage, people.size, people.location, people.municipality,
            places.kind, places.places * self.scale + _ROUNDING, _IS_LIMITED,
        )  # fmt: skip
        if persons != len(self.newcomers):
            raise BooksError(f"persons: households hold {persons}, newcomers are {len(self.newcomers)}")
        if misplaced:
            _refuse("a place for exactly those in reception", (people.location != NO_ROW) != _HAS_PLACE[people.stage])
        if homeless:
            lacking = _HAS_TOWN[people.stage] & (people.municipality == NO_ROW)
            _refuse("a municipality for everyone housed or protected", lacking)
        if crowded:
            inside = placed(people.location)
            occupants = np.bincount(people.location[inside], people.size[inside], len(places))
            over = _IS_LIMITED[places.kind] & (occupants > places.places * self.scale + _ROUNDING)
            _refuse("no more people than places (locations)", over)
        self.check_homes()
        self.check_complexes()
        self.check_money()

    def check_homes(self) -> None:
        """Raise BooksError where vacated homes are not each let once, a starter home or vacant; per pool of homes."""
        of = self.municipalities
        if not unsound_homes(of, _ROUNDING):
            return
        _refuse("homes let within homes offered (municipalities)", of.let > of.offered + _ROUNDING)
        vacant = np.column_stack([of.vacant_small, of.vacant_middle, of.vacant_large])
        _refuse("no more tenants than homes (municipalities)", (vacant < -_ROUNDING).any(axis=1))
        there = of.let + of.let_in_line + of.to_starter + of.small + of.middle + of.large + vacant.sum(axis=1)
        missing, vacated = (np.bincount(of.pool, each, len(of)) for each in (there - of.vacated, of.vacated))
        _refuse("every home let once or still vacant (pools)", abs(missing) > _ROUNDING * np.maximum(vacated, 1))

    def check_money(self) -> None:
        """Raise BooksError where a payment is negative, or savings are not those of the ledger."""
        money = self.ledger
        negative, saved, most = payments(money.month, money.total, _SAVINGS, _ROUNDING)
        if negative:
            _refuse("payments that are not negative (ledger)", money.month < -_ROUNDING)
        held = self.households.savings.sum() / self.scale - saved
        if abs(held) > _ROUNDING * max(most, 1.0):
            _refuse("savings of households as in the ledger (purposes)", np.array([True]))

    def check_complexes(self) -> None:
        """Raise BooksError where starter homes have more tenants than units, or a household lives in two homes."""
        of, people, seekers = self.complexes, self.households, self.seekers
        if not len(of):
            return
        heads = np.flatnonzero((people.complex != NO_ROW) & (people.sponsor == NO_ROW))
        held = np.bincount(people.complex[heads], people.home[heads] + 1, len(of))
        others = np.flatnonzero(seekers.complex != NO_ROW)
        let = np.bincount(seekers.complex[others], minlength=len(of))
        _refuse("units let to newcomers as counted (complexes)", held != of.newcomers)
        _refuse("units let to others as counted (complexes)", let != of.residents)
        _refuse("no more tenants than units (complexes)", held + let > of.built)
        _refuse("a starter home for housed newcomers only", (people.complex != NO_ROW) & (people.stage != Stage.HOUSED))
        _refuse("one home for each seeker", (seekers.complex != NO_ROW) & (seekers.search != Search.SEARCHING))


def _refuse(rule: str, wrong: np.ndarray) -> None:
    """Raise BooksError that names the rule and the first rows where it is broken; wrong: (rows,) bool."""
    if wrong.any():
        rows = np.flatnonzero(wrong)
        raise BooksError(f"books do not balance: {rule}; rows {rows[:5].tolist()} ({len(rows)} in all)")


@kernel
def illegal(before, after, legal):
    """Rows, (n,) int64, of households that made an illegal move between stages; `after` may be longer.

    legal (stages, stages): from which to which. Chunks in which nobody moved are skipped.
    """
    found, count = np.empty(len(before), np.int64), 0
    for first in range(0, len(before), _CHUNK):
        last, moved = min(first + _CHUNK, len(before)), False
        for i in range(first, last):
            moved |= before[i] != after[i]
        if not moved:
            continue
        for i in range(first, last):
            if before[i] != after[i]:
                there = min(before[i], after[i]) >= 0 and max(before[i], after[i]) < len(legal)
                if not (there and legal[before[i], after[i]]):
                    found[count] = i
                    count += 1
    return found[:count]


@kernel
def census(stage, size, location, municipality, kind, most, is_limited):
    """Count in one pass: persons, households that are misplaced or lack a municipality, and overfull locations.

    stage to municipality: of households; kind, most [persons]: of locations, and is_limited (kinds,): whether one may
    not hold more people than that. No location or municipality: negative.
    """
    persons, misplaced, homeless, crowded = 0, 0, 0, 0
    occupants = np.zeros(len(kind), np.int64)
    for i in range(len(stage)):
        persons += size[i]
    for i in range(len(stage)):
        misplaced += (location[i] >= 0) != (_PLACED >> stage[i] & 1)  # bits: many at once
        homeless += (_TIED >> stage[i] & 1) & (municipality[i] < 0)
    for i in placed(location):
        occupants[location[i]] += size[i]
    for j in range(len(kind)):
        crowded += is_limited[kind[j]] & (occupants[j] > most[j])
    return persons, misplaced, homeless, crowded


Homes = namedtuple(
    "Homes",
    "pool let offered let_in_line to_starter small middle large vacant_small vacant_middle vacant_large vacated",
)


@kernel
def unsound_homes(towns: Homes, rounding):
    """Count municipalities and pools that break a rule of `State.check_homes`; whole columns of municipalities."""
    found, count = 0, len(towns.pool)
    missing, vacated = np.zeros(count), np.zeros(count)
    for t in range(count):
        one, two, more = towns.vacant_small[t], towns.vacant_middle[t], towns.vacant_large[t]
        found += (towns.let[t] > towns.offered[t] + rounding) | (min(one, two, more) < -rounding)
        there = towns.let[t] + towns.let_in_line[t] + towns.to_starter[t] + one + two + more
        missing[towns.pool[t]] += there + towns.small[t] + towns.middle[t] + towns.large[t] - towns.vacated[t]
        vacated[towns.pool[t]] += towns.vacated[t]
    for t in range(count):
        found += abs(missing[t]) > rounding * max(vacated[t], 1.0)
    return found


@kernel
def payments(month, total, sign, rounding):
    """Negative payments of the month, savings by the ledger [EUR], and its largest total; sign: of savings."""
    negative, saved, most = 0, 0.0, 0.0
    for k in range(len(month)):
        negative += month[k] < -rounding
        saved += total[k] * sign[k]
        most = max(most, total[k])
    return negative, saved, most
