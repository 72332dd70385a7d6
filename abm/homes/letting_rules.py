"""The rules by which corporation homes are let: eligibility for the waiting list of each rule, and its order.

PRIORITY      status holders up to the ceiling of their municipality, longest tied to it first (process housing)
URGENCY       urgent seekers, longest urgent first
INSTITUTIONS  the share model: people from shelter, care or reception, longest in need first, without a label
TARGET_GROUP  young people, newcomers or not, longest registered first
LOTTERY       anybody on the waiting list, by lot
REGISTRATION  anybody on the waiting list, longest registered first; also homes that another rule could not let

Vacancies go to PRIORITY first; each remaining home is let by one of the other rules, drawn by the shares of its
municipality (process lettings). A line is the waiting list for a rule this month: regular home seekers, and newcomers
without priority.

Source: E080 (priority), wait_hr (urgency), plan_share_model (institutions), E079 (lottery and registration).
"""

from dataclasses import dataclass

import numpy as np

from abm.engine.clock import EARLIEST
from abm.engine.draws import Address, Draws, philox, unit
from abm.engine.errors import BooksError
from abm.engine.kernels import kernel
from abm.engine.queues import waiting
from abm.engine.table import UNSET
from abm.homes.dwellings import SIZES
from abm.homes.queue_kernels import first_by_lot, first_by_month, longest_registered
from abm.state import State
from abm.tables.homes import Group, Rule, Search

ELSEWHERE = (Rule.PRIORITY, Rule.STARTER, Rule.INTERIM, Rule.PRIVATE)  # let by processes of their own
IN_LINE = tuple(rule for rule in Rule if rule not in ELSEWHERE)  # in the order in which homes are let
_CELL = np.uint64(32)  # bits of the number of a home in its cell


# --- which rule lets a home


def shares(national: dict[Rule, float], urgency_ratio: np.ndarray, lottery_ratio: np.ndarray) -> np.ndarray:
    """Upper bounds of the rules in [0, 1], (rules of IN_LINE, municipalities): the rest goes by registration.

    national: share of each rule; urgency_ratio, lottery_ratio: own share over the national one, (municipalities,).
    """
    own = np.zeros((len(IN_LINE), len(urgency_ratio)))
    for rule, share in national.items():
        own[IN_LINE.index(rule)] = share
    own[IN_LINE.index(Rule.URGENCY)] *= urgency_ratio
    own[IN_LINE.index(Rule.LOTTERY)] *= lottery_ratio
    bounds = np.minimum(own.cumsum(axis=0), 1)
    bounds[-1] = 1
    return bounds


def by_rule(homes: np.ndarray, bounds: np.ndarray, draws: Draws) -> np.ndarray:
    """Number of homes that each rule lets, (rules of IN_LINE, cells); homes (cells,) whole; bounds: from `shares`."""
    return _by_rule(homes, bounds, draws.address("rule"))


@kernel
def _by_rule(homes, bounds, address: Address):
    """A home is addressed by its cell and its number there."""
    month, stream, k0, k1 = address
    given = np.zeros((len(bounds), len(homes)), np.int64)
    for cell in range(len(homes)):
        for number in range(homes[cell]):
            who = np.uint64(cell) << _CELL | np.uint64(number)
            a, b, _, _ = philox(who, who >> _CELL, month, stream, k0, k1)
            rule, u = 0, unit(a, b)
            while u >= bounds[rule, cell // SIZES]:
                rule += 1
            given[rule, cell] += 1
    return given


# --- the waiting list of each rule


@dataclass(frozen=True)
class Newcomers:
    """Newcomers on the waiting lists, without priority; (n,) each."""

    rows: np.ndarray  # of households
    registered: np.ndarray  # [month]
    young: np.ndarray  # bool
    cell: np.ndarray  # municipality and size class
    since: np.ndarray  # [month] since when in need: tied to the municipality, registered for another home, or urgent
    lottery: np.ndarray
    housed: np.ndarray  # bool, whether they have a home and look for another one
    urgent: np.ndarray  # bool
    rule: np.ndarray  # by which a home was let to them this month; UNSET: none

    @property
    def wait(self) -> np.ndarray:
        """Whether they still wait for a home, bool."""
        return self.rule == UNSET


@dataclass(frozen=True)
class Lines:
    """Everybody who waits for a home that is let in line."""

    cell: np.ndarray  # (seekers,) uint16, municipality and size class of each seeker; in none: see queue_kernels.py
    newcomers: Newcomers


@dataclass(frozen=True)
class Asking:
    """How landlords go down a waiting list."""

    list_length: float  # [persons] at the front of the list asked per home
    taking: float  # share of those asked who take it


First = tuple[np.ndarray, np.ndarray]  # who get the homes of a rule: rows of seekers, and places among the newcomers


def urgency(state: State, lines: Lines, homes: np.ndarray, draws: Draws, asking: Asking) -> First:
    """Urgent seekers, longest urgent first; they get one offer, which they take."""
    newcomers = lines.newcomers
    return _longest(state, lines, _urgent(state), state.seekers.urgent, newcomers.urgent, newcomers.since, homes)


def institutions(state: State, lines: Lines, homes: np.ndarray, draws: Draws, asking: Asking) -> First:
    """People from shelter, care or reception, longest in need first; they get one offer, which they take."""
    rows, newcomers = _urgent(state), lines.newcomers
    rows = rows[state.seekers.group[rows] == Group.URGENT]
    return _longest(state, lines, rows, state.seekers.urgent, ~newcomers.housed, newcomers.since, homes)


def target_group(state: State, lines: Lines, homes: np.ndarray, draws: Draws, asking: Asking) -> First:
    """Young people, longest registered first; part of those asked take the home."""
    group = state.seekers.group
    young = (group == Group.YOUNG) | (group == Group.STUDENT)
    cell = np.where(young, lines.cell, np.uint16(len(homes)))
    return _taking(state, lines, cell, lines.newcomers.young, homes, draws, asking)


def lottery(state: State, lines: Lines, homes: np.ndarray, draws: Draws, asking: Asking) -> First:
    """Anybody on the waiting list, by lots drawn anew each month; seekers whose lot comes up take the home."""
    newcomers, salt = lines.newcomers, np.uint64(draws.salt(f"lots {draws.month}"))
    turn = (newcomers.cell, newcomers.since, newcomers.lottery)
    return first_by_lot(lines.cell, state.seekers.lottery, salt, turn, newcomers.wait, homes)


def registration(state: State, lines: Lines, homes: np.ndarray, draws: Draws, asking: Asking) -> First:
    """Anybody on the waiting list, longest registered first; part of those asked take the home."""
    return _taking(state, lines, lines.cell, lines.newcomers.wait, homes, draws, asking)


LINES = {
    Rule.URGENCY: urgency,
    Rule.INSTITUTIONS: institutions,
    Rule.TARGET_GROUP: target_group,
    Rule.LOTTERY: lottery,
    Rule.REGISTRATION: registration,
}


def _urgent(state: State) -> np.ndarray:
    """Rows of searching seekers whose need is urgent."""
    return waiting(state.seekers.search, state.seekers.urgent, Search.SEARCHING, state.clock.month + 1)


def _taking(
    state: State,
    lines: Lines,
    cell: np.ndarray,
    whom: np.ndarray,
    homes: np.ndarray,
    draws: Draws,
    asking: Asking,
) -> First:
    """The first by registration: landlords ask `list_length` seekers per home, up to whole months of registration.

    Seekers (by cell) take the home or not; newcomers (where `whom`) get one offer, which they take.
    """
    seekers = state.seekers
    rows = longest_registered(cell, seekers.registered, (homes * asking.list_length).astype(np.int64))
    rows = rows[draws.uniform("takes", seekers.identity[rows]) < asking.taking]
    return _longest(state, lines, rows, seekers.registered, whom, lines.newcomers.registered, homes)


def _longest(
    state: State,
    lines: Lines,
    rows: np.ndarray,
    since: np.ndarray,
    whom: np.ndarray,
    their_since: np.ndarray,
    homes: np.ndarray,
) -> First:
    """The first by month: `since` (column) for seekers (rows), `their_since` for newcomers; by lot among equals."""
    newcomers = lines.newcomers
    turn = (newcomers.cell, their_since, newcomers.lottery)
    whom = whom & newcomers.wait
    rows, who, earliest = first_by_month(rows, lines.cell, since, state.seekers.lottery, turn, whom, homes)
    if earliest < EARLIEST:
        raise BooksError(f"a household waits since month {earliest}, which a waiting list cannot order")
    return rows, who
