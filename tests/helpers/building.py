"""Plans of starter homes in the village."""

import numpy as np

from abm.homes import building
from abm.tables.homes import Form
from tests.helpers.village import A, run, village_state

JANUARY = 12  # of 2016
SURE = {"nitrogen_share": 0, "appeal_share": 0, "abandoned": 0.05, "grid_share": 0, "permit_months": 0}
ONLY = {  # shares that give one form
    Form.FLEXIBLE: {"converted_share": 0, "split_share": 0, "temporary_share": 0, "spread_share": 0},
    Form.CONVERTED: {"converted_share": 1, "split_share": 0, "temporary_share": 0, "spread_share": 0},
    Form.SPLIT: {"converted_share": 0, "split_share": 1, "temporary_share": 0, "spread_share": 0},
    Form.TEMPORARY: {"converted_share": 0, "split_share": 0, "temporary_share": 1, "spread_share": 0},
    Form.SPREAD: {"converted_share": 0, "split_share": 0, "temporary_share": 0, "spread_share": 1},
}


def town():
    """The village in January 2016, with corporations that can pay anything."""
    state = village_state()
    state.clock.month = JANUARY
    state.municipalities.pool[:] = np.arange(5)
    return state


def planned(state, form=Form.FLEXIBLE, **params):
    """Rows of the complexes planned in a January: 100 units a year in complexes of 10, with enough room."""
    sizes = {"starter_homes": 100, "complex_size": 10, "street_size": 10, "room_share": 0.02}
    return run(building, state, **(sizes | ONLY[form] | SURE | params))["starter_planned"]


def standing(state, form, units=10, where=A, **columns):
    """A complex that opened a year ago."""
    made = {"form": form, "units": units, "built": units, "municipality": where, "opened": 0, "opens": 0, "term": 60}
    return state.complexes.add(1, corporation=0, **(made | columns))
