"""borders.csv and reception_locations.csv, and the centres of municipalities: what is measured on a map."""

import re
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd

from abm.engine.errors import InputError
from abm.facts import mergers
from scripts.facts import published
from scripts.facts.table import Given, Table

MAP = (
    "CBS and Kadaster, generalised borders of municipalities 2022, GeoJSON: "
    "https://www.pdok.nl/introductie/-/article/cbs-gebiedsindelingen"
)
MAP_YEAR = 2022
LINKS = [  # crossings without a land border, added by hand
    ("GM0060", "GM1970", "ferry"), ("GM0088", "GM1966", "ferry"), ("GM0072", "GM0093", "ferry"),
    ("GM0072", "GM0096", "ferry"), ("GM0400", "GM0448", "ferry"), ("GM0654", "GM0715", "tunnel"),
]  # fmt: skip
METRES, KM_DIGITS, CENTRE_DIGITS, SITE_DIGITS = 1000, 3, 3, 5
REGISTRATION = r"\bCOL\b"  # in a type of location: centre where asylum seekers are registered
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
Rings = list[list[np.ndarray]]  # polygons, each an outer ring and holes, (points, 2)

# From the Dutch grid to degrees: polynomials of Schreutelkamp and Strang van Hees (2001), good to half a metre.
_NORTH = [
    (0, 1, 3235.65389), (2, 0, -32.58297), (0, 2, -0.2475), (2, 1, -0.84978), (0, 3, -0.0655), (2, 2, -0.01709),
    (1, 0, -0.00738), (4, 0, 0.0053), (2, 3, -0.00039), (4, 1, 0.00033), (1, 1, -0.00012),
]  # fmt: skip
_EAST = [
    (1, 0, 5260.52916), (1, 1, 105.94684), (1, 2, 2.45656), (3, 0, -0.81885), (1, 3, 0.05594), (3, 1, -0.05607),
    (0, 1, 0.01199), (3, 2, -0.00256), (1, 4, 0.00128), (0, 2, 0.00022), (2, 0, -0.00022), (5, 0, 0.00026),
]  # fmt: skip
_CENTRE = (155_000, 463_000, 52.1551744, 5.38720621)  # Amersfoort: x, y [m], latitude, longitude
_GRID = 1000  # coordinates above this are metres on the Dutch grid, not degrees


def degrees(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Longitude and latitude (WGS84) of points on the Dutch grid [m]."""
    dx, dy = (x - _CENTRE[0]) * 1e-5, (y - _CENTRE[1]) * 1e-5
    north = sum((factor * dx**p * dy**q for p, q, factor in _NORTH), np.zeros_like(dx))
    east = sum((factor * dx**p * dy**q for p, q, factor in _EAST), np.zeros_like(dx))
    return _CENTRE[3] + east / 3600, _CENTRE[2] + north / 3600


def shapes(path: Path) -> dict[str, Rings]:
    """Polygons of municipalities by code, in the coordinates of the file."""
    found = {}
    for feature in published.content(path, "features"):
        named = feature.get("properties", {})
        code = next((str(named[key]) for key in ("statcode", "gm_code", "gemeentecode", "code") if key in named), "")
        code = code if code.startswith("GM") else f"GM{code:0>4}"
        shape = feature["geometry"]
        polygons = shape["coordinates"] if shape["type"] == "MultiPolygon" else [shape["coordinates"]]
        found[code] = [[np.array(ring, dtype=float)[:, :2] for ring in polygon] for polygon in polygons]
    return found


def lengths(rings: dict[str, Rings]) -> dict[tuple[str, str], float]:
    """Length that each pair of municipalities shares, by pair of codes, in the unit of the coordinates.

    Neighbours of a generalised map share the points of their border, so a piece of border is the same two points in
    both. Pairs that share a point only have none.
    """
    owners: dict[tuple, set[str]] = {}
    for code, polygons in rings.items():
        for ring in (ring for polygon in polygons for ring in polygon):
            for one, other in pairwise(map(tuple, ring)):
                owners.setdefault((min(one, other), max(one, other)), set()).add(code)
    found: dict[tuple[str, str], float] = {}
    for (one, other), codes in owners.items():
        if len(codes) == 2:
            first, second = sorted(codes)
            metres = float(np.hypot(one[0] - other[0], one[1] - other[1]))
            found[first, second] = found.get((first, second), 0.0) + metres
    return found


def centre(polygons: Rings) -> tuple[float, float]:
    """Centre of gravity of polygons, holes taken out."""
    area = x = y = 0.0
    for polygon in polygons:
        for number, ring in enumerate(polygon):
            cross = ring[:-1, 0] * ring[1:, 1] - ring[1:, 0] * ring[:-1, 1]
            sign = np.sign(cross.sum()) * (-1 if number else 1)
            area += sign * cross.sum() / 2
            x += sign * ((ring[:-1, 0] + ring[1:, 0]) * cross).sum() / 6
            y += sign * ((ring[:-1, 1] + ring[1:, 1]) * cross).sum() / 6
    return x / area, y / area


def inside(x: float, y: float, polygons: Rings) -> bool:
    """Whether a point lies in polygons, by the number of edges to the right of it."""
    crossings = 0
    for ring in (ring for polygon in polygons for ring in polygon):
        (x1, y1), (x2, y2) = ring[:-1].T, ring[1:].T
        spans = (y1 > y) != (y2 > y)
        at = x1[spans] + (y - y1[spans]) * (x2[spans] - x1[spans]) / (y2[spans] - y1[spans])
        crossings += int((at > x).sum())
    return crossings % 2 == 1


def present(given: Given, path: Path) -> dict[str, Rings]:
    """Polygons of the municipalities of the tables: those of the map, put together where they merged."""
    parts, made = mergers.shares(given.tables(), MAP_YEAR, mergers.BASE).idxmax(axis=1), {}
    for code, polygons in shapes(path).items():
        made.setdefault(parts.get(code, code), []).extend(polygons)
    return made


def borders(given: Given) -> pd.DataFrame:
    """borders.csv: shared lengths on a map, or a table of pairs with lengths; links over water are added by hand."""
    if "pairs" in given:
        made = published.chosen(
            published.table(given["pairs"]),
            given["pairs"],
            gm_a="gm_a",
            gm_b="gm_b",
            border_km="border_km",
            link="link_type|link",
        )
        made["border_km"] = published.numbers(made["border_km"]).fillna(0)
    else:
        rings = present(given, given["map"])
        if max(abs(polygon[0]).max() for polygon in next(iter(rings.values()))) < _GRID:
            raise InputError(f"{given['map']}: is in degrees: give the map on the Dutch grid (EPSG:28992), in metres")
        rows = [(*pair, round(length / METRES, KM_DIGITS), "border") for pair, length in lengths(rings).items()]
        rows += [(one, other, 0.0, link) for one, other, link in LINKS]
        made = pd.DataFrame(rows, columns=["gm_a", "gm_b", "border_km", "link"])
    return made.sort_values(["gm_a", "gm_b"], ignore_index=True)


def centres(given: Given) -> pd.DataFrame:
    """Longitude and latitude of each municipality of the tables, by gm_code."""
    rows = {}
    for code, polygons in present(given, given["map"]).items():
        x, y = centre(polygons)
        lon, lat = degrees(np.array(x), np.array(y)) if x > _GRID else (x, y)
        rows[code] = round(float(lon), CENTRE_DIGITS), round(float(lat), CENTRE_DIGITS)
    return pd.DataFrame.from_dict(rows, orient="index", columns=["longitude", "latitude"])


def locations(given: Given) -> pd.DataFrame:
    """reception_locations.csv: the list of the reception agency, each in the municipality around it."""
    path = given["locations"]
    if path.suffix.lower() in (".json", ".geojson"):
        found = pd.DataFrame([feature["properties"] for feature in published.content(path, "features")])
    else:
        found = published.table(path)
    found = found.astype("string").fillna("")
    made = published.chosen(
        found,
        path,
        name="Naam|location",
        type="Type",
        emergency="Noodopvang|emergency",
        places="Opvangplaatsen|capacity_places",
        longitude="Lon",
        latitude="Lat",
    )
    until = next(
        (found[name] for name in ("Beschikbaar tot", "available_until") if name in found), pd.Series("", found.index)
    )
    for column, digits in (("longitude", SITE_DIGITS), ("latitude", SITE_DIGITS)):
        made[column] = published.numbers(made[column]).round(digits)
    if "gm_code" in found:
        made["gm_code"] = found["gm_code"]
    else:
        rings = present(given, given["map"])
        rings = {code: _in_degrees(polygons) for code, polygons in rings.items()}
        sites = zip(made["longitude"], made["latitude"], strict=True)
        made["gm_code"] = [next((code for code, shape in rings.items() if inside(x, y, shape)), "") for x, y in sites]
    emergency = (made["emergency"] == "Ja") | made["type"].str.contains("Noodopvang")
    registration = made["type"].str.contains(REGISTRATION) & ~emergency
    made["kind"] = np.select([registration, emergency], ["registration", "emergency"], "regular")
    made["places"] = published.numbers(made["places"]).fillna(0).astype(int)
    made["ends"] = until.map(_month)
    return made[["gm_code", "name", "kind", "places", "ends", "longitude", "latitude"]].sort_values(
        ["gm_code", "name"], ignore_index=True
    )


def _in_degrees(polygons: Rings) -> Rings:
    """The same polygons in degrees."""
    if abs(polygons[0][0]).max() < _GRID:
        return polygons
    return [[np.column_stack(degrees(ring[:, 0], ring[:, 1])) for ring in polygon] for polygon in polygons]


def _month(words: str) -> str:
    """'Tue Dec 15 2015 01:00:00 GMT+0100' or 'Dec 15 2015' as 2015-12; nothing where it says nothing."""
    found = re.search(rf"({'|'.join(MONTHS)}) \d\d? (\d{{4}})", words)
    return f"{found[2]}-{MONTHS.index(found[1]) + 1:02d}" if found else ""


TABLES = [
    Table(
        "borders",
        {"map": MAP, "pairs": "or pairs of codes with border_km and link, already measured"},
        borders,
        remark="The six links over water are added by hand.",
    ),
    Table(
        "reception_locations",
        {
            "locations": "list of the reception agency of 3 November 2015, GeoJSON: https://github.com/TNOCS/csWeb "
            "(Vluchtelingen/azc.json)",
            "map": MAP,
        },
        locations,
    ),
]
