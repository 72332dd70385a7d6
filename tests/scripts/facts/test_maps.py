"""Borders, centres and places on a map: squares of which the answers are known."""

import json

import numpy as np
import pytest

from abm.engine.errors import InputError
from scripts.facts import maps
from tests.helpers.sources import given


def square(x, y, size):
    """A ring of five points [m]."""
    return [[x, y], [x + size, y], [x + size, y + size], [x, y + size], [x, y]]


def a_map(**polygons):
    """GeoJSON of municipalities, as CBS publishes it: `code=[rings of polygon, ...]`."""
    return json.dumps(
        {
            "type": "FeatureCollection",
            "features": [
                {
                    "type": "Feature",
                    "properties": {"statcode": code, "statnaam": "x"},
                    "geometry": {"type": "MultiPolygon", "coordinates": polygons},
                }
                for code, polygons in polygons.items()
            ],
        }
    )


X, Y, KM = 155_000, 463_000, 1000
# 7 lies between 1 and 2, and goes mostly to 2 in 2023; 3 touches 2 in a point only
COUNTRY = a_map(
    GM0001=[[square(X, Y, KM)]],
    GM0007=[[square(X + KM, Y, KM)]],
    GM0002=[[square(X + 2 * KM, Y, KM)]],
    GM0003=[[square(X + 3 * KM, Y + KM, KM)]],
)


def test_borders_are_the_lengths_that_municipalities_share(tmp_path):
    made = maps.borders(given(tmp_path, map__json=COUNTRY))
    land = made[made["link"] == "border"]
    assert land.values.tolist() == [["GM0001", "GM0002", 1.0, "border"]]
    assert set(made["link"]) == {"border", "ferry", "tunnel"}
    assert made["gm_a"].is_monotonic_increasing


def test_a_bent_border_has_all_its_pieces(tmp_path):
    """Two towns with a border of 3 and 4 and then 12 km, so 5 + 12 = 17 along the slope."""
    left = [[0, 0], [30, 0], [33, 4], [33, 16], [0, 16], [0, 0]]
    right = [[30, 0], [60, 0], [60, 16], [33, 16], [33, 4], [30, 0]]
    rings = {name: [[np.array(ring, float) * KM]] for name, ring in (("GM0001", left), ("GM0002", right))}
    assert maps.lengths(rings) == {("GM0001", "GM0002"): 17 * KM}


def test_borders_want_a_map_in_metres(tmp_path):
    with pytest.raises(InputError, match="is in degrees: give the map on the Dutch grid"):
        maps.borders(given(tmp_path, map__json=a_map(GM0001=[[square(5, 52, 1)]])))


def test_pairs_that_are_measured_already_only_need_sorting(tmp_path):
    pairs = "gm_a,gm_b,link_type,border_km\nGM0002,GM0003,ferry,\nGM0001,GM0002,border,1.25\n"
    made = maps.borders(given(tmp_path, pairs=pairs))
    assert made.values.tolist() == [["GM0001", "GM0002", 1.25, "border"], ["GM0002", "GM0003", 0, "ferry"]]


def test_the_centre_leaves_holes_out():
    """A square of 16 with its centre at (2, 2), less one of 4 at (3, 3): (32 - 12) / 12."""
    rings = [[np.array(square(0, 0, 4), float), np.array(square(2, 2, 2), float)]]
    assert maps.centre(rings) == pytest.approx((20 / 12, 20 / 12))
    turned = [[ring[::-1] for ring in rings[0]]]
    assert maps.centre(turned) == pytest.approx((20 / 12, 20 / 12))


def test_inside_knows_holes_and_islands():
    rings = [
        [np.array(square(0, 0, 4), float), np.array(square(2, 2, 1), float)],
        [np.array(square(10, 0, 1), float)],
    ]
    points = [(1, 1), (2.5, 2.5), (10.5, 0.5), (5, 1)]
    assert [maps.inside(x, y, rings) for x, y in points] == [True, False, True, False]


@pytest.mark.parametrize(
    ("x", "y", "latitude", "longitude"),
    [
        (155_000, 463_000, 52.1551744, 5.38720621),
        (120_700.723, 487_525.501, 52.37453253, 4.88352559),  # Westertoren, Amsterdam
        (233_883.131, 582_065.167, 53.21938317, 6.56820053),  # Martinitoren, Groningen
    ],
)
def test_the_dutch_grid_in_degrees(x, y, latitude, longitude):
    """Points of the publication of the formulas; 1e-5 degrees is a metre."""
    found = maps.degrees(np.array(x), np.array(y))
    assert found == pytest.approx((longitude, latitude), abs=1e-5)


def test_centres_of_municipalities_that_merged_are_of_both_parts(tmp_path):
    """2 and 7 lie side by side from 1 to 3 km east of Amersfoort, so their centre is 2 km east and half north."""
    found = maps.centres(given(tmp_path, map__json=COUNTRY))
    assert set(found.index) == {"GM0001", "GM0002", "GM0003"}
    longitude, latitude = maps.degrees(np.array(X + 2 * KM), np.array(Y + KM / 2))
    assert found.loc["GM0002"].tolist() == [round(float(longitude), 3), round(float(latitude), 3)]


def site(name, x, y, kind, **more):
    """A feature of the list of the reception agency, with coordinates in degrees."""
    longitude, latitude = maps.degrees(np.array(x), np.array(y))
    properties = {"Naam": name, "Lat": float(latitude), "Lon": float(longitude), "Type": kind, "Opvangplaatsen": 100}
    return {"type": "Feature", "geometry": None, "properties": properties | more}


def test_locations_are_in_the_municipality_around_them(tmp_path):
    sites = [
        site("Oost", X + 2.5 * KM, Y + KM / 2, "Azc", **{"Beschikbaar tot": "Tue Dec 15 2015 01:00:00 GMT+0100"}),
        site("Col", X + KM / 2, Y + KM / 2, "COL, pol"),
        site("Hal", X + 1.5 * KM, Y + KM / 2, "Azc", Noodopvang="Ja", Opvangplaatsen=None),
    ]
    made = maps.locations(given(tmp_path, locations__json=json.dumps({"features": sites}), map__json=COUNTRY))
    columns = ["gm_code", "name", "kind", "places", "ends"]
    assert made[columns].values.tolist() == [
        ["GM0001", "Col", "registration", 100, ""],
        ["GM0002", "Hal", "emergency", 0, ""],
        ["GM0002", "Oost", "regular", 100, "2015-12"],
    ]


def test_locations_with_codes_need_no_map(tmp_path):
    text = "gm_code,location,type,emergency,capacity_places,available_until,lat,lon\n"
    text += "GM0001,Onnen,Noodopvang,Ja,480,May 01 2018,53.1496290464757,6.64487600960623\n"
    made = maps.locations(given(tmp_path, locations=text))
    assert made.values.tolist() == [["GM0001", "Onnen", "emergency", 480, "2018-05", 6.64488, 53.14963]]
