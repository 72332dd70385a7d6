"""A month of lettings at full size: kernels of abm/homes/queue_kernels.py, sorting in NumPy, and seeker by seeker.

Per cell (municipality and size class) homes become vacant; landlords ask a list per home of those longest registered,
in whole spans of months; part of them take the home, longest registered first, lottery among equals.
"""

from collections import defaultdict
from collections.abc import Callable
from time import perf_counter

import numpy as np

from abm.engine.draws import Draws
from abm.engine.queues import waiting_key
from abm.homes.dwellings import SIZES, cell_of
from abm.homes.queue_kernels import _SPAN, first_in_line, longest_registered
from abm.tables.homes import Search
from tests.benchmarks.told import told

TOWNS, MONTHS_AGO, LIST, TAKING = 342, 400, 6, 0.5  # LIST: seekers asked per home
SEEKERS, HOMES = 820_000, 13_500  # about those of the country, and homes of a month
PERSONS = (1, 3, 5)  # of the three size classes


class Market:
    """Seekers and vacant homes of a size, drawn."""

    def __init__(self, seekers: int, homes: int):
        draws, who = Draws(1, "benchmark", 0), np.arange(seekers, dtype=np.uint64)
        towns = np.sort(-np.log1p(-draws.once("town", np.arange(TOWNS, dtype=np.uint64))))  # few large, many small
        edges = np.cumsum(towns / towns.sum())
        self.municipality = np.minimum(np.searchsorted(edges, draws.once("where", who)), TOWNS - 1).astype(np.int16)
        self.size = np.array(PERSONS, np.int8)[(draws.once("size", who) * SIZES).astype(int)]
        self.registered = (-MONTHS_AGO * draws.once("registered", who)).astype(np.int16)
        self.search = np.where(draws.once("search", who) < 0.97, Search.SEARCHING, Search.STOPPED).astype(np.int8)
        self.lottery, self.takes = draws.order("lottery", who), draws.once("takes", who) < TAKING
        self.cell = cell_of(self.municipality, self.size.astype(np.int64))
        self.homes = np.bincount(self.cell, minlength=TOWNS * SIZES) * homes // seekers


def kernels(market: Market) -> np.ndarray:
    """Rows of who gets a home, ascending."""
    rows = longest_registered(market.search, market.municipality, market.size, market.registered, market.homes * LIST)
    rows = rows[market.takes[rows]]
    key = waiting_key(market.registered[rows], market.lottery[rows])
    return rows[first_in_line(market.cell[rows], key, market.homes.copy())]


def first_of_each(cell: np.ndarray, many: np.ndarray) -> np.ndarray:
    """Which of rows that are sorted by cell are among the first `many` (cells,) of theirs, (n,) bool."""
    count = np.bincount(cell, minlength=len(many))
    return np.arange(len(cell)) - np.repeat(np.cumsum(count) - count, count) < many[cell]


def sorting(market: Market) -> np.ndarray:
    """The same by sorting whole columns."""
    rows = np.flatnonzero(market.search == Search.SEARCHING)
    rows = rows[np.lexsort((market.registered[rows], market.cell[rows]))]
    cell, earliest = market.cell[rows], market.registered.min()
    asked = np.flatnonzero(first_of_each(cell, market.homes * LIST))
    last = np.full(len(market.homes), earliest - 1, np.int64)
    np.maximum.at(
        last, cell[asked], (market.registered[rows[asked]] - earliest) // _SPAN * _SPAN + earliest + _SPAN - 1
    )
    rows = rows[(market.registered[rows] <= last[cell]) & market.takes[rows]]
    rows = rows[np.lexsort((market.lottery[rows], market.registered[rows], market.cell[rows]))]
    return np.sort(rows[first_of_each(market.cell[rows], market.homes)])


def one_by_one(market: Market) -> np.ndarray:
    """The same by lists of seekers, as a model of agents has them."""
    lines, earliest = defaultdict(list), int(market.registered.min())
    columns = (market.search, market.cell, market.registered, market.lottery, market.takes)
    for row, (search, cell, registered, lottery, takes) in enumerate(zip(*(c.tolist() for c in columns), strict=True)):
        if search == Search.SEARCHING:
            lines[cell].append((registered, lottery, row, takes))
    found = []
    for cell, line in lines.items():
        homes = int(market.homes[cell])
        if not homes:
            continue
        line.sort()
        span = (line[min(homes * LIST, len(line)) - 1][0] - earliest) // _SPAN
        willing = [row for registered, _, row, takes in line if takes and (registered - earliest) // _SPAN <= span]
        found += willing[:homes]
    return np.sort(np.array(found, np.int64))


WAYS: dict[str, Callable[[Market], np.ndarray]] = {
    "kernels of abm/homes/queue_kernels.py": kernels,
    "NumPy, whole columns sorted": sorting,
    "seeker by seeker": one_by_one,
}


def tell(quick: bool, repeats: int = 5) -> bool:
    """Print milliseconds of a month by way, and whether all let to the same seekers, which is returned."""
    share = 20 if quick else 1
    market = Market(SEEKERS // share, HOMES // share)
    print(f"\nLettings of a month: {len(market.cell):,} seekers, {market.homes.sum():,} homes")
    spent: dict[str, list[float]] = {name: [] for name in WAYS}
    same = all(np.array_equal(way(market), sorting(market)) for way in WAYS.values())
    for _ in range(repeats):  # in turn, so that all meet the same noise
        for name, way in WAYS.items():
            began = perf_counter()
            way(market)
            spent[name].append(perf_counter() - began)
    ours = float(np.median(spent["kernels of abm/homes/queue_kernels.py"]))
    for name, each in spent.items():
        middle = float(np.median(each))
        told(f"{name} [ms]", "-", f"{middle * 1e3:.1f} ({middle / ours:.0f} times ours)")
    told("all let to the same seekers", "yes", "yes" if same else "NO")
    return same
