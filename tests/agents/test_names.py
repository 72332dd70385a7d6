"""Names of members of enums are understood wherever the members are; a name that is none is refused."""

import pickle
from enum import EnumType
from inspect import getmembers

import numpy as np
import pytest

from abm import Household, Location, Model, Newcomer
from abm.agents.agents import VIEWS, Complex
from abm.agents.attributes import CHOICES
from abm.engine.errors import InputError
from abm.engine.named import Named
from abm.tables import country, homes, money, people, residents
from abm.tables.country import Kind
from abm.tables.people import Reunion, Role, Stage, Track


@pytest.fixture(scope="module")
def model():
    started = Model(scale=0.01, until="2016-12")
    started.run_for(4)
    return started


def test_every_enum_of_the_tables_is_equal_to_its_names():
    rooms = (country, homes, money, people, residents)
    enums = {found for room in rooms for _, found in getmembers(room, lambda each: isinstance(each, EnumType))}
    enums.discard(Named)
    assert len(enums) >= 15
    for each in enums:
        for name, member in each.__members__.items():
            assert member == name == member
            assert member == int(member)
            assert (member != name) is False
            assert [other for other in each if other == name] == [member]
            assert hash(member) == hash(int(member))


def test_people_are_selected_by_the_name_of_each_member(model):
    for view, name, members in ((Household, "stage", Stage), (Household, "track", Track), (Newcomer, "role", Role)):
        people = getattr(model, view.table)
        table = getattr(model.state, view.table)
        counts = np.bincount(getattr(table, name), minlength=len(members))
        assert [len(people.select(**{name: member.name})) for member in members] == counts.tolist()
        assert counts.sum() == len(people)
    assert len(model.households.select(reunion="NONE")) == (model.state.households.reunion == Reunion.NONE).sum()


def test_a_function_of_the_agent_may_compare_with_a_name(model):
    waiting = model.households.select(lambda each: each.stage == "AWAITING_HOME")
    assert len(waiting) == (model.state.households.stage == 5).sum() > 0
    regular = model.agents_by_type[Location].select(lambda place: place.kind == "REGULAR")
    assert len(regular) == (model.state.locations.kind == Kind.REGULAR).sum() > 0
    others = model.agents_by_type[Location].select(lambda place: place.kind != "REGULAR")
    assert len(regular) + len(others) == len(model.state.locations)
    assert len(model.newcomers.select(lambda each: each.stage in ("HOUSED", "RETURNED"))) > 0


def test_columns_are_compared_with_names(model):
    stages, numbers = model.households.get("stage"), model.state.households.stage
    assert type(stages == "HOUSED") is np.ndarray
    assert (stages == "HOUSED").tolist() == (numbers == 7).tolist()
    assert (stages != "HOUSED").tolist() == (numbers != 7).tolist()
    assert (stages[5:] == Stage.HOUSED).tolist() == (numbers[5:] == 7).tolist()
    assert np.isin(stages, ["HOUSED", "RETURNED"]).tolist() == np.isin(numbers, [7, 8]).tolist()
    assert np.isin(stages, np.array(["HOUSED"]), invert=True).sum() == (numbers != 7).sum()
    assert model.households.agg("stage", lambda found: (found == "HOUSED").sum()) == (numbers == 7).sum()
    assert (pickle.loads(pickle.dumps(stages)) == "HOUSED").sum() == (numbers == 7).sum()
    assert type(stages + 1) is np.ndarray
    assert stages.tolist() == numbers.tolist()


def test_names_are_written():
    model = Model(scale=0.01)
    model.households.set("track", "FAST")
    assert set(model.state.households.track.tolist()) == {Track.FAST}
    Household(model, 0).stage = "IN_APPEAL"
    assert model.state.households.stage[0] == Stage.IN_APPEAL
    model.agents_by_type[Location].set("kind", "HOTEL")
    assert set(model.state.locations.kind.tolist()) == {Kind.HOTEL}
    Newcomer(model, 0).schooling = -1
    assert Newcomer(model, 0).schooling == -1


def test_what_is_not_known_is_no_member(model):
    schooling = model.state.newcomers.schooling
    assert len(model.newcomers.select(lambda each: each.schooling == "HIGHER")) == (schooling == 3).sum() > 0
    assert len(model.newcomers.select(schooling=-1)) == (schooling == -1).sum() > 0


@pytest.mark.parametrize(
    ("look", "said"),
    [
        (lambda m: m.households.select(stage="AWAITING_HOMES"), "'AWAITING_HOMES' is no Stage: did you mean 'AWAITING"),
        (lambda m: m.households.select(stage="housed"), "'housed' is no Stage: .*HOUSED"),
        (lambda m: m.households.select(stage=99), "99 is no Stage: choose from REGISTERING"),
        (lambda m: m.households.set("track", "SLOW"), "'SLOW' is no Track"),
        (lambda m: m.households.get("stage") == "HOSED", "did you mean 'HOUSED'"),
        (lambda m: np.isin(m.households.get("stage"), ["HOSED"]), "did you mean 'HOUSED'"),
        (lambda m: m.agents_by_type[Location].select(lambda place: place.kind == "REGULIER"), "no Kind"),
        (lambda m: Complex.form.write(m, [], "TENT"), "no Form"),
    ],
)
def test_a_name_that_is_none_is_refused(model, look, said):
    with pytest.raises(InputError, match=said):
        look(model)


def test_every_column_that_a_member_is_the_default_of_is_known_by_its_names():
    state = Model(scale=0.005).state
    for table, view in VIEWS.items():
        columns = getattr(state, table).columns()
        named = {name for name, declared in columns.items() if isinstance(declared.default, Named)}
        assert named <= {name for of, name in CHOICES if of == table}, view
