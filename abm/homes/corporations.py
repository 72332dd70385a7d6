"""Housing corporations, constructed from the stock of municipalities: no public list says which one owns which homes.

Municipalities with fewer than `least` homes form one area with the bordering area that holds least, smallest first,
until every area holds that. The stock of an area is divided evenly over as few corporations as hold at most `most`
homes each, and each has the same part of the stock in every municipality of the area.

With the two numbers of `world.start` there are about as many corporations as were counted (279 in 2023), and most of
those in small municipalities work in several neighbouring ones.

Source: abm/facts/data/corporation_homes.csv, borders.csv; corp_number (279).
"""

import numpy as np


def areas(homes: np.ndarray, borders: np.ndarray, least: float) -> np.ndarray:
    """Area of each municipality, (n,) int64, as the lowest row in it; homes (n,), borders (pairs, 2) rows.

    An area without neighbours stays as it is.
    """
    total, members = homes.astype(float), {row: [row] for row in range(len(homes))}
    neighbours: dict[int, set[int]] = {row: set() for row in range(len(homes))}
    for one, other in borders.tolist():
        neighbours[one].add(other)
        neighbours[other].add(one)
    while small := [row for row in members if total[row] < least and neighbours[row]]:
        gone = min(small, key=lambda row: (total[row], row))
        into = min(neighbours[gone], key=lambda row: (total[row], row))
        total[into] += total[gone]
        members[into] += members.pop(gone)
        for row in neighbours.pop(gone):
            neighbours[row].discard(gone)
            if row != into:
                neighbours[row].add(into)
                neighbours[into].add(row)
    area = np.empty(len(homes), np.int64)
    for rows in members.values():
        area[rows] = min(rows)
    return area


def holdings(homes: np.ndarray, area: np.ndarray, most: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Corporation, municipality and share of the stock there, (m,) each: an even part of every municipality of an area.

    homes, area: (n,).
    """
    corporation, municipality, share, count = [], [], [], 0
    for first in np.unique(area):
        rows = np.flatnonzero(area == first)
        parts = max(int(np.ceil(homes[rows].sum() / most)), 1)
        for part in range(parts):
            corporation += [count + part] * len(rows)
            municipality += rows.tolist()
            share += [1 / parts] * len(rows)
        count += parts
    return np.array(corporation), np.array(municipality), np.array(share)
