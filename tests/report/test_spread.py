"""How reception is spread: the number of Gini by hand, and a tile for each municipality."""

from itertools import permutations

import numpy as np
import pytest

from experiments.report import spread
from tests.helpers.runs import real


def test_gini_by_hand():
    people = np.array([1.0, 1.0])
    assert spread.gini(np.array([3.0, 3.0]), people) == pytest.approx(0)
    assert spread.gini(np.array([6.0, 0.0]), people) == pytest.approx(0.5)  # half of the people have nothing
    # a quarter of the people has none, three quarters have all: the curve goes from (1/4, 0) to (1, 1)
    assert spread.gini(np.array([0.0, 9.0]), np.array([1.0, 3.0])) == pytest.approx(1 - 0.75)
    # as many places a person in each: the number of people does not matter
    assert spread.gini(np.array([1.0, 5.0, 10.0]), np.array([10.0, 50.0, 100.0])) == pytest.approx(0)
    assert np.isnan(spread.gini(np.zeros(2), people))


def test_gini_is_the_mean_difference_between_persons_over_twice_their_mean():
    places, people = np.array([10.0, 0.0, 3.0]), np.array([2.0, 3.0, 4.0])
    each = np.repeat(places / people, people.astype(int))  # the places of every person
    apart = abs(each[:, None] - each[None, :]).mean()
    assert spread.gini(places, people) == pytest.approx(apart / (2 * each.mean()))


def test_lorenz_goes_from_those_with_the_fewest_to_those_with_the_most():
    x, y = spread.lorenz(np.array([8.0, 2.0]), np.array([1.0, 3.0]))
    assert x.tolist() == [0, 0.75, 1]
    assert y.tolist() == pytest.approx([0, 0.2, 1])
    assert spread.held_by(np.array([8.0, 2.0]), np.array([1.0, 3.0]), np.array([0.375])) == pytest.approx([0.1])


def test_every_municipality_has_one_tile_and_no_two_the_same():
    towns = real().municipalities
    found = spread.tiles(towns["longitude"].to_numpy(), towns["latitude"].to_numpy())
    assert found.shape == (len(towns), 2)
    assert len(set(map(tuple, found.tolist()))) == len(towns)
    assert (found >= 0).all()
    assert (found < [spread.COLUMNS, spread.ROWS]).all()


def test_tiles_lie_about_where_the_municipalities_do():
    towns = real().municipalities.set_index("name")
    grid = spread.tiles(towns["longitude"].to_numpy(), towns["latitude"].to_numpy())
    at = dict(zip(towns.index, grid.tolist(), strict=True))
    assert at["Groningen"][1] < at["Zwolle"][1] < at["Maastricht"][1]  # from the north
    assert at["Vlissingen"][0] < at["Utrecht"][0] < at["Enschede"][0]  # from the west
    for axis, column in ((0, towns["longitude"]), (1, -towns["latitude"])):
        assert np.corrcoef(grid[:, axis], column)[0, 1] > 0.97


def test_the_assignment_is_the_best_there_is():
    x, y = np.array([0.0, 0.1, 1.0, 0.2]), np.array([0.0, 0.1, 1.0, 0.9])
    found = spread.tiles(x, y, columns=2, rows=2)
    at = np.stack([(x - x.min()) * 1.0, y.max() - y], axis=1)  # a grid of two by two has its tiles in the corners
    cells = [(0, 0), (1, 0), (0, 1), (1, 1)]
    best = min(permutations(cells), key=lambda each: ((at - np.array(each)) ** 2).sum())
    assert found.tolist() == [list(each) for each in best]
