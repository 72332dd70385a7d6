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

from abm.engine.draws import Draws
from abm.engine.queues import waiting, waiting_key
from abm.homes.dwellings import SIZES
from abm.homes.queue_kernels import cells, longest_registered, lots, lowest_lots
from abm.state import State
from abm.tables.homes import Group, Rule, Search

ELSEWHERE = (Rule.PRIORITY, Rule.STARTER, Rule.INTERIM, Rule.PRIVATE)  # let by processes of their own
IN_LINE = tuple(rule for rule in Rule if rule not in ELSEWHERE)  # in the order in which homes are let


# --- which rule lets a home


def shares(national: dict[Rule, float], urgency_ratio: np.ndarray, lottery_ratio: np.ndarray) -> np.ndarray:
    """Upper bounds of the rules in [0, 1], (municipalities, rules of IN_LINE): the rest goes by registration.

    national: share of each rule; urgency_ratio, lottery_ratio: own share over the national one, (municipalities,).
    """
    own = np.tile([national.get(rule, 0.0) for rule in IN_LINE], (len(urgency_ratio), 1))
    own[:, IN_LINE.index(Rule.URGENCY)] *= urgency_ratio
    own[:, IN_LINE.index(Rule.LOTTERY)] *= lottery_ratio
    bounds = np.minimum(np.cumsum(own, axis=1), 1)
    bounds[:, -1] = 1
    return bounds


def by_rule(homes: np.ndarray, bounds: np.ndarray, draws: Draws) -> np.ndarray:
    """Number of homes that each rule lets, (rules of IN_LINE, cells); homes (cells,) whole; bounds: from `shares`."""
    cell = np.repeat(np.arange(len(homes)), homes)
    number = np.arange(len(cell)) - np.repeat(np.cumsum(homes) - homes, homes)
    u = draws.uniform("rule", cell << 32 | number)
    rule = (u[:, None] >= bounds[cell // SIZES]).sum(axis=1)
    return np.bincount(rule * len(homes) + cell, minlength=bounds.shape[1] * len(homes)).reshape(-1, len(homes))


# --- the waiting list of each rule


@dataclass(frozen=True)
class Line:
    """Waiting list for the homes of a rule; the lowest key in a cell comes first."""

    who: np.ndarray  # (n,) int64, rows of seekers; -1 - row of households for newcomers
    cell: np.ndarray  # (n,) int64, municipality and size class
    key: np.ndarray  # (n,) uint64


@dataclass(frozen=True)
class Newcomers:
    """Newcomers on the waiting lists, without priority; (n,) each."""

    rows: np.ndarray  # of households
    cell: np.ndarray
    since: np.ndarray  # [month] since when in need: tied to the municipality, registered for another home, or urgent
    registered: np.ndarray  # [month]
    young: np.ndarray  # bool
    housed: np.ndarray  # bool, whether they have a home and look for another one
    urgent: np.ndarray  # bool

    def without(self, gone: np.ndarray) -> "Newcomers":
        """The same newcomers without some, gone (m,): rows of households."""
        if not len(gone):
            return self
        left = np.zeros(max(self.rows.max(), gone.max()) + 1, bool)
        left[gone] = True
        here = np.flatnonzero(~left[self.rows])
        return Newcomers(*(each[here] for each in vars(self).values()))


@dataclass(frozen=True)
class Asking:
    """How landlords go down a waiting list."""

    list_length: float  # [persons] at the front of the list asked per home
    taking: float  # share of those asked who take it


def urgency(state: State, newcomers: Newcomers, homes: np.ndarray, draws: Draws, asking: Asking) -> Line:
    """Urgent seekers, longest urgent first; they get one offer, which they take."""
    rows = _urgent(state)
    return _joined(state, rows, state.seekers.urgent, newcomers, newcomers.urgent, newcomers.since)


def institutions(state: State, newcomers: Newcomers, homes: np.ndarray, draws: Draws, asking: Asking) -> Line:
    """People from shelter, care or reception, longest in need first; they get one offer, which they take."""
    rows = _urgent(state)
    rows = rows[state.seekers.group[rows] == Group.URGENT]
    return _joined(state, rows, state.seekers.urgent, newcomers, ~newcomers.housed, newcomers.since)


def target_group(state: State, newcomers: Newcomers, homes: np.ndarray, draws: Draws, asking: Asking) -> Line:
    """Young people, longest registered first; part of those asked take the home."""
    seekers = state.seekers
    young = (seekers.group == Group.YOUNG) | (seekers.group == Group.STUDENT)
    rows = _front(state, np.where(young, seekers.search, Search.STOPPED).astype(np.int8), homes, asking)
    return _taking(state, rows, newcomers, newcomers.young, draws, asking)


def lottery(state: State, newcomers: Newcomers, homes: np.ndarray, draws: Draws, asking: Asking) -> Line:
    """Anybody on the waiting list, by lots drawn anew each month; seekers whose lot comes up take the home."""
    seekers, salt = state.seekers, np.uint64(draws.salt(f"lots {draws.month}"))
    rows, key = lowest_lots(seekers.search, seekers.municipality, seekers.size, seekers.lottery, salt, homes)
    key = np.append(key, lots(state.households.lottery[newcomers.rows], salt))
    return _line(state, rows, newcomers, np.ones(len(newcomers.rows), bool), key)


def registration(state: State, newcomers: Newcomers, homes: np.ndarray, draws: Draws, asking: Asking) -> Line:
    """Anybody on the waiting list, longest registered first; part of those asked take the home."""
    rows = _front(state, state.seekers.search, homes, asking)
    return _taking(state, rows, newcomers, np.ones(len(newcomers.rows), bool), draws, asking)


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


def _front(state: State, search: np.ndarray, homes: np.ndarray, asking: Asking) -> np.ndarray:
    """Rows of seekers whom landlords ask this month: `list_length` per home, up to whole months of registration."""
    seekers = state.seekers
    wanted = (homes * asking.list_length).astype(np.int64)
    return longest_registered(search, seekers.municipality, seekers.size, seekers.registered, wanted)


def _taking(
    state: State, rows: np.ndarray, newcomers: Newcomers, whom: np.ndarray, draws: Draws, asking: Asking
) -> Line:
    """Line by registration: seekers take the home or not; newcomers (where `whom`) get one offer, which they take."""
    rows = rows[draws.uniform("takes", state.seekers.identity[rows]) < asking.taking]
    return _joined(state, rows, state.seekers.registered, newcomers, whom, newcomers.registered)


def _joined(
    state: State, rows: np.ndarray, since: np.ndarray, newcomers: Newcomers, whom: np.ndarray, their_since: np.ndarray
) -> Line:
    """Line by month: `since` (column) for seekers, `their_since` for newcomers; by lot among equals."""
    key = np.append(
        waiting_key(since[rows], state.seekers.lottery[rows]),
        waiting_key(their_since[whom], state.households.lottery[newcomers.rows[whom]]),
    )
    return _line(state, rows, newcomers, whom, key)


def _line(state: State, rows: np.ndarray, newcomers: Newcomers, whom: np.ndarray, key: np.ndarray) -> Line:
    seekers, also = state.seekers, newcomers.rows[whom]
    cell = np.append(cells(seekers.municipality, seekers.size, rows), newcomers.cell[whom])
    return Line(np.append(rows, -1 - also), cell, key)
