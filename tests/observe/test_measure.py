"""Each form of declaring a measure, by hand in the village, and what a declaration refuses."""

import sys
from pathlib import Path

import numpy as np
import pytest

import abm
from abm import measures
from abm.engine.clock import NEVER
from abm.measures import MEASURES, gathered
from abm.observe.adult_crosstab import mean_of_working_age, of_working_age
from abm.observe.breakdowns import BREAKDOWNS, labels
from abm.observe.measure import (
    READ,
    Month,
    by_municipality,
    event,
    level,
    measure,
    once_a_month,
    payments,
    persons,
    wait,
)
from abm.tables.country import Kind
from abm.tables.money import Purpose
from abm.tables.people import Stage
from tests.helpers.adults import make_adults
from tests.helpers.adults import village_state as village_of_2016
from tests.helpers.village import MIXED, A, D, people, village_state

HERE = sys.modules[__name__]
TEXT = {"en": "In English", "nl": "In het Nederlands"}
ARRIVED, MET = event("applied"), event("joined", "housed")


@measure("SD", **TEXT, by=("total", "sex"), name="village_named")
def people_by_sex(month, wanted):
    """Two numbers."""
    return {by: np.array([1.0, 2.0]) if by == "sex" else np.array([3.0]) for by in wanted}


@persons(**TEXT, by=("total", "origin", "municipality"))
def village_here(month):
    """Persons in reception."""
    return month.in_reception


@persons(**TEXT, by=("total", "region"), at_home=True, flow=True)
def village_housed(month):
    """Persons who joined family or moved into a home."""
    return MET(month)


@wait(**TEXT, start="granted", end="housed")
def village_wait(month):
    """Months from permit to home."""
    return MET(month)


@level("households", **TEXT)
def village_arrivals(month):
    """Households that applied."""
    return len(ARRIVED(month))


@level("locations", **TEXT, by="kind")
def village_locations(month):
    """Locations by kind."""
    return np.bincount(month.state.locations.kind, minlength=len(Kind))


@by_municipality("persons", **TEXT)
def village_tasks(month):
    """One person for the first municipality, two for the next, and so on."""
    return np.arange(1, 6)


@payments(**TEXT)
def village_hotels():
    """Hotels, whoever pays."""
    return Purpose.HOTELS_COA, Purpose.HOTELS_MUNICIPALITY


@of_working_age(**TEXT, by=("total", "region"))
def village_workers():
    """Permit holders with paid work."""
    return "permit", "employed"


@mean_of_working_age("EUR/month", of="income", **TEXT, by=("sex",))
def village_income():
    """Mean income of permit holders."""
    return ("permit",)


DECLARED_HERE = {each.name: each for each in gathered((HERE,))}


def value(name, state, **events):
    """Values of a measure of this module by breakdown, as lists."""
    each = DECLARED_HERE[name]
    return {by: found.tolist() for by, found in each.values(Month(state, events), each.by).items()}


def test_a_declaration_leaves_the_function_and_keeps_what_it_says():
    assert list(DECLARED_HERE)[:2] == ["village_named", "village_here"]  # in the order of the module
    each = DECLARED_HERE["village_named"]
    assert (each.unit, each.label, each.label_nl, each.by) == ("SD", *TEXT.values(), ("total", "sex"))
    assert each.values is people_by_sex
    assert value("village_named", village_state()) == {"total": [3], "sex": [1, 2]}
    units = {name: DECLARED_HERE[name].unit for name in ("village_here", "village_housed", "village_wait")}
    assert list(units.values()) == ["persons", "persons/month", "months"]
    assert DECLARED_HERE["village_hotels"].unit == "EUR/month"
    assert not {each.name for each in MEASURES} & set(DECLARED_HERE)


def test_persons_of_households_where_they_stay_and_where_they_live():
    state = village_state(scale=0.5)
    people(state, Stage.IN_DECISION, 2, size=3)
    people(state, Stage.IN_DECISION, 1, origin=MIXED)
    homes = [people(state, Stage.HOUSED, size=2, municipality=town) for town in (A, A, D)]
    found = value("village_here", state)
    assert (found["total"], found["origin"]) == ([14], [12, 2, 0])
    assert (found["municipality"][A], sum(found["municipality"])) == (0, 14)  # awaiting a decision, they have no home
    found = value("village_housed", state, joined=homes[0], housed=np.concatenate(homes[1:]))
    assert found == {"total": [12], "region": [8, 4]}


def test_waits_are_of_persons_whose_wait_has_a_beginning():
    state = village_state()
    state.clock.month = 21
    rows = people(state, Stage.HOUSED, 3, housed=20)
    state.households.granted[rows] = [NEVER, 10, 16]
    large = people(state, Stage.HOUSED, size=2, housed=20, granted=2)
    (mean, median, _), *_ = value("village_wait", state, housed=np.concatenate([rows, large])).values()
    assert (mean, median) == ((10 + 4 + 18 + 18) / 4, 14)


def test_levels_sums_over_municipalities_and_payments():
    state = village_state(scale=0.5)
    assert value("village_arrivals", state, applied=np.arange(3)) == {"total": [3]}
    assert sum(value("village_locations", state)["kind"]) == len(state.locations)
    assert value("village_tasks", state) == {"municipality": [1, 2, 3, 4, 5], "region": [6, 9], "total": [15]}
    state.ledger.enter({Purpose.HOTELS_COA: 30.0, Purpose.HOTELS_MUNICIPALITY: 12.0, Purpose.PENALTIES: 7.0})
    assert value("village_hotels", state) == {"total": [42]}


def test_adults_with_flags_and_their_mean():
    state = village_of_2016()
    rows = make_adults(state, people(state, Stage.HOUSED, 4), employed=True, income=1_000.0)
    make_adults(state, people(state, Stage.IN_DECISION, 2), employed=True, income=9_000.0)
    state.newcomers.employed[rows[0]], state.newcomers.income[rows[3]] = False, 2_000
    state.clock.month += 1
    assert value("village_workers", state) == {"total": [3], "region": [3, 0]}
    men, women = value("village_income", state)["sex"]
    assert men == pytest.approx(1_250)
    assert np.isnan(women)


def test_a_look_up_is_made_once_a_month():
    made = []

    @once_a_month
    def first(month):
        made.append("first")
        return len(made)

    @once_a_month
    def second(month):
        made.append("second")
        return first(month)

    state = village_state()
    month, later = Month(state, {}), Month(state, {})
    assert [second(month), second(month), first(month)] == [2, 2, 2]
    assert made == ["second", "first"]
    assert first(later) == 3


def test_events_are_rows_and_none_where_nothing_happened():
    state = village_state()
    assert MET(Month(state, {"housed": np.array([4, 1]), "joined": np.array([3])})).tolist() == [3, 4, 1]
    nothing = MET(Month(state, {}))
    assert (len(nothing), nothing.dtype) == (0, np.int64)


def declared(decorator, doc="Counts.", name="village_refused", gives=None):
    """Declare a function as a measure."""

    def function(*_):
        return gives

    function.__name__, function.__doc__ = name, doc
    return decorator(function)


def test_names_breakdowns_flags_and_docstrings_are_checked_where_a_measure_is_declared():
    with pytest.raises(TypeError, match=r"test_measure: measure 'housed': abm.asylum.measures has a measure of this"):
        declared(persons(**TEXT), name="housed")
    with pytest.raises(TypeError, match=r"'village_here': tests.observe.test_measure has a measure of this name"):
        declared(level("persons", **TEXT, name="village_here"))
    with pytest.raises(TypeError, match=r"measure 'village_refused': by 'hair': choose from total, kind, "):
        declared(measure("persons", **TEXT, by=("total", "hair")))
    with pytest.raises(TypeError, match=r"by '\(\)'"):
        declared(measure("persons", **TEXT, by=()))
    with pytest.raises(TypeError, match="say in its docstring what it counts"):
        declared(persons(**TEXT), doc=None)
    with pytest.raises(TypeError, match=r"village_refused: 'tall' is no flag of an adult: choose from permit, "):
        declared(of_working_age(**TEXT), gives=("permit", "tall"))
    with pytest.raises(TypeError, match=r"mean of 'height': choose from language, "):
        mean_of_working_age("m", of="height", **TEXT)
    assert "village_refused" not in {each.name for each in gathered((HERE,))}


def test_a_misspelt_event_is_refused_with_its_module():
    READ[__name__].add("huosed")
    with pytest.raises(
        TypeError, match=r"tests\.observe\.test_measure: event 'huosed': no process of the chain has it"
    ):
        gathered((HERE,))
    READ[__name__].remove("huosed")
    assert READ[__name__] == {"applied", "joined", "housed"}
    with pytest.raises(TypeError, match="at the top of a module"):
        event("housed")


def test_the_catalogue_gathers_every_module_of_measures():
    root = Path(abm.__file__).parent
    files = {f"abm.{path.parent.name}.{path.stem}" for path in root.glob("*/*measures.py")}
    assert files == {room.__name__ for room in measures.ROOMS}


def test_breakdowns_are_those_that_have_labels():
    assert tuple(labels(village_state().inputs)) == BREAKDOWNS


@pytest.mark.parametrize("scale", [{"region": 1.0}, {"total": 0.0}, 1.5])
def test_a_least_scale_is_one_of_its_own_breakdowns_up_to_one(scale):
    with pytest.raises(TypeError, match="name its own breakdowns, each above 0 to 1"):
        level("persons", **TEXT, name="village_too_small", scale=scale)(people_by_sex)


def test_a_least_scale_holds_for_all_breakdowns_or_for_some():
    found = {each.name: each.floors for each in MEASURES}
    assert found["municipalities_met"] == {"total": 1.0}
    assert found["task_backlog"] == {"municipality": 1.0}
    assert found["in_reception"] == {}
