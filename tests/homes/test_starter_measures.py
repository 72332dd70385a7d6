"""The measures of starter homes and of families who join, by hand."""

import numpy as np
import pytest

from abm.homes import joining, starter_homes
from abm.measures import MEASURES
from abm.observe.breakdowns import labels
from abm.observe.measure import Month
from abm.tables.country import Kind
from abm.tables.homes import Form, Halt, HomeSize
from abm.tables.people import Stage
from tests.helpers.starter_homes import NOW, complex_of, residents, tenants, town
from tests.helpers.village import B, locations, people, run, village

SMALL, MIDDLE, LARGE = HomeSize
LABELS = labels(village())
BY_NAME = {measure.name: measure for measure in MEASURES}


def measured(state, name, by, events=None):
    """Values of a measure at the end of this month, by label; nothing where it is 0."""
    state.clock.month += 1
    values = BY_NAME[name].values(Month(state, events or {}), (by,))[by]
    state.clock.month -= 1
    assert len(values) == len(LABELS[by])
    return {label: value for label, value in zip(LABELS[by], values.tolist(), strict=True) if value}


def test_plans_by_form_and_by_what_becomes_of_them():
    state = town()
    rows = state.complexes.add(3, units=[10, 20, 40], form=[0, 0, 2], halt=[0, Halt.NITROGEN, 0])
    planned = {"starter_planned": rows}
    assert measured(state, "starter_planned", "form", planned) == {"flexible": 30, "split": 40}
    assert measured(state, "starter_planned", "halt", planned) == {"built": 50, "nitrogen": 20}


def test_units_that_stand_and_who_has_them():
    state = town()
    complex_of(state, 10), complex_of(state, 5, where=B, form=Form.SPREAD), complex_of(state, 8, built=0)
    tenants(state, 2, size=3, home=MIDDLE, where=0), residents(state, 6)
    assert measured(state, "starter_built", "form") == {"flexible": 10, "spread": 5}
    assert measured(state, "starter_built", "region") == {"Alpha": 15}
    assert measured(state, "starter_let", "tenant") == {"newcomers": 4, "other home seekers": 6}
    assert measured(state, "starter_mix", "total") == {"all": 0.4}


def test_the_mix_is_no_number_without_tenants():
    assert np.isnan(measured(town(), "starter_mix", "total")["all"])


def test_who_left_by_way_and_after_how_long():
    state = town()
    complex_of(state)
    rows, others = tenants(state, 4), residents(state, 3, entered=NOW - 2)
    state.seekers.rule[others[0]] = 5
    events = {"left_by_queue": rows[:1], "left_to_middle_rent": rows[1:2], "left_by_moving": rows[2:3],
              "put_out": rows[3:], "residents_left": others[:2], "residents_put_out": others[2:]}  # fmt: skip
    assert measured(state, "starter_left", "way", events) == {
        "next home by queue": 2, "middle rent": 1, "other municipality": 1, "found elsewhere": 1, "building closed": 2,
    }  # fmt: skip
    # four of six months and three of two
    stay = measured(state, "starter_stay", "statistic", events)
    assert (stay["mean"], stay["median"]) == (pytest.approx(30 / 7), 6)


def test_counts_that_the_process_gives():
    state = town()
    complex_of(state, 10, share=0.5)
    tenants(state, 3), residents(state, 2)
    events = run(starter_homes, state, contract=6, incident_size=0, incident_mix=0, incident_managed=0)
    assert measured(state, "starter_overstaying", "total", events) == {"all": 5}
    assert measured(state, "starter_incidents", "total")["all"] == pytest.approx(5 * 3e-4)
    assert measured(state, "starter_rents", "total") == {"all": 5 * 500}
    assert measured(state, "starter_running", "total") == {"all": 10 * 300}


def test_overcrowded_persons_with_the_family_that_joined():
    state = town()
    full = people(state, Stage.HOUSED, size=2, home=SMALL, municipality=B)[0]
    people(state, Stage.HOUSED, size=1, sponsor=full, municipality=B)
    people(state, Stage.HOUSED, size=4, home=MIDDLE)
    people(state, Stage.HOUSED, size=9)  # the home is not known
    assert measured(state, "overcrowded", "municipality") == {"B": 3}


def test_time_that_families_are_apart():
    state = town()
    assert np.isnan(measured(state, "time_apart", "statistic").get("mean", np.nan))
    sponsors = people(state, Stage.HOUSED, 2, applied=[NOW - 40, NOW - 10])
    place = locations(state, Kind.MUNICIPAL)[0]
    for sponsor, size in zip(sponsors, (1, 3), strict=True):
        people(state, Stage.AWAITING_COUPLING, size=size, sponsor=sponsor, location=place)
    events = run(joining, state)
    assert measured(state, "time_apart", "statistic", events)["mean"] == (40 + 3 * 10) / 4  # over the relatives


def test_families_who_wait_hotels_and_homelessness():
    state = town()
    sponsor = people(state, Stage.HOUSED, home=SMALL)[0]
    people(state, Stage.HOUSED, size=2, homeless=NOW, municipality=B)
    place = locations(state, Kind.MUNICIPAL)[0]
    people(state, Stage.AWAITING_COUPLING, size=6, sponsor=sponsor, location=place)
    assert measured(state, "families_waiting", "total") == {"all": 6}
    assert measured(state, "in_hotels", "total") == {}
    run(joining, state, hotel=True, hotel_cost_factor=0.9)
    assert measured(state, "in_hotels", "region") == {"Alpha": 6}
    assert measured(state, "in_reception", "kind")["hotel"] == 6
    assert measured(state, "hotels_coa", "total") == {"all": 18_000}
    assert measured(state, "homeless", "region") == {"Alpha": 2}
