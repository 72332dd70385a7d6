"""A month of lettings at full size: kernels of abm/homes/queue_kernels.py, sorting in NumPy, and seeker by seeker.

Homes become vacant per cell (municipality and size class). Landlords offer each to a list of the seekers who have been
registered longest, in whole spans of months; part of them take it, longest registered first, with a lottery among
equals.
"""

from collections import defaultdict
from collections.abc import Callable
from time import perf_counter

import numpy as np

from abm.engine.draws import Draws
from abm.homes.dwellings import SIZES, cell_of
from abm.homes.queue_kernels import _SPAN, cells_searched, first_by_month, longest_registered
from abm.tables.homes import Search
from tests.benchmarks.reporting import report

TOWNS, MONTHS_AGO, LIST, TAKING = 342, 400, 6, 0.5  # LIST: seekers asked per home
SEEKERS, HOMES = 820_000, 13_500  # about those of the country, and homes of a month
PERSONS = (1, 3, 5)  # of the three size classes


class Market:
    """Randomly drawn seekers and vacant homes."""

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
    """Rows of the seekers who get a home, ascending."""
    cell = cells_searched(market.search, market.municipality, market.size, len(market.homes))
    rows = longest_registered(cell, market.registered, market.homes * LIST)
    rows, nobody = rows[market.takes[rows]], np.zeros(0, np.int64)
    newcomers = (nobody, nobody.astype(np.int16), nobody.astype(np.uint64))
    homes, whom = market.homes.copy(), nobody.astype(bool)
    return first_by_month(rows, cell, market.registered, market.lottery, newcomers, whom, homes)[0]


def first_of_each(cell: np.ndarray, many: np.ndarray) -> np.ndarray:
    """Whether each row, sorted by cell, is among the first `many` (cells,) of its cell, (n,) bool."""
    count = np.bincount(cell, minlength=len(many))
    return np.arange(len(cell)) - np.repeat(np.cumsum(count) - count, count) < many[cell]


def sorting(market: Market) -> np.ndarray:
    """Rows of the seekers who get a home, by sorting whole columns."""
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
    """Rows of the seekers who get a home, by lists of seekers, as in a model of agents."""
    waiting_lists, earliest = defaultdict(list), int(market.registered.min())
    columns = (market.search, market.cell, market.registered, market.lottery, market.takes)
    for row, (search, cell, registered, lottery, takes) in enumerate(zip(*(c.tolist() for c in columns), strict=True)):
        if search == Search.SEARCHING:
            waiting_lists[cell].append((registered, lottery, row, takes))
    found = []
    for cell, waiting in waiting_lists.items():
        homes = int(market.homes[cell])
        if not homes:
            continue
        waiting.sort()
        span = (waiting[min(homes * LIST, len(waiting)) - 1][0] - earliest) // _SPAN
        willing = [row for registered, _, row, takes in waiting if takes and (registered - earliest) // _SPAN <= span]
        found += willing[:homes]
    return np.sort(np.array(found, np.int64))


WAYS: dict[str, Callable[[Market], np.ndarray]] = {
    "kernels of abm/homes/queue_kernels.py": kernels,
    "NumPy, whole columns sorted": sorting,
    "seeker by seeker": one_by_one,
}


def report_all(quick: bool, repeats: int = 5) -> bool:
    """Print milliseconds of a month by way; prints and returns whether all let to the same seekers."""
    share = 20 if quick else 1
    market = Market(SEEKERS // share, HOMES // share)
    print(f"\nLettings of a month: {len(market.cell):,} seekers, {market.homes.sum():,} homes")
    spent: dict[str, list[float]] = {name: [] for name in WAYS}
    same = all(np.array_equal(way(market), sorting(market)) for way in WAYS.values())
    for _ in range(repeats):  # in turn, so that all are under the same load
        for name, way in WAYS.items():
            began = perf_counter()
            way(market)
            spent[name].append(perf_counter() - began)
    ours = float(np.median(spent["kernels of abm/homes/queue_kernels.py"]))
    for name, each in spent.items():
        middle = float(np.median(each))
        report(f"{name} [ms]", "-", f"{middle * 1e3:.1f} ({middle / ours:.0f} times ours)")
    report("all let to the same seekers", "yes", "yes" if same else "NO")
    return same
