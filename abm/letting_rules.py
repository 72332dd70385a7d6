"""The rules by which corporation homes are let, all in one place: who stands in line for a home, and in what order.

PRIORITY      status holders up to the ceiling of their municipality, longest tied to it first (process housing)
URGENCY       urgent seekers, longest urgent first
INSTITUTIONS  the share model: who comes from shelter, care or reception, longest in need first, without a label
TARGET_GROUP  young people, newcomers or not, longest registered first
LOTTERY       anybody in the line, by lot
REGISTRATION  anybody in the line, longest registered first; it also gets what another rule could not let

What falls free goes to PRIORITY first; of the rest each home is let by one of the other rules, drawn by the shares of
its municipality (process lettings). A line holds regular home seekers, and newcomers who have no priority.

Source: E080 (priority), wait_hr (urgency), plan_share_model (institutions), E079 (lottery and registration).
"""

from dataclasses import dataclass

import numpy as np
from numba import njit

from abm.draws import ORDER_BITS
from abm.home_market import Group, Rule, Search
from abm.homes import SIZES, cell_number
from abm.kernels import read_only, waiting, waiting_key
from abm.populations import NEVER

IN_LINE = tuple(rule for rule in Rule if rule != Rule.PRIORITY)  # in the order in which homes are let
_SEARCHING = int(Search.SEARCHING)
_SPAN = 2  # months of registration that are counted together: a table that fits the processor's cache
_MASK = np.uint64((1 << ORDER_BITS) - 1)
_HIGHEST = np.uint64(2**64 - 1)


# --- priority


def ceiling(freed: np.ndarray, share: float, inhabitants: np.ndarray, effort: np.ndarray) -> np.ndarray:
    """Most homes that status holders can get this month, (municipalities,): their share of the country's, as the task.

    freed [homes], inhabitants [share of the country], effort [ratio]: (municipalities,). Not more than fall free there.
    """
    return np.minimum(share * freed.sum() * inhabitants * effort, freed)


@njit(cache=True)
def let(municipality, needed, on_offer, homes):
    """Which home each household gets, (n,) int8 of HomeSize (NEVER: none), in the order given.

    municipality, needed (HomeSize): (n,); on_offer (municipalities,): homes that status holders can still get; homes
    (municipalities, sizes): what falls free. Both are used up. First everyone within the own class, then one class up.
    """
    got = np.full(len(needed), NEVER, dtype=np.int8)
    for up in range(2):
        for i in range(len(needed)):
            town, size = municipality[i], needed[i] + up
            if got[i] == NEVER and size < homes.shape[1] and on_offer[town] >= 1 and homes[town, size] >= 1:
                homes[town, size] -= 1
                on_offer[town] -= 1
                got[i] = size
    return got


def kept(homes: np.ndarray, a_month: np.ndarray) -> np.ndarray:
    """What stays for status holders next month: at most what a month brings, or a part of one home; others get more."""
    return np.minimum(homes, np.maximum(a_month, 1.0))


# --- which rule lets a home


def shares(national: dict[Rule, float], urgency: np.ndarray, chance: np.ndarray) -> np.ndarray:
    """Upper bounds of the rules in [0, 1], (municipalities, rules of IN_LINE): what is left goes by registration.

    national: share of each rule; urgency, chance (municipalities,): own share by urgency and by lottery over that.
    """
    own = np.tile([national.get(rule, 0.0) for rule in IN_LINE], (len(urgency), 1))
    own[:, IN_LINE.index(Rule.URGENCY)] *= urgency
    own[:, IN_LINE.index(Rule.LOTTERY)] *= chance
    bounds = np.minimum(np.cumsum(own, axis=1), 1)
    bounds[:, -1] = 1
    return bounds


def by_rule(homes: np.ndarray, bounds: np.ndarray, draws) -> np.ndarray:
    """How many homes each rule lets, (rules of IN_LINE, cells); homes (cells,) whole, bounds as `shares` gives."""
    cell = np.repeat(np.arange(len(homes)), homes)
    number = np.arange(len(cell)) - np.repeat(np.cumsum(homes) - homes, homes)
    luck = draws.uniform("rule", cell << 32 | number)
    rule = (luck[:, None] >= bounds[cell // SIZES]).sum(axis=1)
    return np.bincount(rule * len(homes) + cell, minlength=bounds.shape[1] * len(homes)).reshape(-1, len(homes))


# --- who stands in line for a rule


@dataclass(frozen=True)
class Line:
    """People for the homes of a rule; the lowest key in a cell comes first."""

    who: np.ndarray  # (n,) int64, rows of seekers; -1 - row of households for newcomers
    cell: np.ndarray  # (n,) int64, municipality and size class
    key: np.ndarray  # (n,) uint64
    takes: np.ndarray  # (n,) bool, whether this person takes the home that comes


@dataclass(frozen=True)
class Newcomers:
    """Newcomers in line without priority; (n,) each."""

    rows: np.ndarray  # of households
    cell: np.ndarray
    since: np.ndarray  # [month] since when in need: tied to the municipality, or in a home that is too small
    registered: np.ndarray  # [month]
    young: np.ndarray  # bool
    crowded: np.ndarray  # bool, whether they have a home, but a larger one is needed

    def without(self, gone: np.ndarray) -> "Newcomers":
        """The same line after some, (m,) rows of households, left it."""
        here = ~np.isin(self.rows, gone)
        return Newcomers(*(each[here] for each in vars(self).values()))


@dataclass(frozen=True)
class Asking:
    """How landlords go down a list."""

    list_length: float  # [persons] at the front of the list whom they ask per home
    taking: float  # share of those who take it


def urgency(state, newcomers: Newcomers, homes: np.ndarray, draws, asking: Asking) -> Line:
    """Urgent seekers, longest urgent first; one offer, which they take."""
    rows = _urgent(state)
    return _joined(state, rows, state.seekers.urgent, newcomers, np.zeros(len(newcomers.rows), bool), newcomers.since)


def institutions(state, newcomers: Newcomers, homes: np.ndarray, draws, asking: Asking) -> Line:
    """Who comes from shelter, care or reception, longest in need first; one offer, which they take."""
    rows = _urgent(state)
    rows = rows[state.seekers.group[rows] == Group.URGENT]
    return _joined(state, rows, state.seekers.urgent, newcomers, ~newcomers.crowded, newcomers.since)


def target_group(state, newcomers: Newcomers, homes: np.ndarray, draws, asking: Asking) -> Line:
    """Young people, longest registered first; part of those who are asked take the home."""
    seekers = state.seekers
    young = (seekers.group == Group.YOUNG) | (seekers.group == Group.STUDENT)
    rows = _front(state, np.where(young, seekers.search, Search.STOPPED).astype(np.int8), homes, asking)
    return _taking(state, rows, newcomers, newcomers.young, draws, asking)


def lottery(state, newcomers: Newcomers, homes: np.ndarray, draws, asking: Asking) -> Line:
    """Anybody in the line, by lots drawn anew each month; who is drawn takes the home."""
    seekers, salt = state.seekers, np.uint64(draws.salt(f"lots {draws.month}"))
    columns = (read_only(c) for c in (seekers.search, seekers.municipality, seekers.size, seekers.lottery))
    rows, key = lowest_lots(*columns, salt, homes)
    key = np.append(key, lots(state.households.lottery[newcomers.rows], salt))
    return _line(state, rows, newcomers, np.ones(len(newcomers.rows), bool), key)


def registration(state, newcomers: Newcomers, homes: np.ndarray, draws, asking: Asking) -> Line:
    """Anybody in the line, longest registered first; part of those who are asked take the home."""
    rows = _front(state, state.seekers.search, homes, asking)
    return _taking(state, rows, newcomers, np.ones(len(newcomers.rows), bool), draws, asking)


LINES = {
    Rule.URGENCY: urgency,
    Rule.INSTITUTIONS: institutions,
    Rule.TARGET_GROUP: target_group,
    Rule.LOTTERY: lottery,
    Rule.REGISTRATION: registration,
}


def _urgent(state) -> np.ndarray:
    """Rows of seekers who search and whose need is urgent."""
    return waiting(state.seekers.search, state.seekers.urgent, Search.SEARCHING, state.clock.month + 1)


def _front(state, search: np.ndarray, homes: np.ndarray, asking: Asking) -> np.ndarray:
    """Rows of the seekers whom landlords ask this month: a list per home, in whole months of registration."""
    seekers = state.seekers
    columns = (read_only(c) for c in (search, seekers.municipality, seekers.size, seekers.registered))
    return longest_registered(*columns, (homes * asking.list_length).astype(np.int64))


def _taking(state, rows: np.ndarray, newcomers: Newcomers, some: np.ndarray, draws, asking: Asking) -> Line:
    """A line by registration, in which seekers take the home or not; newcomers (those of `some`) get one offer."""
    takes = draws.uniform("takes", state.seekers.identity[rows]) < asking.taking
    return _joined(state, rows, state.seekers.registered, newcomers, some, newcomers.registered, takes)


def _joined(state, rows, since, newcomers: Newcomers, some, their_since, takes=None) -> Line:
    """A line by months: seekers by a column, newcomers by an array; lottery among equals."""
    key = np.append(
        waiting_key(since[rows], state.seekers.lottery[rows]),
        waiting_key(their_since[some], state.households.lottery[newcomers.rows[some]]),
    )
    return _line(state, rows, newcomers, some, key, takes)


def _line(state, rows, newcomers: Newcomers, some, key, takes=None) -> Line:
    seekers, also = state.seekers, newcomers.rows[some]
    cell = np.append(cells(read_only(seekers.municipality), read_only(seekers.size), rows), newcomers.cell[some])
    takes = np.ones(len(rows), bool) if takes is None else takes
    return Line(np.append(rows, -1 - also), cell, key, np.append(takes, np.ones(len(also), bool)))


# --- kernels


@njit(cache=True)
def first_in_line(cell, key, takes, homes):
    """Which of a line get a home, (n,) bool: per cell those with the lowest key who take it; homes (cells,) fall."""
    many = np.zeros(len(homes), np.int64)
    for i in range(len(cell)):
        many[cell[i]] += takes[i]
    short = np.where(many > homes, homes, 0)  # where there are homes for all, nobody is compared
    start, row, best, bound = _tops(short)
    got = np.zeros(len(cell), np.bool_)
    for i in range(len(cell)):
        if takes[i]:
            got[i] = many[cell[i]] <= homes[cell[i]]
            if key[i] < bound[cell[i]]:
                bound[cell[i]] = _insert(start[cell[i]], start[cell[i] + 1], row, best, i, key[i])
    for i in row[row >= 0]:
        got[i] = True
    homes -= np.minimum(many, homes)
    return got


@njit(cache=True)
def _tops(count):
    """Room for the `count` (cells,) lowest keys of each cell: where it starts, rows, keys and the highest key of it."""
    start = np.zeros(len(count) + 1, np.int64)
    start[1:] = np.cumsum(count)
    row, best = np.full(start[-1], NEVER), np.full(start[-1], _HIGHEST)
    return start, row, best, np.where(count > 0, _HIGHEST, np.uint64(0))


@njit(cache=True)
def _insert(begin, end, row, best, i, key):
    """Put row i with its key in order between begin and end, where the highest key falls out; the new highest key."""
    at = end - 1
    while at > begin and best[at - 1] > key:
        best[at], row[at] = best[at - 1], row[at - 1]
        at -= 1
    best[at], row[at] = key, i
    return best[end - 1]


@njit(cache=True)
def cells(municipality, size, rows):
    """Cells of some seekers, (n,) int64; municipality, size [persons]: whole columns."""
    found = np.empty(len(rows), np.int64)
    for k in range(len(rows)):
        found[k] = cell_number(municipality[rows[k]], size[rows[k]])
    return found


@njit(cache=True)
def longest_registered(search, municipality, size, registered, wanted):
    """Rows, (n,) ascending, of seekers per cell from the longest registered on, until `wanted` (cells,) are found.

    search, municipality, size, registered: whole columns. The last _SPAN months count as a whole.
    """
    if len(search) == 0:
        return np.empty(0, np.int64)
    earliest = np.int64(registered.min())
    spans = (np.int64(registered.max()) - earliest) // _SPAN + 1
    many = np.zeros((len(wanted), spans), np.int32)
    for i in range(len(search)):
        searching = search[i] == _SEARCHING
        many[cell_number(municipality[i], size[i]), (registered[i] - earliest) // _SPAN] += searching
    last, total = np.empty(len(wanted), np.int64), 0
    for c in range(len(wanted)):
        found, span = 0, 0
        while found < wanted[c] and span < spans:
            found += many[c, span]
            span += 1
        last[c] = earliest + span * _SPAN - 1
        total += found
    rows, count = np.empty(total + 1, np.int64), 0
    for i in range(len(search)):
        rows[count] = i
        front = registered[i] <= last[cell_number(municipality[i], size[i])]
        count += (search[i] == _SEARCHING) & front
    return rows[:count]


@njit(cache=True)
def lots(number, salt):
    """Another order of lottery numbers, uint64 below 2**52: multiplied by an odd number of the month.

    Source: multiplicative hashing, Dietzfelbinger et al. 1997, doi 10.1006/jagm.1997.0873.
    """
    return (number * (salt | np.uint64(1))) & _MASK


@njit(cache=True)
def lowest_lots(search, municipality, size, number, salt, homes):
    """Rows and lots of those with the lowest lots in each cell, as many as there are homes (cells,); both (n,)."""
    start, row, lot, bound = _tops(homes)
    for i in range(len(search)):
        c, mine = cell_number(municipality[i], size[i]), lots(number[i], salt)
        if mine < bound[c] and search[i] == _SEARCHING:
            bound[c] = _insert(start[c], start[c + 1], row, lot, i, mine)
    return row[row >= 0], lot[row >= 0]
