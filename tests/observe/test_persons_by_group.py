"""Persons by group of several measures at once, against a look at each household."""

import numpy as np

from abm.observe.breakdowns import STATUS_OF_STAGE
from abm.observe.measure import Month
from abm.observe.persons_by_group import COUNTED, persons_by_group
from abm.tables.country import Kind
from abm.tables.people import Stage
from tests.helpers.village import A, D, locations, people, village_state


def country():
    """Households in reception with a municipality, of several sizes and origins."""
    state, luck = village_state(scale=0.5), np.random.default_rng(2)
    places = [locations(state, kind)[0] for kind in (Kind.REGULAR, Kind.MUNICIPAL)]
    for stage in (Stage.IN_DECISION, Stage.AWAITING_HOME, Stage.DEPARTING):
        people(state, stage, 40, origin=luck.integers(0, 3, 40), location=luck.choice(places, 40))
    homes = state.households
    homes.municipality[:], homes.size[:] = luck.choice([A, D], len(homes)), luck.integers(1, 6, len(homes))
    homes.tenure[:] = luck.integers(0, 2, len(homes))
    state.clock.month = 61
    return state


def groups(state, row, at_home):
    """The group of a household in each breakdown."""
    homes, places = state.households, state.locations
    place, town = homes.location[row], homes.municipality[row]
    return {
        "total": 0, "stage": homes.stage[row], "status": STATUS_OF_STAGE[homes.stage[row]],
        "track": homes.track[row], "origin": homes.origin[row], "kind": places.kind[place],
        "region": state.municipalities.region[town] if at_home else places.region[place],
        "municipality": town if at_home else places.municipality[place],
    }  # fmt: skip


def test_persons_of_several_measures_equal_a_look_at_each_household():
    state, luck = country(), np.random.default_rng(6)
    sizes = Month(state, {}).group_sizes
    asked = ((COUNTED, False), (("region", "total", "municipality"), True), (("total",), False), (COUNTED, True))
    rows = [luck.permutation(len(state.households))[:many] for many in (70, 0, 9, 120)]
    for found, of, (wanted, at_home) in zip(persons_by_group(state, rows, asked, sizes), rows, asked, strict=True):
        expected = {by: np.zeros(sizes[by]) for by in wanted}
        for row in of:
            for by in wanted:
                expected[by][groups(state, row, at_home)[by]] += state.households.size[row] / state.scale
        assert {by: each.tolist() for by, each in found.items()} == {by: each.tolist() for by, each in expected.items()}


def test_nothing_is_asked():
    state = country()
    assert persons_by_group(state, [], (), Month(state, {}).group_sizes) == []
