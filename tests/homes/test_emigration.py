"""Housed households leave the country: hazards by hand, and what they leave behind."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from abm.engine.clock import NEVER
from abm.engine.draws import Draws
from abm.engine.table import NO_ROW
from abm.homes import emigration
from abm.tables.people import Reunion, Stage
from tests.helpers.village import A, people, run, village_state

SURE = {"base": 0.3, "peak": 10, "first_peak": 0, "peak_years": 5, "family": 1}  # a quarter each month


def test_hazard_by_hand():
    params = emigration.Params(base=0.12, peak=3, first_peak=4, second_peak=8, peak_years=2, family=0.5)
    months = np.array([0, 47, 48, 71, 72, 96, 119, 120, 48])
    size = np.array([1, 1, 1, 1, 1, 1, 1, 1, 4])
    expected = np.array([1, 1, 3, 3, 1, 3, 3, 1, 1.5]) * 0.01
    assert emigration.hazard(months, size, params) == pytest.approx(expected)
    assert emigration.hazard(months[:0], size[:0], params).tolist() == []


HOME = st.tuples(
    st.sampled_from([Stage.HOUSED, Stage.AWAITING_HOME]), st.integers(-1, 3), st.integers(-1, 0), st.integers(0, 1),
    st.sampled_from([NEVER, 0, 5]), st.integers(3, 5),
)  # fmt: skip


@given(st.lists(HOME, min_size=4, max_size=30), st.sampled_from([0.3, 1.0]))
def test_who_may_leave_as_numpy_finds_them(homes, bound):
    stage, sponsor, location, abroad, granted, since = np.array(homes, np.int16).reshape(-1, 6).T
    given = (stage, since, sponsor, location, abroad, granted, 10 + np.arange(len(homes)))
    kinds = (np.int8, np.int16, np.int32, np.int32, np.int8, np.int16, np.uint64)
    columns = emigration.Homes(*(each.astype(kind) for each, kind in zip(given, kinds, strict=True)))
    draws, month = Draws(1, "emigration", 5), 5
    rows, drawn = emigration.may_leave(columns, month, draws.address("leaves"), bound)
    waits = np.isin(np.arange(len(homes)), sponsor[(sponsor != NO_ROW) & (location != NO_ROW)])
    expected = (stage == Stage.HOUSED) & (sponsor == NO_ROW) & (abroad == 0) & (granted != NEVER) & ~waits
    u = draws.uniform("leaves", columns.identity)
    assert rows.tolist() == np.flatnonzero(expected & (since < month) & (u < bound)).tolist()
    assert drawn.tolist() == u[rows].tolist()


def test_a_third_is_gone_after_eighteen_years_as_was_counted():
    months, gone = np.arange(18 * 12), []
    for size in (1, 3):
        stays = np.prod(1 - emigration.hazard(months, np.full(len(months), size), emigration.Params()))
        gone.append(1 - stays)
    assert np.mean(gone) == pytest.approx(0.316, abs=0.005)
    assert gone[0] > 1.7 * gone[1]


def test_who_leaves_gives_up_the_home_and_takes_the_family_along():
    state = village_state()
    heads = people(state, Stage.HOUSED, 200, granted=-1, municipality=A)
    joined = people(state, Stage.HOUSED, 1, 3, granted=-1, municipality=A, sponsor=heads[0])[0]
    state.clock.month = 1
    gone = run(emigration, state, months=12, **SURE)["emigrated"]
    of = state.households
    assert 100 < len(gone) < 201
    assert set(of.stage[gone]) == {Stage.RETURNED, Stage.UNKNOWN}
    assert (of.municipality[gone] == A).all()  # where they lived
    assert (of.urgent[gone] == NEVER).all()
    assert of.stage[joined] == of.stage[heads[0]]
    assert (of.stage[gone] == Stage.RETURNED).mean() == pytest.approx(0.14, abs=0.1)
    state.check()


@pytest.mark.parametrize(
    "columns", [{"family_abroad": 2, "reunion": Reunion.TRAVELLING}, {"granted": NEVER}, {"sponsor": 0}]
)
def test_who_waits_for_a_family_has_no_permit_or_joined_a_sponsor_does_not_decide_to_leave(columns):
    state = village_state()
    people(state, Stage.DEPARTING)  # row 0
    people(state, Stage.HOUSED, 50, municipality=A, **{"granted": -1} | columns)
    state.clock.month = 1
    assert len(run(emigration, state, months=12, **SURE)["emigrated"]) == 0


def test_a_sponsor_whose_family_is_still_in_reception_stays():
    state = village_state()
    sponsors = people(state, Stage.HOUSED, 50, granted=-1, municipality=A)
    for sponsor in sponsors:
        people(state, Stage.AWAITING_COUPLING, 1, 2, granted=-1, sponsor=sponsor)
    state.clock.month = 1
    assert len(run(emigration, state, months=12, **SURE)["emigrated"]) == 0


def test_nobody_leaves_from_reception():
    state = village_state()
    people(state, Stage.AWAITING_HOME, 50, granted=-1)
    assert len(run(emigration, state, months=12, **SURE)["emigrated"]) == 0
