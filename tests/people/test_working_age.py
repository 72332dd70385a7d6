"""Values of the place where people of working age live."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from abm.people.working_age import looked_up


@given(st.lists(st.tuples(st.integers(-1, 2), st.integers(0, 1)), min_size=1, max_size=20))
def test_values_of_the_place_where_people_live(homes):
    location, municipality = (np.array(column) for column in zip(*homes, strict=True))
    household = np.arange(len(homes))[::-1].copy()
    found = looked_up(np.arange(len(homes)), household, location, municipality, np.array([5, 6, 7]), np.array([8, 9]))
    expected = [8 + town if place < 0 else 5 + place for place, town in homes]
    assert found.tolist() == expected[::-1]
